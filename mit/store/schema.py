"""The database's schema over time: Alembic driven with the application's own engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from mit.errors import InputError
from mit.store.db import db
from mit.store.tables import metadata

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Any constant: while one process holds it, another that migrates the same PostgreSQL waits.
_ADVISORY_LOCK = 2569


def upgrade(revision: str = "head") -> None:
    """Bring the present application's database up to *revision*, in one transaction.

    Raises:
        InputError: ``revision_unknown``: the one asked for, or the one that the database stands at.
    """
    _run(command.upgrade, revision)


def downgrade(revision: str) -> None:
    """Take the present application's database back to *revision*; ``base`` empties it.

    Raises:
        InputError: ``revision_unknown``.
    """
    _run(command.downgrade, revision)


def current_revision() -> str | None:
    """Return the revision that the database stands at; None for an empty database."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the revision that this version of the service needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences() -> list[str]:
    """Return how the database differs from the tables in code, one line each; empty when it does not."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [_in_words(difference) for difference in compare_metadata(context, metadata)]


def write_revision(message: str) -> Path:
    """Write a new migration from the differences between the database and the tables; for developers."""
    rev_id = f"{int(newest_revision() or 0) + 1:04d}"
    with db.engine.connect() as connection:
        config = _config(connection)
        script = command.revision(config, message=message, rev_id=rev_id, autogenerate=True)
    return Path(str(getattr(script, "path", "")))


def _in_words(difference: Any) -> str:
    """Return what a migration would have to do and to what: ``add_column jobs mood``."""
    entry = difference[0] if isinstance(difference, list) else difference
    names = [str(getattr(part, "name", part)) for part in entry[1:4] if part is not None]
    return " ".join([str(entry[0]), *names])


def _run(action: Any, revision: str) -> None:
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        try:
            action(_config(connection), revision)
        except CommandError as error:
            raise InputError("revision_unknown", where="revision", revision=revision) from error


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
