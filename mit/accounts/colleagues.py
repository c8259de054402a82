"""Who acts for one's organisation, and who keeps it: see, remove, leave, give and take the keeping.

Somebody always keeps an organisation that has people: the last keeper can neither leave nor stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.accounts.membership import lock_kept, lock_own, own_organisation_id, record, span_of
from mit.errors import ConflictError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role
from mit.store import accounts, invitations, sessions
from mit.store.accounts import Affiliation, Organisation
from mit.store.db import OpenSession, transaction, viewing


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who acts for the organisation."""

    user_id: UUID
    name: str
    email: str
    since: datetime
    is_keeper: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked to and has not answered."""

    invitation_id: UUID
    email: str
    invited_at: datetime
    expires_at: datetime
    has_expired: bool


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of one's organisation; invitations are shown to keepers alone."""

    colleagues: tuple[Colleague, ...]
    invited: tuple[Invited, ...]
    is_kept_by_me: bool


def list_people(by: Actor, *, now: datetime) -> People:
    """Return who acts for one's organisation, and who was asked to.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        spans = accounts.live_affiliations(session, organisation_id)
        colleagues = tuple(_colleague(session, span, by) for span in spans)
        is_kept = any(one.is_me and one.is_keeper for one in colleagues)
        rows = invitations.open_invitations(session, organisation_id) if is_kept else ()
    invited = tuple(
        Invited(row.id, row.email, row.created_at, row.expires_at, row.expires_at <= now) for row in rows
    )
    return People(colleagues, invited, is_kept)


def remove(by: Actor, user_id: UUID, *, now: datetime) -> None:
    """Let a colleague act for the organisation no more; anybody may leave, a keeper may remove others.

    Their role ends and so do their sessions, unless they left by themselves.

    Raises:
        NotAllowedError: ``role_needed``, ``keeper_needed``.
        NotFoundError: they do not act for one's own organisation.
        ConflictError: ``keeper_last``.
    """
    is_leaving = user_id == by.user_id
    with transaction() as session:
        organisation = lock_own(session, by) if is_leaving else lock_kept(session, by)
        span = span_of(session, organisation.id, user_id)
        if span.is_keeper:
            _require_another_keeper(session, organisation, user_id)
        invitations.withdraw_by(session, user_id, now=now)
        accounts.lock_user(session, user_id)
        accounts.join_organisation(session, user_id, None, now=now)
        accounts.take_back(session, user_id, Role.MANUFACTURER, now=now)
        if not is_leaving:
            sessions.end_sessions(session, user_id, now=now)
        record(session, AuditEvent.COLLEAGUE_REMOVED, organisation.id, by=by, now=now, user=user_id)


def set_keeper(by: Actor, user_id: UUID, *, is_keeper: bool, now: datetime) -> None:
    """Let somebody keep the organisation, or no more; an administrator may do so for any organisation.

    Raises:
        NotAllowedError: ``role_needed``, ``keeper_needed``.
        NotFoundError: they do not act for one's own organisation.
        ConflictError: ``keeper_last``.
    """
    with transaction() as session:
        organisation = _lock_for_keeping(session, by, user_id)
        span = span_of(session, organisation.id, user_id)
        if span.is_keeper == is_keeper:
            return
        if not is_keeper:
            _require_another_keeper(session, organisation, user_id)
            invitations.withdraw_by(session, user_id, now=now)
        span.is_keeper = is_keeper
        session.flush()
        event = AuditEvent.KEEPER_GIVEN if is_keeper else AuditEvent.KEEPER_TAKEN
        record(session, event, organisation.id, by=by, now=now, user=user_id)


def _lock_for_keeping(session: OpenSession, by: Actor, user_id: UUID) -> Organisation:
    if not holds_role(by, Role.ADMINISTRATOR):
        return lock_kept(session, by)
    organisation_id = accounts.get_user(session, user_id).organisation_id
    if organisation_id is None:
        raise NotFoundError
    return accounts.lock_organisation(session, organisation_id)


def _require_another_keeper(session: OpenSession, organisation: Organisation, user_id: UUID) -> None:
    """Let the keeping end only where somebody else keeps the organisation, with a login that is alive."""
    others = [
        span
        for span in accounts.live_affiliations(session, organisation.id)
        if span.is_keeper and span.user_id != user_id
    ]
    if not any(accounts.get_user(session, span.user_id).is_active for span in others):
        raise ConflictError("keeper_last")


def _colleague(session: OpenSession, span: Affiliation, by: Actor) -> Colleague:
    user = accounts.get_user(session, span.user_id)
    is_me = span.user_id == by.user_id
    return Colleague(span.user_id, user.name, user.email, span.began_at, span.is_keeper, is_me)
