"""The command line says what it knows and what went wrong, in words."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mit.__main__ import COMMANDS, _load


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mit", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environ},
        timeout=60,
        check=False,
    )


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for name in COMMANDS:
        assert f"  {name}" in shown


@pytest.mark.parametrize("place", sorted(COMMANDS.values()))
def test_every_command_can_be_loaded(place: str) -> None:
    assert callable(_load(place))


def test_an_unknown_variable_is_told_in_both_languages() -> None:
    ended = run("db", "current", MIT_TYPO="1")
    assert ended.returncode == 2
    assert "MIT_TYPO" in ended.stderr
    assert "ไม่รู้จักตัวแปรนี้" in ended.stderr
    assert "not known" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_error_with_json_is_one_problem_document_on_standard_output() -> None:
    ended = run("assess", "{", "--json")
    assert ended.returncode == 2
    problem = json.loads(ended.stdout)
    assert problem["code"]
    assert problem["detail"] == problem["sentence"]["th"]
    assert set(problem["sentence"]) == {"th", "en"}
