"""Pages of FTI's officers about certificates: find one, its history, and suspend or ask for a change.

A change is shown before it is made: the form comes back with what the public will read, and only the
second button acts.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, InputError, MitError, NotFoundError
from mit.i18n import say
from mit.issuance.certificate_case import Why
from mit.issuance.certificate_desk import (
    ACTIONS,
    PAGE_SIZE,
    STORED_STATES,
    CertificateView,
    find_certificates,
    show_certificate,
)
from mit.issuance.foresee import foresee
from mit.issuance.open_sheets import read_opening_of
from mit.issuance.revoke import ask_change
from mit.issuance.suspend import suspend
from mit.lifecycle.certificate_acts import act_of
from mit.lifecycle.certificate_states import CertificateAction
from mit.values.thai_date import parse_day
from mit.verify.verdict import Verdict
from mit.web import context
from mit.web.pages.frame import Pages
from mit.web.pages.opening import chosen_product, opening_file
from mit.web.pages.proof import needs_proof, proof_faults, prove
from mit.web.pages.staff_frame import staff_page
from mit.web.pages.verdict_page import preview_page
from mit.web.problems import WAYS_IN, status_of

staff_certificates = Blueprint("staff_certificates", __name__, url_prefix="/staff/certificates")

LIST = "/staff/certificates"
_NOTICES = frozenset({"suspended", "asked", "confirmed", "dropped"})


@staff_certificates.get("")
def find() -> Response:
    """Find certificates by number, holder or product."""
    words = request.args.get("text", "")[:100]
    status = request.args.get("status", "")
    status = status if status in STORED_STATES else ""
    text = request.args.get("page", "1")
    page = max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
    found, total = find_certificates(words, status=status, page=page)
    return staff_page(
        "staff/certificates.html",
        found=found,
        total=total,
        text=words,
        chosen=status,
        statuses=STORED_STATES,
        pages=Pages(page, max(1, -(-total // PAGE_SIZE))),
        today=context.today(),
    )


@staff_certificates.get("/<number>")
def show(number: str) -> Response:
    """Show one certificate with its history."""
    notice = request.args.get("notice", "")
    return staff_page(
        "staff/certificate.html",
        view=_view(number),
        notice=notice if notice in _NOTICES else "",
        back=(LIST, say("status.back_to_list", context.language())),
    )


@staff_certificates.get("/<number>/opening.json")
def opening(number: str) -> Response:
    """Give the file that opens what the certificate commits to, of one product or of all."""
    return opening_file(read_opening_of(context.require_actor(), number, index=chosen_product()), number)


@staff_certificates.get("/<number>/<action>")
def ask(number: str, action: str) -> Response:
    """Ask for reason, explanation and day."""
    return _form(_view(number), _action(action))


@staff_certificates.post("/<number>/<action>")
def change(number: str, action: str) -> ResponseReturnValue:
    """Show what the public will read; then suspend, or ask a second person to confirm."""
    view, wanted = _view(number), _action(action)
    try:
        why = _why()
        foreseen = foresee(number, wanted, why, now=context.now())
        if request.form.get("step") != "do":
            return _form(view, wanted, foreseen=foreseen)
        return _do(view, wanted, why, foreseen)
    except MitError as error:
        status = status_of(error)
        if error.code in WAYS_IN or status not in {403, 409, 422}:
            raise
        return _form(view, wanted, status=status, faults=error.faults)


@staff_certificates.get("/<number>/<action>/preview")
def preview(number: str, action: str) -> Response:
    """Show the very page that the public will see, stamped as a preview."""
    on = request.args.get("on", "").strip()
    why = Why(request.args.get("reason", "")[:40], "–", parse_day(on, where="on") if on else None)
    return preview_page(foresee(number, _action(action), why, now=context.now()), number)


def _do(view: CertificateView, action: CertificateAction, why: Why, foreseen: Verdict) -> ResponseReturnValue:
    actor, now, seen = context.require_actor(), context.now(), _seen()
    if action is not CertificateAction.SUSPEND:
        ask_change(actor, view.number, action, why=why, seen_seq=seen, now=now)
        return redirect(f"{LIST}/{view.number}?notice=asked", 303)
    if faults := proof_faults() or prove(now=now):
        return _form(view, action, status=422, faults=faults, foreseen=foreseen)
    suspend(actor, view.number, why=why, seen_seq=seen, now=now, authority=context.authority())
    return redirect(f"{LIST}/{view.number}?notice=suspended", 303)


def _form(
    view: CertificateView,
    action: CertificateAction,
    *,
    status: int = 200,
    faults: Sequence[Fault] = (),
    foreseen: Verdict | None = None,
) -> Response:
    return staff_page(
        "staff/change.html",
        status=status,
        faults=faults,
        back=(f"{LIST}/{view.number}", say("status.back_to_certificate", context.language())),
        view=view,
        action=action,
        act=act_of(action),
        is_possible=action in view.actions,
        foreseen=foreseen,
        typed=request.form,
        on=request.form.get("on", ""),
        needs_proof=needs_proof(),
        own_email=context.require_live().email,
    )


def _view(number: str) -> CertificateView:
    return show_certificate(context.require_actor(), number, now=context.now())


def _action(text: str) -> CertificateAction:
    found = next((action for action in ACTIONS if action == text), None)
    if found is None:
        raise NotFoundError
    return found


def _why() -> Why:
    form = request.form
    on = form.get("on", "").strip()
    day = parse_day(on, where="on") if on else None
    return Why(form.get("reason", "")[:40], form.get("note", "")[:20_000], day)


def _seen() -> int:
    """Return the last entry that stood on the officer's screen; a form that does not say it saw none."""
    text = request.form.get("seen", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InputError("stale_certificate", where="reason", number="")
    return int(text)
