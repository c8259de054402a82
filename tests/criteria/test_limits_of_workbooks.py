"""Workbooks at their limits: the last row looked at, the last sign shown, the nearest word."""

from __future__ import annotations

from typing import Any

import pytest

from mit.criteria import headings
from mit.criteria.cell_values import number_of
from mit.criteria.column_question import ColumnQuestion, ask_columns
from mit.criteria.cost_sheet_file import SheetFile, look_through
from mit.criteria.cost_table import has_enough
from mit.criteria.grid import Cell, Grid, Sheet
from mit.criteria.headings import FIELDS, NOTHING_CHOSEN, Chosen, find, table_of
from tests.criteria.test_cost_sheet_file import FIELDS as ABOVE
from tests.criteria.test_cost_sheet_file import HEADING, LINE, Values, cells_of, grid, read

TRUE = Cell(0, "b", "1", has_formula=False)
LONG = "y" * 39 + "zz"


def looked(*rows: Values, **options: Any) -> SheetFile:
    return look_through(grid(*rows, **options))


def asked(*rows: Values, chosen: Chosen = NOTHING_CHOSEN, **row: int) -> ColumnQuestion:
    found = ask_columns(Grid(False, (Sheet("BOM", False, (), cells_of(rows)),)), chosen, **row)
    assert found is not None
    return found


def guess(heading: str) -> str:
    """Return what a heading is guessed to be, beside one that is not read."""
    return asked(["zzz", heading], ["M", "x"], chosen=Chosen(columns={"zzz": ""})).columns[1].guess


# --- cells


@pytest.mark.parametrize(
    ("value", "is_percent", "text"),
    [
        ("5%", True, "5"),
        ("5 %", True, "5"),
        ("๕%", True, "5"),
        ("1,005%", True, "1005"),
        ("5%", False, "5%"),
        ("5 %", False, "5 %"),
    ],
)
def test_a_typed_percent_sign_is_taken_off_only_where_a_percentage_is_asked_for(
    value: str, is_percent: bool, text: str
) -> None:
    cell = Cell(1, "s", value, has_formula=False)
    assert number_of(cell, decimals=6, is_percent=is_percent) == (text, False)


@pytest.mark.parametrize(("first", "second"), [("1", TRUE), (TRUE, "1")])
def test_a_word_and_a_truth_value_that_is_stored_alike_are_told_apart(first: Any, second: Any) -> None:
    found = looked(*ABOVE, HEADING, [first, "a", 1.0], [second, "b", 2.0], [first, "c", 3.0])
    said = {"1": "1", TRUE: "true"}
    assert [line["kind"] for line in found.document["lines"]] == [said[first], said[second], said[first]]  # type: ignore[attr-defined]


# --- headings


@pytest.mark.parametrize(
    ("heading", "code", "at"),
    [
        ([*HEADING, LONG], "heading_unknown", "ต้นทุน!E7"),
        ([*HEADING, "จำนวนเงิน (" + "x" * 40 + ")"], "heading_twice", "ต้นทุน!E7"),
    ],
)
def test_a_heading_that_is_not_taken_is_named_up_to_forty_signs(heading: Values, code: str, at: str) -> None:
    [fault] = looked(*ABOVE, heading, LINE).faults
    assert (fault.code, fault.where, fault.params) == (code, at, {"text": heading[-1][:40]})


def test_a_value_without_a_heading_is_named_up_to_forty_signs_once_for_its_column() -> None:
    found = looked(*ABOVE, HEADING, [*LINE, LONG], [*LINE, "again"])
    assert [(one.code, one.where, one.params) for one in found.faults] == [
        ("heading_missing", "ต้นทุน!E8", {"text": LONG[:40]})
    ]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("ชื่อสินค้า (อังกฤษ) / name_en (ตัวพิมพ์ใหญ่)", "product.name_en"),
        ("name_en (ตัวพิมพ์ใหญ่) / ชื่อสินค้า (อังกฤษ)", "product.name_en"),
        ("ชื่อสินค้า (ไทย) / Product name", None),
    ],
)
def test_brackets_are_part_of_a_word_where_it_has_them_and_a_remark_where_not(
    heading: str, field: str | None
) -> None:
    assert find(heading, table_of(FIELDS)) == field


@pytest.mark.parametrize(
    ("members", "is_enough"),
    [
        (["kind", "name", "amount"], True),
        (["kind", "name", "quantity", "unit_price"], True),
        (["kind", "name", "amount", None, "origin"], True),
        (["kind", "name", "quantity"], False),
        (["kind", "name", "unit_price"], False),
        (["kind", "name"], False),
        (["kind", "amount"], False),
        (["name", "amount"], False),
        ([None, None, None], False),
    ],
)
def test_a_table_needs_kind_name_and_an_amount_or_what_it_is_reckoned_from(
    members: list[str | None], is_enough: bool
) -> None:
    assert has_enough(members) is is_enough


# --- which column is what


@pytest.mark.parametrize(("at", "is_offered"), [(1, True), (60, True), (61, False)])
def test_the_headings_are_looked_for_in_the_first_sixty_rows(at: int, is_offered: bool) -> None:
    above: list[Values] = [["-"]] * (at - 1)
    found = ask_columns(
        Grid(False, (Sheet("BOM", False, (), cells_of((*above, ["Group", "Part"]))),)), Chosen()
    )
    assert (found is not None) is is_offered


@pytest.mark.parametrize(("gap", "samples"), [(59, ("x",)), (60, ())])
def test_samples_are_taken_from_the_first_sixty_rows_below(gap: int, samples: tuple[str, ...]) -> None:
    rows: list[Values] = [["Group", "Part"], *([["M"]] * gap), ["M", "x"]]
    assert asked(*rows).columns[1].samples == samples


def test_three_samples_are_shown_each_up_to_sixty_signs() -> None:
    found = asked(["Group", "Part"], *([["M", "v" * 61]] * 5)).columns[1]
    assert found.samples == ("v" * 60,) * 3


def test_headings_labels_and_values_are_shown_up_to_sixty_signs() -> None:
    found = asked(["L" * 61, "S" * 61], ["Group " + "g" * 60, "Part " + "p" * 60], ["M", "x"], sheet=1, row=2)
    assert [one.heading for one in found.columns] == ["Group " + "g" * 54, "Part " + "p" * 55]
    assert [(one.label, one.sample) for one in found.fields] == [("L" * 60, "S" * 60)]
    assert [len(words) for _, _, words in found.rows] == [60, 60, 5]
    assert found.rows[0][2] == "L" * 60


@pytest.mark.parametrize(
    ("word", "member"),
    [
        ("Price", "unit_price"),
        ("Pricx", "unit_price"),  # four of five letters: just near enough
        ("Prixx", ""),
        ("FX", "rate"),
        ("HS", "hs_code"),
        ("HS of this line", ""),  # two letters are found in anything
        ("TIN of this firm", "supplier_tax_number"),
    ],
)
def test_a_word_is_near_from_four_letters_of_five_and_a_part_from_three(word: str, member: str) -> None:
    assert guess(word) == member


def test_of_two_headings_that_may_be_the_same_the_nearer_one_is_and_then_the_first() -> None:
    def guesses(*words: str) -> list[str]:
        return [one.guess for one in asked([*words, "Colour"], ["M", "x", "y"]).columns]

    assert guesses("Quantity of it", "Quantitiy")[:2] == ["quantity", ""]
    assert guesses("Quantitiy", "Quantity of it")[:2] == ["", "quantity"]
    assert guesses("Vendors", "Vendor s")[:2] == ["supplier", ""]


@pytest.mark.parametrize("length", [60, 61, 200])
def test_a_long_heading_is_compared_by_its_first_sixty_letters(length: int) -> None:
    assert guess("amount" + "ก" * 54 + "origin") == "amount"
    assert guess("ก" * (length - 6) + "amount") == ("amount" if length == 60 else "")


# --- fields above the table


@pytest.mark.parametrize("row", [["ราคาหน้าโรงงาน"], ["ราคาหน้าโรงงาน", " "], ["ราคาหน้าโรงงาน", None, "บาท"]])
def test_a_field_without_a_value_is_missed_in_the_cell_beside_its_label(row: Values) -> None:
    found = read(*ABOVE[:5], row, HEADING, LINE)
    assert found.places["price_ex_works"] == "ต้นทุน!B6"
    assert "price_ex_works" not in found.document


def test_a_label_that_is_not_read_has_no_cell_and_is_no_fault() -> None:
    found = look_through(
        grid(["ลูกค้า", "ก"], *ABOVE, HEADING, LINE), Chosen(fields={headings.plain("ลูกค้า"): ""})
    )
    assert found.faults == ()
    assert "" not in found.places
