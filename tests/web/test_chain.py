"""Suppliers' certificates on the pages: the sentence at the line, who leans, and certified makers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from tests.support.chained import certify, leaning_document, wire_by
from tests.support.desk import Desk, open_desk
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.signed_in import Browser, browser, open_door, signed_in
from tests.support.written import SHEET
from tests.web.test_applications import begin, form_of, write_all

COPPER = {"name": "ลวดทองแดง CW-250", "hs_code": "7408.11.10"}


@pytest.fixture
def database_url(databases: Any) -> str:
    """What the register answers is tried on both kinds by the verbs' own tests."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: Any) -> Desk:
    return open_desk(open_door(app, clock), now)


@pytest.fixture
def wire(desk: Desk, clock: FrozenClock) -> str:
    """The number of Krungthep Wire's certificate for copper wire."""
    number = wire_by(desk, desk.cast.krit)
    clock.set(desk.now)
    return number


def sheet_naming(certificate: str, **line: str) -> dict[str, Any]:
    sheet = deepcopy(SHEET)
    sheet["lines"][0] |= COPPER | {"supplier_certificate": certificate} | line
    return sheet


def product_of(somchai: Browser) -> str:
    return write_all(somchai, begin(somchai))


def saved(somchai: Browser, product: str, sheet: dict[str, Any], version: int = 2) -> Any:
    return somchai.post(f"{product}/sheet", data=form_of(sheet, version, act="weigh"))


SAID = [
    ("{wire}", {}, "มีผลอยู่และครอบคลุมวัตถุดิบรายการนี้", "is in force and covers this material"),
    ("{wire}", {"hs_code": "39011000"}, "ไม่มีสินค้าในพิกัดของวัตถุดิบรายการนี้", "covers nothing under the HS heading"),
    ("{wire}", {"name": "ตัวนำ"}, "เจ้าหน้าที่จะตรวจดู", "an officer will look"),
    ("MIT-2569-9999999-0", {}, "ในทะเบียน โปรดตรวจเลขที่กับผู้ขาย", "is not in the register"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "line", "th", "en"), SAID, ids=["good", "heading", "unclear", "unknown"])
def test_the_sentence_stands_at_the_line_and_beside_the_figures_in_both_languages(
    desk: Desk, wire: str, typed: str, line: dict[str, str], th: str, en: str
) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    product = product_of(somchai)
    saved(somchai, product, sheet_naming(typed.format(wire=wire), **line))
    for lang, words in (("th", th), ("en", en)):
        page = somchai.get(f"{product}/sheet?lang={lang}").text
        assert page.count(words) == 2, "at the line and in the list"
    live = somchai.post(
        f"{product}/sheet/assessment", data=form_of(sheet_naming(typed.format(wire=wire), **line), 3)
    )
    assert en in live.text or th in live.text, "as it is typed, before it is saved"


def test_what_ended_is_said_where_it_was_good_before(desk: Desk, wire: str, clock: FrozenClock) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    product = product_of(somchai)
    saved(somchai, product, sheet_naming(wire))
    changed(desk, wire, CertificateAction.REVOKE)
    assert "was revoked and proves no origin" in somchai.get(f"{product}/sheet?lang=en").text


def test_a_circle_is_refused_on_the_page_with_its_line(desk: Desk, clock: FrozenClock) -> None:
    own = wire_by(desk, desk.cast.somchai)
    clock.set(desk.now)
    somchai = signed_in(desk.app, desk.cast.somchai)
    product = product_of(somchai)
    saved(somchai, product, sheet_naming(own))
    assert (
        "One’s own certificate proves the origin of no material"
        in somchai.get(f"{product}/sheet?lang=en").text
    )


def test_a_hostile_number_is_shown_as_text(desk: Desk, wire: str) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    product = product_of(somchai)
    for hostile in ("<script>alert(1)</script>", "{number}", "' OR 1=1 --", "\u202egnp"):
        saved(somchai, product, sheet_naming(hostile), 2)
        page = somchai.get(f"{product}/sheet")
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.text


def test_the_officers_page_lists_what_leans_and_the_public_page_does_not(
    desk: Desk, wire: str, clock: FrozenClock
) -> None:
    number = certify(desk, desk.cast.somchai, leaning_document(wire))
    clock.set(desk.now)
    malee = signed_in(desk.app, desk.cast.malee)
    for lang, words in (("th", "สินค้าที่อาศัยใบรับรองนี้"), ("en", "Products that lean on this certificate")):
        page = malee.get(f"/staff/certificates/{wire}?lang={lang}").text
        assert words in page
        assert f'href="/staff/certificates/{number}"' in page
    assert "Products that lean" not in malee.get(f"/staff/certificates/{number}?lang=en").text
    for visitor in (browser(desk.app), signed_in(desk.app, desk.cast.krit)):
        assert number not in visitor.get(f"/c/{wire}?lang=en").text


# --- certified makers


CALCULATION = {
    "price_ex_works": "100",
    "hs_code": "85444932",
    "lines[1].kind": "material",
    "lines[1].name": "ลวดทองแดงนำเข้า",
    "lines[1].amount": "70",
    "lines[1].origin": "imported",
    "lines[1].hs_code": "7408.11",
}


@pytest.mark.parametrize("path", ["/calculator", "/calculator/answer"])
@pytest.mark.parametrize(
    ("change", "is_named"),
    [
        ({}, True),
        ({"hs_code": ""}, True),
        ({"lines[1].name": "copper wire"}, True),
        ({"lines[1].name": "อะลูมิเนียม"}, False),
        ({"lines[1].hs_code": "3901.10"}, False),
        ({"lines[1].hs_code": ""}, False),
        ({"lines[1].origin": "unproven"}, False),
        ({"lines[1].origin": "domestic"}, False),
    ],
)
def test_anyone_is_told_who_is_certified_for_what_is_imported(
    desk: Desk, wire: str, path: str, change: dict[str, str], *, is_named: bool
) -> None:
    page = browser(desk.app).post(path, data=CALCULATION | change).text
    assert (f'href="/c/{wire}"' in page) is is_named
    assert ("บริษัท กรุงเทพไวร์ จำกัด" in page) is is_named


@pytest.mark.parametrize("action", [CertificateAction.SUSPEND, CertificateAction.REVOKE])
def test_nobody_whose_certificate_does_not_hold_is_named(
    desk: Desk, clock: FrozenClock, action: CertificateAction
) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    clock.set(desk.now)
    assert wire in browser(desk.app).post("/calculator", data=CALCULATION).text
    changed(desk, wire, action)
    assert wire not in browser(desk.app).post("/calculator", data=CALCULATION).text


def test_ones_own_products_are_no_news_and_the_sheet_names_the_others(desk: Desk, wire: str) -> None:
    somchai, krit = (signed_in(desk.app, one) for one in (desk.cast.somchai, desk.cast.krit))
    for visitor, is_named in ((somchai, True), (krit, False)):
        product = write_all(visitor, begin(visitor))
        sheet = deepcopy(SHEET)
        sheet["lines"][1] |= {"name": "ลวดทองแดง", "hs_code": "74081110", "origin": "imported"}
        saved(visitor, product, sheet)
        page = visitor.get(f"{product}/sheet?lang=en").text
        assert ("Certified makers in Thailand" in page) is is_named
        assert ("Krungthep Wire" in page) is is_named


@pytest.mark.parametrize(
    ("lang", "words"),
    [("th", "วัตถุดิบที่ยังไม่มีหลักฐานแหล่งกำเนิดแต่มีใบรับรอง MiT ของผู้ขาย"), ("en", "no rule on this was found")],
)
def test_the_administrator_sees_what_is_assumed_beside_what_is_stated(
    desk: Desk, lang: str, words: str
) -> None:
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    page = signed_in(desk.app, administrator).get(f"/admin/rule-sets/mit-2563-1?lang={lang}")
    assert page.status_code == 200
    assert words in page.text
