"""Report a suspicion about a certificate: anyone may, nobody has to say who they are.

FTI's officers are told by mail that something was reported, at most once an hour each: whoever floods
the form does not flood their letter boxes.  No word of a report stands in a letter or the audit log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mit.errors import Fault, InputError, MalformedNumberError
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter, Mail
from mit.lifecycle.suspicions import LONGEST_CONTACT, LONGEST_NUMBER, LONGEST_WORDS, Suspicion
from mit.store import accounts, audit, mails
from mit.store.db import OpenSession, add, transaction
from mit.store.reports import Report
from mit.values.identifiers import parse_certificate_number

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_TELEPHONE = re.compile(r"[+0-9][0-9 ().\-]{7,29}")


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody typed: everything as it came.

    Attributes:
        suspicion: what is wrong, a code.
        shown_number: the number on the paper, where there is one.
        words: what happened.
        contact: an e-mail address or a telephone number; may be empty.
        consents: whether FTI may keep and use the contact.
        language: ``th`` or ``en``, that of the page.
    """

    suspicion: str
    shown_number: str
    words: str
    contact: str
    consents: bool
    language: str


def check_reported(reported: Reported) -> None:
    """Look whether a report can be taken, before it is counted.

    Raises:
        InputError: as ``report``.
    """
    _read(reported)


def report(reported: Reported, *, now: datetime) -> str:
    """Write a report down and tell the officers; return its receipt, e.g. ``R-2569-000012``.

    Raises:
        InputError: ``report_malformed`` with a fault for each field that cannot be taken.
    """
    row = _read(reported)
    row.reported_at = now
    with transaction() as session:
        add(session, row)
        receipt = row.receipt
        _tell_officers(session, row, now=now)
        audit.record(
            session,
            AuditEvent.SUSPICION_REPORTED,
            subject=f"report:{receipt}",
            actor_id=None,
            now=now,
            payload={"suspicion": row.suspicion},
        )
    return receipt


def _read(reported: Reported) -> Report:
    faults: list[Fault] = []
    if reported.suspicion not in set(Suspicion):
        faults.append(Fault("suspicion_missing", "suspicion"))
    words = _text(reported.words, "words", LONGEST_WORDS, faults)
    if not words and not any(fault.where == "words" for fault in faults):
        faults.append(Fault("text_missing", "words"))
    number = _text(_in_one_line(reported.shown_number), "shown_number", LONGEST_NUMBER, faults)
    contact = _text(_in_one_line(reported.contact), "contact", LONGEST_CONTACT, faults)
    if contact and not (_EMAIL.fullmatch(contact) or _TELEPHONE.fullmatch(contact)):
        faults.append(Fault("contact_malformed", "contact"))
    if contact and not reported.consents:
        faults.append(Fault("consent_missing", "consents"))
    if faults:
        raise InputError("report_malformed", faults=faults)
    return Report(
        suspicion=reported.suspicion,
        shown_number=_as_printed(number),
        words=words,
        contact=contact,
        consented=bool(contact),
        language="en" if reported.language == "en" else "th",
    )


def _text(text: str, where: str, limit: int, faults: list[Fault]) -> str:
    """Return a text as it is kept; write into *faults* why it cannot be."""
    if len(text) > limit:
        faults.append(Fault("text_too_long", where, {"limit": limit}))
        return ""
    try:
        kept = read_reasons(text, where=where)
    except InputError as error:
        faults.extend(error.faults)
        return ""
    if len(kept) > limit:  # composing can lengthen a text
        faults.append(Fault("text_too_long", where, {"limit": limit}))
    return kept


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _as_printed(number: str) -> str:
    """Return a certificate number as it is printed; what is none stays as it was typed."""
    try:
        return str(parse_certificate_number(number))
    except MalformedNumberError:
        return number


def _tell_officers(session: OpenSession, row: Report, *, now: datetime) -> None:
    """Write each officer a letter that a report waits, unless one was written within this hour."""
    for user in accounts.officers(session):
        params = {"name": user.name, "receipt": row.receipt, "path": "/staff/reports"}
        mail = Mail(user.email, user.language, Letter.SUSPICION_REPORTED, params)
        mails.queue(session, mail, key=f"{now:%Y-%m-%dT%H}:{user.id}", about=f"report:{row.receipt}", now=now)
