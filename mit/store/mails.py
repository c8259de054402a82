"""One row for each letter: to whom, which one, when it was asked for, sent or given up.

What fills a letter (links are secrets) stands in its job alone, and is forgotten there in the
transaction that says that it was sent or given up.  The row holds no word of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, String, Text, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.lifecycle.mails import MAIL_JOB, Mail
from mit.store import jobs
from mit.store.accounts import one_of
from mit.store.db import Base, UtcInstant, insert_or_ignore, new_id

LANGUAGES = ("th", "en")


class MailRow(Base):
    """One letter to one person; ``key`` is that of its job.

    ``began_at`` is set while it is being handed over.  An attempt that finds it set follows one whose
    end nobody saw: ``doubtful`` counts these, because the letter may then arrive twice (under one
    Message-ID, made of ``id``).
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="end"),
        CheckConstraint("began_at IS NULL OR (sent_at IS NULL AND given_up_at IS NULL)", name="began"),
        CheckConstraint("(sent_at IS NULL) = (text_sha256 IS NULL)", name="text"),
        CheckConstraint("doubtful >= 0 AND attempts >= doubtful", name="attempts"),
        Index("ix_mails_queued_at", "queued_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    letter: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(200))
    queued_at: Mapped[datetime] = mapped_column(UtcInstant)
    began_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    attempts: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    text_sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def has_ended(self) -> bool:
        """Say whether it was sent or given up."""
        return self.sent_at is not None or self.given_up_at is not None


def queue(session: Session, mail: Mail, *, key: str, about: str, now: datetime) -> bool:
    """Write a letter into the outbox; say whether it is new: one *key* is written once, whoever asks.

    *about* is whom or what it concerns, as the audit log names it: ``user:<id>``, ``application:<number>``.
    """
    key = f"{mail.letter}:{key}"
    values = {
        "id": new_id(),
        "key": key,
        "to_address": mail.to,
        "language": mail.language,
        "letter": str(mail.letter),
        "about": about,
        "queued_at": now,
        "attempts": 0,
        "doubtful": 0,
        "last_error": "",
    }
    if not insert_or_ignore(session, MailRow, values):
        return False
    return jobs.enqueue(session, MAIL_JOB, key=key, payload=mail.to_payload(), now=now)


def lock_mail(session: Session, key: str) -> MailRow:
    """Return the row of one letter, locked until the transaction ends; it exists since its job does."""
    found = select(MailRow).where(MailRow.key == key)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def begin(row: MailRow, *, now: datetime) -> None:
    """Write down that the letter is being handed over from now on."""
    if row.began_at is not None:
        row.doubtful += 1
    row.began_at = now
    row.attempts += 1


def end(session: Session, row: MailRow, *, now: datetime, text_sha256: str = "", error: str = "") -> None:
    """Write down that the letter was sent, or, without its hash, given up; what filled it is forgotten."""
    row.began_at = None
    row.last_error = error[:2000]
    if text_sha256:
        row.sent_at, row.text_sha256 = now, text_sha256
    else:
        row.given_up_at = now
    jobs.forget_payload(session, MAIL_JOB, row.key)


def put_off(row: MailRow, *, error: str, is_certain: bool) -> None:
    """Write down why the letter was not sent this time; ``is_certain``: it surely did not arrive."""
    row.last_error = error[:2000]
    if is_certain:
        row.began_at = None


def list_mails(session: Session, *, state: str = "", page: int = 1, size: int = 50) -> Sequence[MailRow]:
    """Return one page (from 1) of the letters, the newest first; *state*: "", waiting, sent, given_up."""
    found = _in_state(state).order_by(MailRow.queued_at.desc(), MailRow.id)
    return session.scalars(found.limit(size).offset((page - 1) * size)).all()


def count_mails(session: Session, *, state: str = "") -> int:
    """Return how many letters there are in a state."""
    return session.scalar(select(func.count()).select_from(_in_state(state).subquery())) or 0


def forget_ended(session: Session, before: datetime, *, most: int) -> int:
    """Forget letters that ended before an instant, with their jobs, at most so many; return how many."""
    has_ended = or_(MailRow.sent_at < before, MailRow.given_up_at < before)
    old = select(MailRow.key).where(has_ended).limit(most)
    keys = session.scalars(delete(MailRow).where(MailRow.key.in_(old)).returning(MailRow.key)).all()
    jobs.forget_jobs(session, MAIL_JOB, keys)
    return len(keys)


def _in_state(state: str) -> Select[tuple[MailRow]]:
    found = select(MailRow)
    if state == "sent":
        return found.where(MailRow.sent_at.is_not(None))
    if state == "given_up":
        return found.where(MailRow.given_up_at.is_not(None))
    if state == "waiting":
        return found.where(MailRow.sent_at.is_(None), MailRow.given_up_at.is_(None))
    return found
