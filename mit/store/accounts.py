"""Organisations, users, whom users act for, and the roles they were given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from mit.store.db import Base, UtcInstant, new_id

#: Every role that can be granted; ``mit.roles`` says what each may do.
ROLES = ("manufacturer", "reviewer", "approver", "administrator", "procurement_officer")
#: What an organisation is to the scheme: an applicant, the certifying body, or a buying agency.
ORGANISATION_KINDS = ("manufacturer", "authority", "agency")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the SQL condition that *column* holds one of *values*."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Organisation(Base):
    """A legal person, or a natural person in business; the tax number is shown only masked then."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(one_of("kind", ORGANISATION_KINDS), name="kind"),
        CheckConstraint("length(tax_number) = 13", name="tax_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    tax_number: Mapped[str] = mapped_column(String(13), unique=True)
    name_th: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    address_th: Mapped[str] = mapped_column(String(1000), default="")
    address_en: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class User(Base):
    """A login: one natural person, who acts for at most one organisation at a time."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class Affiliation(Base):
    """A span in which a user acted for an organisation; kept for ever, because of four eyes."""

    __tablename__ = "affiliations"
    __table_args__ = (
        Index(
            "ix_affiliations_live",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class RoleGrant(Base):
    """A role given to a user by somebody, until it was taken back."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        Index(
            "ix_role_grants_live",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(30))
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
