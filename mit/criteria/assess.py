"""``assess(rule set, cost sheet)``: the one place that says whether a product is Thai enough.

(1) take the settings that count for this product, (2) add up the sheet, (3) reckon each formula,
(4) look for a rule that blocks, (5) decide, (6) note what a reviewer should look at twice, (7) say it in
words.  The assessment keeps all of it: rule set, input, engine version and every line's treatment, so
that it can be read again years later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mit.criteria.assessment import ENGINE_VERSION, Assessment
from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.doubts import find_doubts
from mit.criteria.explain import explain
from mit.criteria.figures import reckon
from mit.criteria.formulas import FormulaResult, build_down, direct
from mit.criteria.rule_set import RuleSet
from mit.criteria.tariff_shift import compare, tariff_shift

__all__ = ["ENGINE_VERSION", "MINIMAL_OPERATION", "Assessment", "assess", "is_minimal_operation"]

MINIMAL_OPERATION = "minimal_operation"


def assess(rule_set: RuleSet, sheet: CostSheet, chain: Sequence[SupplierCertificate] = ()) -> Assessment:
    """Return what *rule_set* says of *sheet*, by formula and overall.

    *chain* is what was known of the suppliers' certificates that its lines name; without it the sheet's
    own origins decide, and a certificate that is named only explains.

    Raises:
        InputError: ``declared_exceeds_price`` or ``price_net_zero``.
    """
    rule_set = rule_set.for_product(sheet.product.hs_code)  # (1)
    figures = reckon(rule_set, sheet, chain)  # (2)
    shifted = compare(rule_set, sheet.product, figures)
    results = (  # (3)
        direct(rule_set, figures),
        build_down(rule_set, figures),
        tariff_shift(rule_set, figures, shifted),
    )
    blocked_by = (MINIMAL_OPERATION,) if is_minimal_operation(rule_set, sheet) else ()  # (4)
    formulas = tuple(replace(result, blocked_by=blocked_by) for result in results)
    assessment = Assessment(
        rule_set=rule_set,
        sheet=sheet,
        figures=figures,
        shifted=shifted,
        formulas=formulas,
        meets=_decide(formulas),  # (5)
        doubts=find_doubts(rule_set, sheet, figures, shifted),  # (6)
        chain=tuple(chain),
    )
    return replace(assessment, explanation=explain(assessment))  # (7)


def is_minimal_operation(rule_set: RuleSet, sheet: CostSheet) -> bool:
    """Say whether every step of the process is one that confers no origin.

    An empty process, or one free word in it, never blocks (contract section 5).
    """
    steps = set(sheet.process)
    return bool(steps) and steps <= rule_set.minimal_operations


def _decide(formulas: tuple[FormulaResult, ...]) -> bool | None:
    """Pass by any formula that counts; a block fails; an open formula leaves it open."""
    if any(formula.counts for formula in formulas):
        return True
    if any(formula.blocked_by for formula in formulas):
        return False
    if any(formula.is_on and formula.meets is None for formula in formulas):
        return None
    return False
