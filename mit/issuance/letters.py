"""Tell by mail what became of an application or a certificate: a link and a number, nothing of its costs.

A letter is written in the transaction of the act that it tells of.  Reasons and questions stay on the
page behind the sign-in, because they may quote figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from mit.i18n import Language, say
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter, Mail
from mit.store import accounts, applications, mails
from mit.store.accounts import User
from mit.store.applications import Application
from mit.store.certificate_history import StatusChange
from mit.store.certificates import Certificate
from mit.store.db import OpenSession
from mit.store.leanings import Leaner
from mit.values.thai_date import format_day

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

#: Numbers that one letter about an incident lists; the page behind the sign-in lists all.
_NUMBERS_IN_LETTER = 50


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


def tell_holder(
    session: OpenSession, certificate: Certificate, told: StatusChange, *, key: str, now: datetime
) -> int:
    """Write to everybody who acts for the holder now what became of a certificate; return how many.

    *key* tells one change from another: each is told of once.  The reason is the public one.
    """
    letter = Letter(f"certificate_{told.event}")
    application = applications.get_application(session, certificate.application_id)
    written = 0
    for user in accounts.makers_of(session, certificate.organisation_id):
        params: dict[str, str | int] = {
            "name": user.name,
            "certificate": certificate.number,
            "day": format_day(told.effective_on, language_of(user), width="wide"),
            "reason": reason_words(told.reason, language_of(user)),
            "successor": told.successor or "",
            "path": page_of(application),
        }
        mail = Mail(user.email, user.language, letter, params)
        about = f"certificate:{certificate.number}"
        written += mails.queue(session, mail, key=f"{key}:{user.id}", about=about, now=now)
    return written


def tell_keepers(
    session: OpenSession,
    certificate: Certificate,
    letter: Letter,
    *,
    params: Mapping[str, str | date],
    now: datetime,
) -> int:
    """Write to the holder's keepers what a colleague did with a dealer's letter; return how many.

    *params* are ``letter``, ``dealer``, ``by`` and the ``day`` from or until which it counts.
    """
    spans = accounts.live_affiliations(session, certificate.organisation_id)
    keepers = {span.user_id for span in spans if span.is_keeper}
    written = 0
    for user in accounts.makers_of(session, certificate.organisation_id):
        if user.id not in keepers:
            continue
        told: dict[str, str | int] = {
            name: format_day(value, language_of(user), width="wide") if isinstance(value, date) else value
            for name, value in params.items()
        }
        path = f"/applications/certificate/{certificate.number}/dealers"
        told |= {"name": user.name, "certificate": certificate.number, "path": path}
        mail = Mail(user.email, user.language, letter, told)
        about = f"certificate:{certificate.number}"
        written += mails.queue(session, mail, key=f"{told['letter']}:{user.id}", about=about, now=now)
    return written


def tell_of_incident(
    session: OpenSession,
    user: User,
    numbers: Sequence[str],
    *,
    reason: str,
    key: str,
    now: datetime,
) -> bool:
    """Write one letter about all of a holder's certificates that an incident revoked; say if it is new."""
    more = "" if len(numbers) <= _NUMBERS_IN_LETTER else " …"
    params: dict[str, str | int] = {
        "name": user.name,
        "count": len(numbers),
        "numbers": ", ".join(numbers[:_NUMBERS_IN_LETTER]) + more,
        "reason": reason_words(reason, language_of(user)),
        "path": "/applications",
    }
    mail = Mail(user.email, user.language, Letter.CERTIFICATES_REVOKED, params)
    return mails.queue(session, mail, key=f"{key}:{user.id}", about=key, now=now)


def tell_of_supplier(
    session: OpenSession,
    user: User,
    number: str,
    what: tuple[str, date],
    *,
    leaners: Sequence[Leaner],
    now: datetime,
) -> bool:
    """Write one letter: a supplier's certificate stands so since a day, and these of one's own lean on it.

    Say whether it is new; each standing of each day is told of once.
    """
    standing, on = what
    own = list(dict.fromkeys(one.certificate or one.application_number for one in leaners))
    more = "" if len(own) <= _NUMBERS_IN_LETTER else " …"
    params: dict[str, str | int] = {
        "name": user.name,
        "certificate": number,
        "standing": say(f"lifecycle.certificate_{standing}", language_of(user)),
        "day": format_day(on, language_of(user), width="wide"),
        "count": len(own),
        "numbers": ", ".join(own[:_NUMBERS_IN_LETTER]) + more,
        "path": "/applications",
    }
    mail = Mail(user.email, user.language, Letter.SUPPLIER_CERTIFICATE_ENDED, params)
    key = f"{number}:{standing}:{on.isoformat()}:{user.id}"
    return mails.queue(session, mail, key=key, about=f"certificate:{number}", now=now)


def language_of(user: User) -> Language:
    """Return the language in which a person reads."""
    return "en" if user.language == "en" else "th"


def reason_words(reason: str, language: Language) -> str:
    """Return the public reason in words."""
    return say(f"verify.because_{reason}", language)
