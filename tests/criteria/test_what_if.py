"""What would it take: every answer is tried on the engine, and one satang less is not enough."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.cost_line import CostLine
from mit.criteria.cost_lines import CostLines
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.criteria.explain_what_if import explain_what_if
from mit.criteria.formulas import FormulaResult
from mit.criteria.rule_set import RuleSet, parse_rule_set
from mit.criteria.suggest import fewest_lines, with_proof
from mit.criteria.warning_levels import warning_levels_on
from mit.criteria.what_if import WhatIf, what_if
from mit.errors import InputError
from mit.i18n import LANGUAGES
from mit.values.money import Money
from tests.criteria.test_examples import E3, E4, E5, E6, E9, E11, EXAMPLES
from tests.criteria.test_independent import random_settings, random_sheet
from tests.support.sheets import (
    OTHER_HEADING,
    SAME_HEADING,
    Document,
    cost,
    material,
    overriding,
    product,
    rule_set,
    sheet,
)

LEVELS = warning_levels_on(date(2026, 11, 29))
BEYOND = 10**14 - 1


def asked(document: dict[str, Any], **changed: Any) -> WhatIf:
    return what_if(assess(rule_set(**changed), parse_cost_sheet(document)), LEVELS)


def meets(rules: RuleSet, changed: CostSheet, formula: str) -> bool | None:
    return next(one.meets for one in assess(rules, changed).formulas if one.id == formula)


def line(satang: int, position: int, origin: Any) -> CostLine:
    return CostLine(position, "material", "x", Money(satang), origin)


def swapped(found: Assessment, satang: int) -> CostSheet:
    """Return the sheet with *satang* of foreign material swapped for domestic, whichever lines those are."""
    lines, left = [], satang
    foreign = {counted.line.position for counted in found.figures.foreign_lines}
    for one in found.sheet.lines:
        moved = min(left, one.amount.satang) if one.position in foreign else 0
        left -= moved
        lines.append(replace(one, amount=Money(one.amount.satang - moved)))
    bought = replace(line(satang, len(lines) + 1, "domestic"), supplier_certificate="MIT-1")
    return replace(found.sheet, lines=CostLines.of((*lines, bought)))


def dearer(found: Assessment, satang: int) -> CostSheet:
    """Return the sheet with one more foreign line; declared profit pays what nobody left unexplained."""
    profit = found.sheet.profit
    if profit is not None:
        profit -= Money(max(0, satang - found.figures.unexplained.satang))
    rise = line(satang, len(found.sheet.lines) + 1, "unproven")
    return replace(found.sheet, lines=CostLines.of((*found.sheet.lines, rise)), profit=profit)


def at_price(found: Assessment, change: Money) -> CostSheet:
    price = found.figures.net_price + change
    return replace(found.sheet, price_ex_works=price, vat_included=False)


def random_case(seed: int) -> Assessment | None:
    rng = random.Random(seed)
    try:
        found = parse_cost_sheet(random_sheet(rng))
        return assess(rule_set(**random_settings(rng)), found)
    except InputError:
        return None


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0))
def test_the_missing_satang_reach_the_threshold_and_one_less_does_not(seed: int) -> None:
    found = random_case(seed)
    if found is None:
        return
    rules = found.rule_set
    for short in what_if(found).shortfalls:
        formula, satang = short.result.id, short.missing.satang
        if short.is_in_reach:
            assert meets(rules, swapped(found, satang), formula) is True
            assert meets(rules, swapped(found, satang - 1), formula) is False
        else:
            everything = found.figures.totals["foreign_material"].satang
            assert meets(rules, swapped(found, everything), formula) is False
        if short.price_change is not None:
            nearer = Money(short.price_change.satang - (1 if short.price_change.satang > 0 else -1))
            assert meets(rules, at_price(found, short.price_change), formula) is True
            assert meets(rules, at_price(found, nearer), formula) is False


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0))
def test_imports_may_rise_to_the_satang_and_no_further(seed: int) -> None:
    found = random_case(seed)
    if found is None:
        return
    for room in what_if(found).rooms:
        rules, formula = found.rule_set, room.result.id
        if room.rise is None:
            assert meets(rules, dearer(found, BEYOND), formula) is True
        else:
            assert meets(rules, dearer(found, room.rise.satang), formula) is True
            assert meets(rules, dearer(found, room.rise.satang + 1), formula) is False


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0))
def test_a_suggestion_passes_and_no_set_of_fewer_lines_does(seed: int) -> None:
    found = random_case(seed)
    if found is None:
        return
    answer = what_if(found)
    foreign = [counted.line.position for counted in found.figures.foreign_lines]
    passing = [
        one
        for count in range(1, len(foreign) + 1)
        for one in combinations(foreign, count)
        if assess(found.rule_set, with_proof(found.sheet, one)).meets
    ]
    if found.meets or found.is_blocked or not passing:
        assert answer.suggestions == ()
        return
    assert len(answer.suggestions[0].lines) == len(passing[0])
    for suggestion in answer.suggestions:
        positions = tuple(one.position for one in suggestion.lines)
        assert positions in passing
        assert suggestion.formulas


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0))
def test_the_effect_of_a_line_is_what_the_engine_says_of_the_changed_sheet(seed: int) -> None:
    found = random_case(seed)
    if found is None:
        return

    def plain(results: tuple[FormulaResult, ...]) -> list[object]:
        return [(one.numerator, one.denominator, one.meets) for one in results]

    for effect in what_if(found).effects:
        changed = assess(found.rule_set, with_proof(found.sheet, [effect.line.position]))
        assert plain(effect.results) == plain(changed.formulas[:2])


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=7),
    st.integers(1, 200),
)
def test_of_the_smallest_sets_the_one_of_least_value_is_named(amounts: list[int], needed: int) -> None:
    lines = [line(satang, at, "imported") for at, satang in enumerate(amounts, 1)]
    named = fewest_lines(lines, needed)
    sizes = range(1, len(lines) + 1)
    enough = [s for n in sizes for s in combinations(amounts, n) if sum(s) >= needed]
    assert len(named) == (len(enough[0]) if enough else 0)
    if enough:
        least = min(sum(s) for s in enough if len(s) == len(enough[0]))
        assert sum(one.amount.satang for one in named) == least


def test_where_there_are_too_many_sets_to_try_the_named_one_is_still_the_shortest() -> None:
    lines = [line(100 + at, at, "imported") for at in range(1, 201)]
    named = fewest_lines(lines, 20_000)
    amounts = sorted((one.amount.satang for one in lines), reverse=True)
    assert sum(one.amount.satang for one in named) >= 20_000
    assert sum(amounts[: len(named) - 1]) < 20_000
    assert len({one.position for one in named}) == len(named)


@pytest.mark.parametrize(("document", "missing"), [(E3, 1_000), (E4, 3), (E5, 1_000), (E6, 7_000), (E9, 500)])
def test_the_examples_say_what_they_lack(document: Document, missing: int) -> None:
    answer = asked(document, tariff_shift_on=False)
    assert [short.missing.satang for short in answer.shortfalls] == [missing, missing]
    assert all(short.is_in_reach for short in answer.shortfalls)


def test_every_example_that_fails_by_value_lacks_something_and_one_that_passes_has_room() -> None:
    for example in EXAMPLES:
        answer = asked(example.sheet, **example.settings)
        lacking = {short.result.id for short in answer.shortfalls}
        roomy = {room.result.id for room in answer.rooms}
        values = {"direct": example.direct, "build_down": example.build_down}
        assert lacking == {formula for formula, result in values.items() if result[0] is False}
        assert roomy == {formula for formula, result in values.items() if result[0]}


MIXED = (("540.00", "imported"), ("90.00", "unproven"), ("90.00", "unproven"))


def test_proof_is_suggested_apart_from_buying_elsewhere() -> None:
    document = sheet(
        "1000.00", material("540.00"), material("90.00", "unproven"), material("90.00", "unproven")
    )
    answer = asked(document)
    sets = {tuple(one.position for one in s.lines): s for s in answer.suggestions}
    assert sorted(sets) == [(1,), (2, 3)]
    assert sets[(2, 3)].on_paper == sets[(2, 3)].lines
    assert sets[(1,)].on_paper == ()
    assert sets[(2, 3)].percents == ("46.00", "46.00")


def test_one_line_under_the_products_own_heading_is_all_that_stands_in_the_way() -> None:
    document = sheet("1000.00", material("84.00"), material("700.00", hs_code=OTHER_HEADING))
    [suggestion] = asked(document).suggestions[:1]
    assert [one.position for one in suggestion.lines] == [1]
    assert suggestion.formulas == ("tariff_shift",)


def test_what_passes_by_its_heading_gets_no_suggestion_but_hears_what_its_shares_lack() -> None:
    answer = asked(E11)
    assert answer.suggestions == ()
    assert [short.missing.satang for short in answer.shortfalls] == [10_000, 10_000]


def test_no_proof_helps_where_the_operation_confers_no_origin() -> None:
    document = sheet("1000.00", material("700.00"), product=product(), process=["packing"])
    assert asked(document).suggestions == ()


def test_a_declared_profit_asks_for_a_lower_price_where_only_what_is_declared_counts() -> None:
    document = sheet("1000.00", material("500.00"), cost("labour", "380.00"), profit="0.00")
    [short] = asked(document, build_down_on=False, tariff_shift_on=False).shortfalls
    assert short.price_change == Money(-5_000)
    document = sheet("1000.00", material("605.00"))
    assert {short.price_change for short in asked(document).shortfalls} == {Money(834)}


def test_imports_of_exactly_forty_percent_may_not_rise_by_a_satang() -> None:
    answer = asked(sheet("1000.00", material("600.00")))
    assert {(room.rise, room.percent, room.warning) for room in answer.rooms} == {(Money(0), "0.00", 40)}


@pytest.mark.parametrize(
    ("foreign", "warning"),
    [("569.99", None), ("570.00", 43), ("589.99", 43), ("590.00", 41), ("599.99", 41), ("600.00", 40)],
)
def test_what_passes_closely_is_warned(foreign: str, warning: int | None) -> None:
    answer = asked(sheet("1000.00", material(foreign)))
    assert {room.warning for room in answer.rooms} == {warning}


@pytest.mark.parametrize(("threshold", "warning"), [("40", 43), ("30", None), ("41", None), ("42", None)])
def test_the_levels_are_those_of_forty_percent_and_say_nothing_of_another_share(
    threshold: str, warning: int | None
) -> None:
    document = sheet("100.00", material("57.50", hs_code=SAME_HEADING))
    by_set = asked(document, threshold_percent=threshold, tariff_shift_on=False)
    by_prefix = overriding({"8504": {"threshold_percent": threshold, "tariff_shift_on": False}})
    by_override = what_if(assess(parse_rule_set(by_prefix), parse_cost_sheet(document)), LEVELS)
    for answer in (by_set, by_override):
        assert [room.warning for room in answer.rooms] == [warning, warning]


def test_the_levels_of_the_warnings_are_dated_and_not_verified() -> None:
    assert LEVELS is not None
    assert not LEVELS.is_verified
    assert warning_levels_on(date(2019, 12, 31)) is None


def test_the_sentences_name_the_baht_the_line_and_the_share_in_both_languages() -> None:
    document = sheet(
        "12000.00",
        material("7000.00"),
        material("1200.50", "unproven", name="แผ่นเหล็ก"),
        cost("labour", "900.00"),
    )
    answer = asked(document)
    for language in LANGUAGES:
        said = explain_what_if(answer, language)
        assert any("1,000.50" in one and "3,799.50" in one and "4,800.00" in one for one in said)
        assert any("2 (แผ่นเหล็ก)" in one and "41.66" in one for one in said)
    passing = explain_what_if(asked(sheet("1000.00", material("590.00"))), "en")
    assert any("10.00 baht (1.69 %)" in one for one in passing)
    assert any("41 %" in one and "not confirmed" in one for one in passing)


def test_a_lower_price_is_said_as_an_amount_without_a_sign() -> None:
    document = sheet("1000.00", material("500.00"), cost("labour", "380.00"), profit="0.00")
    said = explain_what_if(asked(document, build_down_on=False, tariff_shift_on=False), "en")
    assert any(" 50.00 baht lower, 950.00 baht" in one for one in said)
