"""The answer as a whole: what decides, what blocks, what is left open, what is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.assess import ENGINE_VERSION, assess, is_minimal_operation
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.errors import InputError
from tests.support.sheets import OTHER_HEADING, Document, cost, full_sheet, material, product, rule_set, sheet

FAILS_BY_VALUE = sheet("100.00", material("70.00"))
SHIFTS = sheet("100.00", material("70.00", hs_code=OTHER_HEADING))
OPEN = sheet("100.00", material("70.00", hs_code=None))
PASSES = sheet("100.00", material("10.00"))


def judged(document: Document, **changed: Any) -> Any:
    return assess(rule_set(**changed), parse_cost_sheet(document))


@pytest.mark.parametrize(
    ("document", "changed", "meets", "decided_by"),
    [
        (PASSES, {}, True, "direct"),
        (PASSES, {"direct_on": False}, True, "build_down"),
        (SHIFTS, {}, True, "tariff_shift"),
        (SHIFTS, {"tariff_shift_on": False}, False, None),
        (FAILS_BY_VALUE, {}, False, None),
        (OPEN, {}, None, None),
        (OPEN, {"tariff_shift_on": False}, False, None),
        (OPEN, {"threshold_percent": "30"}, True, "direct"),
        (OPEN | {"process": ["cutting"]}, {}, False, None),
        (PASSES | {"process": ["cutting"]}, {}, False, None),
        (PASSES | {"process": ["cutting"]}, {"minimal_operations_block": False}, True, "direct"),
        (FAILS_BY_VALUE, {"direct_on": False, "build_down_on": False}, False, None),
        (OPEN, {"direct_on": False, "build_down_on": False}, None, None),
    ],
)
def test_the_overall_answer_follows_the_formulas_that_are_on(
    document: Document, changed: Document, meets: bool | None, decided_by: str | None
) -> None:
    assessment = judged(document, **changed)
    assert assessment.meets is meets
    assert assessment.deciding_formula == decided_by


@pytest.mark.parametrize(
    ("process", "blocks"),
    [
        ([], False),
        (["cutting"], True),
        (["cutting", "cutting"], True),
        (["cutting", "packing", "labelling", "preserving", "mixing", "simple_assembly"], True),
        (["winding"], False),
        (["cutting", "winding"], False),
        (["Cutting"], False),
        (["ตัด"], False),
        (["cutting "], True),
    ],
)
def test_only_a_process_of_minimal_codes_alone_blocks(process: list[str], blocks: bool) -> None:
    parsed = parse_cost_sheet(PASSES | {"process": process})
    assert is_minimal_operation(rule_set(), parsed) is blocks


def test_a_formula_that_is_off_has_no_answer_but_keeps_its_figures() -> None:
    assessment = judged(PASSES, build_down_on=False)
    build_down = assessment.formulas[1]
    assert build_down.meets is None
    assert not build_down.is_on
    assert (build_down.numerator.satang, build_down.denominator.satang) == (9_000, 10_000)
    assert build_down.shown_percent == "90.00"


def test_a_block_leaves_the_arithmetic_alone() -> None:
    assessment = judged(PASSES | {"process": ["packing"]})
    assert [formula.meets for formula in assessment.formulas] == [True, True, False]
    assert all(formula.blocked_by == ("minimal_operation",) for formula in assessment.formulas)
    assert assessment.is_blocked


def test_the_document_has_exactly_the_shape_of_the_contract() -> None:
    document = judged(full_sheet()).to_document()
    assert {"meets", "ruleset", "formulas", "explanation"} <= document.keys()
    assert set(document["ruleset"]) == {"id", "sha256"}
    assert [formula["id"] for formula in document["formulas"]] == ["direct", "build_down", "tariff_shift"]
    for formula in document["formulas"]:
        assert {
            "id",
            "meets",
            "numerator_satang",
            "denominator_satang",
            "shown_percent",
            "blocked_by",
        } <= formula.keys()
        assert type(formula["numerator_satang"]) is int
        assert type(formula["denominator_satang"]) is int
        assert isinstance(formula["shown_percent"], str)
        assert isinstance(formula["blocked_by"], list)
    assert set(document["explanation"]) == {"th", "en"}


def test_the_document_holds_nothing_that_json_would_change() -> None:
    document = judged(full_sheet()).to_document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_everything_is_kept_to_reckon_it_again() -> None:
    document = judged(full_sheet()).to_document()
    trace = document["trace"]
    assert document["engine_version"] == ENGINE_VERSION
    assert len(document["input_sha256"]) == len(document["ruleset"]["sha256"]) == 64
    assert trace["price_satang"] == 1_337_500
    assert trace["net_price_satang"] == 1_250_000
    assert trace["vat_satang"] == 87_500
    assert trace["profit_satang"] == 110_000
    assert trace["profit_derived"] is False
    assert trace["unexplained_satang"] == 0
    assert trace["totals_satang"] == {
        "domestic_material": 320_000,
        "foreign_material": 550_000,
        "labour": 150_000,
        "overhead": 90_000,
        "other": 30_000,
    }
    assert trace["lines"] == {
        "counted_as": ["domestic_material", "labour", "overhead", "other", "foreign_material"],
        "why": ["declared"] * 5,
        "satang": [320_000, 150_000, 90_000, 30_000, 550_000],
        "tariff": [None, None, None, None, "stayed"],
    }
    assert trace["settings"]["threshold_percent"] == "40"


def test_the_same_sheet_gives_the_same_document() -> None:
    assert judged(full_sheet()).to_document() == judged(full_sheet()).to_document()


def test_another_rule_set_has_another_hash() -> None:
    assert rule_set().sha256 != rule_set(threshold_percent="41").sha256
    assert rule_set().sha256 == rule_set().sha256


def test_another_sheet_has_another_input_hash() -> None:
    other = full_sheet()
    other["lines"][0]["amount"] = "3200.01"
    other["lines"][1]["amount"] = "1499.99"
    assert judged(full_sheet()).input_sha256 != judged(other).input_sha256


def test_lines_and_declared_profit_above_the_price_are_refused() -> None:
    document = sheet("100.00", material("60.00"), cost("labour", "30.00"), profit="10.01")
    with pytest.raises(InputError) as caught:
        judged(document)
    assert caught.value.code == "declared_exceeds_price"
    assert caught.value.params == {"declared": "100.01", "price": "100.00"}


def test_the_declared_sum_is_held_against_the_price_without_vat() -> None:
    document = sheet("107.00", material("60.00"), profit="40.00", vat_included=True)
    assert judged(document).meets
    with pytest.raises(InputError):
        judged(document | {"profit": "40.01"})


def test_no_product_at_all_is_worth_nothing_without_vat() -> None:
    with pytest.raises(InputError) as caught:
        judged(sheet("0.01", vat_included=True))
    assert caught.value.code == "price_net_zero"


def test_a_sheet_without_materials_cannot_be_divided_by_materials() -> None:
    changed = {"direct_divided_by": "materials", "build_down_on": False, "tariff_shift_on": False}
    assessment = judged(sheet("100.00", cost("labour", "10.00")), **changed)
    assert assessment.formulas[0].meets is None
    assert assessment.formulas[0].shown_percent == "0.00"
    assert assessment.meets is None


SATANG = st.integers(0, 10**13)


@settings(deadline=None, max_examples=150)
@given(foreign=SATANG, domestic=SATANG, labour=SATANG, profit=st.integers(-(10**13), 10**13))
def test_with_a_complete_sheet_direct_and_build_down_are_the_same(
    foreign: int, domestic: int, labour: int, profit: int
) -> None:
    """Source: domain 2.3: a difference is the unexplained cost, and nothing else."""
    price = foreign + domestic + labour + profit
    if not 0 < price < 10**14:
        return
    document = sheet(
        text(price),
        material(text(foreign)),
        material(text(domestic), "domestic"),
        cost("labour", text(labour)),
    )
    for complete in (document, document | {"profit": text(profit)}):
        direct, build_down, _ = judged(complete).formulas
        assert (direct.numerator, direct.denominator) == (build_down.numerator, build_down.denominator)
        assert direct.meets is build_down.meets is ((price - foreign) * 100 >= price * 40)


@settings(deadline=None, max_examples=100)
@given(foreign=st.integers(0, 10**6), local=st.integers(0, 10**6), gap=st.integers(0, 10**6))
def test_unexplained_cost_counts_for_nobody_in_the_direct_formula(foreign: int, local: int, gap: int) -> None:
    price = foreign + local + gap
    if not price:
        return
    document = sheet(text(price), material(text(foreign)), material(text(local), "domestic"), profit="0.00")
    assessment = judged(document)
    direct, build_down, _ = assessment.formulas
    assert direct.numerator.satang == local
    assert (
        build_down.numerator.satang - direct.numerator.satang == gap == assessment.figures.unexplained.satang
    )
    assert any(doubt.code == "unexplained_cost" for doubt in assessment.doubts) is bool(gap)


def text(satang: int) -> str:
    sign = "-" if satang < 0 else ""
    return f"{sign}{abs(satang) // 100}.{abs(satang) % 100:02d}"


def test_more_foreign_value_never_turns_a_failure_into_a_pass() -> None:
    answers = [judged(sheet("100.00", material(f"{baht}.00"))).meets for baht in range(101)]
    assert answers == sorted(answers, reverse=True)
    assert answers.count(True) == 61


def test_the_product_may_be_another_one_without_changing_the_share() -> None:
    changed = sheet("100.00", material("60.00"), product=product(hs_code="9403.60"))
    assert judged(changed).formulas[0] == judged(sheet("100.00", material("60.00"))).formulas[0]
