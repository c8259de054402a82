"""Pages of what waits for a second person: one certificate's change, or an incident; and asking for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, MitError
from mit.i18n import say
from mit.issuance.certificate_case import Why
from mit.issuance.certificate_desk import RequestView, list_requests, show_certificate, show_request
from mit.issuance.foresee import foresee
from mit.issuance.incident import (
    ACTIONS,
    Common,
    DryRun,
    Wanted,
    ask_incident,
    confirm_incident,
    dry_run,
    read_common,
)
from mit.issuance.revoke import confirm_change, drop_request
from mit.lifecycle.certificate_acts import act_of
from mit.lifecycle.certificate_states import CertificateAction
from mit.values.thai_date import parse_day
from mit.verify.verdict import Verdict
from mit.web import context
from mit.web.pages.proof import needs_proof, proof_faults, prove
from mit.web.pages.staff_frame import staff_page
from mit.web.problems import WAYS_IN, status_of

staff_requests = Blueprint("staff_requests", __name__, url_prefix="/staff/requests")

LIST = "/staff/requests"
#: Numbers that the page of a request lists; the audit log has all of an incident's.
_LISTED = 1000
_NOTICES = frozenset({"confirmed", "dropped", "asked"})
_FIELDS = ("tax_number", "kid", "rule_set_id")


@staff_requests.get("")
def index() -> Response:
    """List what waits for a second person, and the latest incidents."""
    waiting, incidents = list_requests(context.require_actor(), now=context.now())
    return staff_page("staff/requests.html", waiting=waiting, incidents=incidents)


@staff_requests.get("/<int:seq>")
def show(seq: int) -> Response:
    """Show one request, what the public will read, and let a second person confirm or drop it."""
    return _page(seq)


@staff_requests.post("/<int:seq>/confirm")
def confirm(seq: int) -> ResponseReturnValue:
    """Do what somebody else asked for, with a fresh proof."""
    found, _ = show_request(context.require_actor(), seq, now=context.now())
    if found.state == "open" and found.obstacle is None:
        faults = proof_faults() or prove(now=context.now())
        if faults:
            return _page(seq, status=422, faults=faults)
    actor, now = context.require_actor(), context.now()
    try:
        if found.selection:
            confirm_incident(actor, seq, now=now)
        else:
            confirm_change(actor, seq, now=now, authority=context.authority())
    except MitError as error:
        return _refused(seq, error)
    return redirect(f"{LIST}/{seq}?notice=confirmed", 303)


@staff_requests.post("/<int:seq>/drop")
def drop(seq: int) -> ResponseReturnValue:
    """Drop what was asked for."""
    try:
        drop_request(context.require_actor(), seq, now=context.now())
    except MitError as error:
        return _refused(seq, error)
    return redirect(f"{LIST}/{seq}?notice=dropped", 303)


@staff_requests.get("/incident")
def ask_for_incident() -> Response:
    """Ask what the certificates of an incident have in common, and show what that selects."""
    if not any(request.args.get(name, "").strip() for name in (*_FIELDS, "issued_from", "issued_to")):
        return _incident_page(request.args)
    try:
        found = dry_run(context.require_actor(), _common(request.args))
    except MitError as error:
        return _incident_page(request.args, status=status_of(error), faults=error.faults)
    return _incident_page(request.args, found=found)


@staff_requests.post("/incident")
def ask_incident_now() -> ResponseReturnValue:
    """Ask a second person to confirm the whole list."""
    form, actor = request.form, context.require_actor()
    found = None
    try:
        common = _common(form)
        found = dry_run(actor, common)
        on = form.get("on", "").strip()
        day = parse_day(on, where="on") if on else None
        why = Why(form.get("reason", "")[:40], form.get("note", "")[:20_000], day)
        wanted = Wanted(form.get("action", "")[:20], common, why)
        text = form.get("seen_total", "")
        total = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
        seq = ask_incident(actor, wanted, seen_total=total, now=context.now())
    except MitError as error:
        status = status_of(error)
        if error.code in WAYS_IN or status not in {403, 409, 422}:
            raise
        return _incident_page(form, status=status, faults=error.faults, found=found)
    return redirect(f"{LIST}/{seq}?notice=asked", 303)


def _common(typed: Any) -> Common:
    days = {}
    for name in ("issued_from", "issued_to"):
        text = typed.get(name, "").strip()
        days[name] = parse_day(text, where=name) if text else None
    return read_common({name: typed.get(name, "") for name in _FIELDS}, **days)


def _incident_page(
    typed: Any, *, status: int = 200, faults: Sequence[Fault] = (), found: DryRun | None = None
) -> Response:
    return staff_page(
        "staff/incident.html",
        status=status,
        faults=faults,
        back=(LIST, say("status.back_to_requests", context.language())),
        typed=typed,
        found=found,
        actions=ACTIONS,
        reasons=act_of(CertificateAction.REVOKE).reasons,
        rule_sets=[rule_set.id for rule_set in context.authority().rulebook.rule_sets],
    )


def _page(seq: int, *, status: int = 200, faults: Sequence[Fault] = ()) -> Response:
    actor, notice = context.require_actor(), request.args.get("notice", "")
    found, numbers = show_request(actor, seq, now=context.now())
    certificate = show_certificate(actor, found.number, now=context.now()) if found.number else None
    return staff_page(
        "staff/request.html",
        status=status,
        faults=faults,
        back=(LIST, say("status.back_to_requests", context.language())),
        notice=notice if notice in _NOTICES and status == 200 else "",
        found=found,
        numbers=numbers[:_LISTED],
        certificate=certificate,
        foreseen=_foreseen(found),
        needs_proof=needs_proof(),
        own_email=context.require_live().email,
    )


def _foreseen(found: RequestView) -> Verdict | None:
    """Return what the public will read; None where nothing waits, or it cannot be done any more."""
    if found.state != "open" or not found.number:
        return None
    why = Why(found.reason, found.note, found.on)
    try:
        return foresee(found.number, CertificateAction(found.action), why, now=context.now())
    except MitError:
        return None


def _refused(seq: int, error: MitError) -> Response:
    """Show the request again with what is wrong.

    Raises:
        MitError: *error* itself where the page cannot help.
    """
    status = status_of(error)
    if error.code in WAYS_IN or status not in {403, 409, 422}:
        raise error
    return _page(seq, status=status, faults=error.faults)
