"""For which days a maker may issue a letter to a dealer: a dated setting, and what follows from the days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mit.errors import Fault
from mit.values import in_force

#: Letters about one certificate that may stand at the same time.
MOST_LETTERS = 500
#: Letters of a tender's reference.
LONGEST_TENDER = 200


@dataclass(frozen=True, slots=True)
class DealerLetterTerms:
    """The terms of one span of days.

    Attributes:
        longest_days: days for which a letter may be in force, first and last included.
        is_verified: whether a published source states it.
    """

    in_force_from: date
    in_force_until: date | None
    longest_days: int
    is_verified: bool


#: No published rule was found; appointments from year to year are a beginning.
DEALER_LETTER_TERMS = (DealerLetterTerms(date(2021, 1, 1), None, 366, is_verified=False),)


def dealer_letter_terms_on(day: date) -> DealerLetterTerms | None:
    """Return the terms in force on a Bangkok day; None where there are none."""
    return in_force.pick(DEALER_LETTER_TERMS, day)


def last_day_of_letter(terms: DealerLetterTerms | None, from_on: date, expires_on: date) -> date:
    """Return the latest day until which a letter that begins on *from_on* may be in force."""
    return min(from_on + timedelta(days=terms.longest_days - 1), expires_on) if terms else expires_on


def day_faults(
    from_on: date, until_on: date, *, today: date, expires_on: date, terms: DealerLetterTerms | None
) -> Iterator[Fault]:
    """Return what is wrong with the days of a letter that is issued *today*.

    It never reaches back, never beyond the certificate's last valid day *expires_on*, and not further
    than the terms allow.
    """
    if from_on < today:
        yield Fault("letter_begins_before", "from_on")
    if until_on < from_on:
        yield Fault("letter_ends_before", "until_on")
    elif until_on > expires_on:
        yield Fault("letter_outlives", "until_on", {"day": expires_on.isoformat()})
    elif terms and until_on > from_on + timedelta(days=terms.longest_days - 1):
        yield Fault("letter_too_long", "until_on", {"days": terms.longest_days})
