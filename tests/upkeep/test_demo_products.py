"""Cost sheets of the demo world come out exactly where they are wanted."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rulebook import load_rulebook
from mit.upkeep.demo_companies import DemoCompany, demo_companies, demo_document
from mit.upkeep.demo_products import Outcome, demo_cost_sheet, product_catalogue, split

ON = date(2026, 11, 21)
RULE_SET = load_rulebook().in_force(ON)
MADE = [(company, key) for company in demo_companies() for key in company.products]
STEEL = demo_companies()[0]


def answer(company: DemoCompany, key: str, outcome: Outcome) -> dict[str, object]:
    sheet = parse_cost_sheet(demo_cost_sheet(company, key, outcome))
    return assess(RULE_SET, sheet).to_document()


def formula(document: dict[str, object], wanted: str) -> dict[str, object]:
    return next(entry for entry in document["formulas"] if entry["id"] == wanted)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_product_of_every_company_comes_out_as_wanted(outcome: Outcome) -> None:
    for company, key in MADE:
        assert answer(company, key, outcome)["meets"] is outcome.meets, (company.code, key)


def test_what_is_made_to_land_on_the_edge_lands_on_the_edge() -> None:
    direct = formula(answer(STEEL, "hr-coil", Outcome.EXACT), "direct")
    assert direct["numerator_satang"] * 100 == direct["denominator_satang"] * 40
    assert direct["shown_percent"] == "40.00"


def test_what_misses_by_a_hair_is_shown_below_forty() -> None:
    document = answer(STEEL, "hr-coil", Outcome.JUST_BELOW)
    assert formula(document, "direct")["shown_percent"] == "39.99"
    assert formula(document, "direct")["meets"] is False


def test_a_tariff_shift_can_be_all_that_helps() -> None:
    document = answer(STEEL, "gi-coil", Outcome.SHIFT_ONLY)
    assert formula(document, "direct")["shown_percent"] == "30.00"
    assert formula(document, "direct")["meets"] is False
    assert formula(document, "tariff_shift")["meets"] is True
    assert document["meets"] is True


def test_a_minimal_operation_blocks_a_share_that_would_do() -> None:
    document = answer(STEEL, "hr-coil", Outcome.MINIMAL)
    assert formula(document, "direct")["meets"] is True
    assert formula(document, "direct")["blocked_by"]
    assert document["meets"] is False


def test_a_loss_lowers_the_share_below_the_edge() -> None:
    document = answer(STEEL, "hr-coil", Outcome.LOSS_FAILS)
    assert formula(document, "direct")["shown_percent"] == "39.00"


def test_unproven_origin_counts_as_foreign() -> None:
    document = answer(STEEL, "hr-coil", Outcome.UNPROVEN_FAILS)
    assert formula(document, "direct")["shown_percent"] == "33.00"


def test_vat_is_taken_out_of_the_price() -> None:
    document = answer(STEEL, "hr-coil", Outcome.WITH_VAT)
    assert formula(document, "direct")["denominator_satang"] == product_catalogue()["hr-coil"]["price"] * 100
    assert formula(document, "direct")["shown_percent"] == "52.00"


@pytest.mark.parametrize("key", sorted(product_catalogue()))
def test_every_product_has_a_recipe_and_says_what_it_covers(key: str) -> None:
    product = product_catalogue()[key]
    assert product["recipe"] in demo_document("recipes")["recipes"]
    assert product.get("models") or product.get("ranges")


def test_no_recipe_is_left_over_and_no_product_is_made_by_nobody() -> None:
    recipes = {product["recipe"] for product in product_catalogue().values()}
    assert recipes == set(demo_document("recipes")["recipes"])
    assert {key for _, key in MADE} == set(product_catalogue())


def test_models_carry_the_makers_letters() -> None:
    sheet = demo_cost_sheet(demo_companies()[2], "deformed-bar", Outcome.COMFORTABLE)
    assert sheet["product"]["models"][0] == "SM-DB12"


@given(st.integers(0, 10**12), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_what_is_split_adds_up_and_no_part_is_off_by_more_than_what_cutting_left(
    total: int, weights: list[int]
) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < len(weights)
