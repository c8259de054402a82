"""Edge cases of our own beside E1 to E14: a sheet, what comes out by hand, and why.

What comes out is four letters – direct, build-down, tariff shift, overall – of ``T`` met, ``F`` not met and
``?`` open or off, then the build-down share as it is shown; or the code of the refusal.
Unless said otherwise the price is 100.00, so that an amount is a percentage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.errors import InputError
from tests.support.sheets import OTHER_HEADING, Document, cost, material, product, rule_set, sheet


@dataclass(frozen=True)
class Edge:
    """Why it is an edge, the sheet, what comes out, and the settings that differ."""

    why: str
    sheet: Document
    expected: str
    settings: dict[str, Any] = field(default_factory=dict)


def of_100(*lines: Document, **members: Any) -> Document:
    return sheet("100.00", *lines, **members)


def shifted(amount: str) -> Document:
    return material(amount, hs_code=OTHER_HEADING)


def codeless(amount: str, origin: str = "imported") -> Document:
    return material(amount, origin, hs_code=None)


def thai(amount: str, **members: Any) -> Document:
    return material(amount, "domestic", **members)


DE_MINIMIS = {"de_minimis_on": True}
PROOF = {"domestic_needs_certificate": True}
ASEAN = {"asean_counts_as_domestic": True}
BIGGEST = "999999999999.99"

EDGES = [
    Edge("no line at all: everything is profit", of_100(), "TTTT 100.00"),
    Edge("the whole price is foreign", of_100(material("100.00")), "FFFF 0.00"),
    Edge("the smallest price, foreign", sheet("0.01", material("0.01")), "FFFF 0.00"),
    Edge("the smallest price, without lines", sheet("0.01"), "TTTT 100.00"),
    Edge("a free foreign material takes nothing", of_100(material("0.00")), "TTTT 100.00"),
    Edge("the biggest price, a fraction above 40", sheet(BIGGEST, material("599999999999.99")), "TTFT 40.00"),
    Edge("the biggest price, a fraction below", sheet(BIGGEST, material("600000000000.00")), "FFFF 39.99"),
    Edge("exactly 40 is enough", of_100(material("60.00")), "TTFT 40.00"),
    Edge("one satang too much", of_100(material("60.01")), "FFFF 39.99"),
    Edge("one satang to spare", of_100(material("59.99")), "TTFT 40.01"),
    Edge("exactly 40 of a few satang", sheet("0.05", material("0.03")), "TTFT 40.00"),
    Edge("a third never rounds up", sheet("0.03", material("0.02")), "FFFF 33.33"),
    Edge("two thirds are cut, not rounded", sheet("0.03", material("0.01")), "TTFT 66.66"),
    Edge("two halves make the whole", of_100(material("30.00"), material("30.01")), "FFFF 39.99"),
    Edge(
        "unexplained counts for nobody, 40 is declared", of_100(thai("40.00"), profit="0.00"), "TTTT 100.00"
    ),
    Edge("unexplained does not fill the last satang", of_100(thai("39.99"), profit="0.00"), "FTTT 100.00"),
    Edge(
        "nothing domestic is declared, build-down passes alone",
        of_100(material("60.00"), profit="0.00"),
        "FTFT 40.00",
    ),
    Edge(
        "the same where build-down does not count",
        of_100(material("60.00"), profit="0.00"),
        "F?FF 40.00",
        {"build_down_on": False},
    ),
    Edge("a declared profit that balances", of_100(material("60.00"), profit="40.00"), "TTFT 40.00"),
    Edge("a loss is taken off", of_100(thai("50.00"), material("60.00")), "TTFT 40.00"),
    Edge(
        "a loss, declared, is the same",
        of_100(thai("50.00"), material("60.00"), profit="-10.00"),
        "TTFT 40.00",
    ),
    Edge("foreign above the price: a share below nothing", of_100(material("150.00")), "FFFF -50.00"),
    Edge("below nothing, and yet every heading changed", of_100(shifted("150.00")), "FFTT -50.00"),
    Edge("a negative share is cut towards nothing", sheet("0.03", material("0.04")), "FFFF -33.33"),
    Edge("labour alone", of_100(cost("labour", "100.00")), "TTTT 100.00"),
    Edge(
        "labour of foreign origin is labour",
        of_100(cost("labour", "70.00", origin="imported")),
        "TTTT 100.00",
    ),
    Edge("unproven at the limit", of_100(codeless("60.00", "unproven")), "TT?T 40.00"),
    Edge("unproven beyond it: the heading is open", of_100(codeless("60.01", "unproven")), "FF?? 39.99"),
    Edge("unproven is held against its heading", of_100(material("70.00", "unproven")), "FFFF 30.00"),
    Edge("what cost nothing leaves nothing open", of_100(codeless("0.00"), shifted("70.00")), "FFTT 30.00"),
    Edge(
        "one satang without a code leaves it open", of_100(codeless("0.01"), shifted("70.00")), "FF?? 29.99"
    ),
    Edge("one satang that stayed settles it", of_100(material("0.01"), codeless("70.00")), "FFFF 29.99"),
    Edge("ten percent may stay", of_100(material("10.00"), shifted("60.00")), "FFTT 30.00", DE_MINIMIS),
    Edge("a satang more may not", of_100(material("10.01"), shifted("60.00")), "FFFF 29.99", DE_MINIMIS),
    Edge("nothing may stay where it is off", of_100(material("0.01"), shifted("60.00")), "FFFF 39.99"),
    Edge(
        "stayed and unknown together within ten percent",
        of_100(material("4.00"), codeless("6.00"), shifted("60.00")),
        "FFTT 30.00",
        DE_MINIMIS,
    ),
    Edge(
        "together a satang beyond: open",
        of_100(material("4.00"), codeless("6.01"), shifted("60.00")),
        "FF?? 29.99",
        DE_MINIMIS,
    ),
    Edge("a Thai material is never held against its heading", of_100(thai("100.00")), "TTTT 100.00"),
    Edge("no proof: foreign, and its heading stays", of_100(thai("70.00")), "FFFF 30.00", PROOF),
    Edge("proof by a certificate", of_100(thai("70.00", supplier_certificate="X")), "TTTT 100.00", PROOF),
    Edge(
        "no proof, but another heading",
        of_100(thai("70.00", hs_code=OTHER_HEADING)),
        "FFTT 30.00",
        PROOF,
    ),
    Edge("a neighbour counts", of_100(material("70.00", country="VN")), "TTTT 100.00", ASEAN),
    Edge("a neighbour in small letters", of_100(material("70.00", country="vn")), "TTTT 100.00", ASEAN),
    Edge(
        "a neighbour without proof", of_100(material("70.00", "unproven", country="VN")), "FFFF 30.00", ASEAN
    ),
    Edge("no neighbour", of_100(material("70.00", country="CN")), "FFFF 30.00", ASEAN),
    Edge("a neighbour where that is off", of_100(material("70.00", country="VN")), "FFFF 30.00"),
    Edge("packing alone blocks what passes", of_100(material("10.00"), process=["packing"]), "TTFF 90.00"),
    Edge(
        "one step more and it does not",
        of_100(material("10.00"), process=["packing", "กลึง"]),
        "TTFT 90.00",
    ),
    Edge("a block settles what is open", of_100(codeless("70.00"), process=["cutting"]), "FF?F 30.00"),
    Edge(
        "packing where nothing blocks",
        of_100(material("10.00"), process=["packing"]),
        "TTFT 90.00",
        {"minimal_operations_block": False},
    ),
    Edge("VAT inside, at the limit", sheet("107.00", material("60.00"), vat_included=True), "TTFT 40.00"),
    Edge("VAT inside, beyond it", sheet("107.00", material("60.01"), vat_included=True), "FFFF 39.99"),
    Edge("VAT forgotten helps", sheet("107.00", material("64.20")), "TTFT 40.00"),
    Edge("and only so far", sheet("107.00", material("64.21")), "FFFF 39.99"),
    Edge(
        "the net price is cut: 0.93, not 0.9345",
        sheet("1.00", material("0.56"), vat_included=True),
        "FFFF 39.78",
    ),
    Edge("two satang with VAT are one", sheet("0.02", vat_included=True), "TTTT 100.00"),
    Edge("one satang with VAT is nothing", sheet("0.01", vat_included=True), "price_net_zero"),
    Edge(
        "lines and profit a satang above the price",
        of_100(material("60.00"), profit="40.01"),
        "declared_exceeds_price",
    ),
    Edge(
        "lines above the price, no profit declared as none",
        of_100(material("100.01"), profit="0.00"),
        "declared_exceeds_price",
    ),
    Edge("a threshold of nothing", of_100(material("100.00")), "TTFT 0.00", {"threshold_percent": "0"}),
    Edge("a threshold of all", of_100(material("0.01")), "FFFF 99.99", {"threshold_percent": "100"}),
    Edge("all of it is all", of_100(thai("1.00")), "TTTT 100.00", {"threshold_percent": "100"}),
    Edge(
        "another heading of the same chapter, by chapter",
        of_100(material("70.00", hs_code="8544.20")),
        "FFFF 30.00",
        {"tariff_shift_digits": 2},
    ),
    Edge("the same by heading", of_100(material("70.00", hs_code="8544.20")), "FFTT 30.00"),
    Edge(
        "another subheading, by subheading",
        of_100(material("70.00")),
        "FFTT 30.00",
        {"tariff_shift_digits": 6},
    ),
    Edge(
        "a longer code under the same subheading",
        of_100(material("70.00", hs_code="8504.40.11")),
        "FFFF 30.00",
        {"tariff_shift_digits": 6},
    ),
    Edge(
        "the product's own code is longer",
        of_100(material("70.00", hs_code="8504.40"), product=product(hs_code="85044090000")),
        "FFFF 30.00",
        {"tariff_shift_digits": 6},
    ),
    Edge(
        "profit does not count",
        of_100(thai("30.00")),
        "FTTT 100.00",
        {"direct_counts": ["domestic_material", "labour", "overhead", "other"]},
    ),
    Edge(
        "divided by materials: exactly 40",
        sheet("200.00", thai("40.00"), material("60.00")),
        "TTFT 70.00",
        {"direct_counts": ["domestic_material"], "direct_divided_by": "materials"},
    ),
    Edge(
        "divided by materials: a satang below",
        sheet("200.00", thai("39.99"), material("60.00")),
        "FTFT 70.00",
        {"direct_counts": ["domestic_material"], "direct_divided_by": "materials"},
    ),
    Edge(
        "only the heading counts, and it is open",
        of_100(codeless("10.00")),
        "???? 90.00",
        {"direct_on": False, "build_down_on": False},
    ),
]


def letter(meets: bool | None) -> str:
    return "?" if meets is None else "T" if meets else "F"


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.why)
def test_an_edge_case_comes_out_as_reckoned_by_hand(edge: Edge) -> None:
    try:
        found = assess(rule_set(**edge.settings), parse_cost_sheet(edge.sheet))
    except InputError as error:
        assert error.code == edge.expected
        return
    answers = [*(formula.meets for formula in found.formulas), found.meets]
    said = "".join(letter(meets) for meets in answers)
    assert f"{said} {found.formulas[1].shown_percent}" == edge.expected
    assert found.deciding_formula == (
        next(one.id for one in found.formulas if one.counts) if found.meets else None
    )


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len({edge.why for edge in EDGES}) == len(EDGES) >= 40
