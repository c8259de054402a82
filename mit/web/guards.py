"""What stands before a view: who may come in, how often, how many files are opened at once.

Every request passes ``stand_before``; it asks THE table (``mit/roles/access.py``) and refuses what
the table does not know.  Who signs in is asked by ``admission``; a process that serves the public
part alone has none, and then nobody passes who would have to be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask
from flask.globals import request_ctx

from mit.errors import MitError, NotAllowedError
from mit.roles.access import TABLE, Access
from mit.web import limits

#: Files that one process lets its children open at the same time; the other threads keep answering
#: scans, so that somebody's heavy file never stands in the way of a bid day.
FILES_AT_ONCE = 2

_files = BoundedSemaphore(FILES_AT_ONCE)
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ROWS, _ADMIT = "mit.access", "mit.admit"

Admit = Callable[[Access, bool], None]


def set_up(app: Flask) -> None:
    """Let *app* ask the table before every view; nobody is let in until ``admit_by`` says how."""
    app.extensions[_ROWS] = {row.endpoint: row for row in TABLE}
    app.extensions[_ADMIT] = _admit_nobody
    app.before_request(stand_before)


def admit_by(app: Flask, admit: Admit) -> None:
    """Let *admit* decide for *app* who passes by a row that asks; it is told whether this is a change."""
    app.extensions[_ADMIT] = admit


def stand_before() -> None:
    """Let the request pass that the table lets pass, and no other.

    Raises:
        NotAllowedError: ``not_allowed``, or what ``admission.admit`` raises.
        RateLimitExceeded: the address asks too often (``limits``).
    """
    asked = request_ctx.request
    if asked.url_rule is None:
        return  # no view will answer
    limits.count_request(asked.endpoint)
    row = request_ctx.app.extensions[_ROWS].get(asked.endpoint)
    if row is None:
        raise NotAllowedError
    is_change = asked.method in _CHANGING and row.with_token
    if is_change or not row.is_public:
        request_ctx.app.extensions[_ADMIT](row, is_change)


def _admit_nobody(_row: Access, _is_change: bool) -> None:  # noqa: FBT001 - an ``Admit``
    raise NotAllowedError


@contextmanager
def reading_a_file() -> Iterator[None]:
    """Hold one of the places for opening a file.

    Raises:
        MitError: ``file_readers_busy`` (429) when all are taken.
    """
    if not _files.acquire(blocking=False):
        raise MitError("file_readers_busy")
    try:
        yield
    finally:
        _files.release()
