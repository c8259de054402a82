"""Which models or numeric ranges a certificate speaks for.

The shape is the contract's coverage entry (section 5), the same in the cost sheet and in the
credential; numbers stay text, so nothing is rounded on the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mit.errors import Fault, InputError, MalformedNumberError
from mit.values.identifiers import parse_hs_code

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?", re.ASCII)
#: Members in the order in which people and answers read them; the signed bytes have their own.
_ENTRY_ORDER = ("product_th", "product_en", "brand", "models", "hs_code", "ranges")
_RANGE_ORDER = ("property", "unit", "from", "to", "from_included", "to_included")
_ENTRY_MEMBERS = frozenset(_ENTRY_ORDER)
_RANGE_MEMBERS = frozenset(_RANGE_ORDER)


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A span of one property, e.g. cross-section 1.5 to 400 mm²; ``None`` is an open end.

    Attributes:
        property: what is measured, in the maker's words.
        unit: its unit, free text.
        from_value: lower end as a decimal text, or None.
        to_value: upper end as a decimal text, or None.
        from_included: whether the lower end itself is covered.
        to_included: whether the upper end itself is covered.
    """

    property: str
    unit: str
    from_value: str | None
    to_value: str | None
    from_included: bool = True
    to_included: bool = True

    def contains(self, value: Decimal | Fraction) -> bool:
        """Say whether *value*, in the unit of this range, lies within it; exact."""
        exact = Fraction(value)
        if self.from_value is not None:
            low = Fraction(self.from_value)
            if exact < low or (exact == low and not self.from_included):
                return False
        if self.to_value is not None:
            high = Fraction(self.to_value)
            if exact > high or (exact == high and not self.to_included):
                return False
        return True

    def to_text(self) -> str:
        """Return the range in one line, ``1.5 ≤ property ≤ 400 unit``; an open end is left out."""
        low = (
            f"{self.from_value} {'≤' if self.from_included else '<'} " if self.from_value is not None else ""
        )
        high = f" {'≤' if self.to_included else '<'} {self.to_value}" if self.to_value is not None else ""
        return f"{low}{self.property}{high} {self.unit}".strip()

    def to_document(self) -> dict[str, object]:
        """Return the contract's form of a range."""
        return {
            "property": self.property,
            "unit": self.unit,
            "from": self.from_value,
            "to": self.to_value,
            "from_included": self.from_included,
            "to_included": self.to_included,
        }


@dataclass(frozen=True, slots=True)
class CoverageEntry:
    """One certified product: its names, brand, models, HS code (digits only) and ranges."""

    product_th: str
    product_en: str
    brand: str
    models: tuple[str, ...]
    hs_code: str
    ranges: tuple[ValueRange, ...] = ()

    def to_document(self) -> dict[str, object]:
        """Return the contract's coverage entry."""
        return {
            "product_th": self.product_th,
            "product_en": self.product_en,
            "brand": self.brand,
            "models": list(self.models),
            "hs_code": self.hs_code,
            "ranges": [span.to_document() for span in self.ranges],
        }


def in_reading_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a well-formed coverage entry with its members in the order of ``CoverageEntry.to_document``.

    Raises:
        KeyError: a member is missing.
    """
    entry = {name: document[name] for name in _ENTRY_ORDER}
    entry["ranges"] = [{name: span[name] for name in _RANGE_ORDER} for span in entry["ranges"]]
    return entry


def parse_coverage(document: object, *, where: str = "") -> CoverageEntry:
    """Return the coverage entry in *document*; every member must be there and nothing else.

    Raises:
        InputError: with every fault: ``coverage_not_object``, ``coverage_members``,
            ``coverage_text``, ``coverage_models``, ``coverage_range``, ``coverage_range_empty``,
            ``hs_code_malformed``, each with its place.
    """
    members = _members(document, _ENTRY_MEMBERS, where)
    faults: list[Fault] = []
    texts = {
        name: _text(members[name], _place(where, name), faults)
        for name in ("product_th", "product_en", "brand")
    }
    entry = CoverageEntry(
        **texts,
        models=_models(members["models"], _place(where, "models"), faults),
        hs_code=_hs_code(members["hs_code"], _place(where, "hs_code"), faults),
        ranges=_ranges(members["ranges"], _place(where, "ranges"), faults),
    )
    if faults:
        raise InputError("coverage", faults=faults, where=where)
    return entry


def range_fault(span: ValueRange) -> str | None:
    """Return the code of what is wrong with a range, or None: ends malformed, reversed, or none."""
    ends = [end for end in (span.from_value, span.to_value) if end is not None]
    if not ends or not all(_DECIMAL.fullmatch(end) for end in ends):
        return "coverage_range"
    if len(ends) == 2:
        low, high = Decimal(ends[0]), Decimal(ends[1])
        if low > high or (low == high and not (span.from_included and span.to_included)):
            return "coverage_range_empty"
    return None


def _place(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _members(document: object, names: frozenset[str], where: str) -> dict[str, object]:
    if not isinstance(document, dict):
        raise InputError("coverage_not_object", where=where)
    if document.keys() != names:
        odd = sorted(str(name)[:40] for name in document.keys() ^ names)
        raise InputError("coverage_members", where=where, members=", ".join(odd[:6]))
    return document


def _text(value: object, where: str, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    faults.append(Fault("coverage_text", where))
    return ""


def _models(value: object, where: str, faults: list[Fault]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(model, str) and model for model in value):
        return tuple(value)
    faults.append(Fault("coverage_models", where))
    return ()


def _hs_code(value: object, where: str, faults: list[Fault]) -> str:
    try:
        code = parse_hs_code(value, where=where) if isinstance(value, str) else ""
    except MalformedNumberError as error:
        faults.extend(error.faults)
        return ""
    if not code or code != value:
        faults.append(Fault("hs_code_malformed", where, {"text": str(value)[:40]}))
    return code


def _ranges(value: object, where: str, faults: list[Fault]) -> tuple[ValueRange, ...]:
    if not isinstance(value, list):
        faults.append(Fault("coverage_range", where))
        return ()
    spans = []
    for position, document in enumerate(value, start=1):
        place = f"{where}[{position}]"
        span = _range(document)
        code = "coverage_range" if span is None else range_fault(span)
        if code:
            faults.append(Fault(code, place))
        elif span:
            spans.append(span)
    return tuple(spans)


def _range(document: object) -> ValueRange | None:
    if not isinstance(document, dict) or document.keys() != _RANGE_MEMBERS:
        return None
    texts = [document["property"], document["unit"]]
    ends = [document["from"], document["to"]]
    included = [document["from_included"], document["to_included"]]
    if not (
        all(isinstance(text, str) for text in texts)
        and all(end is None or isinstance(end, str) for end in ends)
        and all(isinstance(flag, bool) for flag in included)
    ):
        return None
    return ValueRange(*texts, *ends, *included)
