"""Numbers with units in what an officer asks, and which property each is about.  Pure; no floats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from mit.credential.asked_text import is_thai, same
from mit.credential.asked_words import counted_pattern, property_words
from mit.credential.units import Unit, unit_named, unit_pattern

_NUMBER = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|[0-9]{1,12})(?:\.[0-9]{1,30})?(?![0-9]|[.,^][0-9]|/)"
_FRACTION = r"(?:(?P<whole>[0-9]{1,4})[ -]{1,2})?(?P<top>[0-9]{1,3})/(?P<bottom>2|4|8|16|32|64)(?![0-9./])"
_ALONE = r"(?<![a-z0-9.,/^-])"
_SIGNED = rf"(?:(?<![^\s(:=])-|{_ALONE})"
#: x between numbers or behind a unit, where it means "by".
_BY = re.compile(r"(?:(?<![a-z])|(?<=mm)|(?<=cm)|(?<=\bm)|(?<=in))x(?=\s*\.?[0-9])")
#: / between two numbers that are no fraction: two ratings, 450/750 V.
_RATINGS = re.compile(r"(?<=[0-9])/(?=[0-9])(?!(?:2|4|8|16|32|64)(?![0-9.]))")


@dataclass(frozen=True, slots=True)
class AskedValue:
    """A number with its unit.

    Attributes:
        amount: exact, in ``unit``; None of it is rounded.
        unit: None where none was written.
        start, end: its place in the text.
        label: the property that was named for it; empty where none was.
    """

    amount: Fraction
    unit: Unit | None
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the numbers of a text say.

    Attributes:
        values: numbers in their order; ``unit`` None where none stands behind.
        spans: places of spans of values (``0.3-0.5 mm``), which are no value.
        counts: places of quantities, which say nothing about the goods.
    """

    values: tuple[AskedValue, ...]
    spans: tuple[tuple[int, int], ...]
    counts: tuple[tuple[int, int], ...]


def read_numbers(low: str, own_units: tuple[str, ...] = ()) -> Numbers:
    """Return what the numbers in *low* (folded) say; *own_units* are those that a coverage names besides."""
    text = _RATINGS.sub("×", _BY.sub("×", low))
    counts = [match.span() for match in _count_pattern().finditer(text)]
    text = blanked(text, counts)
    spans = [match.span() for match in _span_pattern(own_units).finditer(text)]
    text = blanked(text, spans)
    found = [_value(match) for match in _value_pattern(own_units).finditer(text)]
    return Numbers(tuple(_inheriting(found, text)), tuple(spans), tuple(counts))


def labelled(
    values: Sequence[AskedValue], labels: Sequence[tuple[int, int, str]]
) -> tuple[tuple[AskedValue, ...], bool]:
    """Return each value with the property named for it, and whether one was named for no value.

    *labels* are start, end and property in their order.  A property stands before its value
    (``หนา 0.5 มม.``); where each value has one behind it, they stand behind (``0.5 mm thick``).
    """
    if values and labels and values[0].start < labels[0][0] and labels[-1][0] > values[-1].start:
        return _labelled_behind(values, labels)
    told, since = [], 0
    for value in values:
        before = [name for start, _, name in labels if since <= start < value.start]
        told.append(replace(value, label=before[-1] if before else ""))
        since = value.end
    return tuple(told), any(start >= since for start, _, _ in labels)


def blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return *text* with a sign that is neither letter nor space in place of what stood at *places*."""
    for start, end in places:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def label_pattern() -> str:
    """Return a regular expression, in text, of the properties' words that are not Thai."""
    words = [word for word in property_words() if not is_thai(word[0])]
    return "|".join(re.escape(word) + ("(?![a-z])" if word.isascii() else "") for word in words)


def _labelled_behind(
    values: Sequence[AskedValue], labels: Sequence[tuple[int, int, str]]
) -> tuple[tuple[AskedValue, ...], bool]:
    ends = [value.start for value in values[1:]] + [labels[-1][1] + 1]
    behind = [
        [name for start, _, name in labels if value.start < start < end]
        for value, end in zip(values, ends, strict=True)
    ]
    if any(len(names) != 1 for names in behind):
        return tuple(values), True
    return tuple(replace(one, label=names[0]) for one, names in zip(values, behind, strict=True)), False


def _value(match: re.Match[str]) -> AskedValue:
    written = match["number"].replace(",", "") if match["number"] else ""
    if written:
        amount = Fraction(written)
    else:
        amount = int(match["whole"] or 0) + Fraction(int(match["top"]), int(match["bottom"]))
    sign = -1 if match["sign"].startswith("-") else 1
    unit = unit_named(match["unit"]) if match["unit"] else None
    return AskedValue(sign * amount, unit, match.start(), match.end())


def _inheriting(found: list[AskedValue], text: str) -> list[AskedValue]:
    """Return the values, where ``0.5 x 1000 mm`` gives its unit to the first number, too."""
    values: list[AskedValue] = []
    for value in reversed(found):
        behind = values[-1] if values else None
        is_joined = behind is not None and text[value.end : behind.start].strip() == "×"
        unit = behind.unit if behind and is_joined and value.unit is None else value.unit
        values.append(replace(value, unit=unit))
    return values[::-1]


@lru_cache(maxsize=1)
def _count_pattern() -> re.Pattern[str]:
    counted, units = counted_pattern(), unit_pattern()
    marked = rf"(?:{same('จำนวน')}|qty|quantity)[\s:.]{{0,3}}{_NUMBER}\s?(?:{counted}|{units})?"
    return re.compile(rf"{marked}|{_ALONE}{_NUMBER}\s?{counted}")


@lru_cache(maxsize=256)
def _span_pattern(own_units: tuple[str, ...]) -> re.Pattern[str]:
    unit = unit_pattern(own_units)
    return re.compile(rf"{_ALONE}{_NUMBER}\s?{unit}?\s?(?:-|~|ถึง|to\b)\s?{_NUMBER}\s?{unit}?")


@lru_cache(maxsize=256)
def _value_pattern(own_units: tuple[str, ...]) -> re.Pattern[str]:
    amount = rf"(?:{_FRACTION}|(?P<number>{_NUMBER}))"
    return re.compile(rf"(?P<sign>{_SIGNED}){amount}\s{{0,2}}(?P<unit>{unit_pattern(own_units)})?")
