"""Frozen assessments: another figure for the same input needs another engine version or rule set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mit.criteria.assess import ENGINE_VERSION, assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rulebook import load_rulebook

FROZEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "assessments.json").read_text(encoding="utf-8")
)


def test_the_frozen_vectors_are_of_this_engine_and_this_rule_set() -> None:
    rule_set = load_rulebook().by_id(FROZEN["ruleset"]["id"])
    assert FROZEN["engine_version"] == ENGINE_VERSION
    assert FROZEN["ruleset"]["sha256"] == rule_set.sha256


@pytest.mark.parametrize("frozen", FROZEN["assessments"], ids=lambda frozen: frozen["name"])
def test_a_frozen_sheet_still_gives_the_frozen_figures(frozen: dict[str, Any]) -> None:
    rule_set = load_rulebook().by_id(FROZEN["ruleset"]["id"])
    document = assess(rule_set, parse_cost_sheet(frozen["sheet"])).to_document()
    assert {name: document[name] for name in ("input_sha256", "meets", "formulas")} == {
        name: frozen[name] for name in ("input_sha256", "meets", "formulas")
    }
