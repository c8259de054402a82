"""Whether the database answers at all, and the errors that say it does not."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mit.store.db import reading

#: What a caller sees when the database is away, full, locked for too long, or not yet migrated.
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError)


def answers() -> bool:
    """Say whether the database answers the simplest of questions."""
    try:
        with reading() as connection:
            return bool(connection.scalar(text("SELECT 1")))
    except UNREACHABLE:
        return False
