"""Knowledge made by hand: keys with their dates, records, a register or a trust file's content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from mit.credential import canonical_json, jose, status_list
from mit.credential.claims import Claims
from mit.credential.lint import Rehearsal
from mit.credential.signatures import KeySigner
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.values.thai_date import first_instant, last_valid_day
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust import ListedStatus, Record, Trust, TrustedKey, files_of
from mit.verify.verdict import Check, Outcome, Verdict
from tests.support import specimens
from tests.support.specimens import ISSUED_ON, PUBLIC_URL

#: Noon in Bangkok, half a year into the validity of every specimen.
NOW = datetime(2027, 5, 20, 5, 0, tzinfo=UTC)
TODAY = date(2027, 5, 20)
EXPIRES_ON = last_valid_day(ISSUED_ON)
SIGNED_AT = first_instant(ISSUED_ON) + timedelta(hours=9)
ALWAYS = KeyDates(active_from_on=date(2026, 1, 1))
ACTIVE_SINCE_ISSUE = (StateChange(ISSUED_ON, CertificateState.ACTIVE, "issued"),)


@cache
def signer(kid: int = 1, *, demo: bool = False) -> KeySigner:
    """Return the signer of serial *kid*, the same in every test run."""
    return KeySigner(ec.derive_private_key(25_690_000 + kid, ec.SECP256R1()), kid, demo=demo)


def trusted(of: KeySigner, dates: KeyDates = ALWAYS) -> TrustedKey:
    """Return the public half as a key that we know."""
    return TrustedKey(of.public_key, dates)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it left the issuer."""

    claims: Claims
    made: Rehearsal
    signer: KeySigner

    @property
    def number(self) -> str:
        """Return its printed number."""
        return str(self.claims.number)

    @property
    def credential_sha256(self) -> str:
        """Return the hash of its credential, hex."""
        return hashlib.sha256(self.made.token.encode("ascii")).hexdigest()


def issue(claims: Claims | None = None, by: KeySigner | None = None) -> Issued:
    """Return a certificate issued on ``ISSUED_ON`` unless the claims say another day."""
    by = by or signer()
    claims = claims or specimens.claims()
    return Issued(claims, specimens.issued(claims, by), by)


def changes(*steps: tuple[date, str]) -> tuple[StateChange, ...]:
    """Return a history: active from the issue day, then *steps* of day and state."""
    return ACTIVE_SINCE_ISSUE + tuple(StateChange(on, CertificateState(state)) for on, state in steps)


def record(
    of: Issued,
    *,
    history: tuple[StateChange, ...] = ACTIVE_SINCE_ISSUE,
    signed_at: datetime | None = SIGNED_AT,
    pdf: bytes | None = None,
) -> Record:
    """Return what the register says of a certificate, its credential included."""
    return Record(
        number=of.number,
        kid=of.signer.public_key.kid,
        credential_sha256=of.credential_sha256,
        pdf_sha256=hashlib.sha256(pdf).hexdigest() if pdf is not None else None,
        signed_at=signed_at,
        history=history,
        credential=of.made.token,
    )


def register(*records: Record, keys: Iterable[TrustedKey] | None = None, known_at: datetime = NOW) -> Trust:
    """Return the knowledge of a register that was asked at *known_at*."""
    return replace(offline(*records, keys=keys, known_at=known_at), is_register=True)


def offline(
    *records: Record,
    keys: Iterable[TrustedKey] | None = None,
    known_at: datetime = NOW,
    lists: dict[int, ListedStatus] | None = None,
) -> Trust:
    """Return the knowledge of a trust file made at *known_at*."""
    known = {one.number: one for one in records}
    by_kid = {key.public.kid: key for key in (keys if keys is not None else [trusted(signer())])}
    return Trust(by_kid, known_at, records=known, lists=lists or {}, files=files_of(known))


def listed(
    list_number: int,
    *,
    revoked: Iterable[int] = (),
    suspended: Iterable[int] = (),
    at: datetime = NOW,
    history: dict[int, tuple[StateChange, ...]] | None = None,
    history_at: datetime | None = None,
) -> ListedStatus:
    """Return what the two signed lists of one number say, and their history where one is given."""
    return ListedStatus(
        bits("revocation", list_number, revoked, at=at),
        bits("suspension", list_number, suspended, at=at),
        changes=history,
        changes_known_at=(history_at or at) if history is not None else None,
    )


def bits(
    purpose: str, list_number: int, indexes: Iterable[int], *, at: datetime = NOW
) -> status_list.StatusBits:
    """Return a status list as a verifier reads it."""
    payload = status_list.build_status_list(purpose, list_number, indexes, public_url=PUBLIC_URL, now=at)
    return status_list.read_status_list(canonical_json.write(payload))


def signed_list(
    purpose: str, list_number: int, indexes: Iterable[int], *, by: KeySigner | None = None, at: datetime = NOW
) -> str:
    """Return a status list as it is published."""
    by = by or signer()
    payload = status_list.build_status_list(purpose, list_number, indexes, public_url=PUBLIC_URL, now=at)
    signed = status_list.status_list_signing_input(payload, key=by.public_key, public_url=PUBLIC_URL)
    return jose.assemble(signed, by.sign(signed))


def ask(
    text: str,
    trust: Trust,
    on: date | None = None,
    now: datetime = NOW,
    model: str | None = None,
) -> Verdict:
    """Judge what was shown as a text."""
    return judge(read_text(text), trust, Question(now, on, model))


def outcome(verdict: Verdict, check: Check) -> tuple[Outcome, str]:
    """Return outcome and reason of one check."""
    found = verdict.findings[list(Check).index(check)]
    return found.outcome, found.reason
