"""Workbooks as a company has them: with its own words, with wrong cells; and how they are sent."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

from tests.support.signed_in import Browser
from tests.support.workbooks import Book, ErrorValue, Formula, Number, Value

#: A company's own headings and what they mean; the last is not read.
OWN_HEADINGS = {
    "กลุ่ม": "kind",
    "Part description": "name",
    "Line total": "amount",
    "Made where": "origin",
    "Bin": "-",
}
_FIELDS: list[list[Value]] = [
    ["ชื่อสินค้า", "พัดลม"],
    ["ชื่อสินค้าภาษาอังกฤษ", "Fan"],
    ["พิกัดศุลกากร", "8414.51"],
    ["หน่วย", "เครื่อง"],
    ["ราคาหน้าโรงงาน", Number("900")],
]
_LINES: list[list[Value]] = [
    ["วัตถุดิบ", "มอเตอร์", Number("300"), "นำเข้า", "A-1"],
    ["วัตถุดิบ", "ใบพัด", Number("200"), "ในประเทศ", "A-2"],
    ["แรงงาน", "ประกอบ", Number("150"), None, None],
]


def own_book(*fields: list[Value]) -> Book:
    """Return a good cost sheet under the company's own headings; *fields* stand above the others."""
    return Book([*fields, *deepcopy(_FIELDS), [], list(OWN_HEADINGS), *deepcopy(_LINES)], name="BOM")


def wrong_book() -> Book:
    """Return a cost sheet whose last line has a wrong kind, amount and origin, and a text like a formula."""
    lines: list[list[Value]] = [*deepcopy(_LINES), ["ทอง", "=cmd|' /C calc'!A1", "๑๒.๓๔๕", "ดาวอังคาร", None]]
    heading: list[Value] = ["ชนิด", "รายการ", "จำนวนเงิน", "แหล่งกำเนิด", "ผู้ขาย"]
    return Book([*deepcopy(_FIELDS), [], heading, *lines], name="ต้นทุน 2569")


def broken_book() -> Book:
    """Return a cost sheet with an error and a formula that was never reckoned."""
    book = wrong_book()
    book.rows[7][2], book.rows[8][2] = ErrorValue("#REF!"), Formula("A1*2")
    return book


def send(somchai: Browser, product: str, book: Book | bytes, *, version: int = 1) -> Any:
    """Send a workbook for the product at an address; return the answer."""
    data = book.to_bytes() if isinstance(book, Book) else book
    sent = {"version": str(version), "file": (io.BytesIO(data), "book.xlsx")}
    return somchai.post(f"{product}/sheet/file", data=sent)
