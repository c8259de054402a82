"""Signing-key states: planned → active → verify-only → retired; compromised from an instant.

A state follows from dates alone, so it is known for every day, past or to come.  Days are Bangkok
days and each is the *first* day of its state; so a change falls between two days, never within
one, and every certificate of a day has the same answer.

Source: contract section 1, rows "Key states" and "Key id"; formats section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mit.errors import IllegalMoveError
from mit.values.thai_date import bangkok_day

#: Days between publishing a key and its first use, so that offline verifiers know it in time.
LEAD_TIME_DAYS = 14
#: Days a key keeps verifying after the last certificate that it signed has expired.
KEPT_AFTER_LAST_EXPIRY_DAYS = 365


class KeyState(StrEnum):
    """What a key may do on a day."""

    PLANNED = "planned"
    ACTIVE = "active"
    VERIFY_ONLY = "verify_only"
    RETIRED = "retired"
    COMPROMISED = "compromised"


#: state → the moves that lead out of it, and where each leads; compromised has no way out, and can
#: only be declared again for an earlier instant.
MOVES: dict[KeyState, dict[str, KeyState]] = {
    KeyState.PLANNED: {
        "activate": KeyState.ACTIVE,
        "retire": KeyState.RETIRED,
        "compromise": KeyState.COMPROMISED,
    },
    KeyState.ACTIVE: {"end_signing": KeyState.VERIFY_ONLY, "compromise": KeyState.COMPROMISED},
    KeyState.VERIFY_ONLY: {"retire": KeyState.RETIRED, "compromise": KeyState.COMPROMISED},
    KeyState.RETIRED: {"compromise": KeyState.COMPROMISED},
    KeyState.COMPROMISED: {"compromise": KeyState.COMPROMISED},
}


@dataclass(frozen=True, slots=True)
class KeyDates:
    """When a key changes its state; None where it does not, or not yet.

    Attributes:
        active_from_on: first day on which it signs.
        verify_only_from_on: first day on which it no longer signs.
        retired_from_on: first day on which it is out of use.
        compromised_from_at: instant from which none of its signatures counts.
    """

    active_from_on: date | None = None
    verify_only_from_on: date | None = None
    retired_from_on: date | None = None
    compromised_from_at: datetime | None = None


def state_on(dates: KeyDates, on: date) -> KeyState:
    """Return the state on the Bangkok day *on*; compromised counts from the day of that instant."""
    if dates.compromised_from_at is not None and bangkok_day(dates.compromised_from_at) <= on:
        return KeyState.COMPROMISED
    if _began(dates.retired_from_on, on):
        return KeyState.RETIRED
    if _began(dates.verify_only_from_on, on):
        return KeyState.VERIFY_ONLY
    return KeyState.ACTIVE if _began(dates.active_from_on, on) else KeyState.PLANNED


def was_active(dates: KeyDates, on: date) -> bool:
    """Say whether the key was in use for signing on *on*, compromise apart."""
    ends = (dates.verify_only_from_on, dates.retired_from_on)
    return _began(dates.active_from_on, on) and not any(_began(end, on) for end in ends)


def may_sign(dates: KeyDates, *, issued_on: date) -> bool:
    """Say whether the key may sign a certificate of *issued_on*: active then, never compromised.

    What was prepared before midnight is signed after it with the key of its own day.
    """
    return dates.compromised_from_at is None and was_active(dates, issued_on)


def signature_counts(dates: KeyDates, *, issued_on: date, signed_at: datetime | None) -> str:
    """Return ``ok``, ``key_compromised`` or ``key_not_active`` for a good signature of this key.

    *signed_at* comes from the register, the log or the trust file, never from what was shown to
    us; where it is None, no signature of a compromised key counts.
    """
    compromised = dates.compromised_from_at
    if compromised is not None and (signed_at is None or signed_at >= compromised):
        return "key_compromised"
    return "ok" if was_active(dates, issued_on) else "key_not_active"


def earliest_first_use(created_at: datetime, *, is_first: bool, lead_time_days: int = LEAD_TIME_DAYS) -> date:
    """Return the first day on which a key made at *created_at* may begin to sign.

    The first key of an installation is exempt from the lead time: nobody relies on another.
    """
    created_on = bangkok_day(created_at)
    return created_on if is_first else created_on + timedelta(days=lead_time_days)


def earliest_retirement(last_expiry_on: date | None, verify_only_from_on: date | None) -> date | None:
    """Return the first day on which a key may be retired; None while it signs or may still sign.

    A year after the last certificate that it signed expired; at once where it signed none.
    """
    if verify_only_from_on is None:
        return None
    if last_expiry_on is None:
        return verify_only_from_on
    kept_until = last_expiry_on + timedelta(days=KEPT_AFTER_LAST_EXPIRY_DAYS)
    return max(verify_only_from_on, kept_until + timedelta(days=1))


def move(state: KeyState, action: str) -> KeyState:
    """Return the state that *action* leads to.

    Raises:
        IllegalMoveError: ``illegal_key_move`` when no such move leads out of *state*.
    """
    try:
        return MOVES[state][action]
    except KeyError as error:
        raise IllegalMoveError("illegal_key_move", key_state=state.value, key_action=action) from error


def _began(day: date | None, on: date) -> bool:
    return day is not None and day <= on
