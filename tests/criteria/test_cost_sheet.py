"""A cost sheet is read strictly: every refusal of contract section 5, with position and member."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_line import MEMBERS as LINE_MEMBERS
from mit.criteria.cost_sheet import (
    LINE_LIMIT,
    coverage_document,
    parse_cost_sheet,
    sheet_document,
    sheet_sha256,
)
from mit.errors import InputError
from mit.i18n import say
from tests.support.sheets import Document, cost, full_sheet, material, product, sheet

PLAIN = sheet("100.00", material("60.00"), cost("labour", "10.00"))


def faults_of(document: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        parse_cost_sheet(document)
    assert caught.value.code == "cost_sheet"
    for fault in caught.value.faults:
        for language in ("th", "en"):
            assert say(f"errors.{fault.code}", language, **fault.params)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def changed(path: str, value: Any) -> Document:
    """Return the plain sheet with the member at *path* set; ``lines.0.amount``."""
    document: Any = copy.deepcopy(PLAIN)
    *steps, last = path.split(".")
    target = document
    for step in steps:
        target = target[int(step)] if step.isdigit() else target[step]
    target[last] = value
    return dict(document)


def without(path: str) -> Document:
    document = changed(path, None)
    *steps, last = path.split(".")
    target: Any = document
    for step in steps:
        target = target[int(step)] if step.isdigit() else target[step]
    del target[last]
    return document


WRONG: list[tuple[str, Any, str, str]] = [
    ("price_ex_works", 100, "amount_not_text", "price_ex_works"),
    ("price_ex_works", 100.0, "amount_not_text", "price_ex_works"),
    ("price_ex_works", True, "amount_not_text", "price_ex_works"),
    ("price_ex_works", "0.00", "price_zero", "price_ex_works"),
    ("price_ex_works", "0", "price_zero", "price_ex_works"),
    ("price_ex_works", "-1.00", "amount_negative", "price_ex_works"),
    ("price_ex_works", "1.001", "amount_decimals", "price_ex_works"),
    ("price_ex_works", "1,000.00", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "", "amount_malformed", "price_ex_works"),
    ("price_ex_works", " 1.00", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "1.00\n", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "1000000000000.00", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "01.00", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "1.", "amount_malformed", "price_ex_works"),
    ("price_ex_works", ".50", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "1e3", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "๑๐๐.๐๐", "amount_malformed", "price_ex_works"),
    ("price_ex_works", "+1.00", "amount_malformed", "price_ex_works"),
    ("vat_included", "true", "flag_expected", "vat_included"),
    ("vat_included", 1, "flag_expected", "vat_included"),
    ("profit", 10, "amount_not_text", "profit"),
    ("profit", "--1.00", "amount_malformed", "profit"),
    ("profit", "1.999", "amount_decimals", "profit"),
    ("process", "cutting", "list_expected", "process"),
    ("process", [1], "text_expected", "process[1]"),
    ("process", ["cutting", ""], "text_empty", "process[2]"),
    ("lines", {}, "list_expected", "lines"),
    ("lines", [[]], "object_expected", "lines[1]"),
    ("lines", [None], "object_expected", "lines[1]"),
    ("product", [], "object_expected", "product"),
    ("product", "x", "object_expected", "product"),
    ("product.name_th", 5, "text_expected", "product.name_th"),
    ("product.name_th", "  ", "text_empty", "product.name_th"),
    ("product.name_th", "x" * 501, "text_too_long", "product.name_th"),
    ("product.name_th", "a\u0000b", "text_unusable", "product.name_th"),
    ("product.name_en", "a\ud800b", "text_unusable", "product.name_en"),
    ("product.name_en", "a\u202eb", "text_unusable", "product.name_en"),
    ("product.name_en", "\ue000", "text_unusable", "product.name_en"),
    ("product.hs_code", "85", "hs_code_malformed", "product.hs_code"),
    ("product.hs_code", "85A440", "hs_code_malformed", "product.hs_code"),
    ("product.hs_code", 850440, "text_expected", "product.hs_code"),
    ("product.hs_code", "850440901", "hs_code_malformed", "product.hs_code"),
    ("product.unit", False, "text_expected", "product.unit"),
    ("product.brand", {}, "text_expected", "product.brand"),
    ("product.models", "A", "list_expected", "product.models"),
    ("product.models", ["A", 1], "text_expected", "product.models[2]"),
    ("product.models", ["A", "a"], "model_twice", "product.models"),
    ("product.models", ["x"] * 501, "list_too_long", "product.models"),
    ("product.ranges", {}, "list_expected", "product.ranges"),
    ("product.ranges", [[]], "object_expected", "product.ranges[1]"),
    ("product.colour", "red", "member_unknown", "product.colour"),
    ("lines.0.kind", "materials", "kind_unknown", "lines[1].kind"),
    ("lines.0.kind", 1, "kind_unknown", "lines[1].kind"),
    ("lines.0.kind", "profit", "kind_unknown", "lines[1].kind"),
    ("lines.0.kind", "Material", "kind_unknown", "lines[1].kind"),
    ("lines.0.name", None, "member_missing", "lines[1].name"),
    ("lines.0.name", ["x"], "text_expected", "lines[1].name"),
    ("lines.0.amount", 60, "amount_not_text", "lines[1].amount"),
    ("lines.0.amount", 60.5, "amount_not_text", "lines[1].amount"),
    ("lines.0.amount", "-60.00", "amount_negative", "lines[1].amount"),
    ("lines.0.amount", "-0.00", "amount_negative", "lines[1].amount"),
    ("lines.0.amount", "60.005", "amount_decimals", "lines[1].amount"),
    ("lines.0.amount", "sixty", "amount_malformed", "lines[1].amount"),
    ("lines.1.amount", None, "member_missing", "lines[2].amount"),
    ("lines.0.origin", "thai", "origin_unknown", "lines[1].origin"),
    ("lines.0.origin", True, "origin_unknown", "lines[1].origin"),
    ("lines.0.origin", None, "origin_missing", "lines[1].origin"),
    ("lines.1.origin", "abroad", "origin_unknown", "lines[2].origin"),
    ("lines.0.hs_code", "1234", "hs_code_malformed", "lines[1].hs_code"),
    ("lines.0.country", 66, "text_expected", "lines[1].country"),
    ("lines.0.unit", "", "text_empty", "lines[1].unit"),
    ("lines.0.quantity", 2, "number_not_text", "lines[1].quantity"),
    ("lines.0.quantity", "two", "number_malformed", "lines[1].quantity"),
    ("lines.0.quantity", "-2", "number_malformed", "lines[1].quantity"),
    ("lines.0.unit_price", 2.5, "number_not_text", "lines[1].unit_price"),
    ("lines.0.unit_price", "1.123456789", "number_malformed", "lines[1].unit_price"),
    ("lines.0.waste_percent", "3%", "number_malformed", "lines[1].waste_percent"),
    ("lines.0.currency", "dollar", "currency_malformed", "lines[1].currency"),
    ("lines.0.currency", 840, "currency_malformed", "lines[1].currency"),
    ("lines.0.rate", "34,00", "number_malformed", "lines[1].rate"),
    ("lines.0.rate_on", "02/11/2569", "day_malformed", "lines[1].rate_on"),
    ("lines.0.rate_on", "2026-02-30", "day_malformed", "lines[1].rate_on"),
    ("lines.0.rate_on", 20261102, "text_expected", "lines[1].rate_on"),
    ("lines.0.supplier", [], "text_expected", "lines[1].supplier"),
    ("lines.0.supplier_tax_number", 1, "text_expected", "lines[1].supplier_tax_number"),
    ("lines.0.supplier_certificate", {}, "text_expected", "lines[1].supplier_certificate"),
    ("lines.0.evidence", "invoice", "list_expected", "lines[1].evidence"),
    ("lines.0.evidence", [""], "text_empty", "lines[1].evidence[1]"),
    ("lines.0.colour", "red", "member_unknown", "lines[1].colour"),
    ("lines.1.profit", "1.00", "member_unknown", "lines[2].profit"),
    ("price", "1.00", "member_unknown", "price"),
]


@pytest.mark.parametrize(("path", "value", "code", "where"), WRONG)
def test_a_wrong_member_is_named_with_its_place(path: str, value: Any, code: str, where: str) -> None:
    assert (code, where) in faults_of(changed(path, value))


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("product", "product"),
        ("price_ex_works", "price_ex_works"),
        ("lines", "lines"),
        ("product.name_th", "product.name_th"),
        ("product.name_en", "product.name_en"),
        ("product.hs_code", "product.hs_code"),
        ("product.unit", "product.unit"),
        ("lines.0.kind", "lines[1].kind"),
        ("lines.0.name", "lines[1].name"),
        ("lines.1.amount", "lines[2].amount"),
    ],
)
def test_a_missing_member_is_named_once(path: str, where: str) -> None:
    assert faults_of(without(path)) == [("member_missing", where)]


def test_a_material_needs_its_origin_and_other_kinds_do_not() -> None:
    assert faults_of(without("lines.0.origin")) == [("origin_missing", "lines[1].origin")]
    labour = parse_cost_sheet(changed("lines.1.origin", "imported")).lines[1]
    assert labour.origin == "imported"


@pytest.mark.parametrize("document", [None, [], "text", 5, 5.5, True, [{}]])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert faults_of(document) == [("object_expected", "")]


def test_every_fault_is_listed_not_only_the_first() -> None:
    document = sheet("x", {"kind": "gold"}, cost("labour", "1.005"), colour="red")
    assert faults_of(document) == [
        ("member_unknown", "colour"),
        ("amount_malformed", "price_ex_works"),
        ("member_missing", "lines[1].name"),
        ("member_missing", "lines[1].amount"),
        ("kind_unknown", "lines[1].kind"),
        ("amount_decimals", "lines[2].amount"),
    ]


RANGE = {"property": "หนา", "unit": "มม.", "from": "0.5", "to": "1"}


@pytest.mark.parametrize(
    ("span", "code", "where"),
    [
        (RANGE | {"from": 0.5}, "number_not_text", "product.ranges[1].from"),
        (RANGE | {"from": "0,5"}, "number_malformed", "product.ranges[1].from"),
        (RANGE | {"to": "1.1234567"}, "number_malformed", "product.ranges[1].to"),
        (RANGE | {"from": None, "to": None}, "range_without_ends", "product.ranges[1]"),
        (RANGE | {"from": "2"}, "range_reversed", "product.ranges[1]"),
        (RANGE | {"from": "1", "to_included": False}, "range_reversed", "product.ranges[1]"),
        (RANGE | {"from_included": "yes"}, "flag_expected", "product.ranges[1].from_included"),
        (RANGE | {"property": ""}, "text_empty", "product.ranges[1].property"),
        (RANGE | {"colour": "red"}, "member_unknown", "product.ranges[1].colour"),
        ({"from": "1"}, "member_missing", "product.ranges[1].unit"),
    ],
)
def test_a_wrong_range_is_named_with_its_place(span: Document, code: str, where: str) -> None:
    assert (code, where) in faults_of(PLAIN | {"product": product(ranges=[span])})


@pytest.mark.parametrize(
    "span",
    [RANGE, RANGE | {"from": None}, RANGE | {"to": None}, RANGE | {"from": "1"}, RANGE | {"from": "-5"}],
)
def test_a_range_may_be_open_or_a_single_point(span: Document) -> None:
    parsed = parse_cost_sheet(PLAIN | {"product": product(ranges=[span])})
    assert parsed.product.ranges[0].from_included


def test_a_sheet_may_hold_no_line_and_lines_of_nothing() -> None:
    assert list(parse_cost_sheet(sheet("1.00")).lines) == []
    assert parse_cost_sheet(sheet("1.00", material("0.00"), cost("other", "0"))).lines[1].amount.satang == 0


def test_lines_count_from_one() -> None:
    assert [line.position for line in parse_cost_sheet(full_sheet()).lines] == [1, 2, 3, 4, 5]
    assert parse_cost_sheet(full_sheet()).lines[2].where == "lines[3]"


def test_more_lines_than_the_limit_are_refused() -> None:
    lines = [cost("labour", "0.01")] * (LINE_LIMIT + 1)
    assert faults_of(sheet("1000.00", *lines)) == [("list_too_long", "lines")]


@pytest.mark.parametrize("text", ["8504.40", "850440", "8504.40.90", "8504.40.90.000", "85044090000"])
def test_an_hs_code_is_kept_without_its_dots(text: str) -> None:
    assert parse_cost_sheet(changed("product.hs_code", text)).product.hs_code == text.replace(".", "")


@pytest.mark.parametrize(("text", "kept"), [("หม้อ \n แปลง", "หม้อ แปลง"), (" A\tB ", "A B"), ("e\u0301", "é")])
def test_a_text_is_kept_in_one_form(text: str, kept: str) -> None:
    assert parse_cost_sheet(changed("product.name_th", text)).product.name_th == kept


def test_null_is_the_same_as_absent_for_what_is_optional() -> None:
    optional = LINE_MEMBERS - {"kind", "name", "amount", "origin"}
    line = material("60.00", hs_code=None) | dict.fromkeys(optional)
    document = sheet("100.00", line, cost("labour", "10.00"), profit=None, process=None, vat_included=None)
    same = sheet("100.00", material("60.00", hs_code=None), cost("labour", "10.00"))
    assert parse_cost_sheet(document) == parse_cost_sheet(same)


def test_the_normal_form_gives_back_the_contracts_members() -> None:
    document = sheet_document(parse_cost_sheet(full_sheet()))
    expected = full_sheet()
    expected["product"]["hs_code"] = "850440"
    expected["lines"][0]["hs_code"] = "850490"
    expected["lines"][0]["unit_price"] = "1280"
    expected["lines"][4]["hs_code"] = "85049090"
    expected["lines"][4]["rate"] = "34"
    assert document == expected


def test_the_normal_form_is_stable() -> None:
    once = sheet_document(parse_cost_sheet(full_sheet()))
    assert sheet_document(parse_cost_sheet(once)) == once
    assert json.loads(json.dumps(once)) == once


def test_equal_sheets_have_equal_hashes_whatever_their_spelling() -> None:
    dotted = parse_cost_sheet(full_sheet())
    respelled = full_sheet()
    respelled["product"]["hs_code"] = "850440"
    respelled["price_ex_works"] = "13375"
    respelled["lines"][4]["rate"] = "34.0"
    respelled["product"]["name_th"] = "  หม้อแปลงไฟฟ้า "
    assert sheet_sha256(parse_cost_sheet(respelled)) == sheet_sha256(dotted)


def test_the_coverage_entry_has_the_contracts_shape() -> None:
    assert coverage_document(parse_cost_sheet(full_sheet()).product) == {
        "product_th": "หม้อแปลงไฟฟ้า",
        "product_en": "Transformer",
        "brand": "สยาม",
        "models": ["ST-1", "ST-2"],
        "hs_code": "850440",
        "ranges": [
            {
                "property": "กำลังไฟฟ้า",
                "unit": "kVA",
                "from": "50",
                "to": "160.5",
                "from_included": True,
                "to_included": False,
            }
        ],
    }


def test_the_coverage_entry_of_a_plain_product_has_every_member() -> None:
    entry = coverage_document(parse_cost_sheet(PLAIN).product)
    assert (entry["brand"], entry["models"], entry["ranges"]) == ("", [], [])


YEARLY = ("capacity_per_year", "volume_per_year")


@pytest.mark.parametrize("name", YEARLY)
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1200, "number_not_text"),
        (1200.5, "number_not_text"),
        ("", "number_malformed"),
        ("-1", "number_malformed"),
        ("1,200", "number_malformed"),
        ("๑๒๐๐", "number_malformed"),
        ("1e6", "number_malformed"),
        ("01", "number_malformed"),
        ("1.123456789", "number_malformed"),
        ("1000000000000", "number_malformed"),
    ],
)
def test_what_is_declared_of_a_year_is_a_decimal_text(name: str, value: object, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_cost_sheet(PLAIN | {"product": PLAIN["product"] | {name: value}})
    assert [(fault.code, fault.where) for fault in refusal.value.faults] == [(code, f"product.{name}")]


def test_what_is_declared_of_a_year_is_kept_and_is_no_part_of_the_coverage() -> None:
    product = PLAIN["product"] | {"capacity_per_year": "12000", "volume_per_year": "9000.50"}
    parsed = parse_cost_sheet(PLAIN | {"product": product})
    assert (parsed.product.capacity_per_year, parsed.product.volume_per_year) == ("12000", "9000.5")
    assert sheet_document(parsed)["product"] == parsed.product.to_document()
    assert {name: parsed.product.to_document()[name] for name in YEARLY} == {
        "capacity_per_year": "12000",
        "volume_per_year": "9000.5",
    }
    assert coverage_document(parsed.product) == coverage_document(parse_cost_sheet(PLAIN).product)


def test_a_sheet_that_says_nothing_of_a_year_has_the_hash_it_always_had() -> None:
    assert not set(YEARLY) & set(parse_cost_sheet(PLAIN).product.to_document())


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = sorted({path for path, *_ in WRONG if path not in {"price", "product.colour"}})


@settings(deadline=None, max_examples=300)
@given(path=st.sampled_from(PATHS), junk=JUNK)
def test_junk_in_any_member_is_refused_or_read_and_never_breaks_the_reader(path: str, junk: Any) -> None:
    try:
        parsed = parse_cost_sheet(changed(path, junk))
    except InputError as error:
        for fault in error.faults:
            assert say(f"errors.{fault.code}", "th", **fault.params).encode("utf-8")
    else:
        assert sheet_document(parse_cost_sheet(sheet_document(parsed))) == sheet_document(parsed)


@settings(deadline=None, max_examples=200)
@given(JUNK)
def test_junk_as_a_whole_is_refused(junk: Any) -> None:
    with pytest.raises(InputError):
        parse_cost_sheet(junk)


TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable())
AMOUNTS = st.integers(0, 10**14 - 1).map(lambda satang: f"{satang // 100}.{satang % 100:02d}")


@settings(deadline=None, max_examples=100)
@given(names=st.lists(TEXTS, min_size=1, max_size=4), amounts=st.lists(AMOUNTS, max_size=4), price=AMOUNTS)
def test_what_is_read_is_written_back_the_same(names: list[str], amounts: list[str], price: str) -> None:
    lines = [cost("other", amount, name=names[0]) for amount in amounts]
    try:
        parsed = parse_cost_sheet(sheet(price, *lines, process=names))
    except InputError:
        return
    assert parse_cost_sheet(sheet_document(parsed)) == parsed
    assert [line.amount.to_text() for line in parsed.lines] == amounts
