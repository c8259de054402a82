"""The manufacturer's way through the pages, from the first line to the certificate."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image

from mit import worker
from mit.issuance import draft_sections, evidence
from mit.issuance.approve import approve
from mit.issuance.ask import Question, ask
from mit.issuance.look import look_at
from mit.issuance.review import recommend, return_with_reasons
from mit.issuance.wish import Opinion, Seen, keep_all
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from tests.support.databases import KINDS, Databases
from tests.support.desk import Desk, open_desk, sheet_document
from tests.support.hostile.forms import forms_of
from tests.support.pdfs import plain_pdf
from tests.support.people import invite
from tests.support.signed_in import Browser, open_door, signed_in
from tests.support.workbooks import write_workbook
from tests.support.written import FACTORY, PRODUCT, SHEET
from tests.web.html import read_page


def png() -> bytes:
    """Return a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, format="PNG")
    return stream.getvalue()


PNG = png()
#: What a database, or the way to it, may not take.
HOSTILE = {
    "half a letter": "\ud800\udfff",
    "long": "ก" * 10_000,
    "signs": "\x00\x07\u202e\u2066",
}


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The whole way is walked on both databases."""
    return databases.clean(request.param)


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: datetime) -> Desk:
    open_door(app, clock)
    return open_desk(app, now)


@pytest.fixture
def somchai(desk: Desk) -> Browser:
    return signed_in(desk.app, desk.cast.somchai)


def begin(browser: Browser) -> str:
    """Begin an application; return its address."""
    answer = browser.post("/applications")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def form_of(content: dict[str, Any], version: int, **more: str) -> dict[str, str]:
    """Return a section as a browser sends it."""
    sent = {name: text for name, text in content.items() if isinstance(text, str)}
    for table in ("lines", "ranges"):
        for at, row in enumerate(content.get(table, []), start=1):
            sent |= {f"{table}[{at}].{name}": text for name, text in row.items()}
    return {"version": str(version), **sent, **more}


def write_all(browser: Browser, address: str) -> str:
    """Fill in everything through the pages; return the address of the product."""
    assert browser.post(f"{address}/factory", data=form_of(FACTORY, 0)).status_code == 303
    product = str(browser.post(f"{address}/products").headers["Location"])
    answer = browser.post(product, data=form_of(PRODUCT, 1))
    assert (answer.status_code, answer.headers.get("Location")) == (303, f"{product}/sheet?notice=saved"), (
        text(answer)
    )
    answer = browser.post(f"{product}/sheet", data=form_of(SHEET, 1, act="weigh"))
    assert answer.status_code == 303, text(answer)
    return product


def text(answer: Any) -> str:
    """Return what a page says, its markup taken off."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def submit(browser: Browser, address: str) -> Any:
    page = browser.get(f"{address}/declaration")
    assert page.status_code == 200, page.headers
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
    assert seen
    return browser.post(f"{address}/declaration", data={"seen": seen[1], "accepted": "yes"})


def pages_of(address: str, product: str) -> list[str]:
    """Return every page of an application."""
    inner = (
        "",
        "/company",
        "/factory",
        "/products",
        "/evidence",
        "/check",
        "/declaration",
        "/questions",
        "/withdraw",
    )
    return ["/applications", *(address + path for path in inner), product, f"{product}/sheet"]


def test_the_whole_way_from_a_draft_to_the_certificate(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    number = address.rpartition("/")[2]
    assert somchai.get(f"{address}/declaration").headers["Location"] == f"{address}/check"
    assert "ยังขาดสิ่งต่อไปนี้" in somchai.get(f"{address}/check").text
    product = write_all(somchai, address)
    sent = {"kind": "origin", "product": "1", "file": (io.BytesIO(PNG), "ใบกำกับ.png")}
    assert somchai.post(f"{address}/evidence", data=sent).status_code == 303
    for page in pages_of(address, product):
        for language in ("th", "en"):
            assert somchai.get(f"{page}?lang={language}").status_code == 200, page
    answer = submit(somchai, address)
    assert answer.headers["Location"] == f"{address}/receipt"
    assert number in somchai.get(f"{address}/receipt").text
    assert submit_again_shows_the_receipt(somchai, address)

    application_id = draft_sections.read(desk.cast.somchai, number).application_id
    seen = look(desk, application_id)
    return_with_reasons(desk.cast.malee, application_id, seen=seen, reasons="แก้ราคา", now=desk.tick())
    assert "แก้ราคา" in somchai.get(address).text
    changed = form_of({**SHEET, "price_ex_works": "12600"}, 2)
    assert somchai.post(f"{product}/sheet", data=changed).status_code == 303
    assert submit(somchai, address).status_code == 303

    certificate = decide(desk, application_id)
    shown = somchai.get(address)
    for path in (f"/c/{certificate}.jwt", f"/c/{certificate}.pdf"):
        assert path in shown.text
        assert somchai.get(path).status_code == 200
    for ending, beginning in (("svg", b"<svg"), ("png", b"\x89PNG")):
        found = somchai.get(f"/applications/certificate/{certificate}/qr.{ending}")
        assert found.data.startswith(beginning)
        assert "sandbox" in found.headers["Content-Security-Policy"]
    for language in ("th", "en"):
        for page_path in (address, f"{address}/check", f"{address}/receipt", f"{address}/evidence"):
            assert somchai.get(f"{page_path}?lang={language}").status_code == 200


def submit_again_shows_the_receipt(browser: Browser, address: str) -> bool:
    answer = browser.post(f"{address}/declaration", data={"seen": "0" * 64, "accepted": "yes"})
    return bool(answer.headers.get("Location") == f"{address}/receipt")


def look(desk: Desk, application_id: UUID) -> Seen:
    """Return what stands on the officer's screen."""
    return look_at(desk.cast.malee, application_id).seen


def decide(desk: Desk, application_id: UUID) -> str:
    """Recommend and approve; return the certificate's number once it is printed."""
    malee, anan = desk.cast.malee, desk.cast.anan
    opinion = Opinion(look_at(malee, application_id).seen, keep_all(1))
    recommend(malee, application_id, opinion=opinion, now=desk.tick())
    opinion = Opinion(look_at(anan, application_id).seen, keep_all(1))
    approve(anan, application_id, opinion=opinion, now=desk.tick(), authority=desk.authority)
    worker.run_once(desk.app, now=desk.tick())
    return look_at(malee, application_id).certificate_number


def test_a_foreign_application_is_as_if_it_did_not_exist(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    product = write_all(somchai, address)
    krit = signed_in(desk.app, desk.cast.krit)
    for page in pages_of(address, product)[1:]:
        assert krit.get(page).status_code == 404, page
    for page in (f"{address}/factory", product, f"{product}/sheet", f"{address}/copy", f"{address}/evidence"):
        assert krit.post(page, data={"version": "0"}).status_code == 404, page
    malee = signed_in(desk.app, desk.cast.malee)
    assert malee.get(address).status_code == 403


def test_enter_in_a_field_saves_and_takes_no_line_out(somchai: Browser) -> None:
    product = write_all(somchai, begin(somchai))
    for page in (product, f"{product}/sheet"):
        shown = forms_of(read_page(somchai.get(page).text), page)
        form = next(one for one in shown if one.control("act"))
        pressed = form.control(form.pressed)
        assert pressed is not None
        assert pressed.value in {"next", "weigh"}


@pytest.mark.parametrize("number", ["x", "a%00b", "%ff"])
def test_a_number_that_no_certificate_has_is_not_found(somchai: Browser, number: str) -> None:
    for ending in ("svg", "png"):
        assert somchai.get(f"/applications/certificate/{number}/qr.{ending}").status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_database_would_take_is_kept_as_it_was_typed(desk: Desk, somchai: Browser, name: str) -> None:
    words = HOSTILE[name]
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    number = address.rpartition("/")[2]
    factory = dict.fromkeys(FACTORY, words)
    described = {
        **dict.fromkeys(PRODUCT, words),
        "ranges": [dict.fromkeys(("property", "unit", "from", "to"), words)],
    }
    line = dict.fromkeys(SHEET["lines"][0], words) | {"supplier": words, "rate_on": words, "evidence": words}
    sheet = {"price_ex_works": words, "profit": words, "process": words, "lines": [line]}
    for page, content, version in (
        (f"{address}/factory", factory, 0),
        (product, described, 1),
        (f"{product}/sheet", sheet, 1),
    ):
        data = {
            key: value.encode("utf-8", "surrogatepass") for key, value in form_of(content, version).items()
        }
        answer = somchai.post(page, data=data)
        assert answer.status_code in {303, 422}, page
    kept = draft_sections.read(desk.cast.somchai, number)
    # Werkzeug leaves the bytes of half a letter as they came, in percent signs.
    expected = "%ED%A0%80%ED%BF%BF" if name == "half a letter" else words
    assert kept.factory.content["site_th"] == expected
    assert kept.products[0].sheet.content["lines"][0]["name"] == expected
    assert kept.products[0].described.content["name_th"] == expected


def test_who_saves_second_sees_both_and_may_decide(desk: Desk, somchai: Browser) -> None:
    suda = signed_in(
        desk.app, invite("Suda Jaidee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    )
    address = begin(somchai)
    assert suda.post(f"{address}/factory", data=form_of({"site_th": "ของสุดา"}, 0)).status_code == 303
    answer = somchai.post(f"{address}/factory", data=form_of({"site_th": "ของสมชาย"}, 0))
    assert answer.status_code == 409
    assert "ของสุดา" in answer.text
    assert "ของสมชาย" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert somchai.post(f"{address}/factory", data=form_of({"site_th": "ของสมชาย"}, 1)).status_code == 303


def test_who_types_while_a_colleague_submits_keeps_the_words_on_the_page(
    desk: Desk, somchai: Browser
) -> None:
    address = begin(somchai)
    write_all(somchai, address)
    assert submit(somchai, address).status_code == 303
    answer = somchai.post(f"{address}/factory", data=form_of({"site_th": "ยังพิมพ์อยู่"}, 1))
    assert answer.status_code == 409
    assert "ยังพิมพ์อยู่" in answer.text
    assert "readonly" in somchai.get(f"{address}/factory").text


def test_what_is_typed_is_saved_meanwhile(somchai: Browser) -> None:
    address = begin(somchai)
    headers = {"X-Autosave": "1"}
    answer = somchai.post(f"{address}/factory", data=form_of({"site_th": ""}, 0), headers=headers)
    assert answer.json == {"fields": {"version": "1"}}
    assert somchai.post(f"{address}/factory", data=form_of({}, 0), headers=headers).status_code == 409


def test_lines_are_added_and_taken_out_without_a_script(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    answer = somchai.post(f"{product}/sheet", data=form_of(SHEET, 1, act="drop:2"))
    assert answer.headers["Location"] == f"{product}/sheet#more"
    kept = draft_sections.read(desk.cast.somchai, address.rpartition("/")[2]).products[0].sheet
    assert [line["name"] for line in kept.content["lines"]] == ["ทองแดง", "ค่าแรง", "ค่าโสหุ้ย"]
    answer = somchai.post(f"{product}/sheet", data=form_of(kept.content, kept.version, act="add"))
    more = somchai.get(answer.headers["Location"].partition("#")[0])
    assert 'name="lines[8].name"' in more.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cost_sheet_of_three_hundred_lines_is_typed(somchai: Browser) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    line = {"kind": "material", "name": "ทองแดง", "amount": "10", "origin": "domestic", "supplier": "ก" * 50}
    many = {**SHEET, "lines": [line] * 300}
    answer = somchai.post(f"{product}/sheet", data=form_of(many, 1, act="weigh"))
    assert answer.status_code == 303
    pages = [somchai.get(f"{product}/sheet?line={line}").text.count('value="ทองแดง"') for line in (1, 300)]
    assert pages == [200, 100]


@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_a_cost_sheet_is_read_from_a_file(desk: Desk, somchai: Browser, kind: str) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    document = sheet_document()
    data = write_workbook(document) if kind == "xlsx" else json.dumps(document).encode()
    sent = {"version": "1", "file": (io.BytesIO(data), f"sheet.{kind}")}
    answer = somchai.post(f"{product}/sheet/file", data=sent)
    assert answer.status_code == 303, text(answer)
    kept = draft_sections.read(desk.cast.somchai, address.rpartition("/")[2]).products[0]
    assert kept.name_th == document["product"]["name_th"]
    assert kept.described.is_done
    assert kept.sheet.is_done
    page = somchai.get(answer.headers["Location"])
    assert "ผ่านเกณฑ์" in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_no_form_can_hold_changes_nothing(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    assert somchai.post(f"{product}/sheet", data=form_of(SHEET, 1)).status_code == 303
    document = sheet_document()
    document["lines"] = [{}] * 10_001
    for data in (json.dumps(document).encode(), b"{}", b"[]", b"", b"PK\x03\x04", b'{"lines": 3}'):
        sent = {"version": "2", "file": (io.BytesIO(data), "sheet.json")}
        assert somchai.post(f"{product}/sheet/file", data=sent).status_code == 422
    kept = draft_sections.read(desk.cast.somchai, address.rpartition("/")[2]).products[0].sheet
    assert (kept.version, len(kept.content["lines"])) == (2, 4)


def test_what_is_wrong_in_a_file_is_shown_at_its_field_with_its_cell(somchai: Browser) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    document = sheet_document()
    document["lines"][1]["amount"] = "12.345"
    sent = {"version": "1", "file": (io.BytesIO(write_workbook(document)), "sheet.xlsx")}
    answer = somchai.post(f"{product}/sheet/file", data=sent)
    assert answer.headers["Location"] == f"{product}/sheet/cells"
    cells = somchai.get(answer.headers["Location"])
    (cell,) = re.findall(r'id="cell-(C[0-9]+)"', cells.text)
    assert f"แบบแสดงต้นทุน!{cell}: จำนวนเงิน 12.345 มีทศนิยมเกินสองตำแหน่ง" in text(cells)
    page = somchai.get(f"{product}/sheet?show=faults")
    assert 'id="lines[2].amount-error"' in page.text
    assert f"(เซลล์ แบบแสดงต้นทุน!{cell})" in text(page)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"PK\x03\x04 no zip", b"%PDF-1.7 no", b"\x89PNG\r\n\x1a\n", b"<svg/>"]
)
def test_a_file_that_is_not_what_it_says_is_refused(desk: Desk, somchai: Browser, data: bytes) -> None:
    address = begin(somchai)
    sent = {"kind": "origin", "file": (io.BytesIO(data), "invoice.pdf")}
    answer = somchai.post(f"{address}/evidence", data=sent)
    assert answer.status_code == 422
    assert evidence.listed(desk.cast.somchai, address.rpartition("/")[2]) == ()


def test_evidence_is_shown_as_what_it_is_replaced_and_kept(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    number = address.rpartition("/")[2]
    for at in (0, 1):
        sent = {
            "kind": "origin",
            "replaces": str(at),
            "file": (io.BytesIO(PNG), "../../etc/p\u202ewd<b>.exe"),
        }
        assert somchai.post(f"{address}/evidence", data=sent).status_code == 303
    first, second = evidence.listed(desk.cast.somchai, number)
    assert (first.is_gone, second.is_gone, second.replaces) == (True, False, 1)
    assert second.file_name == "pwdb.png"
    for at in (1, 2):
        file = somchai.get(f"{address}/evidence/{at}")
        assert (file.status_code, file.data, file.mimetype) == (200, PNG, "image/png")
        assert "sandbox" in file.headers["Content-Security-Policy"]
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert somchai.get(f"{address}/evidence/3").status_code == 404
    assert "นำออก" in somchai.post(f"{address}/evidence/2/remove").text
    assert somchai.post(f"{address}/evidence/2/remove", data={"sure": "yes"}).status_code == 303
    assert all(file.is_gone for file in evidence.listed(desk.cast.somchai, number))
    assert signed_in(desk.app, desk.cast.krit).get(f"{address}/evidence/1").status_code == 404


def test_only_what_was_asked_about_is_open_and_every_question_wants_an_answer(
    desk: Desk, somchai: Browser
) -> None:
    address = begin(somchai)
    number = address.rpartition("/")[2]
    product = write_all(somchai, address)
    assert submit(somchai, address).status_code == 303
    asked = Question(1, "lines[2].amount", "ทำไมแพง")
    ask(desk.cast.malee, number, asked, now=desk.tick())
    application_id = draft_sections.read(desk.cast.somchai, number).application_id
    seen = look(desk, application_id)
    return_with_reasons(desk.cast.malee, application_id, seen=seen, reasons="มีคำถาม", now=desk.tick())
    assert "ทำไมแพง" in somchai.get(f"{address}/questions").text
    changed = json.loads(json.dumps(SHEET))
    changed["price_ex_works"] = "99999"
    changed["lines"][1] |= {"amount": "3000", "name": "เปลี่ยน"}
    changed["lines"] = changed["lines"][:2]
    assert somchai.post(f"{product}/sheet", data=form_of(changed, 2)).status_code == 303
    kept = draft_sections.read(desk.cast.somchai, number).products[0].sheet.content
    assert kept["price_ex_works"] == SHEET["price_ex_works"]
    assert [line["amount"] for line in kept["lines"]] == ["๕,๒๐๐.๐๐", "3000", "1900", "1,200.00"]
    assert kept["lines"][1]["name"] == "ฉนวน"
    assert somchai.post(f"{address}/products").status_code == 409
    assert somchai.get(f"{address}/declaration").headers["Location"] == f"{address}/check"
    assert somchai.post(f"{address}/questions/1", data={"answer": ""}).status_code == 422
    assert somchai.post(f"{address}/questions/1", data={"answer": "ราคาทองแดงขึ้น"}).status_code == 303
    assert submit(somchai, address).headers["Location"] == f"{address}/receipt"


def test_an_earlier_application_is_copied_without_its_evidence(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    write_all(somchai, address)
    made = str(somchai.post(f"{address}/copy").headers["Location"]).partition("?")[0]
    copied = draft_sections.read(desk.cast.somchai, made.rpartition("/")[2])
    assert copied.factory.is_done
    assert copied.products[0].sheet.is_done
    assert submit(somchai, made).status_code == 303


def test_an_application_is_withdrawn_when_one_is_sure(somchai: Browser) -> None:
    address = begin(somchai)
    assert somchai.post(f"{address}/withdraw").status_code == 422
    sent = {"sure": "yes", "version": "1", "reasons": "เปลี่ยนใจ"}
    assert somchai.post(f"{address}/withdraw", data=sent).status_code == 303
    assert "ถอน" in somchai.get(address).text
    assert somchai.post(f"{address}/factory", data=form_of(FACTORY, 0)).status_code == 409


def test_a_product_is_taken_out_when_one_is_sure(somchai: Browser) -> None:
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    assert somchai.post(f"{product}/remove").status_code == 200
    assert somchai.post(f"{product}/remove", data={"sure": "yes"}).status_code == 303
    assert somchai.get(product).status_code == 404


def test_the_empty_sheet_is_read_back_without_a_fault(somchai: Browser) -> None:
    data = somchai.get("/cost-sheet.xlsx").data
    address = begin(somchai)
    product = str(somchai.post(f"{address}/products").headers["Location"])
    answer = somchai.post(
        f"{product}/sheet/file", data={"version": "1", "file": (io.BytesIO(data), "x.xlsx")}
    )
    assert answer.headers["Location"] == f"{product}/sheet/cells"
    named = text(somchai.get(answer.headers["Location"]))
    assert "แบบแสดงต้นทุน Cost sheet!B12: ช่องนี้ว่างอยู่" in named


# --- renewal, documents, receipt


def test_a_certificate_is_renewed_in_one_click_and_the_list_says_when(
    desk: Desk, somchai: Browser, clock: FrozenClock
) -> None:
    certificate = desk.issued().certificate_number
    address, renewal = "/applications", f"/applications/certificate/{certificate}/renew"
    assert "ยื่นต่ออายุได้ตั้งแต่ 25 ก.ย. 2570" in text(somchai.get(address))
    assert renewal not in somchai.get(address).text
    refused = somchai.post(renewal)
    assert refused.status_code == 409
    assert f"ใบรับรอง {certificate} ยื่นต่ออายุได้ตั้งแต่ 25 ก.ย. 2570" in text(refused)
    clock.set(datetime(2027, 10, 1, 3, 0, tzinfo=UTC))
    somchai = signed_in(desk.app, desk.cast.somchai)
    assert "เหลืออีก 54 วัน" in text(somchai.get(address))
    assert renewal in somchai.get(address).text
    draft = str(somchai.post(renewal).headers["Location"])
    assert certificate in somchai.get(draft).text
    assert "กำลังต่ออายุในคำขอ" in text(somchai.get(address))
    number = draft_sections.read(desk.cast.somchai, draft.partition("?")[0].rpartition("/")[2]).number
    assert "การต่ออายุต้องส่งเอกสารใหม่" in text(somchai.get(f"/applications/{number}/check"))
    clock.set(datetime(2027, 11, 25, 3, 0, tzinfo=UTC))
    somchai = signed_in(desk.app, desk.cast.somchai)
    assert "คำขอนี้จึงนับเป็นคำขอใหม่" in text(somchai.get(f"/applications/{number}"))


def test_a_lapsed_certificate_is_copied_not_renewed(desk: Desk, clock: FrozenClock) -> None:
    standing = desk.issued()
    clock.set(datetime(2027, 11, 25, 3, 0, tzinfo=UTC))
    somchai = signed_in(desk.app, desk.cast.somchai)
    for page in ("/applications", f"/applications/{standing.number}"):
        shown = somchai.get(page)
        assert "หมดอายุเมื่อ 24 พ.ย. 2570 จึงต่ออายุไม่ได้" in text(shown)
        assert f"/applications/{standing.number}/copy" in shown.text
        assert "/renew" not in shown.text
    refused = somchai.post(f"/applications/certificate/{standing.certificate_number}/renew")
    assert "โปรดคัดลอกคำขอเดิมเป็นคำขอใหม่" in text(refused)


def test_a_document_is_looked_at_page_by_page_and_the_file_only_downloaded(somchai: Browser) -> None:
    address = begin(somchai)
    sent = {"kind": "origin", "product": "0", "file": (io.BytesIO(plain_pdf(3)), "ใบกำกับ.pdf")}
    assert somchai.post(f"{address}/evidence", data=sent).status_code == 303
    assert f"{address}/evidence/1/look" in somchai.get(f"{address}/evidence").text
    shown = somchai.get(f"{address}/evidence/1/look?page=2")
    assert "หน้า 2 จาก 3" in text(shown)
    picture = somchai.get(f"{address}/evidence/1/pages/2.png")
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert somchai.get(f"{address}/evidence/1").headers["Content-Disposition"].startswith("attachment")
    for page in ("x", "-1", "99999999", "٣"):
        assert "หน้า 1 จาก 3" in text(somchai.get(f"{address}/evidence/1/look?page={page}"))
    assert somchai.get(f"{address}/evidence/2/look").status_code == 404
    assert somchai.get(f"{address}/evidence/1/pages/0.png").status_code == 200


def test_the_receipt_is_given_as_a_file_once_there_is_one(desk: Desk, somchai: Browser) -> None:
    address = begin(somchai)
    assert somchai.get(f"{address}/receipt.pdf").headers["Location"] == address
    submitted = f"/applications/{desk.submitted().number}"
    given = somchai.get(f"{submitted}/receipt.pdf")
    assert given.mimetype == "application/pdf"
    assert given.data.startswith(b"%PDF-")
    for page in (submitted, f"{submitted}/receipt"):
        assert f"{submitted}/receipt.pdf" in somchai.get(page).text


def test_the_page_of_the_mark_shows_terms_previews_and_files(desk: Desk) -> None:
    number = desk.issued().certificate_number
    browser = signed_in(desk.app, desk.cast.somchai)
    page = browser.get(f"/applications/certificate/{number}/mark?lang=en")
    assert page.status_code == 200
    assert "not verified" in page.text
    for kind in ("full", "small"):
        assert f'src="/applications/certificate/{number}/mark/{kind}.svg"' in page.text
    file = browser.get(f"/applications/certificate/{number}/mark/full.pdf")
    assert (file.mimetype, file.headers["Content-Disposition"]) == (
        "application/pdf",
        f'attachment; filename="{number}-full.pdf"',
    )
    assert browser.get(f"/applications/certificate/{number}/mark/full.exe").status_code == 404
