"""Register oneself: a name, an e-mail address, a password; then prove that the mails are read.

The answer is the same whether the address has a login already; its owner is told by mail.  A login
comes to life by the link in that mail *and* the password that was chosen, so nobody can prepare a
login for somebody else's address and wait for them to click.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from mit.accounts import datastore, delays, sign_in
from mit.accounts.caller import Caller
from mit.accounts.letters import send_confirmation, slot_of, write_letter
from mit.accounts.passwords import Passwords
from mit.accounts.people import NewUser, check_user
from mit.accounts.sign_in import SignedIn
from mit.errors import Fault, InputError
from mit.i18n import LANGUAGES
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.store import accounts, audit
from mit.store.accounts import User, new_uniquifier
from mit.store.db import new_id, transaction, viewing


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody says of themselves; ``language`` is that of the mails."""

    name: str
    email: str
    password: str = field(repr=False)
    language: str = "th"


def register(new: Registration, *, caller: Caller, now: datetime, passwords: Passwords) -> None:
    """Write a login that is not alive yet, and the mail that brings it to life.

    Where the address waits for its confirmation, the newest registration counts, and links of the
    ones before are dead.  Where it has a login, its owner is told and nothing changes.

    Raises:
        InputError: every wrong field: ``text_missing``, ``text_long``, ``text_unreadable``,
            ``email_malformed``, ``language_unknown``, and what ``password_faults`` says.
        MitError: ``sign_in_delayed`` with ``minutes``: too many came from this address.
    """
    new = replace(new, name=new.name.strip(), email=new.email.strip().lower())
    _check(new)
    password_hash = passwords.hash(new.password)
    with transaction() as session:
        delays.count_attempt(session, [f"register-{delays.key_of_address(caller.address)}"], now=now)
        found = accounts.find_user(session, new.email)
        if found is not None and found.confirmed_at is not None:
            key = f"{found.id}:{slot_of(now)}"
            write_letter(session, found, Letter.ALREADY_REGISTERED, key=key, now=now, path="/password/forgot")
            return
        user = found or User(id=new_id(), email=new.email, is_active=True, created_at=now)
        user.name, user.language = new.name, new.language
        user.password_hash, user.password_set_at = password_hash, now
        user.fs_uniquifier = new_uniquifier()
        if found is None:
            session.add(user)
        session.flush()
        send_confirmation(session, user, now=now)
        subject = f"user:{user.id}"
        audit.record(session, AuditEvent.USER_REGISTERED, subject=subject, actor_id=None, now=now)


def look_at_link(token: str) -> str:
    """Return the e-mail address that a link confirms; nothing changes.

    Raises:
        InputError: ``link_expired`` or ``link_unusable`` (used already, replaced, or never ours).
    """
    named = datastore.read_confirmation_token(token)
    with viewing() as session:
        user = accounts.get_user(session, named.user_id)
        if user.confirmed_at is not None:
            raise InputError("link_unusable")
        return user.email


def confirm(token: str, password: str, *, caller: Caller, now: datetime, passwords: Passwords) -> SignedIn:
    """Bring a login to life by the link and its password, and begin a session.

    Raises:
        InputError: ``link_expired``, ``link_unusable`` or ``sign_in_failed``.
        MitError: ``sign_in_delayed`` with ``minutes``.
    """
    email = look_at_link(token)
    named = datastore.read_confirmation_token(token)
    sign_in.check_password(email, password, caller=caller, now=now, passwords=passwords)
    with transaction() as session:
        user = accounts.lock_user(session, named.user_id)
        if user.confirmed_at is not None or user.fs_uniquifier != named.uniquifier:
            raise InputError("link_unusable")
        user.confirmed_at = now
        subject = f"user:{user.id}"
        audit.record(session, AuditEvent.EMAIL_CONFIRMED, subject=subject, actor_id=user.id, now=now)
        return sign_in.welcome(session, user, caller=caller, now=now)


def _check(new: Registration) -> None:
    faults: list[Fault] = []
    try:
        check_user(NewUser(new.email, new.name, new.password))
    except InputError as error:
        faults.extend(error.faults)
    if new.language not in LANGUAGES:
        faults.append(Fault("language_unknown", "language"))
    if faults:
        raise InputError(faults=faults)
