"""What is said at the limits: the terms that count and no other, the last line that is listed, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.explain import explain_formula
from mit.criteria.explain_what_if import explain_what_if
from mit.criteria.moved_figures import dearer, priced, proven
from mit.criteria.rule_set import parse_rule_set
from mit.criteria.settings_of_rules import DIRECT_PARTS, PROCESS_CODES
from mit.criteria.suggest import fewest_lines, still_needed
from mit.criteria.warning_levels import warning_levels_on
from mit.criteria.what_if import WhatIf, what_if
from mit.i18n import LANGUAGES, Language, say
from mit.values.money import Money
from tests.criteria.test_limits import line
from tests.criteria.test_what_if import LEVELS
from tests.support.sheets import (
    OTHER_HEADING,
    Document,
    changed_rules,
    cost,
    material,
    overriding,
    product,
    rule_set,
    sheet,
)


def judged(document: Document, *chain: SupplierCertificate, **changed: Any) -> Assessment:
    return assess(rule_set(**changed), parse_cost_sheet(document), chain)


def asked(document: Document, **changed: Any) -> WhatIf:
    return what_if(judged(document, **changed), LEVELS)


# --- formulas

EACH = sheet(
    "100.00",
    material("1.11", "domestic"),
    cost("labour", "2.22"),
    cost("overhead", "3.33"),
    cost("other", "4.44"),
    profit="5.55",
)
AMOUNTS = {
    "domestic_material": "1.11",
    "labour": "2.22",
    "overhead": "3.33",
    "other": "4.44",
    "profit": "5.55",
}


@pytest.mark.parametrize("counts", [DIRECT_PARTS, *((part,) for part in DIRECT_PARTS), ("labour", "profit")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_direct_formula_is_written_out_with_the_parts_that_count_and_no_other(
    counts: tuple[str, ...], language: Language
) -> None:
    [said] = explain_formula(judged(EACH, direct_counts=list(counts)), "direct", language)
    terms = {part: say(f"criteria.term_{part}", language, amount=AMOUNTS[part]) for part in DIRECT_PARTS}
    assert {part for part, term in terms.items() if term in said} == set(counts)


def fact(line: int, covers: Any = "yes") -> SupplierCertificate:
    return SupplierCertificate(line, "MIT-2569-0000001-A", "active", covers, "2026-11-25")


@pytest.mark.parametrize(
    ("chain", "named"),
    [
        ((fact(1),), None),  # imported, as declared
        ((fact(2),), "2"),
        ((fact(1), fact(2)), "2"),
        ((fact(2), fact(3)), "2, 3"),
        ((fact(2, "unclear"),), None),
        ((), None),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_an_unproven_line_with_a_certificate_that_proves_it_is_said_to_be_uncounted(
    chain: tuple[SupplierCertificate, ...], named: str | None, language: Language
) -> None:
    parts = [material("10.00", origin) for origin in ("imported", "unproven", "unproven")]
    said = judged(sheet("100.00", *parts), *chain).explanation[language]
    ending = say("criteria.certificate_not_counted", language, lines="@").partition("@")[2]
    wanted = [say("criteria.certificate_not_counted", language, lines=named)] if named else []
    assert [one for one in said if one.endswith(ending)] == wanted


@pytest.mark.parametrize(("count", "left"), [(1, 0), (11, 0), (12, 0), (13, 1), (30, 18)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_hs_codes_are_listed_each_once_and_the_rest_is_counted(
    count: int, left: int, language: Language
) -> None:
    codes = [f"{7200 + at}.11" for at in range(count)]
    lines = [material("1.00", hs_code=code) for code in [*codes, *codes[:3]]]
    said = explain_formula(judged(sheet("100.00", *lines)), "tariff_shift", language)[0]
    listed = ", ".join(codes[:12])
    more = say("criteria.lines_more", language, listed=listed, left=left) if left else listed
    assert f" {more})" in said


# --- what it would take


def test_the_effects_of_the_twenty_largest_foreign_lines_are_shown() -> None:
    parts = [material(f"{at}.00", hs_code="850490") for at in range(1, 26)]
    effects = asked(sheet("400.00", *parts)).effects
    assert [one.line.position for one in effects] == list(range(25, 5, -1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("process", [["packing"], ["packing", "welding"], []])
def test_where_the_process_is_what_forbids_it_that_is_said_and_nowhere_else(
    process: list[str], language: Language
) -> None:
    said = explain_what_if(asked(sheet("100.00", material("70.00"), process=process)), language)
    blocked = say("criteria.what_if_blocked", language)
    assert (blocked in said) is (process == ["packing"])


@pytest.mark.parametrize(
    ("document", "name", "figures"),
    [
        (sheet("100.00"), "room_first", {"rise": "60.00", "threshold": "40"}),
        (
            sheet("100.00", material("50.00")),
            "room",
            {"rise": "10.00", "percent": "20.00", "threshold": "40"},
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_room_is_said_of_what_is_foreign_now_or_of_the_first_that_would_be(
    document: Document, name: str, figures: dict[str, str], language: Language
) -> None:
    said = explain_what_if(asked(document, direct_on=False), language)
    formula = say("criteria.name_build_down", language)
    wanted = say(f"criteria.what_if_{name}", language, formula=formula, **figures)
    assert wanted[:1].upper() + wanted[1:] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_formula_that_dearer_imports_do_not_change_is_said_to_be_so(language: Language) -> None:
    document = sheet("100.00", cost("labour", "60.00"), profit="10.00")
    answer = asked(document, build_down_on=False, tariff_shift_on=False, direct_counts=["labour"])
    [room] = answer.rooms
    formula = say("criteria.name_direct", language)
    wanted = say("criteria.what_if_room_any", language, formula=formula)
    assert room.rise is None
    assert explain_what_if(answer, language) == [wanted[:1].upper() + wanted[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_warning_says_that_its_level_is_not_verified_where_it_is_not(language: Language) -> None:
    answer = asked(sheet("100.00", material("58.00")))
    assert answer.levels is not None
    mark = say("criteria.what_if_warning_unverified", language)
    verified = replace(answer, levels=replace(answer.levels, is_verified=True))
    assert [one.endswith(mark) for one in explain_what_if(answer, language)] == [False, True]
    assert [one.endswith(mark) for one in explain_what_if(verified, language)] == [False, False]
    nothing = what_if(judged(sheet("100.00", material("58.00"))))
    assert len(explain_what_if(nothing, language)) == 1


@pytest.mark.parametrize(
    ("de_minimis", "needed"), [(None, 3_000), ("0", 3_000), ("10", 2_000), ("12.5", 1_750), ("29.999", 1)]
)
def test_of_what_did_not_shift_only_what_is_above_de_minimis_has_to_become_domestic(
    de_minimis: str | None, needed: int
) -> None:
    changed = {"de_minimis_on": True, "de_minimis_percent": de_minimis} if de_minimis else {}
    document = sheet("100.00", material("30.00"), material("40.00", hs_code=OTHER_HEADING))
    found = judged(document, direct_on=False, build_down_on=False, **changed)
    assert still_needed(found, found.formulas[2]) == needed


@pytest.mark.parametrize(("count", "named"), [(4_999, 1), (5_000, 1), (5_001, 5_001)])
def test_five_thousand_sets_are_tried_one_by_one_and_of_more_the_last_of_equals_is_taken(
    count: int, named: int
) -> None:
    [found] = fewest_lines([line(at, 100) for at in range(1, count + 1)], 100)
    assert (found.position, found.amount) == (named, Money(100))


# --- doubts and the trace


@pytest.mark.parametrize("count", range(1, len(PROCESS_CODES) + 1))
def test_a_process_of_minimal_operations_alone_is_asked_about_be_it_one_or_all(count: int) -> None:
    steps = list(PROCESS_CODES[:count])
    asked_about = [doubt.code for doubt in judged(sheet("100.00", process=steps)).doubts]
    assert "minimal_operation" in asked_about
    more = [doubt.code for doubt in judged(sheet("100.00", process=[*steps, "welding"])).doubts]
    assert "minimal_operation" not in more


def test_the_trace_says_by_which_prefix_or_group_a_setting_counts_and_what_it_is_in_general() -> None:
    fifty = {"threshold_percent": "50"}
    countries = {"asean_countries": ["VN", "LA"]}
    document = sheet("100.00", material("10.00"), product=product(hs_code="8504.40"))
    by_prefix = assess(parse_rule_set(overriding({"8504": fifty})), parse_cost_sheet(document))
    by_group = assess(parse_rule_set(overriding(by_group={"wires": (["8504"], countries)})), by_prefix.sheet)
    assert by_prefix.trace()["overrides"] == [
        {"setting": "threshold_percent", "hs_prefix": "8504", "group": None, "general": "40"}
    ]
    [entry] = by_group.trace()["overrides"]  # type: ignore[misc]
    assert (entry["hs_prefix"], entry["group"]) == ("8504", "wires")
    assert isinstance(entry["general"], list)
    assert by_group.trace()["settings"]["asean_countries"] == ["VN", "LA"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("waste", "computed"), [("", "8.25"), ("10", "9.07"), ("0", "8.25"), ("0.1", "8.25"), ("100", "16.50")]
)
def test_an_amount_that_is_another_than_its_figures_come_to_is_said_beside_what_they_do_come_to(
    waste: str, computed: str
) -> None:
    figures = {"quantity": "2.5", "unit_price": "3.30"} | ({"waste_percent": waste} if waste else {})
    [doubt] = judged(sheet("100.00", material("20.00", "domestic", **figures))).doubts
    assert (doubt.code, doubt.params) == ("amount_mismatch", {"declared": "20.00", "computed": computed})


# --- very many lines


def test_of_very_many_lines_twenty_are_exchanged_for_smaller_ones() -> None:
    """30 of 1,000 are enough with 25 to spare; each that is exchanged for one of 999 saves one."""
    lines = [line(at, 1_000) for at in range(1, 31)] + [line(at, 999) for at in range(31, 61)]
    found = fewest_lines(lines, 30_000 - 25)
    assert (len(found), sum(one.amount.satang for one in found)) == (30, 30_000 - 20)


@pytest.mark.parametrize(
    ("day", "percents"),
    [(date(2019, 12, 31), None), (date(2020, 1, 1), (43, 41, 40)), (date(2099, 12, 31), (43, 41, 40))],
)
def test_the_levels_of_the_warnings_count_from_their_first_day(
    day: date, percents: tuple[int, ...] | None
) -> None:
    levels = warning_levels_on(day)
    assert (levels.percents if levels else None) == percents


# --- what backs a sentence, and what it is reckoned by


@pytest.mark.parametrize("rate", ["7", "10", "6.3", "0.5", "100"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rate_of_vat_is_said_as_the_rule_set_has_it(rate: str, language: Language) -> None:
    found = judged(sheet("1000.00", vat_included=True), vat_percent=rate)
    net = found.figures.net_price.to_shown()
    begins = say("criteria.price_with_vat", language, price="1,000.00", net=net, rate=rate, source="").strip()
    assert any(one.startswith(begins) for one in found.explanation[language])


@pytest.mark.parametrize(
    ("origin", "changed", "name"),
    [
        ("unproven", {}, "foreign_material_unproven"),
        ("domestic", {"domestic_needs_certificate": True}, "foreign_material_no_certificate"),
        ("imported", {"asean_counts_as_domestic": True}, "domestic_material_roll_up"),
        ("imported", {}, ""),
        ("domestic", {}, ""),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_that_is_counted_by_a_rule_says_what_backs_the_rule_and_no_other_does(
    origin: str, changed: dict[str, Any], name: str, language: Language
) -> None:
    found = judged(sheet("100.00", material("10.00", origin, country="VN")), **changed)
    said = next(one for one in found.explanation[language] if " 10.00 " in one)
    bare = say(
        f"criteria.part_{name or f'{found.figures.lines[0].part}_declared'}",
        language,
        amount="10.00",
        lines="1",
    )
    assert said.startswith(bare)
    assert (said == bare) is (not name)
    assert said.endswith("]") is bool(name)


@pytest.mark.parametrize(("divided_by", "base"), [("net_price", "net_price"), ("materials", "materials")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_direct_formula_says_what_it_divides_by(divided_by: str, base: str, language: Language) -> None:
    document = sheet("100.00", material("10.00", "domestic"), material("10.00"))
    [said] = explain_formula(judged(document, direct_divided_by=divided_by), "direct", language)
    assert {one: say(f"criteria.base_{one}", language) in said for one in ("net_price", "materials")} == {
        one: one == base for one in ("net_price", "materials")
    }


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_backs_the_share_that_may_stay_is_said_only_where_one_may(
    is_on: bool, language: Language
) -> None:
    document = changed_rules(de_minimis_on=is_on)
    title = {"th": "ประกาศเรื่องส่วนที่ยอมให้คงพิกัด", "en": "Notice on what may stay"}
    document["sources"]["stay"] = {"title": title}
    document["settings"]["de_minimis_percent"] |= {"sources": ["stay"], "mark": "sourced"}
    found = assess(parse_rule_set(document), parse_cost_sheet(sheet("100.00", material("10.00"))))
    said = explain_formula(found, "tariff_shift", language)[-1]
    assert (title[language] in said) is is_on


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tariff_formula_that_is_off_is_said_to_be_off_and_one_that_is_on_how_it_ends(
    is_on: bool, language: Language
) -> None:
    found = judged(sheet("100.00", material("10.00")), tariff_shift_on=is_on)
    said = explain_formula(found, "tariff_shift", language)[-1]
    assert (say("criteria.formula_off", language) in said) is not is_on
    assert (say("criteria.tariff_fails", language) in said) is is_on


# --- figures that are moved, and what is suggested


@pytest.mark.parametrize("profit", [None, "5.00", "-5.00"])
@pytest.mark.parametrize("satang", [0, 1, 999, 1_000, 1_001, 3_000])
def test_figures_still_add_up_to_the_price_however_they_are_moved(profit: str | None, satang: int) -> None:
    document = sheet("100.00", material("30.00"), material("40.00", "domestic"), cost("labour", "15.00"))
    figures = judged(document | ({"profit": profit} if profit else {})).figures
    moved = [proven(figures, satang), dearer(figures, satang), priced(figures, 10_000 + satang)]
    moved.append(priced(figures, 10_000 - min(satang, figures.unexplained.satang)))
    for one in (figures, *moved):
        parts = [*one.totals.values(), one.profit, one.unexplained]
        assert sum(part.satang for part in parts) == one.net_price.satang
    assert moved[1].unexplained.satang == max(0, figures.unexplained.satang - satang)


@pytest.mark.parametrize(("is_on", "sets"), [(True, [(1,), (2,)]), (False, [(1,)])])
def test_a_formula_that_is_off_suggests_nothing(is_on: bool, sets: list[tuple[int, ...]]) -> None:
    """40 of 100 under the product's own heading: by heading that one would do, by value the other."""
    document = sheet("100.00", material("30.00", hs_code=OTHER_HEADING), material("40.00"))
    found = asked(document, tariff_shift_on=is_on).suggestions
    assert [tuple(one.position for one in suggestion.lines) for suggestion in found] == sets


def begun(name: str, language: Language, **params: str) -> str:
    said = say(f"criteria.what_if_{name}", language, **params)
    return said[:1].upper() + said[1:]


@pytest.mark.parametrize(
    ("document", "changed", "formula", "name", "figures"),
    [
        (
            sheet("100.00", material("70.00")),
            {"direct_on": False},
            "build_down",
            "missing",
            {"missing": "10.00", "counted": "30.00", "needed": "40.00"},
        ),
        (
            sheet("1000.00", material("100.00"), profit="0.00"),
            {"build_down_on": False},
            "direct",
            "missing_out_of_reach",
            {"missing": "400.00", "counted": "0.00", "needed": "400.00"},
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said_as_in_reach_or_out_of_it(
    document: Document,
    changed: dict[str, Any],
    formula: str,
    name: str,
    figures: dict[str, str],
    language: Language,
) -> None:
    said = explain_what_if(asked(document, **changed), language)
    named = say(f"criteria.name_{formula}", language)
    assert said[0] == begun(name, language, formula=named, threshold="40", **figures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_price_of_one_satang_more_is_said_to_be_higher(language: Language) -> None:
    said = explain_what_if(asked(sheet("99.99", material("60.00")), direct_on=False), language)
    named = say("criteria.name_build_down", language)
    assert begun("price_higher", language, formula=named, change="0.01", price="100.00") in said
