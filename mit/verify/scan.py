"""Verify what was scanned, typed or uploaded against the register, as it stands at this moment.

Each question reads the certificate's status and its key's dates by key; nothing that can change is
remembered.  What is remembered is only that a known key signed these very bytes (``opening``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import InputError, MitError, TamperedError
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.store.verdict_facts import (
    FactsRow,
    KeyRow,
    credential_of,
    facts_by_number,
    facts_by_pdf,
    facts_in_full,
    key_rows,
)
from mit.store.verdict_rows import status_history
from mit.verify import checks, opening
from mit.verify.judge import Question, judge, judge_opened, refusal
from mit.verify.memory import Memory
from mit.verify.opening import Opened
from mit.verify.presentation import (
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    Unreadable,
    credential_inside,
    read_digits,
    read_file,
    read_number,
    read_text,
)
from mit.verify.trust import Record, Trust, TrustedKey
from mit.verify.verdict import Verdict


class Grounds(NamedTuple):
    """All that an answer follows from: the signed bytes shown, the register's row, the Bangkok day."""

    shown: str | bytes
    row: FactsRow
    today: date


class _Found(NamedTuple):
    """A row of the register, with the credential where that was read together with it."""

    row: FactsRow
    credential: str | None = None


Find = Callable[[str], _Found | None]

#: Public keys by thumbprint, taken apart once; a thumbprint names one key for ever.
_public_keys: Memory[str, PublicKey] = Memory(256)
#: What follows from one state of a row on one day; nothing in it can change by itself.
_answers: Memory[Grounds, Verdict] = Memory(64 * 1024 * 1024)
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
    return verify_shown(read_number(number), Question(now, on, model))


def verify_file(
    data: bytes, *, now: datetime, on: date | None = None, name: str = "", model: str | None = None
) -> Verdict:
    """Return the verdict on a file: PDF, picture of a QR, credential, or QR text."""
    return verify_shown(read_file(data, name=name), Question(now, on, model))


def verify_shown(shown: Presentation, question: Question, *, is_new: bool = False) -> Verdict:
    """Return the verdict on what was shown, by the register as it is at ``question.now``.

    Where nothing of it was seen before (*is_new*), its credential is read together with its row.
    """
    find = _find_in_full if is_new else _find
    try:
        if isinstance(shown, ShownQr | ShownCredential):
            return _verify_signed(shown, question, find)
        if isinstance(shown, ShownNumber):
            return _verify_number(shown, question, find)
        if isinstance(shown, ShownFile):
            return _verify_file(shown, question)
        return judge(shown, _nothing(question.now), question)
    except MitError as error:
        if error.code != _UNREACHABLE:
            raise
        return refusal(checks.REGISTER_UNREACHABLE, _nothing(question.now), question)


def _verify_signed(shown: ShownQr | ShownCredential, question: Question, find: Find) -> Verdict:
    """Check the signature first; only then ask the register for the number that it states.

    The keys that were seen lately save a question; where they do not lead to a certificate of the
    same key, the register's own keys decide.
    """
    opened = _open(shown, Trust(_hints, question.now))
    found = find(opened.content.number) if opened.content else None
    if found is not None and opened.key and found.row.thumbprint == opened.key.public.thumbprint:
        signed = shown.data if isinstance(shown, ShownQr) else shown.text
        grounds = Grounds(signed, found.row, question.today)
        return _remembering(grounds, question, partial(_judge_hinted, opened, found, question))
    keys = known_keys()
    opened = _open(shown, Trust(keys, question.now))
    found = _find(opened.content.number) if opened.content else None
    is_short = opened.content is not None and opened.content.is_short
    trust = _trust(found, question.now, keys.values(), is_content_needed=is_short)
    return judge_opened(opened, trust, question)


def _judge_hinted(opened: Opened, found: _Found, question: Question) -> Verdict:
    is_short = opened.content is not None and opened.content.is_short
    trust = _trust(found, question.now, is_content_needed=is_short)
    return judge_opened(replace(opened, key=trust.keys[found.row.kid]), trust, question)


def _verify_number(shown: ShownNumber, question: Question, find: Find) -> Verdict:
    found = find(shown.number)
    if found is None:
        return judge(shown, _trust(None, question.now), question)
    grounds = Grounds("", found.row, question.today)
    return _remembering(grounds, question, partial(_judge_found, shown, found, question))


def _judge_found(shown: ShownNumber | ShownFile, found: _Found, question: Question) -> Verdict:
    return judge(shown, _trust(found, question.now, is_content_needed=True), question)


def _remembering(grounds: Grounds, question: Question, work_out: Callable[[], Verdict]) -> Verdict:
    """Return the verdict that follows from *grounds*, worked out before or now.

    The row is what was read in this very request.  The dated history needs no place of its own: it only
    grows, each entry moves the row's status or the day since when it holds, and several on one day
    come to what the last of them says.  Another day or a model is worked out each time.
    """
    if question.on is not None or question.model is not None:
        return work_out()
    known = _answers.get(grounds)
    if known is not None:
        return known.known_since(question.now)
    verdict = work_out()
    if verdict.certificate is None:
        return verdict
    weight = 6_000 + 1_800 * len(verdict.certificate.products)
    return _answers.keep(grounds, replace(verdict, followed_from=grounds), weight_bytes=weight)


def _verify_file(shown: ShownFile, question: Question) -> Verdict:
    row = facts_by_pdf(shown.sha256)
    if row is not None:
        return _judge_found(shown, _Found(row), question)
    return _verify_unknown_file(shown, question)


def _verify_unknown_file(shown: ShownFile, question: Question) -> Verdict:
    """Open a file that the register does not know, and ask it for the credential inside."""
    keys = known_keys()
    inside = credential_inside(shown)
    if isinstance(inside, Unreadable):
        text, found = None, None
    else:
        content = opening.open_credential(inside, Trust(keys, question.now)).content
        text, found = inside.text, _find(content.number) if content else None
    seen = replace(shown, opened_by=lambda _data: {"credential": text})
    return judge(seen, _trust(found, question.now, keys.values()), question)


def forget_answers() -> None:
    """Forget every remembered answer; for tests and measurements."""
    _answers.clear()


def _open(shown: ShownQr | ShownCredential, trust: Trust) -> Opened:
    if isinstance(shown, ShownQr):
        return opening.open_qr(shown, trust)
    return opening.open_credential(shown, trust)


def known_keys() -> dict[int, TrustedKey]:
    """Return every key that signs credentials, by serial, as the register has them now.

    Raises:
        MitError: ``register_unreachable``.
    """
    keys = {row.kid: _trusted_key(row) for row in key_rows()}
    _hints.clear()
    _hints.update(keys)
    return keys


def _find(number: str) -> _Found | None:
    row = facts_by_number(number)
    return _Found(row) if row else None


def _find_in_full(number: str) -> _Found | None:
    found = facts_in_full(number)
    return _Found(*found) if found else None


def _record_of(found: _Found, *, is_content_needed: bool) -> Record | None:
    """Return what the register says of an issued certificate; None while it is only prepared.

    Its credential is fetched only where it is needed and was not seen before.
    """
    row = found.row
    if row.state != "active" or row.credential_sha256 is None:
        return None
    content = opening.remembered_credential(row.credential_sha256, row.thumbprint)
    credential = None
    if is_content_needed and content is None:
        credential = found.credential or credential_of(row.number)
    return Record(
        number=row.number,
        kid=row.kid,
        credential_sha256=row.credential_sha256,
        pdf_sha256=row.pdf_sha256,
        signed_at=row.signed_at,
        history=_history(row),
        supersedes=row.supersedes,
        superseded_by=row.superseded_by,
        credential=credential,
        content=content,
    )


def _trust(
    found: _Found | None,
    now: datetime,
    more_keys: Iterable[TrustedKey] = (),
    *,
    is_content_needed: bool = False,
) -> Trust:
    keys = {key.public.kid: key for key in more_keys}
    if found is None:
        return Trust(keys, now, is_register=True)
    keys[found.row.kid] = _trusted_key(found.row)
    record = _record_of(found, is_content_needed=is_content_needed)
    if record is None:
        return Trust(keys, now, is_register=True)
    files = {record.pdf_sha256: record.number} if record.pdf_sha256 else {}
    return Trust(keys, now, records={record.number: record}, is_register=True, files=files)


def _nothing(now: datetime) -> Trust:
    return Trust({}, now)


def _history(row: FactsRow) -> tuple[StateChange, ...]:
    """Return the dated history; it is only read where something happened after the issue day."""
    if _is_without_past(row):
        return (StateChange(row.issued_on, CertificateState.ACTIVE),)
    return tuple(
        StateChange(entry.effective_on, CertificateState(entry.status), entry.reason)
        for entry in status_history(row.number)
    )


def _is_without_past(row: FactsRow) -> bool:
    return row.status == "active" and row.status_since_on == row.issued_on


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
