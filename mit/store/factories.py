"""Factories: where an organisation makes things, by the number of their registration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.store.db import Base, UtcInstant, insert_or_ignore, new_id, values_of

_OPEN = text("closed_at IS NULL")


class Factory(Base):
    """A factory of an organisation; once closed it is no longer chosen for new applications.

    ``version`` grows with every change: who saves names the one they saw.
    """

    __tablename__ = "factories"
    __table_args__ = (
        CheckConstraint("registration_number <> ''", name="registration_number"),
        Index(
            "ix_factories_open",
            "organisation_id",
            "registration_number",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    registration_number: Mapped[str] = mapped_column(String(30))
    name_th: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    address_th: Mapped[str] = mapped_column(String(1000))
    address_en: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(default=1, server_default="1")


def add_factory(session: Session, factory: Factory) -> bool:
    """Write a new factory unless the organisation has an open one with this number; say whether."""
    return insert_or_ignore(session, Factory, values_of(factory))


def factories_of(session: Session, organisation_id: UUID) -> Sequence[Factory]:
    """Return every factory of the organisation, closed ones too, the first registered first."""
    own = select(Factory).where(Factory.organisation_id == organisation_id)
    return session.scalars(own.order_by(Factory.created_at, Factory.id)).all()


def get_factory(session: Session, organisation_id: UUID, factory_id: UUID) -> Factory:
    """Return one factory of the organisation.

    Raises:
        NotFoundError: there is none, or it is another organisation's.
    """
    found = session.get(Factory, factory_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFoundError
    return found


def is_number_taken(
    session: Session, organisation_id: UUID, registration_number: str, *, spared: UUID | None = None
) -> bool:
    """Say whether an open factory of the organisation, other than *spared*, has this number."""
    same = (
        Factory.organisation_id == organisation_id,
        Factory.registration_number == registration_number,
        Factory.closed_at.is_(None),
    )
    return any(found != spared for found in session.scalars(select(Factory.id).where(*same)))
