"""Break the criteria in small ways, one at a time, and count how many the tests notice.

Each mutant is one change in one file of a throw-away copy of the package: another comparison or bound,
another operator, a number one off, a condition turned round, an answer left out.  The tests of that file
run on it in a process of their own and stop at the first failure.  Controls: untouched, all tests pass;
a mutant that everybody would notice is noticed.  ``python bench/campaign_mutations.py [seconds]``
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mit
from bench.harness import ROOT, write_result
from tests import conftest

sys.dont_write_bytecode = True  # a mutant of the same second and length would be taken for the one before

SEED = 25_690_005
SECONDS = 420.0
#: A mutant that turns for ever is noticed too: it is ended after so many seconds of CPU.
_CPU_SECONDS = 60
#: The files that are broken, and the tests that should notice besides those at the limits.
TESTS = {
    "formulas": ("edge_cases", "formulas", "examples"),
    "assess": ("edge_cases", "assess"),
    "assessment": ("assess", "edge_cases"),
    "tariff_shift": ("edge_cases", "tariff_shift", "examples"),
    "figures": ("edge_cases", "figures", "assess"),
    "doubts": ("doubts",),
    "what_if": ("what_if",),
    "moved_figures": ("what_if",),
    "suggest": ("what_if",),
    "warning_levels": ("what_if",),
    "explain_what_if": ("what_if",),
    "explain": ("explain", "edge_cases"),
    "cost_line": ("cost_line", "cost_sheet"),
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
    "rule_set": ("rule_set", "rulebook", "overrides"),
    "rulebook": ("rulebook", "rule_set", "overrides", "recipe"),
    "setting": ("rule_set", "settings_of_rules"),
    "settings_of_rules": ("settings_of_rules", "rule_set"),
    "overrides": ("overrides", "rule_set"),
    "notice": ("notice", "rule_set"),
}
_ALWAYS = ("limits",)
#: Survivors that change no answer: file, the line as it reads when broken, and why nothing can notice.
SAME_ANSWER = {
    (
        "tariff_shift",
        "if value.satang == -1 or share is None or rule_set.de_minimis is None:",
    ): "nothing stayed: within any share, and equal to nothing on the way left; the same answer on both ways",
    ("doubts", "return None"): "in place of False, where the caller asks only whether it is true",
}
_OTHER: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.FloorDiv), ast.FloorDiv: (ast.Mult,), ast.Div: (ast.Mult,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: file, line number, what was done, the changed line, and the whole changed file."""

    module: str
    line: int
    kind: str
    reads: str
    source: str


def mutants_of(module: str) -> Iterator[Mutant]:
    """Return every mutant of one file of the criteria."""
    tree = ast.parse((ROOT / "mit" / "criteria" / f"{module}.py").read_text(encoding="utf-8"))
    before = ast.unparse(tree)
    for node in _code(tree):
        for kind, do, undo in _changes(node):
            do()
            source = ast.unparse(tree)
            undo()
            if source != before:
                changed = zip(source.splitlines(), before.splitlines(), strict=False)
                reads = next((new for new, old in changed if new != old), "")
                yield Mutant(module, getattr(node, "lineno", 0), kind, reads.strip(), source)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Return what runs: no annotations, decorators, defaults of fields, sentences, or stand-ins.

    A stand-in, the third argument of ``members.read`` or the second part of an entry of ``SETTINGS``, is
    read in place of what was refused; then the whole is refused, so that nobody ever sees it.
    """
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SETTINGS":
        for entry in ast.walk(node):
            if isinstance(entry, ast.Tuple) and len(entry.elts) == 2:
                yield from _code(entry.elts[0])
        return
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        kept = value if isinstance(value, list) else [value]
        for child in kept[:2] if name == "args" and _is_read(node) else kept:
            if isinstance(child, ast.AST):
                yield child
                yield from _code(child)


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read"


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    if isinstance(node, ast.Compare):
        for other in _OTHER.get(type(node.ops[0]), ()):
            yield "comparison", *_swap(node, "ops", [other(), *node.ops[1:]])
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in _OTHER.get(type(node.op), ()):
            yield "arithmetic", *_swap(node, "op", other())
    elif isinstance(node, ast.BoolOp):
        yield "boolean", *_swap(node, "op", _OTHER[type(node.op)][0]())
    elif isinstance(node, ast.Constant):
        for value in _constants(node.value):
            yield "constant", *_swap(node, "value", value)
    elif isinstance(node, (ast.If, ast.IfExp)):
        yield "condition", *_swap(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "return", *_swap(node, "value", ast.Constant(None))


def _constants(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    return (value + 1, value - 1) if isinstance(value, int) else ()


def _swap(node: ast.AST, name: str, value: object) -> tuple[Callable[[], None], Callable[[], None]]:
    before = getattr(node, name)
    return lambda: setattr(node, name, value), lambda: setattr(node, name, before)


def is_noticed(copy: Path, tests: tuple[str, ...], mutant: Mutant | None = None) -> bool:
    """Say whether the tests fail on the copy of the package, with one mutant in it or with none."""
    path = copy / "mit" / "criteria" / f"{mutant.module}.py" if mutant else None
    before = path.read_text(encoding="utf-8") if path else ""
    if path and mutant:
        path.write_text(mutant.source, encoding="utf-8")
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        os._exit(_run(copy, tests))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if path:
        path.write_text(before, encoding="utf-8")
    return status != 0


def _run(copy: Path, tests: tuple[str, ...]) -> int:
    """Run the tests in this process on the criteria of the copy."""
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    for name in [*sys.modules]:
        if name.startswith(("mit.criteria", "tests")):
            del sys.modules[name]
    mit.__path__[:] = [str(copy / "mit")]
    files = [f"tests/criteria/test_{name}.py" for name in (*tests, *_ALWAYS)]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *files]))


def sample() -> list[Mutant]:
    """Return all mutants in an order that the seed shuffles."""
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
            print(f"  survived: {mutant.module}:{mutant.line} {mutant.kind}: {mutant.reads}", flush=True)
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
                "line": mutant.line,
                "kind": mutant.kind,
                "reads": mutant.reads,
                "why": SAME_ANSWER.get((mutant.module, mutant.reads), ""),
            }
            for mutant in survived
        ],
    }


def main() -> None:
    """Run the controls and as many mutants as there is time for, and write the result."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    every = sample()
    with tempfile.TemporaryDirectory(prefix="mit-mutants-") as folder:
        copy = Path(folder)
        for name in ("mit", "tests"):
            left_out = shutil.ignore_patterns("__pycache__", "foreign", "node_modules")
            shutil.copytree(ROOT / name, copy / name, ignore=left_out)
        for name in ("setup.cfg", "CONTRIBUTING.md"):
            shutil.copy(ROOT / name, copy)
        control = controls(copy, every)
        tried, survived = try_all(copy, every, seconds)
    found = report(every, tried, survived)
    unexplained = [one for one in survived if not SAME_ANSWER.get((one.module, one.reads))]
    document = {"passed": all(control.values()) and not unexplained, "controls": control, **found}
    path = write_result("campaign_mutations", document, seed=SEED)
    print(f"{found['tried']} of {len(every)} tried, {found['killed_percent']} % killed; {control}")
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if document["passed"] else 1)


if __name__ == "__main__":
    assert conftest  # everything that is not mutated is loaded once, here
    main()
