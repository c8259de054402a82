"""As much of Redis as the limits ask for, on a port of this machine: counters that run out.

It speaks RESP 3 and knows what ``limits`` sends: greetings, scripts by their hash (each is the one that
adds and sets an end), ``GET`` and ``TTL``.  Whatever else is sent is an error, so that a new kind of
question is noticed.
"""

from __future__ import annotations

import hashlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counters:
    """What is counted: value and instant of its end by key; ``asked`` names every command."""

    kept: dict[bytes, tuple[int, float]] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, words: list[bytes]) -> bytes:
        """Return the answer to one command."""
        name = words[0].upper()
        with self.lock:
            self.asked.append(name)
            if name in {b"CLIENT", b"PING"}:
                return b"+OK\r\n" if name == b"CLIENT" else b"+PONG\r\n"
            if name == b"HELLO":
                return b"%1\r\n+proto\r\n:3\r\n"
            if name == b"SCRIPT":
                digest = hashlib.sha1(words[2], usedforsecurity=False).hexdigest()
                return b"$40\r\n" + digest.encode() + b"\r\n"
            if name == b"EVALSHA":
                return b":%d\r\n" % self._add(words[3], float(words[4]), int(words[5]))
            if name in {b"GET", b"TTL"}:
                value, end = self.kept.get(words[1], (0, 0.0))
                found = value if name == b"GET" else max(0, round(end - time.monotonic()))
                return b":%d\r\n" % found
        return b"-ERR unknown command\r\n"

    def _add(self, key: bytes, seconds: float, amount: int) -> int:
        value, end = self.kept.get(key, (0, 0.0))
        now = time.monotonic()
        if end <= now:
            value, end = 0, now + seconds
        self.kept[key] = (value + amount, end)
        return value + amount


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            words = [self._word() for _ in range(int(line[1:]))]
            self.wfile.write(self.server.counters.answer(words))  # type: ignore[attr-defined]

    def _word(self) -> bytes:
        size = int(self.rfile.readline()[1:])
        return self.rfile.read(size + 2)[:-2]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        self.counters = Counters()
        self.open: set[Any] = set()
        self.allow_reuse_address = True
        super().__init__(("127.0.0.1", port), _Talk)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)


@contextmanager
def fake_redis(port: int = 0) -> Iterator[tuple[str, Counters]]:
    """Serve and give the address; at the end every connection is cut, as when a server dies."""
    server = _Server(port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0", server.counters
    finally:
        server.shutdown()
        thread.join()
        for one in server.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        server.server_close()
