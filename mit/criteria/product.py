"""The product that a cost sheet is about: names, HS code, unit, models and ranges.

Its coverage entry has the shape of contract section 5, the same in the certificate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from mit.criteria.members import Members, read_number, read_text, shown
from mit.errors import Fault, InputError
from mit.values.identifiers import parse_hs_code

RANGE_LIMIT = 50
#: What the maker declares of a year, in the product's unit: what can be made, and what is to be.
YEARLY = ("capacity_per_year", "volume_per_year")
_PRODUCT_MEMBERS = frozenset({"name_th", "name_en", "hs_code", "unit", "brand", "models", "ranges", *YEARLY})
_RANGE_MEMBERS = frozenset({"property", "unit", "from", "to", "from_included", "to_included"})
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PropertyRange:
    """A span of one property, e.g. thickness 0.5 to 1 mm; ``None`` is an open end.

    The ends are decimal texts, so that nothing is rounded on the way to the certificate.
    """

    property: str
    unit: str
    from_value: str | None
    to_value: str | None
    from_included: bool
    to_included: bool

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
class Product:
    """What is to be certified; ``hs_code`` holds 6, 8 or 11 digits without dots.

    Attributes:
        capacity_per_year: decimal text, how many of ``unit`` the maker can make in a year; empty: not said.
        volume_per_year: how many the maker means to make in a year; empty: not said.
    """

    name_th: str
    name_en: str
    hs_code: str
    unit: str
    brand: str
    models: tuple[str, ...]
    ranges: tuple[PropertyRange, ...]
    capacity_per_year: str = ""
    volume_per_year: str = ""

    def to_document(self) -> dict[str, object]:
        """Return the contract's form, without the members that are empty."""
        document: dict[str, object] = {
            "name_th": self.name_th,
            "name_en": self.name_en,
            "hs_code": self.hs_code,
            "unit": self.unit,
        }
        if self.brand:
            document["brand"] = self.brand
        if self.models:
            document["models"] = list(self.models)
        if self.ranges:
            document["ranges"] = [span.to_document() for span in self.ranges]
        return document | {name: text for name in YEARLY if (text := getattr(self, name))}


def coverage_document(product: Product) -> dict[str, object]:
    """Return the contract's coverage entry (section 5): what a certificate would speak for."""
    return {
        "product_th": product.name_th,
        "product_en": product.name_en,
        "brand": product.brand,
        "models": list(product.models),
        "hs_code": product.hs_code,
        "ranges": [span.to_document() for span in product.ranges],
    }


def read_product(document: object, where: str, faults: list[Fault]) -> Product:
    """Return the product of a cost sheet; what is wrong with it goes to *faults*."""
    members = Members(document, where, faults)
    members.only(_PRODUCT_MEMBERS)
    members.need("name_th", "name_en", "hs_code", "unit")
    models = members.texts("models", read_text)
    if len({model.casefold() for model in models}) < len(models):
        members.note("model_twice", "models")
    return Product(
        name_th=members.read("name_th", read_text, ""),
        name_en=members.read("name_en", read_text, ""),
        hs_code=members.read("hs_code", read_hs_code, ""),
        unit=members.read("unit", read_text, ""),
        brand=members.read("brand", read_text, ""),
        models=models,
        ranges=tuple(
            _read_range(entry, place, faults) for entry, place in members.items("ranges", RANGE_LIMIT)
        ),
        **{name: members.read(name, read_number, "") for name in YEARLY if members.has(name)},
    )


def read_hs_code(value: object, where: str) -> str:
    """Return the 6, 8 or 11 digits of an HS code; dots are taken.

    Raises:
        InputError: ``text_expected`` or ``hs_code_malformed``.
    """
    if not isinstance(value, str):
        raise InputError("text_expected", where=where)
    try:
        return parse_hs_code(value, where=where)
    except InputError as error:
        raise InputError("hs_code_malformed", where=where, text=shown(value)) from error


def _read_range(document: object, where: str, faults: list[Fault]) -> PropertyRange:
    members = Members(document, where, faults)
    members.only(_RANGE_MEMBERS)
    members.need("property", "unit")
    span = PropertyRange(
        property=members.read("property", read_text, ""),
        unit=members.read("unit", read_text, ""),
        from_value=members.read("from", _read_end, None),
        to_value=members.read("to", _read_end, None),
        from_included=members.flag("from_included", default=True),
        to_included=members.flag("to_included", default=True),
    )
    if not members.has("from") and not members.has("to"):
        members.note("range_without_ends")
    elif _is_empty(span):
        members.note("range_reversed")
    return span


def _read_end(value: object, where: str) -> str | None:
    if not isinstance(value, str):
        raise InputError("number_not_text", where=where)
    if not _DECIMAL.fullmatch(value):
        raise InputError("number_malformed", where=where, text=shown(value))
    return value


def _is_empty(span: PropertyRange) -> bool:
    if span.from_value is None or span.to_value is None:
        return False
    low, high = Decimal(span.from_value), Decimal(span.to_value)
    return low > high or (low == high and not (span.from_included and span.to_included))
