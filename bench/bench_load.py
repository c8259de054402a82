"""How long a verdict takes at 200 requests a second while certificates are issued: p50 and p99.

The service runs as it is deployed: gunicorn with two workers of four threads that serve the public part, on
PostgreSQL; the client is this process and asks in open loop, each request at its own instant whether or not
those before it were answered, its time counted from that instant.  First alone, then beside a process of its
own that issues approved certificates through the work function, 20 a second or as fast as it can, on the
same machine; what it reached stands in the result.

    python bench/bench_load.py [--rate 200] [--issue 20] [--seconds 15] [--known 40]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench_verify import registers
from harness import ROOT, print_summary, write_result

from mit.app import create_app
from mit.config import Settings
from mit.issuance.issue import issue
from mit.store.certificates import get_certificate
from mit.store.db import viewing
from mit.upkeep import schema
from tests.support.desk import open_desk

CLIENT_THREADS = 32
#: Twice the p99 of an empty route on this server (performance page, section 3.1).
AIMS = {"p99_beside_issuing_ms": 18}
LIMITS = [
    "Client, service, database and issuing share the cores of one machine.",
    "Applications were taken through every act up to approval before; issuing signs, logs and enters them.",
    "Half of what is asked is asked by number, half by QR code; PostgreSQL runs with fsync off.",
]


def issue_for(url: str, folder: Path, options: argparse.Namespace) -> None:
    """Issue some certificates and approve many more; then, told so, issue those, so many a second."""
    settings = Settings(
        env="test",
        database_url=url,
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        key_passphrase="a passphrase of this bench alone",
    )
    app = create_app(settings)
    with app.app_context():
        schema.migrate()
        desk = open_desk(app, datetime.now(UTC))
        numbers = [desk.active(at=at) for at in range(1, options.known + 1)]
        with viewing() as session:
            known = [(number, get_certificate(session, number).qr_text) for number in numbers]
        print(json.dumps(known), flush=True)
        waiting = [
            desk.approved(at=options.known + at).certificate_number
            for at in range(1, round(options.issue * options.seconds) + 1)
        ]
        print(len(waiting), flush=True)
        sys.stdin.readline()
        began, issued = time.monotonic(), 0
        for number in waiting:
            issue(number, now=desk.tick(), authority=desk.authority)
            issued += 1
            if time.monotonic() - began > options.seconds:
                break
            time.sleep(max(0.0, began + issued / options.issue - time.monotonic()))
        print(json.dumps(issued / (time.monotonic() - began)), flush=True)


@contextmanager
def issuing(url: str, folder: Path, options: argparse.Namespace) -> Iterator[subprocess.Popen[str]]:
    """Start the process that issues."""
    told = [
        "--at",
        url,
        "--folder",
        str(folder),
        "--known",
        str(options.known),
        "--issue",
        str(options.issue),
    ]
    running = subprocess.Popen(
        [sys.executable, __file__, *told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / "issued.log").open("wb"),
        text=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


@contextmanager
def serving(url: str, folder: Path) -> Iterator[int]:
    """Serve the public part as the unit file does; give the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MIT_")}
    environ |= {"MIT_ENV": "test", "MIT_SERVE": "verify", "MIT_DATABASE_URL": url}
    environ |= {"MIT_VAR_DIR": str(folder / "var"), "MIT_KEYS_DIR": str(folder / "keys")}
    environ |= {"MIT_VERDICTS_PER_MINUTE": "999999", "MIT_SECRET_KEY": "bench" * 8}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
    with (folder / "served.log").open("wb") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            _wait_for(port, running)
            yield port
        finally:
            running.terminate()
            running.wait()


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and running.poll() is None:
        try:
            if _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service does not answer")


def _ask(connection: http.client.HTTPConnection, path: str, body: bytes | None = None) -> int:
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request("POST" if body else "GET", path, body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


class OpenLoop:
    """Asks so many times a second, each at its instant, and keeps what each took from then on."""

    def __init__(
        self, port: int, asked: list[tuple[str, bytes | None]], *, rate: float, seconds: float
    ) -> None:
        self._port, self._asked, self._rate = port, asked, rate
        self._times = round(rate * seconds)
        self.seconds: list[float] = []
        self.failed = 0

    def run(self) -> None:
        """Ask all of it and wait for the last answer."""
        self._began = time.monotonic() + 0.2
        threads = [threading.Thread(target=self._some, args=(first,)) for first in range(CLIENT_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _some(self, first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        for at in range(first, self._times, CLIENT_THREADS):
            instant = self._began + at / self._rate
            time.sleep(max(0.0, instant - time.monotonic()))
            try:
                is_good = _ask(connection, *self._asked[at % len(self._asked)]) == 200
            except (OSError, http.client.HTTPException):
                connection.close()
                is_good = False
            self.seconds.append(time.monotonic() - instant)
            self.failed += not is_good
        connection.close()

    def to_document(self) -> dict[str, Any]:
        """Return milliseconds at the middle and the end of the row, and what was not answered with 200."""
        parts = statistics.quantiles(self.seconds, n=1000, method="inclusive")
        places = {
            "p50_ms": parts[499],
            "p99_ms": parts[989],
            "p999_ms": parts[998],
            "most_ms": max(self.seconds),
        }
        return {
            "requests": len(self.seconds),
            "not_answered": self.failed,
            **{name: round(value * 1000, 2) for name, value in places.items()},
        }


def run(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the result document: asked alone, and beside the issuing."""
    with registers(folder, ["postgresql"]) as found:
        url = found["postgresql"].url
        with issuing(url, folder, options) as issuer:
            known = json.loads(_line(issuer.stdout))
            _line(issuer.stdout)  # enough is approved
            with serving(url, folder) as port:
                asked = _questions(known)
                alone, beside = (
                    OpenLoop(port, asked, rate=options.rate, seconds=options.seconds) for _ in range(2)
                )
                OpenLoop(port, asked, rate=options.rate / 2, seconds=3).run()  # it warms up
                alone.run()
                assert issuer.stdin is not None
                print(file=issuer.stdin, flush=True)
                beside.run()
                issued = json.loads(_line(issuer.stdout))
    figures = {"alone": alone.to_document(), "beside_issuing": beside.to_document()}
    return {
        "asked_per_second": options.rate,
        "wanted_issued_per_second": options.issue,
        "issued_per_second": round(issued, 1),
        "figures": figures,
        "ratios": {
            "p99_beside_of_alone": round(beside.to_document()["p99_ms"] / figures["alone"]["p99_ms"], 2)
        },
        "aims": AIMS,
        "limits": LIMITS,
    }


def _line(stream: IO[str] | None) -> str:
    text = stream.readline() if stream else ""
    if not text:
        raise RuntimeError("the process that issues has ended")
    return text


def _questions(known: list[tuple[str, str]]) -> list[tuple[str, bytes | None]]:
    """Return what is asked: each certificate by its number, and by the text of its QR code."""
    asked: list[tuple[str, bytes | None]] = []
    for number, text in known:
        asked.append((f"/api/v1/certificates/{number}/verdict", None))
        asked.append(("/api/v1/verdicts", json.dumps({"presentation": text}).encode()))
    return asked


def main() -> None:
    """Measure, print and write ``bench/results/load.json``; or issue, where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--issue", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--known", type=int, default=40)
    parser.add_argument("--at", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.at:
        issue_for(options.at, options.folder, options)
        return
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        document = run(Path(name), options)
    print_summary(document, write_result("load", document, seed=0))


if __name__ == "__main__":
    main()
