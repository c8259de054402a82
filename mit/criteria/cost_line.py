"""One line of a cost sheet: its kind, its amount in baht without VAT, and what explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, cast

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
#: Every member that is one text, in the order of the alphabet; the others are amount and evidence.
TEXTS = tuple(sorted(MEMBERS - {"amount", "evidence"}))
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


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


def read_evidence(value: object) -> tuple[str, ...]:
    """Return the texts of a list; none where it is absent.

    Raises:
        InputError: it is no list, or one of its entries cannot be taken.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > LIST_LIMIT:
        raise InputError("list_expected")
    return tuple(read_text(entry, "") for entry in value)


#: What makes the text of each of ``TEXTS`` of what a document says; it raises where a fault is to be named.
READERS: Mapping[str, Callable[[Any], str]] = {
    "kind": {kind: kind for kind in KINDS}.__getitem__,
    "origin": {origin: origin for origin in ORIGINS}.__getitem__,
    "hs_code": lambda value: read_hs_code(value, ""),
    "currency": lambda value: _read_currency(value, ""),
    "rate_on": lambda value: _read_day(value, ""),
    **dict.fromkeys(("name", *TEXT_MEMBERS), lambda value: read_text(value, "")),
    **dict.fromkeys(NUMBER_MEMBERS, lambda value: read_number(value, "")),
}
