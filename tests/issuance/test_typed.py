"""From what is typed to the contract's documents and back: nothing is lost, nothing is made up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document
from mit.criteria.rulebook import load_rulebook
from mit.issuance import typed
from mit.issuance.file_remarks import remarks_of
from mit.issuance.sheet_template import write_template
from mit.issuance.weigh import cost_sheet_of, weigh_factory, weigh_product, weigh_sheet
from mit.sandbox import child
from tests.support import desk
from tests.support.written import FACTORY, PRODUCT, SHEET

RULES = load_rulebook().in_force(date(2026, 11, 25))
EVERYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from([*typed.SHEET_FIELDS, *typed.PRODUCT_FIELDS, "lines", "ranges", "x"])


def test_what_was_typed_becomes_the_sheet_of_the_contract() -> None:
    product, sheet = typed.as_typed("product", PRODUCT), typed.as_typed("sheet", SHEET)
    read = cost_sheet_of(product, sheet)
    assert read.price_ex_works.to_text() == "12500.00"
    assert [line.amount.to_text() for line in read.lines] == ["5200.00", "3100.00", "1900.00", "1200.00"]
    assert read.process == ("cutting", "รีด")
    assert read.lines[3].rate_on == "2026-11-25"
    assert read.product.models == ("SC-100", "SC-200")
    assert read.product.ranges[0].to_value == "400"


@pytest.mark.parametrize("at", range(3))
def test_a_document_that_is_typed_again_is_the_same_document(at: int) -> None:
    document = desk.sheet_document(at + 1)
    document["product"]["ranges"] = [
        {"property": "p", "unit": "mm", "from": "1", "to": None, "from_included": False, "to_included": True}
    ]
    document["vat_included"] = True
    document["process"] = ["cutting", "own words"]
    document["lines"][0] |= {"evidence": ["a", "b"], "quantity": "2.5", "rate_on": "2026-01-02"}
    product = typed.typed_product(document["product"])
    again = typed.sheet_document(typed.product_document(product), typed.typed_sheet(document))
    assert sheet_document(parse_cost_sheet(again)) == sheet_document(parse_cost_sheet(document))


@given(st.sampled_from(sorted(typed.FIELDS)), st.dictionaries(NAMES, EVERYTHING))
@settings(deadline=None)
def test_whatever_is_sent_gets_the_one_shape_and_can_be_weighed(section: str, sent: dict[str, Any]) -> None:
    shaped = typed.as_typed(section, sent)
    assert typed.as_typed(section, shaped) == shaped
    if section == "product":
        weigh_product(shaped)
    elif section == "sheet":
        weigh_sheet(RULES, typed.as_typed("product", PRODUCT), shaped)
    elif section == "factory":
        weigh_factory(shaped)


def test_every_fault_stands_at_a_field_of_the_form() -> None:
    bad = {
        "price_ex_works": "x",
        "profit": "--",
        "process": "\x00",
        "lines": [dict.fromkeys(typed.LINE_FIELDS, "\u202e?"), {"name": "only"}],
    }
    fields = {f"lines[{at}].{name}" for at in (1, 2) for name in typed.LINE_FIELDS} | set(typed.SHEET_FIELDS)
    faults = weigh_sheet(RULES, typed.as_typed("product", PRODUCT), typed.as_typed("sheet", bad)).faults
    assert len(faults) > 15
    assert {fault.where for fault in faults} <= fields
    worse = {
        **dict.fromkeys(typed.PRODUCT_FIELDS, "\u202e"),
        "ranges": [{"property": "p", "from": "9", "to": "1"}],
    }
    ranges = {f"ranges[1].{name}" for name in typed.RANGE_FIELDS}
    found = weigh_product(typed.as_typed("product", worse)).faults
    assert {fault.where for fault in found} <= ranges | set(typed.PRODUCT_FIELDS)


def test_capacity_and_volume_are_written_as_people_write_numbers() -> None:
    """Thai digits and commas are taken off on the way; back in the form they stand as machines write them."""
    written = typed.as_typed(
        "product", {**PRODUCT, "capacity_per_year": " ๑๒,๐๐๐ ", "volume_per_year": "9,000.5"}
    )
    document = typed.product_document(written)
    assert (document["capacity_per_year"], document["volume_per_year"]) == ("12000", "9000.5")
    assert not weigh_product(written).faults
    assert typed.typed_product(document)["capacity_per_year"] == "12000"


def test_a_capacity_that_is_no_number_is_told_at_its_field() -> None:
    written = typed.as_typed("product", {**PRODUCT, "capacity_per_year": "many"})
    assert [(fault.code, fault.where) for fault in weigh_product(written).faults] == [
        ("number_malformed", "capacity_per_year")
    ]


def test_more_than_the_price_is_told_at_once() -> None:
    sheet = typed.as_typed("sheet", {**SHEET, "price_ex_works": "100"})
    faults = weigh_sheet(RULES, typed.as_typed("product", PRODUCT), sheet).faults
    assert [fault.code for fault in faults] == ["declared_exceeds_price"]


@pytest.mark.parametrize(
    ("hs_code", "meets"), [("", None), ("85", None), ("8504.40", False), ("7409.11", True)]
)
def test_a_sheet_passes_by_its_codes_only_where_the_products_own_is_known(
    hs_code: str, meets: bool | None
) -> None:
    """A product without a name yet is weighed with a stand-in, and no code may be compared with that."""
    line = {"kind": "material", "name": "x", "amount": "900", "origin": "imported", "hs_code": "8504.90"}
    sheet = typed.as_typed("sheet", {"price_ex_works": "1000", "lines": [line]})
    product = typed.as_typed("product", {"hs_code": hs_code})
    found = weigh_sheet(RULES, product, sheet).assessment
    assert found is not None
    assert found.meets is meets


def test_a_place_of_production_needs_its_thai_name() -> None:
    assert not weigh_factory(typed.as_typed("factory", FACTORY)).faults
    assert [fault.where for fault in weigh_factory(typed.as_typed("factory", {})).faults] == ["site_th"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("๑,๒๓๔.๕๐", "1234.50"), ("1,234", "1234"), ("12,34", "12,34"), ("-1,000.5", "-1000.5"), ("x", "x")],
)
def test_only_the_manner_of_writing_is_taken_off_a_number(text: str, plain: str) -> None:
    assert typed.plain_number(text) == plain


def test_the_empty_workbook_is_always_the_same_and_is_read() -> None:
    assert write_template() == write_template()
    assert child.run("workbook", write_template())


def test_typed_figures_carry_no_remarks_of_a_file() -> None:
    assert remarks_of(typed.as_typed("sheet", SHEET)).notices == ()


LINE_ROWS = st.dictionaries(
    st.sampled_from([*typed.LINE_FIELDS, "more"]),
    st.none()
    | st.integers(0, 9)
    | st.booleans()
    | st.sampled_from(["", " ", "ก", "a\r\nb", "a\rb", "x" * 20_001]),
    max_size=6,
)


@given(LINE_ROWS)
@settings(deadline=None)
def test_a_row_of_plain_texts_is_taken_as_if_each_field_were_looked_at(row: dict[str, Any]) -> None:
    """Whatever else is in a row makes it go the long way; both give every field once, in one order."""
    (taken,) = typed.as_typed("sheet", {"lines": [row]}, keep_empty=True)["lines"]
    assert list(taken) == list(typed.LINE_FIELDS)
    assert taken == {name: typed._text(row.get(name)) for name in typed.LINE_FIELDS}


@pytest.mark.parametrize("name", typed.LINE_FIELDS)
def test_a_long_text_or_a_foreign_line_end_is_cut_in_any_field_of_a_row(name: str) -> None:
    rows = [{name: "ก" * (typed.LONGEST_TYPED + 1)}, {name: "a\r\nb"}, {name: "a"}]
    lines = typed.as_typed("sheet", {"lines": rows})["lines"]
    assert [line[name] for line in lines] == ["ก" * typed.LONGEST_TYPED, "a\nb", "a"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1", "1"),
        (" 1.5 ", "1.5"),
        ("1,000.5", "1000.5"),
        ("๑,๒๐๐", "1200"),
        ("1,00", "1,00"),
        ("x", "x"),
        ("", ""),
    ],
)
def test_a_number_is_made_plain_only_where_it_is_one(text: str, plain: str) -> None:
    assert typed.plain_number(text) == plain


def test_a_sheet_that_differs_in_one_sign_is_weighed_anew() -> None:
    product = typed.as_typed("product", PRODUCT)
    one = weigh_sheet(RULES, product, typed.as_typed("sheet", SHEET))
    again = weigh_sheet(RULES, product, typed.as_typed("sheet", SHEET))
    other = weigh_sheet(RULES, product, typed.as_typed("sheet", {**SHEET, "price_ex_works": "12500.01"}))
    assert again is one
    assert other.sheet is not None
    assert other.sheet.price_ex_works.to_text() == "12500.01"
