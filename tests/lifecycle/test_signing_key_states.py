from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mit.errors import IllegalMoveError
from mit.i18n import knows
from mit.lifecycle.signing_key_states import (
    KEPT_AFTER_LAST_EXPIRY_DAYS,
    LEAD_TIME_DAYS,
    MOVES,
    KeyDates,
    KeyState,
    earliest_first_use,
    earliest_retirement,
    may_sign,
    move,
    signature_counts,
    state_on,
    was_active,
)
from mit.values.thai_date import bangkok_day, first_instant

DAY = timedelta(days=1)
FROM = date(2026, 7, 1)
ENDED = date(2026, 10, 1)
RETIRED = date(2028, 1, 1)
LIVED = KeyDates(FROM, ENDED, RETIRED)
COMPROMISED_AT = datetime(2026, 9, 15, 4, 30, tzinfo=UTC)
STOLEN = KeyDates(FROM, ENDED, RETIRED, COMPROMISED_AT)

days = st.dates(date(2025, 1, 1), date(2035, 12, 31))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def key_dates(draw: st.DrawFn) -> KeyDates:
    """Draw dates as the database lets them stand: in order, each only after the one before."""
    drawn = sorted(draw(st.lists(days, min_size=3, max_size=3)))
    known = draw(st.integers(0, 3))
    padded = [*drawn[:known], None, None, None][:3]
    return KeyDates(*padded, draw(st.none() | instants))


STATES = [
    (KeyDates(), FROM, KeyState.PLANNED),
    (LIVED, FROM - DAY, KeyState.PLANNED),
    (LIVED, FROM, KeyState.ACTIVE),
    (LIVED, ENDED - DAY, KeyState.ACTIVE),
    (LIVED, ENDED, KeyState.VERIFY_ONLY),
    (LIVED, RETIRED - DAY, KeyState.VERIFY_ONLY),
    (LIVED, RETIRED, KeyState.RETIRED),
    (KeyDates(None, None, FROM), FROM, KeyState.RETIRED),
    (STOLEN, date(2026, 9, 14), KeyState.ACTIVE),
    (STOLEN, date(2026, 9, 15), KeyState.COMPROMISED),
    (STOLEN, RETIRED, KeyState.COMPROMISED),
    # 20:00 UTC is the next day in Bangkok.
    (
        KeyDates(FROM, compromised_from_at=datetime(2026, 9, 14, 20, tzinfo=UTC)),
        date(2026, 9, 14),
        KeyState.ACTIVE,
    ),
]


@pytest.mark.parametrize(("dates", "on", "state"), STATES)
def test_the_state_follows_from_the_dates(dates: KeyDates, on: date, state: KeyState) -> None:
    assert state_on(dates, on) is state


COUNTS = [
    ("issued on the first day", LIVED, FROM, None, "ok"),
    ("issued on the last day", LIVED, ENDED - DAY, None, "ok"),
    ("issued the day before", LIVED, FROM - DAY, None, "key_not_active"),
    ("issued the day after", LIVED, ENDED, None, "key_not_active"),
    ("issued when retired", LIVED, RETIRED, None, "key_not_active"),
    ("never activated", KeyDates(), FROM, None, "key_not_active"),
    ("retired without use", KeyDates(None, None, FROM), FROM, None, "key_not_active"),
    ("retired since: what it signed still counts", LIVED, FROM, None, "ok"),
    ("signed a second before the compromise", STOLEN, FROM, COMPROMISED_AT - timedelta(seconds=1), "ok"),
    ("signed at the instant", STOLEN, FROM, COMPROMISED_AT, "key_compromised"),
    ("signed later", STOLEN, FROM, COMPROMISED_AT + DAY, "key_compromised"),
    ("nobody knows when it was signed", STOLEN, FROM, None, "key_compromised"),
    ("before the compromise but not active", STOLEN, FROM - DAY, COMPROMISED_AT - DAY, "key_not_active"),
    ("neither", STOLEN, FROM - DAY, None, "key_compromised"),
]


@pytest.mark.parametrize(
    ("what", "dates", "issued_on", "signed_at", "reason"), COUNTS, ids=[row[0] for row in COUNTS]
)
def test_a_signature_counts_by_issue_day_and_signing_instant(
    what: str, dates: KeyDates, issued_on: date, signed_at: datetime | None, reason: str
) -> None:
    assert signature_counts(dates, issued_on=issued_on, signed_at=signed_at) == reason


@given(key_dates(), days, st.none() | instants)
def test_every_signature_gets_one_of_three_answers(
    dates: KeyDates, issued_on: date, signed_at: datetime | None
) -> None:
    answer = signature_counts(dates, issued_on=issued_on, signed_at=signed_at)
    compromised = dates.compromised_from_at
    is_tainted = compromised is not None and (signed_at is None or signed_at >= compromised)
    assert (answer == "key_compromised") is is_tainted
    if answer == "ok":
        assert was_active(dates, issued_on)
        assert (
            state_on(
                KeyDates(dates.active_from_on, dates.verify_only_from_on, dates.retired_from_on), issued_on
            )
            is KeyState.ACTIVE
        )


@given(key_dates(), days, instants)
def test_an_earlier_signing_instant_never_makes_a_signature_worse(
    dates: KeyDates, issued_on: date, signed_at: datetime
) -> None:
    later = signature_counts(dates, issued_on=issued_on, signed_at=signed_at)
    earlier = signature_counts(dates, issued_on=issued_on, signed_at=signed_at - DAY)
    unknown = signature_counts(dates, issued_on=issued_on, signed_at=None)
    if later == "ok":
        assert earlier == "ok"
    if unknown == "ok":
        assert later == "ok"


@given(key_dates(), days, days)
def test_states_only_ever_move_forward(dates: KeyDates, one: date, other: date) -> None:
    earlier, later = sorted([one, other])
    order = list(KeyState)
    assert order.index(state_on(dates, earlier)) <= order.index(state_on(dates, later))


@given(key_dates(), days)
def test_who_may_sign_is_active_that_day_and_never_compromised(dates: KeyDates, day: date) -> None:
    allowed = may_sign(dates, issued_on=day)
    if allowed:
        assert state_on(dates, day) is KeyState.ACTIVE
        assert signature_counts(dates, issued_on=day, signed_at=first_instant(day)) == "ok"
    if dates.compromised_from_at is not None:
        assert not allowed


@given(key_dates(), days)
def test_of_two_keys_in_rotation_exactly_one_is_active_each_day(dates: KeyDates, day: date) -> None:
    assume(dates.active_from_on is not None and dates.verify_only_from_on is not None)
    assert dates.verify_only_from_on is not None
    successor = KeyDates(active_from_on=dates.verify_only_from_on)
    assert not (was_active(dates, day) and was_active(successor, day))
    if dates.active_from_on is not None and day >= dates.active_from_on:
        assert was_active(dates, day) or was_active(successor, day)


def test_the_first_key_needs_no_lead_time_and_the_next_has_fourteen_days() -> None:
    made_at = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # already the 22nd in Bangkok
    assert earliest_first_use(made_at, is_first=True) == date(2026, 11, 22)
    assert earliest_first_use(made_at, is_first=False) == date(2026, 12, 6)
    assert LEAD_TIME_DAYS == 14
    assert earliest_first_use(made_at, is_first=False, lead_time_days=90) == date(2027, 2, 20)


def test_a_key_is_kept_a_year_after_the_last_certificate_that_it_signed_expired() -> None:
    assert KEPT_AFTER_LAST_EXPIRY_DAYS == 365
    assert earliest_retirement(None, None) is None
    assert earliest_retirement(date(2027, 1, 1), None) is None
    assert earliest_retirement(None, ENDED) == ENDED
    assert earliest_retirement(date(2027, 9, 30), ENDED) == date(2028, 9, 30)
    assert earliest_retirement(date(2020, 1, 1), ENDED) == ENDED


@given(
    st.sampled_from(list(KeyState)),
    st.sampled_from(["activate", "end_signing", "retire", "compromise", "delete"]),
)
def test_a_move_is_in_the_table_or_is_refused_with_a_sentence(state: KeyState, action: str) -> None:
    if action in MOVES[state]:
        assert move(state, action) is MOVES[state][action]
        return
    with pytest.raises(IllegalMoveError) as caught:
        move(state, action)
    assert caught.value.code == "illegal_key_move"
    assert knows("errors.illegal_key_move")


def test_compromised_leads_nowhere_else_and_everything_else_leads_into_it() -> None:
    assert MOVES[KeyState.COMPROMISED] == {"compromise": KeyState.COMPROMISED}
    for state in KeyState:
        assert MOVES[state]["compromise"] is KeyState.COMPROMISED
    assert all(
        KeyState.ACTIVE not in MOVES[state].values() for state in KeyState if state != KeyState.PLANNED
    )


@given(instants)
def test_a_compromise_counts_from_its_day_in_bangkok(at: datetime) -> None:
    dates = KeyDates(date(2020, 1, 1), compromised_from_at=at)
    assert state_on(dates, bangkok_day(at)) is KeyState.COMPROMISED
    assert state_on(dates, bangkok_day(at) - DAY) is KeyState.ACTIVE
