"""The table of lines: columns anywhere, known by our words or by what people chose; amounts reckoned."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria import headings
from mit.criteria.cost_sheet_file import SheetFile, look_through, read_grid
from mit.criteria.cost_table import has_enough
from mit.criteria.grid import Cell, Grid, Sheet
from mit.criteria.headings import NOTHING_CHOSEN, Chosen, plain
from mit.errors import UnreadableFileError
from tests.criteria.test_cost_sheet_file import FIELDS, Values, cells_of, formula

HEADING: Values = [
    "ชนิด",
    "รายการ",
    "แหล่งกำเนิด",
    "จำนวนเงิน",
    "ปริมาณ",
    "ราคาต่อหน่วย",
    "ร้อยละการสูญเสีย",
    "สกุลเงิน",
    "อัตราแลกเปลี่ยน",
]
PRICED: Values = ["วัตถุดิบ", "เหล็ก", "นำเข้า", None, 25.0, 4.2, 2.5, "USD", 35.125]
OWN = Chosen(
    columns={
        plain(word): member
        for word, member in {"หมวด": "kind", "ของ": "name", "เงิน": "amount", "ชั้น": ""}.items()
    },
    fields={plain("โรงงาน"): "", plain("ขายที่"): "price_ex_works"},
)


def look(*rows: Values, chosen: Chosen = NOTHING_CHOSEN, more: tuple[Sheet, ...] = ()) -> SheetFile:
    return look_through(Grid(False, (*more, Sheet("ต้นทุน", False, (), cells_of(rows)))), chosen)


def lines_of(found: SheetFile) -> list[dict[str, Any]]:
    lines = found.document["lines"]
    assert isinstance(lines, list)
    return lines


def told(found: SheetFile) -> list[tuple[str, str]]:
    return [(notice.code, notice.where) for notice in found.notices]


@given(st.permutations(range(len(HEADING))), st.integers(0, 3))
def test_columns_may_stand_in_any_order_and_anywhere(order: list[int], shift: int) -> None:
    def moved(row: Values) -> Values:
        return [None] * shift + [row[at] for at in order]

    labour: Values = ["แรงงาน", "ประกอบ", None, 10.0, None, None, None, None, None]
    straight = look(*FIELDS, HEADING, PRICED, labour)
    other = look(*FIELDS, moved(HEADING), moved(PRICED), moved(labour))
    assert other.document == straight.document
    assert [notice.code for notice in other.notices] == [notice.code for notice in straight.notices]
    assert not other.faults
    letter = "ABCDEFGHIJKL"[shift + order.index(HEADING.index("ปริมาณ"))]
    assert other.places["lines[1].quantity"] == f"ต้นทุน!{letter}8"


def test_an_amount_that_is_left_open_is_reckoned_and_said_with_its_sum() -> None:
    found = look(*FIELDS, HEADING, PRICED)
    (line,) = lines_of(found)
    assert line["amount"] == "3780.33"
    (notice,) = found.notices
    assert (notice.code, notice.where) == ("amount_rounded", "ต้นทุน!D8")
    assert notice.params == {"amount": "3780.33", "formula": "25 × 4.2 × (1 + 2.5 %) × 35.125"}
    detail = notice.to_document()["detail"]
    assert isinstance(detail, dict)
    assert "25 × 4.2" in detail["th"] and "3780.33" in detail["en"] and detail["th"] != detail["en"]


def test_what_comes_out_even_is_not_called_rounded() -> None:
    found = look(*FIELDS, HEADING, ["แรงงาน", "กลึง", None, None, 12.0, 125.0])
    assert told(found) == [("amount_reckoned", "ต้นทุน!D8")]
    assert lines_of(found)[0]["amount"] == "1500.00"


def test_an_amount_that_is_given_counts_whatever_the_other_figures_say() -> None:
    given_too = [*PRICED[:3], 1.0, *PRICED[4:]]
    found = look(*FIELDS, HEADING, given_too)
    assert lines_of(found)[0]["amount"] == "1"
    assert told(found) == []


@pytest.mark.parametrize("at", [4, 5, 8])
def test_without_all_its_figures_no_amount_is_made_up(at: int) -> None:
    row = list(PRICED)
    row[at] = None
    found = look(*FIELDS, HEADING, row)
    assert "amount" not in lines_of(found)[0]
    assert told(found) == []
    assert found.places["lines[1].amount"] == "ต้นทุน!D8"


def test_an_amount_that_is_an_error_is_not_reckoned_over() -> None:
    row = [*PRICED[:3], Cell(0, "e", "#REF!", has_formula=True), *PRICED[4:]]
    found = look(*FIELDS, HEADING, row)
    assert "amount" not in lines_of(found)[0]
    assert [(fault.code, fault.where) for fault in found.faults] == [("cell_error", "ต้นทุน!D8")]


def test_a_table_needs_no_column_of_amounts_where_they_can_be_reckoned() -> None:
    heading: Values = ["ชนิด", "รายการ", "ปริมาณ", "ราคาต่อหน่วย"]
    found = look(*FIELDS, heading, ["แรงงาน", "กลึง", 2.0, 3.0], ["แรงงาน", "เจาะ", 2.0])
    assert [line.get("amount") for line in lines_of(found)] == ["6.00", None]
    assert told(found) == [("amount_reckoned", "ต้นทุน!D8")]
    assert found.places["lines[2].amount"] == "ต้นทุน!D9", "where the figure that is missing would stand"


@pytest.mark.parametrize(
    ("members", "enough"),
    [
        (("kind", "name", "amount"), True),
        (("name", "quantity", "unit_price", "kind"), True),
        (("kind", "name", "amount", None, ""), True),
        (("kind", "name"), False),
        (("kind", "name", "quantity"), False),
        (("kind", "amount", "quantity", "unit_price"), False),
        ((), False),
    ],
)
def test_what_makes_a_row_of_headings(members: tuple[str | None, ...], enough: bool) -> None:
    assert has_enough(members) is enough


def test_the_words_that_were_chosen_are_known_and_what_is_not_read_is_passed_over() -> None:
    rows: tuple[Values, ...] = (["โรงงาน", "บางปู"], ["ขายที่", 90.0], *FIELDS[:5], ["หมวด", "ของ", "เงิน", "ชั้น"])
    found = look(*rows, ["แรงงาน", "กลึง", 5.0, "A-1"], [None, None, None, "A-2"], chosen=OWN)
    assert not found.faults
    assert found.document["price_ex_works"] == "90"
    assert lines_of(found) == [{"kind": "labour", "name": "กลึง", "amount": "5"}]
    with pytest.raises(UnreadableFileError, match="workbook_no_table"):
        look(*rows)


def test_a_choice_stands_above_our_own_words() -> None:
    chosen = Chosen(columns={plain("มูลค่า"): "", plain("Line cost"): "amount"})
    found = look(*FIELDS, ["ชนิด", "รายการ", "มูลค่า", "Line cost"], ["แรงงาน", "กลึง", 9.0, 5.0], chosen=chosen)
    assert lines_of(found)[0]["amount"] == "5"


def test_a_strange_column_is_named_once_and_not_for_every_row() -> None:
    found = look(*FIELDS, HEADING[:4], *([["แรงงาน", "กลึง", None, 5.0, "แดง", "ใหญ่"]] * 3))
    assert [(fault.code, fault.where) for fault in found.faults] == [
        ("heading_missing", "ต้นทุน!E8"),
        ("heading_missing", "ต้นทุน!F8"),
    ]
    with pytest.raises(UnreadableFileError, match="workbook"):
        read_grid(
            Grid(
                False,
                (
                    Sheet(
                        "ต้นทุน",
                        False,
                        (),
                        cells_of((*FIELDS, HEADING[:4], ["แรงงาน", "กลึง", None, 5.0, "แดง"])),
                    ),
                ),
            )
        )


def test_a_formula_that_shows_nothing_is_an_empty_cell() -> None:
    """As many workbooks fill their rows down to the last: IF(A9="","",…)."""
    nothing = Cell(0, "s", "", has_formula=True)
    found = look(*FIELDS, HEADING[:4], ["แรงงาน", "กลึง", nothing, 5.0], [nothing, nothing, nothing, nothing])
    assert lines_of(found) == [{"kind": "labour", "name": "กลึง", "amount": "5"}]
    assert told(found) == []
    assert [
        fault.code for fault in look(*FIELDS, HEADING[:4], ["แรงงาน", "กลึง", None, formula()]).faults
    ] == ["cell_formula_without_value"]


@pytest.mark.parametrize(
    ("cell", "percent"),
    [
        (2.5, "2.5"),
        (Cell(0, "%", "0.025", has_formula=False), "2.5"),
        ("2.5%", "2.5"),
        ("2.5 %", "2.5"),
        ("๒.๕%", "2.5"),
        ("2.5", "2.5"),
    ],
)
def test_waste_may_be_written_as_people_write_percent(cell: Any, percent: str) -> None:
    found = look(*FIELDS, HEADING, [*PRICED[:6], cell, *PRICED[7:]])
    (line,) = lines_of(found)
    assert (line["waste_percent"], line["amount"]) == (percent, "3780.33")


@pytest.mark.parametrize(
    ("word", "code"), [("บาท", "THB"), ("฿", "THB"), ("baht", "THB"), ("usd", "usd"), ("ยูโร", "ยูโร")]
)
def test_baht_is_known_by_its_words_and_other_currencies_stay_as_written(word: str, code: str) -> None:
    found = look(*FIELDS, HEADING, ["แรงงาน", "กลึง", None, 5.0, None, None, None, word])
    assert lines_of(found)[0]["currency"] == code


def test_what_a_price_would_be_in_is_no_price() -> None:
    found = look(
        *FIELDS[:5],
        ["ราคาหน้าโรงงาน", None, "บาท"],
        ["กำไร", "บาท"],
        HEADING[:4],
        ["แรงงาน", "กลึง", None, 5.0],
    )
    assert not {"price_ex_works", "profit"} & found.document.keys()
    assert not found.faults
    assert found.places["price_ex_works"] == "ต้นทุน!B6", "an empty cell is named where it would be filled in"


@pytest.mark.parametrize("name", headings.EXAMPLE_SHEETS)
def test_the_example_is_passed_over_beside_the_sheet_and_said_so(name: str) -> None:
    example = Sheet(name, False, (), cells_of((*FIELDS, HEADING, PRICED)))
    found = look(*FIELDS, HEADING[:4], ["แรงงาน", "กลึง", None, 5.0], more=(example,))
    assert found.sheet == "ต้นทุน"
    assert told(found) == [("sheet_example", name)]
    alone = look_through(Grid(False, (example,)))
    assert alone.sheet == name and len(lines_of(alone)) == 1


@pytest.mark.parametrize("name", headings.SIDE_SHEETS)
def test_what_the_template_says_besides_is_not_worth_a_word(name: str) -> None:
    beside = Sheet(name, False, (), cells_of((["a", "b"],)))
    assert told(look(*FIELDS, HEADING[:4], ["แรงงาน", "กลึง", None, 5.0], more=(beside,))) == []


def test_two_sheets_that_are_no_examples_are_still_two() -> None:
    other = Sheet("อีกแผ่น", False, (), cells_of((*FIELDS, HEADING, PRICED)))
    with pytest.raises(UnreadableFileError, match="workbook_two_tables"):
        look(*FIELDS, HEADING, PRICED, more=(other,))


def test_where_the_table_stands_is_told() -> None:
    found = look(*FIELDS, [None], HEADING[:4], ["แรงงาน", "กลึง", None, 5.0])
    assert (found.sheet, found.heading_row) == ("ต้นทุน", 8)


def test_a_figure_that_has_to_be_rounded_is_told_in_every_row() -> None:
    """What was read once is not read again, but what is to be noticed is noticed at each cell."""
    priced: Values = ["แรงงาน", "ตัด", None, 1.005]
    found = look(*FIELDS, HEADING[:4], priced, priced, priced)
    rounded = [where for code, where in told(found) if code == "cell_rounded"]
    assert [where.rpartition("D")[0] for where in rounded] == ["ต้นทุน!"] * 3
    assert len(set(rounded)) == 3
    assert [line["amount"] for line in lines_of(found)] == ["1.01"] * 3


def test_a_formula_is_told_in_every_row_though_its_value_is_known() -> None:
    rows: list[Values] = [
        ["แรงงาน", "ตัด", None, amount] for amount in (10.0, formula("10"), formula("10"), 10.0)
    ]
    found = look(*FIELDS, HEADING[:4], *rows)
    assert [code for code, _ in told(found)] == ["cell_formula", "cell_formula"]
    assert [line["amount"] for line in lines_of(found)] == ["10"] * 4


@pytest.mark.parametrize("word", ["รวม", "Total", "ยอดรวม (บาท)"])
def test_every_total_is_left_out_and_told(word: str) -> None:
    row, total = ["แรงงาน", "ตัด", None, 10.0], [None, word, None, 10.0]
    found = look(*FIELDS, HEADING[:4], row, total, row, total)
    assert len(lines_of(found)) == 2
    assert [code for code, _ in told(found)] == ["row_total", "row_total"]


def test_the_same_sign_means_in_each_column_what_it_means_there() -> None:
    """``1`` is a name, a quantity and an amount; a text and a number of one spelling are not mixed up."""
    found = look(
        *FIELDS, HEADING[:6], ["แรงงาน", "1", None, 1.0, "๑", 1.0], ["แรงงาน", 1.0, None, "1", 1.0, "๑"]
    )
    assert [
        (line["name"], line["amount"], line["quantity"], line["unit_price"]) for line in lines_of(found)
    ] == [("1", "1", "1", "1")] * 2


def test_a_word_that_is_not_known_stays_as_it_stands_in_every_row() -> None:
    found = look(*FIELDS, HEADING[:4], *[["พิเศษ", "ตัด", "ดาวอังคาร", 10.0]] * 2)
    assert [(line["kind"], line["origin"]) for line in lines_of(found)] == [("พิเศษ", "ดาวอังคาร")] * 2
