"""What an organisation said its own headings and labels mean; only words, never what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User, one_of
from mit.store.db import Base, UtcInstant, new_id

PLACES = ("column", "field")
LONGEST_HEADING = 200
#: Most choices of one organisation.
MOST_CHOICES = 500


class HeadingChoice(Base):
    """One heading (``column``) or label above the table (``field``) and the member it stands for.

    ``heading`` is the word as it is compared, ``shown`` as it was written; ``member`` is empty for what
    is not read.
    """

    __tablename__ = "heading_choices"
    __table_args__ = (
        UniqueConstraint("organisation_id", "place", "heading"),
        CheckConstraint(one_of("place", PLACES), name="place"),
        CheckConstraint("heading <> ''", name="heading"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    place: Mapped[str] = mapped_column(String(10))
    heading: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    shown: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    member: Mapped[str] = mapped_column(String(40))
    chosen_at: Mapped[datetime] = mapped_column(UtcInstant)
    chosen_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))


def choices_of(session: Session, organisation_id: UUID) -> Sequence[HeadingChoice]:
    """Return every choice of an organisation, columns first, by their words."""
    own = select(HeadingChoice).where(HeadingChoice.organisation_id == organisation_id)
    return session.scalars(own.order_by(HeadingChoice.place, HeadingChoice.shown, HeadingChoice.id)).all()


def forget_choice(session: Session, organisation_id: UUID, choice_id: UUID) -> bool:
    """Forget one choice of an organisation; say whether there was one."""
    own = (HeadingChoice.id == choice_id, HeadingChoice.organisation_id == organisation_id)
    return bool(session.execute(delete(HeadingChoice).where(*own).returning(HeadingChoice.id)).all())
