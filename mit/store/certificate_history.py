"""The dated status history of every certificate: append-only; its last row is the present status."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mit.store.accounts import User, one_of
from mit.store.certificates import STATUSES, Certificate
from mit.store.db import Base, UtcInstant

EVENTS = ("issued", "suspended", "reinstated", "revoked", "superseded", "withdrawn")


class CertificateEvent(Base):
    """What happened to a certificate, the status since then, and from which Bangkok day."""

    __tablename__ = "certificate_events"
    __table_args__ = (
        Index("ix_certificate_events_number", "certificate_number", "seq"),
        CheckConstraint(one_of("event", EVENTS), name="event"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
    )

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    certificate_number: Mapped[str] = mapped_column(ForeignKey(Certificate.number))
    event: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    profile_version: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
