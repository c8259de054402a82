"""What a price is made of, as a bar and as rows of figures."""

from __future__ import annotations

from dataclasses import dataclass

from mit.criteria.figures import Figures
from mit.values.money import Money
from mit.values.share import Share

#: Units of the picture's width, and of its height.
WIDTH, HEIGHT = 1_000, 60


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the price.

    Attributes:
        name: the part, or ``profit`` or ``unexplained``.
        percent: of the net price, cut to two decimals.
        left, width: where it stands in the bar; a loss has no width.
    """

    name: str
    amount: Money
    percent: str
    left: int
    width: int


def pieces(figures: Figures) -> tuple[Piece, ...]:
    """Return the parts of the net price, domestic ones first; the bar is as long as they are together."""
    amounts = {
        "domestic_material": figures.totals["domestic_material"],
        "labour": figures.totals["labour"],
        "overhead": figures.totals["overhead"],
        "other": figures.totals["other"],
        "profit": figures.profit,
        "unexplained": figures.unexplained,
        "foreign_material": figures.totals["foreign_material"],
    }
    whole = sum(max(0, amount.satang) for amount in amounts.values())
    found, before = [], 0
    for name, amount in amounts.items():
        share = Share(amount.satang, figures.net_price.satang)
        left, before = before * WIDTH // whole, before + max(0, amount.satang)
        width = before * WIDTH // whole - left
        if amount.satang:
            found.append(Piece(name, amount, share.shown_percent(), left, width))
    return tuple(found)
