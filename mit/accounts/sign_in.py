"""Sign in: the password, then the second factor, then a session; and prove it again later.

(1) The attempt is counted, and refused where it comes too early; (2) the password is compared, as
long as it takes, whether there is such a login or not; (3) a session begins: a full one, or one that
owes the second factor; the count is taken back.  What goes wrong in (2) is answered alike for
everybody: nobody learns which addresses have a login.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from mit.accounts import datastore, delays, sessions
from mit.accounts.caller import Caller
from mit.accounts.letters import send_confirmation, write_letter
from mit.accounts.passwords import Passwords
from mit.accounts.sessions import Live, Stage
from mit.errors import InputError, NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.actor import STAFF_ROLES
from mit.store import accounts, audit
from mit.store import sessions as session_rows
from mit.store.accounts import User
from mit.store.db import OpenSession, transaction, viewing
from mit.store.sessions import SessionRow

#: How long a proof counts where somebody has to have proved themselves just now.
FRESH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that began or went on: the token for the browser, and what is still owed."""

    token: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Known:
    """A login as it was when its password was compared."""

    user_id: UUID
    password_hash: str = field(repr=False)


def sign_in(email: str, password: str, *, caller: Caller, now: datetime, passwords: Passwords) -> SignedIn:
    """Compare a password and begin a session.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``.
        InputError: ``sign_in_failed``: wrong, unknown or closed, all alike.
        NotAllowedError: ``email_unconfirmed``: right, but the address has yet to be confirmed; the
            link was sent again.
    """
    known = check_password(email, password, caller=caller, now=now, passwords=passwords)
    rehashed = passwords.hash(password) if passwords.needs_new_hash(known.password_hash) else None
    with transaction() as session:  # (3)
        user = accounts.lock_user(session, known.user_id)
        if user.password_hash != known.password_hash or not user.is_active:
            raise InputError("sign_in_failed", where="password")
        user.password_hash = rehashed or user.password_hash
        if user.confirmed_at is not None:
            return welcome(session, user, caller=caller, now=now)
        send_confirmation(session, user, now=now)
    raise NotAllowedError("email_unconfirmed")


def check_password(
    email: str, password: str, *, caller: Caller, now: datetime, passwords: Passwords
) -> Known:
    """Compare a password, counting the attempt; return whose it is.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``.
        InputError: ``sign_in_failed``.
    """
    keys = [delays.key_of_account(email), delays.key_of_address(caller.address)]
    known = _count(email, keys, now=now)  # (1)
    if not passwords.matches(password, known.password_hash if known else None) or known is None:  # (2)
        _note_failure(known, keys[0], now=now)
        raise InputError("sign_in_failed", where="password")
    with transaction() as session:
        delays.take_back(session, keys, now=now)
    return known


def welcome(session: OpenSession, user: User, *, caller: Caller, now: datetime) -> SignedIn:
    """Begin a session for somebody whose password was right, in the open transaction."""
    stage = _stage_of(session, user)
    token = sessions.begin(session, user, stage=stage, caller=caller, now=now)
    if stage == "full":
        _record(session, AuditEvent.SIGNED_IN, user.id, now=now)
    return SignedIn(token, stage)


def enter_code(live: Live, code: str, *, now: datetime) -> SignedIn:
    """Take the second factor (a code, or a recovery code) and open the session in full.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``.
        NotAllowedError: ``sign_in_needed``: the session is over, or owes no code.
        InputError: ``code_wrong``.
    """
    if live.stage != "code":
        raise NotAllowedError("sign_in_needed")
    _count_code(live.actor.user_id, now=now)
    with transaction() as session:
        row, user = locked(session, live, now=now)
        if _fits(session, user, code, now=now):
            delays.take_back(session, [delays.key_of_code(user.id)], now=now)
            renewed = sessions.renew(session, row, stage="full", now=now)
            _record(session, AuditEvent.SIGNED_IN, user.id, now=now)
            return SignedIn(renewed, "full")
        _tell_owner(session, user, delays.key_of_code(user.id), now=now)
        _record(session, AuditEvent.SECOND_FACTOR_REJECTED, user.id, now=now)
    raise InputError("code_wrong", where="code")


def prove_again(live: Live, proof: str, *, now: datetime, passwords: Passwords) -> SignedIn:
    """Let a signed-in person prove themselves afresh, by password or code; the token is replaced.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``.
        NotAllowedError: ``sign_in_needed``: the session is over.
        InputError: ``proof_wrong``.
    """
    user_id = live.actor.user_id
    key = delays.key_of_code(user_id)
    _count_code(user_id, now=now)
    with viewing() as session:
        password_hash = accounts.get_user(session, user_id).password_hash
    is_password = passwords.matches(proof, password_hash)
    with transaction() as session:
        row, user = locked(session, live, now=now)
        if (is_password and user.password_hash == password_hash) or _fits_code(user, proof, now=now):
            delays.take_back(session, [key], now=now)
            return SignedIn(sessions.renew(session, row, stage="full", now=now), "full")
        _tell_owner(session, user, key, now=now)
        _record(session, AuditEvent.SIGN_IN_FAILED, user_id, now=now, again=True)
    raise InputError("proof_wrong", where="proof")


def is_fresh(live: Live, *, now: datetime, within: timedelta = FRESH) -> bool:
    """Say whether the person gave a password or a code within the last minutes."""
    return now - live.proved_at <= within


def _count(email: str, keys: list[str], *, now: datetime) -> Known | None:
    """Count the attempt, and return whose login it is; None where there is none, or it is closed."""
    with transaction() as session:
        delays.count_attempt(session, keys, now=now)
        user = accounts.find_user(session, email)
        return Known(user.id, user.password_hash) if user and user.is_active else None


def _count_code(user_id: UUID, *, now: datetime) -> None:
    with transaction() as session:
        delays.count_attempt(session, [delays.key_of_code(user_id)], now=now)


def _note_failure(known: Known | None, key: str, *, now: datetime) -> None:
    with transaction() as session:
        if known is None:
            subject = "user:unknown"
            audit.record(session, AuditEvent.SIGN_IN_FAILED, subject=subject, actor_id=None, now=now)
            return
        user = accounts.get_user(session, known.user_id)
        _tell_owner(session, user, key, now=now)
        subject = f"user:{user.id}"
        audit.record(session, AuditEvent.SIGN_IN_FAILED, subject=subject, actor_id=None, now=now)


def _tell_owner(session: OpenSession, user: User, key: str, *, now: datetime) -> None:
    """Tell the owner by mail when the next attempt has to wait, once for each run of failures."""
    if not delays.is_first_wait(session, key, now=now):
        return
    key_of_letter = f"{user.id}:{now.isoformat()}"
    failures = delays.FREE_FAILURES
    write_letter(session, user, Letter.SIGN_IN_DELAYED, key=key_of_letter, now=now, failures=failures)
    subject = f"user:{user.id}"
    payload = {"failures": failures}
    event = AuditEvent.SIGN_IN_DELAYED
    audit.record(session, event, subject=subject, actor_id=None, now=now, payload=payload)


def _stage_of(session: OpenSession, user: User) -> Stage:
    """Return what is owed after the password: staff never come in without a second factor."""
    if user.second_factor_secret is not None:
        return "code"
    return "set_up" if accounts.roles_of(session, user.id) & STAFF_ROLES else "full"


def locked(session: OpenSession, live: Live, *, now: datetime) -> tuple[SessionRow, User]:
    """Return session and person, locked, if the session still is at the stage it was found at."""
    user = accounts.lock_user(session, live.actor.user_id)
    row = session_rows.lock_session(session, live.session_id)
    is_same = row is not None and row.token_sha256 == sessions.hash_of(live.token)
    if row is None or not is_same or row.stage != live.stage or not sessions.is_alive(row, now=now):
        raise NotAllowedError("sign_in_needed")
    return row, user


def _fits(session: OpenSession, user: User, code: str, *, now: datetime) -> bool:
    """Say whether this is the second factor; a recovery code is used up, and its owner told."""
    if _fits_code(user, code, now=now):
        return True
    if not datastore.use_recovery_code(user, code):
        return False
    left = datastore.recovery_codes_left(user)
    key = f"{user.id}:{now.isoformat()}"
    write_letter(session, user, Letter.RECOVERY_CODE_USED, key=key, now=now, left=left)
    _record(session, AuditEvent.RECOVERY_CODE_USED, user.id, now=now, left=left)
    return True


def _fits_code(user: User, code: str, *, now: datetime) -> bool:
    if user.second_factor_secret is None:
        return False
    step = datastore.step_of(code, user.second_factor_secret, at=now, last_step=user.second_factor_step)
    if step is None:
        return False
    user.second_factor_step = step
    return True


def _record(
    session: OpenSession, event: AuditEvent, user_id: UUID, *, now: datetime, **payload: object
) -> None:
    subject = f"user:{user_id}"
    audit.record(session, event, subject=subject, actor_id=user_id, now=now, payload=payload)
