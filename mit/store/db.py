"""The database: engine settings, column types, and the ways to open a transaction or only to read.

SQLite runs with ``BEGIN IMMEDIATE``, a rollback journal and full synchronisation: a plain ``BEGIN``
lets two writers both read and then fail, and WAL needs SQLite 3.51.3 (security section 10).
PostgreSQL runs at READ COMMITTED with explicit row locks.  Reads that belong to no transaction go
over a second, read-only engine, each statement on its own, so that they never wait for a writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

_PRAGMAS = (
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA mmap_size=0",
)
_READER_PRAGMAS = ("PRAGMA busy_timeout=30000", "PRAGMA mmap_size=0", "PRAGMA query_only=ON")
_POSTGRES_SESSION = "-c lock_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
_POSTGRES_READER = f"{_POSTGRES_SESSION} -c default_transaction_read_only=on"


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


class Readers(NamedTuple):
    """The read-only engines beside the one that writes; ``quick`` hands out connections unasked."""

    plain: Engine
    quick: Engine


db = SQLAlchemy(model_class=Base)
#: The type of a primary key that counts up by itself.
SERIAL = BigInteger().with_variant(Integer, "sqlite")
_readers: WeakKeyDictionary[Engine, Readers] = WeakKeyDictionary()


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


def add_all(session: Session, rows: Iterable[Base]) -> None:
    """Write new *rows* of one table now, in their order and together; what they refer to stands already."""
    session.add_all(rows)
    session.flush()


def values_of(row: Base) -> dict[str, Any]:
    """Return what was set on a row that is not in any session yet, by column name."""
    names = inspect(type(row)).columns.keys()
    return {name: value for name in names if (value := getattr(row, name)) is not None}


def insert_or_ignore(session: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert one row unless a unique key already holds it; say whether it was inserted."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    key = inspect(table).primary_key[0]
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(key)
    return len(session.execute(statement).all()) == 1


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a work function: commit at its end, roll back on any error.

    On SQLite it holds the write lock from its first statement (``BEGIN IMMEDIATE``).  Rows are
    expired at its end: a work function returns values, not rows.
    """
    session: Session = db.session()
    try:
        yield session
        session.commit()
    finally:
        session.rollback()  # nothing is left to roll back after the commit
        session.expire_all()


def readers() -> Readers:
    """Return the read-only engines of the present application."""
    return _readers[db.engine]


@contextmanager
def reading() -> Iterator[Connection]:
    """Open a read-only connection for single reads, each on its own, without BEGIN around it."""
    with readers().plain.connect() as connection:
        yield connection


@contextmanager
def viewing() -> Iterator[Session]:
    """Open a read-only session: rows read in it stay usable afterwards, and nothing is locked."""
    with Session(readers().plain, autoflush=False, expire_on_commit=False) as session:
        yield session


def engine_options(url: str) -> dict[str, Any]:
    """Return what ``create_engine`` needs beside the address; values never stand in an error's text."""
    if make_url(url).get_backend_name() == "postgresql":
        connect = {"options": _POSTGRES_SESSION}
        return {"hide_parameters": True, "pool_pre_ping": True, "connect_args": connect}
    return {"hide_parameters": True, "connect_args": {"timeout": 30}}


def prepare_engine(engine: Engine) -> None:
    """Hang the SQLite settings on *engine* and make the read-only engines beside it."""
    if engine not in _readers:
        quick = {"pool_pre_ping": False, "pool_reset_on_return": None}
        _readers[engine] = Readers(_make_reader(engine), _make_reader(engine, **quick))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin_immediate)


def dispose_engines() -> None:
    """Close every pooled connection of the present application, readers too."""
    db.session.remove()
    for reader in readers():
        reader.dispose()
    db.engine.dispose()


def _make_reader(engine: Engine, **pool: Any) -> Engine:
    options = engine_options(engine.url.render_as_string(hide_password=False))
    if engine.dialect.name != "sqlite":
        options["connect_args"] = {"options": _POSTGRES_READER}
        return create_engine(engine.url, isolation_level="AUTOCOMMIT", **(options | pool))
    # mode=rw: a reader never creates the file, but may roll back what a crash left half done.
    url = engine.url.set(database=f"file:{quote(engine.url.database or '')}")
    url = url.update_query_dict({"mode": "rw", "uri": "true"})
    reader = create_engine(url, isolation_level="AUTOCOMMIT", **(options | pool))
    event.listen(reader, "connect", _set_reader_pragmas)
    return reader


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: we do, IMMEDIATE
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _set_reader_pragmas(connection: Any, _record: object) -> None:
    for pragma in _READER_PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


#: An open session, for the signatures of rooms that hand one from store function to store function.
OpenSession = Session
