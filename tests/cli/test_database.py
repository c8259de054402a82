"""``mit db``: upgrade, downgrade, current, check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from mit.cli.database import database
from mit.cli.entrance import Entrance
from mit.config import Settings
from mit.store.db import transaction
from mit.store.health import newest_revision
from mit.values.clock import SystemClock
from tests.support.databases import KINDS, Databases, bare_app


@pytest.fixture(params=KINDS)
def app(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Flask]:
    """An application on a database without tables."""
    with bare_app(databases.empty(request.param)) as made:
        yield made


def call(app: Flask, *options: str) -> Result:
    entrance = Entrance(settings=Settings, make_app=lambda _: app, clock=SystemClock())
    return CliRunner().invoke(database, options, obj=entrance)


def test_a_database_is_created_and_found_as_needed(app: Flask) -> None:
    result = call(app, "upgrade")
    assert result.exit_code == 0, result.output
    assert newest_revision() in result.output
    assert "ฐานข้อมูล" in result.output
    assert call(app, "current").output.strip() == newest_revision()
    assert call(app, "check").exit_code == 0


def test_an_empty_database_is_not_as_needed(app: Flask) -> None:
    result = call(app, "check")
    assert result.exit_code == 1
    assert "mit db upgrade" in result.output
    assert call(app, "current").output.strip() == "–"


def test_a_step_back_asks_first(app: Flask) -> None:
    call(app, "upgrade")
    entrance = Entrance(settings=Settings, make_app=lambda _: app, clock=SystemClock())
    refused = CliRunner().invoke(database, ["downgrade", "base"], input="n\n", obj=entrance)
    assert refused.exit_code == 1
    assert call(app, "current").output.strip() == newest_revision()
    assert call(app, "downgrade", "base", "--yes").exit_code == 0
    assert call(app, "current").output.strip() == "–"


def test_the_answer_for_machines_is_one_object(app: Flask) -> None:
    call(app, "upgrade")
    assert json.loads(call(app, "check", "--json").output) == {
        "as_needed": True, "current": newest_revision(), "newest": newest_revision(), "differences": [],
    }  # fmt: skip


def test_what_differs_is_told(app: Flask) -> None:
    call(app, "upgrade")
    with transaction() as session:
        session.execute(text("ALTER TABLE jobs ADD COLUMN mood VARCHAR(5)"))
    result = call(app, "check")
    assert result.exit_code == 1
    assert "mood" in result.output
    answer = json.loads(call(app, "check", "--json").output)
    assert not answer["as_needed"]
    assert len(answer["differences"]) == 1


def test_the_next_migration_is_written_where_the_others_are(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("mit.upkeep.schema.schema.write_revision", lambda words: tmp_path / words)
    assert call(app, "revision", "add_a_mood").output.strip() == str(tmp_path / "add_a_mood")
