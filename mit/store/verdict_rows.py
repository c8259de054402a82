"""What the public verifier reads: one indexed look-up by key, straight over the read-only engine.

No row objects and no session: this is the one read that millions ask for.  Status and validity are
read in every request; only the bytes that never change may be remembered by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, select

from mit.store.certificate_history import CertificateEvent
from mit.store.certificates import Certificate
from mit.store.db import reading


class StatusRow(NamedTuple):
    """The columns that decide a verdict beside the immutable bytes; hashes are hex."""

    number: str
    state: str
    status: str
    status_since_on: date
    issued_on: date
    expires_on: date
    kid: int
    signed_at: datetime | None
    credential_sha256: str | None
    pdf_sha256: str | None
    superseded_by: str | None


class VerdictRow(NamedTuple):
    """Everything the register says of one certificate to the public; ``claims`` is canonical JSON."""

    number: str
    state: str
    status: str
    status_since_on: date
    issued_on: date
    expires_on: date
    kid: int
    signed_at: datetime | None
    credential_sha256: str | None
    pdf_sha256: str | None
    superseded_by: str | None
    supersedes: str | None
    claims: str
    credential: str | None
    qr_text: str | None
    list_number: int
    slot_index: int
    sample: bool
    issued_at: datetime | None
    holder_name_th: str
    holder_name_en: str
    holder_juristic_number: str | None


class HistoryRow(NamedTuple):
    """One entry of a certificate's dated status history, in the order of recording."""

    event: str
    status: str
    effective_on: date
    reason: str
    recorded_at: datetime


class SlotRow(NamedTuple):
    """A place whose bit is to be set, and by which status."""

    slot_index: int
    status: str


_columns = Certificate.__table__.c
_STATUS = select(*(_columns[name] for name in StatusRow._fields)).where(_columns.number == bindparam("key"))
_VERDICT = select(*(_columns[name] for name in VerdictRow._fields))
_events = CertificateEvent.__table__.c
_HISTORY = (
    select(*(_events[name] for name in HistoryRow._fields))
    .where(_events.certificate_number == bindparam("key"))
    .order_by(_events.seq)
)


def status_row(number: str) -> StatusRow | None:
    """Return what the register says today of one certificate number, as printed; None if unknown."""
    with reading() as connection:
        found = connection.execute(_STATUS, {"key": number}).first()
    return StatusRow._make(found) if found else None


def certificate_for_verdict(number: str) -> VerdictRow | None:
    """Return everything the register says of one certificate number, as printed; None if unknown."""
    return _one(_columns.number == number)


def certificate_by_credential(credential_sha256: str) -> VerdictRow | None:
    """Return the certificate whose signed credential has this SHA-256 (hex); None if there is none."""
    return _one(_columns.credential_sha256 == credential_sha256)


def certificate_by_pdf(pdf_sha256: str) -> VerdictRow | None:
    """Return the certificate whose stored PDF has this SHA-256 (hex); None if there is none."""
    return _one(_columns.pdf_sha256 == pdf_sha256)


def status_history(number: str) -> list[HistoryRow]:
    """Return the dated status history of one certificate number, in the order of recording."""
    with reading() as connection:
        return [HistoryRow._make(row) for row in connection.execute(_HISTORY, {"key": number})]


def issued_certificates(numbers: Sequence[str] | None = None) -> list[VerdictRow]:
    """Return every issued certificate, or those of *numbers*, by year and running number."""
    issued = _VERDICT.where(_columns.state == "active").order_by(_columns.year_be, _columns.running)
    if numbers is not None:
        issued = issued.where(_columns.number.in_(numbers))
    with reading() as connection:
        return [VerdictRow._make(row) for row in connection.execute(issued)]


def list_numbers() -> list[int]:
    """Return the number of every status list that has an allotted place, sorted."""
    numbers = select(_columns.list_number).distinct().order_by(_columns.list_number)
    with reading() as connection:
        return list(connection.scalars(numbers))


def changed_slots(list_number: int) -> list[SlotRow]:
    """Return the places of one status list whose certificate is other than active, by index."""
    changed = (
        select(_columns.slot_index, _columns.status)
        .where(_columns.list_number == list_number, _columns.status != "active")
        .order_by(_columns.slot_index)
    )
    with reading() as connection:
        return [SlotRow._make(row) for row in connection.execute(changed)]


def _one(condition: ColumnElement[bool]) -> VerdictRow | None:
    with reading() as connection:
        found = connection.execute(_VERDICT.where(condition)).first()
    return VerdictRow._make(found) if found else None
