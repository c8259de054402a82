"""A process killed between any two durable steps leaves nothing lost, doubled, reused or missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.crashing import ROOT, failpoints


def campaign(database_url: str, folder: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.crashing", "--database-url", database_url]
    ended = subprocess.run(
        [*command, "--folder", str(folder), *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    figures: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return figures


def test_there_are_at_least_twelve_places_where_a_process_may_die() -> None:
    assert len(failpoints()) >= 12


def test_a_kill_at_each_durable_step_loses_nothing(database_url: str, workplace: Path) -> None:
    figures = campaign(database_url, workplace, "--times", "1", "--random", "4")
    assert figures["faults"] == []
    assert figures["kills"] >= len(failpoints())
    assert figures["applications"] == len(failpoints()) + 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_judge_sees_a_number_that_was_taken_outside_the_transaction(
    database_url: str, workplace: Path
) -> None:
    figures = campaign(database_url, workplace, "--only", "prepare.after_number", "--control")
    assert any("does not add up" in fault or "lost" in fault for fault in figures["faults"])
