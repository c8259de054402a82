"""The worked examples E1 to E14 of the domain page, as a table.

Where readings rival (E7, E8, E12 to E14) each reading is a rule set of its own with its own result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from tests.support.sheets import OTHER_HEADING, Document, cost, material, product, rule_set, sheet

Result = tuple[bool | None, str]
BLOCK = "minimal_operation"


@dataclass(frozen=True)
class Example:
    """A sheet, the settings that differ from the main rule set, and what must come out."""

    name: str
    sheet: Document
    direct: Result
    build_down: Result
    tariff_shift: Result
    meets: bool | None
    settings: dict[str, Any] = field(default_factory=dict)
    blocked: bool = False


E1 = sheet(
    "12500.00",
    material("3200.00", "domestic"),
    cost("labour", "1500.00"),
    cost("overhead", "900.00"),
    cost("other", "300.00"),
    material("5500.00"),
    profit="1100.00",
)
E2 = sheet(
    "1000.00",
    material("180.00", "domestic"),
    cost("labour", "90.00"),
    cost("overhead", "70.00"),
    cost("other", "20.00"),
    material("600.00"),
    profit="40.00",
)
E3 = sheet("200000.00", material("79990.00", "domestic"), material("120010.00"), profit="0.00")
E4 = sheet("1031.00", material("412.37", "domestic"), material("618.63"))
E5 = sheet(
    "1000.00",
    material("300.00", "domestic"),
    cost("labour", "80.00"),
    cost("overhead", "60.00"),
    material("610.00"),
)
E6 = sheet("1000.00", material("520.00"), material("150.00", "unproven"))
E6_PROVEN = sheet("1000.00", material("520.00"), material("150.00", "domestic"))
E7 = sheet(
    "2000.00",
    material("1150.00"),
    material("300.00", "domestic", name="โมดูลซื้อในไทย แกนนำเข้า"),
)
E7_WITH_CERTIFICATE = sheet(
    "2000.00",
    material("1150.00"),
    material("300.00", "domestic", supplier_certificate="MIT-2569-0000007-X"),
)
E8 = sheet(
    "1000.00",
    material("250.00", "domestic"),
    material("350.00"),
    cost("labour", "150.00"),
    cost("overhead", "100.00"),
    profit="150.00",
)
E9 = sheet("1000.00", material("605.00"))
E9_WITH_VAT = sheet("1070.00", material("605.00"), vat_included=True)
E9_VAT_FORGOTTEN = sheet("1070.00", material("605.00"))
E10_AT_3400 = sheet("150000.00", material("89760.00", currency="USD", rate="34.00", rate_on="2026-11-02"))
E10_AT_3420 = sheet("150000.00", material("90288.00", currency="USD", rate="34.20", rate_on="2026-11-02"))
E10_BREAK_EVEN = sheet(
    "150000.00", material("90000.00", currency="USD", rate="34.0909", rate_on="2026-11-02")
)
E11 = sheet(
    "1000.00",
    material("500.00", hs_code="4411.12", name="แผ่นไม้อัด"),
    material("200.00", hs_code="8302.42", name="อุปกรณ์ยึด"),
    cost("labour", "300.00"),
    product=product(hs_code="9403.60"),
)
E12 = sheet("1000.00", material("84.00"), material("600.00", hs_code=OTHER_HEADING))
E13 = sheet("1000.00", material("121.00"), material("600.00", hs_code=OTHER_HEADING))
E12_AT_THE_LIMIT = sheet("1000.00", material("100.00"), material("600.00", hs_code=OTHER_HEADING))
E14 = sheet(
    "1000.00",
    material("550.00", hs_code="3920.10", name="ฟิล์มพลาสติก"),
    cost("labour", "250.00"),
    product=product(hs_code="3920.20"),
    process=["cutting", "packing"],
)
MATERIALS_ALONE = {"direct_counts": ["domestic_material"]}
DE_MINIMIS = {"de_minimis_on": True}

EXAMPLES = [
    Example("E1", E1, (True, "56.00"), (True, "56.00"), (False, "44.00"), True),
    Example("E2: exactly 40 is enough", E2, (True, "40.00"), (True, "40.00"), (False, "60.00"), True),
    Example("E3: 39.995 is not 40", E3, (False, "39.99"), (False, "39.99"), (False, "60.00"), False),
    Example("E4: 39.997… is not 40", E4, (False, "39.99"), (False, "39.99"), (False, "60.00"), False),
    Example("E5: a loss counts", E5, (False, "39.00"), (False, "39.00"), (False, "61.00"), False),
    Example(
        "E5, loss declared",
        E5 | {"profit": "-50.00"},
        (False, "39.00"),
        (False, "39.00"),
        (False, "61.00"),
        False,
    ),
    Example("E6: unproven is foreign", E6, (False, "33.00"), (False, "33.00"), (False, "67.00"), False),
    Example("E6 with proof", E6_PROVEN, (True, "48.00"), (True, "48.00"), (False, "52.00"), True),
    Example("E7: module as Thai", E7, (True, "42.50"), (True, "42.50"), (False, "57.50"), True),
    Example(
        "E7: module traced",
        E7,
        (False, "27.50"),
        (False, "27.50"),
        (False, "72.50"),
        False,
        {"domestic_needs_certificate": True},
    ),
    Example(
        "E7: module with its supplier's certificate",
        E7_WITH_CERTIFICATE,
        (True, "42.50"),
        (True, "42.50"),
        (False, "57.50"),
        True,
        {"domestic_needs_certificate": True},
    ),
    Example("E8: all that is domestic", E8, (True, "65.00"), (True, "65.00"), (False, "35.00"), True),
    Example(
        "E8: Thai share of materials",
        E8,
        (True, "41.66"),
        (None, "65.00"),
        (None, "35.00"),
        True,
        MATERIALS_ALONE
        | {"direct_divided_by": "materials", "build_down_on": False, "tariff_shift_on": False},
    ),
    Example(
        "E8: Thai materials of the price",
        E8,
        (False, "25.00"),
        (None, "65.00"),
        (None, "35.00"),
        False,
        MATERIALS_ALONE | {"build_down_on": False, "tariff_shift_on": False},
    ),
    Example("E9 without VAT", E9, (False, "39.50"), (False, "39.50"), (False, "60.50"), False),
    Example(
        "E9 with VAT in the price", E9_WITH_VAT, (False, "39.50"), (False, "39.50"), (False, "60.50"), False
    ),
    Example("E9: VAT forgotten", E9_VAT_FORGOTTEN, (True, "43.45"), (True, "43.45"), (False, "56.54"), True),
    Example("E10 at 34.00", E10_AT_3400, (True, "40.16"), (True, "40.16"), (False, "59.84"), True),
    Example("E10 at 34.20", E10_AT_3420, (False, "39.80"), (False, "39.80"), (False, "60.19"), False),
    Example(
        "E10 at the break-even", E10_BREAK_EVEN, (True, "40.00"), (True, "40.00"), (False, "60.00"), True
    ),
    Example("E11: the heading changes", E11, (False, "30.00"), (False, "30.00"), (True, "0.00"), True),
    Example(
        "E11 without formula 3",
        E11,
        (False, "30.00"),
        (False, "30.00"),
        (None, "0.00"),
        False,
        {"tariff_shift_on": False},
    ),
    Example("E12 without de minimis", E12, (False, "31.60"), (False, "31.60"), (False, "8.40"), False),
    Example("E12 with de minimis", E12, (False, "31.60"), (False, "31.60"), (True, "8.40"), True, DE_MINIMIS),
    Example(
        "E12 at ten percent",
        E12_AT_THE_LIMIT,
        (False, "30.00"),
        (False, "30.00"),
        (True, "10.00"),
        True,
        DE_MINIMIS,
    ),
    Example(
        "E13 with de minimis", E13, (False, "27.90"), (False, "27.90"), (False, "12.10"), False, DE_MINIMIS
    ),
    Example("E13 without de minimis", E13, (False, "27.90"), (False, "27.90"), (False, "12.10"), False),
    Example(
        "E14: minimal operation", E14, (True, "45.00"), (True, "45.00"), (False, "55.00"), False, blocked=True
    ),
    Example(
        "E14 where nothing blocks",
        E14,
        (True, "45.00"),
        (True, "45.00"),
        (False, "55.00"),
        True,
        {"minimal_operations_block": False},
    ),
    Example(
        "E14 where packing is no minimal operation",
        E14,
        (True, "45.00"),
        (True, "45.00"),
        (False, "55.00"),
        True,
        {"minimal_operations": ["cutting"]},
    ),
    Example(
        "E14 at six digits: the code changes, the block stays",
        E14,
        (True, "45.00"),
        (True, "45.00"),
        (True, "0.00"),
        False,
        {"tariff_shift_digits": 6},
        blocked=True,
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_worked_example_comes_out_as_the_domain_page_says(example: Example) -> None:
    assessment = assess(rule_set(**example.settings), parse_cost_sheet(example.sheet))
    found = {formula.id: (formula.meets, formula.shown_percent) for formula in assessment.formulas}
    assert found == {
        "direct": example.direct,
        "build_down": example.build_down,
        "tariff_shift": example.tariff_shift,
    }
    assert assessment.meets is example.meets
    blocked_by = (BLOCK,) if example.blocked else ()
    assert all(formula.blocked_by == blocked_by for formula in assessment.formulas)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_is_explained_in_both_languages(example: Example) -> None:
    explanation = assess(rule_set(**example.settings), parse_cost_sheet(example.sheet)).explanation
    assert len(explanation["th"]) == len(explanation["en"]) >= 8
    for result in (example.direct, example.build_down, example.tariff_shift):
        assert any(result[1] in sentence for sentence in explanation["th"])
        assert any(result[1] in sentence for sentence in explanation["en"])
