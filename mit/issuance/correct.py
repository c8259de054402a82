"""Begin an application that corrects a certificate; what is issued on it then supersedes the old one."""

from __future__ import annotations

from datetime import datetime

from mit.errors import NotFoundError
from mit.issuance.certificate_case import subject_of
from mit.issuance.copy_application import begin_copy
from mit.issuance.move import Standing, standing
from mit.issuance.supersede import check_replaceable
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.roles.permissions import acts_for
from mit.store import applications, audit, certificates
from mit.store.db import OpenSession, transaction


def begin_correction(actor: Actor, number: str, *, now: datetime) -> Standing:
    """Begin an application with what the certificate's own said, to be corrected and decided anew.

    Raises:
        NotAllowedError: as ``copy_application``.
        NotFoundError: ``certificate_not_found``: there is none of the actor's own organisation.
        ConflictError: it has ended, or is replaced already.
    """
    with transaction() as session:
        application_number = _own_application(session, actor, number)
        check_replaceable(session, number, actor.organisation_id)
        application = begin_copy(session, actor, application_number, now=now)
        application.supersedes = number
        session.flush()
        audit.record(
            session,
            AuditEvent.CORRECTION_BEGUN,
            subject=subject_of(number),
            actor_id=actor.user_id,
            now=now,
            payload={"application": application.number},
        )
        # Durable after this commit: the draft, and which certificate it corrects.
        return standing(session, application)


def _own_application(session: OpenSession, actor: Actor, number: str) -> str:
    certificate = certificates.find_certificate(session, number)
    if certificate is None or not acts_for(actor, certificate.organisation_id):
        raise NotFoundError("certificate_not_found", number=number)
    return applications.get_application(session, certificate.application_id).number
