"""What the pages show of "what would it take", for anyone's calculation and beside a cost sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mit.criteria.assessment import Assessment
from mit.criteria.cost_line import CostLine
from mit.criteria.explain_what_if import explain_what_if
from mit.criteria.warning_levels import warning_levels_on
from mit.criteria.what_if import MOST_EFFECTS, what_if
from mit.registry.makers import Maker, Wanted, makers_for
from mit.web import context


def what_if_words(assessment: Assessment | None, hs_codes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the answers, their sentences, and who is certified for what is imported; nothing without one.

    *hs_codes* are those of the lines as they were typed, where the assessment did not look at them.
    """
    if assessment is None:
        return {}
    answer = what_if(assessment, warning_levels_on(context.today()))
    return {
        "what_if": answer,
        "what_if_sentences": explain_what_if(answer, context.language()),
        "makers": _makers(assessment, hs_codes),
    }


def _makers(assessment: Assessment, hs_codes: Sequence[str]) -> list[tuple[CostLine, tuple[Maker, ...]]]:
    """Return the imported inputs that have a certified maker in Thailand, the dearest first."""
    foreign = [counted.line for counted in assessment.figures.foreign_lines]
    imported = [line for line in foreign if line.origin == "imported"]
    imported = sorted(imported, key=lambda line: -line.amount.satang)[:MOST_EFFECTS]
    inputs = [Wanted(line.position, line.name, line.hs_code or _typed(line, hs_codes)) for line in imported]
    actor = context.actor()
    own = actor.organisation_id if actor else None
    found = makers_for(inputs, today=context.today(), besides=own)
    return [(line, found[line.position]) for line in imported if line.position in found]


def _typed(line: CostLine, hs_codes: Sequence[str]) -> str:
    text = hs_codes[line.position - 1] if line.position <= len(hs_codes) else ""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())
