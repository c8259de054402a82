"""One certificate under lock, who may act on it, and how its state changes: what the verbs share.

Every change of a state goes through :func:`change_state`: the dated history, the leaf of the log, the
job that publishes, the letters to the holder and the audit event are written in the transaction of
the verb, so that nothing is shown later than its event, and no event is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mit.credential import canonical_json
from mit.errors import FourEyesError, InputError, NotAllowedError, NotFoundError, StaleVersionError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.letters import tell_holder
from mit.issuance.tell_leaners import ask_to_tell
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_acts import CertificateAct, act_of, day_of_effect, read_reason
from mit.lifecycle.certificate_states import (
    CertificateAction,
    CertificateState,
    ChangeReason,
    next_state,
)
from mit.roles.actor import Actor, Role
from mit.roles.four_eyes import is_stranger
from mit.roles.permissions import holds_role
from mit.store import accounts, applications, audit, certificate_history, certificates, jobs, transparency_log
from mit.store.certificate_history import StatusChange
from mit.store.certificates import Certificate
from mit.store.db import OpenSession
from mit.store.transparency_log import LogLeaf
from mit.values.thai_date import bangkok_day

#: The job that publishes lists and histories; its key is only the reason.
PUBLISH_JOB = "publish"
#: What the history calls each act.
EVENT_OF: Mapping[CertificateAction, str] = {
    CertificateAction.SUSPEND: "suspended",
    CertificateAction.REINSTATE: "reinstated",
    CertificateAction.REVOKE: "revoked",
    CertificateAction.WITHDRAW: "withdrawn",
    CertificateAction.SUPERSEDE: "superseded",
}
_SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who acts, None for the service itself; at which instant; in whose name."""

    actor_id: UUID | None
    now: datetime
    authority: Authority


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody wants a change, as it was typed.

    Attributes:
        reason: the code of a public reason.
        note: words for staff alone; asked of staff, free for the holder.
        on: the Bangkok day from which it shall count; None: the day on which it is done.
    """

    reason: str
    note: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it was decided.

    Attributes:
        reason: the public code.
        on: the Bangkok day from which it counts.
        note: words that only staff reads.
        successor: the number that supersedes, where one does.
        told: further members of the audit event.
        is_told_apart: an incident tells the holder and the log of acts itself, once for many.
    """

    reason: ChangeReason
    on: date
    note: str = ""
    successor: str | None = None
    told: Mapping[str, object] | None = None
    is_told_apart: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One audit event that is recorded when everything else of the transaction is written."""

    event: AuditEvent
    subject: str
    actor_id: UUID | None
    payload: Mapping[str, object]


def record_told(session: OpenSession, told: Iterable[Told], *, now: datetime) -> None:
    """Record what was put off, in its order; the first locks the chain until the commit."""
    for one in told:
        audit.record(
            session, one.event, subject=one.subject, actor_id=one.actor_id, now=now, payload=one.payload
        )


def subject_of(number: str) -> str:
    """Return the name of a certificate in the audit log."""
    return f"certificate:{number}"


def state_of(certificate: Certificate) -> CertificateState:
    """Return where a certificate stands: its stored status, or prepared; expiry is not looked at."""
    status = CertificateState(certificate.status)
    is_waiting = certificate.state == "prepared" and status is CertificateState.ACTIVE
    return CertificateState.PREPARED if is_waiting else status


def read_why(action: CertificateAction, why: Why) -> tuple[ChangeReason, str]:
    """Return the public reason and the words for staff.

    Raises:
        InputError: ``status_reason_missing``, ``status_reason_unknown``, ``explanation_missing``,
            ``text_too_long`` or ``text_unusable``.
    """
    reason = read_reason(action, why.reason)
    note = read_reasons(why.note, where="note")
    if not note and action is not CertificateAction.WITHDRAW:
        raise InputError("explanation_missing", where="note")
    return reason, note


def require_acting_role(actor: Actor, act: CertificateAct) -> None:
    """Let *actor* do or ask for *act*.

    Raises:
        NotAllowedError: ``role_needed`` with the first role that may.
    """
    if not any(holds_role(actor, Role(role)) for role in act.asked_by):
        raise NotAllowedError("role_needed", role=act.asked_by[-1])


def require_stranger_to_holder(session: OpenSession, actor: Actor, organisation_id: UUID) -> None:
    """Refuse who ever acted for the holder, by the whole recorded history.

    Raises:
        FourEyesError: ``four_eyes_holder``.
    """
    acted = accounts.acted_for(session, organisation_id) | applications.authors_for(session, organisation_id)
    mine = {actor.user_id} if actor.organisation_id == organisation_id else set()
    if not is_stranger(actor.user_id, acted_for_applicant=acted | mine):
        raise FourEyesError("four_eyes_holder")


def require_as_seen(session: OpenSession, number: str, seen_seq: int) -> None:
    """Refuse when something happened to the certificate since it was looked at.

    Raises:
        StaleVersionError: ``stale_certificate``.
    """
    if certificate_history.last_seq(session, number) != seen_seq:
        raise StaleVersionError("stale_certificate", number=number)


def check_change(
    certificate: Certificate, action: CertificateAction, wanted_on: date | None, *, now: datetime
) -> date:
    """Return from which day *action* counts, if it may be done to the certificate as it stands.

    Raises:
        IllegalMoveError: ``illegal_certificate_move``.
        ConflictError: ``certificate_expired``.
        InputError: ``effect_day``.
    """
    next_state(state_of(certificate), action)
    return day_of_effect(
        action,
        wanted_on,
        today=bangkok_day(now),
        issued_on=certificate.issued_on,
        expires_on=certificate.expires_on,
    )


def change_state(
    session: OpenSession,
    certificate: Certificate,
    action: CertificateAction,
    change: Change,
    by: Occasion,
) -> int:
    """Write one change with all that follows from it; return the place of its entry in the history.

    The audit event comes last, because it locks the chain until the commit.

    Raises:
        IllegalMoveError: ``illegal_certificate_move``.
        ConflictError: ``status_day``.
    """
    number = certificate.number
    target = next_state(state_of(certificate), action)
    told = StatusChange(
        event=EVENT_OF[action],
        status=str(target),
        effective_on=change.on,
        reason=str(change.reason),
        note=change.note,
        successor=change.successor,
    )
    entry = certificate_history.record_status(session, number, told, actor_id=by.actor_id, now=by.now)
    leaf_index = _write_leaf(session, certificate, told, by)
    reach("change_state.after_leaf")
    ask_to_tell(session, number, str(target), on=change.on, now=by.now)
    if change.is_told_apart:
        return entry.seq
    jobs.enqueue(session, PUBLISH_JOB, key=f"event:{entry.seq}", payload={}, now=by.now)
    tell_holder(session, certificate, told, key=str(entry.seq), now=by.now)
    audit.record(
        session,
        act_of(action).event,
        subject=subject_of(number),
        actor_id=by.actor_id,
        now=by.now,
        payload=_payload(told, leaf_index) | dict(change.told or {}),
    )
    return entry.seq


def locked(session: OpenSession, number: str) -> Certificate:
    """Return the certificate of a printed number, locked.

    Raises:
        NotFoundError: ``certificate_not_found``.
    """
    if certificates.find_certificate(session, number) is None:
        raise NotFoundError("certificate_not_found", number=number)
    return certificates.lock_certificate(session, number)


def _payload(told: StatusChange, leaf_index: int) -> dict[str, object]:
    return {
        "status": told.status,
        "reason": told.reason,
        "note": told.note,
        "effective_on": told.effective_on.isoformat(),
        "superseded_by": told.successor,
        "log_index": leaf_index,
    }


def _write_leaf(session: OpenSession, certificate: Certificate, told: StatusChange, by: Occasion) -> int:
    entry = {
        "event": told.event,
        "number": certificate.number,
        "status": told.status,
        "reason": told.reason,
        "effective_on": told.effective_on.isoformat(),
        "superseded_by": told.successor,
        "profile_version": certificate.profile_version,
    }
    leaf = LogLeaf(
        certificate_number=certificate.number,
        event=told.event,
        entry=canonical_json.write(entry).decode("utf-8"),
        salt=by.authority.random.randbytes(_SALT_BYTES),
        profile_version=certificate.profile_version,
        written_at=by.now,
    )
    return transparency_log.append_new_leaf(session, leaf)
