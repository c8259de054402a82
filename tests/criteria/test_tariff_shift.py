"""The tariff shift: headings compared, missing codes left open only where they could tip the answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.figures import reckon
from mit.criteria.formulas import FormulaResult
from mit.criteria.tariff_shift import SHIFTS, ShiftedLines, compare, tariff_shift
from mit.values.money import Money
from tests.support.sheets import (
    OTHER_HEADING,
    SAME_HEADING,
    Document,
    cost,
    material,
    product,
    rule_set,
    sheet,
)

DE_MINIMIS = {"de_minimis_on": True}


def result(document: Document, **changed: Any) -> FormulaResult:
    rules, parsed = rule_set(**changed), parse_cost_sheet(document)
    figures = reckon(rules, parsed)
    return tariff_shift(rules, figures, compare(rules, parsed.product, figures))


@pytest.mark.parametrize(
    ("product_code", "line_code", "digits", "shifts"),
    [
        ("8504.40", "8504.90", 2, False),
        ("8504.40", "8544.20", 2, False),
        ("8504.40", "7409.11", 2, True),
        ("8504.40", "8504.90", 4, False),
        ("8504.40", "8544.20", 4, True),
        ("8504.40", "8504.90", 6, True),
        ("8504.40", "8504.40", 6, False),
        ("8504.40.90", "8504.40.10", 6, False),
        ("8504.40.90.000", "8504.40", 6, False),
        ("8504.40", "8504.40.90.000", 6, False),
        ("0504.00", "8504.00", 4, True),
    ],
)
def test_the_first_digits_of_the_codes_are_compared(
    product_code: str, line_code: str, digits: int, shifts: bool
) -> None:
    document = sheet("100.00", material("10.00", hs_code=line_code), product=product(hs_code=product_code))
    found = result(document, tariff_shift_digits=digits)
    assert found.meets is shifts
    assert found.numerator.satang == (0 if shifts else 1_000)


@pytest.mark.parametrize(
    ("lines", "changed", "meets", "numerator"),
    [
        ([], {}, True, 0),
        ([material("90.00", "domestic")], {}, True, 0),
        ([material("90.00", "domestic", hs_code=None)], {}, True, 0),
        ([material("10.00", hs_code=OTHER_HEADING)], {}, True, 0),
        ([material("10.00")], {}, False, 1_000),
        ([material("10.00", "unproven")], {}, False, 1_000),
        ([material("10.00", hs_code=None)], {}, None, 0),
        ([material("10.00", hs_code=None), material("0.01")], {}, False, 1),
        ([material("0.00", hs_code=None)], {}, True, 0),
        ([material("0.00")], {}, True, 0),
        ([cost("labour", "10.00", hs_code=SAME_HEADING, origin="imported")], {}, True, 0),
        ([material("10.00")], DE_MINIMIS, True, 1_000),
        ([material("10.01")], DE_MINIMIS, False, 1_001),
        ([material("0.01")], {}, False, 1),
        ([material("0.01")], DE_MINIMIS, True, 1),
        ([material("0.01", hs_code=None)], DE_MINIMIS, True, 0),
        ([material("0.01")], DE_MINIMIS | {"de_minimis_percent": "0"}, False, 1),
        ([], DE_MINIMIS | {"de_minimis_percent": "0"}, True, 0),
        ([material("4.00"), material("6.00", "unproven")], DE_MINIMIS, True, 1_000),
        ([material("4.00"), material("6.00", hs_code=None)], DE_MINIMIS, True, 400),
        ([material("4.00"), material("6.01", hs_code=None)], DE_MINIMIS, None, 400),
        ([material("10.01"), material("6.01", hs_code=None)], DE_MINIMIS, False, 1_001),
        ([material("9.00", hs_code=None)], DE_MINIMIS, True, 0),
        ([material("11.00", hs_code=None)], DE_MINIMIS, None, 0),
        ([material("10.00", country="VN")], {"asean_counts_as_domestic": True}, True, 0),
        ([material("10.00", "domestic")], {"domestic_needs_certificate": True}, False, 1_000),
        ([material("10.00")], {"tariff_shift_on": False}, None, 1_000),
        ([material("10.00", hs_code=OTHER_HEADING)], {"tariff_shift_on": False}, None, 0),
    ],
)
def test_only_foreign_value_that_stayed_can_fail_the_shift(
    lines: list[Document], changed: Document, meets: bool | None, numerator: int
) -> None:
    found = result(sheet("100.00", *lines), **changed)
    assert found.meets is meets
    assert (found.numerator.satang, found.denominator.satang) == (numerator, 10_000)


def test_the_share_is_of_the_price_without_vat() -> None:
    found = result(sheet("107.00", material("10.00"), vat_included=True), **DE_MINIMIS)
    assert found.meets is True
    assert found.denominator.satang == 10_000
    assert result(sheet("107.00", material("10.01"), vat_included=True), **DE_MINIMIS).meets is False


def test_each_foreign_line_is_told_apart() -> None:
    parsed = parse_cost_sheet(
        sheet(
            "100.00",
            material("1.00", "domestic"),
            material("1.00"),
            material("1.00", hs_code=OTHER_HEADING),
            material("1.00", "unproven", hs_code=None),
        )
    )
    rules = rule_set()
    shifted = compare(rules, parsed.product, reckon(rules, parsed))
    assert [(entry.line.position, entry.shift) for entry in shifted] == [
        (2, "stayed"),
        (3, "shifted"),
        (4, "open"),
    ]


def compared(*lines: Document) -> ShiftedLines:
    parsed, rules = parse_cost_sheet(sheet("100.00", *lines)), rule_set()
    return compare(rules, parsed.product, reckon(rules, parsed))


def test_foreign_lines_are_a_sequence_of_each_with_its_shift() -> None:
    shifted = compared(
        material("1.00"),
        cost("labour", "1.00"),
        material("2.00", hs_code=OTHER_HEADING),
        material("4.00", "domestic"),
        material("8.00", hs_code=None),
        material("16.00"),
    )
    every = list(shifted)
    assert (len(shifted), len(every)) == (4, 4)
    assert [shifted[at] for at in range(4)] == every
    assert shifted[1:3] == tuple(every[1:3])
    assert [entry.line.position for entry in reversed(shifted)] == [6, 5, 3, 1]
    assert {shift: list(shifted.of(shift)) for shift in SHIFTS} == {
        "shifted": [2],
        "stayed": [0, 5],
        "open": [4],
    }
    assert [shifted.how_many(shift) for shift in SHIFTS] == [1, 2, 1]
    assert [shifted.value(shift).satang for shift in SHIFTS] == [200, 1_700, 800]


def test_the_codes_of_each_kind_are_named_once_in_the_order_of_the_lines() -> None:
    shifted = compared(
        material("1.00", hs_code="8504.90"),
        material("1.00", hs_code=None),
        material("1.00", hs_code="7409.11"),
        material("1.00", hs_code="8504.10"),
        material("1.00", hs_code="7409.11"),
        material("1.00", "domestic", hs_code="3920.10"),
    )
    assert shifted.hs_codes("stayed") == ["850490", "850410"]
    assert shifted.hs_codes("shifted") == ["740911"]
    assert shifted.hs_codes("open") == []


AMOUNTS = st.integers(0, 3_000)


@settings(deadline=None, max_examples=80)
@given(stayed=AMOUNTS, shifted=AMOUNTS, unsaid=AMOUNTS, percent=st.integers(0, 100))
def test_a_code_that_is_said_later_never_turns_a_sure_answer_round(
    stayed: int, shifted: int, unsaid: int, percent: int
) -> None:
    """What is open may turn out either way; an answer that was given must hold for both."""

    def answer(code: str | None) -> bool | None:
        lines = [
            material(Money(stayed).to_text()),
            material(Money(shifted).to_text(), hs_code=OTHER_HEADING),
            material(Money(unsaid).to_text(), hs_code=code),
        ]
        return result(sheet("100.00", *lines), de_minimis_on=True, de_minimis_percent=str(percent)).meets

    open_answer, either = answer(None), {answer(SAME_HEADING), answer(OTHER_HEADING)}
    assert None not in either
    assert either == {open_answer} if open_answer is not None else either == {True, False}
