"""A new password: by the old one, or by a link to the e-mail address for who forgot it.

Either way every other session of the person ends and every link that waits is dead; the second
factor stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mit.accounts import datastore, delays
from mit.accounts import sessions as session_work
from mit.accounts.caller import Caller
from mit.accounts.letters import slot_of, write_letter
from mit.accounts.passwords import Passwords, password_faults
from mit.accounts.people import known_about
from mit.accounts.sessions import Live
from mit.accounts.sign_in import SignedIn, check_password, locked
from mit.errors import InputError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.store import accounts, audit, sessions
from mit.store.accounts import User, new_uniquifier
from mit.store.db import OpenSession, transaction, viewing

#: How long the link for a new password works.
RESET_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Change:
    """The password there was and the one there shall be."""

    old: str = field(repr=False)
    new: str = field(repr=False)


def ask_for_reset(email: str, *, caller: Caller, now: datetime) -> None:
    """Write the mail with the link for a new password, where there is such a login; say nothing of it.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``: too many were asked for from this address.
    """
    with transaction() as session:
        delays.count_attempt(session, [f"reset-{delays.key_of_address(caller.address)}"], now=now)
        user = accounts.find_user(session, email)
        if user is None or not user.is_active:
            return
        path = f"/password/reset/{datastore.reset_token(user)}"
        minutes = RESET_WITHIN // timedelta(minutes=1)
        key = f"{user.id}:{slot_of(now)}"
        if write_letter(session, user, Letter.RESET_PASSWORD, key=key, now=now, path=path, minutes=minutes):
            _record(session, AuditEvent.RESET_ASKED, user, now=now)


def look_at_link(token: str) -> str:
    """Return whose password a link sets, by e-mail address; nothing changes.

    Raises:
        InputError: ``link_expired`` or ``link_unusable``.
    """
    named = datastore.read_reset_token(token)
    with viewing() as session:
        return accounts.get_user(session, named.user_id).email


def reset_password(token: str, password: str, *, now: datetime, passwords: Passwords) -> None:
    """Set a new password by the link; who reads the mails of an address has thereby confirmed it.

    Raises:
        InputError: ``link_expired``, ``link_unusable``, or what ``password_faults`` says.
    """
    named = datastore.read_reset_token(token)
    password_hash = passwords.hash_new(password, about=known_about(named.user_id))
    with transaction() as session:
        user = accounts.lock_user(session, named.user_id)
        if user.fs_uniquifier != named.uniquifier or not user.is_active:
            raise InputError("link_unusable")
        user.confirmed_at = user.confirmed_at or now
        _replace(session, user, password_hash, now=now)
        sessions.end_sessions(session, user.id, now=now)
        delays.take_back(session, [delays.key_of_account(user.email)], now=now)
        _record(session, AuditEvent.PASSWORD_RESET, user, now=now)


def change_password(
    live: Live, change: Change, *, caller: Caller, now: datetime, passwords: Passwords
) -> SignedIn:
    """Set a new password by the old one; this session goes on under a new token, all others end.

    Raises:
        InputError: what ``password_faults`` says (``new``), or ``sign_in_failed`` (``old``).
        MitError: ``sign_in_delayed`` with ``minutes``.
        NotAllowedError: ``sign_in_needed``: the session ended meanwhile.
    """
    faults = password_faults(change.new, about=known_about(live.actor.user_id), where="new")
    if faults:
        raise InputError(faults=faults)
    try:
        check_password(live.email, change.old, caller=caller, now=now, passwords=passwords)
    except InputError as error:
        raise InputError(error.code, where="old") from error
    password_hash = passwords.hash(change.new)
    with transaction() as session:
        row, user = locked(session, live, now=now)
        _replace(session, user, password_hash, now=now)
        sessions.end_sessions(session, user.id, now=now, spared=row.id)
        _record(session, AuditEvent.PASSWORD_CHANGED, user, now=now)
        return SignedIn(session_work.renew(session, row, stage="full", now=now), "full")


def _replace(session: OpenSession, user: User, password_hash: str, *, now: datetime) -> None:
    user.password_hash, user.password_set_at = password_hash, now
    user.fs_uniquifier = new_uniquifier()
    stamp = f"{user.id}:{now.isoformat()}"
    write_letter(session, user, Letter.PASSWORD_CHANGED, key=stamp, now=now)


def _record(session: OpenSession, event: AuditEvent, user: User, *, now: datetime) -> None:
    actor_id = user.id if event is AuditEvent.PASSWORD_CHANGED else None
    audit.record(session, event, subject=f"user:{user.id}", actor_id=actor_id, now=now)
