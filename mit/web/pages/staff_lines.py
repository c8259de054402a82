"""A cost sheet line by line beside what the rule set made of each line, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mit.issuance.look import ProductView
from mit.values.money import Money, parse_baht

#: Lines of one page, and most that are shown at once where somebody asks for all.
MOST_LINES = 300
MOST_AT_ONCE = 2_000


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
    """The lines of a sheet from ``first`` (from 1) on, of ``count``; ``total`` is the sum of all."""

    lines: tuple[ShownLine, ...]
    first: int
    count: int
    price: Money
    net_price: Money | None
    profit: Money | None
    is_profit_derived: bool
    total: Money

    @property
    def last(self) -> int:
        """Return the last line that is shown."""
        return self.first + len(self.lines) - 1

    @property
    def left(self) -> int:
        """Return how many lines are not shown."""
        return self.count - len(self.lines)

    @property
    def may_be_whole(self) -> bool:
        """Say whether all lines can be shown at once."""
        return self.count <= MOST_AT_ONCE


def cost_lines(product: ProductView, *, whole: bool, line: int = 1) -> ShownSheet:
    """Return the sheet of a product to be shown: the page that holds *line*, or every line if *whole*."""
    sheet = product.cost_sheet
    trace = (product.assessment or {}).get("trace", {})
    counted = trace.get("lines", {})
    count = len(sheet["lines"])
    start = (max(1, min(line, count)) - 1) // MOST_LINES * MOST_LINES
    shown = sheet["lines"][start : start + MOST_LINES]
    if whole and count <= MOST_AT_ONCE:
        start, shown = 0, sheet["lines"]
    return ShownSheet(
        lines=tuple(_line(at, one, counted) for at, one in enumerate(shown, start=start + 1)),
        first=start + 1,
        count=count,
        price=parse_baht(sheet["price_ex_works"]),
        net_price=_money(trace.get("net_price_satang")),
        profit=_money(trace.get("profit_satang")),
        is_profit_derived=bool(trace.get("profit_derived")),
        total=Money(sum(parse_baht(line["amount"]).satang for line in sheet["lines"])),
    )


def _line(position: int, line: Mapping[str, Any], counted: Mapping[str, list[str]]) -> ShownLine:
    part, why = (counted[name][position - 1] if counted else "" for name in ("counted_as", "why"))
    return ShownLine(position, line, parse_baht(line["amount"]), part, why)


def _money(satang: int | None) -> Money | None:
    return None if satang is None else Money(satang)
