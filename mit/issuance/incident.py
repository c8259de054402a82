"""An incident: many certificates at once, one act, one reason, two persons.

(1) Somebody selects by what the certificates have in common, sees the list (a dry run changes nothing)
and asks; (2) a second person confirms exactly this list; (3) the worker does it portion by portion, each
in a transaction of its own with one audit event that lists its numbers; (4) when nothing is left, the
holders are told, once each, and the request is finished.

A crash between two portions leaves what is done done and the job of the next portion in the outbox; a
crash inside one leaves it undone.  What ended otherwise meanwhile is passed over, and said to be.
Source: security G16 (10,000 certificates within 5 minutes); CA/Browser 5.7.1.2 (mass revocation plan).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mit.credential import canonical_json
from mit.errors import ConflictError, InputError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import (
    PUBLISH_JOB,
    Change,
    Occasion,
    Told,
    Why,
    change_state,
    read_why,
    record_told,
    require_acting_role,
    require_stranger_to_holder,
    state_of,
)
from mit.issuance.letters import tell_of_incident
from mit.issuance.reissue import reissue_one, require_officers
from mit.issuance.revoke import request_facts, require_may_confirm
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_acts import act_of, day_of_effect
from mit.lifecycle.certificate_states import MOVES, CertificateAction, ChangeReason
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit, certificate_search, certificates, jobs, status_requests
from mit.store.certificate_history import last_seqs
from mit.store.certificate_search import Common, Found
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction, viewing
from mit.store.status_requests import RequestedCertificate, StatusRequest, Touched
from mit.values.identifiers import parse_tax_number
from mit.values.thai_date import bangkok_day

__all__ = [
    "ACTIONS",
    "INCIDENT_JOB",
    "Common",
    "DryRun",
    "Wanted",
    "ask_incident",
    "confirm_incident",
    "do_portion",
    "dry_run",
    "read_common",
]

#: The job that does the next portion of an incident; its key is ``<request>:<portion>``.
INCIDENT_JOB = "incident"
#: Certificates that are revoked in one transaction, and that are issued anew in one.
PORTION, REISSUED_AT_ONCE = 500, 25
#: Largest incident.  Above it one narrows the selection down, so that no list is longer than one reads.
MOST_CERTIFICATES = 50_000
#: What may be done to many certificates at once.
ACTIONS = ("revoke", "reissue")
_IN_CHUNK = 500
_KID_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to all that has something in common."""

    action: str
    common: Common
    why: Why


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an incident would change: nothing is changed by looking.

    Attributes:
        total: how many certificates.
        found: the first of them, by number.
        holders: how many holders would be told, and how many people of theirs.
    """

    total: int
    found: tuple[Found, ...]
    holders: int
    people: int


def read_common(typed: Mapping[str, str], *, issued_from: date | None, issued_to: date | None) -> Common:
    """Return what was typed of ``tax_number``, ``kid`` and ``rule_set_id``; something has to be said.

    Raises:
        InputError: ``selection_empty``, ``kid_malformed``, or the tax number cannot be read.
    """
    kid_text = typed.get("kid", "").strip()
    is_short = len(kid_text) <= _KID_DIGITS and kid_text.isascii() and kid_text.isdecimal()
    if kid_text and not (is_short and 0 < int(kid_text) < 65536):
        raise InputError("kid_malformed", where="kid")
    tax_text = typed.get("tax_number", "").strip()
    common = Common(
        tax_number=parse_tax_number(tax_text, where="tax_number") if tax_text else "",
        kid=int(kid_text) if kid_text else None,
        rule_set_id=typed.get("rule_set_id", "").strip()[:60],
        issued_from=issued_from,
        issued_to=issued_to,
    )
    if common == Common():
        raise InputError("selection_empty", where="tax_number")
    return common


def dry_run(actor: Actor, common: Common, *, shown: int = 100) -> DryRun:
    """Return what would be selected, and who would be told.

    Raises:
        NotAllowedError: ``role_needed``.
    """
    require_acting_role(actor, act_of(CertificateAction.REVOKE))
    with viewing() as session:
        every = certificate_search.in_common(session, common)
        holders = {one.organisation_id for one in every}
        people = sum(len(accounts.makers_of(session, holder)) for holder in holders)
    return DryRun(len(every), tuple(every[:shown]), len(holders), people)


def ask_incident(actor: Actor, wanted: Wanted, *, seen_total: int, now: datetime) -> int:
    """Ask that all that is selected be revoked, or issued anew; return the number of the request.

    *seen_total* is how many the dry run showed.

    Raises:
        NotAllowedError: ``role_needed``; FourEyesError: ``four_eyes_holder`` of any of the holders.
        InputError: a reason or explanation is missing, ``effect_day``, ``selection_empty``,
            ``selection_too_large``.
        ConflictError: ``selection_changed`` with how many there are now.
    """
    action = _revoking(wanted.action)
    require_acting_role(actor, act_of(action))
    if wanted.action == "reissue":
        require_role(actor, Role.REVIEWER)  # whose recommendation stands under each new certificate
    reason, note = read_why(action, wanted.why)
    with transaction() as session:
        found = certificate_search.in_common(session, wanted.common)
        _check_selection(found, seen_total)
        _check_day(found, wanted.why.on, today=bangkok_day(now))
        for holder in {one.organisation_id for one in found}:
            require_stranger_to_holder(session, actor, holder)
        request = StatusRequest(
            action=wanted.action,
            selection=selection_document(wanted.common),
            reason=str(reason),
            note=note,
            effective_on=wanted.why.on,
            asked_by_id=actor.user_id,
            asked_at=now,
        )
        status_requests.write_request(session, request, _touched(session, found))
        _record(session, AuditEvent.INCIDENT_ASKED, request, actor.user_id, now=now)
        return request.seq


def confirm_incident(actor: Actor, seq: int, *, now: datetime) -> None:
    """Let the worker do what somebody else asked for; a second click does no harm.

    Raises:
        NotFoundError, NotAllowedError, FourEyesError, ConflictError, StaleVersionError: as
            ``revoke.confirm_change``; ``request_role_lost``: who asked may recommend nothing any more.
    """
    with transaction() as session:
        request = status_requests.lock_request(session, seq)
        if request.confirmed_by_id == actor.user_id:
            return
        require_may_confirm(session, actor, request, _revoking(request.action), now=now)
        if request.action == "reissue":
            require_officers(session, request, now=now)
        numbers = [row.certificate_number for row in status_requests.touched_by(session, seq)]
        for holder in certificate_search.holders_of(session, numbers):
            require_stranger_to_holder(session, actor, holder)
        request.confirmed_by_id, request.confirmed_at = actor.user_id, now
        session.flush()
        jobs.enqueue(session, INCIDENT_JOB, key=f"{seq}:1", payload={}, now=now)
        _record(session, AuditEvent.INCIDENT_CONFIRMED, request, actor.user_id, now=now)
        reach("confirm_incident.before_commit")
    # Durable now: both persons and the job of the first portion.
    reach("confirm_incident.after_commit")


def do_portion(key: str, *, now: datetime, authority: Authority) -> None:
    """Do one portion of a confirmed incident, and ask for the next; at the end tell the holders.

    Raises:
        NotFoundError: ``status_request_not_found``.
    """
    seq, _, portion = key.partition(":")
    with transaction() as session:
        request = status_requests.lock_request(session, int(seq))
        if request.confirmed_at is None or request.finished_at is not None:
            return
        size = PORTION if request.action == "revoke" else REISSUED_AT_ONCE
        rows = status_requests.next_portion(session, request.seq, size)
        if rows:
            _do_rows(session, request, rows, now=now, authority=authority)
            jobs.enqueue(session, INCIDENT_JOB, key=f"{seq}:{int(portion) + 1}", payload={}, now=now)
        else:
            _finish(session, request, now=now)
        reach("incident.before_commit")
    # Durable now: this portion whole, and the job of the next one.
    reach("incident.after_commit")


def selection_document(common: Common) -> str:
    """Return how the certificates were found, as canonical JSON."""
    document = {
        "tax_number": common.tax_number,
        "kid": common.kid,
        "rule_set_id": common.rule_set_id,
        "issued_from": common.issued_from.isoformat() if common.issued_from else None,
        "issued_to": common.issued_to.isoformat() if common.issued_to else None,
    }
    return canonical_json.write(document).decode("utf-8")


def _revoking(action: str) -> CertificateAction:
    """Return the act of the table whose persons and reasons count: issuing anew asks for the same."""
    if action not in ACTIONS:
        raise InputError("status_reason_unknown", where="action", action=action[:20])
    return CertificateAction.REVOKE


def _check_selection(found: Sequence[Found], seen_total: int) -> None:
    if not found:
        raise InputError("selection_empty", where="tax_number")
    if len(found) > MOST_CERTIFICATES:
        raise InputError("selection_too_large", where="tax_number", limit=MOST_CERTIFICATES)
    if len(found) != seen_total:
        raise ConflictError("selection_changed", count=len(found))


def _check_day(found: Sequence[Found], wanted_on: date | None, *, today: date) -> None:
    """Refuse a day to come, which the worker could not do; one before an issue day counts as that day."""
    if wanted_on is not None and wanted_on > today:
        first = min(one.issued_on for one in found)
        raise InputError("effect_day", where="on", first=first.isoformat(), last=today.isoformat())


def _touched(session: OpenSession, found: Sequence[Found]) -> list[Touched]:
    seen: dict[str, int] = {}
    for start in range(0, len(found), _IN_CHUNK):
        seen |= last_seqs(session, [one.number for one in found[start : start + _IN_CHUNK]])
    return [Touched(one.number, seen.get(one.number, 0)) for one in found]


def _do_rows(
    session: OpenSession,
    request: StatusRequest,
    rows: Sequence[RequestedCertificate],
    *,
    now: datetime,
    authority: Authority,
) -> None:
    by = Occasion(request.confirmed_by_id, now, authority)
    locked = [certificates.lock_certificate(session, row.certificate_number) for row in rows]
    told: list[Told] = []  # recorded last, because the first event locks the chain
    outcomes: dict[str, list[str]] = {"done": [], "passed_over": []}
    for row, certificate in zip(rows, locked, strict=True):
        acts = _do_one(session, request, certificate, by)
        outcome = "passed_over" if acts is None else "done"
        told += acts or []
        outcomes[outcome].append(certificate.number)
        status_requests.settle([row], outcome, now=now)
        reach("incident.after_one")
    session.flush()
    key = f"incident:{request.seq}:{locked[0].number}"
    jobs.enqueue(session, PUBLISH_JOB, key=key, payload={}, now=now)
    record_told(session, told, now=now)
    facts = {"action": request.action, **outcomes}
    _record(session, AuditEvent.INCIDENT_PORTION_DONE, request, None, now=now, more=facts)


def _do_one(
    session: OpenSession, request: StatusRequest, certificate: Certificate, by: Occasion
) -> list[Told] | None:
    """Revoke one certificate or prepare its successor; return what is to be recorded, None if passed over."""
    if request.action == "reissue":
        return reissue_one(session, request, certificate, by)
    if (state_of(certificate), CertificateAction.REVOKE) not in MOVES:
        return None
    day = _day(request, certificate, by)
    change = Change(ChangeReason(request.reason), day, request.note, is_told_apart=True)
    change_state(session, certificate, CertificateAction.REVOKE, change, by)
    return []


def _day(request: StatusRequest, certificate: Certificate, by: Occasion) -> date:
    """Return the day that was asked for, within what this certificate allows."""
    today = bangkok_day(by.now)
    wanted = min(request.effective_on or today, certificate.expires_on)
    return day_of_effect(
        CertificateAction.REVOKE,
        max(wanted, certificate.issued_on),
        today=max(today, certificate.issued_on),
        issued_on=certificate.issued_on,
        expires_on=certificate.expires_on,
    )


def _finish(session: OpenSession, request: StatusRequest, *, now: datetime) -> None:
    request.finished_at = now
    session.flush()
    rows = status_requests.touched_by(session, request.seq)
    if request.action == "revoke":
        done = [row.certificate_number for row in rows if row.outcome == "done"]
        _tell_holders(session, request, done, now=now)
    counts = status_requests.count_outcomes(session, request.seq)
    _record(session, AuditEvent.INCIDENT_FINISHED, request, None, now=now, more=dict(counts))


def _tell_holders(
    session: OpenSession, request: StatusRequest, numbers: Sequence[str], *, now: datetime
) -> None:
    key = f"incident:{request.seq}"
    for organisation_id, own in certificate_search.holders_of(session, numbers).items():
        for user in accounts.makers_of(session, organisation_id):
            tell_of_incident(session, user, own, reason=request.reason, key=key, now=now)


def _record(
    session: OpenSession,
    event: AuditEvent,
    request: StatusRequest,
    actor_id: UUID | None,
    *,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    payload = dict(request_facts(request)) | {"certificates": request.certificates} | dict(more or {})
    subject = f"incident:{request.seq}"
    audit.record(session, event, subject=subject, actor_id=actor_id, now=now, payload=payload)
