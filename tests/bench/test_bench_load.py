"""The open loop asks everything once, counts from the instant that was due, and counts what failed."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

SEEN: Counter[str] = Counter()


class Answers(BaseHTTPRequestHandler):
    """Answers 200, but 404 on one address, and takes its time on another."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        SEEN[self.path] += 1
        self.send_response(404 if self.path == "/lost" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        SEEN[json.loads(self.rfile.read(int(self.headers["Content-Length"])))["presentation"]] += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def test_everything_is_asked_once_and_what_fails_is_counted(port: int) -> None:
    from bench_load import OpenLoop

    asked: list[tuple[str, bytes | None]] = [("/a", None), ("/lost", None), ("/v", b'{"presentation":"q"}')]
    loop = OpenLoop(port, asked, rate=300, seconds=0.2)
    loop.run()
    assert SEEN == {"/a": 20, "/lost": 20, "q": 20}
    document = loop.to_document()
    assert (document["requests"], document["not_answered"]) == (60, 20)
    assert 0 < document["p50_ms"] <= document["p99_ms"] <= document["p999_ms"] <= document["most_ms"] * 1.01


def test_a_service_that_is_away_is_no_answer() -> None:
    from bench_load import OpenLoop

    loop = OpenLoop(1, [("/a", None)], rate=300, seconds=0.05)
    loop.run()
    assert (loop.failed, len(loop.seconds)) == (15, 15)


def test_half_is_asked_by_number_and_half_by_qr_code() -> None:
    from bench_load import _questions

    asked = _questions([("MIT-1", "https://x.example/v/1"), ("MIT-2", "https://x.example/v/2")])
    assert [path for path, body in asked if body is None] == [
        "/api/v1/certificates/MIT-1/verdict",
        "/api/v1/certificates/MIT-2/verdict",
    ]
    posted = [json.loads(body)["presentation"] for _, body in asked if body]
    assert posted == ["https://x.example/v/1", "https://x.example/v/2"]


def test_an_issuer_that_has_ended_is_said() -> None:
    from bench_load import _line

    assert _line(io.StringIO("7\n")) == "7\n"
    for ended in (None, io.StringIO("")):
        with pytest.raises(RuntimeError, match="has ended"):
            _line(ended)
