"""Sessions: who is signed in from where; the token itself is known to the browser alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User, one_of
from mit.store.db import Base, UtcInstant, new_id

#: ``code``: the password is proved, the code is owed; ``set_up``: the second factor has yet to be set
#: up; ``full``: signed in.
STAGES = ("code", "set_up", "full")


class SessionRow(Base):
    """A sign-in; ``token_sha256`` is the SHA-256 (hex) of what the browser's cookie holds.

    It ends at ``ends_at``, after ``idle_minutes`` without a request, or when somebody ends it.
    ``proved_at`` is when the person last gave a password or a code.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint("length(token_sha256) = 64", name="token"),
        CheckConstraint("idle_minutes > 0", name="idle"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), index=True)
    stage: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(300))
    began_at: Mapped[datetime] = mapped_column(UtcInstant)
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    proved_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    idle_minutes: Mapped[int] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    pending_secret: Mapped[str] = mapped_column(String(1000), default="")


def find_session(session: Session, token_sha256: str) -> SessionRow | None:
    """Return the session whose token has this hash and which nobody ended; None where there is none."""
    live = (SessionRow.token_sha256 == token_sha256, SessionRow.ended_at.is_(None))
    return session.scalar(select(SessionRow).where(*live))


def lock_session(session: Session, session_id: UUID) -> SessionRow | None:
    """Return one session that nobody ended, locked; None where there is none."""
    row = session.get(SessionRow, session_id, with_for_update=True, populate_existing=True)
    return row if row and row.ended_at is None else None


def live_sessions(session: Session, user_id: UUID) -> Sequence[SessionRow]:
    """Return a person's sessions that nobody ended, the one used last first."""
    mine = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.ended_at.is_(None))
    return session.scalars(mine.order_by(SessionRow.seen_at.desc(), SessionRow.id)).all()


def note_seen(session: Session, session_id: UUID, *, now: datetime) -> None:
    """Write down when a session was last used."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(seen_at=now))


def end_sessions(session: Session, user_id: UUID, *, now: datetime, spared: UUID | None = None) -> int:
    """End every session of a person, but the one that is *spared*; return how many were ended."""
    live = [SessionRow.user_id == user_id, SessionRow.ended_at.is_(None)]
    if spared is not None:
        live.append(SessionRow.id != spared)
    ended = update(SessionRow).where(*live).values(ended_at=now, pending_secret="")
    return len(session.execute(ended.returning(SessionRow.id)).all())


def forget_ended(session: Session, before: datetime, *, most: int) -> int:
    """Forget sessions that were over before an instant, at most so many; return how many."""
    is_over = or_(SessionRow.ended_at < before, SessionRow.ends_at < before)
    old = select(SessionRow.id).where(is_over).limit(most)
    gone = delete(SessionRow).where(SessionRow.id.in_(old)).returning(SessionRow.id)
    return len(session.execute(gone).all())
