"""Rows that are alike are read column by column, and say what each would say cell by cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria import cell_values
from mit.criteria.cost_sheet_file import SheetFile, look_through
from mit.criteria.grid import SEPARATOR, Cell, Form, Grid, PackedRows, RowsAlike, Sheet, parse_grid
from mit.criteria.line_readers import reader_of
from mit.criteria.lines_alike import LinesAlike
from mit.errors import UnreadableFileError
from tests.criteria.test_cost_sheet_file import FIELDS, Values, cell, formula, grid
from tests.support.workbooks import repacked

HEADING: Values = [
    "ที่", "ชนิด", "รายการ", "แหล่งกำเนิด", "จำนวนเงิน", "ปริมาณ", "ราคาต่อหน่วย", "ร้อยละการสูญเสีย",
    "สกุลเงิน", "อัตราแลกเปลี่ยน", "วันที่อัตราแลกเปลี่ยน", "หลักฐาน", "ผู้ขาย", "พิกัดศุลกากร",
]  # fmt: skip
PERCENT = Cell(0, "%", "0.025", has_formula=False)
BROKEN = Cell(0, "e", "#REF!", has_formula=False)
NUMBERS: list[Any] = [
    None,
    1.0,
    25.5,
    1.005,
    1.1234567,
    "1,200.50",
    "๑๒",
    "",
    " ",
    PERCENT,
    True,
    formula("7"),
]
#: What may stand in each column, the usual first: drawn values lean to it.
POOLS: dict[str, list[Any]] = {
    "ที่": [None, 1.0, "1", " ", "รวม", formula("5")],
    "ชนิด": ["วัตถุดิบ", "แรงงาน", "Other", "รวม", "ยอดรวม", "หมายเหตุ: ก", None, " ", 1.0, "พิเศษ", BROKEN],
    "รายการ": ["เหล็ก", "ทองแดง", "Total", " ก ", "", None, 5.0, True, formula("ก", "s")],
    "แหล่งกำเนิด": ["ในประเทศ", "นำเข้า", "ดาวอังคาร", None, "", 1.0],
    "จำนวนเงิน": [60.0, 60.25, None, 60.005, "60.10", " ", BROKEN, formula("60"), formula(), PERCENT],
    "ปริมาณ": NUMBERS,
    "ราคาต่อหน่วย": NUMBERS,
    "ร้อยละการสูญเสีย": [
        None,
        PERCENT,
        2.5,
        "2.5%",
        "๒.๕ %",
        0.12345678,
        Cell(0, "%", "0.123456789", has_formula=False),
    ],
    "สกุลเงิน": [None, "บาท", "USD", "usd", ""],
    "อัตราแลกเปลี่ยน": [None, 35.125, "35.125", 35.12345678],
    "วันที่อัตราแลกเปลี่ยน": [None, 46000.0, 46000.5, "3/11/2569", "เมื่อวาน"],
    "หลักฐาน": [None, "INV-1; INV-2", ";", "a\nb", 5.0],
    "ผู้ขาย": [None, "ศรีไทย", " ", 17.0],
    "พิกัดศุลกากร": [None, "7210.10", 7210.0, False],
}
LEANING = {
    name: st.sampled_from([*pool[:2]] * 8 + [value for value in pool if value != ""] + [" "])
    for name, pool in POOLS.items()
}
ROWS = st.lists(st.tuples(*(LEANING[str(name)] for name in HEADING)).map(list), min_size=1, max_size=8)


def told(found: SheetFile) -> Any:
    return (
        found.document, list(found.document["lines"]), dict(found.places), found.notices, found.faults,
        [list(line) for line in found.document["lines"]], found.heading_row,
    )  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    ROWS,
    st.integers(1, 3),
    st.frozensets(st.integers(7, 20), max_size=2),
    st.sampled_from([()] * 4 + [((6, 7),)]),
    st.sampled_from([[]] * 4 + [["เกิน"], [None, 5.0]]),
    st.booleans(),
)
def test_a_sheet_says_the_same_by_columns_and_by_rows(
    rows: list[Values], times: int, hidden: frozenset[int], columns: Any, beyond: Values, from_1904: bool
) -> None:
    rows = [*rows, [*rows[0], *beyond]]
    one_by_one = grid(
        *FIELDS,
        HEADING,
        *rows * times,
        hidden_rows=tuple(hidden),
        hidden_columns=columns,
        counts_from_1904=from_1904,
    )
    together = parse_grid(repacked(one_by_one))
    assert isinstance(together.sheets[0].rows, PackedRows)
    assert told(look_through(together)) == told(look_through(one_by_one))


COLUMNS = {
    1: "",
    2: "kind",
    3: "name",
    4: "amount",
    5: "quantity",
    6: "waste_percent",
    7: "evidence",
    8: "rate_on",
}


def alike(*rows: Values, is_hidden: bool = False) -> list[dict[str, object] | None]:
    """Return what rows say whose cells are of the same columns and types."""
    cells = [[cell(at, value) for at, value in enumerate(row, 1) if value is not None] for row in rows]
    columns, types, formulas = (
        tuple(getattr(one, name) for one in cells[0]) for name in ("column", "type", "has_formula")
    )
    texts = [SEPARATOR.join(one.value for one in column) for column in zip(*cells, strict=True)]
    readers = {member: reader_of(member, counts_from_1904=False) for member in COLUMNS.values() if member}
    reader = LinesAlike(COLUMNS, readers, lambda word: word == "รวม")
    return list(reader.read(RowsAlike(Form(is_hidden, columns, types, formulas), texts)))


IRON: Values = [None, "วัตถุดิบ", "เหล็ก", 60.0]
IRON_LINE = {"kind": "material", "name": "เหล็ก", "amount": "60"}


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (IRON, IRON_LINE),
        ([None, "วัตถุดิบ", " เหล็ก ", 60.0], {**IRON_LINE, "name": " เหล็ก "}),
        (["1", "วัตถุดิบ", "เหล็ก", 60.0], IRON_LINE),
        ([1.0, "วัตถุดิบ", "เหล็ก", 60.0], IRON_LINE),
        ([None, "วัตถุดิบ", "เหล็ก"], {"kind": "material", "name": "เหล็ก"}),
        ([None, "พิเศษ", 5.0, "๖๐.๕"], {"kind": "พิเศษ", "name": "5", "amount": "60.5"}),
        ([None, 1.0, "รวม", 60.0], {"kind": "1", "name": "รวม", "amount": "60"}),
        ([*IRON, 1.123456, 2.5], {**IRON_LINE, "quantity": "1.123456", "waste_percent": "2.5"}),
        ([*IRON, True, PERCENT], {**IRON_LINE, "quantity": "true", "waste_percent": "2.5"}),
        ([*IRON, None, None, "a; b"], {**IRON_LINE, "evidence": ["a", "b"]}),
        ([*IRON, None, None, None, 46000.0], {**IRON_LINE, "rate_on": "2025-12-09"}),
        ([None, "วัตถุดิบ", None, 60.0], {"kind": "material", "amount": "60"}),
        ([None, "วัตถุดิบ", "เหล็ก", formula("60")], IRON_LINE),
        ([formula("5"), formula("วัตถุดิบ", "s"), "เหล็ก", 60.0], IRON_LINE),
    ],
)
def test_a_row_that_needs_no_word_is_a_line(row: Values, line: dict[str, object]) -> None:
    (found,) = alike(row)
    assert found == line
    assert list(found or ()) == list(line)


@pytest.mark.parametrize(
    "row",
    [
        [None, "รวม", "เหล็ก", 60.0],
        [None, "วัตถุดิบ", "เหล็ก", 60.005],
        [None, "วัตถุดิบ", "เหล็ก", Cell(0, "%", "0.12345", has_formula=False)],
        [*IRON, 1.1234567],
        [*IRON, " "],
        [None, " ", "เหล็ก", 60.0],
        [None, "วัตถุดิบ", "\n", 60.0],
        [" ", "วัตถุดิบ", "เหล็ก", 60.0],
        [*IRON, None, None, " "],
        [*IRON, None, None, None, ""],
        [None, "วัตถุดิบ", "เหล็ก", BROKEN],
        [None, "วัตถุดิบ", "เหล็ก", formula()],
        [None, "วัตถุดิบ", "เหล็ก", formula("60.005")],
        [None, "วัตถุดิบ", Cell(0, "s", "", has_formula=True), 60.0],
        [None, None, "เหล็ก", 60.0],
        [None, "วัตถุดิบ"],
        [None, "หมายเหตุ: ก"],
        [*IRON, *[None] * 4, "เกิน"],
    ],
)
def test_a_row_about_which_something_may_have_to_be_said_is_left(row: Values) -> None:
    assert alike(row) == [None]
    assert alike(row, row) == [None, None]


def test_rows_that_are_hidden_are_left() -> None:
    assert alike(IRON, IRON, is_hidden=True) == [None, None]


def test_only_the_row_that_needs_a_word_is_left_of_those_alike() -> None:
    rounded, total, blank = [*IRON[:3], 60.005], [None, "รวม", *IRON[2:]], [*IRON[:2], " ", 60.0]
    assert alike(IRON, rounded, IRON, total, blank, IRON) == [
        IRON_LINE,
        None,
        IRON_LINE,
        None,
        None,
        IRON_LINE,
    ]


def test_lines_share_nothing_that_one_of_them_could_change() -> None:
    lines = alike([*IRON, None, None, "a; b"], [*IRON, None, None, "a; b"])
    assert lines[0] == lines[1]
    assert lines[0] and lines[1] and lines[0]["evidence"] is not lines[1]["evidence"]


@settings(deadline=None)
@given(
    st.lists(
        st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,8})?", fullmatch=True)
        | st.sampled_from(["-0", "0", "-0.5", "1.10", "1.12", "1.123", "1.123456", "1.1234567", "5.0"]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([2, 6]),
)
def test_numbers_are_short_together_where_each_is_read_as_it_stands(
    numbers: list[str], decimals: int
) -> None:
    stands = [
        cell_values.number_of(Cell(1, "n", number, has_formula=False), decimals=decimals) == (number, False)
        for number in numbers
    ]
    together = cell_values.are_short(SEPARATOR.join(numbers), decimals)
    assert together <= all(stands)
    if all(cell_values._is_short(number, decimals) for number in numbers):
        assert together


def test_an_amount_that_is_left_open_is_reckoned_by_columns_too() -> None:
    """In the order of the rows, whichever of them are alike."""
    words: Values = ["ชนิด", "รายการ", "จำนวนเงิน", "ปริมาณ", "ราคาต่อหน่วย"]
    left_open: Values = ["แรงงาน", "กลึง", None, 3.0, 1.5]
    rounded: Values = ["แรงงาน", "เจาะ", None, 0.333, 1.0]
    sheet = grid(
        words, left_open, ["แรงงาน", "ตัด", 7.0, 1.0, 1.0], rounded, ["แรงงาน", "ทา", 1.005], left_open
    )
    found = look_through(parse_grid(repacked(sheet)))
    assert [line["amount"] for line in found.document["lines"]] == ["4.50", "7", "0.33", "1.01", "4.50"]  # type: ignore[attr-defined]
    assert [(notice.code, notice.where) for notice in found.notices] == [
        ("amount_reckoned", "ต้นทุน!C2"),
        ("amount_rounded", "ต้นทุน!C4"),
        ("cell_rounded", "ต้นทุน!C5"),
        ("amount_reckoned", "ต้นทุน!C6"),
    ]
    assert told(found) == told(look_through(sheet))


def test_a_formula_is_told_at_each_cell_in_the_order_of_the_rows() -> None:
    """But not where its column is not read."""
    words: Values = ["ที่", "ชนิด", "รายการ", "จำนวนเงิน"]
    reckoned: Values = [formula("1"), "แรงงาน", formula("กลึง", "s"), formula("60")]
    sheet = grid(
        words,
        reckoned,
        [None, "แรงงาน", "ตัด", 1.005],
        reckoned,
        [None, "แรงงาน", "ทา", formula("๖" * 50, "s")],
    )
    found = look_through(parse_grid(repacked(sheet)))
    assert [(notice.code, notice.where) for notice in found.notices] == [
        ("cell_formula", "ต้นทุน!C2"),
        ("cell_formula", "ต้นทุน!D2"),
        ("cell_rounded", "ต้นทุน!D3"),
        ("cell_formula", "ต้นทุน!C4"),
        ("cell_formula", "ต้นทุน!D4"),
        ("cell_formula", "ต้นทุน!D5"),
    ]
    assert [notice.params["value"] for notice in found.notices if notice.code == "cell_formula"] == [
        "กลึง", "60", "กลึง", "60", "๖" * 40,
    ]  # fmt: skip
    assert told(found) == told(look_through(sheet))


def test_lines_that_are_read_one_by_one_share_nothing_either() -> None:
    words: Values = ["ชนิด", "รายการ", "จำนวนเงิน", "หลักฐาน"]
    found = look_through(grid(words, *[["แรงงาน", "ตัด", 7.0, "a; b"]] * 2))
    one, other = (line["evidence"] for line in found.document["lines"])  # type: ignore[attr-defined]
    assert one == other == ["a", "b"]
    assert one is not other


def test_a_heading_after_lines_of_its_own_form_is_no_line() -> None:
    """Rows above the headings may be of the form of the lines below: they are passed over, in their order."""
    words: Values = ["ชนิด", "รายการ", "จำนวนเงิน"]
    sheet = grid(["ยี่ห้อ", "ก", "ข"], words, ["วัตถุดิบ", "เหล็ก", "5"], ["แรงงาน", "กลึง", "6"])
    found = look_through(parse_grid(repacked(sheet)))
    assert [line["name"] for line in found.document["lines"]] == ["เหล็ก", "กลึง"]  # type: ignore[attr-defined]
    assert found.places["lines[2].amount"] == "ต้นทุน!C4"
    assert [(fault.code, fault.where) for fault in found.faults] == [("label_value", "ต้นทุน!C1")]


def test_a_sheet_without_a_table_has_none_by_columns_either() -> None:
    with pytest.raises(UnreadableFileError, match="workbook_no_table"):
        look_through(parse_grid(repacked(Grid(False, (Sheet("a", False, (), ()), *grid(["a", "b"]).sheets)))))
