"""States of certificates: the table of moves and the replay of a dated history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import IllegalMoveError
from mit.lifecycle.certificate_states import (
    FINAL_STATES,
    MOVES,
    REVOCATION_BIT_STATES,
    CertificateAction,
    CertificateState,
    ChangeReason,
    StateChange,
    change_on,
    next_state,
    state_on,
)

ISSUED = date(2026, 11, 21)
EXPIRES = date(2027, 11, 20)
EVERY_PAIR = [(state, action) for state in CertificateState for action in CertificateAction]


def _on(days: int, state: str) -> StateChange:
    return StateChange(ISSUED + timedelta(days=days), CertificateState(state))


@pytest.mark.parametrize(("state", "action"), EVERY_PAIR)
def test_a_pair_leads_where_the_table_says_or_is_refused(state, action) -> None:
    if (state, action) in MOVES:
        assert next_state(state, action) == MOVES[state, action]
    else:
        with pytest.raises(IllegalMoveError) as refusal:
            next_state(state, action)
        assert refusal.value.params == {"action": str(action), "state": str(state)}


def test_no_move_leads_out_of_a_final_state() -> None:
    assert {state for state, _ in MOVES}.isdisjoint(FINAL_STATES)


def test_expired_is_never_the_end_of_a_move() -> None:
    assert CertificateState.EXPIRED not in MOVES.values()


def test_ending_a_certificate_sets_the_revocation_bit() -> None:
    ends = {"revoke", "supersede", "withdraw"}
    assert {target for (_, action), target in MOVES.items() if action in ends} == REVOCATION_BIT_STATES


def test_a_number_can_be_revoked_before_it_is_signed() -> None:
    assert next_state(CertificateState.PREPARED, CertificateAction.REVOKE) == CertificateState.REVOKED


def test_reasons_are_lower_case_words() -> None:
    assert all(str(reason).replace("_", "").isalpha() and reason == reason.lower() for reason in ChangeReason)


@pytest.mark.parametrize(
    ("history", "day", "expected"),
    [
        ([], 0, None),
        ([(0, "active")], -1, None),
        ([(0, "active")], 0, "active"),
        ([(0, "active")], 364, "active"),
        ([(0, "active")], 365, "expired"),
        ([(0, "active"), (10, "suspended")], 9, "active"),
        ([(0, "active"), (10, "suspended")], 10, "suspended"),
        ([(0, "active"), (10, "suspended")], 400, "expired"),
        ([(0, "active"), (10, "suspended"), (20, "active")], 15, "suspended"),
        ([(0, "active"), (10, "suspended"), (20, "active")], 20, "active"),
        ([(0, "active"), (10, "revoked")], 9, "active"),
        ([(0, "active"), (10, "revoked")], 10, "revoked"),
        ([(0, "active"), (10, "revoked")], 400, "revoked"),
        ([(0, "active"), (10, "superseded")], 400, "superseded"),
        ([(0, "active"), (10, "withdrawn")], 400, "withdrawn"),
        # two changes on one day: the last recorded counts
        ([(0, "active"), (10, "suspended"), (10, "active")], 10, "active"),
        ([(0, "active"), (0, "suspended")], 0, "suspended"),
        # recorded later, counting from an earlier day: ended is ended
        ([(0, "active"), (10, "suspended"), (15, "active"), (5, "revoked")], 12, "revoked"),
        ([(0, "active"), (10, "suspended"), (15, "active"), (5, "revoked")], 4, "active"),
        ([(0, "active"), (10, "revoked"), (20, "active")], 30, "revoked"),
    ],
)
def test_the_state_on_a_day_is_replayed_from_the_history(history, day, expected) -> None:
    changes = [_on(*entry) for entry in history]
    found = state_on(changes, ISSUED + timedelta(days=day), expires_on=EXPIRES)
    assert found == (CertificateState(expected) if expected else None)


def test_the_deciding_change_brings_its_day_and_reason() -> None:
    revoked = StateChange(ISSUED + timedelta(days=3), CertificateState.REVOKED, "wrong_information")
    assert change_on([_on(0, "active"), revoked], ISSUED + timedelta(days=99)) == revoked


_CHANGES = st.lists(
    st.builds(
        _on,
        st.integers(0, 500),
        st.sampled_from(["active", "suspended", "revoked", "superseded", "withdrawn"]),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(_CHANGES, st.integers(0, 600), st.integers(0, 600))
def test_once_ended_it_stays_ended_on_every_later_day(changes, first, second) -> None:
    earlier, later = sorted((first, second))
    before = state_on(changes, ISSUED + timedelta(days=earlier), expires_on=EXPIRES)
    after = state_on(changes, ISSUED + timedelta(days=later), expires_on=EXPIRES)
    if before in REVOCATION_BIT_STATES:
        assert after == before


@settings(deadline=None, max_examples=300)
@given(_CHANGES, st.integers(0, 600))
def test_what_counts_only_later_does_not_touch_an_earlier_day(changes, day) -> None:
    asked = ISSUED + timedelta(days=day)
    known = [change for change in changes if change.on <= asked]
    assert state_on(changes, asked, expires_on=EXPIRES) == state_on(known, asked, expires_on=EXPIRES)


@settings(deadline=None, max_examples=300)
@given(_CHANGES, st.integers(366, 900))
def test_nothing_runs_after_the_last_valid_day(changes, day) -> None:
    found = state_on(changes, ISSUED + timedelta(days=day), expires_on=EXPIRES)
    assert found not in {CertificateState.ACTIVE, CertificateState.SUSPENDED}
