"""Invitations: who is asked to act for an organisation; of the link's token only the hash is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.store.accounts import User
from mit.store.db import Base, UtcInstant, new_id

_OPEN = text("accepted_at IS NULL AND withdrawn_at IS NULL")


class Invitation(Base):
    """One invitation of one e-mail address; accepted once, or withdrawn, or it expires."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("length(token_sha256) = 64", name="token"),
        CheckConstraint("expires_at > created_at", name="span"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index(
            "ix_invitations_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    @property
    def is_open(self) -> bool:
        """Say whether nobody accepted or withdrew it; it may have expired."""
        return self.accepted_at is None and self.withdrawn_at is None


def find_invitation(session: Session, token_sha256: str) -> Invitation | None:
    """Return the invitation whose token has this hash; None where there is none."""
    return session.scalar(select(Invitation).where(Invitation.token_sha256 == token_sha256))


def get_invitation(session: Session, invitation_id: UUID) -> Invitation:
    """Return one invitation.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise NotFoundError
    return found


def lock_invitation(session: Session, invitation_id: UUID) -> Invitation:
    """Return one invitation, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def open_invitations(session: Session, organisation_id: UUID) -> Sequence[Invitation]:
    """Return the organisation's invitations that nobody accepted or withdrew, the newest first."""
    own = (Invitation.organisation_id == organisation_id, _OPEN)
    return session.scalars(
        select(Invitation).where(*own).order_by(Invitation.created_at.desc(), Invitation.id)
    ).all()


def invitations_to(session: Session, email: str) -> Sequence[Invitation]:
    """Return the invitations of an e-mail address that nobody accepted or withdrew, the oldest first."""
    own = (Invitation.email == email, _OPEN)
    return session.scalars(
        select(Invitation).where(*own).order_by(Invitation.created_at, Invitation.id)
    ).all()


def invitations_since(session: Session, organisation_id: UUID, since: datetime) -> int:
    """Return how many invitations the organisation wrote since an instant."""
    own = (Invitation.organisation_id == organisation_id, Invitation.created_at >= since)
    return session.scalars(select(func.count()).where(*own)).one()


def withdraw_by(session: Session, user_id: UUID, *, now: datetime) -> int:
    """Take back what a person invited and nobody accepted; return how many there were."""
    theirs = (Invitation.invited_by_id == user_id, _OPEN)
    ended = update(Invitation).where(*theirs).values(withdrawn_at=now).returning(Invitation.id)
    return len(session.execute(ended).all())


def forget_ended(session: Session, before: datetime, *, most: int) -> int:
    """Forget invitations that ended before an instant, at most so many; return how many.

    One that expired counts as withdrawn then: the database lets nobody delete an open one.
    """
    expired = (Invitation.expires_at < before, _OPEN)
    session.execute(update(Invitation).where(*expired).values(withdrawn_at=Invitation.expires_at))
    has_ended = or_(Invitation.accepted_at < before, Invitation.withdrawn_at < before)
    old = select(Invitation.id).where(has_ended).limit(most)
    gone = delete(Invitation).where(Invitation.id.in_(old)).returning(Invitation.id)
    return len(session.execute(gone).all())
