"""Break the criteria in small ways, one at a time, and count how many the tests notice.

Each mutant is one change in one file of a throw-away copy of the package: another comparison or bound,
another operator, a number one off, a condition turned round, an answer left out.  The tests of that file
run on it in a process of their own and stop at the first failure.  Controls: untouched, all tests pass;
a mutant that everybody would notice is noticed.

``python bench/campaign_mutations.py`` tries all of them; with a number, as many as that many seconds allow.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import io
import os
import py_compile
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mit
from bench.harness import ROOT, write_result
from bench.mutants import Mutant, mutants_of
from bench.same_answer import SAME_ANSWER

SEED = 25_690_005
#: A mutant that turns for ever, or takes all memory, is noticed too: most CPU for one test, most memory.
_CPU_SECONDS = 10
_MOST_MEMORY = 4 << 30
#: The files that are broken, and the tests that should notice besides those at the limits.
TESTS = {
    "formulas": ("edge_cases", "formulas", "examples"),
    "assess": ("edge_cases", "assess", "chain"),
    "assessment": ("assess", "edge_cases"),
    "tariff_shift": ("edge_cases", "tariff_shift", "examples"),
    "figures": ("edge_cases", "figures", "assess", "chain"),
    "doubts": ("doubts",),
    "what_if": ("what_if",),
    "moved_figures": ("what_if",),
    "suggest": ("what_if",),
    "warning_levels": ("what_if",),
    "explain_what_if": ("what_if",),
    "explain": ("explain", "edge_cases", "chain"),
    "cost_line": ("cost_line", "cost_sheet"),
    "chain": ("chain",),
    "product": ("cost_sheet", "cost_sheet_file"),
    "members": ("members", "cost_sheet"),
    "cost_sheet": ("cost_sheet", "edge_cases"),
    "cell_values": ("cell_values", "cost_sheet_file"),
    "cost_sheet_file": ("cost_sheet_file", "grid"),
    "cost_table": ("cost_table", "cost_sheet_file"),
    "column_question": ("column_question", "cost_table"),
    "reckoned_amount": ("reckoned_amount", "cost_table"),
    "sheet_report": ("sheet_report", "cost_sheet_file"),
    "grid": ("grid", "cost_sheet_file"),
    "headings": ("headings", "cost_sheet_file"),
    "rule_set": ("rule_set", "rulebook", "overrides", "chain"),
    "rulebook": ("rulebook", "rule_set", "overrides"),
    "setting": ("rule_set", "settings_of_rules"),
    "settings_of_rules": ("settings_of_rules", "rule_set"),
    "overrides": ("overrides", "rule_set"),
    "notice": ("notice", "rule_set"),
}
#: Run on every mutant: what lies at the limits.
ALWAYS = ("limits", "limits_of_workbooks", "limits_of_words", "limits_of_rules")
#: Modules that know the criteria and are loaded anew for each mutant; everything else is loaded once.
_KNOWS_CRITERIA = (
    "mit.criteria",
    "mit.cli",
    "mit.__main__",
    "tests.cli",
    "tests.criteria",
    "tests.support.sheets",
)

_LEFT_OUT = ("cacheprovider", "unraisableexception", "threadexception")
_OPTIONS = ["-x", "-q", "--assert=plain", *(f"-pno:{name}" for name in _LEFT_OUT)]


def is_noticed(copy: Path, tests: tuple[str, ...], mutant: Mutant | None = None) -> bool:
    """Say whether the tests fail on the copy of the package, with one mutant in it or with none."""
    path = copy / "mit" / "criteria" / f"{mutant.module}.py" if mutant else None
    before = path.read_text(encoding="utf-8") if path else ""
    if path and mutant:
        path.write_text(mutant.source, encoding="utf-8")
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        os._exit(_run(tests))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if path:
        path.write_text(before, encoding="utf-8")
    return status != 0


def _run(tests: tuple[str, ...]) -> int:
    """Run the tests in this process, on the criteria as they are now."""
    for name in [*sys.modules]:
        if name.startswith(_KNOWS_CRITERIA):
            del sys.modules[name]
    own, limits = ([f"tests/criteria/test_{name}.py" for name in names] for names in (tests, ALWAYS))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*_OPTIONS, *own], plugins=[_Hurry()])) or int(
            pytest.main([*_OPTIONS, *limits], plugins=[_Hurry()])
        )


class _Hurry:
    """Runs the tables before the properties, gives each test so much CPU, and ends at the first failure."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the tests that hypothesis feeds last."""
        items.sort(key=lambda item: "hypothesis" in item.keywords)

    def pytest_runtest_setup(self) -> None:
        """Let the test that begins end the process if it turns for ever."""
        spent = resource.getrusage(resource.RUSAGE_SELF)
        most = int(spent.ru_utime + spent.ru_stime) + _CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """End with the first failure; nobody reads where it was."""
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(1)


def move_into(copy: Path) -> None:
    """Copy package and tests, go there, and load there what no mutant changes; compiled once for all."""
    for name in ("mit", "tests"):
        left_out = shutil.ignore_patterns("__pycache__", "foreign", "node_modules")
        shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    for name in ("setup.cfg", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, copy)
    by_content = py_compile.PycInvalidationMode.CHECKED_HASH  # by time and length two mutants look alike
    compileall.compile_dir(str(copy), quiet=1, invalidation_mode=by_content)
    sys.dont_write_bytecode = True
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    mit.__path__[:] = [str(copy / "mit")]
    for name in [*sys.modules]:
        if name.startswith(("mit.", "tests")):
            del sys.modules[name]
    if not is_noticed(copy, ("explain",)):
        _run(("explain",))  # here, so that the words of both languages are loaded too
    quick = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")
    hypothesis.settings.register_profile("once", phases=quick, derandomize=True, database=None)
    hypothesis.settings.load_profile("once")
    gc.collect()
    gc.freeze()


def sample() -> list[Mutant]:
    """Return all mutants in an order that the seed shuffles.

    Raises:
        KeyError: a file of the criteria has no row in ``TESTS``: nobody said which tests should notice.
    """
    files = {path.stem for path in (ROOT / "mit" / "criteria").glob("*.py")} - {"__init__"}
    if files != set(TESTS):
        raise KeyError(f"TESTS and the files of the criteria differ: {sorted(files ^ set(TESTS))}")
    every = [mutant for module in TESTS for mutant in mutants_of(module)]
    random.Random(SEED).shuffle(every)
    return every


def try_all(copy: Path, every: list[Mutant], seconds: float) -> tuple[list[Mutant], list[Mutant]]:
    """Return which mutants were tried within so many seconds, and which of them survived."""
    tried, survived, end = list[Mutant](), list[Mutant](), time.monotonic() + seconds
    for mutant in every:
        if time.monotonic() > end:
            break
        tried.append(mutant)
        if not is_noticed(copy, TESTS[mutant.module], mutant):
            survived.append(mutant)
            why = "explained" if mutant.key in SAME_ANSWER else "NOT EXPLAINED"
            print(f"  {len(tried)}: {why}: {mutant.key} at {mutant.line}, {mutant.kind}", flush=True)
    return tried, survived


def controls(copy: Path, every: list[Mutant]) -> dict[str, bool]:
    """Say whether untouched criteria pass, and whether a mutant that everybody would notice is noticed."""
    files = tuple(dict.fromkeys(name for names in TESTS.values() for name in names))
    reads = "numerator = figures.net_price + figures.totals['foreign_material']"
    known = next(mutant for mutant in every if mutant.reads == reads)
    return {
        "untouched_passes": not is_noticed(copy, files),
        "known_mutant_is_noticed": is_noticed(copy, TESTS[known.module], known),
    }


def report(every: list[Mutant], tried: list[Mutant], survived: list[Mutant]) -> dict[str, object]:
    """Return the figures and every survivor with its reason."""
    modules = Counter(mutant.module for mutant in tried)
    left = Counter(mutant.module for mutant in survived)
    return {
        "mutants": len(every),
        "tried": len(tried),
        "tried_percent": round(100 * len(tried) / len(every), 1),
        "killed": len(tried) - len(survived),
        "killed_percent": round(100 * (1 - len(survived) / len(tried)), 1),
        "kinds": dict(Counter(mutant.kind for mutant in tried)),
        "by_file": {name: {"tried": modules[name], "survived": left[name]} for name in TESTS},
        "survivors": [
            {
                "file": mutant.module,
                "place": mutant.place,
                "line": mutant.line,
                "kind": mutant.kind,
                "reads": mutant.reads,
                "why": SAME_ANSWER.get(mutant.key, ""),
            }
            for mutant in survived
        ],
    }


def main() -> None:
    """Run the controls and as many mutants as there is time for, and write the result."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else float("inf")
    every = sample()
    with tempfile.TemporaryDirectory(prefix="mit-mutants-") as folder:
        copy = Path(folder)
        move_into(copy)
        control = controls(copy, every)
        tried, survived = try_all(copy, every, seconds)
        os.chdir(ROOT)
    found = report(every, tried, survived)
    unexplained = [one for one in survived if one.key not in SAME_ANSWER]
    document = {"passed": all(control.values()) and not unexplained, "controls": control, **found}
    path = write_result("campaign_mutations", document, seed=SEED)
    print(f"{found['tried']} of {len(every)} tried, {found['killed_percent']} % killed; {control}")
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if document["passed"] else 1)


if __name__ == "__main__":
    main()
