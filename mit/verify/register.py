"""What the register says at this moment, as far as a verdict asks for it: rows, keys and histories.

One indexed read for each question; only public keys, which never change under their thumbprint, and
which keys signed lately are remembered.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import InputError, TamperedError
from mit.lifecycle.certificate_states import CertificateState, ChangeReason, StateChange, settled
from mit.lifecycle.signing_key_states import KeyDates
from mit.store.verdict_facts import (
    FactsRow,
    KeyRow,
    credential_of,
    credentials_of,
    dated_changes,
    facts_by_number,
    facts_by_pdf,
    facts_in_full,
    issued_facts,
    key_rows,
)
from mit.store.verdict_rows import status_history
from mit.verify import opening
from mit.verify.content import Content
from mit.verify.memory import Memory
from mit.verify.trust import Record, Trust, TrustedKey


class Found(NamedTuple):
    """A row of the register, with the credential where that was read together with it."""

    row: FactsRow
    credential: str | None = None


Find = Callable[[str], Found | None]

#: Public keys by thumbprint, taken apart once; a thumbprint names one key for ever.
_public_keys: Memory[str, PublicKey] = Memory(256)
#: The keys that signed lately, by serial; only a hint, the register has the last word.
_hints: dict[int, TrustedKey] = {}


def recent_keys() -> Mapping[int, TrustedKey]:
    """Return the keys that signed lately, by serial; a hint that saves a read, never the last word."""
    return _hints


def known_keys() -> dict[int, TrustedKey]:
    """Return every key that signs credentials, by serial, as the register has them now.

    Raises:
        MitError: ``register_unreachable``.
    """
    keys = {row.kid: _trusted_key(row) for row in key_rows()}
    _hints.clear()
    _hints.update(keys)
    return keys


def find(number: str) -> Found | None:
    """Return what the register says now of a certificate number; None if unknown.

    Raises:
        MitError: ``register_unreachable``.
    """
    row = facts_by_number(number)
    return Found(row) if row else None


def find_in_full(number: str) -> Found | None:
    """Return the same as ``find`` together with the signed credential.

    Raises:
        MitError: ``register_unreachable``.
    """
    found = facts_in_full(number)
    return Found(*found) if found else None


def find_by_pdf(pdf_sha256: str) -> Found | None:
    """Return what the register says of the certificate whose issued file has this SHA-256 (hex).

    Raises:
        MitError: ``register_unreachable``.
    """
    row = facts_by_pdf(pdf_sha256)
    return Found(row) if row else None


def _record_of(found: Found, *, is_content_needed: bool) -> Record | None:
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
    return _record(row, content, credential, _history(row))


def _record(
    row: FactsRow, content: Content | None, credential: str | None, history: tuple[StateChange, ...]
) -> Record:
    return Record(
        number=row.number,
        kid=row.kid,
        credential_sha256=row.credential_sha256 or "",
        pdf_sha256=row.pdf_sha256,
        signed_at=row.signed_at,
        history=history,
        supersedes=row.supersedes,
        superseded_by=row.superseded_by,
        credential=credential,
        content=content,
    )


def trust_by(
    found: Found | None,
    now: datetime,
    more_keys: Iterable[TrustedKey] = (),
    *,
    is_content_needed: bool = False,
) -> Trust:
    """Return what may be relied on for one question: the row, its key, and *more_keys*.

    The full credential is there only where *is_content_needed* and it was not seen before.

    Raises:
        MitError: ``register_unreachable``.
        TamperedError: a key's row does not add up.
    """
    keys = {key.public.kid: key for key in more_keys}
    if found is None:
        return Trust(keys, now, is_register=True)
    keys[found.row.kid] = _trusted_key(found.row)
    record = _record_of(found, is_content_needed=is_content_needed)
    if record is None:
        return Trust(keys, now, is_register=True)
    files = {record.pdf_sha256: record.number} if record.pdf_sha256 else {}
    return Trust(keys, now, records={record.number: record}, is_register=True, files=files)


def trust_in_bulk(
    numbers: Collection[str], keys: Mapping[int, TrustedKey], now: datetime, *, in_full: Collection[str]
) -> Trust:
    """Return what may be relied on for many questions: every issued certificate of *numbers*, and *keys*.

    A key's dates are those that stood beside its certificates.  The credentials of *in_full* are there
    where they were not seen before.

    Raises:
        TamperedError: a key's row does not add up.
    """
    rows = issued_facts(numbers) if numbers else []
    keys = {**keys, **_keys_beside(rows, keys)}
    seen = {row.number: _seen_content(row) for row in rows}
    unseen = [number for number, content in seen.items() if content is None and number in in_full]
    credentials = credentials_of(unseen) if unseen else {}
    histories = _histories([row for row in rows if not _is_without_past(row)])
    records = {}
    for row in rows:
        history = histories.get(row.number) or _never_changed(row)
        records[row.number] = _record(row, seen[row.number], credentials.get(row.number), history)
    return Trust(keys, now, records=records, is_register=True)


def _keys_beside(rows: Iterable[FactsRow], known: Mapping[int, TrustedKey]) -> dict[int, TrustedKey]:
    """Return the keys of *rows* as they stand there; one that stands as it is *known* is that very object."""
    keys = {row.kid: _trusted_key(row) for row in {row.kid: row for row in rows}.values()}
    return {kid: known[kid] if known.get(kid) == key else key for kid, key in keys.items()}


def _seen_content(row: FactsRow) -> Content | None:
    return opening.remembered_credential(row.credential_sha256 or "", row.thumbprint)


def _histories(rows: Collection[FactsRow]) -> dict[str, tuple[StateChange, ...]]:
    """Return the dated history of each certificate of *rows*, by number."""
    found: dict[str, list[StateChange]] = defaultdict(list)
    for entry in dated_changes([row.number for row in rows]) if rows else ():
        change = StateChange(entry.effective_on, CertificateState(entry.status), entry.reason)
        found[entry.number].append(change)
    return {number: settled(changes) for number, changes in found.items()}


def nothing(now: datetime) -> Trust:
    """Return the trust of a verifier that knows nothing."""
    return Trust({}, now)


def _history(row: FactsRow) -> tuple[StateChange, ...]:
    """Return the dated history; it is only read where something happened after the issue day."""
    if _is_without_past(row):
        return _never_changed(row)
    return settled(
        StateChange(entry.effective_on, CertificateState(entry.status), entry.reason)
        for entry in status_history(row.number)
    )


def _never_changed(row: FactsRow) -> tuple[StateChange, ...]:
    return _active_since(row.issued_on)


@lru_cache(maxsize=1024)
def _active_since(issued_on: date) -> tuple[StateChange, ...]:
    return (StateChange(issued_on, CertificateState.ACTIVE, ChangeReason.ISSUED.value),)


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
