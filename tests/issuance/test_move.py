"""A move of the table: role first, then the guards in order, then the state and its record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mit.errors import IllegalMoveError, NotAllowedError, NotFoundError
from mit.issuance import guards
from mit.issuance.case import open_case
from mit.issuance.move import check_move, take_up, was_done
from mit.issuance.wish import Seen, Wish, keep_all
from mit.lifecycle.application_states import MOVES, ApplicationAction, ApplicationState
from mit.store.db import transaction
from tests.support.desk import Desk
from tests.support.world import rows


def _wish(desk: Desk, action: str) -> Wish:
    return Wish(ApplicationAction(action), Seen(2), keep_all(1), "เหตุผล")


@pytest.mark.parametrize("move", [m for m in MOVES if m.state == ApplicationState.SUBMITTED], ids=str)
def test_the_guards_are_asked_in_the_order_of_the_table(desk: Desk, monkeypatch, move) -> None:
    asked = []
    for guard in guards.GUARDS:
        monkeypatch.setitem(guards.GUARDS, guard, lambda actor, case, wish, name=guard: asked.append(name))
    standing = desk.submitted()
    asked.clear()
    actor = desk.cast.somchai if move.role == "manufacturer" else desk.cast.malee
    with transaction() as session:
        case = open_case(session, standing.application_id)
        assert check_move(actor, case, _wish(desk, str(move.action))) == move
    assert asked == list(move.guards)


def test_the_role_is_asked_before_any_guard(desk: Desk, monkeypatch) -> None:
    standing = desk.submitted()
    for guard in guards.GUARDS:
        monkeypatch.setitem(guards.GUARDS, guard, lambda *_: pytest.fail("a guard was asked"))
    with transaction() as session:
        case = open_case(session, standing.application_id)
        with pytest.raises(NotAllowedError):
            check_move(desk.cast.anan, case, _wish(desk, "recommend"))
        with pytest.raises(IllegalMoveError):
            check_move(desk.cast.anan, case, _wish(desk, "approve"))


def test_whoever_may_not_know_of_it_gets_no_other_answer(desk: Desk) -> None:
    standing = desk.submitted()
    with transaction() as session, pytest.raises(NotFoundError, match="application_not_found"):
        take_up(session, desk.cast.krit, standing.application_id)


def test_a_wish_was_done_only_if_it_was_the_last_act_of_the_same_person(desk: Desk) -> None:
    standing = desk.submitted()
    first = Wish(ApplicationAction.SUBMIT, Seen(1))
    with transaction() as session:
        case = open_case(session, standing.application_id)
        assert was_done(desk.cast.somchai, case, first)
        assert not was_done(desk.cast.krit, case, first)
        assert not was_done(desk.cast.somchai, case, replace(first, seen=Seen(2)))
        assert not was_done(desk.cast.somchai, case, replace(first, action=ApplicationAction.RESUBMIT))
        assert not was_done(desk.cast.somchai, replace(case, acts=case.acts[:1]), first)
        assert not was_done(desk.cast.somchai, replace(case, acts=()), first)


def test_each_move_is_recorded_with_what_it_did(desk: Desk) -> None:
    desk.approved()
    found = [
        json.loads(row["payload"])
        for row in rows("SELECT payload FROM audit_events WHERE subject LIKE 'application:%' ORDER BY seq")
    ]
    assert [(told["from"], told["to"], told["version"]) for told in found] == [
        (None, "draft", 1),
        ("draft", "submitted", 2),
        ("submitted", "recommended", 3),
        ("recommended", "approved", 4),
    ]
    assert found[3]["decisions"] == [{"position": 1, "keep": True, "reason": ""}]
    assert found[2]["content_digest"] == found[3]["content_digest"]
    assert found[3]["seen_version"] == 3
