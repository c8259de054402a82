"""What would it take?  How far a product is from the threshold, and what would change the answer.

Everything is exact to the satang and says only what the formulas say: the value that is missing, the
effect of each line, the fewest lines to prove, another price; for what passes, how much dearer imports
may get.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from mit.criteria.assessment import Assessment
from mit.criteria.cost_line import CostLine
from mit.criteria.figures import Figures, Why
from mit.criteria.formulas import FormulaResult, build_down, direct
from mit.criteria.moved_figures import LARGEST_SATANG, dearer, lowest_price, priced, proven, smallest
from mit.criteria.rule_set import FormulaId, RuleSet
from mit.criteria.suggest import Suggestion, still_needed, suggest
from mit.criteria.warning_levels import WarningLevels
from mit.values.money import Money
from mit.values.share import Share

#: Foreign lines whose effect is shown, the largest first.
MOST_EFFECTS = 20
_FORMULAS: dict[FormulaId, Callable[[RuleSet, Figures], FormulaResult]] = {
    "direct": direct,
    "build_down": build_down,
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing to meet a share formula.

    Attributes:
        missing: domestic value that has to come in the place of foreign value.
        is_in_reach: whether there is as much foreign material, and the formula counts it.
        price_change: by how much the net price would have to differ, every cost the same; below zero
            for a lower price, None where no price helps.
    """

    result: FormulaResult
    missing: Money
    is_in_reach: bool
    price_change: Money | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What the share formulas say if one foreign line were proven domestic at the same amount."""

    line: CostLine
    why: Why
    results: tuple[FormulaResult, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How much dearer all foreign materials together may get while a share formula stays met.

    The price stays; the rise is taken from unexplained cost and then from the profit.

    Attributes:
        rise: the most that is still met; None where no rise changes this formula.
        percent: the rise in percent of what is foreign now, cut to two decimals; empty without a rise.
        warning: the level in percent that the share does not exceed; None where it is not close.
    """

    result: FormulaResult
    rise: Money | None
    percent: str
    warning: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answers for one assessment."""

    assessment: Assessment
    shortfalls: tuple[Shortfall, ...]
    effects: tuple[Effect, ...]
    suggestions: tuple[Suggestion, ...]
    rooms: tuple[Room, ...]
    levels: WarningLevels | None


def what_if(assessment: Assessment, levels: WarningLevels | None = None) -> WhatIf:
    """Return what would change the answer of *assessment*, and how close it is to another one."""
    shares = [result for result in assessment.formulas if result.id in _FORMULAS and result.is_on]
    return WhatIf(
        assessment=assessment,
        shortfalls=tuple(_shortfall(assessment, one) for one in shares if one.meets is False),
        effects=() if assessment.meets else _effects(assessment),
        suggestions=suggest(assessment),
        rooms=tuple(_room(assessment, one, levels) for one in shares if one.meets),
        levels=levels,
    )


def _is_met(assessment: Assessment, formula: FormulaId, figures: Figures) -> bool:
    return _FORMULAS[formula](assessment.rule_set, figures).meets is True


def _shortfall(assessment: Assessment, result: FormulaResult) -> Shortfall:
    figures, missing = assessment.figures, still_needed(assessment, result)
    foreign = figures.totals["foreign_material"].satang
    return Shortfall(
        result=result,
        missing=Money(missing),
        is_in_reach=missing <= foreign and _is_met(assessment, result.id, proven(figures, missing)),
        price_change=_price_change(assessment, result.id),
    )


def _price_change(assessment: Assessment, formula: FormulaId) -> Money | None:
    """Return the smallest change of the net price that meets the formula, upwards or else downwards."""
    figures = assessment.figures
    net, lowest = figures.net_price.satang, lowest_price(figures)

    def meets_at(price: int) -> bool:
        return _is_met(assessment, formula, priced(figures, price))

    higher = smallest(net, LARGEST_SATANG, meets_at)
    if higher is not None:
        return Money(higher - net)
    lower = smallest(0, net - lowest, lambda less: meets_at(net - less))
    return None if lower is None else Money(-lower)


def _effects(assessment: Assessment) -> tuple[Effect, ...]:
    largest = sorted(assessment.figures.foreign_lines, key=lambda one: -one.line.amount.satang)
    return tuple(
        Effect(
            counted.line,
            counted.why,
            tuple(
                formula(assessment.rule_set, proven(assessment.figures, counted.line.amount.satang))
                for formula in _FORMULAS.values()
            ),
        )
        for counted in largest[:MOST_EFFECTS]
    )


def _room(assessment: Assessment, result: FormulaResult, levels: WarningLevels | None) -> Room:
    figures = assessment.figures
    share = Fraction(result.numerator.satang, result.denominator.satang)
    fails = smallest(
        0,
        LARGEST_SATANG,
        lambda rise: not _is_met(assessment, result.id, dearer(figures, rise)),
    )
    rise = None if fails is None else Money(fails - 1)
    foreign = figures.totals["foreign_material"].satang
    return Room(
        result=result,
        rise=rise,
        percent=Share(rise.satang, foreign).shown_percent() if rise and foreign else "",
        warning=levels.level_of(share, assessment.rule_set.threshold) if levels else None,
    )
