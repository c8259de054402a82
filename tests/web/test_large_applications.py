"""However many products there are, a page and an act ask the database as often; on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.issuance import draft_sections
from mit.issuance.look import look_at
from mit.issuance.reckon import forget_reckoned, reckon
from mit.issuance.remarks import forget_noticed
from mit.issuance.study import study
from mit.store.db import db, readers
from mit.values.clock import FrozenClock
from tests.support.databases import KINDS
from tests.support.desk import Desk, open_desk
from tests.support.signed_in import Browser, open_door, signed_in
from tests.support.written import SHEET, write_many

pytestmark = pytest.mark.parametrize("database_url", KINDS, indirect=True)


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: datetime) -> Desk:
    return open_desk(open_door(app, clock), now)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Count what is asked of the database, reading and writing."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    engines = (db.engine, readers().plain)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def form(version: int, **more: str) -> dict[str, str]:
    """Return the cost sheet as a browser sends it."""
    sent = {name: text for name, text in SHEET.items() if isinstance(text, str)}
    for at, row in enumerate(SHEET["lines"], start=1):
        sent |= {f"lines[{at}].{name}": text for name, text in row.items()}
    return {"version": str(version)} | sent | more


def walk(desk: Desk, products: int) -> dict[str, int]:
    """Take an application of so many products from the task list to the approval; return what was asked."""
    somchai, malee, anan = (
        signed_in(desk.app, one) for one in (desk.cast.somchai, desk.cast.malee, desk.cast.anan)
    )
    counted: dict[str, int] = {}

    def ask(name: str, browser: Browser, address: str, status: int = 200, **sent: Any) -> None:
        with counting() as asked:
            answer = browser.post(address, **sent) if sent else browser.get(address)
        assert answer.status_code == status, (name, answer.text[:2000])
        counted[name] = len(asked)

    number = write_many(desk.cast.somchai, products, now=desk.now)
    own, sheet = f"/applications/{number}", f"/applications/{number}/products/1/sheet"
    for part in ("", "/products", "/products/1", "/products/1/sheet", "/evidence", "/check", "/declaration"):
        ask(f"applicant{part}", somchai, own + part)
    ask("save", somchai, sheet, 303, data=form(1, act="weigh"))
    ask("autosave", somchai, sheet, data=form(2), headers={"X-Autosave": "1"})
    ask("add", somchai, f"{own}/products", 303, data={"x": "1"})
    ask("remove", somchai, f"{own}/products/{products + 1}/remove", 303, data={"sure": "yes"})
    seen = draft_sections.read(desk.cast.somchai, number).seen()
    ask("submit", somchai, f"{own}/declaration", 303, data={"seen": seen, "accepted": "yes"})
    ask("status", somchai, own)
    case = f"/staff/applications/{number}"
    chosen = {f"choice_{at}": "keep" for at in range(1, products + 1)}
    for part in ("", "/preview", "/recommend", "/return", "/refuse"):
        ask(f"case{part}", malee, case + part)
    application_id = draft_sections.read(desk.cast.somchai, number).application_id
    for act, browser, actor in (("recommend", malee, desk.cast.malee), ("approve", anan, desk.cast.anan)):
        ask(f"before {act}", browser, f"{case}/{act}")
        now = look_at(actor, application_id).seen
        sent = chosen | {"version": str(now.version), "content_digest": now.content_digest}
        ask(f"act {act}", browser, f"{case}/{act}", 303, data=sent)
    ask("copy", somchai, f"{own}/copy", 303, data={"x": "1"})
    return counted


def test_the_database_is_asked_as_often_for_one_product_as_for_fifty(desk: Desk) -> None:
    one, ten, fifty = (walk(desk, products) for products in (1, 10, 50))
    assert one == ten == fifty
    assert max(one.values()) < 90


def test_what_a_page_shows_is_what_a_fresh_assessment_says(desk: Desk) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    number = write_many(desk.cast.somchai, 3, now=desk.now)
    seen = draft_sections.read(desk.cast.somchai, number).seen()
    sent = {"seen": seen, "accepted": "yes"}
    assert somchai.post(f"/applications/{number}/declaration", data=sent).status_code == 303
    rules = desk.authority.rulebook.in_force(desk.now.date())
    found = study(desk.cast.malee, number, now=desk.now)
    forget_reckoned()
    for product in found.view.products:
        assert reckon(product.cost_sheet_text, rules).document == product.assessment_text
        fresh = assess(rules, parse_cost_sheet(json.loads(product.cost_sheet_text)))
        assert product.assessment == json.loads(json.dumps(fresh.to_document()))
        assert product.meets is fresh.meets
    again = study(desk.cast.malee, number, now=desk.now)
    forget_noticed()
    anew = study(desk.cast.malee, number, now=desk.now)
    assert found.products == again.products == anew.products


@pytest.mark.parametrize(("lines", "may_be_whole"), [(650, True), (2_100, False)])
def test_an_officer_reads_a_long_sheet_by_pages(desk: Desk, lines: int, may_be_whole: bool) -> None:
    somchai, malee = (signed_in(desk.app, one) for one in (desk.cast.somchai, desk.cast.malee))
    number = write_many(desk.cast.somchai, 1, now=desk.now)
    many = [
        {"kind": "material", "name": f"รายการ-{at}", "amount": "1", "origin": "domestic"}
        for at in range(1, lines + 1)
    ]
    sheet = form(1) | {
        f"lines[{at}].{name}": text for at, row in enumerate(many, 1) for name, text in row.items()
    }
    assert (
        somchai.post(f"/applications/{number}/products/1/sheet", data=sheet | {"act": "leave"}).status_code
        == 303
    )
    seen = draft_sections.read(desk.cast.somchai, number).seen()
    sent = {"seen": seen, "accepted": "yes"}
    assert somchai.post(f"/applications/{number}/declaration", data=sent).status_code == 303
    case = f"/staff/applications/{number}"
    with counting() as asked:
        first = malee.get(f"{case}?lang=en").text
    assert "Lines 1 to 300 of" in first and "รายการ-300<" in first and "รายการ-301<" not in first
    with counting() as asked_for_the_last:
        last = malee.get(f"{case}?lang=en&line={lines}").text
    assert f"รายการ-{lines}<" in last and "รายการ-1<" not in last
    assert len(asked) == len(asked_for_the_last)
    assert ("Show every line" in first) is may_be_whole
    whole = malee.get(f"{case}?lang=en&all=1").text
    assert (f"รายการ-{lines}<" in whole and "รายการ-1<" in whole) is may_be_whole


def test_what_was_not_read_is_never_taken_for_empty(desk: Desk) -> None:
    number = write_many(desk.cast.somchai, 2, now=desk.now)
    written = draft_sections.read(desk.cast.somchai, number, sheets=(2,))
    assert written.product(2).sheet.content["process"] == "ตัด\nรีดครั้งที่ 2"
    with pytest.raises(LookupError):
        _ = written.product(1).sheet.content
    assert written.seen() == draft_sections.read(desk.cast.somchai, number).seen()
