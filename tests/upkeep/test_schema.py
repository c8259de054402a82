"""Migrations on both databases: up, down, up; and the tables in code are the tables there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, text

from mit.errors import InputError
from mit.store import health, schema
from mit.store.audit import AuditHead
from mit.store.db import db, reading, transaction, viewing
from mit.store.tables import ROOMS, metadata
from mit.upkeep.schema import is_migrated, migrate, read_state, take_back, write_step
from tests.support.databases import KINDS, Databases, bare_app
from tests.support.parallel import at_once

VERSIONS = Path(str(schema.__file__)).parent / "migrations" / "versions"


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Flask]:
    """An application on a database without tables."""
    with bare_app(databases.empty(request.param)) as app:
        yield app


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def triggers() -> int:
    catalogue = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
    }
    with reading() as connection:
        return int(connection.scalar(text(catalogue[db.engine.dialect.name])) or 0)


def test_an_empty_database_is_migrated_to_the_newest_revision(empty: Flask) -> None:
    assert not is_migrated()
    assert migrate() == (None, schema.newest_revision())
    assert is_migrated()
    assert read_state().is_as_needed
    assert tables() == set(metadata.tables) | {"alembic_version"}


def test_up_down_up_ends_where_it_began(empty: Flask) -> None:
    migrate()
    before = (tables(), triggers())
    assert take_back("base") == (schema.newest_revision(), None)
    assert tables() == {"alembic_version"}
    assert triggers() == 0
    migrate()
    assert (tables(), triggers()) == before
    assert read_state().is_as_needed


def test_every_single_step_goes_up_and_down(empty: Flask) -> None:
    revisions = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
    for number, revision in enumerate(revisions):
        migrate(revision)
        take_back(revisions[number - 1] if number else "base")
        assert migrate(revision)[1] == revision
    assert read_state().is_as_needed


def test_migrating_twice_changes_nothing(empty: Flask) -> None:
    migrate()
    assert migrate() == (schema.newest_revision(),) * 2


def test_the_tables_in_code_are_the_migrated_ones(empty: Flask) -> None:
    migrate()
    assert schema.differences() == []


def test_a_table_that_differs_is_told(empty: Flask) -> None:
    migrate()
    with transaction() as session:
        session.execute(text("ALTER TABLE jobs ADD COLUMN mood VARCHAR(5)"))
    state = read_state()
    assert not state.is_as_needed
    assert state.differences == ("remove_column jobs mood",)


@pytest.mark.parametrize("act", [migrate, take_back])
def test_an_unknown_revision_is_told_in_words(empty: Flask, act: Callable[[str], object]) -> None:
    migrate()
    with pytest.raises(InputError, match="revision_unknown"):
        act("nonsense")
    assert read_state().is_as_needed


def test_a_database_of_a_later_version_is_left_alone(empty: Flask) -> None:
    migrate()
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_migrated()
    with pytest.raises(InputError, match="revision_unknown"):
        migrate()


def test_the_checks_in_code_are_the_migrated_ones(empty: Flask) -> None:
    """Alembic does not compare them, so we do: by name, and by the words that they hold."""
    migrate()
    for table in metadata.tables.values():
        ours = {
            str(check.name): words(str(check.sqltext))
            for check in table.constraints
            if isinstance(check, CheckConstraint) and check.name
        }
        theirs = {
            str(check["name"]): words(check["sqltext"])
            for check in inspect(db.engine).get_check_constraints(table.name)
        }
        assert ours.keys() == theirs.keys(), table.name
        if db.engine.dialect.name == "sqlite":  # PostgreSQL spells them its own way
            assert ours == theirs


def words(condition: str) -> str:
    return re.sub(r"\s+", " ", condition)


def test_a_migration_that_fails_leaves_nothing_behind(empty: Flask) -> None:
    with transaction() as session:
        session.execute(text("CREATE TABLE published (name INTEGER)"))  # in the way of the first step
    with pytest.raises(Exception, match="published"):
        migrate()
    assert tables() <= {"published", "alembic_version"}
    assert schema.current_revision() is None


def test_many_who_migrate_at_once_do_it_once(empty: Flask) -> None:
    results = at_once(empty, [migrate] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert read_state().is_as_needed


def test_the_audit_log_begins_empty(empty: Flask) -> None:
    migrate()
    with viewing() as session:
        head = session.get_one(AuditHead, 1)
    assert (head.seq, head.hash) == (0, "0" * 64)


def test_the_newest_revision_is_the_same_with_and_without_alembic() -> None:
    assert health.newest_revision() == schema.newest_revision()


def test_migrations_are_numbered_in_a_row() -> None:
    numbers = sorted(int(path.name.partition("_")[0]) for path in VERSIONS.glob("[0-9]*_*.py"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_migration_imports_nothing_of_ours() -> None:
    for path in VERSIONS.glob("*.py"):
        assert not re.search(r"^\s*(from|import) mit\b|\bmit\.store", path.read_text("utf-8"), re.MULTILINE)


def test_every_room_of_the_store_with_rows_is_known_to_the_migrations() -> None:
    folder = Path(str(schema.__file__)).parent
    with_rows = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^class \w+\(Base\)", path.read_text("utf-8"), re.M)
    }
    assert with_rows == {room.__name__.rpartition(".")[2] for room in ROOMS}


def test_every_day_instant_and_identity_has_its_own_type() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            kind = type(column.type).__name__
            if column.name.endswith("_at") or column.name == "at":
                assert kind == "UtcInstant", column
            elif column.name.endswith("_on"):
                assert kind == "Date", column
            elif column.name.endswith("_satang"):
                assert kind == "BigInteger", column
            elif column.name == "id" and table.name not in {"jobs", "audit_head"}:
                assert kind == "Uuid", column


def test_no_table_holds_a_float() -> None:
    kinds = {type(column.type).__name__ for table in metadata.tables.values() for column in table.columns}
    assert not kinds & {"Float", "Numeric", "Double", "REAL"}


def test_a_new_revision_can_be_written_from_the_differences(
    empty: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate()
    with transaction() as session:
        session.execute(text("ALTER TABLE jobs ADD COLUMN mood VARCHAR(5)"))
    copied = tmp_path / "migrations"
    (copied / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        (copied / name).write_text((VERSIONS.parent / name).read_text("utf-8"), "utf-8")
    for path in VERSIONS.glob("*.py"):
        (copied / "versions" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(schema, "_MIGRATIONS", copied)
    written = write_step("drop the mood")
    assert written.name == f"{int(str(health.newest_revision())) + 1:04d}_drop_the_mood.py"
    assert "op.drop_column('jobs', 'mood')" in written.read_text("utf-8")
