"""What stands before a view: who may come in, whose form it is, how often, how many files are opened at once.

Every request passes ``stand_before``; it asks THE table (``mit/roles/access.py``) and refuses what
the table does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore

from flask import Flask
from flask.globals import request_ctx

from mit.accounts import allowances
from mit.accounts.sessions import Live
from mit.accounts.sign_in import is_fresh
from mit.errors import MitError, NotAllowedError
from mit.roles.access import TABLE, Access, Audience, may_enter
from mit.upkeep.readiness import UNREACHABLE
from mit.web import context, forms

#: Files that one process lets its children open at the same time; the other threads keep answering
#: scans, so that somebody's heavy file never stands in the way of a bid day.
FILES_AT_ONCE = 2

_files = BoundedSemaphore(FILES_AT_ONCE)
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ROWS = "mit.access"


def set_up(app: Flask) -> None:
    """Let *app* ask the table before every view."""
    app.extensions[_ROWS] = {row.endpoint: row for row in TABLE}
    app.before_request(stand_before)


def stand_before() -> None:
    """Let the request pass that the table lets pass, and no other.

    Raises:
        NotAllowedError: ``not_allowed``, ``sign_in_needed``, ``code_needed``, ``set_up_needed``,
            ``proof_needed`` or ``form_foreign``.
    """
    asked = request_ctx.request
    if asked.url_rule is None:
        return  # no view will answer
    row = request_ctx.app.extensions[_ROWS].get(asked.endpoint)
    if row is None:
        raise NotAllowedError
    if not row.is_public:
        _require_entry(row)
    if asked.method in _CHANGING and row.with_token:
        forms.require_token()


def require_fresh() -> None:
    """Let those pass who gave a password or a code within the last five minutes, for an act that asks it.

    Raises:
        NotAllowedError: ``sign_in_needed`` or ``proof_needed``.
    """
    live = context.require_live()
    if not is_fresh(live, now=context.now()):
        raise NotAllowedError("proof_needed")


def _require_entry(row: Access) -> None:
    live = context.live()
    if live is None:
        raise NotAllowedError("sign_in_needed")
    if live.stage != "full":
        if Audience.HALF_SIGNED_IN in row.who:
            return
        raise NotAllowedError(_owed(live))
    if not may_enter(row, live.actor):
        raise NotAllowedError
    if row.fresh:
        require_fresh()


def _owed(live: Live) -> str:
    return "code_needed" if live.stage == "code" else "set_up_needed"


def count_look_up() -> None:
    """Count a question to the register of companies, for the account and for the address.

    Raises:
        MitError: ``asked_too_often`` (429) with ``minutes``.
    """
    who = (f"user:{context.require_actor().user_id}", _network())
    most = context.settings().lookups_per_hour
    allowances.spend("look_up", who, most=most, now=context.now())


def count_check() -> None:
    """Count a file that somebody has checked, for the address; numbers and QRs are cheap and not counted.

    While the database is away nothing is counted: a verdict is given all the same.

    Raises:
        MitError: ``asked_too_often`` (429) with ``minutes``.
    """
    most = context.settings().checks_per_hour
    with suppress(*UNREACHABLE):
        allowances.spend("check", (_network(),), most=most, now=context.now())


def count_bidder() -> None:
    """Count a question whether a company is a maker's dealer, for the address: nobody tries all numbers.

    Raises:
        MitError: ``asked_too_often`` (429) with ``minutes``.
    """
    most = context.settings().checks_per_hour
    with suppress(*UNREACHABLE):
        allowances.spend("bidder", (_network(),), most=most, now=context.now())


def _network() -> str:
    return f"address:{allowances.network_of(context.caller().address)}"


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
