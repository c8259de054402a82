"""Which version of a dated thing was in force on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Something in force from one day to another, both included; ``None`` is an open end."""

    @property
    def in_force_from(self) -> date:
        """Return the first day."""

    @property
    def in_force_until(self) -> date | None:
        """Return the last day, or None while no end is known."""


D = TypeVar("D", bound=Dated)


def is_in_force(version: Dated, on: date) -> bool:
    """Say whether *version* is in force on the day *on*, first and last day included."""
    return version.in_force_from <= on and (version.in_force_until is None or on <= version.in_force_until)


def pick(versions: Iterable[D], on: date) -> D | None:
    """Return the version in force on *on*: the one that began last where several are; else None."""
    candidates = [version for version in versions if is_in_force(version, on)]
    return max(candidates, key=lambda version: version.in_force_from, default=None)
