"""What is wrong in a workbook, cell by cell, with the rows beside it; the copy says the same in red."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from flask import Flask

from mit.criteria import headings
from mit.errors import NotFoundError, StaleVersionError, UnreadableFileError
from mit.i18n import say
from mit.issuance import draft_sections, sheet_upload
from mit.issuance.draft_sections import Section
from mit.issuance.marked_copy import MOST_NOTES, write_marked_copy
from mit.issuance.sheet_upload import Onward
from mit.issuance.wrong_cells import MOST_ROWS, WrongCells, look_at_cells
from tests.support.desk import Desk, open_desk
from tests.support.own_books import broken_book, own_book, wrong_book
from tests.support.workbooks import Book, Number, Value

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    return open_desk(app, now)


@pytest.fixture
def number(desk: Desk) -> str:
    begun = draft_sections.start(desk.cast.somchai, now=desk.tick()).number
    draft_sections.add_product(desk.cast.somchai, begun, now=desk.tick())
    return begun


def rules(desk: Desk) -> Any:
    return desk.authority.rulebook.in_force(desk.now.date())


def send(desk: Desk, number: str, book: Book, *, version: int | None = None) -> Onward:
    stands = draft_sections.read(desk.cast.somchai, number).product(1).sheet
    seen = Section(stands.place, stands.content, stands.version if version is None else version)
    return sheet_upload.upload_sheet(
        desk.cast.somchai, number, seen, data=book.to_bytes(), rule_set=rules(desk), now=desk.tick()
    )


def look(desk: Desk, number: str) -> WrongCells:
    return look_at_cells(desk.cast.somchai, number, 1, rule_set=rules(desk))


def many_wrong(lines: int) -> Book:
    rows: list[list[Value]] = [["วัตถุดิบ", f"รายการ {at}", Number("1"), "ดาวอังคาร"] for at in range(lines)]
    heading: list[Value] = ["ชนิด", "รายการ", "จำนวนเงิน", "แหล่งกำเนิด"]
    return Book([["ราคาหน้าโรงงาน", Number("99999")], heading, *rows], name="ก")


def test_each_fault_stands_at_its_cell_row_by_row(desk: Desk, number: str) -> None:
    assert send(desk, number, wrong_book()) is Onward.CELLS
    found = look(desk, number)
    assert [(fault.code, fault.where) for fault in found.faults] == [
        ("kind_unknown", "ต้นทุน 2569!A11"),
        ("amount_decimals", "ต้นทุน 2569!C11"),
        ("origin_unknown", "ต้นทุน 2569!D11"),
    ]
    assert found.is_taken
    for fault in found.faults:
        for language in ("th", "en"):
            assert say(f"errors.{fault.code}", language, **fault.params)


def test_the_excerpt_holds_the_heading_the_wrong_rows_and_their_neighbours(desk: Desk, number: str) -> None:
    send(desk, number, wrong_book())
    rows = look(desk, number).excerpt()
    assert [(row.number, row.is_heading, row.is_after_gap) for row in rows] == [
        (7, True, False),
        (10, False, True),
        (11, False, False),
    ]
    assert [[cell.letters for cell in row.cells] for row in rows] == [list("ABCDE")] * 3
    wrong = [cell for row in rows for cell in row.cells if cell.faults]
    assert [(cell.letters, cell.text) for cell in wrong] == [("A", "ทอง"), ("C", "๑๒.๓๔๕"), ("D", "ดาวอังคาร")]


def test_an_error_and_a_formula_never_reckoned_keep_everything_out(desk: Desk, number: str) -> None:
    assert send(desk, number, broken_book()) is Onward.CELLS
    found = look(desk, number)
    assert not found.is_taken
    assert [(fault.code, fault.where.rpartition("!")[2]) for fault in found.faults] == [
        ("cell_error", "C8"),
        ("cell_formula_without_value", "C9"),
    ]
    assert draft_sections.read(desk.cast.somchai, number).product(1).sheet.is_blank


@pytest.mark.parametrize(
    ("row", "at", "code", "cell"),
    [
        (["วัตถุดิบ", "เหล็ก", None, "นำเข้า"], 0, "cell_amount_empty", "C11"),
        (["วัตถุดิบ", None, Number("1"), "นำเข้า"], 0, "cell_empty", "B11"),
        ([None, "เหล็ก", Number("1"), "นำเข้า"], 0, "cell_empty", "A11"),
        (["วัตถุดิบ", "เหล็ก", Number("1")], 0, "origin_missing", "D11"),
        (["วัตถุดิบ", "เหล็ก", Number("-1"), "นำเข้า"], 0, "amount_negative", "C11"),
    ],
)
def test_what_is_missing_is_named_where_it_would_stand(
    desk: Desk, number: str, row: list[Value], at: int, code: str, cell: str
) -> None:
    book = wrong_book()
    book.rows[10] = row
    send(desk, number, book)
    fault = look(desk, number).faults[at]
    assert (fault.code, fault.where) == (code, f"ต้นทุน 2569!{cell}")


def test_a_wrong_field_of_the_product_is_named_at_its_cell_too(desk: Desk, number: str) -> None:
    book = wrong_book()
    book.rows[2][1] = "84"
    send(desk, number, book)
    assert ("hs_code_malformed", "ต้นทุน 2569!B3") in [(f.code, f.where) for f in look(desk, number).faults]


def test_of_very_many_wrong_rows_the_first_are_shown_and_all_are_marked(desk: Desk, number: str) -> None:
    lines = MOST_NOTES + 200
    assert send(desk, number, many_wrong(lines)) is Onward.CELLS
    found = look(desk, number)
    shown = [row for row in found.excerpt() if any(cell.faults for cell in row.cells)]
    assert MOST_ROWS <= len(shown) <= MOST_ROWS + 1, "the row below the last is wrong, too"
    assert (len(found.faults), found.left()) == (lines, lines - len(shown))
    book = openpyxl.load_workbook(io.BytesIO(write_marked_copy(found, "th")))
    marked = [cell for row in book["ก"].iter_rows() for cell in row if cell.fill.fill_type]
    assert len(marked) == lines
    assert len([cell for cell in marked if cell.comment]) == MOST_NOTES
    assert book[headings.MARKED_SHEETS[0]].max_row == lines + 1


def test_what_was_reckoned_or_rounded_is_yellow_and_noted(desk: Desk, number: str) -> None:
    book = wrong_book()
    book.rows[6] = ["ชนิด", "รายการ", "จำนวนเงิน", "แหล่งกำเนิด", "ปริมาณ", "ราคาต่อหน่วย"]
    book.rows[7] = ["วัตถุดิบ", "มอเตอร์", None, "นำเข้า", Number("3"), Number("0.335")]
    book.rows[8] = ["วัตถุดิบ", "ใบพัด", Number("1.005"), "ในประเทศ"]
    send(desk, number, book)
    copy = openpyxl.load_workbook(io.BytesIO(write_marked_copy(look(desk, number), "en")))["ต้นทุน 2569"]
    assert "3 × 0.335" in copy["C8"].comment.text and "1.01" in copy["C9"].comment.text
    assert copy["C8"].fill.fgColor.rgb == copy["C9"].fill.fgColor.rgb != copy["A11"].fill.fgColor.rgb


def test_a_file_for_a_sheet_that_a_colleague_saved_meanwhile_is_not_kept(desk: Desk, number: str) -> None:
    for book in (own_book(), broken_book(), wrong_book()):
        with pytest.raises(StaleVersionError):
            send(desk, number, book, version=7)
    with pytest.raises(NotFoundError, match="sheet_file_not_found"):
        look(desk, number)


def test_cells_whose_headings_are_not_known_are_no_wrong_cells(desk: Desk, number: str) -> None:
    assert send(desk, number, own_book()) is Onward.COLUMNS
    with pytest.raises(UnreadableFileError, match="workbook_no_table"):
        look(desk, number)
    with pytest.raises(NotFoundError):
        look_at_cells(desk.cast.krit, number, 1, rule_set=rules(desk))


def test_the_next_file_takes_the_place_of_the_one_that_waits(desk: Desk, number: str) -> None:
    send(desk, number, broken_book())
    send(desk, number, wrong_book())
    assert look(desk, number).is_taken
    good = wrong_book()
    del good.rows[10]
    assert send(desk, number, good) is Onward.SHEET
    assert not sheet_upload.has_kept(desk.cast.somchai, number, 1)
