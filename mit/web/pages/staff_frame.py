"""What the officers' pages share: the way back to the queue as it was, room for long words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request

from mit.web import context
from mit.web.pages.frame import office_page

QUEUE = "/staff"
#: What the address of the queue may carry.
_OF_QUEUE = frozenset({"waiting", "age", "holder", "text", "page"})
#: The parameter that carries the queue's own parameters along.
FROM = "from"
#: Largest form of an officer, in bytes: reasons for 200 products, every Thai letter as nine signs.
_LARGEST_FORM = 4 * 1024 * 1024


def make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let the form of this request be as large as an officer's may be; asked before anything reads it."""
    del endpoint, values
    request.max_form_memory_size = _LARGEST_FORM


def staff_page(template: str, *, status: int = 200, **words: Any) -> Response:
    """Return an officers' page."""
    return office_page(template, status=status, **words)


def queue_address() -> str:
    """Return the address of the queue as the person left it."""
    kept = _kept()
    return f"{QUEUE}?{kept}" if kept else QUEUE


def plain_case_address(number: str, part: str = "") -> str:
    """Return the address of a case or a part of it, and nothing else."""
    return context.local_path(f"staff/applications/{number}") + (f"/{part}" if part else "")


def case_address(number: str, part: str = "", **more: str | list[int]) -> str:
    """Return the address of a case or a part of it, the way back to the queue kept."""
    path = plain_case_address(number, part)
    parameters = more | ({FROM: kept} if (kept := _kept()) else {})
    return f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path


def queue_parameters() -> str:
    """Return the parameters of the queue that is shown, for the links into its cases."""
    return _sieved(request.args.items())


def _kept() -> str:
    try:
        return _sieved(parse_qsl(request.args.get(FROM, ""), max_num_fields=20))
    except ValueError:
        return ""


def _sieved(pairs: Any) -> str:
    return urlencode([(name, text) for name, text in pairs if name in _OF_QUEUE and text], errors="replace")
