"""A rule set is read strictly: each way to get it wrong is refused with the member that is wrong."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.rule_set import RuleSet, parse_rule_set
from mit.criteria.setting import MARKS
from mit.criteria.settings_of_rules import ASSUMED, SETTINGS
from mit.errors import RulebookError
from mit.i18n import say
from tests.support.sheets import changed_rules, rule_document, rule_set

#: Every rule set has to state these; what came later is assumed of those from before.
STATED = sorted(set(SETTINGS) - set(ASSUMED))


def faults_of(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RulebookError) as caught:
        parse_rule_set(document)
    assert caught.value.code == "rule_set"
    for fault in caught.value.faults:
        assert say(f"errors.{fault.code}", "th", **fault.params)
        assert say(f"errors.{fault.code}", "en", **fault.params)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def broken(path: str, value: Any) -> dict[str, Any]:
    """Return the rule set with the member at *path* set; ``...`` takes it out."""
    document: Any = copy.deepcopy(rule_document())
    *steps, last = path.split(".")
    target = document
    for step in steps:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return dict(document)


def test_the_rule_set_that_ships_reads_as_the_domain_page_says() -> None:
    rules = rule_set()
    assert rules.id == "mit-2563-1"
    assert rules.in_force_from == date(2020, 12, 22)
    assert rules.in_force_until is None
    assert rules.threshold == Fraction(2, 5)
    assert rules.formulas_on == ("direct", "build_down", "tariff_shift")
    assert rules.tariff_digits == 4
    assert rules.de_minimis is None
    assert rules.roll_up_countries == frozenset()
    assert not rules.domestic_needs_certificate
    assert rules.minimal_operations == {
        "cutting",
        "packing",
        "labelling",
        "preserving",
        "mixing",
        "simple_assembly",
    }
    assert rules.vat_rate_percent == 7
    assert (rules.validity_years, rules.renewal_window_days) == (1, 60)


def test_every_setting_has_a_mark_a_text_and_where_sourced_a_source() -> None:
    for setting in rule_set().settings.values():
        assert setting.mark in MARKS
        assert setting.text.th
        assert setting.text.en
        assert setting.sources or setting.mark != "sourced"


def test_what_the_domain_page_does_not_know_is_not_presented_as_known() -> None:
    marks = {name: setting.mark for name, setting in rule_set().settings.items()}
    unknown = {"tariff_shift_digits", "de_minimis_on", "de_minimis_percent", "shown_percent"}
    assert all(marks[name] == "unknown" for name in unknown)
    assert all(marks[name] == "recall" for name in ("minimal_operations", "minimal_operations_block"))
    assert all(
        marks[name] == "sourced"
        for name in ("threshold_percent", "validity_years", "renewal_window_days", "tariff_shift_on")
    )
    assert "threshold_percent" not in {setting.name for setting in rule_set().unverified}


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        ({"threshold_percent": "12.5"}, "threshold", Fraction(1, 8)),
        ({"direct_on": False}, "formulas_on", ("build_down", "tariff_shift")),
        ({"direct_counts": ["profit"]}, "direct_counts", frozenset({"profit"})),
        ({"direct_divided_by": "materials"}, "direct_divides_by_materials", True),
        ({"tariff_shift_digits": 6}, "tariff_digits", 6),
        ({"de_minimis_on": True}, "de_minimis", Fraction(1, 10)),
        ({"de_minimis_on": True, "de_minimis_percent": "7.5"}, "de_minimis", Fraction(3, 40)),
        (
            {"asean_counts_as_domestic": True, "asean_countries": ["VN"]},
            "roll_up_countries",
            frozenset({"VN"}),
        ),
        ({"domestic_needs_certificate": True}, "domestic_needs_certificate", True),
        ({"minimal_operations": []}, "minimal_operations", frozenset()),
        ({"minimal_operations_block": False}, "minimal_operations", frozenset()),
        ({"vat_percent": "6.3"}, "vat_rate_percent", Fraction(63, 10)),
        ({"validity_years": 3}, "validity_years", 3),
        ({"renewal_window_days": 90}, "renewal_window_days", 90),
    ],
)
def test_a_setting_is_read_as_it_is_written(changed: dict[str, Any], name: str, value: object) -> None:
    assert getattr(rule_set(**changed), name) == value


WRONG_VALUES: list[tuple[str, Any, str]] = [
    ("threshold_percent", 40, "rule_percent"),
    ("threshold_percent", "40%", "rule_percent"),
    ("threshold_percent", "101", "rule_percent"),
    ("threshold_percent", "100.5", "rule_percent"),
    ("threshold_percent", "-1", "rule_percent"),
    ("threshold_percent", "", "rule_percent"),
    ("threshold_percent", "๔๐", "rule_percent"),
    ("threshold_percent", 40.0, "rule_percent"),
    ("direct_on", "yes", "flag_expected"),
    ("direct_on", 1, "flag_expected"),
    ("direct_counts", [], "rule_list"),
    ("direct_counts", "profit", "rule_list"),
    ("direct_counts", ["profit", "profit"], "rule_list"),
    ("direct_counts", ["foreign_material"], "rule_choice"),
    ("direct_divided_by", "fob", "rule_choice"),
    ("tariff_shift_digits", 8, "rule_digits"),
    ("tariff_shift_digits", "4", "rule_digits"),
    ("tariff_shift_digits", True, "rule_digits"),
    ("tariff_shift_digits", 4.0, "rule_digits"),
    ("tariff_shift_digits", [4], "rule_digits"),
    ("de_minimis_percent", None, "member_missing"),
    ("unproven_counts_as", "domestic", "rule_choice"),
    ("asean_countries", ["Vietnam"], "rule_country"),
    ("asean_countries", [1], "rule_country"),
    ("minimal_operations", ["winding"], "rule_choice"),
    ("minimal_operations", [["cutting"]], "rule_choice"),
    ("vat_percent", "seven", "rule_percent"),
    ("shown_percent", "round", "rule_choice"),
    ("validity_years", 0, "rule_whole"),
    ("validity_years", 11, "rule_whole"),
    ("validity_years", "1", "rule_whole"),
    ("validity_years", True, "rule_whole"),
    ("renewal_window_days", 0, "rule_whole"),
    ("renewal_window_days", 1.5, "rule_whole"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG_VALUES)
def test_a_wrong_value_is_refused_with_its_setting(name: str, value: Any, code: str) -> None:
    found = faults_of(changed_rules(**{name: value}))
    assert any(fault == code and where.startswith(f"settings.{name}.value") for fault, where in found)


@pytest.mark.parametrize("name", STATED)
def test_no_setting_may_be_left_out(name: str) -> None:
    assert ("member_missing", f"settings.{name}") in faults_of(broken(f"settings.{name}", ...))


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("member", ["value", "mark", "sources", "text"])
def test_no_setting_may_stand_without_value_mark_sources_and_text(name: str, member: str) -> None:
    found = faults_of(broken(f"settings.{name}.{member}", ...))
    assert ("member_missing", f"settings.{name}.{member}") in found


@pytest.mark.parametrize("name", ["id", "title", "in_force", "sources", "settings", "cases"])
def test_no_member_of_the_rule_set_may_be_left_out(name: str) -> None:
    assert ("member_missing", name) in faults_of(broken(name, ...))


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ("colour", "red", "member_unknown", "colour"),
        ("id", "MIT 2563", "rule_id_malformed", "id"),
        ("id", 5, "text_expected", "id"),
        ("title", {"th": "ก"}, "member_missing", "title.en"),
        ("title", "ก", "object_expected", "title"),
        ("in_force.from", "2020-13-01", "day_malformed", "in_force.from"),
        ("in_force.from", 2020, "text_expected", "in_force.from"),
        ("in_force.until", "tomorrow", "day_malformed", "in_force.until"),
        ("in_force.until", "2020-12-21", "rule_dates_reversed", "in_force.until"),
        ("in_force.mark", "certain", "rule_mark_unknown", "in_force.mark"),
        ("in_force.note", "x", "member_unknown", "in_force.note"),
        ("sources", [], "object_expected", "sources"),
        ("sources.tem", "https://", "object_expected", "sources.tem"),
        ("sources.tem.title", {"th": "ก", "en": ""}, "text_empty", "sources.tem.title.en"),
        ("sources.tem.page", 5, "member_unknown", "sources.tem.page"),
        ("settings", [], "object_expected", "settings"),
        ("settings.new_rule", {}, "member_unknown", "settings.new_rule"),
        ("settings.threshold_percent", "40", "object_expected", "settings.threshold_percent"),
        ("settings.threshold_percent.mark", "sure", "rule_mark_unknown", "settings.threshold_percent.mark"),
        (
            "settings.threshold_percent.sources",
            [],
            "rule_source_missing",
            "settings.threshold_percent.sources",
        ),
        (
            "settings.threshold_percent.sources",
            ["rumour"],
            "rule_source_unknown",
            "settings.threshold_percent.sources",
        ),
        ("settings.threshold_percent.sources", "tem", "list_expected", "settings.threshold_percent.sources"),
        (
            "settings.threshold_percent.text",
            {"th": "ก"},
            "member_missing",
            "settings.threshold_percent.text.en",
        ),
        ("settings.threshold_percent.since", "x", "member_unknown", "settings.threshold_percent.since"),
    ],
)
def test_a_wrong_part_is_refused_with_its_place(path: str, value: Any, code: str, where: str) -> None:
    assert (code, where) in faults_of(broken(path, value))


def test_a_rule_set_without_any_formula_is_refused() -> None:
    off = changed_rules(direct_on=False, build_down_on=False, tariff_shift_on=False)
    assert faults_of(off) == [("rule_no_formula_on", "settings")]


@pytest.mark.parametrize("document", [None, [], "rules", 5, {}])
def test_what_is_no_rule_set_is_refused(document: object) -> None:
    assert faults_of(document)


def test_the_hash_is_over_the_content_not_over_its_spelling() -> None:
    document = rule_document()
    turned = dict(reversed(list(document.items())))
    assert parse_rule_set(turned).sha256 == rule_set().sha256
    turned["title"]["en"] += "."
    assert parse_rule_set(turned).sha256 != rule_set().sha256


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.lists(st.text(max_size=3), max_size=2)
)


def places(document: object, path: str = "") -> list[str]:
    if not isinstance(document, dict):
        return [path]
    found = [] if not path else [path]
    for name, value in document.items():
        found += places(value, f"{path}.{name}".strip("."))
    return found


PLACES = [place for place in places(rule_document()) if "." not in place or place.split(".")[0] != "cases"]


@settings(deadline=None, max_examples=200)
@given(place=st.sampled_from(PLACES), junk=JUNK)
def test_junk_anywhere_is_refused_or_still_a_whole_rule_set(place: str, junk: Any) -> None:
    try:
        rules = parse_rule_set(broken(place, junk))
    except RulebookError as error:
        assert error.faults
    else:
        assert isinstance(rules, RuleSet)
        assert set(rules.settings) == set(STATED)
        assert {one.name for one in rules.assumed} == set(ASSUMED)
        assert rules.formulas_on
