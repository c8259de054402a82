"""A cost sheet from a file: the same content, whatever the form; faults named by path or by cell."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document, sheet_sha256
from mit.errors import InputError, UnreadableFileError
from mit.i18n import say
from mit.issuance.read_sheet import read_cost_sheet
from tests.criteria.test_examples import EXAMPLES
from tests.support.sheets import Document, cost, full_sheet, material, rule_set, sheet
from tests.support.workbooks import (
    Book,
    ErrorValue,
    Formula,
    Number,
    package,
    parts,
    sheet_rows,
    write_workbook,
)

PLAIN = sheet("100.00", material("60.00"), cost("labour", "10.00"))
TABLE_TOP = 7  # title, four product fields, price; then an empty row and the headings


def as_json(document: object, **options: Any) -> bytes:
    return json.dumps(document, **options).encode("utf-8")


def faults_of(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_cost_sheet(data, name="sheet.xlsx")
    for fault in caught.value.faults:
        for language in ("th", "en"):
            assert say(f"errors.{fault.code}", language, **fault.params)
    return [(fault.code, fault.where) for fault in caught.value.faults]


@pytest.mark.parametrize("english", [False, True], ids=["thai", "english"])
@pytest.mark.parametrize("numeric", [False, True], ids=["typed", "stored"])
def test_a_workbook_gives_the_same_sheet_as_json(english: bool, numeric: bool) -> None:
    expected = parse_cost_sheet(full_sheet())
    read = read_cost_sheet(write_workbook(full_sheet(), english=english, numeric=numeric), name="x.xlsx")
    assert sheet_document(read.sheet) == sheet_document(expected)
    assert sheet_sha256(read.sheet) == sheet_sha256(expected)
    assert read.notices == ()


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.settings], ids=lambda e: e.name)
def test_an_example_comes_out_the_same_from_a_workbook(example: Any) -> None:
    read = read_cost_sheet(write_workbook(example.sheet, numeric=True), name="x.xlsx")
    direct = parse_cost_sheet(example.sheet)
    assert assess(rule_set(), read.sheet).to_document() == assess(rule_set(), direct).to_document()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_is_read_in_any_layout(indent: int | None, ascii_only: bool) -> None:
    read = read_cost_sheet(as_json(full_sheet(), indent=indent, ensure_ascii=ascii_only), name="x.json")
    assert sheet_document(read.sheet) == sheet_document(parse_cost_sheet(full_sheet()))
    assert (read.notices, read.places) == ((), {})


def test_the_kind_of_file_is_told_by_its_content_not_by_its_name() -> None:
    assert read_cost_sheet(as_json(PLAIN), name="x.xlsx").sheet == parse_cost_sheet(PLAIN)
    assert read_cost_sheet(write_workbook(PLAIN), name="x.json").sheet == parse_cost_sheet(PLAIN)
    assert read_cost_sheet(b"\xef\xbb\xbf  " + as_json(PLAIN), name="x").sheet == parse_cost_sheet(PLAIN)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"  \n", "file_empty"),
        (b"%PDF-1.7", "file_kind_unknown"),
        (b"kind,name,amount\n", "file_kind_unknown"),
        (b"\x89PNG\r\n", "file_kind_unknown"),
        (b"<html>", "file_kind_unknown"),
        (b"nonsense", "file_kind_unknown"),
        (b"5", "file_kind_unknown"),
        (b"{", "json_broken"),
        (b'{"a": 1, "a": 2}', "json_member_twice"),
        (b"{" + bytes([0xE0]), "json_not_utf8"),
        (b"[" * 100_000, "json_too_deep"),
        (b"PK\x03\x04 and nothing more", "file_not_workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "file_old_workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (package({"a": "b"}), "file_not_workbook"),
        (package({"xl/workbook.xml": bytes(50 * 1024 * 1024)}), "file_bomb"),
        (b"{" + b" " * (21 * 1024 * 1024), "file_too_large"),
        (b"PK\x03\x04" + bytes(50 * 1024 * 1024), "file_too_large"),
        (Book([["ก"]]).to_bytes(), "workbook_no_table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError):
        read_cost_sheet(data, name="x")
    assert faults_of(data)[0][0] == code


@pytest.mark.parametrize("document", [[], "text", [{}]])
def test_json_that_is_no_cost_sheet_is_refused(document: object) -> None:
    assert faults_of(as_json(document)) == [("object_expected", "")]


def test_a_json_number_as_amount_is_refused_with_position_and_member() -> None:
    document = copy.deepcopy(PLAIN)
    document["lines"][1]["amount"] = 10.5
    document["price_ex_works"] = 100
    assert faults_of(as_json(document)) == [
        ("amount_not_text", "price_ex_works"),
        ("amount_not_text", "lines[2].amount"),
    ]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"amount": "-60.00"}, ("amount_negative", "แบบแสดงต้นทุน!C9")),
        ({"amount": "60.005"}, ("amount_decimals", "แบบแสดงต้นทุน!C9")),
        ({"amount": "sixty"}, ("amount_malformed", "แบบแสดงต้นทุน!C9")),
        ({"amount": None}, ("member_missing", "แบบแสดงต้นทุน!C9")),
        ({"kind": "ทอง"}, ("kind_unknown", "แบบแสดงต้นทุน!A9")),
        ({"name": None}, ("member_missing", "แบบแสดงต้นทุน!B9")),
        ({"origin": None}, ("origin_missing", "แบบแสดงต้นทุน!D9")),
        ({"origin": "ดาวอังคาร"}, ("origin_unknown", "แบบแสดงต้นทุน!D9")),
        ({"hs_code": "85"}, ("hs_code_malformed", "แบบแสดงต้นทุน!E9")),
    ],
)
def test_a_fault_in_a_workbook_is_named_by_its_cell(changed: Document, fault: tuple[str, str]) -> None:
    document = copy.deepcopy(PLAIN)
    document["lines"][0] |= changed
    document["lines"][1]["origin"] = "domestic"
    assert faults_of(write_workbook(document)) == [fault]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"price_ex_works": "0.00"}, ("price_zero", "แบบแสดงต้นทุน!B6")),
        ({"price_ex_works": "-5"}, ("amount_negative", "แบบแสดงต้นทุน!B6")),
        ({"vat_included": "อาจจะ"}, ("flag_expected", "แบบแสดงต้นทุน!B7")),
        ({"profit": "1.999"}, ("amount_decimals", "แบบแสดงต้นทุน!B7")),
    ],
)
def test_a_fault_in_a_field_is_named_by_its_cell(changed: Document, fault: tuple[str, str]) -> None:
    assert faults_of(write_workbook(sheet("100.00", material("60.00")) | changed)) == [fault]


def test_a_missing_field_is_named_by_its_member() -> None:
    rows = [row for row in sheet_rows(PLAIN) if not row or row[0] != "ราคาหน้าโรงงาน"]
    assert faults_of(Book(rows).to_bytes()) == [("member_missing", "price_ex_works")]


def test_a_range_and_a_model_are_named_by_their_cells() -> None:
    rows = sheet_rows(PLAIN)
    rows.insert(1, ["รุ่น", "A", "A"])
    rows.insert(2, ["ช่วงคุณสมบัติ", "หนา", "มม.", "5", "1"])
    assert faults_of(Book(rows).to_bytes()) == [
        ("model_twice", "แบบแสดงต้นทุน!B2"),
        ("range_reversed", "แบบแสดงต้นทุน!B3"),
    ]


def test_a_refusal_of_the_criteria_is_named_by_its_cell_too() -> None:
    read = read_cost_sheet(write_workbook(PLAIN | {"profit": "99.00"}), name="x.xlsx")
    with pytest.raises(InputError) as caught:
        assess(rule_set(), read.sheet)
    named = read.name_cells(caught.value)
    assert (named.code, named.where, named.faults[0].where) == (
        "declared_exceeds_price",
        "แบบแสดงต้นทุน!B7",
        "แบบแสดงต้นทุน!B7",
    )


def book(**options: Any) -> Book:
    rows = sheet_rows(PLAIN, numeric=True)
    return Book(rows, **options)


def test_a_formula_counts_by_its_stored_value() -> None:
    filled = book()
    filled.rows[8][2] = Formula("30*2", 60)
    read = read_cost_sheet(filled.to_bytes(), name="x.xlsx")
    assert read.sheet == parse_cost_sheet(PLAIN)
    assert [(notice.code, notice.where) for notice in read.notices] == [("cell_formula", "แบบแสดงต้นทุน!C9")]


def test_a_formula_without_a_stored_value_is_refused() -> None:
    filled = book()
    filled.rows[8][2] = Formula("30*2")
    assert faults_of(filled.to_bytes()) == [("cell_formula_without_value", "แบบแสดงต้นทุน!C9")]


def test_an_error_in_a_cell_is_refused() -> None:
    filled = book()
    filled.rows[8][2] = ErrorValue("#DIV/0!")
    assert faults_of(filled.to_bytes()) == [("cell_error", "แบบแสดงต้นทุน!C9")]


def test_a_hidden_row_counts_and_is_reported() -> None:
    read = read_cost_sheet(book(hidden_rows=frozenset({9})).to_bytes(), name="x.xlsx")
    assert read.sheet == parse_cost_sheet(PLAIN)
    assert [(notice.code, notice.where) for notice in read.notices] == [("row_hidden", "แบบแสดงต้นทุน!9")]


def test_a_stored_number_is_rounded_to_satang_and_reported() -> None:
    filled = book()
    filled.rows[8][2] = Number("59.999999999999993")
    read = read_cost_sheet(filled.to_bytes(), name="x.xlsx")
    assert read.sheet.lines[0].amount.satang == 6_000
    assert [notice.code for notice in read.notices] == ["cell_rounded"]


def test_hostile_xml_is_refused_and_nothing_is_fetched() -> None:
    hostile = parts([book()])
    name = "xl/worksheets/sheet1.xml"
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    hostile[name] = doctype + hostile[name].replace("60.00", "&e;")
    assert faults_of(package(hostile)) == [("file_hostile_xml", "")]


def test_the_table_begins_where_the_helper_says() -> None:
    assert sheet_rows(PLAIN)[TABLE_TOP][0] == "ชนิด"


def test_a_sheet_of_ten_thousand_lines_is_read() -> None:
    lines = [material("1.00", name=f"รายการ {i}") for i in range(10_000)]
    read = read_cost_sheet(write_workbook(sheet("100000.00", *lines), numeric=True), name="x.xlsx")
    assert len(read.sheet.lines) == 10_000
    assert assess(rule_set(), read.sheet).meets
