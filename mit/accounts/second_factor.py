"""The second factor: set it up with a telephone, keep recovery codes, take it from who lost it.

Setting up: (1) a fresh secret waits, encrypted, in the session; (2) the person types the code that
their telephone makes of it; (3) only then does it become the login's, with recovery codes, and every
other session of the person ends.  A new password never touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from mit.accounts import datastore, delays, sessions
from mit.accounts.letters import write_letter
from mit.accounts.sessions import Live
from mit.accounts.sign_in import SignedIn, locked
from mit.document.qr_image import qr_svg
from mit.errors import ConflictError, InputError, NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit
from mit.store import sessions as session_rows
from mit.store.accounts import User
from mit.store.db import OpenSession, transaction, viewing
from mit.store.sessions import SessionRow

#: Events that a request for a reset stands among; the newest one about a person counts.
_ABOUT_RESET: Final = frozenset({AuditEvent.SECOND_FACTOR_RESET_ASKED, AuditEvent.SECOND_FACTOR_RESET})


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What the set-up page shows: the key to type, and the QR (SVG) that a telephone scans."""

    key: str = field(repr=False)
    picture: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetUp:
    """A second factor that was just set up: the session goes on under *signed_in*."""

    signed_in: SignedIn
    recovery_codes: Sequence[str] = field(repr=False)


def offer_secret(live: Live, *, now: datetime) -> NewSecret:
    """Return the secret that waits in the session, a fresh one the first time (1).

    Raises:
        NotAllowedError: ``sign_in_needed``: the session is over, or owes a code.
        ConflictError: ``second_factor_there``: one is set up, and only a new session may change it.
    """
    with transaction() as session:
        row, user = _of_session(session, live, now=now)
        row.pending_secret = row.pending_secret or datastore.new_secret()
        secret = row.pending_secret
        address = datastore.secret_address(secret, user.email)
    return NewSecret(datastore.secret_key(secret), qr_svg(address))


def set_up(live: Live, code: str, *, now: datetime) -> SetUp:
    """Take the first code of a new secret and make it the login's own (2), (3).

    Raises:
        NotAllowedError: ``sign_in_needed``.
        ConflictError: ``second_factor_there``.
        InputError: ``code_wrong``.
        MitError: ``sign_in_delayed`` with ``minutes``.
    """
    with transaction() as session:
        key = delays.key_of_code(_of_session(session, live, now=now)[1].id)
        delays.count_attempt(session, [key], now=now)
    with transaction() as session:
        row, user = _of_session(session, live, now=now)
        step = None
        if row.pending_secret:
            step = datastore.step_of(code, row.pending_secret, at=now, last_step=None)
        if step is None:
            raise InputError("code_wrong", where="code")
        user.second_factor_secret, user.second_factor_at = row.pending_secret, now
        user.second_factor_step = step
        codes = datastore.new_recovery_codes(user)
        delays.take_back(session, [key], now=now)
        session_rows.end_sessions(session, user.id, now=now, spared=row.id)
        token = sessions.renew(session, row, stage="full", now=now)
        stamp = f"{user.id}:{now.isoformat()}"
        write_letter(session, user, Letter.SECOND_FACTOR_SET, key=stamp, now=now)
        _record(session, AuditEvent.SECOND_FACTOR_SET, user.id, by=user.id, now=now)
        return SetUp(SignedIn(token, "full"), codes)


def renew_recovery_codes(live: Live, *, now: datetime) -> Sequence[str]:
    """Give a person new recovery codes; the old ones open nothing any more.

    Raises:
        ConflictError: ``second_factor_missing``.
    """
    with transaction() as session:
        user = accounts.lock_user(session, live.actor.user_id)
        if user.second_factor_secret is None:
            raise ConflictError("second_factor_missing")
        codes = datastore.new_recovery_codes(user)
        _record(session, AuditEvent.RECOVERY_CODES_RENEWED, user.id, by=user.id, now=now)
    return codes


def codes_left(live: Live) -> int:
    """Return how many recovery codes a person has left."""
    with viewing() as session:
        return datastore.recovery_codes_left(accounts.get_user(session, live.actor.user_id))


def reset_second_factor(by: Actor | None, user_id: UUID, *, now: datetime) -> bool:
    """Take the second factor from somebody who lost it; say whether it is gone, or still wants a second yes.

    The keeper of the machine (*by* is None) may alone.  Of administrators there must be two: the
    first one asks, another one does it; nobody for themselves.  Everything of the person ends.

    Raises:
        NotAllowedError: *by* is no administrator, or it is their own.
        NotFoundError: there is no such person.
        ConflictError: ``second_factor_missing``.
    """
    if by is not None:
        require_role(by, Role.ADMINISTRATOR)
        if by.user_id == user_id:
            raise NotAllowedError("second_factor_own")
    with transaction() as session:
        user = accounts.lock_user(session, user_id)
        if user.second_factor_secret is None:
            raise ConflictError("second_factor_missing")
        if by is not None and not _was_asked_by_another(session, by, user_id):
            _record(session, AuditEvent.SECOND_FACTOR_RESET_ASKED, user_id, by=by.user_id, now=now)
            return False
        user.second_factor_secret = user.second_factor_at = user.second_factor_step = None
        user.recovery_codes = "[]"
        session_rows.end_sessions(session, user_id, now=now)
        stamp = f"{user_id}:{now.isoformat()}"
        write_letter(session, user, Letter.SECOND_FACTOR_RESET, key=stamp, now=now)
        _record(session, AuditEvent.SECOND_FACTOR_RESET, user_id, by=by.user_id if by else None, now=now)
    return True


def needs_second_factor(roles: frozenset[Role]) -> bool:
    """Say whether whoever holds these roles comes in by a second factor only."""
    return bool(roles & STAFF_ROLES)


def _was_asked_by_another(session: OpenSession, by: Actor, user_id: UUID) -> bool:
    asked = [event for event in audit.events_about(session, f"user:{user_id}") if event.event in _ABOUT_RESET]
    last = asked[-1] if asked else None
    is_open = last is not None and last.event == AuditEvent.SECOND_FACTOR_RESET_ASKED
    return is_open and last is not None and last.actor_id != by.user_id


def _of_session(session: OpenSession, live: Live, *, now: datetime) -> tuple[SessionRow, User]:
    if live.stage == "code":
        raise NotAllowedError("sign_in_needed")
    row, user = locked(session, live, now=now)
    if user.second_factor_secret is not None:
        raise ConflictError("second_factor_there")
    return row, user


def _record(
    session: OpenSession, event: AuditEvent, user_id: UUID, *, by: UUID | None, now: datetime
) -> None:
    audit.record(session, event, subject=f"user:{user_id}", actor_id=by, now=now)
