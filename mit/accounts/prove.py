"""Prove who one is in one step, without a browser's session: password and code, for one act."""

from __future__ import annotations

from datetime import datetime

from mit.accounts import datastore, delays
from mit.accounts.caller import Caller
from mit.accounts.passwords import Passwords
from mit.accounts.second_factor import needs_second_factor
from mit.accounts.sign_in import check_password
from mit.errors import InputError, NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import accounts, audit
from mit.store.db import transaction


def prove_once(
    email: str, password: str, code: str, *, caller: Caller, now: datetime, passwords: Passwords
) -> Actor:
    """Return who gave this password and, where they have a second factor, this code; no session begins.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``.
        InputError: ``sign_in_failed`` (also where the password was changed meanwhile) or ``code_wrong``.
        NotAllowedError: ``set_up_needed``: the person needs a second factor and has none yet.
    """
    known = check_password(email, password, caller=caller, now=now, passwords=passwords)
    key = delays.key_of_code(known.user_id)
    with transaction() as session:
        user = accounts.lock_user(session, known.user_id)
        if user.password_hash != known.password_hash or not user.is_active:
            raise InputError("sign_in_failed", where="password")
        actor = accounts.actor_of(session, known.user_id)
        if user.second_factor_secret is None:
            if needs_second_factor(actor.roles):
                raise NotAllowedError("set_up_needed")
            return actor
        delays.count_attempt(session, [key], now=now)
    with transaction() as session:
        user = accounts.lock_user(session, known.user_id)
        secret, last = user.second_factor_secret, user.second_factor_step
        step = datastore.step_of(code, secret, at=now, last_step=last) if secret else None
        subject = f"user:{known.user_id}"
        if step is not None:
            user.second_factor_step = step
            delays.take_back(session, [key], now=now)
            audit.record(session, AuditEvent.PROVED_ONCE, subject=subject, actor_id=user.id, now=now)
            return accounts.actor_of(session, known.user_id)
        audit.record(session, AuditEvent.SECOND_FACTOR_REJECTED, subject=subject, actor_id=user.id, now=now)
    raise InputError("code_wrong", where="code")
