"""Officers' pages of what anyone reported: the open and the closed ones, one of them, and its end."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import ConflictError, Fault, InputError
from mit.i18n import say
from mit.issuance.report_desk import PAGE_SIZE, close_report, list_reports, look_at_report, show_report
from mit.web import context
from mit.web.pages.frame import Pages
from mit.web.pages.staff_frame import staff_page
from mit.web.problems import status_of

staff_reports = Blueprint("staff_reports", __name__, url_prefix="/staff/reports")

LIST = "/staff/reports"
_NOTICES = frozenset({"taken", "closed"})


@staff_reports.get("")
def index() -> Response:
    """List what was reported and is open, or what is closed."""
    closed = request.args.get("state") == "closed"
    text = request.args.get("page", "1")
    number = max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
    found, total = list_reports(context.require_actor(), closed=closed, page=number)
    pages = Pages(number, max(1, -(-total // PAGE_SIZE)))
    return staff_page("staff/reports.html", found=found, total=total, closed=closed, pages=pages)


@staff_reports.get("/<int:seq>")
def show(seq: int) -> Response:
    """Show one report."""
    return _page(seq)


@staff_reports.post("/<int:seq>/look")
def look(seq: int) -> ResponseReturnValue:
    """Say that one looks into it."""
    look_at_report(context.require_actor(), seq, now=context.now())
    return redirect(f"{LIST}/{seq}?notice=taken", 303)


@staff_reports.post("/<int:seq>/close")
def close(seq: int) -> ResponseReturnValue:
    """Close it with a note on what came of it."""
    note = request.form.get("note", "")
    try:
        close_report(context.require_actor(), seq, note, now=context.now())
    except (InputError, ConflictError) as error:
        return _page(seq, status=status_of(error), faults=error.faults, note=note)
    return redirect(f"{LIST}/{seq}?notice=closed", 303)


def _page(seq: int, *, status: int = 200, faults: Sequence[Fault] = (), note: str = "") -> Response:
    notice = request.args.get("notice", "")
    return staff_page(
        "staff/report.html",
        status=status,
        faults=faults,
        back=(LIST, say("status.back_to_reports", context.language())),
        found=show_report(context.require_actor(), seq),
        notice=notice if notice in _NOTICES and status == 200 else "",
        note=note,
    )
