"""What must hold of every sheet: no figure appears from nowhere, and nothing helps that should not."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from tests.support.sheets import OTHER_HEADING, SAME_HEADING, Document, cost, material, rule_set, sheet

#: How far an answer is from a pass.
RANK = {False: 0, None: 1, True: 2}
RULES: tuple[dict[str, Any], ...] = (
    {},
    {"de_minimis_on": True},
    {"asean_counts_as_domestic": True},
    {"domestic_needs_certificate": True, "tariff_shift_digits": 6},
    {"direct_counts": ["domestic_material"], "direct_divided_by": "materials", "build_down_on": False},
    {"direct_on": False, "threshold_percent": "60"},
)
ORIGINS = ("domestic", "imported", "unproven")


@cache
def rules(at: int) -> RuleSet:
    return rule_set(**RULES[at])


def baht(satang: int) -> str:
    sign = "-" if satang < 0 else ""
    return f"{sign}{abs(satang) // 100}.{abs(satang) % 100:02d}"


def satang(text: str) -> int:
    return int(text.replace(".", ""))


@st.composite
def lines(draw: st.DrawFn) -> Document:
    amount = baht(draw(st.one_of(st.integers(0, 10_000), st.sampled_from([0, 1, 4_000, 6_000]))))
    kind = draw(st.sampled_from(["material"] * 4 + ["labour", "overhead", "other"]))
    if kind != "material":
        return cost(kind, amount)
    code = draw(st.sampled_from([SAME_HEADING, OTHER_HEADING, "8504.40", None]))
    more = draw(st.sampled_from([{}, {"country": "VN"}, {"supplier_certificate": "X"}]))
    return material(amount, draw(st.sampled_from(ORIGINS)), hs_code=code, **more)


@st.composite
def sheets(draw: st.DrawFn, *, least: int = 0) -> Document:
    """Return a sheet whose price covers its lines, with a profit that is derived, balances or falls short."""
    parts = draw(st.lists(lines(), min_size=least, max_size=6))
    cost_of_all = sum(satang(line["amount"]) for line in parts)
    profit, gap = draw(st.integers(0, 8_000)), draw(st.sampled_from([0, 0, 1, 2_500]))
    price = max(1, cost_of_all + profit + gap)
    said = draw(st.booleans())
    return sheet(baht(price), *parts, **({"profit": baht(profit)} if said and price > 1 else {}))


def judged(at: int, document: Document) -> Assessment:
    return assess(rules(at), parse_cost_sheet(document))


def rank(at: int, document: Document) -> int:
    return RANK[judged(at, document).meets]


def materials(document: Document) -> list[Document]:
    return [line for line in document["lines"] if line["kind"] == "material"]


ANY_RULES = st.integers(0, len(RULES) - 1)
FEW = settings(deadline=None, max_examples=120)


@FEW
@given(sheets())
def test_direct_and_build_down_differ_by_the_unexplained_cost_and_by_nothing_else(document: Document) -> None:
    """Source: domain 2.3."""
    found = judged(0, document)
    direct, build_down, _ = found.formulas
    unexplained = found.figures.unexplained
    assert build_down.numerator - direct.numerator == unexplained
    assert direct.denominator == build_down.denominator
    declared = sum(satang(line["amount"]) for line in document["lines"])
    rest = satang(document["price_ex_works"]) - declared
    assert unexplained.satang == (rest - satang(document["profit"]) if "profit" in document else 0)
    assert any(doubt.code == "unexplained_cost" for doubt in found.doubts) is bool(unexplained.satang)


@FEW
@given(ANY_RULES, sheets(least=1), st.data())
def test_making_a_material_at_home_never_turns_a_pass_into_a_failure(
    at: int, document: Document, data: st.DataObject
) -> None:
    if not materials(document):
        return
    better = copy.deepcopy(document)
    data.draw(st.sampled_from(materials(better)))["origin"] = "domestic"
    assert rank(at, better) >= rank(at, document)


@FEW
@given(ANY_RULES, sheets(), st.integers(1, 50_000))
def test_adding_domestic_content_never_turns_a_pass_into_a_failure(
    at: int, document: Document, more: int
) -> None:
    better = copy.deepcopy(document)
    better["lines"].append(material(baht(more), "domestic", supplier_certificate="X"))
    better["price_ex_works"] = baht(satang(document["price_ex_works"]) + more)
    assert rank(at, better) >= rank(at, document)


@FEW
@given(ANY_RULES, sheets(least=1), st.data())
def test_a_material_without_proof_never_fares_better(
    at: int, document: Document, data: st.DataObject
) -> None:
    if not materials(document):
        return
    worse = copy.deepcopy(document)
    data.draw(st.sampled_from(materials(worse)))["origin"] = "unproven"
    assert rank(at, worse) <= rank(at, document)


@FEW
@given(ANY_RULES, sheets(), st.integers(2, 1_000))
def test_a_sheet_for_a_thousand_pieces_says_what_one_for_a_piece_says(
    at: int, document: Document, times: int
) -> None:
    scaled = copy.deepcopy(document)
    for holder, name in [(scaled, "price_ex_works"), (scaled, "profit")] + [
        (line, "amount") for line in scaled["lines"]
    ]:
        if name in holder:
            holder[name] = baht(satang(holder[name]) * times)
    one, many = judged(at, document), judged(at, scaled)
    assert [(f.meets, f.shown_percent) for f in many.formulas] == [
        (f.meets, f.shown_percent) for f in one.formulas
    ]
    assert many.meets is one.meets


@FEW
@given(ANY_RULES, sheets(least=2), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_answer(at: int, document: Document, random: Any) -> None:
    shuffled = copy.deepcopy(document)
    random.shuffle(shuffled["lines"])
    one, other = judged(at, document), judged(at, shuffled)
    assert (other.formulas, other.meets) == (one.formulas, one.meets)
    assert sorted(doubt.code for doubt in other.doubts) == sorted(doubt.code for doubt in one.doubts)
