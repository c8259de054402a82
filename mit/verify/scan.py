"""Verify what was scanned, typed or uploaded against the register, as it stands at this moment.

Each question reads the certificate's status and its key's dates by key; nothing that can change is
remembered.  What is remembered is only that a known key signed these very bytes (``checks``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import InputError, MalformedNumberError, MitError, TamperedError
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.store.verdict_facts import (
    FactsRow,
    KeyRow,
    credential_of,
    facts_by_number,
    facts_by_pdf,
    key_rows,
)
from mit.store.verdict_rows import status_history
from mit.values.identifiers import parse_certificate_number
from mit.verify import checks
from mit.verify.checks import Opened
from mit.verify.judge import Question, judge, judge_opened, refusal
from mit.verify.memory import Memory
from mit.verify.presentation import (
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    Unreadable,
    read_digits,
    read_file,
    read_text,
)
from mit.verify.trust import Record, Trust, TrustedKey
from mit.verify.verdict import Verdict

#: Public keys by thumbprint, taken apart once; a thumbprint names one key for ever.
_public_keys: Memory[str, PublicKey] = Memory(256)
#: The keys that signed lately, by serial; only a hint, the register has the last word.
_hints: dict[int, TrustedKey] = {}
_UNREACHABLE = "register_unreachable"


def verify_text(text: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on QR text, its digits, a typed number, a page's address or a credential.

    *on* is the Bangkok day asked for, today where None; *model* asks for coverage as well.
    """
    return verify_shown(read_text(text), Question(now, on, model))


def verify_digits(digits: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on the digits of a QR: what stands behind ``/v/``, damaged or not."""
    return verify_shown(read_digits(digits), Question(now, on, model))


def verify_number(number: str, *, now: datetime, on: date | None = None, model: str | None = None) -> Verdict:
    """Return the verdict on a certificate number as a person types it."""
    try:
        shown: Presentation = ShownNumber(parse_certificate_number(number))
    except MalformedNumberError as error:
        shown = Unreadable(error.faults[0])
    return verify_shown(shown, Question(now, on, model))


def verify_file(
    data: bytes, *, now: datetime, on: date | None = None, name: str = "", model: str | None = None
) -> Verdict:
    """Return the verdict on a file: PDF, picture of a QR, credential, or QR text."""
    return verify_shown(read_file(data, name=name), Question(now, on, model))


def verify_shown(shown: Presentation, question: Question) -> Verdict:
    """Return the verdict on what was shown, by the register as it is at ``question.now``."""
    try:
        if isinstance(shown, ShownQr | ShownCredential):
            return _verify_signed(shown, question)
        if isinstance(shown, ShownNumber):
            return judge(shown, _trust(facts_by_number(str(shown.number)), question.now), question)
        if isinstance(shown, ShownFile):
            return _verify_file(shown, question)
        return judge(shown, _nothing(question.now), question)
    except MitError as error:
        if error.code != _UNREACHABLE:
            raise
        return refusal(checks.REGISTER_UNREACHABLE, _nothing(question.now), question)


def _verify_signed(shown: ShownQr | ShownCredential, question: Question) -> Verdict:
    """Check the signature first; only then ask the register for the number that it states.

    The keys that were seen lately save a question; where they do not lead to a certificate of the
    same key, the register's own keys decide.
    """
    opened = _open(shown, Trust(_hints, question.now))
    row = facts_by_number(opened.content.number) if opened.content else None
    if row is not None and opened.key and row.thumbprint == opened.key.public.thumbprint:
        trust = _trust(row, question.now)
        return judge_opened(replace(opened, key=trust.keys[row.kid]), trust, question)
    keys = known_keys()
    opened = _open(shown, Trust(keys, question.now))
    row = facts_by_number(opened.content.number) if opened.content else None
    return judge_opened(opened, _trust(row, question.now, keys.values()), question)


def _verify_file(shown: ShownFile, question: Question) -> Verdict:
    row = facts_by_pdf(shown.sha256)
    if row is not None:
        return judge(shown, _trust(row, question.now), question)
    return judge(shown, Trust(known_keys(), question.now, is_register=True), question)


def _open(shown: ShownQr | ShownCredential, trust: Trust) -> Opened:
    if isinstance(shown, ShownQr):
        return checks.open_qr(shown, trust)
    return checks.open_credential(shown, trust)


def known_keys() -> dict[int, TrustedKey]:
    """Return every key that signs credentials, by serial, as the register has them now.

    Raises:
        MitError: ``register_unreachable``.
    """
    keys = {row.kid: _trusted_key(row) for row in key_rows()}
    _hints.clear()
    _hints.update(keys)
    return keys


def record_of(row: FactsRow) -> Record | None:
    """Return what the register says of an issued certificate; None while it is only prepared."""
    if row.state != "active" or row.credential_sha256 is None:
        return None
    content = checks.remembered_credential(row.credential_sha256, row.thumbprint)
    return Record(
        number=row.number,
        kid=row.kid,
        credential_sha256=row.credential_sha256,
        pdf_sha256=row.pdf_sha256,
        signed_at=row.signed_at,
        history=_history(row),
        supersedes=row.supersedes,
        superseded_by=row.superseded_by,
        credential=None if content else credential_of(row.number),
        content=content,
    )


def _trust(row: FactsRow | None, now: datetime, more_keys: Iterable[TrustedKey] = ()) -> Trust:
    keys = {key.public.kid: key for key in more_keys}
    if row is None:
        return Trust(keys, now, is_register=True)
    keys[row.kid] = _trusted_key(row)
    record = record_of(row)
    if record is None:
        return Trust(keys, now, is_register=True)
    files = {record.pdf_sha256: record.number} if record.pdf_sha256 else {}
    return Trust(keys, now, records={record.number: record}, is_register=True, files=files)


def _nothing(now: datetime) -> Trust:
    return Trust({}, now)


def _history(row: FactsRow) -> tuple[StateChange, ...]:
    """Return the dated history; it is only read where something happened after the issue day."""
    if row.status == "active" and row.status_since_on == row.issued_on:
        return (StateChange(row.issued_on, CertificateState.ACTIVE),)
    return tuple(
        StateChange(entry.effective_on, CertificateState(entry.status), entry.reason)
        for entry in status_history(row.number)
    )


def _trusted_key(row: FactsRow | KeyRow) -> TrustedKey:
    dates = KeyDates(
        row.active_from_on, row.verify_only_from_on, row.retired_from_on, row.compromised_from_at
    )
    public = _public_keys.get(row.thumbprint)
    if public is None:
        public = _public_keys.keep(row.thumbprint, _read_key(row))
    return TrustedKey(public, dates)


def _read_key(row: FactsRow | KeyRow) -> PublicKey:
    try:
        public = public_key_from_jwk(json.loads(row.public_jwk))
    except (ValueError, InputError) as error:
        raise TamperedError("signing_key_row", where=str(row.kid)) from error
    if public.thumbprint != row.thumbprint or public.kid != row.kid:
        raise TamperedError("signing_key_row", where=str(row.kid))
    return replace(public, demo=row.demo or public.demo)
