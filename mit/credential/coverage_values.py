"""Whether asked values lie within the ranges of an entry: each range inside, outside, or not told.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from mit.credential.asked_values import AskedValue
from mit.credential.asked_words import property_of
from mit.credential.coverage import ValueRange
from mit.credential.units import Unit, unit_named

#: More values than this are not tried against each other.
_MOST_VALUES = 4


class Lies(StrEnum):
    """Where what was asked lies, seen from a range."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    MISSING = "missing"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class RangeAsked:
    """One range and what was asked about it.

    Attributes:
        span: the certified range.
        lies: where the asked value lies.
        values: the asked values that may be meant; none where it is missing.
    """

    span: ValueRange
    lies: Lies
    values: tuple[AskedValue, ...] = ()


def lie_within(span: ValueRange, value: AskedValue) -> bool | None:
    """Say whether *value* lies within *span*, converted exactly; None where the units do not compare."""
    unit = unit_named(span.unit)
    if value.unit is None or value.unit.dimension != unit.dimension:
        return None
    return span.contains(value.amount * value.unit.factor / unit.factor)


def compare_ranges(spans: Sequence[ValueRange], values: Sequence[AskedValue]) -> tuple[RangeAsked, ...]:
    """Return each of *spans* with where the asked *values* lie, in their order."""
    told = {span: _labelled(span, values) for span in spans}
    dimensions = {unit_named(span.unit).dimension for span in spans}
    for dimension in dimensions:
        open_spans = [
            span
            for span in spans
            if told[span].lies is Lies.MISSING and unit_named(span.unit).dimension == dimension
        ]
        plain = [value for value in values if not value.label and _dimension(value.unit) == dimension]
        told |= {one.span: one for one in _share_out(open_spans, plain)}
        if plain and not open_spans:
            told |= _unclear(
                [span for span in spans if unit_named(span.unit).dimension == dimension], values, told
            )
    return tuple(told[span] for span in spans)


def _dimension(unit: Unit | None) -> str:
    return unit.dimension if unit else ""


def _labelled(span: ValueRange, values: Sequence[AskedValue]) -> RangeAsked:
    """Return what the values say whose property is named."""
    own = tuple(value for value in values if value.label and value.label == property_of(span.property))
    if not own:
        return RangeAsked(span, Lies.MISSING)
    return RangeAsked(span, _all_of([lie_within(span, value) for value in own]), own)


def _all_of(within: Sequence[bool | None]) -> Lies:
    if all(within):
        return Lies.INSIDE
    return Lies.OUTSIDE if set(within) == {False} else Lies.UNCLEAR


def _unclear(
    spans: Sequence[ValueRange], values: Sequence[AskedValue], told: dict[ValueRange, RangeAsked]
) -> dict[ValueRange, RangeAsked]:
    """Return the ranges of which another value without a property may speak, too."""
    inside = [span for span in spans if told[span].lies is Lies.INSIDE]
    return {span: RangeAsked(span, Lies.UNCLEAR, tuple(values)) for span in inside}


def _share_out(spans: Sequence[ValueRange], values: Sequence[AskedValue]) -> list[RangeAsked]:
    """Return the ranges, each with the value that must be meant, where no property was named."""
    if not values or not spans:
        return []
    fits = [[bool(lie_within(span, value)) for span in spans] for value in values]
    if len(values) == len(spans):
        return _one_each(spans, values, fits)
    if len(values) > len(spans):
        lies = Lies.UNCLEAR if any(map(any, fits)) else Lies.OUTSIDE
        return [RangeAsked(span, lies, tuple(values)) for span in spans]
    strangers = tuple(value for value, row in zip(values, fits, strict=True) if not any(row))
    if strangers:
        return [RangeAsked(span, Lies.OUTSIDE, strangers) for span in spans]
    return _some_missing(spans, values, fits)


def _one_each(
    spans: Sequence[ValueRange], values: Sequence[AskedValue], fits: list[list[bool]]
) -> list[RangeAsked]:
    """Return the ranges with one value each: sure where only one way fits, or every way does."""
    count = len(spans)
    if count > _MOST_VALUES:
        return [RangeAsked(span, Lies.UNCLEAR, tuple(values)) for span in spans]
    ways = [way for way in permutations(range(count)) if all(fits[row][way[row]] for row in range(count))]
    if not ways:
        return _none_fits(spans, values, fits)
    is_sure = all(sum(row) == 1 for row in fits) or all(map(all, fits))
    lies = Lies.INSIDE if is_sure else Lies.UNCLEAR
    return [RangeAsked(spans[ways[0][row]], lies, (values[row],)) for row in range(count)]


def _none_fits(
    spans: Sequence[ValueRange], values: Sequence[AskedValue], fits: list[list[bool]]
) -> list[RangeAsked]:
    """Return the ranges where no way fits: a value that fits takes its range, the rest lie outside."""
    left, told = list(values), []
    for column, span in enumerate(spans):
        fitting = [value for value, row in zip(values, fits, strict=True) if row[column] and value in left]
        if len(fitting) == 1:
            left.remove(fitting[0])
            told.append(RangeAsked(span, Lies.INSIDE, (fitting[0],)))
    taken = {one.span for one in told}
    return told + [RangeAsked(span, Lies.OUTSIDE, tuple(left)) for span in spans if span not in taken]


def _some_missing(
    spans: Sequence[ValueRange], values: Sequence[AskedValue], fits: list[list[bool]]
) -> list[RangeAsked]:
    """Return the ranges of which only some were asked about; a value that fits one is shown with it."""
    told = []
    for value, row in zip(values, fits, strict=True):
        fitting = [span for span, is_fit in zip(spans, row, strict=True) if is_fit]
        if len(fitting) == 1:
            told.append(RangeAsked(fitting[0], Lies.INSIDE, (value,)))
    return told
