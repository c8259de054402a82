"""For which days a letter may be issued: never back, never beyond the certificate, not too long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.i18n import LANGUAGES, say
from mit.lifecycle.dealer_letter_terms import (
    DealerLetterTerms,
    day_faults,
    dealer_letter_terms_on,
    last_day_of_letter,
)

TODAY, EXPIRES = date(2026, 11, 25), date(2027, 11, 24)
TERMS = DealerLetterTerms(date(2021, 1, 1), None, 90, is_verified=False)
DAY = timedelta(days=1)
BEGINS_BEFORE, ENDS_BEFORE = ("letter_begins_before", "from_on"), ("letter_ends_before", "until_on")


def codes(from_on: date, until_on: date, terms: DealerLetterTerms | None = TERMS) -> list[tuple[str, str]]:
    found = list(day_faults(from_on, until_on, today=TODAY, expires_on=EXPIRES, terms=terms))
    assert all(say(f"errors.{one.code}", language, **one.params) for one in found for language in LANGUAGES)
    return [(one.code, one.where) for one in found]


@pytest.mark.parametrize(
    ("from_on", "until_on", "wrong"),
    [
        (TODAY, TODAY, []),
        (TODAY, TODAY + 89 * DAY, []),
        (TODAY, TODAY + 90 * DAY, [("letter_too_long", "until_on")]),
        (EXPIRES, EXPIRES, []),
        (EXPIRES - 89 * DAY, EXPIRES, []),
        (EXPIRES, EXPIRES + DAY, [("letter_outlives", "until_on")]),
        (EXPIRES + DAY, EXPIRES + DAY, [("letter_outlives", "until_on")]),
        (TODAY - DAY, TODAY, [BEGINS_BEFORE]),
        (TODAY, TODAY - DAY, [ENDS_BEFORE]),
        (
            TODAY - DAY,
            TODAY - 2 * DAY,
            [("letter_begins_before", "from_on"), ("letter_ends_before", "until_on")],
        ),
    ],
)
def test_days_are_taken_to_their_very_limits_and_no_further(
    from_on: date, until_on: date, wrong: list[tuple[str, str]]
) -> None:
    assert codes(from_on, until_on) == wrong


def test_without_terms_in_force_only_the_certificate_limits_it() -> None:
    assert codes(TODAY, EXPIRES, None) == []
    assert codes(TODAY, EXPIRES + DAY, None) == [("letter_outlives", "until_on")]


@given(st.integers(0, 400), st.sampled_from([TERMS, None]))
def test_the_last_day_that_is_offered_is_taken_and_the_next_is_not(
    later: int, terms: DealerLetterTerms
) -> None:
    from_on = TODAY + later * DAY
    last = last_day_of_letter(terms, from_on, EXPIRES)
    if from_on <= EXPIRES:
        assert codes(from_on, last, terms) == []
        assert codes(from_on, last + DAY, terms)


def test_the_setting_says_that_nobody_published_it_and_begins_on_its_day() -> None:
    terms = dealer_letter_terms_on(TODAY)
    assert terms is not None
    assert (terms.longest_days, terms.is_verified) == (366, False)
    assert dealer_letter_terms_on(date(2020, 12, 31)) is None
