"""The template: filled in by a real program it is read back, and what we write into it is what we read."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria import cell_values, headings
from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document
from mit.criteria.settings_of_rules import PROCESS_CODES
from mit.issuance.read_sheet import ReadSheet, read_cost_sheet
from mit.issuance.sheet_choices import CURRENCIES, LISTS, UNITS
from mit.issuance.sheet_example import EXAMPLE, EXAMPLE_FORMULAS, EXAMPLE_OPEN
from mit.issuance.sheet_template import COLUMNS, FIELDS, is_held, serial_of, write_sheet, write_template
from tests.criteria.test_examples import EXAMPLES
from tests.support.sheets import full_sheet

WORDS = st.sampled_from(
    ["เหล็ก", "Steel plate", "ขดลวด 2.5", "=1+1", "รวม", "Total", "12.50", "-", "a / b", "x & <y>", "ไม่มี"]
)
DIGITS = st.decimals("0", "999999999", places=2).map(lambda amount: f"{amount:.2f}")
FIGURES = st.decimals("0", "99999", places=6).map(lambda figure: f"{figure.normalize():f}")
LINES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(headings.KIND_WORDS)),
        "name": WORDS,
        "amount": DIGITS,
        "origin": st.sampled_from(list(headings.ORIGIN_WORDS)),
    },
    optional={
        "country": WORDS,
        "hs_code": st.sampled_from(["8504.40", "850440", "0101.21.00", "01012100000"]),
        "quantity": FIGURES,
        "unit": st.sampled_from(UNITS),
        "unit_price": FIGURES,
        "waste_percent": FIGURES,
        "currency": st.sampled_from(CURRENCIES),
        "rate": FIGURES,
        "rate_on": st.dates(date(1850, 1, 1), date(2300, 1, 1)).map(date.isoformat),
        "supplier": WORDS,
        "supplier_tax_number": st.sampled_from(["0105536000315", "0000000000001", "DE123"]),
        "supplier_certificate": st.just("MIT-2569-0012345-B"),
        "evidence": st.lists(WORDS, min_size=1, max_size=3),
    },
)
SHEETS = st.fixed_dictionaries(
    {
        "product": st.fixed_dictionaries(
            {"name_th": WORDS, "name_en": WORDS, "hs_code": st.just("8504.40"), "unit": WORDS},
            optional={
                "brand": WORDS,
                "models": st.lists(WORDS, max_size=7, unique_by=str.casefold),
                "ranges": st.lists(
                    st.fixed_dictionaries(
                        {
                            "property": WORDS,
                            "unit": WORDS,
                            "from": FIGURES,
                            "to": st.none(),
                            "from_included": st.booleans(),
                        }
                    ),
                    max_size=2,
                ),
            },
        ),
        "price_ex_works": st.decimals("1", "999999", places=2).map(lambda price: f"{price:.2f}"),
        "lines": st.lists(LINES, max_size=6),
    },
    optional={
        "vat_included": st.booleans(),
        "profit": st.decimals("-9999", "9999", places=2).map(
            lambda profit: f"{profit:.2f}".replace("-0.00", "0.00")
        ),
        "process": st.lists(st.sampled_from([*PROCESS_CODES, "พันขดลวด", "anneal"]), max_size=7),
    },
)


def read(data: bytes) -> ReadSheet:
    return read_cost_sheet(data, name="x.xlsx")


@settings(deadline=None, max_examples=25)
@given(SHEETS)
def test_a_cost_sheet_written_into_the_template_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    expected = sheet_document(parse_cost_sheet(document))
    found = read(write_sheet(document))
    assert sheet_document(found.sheet) == expected
    assert found.notices == ()


@pytest.mark.parametrize("example", [one for one in EXAMPLES if not one.settings], ids=lambda one: one.name)
def test_every_example_of_the_rules_survives_the_template(example: Any) -> None:
    assert sheet_document(read(write_sheet(example.sheet)).sheet) == sheet_document(
        parse_cost_sheet(example.sheet)
    )


def test_a_full_sheet_has_every_member_in_the_template() -> None:
    document = full_sheet()
    assert sheet_document(read(write_sheet(document)).sheet) == sheet_document(parse_cost_sheet(document))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_person_fills_it_in_with_another_program_and_it_is_read(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template()))
    sheet = book.worksheets[0]
    rows = {sheet.cell(at, 1).value: at for at in range(1, 20)}
    kinds = {"th": ("วัตถุดิบ", "แรงงาน"), "en": ("Material", "Labour")}[language]

    def fill(label: str, *values: Any) -> None:
        row = next(at for words, at in rows.items() if words and label in str(words))
        for at, value in enumerate(values, 2):
            sheet.cell(row, at).value = value

    fill("Product name (Thai)", "หม้อแปลง")
    fill("ภาษาอังกฤษ", "Transformer")
    fill("HS code", "8504.40")
    fill("หน่วย", "เครื่อง")
    fill("รุ่น", "ST-1", "ST-2")
    fill("ราคาหน้าโรงงาน", 12500)
    fill("VAT", "ใช่ / Yes")
    fill("กระบวนการ", LISTS["cutting"], "พันขดลวด")
    top = rows["ชนิด / Kind"]
    columns = {sheet.cell(top, at).value.partition(" / ")[0]: at for at in range(1, len(COLUMNS) + 1)}
    for at, line in enumerate(
        (
            {"ชนิด": kinds[0], "รายการ": "ทองแดง", "แหล่งกำเนิด": LISTS["imported"], "ปริมาณ": 0.1,
             "ราคาต่อหน่วย": 3, "สกุลเงิน": "USD", "อัตราแลกเปลี่ยน": 35.125, "วันที่อัตราแลกเปลี่ยน": date(2026, 11, 2)},
            {"ชนิด": kinds[1], "รายการ": "=1+1 พันขดลวด", "จำนวนเงิน": 1500.1},
            {"ชนิด": LISTS["other"], "รายการ": "ขนส่ง", "จำนวนเงิน": "๓๐๐"},
        ),
        top + 1,
    ):  # fmt: skip
        for name, value in line.items():
            cell = sheet.cell(at, columns[name])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue())
    first, second, third = found.sheet.lines
    assert (first.kind, first.origin, first.quantity, first.rate_on) == (
        "material",
        "imported",
        "0.1",
        "2026-11-02",
    )
    assert first.amount.to_text() == "10.54"
    assert (second.name, second.amount.to_text()) == ("=1+1 พันขดลวด", "1500.10")
    assert third.amount.to_text() == "300.00"
    assert found.sheet.vat_included
    assert found.sheet.process == ("cutting", "พันขดลวด")
    assert found.sheet.product.models == ("ST-1", "ST-2")
    assert [(notice.code, notice.where.rpartition("!")[2]) for notice in found.notices] == [
        ("sheet_example", headings.EXAMPLE_SHEETS[0]),
        ("amount_rounded", f"K{top + 1}"),
    ]


def test_the_example_is_a_good_cost_sheet_with_amounts_of_every_kind() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template()))
    del book[headings.MAIN_SHEET]
    example = book.worksheets[0]
    top = next(at for at in range(1, 30) if example.cell(at, 1).value == "ชนิด / Kind")
    amounts = [
        example.cell(top + 1 + at, COLUMNS.index("amount") + 1).value for at in range(len(EXAMPLE["lines"]))
    ]
    assert {at for at, amount in enumerate(amounts) if amount is None} == set(EXAMPLE_OPEN)
    assert {at for at, amount in enumerate(amounts) if str(amount).startswith("=")} == set(EXAMPLE_FORMULAS)
    assert sheet_document(read(write_sheet(EXAMPLE)).sheet) == sheet_document(parse_cost_sheet(EXAMPLE))


def test_every_offered_word_is_known_and_is_offered_in_both_languages() -> None:
    for words, table in (
        (headings.KIND_WORDS, cell_values.KINDS),
        (headings.ORIGIN_WORDS, cell_values.ORIGINS),
        (headings.PROCESS_WORDS, cell_values.PROCESSES),
        (headings.FLAG_WORDS, cell_values.FLAGS),
    ):
        for code in words:
            offered = LISTS[code]
            thai, _, english = offered.partition(" / ")
            assert {headings.find(word, table) for word in (offered, thai, english)} == {code}
            assert english.isascii() and not thai.isascii()


def test_lists_stand_behind_every_line_up_to_the_last_and_help_fits_its_box() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_template())).worksheets[0]
    offered = sheet.data_validations.dataValidation
    for choice in offered:
        assert len(choice.promptTitle or "") <= 32 and len(choice.errorTitle or "") <= 32
        assert len(choice.prompt or "") <= 255 and len(choice.error or "") <= 255
    lists = {str(one.sqref): one.formula1 for one in offered if one.type == "list"}
    top = next(at for at in range(1, 40) if sheet.cell(at, 1).value == "ชนิด / Kind")
    assert {
        cells.partition(":")[0][0] for cells in lists if ":" in cells and cells.endswith(str(top + 10_000))
    } == set("ACEH")
    lists_sheet = openpyxl.load_workbook(io.BytesIO(write_template()))[headings.SIDE_SHEETS[1]]
    for reference in lists.values():
        name, _, cells = reference.rpartition("!")
        assert name == f"'{headings.SIDE_SHEETS[1]}'"
        assert all(row[0].value for row in lists_sheet[cells.replace("$", "")])


def test_every_member_has_its_place_and_every_heading_is_read_as_it() -> None:
    assert set(COLUMNS) == {member for member in headings.COLUMNS if member}
    assert set(FIELDS) == set(headings.FIELDS)
    sheet = openpyxl.load_workbook(io.BytesIO(write_template())).worksheets[0]
    words = [str(sheet.cell(at, 1).value) for at in range(3, 3 + len(FIELDS))]
    table = headings.table_of(headings.FIELDS)
    assert [headings.find(word, table) for word in words] == list(FIELDS)
    columns = headings.table_of(headings.COLUMNS)
    assert [
        headings.find(str(sheet.cell(4 + len(FIELDS), at + 1).value), columns) for at in range(17)
    ] == list(COLUMNS)


def test_the_template_is_the_same_bytes_each_time_and_small() -> None:
    assert write_template() == write_template()
    assert len(write_template()) < 60_000


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("0", True), ("12.50", True), ("-3.1", True), ("999999999999.99", True), ("0.00000001", True),
        ("1234567890.123456", False), ("012", False), ("1e3", False), ("-0", False), ("-0.00", False),
        ("๑", False),
        ("", False), ("1,000", False), (".5", False), ("9999999999999", False),
    ],
)  # fmt: skip
def test_a_figure_is_a_number_only_where_a_workbook_holds_it_unchanged(text: str, held: bool) -> None:
    assert is_held(text) is held
    if held:
        assert Decimal(repr(float(text))) == Decimal(text)


@pytest.mark.parametrize(
    ("day", "serial"),
    [
        ("2026-11-02", "46328"),
        ("1900-03-01", "61"),
        ("1900-02-28", ""),
        ("2200-01-01", ""),
        ("x", ""),
        ("2026-13-01", ""),
    ],
)
def test_a_day_is_counted_as_workbooks_count_or_stays_a_text(day: str, serial: str) -> None:
    assert serial_of(day) == serial


def test_what_is_wrong_is_written_as_it_was_typed() -> None:
    wrong = {
        "product": {"name_th": "ก"},
        "price_ex_works": "12.345",
        "lines": [{"kind": "gold", "amount": "x", "rate_on": "soon"}],
    }
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(wrong)))
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {"gold", "x", "soon", 12.345} <= set(values)
