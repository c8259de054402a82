"""A verdict by number and by scan, in requests per CPU-second, beside an empty Flask route.

100,000 certificates, half of the traffic on 1 % of them; validity and status are read by key in every
request.  Two figures for each door: the *first pass* over the traffic, in which a process meets nearly
every certificate for the first time and checks its signature in that very request; and *settled*, after
the same traffic was answered once, as a process is on all its days but the first.

Every subject is a WSGI application called directly in this process, so that no server's own cost hides
what is measured: against an empty route the ratios are the harshest there are.  The PostgreSQL server's
CPU is counted with ours.

    python bench/bench_verify.py [--certificates 100000] [--rounds 7] [--seconds 1.5]
        [--databases sqlite,postgresql]
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
from bench_world import BenchWorld, bench_key, fill
from flask import Flask
from harness import CpuClock, Subject, measure, print_summary, ratio_of_rates, tree_cpu, write_result
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from mit.app import create_app
from mit.config import Settings
from mit.store.db import db, dispose_engines
from mit.upkeep import schema
from mit.verify.opening import forget_opened
from mit.verify.said import forget_said
from mit.verify.scan import forget_answers
from mit.web.quick_lane import forget_read
from tests.support.databases import create_database, start_server

SEED = 2569
PUBLIC_URL = "https://verify.mit.example"
HOST = "verify.mit.example"
_ASKED = 20_000
_HOT_PERCENT = 1
_FIRST_ASKED = 8_000
_TURN = 400
_LOOK_UP = (
    "SELECT number, state, status, status_since_on, issued_on, expires_on, kid"
    " FROM certificates WHERE number = {}"
)
LIMITS = [
    "One process, one thread, WSGI called directly: no socket, no server, no network.",
    "Flask hello is an application of its own with one route and nothing else: no headers, no hooks.",
    "The register was written in bulk for this bench; all credentials and QR codes are really signed.",
    "Half of the requests fall on 1 % of the certificates, in an order drawn once from the seed.",
    "PostgreSQL runs with fsync off on the same machine; verdicts only read.",
    "The processor was shared with other work; hold on to the ratios of one run.",
]
AIMS = {
    "sqlite": {"aim_of_hello": 0.5},
    "postgresql": {"aim_of_hello": 0.15},
}

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., object]], Iterable[bytes]]


@dataclass(frozen=True)
class Register:
    """One filled database: its address, and how much CPU its server spent."""

    url: str
    server_cpu: CpuClock


def environ_of(path: str, *, body: bytes = b"") -> Environ:
    """Return the WSGI environment of one request, as a server would make it."""
    environ: Environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT": "*/*",
        "HTTP_USER_AGENT": "bench",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    return environ


def call(app: Wsgi, environ: Environ, body: bytes = b"") -> bytes:
    """Make one request and return the body of the answer.

    Raises:
        RuntimeError: the status is not 200.
    """
    told: list[str] = []
    answer = app({**environ, "wsgi.input": io.BytesIO(body)}, lambda status, _headers: told.append(status))
    try:
        whole = b"".join(answer)
    finally:
        if close := getattr(answer, "close", None):
            close()
    if not told[0].startswith("200"):
        raise RuntimeError(f"{environ['PATH_INFO'][:60]}: {told[0]} {whole[:300]!r}")
    return whole


def traffic(known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what is asked for, in order: half of it out of the hottest 1 %."""
    chance = random.Random(f"traffic/{SEED}")
    hot = chance.sample(known, max(1, len(known) * _HOT_PERCENT // 100))
    return [chance.choice(hot if chance.random() < 0.5 else known) for _ in range(_ASKED)]


def hello_app() -> Flask:
    """Return an empty Flask application with one route."""
    app = Flask("hello")

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    return app


def endless(environs: list[tuple[Environ, bytes]], app: Wsgi) -> Callable[[], bytes]:
    """Return a function that makes the next request each time, from the first again after the last."""
    order = itertools.cycle(environs)

    def once() -> bytes:
        environ, body = next(order)
        return call(app, environ, body)

    return once


def web_subjects(app: Flask, asked: list[tuple[str, str]], cpu: CpuClock) -> list[Subject]:
    """Return the empty route and the product's four doors."""
    hello, wsgi = hello_app().wsgi_app, app.wsgi_app
    by_number = [(environ_of(f"/api/v1/certificates/{number}/verdict"), b"") for number, _ in asked]
    pages = [(environ_of(urlsplit(text).path), b"") for _, text in asked]
    bodies = [json.dumps({"presentation": text}).encode() for _, text in asked]
    by_scan = [(environ_of("/api/v1/verdicts", body=body), body) for body in bodies]
    records = [(environ_of(f"/c/{number}"), b"") for number, _ in asked]
    return [
        Subject("flask_hello", endless([(environ_of("/hello"), b"")], hello), cpu),
        Subject("verdict_by_number_json", endless(by_number, wsgi), cpu),
        Subject("verdict_by_scan_json", endless(by_scan, wsgi), cpu),
        Subject("verdict_by_scan_page", endless(pages, wsgi), cpu),
        Subject("certificate_page", endless(records, wsgi), cpu),
    ]


def look_up(url: str, asked: list[tuple[str, str]]) -> Callable[[], object]:
    """Return a bare indexed look-up by key through the driver alone."""
    numbers = itertools.cycle([number for number, _ in asked])
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        lite = sqlite3.connect(str(address.database))
        return lambda: lite.execute(_LOOK_UP.format("?"), (next(numbers),)).fetchone()
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(plain, autocommit=True, prepare_threshold=1)
    return lambda: connection.execute(_LOOK_UP.format("%s"), (next(numbers),)).fetchone()


def statements_of(app: Wsgi, environ: Environ) -> int:
    """Return how many SQL statements one request sends, everything about it remembered."""
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    call(app, environ)
    event.listen(Engine, "before_cursor_execute", count)
    try:
        call(app, environ)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(counted)


@contextmanager
def registers(folder: Path, wanted: list[str]) -> Iterator[dict[str, Register]]:
    """Start what is wanted and give the addresses of empty databases."""
    found = {}
    if "sqlite" in wanted:
        found["sqlite"] = Register(f"sqlite:///{folder / 'bench.sqlite3'}", lambda: 0.0)
    server = start_server(folder / "postgres") if "postgresql" in wanted else None
    if server:
        pid = int((folder / "postgres" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        found["postgresql"] = Register(create_database(server.get_uri()), lambda: tree_cpu(pid))
    try:
        yield found
    finally:
        if server:
            server.cleanup()


def settings_for(register: Register, folder: Path) -> Settings:
    """Return the settings of the product on one database."""
    return Settings(
        env="test",
        database_url=register.url,
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        public_url=PUBLIC_URL,
        trusted_hosts=(HOST,),
        secret_key="bench" * 8,
        verdicts_per_minute=9_999_999,  # all of it comes from one address
    )


def fill_all(apps: dict[str, Flask], world: BenchWorld) -> list[tuple[str, str]]:
    """Migrate and fill every database with the same rows; return numbers and QR addresses."""
    with ExitStack() as stack:
        connections = []
        for app in apps.values():
            with app.app_context():
                schema.migrate()
                connections.append(stack.enter_context(db.engine.begin()))
        return fill(connections, world)


def measure_register(
    app: Flask, register: Register, asked: list[tuple[str, str]], options: argparse.Namespace
) -> dict[str, object]:
    """Return figures and ratios of one database."""

    def cpu() -> float:
        return time.process_time() + register.server_cpu()

    first = {
        subject.name: first_pass(subject, web_subjects(app, asked, cpu)[0])
        for subject in web_subjects(app, asked, cpu)[1:]
    }
    subjects = web_subjects(app, asked, cpu)
    for subject in subjects[1:]:
        for _ in asked:
            subject.once()
    subjects.append(Subject("bare_look_up", look_up(register.url, asked), cpu))
    found = measure(subjects, rounds=options.rounds, seconds=options.seconds)
    number, text = asked[0]
    ours = [subject.name for subject in subjects if subject.name not in {"flask_hello", "bare_look_up"}]
    return {
        "figures": {name: figure.to_document() for name, figure in found.items()},
        "of_flask_hello": {name: ratio_of_rates(found, name, "flask_hello") for name in ours},
        "of_flask_hello_first_pass": first,
        "of_bare_look_up": {name: ratio_of_rates(found, name, "bare_look_up") for name in ours},
        "sql_statements": {
            "by_number": statements_of(app, environ_of(f"/api/v1/certificates/{number}/verdict")),
            "by_scan": statements_of(app, environ_of(urlsplit(text).path)),
        },
        "statuses_asked": _verdicts(app, asked[:2000]),
    }


def first_pass(subject: Subject, hello: Subject) -> float:
    """Return the rate of *subject* over that of *hello* while it meets its traffic for the first time.

    Everything remembered is forgotten before; the two take turns, and the ratio is of the sums.
    """
    forget_opened()
    forget_answers()
    forget_said()
    forget_read()
    spent = {subject.name: 0.0, hello.name: 0.0}
    for _ in range(_FIRST_ASKED // _TURN):
        for one in (subject, hello):
            before = one.cpu()
            for _ in range(_TURN):
                one.once()
            spent[one.name] += one.cpu() - before
    return round(spent[hello.name] / spent[subject.name], 3)


def _verdicts(app: Flask, asked: list[tuple[str, str]]) -> dict[str, int]:
    """Return how the first of those asked for came out, so that the bench is seen to ask real things."""
    texts = (call(app.wsgi_app, environ_of(f"/api/v1/certificates/{number}/verdict")) for number, _ in asked)
    return dict(Counter(json.loads(text)["verdict"] for text in texts))


def run(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document of every database asked for."""
    world = BenchWorld(options.certificates, SEED, PUBLIC_URL, bench_key(SEED), datetime.now(UTC))
    wanted = options.databases.split(",")
    with registers(folder, wanted) as found:
        apps = {name: create_app(settings_for(register, folder)) for name, register in found.items()}
        known = fill_all(apps, world)
        asked = traffic(known)
        figures = {}
        for name, register in found.items():
            print(f"{name}:", file=sys.stderr)
            figures[name] = measure_register(apps[name], register, asked, options)
        for app in apps.values():
            with app.app_context():
                dispose_engines()
    return {
        "certificates": options.certificates,
        "rounds": options.rounds,
        "figures": figures,
        "ratios": {
            name: {"settled": entry["of_flask_hello"], "first_pass": entry["of_flask_hello_first_pass"]}
            for name, entry in figures.items()
        },
        "aims": AIMS,
        "limits": LIMITS,
    }


def main() -> None:
    """Measure, print and write ``bench/results/verify.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--databases", default="sqlite,postgresql")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = run(Path(name), options)
    print_summary(document, write_result("verify", document, seed=SEED))


if __name__ == "__main__":
    main()
