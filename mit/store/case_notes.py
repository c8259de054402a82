"""Notes on a case that only staff see; the database refuses to change or delete one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User
from mit.store.applications import MAX_PRODUCTS, Application
from mit.store.db import SERIAL, Base, UtcInstant


class CaseNote(Base):
    """What an officer wrote down; ``product_position`` counts from 1, none: about the whole case."""

    __tablename__ = "case_notes"
    __table_args__ = (
        CheckConstraint("length(words) > 0", name="words"),
        CheckConstraint(f"product_position BETWEEN 1 AND {MAX_PRODUCTS}", name="position"),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id), index=True)
    product_position: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    written_at: Mapped[datetime] = mapped_column(UtcInstant)


def notes_of(session: Session, application_id: UUID) -> list[tuple[CaseNote, str]]:
    """Return every note of a case with its author's name, the first first."""
    notes = (
        select(CaseNote, User.name)
        .join(User, User.id == CaseNote.author_id)
        .where(CaseNote.application_id == application_id)
        .order_by(CaseNote.seq)
    )
    return [(note, name) for note, name in session.execute(notes)]


def last_note(session: Session, application_id: UUID) -> CaseNote | None:
    """Return the newest note of a case; None where there is none."""
    own = select(CaseNote).where(CaseNote.application_id == application_id)
    return session.scalar(own.order_by(CaseNote.seq.desc()).limit(1))
