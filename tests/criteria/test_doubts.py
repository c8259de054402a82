"""What a reviewer should look at twice; a doubt never changes a figure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.line_doubts import Doubt
from tests.support.sheets import (
    OTHER_HEADING,
    SAME_HEADING,
    Document,
    cost,
    full_sheet,
    material,
    rule_set,
    sheet,
)


def doubts(document: Document) -> list[tuple[str, str]]:
    return [(doubt.code, doubt.where) for doubt in assess(rule_set(), parse_cost_sheet(document)).doubts]


CLEAN = material("100.00", "domestic")


def test_a_plain_sheet_raises_no_doubt() -> None:
    assert doubts(sheet("200.00", CLEAN)) == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, []),
        ({"quantity": "4", "unit_price": "25.00"}, []),
        ({"quantity": "4", "unit_price": "25.01"}, ["amount_mismatch"]),
        ({"quantity": "4"}, []),
        ({"unit_price": "25.00"}, []),
        ({"quantity": "3", "unit_price": "33.333333"}, []),
        ({"quantity": "3", "unit_price": "33.33"}, ["amount_mismatch"]),
        ({"quantity": "4", "unit_price": "20.00", "waste_percent": "25"}, []),
        ({"quantity": "4", "unit_price": "25.00", "waste_percent": "25"}, []),
        ({"quantity": "4", "unit_price": "20.00", "waste_percent": "20"}, ["amount_mismatch"]),
        ({"quantity": "4", "unit_price": "25.00", "currency": "THB"}, []),
        (
            {"quantity": "1", "unit_price": "2.5", "currency": "USD", "rate": "40", "rate_on": "2026-01-05"},
            [],
        ),
        (
            {"quantity": "1", "unit_price": "2.5", "currency": "USD", "rate": "41", "rate_on": "2026-01-05"},
            ["amount_mismatch"],
        ),
        ({"quantity": "1", "unit_price": "2.5", "currency": "USD", "rate": "40"}, ["rate_missing"]),
        ({"quantity": "1", "unit_price": "2.5", "currency": "USD"}, ["rate_missing"]),
        ({"currency": "USD", "rate_on": "2026-01-05"}, ["rate_missing"]),
        ({"supplier_tax_number": "0105556000751"}, []),
        ({"supplier_tax_number": "0105556000752"}, ["supplier_number_doubtful"]),
        ({"supplier_tax_number": "12345"}, ["supplier_number_doubtful"]),
        ({"supplier_tax_number": "CN-88"}, ["supplier_number_foreign"]),
        ({"country": "TH"}, []),
        ({"country": "ประเทศไทย"}, []),
        ({"country": "Thailand"}, []),
        ({"country": "CN"}, ["supplier_country_foreign"]),
    ],
)
def test_what_explains_an_amount_must_fit_it(members: Document, expected: list[str]) -> None:
    found = doubts(sheet("200.00", CLEAN | members))
    assert [code for code, _ in found] == expected
    assert all(where.startswith("lines[1].") for _, where in found)


def test_a_foreign_suppliers_number_is_not_held_against_thai_rules() -> None:
    line = material("100.00", hs_code=OTHER_HEADING, country="CN", supplier_tax_number="CN-88")
    assert doubts(sheet("200.00", line)) == []


@pytest.mark.parametrize(
    ("origin", "hs_code", "digits", "raised"),
    [
        ("imported", SAME_HEADING, 4, True),
        ("imported", OTHER_HEADING, 4, False),
        ("imported", SAME_HEADING, 6, False),
        ("imported", None, 4, False),
        ("unproven", SAME_HEADING, 4, False),
        ("domestic", SAME_HEADING, 4, False),
    ],
)
def test_an_imported_material_under_the_products_own_heading_is_a_doubt(
    origin: str, hs_code: str | None, digits: int, *, raised: bool
) -> None:
    line = material("10.00", origin, hs_code=hs_code)
    parsed = parse_cost_sheet(sheet("200.00", CLEAN, line, line))
    found = assess(rule_set(tariff_shift_digits=digits), parsed).doubts
    expected = [Doubt("imported_heading_same", "lines[2].hs_code", {"count": 2})]
    assert list(found) == (expected if raised else [])


@pytest.mark.parametrize(
    ("process", "raised"),
    [
        ([], False),
        (["cutting", "packing"], True),
        (["การตัด", "บรรจุ"], True),  # free words never block, but the question is there
        (["cutting", "winding"], False),
        (["รีดร้อน"], False),
    ],
)
@pytest.mark.parametrize("blocks", [True, False])
def test_a_process_of_minimal_operations_alone_is_a_doubt(
    process: list[str], *, raised: bool, blocks: bool
) -> None:
    parsed = parse_cost_sheet(sheet("200.00", CLEAN, process=process))
    found = assess(rule_set(minimal_operations_block=blocks), parsed).doubts
    assert list(found) == ([Doubt("minimal_operation", "process")] if raised else [])


def test_vat_inside_the_price_is_asked_about() -> None:
    params = {"vat": "13.09", "net": "186.91"}
    found = assess(rule_set(), parse_cost_sheet(sheet("200.00", CLEAN, vat_included=True))).doubts
    assert found == (Doubt("vat_included", "price_ex_works", params),)


@pytest.mark.parametrize(
    ("price", "profit", "vat", "raised"),
    [
        ("214.00", "100.00", "7", True),
        ("214.01", "100.00", "7", False),
        ("213.99", "100.00", "7", False),
        ("214.00", "100.00", "10", False),
        ("220.00", "100.00", "10", True),
        ("212.60", "100.00", "6.3", True),  # a rate that is no whole percent
        ("212.61", "100.00", "6.3", False),
        ("215.00", "100.00", "7.5", True),
        ("214.99", "100.00", "7.5", False),
        ("107.08", "0.07", "7", True),  # the VAT is 7.0049 baht, cut to 7.00; 7.01 is less than a satang off
        ("107.09", "0.07", "7", False),
        ("214.00", None, "7", False),
    ],
)
def test_a_gap_that_is_exactly_the_vat_is_asked_about(
    price: str, profit: str | None, vat: str, *, raised: bool
) -> None:
    document = sheet(price, CLEAN) if profit is None else sheet(price, CLEAN, profit=profit)
    found = [doubt.code for doubt in assess(rule_set(vat_percent=vat), parse_cost_sheet(document)).doubts]
    assert ("vat_left_in" in found) is raised
    assert ("unexplained_cost" in found) is (profit is not None)


def test_unexplained_cost_is_a_doubt() -> None:
    assert doubts(sheet("200.00", CLEAN, profit="99.99")) == [("unexplained_cost", "price_ex_works")]


def test_a_sheet_without_materials_is_a_doubt() -> None:
    assert doubts(sheet("200.00")) == [("no_material", "lines")]
    assert doubts(sheet("200.00", cost("labour", "5.00"))) == [("no_material", "lines")]


def test_a_foreign_material_that_is_free_of_charge_is_a_doubt() -> None:
    free = material("0.00", hs_code=OTHER_HEADING)
    document = sheet("200.00", CLEAN, free, material("0.00", "domestic"))
    assert doubts(document) == [("foreign_material_free", "lines[2].amount")]


_decimals = st.from_regex(r"\A(0|[1-9][0-9]{0,4})(\.[0-9]{0,3}[1-9])?\Z")


@settings(deadline=None)
@given(_decimals, _decimals, _decimals, _decimals, st.integers(-2, 2))
def test_a_mismatch_is_what_exact_fractions_say(
    quantity: str, price: str, rate: str, waste: str, off: int
) -> None:
    satang = Fraction(quantity) * Fraction(price) * Fraction(rate) * 100
    with_waste = satang * (100 + Fraction(waste)) / 100
    amount = max(0, min(int(with_waste) + off, 10**13))
    line = material(
        f"{amount // 100}.{amount % 100:02d}", "domestic", quantity=quantity, unit_price=price,
        waste_percent=waste, currency="USD", rate=rate, rate_on="2026-01-05",
    )  # fmt: skip
    found = doubts(sheet("999999999999.00", line))
    is_off = all(abs(reckoned - amount) >= 1 for reckoned in (satang, with_waste))
    assert found == ([("amount_mismatch", "lines[1].amount")] if is_off else [])


def test_the_full_sheet_shows_its_mismatch() -> None:
    assert doubts(full_sheet()) == [
        ("vat_included", "price_ex_works"),
        ("imported_heading_same", "lines[5].hs_code"),
        ("amount_mismatch", "lines[5].amount"),
    ]


def test_a_doubt_changes_no_figure() -> None:
    plain = assess(rule_set(), parse_cost_sheet(sheet("200.00", CLEAN)))
    doubted = assess(
        rule_set(), parse_cost_sheet(sheet("200.00", CLEAN | {"quantity": "9", "unit_price": "9"}))
    )
    assert doubted.doubts
    assert doubted.formulas == plain.formulas
    assert doubted.meets == plain.meets


@pytest.mark.parametrize(
    "doubt",
    [
        Doubt("unexplained_cost", "price_ex_works", {"amount": "1.00"}),
        Doubt("vat_included", "price_ex_works", {"vat": "7.00", "net": "100.00"}),
        Doubt("vat_left_in", "price_ex_works", {"amount": "7.00"}),
        Doubt("minimal_operation", "process"),
        Doubt("no_material", "lines"),
        Doubt("imported_heading_same", "lines[1].hs_code", {"count": 1}),
        Doubt("supplier_country_foreign", "lines[1].country", {"country": "CN"}),
        Doubt("supplier_number_foreign", "lines[1].supplier_tax_number"),
        Doubt("foreign_material_free", "lines[1].amount"),
        Doubt("rate_missing", "lines[1].rate", {"currency": "USD"}),
        Doubt("amount_mismatch", "lines[1].amount", {"declared": "1.00", "computed": "2.00"}),
        Doubt("supplier_number_doubtful", "lines[1].supplier_tax_number"),
    ],
)
def test_every_doubt_has_a_sentence_in_both_languages(doubt: Doubt) -> None:
    document = doubt.to_document()
    assert set(document) == {"code", "where", "detail"}
    detail = document["detail"]
    assert isinstance(detail, dict)
    assert detail["th"] != detail["en"]


def yearly(capacity: str | None, volume: str | None) -> Document:
    """Return a plain sheet whose maker declares so much capacity and volume a year."""
    made = sheet("200.00", CLEAN)
    given = {"capacity_per_year": capacity, "volume_per_year": volume}
    made["product"] |= {name: text for name, text in given.items() if text is not None}
    return made


BEYOND = ("volume_beyond_capacity", "product.volume_per_year")


@pytest.mark.parametrize(
    ("capacity", "volume", "expected"),
    [
        (None, None, []),
        ("1000", None, []),
        (None, "1000", []),
        ("1000", "1000", []),
        ("1000", "999.99999999", []),
        ("1000", "1000.00000001", [BEYOND]),
        ("0.5", "0.6", [BEYOND]),
        ("0.50", "0.5", []),
        ("0", "1", [BEYOND]),
        ("0", "0", []),
        ("999999999999", "999999999999.00000001", [BEYOND]),
    ],
)
def test_more_volume_than_capacity_is_asked_about(
    capacity: str | None, volume: str | None, expected: list[tuple[str, str]]
) -> None:
    assert doubts(yearly(capacity, volume)) == expected


def test_the_question_about_the_volume_gives_both_figures_and_the_unit_in_both_languages() -> None:
    found = assess(rule_set(), parse_cost_sheet(yearly("1200", "1500"))).doubts[0].to_document()["detail"]
    assert isinstance(found, dict)
    for language in ("th", "en"):
        assert all(word in found[language] for word in ("1200", "1500", "เครื่อง")), language


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 4), st.integers(0, 4))
def test_the_question_is_asked_exactly_where_the_volume_is_more(
    capacity: int, volume: int, of_capacity: int, of_volume: int
) -> None:
    def written(number: int, decimals: int) -> str:
        whole, part = divmod(number, 10**decimals)
        return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)

    found = doubts(yearly(written(capacity, of_capacity), written(volume, of_volume)))
    is_more = Fraction(volume, 10**of_volume) > Fraction(capacity, 10**of_capacity)
    assert found == ([BEYOND] if is_more else [])


def test_capacity_and_volume_change_no_figure() -> None:
    bare = assess(rule_set(), parse_cost_sheet(yearly(None, None)))
    declared = assess(rule_set(), parse_cost_sheet(yearly("10", "99")))
    assert (declared.meets, declared.formulas) == (bare.meets, bare.formulas)
