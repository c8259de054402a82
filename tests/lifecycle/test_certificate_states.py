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
    settled,
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
        assert refusal.value.code == "illegal_certificate_move"
        expected = {"certificate_action": str(action), "certificate_state": str(state)}
        assert refusal.value.params == expected


def test_the_table_has_exactly_the_moves_that_were_agreed() -> None:
    assert {f"{state} {action} {target}" for (state, action), target in MOVES.items()} == {
        "prepared issue active",
        "prepared revoke revoked",
        "active suspend suspended",
        "active revoke revoked",
        "active supersede superseded",
        "active withdraw withdrawn",
        "suspended reinstate active",
        "suspended revoke revoked",
        "suspended supersede superseded",
        "suspended withdraw withdrawn",
    }


def test_every_state_but_expired_can_be_reached_and_every_other_left() -> None:
    assert set(MOVES.values()) == set(CertificateState) - {
        CertificateState.PREPARED,
        CertificateState.EXPIRED,
    }
    assert {state for state, _ in MOVES} == set(CertificateState) - FINAL_STATES


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(list(CertificateAction)), max_size=20))
def test_on_any_walk_nothing_follows_an_end_and_nothing_precedes_the_issue(actions) -> None:
    state, walked = CertificateState.PREPARED, []
    for action in actions:
        try:
            state = next_state(state, action)
        except IllegalMoveError:
            continue
        walked.append(action)
        if state in FINAL_STATES:
            break
    if walked:
        assert walked[0] in {CertificateAction.ISSUE, CertificateAction.REVOKE}
        assert CertificateAction.ISSUE not in walked[1:]
    assert walked.count(CertificateAction.REINSTATE) <= walked.count(CertificateAction.SUSPEND)
    assert (state is CertificateState.SUSPENDED) == (bool(walked) and walked[-1] is CertificateAction.SUSPEND)


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


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_changes_of_different_days_count_by_their_day_in_whatever_order_they_were_recorded(data) -> None:
    days = data.draw(st.lists(st.integers(0, 500), unique=True, max_size=6))
    names = st.sampled_from(["active", "suspended", "revoked", "superseded", "withdrawn"])
    changes = [_on(day, data.draw(names)) for day in days]
    asked = ISSUED + timedelta(days=data.draw(st.integers(-1, 600)))
    in_order = state_on(sorted(changes, key=lambda change: change.on), asked, expires_on=EXPIRES)
    assert state_on(data.draw(st.permutations(changes)), asked, expires_on=EXPIRES) == in_order


@settings(deadline=None, max_examples=200)
@given(_CHANGES, st.integers(-5, 600))
def test_the_deciding_change_is_one_of_the_history_and_never_of_a_later_day(changes, day) -> None:
    asked = ISSUED + timedelta(days=day)
    deciding = change_on(changes, asked)
    if deciding is None:
        assert all(change.on > asked for change in changes)
        return
    assert deciding in changes
    assert deciding.on <= asked
    later = [change for change in changes if deciding.on < change.on <= asked]
    assert not later or deciding.state in FINAL_STATES


@pytest.mark.parametrize("state", [*sorted(REVOCATION_BIT_STATES), CertificateState.PREPARED])
def test_only_what_runs_expires(state) -> None:
    history = [StateChange(ISSUED, state)]
    assert state_on(history, EXPIRES, expires_on=EXPIRES) == state
    assert state_on(history, EXPIRES + timedelta(days=1), expires_on=EXPIRES) == state


_STATES = st.sampled_from(["active", "suspended", "revoked", "superseded"])
_ENTRIES = st.lists(st.tuples(st.integers(0, 30), _STATES), max_size=8)


@settings(deadline=None, max_examples=200)
@given(_ENTRIES, st.integers(-1, 31))
def test_the_settled_history_says_the_same_of_every_day_and_ends_where_the_certificate_ended(
    entries, day
) -> None:
    history = [_on(days, state) for days, state in entries]
    on = ISSUED + timedelta(days=day)
    counting = settled(history)
    assert change_on(counting, on) == change_on(history, on)
    assert [change.on for change in counting] == sorted(change.on for change in counting)
    if any(change.state in FINAL_STATES for change in history):
        assert counting[-1].state in FINAL_STATES
    assert sum(change.state in FINAL_STATES for change in counting) <= 1
