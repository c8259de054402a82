"""What the reviewer does, and every reason for which it is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mit.accounts.people import grant_role
from mit.errors import (
    ConflictError,
    FourEyesError,
    IllegalMoveError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StaleVersionError,
)
from mit.issuance.apply import save_draft
from mit.issuance.move import Standing
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.db import transaction
from tests.support.desk import Desk, draft
from tests.support.people import invite
from tests.support.world import assert_whole_world, rows

NO = ProductDecision(1, keep=False, reason="ไม่ผ่าน")
YES = ProductDecision(1, keep=True)


def _recommend(
    desk: Desk, standing: Standing, *decisions: ProductDecision, actor: Actor | None = None
) -> Standing:
    actor = actor or desk.cast.malee
    opinion = desk.opinion(desk.cast.malee, standing, decisions)
    return recommend(actor, standing.application_id, opinion=opinion, now=desk.tick())


def _return(desk: Desk, standing: Standing, actor: Actor | None = None, reasons: str = "แก้ไข") -> Standing:
    seen = desk.seen(desk.cast.malee, standing)
    actor = actor or desk.cast.malee
    return return_with_reasons(actor, standing.application_id, reasons=reasons, seen=seen, now=desk.tick())


def _refuse(
    desk: Desk, standing: Standing, actor: Actor | None = None, reasons: str = "ปลอมเอกสาร"
) -> Standing:
    seen = desk.seen(desk.cast.malee, standing)
    actor = actor or desk.cast.malee
    return refuse(actor, standing.application_id, reasons=reasons, seen=seen, now=desk.tick())


def test_a_recommendation_is_a_row_over_the_content_that_was_seen(desk: Desk) -> None:
    standing = _recommend(desk, desk.submitted(True, False), YES, replace(NO, position=2))
    (row,) = rows("SELECT * FROM approvals")
    assert (row["kind"], row["content_digest"]) == ("recommendation", standing.content_digest)
    assert json.loads(row["decisions"]) == [
        {"position": 1, "keep": True, "reason": ""},
        {"position": 2, "keep": False, "reason": "ไม่ผ่าน"},
    ]
    assert str(standing.state) == "recommended"
    assert_whole_world(desk.now)


@pytest.mark.parametrize(
    ("decisions", "code", "where"),
    [
        ([YES], "decisions_incomplete", "decisions"),
        ([YES, YES], "decisions_incomplete", "decisions"),
        ([YES, replace(YES, position=3)], "decisions_incomplete", "decisions"),
        ([YES, replace(YES, position=2), replace(YES, position=3)], "decisions_incomplete", "decisions"),
        ([YES, replace(NO, position=2, reason=" ")], "decision_without_reason", "products[2].reason"),
        ([NO, replace(NO, position=2)], "nothing_kept", "decisions"),
        ([YES, replace(NO, position=2, reason="ก" * 4001)], "text_too_long", "products[2].reason"),
    ],
)
def test_every_product_is_decided_once_and_each_refusal_has_a_reason(
    desk: Desk, decisions, code, where
) -> None:
    standing = desk.submitted(True, True)
    with pytest.raises(InputError) as refusal:
        _recommend(desk, standing, *decisions)
    fault = refusal.value.faults[0]
    assert (refusal.value.code, fault.where) == (code, where)
    assert_whole_world(desk.now)


def test_a_product_that_does_not_meet_cannot_be_recommended(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    with pytest.raises(ConflictError) as refusal:
        _recommend(desk, standing, YES, replace(YES, position=2))
    assert (refusal.value.code, refusal.value.where) == ("product_does_not_meet", "products[2]")


@pytest.mark.parametrize("act", [_recommend, _return, _refuse])
@pytest.mark.parametrize("who", ["somchai", "anan", "napha", "krit"])
def test_only_a_reviewer_acts_on_what_is_submitted(desk: Desk, act, who) -> None:
    standing = desk.submitted()
    with pytest.raises((NotAllowedError, NotFoundError)) as refusal:
        act(desk, standing, actor=getattr(desk.cast, who))
    assert refusal.value.code == ("role_needed" if who in {"somchai", "anan"} else "application_not_found")
    assert_whole_world(desk.now)


@pytest.mark.parametrize("act", [_return, _refuse])
@pytest.mark.parametrize("reasons", ["", "  \n "])
def test_returning_and_refusing_need_reasons(desk: Desk, act, reasons) -> None:
    standing = desk.submitted()
    with pytest.raises(InputError) as refusal:
        act(desk, standing, reasons=reasons)
    assert (refusal.value.code, refusal.value.where) == ("reasons_missing", "reasons")


@pytest.mark.parametrize("act", [_recommend, _return, _refuse])
def test_nothing_is_decided_that_changed_since_it_was_seen(desk: Desk, act) -> None:
    standing = desk.submitted()
    stale = Seen(standing.version - 1, standing.content_digest)
    with pytest.raises(StaleVersionError, match="stale_version"):
        if act is _recommend:
            recommend(desk.cast.malee, standing.application_id, opinion=Opinion(stale, [YES]), now=desk.now)
        else:
            verb = return_with_reasons if act is _return else refuse
            verb(desk.cast.malee, standing.application_id, reasons="เหตุ", seen=stale, now=desk.now)


def test_another_content_than_the_one_seen_is_not_recommended(desk: Desk) -> None:
    standing = desk.submitted()
    opinion = Opinion(Seen(standing.version, "0" * 64), [YES])
    with pytest.raises(StaleVersionError, match="stale_content"):
        recommend(desk.cast.malee, standing.application_id, opinion=opinion, now=desk.now)


def test_a_holder_who_changed_since_the_submission_must_submit_again(desk: Desk) -> None:
    standing = desk.submitted()
    with transaction() as session:
        accounts.get_organisation(session, desk.cast.siam_cable_id).name_th = "บริษัท ชื่อใหม่ จำกัด"
    with pytest.raises(StaleVersionError, match="content_changed"):
        _recommend(desk, standing, YES)
    assert str(_return(desk, standing).state) == "returned"
    assert_whole_world(desk.now)


def test_who_once_acted_for_the_manufacturer_does_not_review_it(desk: Desk) -> None:
    niran = invite("Niran Chaiyo", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.tick())
    standing = desk.submitted()
    with transaction() as session:
        accounts.take_back(session, niran.user_id, Role.MANUFACTURER, now=desk.tick())
        accounts.join_organisation(session, niran.user_id, None, now=desk.tick())
    grant_role(None, niran.user_id, Role.REVIEWER, now=desk.tick())
    turned = Actor(niran.user_id, frozenset({Role.REVIEWER}))
    for act in (_recommend, _return, _refuse):
        with pytest.raises(FourEyesError, match="four_eyes_applicant"):
            act(desk, standing, actor=turned)
    other = Actor(niran.user_id, frozenset({Role.REVIEWER}), desk.cast.siam_cable_id)
    with pytest.raises(FourEyesError):
        _return(desk, standing, actor=other)


def test_whom_an_edit_overtook_recommends_nothing(desk: Desk) -> None:
    standing = desk.submitted()
    opinion = desk.opinion(desk.cast.malee, standing)
    save_draft(
        desk.cast.somchai,
        standing.application_id,
        draft=draft(True, at=9),
        seen=Seen(standing.version),
        now=desk.tick(),
    )
    with pytest.raises(IllegalMoveError):
        recommend(desk.cast.malee, standing.application_id, opinion=opinion, now=desk.tick())


@pytest.mark.parametrize(
    ("act", "state"), [(_recommend, "recommended"), (_return, "returned"), (_refuse, "refused")]
)
def test_a_second_click_changes_nothing(desk: Desk, act, state) -> None:
    standing = desk.submitted()
    opinion, seen = desk.opinion(desk.cast.malee, standing), desk.seen(desk.cast.malee, standing)
    malee, key = desk.cast.malee, standing.application_id
    verbs = {
        _recommend: lambda: recommend(malee, key, opinion=opinion, now=desk.tick()),
        _return: lambda: return_with_reasons(malee, key, reasons="เหตุ", seen=seen, now=desk.tick()),
        _refuse: lambda: refuse(malee, key, reasons="เหตุ", seen=seen, now=desk.tick()),
    }
    first, again = verbs[act](), verbs[act]()
    assert first == again
    assert str(first.state) == state
    assert_whole_world(desk.now)


def test_the_approver_returns_what_is_recommended_and_the_row_is_void(desk: Desk) -> None:
    standing = desk.recommended()
    seen = desk.seen(desk.cast.anan, standing)
    returned = return_with_reasons(
        desk.cast.anan, standing.application_id, reasons="ขอใบเสร็จ", seen=seen, now=desk.tick()
    )
    assert str(returned.state) == "returned"
    (row,) = rows("SELECT voided_reason FROM approvals")
    assert row["voided_reason"] == "approver:application:return"
    assert_whole_world(desk.now)


def test_the_approver_refuses_what_is_recommended(desk: Desk) -> None:
    standing = desk.recommended()
    seen = desk.seen(desk.cast.anan, standing)
    refused = refuse(desk.cast.anan, standing.application_id, reasons="เหตุ", seen=seen, now=desk.tick())
    assert str(refused.state) == "refused"
    assert rows("SELECT decision, decision_reason FROM application_products") == [
        {"decision": "refused", "decision_reason": "เหตุ"}
    ]
    assert_whole_world(desk.now)


def test_the_reviewer_does_not_take_back_what_is_recommended(desk: Desk) -> None:
    standing = desk.recommended()
    for act in (_return, _refuse):
        with pytest.raises(NotAllowedError, match="role_needed"):
            act(desk, standing)
