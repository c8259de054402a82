"""One line of a cost sheet: its kind, its amount in baht without VAT, and what explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, TypeVar, cast

from mit.criteria.members import LIST_LIMIT, Members, one_of, read_number, read_text, shown
from mit.criteria.product import read_hs_code
from mit.errors import Fault, InputError
from mit.values.money import Money, parse_baht
from mit.values.thai_date import parse_iso_day

Kind = Literal["material", "labour", "overhead", "other"]
Origin = Literal["domestic", "imported", "unproven"]
KINDS: tuple[Kind, ...] = ("material", "labour", "overhead", "other")
ORIGINS: tuple[Origin, ...] = ("domestic", "imported", "unproven")

#: Optional members that are plain texts, in the order of the contract.
TEXT_MEMBERS = ("country", "unit", "supplier", "supplier_tax_number", "supplier_certificate")
#: Optional members that are decimal numbers written as text.
NUMBER_MEMBERS = ("quantity", "unit_price", "waste_percent", "rate")
#: Members that are left out where they are empty, and their values at once: a sheet has thousands of lines.
_OPTIONAL = ("hs_code", "currency", "rate_on", *TEXT_MEMBERS, *NUMBER_MEMBERS)
_optional_of = attrgetter(*_OPTIONAL)
MEMBERS = frozenset(
    {"kind", "name", "amount", "origin", "hs_code", "currency", "rate_on", "evidence"}
    | set(TEXT_MEMBERS)
    | set(NUMBER_MEMBERS)
)
_NEEDED = frozenset({"kind", "name", "amount"})
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class CostLine:
    """One part of the price.  Only ``amount`` counts; the members after ``hs_code`` explain it.

    Attributes:
        position: place in the sheet, counted from 1.
        amount: baht without VAT, zero or more.
        origin: compulsory for materials; on other kinds it counts for nothing.
        quantity, unit_price, waste_percent, rate: decimal texts; the unit price is in
            ``currency`` (baht where empty), the rate is baht for one unit of it on ``rate_on``.
    """

    position: int
    kind: Kind
    name: str
    amount: Money
    origin: Origin | None
    country: str = ""
    hs_code: str = ""
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    waste_percent: str = ""
    currency: str = ""
    rate: str = ""
    rate_on: str = ""
    supplier: str = ""
    supplier_tax_number: str = ""
    supplier_certificate: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Return the path of the line in the sheet, e.g. ``lines[3]``."""
        return f"lines[{self.position}]"

    def to_document(self) -> dict[str, object]:
        """Return the contract's form, without the members that are empty."""
        document: dict[str, object] = {
            "kind": self.kind,
            "name": self.name,
            "amount": self.amount.to_text(),
        }
        if self.origin:
            document["origin"] = self.origin
        document.update(
            (name, text) for name, text in zip(_OPTIONAL, _optional_of(self), strict=True) if text
        )
        if self.evidence:
            document["evidence"] = list(self.evidence)
        return document


def read_line(document: object, where: str, position: int, faults: list[Fault]) -> CostLine:
    """Return one line; what is wrong with it goes to *faults* with ``lines[position].member``."""
    return _good_line(document, position) or _checked_line(document, where, position, faults)


def _good_line(document: object, position: int) -> CostLine | None:
    """Return a line in which nothing is wrong, as nearly all are; None where a fault is to be named."""
    if not isinstance(document, dict) or not document.keys() <= MEMBERS:
        return None
    try:
        found: dict[str, Any] = {
            name: _READERS[name](value) for name, value in document.items() if value is not None
        }
    except (InputError, LookupError, TypeError):  # TypeError: a list where a text belongs
        return None
    if not found.keys() >= _NEEDED or (found["kind"] == "material" and "origin" not in found):
        return None
    found.setdefault("origin", None)
    return CostLine(position, **found)


def _checked_line(document: object, where: str, position: int, faults: list[Fault]) -> CostLine:
    members = Members(document, where, faults)
    members.only(MEMBERS)
    members.need("kind", "name", "amount")
    kind = cast(Kind, members.read("kind", one_of(KINDS, "kind_unknown"), "other"))
    origin = members.read("origin", one_of(ORIGINS, "origin_unknown"), "")
    if kind == "material" and not members.has("origin"):
        members.note("origin_missing", "origin")
    return CostLine(
        position=position,
        kind=kind,
        name=members.read("name", read_text, ""),
        amount=members.read("amount", _read_amount, Money(0)),
        origin=cast("Origin | None", origin or None),
        hs_code=members.read("hs_code", read_hs_code, ""),
        currency=members.read("currency", _read_currency, ""),
        rate_on=members.read("rate_on", _read_day, ""),
        evidence=members.texts("evidence", read_text),
        **{name: members.read(name, read_text, "") for name in TEXT_MEMBERS if members.has(name)},
        **{name: members.read(name, read_number, "") for name in NUMBER_MEMBERS if members.has(name)},
    )


#: A sheet of thousands of lines repeats its quantities and prices.
@lru_cache(maxsize=16_384)
def scaled_number(text: str) -> tuple[int, int]:
    """Return a decimal text of a line as a whole number and what it is to be divided by: 2.50 is 250, 100."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), 10 ** len(decimals)


def _read_amount(value: object, where: str) -> Money:
    return parse_baht(value, where=where)


def _read_currency(value: object, where: str) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not _CURRENCY.fullmatch(code):
        raise InputError("currency_malformed", where=where, text=shown(value))
    return code


def _read_day(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InputError("text_expected", where=where)
    return parse_iso_day(value, where=where).isoformat()


def _read_evidence(value: object) -> tuple[str, ...]:
    """Return the texts of a list.

    Raises:
        InputError: it is none, or one of them cannot be taken.
    """
    if not isinstance(value, list) or len(value) > LIST_LIMIT:
        raise InputError("list_expected")
    return tuple(read_text(entry, "") for entry in value)


def _remembering(read: Callable[[object, str], _Read]) -> Callable[[object], _Read]:
    """Return a reader of values that come again and again in a sheet; refusals are not remembered."""
    return lru_cache(maxsize=16_384)(lambda value: read(value, ""))


_texts, _numbers = _remembering(read_text), _remembering(read_number)
#: What makes the attribute of a line of each member.
_READERS: Mapping[str, Callable[[Any], object]] = {
    "kind": {kind: kind for kind in KINDS}.__getitem__,
    "name": lambda value: read_text(value, ""),
    "amount": parse_baht,
    "origin": {origin: origin for origin in ORIGINS}.__getitem__,
    "hs_code": _remembering(read_hs_code),
    "currency": _remembering(_read_currency),
    "rate_on": _remembering(_read_day),
    "evidence": _read_evidence,
    **dict.fromkeys(TEXT_MEMBERS, _texts),
    **dict.fromkeys(NUMBER_MEMBERS, _numbers),
}
