"""The figures of a cost sheet as they would be: value proven domestic, imports dearer, another price.

Each takes the figures and one amount and is monotone in it, so that ``smallest`` finds the exact
satang at which a formula turns; the formulas themselves are those of ``formulas``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mit.criteria.figures import Figures
from mit.values.money import Money

#: The largest amount that a cost sheet takes (contract section 5: twelve digits before the point), in satang.
LARGEST_SATANG = 10**14 - 1


def proven(figures: Figures, satang: int) -> Figures:
    """Return the figures with *satang* of what is foreign counted as domestic."""
    amount, totals = Money(satang), dict(figures.totals)
    totals["domestic_material"] += amount
    totals["foreign_material"] -= amount
    return replace(figures, totals=totals)


def dearer(figures: Figures, satang: int) -> Figures:
    """Return the figures with what is foreign dearer by *satang* in all, at the same price.

    The rise uses up cost that nobody explained; after that it is taken from the profit.
    """
    totals = dict(figures.totals)
    totals["foreign_material"] += Money(satang)
    used = min(satang, figures.unexplained.satang)
    return replace(
        figures,
        totals=totals,
        unexplained=Money(figures.unexplained.satang - used),
        profit=Money(figures.profit.satang - (satang - used)),
    )


def priced(figures: Figures, net_satang: int) -> Figures:
    """Return the figures at another net price, every cost the same.

    The difference is profit where the profit is the rest, else unexplained cost.
    """
    change = Money(net_satang) - figures.net_price
    moved = replace(figures, net_price=Money(net_satang))
    if figures.is_profit_derived:
        return replace(moved, profit=figures.profit + change)
    return replace(moved, unexplained=figures.unexplained + change)


def lowest_price(figures: Figures) -> int:
    """Return the net price, in satang, below which lines and declared profit exceed it; above zero."""
    lines = sum(total.satang for total in figures.totals.values())
    return max(1, lines + (0 if figures.is_profit_derived else figures.profit.satang))


def smallest(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """Return the smallest whole number in the span at which *holds* turns true; None where it never does."""
    if low > high or not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
