"""An amount that is left open: quantity × unit price × waste × rate, exact, then half up to satang."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.figures import reckon
from mit.criteria.line_doubts import find_line_doubts
from mit.criteria.reckoned_amount import BAHT_WORDS, reckon_amount
from tests.support.sheets import material, rule_set, sheet

WASTE = st.decimals("0", "99", places=2).map(lambda figure: f"{figure:f}")
FIGURES = st.decimals("0", "99999", places=4).map(lambda figure: f"{figure:f}")


@pytest.mark.parametrize(
    ("line", "amount", "formula", "is_rounded"),
    [
        ({"quantity": "2", "unit_price": "3.50"}, "7.00", "2 × 3.50", False),
        ({"quantity": "0", "unit_price": "3.50"}, "0.00", "0 × 3.50", False),
        ({"quantity": "3", "unit_price": "0.335"}, "1.01", "3 × 0.335", True),
        ({"quantity": "1", "unit_price": "0.005"}, "0.01", "1 × 0.005", True),
        ({"quantity": "1", "unit_price": "0.0049"}, "0.00", "1 × 0.0049", True),
        ({"quantity": "1", "unit_price": "1.015"}, "1.02", "1 × 1.015", True),
        (
            {"quantity": "40", "unit_price": "80", "waste_percent": "2.5"},
            "3280.00",
            "40 × 80 × (1 + 2.5 %)",
            False,
        ),
        ({"quantity": "40", "unit_price": "80", "waste_percent": "0"}, "3200.00", "40 × 80", False),
        ({"quantity": "1", "unit_price": "3", "waste_percent": "100"}, "6.00", "1 × 3 × (1 + 100 %)", False),
        (
            {"quantity": "25", "unit_price": "4.2", "currency": "USD", "rate": "35.125"},
            "3688.13",
            "25 × 4.2 × 35.125",
            True,
        ),
        (
            {"quantity": "2", "unit_price": "3", "waste_percent": "10", "currency": "eur", "rate": "40"},
            "264.00",
            "2 × 3 × (1 + 10 %) × 40",
            False,
        ),
        ({"quantity": "2", "unit_price": "3", "currency": "THB", "rate": "35"}, "6.00", "2 × 3", False),
        ({"quantity": "999999999999", "unit_price": "0.01"}, "9999999999.99", "999999999999 × 0.01", False),
    ],
)
def test_it_is_reckoned_exactly_and_rounded_once(
    line: dict[str, object], amount: str, formula: str, is_rounded: bool
) -> None:
    assert reckon_amount(line) == (amount, formula, is_rounded)


@pytest.mark.parametrize("word", sorted(BAHT_WORDS))
def test_baht_need_no_rate(word: str) -> None:
    found = reckon_amount({"quantity": "2", "unit_price": "3", "currency": f" {word.upper()} "})
    assert found is not None and found.amount == "6.00"


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"quantity": "2"},
        {"unit_price": "2"},
        {"quantity": "2", "unit_price": "3", "currency": "USD"},
        {"quantity": "2", "unit_price": "3", "currency": "USD", "rate": "x"},
        {"quantity": "-2", "unit_price": "3"},
        {"quantity": "2", "unit_price": "1e3"},
        {"quantity": "2", "unit_price": "1,000"},
        {"quantity": "2", "unit_price": "3", "waste_percent": "-5"},
        {"quantity": "2", "unit_price": "3", "waste_percent": "many"},
        {"quantity": 2, "unit_price": "3"},
        {"quantity": "๒", "unit_price": "3"},
    ],
)
def test_nothing_is_guessed_where_something_is_missing(line: dict[str, object]) -> None:
    assert reckon_amount(line) is None


@given(FIGURES, FIGURES, FIGURES, FIGURES)
def test_it_is_the_decimal_sum_whatever_the_figures(quantity: str, price: str, waste: str, rate: str) -> None:
    line = {
        "quantity": quantity,
        "unit_price": price,
        "waste_percent": waste,
        "currency": "USD",
        "rate": rate,
    }
    exact = Decimal(quantity) * Decimal(price) * (1 + Decimal(waste) / 100) * Decimal(rate)
    found = reckon_amount(line)
    assert found is not None
    assert Decimal(found.amount) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert found.is_rounded is (Decimal(found.amount) != exact)


@given(FIGURES.filter(lambda text: Decimal(text) > 0), FIGURES.filter(lambda text: Decimal(text) > 0), WASTE)
def test_a_reckoned_amount_is_never_doubted(quantity: str, price: str, waste: str) -> None:
    explained = {"quantity": quantity, "unit_price": price, "waste_percent": waste}
    found = reckon_amount(explained)
    assert found is not None
    line = material(found.amount) | explained
    read = parse_cost_sheet(sheet("999999999999.00", line))
    rules = rule_set()
    doubts = find_line_doubts(read.lines, reckon(rules, read).are_foreign)
    assert "amount_mismatch" not in {doubt.code for doubt in doubts}
