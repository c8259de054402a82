"""Questions to the applicant, item by item, and the answers.

An officer writes a question down; the return of the application sends it; the applicant answers it.
A question that was sent stays for ever; one that was not may be dropped.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.store.accounts import User
from mit.store.applications import MAX_PRODUCTS, Application
from mit.store.db import Base, UtcInstant, new_id

#: Longest name of a place in the application or in a cost sheet, in characters.
LONGEST_PLACE = 60


class CaseQuestion(Base):
    """One question about one place of an application.

    Attributes:
        round: how often the application had been submitted when it was asked; counts from 1.
        product_position: the product it is about, counted from 1; none: about the application.
        place: what it is about there.  Without a product: ``holder``, ``factory``, ``evidence`` or
            ``other``.  With one: a member of the cost sheet as the contract spells it
            (``product.hs_code``, ``price_ex_works``, ``lines[3]``, ``lines[3].amount``, lines count
            from 1), ``evidence`` or ``other``.
        sent_at: when the applicant was told; none: it is still being written.
        dropped_at: when the officer took it back; only before it is sent.
        answer: in words, may stand beside a change of the place itself.
    """

    __tablename__ = "case_questions"
    __table_args__ = (
        Index("ix_case_questions_application", "application_id", "asked_at"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("length(words) > 0", name="words"),
        CheckConstraint("length(place) > 0", name="place"),
        CheckConstraint(f"product_position BETWEEN 1 AND {MAX_PRODUCTS}", name="position"),
        CheckConstraint("sent_at IS NULL OR dropped_at IS NULL", name="sent_or_dropped"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name="answered",
        ),
        CheckConstraint("answer IS NULL OR sent_at IS NOT NULL", name="answer_after_sending"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    round: Mapped[int]
    product_position: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    words: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def questions_of(session: Session, application_id: UUID) -> list[CaseQuestion]:
    """Return every question that was not dropped, the first first: for staff."""
    asked = select(CaseQuestion).where(
        CaseQuestion.application_id == application_id, CaseQuestion.dropped_at.is_(None)
    )
    return list(session.scalars(asked.order_by(CaseQuestion.asked_at, CaseQuestion.id)))


def sent_questions(session: Session, application_id: UUID) -> list[CaseQuestion]:
    """Return every question that the applicant was told, answered ones too: for the applicant."""
    return [question for question in questions_of(session, application_id) if question.sent_at is not None]


def open_questions(session: Session, application_id: UUID) -> list[CaseQuestion]:
    """Return the questions that wait for the applicant's answer."""
    return [question for question in sent_questions(session, application_id) if question.answer is None]


def lock_question(session: Session, question_id: UUID) -> CaseQuestion:
    """Return one question as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    wanted = select(CaseQuestion).where(CaseQuestion.id == question_id)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def send_questions(session: Session, application_id: UUID, *, now: datetime) -> int:
    """Tell the applicant every question that is still being written; return how many there were."""
    session.flush()
    written = (
        CaseQuestion.application_id == application_id,
        CaseQuestion.sent_at.is_(None),
        CaseQuestion.dropped_at.is_(None),
    )
    sent = update(CaseQuestion).where(*written).values(sent_at=now).returning(CaseQuestion.id)
    return len(session.execute(sent).all())


def answer_question(question: CaseQuestion, answer: str, *, answered_by_id: UUID, now: datetime) -> None:
    """Write the answer of a question that was sent; the database refuses to change one."""
    question.answer, question.answered_by_id, question.answered_at = answer, answered_by_id, now
