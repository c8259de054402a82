"""Units: every spelling, exactly; and what only begins like a unit."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from mit.credential.asked_text import fold
from mit.credential.asked_values import AskedValue, labelled, read_numbers
from mit.credential.asked_words import property_of, split_thai
from mit.credential.coverage import ValueRange
from mit.credential.coverage_values import Lies, compare_ranges, lie_within
from mit.credential.units import Unit, unit_named, unit_pattern

_INCH = Fraction(254, 10)


@pytest.mark.parametrize(
    ("spelled", "dimension", "factor"),
    [
        ("mm", "length", 1),
        ("MM.", "length", 1),
        ("มม.", "length", 1),
        ("มม", "length", 1),
        ("มิลลิเมตร", "length", 1),
        ("㎜", "length", 1),
        ("cm", "length", 10),
        ("ซม.", "length", 10),
        ("เซนติเมตร", "length", 10),
        ("m", "length", 1000),
        ("ม.", "length", 1000),
        ("เมตร", "length", 1000),
        ("กม.", "length", 10**6),
        ("µm", "length", Fraction(1, 1000)),
        ("ไมครอน", "length", Fraction(1, 1000)),
        ("inch", "length", _INCH),
        ("in.", "length", _INCH),
        ('"', "length", _INCH),
        ("″", "length", _INCH),
        ("นิ้ว", "length", _INCH),
        ("หุน", "length", _INCH / 8),
        ("ฟุต", "length", _INCH * 12),
        ("mm²", "area", 1),
        ("mm^2", "area", 1),
        ("sq.mm", "area", 1),
        ("sq. mm.", "area", 1),
        ("ตร.มม.", "area", 1),
        ("ตารางมิลลิเมตร", "area", 1),
        ("ตร.ซม.", "area", 100),
        ("m²", "area", 10**6),
        ("ตารางเมตร", "area", 10**6),
        ("ตารางนิ้ว", "area", _INCH**2),
        ("ตร.ฟุต", "area", (_INCH * 12) ** 2),
        ("ลิตร", "volume", 1000),
        ("ซีซี", "volume", 1),
        ("m3", "volume", 10**6),
        ("กก.", "mass", 1000),
        ("กรัม", "mass", 1),
        ("ตัน", "mass", 10**6),
        ("W", "power", 1),
        ("กิโลวัตต์", "power", 1000),
        ("เควีเอ", "apparent power", 1000),
        ("MVA", "apparent power", 10**6),
        ("kV", "voltage", 1000),
        ("โวลต์", "voltage", 1),
        ("แอมป์", "current", 1),
        ("BTU/h", "heat flow", 1),
        ("บีทียู", "heat flow", 1),
        ("บีทียู/ชม.", "heat flow", 1),
        ("แรงม้า", "horsepower", 1),
        ("℃", "temperature", 1),
        ("%", "share", 1),
    ],
)
def test_a_unit_is_known_by_each_of_its_spellings(
    spelled: str, dimension: str, factor: int | Fraction
) -> None:
    assert unit_named(spelled) == Unit(dimension, Fraction(factor))
    found = re.match(unit_pattern(), fold(spelled).low)
    assert found is not None
    assert unit_named(found[0]) == Unit(dimension, Fraction(factor))


@pytest.mark.parametrize(
    "text", ["mmx", "m/s", "ม./วินาที", "kwh", "เมตรต่อวินาที", "มาก", "inox", "ลิตร/นาที", "w2", "kg/m3", "โวล"]
)
def test_what_only_begins_like_a_unit_is_none(text: str) -> None:
    assert re.match(unit_pattern(), text) is None


def test_a_unit_of_ones_own_is_found_by_its_spelling_and_compares_with_itself_alone() -> None:
    assert re.match(unit_pattern(("ชั้น",)), "ชั้น")
    assert unit_named("ชั้น") == unit_named(" ชั้น")
    assert unit_named("ชั้น").dimension != unit_named("ช่อง").dimension


def numbers(text: str) -> list[tuple[Fraction, str]]:
    found = read_numbers(fold(text).low).values
    return [(value.amount, value.unit.dimension if value.unit else "") for value in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.45 mm", [("0.45", "length")]),
        ("0.45mm", [("0.45", "length")]),
        ("๐.๔๕ มม.", [("0.45", "length")]),
        ("1,000 มม.", [("1000", "length")]),
        ("1,234,567.89 mm", [("1234567.89", "length")]),
        ("1/2 นิ้ว", [("1/2", "length")]),
        ("2 3/4 นิ้ว", [("11/4", "length")]),
        ("2-3/4 นิ้ว", [("11/4", "length")]),
        ("2¾ นิ้ว", [("11/4", "length")]),
        ("0.5 x 1000 mm", [("0.5", "length"), ("1000", "length")]),
        ("0.5mmx1000mm", [("0.5", "length"), ("1000", "length")]),
        ("1x2x3 m", [("1", "length"), ("2", "length"), ("3", "length")]),
        ("450/750 V", [("450", "voltage"), ("750", "voltage")]),
        ("-5 °C", [("-5", "temperature")]),
        ("(-5 °C)", [("-5", "temperature")]),
        ("12", [("12", "")]),
        ("12 x 13", [("12", ""), ("13", "")]),
        ("0,45 mm", []),
        ("1.000,5 mm", []),
        ("10^5 mm", []),
        ("4e3 mm", [("4", "")]),
        ("SL-60W", []),
        ("SL60W", []),
        ("1.2.3 mm", []),
        ("0.3-0.5 mm", []),
        ("0.3 ถึง 0.5 mm", []),
        ("0.3mm to 0.5mm", []),
        ("จำนวน 20 เมตร", []),
        ("20 ม้วน", []),
        ("qty: 5 mm", []),
        ("1" * 13 + " mm", []),
    ],
)
def test_numbers_are_read_exactly_or_not_at_all(text: str, expected: list[tuple[str, str]]) -> None:
    assert numbers(text) == [(Fraction(amount), dimension) for amount, dimension in expected]


def value(text: str, label: str = "") -> AskedValue:
    found = read_numbers(fold(text).low).values[0]
    return AskedValue(found.amount, found.unit, found.start, found.end, label)


@pytest.mark.parametrize(
    ("labels", "expected", "is_loose"),
    [
        ([], ["", ""], False),
        ([(0, 3, "thickness")], ["thickness", ""], False),
        ([(0, 3, "thickness"), (15, 18, "width")], ["thickness", "width"], False),
        ([(12, 14, "thickness"), (30, 33, "width")], ["thickness", "width"], False),
        ([(12, 14, "thickness"), (15, 16, "width"), (30, 33, "depth")], ["", ""], True),
        ([(30, 33, "width")], ["", ""], True),
        ([(0, 3, "thickness"), (30, 33, "width")], ["thickness", ""], True),
    ],
)
def test_a_property_stands_before_its_value_or_each_behind(
    labels: list[tuple[int, int, str]], expected: list[str], is_loose: bool
) -> None:
    unit = unit_named("mm")
    values = [AskedValue(Fraction(1), unit, 5, 10), AskedValue(Fraction(2), unit, 20, 25)]
    told, loose = labelled(values, labels)
    assert ([one.label for one in told], loose) == (expected, is_loose)


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("ความหนา", "thickness"),
        ("หนา", "thickness"),
        ("Thickness", "thickness"),
        ("ความกว้าง", "width"),
        ("เส้นผ่านศูนย์กลาง", "diameter"),
        ("ø", "diameter"),
        ("กำลังไฟฟ้า", "power"),
        ("พื้นที่หน้าตัด", "area"),
        ("ความแข็ง", "ความแข็ง"),
    ],
)
def test_a_property_is_known_by_its_words(word: str, named: str) -> None:
    assert property_of(word) == named


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("สายไฟ", [("สายไฟ", "product")]),
        ("สายไฟฟ้าแรงต่ํา", [("สายไฟฟ้าแรงต่ํา", "product")]),
        ("สายไฟรุ่น", [("สายไฟ", "product"), ("รุ่น", "neutral")]),
        ("ขนาดสายไฟ", [("ขนาด", "neutral"), ("สายไฟ", "product")]),
        ("สายไฟฟ้าแรงสูง", [("สายไฟฟ้าแรงสูง", "word")]),
        ("สายไฟฟ้าแรงต่ําหุ้มยาง", [("สายไฟฟ้าแรงต่ํา", "product"), ("หุ้มยาง", "word")]),
        ("ความหนา", [("ความ", "neutral"), ("หนา", "property")]),
        ("ครึ่งนิ้ว", [("ครึ่ง", "vague"), ("นิ้ว", "neutral")]),
        ("หรือเทียบเท่า", [("หรือเทียบเท่า", "vague")]),
        ("สา", [("สา", "word")]),
        ("เก้าอี้", [("เก้าอี้", "word")]),
    ],
)
def test_thai_without_spaces_falls_into_its_parts(run: str, parts: list[tuple[str, str]]) -> None:
    assert list(split_thai(run, "สายไฟฟ้าแรงต่ํา")) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5 mm", True),
        ("0.05 cm", True),
        ("0.0196 นิ้ว", True),
        ("0.02 นิ้ว", False),
        ("0.3 mm", False),
        ("0.5 kg", None),
        ("0.5 mm2", None),
    ],
)
def test_a_value_lies_within_by_its_own_unit(text: str, expected: bool | None) -> None:
    span = ValueRange("หนา", "มม.", "0.3", "0.5", from_included=False)
    assert lie_within(span, value(text)) is expected


WIDTH = ValueRange("กว้าง", "mm", "10", "20")
HEIGHT = ValueRange("สูง", "mm", "15", "30")
POWER = ValueRange("กำลัง", "W", "5", None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "missing missing missing"),
        ([value("12 mm"), value("25 mm")], "inside inside missing"),
        ([value("25 mm"), value("12 mm")], "inside inside missing"),
        ([value("16 mm"), value("17 mm")], "inside inside missing"),
        ([value("12 mm"), value("16 mm")], "unclear unclear missing"),
        ([value("12 mm"), value("13 mm")], "outside outside missing"),
        ([value("12 mm"), value("99 mm")], "inside outside missing"),
        ([value("99 mm")], "outside outside missing"),
        ([value("12 mm")], "inside missing missing"),
        ([value("16 mm")], "missing missing missing"),
        ([value("12 mm", "width"), value("25 mm", "height"), value("6 W")], "inside inside inside"),
        ([value("25 mm", "width")], "outside missing missing"),
        ([value("12 mm", "width"), value("99 mm", "width")], "unclear missing missing"),
        ([value("12 kg", "width")], "unclear missing missing"),
        ([value("12 mm", "depth")], "missing missing missing"),
        ([value("1 mm"), value("2 mm"), value("3 mm")], "outside outside missing"),
        ([value("12 mm"), value("2 mm"), value("3 mm")], "unclear unclear missing"),
        ([value("12 mm", "width"), value("25 mm", "height"), value("5 mm")], "unclear unclear missing"),
        ([value("4 W")], "missing missing outside"),
        ([value("0.005 kW")], "missing missing inside"),
    ],
)
def test_each_range_is_inside_outside_missing_or_unclear(values: list[AskedValue], expected: str) -> None:
    told = compare_ranges([WIDTH, HEIGHT, POWER], values)
    assert [one.span for one in told] == [WIDTH, HEIGHT, POWER]
    assert [one.lies for one in told] == [Lies(word) for word in expected.split()]
