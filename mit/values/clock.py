"""Clocks: where ``now`` comes from.  Faces and the worker ask once and hand ``now`` down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that moves only when told: for tests and for the demo's walk through past days."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant at which the clock stands, in UTC."""
        return self._at

    def advance(self, step: timedelta) -> datetime:
        """Move the clock by *step* and return the new instant."""
        self._at += step
        return self._at

    def set(self, at: datetime) -> None:
        """Put the clock at another instant."""
        self._at = at.astimezone(UTC)
