"""The workbook form of a cost sheet: fields above, one table below, every cell accounted for."""

from __future__ import annotations

from typing import Any

import pytest

from mit.criteria.cost_sheet_file import Notice, SheetFile, read_grid
from mit.criteria.grid import Cell, CellType, Grid, Row, Sheet
from mit.errors import UnreadableFileError
from mit.i18n import say

KIND, NAME, AMOUNT = "ชนิด", "รายการ", "จำนวนเงิน"
Values = list[Any]
FIELDS: list[Values] = [
    ["แบบแสดงต้นทุน"],
    ["ชื่อสินค้า", "หม้อแปลง"],
    ["ชื่อสินค้าภาษาอังกฤษ", "Transformer"],
    ["พิกัดศุลกากร", "8504.40"],
    ["หน่วย", "เครื่อง"],
    ["ราคาหน้าโรงงาน", 100.0],
]
HEADING: Values = [KIND, NAME, AMOUNT, "แหล่งกำเนิด"]
LINE: Values = ["วัตถุดิบ", "เหล็ก", 60.0, "นำเข้า"]
LABOUR: Values = ["แรงงาน", "ค่าแรง", 10.0]


def grid(
    *rows: Values,
    hidden_rows: tuple[int, ...] = (),
    hidden_columns: tuple[tuple[int, int], ...] = (),
    hidden: bool = False,
    more: tuple[Sheet, ...] = (),
    counts_from_1904: bool = False,
) -> Grid:
    sheet = Sheet("ต้นทุน", hidden, hidden_columns, cells_of(rows, hidden_rows))
    return Grid(counts_from_1904, (*more, sheet))


def cells_of(rows: tuple[Values, ...], hidden_rows: tuple[int, ...] = ()) -> tuple[Row, ...]:
    found = []
    for number, row in enumerate(rows, 1):
        cells = tuple(cell(column, value) for column, value in enumerate(row, 1) if value is not None)
        if cells:
            found.append(Row(number, number in hidden_rows, cells))
    return tuple(found)


def cell(column: int, value: Any) -> Cell:
    if isinstance(value, Cell):
        return Cell(column, value.type, value.value, value.has_formula)
    if isinstance(value, bool):
        return Cell(column, "b", str(int(value)), has_formula=False)
    if isinstance(value, float):
        return Cell(column, "n", repr(value).removesuffix(".0"), has_formula=False)
    return Cell(column, "s", value, has_formula=False)


def formula(value: str = "", kind: CellType = "n") -> Cell:
    return Cell(0, kind if value else "", value, has_formula=True)


def read(*rows: Values, **options: Any) -> SheetFile:
    return read_grid(grid(*rows, **options))


def plain(*more: Values, **options: Any) -> SheetFile:
    return read(*FIELDS, HEADING, LINE, *more, **options)


def faults_of(*rows: Values, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(UnreadableFileError) as caught:
        read(*rows, **options)
    for fault in caught.value.faults:
        assert say(f"errors.{fault.code}", "th", **fault.params)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def noticed(found: SheetFile) -> list[tuple[str, str]]:
    for notice in found.notices:
        assert set(notice.to_document()) == {"code", "where", "detail"}
    return [(notice.code, notice.where) for notice in found.notices]


def test_a_plain_workbook_gives_the_members_of_a_cost_sheet() -> None:
    found = plain(LABOUR)
    assert found.document == {
        "product": {"name_th": "หม้อแปลง", "name_en": "Transformer", "hs_code": "8504.40", "unit": "เครื่อง"},
        "price_ex_works": "100",
        "lines": [
            {"kind": "material", "name": "เหล็ก", "amount": "60", "origin": "imported"},
            {"kind": "labour", "name": "ค่าแรง", "amount": "10"},
        ],
    }
    assert found.notices == ()


def test_every_member_knows_its_cell() -> None:
    places = plain(LABOUR).places
    assert places["price_ex_works"] == "ต้นทุน!B6"
    assert places["product.hs_code"] == "ต้นทุน!B4"
    assert places["lines[1]"] == "ต้นทุน!A8"
    assert places["lines[1].amount"] == "ต้นทุน!C8"
    assert places["lines[2].origin"] == "ต้นทุน!D9"


def test_all_fields_may_be_given() -> None:
    found = read(
        *FIELDS,
        ["ยี่ห้อ", "สยาม"],
        ["รุ่น", "ST-1", "ST-2; ST-3"],
        ["Model", "ST-4\nST-5"],
        ["ช่วงคุณสมบัติ", "หนา", "มม.", 0.5, 1.0, "ใช่", "ไม่ใช่"],
        ["ช่วง", "กว้าง", "มม.", None, 1200.0],
        ["ราคารวมภาษีมูลค่าเพิ่ม", "ใช่"],
        ["กำไร", -5.25],
        ["กระบวนการผลิต", "ตัด; ประกอบอย่างง่าย", "พันขดลวด"],
        HEADING,
        LINE,
    )
    product = found.document["product"]
    assert isinstance(product, dict)
    assert product["brand"] == "สยาม"
    assert product["models"] == ["ST-1", "ST-2", "ST-3", "ST-4", "ST-5"]
    assert product["ranges"] == [
        {
            "property": "หนา",
            "unit": "มม.",
            "from": "0.5",
            "to": "1",
            "from_included": True,
            "to_included": False,
        },
        {"property": "กว้าง", "unit": "มม.", "to": "1200"},
    ]
    assert found.document["vat_included"] is True
    assert found.document["profit"] == "-5.25"
    assert found.document["process"] == ["cutting", "simple_assembly", "พันขดลวด"]
    assert found.places["product.models[3]"] == "ต้นทุน!C8"
    assert found.places["product.ranges[2].to"] == "ต้นทุน!E11"
    assert found.places["process[3]"] == "ต้นทุน!C14"


def test_all_columns_may_be_given_in_any_order() -> None:
    columns = {
        "เอกสารประกอบ": "ใบ 1; ใบ 2",
        "Supplier certificate": "MIT-1",
        "เลขประจำตัวผู้เสียภาษีผู้ขาย": "0105556000751",
        "ผู้ขาย": "ร้าน",
        "วันที่อัตราแลกเปลี่ยน": 46328.0,
        "อัตราแลกเปลี่ยน": 34.2,
        "สกุลเงิน": "USD",
        "ร้อยละการสูญเสีย": Cell(0, "%", "0.03", has_formula=False),
        "ราคาต่อหน่วย": 1.75,
        "หน่วย": "กก.",
        "ปริมาณ": 1.0,
        "พิกัดศุลกากร": 850490.0,
        "ประเทศ": "CN",
        "แหล่งกำเนิด": "imported",
        AMOUNT: "๖๐.๐๐",
        NAME: "เหล็ก",
        KIND: "material",
        "ลำดับ": 1.0,
    }
    found = read(*FIELDS, list(columns), list(columns.values()))
    assert found.document["lines"] == [
        {
            "evidence": ["ใบ 1", "ใบ 2"],
            "supplier_certificate": "MIT-1",
            "supplier_tax_number": "0105556000751",
            "supplier": "ร้าน",
            "rate_on": "2026-11-02",
            "rate": "34.2",
            "currency": "USD",
            "waste_percent": "3",
            "unit_price": "1.75",
            "unit": "กก.",
            "quantity": "1",
            "hs_code": "850490",
            "country": "CN",
            "origin": "imported",
            "amount": "60.00",
            "name": "เหล็ก",
            "kind": "material",
        }
    ]


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    rows = (*FIELDS, [*HEADING, "Rate on"], [*LINE, 44_866.0])
    lines = read(*rows, counts_from_1904=True).document["lines"]
    assert isinstance(lines, list)
    assert lines[0]["rate_on"] == "2026-11-02"


def test_a_formula_counts_by_its_stored_value_and_is_reported() -> None:
    found = plain(["แรงงาน", "ค่าแรง", formula("10.5")])
    assert noticed(found) == [("cell_formula", "ต้นทุน!C9")]
    lines = found.document["lines"]
    assert isinstance(lines, list)
    assert lines[1]["amount"] == "10.5"


def test_a_formula_without_a_stored_value_is_refused_with_its_cell() -> None:
    rows = (*FIELDS, HEADING, LINE, ["แรงงาน", "ค่าแรง", formula()])
    assert faults_of(*rows) == [("cell_formula_without_value", "ต้นทุน!C9")]
    assert faults_of(*FIELDS[:5], ["ราคาหน้าโรงงาน", formula()], HEADING, LINE) == [
        ("cell_formula_without_value", "ต้นทุน!B6")
    ]


@pytest.mark.parametrize("has_formula", [True, False])
@pytest.mark.parametrize(("column", "at"), [("B", 1), ("C", 2)])
def test_an_error_value_is_refused_with_its_cell(has_formula: bool, column: str, at: int) -> None:
    row: Values = ["วัตถุดิบ", "เหล็ก", 60.0]
    row[at] = Cell(0, "e", "#REF!", has_formula=has_formula)
    assert faults_of(*FIELDS, HEADING, row) == [("cell_error", f"ต้นทุน!{column}8")]


def test_a_name_that_is_a_truth_value_is_taken_in_words() -> None:
    found = plain(["แรงงาน", Cell(0, "b", "1", has_formula=False), 10.0])
    assert found.document["lines"][1]["name"] == "true"  # type: ignore[index]


def test_hidden_rows_columns_and_sheets_count_and_are_reported() -> None:
    found = plain(LABOUR, hidden_rows=(6, 9), hidden_columns=((3, 3),), hidden=True)
    assert noticed(found) == [
        ("sheet_hidden", "ต้นทุน"),
        ("row_hidden", "ต้นทุน!6"),
        ("column_hidden", "ต้นทุน!C"),
        ("row_hidden", "ต้นทุน!9"),
    ]
    assert len(found.document["lines"]) == 2  # type: ignore[arg-type]


def test_a_number_that_has_more_than_satang_is_rounded_and_reported() -> None:
    found = plain(["แรงงาน", "ค่าแรง", 10.005])
    assert found.notices == (Notice("cell_rounded", "ต้นทุน!C9", {"found": "10.005", "used": "10.01"}),)


def test_totals_and_notes_are_left_out_and_reported() -> None:
    found = plain(
        LABOUR,
        ["รวมทั้งสิ้น", None, 70.0],
        [None, "Total", formula("70")],
        ["หมายเหตุ: ราคาต่อเครื่อง"],
    )
    assert noticed(found) == [
        ("row_total", "ต้นทุน!A10"),
        ("row_total", "ต้นทุน!B11"),
        ("row_note", "ต้นทุน!A12"),
    ]
    assert len(found.document["lines"]) == 2  # type: ignore[arg-type]


def test_a_line_that_has_a_kind_is_never_left_out_whatever_its_name() -> None:
    lines = plain(["วัตถุดิบ", "รวม", 5.0, "นำเข้า"]).document["lines"]
    assert isinstance(lines, list)
    assert lines[1]["name"] == "รวม"


def test_a_row_with_nothing_but_its_number_is_no_line() -> None:
    found = read(*FIELDS, ["ลำดับ", *HEADING], [1.0, *LINE], [2.0], [3.0, " ", "", None])
    assert len(found.document["lines"]) == 1  # type: ignore[arg-type]


def test_a_row_without_kind_is_a_line_with_a_fault_not_a_row_to_skip() -> None:
    lines = plain([None, "เหล็กอีก", 5.0]).document["lines"]
    assert lines == [
        {"kind": "material", "name": "เหล็ก", "amount": "60", "origin": "imported"},
        {"name": "เหล็กอีก", "amount": "5"},
    ]


def test_other_sheets_are_reported() -> None:
    other = Sheet("บันทึก", False, (), cells_of((["x"],)))
    empty = Sheet("Sheet3", False, (), ())
    assert noticed(plain(more=(other, empty))) == [("sheet_ignored", "บันทึก")]


def test_a_workbook_without_a_table_is_refused() -> None:
    assert faults_of(*FIELDS) == [("workbook_no_table", "")]
    assert faults_of(*FIELDS, [KIND, NAME]) == [("workbook_no_table", "")]
    with pytest.raises(UnreadableFileError):
        read_grid(Grid(False, ()))


def test_two_tables_are_refused() -> None:
    other = Sheet("อีกแผ่น", False, (), cells_of((HEADING, LINE)))
    assert faults_of(*FIELDS, HEADING, LINE, more=(other,)) == [("workbook_two_tables", "")]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([["สี", "แดง"]], ("label_unknown", "ต้นทุน!A7")),
        ([[5.0, "แดง"]], ("label_unknown", "ต้นทุน!A7")),
        ([["กำไร", 1.0], ["Profit", 2.0]], ("label_twice", "ต้นทุน!A8")),
        ([["หน่วย", "ตัว"]], ("label_twice", "ต้นทุน!A7")),
        ([["กำไร", 1.0, 2.0]], ("label_value", "ต้นทุน!C7")),
        ([["ยี่ห้อ", "A", "บาท"]], ("label_value", "ต้นทุน!C7")),
        ([["ช่วง", "หนา", "มม.", 1.0, 2.0, "ใช่", "ใช่", "อะไร"]], ("label_value", "ต้นทุน!H7")),
    ],
)
def test_what_stands_above_the_table_must_be_known(rows: list[Values], fault: tuple[str, str]) -> None:
    assert fault in faults_of(*FIELDS, *rows, HEADING, LINE)


def test_the_word_baht_beside_an_amount_is_no_value() -> None:
    found = read(*FIELDS[:5], ["ราคาหน้าโรงงาน", 100.0, "บาท"], ["กำไร", 1.0, "THB"], HEADING, LINE)
    assert (found.document["price_ex_works"], found.document["profit"]) == ("100", "1")


@pytest.mark.parametrize(
    ("label", "path"), [("ราคาหน้าโรงงาน", "price_ex_works"), ("กำไร", "profit")], ids=["price", "profit"]
)
@pytest.mark.parametrize(
    ("value", "text"), [("๑,๒๓๔.๕๐", "1234.50"), ("1,234,567", "1234567"), (1234.5, "1234.5"), ("๕", "5")]
)
def test_an_amount_above_the_table_is_read_like_one_within_it(
    label: str, path: str, value: Any, text: str
) -> None:
    assert read(*FIELDS[:5], [label, value], HEADING, LINE).document[path] == text


def test_an_amount_above_the_table_is_rounded_as_loudly_as_one_within_it() -> None:
    found = read(*FIELDS[:5], ["ราคาหน้าโรงงาน", 100.005], HEADING, LINE)
    assert found.document["price_ex_works"] == "100.01"
    assert noticed(found) == [("cell_rounded", "ต้นทุน!B6")]


@pytest.mark.parametrize("word", ["ใช่", "รวม", "ไม่", "yes", "0", "1"])
def test_a_word_for_yes_or_no_stays_a_word_where_none_is_asked_for(word: str) -> None:
    found = read(
        *FIELDS[:4], ["หน่วย", word], ["ยี่ห้อ", word], ["รุ่น", word], ["ช่วง", word, word, 1.0], FIELDS[5],
        HEADING, ["วัตถุดิบ", word, 60.0, "นำเข้า"],
    )  # fmt: skip
    product, lines = found.document["product"], found.document["lines"]
    assert isinstance(product, dict)
    assert isinstance(lines, list)
    assert (product["unit"], product["brand"], product["models"]) == (word, word, [word])
    assert product["ranges"] == [{"property": word, "unit": word, "from": "1"}]
    assert lines[0]["name"] == word


def test_only_a_share_of_waste_is_a_percentage_where_a_cell_shows_one() -> None:
    half = Cell(0, "%", "0.5", has_formula=False)
    rows = (
        *FIELDS[:5],
        ["ราคาหน้าโรงงาน", half],
        [*HEADING, "ปริมาณ", "การสูญเสีย"],
        [*LINE[:2], half, "นำเข้า", half, half],
    )
    found = read(*rows)
    (line,) = found.document["lines"]  # type: ignore[misc]
    assert (line["amount"], line["quantity"], line["waste_percent"]) == ("0.5", "0.5", "50")
    assert found.document["price_ex_works"] == "0.5"


def test_a_total_is_left_out_behind_a_row_number_and_a_line_with_a_kind_is_not() -> None:
    found = read(
        *FIELDS, ["ลำดับ", *HEADING], [1.0, *LINE], [2.0, None, "รวม", 60.0], [3.0, "แรงงาน", "Total", 5.0]
    )
    assert noticed(found) == [("row_total", "ต้นทุน!C9")]
    assert [line["name"] for line in found.document["lines"]] == ["เหล็ก", "Total"]  # type: ignore[attr-defined]


def test_a_note_beside_a_figure_is_a_line_with_faults_and_not_left_out() -> None:
    found = plain([None, "หมายเหตุ", 70.0])
    assert noticed(found) == []
    assert found.document["lines"][1] == {"name": "หมายเหตุ", "amount": "70"}  # type: ignore[index]


def test_a_label_of_two_is_named_with_the_words_that_were_found() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read(*FIELDS, ["Unit", "ตัว"], HEADING, LINE)
    assert caught.value.code == "workbook"
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.params) == ("label_twice", "ต้นทุน!A7", {"text": "Unit"})


def test_a_hidden_column_is_reported_once_however_many_cells_it_holds() -> None:
    found = plain(LABOUR, LABOUR, LABOUR, hidden_columns=((1, 1), (3, 3)))
    assert [notice for notice in noticed(found) if notice[0] == "column_hidden"] == [
        ("column_hidden", "ต้นทุน!A"), ("column_hidden", "ต้นทุน!C"),
    ]  # fmt: skip


def test_a_label_without_a_value_is_as_if_it_were_not_there() -> None:
    assert "profit" not in read(*FIELDS, ["กำไร"], ["สี"], ["รุ่น", " "], HEADING, LINE).document


@pytest.mark.parametrize(
    ("heading", "line", "fault"),
    [
        ([*HEADING, "สี"], LINE, ("heading_unknown", "ต้นทุน!E7")),
        ([*HEADING, 5.0], LINE, ("heading_unknown", "ต้นทุน!E7")),
        ([*HEADING, "Amount"], LINE, ("heading_twice", "ต้นทุน!E7")),
        (HEADING, [*LINE, "แดง"], ("heading_missing", "ต้นทุน!E8")),
    ],
)
def test_every_column_must_have_one_known_heading(
    heading: Values, line: Values, fault: tuple[str, str]
) -> None:
    assert fault in faults_of(*FIELDS, heading, line)


def test_every_fault_of_the_workbook_is_listed() -> None:
    found = faults_of(["สี", "แดง"], *FIELDS, [*HEADING, "สี"], ["วัตถุดิบ", "เหล็ก", formula()])
    assert [code for code, _ in found] == ["label_unknown", "heading_unknown", "cell_formula_without_value"]


@pytest.mark.parametrize(
    "code",
    [
        "sheet_ignored",
        "sheet_hidden",
        "row_hidden",
        "column_hidden",
        "row_total",
        "row_note",
    ],
)
def test_every_notice_has_a_sentence_in_both_languages(code: str) -> None:
    detail = Notice(code, "A1").to_document()["detail"]
    assert isinstance(detail, dict)
    assert detail["th"] != detail["en"]
