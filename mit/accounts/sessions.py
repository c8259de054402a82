"""Sessions: begin, find, renew, list and end them; what a browser holds is a token, we hold its hash.

Limits by role (security section 7): staff 30 minutes idle and 12 hours in all, others 60 minutes
and 24 hours.  A token is replaced whenever its holder proves more, so one that was known before is
worth nothing afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from mit.accounts.caller import Caller
from mit.errors import NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.store import accounts, audit, sessions
from mit.store.accounts import User
from mit.store.db import OpenSession, add, new_id, transaction, viewing
from mit.store.sessions import SessionRow

Stage = Literal["code", "set_up", "full"]


class Limits(NamedTuple):
    """How long a session lives: without a request, and in all."""

    idle_minutes: int
    in_all: timedelta


STAFF = Limits(30, timedelta(hours=12))
OTHERS = Limits(60, timedelta(hours=24))
#: How long somebody who gave the password may take for the second factor.
HALF_WAY = timedelta(minutes=15)
#: Use is written down at most this often.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Live:
    """A session that is alive, and whose it is.

    Attributes:
        session_id: its inner identity.
        stage: ``code`` owes a code, ``set_up`` has yet to set the second factor up, ``full`` is signed in.
        actor: the person with present roles; counts only where the stage is ``full``.
        name: the person's name.
        email: what they sign in with.
        language: what they read.
        proved_at: when they last gave a password or a code.
        has_second_factor: whether one is set up.
        token: what the browser holds.
    """

    session_id: UUID
    stage: Stage
    actor: Actor
    name: str
    email: str
    language: str
    proved_at: datetime
    has_second_factor: bool
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line in the list of one's own sessions."""

    session_id: UUID
    address: str
    browser: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def limits_of(roles: frozenset[Role]) -> Limits:
    """Return the limits of whoever holds these roles."""
    return STAFF if roles & STAFF_ROLES else OTHERS


def find(token: str, *, now: datetime) -> Live | None:
    """Return the session that *token* opens at this instant; None where it opens none (any more)."""
    with viewing() as session:
        row = sessions.find_session(session, hash_of(token))
        if row is None or not is_alive(row, now=now):
            return None
        user = accounts.get_user(session, row.user_id)
        if not user.is_active:
            return None
        live = _live(row, user, accounts.actor_of(session, user.id), token)
    if now - row.seen_at >= SEEN_EVERY:
        with transaction() as session:
            sessions.note_seen(session, row.id, now=now)
    return live


def is_alive(row: SessionRow, *, now: datetime) -> bool:
    """Say whether a session nobody ended is still within its limits."""
    return now < row.ends_at and now < row.seen_at + timedelta(minutes=row.idle_minutes)


def begin(session: OpenSession, user: User, *, stage: Stage, caller: Caller, now: datetime) -> str:
    """Write a new session into the open transaction and return its token."""
    token = new_token()
    limits = limits_of(accounts.roles_of(session, user.id))
    row = SessionRow(
        id=new_id(),
        token_sha256=hash_of(token),
        user_id=user.id,
        stage=stage,
        address=caller.address,
        browser=caller.browser,
        began_at=now,
        seen_at=now,
        proved_at=now,
        ends_at=now + (limits.in_all if stage == "full" else HALF_WAY),
        idle_minutes=limits.idle_minutes,
    )
    add(session, row)
    return token


def renew(session: OpenSession, row: SessionRow, *, stage: Stage, now: datetime) -> str:
    """Give a session a new token in the open transaction, because its holder proved more; return it."""
    token = new_token()
    if row.stage != "full" and stage == "full":
        row.ends_at = now + limits_of(accounts.roles_of(session, row.user_id)).in_all
    row.token_sha256, row.stage = hash_of(token), stage
    row.seen_at = row.proved_at = now
    row.pending_secret = ""
    session.flush()
    return token


def sign_out(live: Live, *, now: datetime) -> None:
    """End this session; nothing happens where it is over already."""
    with transaction() as session:
        row = sessions.lock_session(session, live.session_id)
        if row is None:
            return
        row.ended_at, row.pending_secret = now, ""
        _record(session, AuditEvent.SIGNED_OUT, row.user_id, now=now)


def list_mine(live: Live, *, now: datetime) -> Sequence[Listed]:
    """Return a person's sessions that are alive, the one used last first."""
    with viewing() as session:
        rows = sessions.live_sessions(session, live.actor.user_id)
        return [
            Listed(row.id, row.address, row.browser, row.began_at, row.seen_at, row.id == live.session_id)
            for row in rows
            if is_alive(row, now=now) and row.stage == "full"
        ]


def end_mine(live: Live, session_id: UUID, *, now: datetime) -> None:
    """End one of one's own sessions.

    Raises:
        NotFoundError: it is somebody else's, or over already.
    """
    with transaction() as session:
        row = sessions.lock_session(session, session_id)
        if row is None or row.user_id != live.actor.user_id:
            raise NotFoundError
        row.ended_at, row.pending_secret = now, ""
        _record(session, AuditEvent.SESSION_ENDED, row.user_id, now=now, ended=1)


def end_others(live: Live, *, now: datetime) -> int:
    """End all of one's own sessions but this one; return how many were ended."""
    with transaction() as session:
        ended = sessions.end_sessions(session, live.actor.user_id, now=now, spared=live.session_id)
        _record(session, AuditEvent.SESSION_ENDED, live.actor.user_id, now=now, ended=ended)
    return ended


def new_token() -> str:
    """Return a fresh token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256 (hex)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _live(row: SessionRow, user: User, actor: Actor, token: str) -> Live:
    stage: Stage = "full" if row.stage == "full" else "set_up" if row.stage == "set_up" else "code"
    return Live(
        session_id=row.id,
        stage=stage,
        actor=actor,
        name=user.name,
        email=user.email,
        language=user.language,
        proved_at=row.proved_at,
        has_second_factor=user.second_factor_secret is not None,
        token=token,
    )


def _record(
    session: OpenSession, event: AuditEvent, user_id: UUID, *, now: datetime, **payload: object
) -> None:
    subject = f"user:{user_id}"
    audit.record(session, event, subject=subject, actor_id=user_id, now=now, payload=payload)
