"""Whose organisation one acts for, looked at under lock before every act on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from mit.accounts.people import text_faults
from mit.errors import Fault, NotAllowedError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit
from mit.store.accounts import Affiliation, Organisation
from mit.store.db import OpenSession

_TELEPHONE = re.compile(r"[0-9+][0-9 ()/,#-]{0,29}", re.ASCII)
#: Signs that turn the direction of a line, and the one that stands for a letter that was lost.
_MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")


def own_organisation_id(by: Actor) -> UUID:
    """Return whom a manufacturer's person acts for.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: they act for nobody (yet).
    """
    require_role(by, Role.MANUFACTURER)
    if by.organisation_id is None:
        raise NotFoundError
    return by.organisation_id


def lock_own(session: OpenSession, by: Actor) -> Organisation:
    """Return one's own organisation, locked; looked at anew, because one may have been removed meanwhile.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for nobody, or not any more.
    """
    organisation = accounts.lock_organisation(session, own_organisation_id(by))
    span_of(session, organisation.id, by.user_id)
    return organisation


def lock_kept(session: OpenSession, by: Actor) -> Organisation:
    """Return the organisation that one keeps, locked.

    Raises:
        NotAllowedError: ``role_needed``, ``keeper_needed``.
        NotFoundError: one acts for nobody, or not any more.
    """
    organisation = lock_own(session, by)
    if not span_of(session, organisation.id, by.user_id).is_keeper:
        raise NotAllowedError("keeper_needed")
    return organisation


def span_of(session: OpenSession, organisation_id: UUID, user_id: UUID) -> Affiliation:
    """Return the span in which a person acts for the organisation now.

    Raises:
        NotFoundError: they do not.
    """
    for span in accounts.live_affiliations(session, organisation_id):
        if span.user_id == user_id:
            return span
    raise NotFoundError


def require_outsider(roles: frozenset[Role]) -> None:
    """Refuse FTI's own people, who never act for anybody else.

    Raises:
        NotAllowedError: ``staff_joins_nobody``.
    """
    if roles & STAFF_ROLES:
        raise NotAllowedError("staff_joins_nobody")


def line_of(text: str) -> str:
    """Return what was typed as one line: ends of lines and runs of spaces become one space."""
    return " ".join(text.split())


def line_faults(text: str, where: str, *, longest: int, missing: str = "") -> list[Fault]:
    """Return what is wrong with one line; signs that mislead the reader's eye are refused, too.

    *missing* is the code of an empty line; without one the line may be left out.
    """
    if not text and missing:
        return [Fault(missing, where)]
    if any(sign in _MISLEADING or unicodedata.category(sign) in {"Co", "Cn"} for sign in text):
        return [Fault("text_unreadable", where)]
    return text_faults(text, where, longest=longest, required=False)


def telephone_faults(text: str, where: str = "telephone") -> list[Fault]:
    """Return what is wrong with a telephone number; it may be left out."""
    return [Fault("telephone_malformed", where)] if text and not _TELEPHONE.fullmatch(text) else []


def record(
    session: OpenSession,
    event: AuditEvent,
    organisation_id: UUID,
    *,
    by: Actor,
    now: datetime,
    **payload: object,
) -> None:
    """Write down what somebody did to an organisation or its people."""
    told: Mapping[str, object] = {name: str(value) for name, value in payload.items()}
    subject = f"organisation:{organisation_id}"
    audit.record(session, event, subject=subject, actor_id=by.user_id, now=now, payload=told)
