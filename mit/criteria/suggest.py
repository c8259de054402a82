"""The fewest lines which, proven domestic, make a product pass; each answer is assessed before it is given.

The share formulas add up amounts, so the largest lines first reach a threshold with the fewest lines;
among sets of that many lines the one of the smallest value is looked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.cost_line import CostLine
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.figures import CountedLine
from mit.criteria.formulas import FormulaResult
from mit.criteria.rule_set import FormulaId
from mit.values.money import Money

#: Stands for the certificate that a supplier would have to give.
PROOF = "-"
#: Sets of lines that are tried one by one; where there are more, good ones are found by exchange.
_TRIED_SETS = 5_000
#: Lines of a set that are exchanged.
_EXCHANGED = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines which, proven domestic at the same amounts, make the product pass.

    Attributes:
        on_paper: those that lack proof only; the others would have to be bought in Thailand.
        formulas: the formulas that are met then and are not now.
        percents: the shown share of each of these.
    """

    lines: tuple[CostLine, ...]
    on_paper: tuple[CostLine, ...]
    formulas: tuple[FormulaId, ...]
    percents: tuple[str, ...]

    @property
    def amount(self) -> Money:
        """Return what the lines come to."""
        return Money(sum(line.amount.satang for line in self.lines))


def suggest(assessment: Assessment) -> tuple[Suggestion, ...]:
    """Return what would make the product pass, fewest lines first; nothing where it passes or is blocked.

    For each formula one set out of all foreign lines, and one out of those that only lack proof.
    """
    if assessment.meets or assessment.is_blocked:
        return ()
    foreign = assessment.figures.foreign_lines
    lacking = tuple(counted for counted in foreign if counted.why != "declared")
    found: dict[tuple[int, ...], Suggestion] = {}
    for result in assessment.formulas:
        if not result.is_on or result.meets:
            continue
        for pool in (lacking, foreign):
            lines = fewest_lines(_useful(assessment, result, pool), still_needed(assessment, result))
            positions = tuple(sorted(line.position for line in lines))
            if positions and positions not in found:
                suggestion = _assessed(assessment, positions)
                if suggestion:
                    found[positions] = suggestion
    needless = {wide for wide in found for narrow in found if set(narrow) < set(wide)}
    kept = [suggestion for positions, suggestion in found.items() if positions not in needless]
    return tuple(sorted(kept, key=lambda one: (len(one.lines), one.amount)))


def with_proof(sheet: CostSheet, positions: Sequence[int]) -> CostSheet:
    """Return *sheet* with the lines at *positions* proven domestic."""
    wanted = frozenset(positions)
    proven = [_with_proof(sheet.lines[at]) for at, one in enumerate(sheet.lines.positions) if one in wanted]
    return replace(sheet, lines=sheet.lines.exchanged(proven))


def still_needed(assessment: Assessment, result: FormulaResult) -> int:
    """Return how many satang have to become domestic before *result* is met; above zero where it is not."""
    rule_set = assessment.rule_set
    if result.id != "tariff_shift":
        return math.ceil(rule_set.threshold * result.denominator.satang) - result.numerator.satang
    unshifted = assessment.shifted.value("stayed") + assessment.shifted.value("open")
    return unshifted.satang - math.floor((rule_set.de_minimis or 0) * result.denominator.satang)


def fewest_lines(lines: Sequence[CostLine], satang: int) -> tuple[CostLine, ...]:
    """Return the fewest of *lines* that come to *satang*, of little value; empty where all do not."""
    largest = sorted(lines, key=lambda line: (-line.amount.satang, line.position))
    chosen: list[CostLine] = []
    left = satang
    for line in largest:
        if left <= 0:
            break
        chosen.append(line)
        left -= line.amount.satang
    if not chosen or left > 0:
        return ()
    if math.comb(len(largest), len(chosen)) > _TRIED_SETS:
        return _exchanged(chosen, largest, satang)
    sets = combinations(largest, len(chosen))
    return min((one for one in sets if _sum(one) >= satang), key=_sum)


def _exchanged(chosen: Sequence[CostLine], largest: Sequence[CostLine], satang: int) -> tuple[CostLine, ...]:
    """Return *chosen* with some lines, the smallest first, exchanged for the smallest that still does."""
    kept = list(chosen)
    for at in reversed(range(max(0, len(kept) - _EXCHANGED), len(kept))):
        spare = satang - (_sum(kept) - kept[at].amount.satang)
        taken = {line.position for line in kept}
        fitting = [one for one in largest if one.position not in taken and one.amount.satang >= spare]
        if fitting:
            kept[at] = min(fitting[-1], kept[at], key=lambda line: line.amount.satang)
    return tuple(kept)


def _useful(
    assessment: Assessment, result: FormulaResult, pool: Sequence[CountedLine]
) -> tuple[CostLine, ...]:
    lines = tuple(counted.line for counted in pool)
    if result.id != "tariff_shift":
        return lines
    shifted, positions = assessment.shifted, assessment.sheet.lines.positions
    unshifted = {positions[at] for shift in ("stayed", "open") for at in shifted.of(shift)}
    return tuple(line for line in lines if line.position in unshifted)


def _assessed(assessment: Assessment, positions: tuple[int, ...]) -> Suggestion | None:
    """Return the suggestion if the engine says that the product passes by it."""
    changed = assess(assessment.rule_set, with_proof(assessment.sheet, positions), assessment.chain)
    if not changed.meets:
        return None
    before = {result.id: result.meets for result in assessment.formulas}
    newly = [result for result in changed.formulas if result.counts and not before[result.id]]
    chosen = [counted for counted in assessment.figures.foreign_lines if counted.line.position in positions]
    return Suggestion(
        lines=tuple(counted.line for counted in chosen),
        on_paper=tuple(counted.line for counted in chosen if counted.why != "declared"),
        formulas=tuple(result.id for result in newly),
        percents=tuple(result.shown_percent for result in newly),
    )


def _with_proof(line: CostLine) -> CostLine:
    certificate = line.supplier_certificate or PROOF
    return replace(line, origin="domestic", country="", supplier_certificate=certificate)


def _sum(lines: Sequence[CostLine]) -> int:
    return sum(line.amount.satang for line in lines)
