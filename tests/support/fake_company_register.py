"""A register of companies on a real socket, in the form of the Department of Business Development's.

It knows one company, and does whatever its ``manner`` says: answers, has had enough, drips, lies.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

KNOWN = "0105562000015"
NAME_TH = "บริษัท บางนาการไฟฟ้า จำกัด"
NAME_EN = "BANGNA ELECTRIC CO., LTD."

Manner = Callable[["Handler"], None]


def person(**changes: Any) -> dict[str, Any]:
    """Return the company as the register writes it; *changes* replace members by their plain name."""
    members: dict[str, Any] = {
        "cd:OrganizationJuristicID": KNOWN,
        "cd:OrganizationJuristicNameTH": NAME_TH,
        "cd:OrganizationJuristicNameEN": NAME_EN,
        "cd:OrganizationJuristicType": "บริษัทจำกัด",
        "cd:OrganizationJuristicRegisterDate": "20190201",
        "cd:OrganizationJuristicStatus": "ยังดำเนินกิจการอยู่",
        "cd:OrganizationJuristicAddress": {
            "cr:AddressType": {
                "cd:Address": "99/1 ถนนบางนา-ตราด",
                "cd:CitySubDivision": {"cr:CitySubDivisionTextTH": "บางนาเหนือ"},
                "cd:City": {"cr:CityTextTH": "บางนา"},
                "cd:CountrySubDivision": {"cr:CountrySubDivisionTextTH": "กรุงเทพมหานคร"},
            }
        },
    }
    return members | {f"cd:OrganizationJuristic{name}": value for name, value in changes.items()}


def document(**changes: Any) -> dict[str, Any]:
    """Return a whole answer about the company."""
    data = [{"cd:OrganizationJuristicPerson": person(**changes)}]
    return {"status": {"code": "1000", "description": "Success"}, "data": data}


def nothing() -> dict[str, Any]:
    """Return the answer about a number that the register does not know."""
    return {"status": {"code": "1004", "description": "Data not found"}, "data": []}


class Handler(BaseHTTPRequestHandler):
    """Answers each question in the manner of the moment."""

    protocol_version = "HTTP/1.1"
    manner: ClassVar[Manner]
    asked: ClassVar[list[str]]
    over: ClassVar[threading.Event]

    def do_GET(self) -> None:
        """Write down what was asked, and answer."""
        type(self).asked.append(self.path)
        type(self).manner(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of its parent
        """Say nothing."""

    def send(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def honest(handler: Handler) -> None:
    """Know the one company and no other."""
    number = handler.path.rsplit("/", 1)[1]
    handler.send(json.dumps(document() if number == KNOWN else nothing()).encode())


def sends(body: bytes | Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Manner:
    """Return the manner of always sending this."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.send(raw, status=status, headers=headers)


def silent(handler: Handler) -> None:
    """Take the question and say nothing."""
    handler.over.wait(30)


def drips(handler: Handler) -> None:
    """Send a header line every little while, for ever: each read alone is quick."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.over.wait(0.02):
        try:
            handler.wfile.write(b"X-More: a\r\n")
        except OSError:
            return


class FakeRegister:
    """The running register: its address, what it was asked, and the manner it answers in."""

    def __init__(self, address: str, handler: type[Handler]) -> None:
        self.address = address
        self._handler = handler

    @property
    def asked(self) -> list[str]:
        """Return the paths that were asked, the first first."""
        return self._handler.asked

    def behave(self, manner: Manner) -> None:
        """Answer in another manner from now on."""
        self._handler.manner = staticmethod(manner)  # type: ignore[assignment]  # a function, not a method


@contextmanager
def fake_register() -> Iterator[FakeRegister]:
    """Run a register on a free port of this machine."""
    over = threading.Event()
    handler = type("Here", (Handler,), {"manner": staticmethod(honest), "asked": [], "over": over})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield FakeRegister(f"http://127.0.0.1:{server.server_port}/api/v1/juristic_person", handler)
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
