"""Changing certificates: who is refused what, in which state, over which sight; nothing is touched by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest

from mit.errors import (
    ConflictError,
    FourEyesError,
    IllegalMoveError,
    MitError,
    NotFoundError,
    StaleVersionError,
)
from mit.issuance.certificate_case import Why
from mit.issuance.revoke import ask_change, confirm_change, drop_request
from mit.issuance.suspend import suspend
from mit.lifecycle.certificate_acts import ACTS, REQUEST_LIFE, act_of
from mit.lifecycle.certificate_states import MOVES, CertificateAction, CertificateState
from mit.roles.actor import Actor, Role
from mit.store.accounts import join_organisation
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.officers import NOTE, REASON, asked, changed, seen, why
from tests.support.people import invite
from tests.support.world import untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

A, S = CertificateAction, CertificateState
DAY = timedelta(days=1)
#: What people do; issuing and superseding follow by themselves.
DONE_BY_PEOPLE = [act.action for act in ACTS if act.asked_by]
PEOPLE = {
    "somchai": "manufacturer",
    "malee": "reviewer",
    "anan": "approver",
    "napha": "",
    "krit": "manufacturer",
}
REACHED_BY = {S.SUSPENDED: A.SUSPEND, S.REVOKED: A.REVOKE, S.WITHDRAWN: A.WITHDRAW}


def reach(desk: Desk, state: CertificateState) -> str:
    """Bring a certificate into a state, without paper; return its number."""
    number = desk.approved().certificate_number if state is S.PREPARED else desk.active()
    if state in REACHED_BY:
        changed(desk, number, REACHED_BY[state])
    return number


def ready_for(desk: Desk, action: CertificateAction) -> str:
    """Return a certificate to which this can be done."""
    return reach(desk, S.SUSPENDED if action is A.REINSTATE else S.ACTIVE)


def wish(
    desk: Desk,
    action: CertificateAction,
    actor: Actor,
    number: str,
    *,
    given: Why | None = None,
    at: int = -1,
) -> int:
    """Do an act or ask for it, over what stands there unless another entry is named."""
    told, place = given or why(action), seen(number) if at < 0 else at
    if action is A.SUSPEND:
        return suspend(actor, number, why=told, seen_seq=place, now=desk.tick(), authority=desk.authority)
    return ask_change(actor, number, action, why=told, seen_seq=place, now=desk.tick())


def refused(act: Callable[[], object]) -> MitError:
    """Try in vain; return what was told."""
    with pytest.raises(MitError) as caught:
        act()
    return caught.value


def usual(desk: Desk, action: CertificateAction) -> Actor:
    return {A.WITHDRAW: desk.cast.somchai, A.SUSPEND: desk.cast.anan}.get(action, desk.cast.malee)


def test_what_the_table_does_not_know_is_refused_by_name(desk: Desk) -> None:
    for state in (S.PREPARED, S.ACTIVE, S.SUSPENDED, S.REVOKED, S.WITHDRAWN):
        number = reach(desk, state)
        with untouched():
            for action in [action for action in DONE_BY_PEOPLE if (state, action) not in MOVES]:
                error = refused(lambda a=action, n=number: wish(desk, a, usual(desk, a), n))
                assert isinstance(error, IllegalMoveError), (state, action, error)
                told = {"certificate_action": str(action), "certificate_state": str(state)}
                assert error.params == told


def test_the_role_is_asked_before_anything_is_looked_at(desk: Desk) -> None:
    with untouched():
        for action in DONE_BY_PEOPLE:
            strangers = [name for name, role in PEOPLE.items() if role not in act_of(action).asked_by]
            for name, number in product(strangers, ("MIT-2569-0000009-X", "", "\x00")):
                error = refused(
                    lambda a=action, who=name, n=number: wish(desk, a, getattr(desk.cast, who), n)
                )
                assert error.code == "role_needed", (action, name, error)
                assert error.params == {"role": act_of(action).asked_by[-1]}


def test_after_the_last_day_only_a_revocation_is_taken(desk: Desk) -> None:
    ready = {action: ready_for(desk, action) for action in DONE_BY_PEOPLE}
    desk.now += 366 * DAY
    with untouched():
        for action in sorted(set(DONE_BY_PEOPLE) - {A.REVOKE}):
            error = refused(lambda a=action: wish(desk, a, usual(desk, a), ready[a]))
            assert (type(error), error.code) == (ConflictError, "certificate_expired")
    assert wish(desk, A.REVOKE, desk.cast.malee, ready[A.REVOKE]) > 0


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed as the reason, and what is wrong with it."""

    reason: str
    note: str
    code: str
    where: str


TYPED = [
    Typed("", NOTE, "status_reason_missing", "reason"),
    Typed("issued", NOTE, "status_reason_unknown", "reason"),
    Typed("REVOKE", NOTE, "status_reason_unknown", "reason"),
    Typed("\x00", NOTE, "status_reason_unknown", "reason"),
    Typed("right", "x" * 4001, "text_too_long", "note"),
    Typed("right", "\x00", "text_unusable", "note"),
    Typed("right", "\u202edoc", "text_unusable", "note"),
    Typed("right", "\ud800", "text_unusable", "note"),
    Typed("right", " \n ", "explanation_missing", "note"),
]


def test_reason_and_words_are_read_for_each_act(desk: Desk) -> None:
    number = reach(desk, S.ACTIVE)
    with untouched():
        for action in DONE_BY_PEOPLE:
            known = set(act_of(action).reasons)
            foreign = {str(reason) for act in ACTS for reason in act.reasons} - known
            others = [Typed(reason, NOTE, "status_reason_unknown", "reason") for reason in sorted(foreign)]
            for typed in [*TYPED, *others]:
                if action is A.WITHDRAW and typed.code == "explanation_missing":
                    continue  # the holder need not explain
                given = Why(REASON[action] if typed.reason == "right" else typed.reason, typed.note)
                error = refused(lambda a=action, g=given: wish(desk, a, usual(desk, a), number, given=g))
                assert (error.code, error.faults[0].where) == (typed.code, typed.where), (action, typed)


def test_over_another_sight_nothing_is_done(desk: Desk) -> None:
    for action in DONE_BY_PEOPLE:
        number = ready_for(desk, action)
        with untouched():
            for place in (0, seen(number) - 1, seen(number) + 1, 2**62):
                error = refused(lambda a=action, n=number, at=place: wish(desk, a, usual(desk, a), n, at=at))
                assert (type(error), error.code) == (StaleVersionError, "stale_certificate"), place


def test_who_does_not_confirm_a_request(desk: Desk) -> None:
    former = invite("Former Clerk", Role.APPROVER, now=desk.now)
    with transaction() as session:
        join_organisation(session, former.user_id, desk.cast.siam_cable_id, now=desk.now)
        join_organisation(session, former.user_id, None, now=desk.tick())

    def confirm(actor: Actor, place: int, *, after: timedelta = timedelta(0)) -> MitError:
        late = desk.tick() + after
        return refused(lambda: confirm_change(actor, place, now=late, authority=desk.authority))

    for action in (A.REVOKE, A.WITHDRAW, A.REINSTATE):
        seq = asked(desk, ready_for(desk, action), action)
        with untouched():
            for name in ("somchai", "malee", "napha", "krit"):
                assert confirm(getattr(desk.cast, name), seq).code == "role_needed", name
            error = confirm(former, seq)
            assert (type(error), error.code) == (FourEyesError, "four_eyes_holder")
            for place in (0, -1, seq + 1, 2**63, 2**70):
                error = confirm(desk.cast.anan, place)
                assert (type(error), error.code) == (NotFoundError, "status_request_not_found"), place
            error = confirm(desk.cast.anan, seq, after=REQUEST_LIFE + DAY)
            assert (error.code, error.params) == ("request_too_old", {"days": REQUEST_LIFE.days})
        confirm_change(desk.cast.anan, seq, now=desk.tick(), authority=desk.authority)
        with untouched():
            assert confirm(desk.cast.anan, seq).code == "request_has_ended"
            dropping = refused(lambda s=seq: drop_request(desk.cast.malee, s, now=desk.tick()))
            assert dropping.code == "request_has_ended"


def test_a_request_lives_to_the_last_second_of_its_life(desk: Desk) -> None:
    number = reach(desk, S.ACTIVE)
    seq = asked(desk, number, A.REVOKE)
    desk.now += REQUEST_LIFE - timedelta(seconds=1)
    confirm_change(desk.cast.anan, seq, now=desk.tick(), authority=desk.authority)


def test_who_drops_a_request(desk: Desk) -> None:
    number = reach(desk, S.ACTIVE)
    wanted = asked(desk, number, A.REVOKE)
    for name in ("somchai", "krit", "napha"):
        error = refused(lambda who=name: drop_request(getattr(desk.cast, who), wanted, now=desk.tick()))
        assert error.code == "role_needed", name
    drop_request(desk.cast.anan, wanted, now=desk.tick())
    with untouched():
        drop_request(desk.cast.anan, wanted, now=desk.tick())  # a second click
    error = refused(lambda: drop_request(desk.cast.malee, wanted, now=desk.tick()))
    assert error.code == "request_has_ended"  # somebody else's click comes too late
    withdrawal = asked(desk, number, A.WITHDRAW)
    assert refused(lambda: drop_request(desk.cast.krit, withdrawal, now=desk.tick())).code == "role_needed"
    nok = invite("Nok Dee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    drop_request(nok, withdrawal, now=desk.tick())  # a colleague of who asked


def test_another_request_waits_until_the_first_has_ended(desk: Desk) -> None:
    number = reach(desk, S.ACTIVE)
    first = asked(desk, number, A.WITHDRAW)
    for action, day in (
        (A.REVOKE, None),
        (A.REVOKE, bangkok_day(desk.now)),
        (A.WITHDRAW, bangkok_day(desk.now)),
    ):
        error = refused(lambda a=action, d=day: asked(desk, number, a, d))
        assert (error.code, error.params) == ("request_waiting", {"number": first})
    nok = invite("Nok Dee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    assert refused(lambda: wish(desk, A.WITHDRAW, nok, number)).code == "request_waiting"
    with untouched():
        assert asked(desk, number, A.WITHDRAW) == first  # the same wish of the same person
    drop_request(desk.cast.somchai, first, now=desk.tick())
    assert asked(desk, number, A.REVOKE) > first


def test_a_second_click_on_suspend_counts_only_for_the_same_person_and_reason(desk: Desk) -> None:
    number, before = reach(desk, S.ACTIVE), 0
    before = seen(number)
    wish(desk, A.SUSPEND, desk.cast.anan, number)
    with untouched():
        assert wish(desk, A.SUSPEND, desk.cast.anan, number, at=before) == seen(number)
    other = invite("Somsri Rakthai", Role.APPROVER, now=desk.now)
    assert refused(lambda: wish(desk, A.SUSPEND, other, number, at=before)).code == "stale_certificate"
    another = Why("mark_misused", NOTE)
    error = refused(lambda: wish(desk, A.SUSPEND, desk.cast.anan, number, given=another, at=before))
    assert error.code == "stale_certificate"
    assert refused(lambda: wish(desk, A.SUSPEND, desk.cast.anan, number)).code == "illegal_certificate_move"
