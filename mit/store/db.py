"""The database: engine settings, column types, and the one way to open a transaction.

SQLite runs with ``BEGIN IMMEDIATE``, a rollback journal and full synchronisation: a plain ``BEGIN``
lets two writers both read and then fail, and WAL needs SQLite 3.51.3 (security section 10).
PostgreSQL runs at READ COMMITTED with explicit row locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

_PRAGMAS = (
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA mmap_size=0",
)
_POSTGRES_SESSION = "-c lock_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"


class Base(DeclarativeBase):
    """The parent of every row; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC; a naive one is refused, because nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as the database keeps it: UTC, without a zone on SQLite."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def new_id() -> UUID:
    """Return a fresh inner identity; never shown to anyone."""
    return uuid4()


def add(session: Session, *rows: Base) -> None:
    """Write new *rows* now, one after the other, so that each finds what it refers to."""
    for row in rows:
        session.add(row)
        session.flush()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a work function: commit at its end, roll back on any error.

    On SQLite it holds the write lock from its first statement (``BEGIN IMMEDIATE``).
    """
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.expire_all()


@contextmanager
def reading() -> Iterator[Connection]:
    """Open a connection for single reads, each on its own, without BEGIN and ROLLBACK around it."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def engine_options(url: str) -> dict[str, Any]:
    """Return what ``create_engine`` needs beside the address."""
    if make_url(url).get_backend_name() == "postgresql":
        return {"pool_pre_ping": True, "connect_args": {"options": _POSTGRES_SESSION}}
    return {"connect_args": {"timeout": 30}}


def prepare_engine(engine: Engine) -> None:
    """Hang the SQLite settings on *engine*; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: we do, IMMEDIATE
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
