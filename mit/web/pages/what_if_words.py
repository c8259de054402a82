"""What the pages show of "what would it take", for anyone's calculation and beside a cost sheet."""

from __future__ import annotations

from typing import Any

from mit.criteria.assessment import Assessment
from mit.criteria.explain_what_if import explain_what_if
from mit.criteria.warning_levels import warning_levels_on
from mit.criteria.what_if import what_if
from mit.web import context


def what_if_words(assessment: Assessment | None) -> dict[str, Any]:
    """Return the answers and their sentences; nothing where nothing was assessed."""
    if assessment is None:
        return {}
    answer = what_if(assessment, warning_levels_on(context.today()))
    return {"what_if": answer, "what_if_sentences": explain_what_if(answer, context.language())}
