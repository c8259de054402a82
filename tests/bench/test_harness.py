"""The benchmarks' own arithmetic: turns, medians, ratios, and what a result tells about itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


class Clockwork:
    """Work whose cost is known: every time it is done, its clock moves on by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.spent = 0.0
        self.times = 0

    def once(self) -> None:
        self.spent += self.seconds
        self.times += 1

    def cpu(self) -> float:
        return self.spent


def test_a_subject_is_measured_by_its_own_clock() -> None:
    from harness import Subject, measure

    quick, slow = Clockwork(0.001), Clockwork(0.004)
    found = measure(
        [Subject("quick", quick.once, quick.cpu), Subject("slow", slow.once, slow.cpu)], rounds=3, seconds=0.1
    )
    assert found["quick"].median == pytest.approx(0.001)
    assert found["slow"].median == pytest.approx(0.004)
    assert len(found["quick"].rounds) == 3


def test_every_subject_gets_about_the_same_cpu_in_each_round() -> None:
    from harness import Subject, measure

    quick, slow = Clockwork(0.001), Clockwork(0.01)
    measure(
        [Subject("quick", quick.once, quick.cpu), Subject("slow", slow.once, slow.cpu)], rounds=4, seconds=0.2
    )
    assert 0.8 <= quick.spent <= 2.5
    assert 0.8 <= slow.spent <= 2.5


def test_subjects_take_turns_forwards_and_backwards() -> None:
    from harness import Subject, measure

    order: list[str] = []
    clocks = {"a": Clockwork(1), "b": Clockwork(1)}

    def work(name: str) -> None:
        clocks[name].once()
        order.append(name)

    subjects = [
        Subject("a", lambda: work("a"), clocks["a"].cpu),
        Subject("b", lambda: work("b"), clocks["b"].cpu),
    ]
    measure(subjects, rounds=2, seconds=1)
    assert order[-4:] == ["a", "b", "b", "a"]


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    from harness import Figures, ratio_of_rates

    figures = {"ours": Figures((2.0, 4.0, 8.0)), "hello": Figures((1.0, 1.0, 16.0))}
    assert ratio_of_rates(figures, "ours", "hello") == 0.5
    assert ratio_of_rates(figures, "hello", "ours") == 2.0


def test_figures_are_told_as_microseconds_and_rates_with_their_spread() -> None:
    from harness import Figures

    document = Figures((0.001, 0.002, 0.003)).to_document()
    assert document == {"cpu_us": 2000.0, "per_cpu_second": 500.0, "spread_percent": 100.0}


def test_a_result_tells_how_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import harness

    monkeypatch.setattr(harness, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(sys, "argv", ["/somewhere/bench/bench_x.py", "--rounds", "3"])
    path = harness.write_result("x", {"figures": {}}, seed=7)
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["command"] == "python bench/bench_x.py --rounds 3"
    assert result["seed"] == 7
    assert result["bench"] == "x"
    assert {"commit", "uncommitted_changes", "date", "machine", "figures"} <= set(result)
    assert result["machine"]["cores"] == os.cpu_count()
    assert result["machine"]["packages"]["flask"]


def test_the_cpu_of_a_child_counts_for_its_parent() -> None:
    from harness import tree_cpu

    before = tree_cpu(os.getpid())
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout
        child.stdout.readline()
        assert tree_cpu(os.getpid()) - before >= 0.25
    finally:
        child.communicate(b"\n")


def test_a_process_that_is_gone_costs_nothing() -> None:
    from harness import tree_cpu

    assert tree_cpu(2**22 - 1) == 0.0
