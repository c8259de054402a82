"""Holds, notes, questions and what was seen: what the tables keep and what the database refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.errors import NotFoundError
from mit.store import case_questions
from mit.store.approval_contents import ApprovalContent, content_of
from mit.store.case_holds import CaseHold, live_hold, release_hold
from mit.store.case_notes import CaseNote, notes_of
from mit.store.case_questions import CaseQuestion
from mit.store.db import add, transaction
from tests.support import register
from tests.support.people import Cast


@pytest.fixture
def application_id(cast: Cast, now: datetime) -> UUID:
    with transaction() as session:
        return register.submitted(session, cast, now=now).id


def refused(statement: str) -> str:
    with pytest.raises(IntegrityError) as caught, transaction() as session:
        session.execute(text(statement))
    return str(caught.value.orig)


def question(application_id: UUID, cast: Cast, now: datetime, **changes: object) -> CaseQuestion:
    given = {
        "application_id": application_id, "round": 1, "product_position": 1, "place": "lines[2].amount",
        "words": "มาจากไหน", "asked_by_id": cast.malee.user_id, "asked_at": now,
    }  # fmt: skip
    return CaseQuestion(**given | changes)


def test_one_person_at_a_time_holds_a_case_and_the_past_stays(
    application_id: UUID, cast: Cast, now: datetime
) -> None:
    with transaction() as session:
        assert live_hold(session, application_id) is None
        assert not release_hold(session, application_id, now=now)
        add(session, CaseHold(application_id=application_id, person_id=cast.malee.user_id, taken_at=now))
        held = live_hold(session, application_id)
        assert held is not None
        assert held.person_id == cast.malee.user_id
    with pytest.raises(IntegrityError), transaction() as session:
        add(session, CaseHold(application_id=application_id, person_id=cast.anan.user_id, taken_at=now))
    with transaction() as session:
        assert release_hold(session, application_id, now=now + timedelta(minutes=1))
        add(session, CaseHold(application_id=application_id, person_id=cast.anan.user_id, taken_at=now))
        assert session.query(CaseHold).count() == 2


def test_notes_are_read_in_order_with_their_authors(application_id: UUID, cast: Cast, now: datetime) -> None:
    with transaction() as session:
        for words in ("แรก", "สอง"):
            row = CaseNote(
                application_id=application_id, words=words, author_id=cast.malee.user_id, written_at=now
            )
            add(session, row)
    with transaction() as session:
        found = [(note.words, name) for note, name in notes_of(session, application_id)]
    assert found == [("แรก", "Malee Srisuk"), ("สอง", "Malee Srisuk")]


def test_what_is_written_once_is_neither_changed_nor_deleted(
    application_id: UUID, cast: Cast, now: datetime
) -> None:
    with transaction() as session:
        malee = cast.malee.user_id
        add(
            session,
            CaseNote(application_id=application_id, words="x", author_id=malee, written_at=now),
            CaseHold(application_id=application_id, person_id=malee, taken_at=now),
            question(application_id, cast, now),
        )
        row = register.approval(register.submitted(session, cast, now=now), malee, "recommendation", now=now)
        add(session, row)
        add(session, ApprovalContent(approval_id=row.id, content="{}"))
    for table in ("case_notes", "case_holds", "case_questions", "approval_contents"):
        assert f"{table}: a row is never deleted" in refused(f"DELETE FROM {table}")
    assert "never changed" in refused("UPDATE case_notes SET words = 'y'")
    assert "never changed" in refused("UPDATE approval_contents SET content = '[]'")
    assert "only the end of a span" in refused("UPDATE case_holds SET taken_at = released_at")
    assert "its words stay" in refused("UPDATE case_questions SET words = 'y'")


def test_a_question_is_sent_then_answered_once(application_id: UUID, cast: Cast, now: datetime) -> None:
    with transaction() as session:
        add(session, question(application_id, cast, now))
        assert case_questions.sent_questions(session, application_id) == []
        assert case_questions.send_questions(session, application_id, now=now) == 1
        assert case_questions.send_questions(session, application_id, now=now) == 0
    with transaction() as session:
        (found,) = case_questions.open_questions(session, application_id)
        locked = case_questions.lock_question(session, found.id)
        case_questions.answer_question(locked, "ซื้อในประเทศ", answered_by_id=cast.somchai.user_id, now=now)
        session.flush()
        assert case_questions.open_questions(session, application_id) == []
        assert len(case_questions.sent_questions(session, application_id)) == 1
    assert "answered once" in refused("UPDATE case_questions SET answer = 'อื่น'")


def test_a_dropped_question_is_never_sent(application_id: UUID, cast: Cast, now: datetime) -> None:
    with transaction() as session:
        add(session, question(application_id, cast, now, dropped_at=now))
        assert case_questions.send_questions(session, application_id, now=now) == 0
        assert case_questions.questions_of(session, application_id) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"round": 0},
        {"product_position": 0},
        {"product_position": 201},
        {"words": ""},
        {"place": ""},
        {"answer": "x"},
        {"answer": "x", "answered_by_id": "malee", "answered_at": True},
        {"sent_at": True, "dropped_at": True},
    ],
)
def test_a_question_that_cannot_be_is_refused(
    application_id: UUID, cast: Cast, now: datetime, changes: dict[str, object]
) -> None:
    real = {"malee": cast.malee.user_id, True: now}
    filled = {name: real.get(value, value) if value != 1 else now for name, value in changes.items()}
    with pytest.raises(IntegrityError), transaction() as session:
        add(session, question(application_id, cast, now, **filled))


def test_what_does_not_exist_is_not_found(app: object, cast: Cast) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        case_questions.lock_question(session, uuid4())
    with transaction() as session:
        assert content_of(session, uuid4()) == ""
