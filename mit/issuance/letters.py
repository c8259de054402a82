"""Tell the applicant by mail what became of an application: a link and a number, nothing of its costs.

A letter is written in the transaction of the act that it tells of.  Reasons and questions stay on the
page behind the sign-in, because they may quote figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter, Mail
from mit.store import accounts, mails
from mit.store.applications import Application
from mit.store.db import OpenSession

#: What was recorded → what the applicant is told.  A recommendation is FTI's own affair.
LETTER_OF: Mapping[AuditEvent, Letter] = {
    AuditEvent.APPLICATION_SUBMITTED: Letter.APPLICATION_RECEIVED,
    AuditEvent.APPLICATION_RESUBMITTED: Letter.APPLICATION_RECEIVED,
    AuditEvent.APPLICATION_RETURNED: Letter.APPLICATION_RETURNED,
    AuditEvent.APPLICATION_SENT_BACK: Letter.APPLICATION_RETURNED,
    AuditEvent.APPLICATION_REFUSED: Letter.APPLICATION_REFUSED,
    AuditEvent.APPLICATION_DECLINED: Letter.APPLICATION_REFUSED,
    AuditEvent.APPLICATION_APPROVED: Letter.APPLICATION_APPROVED,
}


def tell_applicant(
    session: OpenSession, application: Application, letter: Letter, *, now: datetime, certificate: str = ""
) -> int:
    """Write *letter* to everybody who acts for the applicant now; return how many were written.

    One version of an application is told of once, and a certificate once.
    """
    told = certificate if letter is Letter.CERTIFICATE_READY else str(application.version)
    written = 0
    for user in accounts.makers_of(session, application.organisation_id):
        params = {
            "name": user.name,
            "number": application.number,
            "certificate": certificate,
            "path": page_of(application),
        }
        mail = Mail(user.email, user.language, letter, params)
        key = f"{application.number}:{told}:{user.id}"
        about = f"application:{application.number}"
        written += mails.queue(session, mail, key=key, about=about, now=now)
    return written


def page_of(application: Application) -> str:
    """Return the path of an application's page, as its applicant opens it."""
    return f"/applications/{application.number}"
