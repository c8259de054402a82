"""What a manufacturer does: begin, save, submit, resubmit, withdraw."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from mit.criteria.cost_sheet import parse_cost_sheet, sheet_sha256
from mit.errors import (
    IllegalMoveError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StaleVersionError,
)
from mit.issuance.apply import Draft, create_draft, resubmit, save_draft, submit, withdraw
from mit.issuance.look import look_at
from mit.issuance.move import Standing
from mit.issuance.review import return_with_reasons
from mit.issuance.wish import Seen
from mit.roles.actor import Actor, Role
from tests.support.desk import Desk, draft, sheet
from tests.support.world import assert_whole_world, rows


def _save(
    desk: Desk, standing: Standing, changed: Draft | None = None, version: int | None = None
) -> Standing:
    return save_draft(
        desk.cast.somchai,
        standing.application_id,
        draft=changed or draft(True, at=7),
        seen=Seen(version or standing.version),
        now=desk.tick(),
    )


def _submit(desk: Desk, standing: Standing, actor: Actor | None = None) -> Standing:
    return submit(
        actor or desk.cast.somchai,
        standing.application_id,
        seen=Seen(standing.version),
        now=desk.tick(),
        authority=desk.authority,
    )


def test_a_draft_gets_a_number_and_its_products(desk: Desk) -> None:
    standing = desk.draft(True, True)
    assert (standing.number, str(standing.state), standing.version) == ("APP-2569-0000001-0", "draft", 1)
    view = look_at(desk.cast.somchai, standing.application_id)
    assert [product.coverage["models"] for product in view.products] == [["SC-101"], ["SC-102"]]
    assert view.products[0].cost_sheet["price_ex_works"] == "12500.00"
    assert (view.products[0].meets, view.products[0].assessment) == (None, None)
    assert (view.holder.site_th, view.holder.factory_number) == ("โรงงานบางปู", "3-72-1/42สป")
    assert_whole_world(desk.now)


def test_an_empty_draft_may_be_begun_but_not_submitted(desk: Desk) -> None:
    standing = create_draft(desk.cast.somchai, Draft(), now=desk.tick())
    with pytest.raises(InputError) as refusal:
        _submit(desk, standing)
    assert (refusal.value.code, refusal.value.where) == ("application_without_products", "products")
    assert_whole_world(desk.now)


def test_the_number_counts_in_the_bangkok_year(desk: Desk) -> None:
    eve = datetime.fromisoformat("2026-12-31T17:00:00+00:00")  # 00:00 on 1 January 2570 in Bangkok
    standing = create_draft(desk.cast.somchai, draft(), now=eve)
    assert standing.number.startswith("APP-2570-0000001-")


def test_only_a_manufacturer_begins_an_application(desk: Desk) -> None:
    for actor in (desk.cast.malee, desk.cast.anan, desk.cast.napha):
        with pytest.raises(NotAllowedError, match="role_needed"):
            create_draft(actor, draft(), now=desk.tick())
    alone = replace(desk.cast.somchai, organisation_id=None)
    with pytest.raises(NotAllowedError, match="organisation_needed"):
        create_draft(alone, draft(), now=desk.tick())
    assert rows("SELECT * FROM applications") == []


@pytest.mark.parametrize("member", ["site_th", "site_en", "factory_number"])
@pytest.mark.parametrize("text", ["โรง\x00งาน", "โรงงาน\u202e", "ก" * 501, "\ud800"])
def test_a_site_that_cannot_be_kept_is_refused_with_its_place(desk: Desk, member, text) -> None:
    with pytest.raises(InputError) as refusal:
        create_draft(desk.cast.somchai, replace(draft(), **{member: text}), now=desk.tick())
    assert refusal.value.where == member
    assert rows("SELECT * FROM applications") == []


def test_saving_replaces_every_product(desk: Desk) -> None:
    standing = _save(desk, desk.draft(True, True), draft(True, at=7))
    view = look_at(desk.cast.somchai, standing.application_id)
    assert [product.coverage["models"] for product in view.products] == [["SC-107"]]
    assert standing.version == 2
    assert len(rows("SELECT * FROM application_products")) == 1


def test_what_was_assessed_stays_behind_when_an_edit_drops_it(desk: Desk) -> None:
    standing = _save(desk, desk.submitted(True))
    assert len(rows("SELECT * FROM application_products")) == 2
    assert len(rows("SELECT * FROM assessments")) == 1
    assert look_at(desk.cast.somchai, standing.application_id).products[0].meets is None


@pytest.mark.parametrize("stage", ["submitted", "recommended"])
def test_an_edit_takes_back_what_was_submitted_and_voids_the_approvals(desk: Desk, stage) -> None:
    standing = _save(desk, getattr(desk, stage)())
    assert str(standing.state) == "draft"
    assert rows("SELECT * FROM approvals WHERE voided_at IS NULL") == []
    voided = rows("SELECT voided_reason FROM approvals")
    assert voided == [{"voided_reason": "manufacturer:application:save"}] * (stage == "recommended")
    assert_whole_world(desk.now)


def test_a_colleague_who_saved_in_between_is_not_overwritten(desk: Desk) -> None:
    begun = desk.draft()
    _save(desk, begun)
    colleague = replace(desk.cast.somchai, user_id=desk.cast.krit.user_id)
    with pytest.raises(StaleVersionError, match="stale_version"):
        save_draft(colleague, begun.application_id, draft=draft(), seen=Seen(1), now=desk.tick())


@pytest.mark.parametrize(
    "changes",
    [
        {"site_th": "โรงงานบางพลี"},
        {"site_en": "Bang Phli plant"},
        {"factory_number": "3-64-9/51สป"},
        {"site_th": "", "site_en": "", "factory_number": ""},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_saved_site_is_the_one_that_was_written_last(desk: Desk, changes: dict[str, str]) -> None:
    begun = desk.draft()
    changed = replace(draft(), **changes)
    _save(desk, begun, changed)
    holder = look_at(desk.cast.malee, begun.application_id).holder
    assert (holder.site_th, holder.site_en, holder.factory_number) == (
        changed.site_th,
        changed.site_en,
        changed.factory_number,
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_application_has_two_hundred_products_and_never_one_more(desk: Desk) -> None:
    two_hundred = Draft(cost_sheets=[sheet()] * 200)
    one_more = Draft(cost_sheets=[sheet()] * 201)
    begun = create_draft(desk.cast.somchai, two_hundred, now=desk.tick())
    assert len(look_at(desk.cast.somchai, begun.application_id).products) == 200
    for act in (
        lambda: create_draft(desk.cast.somchai, one_more, now=desk.tick()),
        lambda: _save(desk, begun, one_more),
    ):
        with pytest.raises(InputError) as refusal:
            act()
        assert (refusal.value.code, refusal.value.where) == ("too_many_products", "products")
        assert refusal.value.params == {"limit": 200}
    assert len(rows("SELECT * FROM applications")) == 1
    assert len(rows("SELECT * FROM application_products")) == 200


def test_a_second_click_on_save_does_nothing_more(desk: Desk) -> None:
    begun = desk.draft()
    first = _save(desk, begun)
    again = _save(desk, begun)
    assert again == first
    assert len(rows("SELECT * FROM audit_events WHERE event = 'manufacturer:application:save'")) == 1


def test_another_edit_from_a_second_window_is_refused_and_not_lost_in_silence(desk: Desk) -> None:
    begun = desk.draft()
    _save(desk, begun, draft(True, at=7))
    with pytest.raises(StaleVersionError):
        _save(desk, begun, draft(True, at=8))
    with pytest.raises(StaleVersionError):
        _save(desk, begun, replace(draft(True, at=7), site_th="โรงงานอื่น"))


def test_a_second_click_on_submit_does_nothing_more(desk: Desk) -> None:
    begun = desk.draft()
    first = _submit(desk, begun)
    assert _submit(desk, begun) == first
    assert len(rows("SELECT * FROM assessments")) == 1
    assert_whole_world(desk.now)


def test_submitting_assesses_every_product_by_the_rule_set_of_the_day(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    rule_set = desk.authority.rulebook.in_force(desk.now.date())
    view = look_at(desk.cast.malee, standing.application_id)
    assert [product.meets for product in view.products] == [True, False]
    assert view.rule_set_id == rule_set.id
    for record in rows("SELECT * FROM assessments ORDER BY seq"):
        assert record["rule_set_sha256"] == rule_set.sha256
        assert str(record["assessed_on"]) == "2026-11-25"
    products = rows("SELECT * FROM application_products ORDER BY position")
    sheets = [parse_cost_sheet(json.loads(row["cost_sheet"])) for row in products]
    inputs = [row["input_sha256"] for row in rows("SELECT * FROM assessments ORDER BY seq")]
    assert inputs == [sheet_sha256(sheet) for sheet in sheets]
    assert standing.content_digest == view.seen.content_digest


def test_without_a_rule_set_in_force_nothing_is_submitted(desk: Desk) -> None:
    begun = desk.draft()
    long_ago = datetime.fromisoformat("1999-01-01T00:00:00+00:00")
    with pytest.raises(NotFoundError, match="no_rule_set_in_force"):
        submit(
            desk.cast.somchai,
            begun.application_id,
            seen=Seen(1),
            now=long_ago,
            authority=desk.authority,
        )


def test_only_what_was_returned_is_resubmitted(desk: Desk) -> None:
    begun = desk.draft()
    with pytest.raises(IllegalMoveError):
        resubmit(
            desk.cast.somchai, begun.application_id, seen=Seen(1), now=desk.tick(), authority=desk.authority
        )
    standing = desk.submitted()
    seen = desk.seen(desk.cast.malee, standing)
    returned = return_with_reasons(
        desk.cast.malee, standing.application_id, reasons="แก้ไข", seen=seen, now=desk.tick()
    )
    with pytest.raises(IllegalMoveError):
        _submit(desk, returned)
    again = resubmit(
        desk.cast.somchai,
        returned.application_id,
        seen=Seen(returned.version),
        now=desk.tick(),
        authority=desk.authority,
    )
    assert str(again.state) == "submitted"
    assert look_at(desk.cast.somchai, again.application_id).reasons == ""
    assert_whole_world(desk.now)


@pytest.mark.parametrize("stage", ["draft", "submitted", "recommended"])
def test_what_is_not_decided_can_be_withdrawn(desk: Desk, stage) -> None:
    standing = getattr(desk, stage)()
    withdrawn = withdraw(
        desk.cast.somchai,
        standing.application_id,
        seen=Seen(standing.version),
        now=desk.tick(),
        reasons="เปลี่ยนแผน",
    )
    assert str(withdrawn.state) == "withdrawn"
    for act in (_save, _submit):
        with pytest.raises(IllegalMoveError):
            act(desk, withdrawn)
    assert_whole_world(desk.now)


def test_what_is_approved_cannot_be_edited_or_withdrawn(desk: Desk) -> None:
    standing = desk.approved()
    with pytest.raises(IllegalMoveError):
        _save(desk, standing)
    with pytest.raises(IllegalMoveError):
        withdraw(desk.cast.somchai, standing.application_id, seen=Seen(standing.version), now=desk.tick())
    assert_whole_world(desk.now)


def test_another_manufacturer_does_not_even_learn_that_it_exists(desk: Desk) -> None:
    standing, krit = desk.draft(), desk.cast.krit
    seen = Seen(standing.version)
    acts = {
        "look": lambda key: look_at(krit, key),
        "save": lambda key: save_draft(krit, key, draft=draft(), seen=seen, now=desk.now),
        "submit": lambda key: submit(krit, key, seen=seen, now=desk.now, authority=desk.authority),
        "withdraw": lambda key: withdraw(krit, key, seen=seen, now=desk.now),
    }
    for act in acts.values():
        for key in (standing.application_id, uuid4()):
            with pytest.raises(NotFoundError):
                act(key)


@pytest.mark.parametrize("who", ["malee", "anan"])
def test_staff_do_not_act_for_the_manufacturer(desk: Desk, who) -> None:
    standing = desk.draft()
    actor = getattr(desk.cast, who)
    with pytest.raises(NotAllowedError, match="role_needed"):
        _submit(desk, standing, actor)


def test_one_who_turned_staff_does_not_act_for_the_old_manufacturer_any_more(desk: Desk) -> None:
    standing = desk.draft()
    turned = Actor(desk.cast.somchai.user_id, frozenset({Role.REVIEWER}))
    with pytest.raises(NotAllowedError):
        _submit(desk, standing, turned)


UNPRINTABLE = {
    "product_th": ("สายไฟ\u200bฟ้า", "text_invisible_sign", "products[1].product_th"),
    "model": ("SC-\U0001f50c", "lint_letter_not_printable", "products[1]"),
    "site": ("โรงงาน 漢字", "lint_letter_not_printable", "holder.site_th"),
    "no site": ("", "lint_text_missing", "holder.site_th"),
}


@pytest.mark.parametrize("name", UNPRINTABLE)
def test_what_could_not_stand_on_a_certificate_is_told_at_submission(desk: Desk, name) -> None:
    text, code, where = UNPRINTABLE[name]
    product = sheet().product
    changed = {
        "product_th": replace(product, name_th=text),
        "model": replace(product, models=(text,)),
    }.get(name, product)
    site = text if "site" in name else "โรงงานบางปู"
    wanted = replace(draft(), cost_sheets=[replace(sheet(), product=changed)], site_th=site)
    begun = create_draft(desk.cast.somchai, wanted, now=desk.tick())
    with pytest.raises(InputError) as refusal:
        _submit(desk, begun)
    assert refusal.value.code == "submission_not_certifiable"
    assert (code, where) in {(fault.code, fault.where) for fault in refusal.value.faults}
    assert rows("SELECT * FROM assessments") == []
    assert_whole_world(desk.now)
