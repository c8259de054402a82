"""The share formulas by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.figures import reckon
from mit.criteria.formulas import FormulaResult, build_down, direct, share_of
from mit.values.money import Money
from tests.support.sheets import Document, cost, material, rule_set, sheet

E8 = sheet(
    "1000.00",
    material("250.00", "domestic"),
    material("350.00"),
    cost("labour", "150.00"),
    cost("overhead", "60.00"),
    cost("other", "40.00"),
    profit="150.00",
)


def results(document: Document, **changed: Any) -> tuple[FormulaResult, FormulaResult]:
    rules = rule_set(**changed)
    figures = reckon(rules, parse_cost_sheet(document))
    return direct(rules, figures), build_down(rules, figures)


@pytest.mark.parametrize(
    ("counts", "numerator"),
    [
        (["domestic_material", "labour", "overhead", "other", "profit"], 65_000),
        (["domestic_material"], 25_000),
        (["labour"], 15_000),
        (["overhead"], 6_000),
        (["other"], 4_000),
        (["profit"], 15_000),
        (["labour", "profit"], 30_000),
    ],
)
def test_the_direct_formula_adds_up_the_parts_of_the_rule_set(counts: list[str], numerator: int) -> None:
    found, _ = results(E8, direct_counts=counts)
    assert (found.numerator.satang, found.denominator.satang) == (numerator, 100_000)


def test_the_direct_formula_may_divide_by_all_materials() -> None:
    found, _ = results(E8, direct_divided_by="materials", direct_counts=["domestic_material"])
    assert (found.numerator.satang, found.denominator.satang) == (25_000, 60_000)
    assert found.shown_percent == "41.66"


def test_the_build_down_formula_takes_off_what_is_foreign_only() -> None:
    _, found = results(E8)
    assert (found.numerator.satang, found.denominator.satang) == (65_000, 100_000)


@pytest.mark.parametrize(("foreign", "meets"), [("60.00", True), ("60.01", False), ("59.99", True)])
def test_the_threshold_itself_passes_and_one_satang_less_does_not(foreign: str, meets: bool) -> None:
    for found in results(sheet("100.00", material(foreign))):
        assert found.meets is meets


def test_foreign_value_above_the_price_gives_a_negative_share() -> None:
    found, build = results(sheet("100.00", material("160.50")))
    assert (found.shown_percent, build.shown_percent) == ("-60.50", "-60.50")
    assert found.meets is build.meets is False


def test_a_share_a_hair_below_zero_has_no_minus_on_zero() -> None:
    _, build = results(sheet("999999.00", material("999999.01")))
    assert build.shown_percent == "0.00"


@pytest.mark.parametrize(
    ("is_on", "meets", "blocked_by", "counts"),
    [
        (True, True, (), True),
        (True, True, ("minimal_operation",), False),
        (True, False, (), False),
        (True, None, (), False),
        (False, True, (), False),
    ],
)
def test_a_formula_counts_when_it_is_on_met_and_not_blocked(
    is_on: bool, meets: bool | None, blocked_by: tuple[str, ...], counts: bool
) -> None:
    assert FormulaResult("direct", is_on, meets, Money(1), Money(2), blocked_by).counts is counts


@pytest.mark.parametrize("denominator", [0, -5])
def test_there_is_no_share_of_nothing(denominator: int) -> None:
    assert share_of(Money(5), Money(denominator)) is None
    assert FormulaResult("direct", True, None, Money(5), Money(denominator)).shown_percent == "0.00"


def test_a_result_is_written_as_the_contract_says() -> None:
    assert FormulaResult("direct", True, True, Money(40), Money(100)).to_document() == {
        "id": "direct",
        "on": True,
        "meets": True,
        "numerator_satang": 40,
        "denominator_satang": 100,
        "shown_percent": "40.00",
        "blocked_by": [],
    }
