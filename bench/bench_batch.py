"""Ten thousand QR codes in one batch, from the posted JSON to the stored verdicts, in CPU seconds.

Beside it, in the same run and in turns: the bare ECDSA checks of the same 10,000 signatures, by
pyca/cryptography alone, keys and digests of the messages as the library takes them.  Nothing is remembered
when a batch begins: every signature is checked.  What a batch costs is shown in three parts: taking it in
(POST to 202: JSON, rows, commit), judging it (the worker's jobs: reading, checking, spelling, packing), and
in that the database (statements and commits, the PostgreSQL server's CPU included).

    python bench/bench_batch.py [--numbers 10000] [--rounds 5] [--databases sqlite,postgresql]
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_verify import (
    HOST,
    LIMITS,
    PUBLIC_URL,
    SEED,
    Register,
    environ_of,
    fill_all,
    registers,
    settings_for,
)
from bench_world import BenchWorld, bench_key
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask
from harness import print_summary, write_result
from sqlalchemy import Engine, event

from mit import worker
from mit.app import create_app
from mit.credential import cose, qr_text
from mit.store.db import dispose_engines
from mit.verify.opening import forget_opened
from mit.verify.presentation import ShownQr, read_text
from mit.verify.said import forget_said
from mit.verify.scan import forget_answers

AIM = 3.0
_SHA256 = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Cost:
    """CPU seconds of one batch by part."""

    taking_in: float
    judging: float
    database: float
    stored_bytes: int

    @property
    def whole(self) -> float:
        """Return what the whole batch cost."""
        return self.taking_in + self.judging


def bare_checks(texts: list[str], world: BenchWorld) -> Callable[[], None]:
    """Return a function that checks every signature and does nothing else; all is taken apart before."""
    key = world.signer.public_key.key
    parted = []
    for text in texts:
        shown = read_text(text)
        assert isinstance(shown, ShownQr)
        signature = shown.envelope.signature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        parted.append(
            (encode_dss_signature(r, s), cose.to_be_signed(shown.envelope.kid, shown.envelope.payload))
        )

    def check() -> None:
        for signature, signed in parted:
            key.verify(signature, signed, _SHA256)

    return check


@contextmanager
def timed_database(clock: Callable[[], float]) -> Iterator[list[float]]:
    """Sum the CPU time between the beginning and the end of every statement and commit."""
    spent, began = [0.0], [0.0]

    def start(*_: object) -> None:
        began[0] = clock()

    def stop(*_: object) -> None:
        spent[0] += clock() - began[0]

    event.listen(Engine, "before_cursor_execute", start)
    event.listen(Engine, "after_cursor_execute", stop)
    try:
        yield spent
    finally:
        event.remove(Engine, "before_cursor_execute", start)
        event.remove(Engine, "after_cursor_execute", stop)


def post(app: Flask, body: bytes) -> str:
    """Send a batch; return the address of its results."""
    told: list[tuple[str, dict[str, str]]] = []
    environ: dict[str, Any] = environ_of("/api/v1/verdicts/batch", body=body)
    answer = app.wsgi_app(
        {**environ, "wsgi.input": io.BytesIO(body)},
        lambda status, headers: told.append((status, dict(headers))),
    )
    whole = b"".join(answer)
    if not told[0][0].startswith("202"):
        raise RuntimeError(f"{told[0][0]} {whole[:300]!r}")
    return told[0][1]["Location"]


def one_batch(app: Flask, register: Register, body: bytes) -> tuple[Cost, str]:
    """Send one batch and let the worker do it, everything forgotten before; return its cost."""
    forget_opened()
    forget_answers()
    forget_said()

    def clock() -> float:
        return time.process_time() + register.server_cpu()

    with timed_database(clock) as database:
        began = clock()
        address = post(app, body)
        taken_in = clock()
        jobs = worker.run_once(app, now=datetime.now(UTC))
        ended = clock()
    assert jobs >= 1
    return Cost(taken_in - began, ended - taken_in, database[0], 0), address


def results_of(app: Flask, address: str) -> dict[str, int]:
    """Return how the lines came out, read through the API page by page."""
    counts: dict[str, int] = {}
    client, following = app.test_client(), f"{address}?count=1000"
    while following:
        answer = client.get(following, headers={"Host": HOST}).get_json()
        assert answer["state"] == "done"
        for result in answer["results"]:
            counts[result["verdict"]] = counts.get(result["verdict"], 0) + 1
        following = answer["next"]
    return counts


def measure_register(
    app: Flask, register: Register, texts: list[str], world: BenchWorld, rounds: int
) -> dict[str, object]:
    """Return what batches cost on one database beside the bare checks, in turns."""
    body = json.dumps({"presentations": texts}).encode()
    check = bare_checks(texts, world)
    bare, costs, address = [], [], ""
    for _ in range(rounds):
        began = time.process_time()
        check()
        bare.append(time.process_time() - began)
        cost, address = one_batch(app, register, body)
        costs.append(cost)
        print(f"  bare {bare[-1]:.3f} s, batch {cost.whole:.3f} s", file=sys.stderr)
    with app.app_context():
        counts = results_of(app, address)
    return {
        "numbers": len(texts),
        "bare_checks_seconds": _median(bare),
        "batch_seconds": _median([cost.whole for cost in costs]),
        "taking_in_seconds": _median([cost.taking_in for cost in costs]),
        "judging_seconds": _median([cost.judging for cost in costs]),
        "database_seconds": _median([cost.database for cost in costs]),
        "batch_of_bare": round(statistics.median(c.whole / b for c, b in zip(costs, bare, strict=True)), 2),
        "judging_of_bare": round(
            statistics.median(c.judging / b for c, b in zip(costs, bare, strict=True)), 2
        ),
        "answers": counts,
    }


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 4)


def run(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document of every database asked for."""
    world = BenchWorld(options.numbers, SEED, PUBLIC_URL, bench_key(SEED), datetime.now(UTC))
    with registers(folder, options.databases.split(",")) as found:
        apps = {name: create_app(settings_for(register, folder)) for name, register in found.items()}
        texts = [text for _, text in fill_all(apps, world)]
        assert all(qr_text.digits_in(text) for text in texts[:10])
        figures = {}
        for name, register in found.items():
            print(f"{name}:", file=sys.stderr)
            figures[name] = measure_register(apps[name], register, texts, world, options.rounds)
        for app in apps.values():
            with app.app_context():
                dispose_engines()
    return {
        "rounds": options.rounds,
        "figures": figures,
        "ratios": {name: figure["batch_of_bare"] for name, figure in figures.items()},
        "aims": {"batch_of_bare": AIM},
        "limits": [LIMITS[0], LIMITS[2], *LIMITS[4:]],
    }


def main() -> None:
    """Measure, print and write ``bench/results/batch.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--databases", default="sqlite,postgresql")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = run(Path(name), options)
    print_summary(document, write_result("batch", document, seed=SEED))


if __name__ == "__main__":
    main()
