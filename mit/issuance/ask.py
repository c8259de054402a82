"""Ask the applicant about one place of an application; the return sends it, the applicant answers it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.errors import ConflictError, InputError, NotFoundError
from mit.issuance.case import Case
from mit.issuance.guards import own_organisation
from mit.issuance.move import take_up
from mit.issuance.note import require_product
from mit.issuance.take import officers_case, record, require_no_obstacle
from mit.issuance.wish import Seen, Wish, read_reasons
from mit.lifecycle.application_states import ApplicationAction, ApplicationState
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import case_questions
from mit.store.case_questions import CaseQuestion
from mit.store.db import add, transaction

#: What a question without a product may be about.
PLACES = ("holder", "factory", "evidence", "other")
#: What a question about a product may be about, besides its lines.
PRODUCT_PLACES = (
    "product.name_th",
    "product.name_en",
    "product.hs_code",
    "product.brand",
    "product.models",
    "product.ranges",
    "product.capacity_per_year",
    "product.volume_per_year",
    "price_ex_works",
    "profit",
    "process",
    "evidence",
    "other",
)
#: Members of a line that a question may be about; none: the whole line.
_LINE = re.compile(r"lines\[([1-9][0-9]{0,4})\](\.(name|amount|origin|country|hs_code|supplier|evidence))?")
#: Most questions that are being written at a time.
MOST_OPEN = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the product (counted from 1; none: the application), the place, the words."""

    product_position: int | None
    place: str
    words: str


def ask(actor: Actor, number: str, question: Question, *, now: datetime) -> UUID:
    """Write a question down; the applicant sees it when the application is returned.

    The same question once more, before it was sent, is a second click and stays one question.

    Raises:
        NotFoundError: there is no such case.
        NotAllowedError, ConflictError: the actor may not decide it now.
        InputError: ``question_missing``, ``question_place_unknown``, ``product_unknown``,
            ``too_many_questions``, or the words cannot be kept as text.
    """
    words = read_reasons(question.words, where="question")
    if not words:
        raise InputError("question_missing", where="question")
    with transaction() as session:
        case = officers_case(session, actor, number)
        require_no_obstacle(actor, case)
        require_product(case, question.product_position, where="question_place")
        _require_place(case, question)
        asked = case_questions.questions_of(session, case.application.id)
        if again := next((row for row in asked if _is_again(row, actor, question, words)), None):
            return again.id
        if sum(row.sent_at is None for row in asked) >= MOST_OPEN:
            raise InputError("too_many_questions", where="question", limit=MOST_OPEN)
        row = CaseQuestion(
            application_id=case.application.id,
            round=round_of(case),
            product_position=question.product_position,
            place=question.place,
            words=words,
            asked_by_id=actor.user_id,
            asked_at=now,
        )
        add(session, row)
        question_id = row.id
        record(session, AuditEvent.QUESTION_ASKED, actor, case, now=now, question=str(question_id))
        return question_id


def drop_question(actor: Actor, number: str, question_id: UUID, *, now: datetime) -> None:
    """Take back a question that was not sent yet; a second click changes nothing.

    Raises:
        NotFoundError: there is no such question on this case.
        NotAllowedError, ConflictError: the actor may not decide the case now, or ``question_sent``.
    """
    with transaction() as session:
        case = officers_case(session, actor, number)
        require_no_obstacle(actor, case)
        row = case_questions.lock_question(session, question_id)
        if row.application_id != case.application.id:
            raise NotFoundError
        if row.sent_at is not None:
            raise ConflictError("question_sent")
        if row.dropped_at is None:
            row.dropped_at = now
            session.flush()
            record(session, AuditEvent.QUESTION_DROPPED, actor, case, now=now, question=str(question_id))


def answer_question(
    actor: Actor, application_id: UUID, question_id: UUID, *, answer: str, now: datetime
) -> None:
    """Answer a question for one's own organisation, while the application is returned.

    Raises:
        NotFoundError: there is no such application of the actor's organisation, or no such question.
        ConflictError: ``question_answered``, or ``question_closed``: the application is not returned.
        InputError: ``answer_missing``, or the words cannot be kept as text.
    """
    words = read_reasons(answer, where="answer")
    if not words:
        raise InputError("answer_missing", where="answer")
    with transaction() as session:
        case = take_up(session, actor, application_id)
        own_organisation(actor, case, Wish(ApplicationAction.SAVE, Seen(0)))
        row = case_questions.lock_question(session, question_id)
        if row.application_id != application_id or row.sent_at is None:
            raise NotFoundError
        if case.state != ApplicationState.RETURNED:
            raise ConflictError("question_closed")
        if row.answer is not None:
            raise ConflictError("question_answered")
        case_questions.answer_question(row, words, answered_by_id=actor.user_id, now=now)
        session.flush()
        record(session, AuditEvent.QUESTION_ANSWERED, actor, case, now=now, question=str(question_id))


def round_of(case: Case) -> int:
    """Return how often the application was submitted; at least 1."""
    submitted = {AuditEvent.APPLICATION_SUBMITTED, AuditEvent.APPLICATION_RESUBMITTED}
    return max(1, sum(act.event in submitted for act in case.acts))


def _is_again(row: CaseQuestion, actor: Actor, question: Question, words: str) -> bool:
    same = (row.asked_by_id, row.product_position, row.place, row.words)
    return row.sent_at is None and same == (
        actor.user_id,
        question.product_position,
        question.place,
        words,
    )


def _require_place(case: Case, question: Question) -> None:
    if question.product_position is None:
        is_known = question.place in PLACES
    else:
        is_known = question.place in PRODUCT_PLACES or _is_line(case, question)
    if not is_known:
        raise InputError("question_place_unknown", where="question_place")


def _is_line(case: Case, question: Question) -> bool:
    found = _LINE.fullmatch(question.place)
    if not found:
        return False
    product = case.products[(question.product_position or 1) - 1]
    return int(found[1]) <= len(json.loads(product.cost_sheet)["lines"])
