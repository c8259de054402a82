"""Revoke, reinstate, withdraw: one person asks, another confirms, or either drops it.

Asking changes nothing that the public sees.  Confirming is one transaction:

(1) the request and the certificate are locked; request, people and certificate are checked under the
lock: a request that is too old, or about a certificate to which something happened since, is refused;
(2) the request is confirmed; (3) the state changes, with history, leaf, letters, job and audit event;
(4) the request is finished; commit.

Left to the worker after the commit: publishing the lists (``upkeep/publish.py``), sending the letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mit.errors import ConflictError, FourEyesError, NotAllowedError, StaleVersionError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import (
    Change,
    Occasion,
    Why,
    change_state,
    check_change,
    locked,
    read_why,
    require_acting_role,
    require_as_seen,
    require_stranger_to_holder,
    subject_of,
)
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_acts import REQUEST_LIFE, act_of
from mit.lifecycle.certificate_states import CertificateAction, ChangeReason
from mit.roles.actor import Actor, Role
from mit.roles.permissions import acts_for, holds_role, require_role
from mit.store import audit, status_requests
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction
from mit.store.status_requests import StatusRequest, Touched

#: What two persons do: the acts that somebody has to confirm.
ACTIONS = (CertificateAction.REVOKE, CertificateAction.REINSTATE, CertificateAction.WITHDRAW)


def ask_change(
    actor: Actor, number: str, action: CertificateAction, *, why: Why, seen_seq: int, now: datetime
) -> int:
    """Ask that a certificate be revoked, reinstated or withdrawn; return the number of the request.

    *seen_seq* is the last entry of its history that the actor saw.  A second click finds what the
    first did.

    Raises:
        NotFoundError: ``certificate_not_found``.
        NotAllowedError: ``role_needed``; FourEyesError: ``four_eyes_holder``.
        InputError: a reason or explanation is missing or not to be taken, or ``effect_day``.
        StaleVersionError: ``stale_certificate``.
        IllegalMoveError: ``illegal_certificate_move``; ConflictError: ``certificate_expired``, or
            ``request_waiting``: another request about it has to be confirmed or dropped first.
    """
    require_acting_role(actor, act_of(action))
    reason, note = read_why(action, why)
    with transaction() as session:
        certificate = locked(session, number)
        _require_may_ask(session, actor, action, certificate)
        waiting = status_requests.open_request_about(session, number)
        if waiting is not None:
            return _same_or_refuse(waiting, actor, (str(action), str(reason), note, why.on))
        require_as_seen(session, number, seen_seq)
        check_change(certificate, action, why.on, now=now)
        request = StatusRequest(
            action=str(action),
            certificate_number=number,
            reason=str(reason),
            note=note,
            effective_on=why.on,
            asked_by_id=actor.user_id,
            asked_at=now,
        )
        status_requests.write_request(session, request, [Touched(number, seen_seq)])
        is_wish = action is CertificateAction.WITHDRAW
        event = AuditEvent.WITHDRAWAL_ASKED if is_wish else AuditEvent.CHANGE_ASKED
        _record(session, event, request, actor, now=now)
        reach("ask_change.before_commit")
        return request.seq


def confirm_change(actor: Actor, seq: int, *, now: datetime, authority: Authority) -> int:
    """Do what somebody else asked for; return the place of the entry in the certificate's history.

    Raises:
        NotFoundError: ``status_request_not_found``.
        NotAllowedError: ``role_needed``; FourEyesError: ``four_eyes_same_person`` (the actor asked for
            it) or ``four_eyes_holder``.
        ConflictError: ``request_has_ended``, ``request_too_old`` with the days that it may wait.
        StaleVersionError: ``stale_certificate``: something happened to it since it was asked for.
        IllegalMoveError, ConflictError, InputError: as ``ask_change``, by what stands now.
    """
    with transaction() as session:
        request = status_requests.lock_request(session, seq)  # (1)
        if request.certificate_number is None:
            raise ConflictError("request_is_incident", number=seq)
        action = CertificateAction(request.action)
        certificate = locked(session, request.certificate_number)
        require_may_confirm(session, actor, request, action, now=now)
        require_stranger_to_holder(session, actor, certificate.organisation_id)
        (touched,) = status_requests.touched_by(session, seq)
        require_as_seen(session, certificate.number, touched.seen_seq)
        day = check_change(certificate, action, request.effective_on, now=now)
        request.confirmed_by_id, request.confirmed_at = actor.user_id, now  # (2)
        session.flush()
        reach("confirm_change.after_confirmed")
        told = {"request": seq, "asked_by": str(request.asked_by_id)}
        change = Change(ChangeReason(request.reason), day, request.note, told=told)
        entry = change_state(
            session, certificate, action, change, Occasion(actor.user_id, now, authority)
        )  # (3)
        status_requests.settle([touched], "done", now=now)  # (4)
        request.finished_at = now
        session.flush()
        reach("confirm_change.before_commit")
    # Durable now: both persons, the entry, its leaf, the letters and the job "publish"; the very next
    # answer says so.  A crash before leaves an open request, and the second person confirms again.
    reach("confirm_change.after_commit")
    return entry


def drop_request(actor: Actor, seq: int, *, now: datetime) -> None:
    """Drop what was asked for and not confirmed: by who asked, the holder's people or an officer.

    Raises:
        NotFoundError: ``status_request_not_found``.
        NotAllowedError: ``role_needed``.
        ConflictError: ``request_has_ended``.
    """
    with transaction() as session:
        request = status_requests.lock_request(session, seq)
        _require_may_drop(session, actor, request)
        if request.dropped_by_id == actor.user_id:
            return
        _require_open(request)
        request.dropped_by_id, request.dropped_at = actor.user_id, now
        session.flush()
        _record(session, _drop_event(actor, request), request, actor, now=now)


def require_may_confirm(
    session: OpenSession, actor: Actor, request: StatusRequest, action: CertificateAction, *, now: datetime
) -> None:
    """Let *actor* confirm *request* as far as the request itself goes: role, second person, age.

    Raises:
        NotAllowedError, FourEyesError, ConflictError, StaleVersionError: as ``confirm_change``.
    """
    del session
    confirming = act_of(action).confirmed_by
    require_role(actor, Role(confirming or "approver"))
    _require_open(request)
    if request.asked_by_id == actor.user_id:
        raise FourEyesError("four_eyes_asked")
    if now - request.asked_at > REQUEST_LIFE:
        raise StaleVersionError("request_too_old", days=REQUEST_LIFE.days)


def _require_may_ask(
    session: OpenSession, actor: Actor, action: CertificateAction, certificate: Certificate
) -> None:
    if action is not CertificateAction.WITHDRAW:
        require_stranger_to_holder(session, actor, certificate.organisation_id)
    elif not acts_for(actor, certificate.organisation_id):
        raise NotAllowedError("not_your_certificate")


def _require_open(request: StatusRequest) -> None:
    if not request.is_open:
        raise ConflictError("request_has_ended", number=request.seq)


def _require_may_drop(session: OpenSession, actor: Actor, request: StatusRequest) -> None:
    if request.certificate_number and request.action == CertificateAction.WITHDRAW:
        certificate = locked(session, request.certificate_number)
        if holds_role(actor, Role.MANUFACTURER) and acts_for(actor, certificate.organisation_id):
            return
    if not (holds_role(actor, Role.APPROVER) or holds_role(actor, Role.REVIEWER)):
        raise NotAllowedError("role_needed", role=str(Role.APPROVER))


def _drop_event(actor: Actor, request: StatusRequest) -> AuditEvent:
    if holds_role(actor, Role.MANUFACTURER):
        return AuditEvent.WITHDRAWAL_DROPPED
    return AuditEvent.CHANGE_DROPPED if request.certificate_number else AuditEvent.INCIDENT_DROPPED


def _same_or_refuse(waiting: StatusRequest, actor: Actor, wanted: tuple[object, ...]) -> int:
    asked = (waiting.action, waiting.reason, waiting.note, waiting.effective_on)
    if waiting.asked_by_id == actor.user_id and asked == wanted:
        return waiting.seq
    raise ConflictError("request_waiting", number=waiting.seq)


def request_facts(request: StatusRequest) -> Mapping[str, object]:
    """Return what the audit log keeps of a request."""
    return {
        "request": request.seq,
        "action": request.action,
        "reason": request.reason,
        "note": request.note,
        "effective_on": request.effective_on.isoformat() if request.effective_on else None,
    }


def _record(
    session: OpenSession, event: AuditEvent, request: StatusRequest, actor: Actor, *, now: datetime
) -> None:
    number = request.certificate_number
    audit.record(
        session,
        event,
        subject=subject_of(number) if number else f"incident:{request.seq}",
        actor_id=actor.user_id,
        now=now,
        payload=request_facts(request),
    )
