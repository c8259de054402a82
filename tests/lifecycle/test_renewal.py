"""The window of renewal: both ends count, the calendar ends it, and what was stopped is not renewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.lifecycle.renewal import RenewalState, RenewalWindow, renewal_on

EXPIRES = date(2027, 11, 24)
OPENS = date(2027, 9, 25)
SIXTY = RenewalWindow(date(2020, 12, 22), None, 60, is_verified=True)


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [
        (date(2027, 9, 24), "early", 61),
        (OPENS, "open", 60),
        (EXPIRES, "open", 0),
        (date(2027, 11, 25), "lapsed", -1),
    ],
)
def test_renewal_opens_sixty_days_before_the_last_day_and_ends_with_it(
    day: date, state: str, left: int
) -> None:
    found = renewal_on(day, SIXTY, status="active", expires_on=EXPIRES)
    assert (found.state, found.days_left, found.opens_on, found.is_verified) == (state, left, OPENS, True)


@pytest.mark.parametrize("status", ["suspended", "revoked", "superseded", "withdrawn"])
def test_what_is_not_in_force_is_not_renewed(status: str) -> None:
    assert renewal_on(OPENS, SIXTY, status=status, expires_on=EXPIRES).state == RenewalState.STOPPED
    after = renewal_on(EXPIRES + timedelta(days=1), SIXTY, status=status, expires_on=EXPIRES).state
    assert after == (RenewalState.LAPSED if status == "suspended" else RenewalState.STOPPED)


def test_without_a_window_in_force_nothing_is_open() -> None:
    found = renewal_on(date(2020, 6, 1), None, status="active", expires_on=date(2020, 6, 2))
    assert (found.state, found.opens_on, found.is_verified) == (RenewalState.EARLY, None, False)


@given(st.dates(date(2022, 1, 1), date(2090, 1, 1)), st.integers(-100, 400))
def test_the_states_follow_one_another_by_the_day(expires_on: date, before: int) -> None:
    order = [RenewalState.EARLY, RenewalState.OPEN, RenewalState.LAPSED]
    today = expires_on - timedelta(days=before)
    states = [
        renewal_on(today + timedelta(days=later), SIXTY, status="active", expires_on=expires_on).state
        for later in (0, 1)
    ]
    assert order.index(states[0]) <= order.index(states[1]) <= order.index(states[0]) + 1
    assert (states[0] == RenewalState.OPEN) == (0 <= before <= 60)


@given(st.integers(1, 366), st.integers(-400, 400))
def test_the_window_is_as_many_days_as_it_says(days: int, before: int) -> None:
    window = RenewalWindow(date(2020, 12, 22), None, days, is_verified=False)
    found = renewal_on(EXPIRES - timedelta(days=before), window, status="active", expires_on=EXPIRES)
    assert (found.state == RenewalState.OPEN) == (0 <= before <= days)
    assert (EXPIRES - (found.opens_on or EXPIRES)).days == days
    assert not found.is_verified
