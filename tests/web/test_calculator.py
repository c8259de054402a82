"""Anyone's calculation: what comes of it, what is refused, that nothing is kept, the way into a draft."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql

from mit.criteria.rulebook import make_rulebook
from mit.i18n import LANGUAGES
from mit.roles.actor import Role
from mit.store.db import viewing
from mit.values.clock import FrozenClock
from tests.criteria.test_recipe import followed
from tests.support.databases import KINDS
from tests.support.desk import Desk, open_desk
from tests.support.people import invite
from tests.support.sheets import rule_document
from tests.support.signed_in import Browser, browser, open_door, signed_in
from tests.web.html import read_page
from tests.web.test_applications import text

LINES = [
    {"kind": "material", "name": "ทองแดง", "amount": "๓,๒๐๐.๐๐", "origin": "domestic"},
    {"kind": "material", "name": "แกนเหล็ก", "amount": "7,000", "origin": "imported"},
    {"kind": "material", "name": "<b>ฉนวน</b>", "amount": "800", "origin": "unproven"},
    {"kind": "labour", "name": "ค่าแรง", "amount": "900"},
]


def form(*lines: dict[str, str], price: str = "12,500.00", **more: str) -> dict[str, str]:
    sent = {"price_ex_works": price, "profit": "", "hs_code": ""}
    for at, line in enumerate(lines, start=1):
        sent |= {f"lines[{at}].{name}": typed for name, typed in line.items()}
    return sent | more


def announce(app: Flask) -> None:
    """Let the rule set of the recipe be in force already."""
    document = followed() | {"notice": None}
    document["in_force"]["from"] = "2026-11-01"
    authority = app.extensions["mit.authority"]
    book = make_rulebook({"first.json": rule_document(), "next.json": document})
    app.extensions["mit.authority"] = replace(authority, rulebook=book)


@pytest.fixture
def visitor(app: Flask, clock: FrozenClock) -> Browser:
    return browser(open_door(app, clock))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: datetime) -> Desk:
    open_door(app, clock)
    return open_desk(app, now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_reads_three_formulas_in_figures_and_what_is_missing(
    visitor: Browser, language: str
) -> None:
    answer = visitor.post(f"/calculator?lang={language}", data=form(*LINES, hs_code="8504.40"))
    assert answer.status_code == 200, text(answer)
    said = text(answer)
    assert "37.60" in said
    assert "300.00" in said
    assert "4,700.00" in said
    assert "<b>ฉนวน</b>" not in answer.text
    assert answer.text.count('calculator-formula"') == 3
    assert 'value="๓,๒๐๐.๐๐"' in answer.text


def test_the_picture_has_a_name_and_the_table_beside_it_adds_up_to_the_price(visitor: Browser) -> None:
    page = visitor.post("/calculator", data=form(*LINES)).text
    assert re.search(r'role="img" aria-labelledby="picture-title picture-desc"', page)
    widths = [int(one) for one in re.findall(r'y="0" width="([0-9]+)"', page)]
    assert sum(widths) == 1_000
    assert "style=" not in page
    read_page(page)


def test_what_is_wrong_stands_on_top_with_links_and_everything_typed_is_still_there(visitor: Browser) -> None:
    wrong = [LINES[0] | {"amount": "สามพัน"}, LINES[1] | {"origin": ""}]
    answer = visitor.post("/calculator", data=form(*wrong, price="-3", hs_code="85"))
    assert answer.status_code == 422
    for where in ("price_ex_works", "lines[1].amount", "lines[2].origin", "hs_code"):
        assert f'href="#{where}"' in answer.text
        assert f'id="{where}"' in answer.text
    for typed in ("สามพัน", "-3", "7,000"):
        assert f'value="{typed}"' in answer.text


def test_rows_are_added_by_a_button_up_to_two_hundred_and_no_further(visitor: Browser) -> None:
    answer = visitor.post("/calculator", data=form(LINES[0] | {"origin": ""}, act="add"))
    assert answer.status_code == 200
    assert 'id="lines[6].kind"' in answer.text
    many = [LINES[3]] * 200
    assert visitor.post("/calculator", data=form(*many, price="999999")).status_code == 200
    refused = visitor.post("/calculator", data=form(*many, LINES[3], price="999999"))
    assert refused.status_code == 422
    thousands = visitor.post("/calculator", data=form(*[LINES[3]] * 2_000))
    assert thousands.status_code == 422
    assert 'id="lines[202].kind"' not in thousands.text
    long = visitor.post("/calculator", data=form(LINES[0] | {"name": "ก" * 200_000}))
    assert long.status_code == 413


def test_without_the_products_code_the_tariff_shift_stays_open_whatever_the_lines_say(
    visitor: Browser,
) -> None:
    lines = [line | {"hs_code": "8504.90"} for line in LINES[:3]]
    for sent, is_open in ((form(*lines), True), (form(*lines, hs_code="8504.40"), False)):
        page = visitor.post("/calculator?lang=en", data=sent)
        assert ("is not given" in text(page)) is is_open


@pytest.mark.parametrize(
    ("language", "own", "general"),
    [
        ("th", "สินค้ากลุ่มสายไฟและลวด (พิกัดที่ขึ้นต้นด้วย 8544) ใช้เกณฑ์เฉพาะ: นับที่ร้อยละ 50", "สินค้าบางพิกัดใช้เกณฑ์เฉพาะ"),
        (
            "en",
            "50 % counts, because copper is made in Thailand by now",
            "For some HS codes other rules count",
        ),
    ],
)
def test_what_counts_for_a_product_alone_is_said_and_that_something_may_where_its_code_is_missing(
    visitor: Browser, app: Flask, language: str, own: str, general: str
) -> None:
    assert general not in text(visitor.post(f"/calculator?lang={language}", data=form(*LINES)))
    announce(app)
    lines = [{"kind": "material", "name": "ทองแดง", "amount": "55", "origin": "imported"}]
    answers = [
        visitor.post(f"/calculator?lang={language}", data=form(*lines, price="100", hs_code=hs_code))
        for hs_code in ("8544.49", "8503.00", "")
    ]
    assert [own in text(one) for one in answers] == [True, False, False]
    assert [general in text(one) for one in answers] == [False, False, True]
    assert ["applicant-answer--meets" in one.text for one in answers] == [False, True, True]


def test_nothing_of_it_is_kept_or_logged(
    visitor: Browser, app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def rows() -> dict[str, int]:
        with app.app_context(), viewing() as session:
            names = [
                row[0] for row in session.execute(sql("SELECT name FROM sqlite_master WHERE type = 'table'"))
            ]
            return {
                name: session.execute(sql(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names
            }

    before = rows()
    with caplog.at_level(logging.DEBUG):
        visitor.post("/calculator", data=form(*LINES, price="12,345.67"))
        visitor.post("/calculator/answer", data=form(*LINES, price="12,345.67"))
    assert rows() == before
    written = caplog.text + "".join(capfd.readouterr())
    assert "/calculator/answer" in written
    assert not [told for told in ("12,345.67", "12345.67", "1234567", "ทองแดง") if told in written]


def test_the_answer_alone_is_the_same_answer_without_the_form(visitor: Browser) -> None:
    alone = visitor.post("/calculator/answer", data=form(*LINES))
    assert alone.status_code == 200
    assert "<form" not in alone.text
    assert "37.60" in alone.text


def test_a_visitor_is_told_to_sign_in_and_that_nothing_is_kept(visitor: Browser) -> None:
    page = visitor.post("/calculator?lang=en", data=form(*LINES)).text
    assert 'href="/sign-in?next=/calculator" target="_blank"' in page
    assert "/calculator/application" not in page
    assert visitor.post("/calculator/application", data=form(*LINES)).status_code in {303, 403}


@pytest.mark.parametrize("database_url", KINDS, indirect=True)
def test_a_manufacturer_carries_it_into_a_draft_as_it_was_typed(desk: Desk) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    page = somchai.post("/calculator", data=form(*LINES))
    assert 'formaction="/calculator/application"' in page.text
    begun = somchai.post("/calculator/application", data=form(*LINES, hs_code="8544.49"))
    assert begun.status_code == 303
    address = str(begun.headers["Location"])
    assert "ตัวเลขที่คำนวณไว้" in text(somchai.get(address))
    sheet = somchai.get(address.partition("?")[0] + "/products/1/sheet")
    for typed in ("12,500.00", "๓,๒๐๐.๐๐", "7,000", "ค่าแรง"):
        assert f'value="{typed}"' in sheet.text
    product = somchai.get(address.partition("?")[0] + "/products/1")
    assert 'value="8544.49"' in product.text


def test_the_manufacturers_own_page_says_what_it_would_take(desk: Desk) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    begun = str(somchai.post("/calculator/application", data=form(*LINES)).headers["Location"])
    sheet = somchai.get(begun.partition("?")[0] + "/products/1/sheet?lang=en")
    assert "300.00 baht of domestic value is missing" in text(sheet)
    assert "Get proof of domestic origin for line 3" in text(sheet)


def test_who_acts_for_no_manufacturer_carries_nothing(desk: Desk, now: datetime) -> None:
    officer = signed_in(desk.app, invite("Niran Chaiyo", Role.PROCUREMENT_OFFICER, now=now))
    page = officer.post("/calculator", data=form(*LINES))
    assert page.status_code == 200
    assert "/calculator/application" not in page.text
    assert officer.post("/calculator/application", data=form(*LINES)).status_code == 403


def test_the_start_page_leads_there_and_the_page_is_in_both_languages(visitor: Browser) -> None:
    assert 'href="/calculator"' in visitor.get("/").text
    for language in LANGUAGES:
        answer: Any = visitor.get(f"/calculator?lang={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
