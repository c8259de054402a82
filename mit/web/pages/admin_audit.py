"""Administrators' pages of the audit log: search it, take it home, walk the whole chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, InputError
from mit.lifecycle.audit_events import AuditEvent
from mit.upkeep import audit_trail
from mit.upkeep.audit_trail import Asked
from mit.values.thai_date import first_instant, parse_day
from mit.web import context
from mit.web.pages.admin_frame import admin_page, asked_number

admin_audit = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")

FIELDS = ("subject", "person", "event", "begins_on", "ends_on")
_LONGEST_FIELD = 200
_FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


@admin_audit.get("")
def search() -> Response:
    """Show the events that the address asks for, the newest first."""
    return _page({name: request.args.get(name, "") for name in FIELDS})


@admin_audit.get("/export")
def again() -> ResponseReturnValue:
    """Lead to the search: a form that was shown again is asked for in the other language, or anew."""
    return redirect(context.same_page("/admin/audit"), 303)


@admin_audit.post("/export")
def export() -> ResponseReturnValue:
    """Give the events that are asked for as a file."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    form = "jsonl" if request.form.get("form") == "jsonl" else "csv"
    actor, now = context.require_actor(), context.now()
    try:
        asked = _read(typed)
        take_home = audit_trail.export_csv if form == "csv" else audit_trail.export_json_lines
        data = take_home(actor, asked, now=now)
    except InputError as error:
        return _page(typed, *error.faults, status=422)
    response = Response(data, content_type=_FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{now:%Y%m%d-%H%M%S}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@admin_audit.get("/chain")
def chain() -> Response:
    """Walk the whole chain and show where it breaks."""
    return admin_page("chain.html", report=audit_trail.check_chain(), back=("/admin/audit", ""))


def _page(typed: dict[str, str], *faults: Fault, status: int = 200) -> Response:
    before = asked_number("before", 0) or None
    found = None
    try:
        found = audit_trail.search(context.require_actor(), _read(typed), before=before)
    except InputError as error:
        faults, status = (*faults, *error.faults), 422
    return admin_page(
        "audit.html",
        status=status,
        faults=faults,
        typed=typed,
        found=found,
        events=sorted(AuditEvent),
        is_first=before is None,
        older=context.same_page("/admin/audit", before=str(found.older)) if found and found.older else "",
        newest=context.same_page("/admin/audit", before=""),
    )


def _read(typed: dict[str, str]) -> Asked:
    """Return what is searched for.

    Raises:
        InputError: every field that cannot be read: ``day_malformed`` …, ``user_unknown``.
    """
    faults: list[Fault] = []
    told = {name: text[:_LONGEST_FIELD].strip() for name, text in typed.items()}
    asked = Asked(subject=told["subject"], event=told["event"])
    if told["person"]:
        person = audit_trail.find_person(context.require_actor(), told["person"])
        if person is None:
            faults.append(Fault("user_unknown", "person", {"email": told["person"][:100]}))
        else:
            asked = replace(asked, actor_id=person.actor_id)
    begins_on, ends_on = (_day(told[name], name, faults) for name in ("begins_on", "ends_on"))
    if faults:
        raise InputError(faults=faults)
    return replace(
        asked,
        begins_at=first_instant(begins_on) if begins_on else None,
        ends_at=first_instant(ends_on + timedelta(days=1)) if ends_on else None,
    )


def _day(text: str, where: str, faults: list[Fault]) -> date | None:
    if not text:
        return None
    try:
        return parse_day(text, where=where)
    except InputError as error:
        faults.extend(error.faults)
        return None
