"""What officers do with reports: read them, say that somebody looks at one, close it with a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mit.errors import ConflictError, InputError, NotAllowedError
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.suspicions import ReportState
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role
from mit.store import accounts, audit, reports
from mit.store.db import OpenSession, transaction, viewing
from mit.store.reports import Report

#: Reports on one page of the list.
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report as an officer reads it; ``looked_by`` and ``closed_by`` are names, or empty."""

    seq: int
    receipt: str
    state: ReportState
    suspicion: str
    shown_number: str
    words: str
    contact: str
    consented: bool
    language: str
    reported_at: datetime
    looked_by: str
    looked_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    note: str


def list_reports(actor: Actor, *, closed: bool = False, page: int = 1) -> tuple[Sequence[ReportView], int]:
    """Return one page (from 1) of open or closed reports, and how many there are.

    Raises:
        NotAllowedError: ``role_needed``.
    """
    _require_officer(actor)
    with viewing() as session:
        skip = (page - 1) * PAGE_SIZE
        found = reports.list_reports(session, closed=closed, skip=skip, limit=PAGE_SIZE)
        return [_view(session, row) for row in found], reports.count_reports(session, closed=closed)


def show_report(actor: Actor, seq: int) -> ReportView:
    """Return one report.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``report_not_found``.
    """
    _require_officer(actor)
    with viewing() as session:
        return _view(session, reports.get_report(session, seq))


def look_at_report(actor: Actor, seq: int, *, now: datetime) -> None:
    """Say that the actor looks into a report; once somebody does, nothing is written.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``report_not_found``.
    """
    _require_officer(actor)
    with transaction() as session:
        row = reports.lock_report(session, seq)
        if row.state is not ReportState.NEW:
            return
        row.looked_by_id, row.looked_at = actor.user_id, now
        _record(session, AuditEvent.REPORT_TAKEN, actor, row, now=now)


def close_report(actor: Actor, seq: int, note: str, *, now: datetime) -> None:
    """Close a report with a note on what came of it.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``report_not_found``.
        ConflictError: ``report_closed``: somebody did before.
        InputError: ``note_missing``, ``text_too_long`` or ``text_unusable``.
    """
    _require_officer(actor)
    words = read_reasons(note, where="note")
    if not words:
        raise InputError("note_missing", where="note")
    with transaction() as session:
        row = reports.lock_report(session, seq)
        if row.state is ReportState.CLOSED:
            raise ConflictError("report_closed")
        row.closed_by_id, row.closed_at, row.note = actor.user_id, now, words
        _record(session, AuditEvent.REPORT_CLOSED, actor, row, now=now)


def _require_officer(actor: Actor) -> None:
    if not (holds_role(actor, Role.REVIEWER) or holds_role(actor, Role.APPROVER)):
        raise NotAllowedError("role_needed", role=str(Role.REVIEWER))


def _record(session: OpenSession, event: AuditEvent, actor: Actor, row: Report, *, now: datetime) -> None:
    audit.record(session, event, subject=f"report:{row.receipt}", actor_id=actor.user_id, now=now)


def _view(session: OpenSession, row: Report) -> ReportView:
    looked, closed = (
        accounts.get_user(session, one).name if one else "" for one in (row.looked_by_id, row.closed_by_id)
    )
    return ReportView(
        seq=row.seq,
        receipt=row.receipt,
        state=row.state,
        suspicion=row.suspicion,
        shown_number=row.shown_number,
        words=row.words,
        contact=row.contact,
        consented=row.consented,
        language=row.language,
        reported_at=row.reported_at,
        looked_by=looked,
        looked_at=row.looked_at,
        closed_by=closed,
        closed_at=row.closed_at,
        note=row.note,
    )
