"""Pages: a manufacturer's applications: the list, a new one, a copy, the task list, the status, receipt."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, MitError
from mit.issuance import draft_sections, evidence, submission, timeline
from mit.issuance.copy_application import copy_application
from mit.issuance.own_certificate import read_own
from mit.registry.certificate_qr import read_qr_png, read_qr_svg
from mit.web import context
from mit.web.pages.writing import applicant_page, read, refused, version_sent

applications = Blueprint("applications", __name__, url_prefix="/applications")


@applications.get("")
def show_all() -> Response:
    """List every application of the visitor's organisation."""
    return applicant_page("list.html", listed=timeline.list_own(context.require_actor()))


@applications.post("")
def begin() -> ResponseReturnValue:
    """Begin an application."""
    try:
        begun = draft_sections.start(context.require_actor(), now=context.now())
    except MitError as error:
        return refused("list.html", error, listed=())
    return redirect(f"/applications/{begun.number}", 303)


@applications.post("/<number>/copy")
def copy(number: str) -> ResponseReturnValue:
    """Begin an application with what this one says."""
    begun = copy_application(context.require_actor(), number, now=context.now())
    return redirect(f"/applications/{begun.number}?notice=copied", 303)


@applications.get("/<number>")
def show(number: str) -> Response:
    """Show what is still to be done while it is written, and where it stands afterwards."""
    actor, written = context.require_actor(), read(number)
    progress = timeline.progress(actor, number)
    if not written.is_open:
        view = submission.look(actor, number)
        own = read_own(actor, progress.certificate_number, now=context.now()) if progress.is_issued else None
        return applicant_page("status.html", progress=progress, view=view, written=written, own=own)
    files = [file for file in evidence.listed(actor, number) if not file.is_gone]
    return applicant_page("tasks.html", written=written, progress=progress, files=files)


@applications.get("/<number>/receipt")
def receipt(number: str) -> ResponseReturnValue:
    """Show the receipt of the last submission; without one the task list."""
    progress = timeline.progress(context.require_actor(), number)
    if progress.submitted_at is None:
        return redirect(f"/applications/{number}", 303)
    return applicant_page("receipt.html", progress=progress, written=read(number))


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


def _picture(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
