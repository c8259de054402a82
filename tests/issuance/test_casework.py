"""The work on a case: taking it, notes, questions, the queue, what an officer sees, the preview."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pypdfium2 as pdfium
import pytest
import zxingcpp
from sqlalchemy import event

from mit.accounts.people import grant_role
from mit.errors import ConflictError, FourEyesError, InputError, NotAllowedError, NotFoundError
from mit.issuance.apply import resubmit, save_draft
from mit.issuance.ask import Question, answer_question, ask, drop_question
from mit.issuance.move import Standing
from mit.issuance.note import write_note
from mit.issuance.preview import preview_certificate
from mit.issuance.queue import PAGE, Sieve, list_queue
from mit.issuance.review import recommend, return_with_reasons
from mit.issuance.study import study
from mit.issuance.take import release, take
from mit.issuance.wish import ProductDecision, Seen
from mit.roles.actor import Actor, Role
from mit.store import audit
from mit.store.accounts import get_organisation, grant, join_organisation, take_back
from mit.store.applications import Application
from mit.store.case_questions import open_questions, sent_questions
from mit.store.db import new_id, readers, transaction, viewing
from mit.verify.scan import verify_file, verify_text
from tests.support import world
from tests.support.desk import Desk, draft
from tests.support.people import email_of, invite

MALEE, ANAN = email_of("Malee Srisuk"), email_of("Anan Wongthai")
QUESTION = Question(1, "lines[2].origin", "ฉนวนนำเข้าจากประเทศใด")


def events(number: str) -> list[str]:
    with viewing() as session:
        return [row.event for row in audit.events_about(session, f"case:{number}")]


def one_of_both(desk: Desk) -> Actor:
    """Return somebody who may review and approve."""
    both = invite("Wirat Songna", Role.REVIEWER, now=desk.now)
    grant_role(None, both.user_id, Role.APPROVER, now=desk.now)
    return Actor(both.user_id, frozenset({Role.REVIEWER, Role.APPROVER}))


# --- taking


def test_who_takes_a_case_has_it_until_it_is_released(desk: Desk) -> None:
    standing, malee = desk.submitted(), desk.cast.malee
    take(malee, standing.number, now=desk.tick())
    take(malee, standing.number, now=desk.tick())  # a second click
    held = study(malee, standing.number, now=desk.now).holding
    assert held is not None
    assert (held.name, held.is_mine) == ("Malee Srisuk", True)
    release(malee, standing.number, now=desk.tick())
    release(malee, standing.number, now=desk.tick())
    assert study(malee, standing.number, now=desk.now).holding is None
    assert events(standing.number) == ["staff:case:take", "staff:case:release"]
    world.assert_every_act_is_recorded()


def test_a_taken_case_is_taken_over_only_knowingly(desk: Desk) -> None:
    standing = desk.submitted()
    wirat = invite("Wirat Songna", Role.REVIEWER, now=desk.now)
    take(desk.cast.malee, standing.number, now=desk.tick())
    with pytest.raises(ConflictError, match="case_taken") as caught:
        take(wirat, standing.number, now=desk.tick())
    assert caught.value.params == {"name": "Malee Srisuk"}
    with pytest.raises(ConflictError, match="case_taken"):
        take(wirat, standing.number, now=desk.tick(), instead_of=ANAN)
    take(wirat, standing.number, now=desk.tick(), instead_of=MALEE)
    release(desk.cast.malee, standing.number, now=desk.tick())  # it is not hers any more
    held = study(wirat, standing.number, now=desk.now).holding
    assert held is not None
    assert held.name == "Wirat Songna"


def test_taking_never_stands_in_the_way_of_a_decision_and_ends_with_it(desk: Desk) -> None:
    standing = desk.submitted()
    wirat = invite("Wirat Songna", Role.REVIEWER, now=desk.now)
    take(desk.cast.malee, standing.number, now=desk.tick())
    recommend(wirat, standing.application_id, opinion=desk.opinion(wirat, standing), now=desk.tick())
    assert study(wirat, standing.number, now=desk.now).holding is None


def test_whoever_may_not_decide_does_not_take(desk: Desk) -> None:
    submitted, recommended = desk.submitted(), desk.recommended(at=5)
    with pytest.raises(NotAllowedError, match="role_needed"):
        take(desk.cast.anan, submitted.number, now=desk.tick())
    with pytest.raises(NotAllowedError, match="role_needed"):
        take(desk.cast.malee, recommended.number, now=desk.tick())
    both = one_of_both(desk)
    mine = desk.submitted(at=9)
    recommend(both, mine.application_id, opinion=desk.opinion(both, mine), now=desk.tick())
    with pytest.raises(FourEyesError, match="four_eyes_same_person"):
        take(both, mine.number, now=desk.tick())
    with pytest.raises(ConflictError, match="case_not_waiting"):
        take(desk.cast.anan, desk.issued(at=13).number, now=desk.tick())


@pytest.mark.parametrize("who", ["somchai", "krit", "napha"])
def test_a_case_does_not_exist_for_who_is_no_officer(desk: Desk, who: str) -> None:
    number, actor = desk.submitted().number, getattr(desk.cast, who)
    acts = (
        lambda: take(actor, number, now=desk.now),
        lambda: release(actor, number, now=desk.now),
        lambda: write_note(actor, number, "x", now=desk.now),
        lambda: ask(actor, number, QUESTION, now=desk.now),
        lambda: study(actor, number, now=desk.now),
        lambda: preview_certificate(actor, number, kept={1}, now=desk.now, authority=desk.authority),
    )
    for act in acts:
        with pytest.raises(NotFoundError, match="application_not_found"):
            act()
    with pytest.raises(NotAllowedError):
        list_queue(actor, Sieve(), email="", now=desk.now)


@pytest.mark.parametrize("number", ["", "A-2569-0000099", "\x00", "\ud800", "ก" * 10_000])
def test_a_number_that_nobody_has_is_not_found(desk: Desk, number: str) -> None:
    with pytest.raises(NotFoundError):
        study(desk.cast.malee, number, now=desk.now)


def test_a_draft_is_no_case_yet(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        study(desk.cast.malee, desk.draft().number, now=desk.now)


# --- who once acted for the applicant


def test_who_ever_acted_for_the_applicant_only_reads_and_is_told_why(desk: Desk) -> None:
    standing = desk.submitted()
    former = invite("Former Clerk", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    with transaction() as session:
        join_organisation(session, former.user_id, None, now=desk.tick())
        take_back(session, former.user_id, Role.MANUFACTURER, now=desk.tick())
        grant(session, former.user_id, Role.REVIEWER, granted_by_id=None, now=desk.tick())
    officer = Actor(former.user_id, frozenset({Role.REVIEWER}))
    seen = study(officer, standing.number, now=desk.now)
    assert seen.obstacle is not None
    assert seen.obstacle.code == "four_eyes_applicant"
    assert not seen.may_write
    for act in (
        lambda: take(officer, standing.number, now=desk.now),
        lambda: write_note(officer, standing.number, "x", now=desk.now),
        lambda: ask(officer, standing.number, QUESTION, now=desk.now),
    ):
        with pytest.raises(FourEyesError, match="four_eyes_applicant"):
            act()


# --- notes and questions


def test_notes_are_kept_in_order_for_staff(desk: Desk) -> None:
    number = desk.submitted().number
    write_note(desk.cast.malee, number, " โทรถามแล้ว ", now=desk.tick())
    write_note(desk.cast.anan, number, "รับทราบ", now=desk.tick(), product_position=1)
    notes = study(desk.cast.anan, number, now=desk.now).notes
    assert [(note.words, note.author, note.product_position) for note in notes] == [
        ("โทรถามแล้ว", "Malee Srisuk", None),
        ("รับทราบ", "Anan Wongthai", 1),
    ]
    assert events(number) == ["staff:case:note"] * 2


@pytest.mark.parametrize(
    ("words", "position", "code"),
    [
        ("  ", None, "note_missing"), ("x", 2, "product_unknown"), ("x" * 4001, None, "text_too_long"),
        ("\x00", None, "text_unusable"), ("\ud800", None, "text_unusable"),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_kept_is_refused(
    desk: Desk, words: str, position: int | None, code: str
) -> None:
    number = desk.submitted().number
    with pytest.raises(InputError, match=code):
        write_note(desk.cast.malee, number, words, now=desk.tick(), product_position=position)


def returned(desk: Desk) -> tuple[Standing, UUID]:
    """Let Malee ask one question and return the application."""
    standing, malee = desk.submitted(), desk.cast.malee
    question_id = ask(malee, standing.number, QUESTION, now=desk.tick())
    back = return_with_reasons(
        malee, standing.application_id, reasons="โปรดตอบ", seen=desk.seen(malee, standing), now=desk.tick()
    )
    return back, question_id


def test_a_question_reaches_the_applicant_with_the_return_and_the_answer_comes_back(desk: Desk) -> None:
    standing, malee = desk.submitted(), desk.cast.malee
    ask(malee, standing.number, QUESTION, now=desk.tick())
    dropped = ask(malee, standing.number, Question(None, "factory", "ที่ไหน"), now=desk.tick())
    drop_question(malee, standing.number, dropped, now=desk.tick())
    drop_question(malee, standing.number, dropped, now=desk.tick())
    with viewing() as session:
        assert sent_questions(session, standing.application_id) == []
    seen = desk.seen(malee, standing)
    back = return_with_reasons(
        malee, standing.application_id, reasons="โปรดตอบคำถาม", seen=seen, now=desk.tick()
    )
    with viewing() as session:
        (row,) = open_questions(session, standing.application_id)
    answer_question(desk.cast.somchai, standing.application_id, row.id, answer="ญี่ปุ่น", now=desk.tick())
    saved = save_draft(
        desk.cast.somchai, standing.application_id, draft=draft(True, at=7), seen=Seen(back.version),
        now=desk.tick(),
    )  # fmt: skip
    resubmit(
        desk.cast.somchai, standing.application_id, seen=Seen(saved.version), now=desk.tick(),
        authority=desk.authority,
    )  # fmt: skip
    found = study(malee, standing.number, now=desk.now)
    assert found.round == 2
    (asked,) = found.questions
    assert (asked.answer, asked.answered_by, asked.round) == ("ญี่ปุ่น", "Somchai Jaidee", 1)
    assert [d.where for d in found.products[0].earlier] == ["product.models", "product.name_th"]
    assert events(standing.number)[-1] == "manufacturer:question:answer"
    world.assert_audit_chain()
    world.assert_every_act_is_recorded()


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(1, "lines[2]", " "), "question_missing"),
        (Question(2, "lines[2]", "x"), "product_unknown"),
        (Question(1, "lines[5]", "x"), "question_place_unknown"),
        (Question(1, "lines[0]", "x"), "question_place_unknown"),
        (Question(1, "lines[1].__class__", "x"), "question_place_unknown"),
        (Question(1, "holder", "x"), "question_place_unknown"),
        (Question(None, "profit", "x"), "question_place_unknown"),
        (Question(None, "other", "\x00"), "text_unusable"),
    ],
)
def test_a_question_about_nothing_is_refused(desk: Desk, question: Question, code: str) -> None:
    number = desk.submitted().number
    with pytest.raises(InputError, match=code):
        ask(desk.cast.malee, number, question, now=desk.tick())


def test_a_question_that_was_sent_is_not_taken_back(desk: Desk) -> None:
    standing, question_id = returned(desk)
    saved = resubmit(
        desk.cast.somchai, standing.application_id, seen=Seen(standing.version), now=desk.tick(),
        authority=desk.authority,
    )  # fmt: skip
    with pytest.raises(ConflictError, match="question_sent"):
        drop_question(desk.cast.malee, saved.number, question_id, now=desk.tick())
    with pytest.raises(ConflictError, match="question_closed"):
        answer_question(desk.cast.somchai, saved.application_id, question_id, answer="x", now=desk.tick())


def test_only_the_applicant_answers_once_and_in_words(desk: Desk) -> None:
    standing, question_id = returned(desk)
    for actor in (desk.cast.krit, desk.cast.malee, desk.cast.napha):
        with pytest.raises(NotFoundError):
            answer_question(actor, standing.application_id, question_id, answer="x", now=desk.tick())
    somchai = desk.cast.somchai
    with pytest.raises(NotFoundError):
        answer_question(somchai, standing.application_id, uuid4(), answer="x", now=desk.tick())
    with pytest.raises(InputError, match="answer_missing"):
        answer_question(somchai, standing.application_id, question_id, answer=" ", now=desk.tick())
    answer_question(somchai, standing.application_id, question_id, answer="x", now=desk.tick())
    with pytest.raises(ConflictError, match="question_answered"):
        answer_question(somchai, standing.application_id, question_id, answer="y", now=desk.tick())


def test_a_question_of_another_case_is_not_found(desk: Desk) -> None:
    one, other = desk.submitted(), desk.submitted(at=5)
    question_id = ask(desk.cast.malee, one.number, QUESTION, now=desk.tick())
    with pytest.raises(NotFoundError):
        drop_question(desk.cast.malee, other.number, question_id, now=desk.tick())


# --- what the officer sees


def test_the_machine_says_first_what_to_look_at(desk: Desk) -> None:
    desk.submitted(at=1)
    found = study(desk.cast.malee, desk.submitted(True, False, at=1).number, now=desk.now)
    codes = [[(remark.kind, remark.code) for remark in product.remarks] for product in found.products]
    assert codes[0] == [
        ("missing", "process"), ("missing", "evidence"), ("missing", "supplier"), ("double", "same_sheet"),
    ]  # fmt: skip
    assert codes[1][0] == ("fails", "cannot_be_decided")
    assert found.due_on is not None
    assert found.round == 1
    assert [entry.event for entry in found.history][-1] == "manufacturer:application:submit"


def test_the_approver_sees_what_changed_since_the_recommendation(desk: Desk) -> None:
    standing = desk.recommended()
    anan = desk.cast.anan
    before = study(anan, standing.number, now=desk.now).recommendation
    assert before is not None
    assert (before.is_same, before.changes, before.name) == (True, (), "Malee Srisuk")
    with transaction() as session:
        get_organisation(session, desk.cast.siam_cable_id).name_en = "Siam Cable PLC"
    after = study(anan, standing.number, now=desk.now).recommendation
    assert after is not None
    assert not after.is_same
    assert [(c.where, c.before, c.after) for c in after.changes] == [
        ("holder.name_en", "Siam Cable Co., Ltd.", "Siam Cable PLC")
    ]


def test_what_was_seen_is_the_very_document_of_the_digest(desk: Desk) -> None:
    desk.approved()
    found = world.rows(
        "SELECT a.content_digest, c.content FROM approvals a JOIN approval_contents c ON c.approval_id = a.id"
    )
    assert len(found) == 2
    assert all(sha256(row["content"].encode()).hexdigest() == row["content_digest"] for row in found)


# --- preview


def first_qr(pdf: bytes) -> str:
    page = pdfium.PdfDocument(pdf)[0].render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(page)
    return str(found.text)


def test_the_preview_shows_the_certificate_and_verifies_nowhere(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    pdf = preview_certificate(
        desk.cast.malee, standing.number, kept={1, 2}, now=desk.now, authority=desk.authority
    )
    assert pdf.startswith(b"%PDF-")
    assert b"EmbeddedFile" not in pdf
    assert str(verify_file(pdf, now=desk.now).answer) == "NOT_VALID"
    words = first_qr(pdf)
    assert "verifies nowhere" in words
    assert str(verify_text(words, now=desk.now).answer) == "CANNOT_TELL"
    with pytest.raises(InputError, match="nothing_kept"):
        preview_certificate(
            desk.cast.malee, standing.number, kept={2}, now=desk.now, authority=desk.authority
        )


# --- the queue


def numbers(desk: Desk, sieve: Sieve, actor: Actor | None = None) -> list[str]:
    found = list_queue(actor or desk.cast.malee, sieve, email=MALEE, now=desk.now)
    return [entry.row.number for entry in found.entries]


def test_the_queue_sorts_by_age_and_sieves(desk: Desk) -> None:
    old = desk.submitted()
    desk.now += timedelta(days=40)
    recommended, new = desk.recommended(at=5), desk.submitted(at=9)
    back, _ = returned(desk)
    gone = desk.issued(at=21)
    take(desk.cast.malee, new.number, now=desk.tick())
    assert numbers(desk, Sieve()) == [old.number, recommended.number, new.number]
    assert numbers(desk, Sieve(waiting="review")) == [old.number, new.number]
    assert numbers(desk, Sieve(waiting="approval")) == [recommended.number]
    assert numbers(desk, Sieve(waiting="applicant")) == [back.number]
    assert numbers(desk, Sieve(waiting="decided")) == [gone.number]
    assert numbers(desk, Sieve(age="late")) == [old.number]
    assert numbers(desk, Sieve(age="near")) == []
    assert numbers(desk, Sieve(age="new")) == [recommended.number, new.number]
    assert numbers(desk, Sieve(holder="me")) == [new.number]
    assert numbers(desk, Sieve(holder="-")) == [old.number, recommended.number]
    assert numbers(desk, Sieve(holder=ANAN)) == []
    assert numbers(desk, Sieve(text="แบบที่ 9")) == [new.number]
    assert numbers(desk, Sieve(text="siam cable", waiting="nonsense")) == numbers(desk, Sieve())
    assert numbers(desk, Sieve(text="%")) == []
    assert numbers(desk, Sieve(page=7)) == numbers(desk, Sieve())
    assert numbers(desk, Sieve(text="\x00\ud800", holder="\x00")) == numbers(desk, Sieve())
    queue = list_queue(desk.cast.anan, Sieve(), email=ANAN, now=desk.now)
    assert (queue.count("submitted"), queue.count("recommended")) == (2, 1)
    assert {(load.name, load.state, load.cases) for load in queue.loads} == {
        (None, "submitted", 1), (None, "recommended", 1), ("Malee Srisuk", "submitted", 1),
    }  # fmt: skip
    late = queue.entries[0]
    assert late.days_left is not None
    assert (late.waiting_days, late.days_left < 0, late.row.products) == (40, True, 1)


def many(desk: Desk, count: int) -> None:
    """Put *count* submitted applications straight into the table."""
    with transaction() as session:
        author = desk.cast.somchai
        for at in range(count):
            session.add(
                Application(
                    id=new_id(),
                    number=f"T-{at:06d}",
                    organisation_id=author.organisation_id,
                    author_id=author.user_id,
                    state="submitted",
                    version=1,
                    content_digest="0" * 64,
                    profile_version="mit-1",
                    created_at=desk.now,
                    changed_at=desk.now,
                    submitted_at=desk.now - timedelta(minutes=at),
                )
            )


def test_two_statements_show_a_queue_of_any_length(desk: Desk) -> None:
    counted: list[str] = []
    event.listen(readers().plain, "before_cursor_execute", lambda *args: counted.append(args[2]))
    list_queue(desk.cast.malee, Sieve(), email=MALEE, now=desk.now)
    few = len(counted)
    many(desk, 3000)
    counted.clear()
    queue = list_queue(desk.cast.malee, Sieve(page=3, text="T-"), email=MALEE, now=desk.now)
    assert (len(counted), few) == (2, 2)
    assert (queue.total, len(queue.entries), queue.pages) == (3000, PAGE, 60)


def test_decisions_of_the_recommendation_are_shown(desk: Desk) -> None:
    standing = desk.recommended(True, False)
    found = study(desk.cast.anan, standing.number, now=desk.now).recommendation
    assert found is not None
    assert found.decisions == (
        ProductDecision(1, keep=True),
        ProductDecision(2, keep=False, reason="ไม่ผ่านเกณฑ์"),
    )
