"""The workbook's way through the pages: sent, asked about, corrected cell by cell, typed on by pages."""

from __future__ import annotations

import io
import re
from copy import deepcopy
from typing import Any

import openpyxl
import pytest
from flask import Flask

from mit.criteria import headings
from mit.issuance import column_choices, draft_sections
from mit.issuance.column_choices import Answer
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from tests.support.databases import KINDS, Databases
from tests.support.desk import Desk, open_desk
from tests.support.own_books import OWN_HEADINGS, broken_book, own_book, send, wrong_book
from tests.support.people import invite
from tests.support.signed_in import Browser, open_door, signed_in
from tests.support.workbooks import Book, Formula, Number
from tests.support.world import rows
from tests.support.written import SHEET
from tests.web.test_applications import begin, form_of
from tests.web.test_applications import text as loose_text

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    return databases.clean(request.param)


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: Any) -> Desk:
    return open_desk(open_door(app, clock), now)


@pytest.fixture
def somchai(desk: Desk) -> Browser:
    return signed_in(desk.app, desk.cast.somchai)


@pytest.fixture
def product(somchai: Browser) -> str:
    """The address of a product in which nothing is written yet."""
    return str(somchai.post(f"{begin(somchai)}/products").headers["Location"])


def text(page: Any) -> str:
    """Return the words of a page, one space between them."""
    return " ".join(loose_text(page).split())


def kept(desk: Desk, product: str) -> Any:
    number, at = product.split("/")[2], int(product.rpartition("/")[2])
    return draft_sections.read(desk.cast.somchai, number).product(at)


def say_what_is_what(somchai: Browser, product: str, **more: str) -> Any:
    """Answer the question as its page stands, with *more* in its place."""
    page = somchai.get(f"{product}/sheet/columns")
    chosen = re.findall(r'name="((?:column|field)-\d+)".*?</select>', page.text, re.DOTALL)
    sent = {"version": "1"}
    for name in chosen:
        body = page.text.partition(f'name="{name}"')[2].partition("</select>")[0]
        match = re.search(r'value="([^"]*)" selected', body)
        sent[name] = match[1] if match else ""
    row = re.search(r'name="row" value="([^"]*)"', page.text)
    sent["row"] = row[1] if row else ""
    return somchai.post(f"{product}/sheet/columns", data=sent | more)


# --- which column is what


def test_own_headings_are_asked_about_once_and_then_read_at_once(
    desk: Desk, somchai: Browser, product: str
) -> None:
    first = send(somchai, product, own_book(["ผู้จัดทำ", "สมชาย"]))
    assert first.headers["Location"] == f"{product}/sheet/columns"
    assert kept(desk, product).sheet.version == 1, "nothing is taken in before the answer"
    shown = text(somchai.get(f"{product}/sheet/columns"))
    for words in ("กลุ่ม (คอลัมน์ A)", "ตัวอย่างในไฟล์: มอเตอร์ · ใบพัด · ประกอบ", "ผู้จัดทำ (เซลล์ A1)"):
        assert words in shown
    meanings = {f"column-{at}": member for at, member in enumerate(OWN_HEADINGS.values(), 1)}
    answer = say_what_is_what(somchai, product, **meanings, **{"field-1": "-"})
    assert answer.headers["Location"] == f"{product}/sheet?notice=uploaded&show=faults"
    one = kept(desk, product)
    assert [line["amount"] for line in one.sheet.content["lines"]] == ["300", "200", "150"]
    assert (one.name_th, one.sheet.is_done) == ("พัดลม", True)
    assert rows("SELECT * FROM sheet_files") == []
    again = send(somchai, product, own_book(["ผู้จัดทำ", "สมหญิง"]), version=one.sheet.version)
    assert again.headers["Location"] == f"{product}/sheet?notice=uploaded&show=faults"


@SQLITE
def test_what_is_remembered_is_seen_and_taken_back(desk: Desk, somchai: Browser, product: str) -> None:
    answers = [Answer("column", words, member, "") for words, member in OWN_HEADINGS.items()]
    column_choices.remember(desk.cast.somchai, answers, now=desk.tick())
    page = somchai.get("/applications/headings")
    assert "Line total → จำนวนเงิน" in text(page) and "Bin → ไม่อ่าน" in text(page)
    krit = signed_in(desk.app, desk.cast.krit)
    assert "Line total" not in krit.get("/applications/headings").text
    forget = re.findall(r'action="(/applications/headings/[0-9a-f-]+/forget)"', page.text)
    assert len(forget) == 5
    assert krit.post(forget[0]).status_code == 404
    for address in forget:
        answer = somchai.post(address)
        assert answer.headers["Location"] == "/applications/headings?notice=forgotten"
    assert "ยังไม่มีคำที่จำไว้" in text(somchai.get("/applications/headings"))
    assert send(somchai, product, own_book()).headers["Location"] == f"{product}/sheet/columns"
    events = [
        row["event"]
        for row in rows("SELECT event FROM audit_events WHERE event LIKE '%:heading:%' ORDER BY seq")
    ]
    assert events == ["manufacturer:heading:choose", *["manufacturer:heading:forget"] * 5]


@SQLITE
@pytest.mark.parametrize(
    ("given", "where", "words"),
    [
        ({"column-2": ""}, "column-2", "โปรดเลือกว่า “Part description” คืออะไร"),
        ({"column-2": "gold"}, "column-2", "โปรดเลือกคำตอบจากรายการ"),
        ({"column-4": "amount"}, "column-4", "มีคอลัมน์อื่นที่เลือกเป็นอย่างเดียวกับ “Made where” แล้ว"),
        ({"column-3": "-"}, "column-1", "ต้องมีคอลัมน์ชนิด รายการ และจำนวนเงิน"),
        ({"column-1": "-"}, "column-1", "ต้องมีคอลัมน์ชนิด รายการ และจำนวนเงิน"),
    ],
)
def test_an_answer_that_cannot_be_is_said_at_its_place_and_nothing_is_remembered(
    desk: Desk, somchai: Browser, product: str, given: dict[str, str], where: str, words: str
) -> None:
    send(somchai, product, own_book())
    good = {f"column-{at}": member for at, member in enumerate(OWN_HEADINGS.values(), 1)}
    answer = say_what_is_what(somchai, product, **(good | given))
    assert answer.status_code == 422
    assert words in text(answer)
    assert f'href="#{where}"' in answer.text and f'id="{where}-error"' in answer.text
    for name, member in (good | given).items():
        if member and member != "gold":
            body = answer.text.partition(f'name="{name}"')[2].partition("</select>")[0]
            assert f'value="{member}" selected' in body, "what was answered stays answered"
    assert column_choices.list_choices(desk.cast.somchai) == []


@SQLITE
def test_another_row_of_headings_may_be_chosen(somchai: Browser, product: str) -> None:
    send(somchai, product, own_book(["ผู้จัดทำ", "สมชาย"]))
    page = text(somchai.get(f"{product}/sheet/columns?row=1-2"))
    assert "ชื่อสินค้า (คอลัมน์ A)" in page and "กลุ่ม (คอลัมน์ A)" not in page
    for junk in ("9-9", "x", "-", "1-", "๑-๒", "1-99999999999999"):
        assert "กลุ่ม (คอลัมน์ A)" in text(somchai.get(f"{product}/sheet/columns", query_string={"row": junk}))


@SQLITE
def test_saying_what_is_what_of_a_sheet_that_a_colleague_saved_meanwhile_takes_nothing_in(
    desk: Desk, somchai: Browser, product: str
) -> None:
    send(somchai, product, own_book())
    colleague = signed_in(
        desk.app, invite("Dao", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.tick())
    )
    assert colleague.post(f"{product}/sheet", data=form_of(SHEET, 1, act="leave")).status_code == 303
    answer = somchai.get(f"{product}/sheet/columns")
    assert answer.headers["Location"] == f"{product}/sheet", "typing over a file forgets it"
    assert rows("SELECT * FROM sheet_files") == []


# --- wrong cells


@pytest.mark.parametrize("language", ["th", "en"])
def test_wrong_cells_are_named_and_shown_in_place(somchai: Browser, product: str, language: str) -> None:
    answer = send(somchai, product, wrong_book())
    assert answer.headers["Location"] == f"{product}/sheet/cells"
    page = somchai.get(f"{product}/sheet/cells?lang={language}")
    for cell in ("A11", "C11", "D11"):
        assert f'href="#cell-{cell}"' in page.text and f'id="cell-{cell}"' in page.text
    words = {
        "th": (
            "ต้นทุน 2569!A11: ไม่รู้จักชนิดรายการ “ทอง” โปรดใช้: วัตถุดิบ / Material",
            "เซลล์นี้ผิด",
            "มีทศนิยมเกินสองตำแหน่ง",
        ),
        "en": ("ต้นทุน 2569!A11", "วัตถุดิบ / Material, แรงงาน / Labour", "This cell is wrong"),
    }
    for one in words[language]:
        assert one in text(page)
    assert "ใบพัด" not in text(page), "only the heading and the rows beside a wrong one"
    assert "ประกอบ" in text(page)


@SQLITE
def test_figures_with_wrong_cells_stand_in_the_form_and_broken_cells_take_nothing_in(
    desk: Desk, somchai: Browser, product: str
) -> None:
    send(somchai, product, broken_book())
    assert "ยังไม่ได้นำตัวเลขใดเข้าแบบฟอร์ม" in text(somchai.get(f"{product}/sheet/cells"))
    assert kept(desk, product).sheet.version == 1
    send(somchai, product, wrong_book())
    assert "ตัวเลขอยู่ในแบบฟอร์มแล้ว" in text(somchai.get(f"{product}/sheet/cells"))
    one = kept(desk, product).sheet
    assert (one.version, one.fault_count, len(one.content["lines"])) == (2, 3, 4)
    assert "ดูเซลล์ที่ต้องแก้" in text(somchai.get(f"{product}/sheet"))
    right = deepcopy(one.content)
    right["lines"] = right["lines"][:3]
    assert somchai.post(f"{product}/sheet", data=form_of(right, 2, act="weigh")).status_code == 303
    assert somchai.get(f"{product}/sheet/cells").headers["Location"] == f"{product}/sheet"
    assert "ดูเซลล์ที่ต้องแก้" not in text(somchai.get(f"{product}/sheet"))
    assert rows("SELECT * FROM sheet_files") == []


@pytest.mark.parametrize(("language", "word"), [("th", "ไม่รู้จักชนิดรายการ"), ("en", "The kind")])
def test_a_marked_copy_says_in_each_wrong_cell_what_to_do(
    somchai: Browser, product: str, language: str, word: str
) -> None:
    send(somchai, product, wrong_book())
    answer = somchai.get(f"{product}/sheet/cells.xlsx?lang={language}")
    assert answer.headers["Content-Disposition"].endswith('-1-marked.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [headings.MARKED_SHEETS[0], "ต้นทุน 2569"]
    sheet = book["ต้นทุน 2569"]
    noted = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    filled = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type}
    assert noted == filled == {"A11", "C11", "D11"}
    assert word in sheet["A11"].comment.text
    assert (sheet["B11"].value, sheet["B11"].data_type, sheet["B11"].quotePrefix) == (
        "=cmd|' /C calc'!A1",
        "s",
        True,
    )
    assert (sheet["C8"].value, sheet["B5"].value) == (300, 900)
    listed = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [row[0] for row in listed] == ["ต้นทุน 2569!A11", "ต้นทุน 2569!C11", "ต้นทุน 2569!D11"]
    assert [row[1] for row in listed] == ["ทอง", "๑๒.๓๔๕", "ดาวอังคาร"]


@SQLITE
def test_the_marked_copy_that_was_corrected_is_read_like_any_file(
    desk: Desk, somchai: Browser, product: str
) -> None:
    send(somchai, product, wrong_book())
    book = openpyxl.load_workbook(io.BytesIO(somchai.get(f"{product}/sheet/cells.xlsx").data))
    sheet = book["ต้นทุน 2569"]
    sheet["A11"], sheet["C11"], sheet["D11"] = "วัตถุดิบ", 12.34, "ในประเทศ"
    stream = io.BytesIO()
    book.save(stream)
    answer = send(somchai, product, stream.getvalue(), version=2)
    assert answer.headers["Location"] == f"{product}/sheet?notice=uploaded&show=faults"
    one = kept(desk, product).sheet
    assert one.is_done
    assert one.content["lines"][3]["name"] == "=cmd|' /C calc'!A1"
    assert "ข้อสังเกตจากไฟล์" not in text(somchai.get(f"{product}/sheet"))


@SQLITE
def test_what_was_rounded_reckoned_and_a_formula_is_reported_by_cell(somchai: Browser, product: str) -> None:
    book = wrong_book()
    book.rows[7][2] = Number("300.004999999999995")
    book.rows[8][2] = Formula("100*2", 200)
    book.rows[10] = ["แรงงาน", "กลึง", Number("0.1000000000000000055")]
    assert send(somchai, product, book).headers["Location"] == f"{product}/sheet?notice=uploaded&show=faults"
    said = text(somchai.get(f"{product}/sheet"))
    assert "ต้นทุน 2569!C8: ตัวเลข 300.005 ถูกปัดเป็น 300.01" in said
    assert "ต้นทุน 2569!C9: ช่องนี้เป็นสูตร ใช้ผลลัพธ์ที่บันทึกไว้ล่าสุดคือ 200" in said
    assert "C11" not in said, "0.1 is 0.1, whatever a computer stores"


@SQLITE
def test_nobody_else_sees_a_file_that_waits(desk: Desk, somchai: Browser, product: str) -> None:
    send(somchai, product, wrong_book())
    for stranger in (desk.cast.krit, desk.cast.malee, desk.cast.anan):
        browser = signed_in(desk.app, stranger)
        for end in ("cells", "cells.xlsx", "columns"):
            assert browser.get(f"{product}/sheet/{end}").status_code in {403, 404}
        assert browser.get(f"{product}/sheet.xlsx").status_code in {403, 404}
        assert browser.post(f"{product}/sheet/columns").status_code in {403, 404}
    (held,) = rows("SELECT cells FROM sheet_files")
    assert "มอเตอร์".encode() not in bytes(held["cells"]), "packed: no text lies open in the table"


@SQLITE
@pytest.mark.parametrize("end", ["cells", "cells.xlsx", "columns"])
def test_without_a_file_that_waits_one_is_led_to_the_sheet(somchai: Browser, product: str, end: str) -> None:
    assert somchai.get(f"{product}/sheet/{end}").headers["Location"] == f"{product}/sheet"
    assert somchai.get(f"{product}9/sheet/{end}").status_code == 404


@SQLITE
def test_a_file_goes_with_its_product(desk: Desk, somchai: Browser, product: str) -> None:
    send(somchai, product, wrong_book())
    assert somchai.post(f"{product}/remove", data={"sure": "yes"}).status_code == 303
    assert rows("SELECT * FROM sheet_files") == []


@SQLITE
def test_a_file_that_cannot_even_be_asked_about_is_refused(somchai: Browser, product: str) -> None:
    two = Book(wrong_book().rows, name="a", more=[Book(wrong_book().rows, name="b")])
    for book in (Book([["ก"]]), Book([]), two):
        answer = send(somchai, product, book)
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text
    assert rows("SELECT * FROM sheet_files") == []


# --- long sheets, by pages


def long_sheet(lines: int) -> dict[str, Any]:
    one = {"kind": "material", "amount": "1.00", "origin": "domestic"}
    return {
        **SHEET,
        "price_ex_works": "99999",
        "lines": [{**one, "name": f"รายการ {at}"} for at in range(1, lines + 1)],
    }


def page_form(page: Any, version: int, **more: str) -> dict[str, str]:
    """Return the form of a page as a browser sends it."""
    found = dict(
        re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text.partition('id="sheet"')[2])
    )
    for name, body in re.findall(
        r'<select[^>]* name="(lines[^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    found = {name: value for name, value in found.items() if name not in {"csrf_token", "vat_included"}}
    return found | {"version": str(version)} | more


def names_of(desk: Desk, product: str) -> list[str]:
    return [line["name"] for line in kept(desk, product).sheet.content["lines"]]


@SQLITE
def test_a_page_saves_its_own_lines_and_leaves_the_others_as_they_are(
    desk: Desk, somchai: Browser, product: str
) -> None:
    somchai.post(f"{product}/sheet", data=form_of(long_sheet(450), 1, act="leave"))
    page = somchai.get(f"{product}/sheet?line=250")
    assert "รายการที่ 201 ถึง 400 จากทั้งหมด 450 รายการ" in text(page)
    assert 'name="lines[201].name"' in page.text and 'name="lines[400].name"' in page.text
    assert 'name="lines[200].name"' not in page.text and 'name="lines[401].name"' not in page.text
    sent = page_form(page, 2, act="weigh", **{"lines[250].name": "เปลี่ยนแล้ว"})
    answer = somchai.post(f"{product}/sheet", data=sent)
    assert answer.headers["Location"] == f"{product}/sheet?notice=saved&line=201#assessment"
    names = names_of(desk, product)
    assert names == [f"รายการ {at}" if at != 250 else "เปลี่ยนแล้ว" for at in range(1, 451)]


@SQLITE
def test_lines_are_taken_out_and_added_on_the_page_where_they_stand(
    desk: Desk, somchai: Browser, product: str
) -> None:
    somchai.post(f"{product}/sheet", data=form_of(long_sheet(450), 1, act="leave"))
    sent = page_form(somchai.get(f"{product}/sheet?line=201"), 2, act="drop:202")
    answer = somchai.post(f"{product}/sheet", data=sent)
    assert answer.headers["Location"] == f"{product}/sheet?line=201#more"
    assert names_of(desk, product)[200:203] == ["รายการ 201", "รายการ 203", "รายการ 204"]
    answer = somchai.post(f"{product}/sheet", data=page_form(somchai.get(f"{product}/sheet"), 3, act="add"))
    assert answer.headers["Location"] == f"{product}/sheet?line=449&rows=5#more"
    last = somchai.get(answer.headers["Location"].partition("#")[0])
    assert 'name="lines[454].name"' in last.text
    sent = page_form(
        last,
        4,
        act="leave",
        **{"lines[450].kind": "labour", "lines[450].name": "ใหม่", "lines[450].amount": "5"},
    )
    assert somchai.post(f"{product}/sheet", data=sent).status_code == 303
    assert names_of(desk, product)[-2:] == ["รายการ 450", "ใหม่"]
    assert len(names_of(desk, product)) == 450


@SQLITE
def test_saving_while_one_types_never_takes_a_line_of_the_next_page(
    desk: Desk, somchai: Browser, product: str
) -> None:
    """A line that is emptied is left out; the form has to know that its page holds one less now."""
    somchai.post(f"{product}/sheet", data=form_of(long_sheet(450), 1, act="leave"))
    sent = page_form(somchai.get(f"{product}/sheet?line=201"), 2)
    sent |= {name: "" for name in sent if name.startswith("lines[205].")}
    automatic = {"X-Autosave": "1"}
    first = somchai.post(f"{product}/sheet", data=sent, headers=automatic)
    assert first.json == {"fields": {"version": "3", "count": "199"}}
    second = somchai.post(f"{product}/sheet", data=sent | first.json["fields"], headers=automatic)
    assert second.json == {"fields": {"version": "4", "count": "199"}}
    assert names_of(desk, product) == [f"รายการ {at}" for at in range(1, 451) if at != 205]
    assert somchai.post(f"{product}/sheet", data=sent, headers=automatic).status_code == 409


@SQLITE
@pytest.mark.parametrize(
    ("first", "count"), [("0", "9999"), ("99999", "1"), ("x", "x"), ("-5", "-5"), ("201", "")]
)
def test_a_page_that_names_nonsense_loses_no_line_that_it_does_not_name(
    desk: Desk, somchai: Browser, product: str, first: str, count: str
) -> None:
    somchai.post(f"{product}/sheet", data=form_of(long_sheet(3), 1, act="leave"))
    sent = form_of(
        {**long_sheet(0), "lines": [{"kind": "labour", "name": "ใหม่", "amount": "1"}]},
        2,
        first=first,
        count=count,
    )
    somchai.post(f"{product}/sheet", data=sent | {"act": "leave"})
    names = names_of(desk, product)
    assert "ใหม่" in names
    assert len(names) == (1 if count == "9999" else 4)


@SQLITE
def test_a_fault_on_another_page_is_linked_there(somchai: Browser, product: str) -> None:
    wrong = long_sheet(450)
    wrong["lines"][429] |= {"amount": "1.234"}
    wrong["lines"][4] |= {"origin": ""}
    somchai.post(f"{product}/sheet", data=form_of(wrong, 1, act="leave"))
    page = somchai.get(f"{product}/sheet?show=faults")
    assert 'href="#lines[5].origin"' in page.text
    there = f"{product}/sheet?show=faults&amp;line=430#lines[430].amount"
    assert f'href="{there}"' in page.text
    other = somchai.get(f"{product}/sheet?show=faults&line=430")
    assert 'id="lines[430].amount-error"' in other.text
    answer = somchai.post(f"{product}/sheet", data=page_form(other, 2, act="weigh"))
    assert answer.status_code == 422
    assert "รายการที่ 401 ถึง 450" in text(answer)


@SQLITE
def test_many_faults_are_counted_and_not_all_listed(somchai: Browser, product: str) -> None:
    wrong = long_sheet(120)
    for line in wrong["lines"]:
        line["amount"] = "x"
    page = somchai.post(f"{product}/sheet", data=form_of(wrong, 1, act="weigh"))
    assert page.status_code == 422
    summary = page.text.partition("govuk-error-summary")[2].partition("</ul>")[0]
    assert summary.count("<li>") == 51 and "และอีก 70 จุด" in summary


@SQLITE
def test_what_comes_of_a_page_is_reckoned_over_the_whole_sheet(somchai: Browser, product: str) -> None:
    sheet = long_sheet(450) | {"price_ex_works": "1000", "profit": ""}
    somchai.post(f"{product}/sheet", data=form_of(sheet, 1, act="leave"))
    sent = page_form(somchai.get(f"{product}/sheet?line=401"), 2, **{"lines[450].amount": "551.00"})
    answer = somchai.post(f"{product}/sheet/assessment", data=sent)
    assert "1,000.00 ÷ 1,000.00" in text(answer)
    assert "450.00" in text(
        somchai.post(f"{product}/sheet/assessment", data=page_form(somchai.get(f"{product}/sheet"), 2))
    )


@SQLITE
def test_ten_thousand_lines_go_from_the_file_to_the_form_the_check_and_back(
    desk: Desk, somchai: Browser, product: str
) -> None:
    lines = [["วัตถุดิบ", f"รายการ {at}", Number("1"), "ในประเทศ"] for at in range(10_000)]
    book = Book([["ราคาหน้าโรงงาน", Number("20000")], ["ชนิด", "รายการ", "จำนวนเงิน", "แหล่งกำเนิด"], *lines])
    assert send(somchai, product, book).headers["Location"] == f"{product}/sheet?notice=uploaded&show=faults"
    assert kept(desk, product).sheet.is_done
    page = somchai.get(f"{product}/sheet?line=9999")
    assert "รายการที่ 9801 ถึง 10000 จากทั้งหมด 10000 รายการ" in text(page)
    assert len(page.data) < 2_500_000
    check = somchai.get(f"{product.rpartition('/products')[0]}/check")
    assert "10000 รายการ" in text(check) or "10,000" in text(check)
    assert len(check.data) < 100_000
    back = somchai.get(f"{product}/sheet.xlsx")
    assert send(somchai, product, back.data, version=2).headers["Location"].endswith("show=faults")
    assert names_of(desk, product) == [f"รายการ {at}" for at in range(10_000)]


# --- the template


@SQLITE
def test_anyone_gets_the_template_from_the_pages_that_speak_of_it(
    desk: Desk, somchai: Browser, product: str
) -> None:
    visitor = desk.app.test_client()
    answer = visitor.get("/cost-sheet.xlsx")
    assert (
        answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[0] == headings.MAIN_SHEET
    for browser, address in ((visitor, "/"), (visitor, "/calculator"), (somchai, f"{product}/sheet")):
        for language in ("th", "en"):
            assert 'href="/cost-sheet.xlsx"' in browser.get(f"{address}?lang={language}").text


@SQLITE
def test_a_sheet_that_was_typed_is_taken_home_and_sent_again(
    desk: Desk, somchai: Browser, product: str
) -> None:
    somchai.post(
        product, data=form_of({"name_th": "สายไฟ", "name_en": "Cable", "hs_code": "8544.49", "unit": "ม."}, 1)
    )
    somchai.post(f"{product}/sheet", data=form_of(SHEET, 1, act="leave"))
    before = kept(desk, product).sheet
    data = somchai.get(f"{product}/sheet.xlsx").data
    assert send(somchai, product, data, version=before.version).status_code == 303
    after = kept(desk, product).sheet
    assert after.is_done
    assert before.content["lines"][0]["name"] == after.content["lines"][0]["name"]
    assert after.content["lines"][3]["rate_on"] == "2026-11-25"
