"""At the limits: the last that is taken, and the first that is not."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.cell_values import NUMBER_DECIMALS, day_of, number_of
from mit.criteria.cost_line import CostLine
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.explain import LISTED_LINES, explain_formula
from mit.criteria.explain_what_if import explain_what_if
from mit.criteria.grid import Cell, Row, Sheet, find_address, parse_grid
from mit.criteria.headings import COLUMNS, find, table_of
from mit.criteria.members import TEXT_LIMIT, read_text, shown
from mit.criteria.moved_figures import lowest_price, smallest
from mit.criteria.rule_set import parse_rule_set
from mit.criteria.suggest import fewest_lines
from mit.criteria.what_if import MOST_EFFECTS, WhatIf, what_if
from mit.errors import InputError, RulebookError, UnreadableFileError
from mit.i18n import LANGUAGES, Language
from mit.values.money import Money
from tests.criteria.test_cost_sheet_file import FIELDS, HEADING, LINE, cells_of, read
from tests.criteria.test_what_if import LEVELS
from tests.support.sheets import Document, cost, material, overriding, product, rule_document, rule_set, sheet
from tests.support.workbooks import packed


def asked(document: Document, **changed: Any) -> WhatIf:
    return what_if(assess(rule_set(**changed), parse_cost_sheet(document)), LEVELS)


# --- cells of a workbook


@pytest.mark.parametrize(
    ("serial", "counts_from_1904", "text"),
    [
        ("60", False, "60"),
        ("61", False, "1900-03-01"),
        ("109574", False, "2199-12-31"),
        ("109575", False, "109575"),
        ("61", True, "1904-03-02"),
        ("46000.5", False, "46000.5"),
    ],
)
def test_a_day_is_counted_from_the_first_that_is_certain_to_the_last_of_the_century(
    serial: str, counts_from_1904: bool, text: str
) -> None:
    assert day_of(Cell(1, "n", serial, has_formula=False), counts_from_1904=counts_from_1904) == text


def one_cell(row: int, column: int) -> dict[str, Any]:
    rows = packed([row, False, [column], "s", ["x"]])
    return {"date_1904": False, "sheets": [{"name": "a", "hidden": False, "hidden_columns": [], **rows}]}


@pytest.mark.parametrize(("row", "column"), [(1, 1), (1_048_576, 1), (1, 16_384), (1_048_576, 16_384)])
def test_a_cell_may_stand_in_the_last_row_and_column_of_a_workbook(row: int, column: int) -> None:
    grid = parse_grid(one_cell(row, column))
    (sheet,) = grid.sheets
    assert (grid.counts_from_1904, sheet.name, sheet.is_hidden, sheet.hidden_columns) == (
        False,
        "a",
        False,
        (),
    )
    assert list(sheet.rows) == [Row(row, False, (Cell(column, "s", "x", has_formula=False),))]


@pytest.mark.parametrize(("row", "column"), [(0, 1), (1_048_577, 1), (1, 0), (1, 16_385)])
def test_no_cell_stands_beyond_them(row: int, column: int) -> None:
    with pytest.raises(UnreadableFileError):
        parse_grid(one_cell(row, column))


LONG = "x" * 39 + "yz"


@pytest.mark.parametrize(
    ("rows", "code", "text"),
    [
        ([*FIELDS, ["ยี่ห้อ", "a", LONG]], "label_value", LONG[:40]),
        ([*FIELDS, [LONG, "a"]], "label_unknown", LONG[:40]),
        ([*FIELDS, ["หน่วย / " + "u" * 50, "a"]], "label_unknown", ("หน่วย / " + "u" * 50)[:40]),
        ([*FIELDS, ["ราคาหน้าโรงงาน", Cell(0, "e", "#" * 45, has_formula=False)]], "cell_error", "#" * 40),
    ],
)
def test_a_fault_names_what_stands_in_the_cell_cut_at_forty_signs(
    rows: list[list[Any]], code: str, text: str
) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(*rows, HEADING, LINE)
    assert [fault.params["text"] for fault in refusal.value.faults if fault.code == code] == [text]


def test_a_row_that_begins_with_total_is_left_out_though_another_word_stands_behind_it() -> None:
    found = read(*FIELDS, HEADING, LINE, ["รวม", "ทั้งหมด", 60.0, "บาท"])
    assert [notice.code for notice in found.notices] == ["row_total"]
    assert len(cells_of((["รวม"],))) == 1


@pytest.mark.parametrize("length", [1, 39, 40, 41, 200])
def test_a_value_is_shown_up_to_forty_signs(length: int) -> None:
    assert shown("x" * length) == "x" * min(length, 40)


SHEET = Sheet("แผ่น!1", False, (), ())


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("แผ่น!1!A1", (1, 1)),
        ("แผ่น!1!C7", (3, 7)),
        ("แผ่น!1!Z9", (26, 9)),
        ("แผ่น!1!AA10", (27, 10)),
        ("แผ่น!1!XFD1048576", (16_384, 1_048_576)),
        ("A1", None),
        ("1!A1", None),
        ("แผ่น!2!A1", None),
        ("แผ่น!1!", None),
        ("แผ่น!1!7C", None),
        ("แผ่น!1!a1", None),
        ("แผ่น!1!A0", None),
    ],
)
def test_an_address_leads_to_its_cell_and_nothing_else_leads_anywhere(
    address: str, place: tuple[int, int] | None
) -> None:
    assert find_address(SHEET, address) == place


def test_a_seventh_value_of_a_range_is_named() -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(*FIELDS, ["ช่วง", "หนา", "มม.", 1.0, 2.0, True, True, LONG], HEADING, LINE)
    assert [(fault.code, fault.where, fault.params) for fault in refusal.value.faults] == [
        ("label_value", "ต้นทุน!H7", {"text": LONG[:40]})
    ]


@pytest.mark.parametrize(
    "heading",
    ["จำนวนเงิน", "จำนวนเงิน (บาท)", "จำนวนเงิน / Amount", "จำนวนเงิน (บาท) / Amount (THB)", "Amount [THB]"],
)
def test_a_heading_is_known_in_one_language_or_both_with_a_unit_or_without(heading: str) -> None:
    assert find(heading, table_of(COLUMNS)) == "amount"


@pytest.mark.parametrize("heading", ["จำนวนเงิน / Origin", "จำนวนเงิน / x", "Amount (THB", ""])
def test_a_heading_that_means_two_things_or_none_is_not_known(heading: str) -> None:
    assert find(heading, table_of(COLUMNS)) is None


def test_a_rule_set_does_not_print_its_whole_text_into_a_log() -> None:
    rules = rule_set()
    assert rules.document
    assert rules.document not in repr(rules)


# --- cost sheets


@pytest.mark.parametrize(("count", "is_taken"), [(1, True), (50, True), (51, False)])
def test_a_product_has_at_most_fifty_ranges(count: int, is_taken: bool) -> None:
    span = {"property": "thickness", "unit": "mm", "from": "1", "to": "2"}
    document = sheet("100.00", product=product(ranges=[span] * count))
    if is_taken:
        assert len(parse_cost_sheet(document).product.ranges) == count
        return
    with pytest.raises(InputError) as refusal:
        parse_cost_sheet(document)
    assert [fault.where for fault in refusal.value.faults] == ["product.ranges"]


# --- what it would take


def test_a_price_that_no_sheet_can_state_is_no_answer() -> None:
    """60 of 100 parts foreign: a price of exactly 10^14 satang would do, one more than a sheet can say."""
    foreign = material("600000000000.00", "imported", hs_code="850490")
    short = asked(sheet("700000000000.00", foreign)).shortfalls
    assert [(one.result.id, one.price_change) for one in short] == [("direct", None), ("build_down", None)]


def test_the_largest_price_that_a_sheet_can_state_is_an_answer() -> None:
    foreign = material("599999999999.99", "imported", hs_code="850490")
    short = asked(sheet("700000000000.00", foreign)).shortfalls
    found = {one.result.id: one.price_change for one in short}
    assert found["build_down"] == Money(10**14 - 1 - 700_000_000_000_00)


@pytest.mark.parametrize(
    ("document", "lowest"),
    [
        (sheet("10.00"), 1),
        (sheet("10.00", profit="0.00"), 1),
        (sheet("10.00", material("4.00", "domestic")), 400),
        (sheet("10.00", material("4.00", "domestic"), cost("labour", "1.00")), 500),
        (sheet("10.00", material("4.00", "domestic"), profit="2.50"), 650),
        (sheet("10.00", material("4.00", "domestic"), profit="-1.00"), 300),
    ],
)
def test_no_price_is_lower_than_what_it_has_to_pay(document: Document, lowest: int) -> None:
    assert lowest_price(assess(rule_set(), parse_cost_sheet(document)).figures) == lowest


def line(position: int, satang: int) -> CostLine:
    return CostLine(position, "material", f"m{position}", Money(satang), "imported")


@pytest.mark.parametrize(
    ("amounts", "needed", "chosen"),
    [
        ([5, 5, 5], 0, []),
        ([5, 5, 5], 5, [5]),
        ([5, 5, 5], 16, []),
        ([9, 7, 3], 3, [3]),
        ([9, 7, 3], 10, [7, 3]),
        ([9, 7, 3], 12, [9, 3]),
        ([9, 7, 3], 19, [9, 7, 3]),
    ],
)
def test_the_fewest_lines_that_come_to_the_sum_and_of_those_the_smallest(
    amounts: list[int], needed: int, chosen: list[int]
) -> None:
    found = fewest_lines([line(at, satang) for at, satang in enumerate(amounts, 1)], needed)
    assert sorted((one.amount.satang for one in found), reverse=True) == chosen


def test_of_very_many_lines_the_last_is_exchanged_for_the_smallest_that_is_just_enough() -> None:
    """So many sets that not all are tried: 40 of 80; the line that fits exactly counts as enough."""
    lines = [line(at, 1_000) for at in range(1, 40)] + [line(at, 500) for at in range(40, 80)]
    found = fewest_lines([*lines, line(80, 400)], 39 * 1_000 + 400)
    assert len(found) == 40
    assert sum(one.amount.satang for one in found) == 39 * 1_000 + 400


def needing(lines: int) -> Document:
    """Return a sheet that passes only once so many equal lines are bought at home."""
    return sheet(
        "100.00", *(material("1.00", name=f"part {at}", hs_code="850490") for at in range(60 + lines))
    )


@pytest.mark.parametrize("lines", [1, LISTED_LINES, LISTED_LINES + 1, LISTED_LINES + 3])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggestion_says_how_many_lines_it_does_not_list(lines: int, language: Language) -> None:
    said = " ".join(explain_what_if(asked(needing(lines)), language))
    more = {"th": f"และอีก {lines - LISTED_LINES} รายการ", "en": f"and {lines - LISTED_LINES} more"}[language]
    assert (more in said) is (lines > LISTED_LINES), said


@pytest.mark.parametrize("count", [1, LISTED_LINES, LISTED_LINES + 1, LISTED_LINES + 9])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explanation_says_how_many_lines_it_does_not_list(count: int, language: Language) -> None:
    document = sheet("100.00", *(material("1.00", "domestic") for _ in range(count)))
    said = " ".join(assess(rule_set(), parse_cost_sheet(document)).explanation[language])
    more = {"th": "และอีก", "en": "more"}[language]
    assert (more in said) is (count > LISTED_LINES), said
    assert (
        count <= LISTED_LINES
        or str(count - LISTED_LINES) in said.partition(more)[2 if language == "th" else 0]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_formula_is_explained_by_its_own_sentence(language: Language) -> None:
    foreign = material("30.00", "imported", hs_code="740911")
    found = assess(rule_set(), parse_cost_sheet(sheet("100.00", foreign, cost("labour", "20.00"))))
    said = {
        formula: explain_formula(found, formula, language)
        for formula in ("direct", "build_down", "tariff_shift")
    }
    assert [len(said["direct"]), len(said["build_down"])] == [1, 1]
    assert len(said["tariff_shift"]) == 2
    whole = found.explanation[language]
    assert all(sentence in whole for sentences in said.values() for sentence in sentences)
    assert len({sentences[-1] for sentences in said.values()}) == 3


@pytest.mark.parametrize("length", [59, 60, 61, 90])
def test_a_suggestion_calls_a_line_by_the_first_sixty_signs_of_its_name(length: int) -> None:
    name = "n" * length
    document = sheet("100.00", material("70.00", "imported", hs_code="850490", name=name))
    said = " ".join(explain_what_if(asked(document), "en"))
    assert "n" * min(length, 60) in said
    assert "n" * 61 not in said


@pytest.mark.parametrize(
    ("rate", "declared", "price", "is_asked"),
    [
        ("7", "40.00", "107.00", True),
        ("7", "40.00", "107.01", False),
        ("7", "40.00", "106.99", False),
        ("7", "40.01", "107.01", True),
        ("7", "40.01", "107.02", True),
        ("7", "40.01", "107.03", False),
        ("6.3", "40.00", "106.30", True),
        ("6.3", "40.00", "106.31", False),
        ("10", "40.00", "110.00", True),
    ],
)
def test_vat_left_in_the_price_is_asked_about_to_the_satang(
    rate: str, declared: str, price: str, is_asked: bool
) -> None:
    document = sheet(price, material("60.00", "domestic"), profit=declared)
    found = assess(rule_set(vat_percent=rate), parse_cost_sheet(document)).doubts
    assert ("vat_left_in" in [doubt.code for doubt in found]) is is_asked


def test_every_english_sentence_about_what_it_would_take_begins_whole() -> None:
    said = explain_what_if(asked(sheet("100.00", material("70.00", "imported", hs_code="850490"))), "en")
    formula = next(sentence for sentence in said if "formula" in sentence.split(".")[0])
    assert formula[0].isupper()
    assert all(sentence.split()[0].isalpha() or sentence[0].isdigit() for sentence in said), said


# --- rule sets


@pytest.mark.parametrize(("until", "is_taken"), [("2020-12-21", False), ("2020-12-22", True), (None, True)])
def test_a_rule_set_may_end_on_its_first_day_and_not_before(until: str | None, is_taken: bool) -> None:
    document = rule_document()
    document["in_force"]["until"] = until
    if is_taken:
        assert parse_rule_set(document).in_force_until == (date(2020, 12, 22) if until else None)
        return
    with pytest.raises(RulebookError):
        parse_rule_set(document)


def test_an_id_that_cannot_be_one_is_named_up_to_forty_signs() -> None:
    document = rule_document() | {"id": "A" * 50}
    with pytest.raises(RulebookError) as refusal:
        parse_rule_set(document)
    assert [fault.params["text"] for fault in refusal.value.faults if fault.code == "rule_id_malformed"] == [
        "A" * 40
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_override_is_said_by_its_group_or_by_its_prefix(language: Language) -> None:
    fifty = {"threshold_percent": "50"}
    by_prefix = parse_rule_set(overriding({"8504": fifty}))
    by_group = parse_rule_set(overriding(by_group={"wires": (["8504"], fifty)}))
    document = sheet("100.00", material("70.00", "domestic"))
    said = [
        assess(rules, parse_cost_sheet(document)).explanation[language][1] for rules in (by_prefix, by_group)
    ]
    title = by_group.groups["wires"].title.in_language(language)
    assert title not in said[0]
    assert title in said[1]


# --- texts and numbers


@pytest.mark.parametrize(("length", "is_taken"), [(TEXT_LIMIT, True), (TEXT_LIMIT + 1, False)])
def test_a_text_is_taken_up_to_its_limit(length: int, is_taken: bool) -> None:
    text = "x" * length
    if is_taken:
        assert read_text(text, "name") == text
        return
    with pytest.raises(InputError, match="text_too_long"):
        read_text(text, "name")


@pytest.mark.parametrize("text", [" x", "x ", "x  y", "e\u0301x"])
def test_a_text_that_is_not_in_its_one_form_is_brought_into_it(text: str) -> None:
    assert read_text(text, "name") == " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (10**18 - 1, "9" * 18),
        (-(10**18) + 1, "-" + "9" * 18),
        (10**18, "int"),
        (True, "true"),
        (2.5, "float"),
    ],
)
def test_a_whole_number_is_shown_up_to_eighteen_digits(number: object, said: str) -> None:
    assert shown(number) == said


@pytest.mark.parametrize(
    ("value", "text", "is_rounded"),
    [("0.123456", "0.123456", False), ("0.1234565", "0.123457", True), ("0.12345649", "0.123456", True)],
)
def test_what_explains_an_amount_keeps_six_decimals(value: str, text: str, is_rounded: bool) -> None:
    cell = Cell(1, "n", value, has_formula=False)
    assert number_of(cell, decimals=NUMBER_DECIMALS) == (text, is_rounded)


@pytest.mark.parametrize(
    ("kind", "is_percent", "text"),
    [("%", True, "2.5"), ("%", False, "0.025"), ("n", True, "0.025"), ("n", False, "0.025")],
)
def test_only_a_share_shown_as_percent_is_one(kind: Any, is_percent: bool, text: str) -> None:
    cell = Cell(1, kind, "0.025", has_formula=False)
    assert number_of(cell, decimals=NUMBER_DECIMALS, is_percent=is_percent)[0] == text


@pytest.mark.parametrize("count", [1, MOST_EFFECTS, MOST_EFFECTS + 1])
def test_the_effects_of_the_largest_lines_are_told(count: int) -> None:
    lines = [material("2.00", "imported", hs_code="850490") for _ in range(count)]
    answer = asked(sheet(f"{count * 5 // 2}.{count * 5 % 2 * 5}0", *lines))
    assert len(answer.effects) == min(count, MOST_EFFECTS)


@pytest.mark.parametrize(("low", "high", "found"), [(3, 3, 3), (3, 4, 4), (4, 3, None), (1, 3, None)])
def test_a_span_of_one_is_searched_too(low: int, high: int, found: int | None) -> None:
    assert smallest(low, high, lambda whole: whole >= (found if found is not None else 9)) == found
