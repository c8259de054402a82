"""What a sheet adds up to: net price, parts, profit, unexplained cost."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.figures import Figures, net_price, reckon
from mit.errors import InputError
from tests.support.sheets import Document, cost, material, rule_set, sheet

RULES = {vat: rule_set(vat_percent=vat) for vat in ("0", "7", "10", "6.3", "100")}


def figures(document: Document, **changed: Any) -> Figures:
    return reckon(rule_set(**changed), parse_cost_sheet(document))


@pytest.mark.parametrize(
    ("price", "vat", "net"),
    [
        ("1070.00", "7", 100_000),
        ("1.07", "7", 100),
        ("1.06", "7", 99),
        ("100.00", "7", 9_345),
        ("0.02", "7", 1),
        ("100.00", "0", 10_000),
        ("110.00", "10", 10_000),
        ("106.30", "6.3", 10_000),
        ("0.02", "100", 1),
        ("999999999999.99", "7", 93_457_943_925_232),
    ],
)
def test_vat_is_taken_off_the_price_and_cut_to_whole_satang(price: str, vat: str, net: int) -> None:
    parsed = parse_cost_sheet(sheet(price, vat_included=True))
    assert net_price(RULES[vat], parsed).satang == net


@settings(deadline=None, max_examples=300)
@given(price=st.integers(2, 10**14 - 1), vat=st.sampled_from(sorted(RULES)))
def test_the_net_price_is_the_exact_quotient_cut_off(price: int, vat: str) -> None:
    parsed = parse_cost_sheet(sheet(f"{price // 100}.{price % 100:02d}", vat_included=True))
    assert net_price(RULES[vat], parsed).satang == floor(Fraction(price * 100) / (100 + Fraction(vat)))


def test_vat_concerns_the_price_alone_never_the_lines() -> None:
    found = figures(sheet("107.00", material("60.00"), cost("labour", "10.00"), vat_included=True))
    assert found.net_price.satang == 10_000
    assert found.vat.satang == 700
    assert found.totals["foreign_material"].satang == 6_000
    assert found.profit.satang == 3_000


def test_profit_that_is_not_declared_is_the_rest_and_may_be_a_loss() -> None:
    found = figures(sheet("100.00", material("130.00")))
    assert (found.profit.satang, found.is_profit_derived, found.unexplained.satang) == (-3_000, True, 0)


@pytest.mark.parametrize(
    ("profit", "unexplained"),
    [("40.00", 0), ("39.99", 1), ("0.00", 4_000), ("-5.00", 4_500), ("-0.00", 4_000)],
)
def test_what_declared_profit_does_not_explain_is_unexplained(profit: str, unexplained: int) -> None:
    found = figures(sheet("100.00", material("60.00"), profit=profit))
    assert found.unexplained.satang == unexplained
    assert not found.is_profit_derived


def test_declaring_one_satang_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="declared_exceeds_price"):
        figures(sheet("100.00", material("60.00"), profit="40.01"))


LINES: list[tuple[Document, Document, str, str]] = [
    (material("1.00", "domestic"), {}, "domestic_material", "declared"),
    (material("1.00", "imported"), {}, "foreign_material", "declared"),
    (material("1.00", "unproven"), {}, "foreign_material", "unproven"),
    (material("1.00", "imported", country="VN"), {}, "foreign_material", "declared"),
    (
        material("1.00", "imported", country="VN"),
        {"asean_counts_as_domestic": True},
        "domestic_material",
        "roll_up",
    ),
    (
        material("1.00", "imported", country="vn"),
        {"asean_counts_as_domestic": True},
        "domestic_material",
        "roll_up",
    ),
    (
        material("1.00", "imported", country="CN"),
        {"asean_counts_as_domestic": True},
        "foreign_material",
        "declared",
    ),
    (
        material("1.00", "unproven", country="VN"),
        {"asean_counts_as_domestic": True},
        "foreign_material",
        "unproven",
    ),
    (
        material("1.00", "domestic"),
        {"domestic_needs_certificate": True},
        "foreign_material",
        "no_certificate",
    ),
    (
        material("1.00", "domestic", supplier_certificate="MIT-1"),
        {"domestic_needs_certificate": True},
        "domestic_material",
        "declared",
    ),
    (cost("labour", "1.00"), {}, "labour", "declared"),
    (cost("overhead", "1.00", origin="imported"), {}, "overhead", "declared"),
    (cost("other", "1.00", origin="unproven"), {}, "other", "declared"),
]


@pytest.mark.parametrize(("line", "changed", "part", "why"), LINES)
def test_a_line_is_counted_in_one_part_and_it_is_noted_why(
    line: Document, changed: Document, part: str, why: str
) -> None:
    found = figures(sheet("10.00", line), **changed)
    assert (found.lines[0].part, found.lines[0].why) == (part, why)
    assert {name: total.satang for name, total in found.totals.items() if total.satang} == {part: 100}


def test_nothing_is_lost_between_the_lines_and_the_parts() -> None:
    document = sheet("100.00", *(line for line, *_ in LINES))
    found = figures(document)
    assert sum(total.satang for total in found.totals.values()) == 100 * len(LINES)
    assert found.materials.satang == 1_000
    assert len(found.foreign_lines) == 7
