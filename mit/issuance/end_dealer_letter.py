"""End a dealer's letter at once: from this Bangkok day on it is not in force; earlier days stay."""

from __future__ import annotations

from datetime import datetime

from mit.errors import NotFoundError
from mit.issuance.appoint import letter_subject, lock_own_certificate, told_of
from mit.issuance.letters import tell_keepers
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import audit, dealer_letters
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day


def end_dealer_letter(actor: Actor, certificate_number: str, number: str, *, now: datetime) -> None:
    """End the letter *number* about one's own certificate; a second click does nothing.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``certificate_not_found`` or ``dealer_letter_not_found``.
    """
    require_role(actor, Role.MANUFACTURER)
    with transaction() as session:
        certificate = lock_own_certificate(session, actor, certificate_number)
        row = dealer_letters.lock_letter(session, number)
        if row.certificate_number != certificate_number:
            raise NotFoundError("dealer_letter_not_found", number=number[:40])
        if row.ended_at is not None:
            return
        row.ended_at, row.ended_by_id = now, actor.user_id
        session.flush()
        params = told_of(session, row, actor, bangkok_day(now))
        tell_keepers(session, certificate, Letter.DEALER_LETTER_ENDED, params=params, now=now)
        audit.record(
            session,
            AuditEvent.DEALER_LETTER_ENDED,
            subject=letter_subject(number),
            actor_id=actor.user_id,
            now=now,
            payload={"certificate": certificate_number, "ended_on": bangkok_day(now).isoformat()},
        )
