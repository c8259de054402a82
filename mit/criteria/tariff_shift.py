"""The formula that looks at HS codes: every foreign material must change its tariff heading."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mit.criteria.cost_line import CostLine
from mit.criteria.cost_sheet import Product
from mit.criteria.figures import Figures
from mit.criteria.formulas import FormulaResult, share_of
from mit.criteria.rule_set import RuleSet
from mit.values.money import Money

Shift = Literal["shifted", "stayed", "open"]


class ShiftedLine(NamedTuple):
    """A foreign material and whether its heading changed; ``open`` where its HS code is missing."""

    line: CostLine
    shift: Shift


def compare(rule_set: RuleSet, product: Product, figures: Figures) -> tuple[ShiftedLine, ...]:
    """Return for each foreign material whether its first HS digits differ from the product's."""
    heading = product.hs_code[: rule_set.tariff_digits]
    return tuple(
        ShiftedLine(line, _shift(line.hs_code, heading))
        for line, part, _ in figures.lines
        if part == "foreign_material"
    )


def tariff_shift(rule_set: RuleSet, figures: Figures, shifted: tuple[ShiftedLine, ...]) -> FormulaResult:
    """Measure the foreign value that did not shift against the net price.

    Met when nothing foreign stayed, or its share is within de minimis where that is on.  Lines
    without an HS code leave it open only where they could tip the answer.

    Source: contract section 4; [atiga-40] (change of heading), [atiga-dm] (de minimis).
    """
    stayed = _value(shifted, "stayed")
    at_most = stayed + _value(shifted, "open")
    is_on = "tariff_shift" in rule_set.formulas_on
    meets: bool | None = None
    if is_on and _is_tolerated(rule_set, at_most, figures.net_price):
        meets = True
    elif is_on and not _is_tolerated(rule_set, stayed, figures.net_price):
        meets = False
    return FormulaResult("tariff_shift", is_on, meets, stayed, figures.net_price)


def _is_tolerated(rule_set: RuleSet, value: Money, net_price: Money) -> bool:
    share = share_of(value, net_price)
    if value.satang == 0 or share is None or rule_set.de_minimis is None:
        return value.satang == 0
    return share.within(rule_set.de_minimis)


def _shift(hs_code: str, heading: str) -> Shift:
    if not hs_code:
        return "open"
    return "stayed" if hs_code.startswith(heading) else "shifted"


def _value(shifted: tuple[ShiftedLine, ...], shift: Shift) -> Money:
    return Money(sum(line.amount.satang for line, moved in shifted if moved == shift))
