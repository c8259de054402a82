"""The two approval rows of an application: a recommendation and an approval over one content digest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User, one_of
from mit.store.applications import Application
from mit.store.db import Base, UtcInstant, new_id

KINDS = ("recommendation", "approval")
_LIVE = text("voided_at IS NULL")


class Approval(Base):
    """One person's yes to exactly the content of ``content_digest``; voided by any edit, never erased.

    ``decisions`` is, for an approval, canonical JSON: what was decided product by product.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("length(content_digest) = 64", name="content_digest"),
        CheckConstraint("(voided_at IS NULL) = (voided_reason IS NULL)", name="voided"),
        Index(
            "ix_approvals_live_kind",
            "application_id",
            "kind",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "ix_approvals_live_person",
            "application_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    content_digest: Mapped[str] = mapped_column(String(64))
    application_version: Mapped[int]
    decisions: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(UtcInstant)
    voided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    voided_reason: Mapped[str | None] = mapped_column(Text)


def live_approvals(session: Session, application_id: UUID) -> list[Approval]:
    """Return the rows that still count, the recommendation first: none, one or two."""
    live = select(Approval).where(Approval.application_id == application_id, Approval.voided_at.is_(None))
    return list(session.scalars(live.order_by(Approval.kind.desc())))


def void_approvals(session: Session, application_id: UUID, *, reason: str, now: datetime) -> int:
    """Void every row that still counts, with a reason that is not empty; return how many there were."""
    session.flush()
    live = (Approval.application_id == application_id, Approval.voided_at.is_(None))
    rows = session.scalars(select(Approval.id).where(*live)).all()
    session.execute(update(Approval).where(*live).values(voided_at=now, voided_reason=reason))
    return len(rows)
