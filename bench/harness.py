"""What every benchmark here shares: interleaved rounds, CPU time, and a result that can be repeated.

A benchmark passes or fails nobody.  It measures several subjects in the same run, in turns, so
that what disturbs the machine disturbs all of them, and reports medians and ratios.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"

_PACKAGES = ("cryptography", "flask", "werkzeug", "sqlalchemy", "psycopg", "pyHanko", "reportlab", "qrcode")

CpuClock = Callable[[], float]


@dataclass(frozen=True)
class Subject:
    """One thing that is measured.

    Attributes:
        name: its name in the result.
        once: does it one time.
        cpu: CPU seconds (user + system) spent so far by everything that works for it.
    """

    name: str
    once: Callable[[], object]
    cpu: CpuClock = time.process_time


@dataclass(frozen=True)
class Figures:
    """What the rounds of one subject came to, in CPU seconds for one time."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.rounds)

    def to_document(self) -> dict[str, object]:
        """Return microseconds and the rate, with the spread of the rounds in percent."""
        spread = (max(self.rounds) - min(self.rounds)) / self.median * 100
        return {
            "cpu_us": round(self.median * 1e6, 1),
            "per_cpu_second": round(1 / self.median, 1),
            "spread_percent": round(spread, 1),
        }


def measure(subjects: Sequence[Subject], *, rounds: int, seconds: float) -> dict[str, Figures]:
    """Run the subjects in turns, *seconds* of CPU each and round, and return their figures by name."""
    times = {subject.name: _times_for(subject, seconds) for subject in subjects}
    taken: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(rounds):
        for subject in subjects if number % 2 == 0 else reversed(subjects):
            taken[subject.name].append(_cpu_of(subject, times[subject.name]))
        print(f"  round {number + 1} of {rounds}", file=sys.stderr)
    return {name: Figures(tuple(values)) for name, values in taken.items()}


def ratio_of_rates(figures: Mapping[str, Figures], name: str, beside: str) -> float:
    """Return how many times the rate of *beside* the subject *name* reaches: median over the rounds."""
    pairs = zip(figures[name].rounds, figures[beside].rounds, strict=True)
    return round(statistics.median(theirs / ours for ours, theirs in pairs), 3)


def write_result(name: str, document: Mapping[str, object], *, seed: int) -> Path:
    """Write ``bench/results/<name>.json`` with what is needed to run it again; return its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    whole = {
        "bench": name,
        "command": " ".join(["python", f"bench/{Path(sys.argv[0]).name}", *sys.argv[1:]]),
        "seed": seed,
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain", "--", "mit", "bench", ":!bench/results")),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        **document,
    }
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def print_summary(document: Mapping[str, object], path: Path) -> None:
    """Print figures and ratios of a result, and where it was written."""
    for part in ("figures", "ratios", "aims"):
        print(f"{part}:")
        for name, value in dict(document[part]).items():  # type: ignore[call-overload]
            print(f"  {name:40} {value}")
    print(f"written to {path.relative_to(ROOT)}")


def machine() -> dict[str, object]:
    """Return what the figures depend on: processor, cores, Python and the packages that matter."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_at_end": [round(value, 2) for value in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {package: version(package) for package in _PACKAGES},
    }


def tree_cpu(root_pid: int) -> float:
    """Return the CPU seconds of a process and all its living children, read from ``/proc``."""
    ticks = 0
    for pid in [root_pid, *_children(root_pid)]:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        except OSError:
            continue
        values = stat.rpartition(")")[2].split()
        ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _times_for(subject: Subject, seconds: float) -> int:
    """Return how often the subject is done in *seconds* of CPU; warms it up on the way."""
    times = 1
    while True:
        spent = _cpu_of(subject, times) * times
        if spent > seconds / 4:
            return max(1, round(times * seconds / spent))
        times *= 4


def _cpu_of(subject: Subject, times: int) -> float:
    once, cpu = subject.once, subject.cpu
    before = cpu()
    for _ in range(times):
        once()
    return (cpu() - before) / times


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(text) for text in path.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for child in direct:
            found += [child, *_children(child)]
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
