"""Assess a cost sheet of 10,000 lines in memory, per line, beside a bare sum over the same parsed lines.

``assess`` adds up, reckons three formulas, looks for doubts and says it in two languages; the document with
its hash is what a submission stores.  Parsing stands beside for scale; nothing of it is in the others.
``python bench/bench_assess.py``
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import Subject, measure, print_summary, ratio_of_rates, write_result
from mit.criteria.assess import assess
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet, sheet_sha256
from mit.criteria.doubts import find_doubts
from mit.criteria.figures import reckon
from mit.criteria.formulas import build_down, direct
from mit.criteria.tariff_shift import compare, tariff_shift
from tests.support.sheets import rule_set

SEED = 25_690_010
LINES = 10_000
ROUNDS = 5
#: What the issue wishes for: microseconds of CPU for one line of a whole assessment.
WISH_US = 1.0


def document(lines: int) -> dict[str, Any]:
    """Return a sheet of so many lines as a bill of materials has them."""
    rng = random.Random(SEED)
    made = [_line(rng, at) for at in range(lines)]
    product = {"name_th": "หม้อแปลง", "name_en": "Transformer", "hs_code": "850440", "unit": "เครื่อง"}
    return {"product": product, "price_ex_works": "9000000.00", "lines": made}


def _line(rng: random.Random, at: int) -> dict[str, Any]:
    kind = rng.choice(["material"] * 8 + ["labour", "overhead"])
    quantity, unit_price = rng.randrange(1, 50), rng.randrange(1, 1_000)
    line = {
        "kind": kind,
        "name": f"รายการที่ {at}",
        "amount": f"{quantity * unit_price // 100}.{quantity * unit_price % 100:02d}",
    }
    if kind != "material":
        return line
    return line | {
        "origin": rng.choice(["domestic", "domestic", "imported", "unproven"]),
        "hs_code": rng.choice(["740911", "850490", "392010"]),
        "quantity": str(quantity),
        "unit_price": f"{unit_price / 100:.2f}",
        "supplier": "บริษัท ก จำกัด",
        "supplier_tax_number": "0105556000751",
    }  # fmt: skip


def subjects(sheet: CostSheet, written: dict[str, Any]) -> list[Subject]:
    """Return the whole, its parts, and the bare sum beside which they are measured."""
    rules = rule_set()
    figures = reckon(rules, sheet)
    shifted = compare(rules, sheet.product, figures)

    def formulas() -> object:
        found = reckon(rules, sheet)
        moved = compare(rules, sheet.product, found)
        return direct(rules, found), build_down(rules, found), tariff_shift(rules, found, moved)

    return [
        Subject("bare_sum", lambda: sum(sheet.lines.satang)),
        Subject("figures_and_formulas", formulas),
        Subject("doubts", lambda: find_doubts(rules, sheet, figures, shifted)),
        Subject("assess_with_explanation", lambda: assess(rules, sheet)),
        Subject("hash_of_the_sheet", lambda: sheet_sha256(sheet)),
        Subject("assess_with_document_and_hash", lambda: assess(rules, sheet).to_document()),
        Subject("parse", lambda: parse_cost_sheet(written)),
    ]


def main() -> None:
    """Measure all in turns and write the result."""
    written = document(LINES)
    every = subjects(parse_cost_sheet(written), written)
    figures = measure(every, rounds=ROUNDS, seconds=0.25)
    per_line = {name: round(found.median / LINES * 1e6, 3) for name, found in figures.items()}
    whole = per_line["assess_with_document_and_hash"]
    result = {
        "lines": LINES,
        "figures": {
            name: {**found.to_document(), "cpu_us_per_line": per_line[name]}
            for name, found in figures.items()
        },
        "ratios": {
            f"{name}_times_bare_sum": ratio_of_rates(figures, "bare_sum", name)
            for name in per_line
            if name != "bare_sum"
        },
        "aims": {"wished_us_per_line": WISH_US, "reached_us_per_line": whole, "is_reached": whole <= WISH_US},
    }
    print_summary(result, write_result("assess", result, seed=SEED))


if __name__ == "__main__":
    main()
