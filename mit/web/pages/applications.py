"""Pages: a manufacturer's applications: the list, a new one, a copy, the task list, the status, receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import ConflictError, Fault, MitError
from mit.issuance import draft_sections, evidence, renew, submission, timeline
from mit.issuance.copy_application import copy_application
from mit.issuance.export_case import export_own
from mit.issuance.own_certificate import read_own
from mit.issuance.receipt import read_receipt
from mit.registry.certificate_qr import read_qr_png, read_qr_svg
from mit.roles.actor import Actor
from mit.values.thai_date import format_day, parse_iso_day
from mit.web import context
from mit.web.answers import case_file_answer
from mit.web.pages.writing import applicant_page, read, refused, version_sent

applications = Blueprint("applications", __name__, url_prefix="/applications")


@applications.get("")
def show_all() -> Response:
    """List every application of the visitor's organisation."""
    return applicant_page("list.html", **_listed())


@applications.post("")
def begin() -> ResponseReturnValue:
    """Begin an application."""
    try:
        begun = draft_sections.start(context.require_actor(), now=context.now())
    except MitError as error:
        return refused("list.html", error, listed=(), held={}, renewing={})
    return redirect(f"/applications/{begun.number}", 303)


@applications.post("/<number>/copy")
def copy(number: str) -> ResponseReturnValue:
    """Begin an application with what this one says."""
    begun = copy_application(context.require_actor(), number, now=context.now())
    return redirect(f"/applications/{begun.number}?notice=copied", 303)


@applications.post("/certificate/<number>/renew")
def renew_certificate(number: str) -> ResponseReturnValue:
    """Begin the renewal of a certificate; a second click leads to the one that was begun."""
    try:
        begun = renew.renew(
            context.require_actor(), number, rulebook=context.authority().rulebook, now=context.now()
        )
    except ConflictError as error:
        return refused("list.html", _in_words(error), **_listed())
    return redirect(f"/applications/{begun.number}?notice=renewing", 303)


@applications.get("/<number>")
def show(number: str) -> Response:
    """Show what is still to be done while it is written, and where it stands afterwards."""
    actor, written = context.require_actor(), read(number)
    words: dict[str, Any] = {"written": written, "progress": timeline.progress(actor, number)}
    words["renewed"] = renew.renewed_by(actor, number, today=context.today())
    if not written.is_open:
        held = _held(actor).get(number)
        progress = words["progress"]
        own = read_own(actor, progress.certificate_number, now=context.now()) if progress.is_issued else None
        view = submission.look(actor, number)
        return applicant_page("status.html", view=view, held=held, own=own, **words)
    files = [file for file in evidence.listed(actor, number) if not file.is_gone]
    return applicant_page("tasks.html", files=files, **words)


@applications.get("/<number>/receipt")
def receipt(number: str) -> ResponseReturnValue:
    """Show the receipt of the last submission; without one the task list."""
    actor = context.require_actor()
    progress = timeline.progress(actor, number)
    if progress.submitted_at is None:
        return redirect(f"/applications/{number}", 303)
    renewed = renew.renewed_by(actor, number, today=context.today())
    return applicant_page("receipt.html", progress=progress, written=read(number), renewed=renewed)


@applications.get("/<number>/receipt.pdf")
def receipt_paper(number: str) -> ResponseReturnValue:
    """Give the receipt of the last submission as a PDF; without one the task list."""
    actor = context.require_actor()
    if timeline.progress(actor, number).submitted_at is None:
        return redirect(f"/applications/{number}", 303)
    pdf = read_receipt(actor, number, authority=context.authority())
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-receipt.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@applications.post("/<number>/case-file")
def case_file(number: str) -> Response:
    """Give the application as one file with which its assessment can be re-performed."""
    book = context.authority().rulebook
    data = export_own(context.require_actor(), number, rulebook=book, now=context.now())
    return case_file_answer(data, number)


@applications.get("/<number>/withdraw")
def ask_withdraw(number: str) -> Response:
    """Ask whether to withdraw, and why."""
    progress = timeline.progress(context.require_actor(), number)
    return applicant_page(
        "withdraw.html", progress=progress, reasons="", back=(f"/applications/{number}", "")
    )


@applications.post("/<number>/withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Withdraw the application."""
    actor, reasons = context.require_actor(), request.form.get("reasons", "")
    progress = timeline.progress(actor, number)
    words = {"progress": progress, "reasons": reasons, "back": (f"/applications/{number}", "")}
    if request.form.get("sure") != "yes":
        faults = [Fault("withdraw_not_sure", "sure")]
        return applicant_page("withdraw.html", status=422, faults=faults, **words)
    try:
        submission.withdraw(actor, number, version=version_sent(), reasons=reasons, now=context.now())
    except MitError as error:
        return refused("withdraw.html", error, **words)
    return redirect(f"/applications/{number}", 303)


@applications.get("/certificate/<number>/qr.svg")
def qr_svg(number: str) -> Response:
    """Give the QR code of an issued certificate as SVG."""
    return _picture(read_qr_svg(context.require_actor(), number), "image/svg+xml", f"{number}.svg")


@applications.get("/certificate/<number>/qr.png")
def qr_png(number: str) -> Response:
    """Give the QR code of an issued certificate as PNG."""
    return _picture(read_qr_png(context.require_actor(), number), "image/png", f"{number}.png")


def _held(actor: Actor) -> Mapping[str, renew.Held]:
    return renew.held_by(actor, rulebook=context.authority().rulebook, today=context.today())


def _listed() -> dict[str, Any]:
    """Return every application of the visitor's organisation with what it became, what runs out first."""
    actor = context.require_actor()
    held = _held(actor)
    renewing = {one.renewed_in: one.number for one in held.values() if one.renewed_in}
    listed = renew.urgent_first(timeline.list_own(actor), held)
    return {"listed": listed, "held": held, "renewing": renewing}


def _in_words(error: ConflictError) -> ConflictError:
    """Return *error* with the day that it names as people read it."""
    shown = error.params.get("day")
    if not isinstance(shown, str):
        return error
    day = format_day(parse_iso_day(shown), context.language())
    return ConflictError(error.code, where="", **(error.params | {"day": day}))


def _picture(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
