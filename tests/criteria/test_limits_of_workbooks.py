"""Workbooks at their limits: the last row looked at, the last sign shown, the nearest word."""

from __future__ import annotations

from typing import Any

import pytest

from mit.criteria import headings
from mit.criteria.cell_values import number_of
from mit.criteria.column_question import ColumnQuestion, ask_columns
from mit.criteria.cost_sheet_file import SheetFile, look_through
from mit.criteria.cost_table import has_enough
from mit.criteria.grid import Cell, CellType, Grid, Sheet
from mit.criteria.headings import FIELDS, NOTHING_CHOSEN, Chosen, find, table_of
from mit.errors import UnreadableFileError
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


@pytest.mark.parametrize("kind", ["n", "%"])
def test_nothing_below_zero_is_nothing(kind: CellType) -> None:
    assert number_of(Cell(1, kind, "-0", has_formula=False), decimals=2) == ("0", False)


@pytest.mark.parametrize(
    ("heading", "value", "member", "read_as"),
    [
        ("ปริมาณ", "1,000", "quantity", "1000"),
        ("ราคาต่อหน่วย", 0.12345678, "unit_price", "0.123457"),
        ("อัตราแลกเปลี่ยน", " ๓๔.๕ ", "rate", "34.5"),
        ("การสูญเสีย", "3 %", "waste_percent", "3"),
        ("ปริมาณ", "3 %", "quantity", "3 %"),
        ("จำนวนเงิน", 0.125, "amount", "0.13"),
        ("ผู้ขาย", "1,000", "supplier", "1,000"),
        ("หน่วย", 0.12345678, "unit", "0.12345678"),
        ("เลขประจำตัวผู้เสียภาษีผู้ขาย", 105556000751.0, "supplier_tax_number", "105556000751"),
    ],
)
def test_a_column_of_numbers_is_read_as_numbers_and_one_of_texts_as_it_stands(
    heading: str, value: Any, member: str, read_as: str
) -> None:
    columns = ["ชนิด", "รายการ", heading, *([] if member == "amount" else ["จำนวนเงิน"])]
    found = looked(*ABOVE, columns, ["วัตถุดิบ", "ก", value, 5.0][: len(columns)])
    [line] = found.document["lines"]  # type: ignore[misc]
    assert line[member] == read_as


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


@pytest.mark.parametrize(
    ("heading", "member"), [("Kind Cost", "kind"), ("Origin HS code", "origin"), ("Name Curr.", "name")]
)
def test_of_two_members_as_near_as_each_other_the_one_that_a_table_has_first_is_guessed(
    heading: str, member: str
) -> None:
    assert guess(heading) == member


def test_a_table_that_begins_with_its_headings_is_asked_about_by_them_and_not_by_its_last_row() -> None:
    found = asked(["ชนิด", "รายการ", "จำนวนเงิน"], ["M", "ก", 5.0], ["Group", "Part", "Vendor", "Cost"])
    assert (found.row, len(found.rows)) == (1, 3)


@pytest.mark.parametrize("before", [True, False])
def test_an_example_beside_one_other_sheet_is_not_asked_about(before: bool) -> None:
    example, own = table(headings.EXAMPLE_SHEETS[0]), Sheet("ก", False, (), cells_of((["Group", "Part"],)))
    found = ask_columns(Grid(False, (example, own) if before else (own, example)), NOTHING_CHOSEN)
    assert found is not None
    assert (found.sheet_name, found.rows) == ("ก", ((2 if before else 1, 1, "Group | Part"),))


@pytest.mark.parametrize("length", [60, 61, 200])
def test_a_long_heading_is_compared_by_its_first_sixty_letters(length: int) -> None:
    assert guess("amount" + "ก" * 54 + "origin") == "amount"
    assert guess("ก" * (length - 6) + "amount") == ("amount" if length == 60 else "")


@pytest.mark.parametrize(
    ("rows", "likeliest"),
    [
        ([["Aaa", "Bbb", "Ccc"], ["Group", "Part"]], 2),  # words that are near
        ([["Aaa", "Bbb"], ["No.", "Bbb"]], 2),  # a column that is known not to be read
        ([["Group", "Part"], ["Group", "Part"]], 1),
        ([["Group", "Part"], ["Group", "Part", "Ccc"]], 2),
        ([["Aaa", "Bbb"], ["Aaa"], ["Aaa", "Bbb", "Ccc"]], 3),
    ],
)
def test_the_row_of_most_words_known_or_near_is_the_likeliest_then_the_widest_then_the_first(
    rows: list[Values], likeliest: int
) -> None:
    assert asked(*rows).row == likeliest


@pytest.mark.parametrize("at", [1, 2, 3])
def test_each_sheet_may_be_asked_about_by_its_place(at: int) -> None:
    sheets = tuple(Sheet(name, False, (), cells_of(([f"{name}a", f"{name}b"],))) for name in "XYZ")
    found = ask_columns(Grid(False, sheets), NOTHING_CHOSEN, sheet=at, row=1)
    assert found is not None
    name = "XYZ"[at - 1]
    assert (found.sheet, found.sheet_name, found.columns[0].heading) == (at, name, f"{name}a")


# --- fields above the table


def test_what_is_made_in_a_year_is_a_number_of_at_most_six_decimals() -> None:
    yearly: list[Values] = [["กำลังการผลิตต่อปี", 12_000.0], ["ปริมาณที่จะผลิตต่อปี", 0.12345678]]
    found = read(*ABOVE, *yearly, HEADING, LINE)
    assert found.document["product"] == {
        "name_th": "หม้อแปลง",
        "name_en": "Transformer",
        "hs_code": "8504.40",
        "unit": "เครื่อง",
        "capacity_per_year": "12000",
        "volume_per_year": "0.123457",
    }
    assert [(one.code, one.where, one.params) for one in found.notices] == [
        ("cell_rounded", "ต้นทุน!B8", {"found": "0.12345678", "used": "0.123457"})
    ]


def test_a_label_that_stands_twice_is_named_up_to_forty_signs() -> None:
    label = "หน่วย (" + "x" * 40 + ")"
    [fault] = looked(*ABOVE, [label, "ตัว"], HEADING, LINE).faults
    assert (fault.code, fault.where, fault.params) == ("label_twice", "ต้นทุน!A7", {"text": label[:40]})


@pytest.mark.parametrize("length", [39, 40, 41, 60])
def test_what_a_formula_gave_and_what_was_rounded_is_shown_up_to_forty_signs(length: int) -> None:
    reckoned = Cell(0, "s", "v" * length, has_formula=True)
    long = "0." + "1" * (length - 2)
    found = read(
        *ABOVE, ["ยี่ห้อ", reckoned], HEADING, [*LINE[:2], Cell(0, "n", long, has_formula=False), LINE[3]]
    )
    assert [(one.code, one.params) for one in found.notices] == [
        ("cell_formula", {"value": "v" * min(length, 40)}),
        ("cell_rounded", {"found": long[:40], "used": "0.11"}),
    ]


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


# --- sheets


def table(name: str) -> Sheet:
    return Sheet(name, False, (), cells_of((*ABOVE, HEADING, LINE)))


EXAMPLE, OTHER_EXAMPLE = headings.EXAMPLE_SHEETS[:2]


@pytest.mark.parametrize(
    ("names", "read_from"),
    [
        (["ก"], "ก"),
        ([EXAMPLE], EXAMPLE),
        ([EXAMPLE, "ก"], "ก"),
        (["ก", EXAMPLE, OTHER_EXAMPLE], "ก"),
    ],
)
def test_an_example_is_passed_over_beside_a_sheet_that_was_filled_in_and_read_where_it_is_alone(
    names: list[str], read_from: str
) -> None:
    found = look_through(Grid(False, tuple(map(table, names))))
    assert (found.sheet, found.heading_row) == (read_from, 7)
    assert [(one.code, one.where) for one in found.notices] == [
        ("sheet_example", name) for name in names if name != read_from
    ]


@pytest.mark.parametrize(
    "names",
    [["ก", "ข"], ["ก", "ข", EXAMPLE], [EXAMPLE, OTHER_EXAMPLE], ["ก" * 99, "ข"], ["ก" * 60, "ข" * 60]],
)
def test_of_two_sheets_that_could_be_meant_neither_is_read_and_their_names_are_said(names: list[str]) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        look_through(Grid(False, tuple(map(table, names))))
    assert refused.value.code == "workbook_two_tables"
    assert refused.value.params == {"names": ", ".join(names[:2])[:100]}


def test_each_entry_of_a_field_of_several_has_its_own_cell_and_the_field_has_the_first() -> None:
    places = read(*ABOVE, ["รุ่น", "A", "B; C", "D"], HEADING, LINE).places
    cells = {path: places[path] for path in places if path.startswith("product.models")}
    assert cells == {
        "product.models": "ต้นทุน!B7",
        "product.models[1]": "ต้นทุน!B7",
        "product.models[2]": "ต้นทุน!C7",
        "product.models[3]": "ต้นทุน!C7",
        "product.models[4]": "ต้นทุน!D7",
    }
