"""What is typed is kept as typed, by section and version, for one's own people alone."""

from __future__ import annotations

from typing import Any

import pytest

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, InputError, NotAllowedError, NotFoundError, StaleVersionError
from mit.issuance import draft_sections as work
from mit.issuance.apply import Draft, create_draft
from mit.issuance.draft_sections import Place, Section
from mit.issuance.review import return_with_reasons
from mit.issuance.submission import Signature, find_missing, submit
from mit.issuance.wish import Seen
from mit.roles.actor import Role
from mit.store import draft_sections as rows
from mit.store.applications import MAX_PRODUCTS
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk, sheet_document
from tests.support.people import invite
from tests.support.written import FACTORY, PRODUCT, SHEET, begun, keep, write_good

HOSTILE = ["\ud800", "<script>alert(1)</script>", "=1+1", "ก" * 10_000, "\x00\x07", "\u202eabc", "{{7*7}}"]
FACTORY_PLACE = Place("factory")


@pytest.fixture
def rules(desk: Desk) -> RuleSet:
    return desk.authority.rulebook.in_force(bangkok_day(desk.now))


def texts_of(content: Any) -> list[str]:
    """Return every text in a section, however deep."""
    if isinstance(content, dict):
        content = list(content.values())
    return [content] if isinstance(content, str) else [text for part in content for text in texts_of(part)]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_comes_back_as_typed(desk: Desk, rules: RuleSet, text: str) -> None:
    somchai = desk.cast.somchai
    number = begun(somchai, now=desk.tick()).number
    product = work.add_product(somchai, number, now=desk.tick())
    for place, content in (
        (FACTORY_PLACE, dict.fromkeys(FACTORY, text)),
        (Place("product", product), {**PRODUCT, "name_th": text, "models": text}),
        (Place("sheet", product), {"price_ex_works": text, "lines": [{"amount": text, "name": text}]}),
    ):
        saved = keep(somchai, number, place, content, rules=rules, now=desk.tick())
        found = work.read(somchai, number).section(place)
        assert found.content == saved.content
        assert text in texts_of(found.content)
        assert found.fault_count or place.section == "factory" or text.isprintable()


def test_a_good_application_misses_nothing(desk: Desk, rules: RuleSet) -> None:
    somchai = desk.cast.somchai
    number = begun(somchai, now=desk.tick()).number
    assert {fault.where for fault in find_missing(work.read(somchai, number))} == {
        "factory",
        "products",
    }
    write_good(somchai, number, rules=rules, now=desk.tick())
    written = work.read(somchai, number)
    assert find_missing(written) == ()
    assert written.factory.is_done
    assert written.products[0].sheet.is_done
    assert written.factory.saved_by == "Somchai Jaidee"


def test_who_saves_after_a_colleague_is_told_and_nothing_is_lost(desk: Desk, rules: RuleSet) -> None:
    somchai = desk.cast.somchai
    colleague = invite("Suda Jaidee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    number = begun(somchai, now=desk.tick()).number
    mine = Section(FACTORY_PLACE, {"site_th": "ของสมชาย"}, 0)
    theirs = Section(FACTORY_PLACE, {"site_th": "ของสุดา"}, 0)
    work.save(colleague, number, theirs, rule_set=rules, now=desk.tick())
    with pytest.raises(StaleVersionError, match="section_stale"):
        work.save(somchai, number, mine, rule_set=rules, now=desk.tick())
    found = work.read(somchai, number).factory
    assert (found.content["site_th"], found.version, found.saved_by) == ("ของสุดา", 1, "Suda Jaidee")


def test_a_foreign_application_does_not_exist(desk: Desk, rules: RuleSet) -> None:
    number = begun(desk.cast.somchai, now=desk.tick()).number
    section = Section(FACTORY_PLACE, dict(FACTORY), 0)
    for act in (
        lambda: work.read(desk.cast.krit, number),
        lambda: work.save(desk.cast.krit, number, section, rule_set=rules, now=desk.now),
        lambda: work.add_product(desk.cast.krit, number, now=desk.now),
        lambda: work.remove_product(desk.cast.krit, number, 1, now=desk.now),
        lambda: work.read(desk.cast.krit, "APP-2569-0009999-X"),
        lambda: work.read(desk.cast.krit, "\ud800"),
    ):
        with pytest.raises(NotFoundError, match="application_not_found"):
            act()
    with pytest.raises(NotAllowedError):
        work.read(desk.cast.malee, number)


def test_a_product_that_is_taken_out_is_kept_aside_and_its_number_not_given_again(
    desk: Desk, rules: RuleSet
) -> None:
    somchai = desk.cast.somchai
    written = begun(somchai, now=desk.tick())
    first = work.add_product(somchai, written.number, now=desk.tick())
    keep(somchai, written.number, Place("product", first), PRODUCT, rules=rules, now=desk.tick())
    work.remove_product(somchai, written.number, first, now=desk.tick())
    second = work.add_product(somchai, written.number, now=desk.tick())
    assert second == first + 1
    assert [product.number for product in work.read(somchai, written.number).products] == [second]
    with pytest.raises(NotFoundError, match="product_not_found"):
        keep(somchai, written.number, Place("sheet", first), SHEET, rules=rules, now=desk.tick())
    with viewing() as session:
        kept = [row for row in rows.sections_of(session, written.application_id) if row.removed_at]
    assert {row.product for row in kept} == {first}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_application_has_two_hundred_products_and_no_more(desk: Desk) -> None:
    somchai = desk.cast.somchai
    number = begun(somchai, now=desk.tick()).number
    for _ in range(MAX_PRODUCTS):
        work.add_product(somchai, number, now=desk.tick())
    with pytest.raises(InputError, match="too_many_products"):
        work.add_product(somchai, number, now=desk.tick())


def test_an_application_that_came_without_sections_is_written_on_from_its_products(
    desk: Desk, rules: RuleSet
) -> None:
    somchai = desk.cast.somchai
    number = desk.draft(True, True).number
    written = work.read(somchai, number)
    assert [product.position for product in written.products] == [1, 2]
    assert find_missing(written) == ()
    keep(somchai, number, FACTORY_PLACE, {**FACTORY, "site_en": "New"}, rules=rules, now=desk.tick())
    again = work.read(somchai, number)
    assert again.factory.content["site_en"] == "New"
    assert again.products[1].described.content["name_th"] == "สายไฟฟ้าแรงต่ำ แบบที่ 2"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_sheet_that_came_from_elsewhere_keeps_every_line(desk: Desk) -> None:
    document = sheet_document()
    document["lines"] = [dict(document["lines"][0], amount="1.00") for _ in range(1_500)]
    draft = Draft([parse_cost_sheet(document)], site_th="โรงงาน")
    number = create_draft(desk.cast.somchai, draft, now=desk.tick()).number
    assert len(work.read(desk.cast.somchai, number).products[0].sheet.content["lines"]) == 1_500


def test_submitted_returned_corrected_and_submitted_again(desk: Desk, rules: RuleSet) -> None:
    somchai, malee = desk.cast.somchai, desk.cast.malee
    number = begun(somchai, now=desk.tick()).number
    product = write_good(somchai, number, rules=rules, now=desk.tick())
    written = work.read(somchai, number)
    signature = Signature(written.seen(), accepted=True)
    standing = submit(somchai, number, signature, authority=desk.authority, now=desk.tick())
    assert standing.state == "submitted"
    with pytest.raises(ConflictError, match="application_not_open"):
        submit(somchai, number, signature, authority=desk.authority, now=desk.tick())
    with pytest.raises(ConflictError, match="application_not_open"):
        keep(somchai, number, FACTORY_PLACE, FACTORY, rules=rules, now=desk.tick())
    seen = desk.seen(malee, standing)
    return_with_reasons(malee, standing.application_id, seen=seen, reasons="แก้ราคา", now=desk.tick())
    changed = {**SHEET, "price_ex_works": "12600"}
    keep(somchai, number, Place("sheet", product), changed, rules=rules, now=desk.tick())
    written = work.read(somchai, number)
    again = submit(
        somchai, number, Signature(written.seen(), accepted=True), authority=desk.authority, now=desk.tick()
    )
    assert again.state == "submitted"
    assert again.content_digest != standing.content_digest
    assert Seen(again.version).version > standing.version


def test_nothing_is_submitted_that_is_incomplete_undeclared_or_changed_meanwhile(
    desk: Desk, rules: RuleSet
) -> None:
    somchai = desk.cast.somchai
    number = begun(somchai, now=desk.tick()).number
    empty = work.read(somchai, number)

    def attempt(seen: str, *, accepted: bool = True) -> None:
        submit(somchai, number, Signature(seen, accepted), authority=desk.authority, now=desk.tick())

    with pytest.raises(InputError, match="application_incomplete"):
        attempt(empty.seen())
    write_good(somchai, number, rules=rules, now=desk.tick())
    with pytest.raises(InputError, match="declaration_missing"):
        attempt(work.read(somchai, number).seen(), accepted=False)
    with pytest.raises(StaleVersionError, match="section_stale"):
        attempt(empty.seen())
    assert work.read(somchai, number).state == "draft"
