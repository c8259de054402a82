"""The quick way reads exactly what the usual way reads, and survives a cut connection."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import bindparam, event, select, text
from sqlalchemy.exc import OperationalError

from mit.store.accounts import User
from mit.store.certificates import Certificate
from mit.store.db import db, dispose_engines, readers, reading, transaction
from mit.store.quick_read import QuickRead
from mit.store.tables import metadata
from tests.support import register
from tests.support.databases import CLEANER
from tests.support.parallel import at_once
from tests.support.people import Cast

CERTIFICATES = Certificate.__table__.c
BY_NUMBER = select(Certificate.__table__).where(CERTIFICATES.number == bindparam("key"))


def test_every_column_of_a_certificate_reads_the_same_both_ways(cast: Cast, now: datetime) -> None:
    for number in (register.issued(cast, now=now).number, register.prepared(cast, now=now).number):
        with reading() as connection:
            usual = connection.execute(BY_NUMBER, {"key": number}).one()
        quick = QuickRead(BY_NUMBER).first(number)
        assert quick == tuple(usual)
        assert [type(value) for value in quick] == [type(value) for value in usual]


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_type_of_every_table_reads_the_same_both_ways(cast: Cast, now: datetime, table: str) -> None:
    register.issued(cast, now=now)
    columns = metadata.tables[table]
    statement = select(columns).where(text("1 = 1 OR '' = :key").bindparams(bindparam("key")))
    with reading() as connection:
        usual = [tuple(row) for row in connection.execute(statement, {"key": ""})]
    assert sorted(QuickRead(statement).rows(""), key=repr) == sorted(usual, key=repr)


def test_an_unknown_key_finds_nothing(app: Flask) -> None:
    read = QuickRead(BY_NUMBER)
    assert read.first("MIT-2569-0000001-G") is None
    assert read.rows("'; DROP TABLE certificates; --") == []


def test_it_sees_what_was_committed_last(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    read = QuickRead(select(CERTIFICATES.status).where(CERTIFICATES.number == bindparam("key")))
    for status in ("suspended", "active", "revoked"):
        with transaction() as session:
            session.execute(text("UPDATE certificates SET status = :status"), {"status": status})
        assert read.first(made.number) == (status,)


def test_it_does_not_see_what_is_not_committed(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    read = QuickRead(select(CERTIFICATES.status).where(CERTIFICATES.number == bindparam("key")))
    with transaction() as session:
        session.execute(text("UPDATE certificates SET status = 'revoked'"))
        assert read.first(made.number) == ("active",)
        session.rollback()


def test_many_threads_read_at_once(app: Flask, cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    read = QuickRead(BY_NUMBER)
    found = at_once(app, [lambda: read.first(made.number)] * 8)
    assert len(set(found)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_cut_connection_is_replaced_without_anybody_noticing(cast: Cast) -> None:
    read = QuickRead(select(User.__table__.c.name).where(User.__table__.c.email == bindparam("key")))
    assert read.first("malee@example.com") == ("Malee Srisuk",)
    with transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND application_name <> :cleaner"
            ),
            {"cleaner": CLEANER},
        )
    assert read.first("malee@example.com") == ("Malee Srisuk",)


def test_a_database_that_cannot_answer_says_so(app: Flask) -> None:
    unknown = select(text("no_such_column")).where(CERTIFICATES.number == bindparam("key"))
    with pytest.raises(OperationalError):
        QuickRead(unknown).rows("x")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_says_so_and_is_read_again_once_it_is_back(app: Flask, cast: Cast) -> None:
    read = QuickRead(select(User.__table__.c.name).where(User.__table__.c.email == bindparam("key")))
    place = Path(str(db.engine.url.database))
    dispose_engines()
    kept = place.rename(place.with_suffix(".away"))
    with pytest.raises(OperationalError):
        read.first("malee@example.com")
    kept.rename(place)
    assert read.first("malee@example.com") == ("Malee Srisuk",)


def test_who_counts_statements_counts_these_too(app: Flask) -> None:
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(readers().quick, "before_cursor_execute", note)
    try:
        QuickRead(BY_NUMBER).rows("x")
    finally:
        event.remove(readers().quick, "before_cursor_execute", note)
    assert len(heard) == 1
    assert "certificates" in heard[0]
