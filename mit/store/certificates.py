"""Issued certificates and what each certifies; the bytes once written down are never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Update,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.store.accounts import Organisation, one_of
from mit.store.applications import MAX_PRODUCTS, Application, ApplicationProduct, AssessmentRecord
from mit.store.counters import next_value
from mit.store.db import Base, UtcInstant, new_id
from mit.store.documents import Document
from mit.store.signing_keys import SigningKey
from mit.store.status_slots import StatusSlot

#: Where issuing stands: the number and bytes are written down; signed, checked and shown.
STATES = ("prepared", "active")
#: What the certificate is worth; expiry is computed, never stored.
STATUSES = ("active", "suspended", "revoked", "superseded", "withdrawn")
FORMULAS = ("direct", "build_down", "tariff_shift")


class Certificate(Base):
    """A certificate for life.

    Written in prepare and never changed: everything down to ``prepared_at``.  Filled in once:
    ``qr_tbs`` to ``issued_at``.  Kept up with ``certificate_events``: ``status``,
    ``status_since_on`` (the Bangkok day of the last event), ``superseded_by``.
    Bytes: ``tbs`` is what is signed for the credential (the JWS signing input), ``qr_tbs`` for the
    QR code (the COSE Sig_structure).  ``claims`` is the canonical JSON from which ``tbs`` was made.
    Hashes are hex.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("year_be", "running"),
        UniqueConstraint("list_number", "slot_index"),
        UniqueConstraint("number", "application_id"),
        ForeignKeyConstraint(["list_number", "slot_index"], [StatusSlot.list_number, StatusSlot.slot_index]),
        CheckConstraint("year_be BETWEEN 2500 AND 2999 AND running BETWEEN 1 AND 9999999", name="running"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("expires_on > issued_on", name="validity"),
        CheckConstraint("status_since_on >= issued_on", name="status_since"),
        CheckConstraint("(state = 'active') = (issued_at IS NOT NULL)", name="issued"),
        CheckConstraint("state = 'prepared' OR signed_at IS NOT NULL", name="active_is_signed"),
        CheckConstraint(
            "(signed_at IS NULL) = (credential IS NULL) AND (signed_at IS NULL) = (credential_sha256 IS NULL)"
            " AND (signed_at IS NULL) = (qr_text IS NULL)",
            name="signed",
        ),
        CheckConstraint("pdf_sha256 IS NULL OR state = 'active'", name="printed"),
        CheckConstraint("(status = 'superseded') = (superseded_by IS NOT NULL)", name="superseded"),
        CheckConstraint("supersedes <> number AND superseded_by <> number", name="not_itself"),
        CheckConstraint(
            "holder_juristic_number IS NULL OR (length(holder_juristic_number) = 13"
            " AND holder_juristic_number NOT BETWEEN '1' AND '8999999999999')",
            name="no_citizen_number",
        ),
        CheckConstraint(
            "length(tbs_sha256) = 64 AND length(content_digest) = 64"
            " AND (credential_sha256 IS NULL OR length(credential_sha256) = 64)",
            name="hashes",
        ),
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    year_be: Mapped[int]
    running: Mapped[int]
    content_digest: Mapped[str] = mapped_column(String(64))
    profile_version: Mapped[str] = mapped_column(String(60))
    claims: Mapped[str] = mapped_column(Text)
    tbs: Mapped[bytes] = mapped_column(LargeBinary)
    tbs_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kid: Mapped[int] = mapped_column(ForeignKey(SigningKey.kid))
    sample: Mapped[bool]
    list_number: Mapped[int]
    slot_index: Mapped[int]
    holder_name_th: Mapped[str] = mapped_column(String(300), index=True)
    holder_name_en: Mapped[str] = mapped_column(String(300))
    holder_juristic_number: Mapped[str | None] = mapped_column(String(13), index=True)
    issued_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(index=True)
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("certificates.number"), unique=True)
    prepared_at: Mapped[datetime] = mapped_column(UtcInstant)
    qr_tbs: Mapped[bytes | None] = mapped_column(LargeBinary)
    credential: Mapped[str | None] = mapped_column(Text)
    credential_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    qr_text: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    pdf_sha256: Mapped[str | None] = mapped_column(ForeignKey(Document.sha256), unique=True)
    issued_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(10), default="prepared")
    status: Mapped[str] = mapped_column(String(20), default="active")
    status_since_on: Mapped[date]
    superseded_by: Mapped[str | None] = mapped_column(ForeignKey("certificates.number"), unique=True)


class CertificateProduct(Base):
    """One certified product, tied to its own passing assessment and its own positive decision.

    ``assessment_meets`` and ``decision`` never hold anything else: with the foreign keys they make
    the database refuse a product that was not assessed, did not pass, or was refused.
    ``commitment_salt`` opens the commitment in the credential, together with the cost sheet; it is as
    secret as the sheet, and None where the certificate was prepared before there were commitments.
    """

    __tablename__ = "certificate_products"
    __table_args__ = (
        UniqueConstraint("certificate_number", "position"),
        ForeignKeyConstraint(
            ["certificate_number", "application_id"], ["certificates.number", "certificates.application_id"]
        ),
        ForeignKeyConstraint(
            ["application_product_id", "application_id", "decision"],
            [
                "application_products.id",
                "application_products.application_id",
                "application_products.decision",
            ],
        ),
        ForeignKeyConstraint(
            ["assessment_seq", "application_product_id", "assessment_meets"],
            ["assessments.seq", "assessments.application_product_id", "assessments.meets"],
        ),
        CheckConstraint("assessment_meets", name="assessment_meets"),
        CheckConstraint("decision = 'certified'", name="decision"),
        CheckConstraint(f"position BETWEEN 1 AND {MAX_PRODUCTS}", name="position"),
        CheckConstraint(one_of("formula", FORMULAS), name="formula"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certificate_number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    application_id: Mapped[UUID]
    application_product_id: Mapped[UUID] = mapped_column(unique=True)
    assessment_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    assessment_meets: Mapped[bool] = mapped_column(default=True)
    decision: Mapped[str] = mapped_column(String(20), default="certified")
    name_th: Mapped[str] = mapped_column(String(500))
    name_en: Mapped[str] = mapped_column(String(500))
    brand: Mapped[str] = mapped_column(String(200), default="")
    hs_code: Mapped[str | None] = mapped_column(String(11), index=True)
    coverage: Mapped[str] = mapped_column(Text)
    formula: Mapped[str] = mapped_column(String(20))
    rule_set_id: Mapped[str] = mapped_column(String(60))
    rule_set_sha256: Mapped[str] = mapped_column(String(64))
    threshold: Mapped[str] = mapped_column(String(10))
    commitment_salt: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class SignedForms:
    """What signing adds to a prepared certificate; ``credential_sha256`` is hex."""

    credential: str
    credential_sha256: str
    qr_text: str
    signed_at: datetime
    qr_tbs: bytes | None = None


def next_running(session: Session, year_be: int) -> int:
    """Take the next running number of a Buddhist-era year; no gaps, no doubles, never reused."""
    return next_value(session, f"certificate:{year_be}")


def get_certificate(session: Session, number: str) -> Certificate:
    """Return one certificate.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Certificate, number)
    if found is None:
        raise NotFoundError
    return found


def find_certificate(session: Session, number: str) -> Certificate | None:
    """Return one certificate; None where there is none."""
    return session.get(Certificate, number) if number.isprintable() else None


def lock_certificate(session: Session, number: str) -> Certificate:
    """Return one certificate as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    wanted = select(Certificate).where(Certificate.number == number)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def certificate_of(session: Session, application_id: UUID) -> Certificate | None:
    """Return the certificate of an application; None where there is none (yet)."""
    return session.scalar(select(Certificate).where(Certificate.application_id == application_id))


def successor_of(session: Session, number: str) -> str | None:
    """Return the number prepared to replace a certificate, whatever became of it; None without one."""
    return session.scalar(select(Certificate.number).where(Certificate.supersedes == number))


def products_certified(session: Session, number: str) -> list[CertificateProduct]:
    """Return what a certificate certifies, in its order."""
    own = select(CertificateProduct).where(CertificateProduct.certificate_number == number)
    return list(session.scalars(own.order_by(CertificateProduct.position)))


class OpenedProduct(NamedTuple):
    """What a certificate was decided on for one product: secret, with the salt of its commitment."""

    position: int
    name_th: str
    name_en: str
    rule_set_id: str
    rule_set_sha256: str
    salt: bytes | None
    cost_sheet: str
    assessment: str


def opened_products(session: Session, number: str) -> list[OpenedProduct]:
    """Return what a certificate was decided on, product by product, in its order."""
    row = CertificateProduct
    wanted = (
        select(
            row.position,
            row.name_th,
            row.name_en,
            row.rule_set_id,
            row.rule_set_sha256,
            row.commitment_salt,
            ApplicationProduct.cost_sheet,
            AssessmentRecord.document,
        )
        .join(ApplicationProduct, ApplicationProduct.id == row.application_product_id)
        .join(AssessmentRecord, AssessmentRecord.seq == row.assessment_seq)
        .where(row.certificate_number == number)
    )
    return [OpenedProduct(*found) for found in session.execute(wanted.order_by(row.position))]


def store_signed(session: Session, number: str, forms: SignedForms) -> bool:
    """Keep the signed forms unless others are kept already; say whether these are the ones kept.

    Signing twice after a crash is harmless, because only what is stored here is ever served.
    """
    empty = (Certificate.number == number, Certificate.credential.is_(None))
    values = {name: getattr(forms, name) for name in SignedForms.__slots__}
    return _changed_one(session, update(Certificate).where(*empty).values(**values))


def store_issued(session: Session, number: str, *, now: datetime) -> bool:
    """Move a signed certificate from prepared to active; say whether it was this call that did."""
    prepared = (Certificate.number == number, Certificate.state == "prepared")
    return _changed_one(session, update(Certificate).where(*prepared).values(state="active", issued_at=now))


def store_printed(session: Session, number: str, pdf_sha256: str) -> bool:
    """Name the stored PDF of an active certificate unless one is named; say whether this one is."""
    unprinted = (Certificate.number == number, Certificate.pdf_sha256.is_(None))
    return _changed_one(session, update(Certificate).where(*unprinted).values(pdf_sha256=pdf_sha256))


def _changed_one(session: Session, statement: Update) -> bool:
    session.flush()
    changed = session.execute(statement.returning(Certificate.number)).all()
    session.expire_all()
    return len(changed) == 1
