"""Create and migrate the database, and say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mit.errors import SettingsError
from mit.store import health, schema
from mit.store.db import db


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Where the database stands: its revision, the one this version needs, and how it differs."""

    current: str | None
    newest: str | None
    differences: tuple[str, ...]

    @property
    def is_as_needed(self) -> bool:
        """Say whether this version of the service can work with the database."""
        return self.current == self.newest and not self.differences


def migrate(revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database up to *revision*, all or nothing; return the revision before and after."""
    before = schema.current_revision()
    schema.upgrade(revision)
    return before, schema.current_revision()


def take_back(revision: str) -> tuple[str | None, str | None]:
    """Take the database back to *revision* (``base`` empties it); return the revision before and after."""
    before = schema.current_revision()
    schema.downgrade(revision)
    return before, schema.current_revision()


def read_state() -> SchemaState:
    """Return where the database stands, compared column by column with the tables in code."""
    return SchemaState(schema.current_revision(), schema.newest_revision(), tuple(schema.differences()))


def is_migrated() -> bool:
    """Say whether the database stands at the revision this version needs; cheap enough to ask often."""
    return health.is_at_newest_revision()


def require_ready() -> None:
    """Refuse to work on a database that is away, or that stands at another revision.

    An SQLite file that nobody made yet is a database without tables.

    Raises:
        SettingsError: ``schema_not_migrated`` or ``database_unreachable``.
    """
    if is_migrated():
        return
    is_server = db.engine.dialect.name != "sqlite"
    raise SettingsError(
        "database_unreachable" if is_server and not health.answers() else "schema_not_migrated"
    )


def write_step(words: str) -> Path:
    """Write the next migration from what differs, for a developer to read and finish; return its place."""
    return schema.write_revision(words)
