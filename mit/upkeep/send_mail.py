"""Send one letter of the outbox: as exactly once as a mail server allows.

(1) the row says that the letter is being handed over; commit; (2) it is handed over; (3) the row
says that it was sent, and what filled it is forgotten; commit.

A crash after (1) leaves a letter of which nobody knows whether it went.  It goes again, under the
same Message-ID, by which most mailboxes show it once, and the row counts the doubt, which
administrators see.  A letter that is refused for good, or not taken after the last attempt, is given
up in its row; that is no failure of the service.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from mit.errors import MitError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.lifecycle.mails import Mail
from mit.notify.messages import Letterhead, write_message
from mit.notify.outgoing import Fate, Outcome, hand_over, route_of
from mit.store import jobs, mails
from mit.store.db import transaction
from mit.store.jobs import Job
from mit.values.bilingual import Bilingual
from mit.values.thai_date import bangkok_day


def send_mail(job: Job, now: datetime, authority: Authority) -> None:
    """Send the letter of *job*; nothing is done where it was sent or given up already.

    Raises:
        MitError: ``mail_not_sent``: not this time; the job is tried again.
    """
    with transaction() as session:
        row = mails.lock_mail(session, job.key)
        if row.has_ended:
            return
        message_id = _message_id(row.id, authority)
        message = write_message(
            Mail.from_payload(job.payload), head=letterhead(authority, now), message_id=message_id, now=now
        )
        mails.begin(row, now=now)  # (1)
    reach("mail.before_handing_over")
    outcome = hand_over(message, route=route_of(authority.settings))  # (2)
    reach("mail.after_handing_over")
    _note(job, outcome, text_sha256=hashlib.sha256(message.as_bytes()).hexdigest(), now=now)  # (3)
    reach("mail.after_commit")
    if outcome.fate in {Fate.LATER, Fate.UNKNOWN} and not _is_last(job):
        raise MitError("mail_not_sent", said=outcome.said)


def letterhead(authority: Authority, now: datetime) -> Letterhead:
    """Return who writes at *now*: the issuer of that day."""
    issuer = authority.issuer_on(bangkok_day(now))
    return Letterhead(
        name=Bilingual(issuer.name_th, issuer.name_en),
        address=authority.settings.mail_from,
        telephone=issuer.telephone,
        public_url=authority.settings.public_url,
    )


def _note(job: Job, outcome: Outcome, *, text_sha256: str, now: datetime) -> None:
    """Write down what came of an attempt; a letter that another worker brought to its end stays so."""
    with transaction() as session:
        row = mails.lock_mail(session, job.key)
        if row.has_ended:
            return
        if outcome.fate is Fate.SENT:
            mails.end(session, row, now=now, text_sha256=text_sha256)
        elif outcome.fate is Fate.REFUSED or _is_last(job):
            mails.end(session, row, now=now, error=outcome.said)
        else:
            mails.put_off(row, error=outcome.said, is_certain=outcome.fate is Fate.LATER)


def _is_last(job: Job) -> bool:
    return job.attempts >= jobs.attempts_allowed(job.kind)


def _message_id(mail_id: UUID, authority: Authority) -> str:
    """Return the name that the letter has wherever it goes, however often."""
    return f"<{mail_id.hex}@{urlsplit(authority.settings.public_url).hostname or 'localhost'}>"
