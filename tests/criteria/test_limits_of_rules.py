"""Rule sets, cost sheets and their texts at the limits: the longest, the most, and one more."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.chain import Covered, SupplierCertificate, covering, frozen_chain, read_chain
from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document, sheet_sha256
from mit.criteria.cost_sheet_file import SheetFile
from mit.criteria.members import Members, canonical_json, read_text
from mit.criteria.rule_set import parse_rule_set
from mit.criteria.rulebook import check_rule_set, load_rulebook
from mit.criteria.settings_of_rules import SETTINGS
from mit.errors import Fault, InputError, NotFoundError, RulebookError
from tests.support.sheets import Document, full_sheet, material, overriding, rule_document, rule_set, sheet


def faults_of(document: object) -> list[Fault]:
    with pytest.raises(InputError) as refused:
        parse_cost_sheet(document)
    return list(refused.value.faults)


# --- cost sheets


def test_a_sheet_has_at_most_twenty_thousand_lines() -> None:
    found = faults_of(sheet("1.00") | {"lines": [None] * 20_001})
    assert found == [Fault("list_too_long", "lines", {"limit": 20_000})]


@pytest.mark.parametrize("name", ["models", "evidence", "process"])
@pytest.mark.parametrize(("count", "is_taken"), [(500, True), (501, False)])
def test_a_list_of_texts_has_at_most_five_hundred(name: str, count: int, is_taken: bool) -> None:
    texts = [f"t{at}" for at in range(count)]
    document = sheet("100.00", material("1.00"))
    holder = {"models": document["product"], "evidence": document["lines"][0], "process": document}[name]
    holder[name] = texts
    if is_taken:
        parse_cost_sheet(document)
        return
    [fault] = faults_of(document)
    assert (fault.code, fault.params) == ("list_too_long", {"limit": 500})


@pytest.mark.parametrize(("text", "length"), [("x" * 498 + "\u0958", 500), ("\u0958" * 250, 500)])
def test_a_text_that_grows_in_its_one_form_is_taken_up_to_the_limit(text: str, length: int) -> None:
    assert len(read_text(text, "name")) == length
    with pytest.raises(InputError, match="text_too_long"):
        read_text(f"x{text}", "name")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_canonical_spelling(value: float) -> None:
    with pytest.raises(ValueError):
        canonical_json({"a": value})


def test_the_hash_of_a_sheet_is_that_of_its_one_spelling_whatever_it_came_as() -> None:
    document = full_sheet() | {"price_ex_works": "13375.00", "lines": [material("60.00", unit="kg")]}
    parsed = parse_cost_sheet(document)
    columns = {"amount_satang": [6000], "kind": ["material"], "origin": ["imported"], "unit": ["kg"]}
    named = columns | {"name": [parsed.lines[0].name], "hs_code": [parsed.lines[0].hs_code]}
    table = {name: column for name, column in named.items() if column[0]}
    spelled = json.dumps(
        sheet_document(parsed) | {"lines": table}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert sheet_sha256(parsed) == hashlib.sha256(spelled.encode("utf-8")).hexdigest()
    assert sheet_sha256(parse_cost_sheet(sheet_document(parsed))) == sheet_sha256(parsed)
    assert sheet_sha256(parse_cost_sheet(document | {"profit": "1100.01"})) != sheet_sha256(parsed)


def test_what_did_not_come_as_a_workbook_has_no_sheet_and_no_row_of_headings() -> None:
    found = SheetFile({}, {}, ())
    assert (found.sheet, found.heading_row, found.faults) == ("", 0, ())


# --- rule sets


def test_neither_the_text_of_a_rule_set_nor_its_settings_twice_come_into_a_log() -> None:
    said = repr(rule_set())
    assert "document=" not in said
    assert "general=" not in said


@pytest.mark.parametrize(
    ("name", "value", "is_taken"),
    [
        ("validity_years", 0, False),
        ("validity_years", 1, True),
        ("validity_years", 10, True),
        ("validity_years", 11, False),
        ("renewal_window_days", 0, False),
        ("renewal_window_days", 1, True),
        ("renewal_window_days", 366, True),
        ("renewal_window_days", 367, False),
        ("direct_counts", [], False),
        ("direct_counts", ["labour"], True),
        ("minimal_operations", [], True),
        ("asean_countries", [], True),
        ("threshold_percent", "100", True),
        ("threshold_percent", "100.000001", False),
        ("threshold_percent", "101", False),
    ],
)
def test_a_setting_is_taken_up_to_its_bounds(name: str, value: Any, is_taken: bool) -> None:
    reader, _ = SETTINGS[name]
    if is_taken:
        assert reader(value, "x") == (tuple(value) if isinstance(value, list) else value)
        return
    with pytest.raises(InputError) as refused:
        reader(value, "x")
    assert refused.value.where == "x"


@pytest.mark.parametrize("length", [1, 37, 38, 39, 90])
def test_what_a_case_expects_in_vain_is_shown_up_to_forty_signs(length: int) -> None:
    document = rule_document()
    document["cases"][0]["expected"]["meets"] = "m" * length
    [fault] = [one for one in check_rule_set(document) if one.where == "cases[1].expected.meets"]
    assert fault.params == {"expected": f'"{"m" * length}"'[:40], "found": "true"}


def test_what_an_old_rule_set_does_not_say_is_read_as_the_cautious_value_and_called_unknown() -> None:
    document = rule_document()
    document["settings"].pop("supplier_certificate_counts", None)
    rules = parse_rule_set(document)
    [assumed] = rules.assumed
    assert (assumed.name, assumed.value, assumed.mark, assumed.is_verified) == (
        "supplier_certificate_counts",
        "none",
        "unknown",
        False,
    )
    assert rules.in_general("supplier_certificate_counts") == assumed
    assert not rules.counts_certified_inputs


@pytest.mark.parametrize("length", [1, 39, 40, 41, 90])
def test_a_rule_set_that_is_not_there_is_named_up_to_forty_signs(length: int) -> None:
    with pytest.raises(NotFoundError) as refused:
        load_rulebook().by_id("x" * length)
    assert refused.value.params == {"id": "x" * min(length, 40), "known": "mit-2563-1"}


@pytest.mark.parametrize("value", [math.nan, {1, 2}, b"x"])
def test_a_rule_set_that_cannot_be_spelled_is_refused_for_that_too(value: object) -> None:
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(rule_document() | {"cases": [value]})
    assert Fault("rule_not_json", "", {}) in refused.value.faults


# --- what was known of suppliers' certificates


def test_at_most_twenty_thousand_facts_are_read_one_for_each_line() -> None:
    faults: list[Fault] = []
    assert read_chain(Members({"chain": [None] * 20_001}, "", faults), "chain", faults) == ()
    assert faults == [Fault("list_too_long", "chain", {"limit": 20_000})]


@pytest.mark.parametrize("value", [0, -1, True, "1", None, 1.0, -(10**44)])
def test_a_fact_is_of_a_line_counted_from_one(value: object) -> None:
    fact = {"line": value, "number": "x", "standing": "active", "covers": "yes", "known_on": "2026-11-25"}
    faults: list[Fault] = []
    read_chain(Members({"chain": [fact]}, "", faults), "chain", faults)
    [fault] = faults
    if value is None:
        assert (fault.code, fault.where) == ("member_missing", "chain[1].line")
        return
    params = {"low": 1, "high": 20_000, "text": str(value)[:40]}
    assert (fault.code, fault.where, fault.params) == ("rule_whole", "chain[1].line", params)
    fact["line"] = 1
    assert read_chain(Members({"chain": [fact]}, "", []), "chain", [])[0].line == 1


@pytest.mark.parametrize("expected", ["จริง", "\ud800", "\u202e"])
def test_what_a_case_expects_in_vain_is_shown_in_signs_that_can_be_printed(expected: str) -> None:
    document = rule_document()
    document["cases"][0]["expected"]["tariff_shift"]["meets"] = expected
    shown = [fault.params["expected"] for fault in check_rule_set(document) if "expected" in fault.params]
    assert all(str(one).isascii() and str(one).isprintable() for one in shown)


def test_the_facts_of_an_assessment_are_read_back_from_its_trace_and_a_strangers_are_checked() -> None:
    fact = SupplierCertificate(
        1, "MIT-2569-0000001-A", "active", "yes", "2026-11-25", "mit-2563-1", "ab" * 32
    )
    parsed = parse_cost_sheet(sheet("100.00", material("1.00", "unproven")))
    with_fact, without = assess(rule_set(), parsed, (fact,)), assess(rule_set(), parsed)
    assert with_fact.trace()["supplier_certificates"] == [fact.to_document()]
    assert "supplier_certificates" not in without.trace()
    assert frozen_chain(with_fact.to_document()) == (fact,)
    assert frozen_chain(without.to_document()) == ()
    with pytest.raises(InputError) as refused:
        frozen_chain({"trace": {"supplier_certificates": [{"line": 1, "number": ""}]}})
    assert refused.value.code == "cost_sheet"
    assert ("text_empty", "trace.supplier_certificates[1].number") in [
        (fault.code, fault.where) for fault in refused.value.faults
    ]


@pytest.mark.parametrize("mark", ["sourced", "inferred", "recall", "unknown"])
def test_how_far_the_days_in_force_are_known_is_kept(mark: str) -> None:
    document = rule_document()
    document["in_force"]["mark"] = mark
    assert parse_rule_set(document).in_force_mark == mark


@pytest.mark.parametrize("length", [1, 39, 40, 41, 90])
def test_a_source_that_the_rule_set_does_not_list_is_named_up_to_forty_signs(length: int) -> None:
    document = rule_document()
    document["settings"]["vat_percent"]["sources"] = ["s" * length]
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(document)
    assert refused.value.faults == (
        Fault("rule_source_unknown", "settings.vat_percent.sources", {"text": ("s" * length)[:40]}),
    )


@pytest.mark.parametrize("member", ["groups", "by_hs_prefix", "by_group"])
def test_a_rule_set_names_at_most_five_hundred_groups_or_prefixes(member: str) -> None:
    document, many = overriding(), {f"g{at}": None for at in range(500)}
    holder = document if member == "groups" else document["overrides"]
    holder[member] = many
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(document)
    assert "list_too_long" not in {fault.code for fault in refused.value.faults}
    many["one-more"] = None
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(document)
    where = member if member == "groups" else f"overrides.{member}"
    assert refused.value.faults == (Fault("list_too_long", where, {"limit": 500}),)


def test_a_rule_set_has_at_most_five_hundred_cases() -> None:
    found = check_rule_set(rule_document() | {"cases": [None] * 501})
    assert Fault("list_too_long", "cases", {"limit": 500}) in found


def with_notice(days: int) -> Document:
    document = rule_document()
    document["notice"] = {
        "days": days,
        "announced_on": "2000-01-01",
        "mark": "unknown",
        "sources": [],
        "text": {"th": "ไม่ทราบ", "en": "Not known"},
    }
    return document


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, True), (3_660, True), (3_661, False)])
def test_a_notice_is_of_at_most_ten_years(days: int, is_taken: bool) -> None:
    document = with_notice(days)
    if is_taken:
        notice = parse_rule_set(document).notice
        assert notice is not None
        assert (notice.days, notice.given_days) == (days, (date(2020, 12, 22) - date(2000, 1, 1)).days)
        return
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(document)
    params = {"low": 0, "high": 3_660, "text": str(days)}
    assert refused.value.faults == (Fault("rule_whole", "notice.days", params),)


def test_of_a_rule_set_without_a_first_day_nobody_says_that_its_notice_was_short() -> None:
    document = with_notice(60)
    del document["in_force"]["from"]
    with pytest.raises(RulebookError) as refused:
        parse_rule_set(document)
    assert refused.value.faults == (Fault("member_missing", "in_force.from", {"name": "from"}),)


def covered(name: str, hs_code: str = "854442", models: tuple[str, ...] = ()) -> Covered:
    return Covered(name_th="", name_en=name, brand="", models=models, hs_code=hs_code)


@pytest.mark.parametrize(
    ("line_name", "line_hs_code", "product", "covers"),
    [
        # under one heading: as many letters in a row as make a word, wherever they stand
        ("abcde", "854411", covered("abcde"), "yes"),
        ("xx abcde", "854411", covered("zzz abcde"), "yes"),
        ("abcde xx", "854411", covered("abcde zzz"), "yes"),
        ("xx abcde yy", "854411", covered("zz abcde ww"), "yes"),
        ("xx abcd", "854411", covered("zzz abcd"), "unclear"),
        ("abcd xx", "854411", covered("abcd zzz"), "unclear"),
        ("abcd", "854411", covered("abcd"), "unclear"),
        # where a heading is not known: the whole name or a model, no shared word
        ("big abcde", "", covered("abcde"), "yes"),
        ("big abcd", "", covered("abcd"), "unclear"),
        ("xx abcde", "", covered("zzz abcde"), "unclear"),
        ("xx abcde", "", covered("zzz abcde", ""), "unclear"),
        ("xx abcde", "854411", covered("zzz abcde", ""), "unclear"),
        ("part AB-123 red", "", covered("zzz", models=("AB-123",)), "yes"),
        ("part AB-12 red", "", covered("zzz", models=("AB-12",)), "unclear"),
        # under another heading: nothing else is asked
        ("abcde", "740911", covered("abcde"), "no"),
        ("abcde", "854511", covered("abcde"), "no"),
    ],
)
def test_a_product_is_what_a_line_names_by_five_letters_in_a_row_or_its_whole_name_or_model(
    line_name: str, line_hs_code: str, product: Covered, covers: str
) -> None:
    found, by = covering(line_name, line_hs_code, [product])
    assert found == covers
    assert by == (None if covers == "no" else product)


def test_of_two_products_that_may_be_meant_none_is_named() -> None:
    two = [covered("xxxxx"), covered("yyyyy")]
    assert covering("zzzzz", "854411", two) == ("unclear", None)
    assert covering("yyyyy", "854411", two) == ("yes", two[1])
