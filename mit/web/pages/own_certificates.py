"""Pages about a manufacturer's own certificate: wish for its end, take the wish back, correct it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, MitError
from mit.issuance.certificate_case import Why
from mit.issuance.correct import begin_correction
from mit.issuance.open_sheets import read_opening_of
from mit.issuance.own_certificate import OwnCertificate, read_own
from mit.issuance.revoke import ask_change, drop_request
from mit.lifecycle.certificate_acts import act_of
from mit.lifecycle.certificate_states import CertificateAction
from mit.web import context
from mit.web.pages.opening import chosen_product, opening_file
from mit.web.pages.writing import applicant_page
from mit.web.problems import WAYS_IN, status_of

own_certificates = Blueprint("own_certificates", __name__, url_prefix="/applications/certificate/<number>")


@own_certificates.get("/withdraw")
def ask_withdraw(number: str) -> Response:
    """Ask why the certificate shall end, and whether that is sure."""
    return _form(read_own(context.require_actor(), number, now=context.now()))


@own_certificates.post("/withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Ask FTI to end the certificate."""
    actor = context.require_actor()
    own = read_own(actor, number, now=context.now())
    if request.form.get("sure") != "yes":
        return _form(own, status=422, faults=[Fault("withdraw_not_sure", "sure")])
    why = Why(request.form.get("reason", "")[:40], request.form.get("note", "")[:20_000])
    action = CertificateAction.WITHDRAW
    try:
        ask_change(actor, number, action, why=why, seen_seq=own.seen_seq, now=context.now())
    except MitError as error:
        status = status_of(error)
        if error.code in WAYS_IN or status not in {409, 422}:
            raise
        return _form(own, status=status, faults=error.faults)
    return redirect(f"/applications/{own.application_number}", 303)


@own_certificates.post("/keep")
def keep(number: str) -> ResponseReturnValue:
    """Take the wish back while nobody has confirmed it."""
    actor = context.require_actor()
    own = read_own(actor, number, now=context.now())
    if own.request:
        drop_request(actor, own.request, now=context.now())
    return redirect(f"/applications/{own.application_number}", 303)


@own_certificates.post("/correct")
def correct(number: str) -> ResponseReturnValue:
    """Begin an application with what the certificate says; what is issued on it replaces the certificate."""
    begun = begin_correction(context.require_actor(), number, now=context.now())
    return redirect(f"/applications/{begun.number}?notice=copied", 303)


@own_certificates.get("/opening.json")
def opening(number: str) -> Response:
    """Give the file that opens what the certificate commits to, of one product or of all."""
    return opening_file(read_opening_of(context.require_actor(), number, index=chosen_product()), number)


def _form(own: OwnCertificate, *, status: int = 200, faults: Sequence[Fault] = ()) -> Response:
    return applicant_page(
        "certificate_withdraw.html",
        status=status,
        faults=faults,
        own=own,
        reasons=act_of(CertificateAction.WITHDRAW).reasons,
        typed=request.form,
        back=(f"/applications/{own.application_number}", ""),
    )
