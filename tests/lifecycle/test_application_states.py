"""The table of moves: every state is reachable, final ones are final, and nothing else moves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import IllegalMoveError
from mit.lifecycle.application_states import (
    FINAL_STATES,
    MOVES,
    RECOMMENDED_STATES,
    ApplicationAction,
    ApplicationState,
    Guard,
    actions_from,
    find_move,
)
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Role

PAIRS = {(move.state, move.action) for move in MOVES}
EVERY_PAIR = [(state, action) for state in (None, *ApplicationState) for action in ApplicationAction]


def _name(pair: tuple[ApplicationState | None, ApplicationAction]) -> str:
    return f"{pair[0] or 'none'}-{pair[1]}"


@pytest.mark.parametrize("pair", EVERY_PAIR, ids=_name)
def test_a_pair_of_state_and_action_has_one_move_or_is_refused(pair) -> None:
    state, action = pair
    if pair in PAIRS:
        move = find_move(state, action)
        assert (move.state, move.action) == pair
    else:
        with pytest.raises(IllegalMoveError) as refusal:
            find_move(state, action)
        assert refusal.value.code == "illegal_move"
        assert refusal.value.params == {"action": str(action), "state": str(state or "none")}


def test_no_pair_stands_twice_in_the_table() -> None:
    assert len(PAIRS) == len(MOVES)


def test_the_table_has_exactly_the_moves_that_were_agreed() -> None:
    assert {f"{m.state or 'none'} {m.action} {m.role} {m.next_state}" for m in MOVES} == {
        "none create manufacturer draft",
        "draft save manufacturer draft",
        "returned save manufacturer returned",
        "submitted save manufacturer draft",
        "recommended save manufacturer draft",
        "draft submit manufacturer submitted",
        "returned resubmit manufacturer submitted",
        "submitted return reviewer returned",
        "submitted recommend reviewer recommended",
        "submitted refuse reviewer refused",
        "recommended return approver returned",
        "recommended approve approver approved",
        "recommended refuse approver refused",
        "draft withdraw manufacturer withdrawn",
        "submitted withdraw manufacturer withdrawn",
        "returned withdraw manufacturer withdrawn",
        "recommended withdraw manufacturer withdrawn",
    }


def test_no_move_leads_out_of_a_final_state() -> None:
    assert {move.state for move in MOVES}.isdisjoint(FINAL_STATES)


def test_every_other_state_can_be_left() -> None:
    assert {move.state for move in MOVES} - {None} == set(ApplicationState) - FINAL_STATES


def test_every_state_can_be_reached_from_the_beginning() -> None:
    reached: set[ApplicationState | None] = {None}
    for _ in ApplicationState:
        reached |= {move.next_state for move in MOVES if move.state in reached}
    assert reached == {None, *ApplicationState}


def test_only_the_approver_leads_to_approved_and_only_from_recommended() -> None:
    leading = [move for move in MOVES if move.next_state == ApplicationState.APPROVED]
    assert [(move.state, move.role) for move in leading] == [(ApplicationState.RECOMMENDED, "approver")]


def test_only_the_reviewer_leads_to_recommended() -> None:
    leading = [move for move in MOVES if move.next_state == ApplicationState.RECOMMENDED]
    assert [move.role for move in leading] == ["reviewer"]


def test_every_move_of_the_applicant_asks_for_the_own_organisation() -> None:
    assert all((Guard.OWN_ORGANISATION in move.guards) == (move.role == "manufacturer") for move in MOVES)


def test_every_move_of_staff_asks_for_a_stranger_to_the_applicant() -> None:
    for move in MOVES:
        assert (Guard.STRANGER_TO_APPLICANT in move.guards) == (move.role != "manufacturer")


def test_every_move_of_something_that_exists_asks_for_the_version_that_was_seen() -> None:
    assert all((Guard.VERSION_AS_SEEN in move.guards) == (move.state is not None) for move in MOVES)


def test_both_approvals_ask_for_the_content_that_was_seen_and_for_products_that_meet() -> None:
    for move in MOVES:
        expected = move.action in {ApplicationAction.RECOMMEND, ApplicationAction.APPROVE}
        asked = {Guard.CONTENT_AS_SEEN, Guard.EVERY_PRODUCT_DECIDED, Guard.KEPT_PRODUCTS_MEET}
        assert (asked <= set(move.guards)) == expected


def test_every_move_of_the_approver_asks_for_a_second_person() -> None:
    assert all((Guard.SECOND_PERSON in move.guards) == (move.role == "approver") for move in MOVES)


def test_returning_and_refusing_need_reasons() -> None:
    needing = {ApplicationAction.RETURN, ApplicationAction.REFUSE}
    assert all((Guard.REASONS_GIVEN in move.guards) == (move.action in needing) for move in MOVES)


def test_every_move_but_the_two_approvals_voids_them() -> None:
    keeping = {move.next_state for move in MOVES if not move.voids_approvals}
    assert keeping == RECOMMENDED_STATES


def test_every_move_has_an_event_of_its_role_and_action() -> None:
    for move in MOVES:
        assert (move.event.source, move.event.subject) == (move.role, "application")
        assert move.event.action in {str(move.action)}


def test_the_roles_of_the_table_are_roles() -> None:
    assert {move.role for move in MOVES} <= set(Role)


@pytest.mark.parametrize(
    ("state", "role", "actions"),
    [
        (None, "manufacturer", {"create"}),
        ("draft", "manufacturer", {"save", "submit", "withdraw"}),
        ("draft", "reviewer", set()),
        ("submitted", "reviewer", {"return", "recommend", "refuse"}),
        ("submitted", "approver", set()),
        ("recommended", "reviewer", set()),
        ("recommended", "approver", {"return", "approve", "refuse"}),
        ("approved", "manufacturer", set()),
        ("approved", "approver", set()),
    ],
)
def test_what_each_role_can_do_in_a_state(state, role, actions) -> None:
    known = ApplicationState(state) if state else None
    assert {str(action) for action in actions_from(known, role)} == actions


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(list(ApplicationAction)), max_size=30))
def test_on_any_walk_a_final_state_is_never_left_and_approval_follows_recommendation(actions) -> None:
    state: ApplicationState | None = None
    last_before = None
    for action in actions:
        try:
            move = find_move(state, action)
        except IllegalMoveError:
            continue
        assert state not in FINAL_STATES
        last_before, state = state, move.next_state
        if state == ApplicationState.APPROVED:
            assert last_before == ApplicationState.RECOMMENDED


def test_every_event_of_an_application_belongs_to_a_move() -> None:
    used = {move.event for move in MOVES}
    assert used == {event for event in AuditEvent if event.subject == "application"}
