"""Every act on an application, at every stage, by everybody: what is refused leaves every table as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from mit.errors import IllegalMoveError, MitError, NotFoundError, StaleVersionError
from mit.issuance.apply import resubmit, save_draft, submit, withdraw
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, Seen, keep_all
from mit.lifecycle.application_states import FINAL_STATES, MOVES, ApplicationAction, ApplicationState
from mit.roles.actor import Actor, Role
from tests.support.desk import Desk, draft
from tests.support.people import invite
from tests.support.world import untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

A, S = ApplicationAction, ApplicationState
#: What is done to an application that is there; beginning one has tests of its own.
ACTIONS = [action for action in A if action is not A.CREATE]
#: From where somebody can still do something.
OPEN = sorted(set(S) - FINAL_STATES)
TABLE = {(move.state, move.action): move for move in MOVES}


@dataclass(frozen=True, slots=True)
class Case:
    """An application at one stage, and what stood on the screen of whoever acts."""

    desk: Desk
    standing: Standing
    seen: Seen

    @property
    def people(self) -> dict[str, Actor]:
        """Everybody of the cast by name."""
        return {name: getattr(self.desk.cast, name) for name in ("somchai", "malee", "anan", "napha", "krit")}

    def usual(self, action: ApplicationAction) -> list[str]:
        """Return who does this to applications in some state or other."""
        holders = {"manufacturer": "somchai", "reviewer": "malee", "approver": "anan"}
        return sorted({holders[move.role] for move in MOVES if move.action == action})

    def do(self, action: ApplicationAction, who: str, seen: Seen | None = None) -> object:
        """Let somebody of the cast do it, over what they saw."""
        return self.act(action, self.people[who], seen or self.seen)()

    def act(self, action: ApplicationAction, actor: Actor, seen: Seen) -> Callable[[], object]:
        key, now, authority = self.standing.application_id, self.desk.tick(), self.desk.authority
        opinion = Opinion(seen, keep_all(1))
        return {
            A.SAVE: lambda: save_draft(actor, key, draft=draft(True, at=7), seen=seen, now=now),
            A.SUBMIT: lambda: submit(actor, key, seen=seen, now=now, authority=authority),
            A.RESUBMIT: lambda: resubmit(actor, key, seen=seen, now=now, authority=authority),
            A.WITHDRAW: lambda: withdraw(actor, key, seen=seen, now=now),
            A.RETURN: lambda: return_with_reasons(actor, key, reasons="แก้ราคา", seen=seen, now=now),
            A.REFUSE: lambda: refuse(actor, key, reasons="ไม่ผ่าน", seen=seen, now=now),
            A.RECOMMEND: lambda: recommend(actor, key, opinion=opinion, now=now),
            A.APPROVE: lambda: approve(actor, key, opinion=opinion, now=now, authority=authority),
        }[action]


def reach(desk: Desk, state: ApplicationState) -> Case:
    """Bring an application into a state as the usual people do."""
    begin = {S.DRAFT: desk.draft, S.RECOMMENDED: desk.recommended, S.APPROVED: desk.approved}
    case = seen_case(desk, begin.get(state, desk.submitted)())
    last = {
        S.RETURNED: (A.RETURN, "malee"),
        S.REFUSED: (A.REFUSE, "malee"),
        S.WITHDRAWN: (A.WITHDRAW, "somchai"),
    }
    if state in last:
        case.do(*last[state])
        case = seen_case(desk, case.standing)
    assert look_at(desk.cast.malee, case.standing.application_id).state == state
    return case


def seen_case(desk: Desk, standing: Standing) -> Case:
    return Case(desk, standing, look_at(desk.cast.malee, standing.application_id).seen)


def refused(case: Case, action: ApplicationAction, who: str, seen: Seen | None = None) -> MitError:
    """Let somebody try in vain; return what they were told."""
    with pytest.raises(MitError) as caught:
        case.do(action, who, seen)
    return caught.value


def moves_from(state: ApplicationState) -> Iterator[tuple[ApplicationAction, str]]:
    for move in MOVES:
        if move.state == state:
            yield move.action, {"manufacturer": "somchai", "reviewer": "malee", "approver": "anan"}[move.role]


def test_what_the_table_does_not_know_is_refused_by_name(desk: Desk) -> None:
    tried = 0
    for state in S:
        case = reach(desk, state)
        with untouched():
            for action in ACTIONS:
                if (state, action) in TABLE:
                    continue
                for who in case.usual(action):
                    error = refused(case, action, who)
                    assert isinstance(error, IllegalMoveError), (state, action, who, error)
                    assert error.params == {"action": str(action), "state": str(state)}
                    tried += 1
    assert tried >= len(S) * len(ACTIONS) - len(MOVES)


def test_what_the_table_knows_is_only_for_its_role_and_its_own_people(desk: Desk) -> None:
    told = {"krit": "application_not_found", "napha": "application_not_found"}
    for state in OPEN:
        case = reach(desk, state)
        with untouched():
            for action, rightful in moves_from(state):
                for who in sorted(set(case.people) - {rightful}):
                    error = refused(case, action, who)
                    assert error.code == told.get(who, "role_needed"), (state, action, who, error)
                    if error.code == "role_needed":
                        assert error.params == {"role": TABLE[state, action].role}


def test_over_an_old_or_a_coming_version_nothing_is_done(desk: Desk) -> None:
    for state in OPEN:
        case = reach(desk, state)
        with untouched():
            for action, who in moves_from(state):
                for version in (case.seen.version - 1, case.seen.version + 1, 0):
                    error = refused(case, action, who, replace(case.seen, version=version))
                    assert isinstance(error, StaleVersionError), (state, action, version, error)
                    assert error.code == "stale_version"


def test_over_another_content_than_the_present_one_nobody_says_yes(desk: Desk) -> None:
    for state, action, who in ((S.SUBMITTED, A.RECOMMEND, "malee"), (S.RECOMMENDED, A.APPROVE, "anan")):
        case = reach(desk, state)
        with untouched():
            for digest in ("", "0" * 64, case.seen.content_digest.upper()):
                error = refused(case, action, who, replace(case.seen, content_digest=digest))
                assert (type(error), error.code) == (StaleVersionError, "stale_content"), digest


def test_an_application_that_does_not_exist_is_told_alike_to_everybody(desk: Desk) -> None:
    nothing = Case(desk, replace(reach(desk, S.SUBMITTED).standing, application_id=uuid4()), Seen(1))
    with untouched():
        for action in ACTIONS:
            for who in nothing.people:
                error = refused(nothing, action, who)
                assert isinstance(error, NotFoundError), (action, who, error)


def test_the_same_click_once_more_changes_no_table(desk: Desk) -> None:
    for state in OPEN:
        for action, who in moves_from(state):
            case = reach(desk, state)
            act = case.act(action, case.people[who], case.seen)
            first = act()
            with untouched():
                assert act() == first, (state, action)


def test_the_same_wish_of_a_colleague_is_no_second_click(desk: Desk) -> None:
    nok = invite("Nok Dee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    for state in OPEN:
        for action in [action for action, who in moves_from(state) if who == "somchai"]:
            case = reach(desk, state)
            case.do(action, "somchai")
            with untouched(), pytest.raises((StaleVersionError, IllegalMoveError)):
                case.act(action, nok, case.seen)()
