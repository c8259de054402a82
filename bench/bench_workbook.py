"""A workbook of 10,000 lines, from the bytes that were sent to the assessment, beside a bare read of it.

Our way holds everything: the child process with its limits, the reader, the checks of its answer, the cost
sheet in the form's shape with its remarks, the faults, the assessment.  What is stored and its commit are a
figure of their own.  The limit is python-calamine, which reads the cells into a list and nothing else: no
formulas, no hidden rows, no checks.  openpyxl stands beside it, as what one would take without asking.

    python bench/bench_workbook.py [--rounds 5] [--seconds 2] [--lines 10000]
"""

from __future__ import annotations

import argparse
import compileall
import io
import logging
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl
import python_calamine
from harness import ROOT, Subject, measure, print_summary, ratio_of_rates, write_result

from mit.app import create_app
from mit.config import Settings
from mit.criteria.cost_sheet_file import look_through
from mit.criteria.grid import parse_grid
from mit.criteria.rulebook import load_rulebook
from mit.issuance import draft_sections, typed
from mit.issuance.draft_sections import Place
from mit.issuance.file_remarks import write_remarks
from mit.issuance.sheet_template import write_sheet
from mit.issuance.sheet_upload import Onward, upload_sheet
from mit.issuance.weigh import forget_weighed, weigh_sheet
from mit.sandbox import child
from mit.sandbox.workbook import read as read_cells
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from mit.values.collecting import without_collecting
from tests.support.desk import open_desk
from tests.support.signed_in import open_door

SEED = 2569
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
RULES = load_rulebook().in_force(NOW.date())
SIZE = 10_000
_MATERIALS = ("ทองแดง", "เหล็กแผ่น", "เม็ดพลาสติก", "ฉนวน", "สกรู", "แผงวงจร", "สีเคลือบ")
LIMITS = [
    "One process; the child that opens the file is started anew each time and its CPU counts.",
    "The file is the template, filled: 17 columns, ten of them in use on most lines, texts stored inline.",
    "Collecting of garbage is off inside the upload, as in production; the bare read allocates little.",
    "'child_process' is the part until the cells are here: start, reader, answer and its reading.",
    "Our code is compiled beforehand, as deploy/README.md has it; else the child compiles what it loads.",
    "'stored' writes through the work function: two reads of the draft, the row of several MB, the commit.",
]
PRODUCT = {"name_th": "หม้อแปลง", "name_en": "Transformer", "hs_code": "8504.40", "unit": "เครื่อง"}


def made_up(lines: int) -> dict[str, Any]:
    """Return a cost sheet of so many lines of every kind; a tenth leave their amount to be reckoned."""
    chance = random.Random(SEED)
    rows = [_line(chance, at) for at in range(lines - 1)]
    rows.append({"kind": "labour", "name": "ค่าแรง", "amount": "99999.00"})
    return {"product": PRODUCT, "price_ex_works": "99999999.00", "lines": rows}


def _line(chance: random.Random, at: int) -> dict[str, Any]:
    quantity, price = chance.randrange(1, 90), chance.randrange(100, 9_000)
    line = {
        "kind": "material",
        "name": f"{chance.choice(_MATERIALS)} ขนาด {at} มม.",
        "origin": "domestic",
        "hs_code": f"{chance.randrange(7201, 8400)}.{chance.randrange(10, 99)}",
        "quantity": str(quantity),
        "unit": "กก.",
        "unit_price": f"{price / 100:.2f}",
        "supplier": f"บริษัท ศรีไทย {chance.randrange(60)} จำกัด",
    }
    if chance.random() < 0.9:
        line["amount"] = f"{quantity * price / 100:.2f}"
    if chance.random() < 0.3:
        line |= {"origin": "imported", "country": "CN", "currency": "USD", "rate": "35.125"}
        line |= {"rate_on": "2026-11-03", "supplier": ""}
        line["amount"] = f"{quantity * price * 35.125 / 100:.2f}"
    return line


def from_bytes_to_assessment(data: bytes) -> object:
    """Do what an upload does before anything is stored."""
    with without_collecting():
        found = look_through(parse_grid(child.run("workbook", data)))
        content = typed.typed_sheet(found.document)
        content["source"] = write_remarks(found.notices, found.places)
        product: Any = found.document["product"]
        weighed = weigh_sheet(RULES, typed.typed_product(product), content)
    forget_weighed()
    if weighed.assessment is None:
        raise RuntimeError(weighed.faults[:5])
    return weighed.assessment.meets


def bare_read(data: bytes) -> object:
    """Read the first sheet's values with python-calamine."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


def read_by_openpyxl(data: bytes) -> object:
    """Read the first sheet's values with openpyxl, row by row."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return list(book.worksheets[0].iter_rows(values_only=True))


def cpu() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def storing(data: bytes, folder: Path) -> Callable[[], object]:
    """Return the whole upload through the work function, on SQLite."""
    url = f"sqlite:///{folder / 'mit.sqlite3'}"
    app = create_app(
        Settings(env="test", database_url=url, var_dir=folder / "var", keys_dir=folder / "keys",
                 secret_key="bench " * 8, key_passphrase="bench " * 8)
    )  # fmt: skip
    app.app_context().push()
    schema.upgrade()
    desk = open_desk(open_door(app, FrozenClock(NOW)), NOW)
    somchai = desk.cast.somchai
    number = draft_sections.start(somchai, now=desk.tick()).number
    at = draft_sections.add_product(somchai, number, now=desk.tick())

    def once() -> object:
        seen = draft_sections.read(somchai, number, sheets=()).section(Place("sheet", at))
        onward = upload_sheet(somchai, number, seen, data=data, rule_set=RULES, now=desk.tick())
        if onward is not Onward.SHEET:
            raise RuntimeError(onward)
        forget_weighed()
        return onward

    return once


def main() -> None:
    """Measure and write ``results/workbook.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--lines", type=int, default=SIZE)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    data = write_sheet(made_up(asked.lines))
    compileall.compile_dir(str(ROOT / "mit"), quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        subjects = [
            Subject("upload_to_assessment", lambda: from_bytes_to_assessment(data), cpu),
            Subject("stored", storing(data, Path(folder)), cpu),
            Subject("child_process", lambda: child.run("workbook", data), cpu),
            Subject("reader_alone", lambda: read_cells(data), cpu),
            Subject("calamine_bare_read", lambda: bare_read(data), cpu),
            Subject("openpyxl_read_only", lambda: read_by_openpyxl(data), cpu),
        ]
        figures = measure(subjects, rounds=asked.rounds, seconds=asked.seconds)
        dispose_engines()
    beside = "calamine_bare_read"
    ratios = {
        f"times_{beside}/{name}": round(1 / ratio_of_rates(figures, name, beside), 2)
        for name in ("upload_to_assessment", "stored", "child_process", "reader_alone", "openpyxl_read_only")
    }
    document = {
        "figures": {name: found.to_document() for name, found in figures.items()},
        "ratios": ratios,
        "aims": {f"times_{beside}/upload_to_assessment": "at most 4, database commit excluded"},
        "lines": asked.lines,
        "file_bytes": len(data),
        "calamine": python_calamine.__version__ if hasattr(python_calamine, "__version__") else "",
        "limits": LIMITS,
    }
    print_summary(document, write_result("workbook", document, seed=SEED))


if __name__ == "__main__":
    main()
