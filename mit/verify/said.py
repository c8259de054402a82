"""What was answered before, said again while the register's row and the day are still the same.

For the plain question after a number or a QR code: today, in JSON.  Every answer reads the row anew,
so what a revocation or a compromised key changes counts in the very next one.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import NamedTuple

from mit.store.verdict_facts import facts_by_number
from mit.values.thai_date import bangkok_day
from mit.verify.memory import Memory
from mit.verify.presentation import Presentation, ShownNumber, ShownQr
from mit.verify.question import Question
from mit.verify.scan import Grounds, verify_shown
from mit.verify.verdict import Answer
from mit.verify.verdict_json import SpelledVerdict, spell


class Said(NamedTuple):
    """One answer: its leading reason for those who count, and its JSON but for the instant."""

    answer: Answer
    reason: str
    spelled: SpelledVerdict
    grounds: Grounds | None = None


#: Answers by number or by the signed bytes of a QR.
_said: Memory[str | bytes, Said] = Memory(96 * 1024 * 1024)
#: What an answer takes beside its own text: the row and what holds it.
_OVERHEAD_BYTES = 900


def say(shown: Presentation, *, now: datetime) -> Said:
    """Return today's answer on what was shown; its JSON is ``spelled.known_at(now)``.

    Raises:
        MitError: ``register_unreachable``, only where it was reachable before.
    """
    place = _place(shown)
    kept = _said.get(place) if place is not None else None
    if kept is not None and kept.grounds is not None:
        row = facts_by_number(kept.grounds.row.number)
        if row == kept.grounds.row and bangkok_day(now) == kept.grounds.today:
            return kept
    return _say_anew(shown, place, now)


def forget_said() -> None:
    """Forget every answer; for tests and measurements."""
    _said.clear()


def _say_anew(shown: Presentation, place: str | bytes | None, now: datetime) -> Said:
    verdict = verify_shown(shown, Question(now), is_new=place is not None)
    said = Said(verdict.answer, verdict.leading_reason, spell(verdict))
    grounds = verdict.followed_from
    if place is None or not isinstance(grounds, Grounds):
        return said
    weight = _OVERHEAD_BYTES + len(place) + len(said.spelled.certificate)
    return _said.keep(place, said._replace(grounds=_slim(grounds)), weight_bytes=weight)


def _slim(grounds: Grounds) -> Grounds:
    """Return the same, its key's and its state's texts shared with all other answers of the same."""
    row = grounds.row
    shared = row._replace(
        state=sys.intern(row.state),
        status=sys.intern(row.status),
        thumbprint=sys.intern(row.thumbprint),
        public_jwk=sys.intern(row.public_jwk),
    )
    return grounds._replace(row=shared)


def _place(shown: Presentation) -> str | bytes | None:
    if isinstance(shown, ShownNumber):
        return shown.number
    return shown.data if isinstance(shown, ShownQr) else None
