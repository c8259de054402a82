"""What people wait for with large applications: pages and acts, in CPU milliseconds and SQL statements.

Three sizes are walked through in turns, from the manufacturer's task list to the approval, each round with
fresh applications (a decision is made once), through the pages themselves: form, guards, session,
templates and all.  The limits are plain: the same JSON parsed once beside an empty Flask page; for the
queue, one indexed read beside it.

    python bench/bench_large_application.py [--rounds 3] [--sizes 3x40,50x100,200x300] [--cases 5000]
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from harness import Figures, print_summary, ratio_of_rates, write_result
from large_world import begin_large, fill_queue, made_up_product, made_up_sheet
from sqlalchemy import event, text

from mit.app import create_app
from mit.config import Settings
from mit.issuance import draft_sections
from mit.issuance.look import look_at
from mit.issuance.typed import product_document
from mit.issuance.typed import sheet_document as document_of
from mit.store.db import db, dispose_engines, readers, viewing
from mit.upkeep import schema
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, open_desk
from tests.support.signed_in import Browser, open_door, signed_in

SEED = 2569
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
#: How often what is short is done for one figure.
_OFTEN = 20
SIZES = "3x40,50x100,200x300"
#: What people who use such systems expect, in milliseconds of waiting.
AIMS = {
    "200x300": {"task_list": 300, "case_page": 300, "submit": 3000, "preview": 1500},
    "3x40": {"task_list": 50, "case_page": 50, "submit": 50, "preview": 50},
}
LIMITS = [
    "One process, one thread, WSGI called directly; SQLite on the machine's disk; CPU of children counts.",
    "Each act is done once in a round, with applications of its own; the first round warms up, uncounted.",
    "wall_ms holds waiting for the disk (fsync) and for what else ran; hold on to CPU and ratios.",
    "The plain limit parses the stored JSON that the act is about once, and answers an empty Flask page.",
]


@dataclass
class Meter:
    """What the acts of all rounds came to, by name."""

    cpu: dict[str, list[float]] = field(default_factory=dict)
    wall: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    is_warm: bool = False
    _count: int = 0

    def note_statement(self, *_: object) -> None:
        """Count one statement."""
        self._count += 1

    def take(self, name: str, once: Callable[[], Any], *, status: int = 200, times: int = 1) -> Any:
        """Do *once* so many *times* and note what one cost; the answer must have *status*.

        Raises:
            RuntimeError: it has another one.
        """
        self._count, began, spent = 0, time.perf_counter(), cpu_seconds()
        for _ in range(times):
            answer = once()
        cost, waited = cpu_seconds() - spent, time.perf_counter() - began
        if answer.status_code != status:
            raise RuntimeError(f"{name}: {answer.status} {answer.text[:500]}")
        if self.is_warm:
            self.cpu.setdefault(name, []).append(cost / times)
            self.wall.setdefault(name, []).append(waited / times)
            self.statements[name] = self._count // times
            self.bytes[name] = len(answer.data)
        return answer

    def to_document(self) -> dict[str, Any]:
        """Return the figures of everything that was taken, by name."""
        found = {}
        for name, rounds in self.cpu.items():
            figures, waited = Figures(tuple(rounds)), sorted(self.wall[name])
            found[name] = {
                "cpu_ms": round(figures.median * 1000, 2),
                "wall_ms": round(waited[len(waited) // 2] * 1000, 2),
                "statements": self.statements[name],
                "bytes": self.bytes.get(name),
                "spread_percent": figures.to_document()["spread_percent"],
            }
        return found


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that ended: files are opened in one."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@dataclass
class Bench:
    """The application, its people's browsers, a clock that moves on with every act, and the meter."""

    desk: Desk
    clock: FrozenClock
    meter: Meter
    somchai: Browser
    malee: Browser
    anan: Browser
    plain: Flask
    seed: int = SEED

    def tick(self) -> datetime:
        """Let a second pass."""
        return self.clock.advance(timedelta(seconds=1))

    def walk(self, products: int, lines: int) -> None:
        """Take one application of a size from the draft to the approval, every act metered."""
        size = f"{products}x{lines}"
        number = begin_large(self.desk.cast.somchai, products, lines, seed=self.seed, now=self.tick())
        self._plain(size, number)
        self._write(size, number, lines)
        self._submit(size, number)
        self._decide(size, number, products)

    def _plain(self, size: str, number: str) -> None:
        """Meter the limits: what is stored, parsed once, beside an empty page."""
        stored = (
            "SELECT content FROM draft_sections JOIN applications ON applications.id = application_id"
            " WHERE number = :number"
        )
        with viewing() as session:
            mine = list(session.scalars(text(stored), {"number": number}))
        longest = max(mine, key=len)
        client = self.plain.test_client()

        def parse(contents: list[str]) -> Any:
            for content in contents:
                json.loads(content)
            return client.get("/")

        self.meter.take(f"plain_page/{size}", lambda: client.get("/"), times=_OFTEN)
        self.meter.take(f"plain_sheet/{size}", lambda: parse([longest]), times=_OFTEN)
        self.meter.take(f"plain_all/{size}", lambda: parse(mine))

    def _write(self, size: str, number: str, lines: int) -> None:
        base, sheet = f"/applications/{number}", f"/applications/{number}/products/1/sheet"
        take, browser = self.meter.take, self.somchai
        take(f"task_list/{size}", lambda: browser.get(base))
        take(f"product_list/{size}", lambda: browser.get(f"{base}/products"))
        take(f"open_sheet/{size}", lambda: browser.get(sheet))
        content = made_up_sheet(1, lines, seed=self.seed)
        typed = encoded(content, version=self._version(number), profit="1.00")
        automatic = {"X-Autosave": "1"}
        take(f"autosave/{size}", lambda: browser.post(sheet, **typed, headers=automatic))
        asked = encoded(content, profit="2.00")
        take(f"assess_while_typing/{size}", lambda: browser.post(f"{sheet}/assessment", **asked))
        saved = encoded(content, version=self._version(number), act="weigh")
        take(f"save_sheet/{size}", lambda: browser.post(sheet, **saved), status=303)
        document = document_of(product_document(made_up_product(1, seed=self.seed)), content)
        file = json.dumps(document | {"lines": list(document["lines"])}).encode()
        sent = {"version": self._version(number), "file": (io.BytesIO(file), "sheet.json")}
        take(f"upload_sheet/{size}", lambda: browser.post(f"{sheet}/file", data=sent), status=303)
        take(f"check_page/{size}", lambda: browser.get(f"{base}/check"))

    def _submit(self, size: str, number: str) -> None:
        address = f"/applications/{number}/declaration"
        seen = draft_sections.read(self.desk.cast.somchai, number).seen()
        self.tick()
        sent = {"seen": seen, "accepted": "yes"}
        self.meter.take(f"submit/{size}", lambda: self.somchai.post(address, data=sent), status=303)
        self.meter.take(f"status_page/{size}", lambda: self.somchai.get(f"/applications/{number}"))

    def _decide(self, size: str, number: str, products: int) -> None:
        take, base, cast = self.meter.take, f"/staff/applications/{number}", self.desk.cast
        take(f"case_page/{size}", lambda: self.malee.get(base))
        take(f"case_page_last/{size}", lambda: self.malee.get(f"{base}?product={products}"))
        take(f"preview/{size}", lambda: self.malee.get(f"{base}/preview"))
        take(f"recommend_page/{size}", lambda: self.malee.get(f"{base}/recommend"))
        chosen = {f"choice_{at}": "keep" for at in range(1, products + 1)}
        application_id = draft_sections.read(cast.somchai, number).application_id
        for browser, actor, act in ((self.malee, cast.malee, "recommend"), (self.anan, cast.anan, "approve")):
            if act == "approve":
                take(f"approve_page/{size}", lambda: self.anan.get(f"{base}/approve"))
            seen = look_at(actor, application_id).seen
            sent = chosen | {"version": str(seen.version), "content_digest": seen.content_digest}
            self.tick()
            one, form = browser, sent
            take(f"{act}/{size}", lambda: one.post(f"{base}/{act}", data=form), status=303)  # noqa: B023

    def _version(self, number: str) -> str:
        self.tick()
        written = draft_sections.read(self.desk.cast.somchai, number)
        return str(written.product(1).sheet.version)

    def queue(self, cases: int) -> None:
        """Meter the queue of so many cases beside one indexed read and an empty page."""
        client = self.plain.test_client()

        def read_one() -> Any:
            with viewing() as session:
                session.execute(text("SELECT * FROM applications WHERE number = 'Q-000001'")).all()
            return client.get("/")

        self.meter.take(f"plain_read/{cases}", read_one, times=_OFTEN)
        self.meter.take(f"queue/{cases}", lambda: self.malee.get("/staff"))
        self.meter.take(f"queue_search/{cases}", lambda: self.malee.get("/staff?text=4999"))


def encoded(content: dict[str, Any], **more: str) -> dict[str, Any]:
    """Return a cost sheet as a browser sends it, empty fields and all: the body and its type."""
    form = {name: value for name, value in content.items() if isinstance(value, str)}
    for at, row in enumerate(content["lines"], start=1):
        form |= {f"lines[{at}].{name}": value for name, value in row.items()}
    return {"data": urlencode(form | more), "content_type": "application/x-www-form-urlencoded"}


@contextmanager
def open_bench(folder: Path) -> Any:
    """Open an application on a new SQLite database under *folder*, its people signed in."""
    settings = Settings(
        env="test",
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the benchmark knows, long enough",
        key_passphrase="a passphrase that only the benchmark knows",
    )
    app, clock, meter = create_app(settings), FrozenClock(NOW), Meter()
    plain = Flask("plain")
    plain.add_url_rule("/", "empty", lambda: "")
    with app.app_context():
        schema.migrate()
        open_door(app, clock)
        desk = open_desk(app, NOW)
        people = (signed_in(app, actor) for actor in (desk.cast.somchai, desk.cast.malee, desk.cast.anan))
        for engine in (db.engine, readers().plain):
            event.listen(engine, "before_cursor_execute", meter.note_statement)
        yield Bench(desk, clock, meter, *people, plain)
        dispose_engines()


def take_figures(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document, measured in an application under *folder*."""
    sizes = [(int(one.split("x")[0]), int(one.split("x")[1])) for one in options.sizes.split(",")]
    with open_bench(folder) as bench:
        fill_queue(bench.desk.cast.krit, options.cases, now=bench.tick())
        for number in range(options.rounds + 1):
            bench.meter.is_warm = number > 0
            for size in sizes if number % 2 == 0 else reversed(sizes):
                for browser_actor in ("somchai", "malee", "anan"):
                    actor = getattr(bench.desk.cast, browser_actor)
                    setattr(bench, browser_actor, signed_in(bench.desk.app, actor))
                bench.seed += 1  # no text is met a second time
                bench.walk(*size)
            bench.queue(options.cases)
            print(f"  round {number} of {options.rounds}", file=sys.stderr)
        meter = bench.meter
    return {
        "rounds": options.rounds,
        "figures": meter.to_document(),
        "ratios": ratios(meter),
        "aims": AIMS,
        "limits": LIMITS,
    }


#: Which limit an act is measured against; the acts about everything against all that is stored.
_ONE_SHEET = {"open_sheet", "autosave", "assess_while_typing", "save_sheet", "upload_sheet"}
_PAGES = {"task_list", "product_list"}


def ratios(meter: Meter) -> dict[str, float]:
    """Return how many times the CPU of its plain limit each act costs."""
    figures = {name: Figures(tuple(rounds)) for name, rounds in meter.cpu.items()}
    found = {}
    for name in figures:
        act, size = name.split("/")
        if act.startswith("plain"):
            continue
        limit = "plain_sheet" if act in _ONE_SHEET else "plain_page" if act in _PAGES else "plain_all"
        beside = f"plain_read/{size}" if act.startswith("queue") else f"{limit}/{size}"
        plain = beside.split("/", maxsplit=1)[0]
        found[f"{name} over {plain}"] = round(ratio_of_rates(figures, beside, name), 2)
    return found


def main() -> None:
    """Measure, print and write ``bench/results/large_application.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--cases", type=int, default=5000)
    logging.disable(logging.INFO)  # a line for each request would hide the rounds
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = take_figures(Path(name), parser.parse_args())
    path = write_result("large_application", document, seed=SEED)
    print_summary(document, path)


if __name__ == "__main__":
    main()
