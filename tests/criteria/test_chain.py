"""Suppliers' certificates in the criteria: the rule set says what they count, a lapsed one never proves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.chain import (
    COVERS,
    STANDINGS,
    Covered,
    SupplierCertificate,
    covering,
    is_alike,
    read_chain,
)
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.members import Members
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import load_rulebook
from mit.criteria.warning_levels import warning_levels_on
from mit.criteria.what_if import what_if
from mit.errors import Fault
from tests.support.sheets import cost, material, rule_set, sheet

NUMBER = "MIT-2569-0012345-B"
SHIPPED = load_rulebook().by_id("mit-2563-1")
POLICY = "supplier_certificate_counts"


def fact(standing: Any = "active", covers: Any = "yes", *, line: int = 1) -> SupplierCertificate:
    return SupplierCertificate(line, NUMBER, standing, covers, "2026-11-25", "mit-2563-1", "ab" * 32)


def rules(counts: str = "none", *, needs: bool = False) -> RuleSet:
    return rule_set(**{POLICY: counts, "domestic_needs_certificate": needs})


def assessed(
    origin: str, chain: tuple[SupplierCertificate, ...], under: RuleSet, *, named: str = NUMBER
) -> Assessment:
    """Return the assessment of a sheet whose one material is 500 of 1,000 and whose share else is 30 %."""
    line = material("500.00", origin, **({"supplier_certificate": named} if named else {}))
    document = sheet("1000.00", line, material("200.00", "imported"), cost("labour", "300.00"))
    return assess(under, parse_cost_sheet(document), chain)


def shares(assessment: Assessment) -> list[str]:
    return [formula.shown_percent for formula in assessment.formulas]


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("covers", COVERS)
@pytest.mark.parametrize("counts", ["none", "full"])
def test_an_unproven_line_counts_as_domestic_only_where_the_policy_and_the_certificate_say_so(
    standing: str, covers: str, counts: str
) -> None:
    found = assessed("unproven", (fact(standing, covers),), rules(counts))
    is_proven = (standing, covers, counts) == ("active", "yes", "full")
    assert shares(found)[:2] == (["80.00", "80.00"] if is_proven else ["30.00", "30.00"])
    assert found.figures.lines[0].why == ("certified" if is_proven else "unproven")
    assert found.meets is is_proven


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("covers", COVERS)
@pytest.mark.parametrize("counts", ["none", "full"])
def test_the_sheets_own_origin_decides_of_what_is_declared(standing: str, covers: str, counts: str) -> None:
    chain = (fact(standing, covers),)
    for origin, share in (("domestic", "80.00"), ("imported", "30.00")):
        assert shares(assessed(origin, chain, rules(counts)))[0] == share


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("covers", COVERS)
def test_where_domestic_needs_a_certificate_one_that_does_not_prove_is_none(
    standing: str, covers: str
) -> None:
    under = rules(needs=True)
    found = assessed("domestic", (fact(standing, covers),), under)
    is_proven = (standing, covers) == ("active", "yes")
    assert found.figures.lines[0].why == ("declared" if is_proven else "no_certificate")
    assert shares(found)[0] == ("80.00" if is_proven else "30.00")
    assert shares(assessed("domestic", (), under))[0] == "80.00", "nobody asked: it is taken for what it says"
    assert shares(assessed("domestic", (), under, named=""))[0] == "30.00"


FACTS = st.builds(
    SupplierCertificate,
    line=st.integers(1, 4),
    number=st.just(NUMBER),
    standing=st.sampled_from(STANDINGS),
    covers=st.sampled_from(COVERS),
    known_on=st.just("2026-11-25"),
)
LINES = st.lists(
    st.builds(
        material,
        st.integers(0, 40_000).map(lambda satang: f"{satang // 100}.{satang % 100:02d}"),
        st.sampled_from(["domestic", "imported", "unproven"]),
        supplier_certificate=st.just(NUMBER),
    ),
    min_size=1,
    max_size=4,
)


def figures(assessment: Assessment) -> list[Any]:
    return [(one.id, one.numerator, one.denominator, one.meets) for one in assessment.formulas]


@given(LINES, st.lists(FACTS, max_size=6), st.sampled_from(["none", "full"]))
def test_a_lapsed_certificate_never_proves(lines: list[Any], chain: list[Any], counts: str) -> None:
    """Whatever is known: without one that is in force and covers, every figure is as if none were named."""
    document = parse_cost_sheet(sheet("2000.00", *lines))
    lapsed = [one if not one.proves else replace(one, standing="expired") for one in chain]
    under = rules(counts)
    assert figures(assess(under, document, lapsed)) == figures(assess(under, document))


@given(LINES, st.lists(FACTS, max_size=6))
def test_a_certificate_never_makes_a_product_less_domestic(lines: list[Any], chain: list[Any]) -> None:
    document, under = parse_cost_sheet(sheet("2000.00", *lines)), rules("full")
    with_it, without = assess(under, document, chain), assess(under, document)
    for one, other in zip(with_it.formulas[:2], without.formulas[:2], strict=True):
        assert one.numerator.satang >= other.numerator.satang
    assert figures(assess(rules("none"), document, chain)) == figures(assess(rules("none"), document))


def test_what_was_known_is_frozen_in_the_trace_and_only_there() -> None:
    found = assessed("unproven", (fact("revoked", "no"),), rules())
    assert found.to_document()["trace"]["supplier_certificates"] == [fact("revoked", "no").to_document()]  # type: ignore[index]
    without = assessed("unproven", (), rules()).to_document()
    assert "supplier_certificates" not in without["trace"]  # type: ignore[operator]


def test_facts_come_back_from_their_documents() -> None:
    chain = [fact(standing, covers, line=at) for at, standing in enumerate(STANDINGS, 1) for covers in COVERS]
    faults: list[Fault] = []
    document = json.loads(json.dumps({"x": [one.to_document() for one in chain]}))
    assert list(read_chain(Members(document, "", faults), "x", faults)) == chain
    assert faults == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"standing": "good"}, "rule_choice"),
        ({"covers": True}, "rule_choice"),
        ({"line": 0}, "rule_whole"),
        ({"line": "1"}, "rule_whole"),
        ({"line": True}, "rule_whole"),
        ({"known_on": "25/11/2569"}, "day_malformed"),
        ({"number": ""}, "text_empty"),
        ({"more": 1}, "member_unknown"),
        ({"standing": None}, "member_missing"),
    ],
)
def test_facts_that_are_none_are_refused(change: dict[str, Any], code: str) -> None:
    faults: list[Fault] = []
    read_chain(Members({"x": [fact().to_document() | change]}, "", faults), "x", faults)
    assert [fault.code for fault in faults] == [code]


# --- the rule set


def test_the_shipped_rule_set_counts_nothing_by_certificates_and_says_that_this_is_unverified() -> None:
    assert not SHIPPED.counts_certified_inputs
    assert POLICY not in SHIPPED.settings, "its bytes and its hash stay"
    (assumed,) = SHIPPED.assumed
    assert (assumed.name, assumed.value, assumed.is_verified) == (POLICY, "none", False)
    assert assumed not in SHIPPED.unverified, "what it says of sheets that name nobody stays, word for word"
    assert assumed.text.th
    assert assumed.text.en


def test_a_rule_set_that_says_it_assumes_nothing() -> None:
    said = rules("full")
    assert said.counts_certified_inputs
    assert said.assumed == ()


@pytest.mark.parametrize(
    ("counts", "th", "en"),
    [
        ("none", "หลักเกณฑ์ชุดนี้ยังไม่ให้นับเป็นในประเทศ", "does not count that as domestic (unverified)"),
        ("full", "ใบรับรอง MiT ของผู้ขายพิสูจน์ว่าเป็นในประเทศ 500.00 บาท", "500.00 baht (line no. 1)"),
    ],
)
def test_it_is_said_in_both_languages_what_the_certificate_counts_for(counts: str, th: str, en: str) -> None:
    found = assessed("unproven", (fact(),), rules(counts))
    assert any(th in sentence for sentence in found.explanation["th"])
    assert any(en in sentence for sentence in found.explanation["en"])
    lapsed = assessed("unproven", (fact("expired"),), rules(counts))
    assert not [one for one in lapsed.explanation["th"] if th in one]


def test_what_would_it_take_keeps_what_is_proven_already() -> None:
    line = material("300.00", "unproven", supplier_certificate=NUMBER)
    document = sheet("1000.00", line, material("650.00", "imported"), cost("labour", "50.00"))
    found = assess(rules("full"), parse_cost_sheet(document), (fact(),))
    answer = what_if(found, warning_levels_on(date(2026, 11, 25)))
    assert {effect.line.position for effect in answer.effects} == {2}, "the proven line is no foreign one"


# --- does it cover the line?

WIRE = Covered("ลวดทองแดงเปลือย", "Bare copper wire", "สยาม", ("CW-250", "X1"), "74081110")
CABLE = Covered("สายไฟฟ้าแรงต่ำ", "Low-voltage cable", "", (), "85444932")


@pytest.mark.parametrize(
    ("name", "hs_code", "answer", "which"),
    [
        ("ลวดทองแดง 2.5 มม.", "74081110", "yes", WIRE),
        ("ลวดทองแดง 2.5 มม.", "740819", "yes", WIRE),
        ("COPPER WIRE", "740811", "yes", WIRE),
        ("cu-rod cw-250 (import)", "", "yes", WIRE),
        ("สายไฟฟ้าแรงต่ำ ขนาดใหญ่", "", "yes", CABLE),
        ("ลวดทองแดง", "", "unclear", None),
        ("ตัวนำ", "74081110", "unclear", WIRE),
        ("X1", "", "unclear", None),
        ("", "", "unclear", None),
        ("ลวดทองแดงเปลือย", "39011000", "no", None),
        ("CW-250", "8504", "no", None),
    ],
)
def test_a_line_is_covered_by_heading_and_words_as_far_as_it_can_be_told(
    name: str, hs_code: str, answer: str, which: Covered | None
) -> None:
    assert covering(name, hs_code, [WIRE, CABLE]) == (answer, which)


def test_a_certificate_without_an_hs_code_is_for_a_person_to_see() -> None:
    old = Covered("ลวดทองแดงเปลือย", "", "", (), "")
    assert covering("ตัวนำ", "74081110", [old]) == ("unclear", old)
    assert covering("x", "74081110", []) == ("no", None)


@given(st.text(max_size=30), st.sampled_from(["", "7408", "740811", "85444932", "39011000"]))
def test_another_heading_is_never_covered_whatever_the_name(name: str, hs_code: str) -> None:
    answer, which = covering(name, hs_code, [WIRE])
    if hs_code and hs_code[:4] != WIRE.heading:
        assert (answer, which) == ("no", None)
    else:
        assert answer in {"yes", "unclear"}


@pytest.mark.parametrize(
    ("name", "hs_code", "is_so"),
    [
        ("ลวดทองแดงอบอ่อน", "74081110", True),
        ("copper wire rod", "7408.11".replace(".", ""), True),
        ("ลวดทองแดง", "85444932", False),
        ("ลวดทองแดง", "", False),
        ("ลวด", "74081110", False),
    ],
)
def test_a_domestic_maker_is_named_only_under_the_same_heading_with_a_shared_word(
    name: str, hs_code: str, *, is_so: bool
) -> None:
    assert is_alike(name, hs_code, WIRE) is is_so
