"""The second pair of eyes: who, over what, and what comes of it."""

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
from mit.issuance.apply import resubmit, save_draft
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import recommend, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.db import transaction
from tests.support.desk import Desk, draft
from tests.support.people import invite
from tests.support.world import assert_whole_world, rows

YES = ProductDecision(1, keep=True)
NO = ProductDecision(1, keep=False, reason="ไม่ผ่าน")


def _approve(
    desk: Desk, standing: Standing, *decisions: ProductDecision, actor: Actor | None = None
) -> Standing:
    opinion = desk.opinion(desk.cast.anan, standing, decisions)
    return _give(desk, standing, opinion, actor)


def _give(desk: Desk, standing: Standing, opinion: Opinion, actor: Actor | None = None) -> Standing:
    return approve(
        actor or desk.cast.anan,
        standing.application_id,
        opinion=opinion,
        now=desk.tick(),
        authority=desk.authority,
    )


def test_an_approval_is_the_second_row_over_the_same_content(desk: Desk) -> None:
    standing = _approve(desk, desk.recommended())
    first, second = rows("SELECT kind, person_id, content_digest FROM approvals ORDER BY kind DESC")
    assert (first["kind"], second["kind"]) == ("recommendation", "approval")
    assert first["content_digest"] == second["content_digest"] == standing.content_digest
    assert first["person_id"] != second["person_id"]
    assert str(standing.state) == "approved"
    assert standing.certificate_number.startswith("MIT-2569-0000001-")
    assert_whole_world(desk.now)


def test_the_approver_may_keep_less_than_was_recommended(desk: Desk) -> None:
    standing = _approve(desk, desk.recommended(True, True), NO, replace(YES, position=2))
    (product,) = rows("SELECT position, coverage FROM certificate_products")
    assert json.loads(product["coverage"])["models"] == ["SC-102"]
    view = look_at(desk.cast.somchai, standing.application_id)
    assert [(p.decision, p.decision_reason) for p in view.products] == [
        ("refused", "ไม่ผ่าน"),
        ("certified", ""),
    ]
    assert_whole_world(desk.now)


def test_the_approver_keeps_nothing_that_was_not_recommended(desk: Desk) -> None:
    malee = desk.cast.malee
    standing = desk.submitted(True, True)
    opinion = desk.opinion(malee, standing, [YES, replace(NO, position=2)])
    standing = recommend(malee, standing.application_id, opinion=opinion, now=desk.tick())
    with pytest.raises(ConflictError) as refusal:
        _approve(desk, standing, YES, replace(YES, position=2))
    assert (refusal.value.code, refusal.value.where) == ("product_not_recommended", "products[2]")
    assert_whole_world(desk.now)


def test_the_reviewer_does_not_approve_what_they_reviewed(desk: Desk) -> None:
    standing = desk.recommended()
    grant_role(None, desk.cast.malee.user_id, Role.APPROVER, now=desk.tick())
    both = replace(desk.cast.malee, roles=frozenset({Role.REVIEWER, Role.APPROVER}))
    with pytest.raises(FourEyesError, match="four_eyes_same_person"):
        _approve(desk, standing, actor=both)
    assert_whole_world(desk.now)


def test_who_reviewed_an_earlier_round_does_not_approve_a_later_one(desk: Desk) -> None:
    somchai, malee = desk.cast.somchai, desk.cast.malee
    standing = desk.submitted()
    seen = desk.seen(malee, standing)
    standing = return_with_reasons(malee, standing.application_id, reasons="แก้", seen=seen, now=desk.tick())
    standing = resubmit(
        somchai,
        standing.application_id,
        seen=Seen(standing.version),
        now=desk.tick(),
        authority=desk.authority,
    )
    wichai = invite("Wichai Dee", Role.REVIEWER, now=desk.tick())
    standing = recommend(
        wichai, standing.application_id, opinion=desk.opinion(wichai, standing), now=desk.tick()
    )
    grant_role(None, malee.user_id, Role.APPROVER, now=desk.tick())
    turned = replace(malee, roles=frozenset({Role.APPROVER}))
    with pytest.raises(FourEyesError, match="four_eyes_same_person"):
        _approve(desk, standing, actor=turned)
    assert _approve(desk, standing).certificate_number


def test_who_once_acted_for_the_manufacturer_does_not_approve_it(desk: Desk) -> None:
    niran = invite("Niran Chaiyo", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.tick())
    with transaction() as session:
        accounts.take_back(session, niran.user_id, Role.MANUFACTURER, now=desk.tick())
        accounts.join_organisation(session, niran.user_id, None, now=desk.tick())
    grant_role(None, niran.user_id, Role.APPROVER, now=desk.tick())
    standing = desk.recommended()
    with pytest.raises(FourEyesError, match="four_eyes_applicant"):
        _approve(desk, standing, actor=Actor(niran.user_id, frozenset({Role.APPROVER})))
    assert_whole_world(desk.now)


@pytest.mark.parametrize("who", ["somchai", "malee", "napha", "krit"])
def test_only_an_approver_approves(desk: Desk, who) -> None:
    standing = desk.recommended()
    with pytest.raises((NotAllowedError, NotFoundError)) as refusal:
        _approve(desk, standing, actor=getattr(desk.cast, who))
    assert refusal.value.code in {"role_needed", "application_not_found"}
    assert rows("SELECT * FROM certificates") == []


def test_one_who_is_staff_and_manufacturer_at_once_is_neither(desk: Desk) -> None:
    standing = desk.recommended()
    mixed = replace(desk.cast.anan, roles=frozenset({Role.APPROVER, Role.MANUFACTURER}))
    with pytest.raises((NotAllowedError, NotFoundError)):
        _approve(desk, standing, actor=mixed)


@pytest.mark.parametrize("stage", ["draft", "submitted", "approved"])
def test_nothing_but_what_is_recommended_is_approved(desk: Desk, stage) -> None:
    standing = getattr(desk, stage)()
    with pytest.raises(IllegalMoveError):
        _approve(desk, standing)
    assert_whole_world(desk.now)


def test_what_changed_since_it_was_seen_is_not_approved(desk: Desk) -> None:
    standing = desk.recommended()
    opinion = desk.opinion(desk.cast.anan, standing)
    for seen, code in (
        (replace(opinion.seen, version=standing.version - 1), "stale_version"),
        (replace(opinion.seen, content_digest="0" * 64), "stale_content"),
        (replace(opinion.seen, content_digest=""), "stale_content"),
    ):
        with pytest.raises(StaleVersionError, match=code):
            _give(desk, standing, replace(opinion, seen=seen))
    assert_whole_world(desk.now)


def test_an_edit_between_the_two_persons_voids_the_first_opinion(desk: Desk) -> None:
    standing = desk.recommended()
    opinion = desk.opinion(desk.cast.anan, standing)
    save_draft(
        desk.cast.somchai,
        standing.application_id,
        draft=draft(True, at=5),
        seen=Seen(standing.version),
        now=desk.tick(),
    )
    with pytest.raises(IllegalMoveError):
        _give(desk, standing, opinion)
    assert rows("SELECT * FROM approvals WHERE voided_at IS NULL") == []
    assert_whole_world(desk.now)


def test_a_holder_who_changed_after_the_recommendation_is_not_certified(desk: Desk) -> None:
    standing = desk.recommended()
    with transaction() as session:
        accounts.get_organisation(session, desk.cast.siam_cable_id).address_th = "ที่อยู่ใหม่"
    with pytest.raises(StaleVersionError, match="content_changed"):
        _approve(desk, standing)


def test_a_second_click_returns_the_same_certificate(desk: Desk) -> None:
    standing = desk.recommended()
    opinion = desk.opinion(desk.cast.anan, standing)
    first = _give(desk, standing, opinion)
    assert _give(desk, standing, opinion) == first
    assert len(rows("SELECT * FROM certificates")) == 1
    assert_whole_world(desk.now)


def test_another_opinion_over_the_same_version_is_no_second_click(desk: Desk) -> None:
    standing = desk.recommended(True, True)
    opinion = desk.opinion(desk.cast.anan, standing)
    _give(desk, standing, opinion)
    for changed in (
        replace(opinion, decisions=[YES, replace(NO, position=2)]),
        replace(opinion, note="อีกความเห็น"),
        replace(opinion, seen=replace(opinion.seen, content_digest="0" * 64)),
    ):
        with pytest.raises(IllegalMoveError):
            _give(desk, standing, changed)


def test_another_approver_comes_too_late(desk: Desk) -> None:
    standing = desk.recommended()
    opinion = desk.opinion(desk.cast.anan, standing)
    suda = invite("Suda Rakthai", Role.APPROVER, now=desk.tick())
    _give(desk, standing, opinion)
    with pytest.raises(IllegalMoveError):
        _give(desk, standing, opinion, suda)


def test_a_reviewer_does_not_refuse_by_the_approvers_way(desk: Desk) -> None:
    standing = desk.submitted()
    opinion = desk.opinion(desk.cast.malee, standing, [NO])
    with pytest.raises(IllegalMoveError):
        _give(desk, standing, opinion, desk.cast.malee)


def test_refusing_everything_needs_a_reason_for_each(desk: Desk) -> None:
    standing = desk.recommended(True, True)
    with pytest.raises(InputError, match="decision_without_reason"):
        _approve(desk, standing, NO, ProductDecision(2, keep=False))
    with pytest.raises(InputError, match="decisions_incomplete"):
        _approve(desk, standing, NO)
    assert_whole_world(desk.now)


def test_a_note_stands_for_the_reasons_of_a_whole_refusal(desk: Desk) -> None:
    standing = desk.recommended()
    opinion = replace(desk.opinion(desk.cast.anan, standing, [NO]), note="เอกสารหมดอายุ")
    refused = _give(desk, standing, opinion)
    assert str(refused.state) == "refused"
    view = look_at(desk.cast.somchai, refused.application_id)
    assert (view.reasons, view.products[0].decision_reason) == ("เอกสารหมดอายุ", "ไม่ผ่าน")
    assert _give(desk, standing, opinion) == refused
    assert_whole_world(desk.now)
