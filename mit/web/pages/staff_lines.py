"""A cost sheet line by line beside what the rule set made of each line, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mit.issuance.look import ProductView
from mit.values.money import Money, parse_baht

#: Lines that are shown before somebody asks for all.
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: as it was declared, and what it was counted as (empty before the assessment)."""

    position: int
    line: Mapping[str, Any]
    amount: Money
    counted_as: str
    why: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """The lines of a sheet; ``left`` is how many are not among them, ``total`` the sum of all."""

    lines: tuple[ShownLine, ...]
    left: int
    price: Money
    net_price: Money | None
    profit: Money | None
    is_profit_derived: bool
    total: Money


def cost_lines(product: ProductView, *, whole: bool) -> ShownSheet:
    """Return the sheet of a product to be shown, every line of it if *whole*."""
    sheet = product.cost_sheet
    trace = (product.assessment or {}).get("trace", {})
    counted = trace.get("lines", [])
    shown = sheet["lines"] if whole else sheet["lines"][:MOST_LINES]
    return ShownSheet(
        lines=tuple(_line(at, line, counted) for at, line in enumerate(shown, start=1)),
        left=len(sheet["lines"]) - len(shown),
        price=parse_baht(sheet["price_ex_works"]),
        net_price=_money(trace.get("net_price_satang")),
        profit=_money(trace.get("profit_satang")),
        is_profit_derived=bool(trace.get("profit_derived")),
        total=Money(sum(parse_baht(line["amount"]).satang for line in sheet["lines"])),
    )


def _line(position: int, line: Mapping[str, Any], counted: list[Any]) -> ShownLine:
    treated = counted[position - 1] if position <= len(counted) else {}
    return ShownLine(
        position, line, parse_baht(line["amount"]), treated.get("counted_as", ""), treated.get("why", "")
    )


def _money(satang: int | None) -> Money | None:
    return None if satang is None else Money(satang)
