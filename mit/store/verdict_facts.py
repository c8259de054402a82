"""What one verdict asks of the register, in one indexed look-up: a certificate's facts with its key's dates.

The key's dates stand in the same row because a compromised key has to count in the very next
answer.  The credential itself never changes, so it is fetched only where it was not seen before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select

from mit.errors import MitError
from mit.store.among import among
from mit.store.certificate_history import CertificateEvent
from mit.store.certificates import Certificate
from mit.store.db import reading
from mit.store.health import UNREACHABLE
from mit.store.quick_read import QuickRead
from mit.store.signing_keys import SigningKey


class FactsRow(NamedTuple):
    """The columns that decide a verdict, with the signing key's public half and dates; hashes are hex."""

    number: str
    state: str
    status: str
    status_since_on: date
    issued_on: date
    kid: int
    signed_at: datetime | None
    credential_sha256: str | None
    pdf_sha256: str | None
    supersedes: str | None
    superseded_by: str | None
    thumbprint: str
    public_jwk: str
    demo: bool
    active_from_on: date | None
    verify_only_from_on: date | None
    retired_from_on: date | None
    compromised_from_at: datetime | None


class KeyRow(NamedTuple):
    """The public half and the dates of one signing key."""

    kid: int
    thumbprint: str
    public_jwk: str
    demo: bool
    active_from_on: date | None
    verify_only_from_on: date | None
    retired_from_on: date | None
    compromised_from_at: datetime | None


class DatedChange(NamedTuple):
    """One entry of the dated status history of a certificate number."""

    number: str
    status: str
    effective_on: date
    reason: str


class SlotChange(NamedTuple):
    """One dated change of the certificate in a place of a status list."""

    slot_index: int
    status: str
    effective_on: date
    reason: str


_certificates = Certificate.__table__.c
_keys = SigningKey.__table__.c
_events = CertificateEvent.__table__.c


def _column(name: str) -> ColumnElement[object]:
    return _certificates[name] if name in _certificates else _keys[name]


_FACTS: Select[tuple[object, ...]] = select(*(_column(name) for name in FactsRow._fields)).join_from(
    Certificate.__table__, SigningKey.__table__, _certificates.kid == _keys.kid
)
_BY_NUMBER = QuickRead(_FACTS.where(_certificates.number == bindparam("key")))
_IN_FULL = QuickRead(
    _FACTS.add_columns(_certificates.credential).where(_certificates.number == bindparam("key"))
)
_BY_PDF = QuickRead(_FACTS.where(_certificates.pdf_sha256 == bindparam("key")))
_CREDENTIAL = QuickRead(select(_certificates.credential).where(_certificates.number == bindparam("key")))
_OWN = [name for name in FactsRow._fields if name in _certificates]
_ISSUED: Select[tuple[Any, ...]] = (
    select(*(_certificates[name] for name in _OWN))
    .where(_certificates.state == "active")
    .order_by(_certificates.number)
)
_KEYS: Select[tuple[Any, ...]] = select(_keys.kid, *(_keys[name] for name in FactsRow._fields[len(_OWN) :]))
_KEY = select(*(_keys[name] for name in KeyRow._fields)).where(_keys.purpose == "credential")


def facts_by_number(number: str) -> FactsRow | None:
    """Return what the register says now of one certificate number, as printed; None if unknown.

    Raises:
        MitError: ``register_unreachable``.
    """
    return _one(_BY_NUMBER, number)


def facts_in_full(number: str) -> tuple[FactsRow, str | None] | None:
    """Return the facts of one certificate number and its signed credential at once; None if unknown.

    Raises:
        MitError: ``register_unreachable``.
    """
    found = _first(_IN_FULL, number)
    return (FactsRow._make(found[:-1]), found[-1]) if found else None


def facts_by_pdf(pdf_sha256: str) -> FactsRow | None:
    """Return the facts of the certificate whose issued file has this SHA-256 (hex); None if none has.

    Raises:
        MitError: ``register_unreachable``.
    """
    return _one(_BY_PDF, pdf_sha256)


def credential_of(number: str) -> str | None:
    """Return the signed credential of one certificate number; None where there is none (yet).

    Raises:
        MitError: ``register_unreachable``.
    """
    found = _first(_CREDENTIAL, number)
    return found[0] if found else None


def key_rows() -> list[KeyRow]:
    """Return every key that signs credentials, by serial, whatever its state.

    Raises:
        MitError: ``register_unreachable``.
    """
    try:
        with reading() as connection:
            return [KeyRow._make(row) for row in connection.execute(_KEY.order_by(_keys.kid))]
    except UNREACHABLE as error:
        raise MitError("register_unreachable") from error


def issued_facts(numbers: Collection[str] | None = None) -> list[FactsRow]:
    """Return the facts of every issued certificate, or of those of *numbers*, by number.

    Keys are few and certificates many: the keys are read once, after the certificates that name them.
    """
    issued = _ISSUED if numbers is None else _ISSUED.where(among(_certificates.number, numbers))
    with reading() as connection:
        rows = connection.execute(issued).all()
        keys = {row[0]: tuple(row[1:]) for row in connection.execute(_KEYS)} if rows else {}
    return [FactsRow(*row, *keys[row.kid]) for row in rows]


def credentials_of(numbers: Collection[str]) -> dict[str, str]:
    """Return the signed credential of each of *numbers* that has one, by number."""
    wanted = select(_certificates.number, _certificates.credential).where(
        among(_certificates.number, numbers), _certificates.credential.is_not(None)
    )
    with reading() as connection:
        return {row.number: row.credential for row in connection.execute(wanted)}


def dated_changes(numbers: Collection[str] | None = None) -> list[DatedChange]:
    """Return the dated history of every certificate, or of those of *numbers*, in order of recording."""
    changes = select(
        _events.certificate_number, _events.status, _events.effective_on, _events.reason
    ).order_by(_events.certificate_number, _events.seq)
    if numbers is not None:
        changes = changes.where(among(_events.certificate_number, numbers))
    with reading() as connection:
        return [DatedChange._make(row) for row in connection.execute(changes)]


def slot_changes(list_number: int) -> list[SlotChange]:
    """Return the whole dated history of every place of a list whose certificate ever changed.

    Issuing alone is no change.  In the order of places, then of recording.
    """
    changed = select(_events.certificate_number).where(_events.event != "issued")
    rows = (
        select(_certificates.slot_index, _events.status, _events.effective_on, _events.reason)
        .join_from(Certificate.__table__, CertificateEvent.__table__)
        .where(_certificates.list_number == list_number, _certificates.number.in_(changed))
        .order_by(_certificates.slot_index, _events.seq)
    )
    with reading() as connection:
        return [SlotChange._make(row) for row in connection.execute(rows)]


def _one(read: QuickRead, key: str) -> FactsRow | None:
    found = _first(read, key)
    return FactsRow._make(found) if found else None


def _first(read: QuickRead, key: str) -> tuple[Any, ...] | None:
    try:
        return read.first(key)
    except UNREACHABLE as error:
        raise MitError("register_unreachable") from error
