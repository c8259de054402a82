"""Engine settings, column types, transactions and reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from mit.store.counters import Counter, next_value
from mit.store.db import (
    add,
    db,
    engine_options,
    insert_or_ignore,
    new_id,
    prepare_engine,
    reading,
    transaction,
    viewing,
)
from mit.store.published import Published
from tests.support.parallel import at_once

ZONES = [UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-11, minutes=-30))]
instants = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(0, zone) + timedelta(microseconds=seconds),
    st.integers(0, 400 * 365 * 86_400 * 10**6),
    st.sampled_from(ZONES),
)


def piece(name: str, at: datetime) -> Published:
    return Published(name=name, media_type="x", body=b"", etag="", signed_at=at, valid_until=at)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=instants)
def test_an_instant_comes_back_in_utc_to_the_microsecond(app: Flask, at: datetime) -> None:
    name = str(new_id())
    with transaction() as session:
        add(session, piece(name, at))
    with viewing() as session:
        stored = session.get_one(Published, name).signed_at
    assert stored == at
    assert stored.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="time zone"), transaction() as session:
        add(session, piece("x", datetime(2026, 11, 25)))  # noqa: DTZ001


def test_instants_sort_as_they_follow_each_other(app: Flask, now: datetime) -> None:
    bangkok = timezone(timedelta(hours=7))
    with transaction() as session:
        add(session, piece("later", now + timedelta(microseconds=1)))
        add(session, piece("earlier", now.astimezone(bangkok)))
    with viewing() as session:
        rows = session.query(Published).order_by(Published.signed_at)
        assert [row.name for row in rows] == ["earlier", "later"]


def test_a_transaction_commits_at_its_end(app: Flask) -> None:
    with transaction() as session:
        next_value(session, "x")
    with viewing() as session:
        assert session.get_one(Counter, "x").value == 1


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_transaction_rolls_back_on_any_error(app: Flask, error: type[BaseException]) -> None:
    with pytest.raises(error), transaction() as session:
        next_value(session, "x")
        raise error
    with viewing() as session:
        assert session.get(Counter, "x") is None


def test_after_a_failed_transaction_the_next_one_works(app: Flask) -> None:
    for _ in range(2):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text("SELECT * FROM no_such_table"))
    with transaction() as session:
        assert next_value(session, "x") == 1


def test_readers_see_only_what_is_committed(app: Flask) -> None:
    with transaction() as session:
        next_value(session, "x")
        with reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM counters")) == 0
    with reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM counters")) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM jobs", "INSERT INTO counters VALUES ('x', 1)"])
def test_a_reader_cannot_write(app: Flask, statement: str) -> None:
    with pytest.raises(DBAPIError), reading() as connection:
        connection.execute(text(statement))
    with pytest.raises(DBAPIError), viewing() as session:
        session.execute(text(statement))


def test_rows_that_were_viewed_stay_usable(app: Flask, now: datetime) -> None:
    with transaction() as session:
        add(session, piece("x", now))
    with viewing() as session:
        row = session.get_one(Published, "x")
    assert row.name == "x"


def test_insert_or_ignore_says_whether_it_inserted(app: Flask) -> None:
    with transaction() as session:
        assert insert_or_ignore(session, Counter, {"name": "x", "value": 1})
        assert not insert_or_ignore(session, Counter, {"name": "x", "value": 1})


def test_every_id_is_new() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(isinstance(one, UUID) for one in made)


def test_an_engine_is_prepared_once(app: Flask) -> None:
    prepare_engine(db.engine)
    prepare_engine(db.engine)
    with transaction() as session:
        assert next_value(session, "x") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_strict(app: Flask) -> None:
    wanted = {
        "journal_mode": "truncate",
        "synchronous": 3,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30000,
    }
    with transaction() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sqlite_reader_only_reads(app: Flask) -> None:
    with reading() as connection:
        assert connection.scalar(text("PRAGMA query_only")) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_waits_for_locks_but_not_for_ever(app: Flask) -> None:
    with transaction() as session:
        assert session.scalar(text("SHOW lock_timeout")) == "30s"
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_options_fit_the_database() -> None:
    assert "timeout" in engine_options("sqlite:///x")["connect_args"]
    assert engine_options("postgresql+psycopg://localhost/x")["pool_pre_ping"]


def test_writers_wait_for_each_other_and_none_is_turned_away(app: Flask) -> None:
    def act() -> int:
        with transaction() as session:
            before = session.scalar(text("SELECT count(*) FROM jobs"))  # reads first, then writes
            assert before == 0
            return next_value(session, "x")

    assert sorted(map(int, at_once(app, [act] * 12))) == list(range(1, 13))  # type: ignore[call-overload]
