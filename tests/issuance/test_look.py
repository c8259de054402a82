"""What each person sees of an application."""

from __future__ import annotations

from uuid import uuid4

import pytest

from mit.errors import NotFoundError
from mit.issuance.look import look_at
from mit.issuance.review import return_with_reasons
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk


def test_both_sides_see_the_same_content_and_their_own_actions(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    mine, theirs = (
        look_at(desk.cast.somchai, standing.application_id),
        look_at(desk.cast.malee, standing.application_id),
    )
    assert mine.seen == theirs.seen
    assert mine.products == theirs.products
    assert [str(action) for action in mine.actions] == ["save", "withdraw"]
    assert [str(action) for action in theirs.actions] == ["return", "recommend", "refuse"]
    assert look_at(desk.cast.anan, standing.application_id).actions == ()
    assert theirs.holder.name_th == "บริษัท สยามเคเบิล จำกัด"
    assert theirs.products[0].assessment["deciding_formula"] == "direct"


@pytest.mark.parametrize("who", ["krit", "napha"])
def test_outsiders_see_nothing(desk: Desk, who) -> None:
    standing = desk.submitted()
    with pytest.raises(NotFoundError, match="application_not_found"):
        look_at(getattr(desk.cast, who), standing.application_id)


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        look_at(desk.cast.malee, uuid4())


def test_the_number_of_the_certificate_is_shown_once_it_exists(desk: Desk) -> None:
    standing = desk.approved(True, False)
    view = look_at(desk.cast.somchai, standing.application_id)
    assert view.certificate_number == standing.certificate_number
    assert view.actions == ()
    assert [product.decision for product in view.products] == ["certified", "refused"]


def test_looking_locks_nothing_and_writes_nothing(desk: Desk) -> None:
    standing = desk.submitted()
    first = look_at(desk.cast.malee, standing.application_id)
    assert look_at(desk.cast.malee, standing.application_id) == first


def test_before_the_submission_nothing_is_judged_and_no_rule_set_is_named(desk: Desk) -> None:
    view = look_at(desk.cast.somchai, desk.draft(True, False).application_id)
    assert (view.rule_set_id, view.certificate_number, view.reasons) == ("", "", "")
    assert [(p.assessment, p.meets, p.decision, p.decision_reason) for p in view.products] == [
        (None, None, None, ""),
        (None, None, None, ""),
    ]
    assert [str(action) for action in view.actions] == ["save", "submit", "withdraw"]


def test_after_the_submission_each_product_shows_what_was_found_by_which_rules(desk: Desk) -> None:
    view = look_at(desk.cast.malee, desk.submitted(True, False).application_id)
    assert view.rule_set_id == desk.authority.rulebook.in_force(bangkok_day(desk.now)).id
    assert [product.meets for product in view.products] == [True, False]
    for product in view.products:
        assert product.assessment is not None
        assert (product.assessment["meets"] is True) is product.meets  # what is open does not meet
        assert product.assessment["ruleset"]["id"] == view.rule_set_id
    assert [product.position for product in view.products] == [1, 2]
    assert view.products[1].name_th.endswith("แบบที่ 2")


def test_what_was_refused_is_shown_with_its_reason_and_what_was_returned_with_its_own(desk: Desk) -> None:
    decided = look_at(desk.cast.somchai, desk.approved(True, False).application_id)
    assert [(p.decision, p.decision_reason) for p in decided.products] == [
        ("certified", ""),
        ("refused", "ไม่ผ่านเกณฑ์"),
    ]
    standing = desk.submitted(at=5)
    seen = desk.seen(desk.cast.malee, standing)
    return_with_reasons(
        desk.cast.malee, standing.application_id, seen=seen, reasons="ขาดใบกำกับภาษี", now=desk.tick()
    )
    returned = look_at(desk.cast.somchai, standing.application_id)
    assert (str(returned.state), returned.reasons) == ("returned", "ขาดใบกำกับภาษี")
    assert returned.seen.version == seen.version + 1
    assert returned.changed_at == desk.now
