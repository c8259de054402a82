"""The questions about coverage are whole: every coverage can be read, and every answer is asked for."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from mit.credential.coverage import parse_coverage
from mit.credential.coverage_question import Coverage, ask_coverage
from tests.vectors.make_vectors import FOLDER

CORPUS: dict[str, Any] = json.loads((FOLDER / "covers" / "corpus.json").read_text(encoding="utf-8"))
PAIRS: list[dict[str, str]] = CORPUS["pairs"]
ANSWERS = ("covered", "other_model", "not_covered", "cannot_tell")


def test_there_are_at_least_three_hundred_questions_and_none_is_asked_twice() -> None:
    asked = Counter((pair["coverage"], pair["asked"]) for pair in PAIRS)
    assert len(PAIRS) >= 300
    assert max(asked.values()) == 1


@pytest.mark.parametrize("name", CORPUS["coverages"])
def test_every_coverage_is_one_that_a_certificate_may_state(name: str) -> None:
    entries = CORPUS["coverages"][name]
    assert [parse_coverage(entry).to_document() for entry in entries] == entries


@pytest.mark.parametrize("name", CORPUS["coverages"])
def test_every_coverage_is_asked_for_each_answer(name: str) -> None:
    found = {pair["expected"] for pair in PAIRS if pair["coverage"] == name}
    assert found == set(ANSWERS)


def test_every_question_is_about_a_coverage_and_has_a_known_answer() -> None:
    assert {pair["coverage"] for pair in PAIRS} == set(CORPUS["coverages"])
    assert {pair["expected"] for pair in PAIRS} == set(ANSWERS)
    assert all(set(pair) <= {"coverage", "asked", "expected", "why"} for pair in PAIRS)


def test_what_is_called_covered_is_covered_and_hardly_anything_covered_is_missed() -> None:
    """The one mistake that may not happen is a wrong "covered"; the bars are the issue's."""
    ready = {name: [parse_coverage(one) for one in entries] for name, entries in CORPUS["coverages"].items()}
    told = [
        (ask_coverage(ready[pair["coverage"]], pair["asked"]).outcome, pair["expected"], pair["asked"])
        for pair in PAIRS
    ]
    wrongly_covered = [asked for outcome, expected, asked in told if outcome == "covered" != expected]
    assert wrongly_covered == []
    right = Counter(expected for outcome, expected, _ in told if outcome == expected)
    asked_for = Counter(pair["expected"] for pair in PAIRS)
    assert right["covered"] / asked_for["covered"] >= 0.95
    assert sum(right.values()) / len(PAIRS) >= 0.95
    assert all(right[outcome] / asked_for[outcome] >= 0.95 for outcome in Coverage)
