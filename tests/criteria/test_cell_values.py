"""What a cell says, as the text of a cost sheet's member."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria import cell_values
from mit.criteria.grid import Cell, CellType
from mit.sandbox.sheet_xml import shortest_number


def cell(value: str, kind: CellType = "n") -> Cell:
    return Cell(1, kind, value, has_formula=False)


@pytest.mark.parametrize(
    ("value", "kind", "text", "is_rounded"),
    [
        ("12500", "n", "12500", False),
        ("12500.5", "n", "12500.5", False),
        ("0.1", "n", "0.1", False),
        ("1234.5600000000001", "n", "1234.56", True),
        ("0.005", "n", "0.01", True),
        ("0.004", "n", "0", True),
        ("-0.004", "n", "0", True),
        ("-12.5", "n", "-12.5", False),
        ("100.10", "n", "100.1", False),
        ("12,500.00", "s", "12500.00", False),
        ("1,234,567", "s", "1234567", False),
        ("1,23", "s", "1,23", False),
        ("12,5000", "s", "12,5000", False),
        (" ๑๒๕๐๐.๕๐ ", "s", "12500.50", False),
        ("1.239", "s", "1.239", False),
        ("abc", "s", "abc", False),
        ("0.5", "%", "0.5", False),
        ("1", "b", "true", False),
    ],
)
def test_a_stored_number_is_rounded_and_a_typed_one_stays(
    value: str, kind: CellType, text: str, is_rounded: bool
) -> None:
    assert cell_values.number_of(cell(value, kind), decimals=2) == (text, is_rounded)


def test_a_percent_cell_is_a_percentage_only_where_one_is_asked_for() -> None:
    assert cell_values.number_of(cell("0.05", "%"), decimals=6, is_percent=True) == ("5", False)
    assert cell_values.number_of(cell("5"), decimals=6, is_percent=True) == ("5", False)


@settings(deadline=None, max_examples=300)
@given(
    st.floats(-9.9e21, 9.9e21, allow_nan=False), st.sampled_from(["n", "%"]), st.sampled_from([2, 6]),
    st.booleans(),
)  # fmt: skip
def test_every_number_that_a_workbook_can_hold_becomes_a_text(
    stored: float, kind: CellType, decimals: int, is_percent: bool
) -> None:
    held = cell(shortest_number(repr(stored)), kind)
    text, is_rounded = cell_values.number_of(held, decimals=decimals, is_percent=is_percent)
    factor = 100 if is_percent and kind == "%" else 1
    exact = Fraction(repr(stored)) * factor
    assert abs(Fraction(text) - exact) <= Fraction(1, 2 * 10**decimals)
    assert is_rounded is (Fraction(text) != exact)
    assert re.fullmatch(r"0|-?(?!0$)(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text)


def test_a_percentage_too_large_for_anything_is_still_said_as_it_stands() -> None:
    huge = cell(f"{99 * 10**20}", "%")
    assert cell_values.number_of(huge, decimals=6, is_percent=True) == (f"{99 * 10**22}", False)


@settings(deadline=None, max_examples=300)
@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_rounding_is_half_up_of_the_shortest_decimal(stored: float) -> None:
    text, is_rounded = cell_values.number_of(cell(shortest_number(repr(stored))), decimals=2)
    shortest = Decimal(repr(stored))
    expected = shortest.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(text) == expected
    assert is_rounded is (expected != shortest)
    assert "E" not in text.upper()


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**14))
def test_whole_satang_survive_being_stored_as_a_double(satang: int) -> None:
    if satang > 10**14 - 1 or float(satang) / 100 > 9e11:
        return
    stored = shortest_number(repr(satang / 100))
    text, is_rounded = cell_values.number_of(cell(stored), decimals=2)
    assert not is_rounded
    assert Decimal(text) * 100 == satang


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("46328", "n", "2026-11-02"),
        ("61", "n", "1900-03-01"),
        ("60", "n", "60"),
        ("46328.5", "n", "46328.5"),
        ("999999", "n", "999999"),
        ("2026-11-02", "s", "2026-11-02"),
        ("2/11/2569", "s", "2026-11-02"),
        ("๒ พ.ย. ๒๕๖๙", "s", "2026-11-02"),
        ("2 November 2026", "s", "2026-11-02"),
        ("tomorrow", "s", "tomorrow"),
    ],
)
def test_a_day_is_a_day_count_or_as_people_type_it(value: str, kind: CellType, text: str) -> None:
    assert cell_values.day_of(cell(value, kind), counts_from_1904=False) == text


@settings(deadline=None)
@given(st.integers(61, 109_574))
def test_day_counts_run_without_gaps(serial: int) -> None:
    day = date.fromisoformat(cell_values.day_of(cell(str(serial)), counts_from_1904=False))
    assert day == date(1900, 3, 1) + timedelta(days=serial - 61)
    other = date.fromisoformat(cell_values.day_of(cell(str(serial)), counts_from_1904=True))
    assert other - day == timedelta(days=1_462)


@pytest.mark.parametrize(
    ("value", "kind", "flag"),
    [
        ("1", "b", True),
        ("0", "b", False),
        ("ใช่", "s", True),
        ("ไม่ใช่", "s", False),
        ("YES", "s", True),
        ("no", "s", False),
        ("1", "n", True),
        ("0", "n", False),
        ("maybe", "s", "maybe"),
    ],
)
def test_a_flag_is_said_in_many_ways(value: str, kind: CellType, flag: object) -> None:
    assert cell_values.flag_of(cell(value, kind)) == flag


@pytest.mark.parametrize(
    ("value", "entries"),
    [("A", ["A"]), ("A; B;;C", ["A", "B", "C"]), ("A\nB", ["A", "B"]), ("A, B", ["A, B"]), (" ; ", [])],
)
def test_a_cell_may_hold_several_entries(value: str, entries: list[str]) -> None:
    assert cell_values.list_of(cell(value, "s")) == entries


@pytest.mark.parametrize(
    ("word", "code"),
    [("วัตถุดิบ", "material"), ("Material", "material"), ("ค่าแรง", "labour"), ("อื่น ๆ", "other"), ("ทอง", "ทอง")],
)
def test_a_word_stands_for_its_code(word: str, code: str) -> None:
    assert cell_values.word_of(cell(word, "s"), cell_values.KINDS) == code
