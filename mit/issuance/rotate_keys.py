"""The key ceremony: plan, activate, end, retire a signing key; mark one as compromised.

Rotation: plan the new key at least 14 days ahead, so that everybody's copy of the key set has it;
activate it from a day on, which ends the old one on the eve; retire the old one a year after the
last certificate that it signed has expired.  ``by`` is the administrator who acts; None stands for
the keeper of the machine at the command line.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mit.credential.public_keys import PublicKey
from mit.errors import ConflictError, InputError
from mit.issuance.authority import Authority
from mit.issuance.key_keeping import free_kid, record, require_demo_allowed, require_keeper
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import (
    LEAD_TIME_DAYS,
    KeyState,
    earliest_first_use,
    earliest_retirement,
    move,
    state_on,
)
from mit.roles.actor import Actor
from mit.store import key_use, signing_keys
from mit.store.db import OpenSession, transaction
from mit.values.thai_date import bangkok_day, utc_text

#: Longest reason that is kept.
LONGEST_REASON = 500


def plan_key(by: Actor | None, *, authority: Authority, now: datetime, demo: bool = False) -> int:
    """Make a signing key, publish its public half as planned, and return its serial.

    Steps: (1) take a serial, (2) write the encrypted file, (3) write the row and the audit event,
    commit.  A crash between (2) and (3) leaves a file that nobody knows of; its serial is skipped.

    Raises:
        NotAllowedError: *by* is no administrator, or ``demo_key_in_production``.
        KeyUnavailableError: the folder or the passphrase of the keyring.
    """
    require_keeper(by)
    require_demo_allowed(authority, demo=demo)
    with transaction() as session:
        kid = free_kid(session, authority)  # (1)
        public = authority.keyring.create(kid, demo=demo)  # (2)
        session.add(_row(public, now))  # (3)
        session.flush()
        told: dict[str, object] = {"thumbprint": public.thumbprint, "demo": demo}
        record(session, AuditEvent.SIGNING_KEY_PLANNED, kid, by=by, now=now, payload=told)
    return kid


def activate_key(
    by: Actor | None,
    kid: int,
    *,
    now: datetime,
    from_on: date | None = None,
    waive_lead_time: str = "",
    lead_time_days: int = LEAD_TIME_DAYS,
) -> date:
    """Let a planned key sign from a day on, end the one before it on the eve, and return that day.

    Without *from_on* it is the earliest day allowed.  *waive_lead_time* gives the reason to do
    without the lead time, for the day after a compromise; it is recorded.

    Raises:
        NotAllowedError: *by* is no administrator.
        NotFoundError: there is no such key.
        IllegalMoveError: ``illegal_key_move``.
        ConflictError: ``key_is_a_seal``, ``key_too_early`` with the earliest day, or
            ``key_already_planned`` when another key begins on that day or later.
        InputError: the reason cannot be kept as text.
    """
    require_keeper(by)
    waiver = read_reasons(waive_lead_time, where="waive_lead_time")[:LONGEST_REASON]
    with transaction() as session:
        row = signing_keys.lock_key(session, kid)
        if row.purpose != "credential":
            raise ConflictError("key_is_a_seal", kid=kid)
        today = bangkok_day(now)
        move(state_on(signing_keys.key_dates(row), today), "activate")
        others = [key for key in _locked_others(session, row) if key.demo == row.demo]
        days = 0 if waiver else lead_time_days
        earliest = _earliest(row, others, today=today, lead_time_days=days)
        begin = from_on or earliest
        if begin < earliest:
            raise ConflictError("key_too_early", where="from_on", day=earliest.isoformat())
        _end_others(session, others, begin, by=by, now=now)
        row.active_from_on = begin
        session.flush()
        told: dict[str, object] = {"from_on": begin.isoformat()}
        if waiver:
            told["lead_time_waived"] = waiver
        record(session, AuditEvent.SIGNING_KEY_ACTIVATED, kid, by=by, now=now, payload=told)
    return begin


def end_signing(by: Actor | None, kid: int, *, now: datetime, from_on: date | None = None) -> date:
    """Let an active key sign no more from a day on (tomorrow at the earliest) and return that day.

    Raises:
        NotAllowedError: *by* is no administrator.
        NotFoundError: there is no such key.
        IllegalMoveError: ``illegal_key_move``.
        ConflictError: ``key_too_early``.
    """
    require_keeper(by)
    tomorrow = bangkok_day(now) + timedelta(days=1)
    with transaction() as session:
        row = signing_keys.lock_key(session, kid)
        move(state_on(signing_keys.key_dates(row), bangkok_day(now)), "end_signing")
        begin = from_on or tomorrow
        if begin < tomorrow:
            raise ConflictError("key_too_early", where="from_on", day=tomorrow.isoformat())
        _end(session, row, begin, by=by, now=now)
    return begin


def retire_key(by: Actor | None, kid: int, *, now: datetime) -> date:
    """Take a key out of use from today on and return today (Bangkok).

    Raises:
        NotAllowedError: *by* is no administrator.
        NotFoundError: there is no such key.
        IllegalMoveError: ``illegal_key_move``: it is active, retired or compromised.
        ConflictError: ``key_still_needed`` with the earliest day: certificates that it signed are
            valid, or expired less than a year ago.
    """
    require_keeper(by)
    today = bangkok_day(now)
    with transaction() as session:
        row = signing_keys.lock_key(session, kid)
        state = state_on(signing_keys.key_dates(row), today)
        move(state, "retire")
        last_expiry_on = key_use.last_expiry_signed_by(session, kid)
        earliest = earliest_retirement(last_expiry_on, row.verify_only_from_on)
        if state is not KeyState.PLANNED and (earliest is None or today < earliest):
            raise ConflictError("key_still_needed", day=earliest.isoformat() if earliest else "")
        row.retired_from_on = today
        if state is KeyState.PLANNED:
            row.active_from_on = row.verify_only_from_on = None
        session.flush()
        told: dict[str, object] = {"from_on": today.isoformat()}
        record(session, AuditEvent.SIGNING_KEY_RETIRED, kid, by=by, now=now, payload=told)
    return today


def mark_compromised(by: Actor | None, kid: int, *, from_at: datetime, reason: str, now: datetime) -> None:
    """Declare that no signature of a key counts that was made at *from_at* or later; for good.

    When more comes to light it is declared again for an earlier instant, never for a later one.

    Raises:
        NotAllowedError: *by* is no administrator.
        NotFoundError: there is no such key.
        ConflictError: ``compromise_not_earlier``: it is declared for that instant or an earlier one.
        InputError: ``compromise_in_future``, ``reason_missing``, or it cannot be kept as text.
    """
    require_keeper(by)
    if from_at > now:
        raise InputError("compromise_in_future", where="from_at")
    told_reason = read_reasons(reason, where="reason")[:LONGEST_REASON]
    if not told_reason:
        raise InputError("reason_missing", where="reason")
    with transaction() as session:
        row = signing_keys.lock_key(session, kid)
        move(state_on(signing_keys.key_dates(row), bangkok_day(now)), "compromise")
        declared = row.compromised_from_at
        if declared is not None and from_at >= declared:
            raise ConflictError("compromise_not_earlier", at=utc_text(declared))
        row.compromised_from_at = from_at.astimezone(UTC)
        row.compromised_reason = told_reason
        session.flush()
        told: dict[str, object] = {"from_at": utc_text(from_at), "reason": row.compromised_reason}
        record(session, AuditEvent.SIGNING_KEY_COMPROMISED, kid, by=by, now=now, payload=told)


def _row(public: PublicKey, now: datetime) -> signing_keys.SigningKey:
    return signing_keys.SigningKey(
        kid=public.kid,
        purpose="credential",
        algorithm="ES256",
        thumbprint=public.thumbprint,
        public_jwk=json.dumps(public.jwk(), sort_keys=True),
        demo=public.demo,
        created_at=now,
    )


def _locked_others(session: OpenSession, row: signing_keys.SigningKey) -> list[signing_keys.SigningKey]:
    kids = [key.kid for key in signing_keys.all_keys(session) if key.kid != row.kid]
    return [signing_keys.lock_key(session, kid) for kid in kids]


def _earliest(
    row: signing_keys.SigningKey,
    others: list[signing_keys.SigningKey],
    *,
    today: date,
    lead_time_days: int,
) -> date:
    """Return the first day from which the key may sign: never one that another key has begun."""
    used = [key for key in others if key.active_from_on is not None]
    earliest = earliest_first_use(row.created_at, is_first=not used, lead_time_days=lead_time_days)
    on_duty = any(state_on(signing_keys.key_dates(key), today) is KeyState.ACTIVE for key in used)
    return max(earliest, today + timedelta(days=1) if on_duty else today)


def _end_others(
    session: OpenSession,
    others: list[signing_keys.SigningKey],
    begin: date,
    *,
    by: Actor | None,
    now: datetime,
) -> None:
    for key in others:
        if key.active_from_on is None or key.compromised_from_at is not None:
            continue
        dates = replace(signing_keys.key_dates(key), compromised_from_at=None)
        if key.active_from_on >= begin and key.retired_from_on is None:
            raise ConflictError("key_already_planned", kid=key.kid, day=key.active_from_on.isoformat())
        if state_on(dates, begin) is KeyState.ACTIVE:
            _end(session, key, begin, by=by, now=now)


def _end(
    session: OpenSession,
    row: signing_keys.SigningKey,
    begin: date,
    *,
    by: Actor | None,
    now: datetime,
) -> None:
    row.verify_only_from_on = begin
    session.flush()
    told: dict[str, object] = {"from_on": begin.isoformat()}
    record(session, AuditEvent.SIGNING_KEY_VERIFY_ONLY, row.kid, by=by, now=now, payload=told)
