"""The numbered checks; each looks at one question and answers with one Finding.  Pure.

1. signature – did a key that we know sign exactly this?      (``opening.py``)
2. key – was that key in use on the issue day, and not compromised before it signed?
3. integrity – is it what the register holds, or the file that was issued?
4. in_force – does the asked day lie within the period?
5. status – was it suspended, revoked, superseded or withdrawn on that day?
6. freshness – how old is what we know?
7. log – there is no log yet; nothing is checked.
8. coverage – does it cover what was asked about?             (``coverage.py``)

Source: contract section 1 (key states, status lists) and section 2 (verdict).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mit.lifecycle.certificate_states import (
    FINAL_STATES,
    CertificateState,
    ChangeReason,
    StateChange,
    change_on,
)
from mit.lifecycle.signing_key_states import signature_counts
from mit.values.thai_date import bangkok_day
from mit.verify.content import Content
from mit.verify.opening import Opened
from mit.verify.trust import Record, StatusKnown, Trust, TrustedKey
from mit.verify.verdict import Check, Finding, Outcome

#: Knowledge up to this old needs no remark.
FRESH_FOR = timedelta(hours=24)
#: Knowledge older than this answers nothing.
USABLE_FOR = timedelta(days=7)
#: How far another machine's clock may be ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=5)

_STOPS = {
    CertificateState.SUSPENDED: "suspended",
    CertificateState.REVOKED: "revoked",
    CertificateState.SUPERSEDED: "superseded",
    CertificateState.WITHDRAWN: "withdrawn",
}


def check_key(key: TrustedKey | None, content: Content | None, record: Record | None) -> Finding | None:
    """Answer whether this key's signature counts for this issue day; None where it was not reached.

    The instant of signing comes from the register or the trust file, never from what was shown.
    """
    if key is None:
        return Finding(Check.KEY, Outcome.UNKNOWN, "unknown_key")
    if content is None:
        return None
    signed_at = record.signed_at if record else None
    reason = signature_counts(key.dates, issued_on=content.issued_on, signed_at=signed_at)
    if reason == "key_compromised" and key.dates.compromised_from_at:
        since = (("compromised_at", key.dates.compromised_from_at),)
        return Finding(Check.KEY, Outcome.FAIL, reason, since)
    outcome = Outcome.PASS if reason == "ok" else Outcome.FAIL
    return Finding(Check.KEY, outcome, reason, (("issued_on", content.issued_on),))


def check_integrity(opened: Opened, record: Record | None, trust: Trust) -> Finding | None:
    """Answer whether the content is the register's; None where there is no content to compare."""
    if opened.content is None or opened.key is None:
        return None
    if record is None:
        if trust.is_register:
            return not_found(opened.content.number)
        return Finding(Check.INTEGRITY, Outcome.NOT_CHECKED, "no_record")
    is_same = (
        record.number == opened.content.number
        and record.kid == opened.key.public.kid
        and record.credential_sha256 == opened.content.credential_sha256
    )
    return INTEGRITY_OK if is_same else ALTERED


def not_found(number: str) -> Finding:
    """Return the finding of a number that a reachable register does not have."""
    return Finding(Check.INTEGRITY, Outcome.FAIL, "not_found", (("number", number),))


def unreachable(number: str) -> Finding:
    """Return the finding of a bare number where the register cannot be asked."""
    return Finding(Check.INTEGRITY, Outcome.UNKNOWN, "unreachable", (("number", number),))


def check_in_force(content: Content, on: date, today: date) -> Finding:
    """Answer whether *on* lies within the period, both ends included, and not in the future."""
    days = (("issued_on", content.issued_on), ("expires_on", content.expires_on))
    if on < content.issued_on:
        return Finding(Check.IN_FORCE, Outcome.FAIL, "not_yet_in_force", days)
    if on > content.expires_on:
        return Finding(Check.IN_FORCE, Outcome.FAIL, "expired", days)
    if on > today:
        return Finding(Check.IN_FORCE, Outcome.UNKNOWN, "future_date", days)
    return Finding(Check.IN_FORCE, Outcome.PASS, "ok", days)


def check_status(known: StatusKnown | None, on: date, *, today: date, record: Record | None) -> Finding:
    """Answer whether something stopped the certificate on *on*, as far as *known* reaches.

    The bits answer for the list's own day and later ones; an earlier day needs the history.  Of a
    day to come only what is final can be told.
    """
    is_future = on > today
    if known is None:
        return _STATUS_FUTURE if is_future else _NO_STATUS
    finding = _by_bits(known, on)
    if finding is None and known.history is not None:
        finding = _by_history(known, min(on, today), record)
    if finding is None:
        return _STATUS_FUTURE if is_future else _NO_STATUS
    if is_future and (finding.outcome is Outcome.PASS or finding.reason == "suspended"):
        return _STATUS_FUTURE
    return finding


def check_freshness(known: StatusKnown | None, now: datetime) -> Finding | None:
    """Answer whether what is known about the status is young enough to rely on now."""
    if known is None:
        return None
    if known.is_register:
        return _FRESH_REGISTER
    at = (("known_at", known.known_at),)
    age = now - known.known_at
    if age < -CLOCK_TOLERANCE:
        return Finding(Check.FRESHNESS, Outcome.UNKNOWN, "clock_wrong", at)
    is_over = known.expires_at is not None and now > known.expires_at
    if age > USABLE_FOR or is_over:
        return Finding(Check.FRESHNESS, Outcome.UNKNOWN, "stale", at)
    return _FRESH if age <= FRESH_FOR else Finding(Check.FRESHNESS, Outcome.PASS, "ok", at, wording="aged")


def _by_bits(known: StatusKnown, on: date) -> Finding | None:
    """Return what the bits say for *on*; None where they are silent or their day is later."""
    if on < bangkok_day(known.known_at):
        return None
    if known.is_revoked:
        return Finding(Check.STATUS, Outcome.FAIL, "revoked", wording="revoked_listed")
    if known.is_suspended:
        return Finding(Check.STATUS, Outcome.FAIL, "suspended", wording="suspended_listed")
    return STATUS_OK if known.history is None else None


def _by_history(known: StatusKnown, on: date, record: Record | None) -> Finding | None:
    change = change_on(known.history or (), on)
    if change is None:
        return None
    reason = _STOPS.get(change.state)
    if reason is None:
        return STATUS_OK if change.state is CertificateState.ACTIVE else None
    successor = record.superseded_by if record else None
    if change.state in FINAL_STATES and reason == "superseded" and successor:
        names = (("since_on", change.on), ("superseded_by", successor))
        return Finding(Check.STATUS, Outcome.FAIL, reason, names, wording="superseded_by")
    return _stopped(reason, change)


def _stopped(reason: str, change: StateChange) -> Finding:
    """Return the finding of a change that stopped the certificate, with its public reason where known."""
    since = ("since_on", change.on)
    if reason == "superseded" or change.reason not in set(ChangeReason):
        return Finding(Check.STATUS, Outcome.FAIL, reason, (since,))
    because = ("because", ChangeReason(change.reason))
    return Finding(Check.STATUS, Outcome.FAIL, reason, (since, because), wording=f"{reason}_because")


INTEGRITY_OK = Finding(Check.INTEGRITY, Outcome.PASS, "ok")
ALTERED = Finding(Check.INTEGRITY, Outcome.FAIL, "altered")
SEE_INSIDE = Finding(Check.SIGNATURE, Outcome.NOT_CHECKED, "not_reached", wording="inside")
FILE_OK = Finding(Check.INTEGRITY, Outcome.PASS, "ok", wording="file_ok")
FILE_UNKNOWN = Finding(Check.INTEGRITY, Outcome.UNKNOWN, "file_unknown")
FILE_CONTRADICTS = Finding(Check.INTEGRITY, Outcome.FAIL, "file_contradicts")
NOT_THE_ISSUED_FILE = Finding(Check.INTEGRITY, Outcome.FAIL, "not_the_issued_file")
REGISTER_UNREACHABLE = Finding(
    Check.INTEGRITY, Outcome.UNKNOWN, "unreachable", wording="register_unreachable"
)
STATUS_OK = Finding(Check.STATUS, Outcome.PASS, "ok")
_NO_STATUS = Finding(Check.STATUS, Outcome.UNKNOWN, "no_status")
_STATUS_FUTURE = Finding(Check.STATUS, Outcome.NOT_CHECKED, "future_date")
_FRESH = Finding(Check.FRESHNESS, Outcome.PASS, "ok")
_FRESH_REGISTER = Finding(Check.FRESHNESS, Outcome.PASS, "ok", wording="register")
