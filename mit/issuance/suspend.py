"""Suspend a certificate: urgent, so one approver is enough; only two persons bring it back or end it."""

from __future__ import annotations

from datetime import datetime

from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import (
    EVENT_OF,
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
)
from mit.lifecycle.certificate_acts import act_of
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor
from mit.store import certificate_history
from mit.store.db import transaction


def suspend(
    actor: Actor, number: str, *, why: Why, seen_seq: int, now: datetime, authority: Authority
) -> int:
    """Suspend an active certificate from today on; return the place of the entry in its history.

    *seen_seq* is the last entry that the actor saw.  A second click finds what the first did.

    Raises:
        NotFoundError: ``certificate_not_found``.
        NotAllowedError: ``role_needed``; FourEyesError: ``four_eyes_holder``.
        InputError: a reason or explanation is missing or not to be taken, or ``effect_day``.
        StaleVersionError: ``stale_certificate``.
        IllegalMoveError: ``illegal_certificate_move``; ConflictError: ``certificate_expired``.
    """
    action = CertificateAction.SUSPEND
    require_acting_role(actor, act_of(action))
    reason, note = read_why(action, why)
    with transaction() as session:
        certificate = locked(session, number)
        require_stranger_to_holder(session, actor, certificate.organisation_id)
        last = certificate_history.last_entry(session, number)
        mine = (EVENT_OF[action], actor.user_id, reason)
        if last and last.seq != seen_seq and (last.event, last.actor_id, last.reason) == mine:
            return last.seq
        require_as_seen(session, number, seen_seq)
        day = check_change(certificate, action, why.on, now=now)
        change = Change(reason, day, note)
        entry = change_state(session, certificate, action, change, Occasion(actor.user_id, now, authority))
        reach("suspend.before_commit")
    # Durable now: the entry, its leaf, the letters and the job "publish"; the very next answer says
    # suspended.  A crash before leaves an active certificate, and the approver asks again.
    reach("suspend.after_commit")
    return entry
