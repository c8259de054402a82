"""What one verdict costs in registers of a thousand, a hundred thousand and a million certificates.

In one run and in turns, on SQLite: the same number of really signed certificates is asked for in each,
evenly spread among rows that are made in the database by copying one (their own numbers, hashes and places
in the lists, shortened texts).  *Again*: the answer is remembered and the row is read by key; *first*:
everything is forgotten before, so that credential and keys are read and the signature is checked.

    python bench/bench_size.py [--sizes 1000,100000,1000000] [--asked 500] [--rounds 5] [--seconds 0.5]
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_verify import PUBLIC_URL, SEED, Environ, Register, endless, environ_of, fill_all, settings_for
from bench_world import BenchWorld, bench_key
from flask import Flask
from harness import Figures, Subject, measure, print_summary, write_result

from mit.app import create_app
from mit.store.db import dispose_engines
from mit.verify.opening import forget_opened
from mit.verify.said import forget_said
from mit.verify.scan import forget_answers
from mit.web.quick_lane import forget_read

AIM = 1.25
_SHORT = 100
LIMITS = [
    "One process, one thread, WSGI called directly; SQLite, its file in the page cache of the system.",
    "Rows between those that are asked for are copies with their own keys and texts of at most 100 letters.",
    "Only the table that a verdict reads by key is as large; half of what is asked is asked by number.",
]


def pad(path: Path, size: int, stride: int) -> None:
    """Fill the table up to *size* rows: a copy for every running number that no real certificate has."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA synchronous=OFF; PRAGMA ignore_check_constraints=ON;")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'certificates'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        columns = [row[1] for row in database.execute("PRAGMA table_info(certificates)")]
        values = ", ".join(_padded().get(name, f"t.{name}") for name in columns)
        database.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f" INSERT INTO certificates ({', '.join(columns)}) SELECT {values} FROM n,"
            f" (SELECT * FROM certificates WHERE status = 'active' LIMIT 1) t WHERE i % ? <> 0",
            (size, stride),
        )
        database.commit()


def _padded() -> dict[str, str]:
    """Return the expression of each column that is not copied as it stands."""
    number = "printf('MIT-2569-%07d-0', i)"
    hashes = dict.fromkeys(("tbs_sha256", "credential_sha256"), "lower(hex(randomblob(32)))")
    short = {name: f"substr(t.{name}, 1, {_SHORT})" for name in ("claims", "credential", "qr_text")}
    return {
        "number": number,
        "year_be": "2569",
        "running": "10000000 + i",
        "list_number": "5000 + i / 131072",
        "slot_index": "i % 131072",
        "application_id": "lower(hex(randomblob(16)))",
        **hashes,
        **short,
    }


def forgetting(once: Callable[[], object]) -> Callable[[], object]:
    """Return *once* as it is for the first of all who ask."""

    def first() -> object:
        for forget in (forget_opened, forget_answers, forget_said, forget_read):
            forget()
        return once()

    return first


def subjects_of(size: int, app: Flask, known: list[tuple[str, str]]) -> list[Subject]:
    """Return the questions to one register: half by number, half by QR code."""
    asked: list[tuple[Environ, bytes]] = []
    for number, text in known:
        body = json.dumps({"presentation": text}).encode()
        asked.append((environ_of(f"/api/v1/certificates/{number}/verdict"), b""))
        asked.append((environ_of("/api/v1/verdicts", body=body), body))
    return [
        Subject(f"again_{size}", endless(asked, app.wsgi_app)),
        Subject(f"first_{size}", forgetting(endless(asked, app.wsgi_app))),
    ]


def open_register(size: int, asked: int, folder: Path) -> tuple[Flask, list[tuple[str, str]]]:
    """Return the service on a register of *size* certificates, and those of them that are asked for."""
    folder.mkdir()
    path = folder / "bench.sqlite3"
    app = create_app(settings_for(Register(f"sqlite:///{path}", lambda: 0.0), folder))
    stride = size // asked
    world = BenchWorld(asked, SEED, PUBLIC_URL, bench_key(SEED), datetime.now(UTC), stride)
    known = fill_all({"sqlite": app}, world)
    began = time.monotonic()
    pad(path, size, stride)
    print(
        f"  {size}: padded in {time.monotonic() - began:.0f} s, {path.stat().st_size >> 20} MB",
        file=sys.stderr,
    )
    return app, known


def run(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document of all sizes."""
    sizes = [int(size) for size in options.sizes.split(",")]
    opened = {size: open_register(size, options.asked, folder / str(size)) for size in sizes}
    again: list[Subject] = []
    first: list[Subject] = []
    for size, (app, known) in opened.items():
        one, other = subjects_of(size, app, known)
        for _ in range(2 * len(known)):
            one.once()
        again.append(one)
        first.append(other)
    found = measure(again, rounds=options.rounds, seconds=options.seconds)
    found |= measure(first, rounds=options.rounds, seconds=options.seconds)
    for app, _ in opened.values():
        with app.app_context():
            dispose_engines()
    return {
        "asked": options.asked,
        "rounds": options.rounds,
        "figures": {name: figure.to_document() for name, figure in found.items()},
        "ratios": {kind: _of_smallest(found, kind, sizes) for kind in ("again", "first")},
        "aims": {"of_smallest": AIM},
        "limits": LIMITS,
    }


def _of_smallest(found: dict[str, Figures], kind: str, sizes: list[int]) -> dict[str, float]:
    """Return what a verdict costs in each register, in times of what it costs in the smallest."""
    least = found[f"{kind}_{sizes[0]}"].median
    return {str(size): round(found[f"{kind}_{size}"].median / least, 2) for size in sizes}


def main() -> None:
    """Measure, print and write ``bench/results/size.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--asked", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = run(Path(name), options)
    print_summary(document, write_result("size", document, seed=SEED))


if __name__ == "__main__":
    main()
