"""Hold the rows of dealers' letters against what was signed and what the audit log tells.

Pages show what a token says; the columns only lead to it and say when a letter was ended.  A row that
somebody changed by hand, or an end that was taken back, is found here.
"""

from __future__ import annotations

from collections.abc import Iterator

from mit.errors import MitError
from mit.issuance.appoint import letter_subject
from mit.issuance.sign_dealer_letter import read_order
from mit.lifecycle.audit_events import AuditEvent
from mit.store import audit, dealer_letters
from mit.store.db import OpenSession
from mit.store.dealer_letters import DealerLetterRow


def changed_letters(session: OpenSession) -> Iterator[tuple[str, str]]:
    """Return number and what is wrong (``row``, ``token``, ``end``) of each letter that does not add up."""
    for row in dealer_letters.every_letter(session):
        if what := _wrong(session, row):
            yield row.number, what


def _wrong(session: OpenSession, row: DealerLetterRow) -> str:
    try:
        read_order(session, row)
    except (MitError, LookupError, TypeError, ValueError, AttributeError):
        return "row"
    if row.token is not None and not row.token.startswith(f"{row.tbs.decode('ascii')}."):
        return "token"
    acts = audit.events_about(session, letter_subject(row.number))
    ends = [act.at for act in acts if act.event == AuditEvent.DEALER_LETTER_ENDED]
    return "" if ends == ([row.ended_at] if row.ended_at else []) else "end"
