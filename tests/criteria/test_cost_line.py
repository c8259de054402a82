"""One line of a cost sheet: how each member is kept, and what stands just outside."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_line import (
    KINDS,
    MEMBERS,
    NUMBER_MEMBERS,
    ORIGINS,
    TEXT_MEMBERS,
    CostLine,
    read_line,
    scaled_number,
)
from mit.criteria.cost_lines import read_lines
from mit.errors import Fault
from mit.values.identifiers import HS_LENGTHS
from mit.values.money import Money


def read(**members: Any) -> tuple[CostLine, list[tuple[str, str]]]:
    """Return a line of labour with *members*, and the faults with the member each is about."""
    faults: list[Fault] = []
    line = read_line({"kind": "labour", "name": "ค่าแรง", "amount": "1.00", **members}, "lines[3]", 3, faults)
    assert all(fault.where.startswith("lines[3]") for fault in faults)
    return line, [(fault.code, fault.where.removeprefix("lines[3]").lstrip(".")) for fault in faults]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0", "0"),
        ("0.0", "0"),
        ("0.10", "0.1"),
        ("2.00", "2"),
        ("100", "100"),
        ("100.0", "100"),
        ("1000", "1000"),
        ("10.01", "10.01"),
        ("999999999999.99999999", "999999999999.99999999"),
    ],
)
@pytest.mark.parametrize("member", NUMBER_MEMBERS)
def test_a_number_loses_the_zeros_that_say_nothing(member: str, text: str, kept: str) -> None:
    line, faults = read(**{member: text})
    assert (getattr(line, member), faults) == (kept, [])
    assert Fraction(*scaled_number(kept)) == Fraction(text)


@pytest.mark.parametrize(
    "text",
    ["", ".5", "5.", "05", "00", "1e3", "1,5", "+1", "-0", " 1", "1 ", "1\n", "๑", "１", "1000000000000",
     "1.123456789", "NaN", "inf", "1/2", "0x1"],
)  # fmt: skip
@pytest.mark.parametrize("member", NUMBER_MEMBERS)
def test_a_number_in_another_spelling_is_refused(member: str, text: str) -> None:
    line, faults = read(**{member: text})
    assert (getattr(line, member), faults) == ("", [("number_malformed", member)])


@settings(deadline=None)
@given(st.from_regex(r"\A(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?\Z"))
def test_two_spellings_of_a_number_are_kept_as_one(text: str) -> None:
    line, faults = read(quantity=text)
    assert faults == []
    assert Fraction(line.quantity) == Fraction(text)
    assert read(quantity=line.quantity)[0].quantity == line.quantity


def test_nought_is_a_number() -> None:
    assert scaled_number("0") == (0, 1)


@pytest.mark.parametrize(
    ("text", "kept"), [("USD", "USD"), ("usd", "USD"), (" Usd\t", "USD"), ("thb", "THB")]
)
def test_a_currency_is_three_capital_letters(text: str, kept: str) -> None:
    line, faults = read(currency=text)
    assert (line.currency, faults) == (kept, [])


@pytest.mark.parametrize("text", ["", "US", "USDT", "U S", "฿", "บาท", "ÜSD", "US1", "$"])
def test_a_currency_of_another_form_is_refused(text: str) -> None:
    line, faults = read(currency=text)
    assert (line.currency, faults) == ("", [("currency_malformed", "currency")])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-02", None),
        ("2569-11-02", None),  # a machine's year 2569 is the common era's; the reviewer sees it
        ("2026-11-2", "day_malformed"),
        ("2026-11-31", "day_malformed"),
        ("๒๐๒๖-๑๑-๐๒", "day_malformed"),
        ("", "day_malformed"),
    ],
)
def test_the_day_of_a_rate_is_iso(text: str, code: str | None) -> None:
    line, faults = read(rate_on=text)
    assert faults == ([(code, "rate_on")] if code else [])
    assert line.rate_on == ("" if code else text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", [None, *ORIGINS])
def test_only_a_material_must_say_where_it_comes_from(kind: str, origin: str | None) -> None:
    line, faults = read(kind=kind, origin=origin)
    assert (line.kind, line.origin) == (kind, origin)
    assert faults == ([("origin_missing", "origin")] if kind == "material" and origin is None else [])


def test_a_wrong_origin_is_not_also_missing() -> None:
    assert read(kind="material", origin="thai")[1] == [("origin_unknown", "origin")]


def test_the_digits_behind_a_long_hs_code_are_never_cut_off() -> None:
    line, faults = read(hs_code="8504.40" + "." * 33 + "90.000")
    assert (line.hs_code, faults) == ("", [("hs_code_malformed", "hs_code")])
    assert read(hs_code="8504.40 " + " " * 60)[0].hs_code == "850440"


@settings(deadline=None)
@given(st.sampled_from(HS_LENGTHS), st.integers(0, 10**11 - 1))
def test_an_hs_code_is_kept_as_digits_however_it_is_dotted(length: int, value: int) -> None:
    digits = f"{value:011d}"[:length]
    for spelled in (digits, ".".join(digits), f"{digits[:4]}.{digits[4:]}", f" {digits[:4]} {digits[4:]} "):
        line, faults = read(hs_code=spelled)
        assert (line.hs_code, faults) == (digits, [])


def test_what_was_not_given_is_not_written() -> None:
    line, _ = read()
    assert line.to_document() == {"kind": "labour", "name": "ค่าแรง", "amount": "1.00"}
    assert line.where == "lines[3]"
    assert line.amount == Money(100)


@pytest.mark.parametrize("member", sorted(MEMBERS - {"kind", "name", "amount"}))
def test_every_optional_member_is_written_back_alone(member: str) -> None:
    value: Any = {
        **dict.fromkeys(TEXT_MEMBERS, "ก"), **dict.fromkeys(NUMBER_MEMBERS, "1.5"), "origin": "imported",
        "hs_code": "850440", "currency": "USD", "rate_on": "2026-11-02", "evidence": ["ใบ 1", "ใบ 2"],
    }[member]  # fmt: skip
    line, faults = read(**{member: value})
    assert faults == []
    assert line.to_document() == {"kind": "labour", "name": "ค่าแรง", "amount": "1.00", member: value}


def test_every_fault_of_a_line_is_noted_and_the_rest_is_read() -> None:
    line, faults = read(amount="x", currency="$", quantity="two", country="CN", evidence=["a", "", 5])
    assert sorted(faults) == [
        ("amount_malformed", "amount"),
        ("currency_malformed", "currency"),
        ("number_malformed", "quantity"),
        ("text_empty", "evidence[2]"),
        ("text_expected", "evidence[3]"),
    ]
    assert (line.amount, line.country, line.evidence) == (Money(0), "CN", ("a",))


MEMBER_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 9),
    st.lists(st.sampled_from(["IV-1", "", 5, "\x00"]), max_size=2),
    st.sampled_from(
        [
            "",
            "a  b",
            "ก",
            "é",
            "\u202e",
            "1",
            "1.50",
            "01",
            "-1",
            "1.005",
            "8504.40",
            "850440",
            "USD",
            "usd",
            "2026-11-02",
            "2026-02-30",
        ]
    ),
    st.sampled_from([*KINDS, *ORIGINS, " ", "x" * 501]),
)
GOOD_LINE = {"kind": "material", "name": "ทองแดง", "amount": "1.00", "origin": "domestic"}
DRAWN = st.dictionaries(st.sampled_from([*sorted(MEMBERS), "more"]), MEMBER_VALUES, max_size=5)


@settings(deadline=None)
@given(DRAWN)
def test_a_line_is_read_by_columns_as_it_is_read_member_by_member(drawn: dict[str, Any]) -> None:
    document, alone, together = {**GOOD_LINE, **drawn}, list[Fault](), list[Fault]()
    line = read_line(document, "lines[1]", 1, alone)
    assert list(read_lines([document], together)) == ([] if alone else [line])
    assert together == alone


@pytest.mark.parametrize("value", [1, True, 1.0])
def test_a_number_is_no_text_though_its_equal_was_read_before(value: object) -> None:
    assert read(quantity="1") == read(quantity="1")
    assert read(quantity=value)[1] == [("number_not_text", "quantity")]
    assert read(unit=value)[1] == [("text_expected", "unit")]
