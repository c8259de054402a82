"""What was typed for an application, section by section, good or not yet good enough.

A section is kept exactly as typed, so that nothing a person wrote is lost because it was wrong.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from mit.store.accounts import User, one_of
from mit.store.applications import Application, ApplicationProduct
from mit.store.db import Base, UtcInstant, new_id

SECTIONS = ("factory", "product", "sheet", "declaration")
#: A product's number within its application's draft counts up and is never given twice.
LAST_PRODUCT = 99_999
#: The content of a section that was emptied.
NOTHING = "{}"


class DraftSection(Base):
    """One section as typed; ``content`` is JSON in ASCII, so that even half letters can be kept.

    ``product`` is the product's number within the draft, 0 where the section is about the whole
    application.  ``fault_count`` is how much was wrong when it was saved.
    ``version`` grows with every save: who saves names the one they saw.  A section that was taken out
    keeps its row with ``removed_at``.
    """

    __tablename__ = "draft_sections"
    __table_args__ = (
        UniqueConstraint("application_id", "section", "product"),
        CheckConstraint(one_of("section", SECTIONS), name="section"),
        CheckConstraint(
            f"product BETWEEN 0 AND {LAST_PRODUCT} AND (product > 0) = (section IN ('product', 'sheet'))",
            name="product",
        ),
        CheckConstraint("version >= 1 AND fault_count >= 0", name="counts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    section: Mapped[str] = mapped_column(String(20))
    product: Mapped[int] = mapped_column(default=0)
    content: Mapped[str] = mapped_column(Text)
    fault_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)
    saved_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def forget_removed(session: Session, before: datetime, *, most: int) -> int:
    """Empty sections that were taken out before an instant, at most so many; return how many.

    The rows stay, because a product's number is never given twice.
    """
    taken_out = (DraftSection.removed_at < before, DraftSection.content != NOTHING)
    old = select(DraftSection.id).where(*taken_out).limit(most)
    emptied = update(DraftSection).where(DraftSection.id.in_(old)).values(content=NOTHING)
    return len(session.execute(emptied.returning(DraftSection.id)).all())


def find_application(session: Session, number: str) -> Application | None:
    """Return the application with this number; None where there is none."""
    wanted = select(Application).where(Application.number == number)
    return session.scalar(wanted) if number.isascii() and number.isprintable() else None


def applications_of(session: Session, organisation_id: UUID) -> list[Application]:
    """Return every application of an organisation, the newest first."""
    own = select(Application).where(Application.organisation_id == organisation_id)
    return list(session.scalars(own.order_by(Application.created_at.desc(), Application.number.desc())))


def sections_of(session: Session, application_id: UUID) -> list[DraftSection]:
    """Return every section of an application, those that were taken out too; what was typed is not read."""
    own = select(DraftSection).where(DraftSection.application_id == application_id)
    own = own.order_by(DraftSection.product, DraftSection.section)
    return list(session.scalars(own.options(defer(DraftSection.content))))


def contents_of(
    session: Session, application_id: UUID, *, sheets: Collection[int] | None = None
) -> dict[UUID, str]:
    """Return what was typed, by the section's identity; of cost sheets only those named, where any are."""
    own = select(DraftSection.id, DraftSection.content).where(DraftSection.application_id == application_id)
    if sheets is not None:
        own = own.where(or_(DraftSection.section != "sheet", DraftSection.product.in_(sheets)))
    return {row.id: row.content for row in session.execute(own)}


def last_product(sections: Sequence[DraftSection]) -> int:
    """Return the highest number that a product of the draft ever had; 0 where there was none."""
    return max((row.product for row in sections), default=0)


def names_of(session: Session, application_id: UUID) -> list[tuple[str, str]]:
    """Return the Thai and English names of an application's products, as typed or else as stored."""
    typed = select(DraftSection.content).where(
        DraftSection.application_id == application_id,
        DraftSection.section == "product",
        DraftSection.removed_at.is_(None),
    )
    contents = session.scalars(typed.order_by(DraftSection.product)).all()
    if contents:
        read = [json.loads(content) for content in contents]
        return [(str(content.get("name_th", "")), str(content.get("name_en", ""))) for content in read]
    stored = select(ApplicationProduct.name_th, ApplicationProduct.name_en).where(
        ApplicationProduct.application_id == application_id, ApplicationProduct.removed_at.is_(None)
    )
    return [(th, en) for th, en in session.execute(stored.order_by(ApplicationProduct.position))]
