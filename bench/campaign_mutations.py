"""Break the criteria in small ways, one at a time, and count how many the tests notice.

Each mutant is one change in one file of a throw-away copy of the package: another comparison or bound,
another operator, a number one off, a condition turned round, an answer left out.  The tests of that file
run on it in a process of their own and stop at the first failure.  Controls: untouched, all tests pass;
a mutant that everybody would notice is noticed; the quick way and the slow way to try one say the same.

``python bench/campaign_mutations.py`` tries all of them and writes the result; with names of files of the
criteria, as ``headings grid``, those of these files alone.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from bench.mutants import Mutant, mutants_of
from bench.same_answer import SAME_ANSWER
from bench.trying_mutants import Workshop

SEED = 25_690_005
#: Mutants that are tried both the quick way and the slow one.
_TRIED_TWICE = 12
#: The files that are broken, and the tests that should notice besides those at the limits.
TESTS = {
    "formulas": ("edge_cases", "formulas", "examples"),
    "assess": ("edge_cases", "assess", "chain"),
    "assessment": ("assess", "edge_cases", "chain"),
    "tariff_shift": ("edge_cases", "tariff_shift", "examples"),
    "figures": ("edge_cases", "figures", "assess", "chain"),
    "doubts": ("doubts",),
    "line_doubts": ("doubts", "line_doubts", "reckoned_amount"),
    "what_if": ("what_if",),
    "moved_figures": ("what_if",),
    "suggest": ("what_if",),
    "warning_levels": ("what_if",),
    "explain_what_if": ("what_if",),
    "explain": ("explain", "edge_cases", "chain"),
    "cost_line": ("cost_line", "cost_lines", "cost_sheet"),
    "cost_lines": ("cost_lines", "cost_line", "cost_sheet", "what_if"),
    "chain": ("chain",),
    "sheet_text": ("sheet_text", "cost_sheet"),
    "product": ("cost_sheet", "cost_sheet_file"),
    "members": ("members", "cost_sheet"),
    "cost_sheet": ("cost_sheet", "edge_cases"),
    "cell_values": ("cell_values", "cost_sheet_file", "lines_alike"),
    "cost_sheet_file": ("cost_sheet_file", "grid"),
    "cost_table": ("cost_table", "cost_sheet_file", "lines_alike"),
    "lines_alike": ("lines_alike",),
    "line_readers": ("lines_alike", "cost_table"),
    "column_question": ("column_question", "cost_table"),
    "reckoned_amount": ("reckoned_amount", "cost_table"),
    "sheet_report": ("sheet_report", "cost_sheet_file"),
    "grid": ("grid", "cost_sheet_file", "lines_alike"),
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


def all_mutants() -> list[Mutant]:
    """Return every mutant, file by file.

    Raises:
        KeyError: a file of the criteria has no row in ``TESTS``: nobody said which tests should notice.
    """
    files = {path.stem for path in (ROOT / "mit" / "criteria").glob("*.py")} - {"__init__"}
    if files != set(TESTS):
        raise KeyError(f"TESTS and the files of the criteria differ: {sorted(files ^ set(TESTS))}")
    return [mutant for module in TESTS for mutant in mutants_of(module)]


def try_all(workshop: Workshop, every: list[Mutant]) -> list[Mutant]:
    """Return which of the mutants survive; each is named as soon as its file is done."""
    survived: list[Mutant] = []
    for module, tests in TESTS.items():
        mutants = [mutant for mutant in every if mutant.module == module]
        if not mutants:
            continue
        found = workshop.which_survive(mutants, (*tests, *ALWAYS))
        print(f"{module}: {len(found)} of {len(mutants)} survive", flush=True)
        for mutant in found:
            why = "explained" if mutant.key in SAME_ANSWER else "NOT EXPLAINED"
            print(f"  {why}: {mutant.key} at {mutant.line}, {mutant.kind}", flush=True)
        survived += found
    return survived


def controls(workshop: Workshop, every: list[Mutant]) -> dict[str, bool]:
    """Say whether untouched criteria pass, a mutant that all would notice is noticed, and both ways agree."""
    files = (*(name for names in TESTS.values() for name in names), *ALWAYS)
    reads = "numerator = figures.net_price + figures.totals['foreign_material']"
    known = next(mutant for mutant in every if mutant.reads == reads)
    few = [
        mutant for mutant in random.Random(SEED).sample(every, len(every)) if mutant.module == known.module
    ]
    tests = (*TESTS[known.module], *ALWAYS)
    slowly = [mutant for mutant in few[:_TRIED_TWICE] if not workshop.is_noticed(tests, mutant)]
    return {
        "untouched_passes": not workshop.is_noticed(files),
        "known_mutant_is_noticed": workshop.is_noticed(tests, known),
        "both_ways_agree": workshop.which_survive(few[:_TRIED_TWICE], tests) == slowly,
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
    """Run the controls and try all mutants, or those of the files that are named; write what all came to."""
    wanted = set(sys.argv[1:]) or set(TESTS)
    if wanted - set(TESTS):
        sys.exit(f"no file of the criteria: {', '.join(sorted(wanted - set(TESTS)))}")
    every = all_mutants()
    with tempfile.TemporaryDirectory(prefix="mit-mutants-") as folder:
        workshop = Workshop(Path(folder))
        control = controls(workshop, every) if wanted == set(TESTS) else {}
        tried = [mutant for mutant in every if mutant.module in wanted]
        survived = try_all(workshop, tried)
        os.chdir(ROOT)
    found = report(every, tried, survived)
    unexplained = [one for one in survived if one.key not in SAME_ANSWER]
    document = {"passed": all(control.values()) and not unexplained, "controls": control, **found}
    print(f"{found['tried']} of {len(every)} tried, {found['killed_percent']} % killed; {control}")
    if control:
        path = write_result("campaign_mutations", document, seed=SEED)
        print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if document["passed"] else 1)


if __name__ == "__main__":
    main()
