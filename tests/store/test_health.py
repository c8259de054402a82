"""Whether the database answers and fits, asked in a way that never raises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from mit.store import health, schema
from mit.store.db import reading, transaction
from tests.support.databases import Databases, bare_app


def stand_at(*revisions: str) -> None:
    with transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("DELETE FROM alembic_version")
        for revision in revisions:
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")


def test_a_migrated_database_answers_and_stands_at_the_newest_revision(app: Flask) -> None:
    assert health.answers()
    assert health.is_at_newest_revision()


def test_the_newest_revision_is_the_one_that_migrating_leads_to(app: Flask) -> None:
    with reading() as connection:
        stands_at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert stands_at == health.newest_revision()
    versions = Path(schema.__file__).parent / "migrations" / "versions"
    named = sorted(path.name for path in versions.glob("*.py"))
    assert all(re.fullmatch(r"[0-9]{4}_[a-z_]+\.py", name) for name in named)
    assert named[-1].startswith(health.newest_revision())


@pytest.mark.parametrize("revisions", [("0001",), ("9999",), (), ("0001", "0002")], ids=str)
def test_another_revision_or_none_is_not_the_newest(app: Flask, revisions: tuple[str, ...]) -> None:
    stand_at(*revisions)
    assert health.answers()
    assert not health.is_at_newest_revision()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_was_never_migrated_answers_and_does_not_fit(databases: Databases, kind: str) -> None:
    with bare_app(databases.empty(kind)):
        if kind == "sqlite":
            with transaction() as session:  # a reader never makes the file
                session.connection().exec_driver_sql("SELECT 1")
        assert health.answers()
        assert not health.is_at_newest_revision()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://nobody@127.0.0.1:1/none"]
)
def test_a_database_that_is_away_does_not_answer_and_raises_nothing(url: str) -> None:
    with bare_app(url):
        assert not health.answers()
        assert not health.is_at_newest_revision()


def test_asking_does_not_make_a_database_where_there_is_none(databases: Databases) -> None:
    url = databases.empty("sqlite")
    with bare_app(url):
        assert not health.answers()
    assert not Path(url.removeprefix("sqlite:///")).exists()
