"""The register of companies over HTTP: the standard library, one host, no redirect, ten seconds in all.

Where the register says that it has had enough (429, 503), it is left alone for as long as it says,
by every request of this process.  What it sends is cut off at 64 KiB.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookiejar import http2time  # type: ignore[attr-defined]  # documented nowhere, there since 2003
from time import monotonic
from urllib.parse import urlsplit

from mit.company_register.parse import read_answer
from mit.company_register.port import Answer, Away, Unknown

#: The whole conversation, looking the host's name up included.  Source: domain 3.3.
TIME_LIMIT_SECONDS = 10.0
LARGEST_ANSWER_BYTES = 64 * 1024
#: How long a register that has had enough is left alone: where it says nothing, and at most.
USUAL_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)
#: Questions of one process at the same time; who comes on top types the name by hand.
ASKED_AT_ONCE = 4
_HAD_ENOUGH = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class _Raw:
    """What came over the line."""

    status: int
    body: bytes = b""
    retry_after: str = ""


@dataclass(slots=True)
class _Errand:
    """One question on its way, carried by a thread of its own."""

    answer: _Raw | None = None
    connection: http.client.HTTPConnection | None = None
    done: threading.Event = field(default_factory=threading.Event)


class HttpCompanyRegister:
    """A register behind ``<address>/<13 digits>``, e.g. that of the Department of Business Development."""

    is_on = True

    def __init__(self, address: str, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> None:
        """Take the address of the register; it ends where the number follows after a slash."""
        parts = urlsplit(address)
        self._is_secure = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._time_limit_seconds = time_limit_seconds
        self._places = threading.BoundedSemaphore(ASKED_AT_ONCE)
        self._lock = threading.Lock()
        self._rests_until: datetime | None = None

    def find(self, tax_number: str, *, now: datetime) -> Answer:
        """Return what the register says of a juristic number of 13 digits; never raises."""
        with self._lock:
            if self._rests_until is not None and now < self._rests_until:
                return Away("resting")
        if not self._places.acquire(blocking=False):
            return Away("busy")
        raw = self._ask(tax_number)
        if raw is None:
            return Away("unreachable")
        if raw.status in _HAD_ENOUGH:
            with self._lock:
                self._rests_until = now + rest_of(raw.retry_after, now=now)
            return Away("had_enough")
        if raw.status == http.client.NOT_FOUND:
            return Unknown()
        return read_answer(raw.body, tax_number) if raw.status == http.client.OK else Away("status")

    def _ask(self, tax_number: str) -> _Raw | None:
        """Return the answer; None where none came in time or none that is one.

        The errand has a thread of its own, because looking a name up cannot be given a time limit; its
        place is given back when it ends, so that names which nobody answers for do not pile up threads.
        """
        errand = _Errand()
        deadline = monotonic() + self._time_limit_seconds
        threading.Thread(
            target=self._carry, args=(errand, tax_number, deadline), name="company-register", daemon=True
        ).start()
        if not errand.done.wait(self._time_limit_seconds):
            _hang_up(errand.connection)
            return None
        return errand.answer

    def _carry(self, errand: _Errand, tax_number: str, deadline: float) -> None:
        try:
            errand.connection = connection = self._connect(deadline)
            headers = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
            connection.request("GET", f"{self._path}/{tax_number}", headers=headers)
            errand.answer = _receive(connection)
        except (OSError, http.client.HTTPException, ValueError):
            errand.answer = None
        finally:
            if errand.connection is not None:
                errand.connection.close()
            self._places.release()
            errand.done.set()

    def _connect(self, deadline: float) -> http.client.HTTPConnection:
        left = max(deadline - monotonic(), 0.001)
        if not self._is_secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=left)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(self._host, self._port, timeout=left, context=context)


def rest_of(retry_after: str, *, now: datetime) -> timedelta:
    """Return how long to leave a register alone that says ``Retry-After``: seconds, or a date of HTTP."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_REST)
    until = http2time(text)
    if until is None:
        return USUAL_REST
    rest = timedelta(seconds=until - now.timestamp())
    return min(max(rest, timedelta(0)), LONGEST_REST)


def _receive(connection: http.client.HTTPConnection) -> _Raw | None:
    response = connection.getresponse()
    retry_after = response.getheader("Retry-After", "")
    if response.status != http.client.OK:
        return _Raw(response.status, retry_after=retry_after)
    kind = response.headers.get_content_type()
    if kind != "application/json" or response.getheader("Content-Encoding", "identity") != "identity":
        return None
    body = response.read(LARGEST_ANSWER_BYTES + 1)
    if len(body) > LARGEST_ANSWER_BYTES:
        return None
    return _Raw(response.status, body)


def _hang_up(connection: http.client.HTTPConnection | None) -> None:
    """End a conversation that takes too long, so that its thread ends as well."""
    sock = connection.sock if connection is not None else None
    if sock is None:
        return
    try:
        sock.shutdown(2)
    except OSError:
        return
