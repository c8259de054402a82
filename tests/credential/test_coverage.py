from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.coverage import CoverageEntry, ValueRange, parse_coverage, range_fault
from mit.errors import InputError
from mit.i18n import knows
from tests.support.specimens import product

_decimals = st.from_regex(r"\A-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?\Z")
_texts = st.text(max_size=20)


@st.composite
def ranges(draw: st.DrawFn) -> ValueRange:
    low, high = sorted([draw(_decimals), draw(_decimals)], key=Decimal)
    if Decimal(low) == Decimal(high):
        return ValueRange(draw(_texts), draw(_texts), low, high)
    ends = draw(st.sampled_from([(low, high), (low, None), (None, high)]))
    return ValueRange(draw(_texts), draw(_texts), *ends, draw(st.booleans()), draw(st.booleans()))


entries = st.builds(
    CoverageEntry,
    product_th=_texts,
    product_en=_texts,
    brand=_texts,
    models=st.lists(st.text(min_size=1, max_size=20), max_size=4).map(tuple),
    hs_code=st.from_regex(r"\A([0-9]{6}|[0-9]{8}|[0-9]{11})\Z"),
    ranges=st.lists(ranges(), max_size=3).map(tuple),
)


@given(entries)
@settings(deadline=None)
def test_an_entry_comes_back_as_it_went_in(entry: CoverageEntry) -> None:
    document = entry.to_document()
    assert parse_coverage(document) == entry
    assert parse_coverage(document).to_document() == document


def test_the_document_is_the_contracts() -> None:
    assert product(1, ranges=True).coverage.to_document() == {
        "product_th": "หม้อแปลงไฟฟ้าชนิดที่ 1",
        "product_en": "Transformer type 1",
        "brand": "สยาม",
        "models": ["ST-0001/22kV"],
        "hs_code": "85043199",
        "ranges": [
            {
                "property": "พื้นที่หน้าตัด",
                "unit": "ตร.มม.",
                "from": "1.5",
                "to": "400",
                "from_included": True,
                "to_included": True,
            }
        ],
    }


def document(**changes: object) -> dict[str, object]:
    return {**product(1, ranges=True).coverage.to_document(), **changes}


def span(**changes: object) -> list[dict[str, object]]:
    good = {"property": "a", "unit": "mm", "from": "1", "to": "2", "from_included": True, "to_included": True}
    return [{**good, **changes}]


BAD = [
    ("no object", [], "coverage_not_object", ""),
    ("a member more", document(price="1.00"), "coverage_members", ""),
    ("a member less", {"product_th": "a"}, "coverage_members", ""),
    ("name as a number", document(product_th=1), "coverage_text", "product_th"),
    ("brand missing", document(brand=None), "coverage_text", "brand"),
    ("models as text", document(models="A"), "coverage_models", "models"),
    ("an empty model", document(models=["A", ""]), "coverage_models", "models"),
    ("a model as a number", document(models=[1]), "coverage_models", "models"),
    ("HS of seven digits", document(hs_code="8504319"), "hs_code_malformed", "hs_code"),
    ("HS with dots", document(hs_code="8504.31.99"), "hs_code_malformed", "hs_code"),
    ("HS as a number", document(hs_code=85043199), "hs_code_malformed", "hs_code"),
    ("no HS", document(hs_code=None), "hs_code_malformed", "hs_code"),
    ("ranges as an object", document(ranges={}), "coverage_range", "ranges"),
    ("a range that is none", document(ranges=[1]), "coverage_range", "ranges[1]"),
    ("range without unit", document(ranges=[{"property": "a"}]), "coverage_range", "ranges[1]"),
    ("both ends open", document(ranges=span(**{"from": None, "to": None})), "coverage_range", "ranges[1]"),
    ("end as a number", document(ranges=span(to=2)), "coverage_range", "ranges[1]"),
    ("exponent", document(ranges=span(to="2e3")), "coverage_range", "ranges[1]"),
    ("not a number", document(ranges=span(to="NaN")), "coverage_range", "ranges[1]"),
    ("leading zero", document(ranges=span(to="02")), "coverage_range", "ranges[1]"),
    ("Thai digits", document(ranges=span(to="๒")), "coverage_range", "ranges[1]"),
    ("included as text", document(ranges=span(to_included="yes")), "coverage_range", "ranges[1]"),
    ("reversed", document(ranges=span(**{"from": "3"})), "coverage_range_empty", "ranges[1]"),
    (
        "one point, left out",
        document(ranges=span(to="1.0", to_included=False)),
        "coverage_range_empty",
        "ranges[1]",
    ),
]


@pytest.mark.parametrize(("what", "bad", "code", "place"), BAD, ids=[row[0] for row in BAD])
def test_every_wrong_member_is_named_with_its_place(what: str, bad: object, code: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_coverage(bad, where="product")
    fault = caught.value.faults[0]
    assert fault.code == code
    assert fault.where == (f"product.{place}" if place else "product")
    assert knows(f"errors.{code}")
    with pytest.raises(InputError) as bare:
        parse_coverage(bad)
    assert bare.value.faults[0].where == place


def test_all_faults_are_listed_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_coverage(document(brand=1, models=[], hs_code="1", ranges=span(to="x")))
    assert [fault.where for fault in caught.value.faults] == ["brand", "hs_code", "ranges[1]"]


CONTAINS = [
    (ValueRange("a", "", "1", "2"), "1", True),
    (ValueRange("a", "", "1", "2"), "2", True),
    (ValueRange("a", "", "1", "2"), "0.99", False),
    (ValueRange("a", "", "1", "2"), "2.01", False),
    (ValueRange("a", "", "1", "2", False, True), "1.0", False),
    (ValueRange("a", "", "1", "2", True, False), "2.00", False),
    (ValueRange("a", "", None, "2"), "-999", True),
    (ValueRange("a", "", "1", None), "999999", True),
    (ValueRange("a", "", "0.1", "0.3"), "0.3", True),
]


@pytest.mark.parametrize(("span", "value", "is_in"), CONTAINS)
def test_a_range_holds_what_lies_between_its_ends(span: ValueRange, value: str, is_in: bool) -> None:
    assert span.contains(Decimal(value)) is is_in


@given(ranges())
@settings(deadline=None)
def test_a_sound_range_holds_its_included_ends(span: ValueRange) -> None:
    assert range_fault(span) is None
    if span.from_value is not None:
        assert span.contains(Decimal(span.from_value)) is span.from_included
    if span.to_value is not None:
        assert span.contains(Decimal(span.to_value)) is span.to_included
