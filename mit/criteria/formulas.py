"""The share formulas, one function each, and the result that all three formulas give."""

from __future__ import annotations

from dataclasses import dataclass

from mit.criteria.figures import Figures, Part
from mit.criteria.rule_set import FormulaId, RuleSet
from mit.values.money import Money
from mit.values.share import Share

_COUNTED_PARTS: tuple[Part, ...] = ("domestic_material", "labour", "overhead", "other")


@dataclass(frozen=True, slots=True)
class FormulaResult:
    """What one formula says.

    Attributes:
        meets: the arithmetic alone; None where the formula is off or it cannot be decided.
        numerator, denominator: the share as counted, never reduced.
        blocked_by: rules that forbid this formula to count, e.g. ``minimal_operation``.
    """

    id: FormulaId
    is_on: bool
    meets: bool | None
    numerator: Money
    denominator: Money
    blocked_by: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Say whether the product passes by this formula."""
        return self.is_on and self.meets is True and not self.blocked_by

    @property
    def shown_percent(self) -> str:
        """Return the share in percent, cut to two decimals; ``0.00`` of nothing."""
        share = share_of(self.numerator, self.denominator)
        return share.shown_percent() if share else "0.00"

    def to_document(self) -> dict[str, object]:
        """Return the contract's entry, with ``on`` beside it."""
        return {
            "id": self.id,
            "on": self.is_on,
            "meets": self.meets,
            "numerator_satang": self.numerator.satang,
            "denominator_satang": self.denominator.satang,
            "shown_percent": self.shown_percent,
            "blocked_by": list(self.blocked_by),
        }


def share_of(numerator: Money, denominator: Money) -> Share | None:
    """Return the exact share; None where the denominator is not above zero."""
    return Share(numerator.satang, denominator.satang) if denominator.satang > 0 else None


def direct(rule_set: RuleSet, figures: Figures) -> FormulaResult:
    """Add up what is domestic: materials, labour, overhead, other cost and profit, as declared.

    Unexplained cost counts for nobody.  Which parts count and what they are divided by are
    settings, because two readings are published (domain 2.1.2).

    Source: [atiga-rvc], direct method; the share is never rounded, so 39.995 % is not 40 %.
    """
    counts = rule_set.direct_counts
    numerator = Money(sum(figures.totals[part].satang for part in _COUNTED_PARTS if part in counts))
    if "profit" in counts:
        numerator += figures.profit
    denominator = figures.materials if rule_set.direct_divides_by_materials else figures.net_price
    return _by_share("direct", rule_set, numerator, denominator)


def build_down(rule_set: RuleSet, figures: Figures) -> FormulaResult:
    """Take what is foreign off the net price: ``(price − foreign materials) ÷ price``.

    Source: [atiga-rvc], build-down method; foreign is imported and unproven.
    """
    numerator = figures.net_price - figures.totals["foreign_material"]
    return _by_share("build_down", rule_set, numerator, figures.net_price)


def _by_share(formula: FormulaId, rule_set: RuleSet, numerator: Money, denominator: Money) -> FormulaResult:
    is_on = formula in rule_set.formulas_on
    share = share_of(numerator, denominator)
    meets = share.meets(rule_set.threshold) if is_on and share else None
    return FormulaResult(formula, is_on, meets, numerator, denominator)
