"""What a rule set says otherwise for an HS prefix or a group; the longest prefix wins."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.overrides import ENTRY_LIMIT, OVERRIDABLE
from mit.criteria.rule_set import RuleSet, parse_rule_set
from mit.criteria.rulebook import check_rule_set
from mit.criteria.settings_of_rules import ASSUMED, SETTINGS
from mit.criteria.suggest import still_needed
from mit.criteria.what_if import what_if
from mit.errors import RulebookError
from mit.i18n import LANGUAGES
from tests.support.sheets import (
    Document,
    cost,
    material,
    override,
    overriding,
    product,
    rule_document,
    rule_set,
    sheet,
    with_case,
)

FIFTY = {"threshold_percent": "50"}


def rules_of(document: Document) -> RuleSet:
    return parse_rule_set(document)


def faults_of(document: Document) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in check_rule_set(document)]


def sheet_of(hs_code: str, foreign: str = "55.00", **members: Any) -> Document:
    return sheet(
        "100.00",
        material(foreign, hs_code=hs_code),
        cost("labour", "5.00"),
        product=product(hs_code=hs_code),
        **members,
    )


def answer(document: Document, hs_code: str, **members: Any) -> dict[str, Any]:
    return assess(rules_of(document), parse_cost_sheet(sheet_of(hs_code, **members))).to_document()


@pytest.mark.parametrize(
    ("hs_code", "threshold"),
    [
        ("7408.11", "40"),
        ("8503.00", "40"),
        ("8501.10", "60"),
        ("8504.40", "50"),
        ("850440", "50"),
        ("8504.40.90.000", "50"),
        ("8504.90", "30"),
        ("8504.90.11", "30"),
        ("0850.40", "40"),
    ],
)
def test_the_longest_prefix_wins(hs_code: str, threshold: str) -> None:
    document = overriding(
        {"8501": {"threshold_percent": "60"}, "8504": FIFTY, "850490": {"threshold_percent": "30"}}
    )
    rules = rules_of(document).for_product(hs_code.replace(".", ""))
    assert rules.settings["threshold_percent"].value == threshold
    assert rules.general["threshold_percent"].value == "40"


def test_each_setting_is_looked_for_by_itself() -> None:
    document = overriding(
        {"85": {"tariff_shift_digits": 2, **FIFTY}, "850440": {"tariff_shift_digits": 6}},
        {"small": (["8504"], {"de_minimis_on": True})},
    )
    rules = rules_of(document).for_product("850440")
    assert (rules.tariff_digits, rules.threshold * 100, rules.de_minimis) == (6, 50, rules.de_minimis)
    assert rules.de_minimis is not None
    assert [(one.setting.name, one.hs_prefix, one.group) for one in rules.applied] == [
        ("de_minimis_on", "8504", "small"),
        ("tariff_shift_digits", "850440", ""),
        ("threshold_percent", "85", ""),
    ]


def test_a_rule_set_of_one_product_gives_that_of_another() -> None:
    rules = rules_of(overriding({"8504": FIFTY, "7408": {"threshold_percent": "60"}}))
    assert rules.for_product("850440").for_product("740811") == rules.for_product("740811")
    assert rules.for_product("850440").for_product("390110") == rules
    assert rules.for_product("850440").for_product("850440") == rules.for_product("850440")


def test_a_group_may_lie_inside_a_prefix_and_another_group_around_it() -> None:
    document = overriding(
        {"8504": FIFTY},
        {
            "electrical": (["84", "85"], {"threshold_percent": "45"}),
            "converters": (["850440", "850450"], {"threshold_percent": "55"}),
        },
    )
    rules = rules_of(document)
    found = {
        code: str(rules.for_product(code).threshold * 100)
        for code in ("841810", "850410", "850450", "940310")
    }
    assert found == {"841810": "45", "850410": "50", "850450": "55", "940310": "40"}
    assert rules.groups["converters"].holds("85044090")
    assert not rules.groups["converters"].holds("850410")


def test_the_answer_the_trace_and_both_explanations_say_what_counted_and_why() -> None:
    document = overriding({"8504": FIFTY})
    general, special = answer(document, "8503.00"), answer(document, "8504.40")
    assert (general["meets"], special["meets"]) == (True, False)
    assert "overrides" not in general["trace"]
    assert special["trace"]["settings"]["threshold_percent"] == "50"
    assert special["trace"]["overrides"] == [
        {"setting": "threshold_percent", "hs_prefix": "8504", "group": None, "general": "40"}
    ]
    thai, english = special["explanation"]["th"], special["explanation"]["en"]
    assert thai[1].startswith(
        "สินค้าพิกัดที่ขึ้นต้นด้วย 8504 ใช้เกณฑ์เฉพาะ: ค่าเฉพาะของ threshold_percent คือ 50 เพราะ มีผู้ผลิตในประเทศมากพอ"
    )
    assert english[1].startswith(
        "For products whose HS code begins with 8504 a rule of their own counts: "
        "its own threshold_percent is 50, because enough is made in Thailand "
        "(in general: The domestic share must be equal to or above 40 %)."
    )
    assert "[In part a default not yet confirmed by FTI]" in english[1]
    assert len(thai) == len(english)
    assert any("50 %" in sentence for sentence in english[2:])
    assert not any("begins with" in sentence for sentence in general["explanation"]["en"])


CHANGED: Document = {
    "threshold_percent": "50",
    "supplier_certificate_counts": "full",
    "direct_on": False,
    "direct_counts": ["labour"],
    "direct_divided_by": "materials",
    "build_down_on": False,
    "tariff_shift_on": False,
    "tariff_shift_digits": 6,
    "de_minimis_on": True,
    "de_minimis_percent": "5",
    "unproven_counts_as": "foreign",
    "domestic_needs_certificate": True,
    "asean_counts_as_domestic": True,
    "asean_countries": ["VN"],
    "minimal_operations_block": False,
    "minimal_operations": ["packing"],
}


@pytest.mark.parametrize("name", sorted(OVERRIDABLE))
def test_each_setting_that_is_otherwise_is_told_and_traced(name: str) -> None:
    """None may be forgotten in the explanation or the trace; the value is the one of the entry."""
    document = overriding({"8504": {name: CHANGED[name]}})
    special, general = answer(document, "8504.40"), answer(document, "8503.00")
    assert special["trace"]["settings"][name] == CHANGED[name]
    written = rule_document()["settings"].get(name)
    assert general["trace"]["settings"].get(name) == (written["value"] if written else None)
    base = rules_of(document).in_general(name)
    (entry,) = special["trace"]["overrides"]
    assert (entry["setting"], entry["hs_prefix"], entry["group"]) == (name, "8504", None)
    assert entry["general"] == (written["value"] if written else base.value)
    for language in LANGUAGES:
        own = document["overrides"]["by_hs_prefix"]["8504"]
        sentence = special["explanation"][language][1]
        assert own["settings"][name]["text"][language] in sentence
        assert own["because"][language] in sentence
        assert base.text.in_language(language) in sentence
        assert not any(own["because"][language] in one for one in general["explanation"][language])


def test_a_group_is_called_by_its_title() -> None:
    document = overriding(by_group={"wires": (["8544", "7408"], FIFTY)})
    explanation = answer(document, "7408.11")["explanation"]
    assert (
        "For the group “goods wires” (HS codes that begin with 7408) a rule of its own counts"
        in explanation["en"][1]
    )
    assert "สินค้ากลุ่มสินค้า wires (พิกัดที่ขึ้นต้นด้วย 7408) ใช้เกณฑ์เฉพาะ" in explanation["th"][1]


def test_a_sourced_override_names_its_source_and_is_not_called_unverified() -> None:
    document = overriding({"8504": FIFTY})
    own = document["overrides"]["by_hs_prefix"]["8504"]["settings"]["threshold_percent"]
    own |= {"mark": "sourced", "sources": ["tem"]}
    sentence = answer(document, "8504.40")["explanation"]["en"][1]
    assert "[Source: FTI, criteria for considering MiT]" in sentence
    assert "not yet confirmed" not in sentence


@pytest.mark.parametrize(
    ("own", "members", "before", "after"),
    [
        ({"threshold_percent": "50"}, {}, True, False),
        ({"threshold_percent": "45"}, {}, True, True),
        ({"build_down_on": False, "direct_on": False}, {}, True, False),
        ({"build_down_on": False, "direct_counts": ["labour"]}, {}, True, False),
        ({"build_down_on": False, "direct_divided_by": "materials"}, {}, True, True),
        ({"minimal_operations_block": False}, {"process": ["packing"]}, False, True),
        ({"minimal_operations": ["cutting"]}, {"process": ["packing"]}, False, True),
        ({"de_minimis_on": True, "de_minimis_percent": "60"}, {"foreign": "61.00"}, False, False),
        ({"de_minimis_on": True, "de_minimis_percent": "61"}, {"foreign": "61.00"}, False, True),
        ({"tariff_shift_digits": 2}, {"foreign": "61.00"}, False, False),
    ],
)
def test_every_kind_of_setting_counts_for_the_prefix_alone(
    own: Document, members: Document, before: bool, after: bool
) -> None:
    document = overriding({"8504": own})
    assert answer(document, "8504.40", **members)["meets"] is after
    assert answer(document, "8503.00", **members)["meets"] is before


def test_what_it_would_take_is_said_by_the_settings_of_the_product() -> None:
    rules = rules_of(overriding({"8504": FIFTY}))
    found = assess(rules, parse_cost_sheet(sheet_of("8504.40")))
    assert {still_needed(found, one) for one in found.formulas if one.id != "tariff_shift"} == {500}
    assert {one.missing.satang for one in what_if(found).shortfalls} == {500}
    assert what_if(found).suggestions


def test_domestic_materials_of_a_group_may_need_a_certificate_and_asean_may_count_for_it() -> None:
    document = overriding(
        by_group={
            "strict": (["8504"], {"domestic_needs_certificate": True}),
            "open": (["8503"], {"asean_counts_as_domestic": True, "asean_countries": ["VN"]}),
        }
    )
    thai = sheet("100.00", material("70.00", "domestic"), product=product(hs_code="8504.40"), profit="0.00")
    assert assess(rules_of(document), parse_cost_sheet(thai)).meets is not True
    thai["product"]["hs_code"] = "8503.00"
    assert assess(rules_of(document), parse_cost_sheet(thai)).meets is True
    for country, meets in (("VN", True), ("MY", False)):
        foreign = sheet(
            "100.00",
            material("70.00", country=country, hs_code="8503.00"),
            product=product(hs_code="8503.00"),
        )
        assert assess(rules_of(document), parse_cost_sheet(foreign)).meets is meets


@pytest.mark.parametrize(
    "prefix", ["8", "850", "85044", "8504409", "85.04", "8504 ", "๘๕๐๔", "", "HS", "00", "000000"]
)
def test_a_prefix_has_two_four_or_six_digits(prefix: str) -> None:
    assert [code for code, _ in faults_of(overriding({prefix: FIFTY}))] == ["rule_hs_prefix"]


@pytest.mark.parametrize("prefix", ["8", "850", "85.04", "๘๕๐๔", "HS"])
def test_so_has_each_prefix_of_a_group(prefix: str) -> None:
    document = overriding(by_group={"wires": (["8544", prefix], FIFTY)})
    assert ("rule_hs_prefix", "groups.wires.hs_prefixes[2]") in faults_of(document)


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - OVERRIDABLE))
def test_what_concerns_the_whole_certificate_is_the_same_for_all(name: str) -> None:
    value = rule_document()["settings"][name]["value"]
    place = f"overrides.by_hs_prefix.8504.settings.{name}"
    assert (("rule_not_overridable", place)) in faults_of(overriding({"8504": {name: value}}))


def test_what_may_be_overridden_are_settings() -> None:
    assert SETTINGS.keys() > OVERRIDABLE
    assert ("rule_not_overridable", "overrides.by_hs_prefix.8504.settings.colour") in faults_of(
        overriding({"8504": {"colour": "red"}})
    )


def entry_of(document: Document) -> Document:
    found: Document = document["overrides"]["by_hs_prefix"]["8504"]
    return found


@pytest.mark.parametrize(
    ("spoil", "code", "where"),
    [
        (lambda e: e.pop("because"), "member_missing", "because"),
        (lambda e: e["because"].pop("th"), "member_missing", "because.th"),
        (lambda e: e.update(note="x"), "member_unknown", "note"),
        (lambda e: e.pop("settings"), "member_missing", "settings"),
        (lambda e: e["settings"].clear(), "rule_override_empty", "settings"),
        (
            lambda e: e["settings"]["threshold_percent"].pop("mark"),
            "member_missing",
            "settings.threshold_percent.mark",
        ),
        (
            lambda e: e["settings"]["threshold_percent"].pop("text"),
            "member_missing",
            "settings.threshold_percent.text",
        ),
        (
            lambda e: e["settings"]["threshold_percent"].update(value=50),
            "rule_percent",
            "settings.threshold_percent.value",
        ),
        (
            lambda e: e["settings"]["threshold_percent"].update(sources=["rumour"]),
            "rule_source_unknown",
            "settings.threshold_percent.sources",
        ),
        (
            lambda e: e["settings"]["threshold_percent"].update(mark="sourced"),
            "rule_source_missing",
            "settings.threshold_percent.sources",
        ),
    ],
)
def test_an_override_is_read_as_strictly_as_a_setting(spoil: Any, code: str, where: str) -> None:
    document = overriding({"8504": FIFTY})
    spoil(entry_of(document))
    assert (code, f"overrides.by_hs_prefix.8504.{where}") in faults_of(document)


@pytest.mark.parametrize(
    ("spoil", "code", "where"),
    [
        (lambda d: d.update(overrides=[]), "object_expected", "overrides"),
        (lambda d: d["overrides"].update(by_brand={}), "member_unknown", "overrides.by_brand"),
        (lambda d: d["overrides"].update(by_hs_prefix=["8504"]), "object_expected", "overrides.by_hs_prefix"),
        (
            lambda d: d["overrides"]["by_group"].update(wood=override(FIFTY)),
            "rule_group_unknown",
            "overrides.by_group.wood",
        ),
        (lambda d: d.pop("groups"), "rule_group_unknown", "overrides.by_group.wires"),
        (lambda d: d.update(groups="wires"), "object_expected", "groups"),
        (
            lambda d: d["groups"].update({"Wires!": d["groups"]["wires"]}),
            "rule_group_malformed",
            "groups.Wires!",
        ),
        (lambda d: d["groups"]["wires"].update(hs_prefixes=[]), "rule_list", "groups.wires.hs_prefixes"),
        (
            lambda d: d["groups"]["wires"].update(hs_prefixes=["8544", "8544"]),
            "rule_list",
            "groups.wires.hs_prefixes",
        ),
        (lambda d: d["groups"]["wires"].pop("hs_prefixes"), "member_missing", "groups.wires.hs_prefixes"),
        (lambda d: d["groups"]["wires"].pop("title"), "member_missing", "groups.wires.title"),
        (
            lambda d: d["groups"]["wires"].update(mark="sourced"),
            "rule_source_missing",
            "groups.wires.sources",
        ),
        (lambda d: d["groups"]["wires"].update(colour="red"), "member_unknown", "groups.wires.colour"),
    ],
)
def test_groups_and_their_overrides_are_read_strictly(spoil: Any, code: str, where: str) -> None:
    document = overriding(by_group={"wires": (["8544"], FIFTY)})
    spoil(document)
    assert (code, where) in faults_of(document)


def test_more_entries_than_anyone_writes_are_refused() -> None:
    many = {f"85{number:04d}": FIFTY for number in range(ENTRY_LIMIT + 1)}
    assert ("list_too_long", "overrides.by_hs_prefix") in faults_of(overriding(many))


@pytest.mark.parametrize(
    ("by_hs_prefix", "by_group"),
    [
        ({"8544": FIFTY}, {"wires": (["8544"], {"threshold_percent": "60"})}),
        ({}, {"wires": (["8544", "7408"], FIFTY), "copper": (["74", "7408"], {"threshold_percent": "60"})}),
        ({"8544": FIFTY}, {"wires": (["8544"], FIFTY)}),
    ],
)
def test_two_entries_for_one_prefix_and_one_setting_are_refused(
    by_hs_prefix: Document, by_group: Any
) -> None:
    assert "rule_override_twice" in {code for code, _ in faults_of(overriding(by_hs_prefix, by_group))}


def test_two_entries_for_one_prefix_and_different_settings_are_not() -> None:
    document = overriding({"8544": FIFTY}, {"wires": (["8544"], {"tariff_shift_digits": 6})})
    document = with_case(document, "8544.49")
    assert faults_of(document) == []


def test_no_prefix_is_left_without_a_formula() -> None:
    off = {"direct_on": False, "tariff_shift_on": False}
    assert ("rule_no_formula_on", "overrides: HS 8504") in faults_of(
        overriding({"85": off, "8504": {"build_down_on": False}})
    )
    apart = overriding({"84": off, "8504": {"build_down_on": False}})
    assert not any(code == "rule_no_formula_on" for code, _ in faults_of(apart))


@pytest.mark.parametrize("value", ["0", "12.5", "40.0"])
def test_no_share_is_asked_for_that_a_certificate_cannot_state(value: str) -> None:
    document = with_case(overriding({"9403": {"threshold_percent": value}}), "9403.10")
    assert ("rule_threshold_whole", "overrides: HS 9403") in faults_of(document)
    assert any(code == "rule_threshold_whole" for code, _ in faults_of(overriding(threshold_percent=value)))


def test_cases_of_the_file_exercise_an_override_and_one_that_none_does_is_refused() -> None:
    untried = overriding({"6109": {"threshold_percent": "51"}})
    assert faults_of(untried) == [("rule_override_untried", "overrides.by_hs_prefix.6109")]
    refused = {"meets": False, "shown_percent": "50.00"}
    tried = with_case(untried, "6109.10", meets=False, direct=refused, build_down=refused)
    assert faults_of(tried) == []
    wrong = with_case(untried, "6109.10")
    assert {code for code, _ in faults_of(wrong)} == {"rule_case_differs"}


def test_one_case_tries_a_group_of_several_prefixes() -> None:
    document = overriding(by_group={"shirts": (["6105", "6109"], {"tariff_shift_digits": 6})})
    assert faults_of(document) == [("rule_override_untried", "overrides.by_group.shirts")]
    assert faults_of(with_case(document, "6105.10")) == []


def test_overrides_and_groups_are_part_of_the_hash() -> None:
    hashes = {
        rule_set().sha256,
        rules_of(overriding()).sha256,
        rules_of(overriding({"8504": FIFTY})).sha256,
        rules_of(overriding({"8504": {"threshold_percent": "51"}})).sha256,
        rules_of(overriding({"8503": FIFTY})).sha256,
        rules_of(overriding(by_group={"x": (["8504"], FIFTY)})).sha256,
        rules_of(overriding(by_group={"x": (["8504", "8503"], FIFTY)})).sha256,
    }
    assert len(hashes) == 7


def test_without_overrides_nothing_is_said_of_them() -> None:
    plain, empty = rule_set(), rules_of(overriding())
    assert (plain.overrides, plain.groups, plain.applied) == ((), {}, ())
    one, other = (
        assess(rules, parse_cost_sheet(sheet_of("8504.40"))).to_document() for rules in (plain, empty)
    )
    assert one["trace"] == other["trace"]
    assert one["explanation"] == other["explanation"]


def test_every_setting_is_counted_once_however_many_prefixes_a_group_has() -> None:
    rules = rules_of(
        overriding({"9403": FIFTY}, {"metal": (["72", "73", "74"], {**FIFTY, "direct_on": False})})
    )
    assert len(rules.every_setting) == len(SETTINGS) - len(ASSUMED) + 3
    (metal,) = {one.group: one for one in rules.overrides if one.group}.values()
    assert rules.prefixes_of(metal) == ("72", "73", "74")


PREFIXES = st.sampled_from(["74", "7408", "740811", "85", "8503", "8504", "850440", "850490"])
CODES = st.sampled_from(
    ["740811", "740819", "850300", "85044090", "850490", "85049011000", "940310", "390110"]
)
OWN = st.fixed_dictionaries(
    {},
    optional={
        "threshold_percent": st.sampled_from(["1", "30", "45", "50", "100"]),
        "direct_counts": st.sampled_from([["labour"], ["domestic_material", "profit"]]),
        "direct_divided_by": st.sampled_from(["net_price", "materials"]),
        "build_down_on": st.booleans(),
        "tariff_shift_digits": st.sampled_from([2, 4, 6]),
        "de_minimis_on": st.booleans(),
        "minimal_operations_block": st.booleans(),
        "domestic_needs_certificate": st.booleans(),
        "asean_counts_as_domestic": st.booleans(),
    },
).filter(bool)
SPECIAL = st.dictionaries(PREFIXES, OWN, max_size=5)


def said(document: Document, hs_code: str) -> dict[str, Any]:
    """Return all that is said of a sheet, without the fingerprint."""
    lines = [
        material("30.00", "domestic", hs_code=None),
        material("45.00", country="VN", hs_code="8504.90"),
        material("9.00", hs_code="7408.11"),
    ]
    judged = sheet(
        "100.00", *lines, cost("labour", "4.00"), product=product(hs_code=hs_code), process=["packing"]
    )
    answered = assess(rules_of(document), parse_cost_sheet(judged)).to_document()
    return {name: value for name, value in answered.items() if name != "ruleset"}


@settings(deadline=None, max_examples=60)
@given(special=SPECIAL, hs_code=CODES)
def test_an_override_never_touches_products_outside_its_prefix(special: Document, hs_code: str) -> None:
    inside = {prefix: own for prefix, own in special.items() if hs_code.startswith(prefix)}
    assert said(overriding(special), hs_code) == said(overriding(inside), hs_code)
    if not inside:
        assert said(overriding(special), hs_code) == said(rule_document(), hs_code)


@settings(deadline=None, max_examples=60)
@given(special=SPECIAL, hs_code=CODES, data=st.data())
def test_the_order_of_overrides_changes_nothing(special: Document, hs_code: str, data: st.DataObject) -> None:
    names = data.draw(st.permutations(sorted(special)))
    turned = {prefix: dict(reversed(special[prefix].items())) for prefix in names}
    first, second = overriding(special), overriding(turned)
    assert rules_of(first) == rules_of(second)
    assert rules_of(first).sha256 == rules_of(second).sha256
    assert said(first, hs_code) == said(second, hs_code)


@settings(deadline=None, max_examples=60)
@given(special=SPECIAL, hs_code=CODES)
def test_a_group_of_one_prefix_counts_as_the_prefix_does(special: Document, hs_code: str) -> None:
    grouped = overriding(by_group={f"g{prefix}": ([prefix], own) for prefix, own in special.items()})
    one, other = said(overriding(special), hs_code), said(grouped, hs_code)
    assert one["formulas"] == other["formulas"]
    assert one["meets"] == other["meets"]
    assert one["trace"]["settings"] == other["trace"]["settings"]


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.lists(st.text(max_size=3), max_size=2)
)
PLACES = [
    *[
        ("groups",),
        ("groups", "wires"),
        ("groups", "wires", "hs_prefixes"),
        ("groups", "wires", "title", "th"),
    ],
    *[("overrides",), ("overrides", "by_group"), ("overrides", "by_group", "wires", "settings")],
    *[("overrides", "by_hs_prefix", "8504"), ("overrides", "by_hs_prefix", "8504", "because")],
    ("overrides", "by_hs_prefix", "8504", "settings", "threshold_percent"),
    ("overrides", "by_hs_prefix", "8504", "settings", "threshold_percent", "value"),
]


@settings(deadline=None, max_examples=150)
@given(place=st.sampled_from(PLACES), junk=JUNK)
def test_junk_anywhere_is_refused_or_still_a_whole_rule_set(place: tuple[str, ...], junk: Any) -> None:
    document = copy.deepcopy(overriding({"8504": FIFTY}, {"wires": (["8544"], FIFTY)}))
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = junk
    try:
        rules = parse_rule_set(document)
    except RulebookError as error:
        assert error.faults
    else:
        for hs_code in ("850440", "854449", "940310"):
            assert set(rules.for_product(hs_code).settings) == set(SETTINGS) - set(ASSUMED)
            assert rules.for_product(hs_code).formulas_on
