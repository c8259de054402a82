"""Units of measurement as people write them in Thai and English, and exact conversion.  Pure.

Only units that convert exactly stand together; horsepower or BTU/h are never turned into watts.  An inch
is 25.4 mm by definition, a hun (หุน, Thai pipe trade) an eighth of an inch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from mit.credential.asked_text import THAI, is_thai, same

_INCH = Fraction(254, 10)
#: Dimension → factor to its first unit, and the spellings (folded, lower case; a dot may be left out).
_SPELLINGS: dict[str, tuple[tuple[Fraction, str], ...]] = {
    "length": (
        (Fraction(1), "mm|millimetre|millimeter|millimetres|millimeters|มม.|มิลลิเมตร"),
        (Fraction(10), "cm|centimetre|centimeter|centimetres|centimeters|ซม.|เซนติเมตร|เซ็นติเมตร"),
        (Fraction(1000), "m|metre|meter|metres|meters|ม.|เมตร"),
        (Fraction(1000_000), "km|กม.|กิโลเมตร"),
        (Fraction(1, 1000), "μm|um|micron|microns|ไมครอน|ไมโครเมตร"),
        (_INCH, "in.|inch|inches|\"|''|นิ้ว"),
        (_INCH / 8, "หุน"),
        (_INCH * 12, "ft.|foot|feet|ฟุต"),
    ),
    "area": (
        (Fraction(1), "mm2|mm^2|sq.mm.|sqmm|ตร.มม.|ตารางมิลลิเมตร|มม.2"),
        (Fraction(100), "cm2|cm^2|sq.cm.|ตร.ซม.|ตารางเซนติเมตร|ซม.2"),
        (Fraction(10**6), "m2|m^2|sq.m.|ตร.ม.|ตารางเมตร|ม.2"),
        (_INCH**2, "in2|in^2|sq.in.|ตร.นิ้ว|ตารางนิ้ว"),
        ((_INCH * 12) ** 2, "ft2|ft^2|sq.ft.|ตร.ฟุต|ตารางฟุต"),
    ),
    "volume": (
        (Fraction(1), "ml|cc|cm3|มล.|มิลลิลิตร|ซีซี|ลบ.ซม."),
        (Fraction(1000), "l|litre|liter|litres|liters|ลิตร"),
        (Fraction(10**6), "m3|m^3|cu.m.|ลบ.ม.|ลูกบาศก์เมตร"),
    ),
    "mass": (
        (Fraction(1, 1000), "mg|มก.|มิลลิกรัม"),
        (Fraction(1), "g|gram|grams|กรัม"),
        (Fraction(1000), "kg|kgs|kilogram|kilograms|กก.|กิโลกรัม"),
        (Fraction(10**6), "t|tonne|tonnes|ตัน"),
    ),
    "power": (
        (Fraction(1), "w|watt|watts|วัตต์"),
        (Fraction(1000), "kw|กิโลวัตต์"),
    ),
    "apparent power": (
        (Fraction(1), "va|โวลต์แอมแปร์"),
        (Fraction(1000), "kva|เควีเอ|กิโลโวลต์แอมแปร์"),
        (Fraction(10**6), "mva|เอ็มวีเอ"),
    ),
    "voltage": (
        (Fraction(1), "v|volt|volts|โวลต์|โวลท์"),
        (Fraction(1000), "kv|เควี|กิโลโวลต์"),
    ),
    "current": ((Fraction(1), "a|amp|amps|ampere|amperes|แอมป์|แอมแปร์"), (Fraction(1000), "ka")),
    "frequency": ((Fraction(1), "hz|เฮิรตซ์"), (Fraction(1000), "khz"), (Fraction(10**6), "mhz")),
    "heat flow": ((Fraction(1), "btu/h|btu/hr|btuh|btu|บีทียู|บีทียูต่อชั่วโมง|บีทียู/ชั่วโมง|บีทียู/ชม."),),
    "horsepower": ((Fraction(1), "hp|แรงม้า"),),
    "temperature": ((Fraction(1), "°c|องศาเซลเซียส"),),
    "pressure": (
        (Fraction(1), "pa|ปาสคาล"),
        (Fraction(1000), "kpa"),
        (Fraction(10**5), "bar|บาร์"),
        (Fraction(10**6), "mpa"),
    ),
    "share": ((Fraction(1), "%|percent|เปอร์เซ็นต์"),),
}
#: What may not follow a unit, or it is a part of another: kW of kWh, m of m/s, เมตร of เมตรต่อวินาที.
_LATIN_END = r"(?![a-z0-9]|\s*(?:/|\^|ต่อ|per\b))"
_THAI_END = r"(?!\s*(?:/|\^|ต่อ))"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures and how many of the first unit of that dimension it is.

    Attributes:
        dimension: ``length``, ``area``, …; for a unit that only one coverage knows its own spelling.
        factor: exact.
    """

    dimension: str
    factor: Fraction


def unit_named(text: str) -> Unit:
    """Return the unit that *text* names; one that nobody listed is a dimension of its own."""
    known = _by_spelling().get(_bare(same(text)))
    return known or Unit(f"own {same(text)}", Fraction(1))


@cache
def unit_words() -> frozenset[str]:
    """Return the units that are words of Thai: นิ้ว, เมตร."""
    return frozenset(same(one) for one in _every_spelling() if is_thai(one[0]) and "." not in one)


@cache
def sure_unit_pattern() -> str:
    """Return a regular expression, in text, of the units that end no model: มม., mm², sq.mm, inch."""
    latin = {one for dimension in ("length", "area") for one in _spellings_of(dimension) if _is_sure(one)}
    return _alternatives(latin | {one for one in _every_spelling() if is_thai(one[0])})


def unit_pattern(own: Iterable[str] = ()) -> str:
    """Return a regular expression, in text, of every unit, longest first; *own* names further ones."""
    spelled = _every_spelling() | {same(unit) for unit in own if same(unit)}
    return _alternatives(spelled)


def _alternatives(spelled: Iterable[str]) -> str:
    return "(?:" + "|".join(_as_pattern(one) for one in sorted(spelled, key=_longest_first)) + ")"


def _every_spelling() -> set[str]:
    return {spelling for dimension in _SPELLINGS for spelling in _spellings_of(dimension)}


def _spellings_of(dimension: str) -> set[str]:
    return {spelling for _, many in _SPELLINGS[dimension] for spelling in many.split("|")}


def _is_sure(spelling: str) -> bool:
    return spelling[:2] in {"mm", "cm", "sq"} or len(spelling) > len("inch")


def _longest_first(spelling: str) -> tuple[int, str]:
    return -len(spelling), spelling


def _as_pattern(spelling: str) -> str:
    parts = [re.escape(part) for part in spelling.split(".") if part]
    body = r"\.?\s?".join(parts) + (r"\.?" if "." in spelling else "")
    last = parts[-1][-1]
    if last.isascii() and last.isalnum():
        return body + _LATIN_END
    if "." in spelling:
        return rf"(?:{body})(?:(?<=\.)|(?![{THAI}0-9.]))" + _THAI_END
    return body + _THAI_END


def _bare(spelling: str) -> str:
    return spelling.replace(".", "").replace(" ", "")


@cache
def _by_spelling() -> dict[str, Unit]:
    return {
        _bare(same(spelling)): Unit(dimension, factor)
        for dimension, kinds in _SPELLINGS.items()
        for factor, many in kinds
        for spelling in many.split("|")
    }
