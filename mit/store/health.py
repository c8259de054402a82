"""Whether the database answers and stands at the newest revision, asked without loading Alembic."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mit.store.db import reading

#: What a caller sees when the database is away, full, locked for too long, or not yet migrated.
UNREACHABLE = (OperationalError, InterfaceError, ProgrammingError, PoolTimeoutError)
_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def answers() -> bool:
    """Say whether the database answers the simplest of questions."""
    try:
        with reading() as connection:
            return bool(connection.scalar(text("SELECT 1")))
    except UNREACHABLE:
        return False


def is_at_newest_revision() -> bool:
    """Say whether the database stands at the revision that this version of the service needs."""
    try:
        with reading() as connection:
            stands_at = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    except UNREACHABLE:
        return False
    return list(stands_at) == [newest_revision()]


@cache
def newest_revision() -> str:
    """Return the newest revision; migrations are named ``<number>_<words>.py``."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
