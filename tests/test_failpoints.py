"""Failpoints: the process dies at the named place, at its turn, and nowhere else."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mit import failpoints
from mit.config import Settings

PACKAGE = Path(failpoints.__file__).parent
#: Arms the first argument, reaches the others one after the other, and says each that it passed.
PROGRAM = """
import sys
from mit import failpoints
failpoints.arm(sys.argv[1])
for name in sys.argv[2:]:
    failpoints.reach(name)
    print(name, flush=True)
"""


def reached_names() -> list[str]:
    """Return the name of every place in our code, as often as it stands there."""
    return [
        str(node.args[0].value)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "reach"
        and isinstance(node.args[0], ast.Constant)
    ]


@pytest.mark.parametrize(
    ("spec", "reached", "passed"),
    [
        ("a", "a", 0),
        ("a", "b b a b", 2),
        ("a:1", "a a", 0),
        ("a:3", "a a a a", 2),
        ("a:3", "a b a b a b", 4),
        ("a:2", "a", 1),
        ("a", "aa A a.b b", 4),
        ("", "a a a", 3),
    ],
)
def test_the_process_dies_when_the_place_is_reached_for_that_time(
    spec: str, reached: str, passed: int
) -> None:
    names = reached.split()
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, spec, *names], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.stdout.split() == names[:passed]
    assert ended.stderr == ""
    assert ended.returncode == (0 if passed == len(names) else -signal.SIGKILL)


def test_what_is_armed_anew_forgets_what_was_armed_before() -> None:
    try:
        failpoints.arm("first.place")
        failpoints.arm("second.place:5")
        failpoints.reach("first.place")
        failpoints.reach("second.place")
    finally:
        failpoints.arm("")
    failpoints.reach("second.place")


def test_there_are_twelve_places_at_least_and_each_has_a_name_of_its_own() -> None:
    names = reached_names()
    assert len(names) >= 12
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("name", sorted(reached_names()))
def test_every_place_can_be_named_in_the_settings_with_and_without_a_turn(name: str) -> None:
    for spec in (name, f"{name}:7"):
        assert Settings.from_environ({"MIT_ENV": "test", "MIT_FAILPOINT": spec}).failpoint == spec
