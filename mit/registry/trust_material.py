"""What machines fetch to verify by themselves: keys, status lists and histories, signed credentials.

Everything here is public.  Status lists were signed by ``upkeep/publish.py`` and are served as they
are; a credential never changes once it is issued.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mit.credential.public_keys import did_document as did_document_of
from mit.errors import NotFoundError
from mit.lifecycle.certificate_states import CertificateState, StateChange, settled
from mit.lifecycle.signing_key_states import KeyState, state_on
from mit.store import published
from mit.store.db import viewing
from mit.store.verdict_facts import (
    credential_of,
    dated_changes,
    facts_by_number,
    issued_facts,
    slot_changes,
)
from mit.values.identifiers import CertificateNumber
from mit.values.thai_date import bangkok_day
from mit.verify.published_lists import STATUS_KINDS
from mit.verify.register import known_keys
from mit.verify.trust import Record, TrustedKey

#: Under which name the bundle for verifiers without network is published.
OFFLINE_BUNDLE = "offline/trust"
#: States of keys that others may still verify with, or will soon.
_IN_KEY_SET = frozenset({KeyState.PLANNED, KeyState.ACTIVE, KeyState.VERIFY_ONLY})
#: States of keys with which the issuer says that it signed.
_ASSERTING = frozenset({KeyState.ACTIVE, KeyState.VERIFY_ONLY})


@dataclass(frozen=True, slots=True)
class PublishedPiece:
    """Something signed, with the exact bytes to serve.

    Attributes:
        body: the bytes.
        media_type: their type.
        etag: strong entity tag, quoted, made from the bytes.
        signed_at: the signed instant: knowledge is as old as this.
        valid_until: not to be relied on later.
    """

    body: bytes
    media_type: str
    etag: str
    signed_at: datetime
    valid_until: datetime


def key_set_document(*, now: datetime) -> dict[str, Any]:
    """Return the JSON Web Key Set: keys planned, active and verify-only, with the days of their states.

    Retired and compromised keys are left out, so that nobody who only reads a key set trusts them.
    """
    today = bangkok_day(now)
    return {"keys": [_jwk(key, today) for key in _keys_in(_IN_KEY_SET, today)]}


def did_document(public_url: str, *, now: datetime) -> dict[str, Any]:
    """Return the did:web document: the keys with which the issuer asserts, active and verify-only."""
    asserting = _keys_in(_ASSERTING, bangkok_day(now))
    return did_document_of(public_url, [key.public for key in asserting])


def status_name(kind: str, list_number: int) -> str:
    """Return the name of a published piece, which is its path: ``status/revocation/2600``."""
    return f"status/{kind}/{list_number}"


def status_piece(kind: str, list_number: int) -> PublishedPiece:
    """Return a published status list (``revocation``, ``suspension``, ``token``) or its ``history``.

    Raises:
        NotFoundError: ``status_list_not_found``.
    """
    piece = _piece(status_name(kind, list_number))
    if piece is None or kind not in STATUS_KINDS:
        raise NotFoundError("status_list_not_found")
    return piece


def offline_bundle() -> PublishedPiece:
    """Return the signed trust file for everybody: all keys and status lists, no certificate.

    Raises:
        NotFoundError: ``offline_bundle_not_found``: nothing was issued yet.
    """
    piece = _piece(OFFLINE_BUNDLE)
    if piece is None:
        raise NotFoundError("offline_bundle_not_found")
    return piece


def _piece(name: str) -> PublishedPiece | None:
    with viewing() as session:
        found = published.find_published(session, name)
    if found is None:
        return None
    return PublishedPiece(found.body, found.media_type, found.etag, found.signed_at, found.valid_until)


def credential_bytes(number: CertificateNumber) -> bytes:
    """Return the exact signed bytes of an issued certificate; they never change.

    Raises:
        NotFoundError: ``certificate_not_found``: no such certificate, or not issued yet.
    """
    row = facts_by_number(str(number))
    text = credential_of(str(number)) if row and row.state == "active" else None
    if text is None:
        raise NotFoundError("certificate_not_found", number=str(number))
    return text.encode("ascii")


def records(only: Collection[str] | None = None) -> list[Record]:
    """Return the public facts of every issued certificate, or of those of *only*, by number.

    Raises:
        NotFoundError: ``certificate_not_found`` for a number of *only* that was not issued.
    """
    rows = issued_facts(only)
    missing = sorted(set(only or ()) - {row.number for row in rows})
    if missing:
        raise NotFoundError("certificate_not_found", number=missing[0])
    histories: dict[str, list[StateChange]] = {}
    for change in dated_changes(only):
        entry = StateChange(change.effective_on, CertificateState(change.status), change.reason)
        histories.setdefault(change.number, []).append(entry)
    return [
        Record(
            number=row.number,
            kid=row.kid,
            credential_sha256=row.credential_sha256 or "",
            pdf_sha256=row.pdf_sha256,
            signed_at=row.signed_at,
            history=settled(histories.get(row.number, ())),
            supersedes=row.supersedes,
            superseded_by=row.superseded_by,
        )
        for row in rows
    ]


def list_history(list_number: int) -> dict[int, tuple[StateChange, ...]]:
    """Return the dated history of every slot of a list that ever changed, by slot."""
    slots: dict[int, list[StateChange]] = {}
    for change in slot_changes(list_number):
        entry = StateChange(change.effective_on, CertificateState(change.status), change.reason)
        slots.setdefault(change.slot_index, []).append(entry)
    return {slot: settled(changes) for slot, changes in slots.items()}


def _keys_in(states: Collection[KeyState], today: date) -> Iterable[TrustedKey]:
    keys = known_keys()
    return [keys[kid] for kid in sorted(keys) if state_on(keys[kid].dates, today) in states]


def _jwk(key: TrustedKey, today: date) -> dict[str, Any]:
    dates = key.dates
    days = {
        "mit_active_from_on": dates.active_from_on,
        "mit_verify_only_from_on": dates.verify_only_from_on,
    }
    written = {name: day.isoformat() for name, day in days.items() if day}
    return {**key.public.jwk(), "mit_state": state_on(dates, today).value, **written}
