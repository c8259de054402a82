"""Which column is what?  The likeliest row, samples, and a guess where a word is near."""

from __future__ import annotations

import pytest

from mit.criteria import headings
from mit.criteria.column_question import ColumnQuestion, ask_columns
from mit.criteria.grid import Grid, Sheet
from mit.criteria.headings import NOTHING_CHOSEN, Chosen, plain
from tests.criteria.test_cost_sheet_file import Values, cells_of

LINES: list[Values] = [["M", "มอเตอร์", 300.0], ["M", "ใบพัด", 200.0], ["M", None, 5.0], ["L", "ประกอบ", 1.0]]


def grid(*rows: Values, name: str = "BOM", more: tuple[Sheet, ...] = ()) -> Grid:
    return Grid(False, (*more, Sheet(name, False, (), cells_of(rows))))


def asked(*rows: Values, chosen: Chosen = NOTHING_CHOSEN, **row: int) -> ColumnQuestion:
    found = ask_columns(grid(*rows), chosen, **row)
    assert found is not None
    return found


def guess(heading: str) -> str:
    return asked(["zzz", heading], ["M", "x"], chosen=Chosen(columns={"zzz": ""})).columns[1].guess


@pytest.mark.parametrize("member", [member for member in headings.COLUMNS if member])
def test_every_word_of_ours_is_its_own_guess(member: str) -> None:
    for word in headings.COLUMNS[member]:
        assert guess(word) == member
    for word in headings.NEAR_COLUMNS[member]:
        assert guess(word) in {member, *(m for m, words in headings.COLUMNS.items() if word in words)}, word


@pytest.mark.parametrize(
    ("heading", "member"),
    [
        ("Amount in THB", "amount"),
        ("Quantitiy", "quantity"),
        ("Unit price (USD)", "unit_price"),
        ("Country of orgin", "country"),
        ("ผู้จำหน่ายวัตถุดิบ", "supplier"),
        ("พิกัดศุลกากร 8 หลัก", "hs_code"),
        ("แหล่งกำเนิดสินค้า", "origin"),
        ("เลขประจำตัวผู้เสียภาษี", "supplier_tax_number"),
        ("ลำดับ", "-"),
        ("Colour", ""),
        ("สี", ""),
        ("X", ""),
        ("12345", ""),
        ("ก" * 5_000, ""),
    ],
)
def test_a_word_that_is_near_is_guessed_and_no_other(heading: str, member: str) -> None:
    assert guess(heading) == member


def test_the_row_with_most_words_that_are_known_or_near_is_asked_about() -> None:
    found = asked(["Report", "BOM 2569"], ["Group", "Part", "Line total"], *LINES)
    assert (found.sheet, found.sheet_name, found.row) == (1, "BOM", 2)
    assert [(one.letters, one.heading, one.samples, one.guess) for one in found.columns] == [
        ("A", "Group", ("M", "M", "M"), "kind"),
        ("B", "Part", ("มอเตอร์", "ใบพัด", "ประกอบ"), "name"),
        ("C", "Line total", ("300", "200", "5"), "amount"),
    ]
    assert [(row, words) for _, row, words in found.rows[:2]] == [
        (1, "Report | BOM 2569"),
        (2, "Group | Part | Line total"),
    ]


def test_another_row_may_be_asked_about_and_a_row_that_is_not_there_may_not() -> None:
    rows: list[Values] = [["Report", "BOM 2569"], ["Group", "Part", "Line total"], *LINES]
    assert asked(*rows, sheet=1, row=1).row == 1
    assert asked(*rows, sheet=1, row=99).row == 2
    assert asked(*rows, sheet=7, row=1).row == 2


def test_a_row_that_is_known_as_the_headings_is_asked_about_whatever_stands_above() -> None:
    rows: list[Values] = [
        ["Kind", "Name", "Supplier", "Country"],
        [1.0],
        ["ชนิด", "รายการ", "จำนวนเงิน"],
        *LINES,
    ]
    assert asked(*rows).row == 3


def test_each_member_is_guessed_once_the_nearest_first() -> None:
    found = asked(["Group", "Part", "Total cost", "Line total", "Cost"], *LINES)
    guesses = [one.guess for one in found.columns]
    assert guesses.count("amount") == 1
    assert len([one for one in guesses if one]) == len({one for one in guesses if one})


def test_what_was_chosen_before_is_the_answer_and_nothing_else_takes_its_place() -> None:
    chosen = Chosen(columns={plain("Bin"): "amount", plain("Amount"): ""}, fields={plain("Customer"): ""})
    found = asked(["Customer", "ลูกค้า"], ["Kind", "Name", "Bin", "Amount", "Value"], *LINES, chosen=chosen)
    assert [one.guess for one in found.columns] == ["kind", "name", "amount", "-", "amount"]
    assert found.fields == ()


def test_labels_above_the_table_that_are_not_known_are_asked_about_with_what_stands_beside() -> None:
    rows: list[Values] = [
        ["Title only"],
        ["Customer", "ลูกค้า"],
        ["ราคาหน้าโรงงานต่อเครื่อง", 900.0],
        ["ยี่ห้อ", "สยาม"],
    ]
    found = asked(*rows, ["ชนิด", "รายการ", "จำนวนเงิน"], *LINES)
    assert [(one.row, one.address, one.label, one.sample, one.guess) for one in found.fields] == [
        (2, "BOM!A2", "Customer", "ลูกค้า", ""),
        (3, "BOM!A3", "ราคาหน้าโรงงานต่อเครื่อง", "900", "price_ex_works"),
    ]


def test_our_own_sheets_beside_the_table_are_not_asked_about() -> None:
    example = Sheet(headings.EXAMPLE_SHEETS[0], False, (), cells_of((["Kind", "Name", "Amount"],)))
    lists = Sheet(headings.SIDE_SHEETS[1], False, (), cells_of((["Kinds", "Origins"], ["a", "b"])))
    found = ask_columns(grid(["Group", "Part"], *LINES, more=(example, lists)), NOTHING_CHOSEN)
    assert found is not None
    assert {sheet for sheet, _, _ in found.rows} == {3}
    alone = ask_columns(Grid(False, (example,)), NOTHING_CHOSEN)
    assert alone is not None and alone.sheet_name == headings.EXAMPLE_SHEETS[0]


@pytest.mark.parametrize("rows", [(), (["only"],), ([1.0, 2.0], [3.0, 4.0])])
def test_where_no_row_holds_words_nothing_is_asked(rows: tuple[Values, ...]) -> None:
    assert ask_columns(grid(*rows), NOTHING_CHOSEN) is None
