"""Evidence: files that back what an application declares; the bytes lie in ``documents``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User, one_of
from mit.store.applications import Application
from mit.store.db import Base, UtcInstant, new_id
from mit.store.documents import Document
from mit.store.draft_sections import LAST_PRODUCT

KINDS = ("origin", "purchase", "customs", "process", "factory", "price", "other")
#: Most files that one application ever had, those taken out and replaced too.
MAX_FILES = 1_000


class Evidence(Base):
    """One file of an application.

    ``number`` counts from 1 within the application and is never given twice; ``product`` is the
    product's number within the draft, 0 for the whole application.  ``file_name`` is for showing and
    never a path; ``media_type`` is what the content is.  A file that is taken out or replaced keeps its
    row with ``removed_at``; the one that took its place names it in ``replaces``.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"number BETWEEN 1 AND {MAX_FILES}", name="number"),
        CheckConstraint(f"product BETWEEN 0 AND {LAST_PRODUCT}", name="product"),
        CheckConstraint("size_bytes > 0", name="size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    number: Mapped[int]
    product: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(ForeignKey(Document.sha256), index=True)
    replaces: Mapped[int | None]
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    uploaded_at: Mapped[datetime] = mapped_column(UtcInstant)
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def evidence_of(session: Session, application_id: UUID) -> list[Evidence]:
    """Return every file of an application in the order of its numbers, those taken out too."""
    own = select(Evidence).where(Evidence.application_id == application_id)
    return list(session.scalars(own.order_by(Evidence.number)))


def find_evidence(session: Session, application_id: UUID, number: int) -> Evidence | None:
    """Return one file of an application; None where there is none with this number."""
    if not 1 <= number <= MAX_FILES:
        return None
    wanted = select(Evidence).where(Evidence.application_id == application_id, Evidence.number == number)
    return session.scalar(wanted)


def is_any_present(session: Session, application_id: UUID) -> bool:
    """Say whether an application has a file that was not taken out."""
    present = select(Evidence.id).where(
        Evidence.application_id == application_id, Evidence.removed_at.is_(None)
    )
    return session.scalar(present.limit(1)) is not None


def next_number(session: Session, application_id: UUID) -> int:
    """Return the number of the next file; the application has to be locked."""
    own = select(func.max(Evidence.number)).where(Evidence.application_id == application_id)
    return (session.scalar(own) or 0) + 1
