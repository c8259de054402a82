"""Fixtures for everyone: a clean database of each kind, an application on it, and the cast.

Every test that uses ``app`` (or ``database_url``) runs on SQLite and on PostgreSQL.  A test for
which one of them is enough says
``@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)``.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as properties

from mit.app import create_app
from mit.config import Settings
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.support.databases import KINDS, Databases, keep_engine
from tests.support.kept import keep_rule_sets, keep_templates, keep_what_routes_build
from tests.support.people import Cast, gather

#: How long an example takes says nothing about it: the machine may be busy.
properties.register_profile("unhurried", deadline=None)
properties.load_profile("unhurried")
keep_what_routes_build()
keep_rule_sets()

#: The instant at which every test begins: a Wednesday afternoon in Bangkok.
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)

#: The files that take longest, begun first, so that no core waits for the last of them at the end.
_LONGEST = (
    "web/test_sweep_browser.py",
    "web/test_hostile_fields.py",
    "flows/test_whole_path_browser.py",
    "web/test_hostile_browser.py",
    "issuance/test_kills_revoking.py",
    "issuance/test_workflow_machine.py",
    "issuance/test_kills.py",
    "issuance/test_revoke.py",
    "upkeep/test_publish.py",
    "upkeep/test_demo_data.py",
    "web/test_api_cases.py",
    "flows/test_revocation.py",
)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first; the others stay in their order."""
    turns = {_HERE / name: turn for turn, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass by what was collected: a million objects that stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Every database of this test process."""
    made = Databases()
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The address of a migrated database without rows; other processes may use it too."""
    return databases.clean(request.param)


@pytest.fixture
def workplace(databases: Databases) -> Iterator[Path]:
    """A folder of this test's own, in memory where the machine allows it."""
    folder = databases.workplace()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(database_url: str, workplace: Path) -> Settings:
    """Settings of an application that lives for one test."""
    return Settings(
        env="test",
        database_url=database_url,
        var_dir=workplace / "var",
        keys_dir=workplace / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
        verdicts_per_minute=1_000_000,  # all tests come from one address
    )


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make applications on this test's database: ``make_app(public_url=…)`` changes settings."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        app = create_app(replace(settings, **changes))
        keep_engine(app)
        keep_templates(app)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            dispose_engines()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application on a clean database, with its context pushed."""
    made = make_app()
    with made.app_context():
        yield made


@pytest.fixture
def now() -> datetime:
    """The instant at which every test begins."""
    return NOW


@pytest.fixture
def clock(now: datetime) -> FrozenClock:
    """A clock that stands at ``now`` until it is moved."""
    return FrozenClock(now)


@pytest.fixture
def cast(app: Flask, now: datetime) -> Cast:
    """The people of every story, in the database of ``app``."""
    return gather(now)
