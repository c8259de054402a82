"""When a certificate may be renewed, and where a certificate stands to that on a day.

How many days the window has is a setting of the rule set in force on the day.

Source: [mit-renew], manual 49 of the scheme (guide of 27 April 2022): renewal opens 60 days before the
end; a certificate that has expired cannot be renewed, only applied for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class RenewalState(StrEnum):
    """Where a certificate stands: too early, open, lapsed, or stopped (not in force for another reason)."""

    EARLY = "early"
    OPEN = "open"
    LAPSED = "lapsed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """The window of one span of days.

    Attributes:
        days: from how many days before the last valid day renewal is open.
        is_verified: whether a published source states it.
    """

    in_force_from: date
    in_force_until: date | None
    days: int
    is_verified: bool

    def opens_on(self, expires_on: date) -> date:
        """Return the first day on which a certificate that is valid until *expires_on* may be renewed."""
        return expires_on - timedelta(days=self.days)


#: What the calendar alone ends; the others were stopped by somebody.
_RUNNING = frozenset({"active", "suspended"})


@dataclass(frozen=True, slots=True)
class RenewalStanding:
    """Where a certificate stands on a day.

    Attributes:
        opens_on: the first day of renewal; None where no window is in force.
        days_left: whole days to the last valid day, which is day 0; below zero after it.
        is_verified: whether a published source states the window.
    """

    state: RenewalState
    opens_on: date | None
    days_left: int
    is_verified: bool


def renewal_on(day: date, window: RenewalWindow | None, *, status: str, expires_on: date) -> RenewalStanding:
    """Return where a certificate of a status stands on a Bangkok day; both ends of the window count.

    *window* is the one in force on that day; None where there is none.
    """
    opens_on = window.opens_on(expires_on) if window else None
    if day > expires_on:
        state = RenewalState.LAPSED if status in _RUNNING else RenewalState.STOPPED
    elif status != "active":
        state = RenewalState.STOPPED
    else:
        is_open = opens_on is not None and opens_on <= day
        state = RenewalState.OPEN if is_open else RenewalState.EARLY
    days_left = (expires_on - day).days
    return RenewalStanding(state, opens_on, days_left, window is not None and window.is_verified)
