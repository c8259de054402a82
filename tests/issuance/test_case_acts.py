"""Work on a case: second clicks, limits, whose question it is, and what each act leaves in the log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from mit.errors import ConflictError, FourEyesError, InputError, MitError, NotAllowedError, NotFoundError
from mit.issuance import ask as asking
from mit.issuance.apply import resubmit, withdraw
from mit.issuance.ask import PLACES, PRODUCT_PLACES, Question, answer_question, ask, drop_question
from mit.issuance.move import Standing
from mit.issuance.note import AGAIN_WITHIN, write_note
from mit.issuance.review import return_with_reasons
from mit.issuance.study import study
from mit.issuance.take import release, take
from mit.issuance.wish import LONGEST_REASON, Seen
from mit.roles.actor import Actor, Role
from mit.store import case_questions
from mit.store.db import viewing
from tests.support.desk import Desk
from tests.support.people import email_of, invite
from tests.support.world import rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SECOND = timedelta(seconds=1)
QUESTION = Question(1, "lines[2].origin", "ฉนวนนำเข้าจากประเทศใด")


def told(number: str) -> list[tuple[str, UUID, dict[str, object]]]:
    """Return event, actor and payload of everything recorded about the work on a case."""
    found = rows(
        "SELECT event, actor_id, payload FROM audit_events WHERE subject = :s ORDER BY seq",
        s=f"case:{number}",
    )
    return [(row["event"], UUID(str(row["actor_id"])), json.loads(row["payload"])) for row in found]


def wirat(desk: Desk) -> Actor:
    return invite("Wirat Songna", Role.REVIEWER, now=desk.now)


def give_back(desk: Desk, standing: Standing) -> Standing:
    """Let Malee return an application, with the questions that were written down."""
    malee = desk.cast.malee
    seen = desk.seen(malee, standing)
    return return_with_reasons(malee, standing.application_id, reasons="โปรดตอบ", seen=seen, now=desk.tick())


# --- taking


def test_taking_and_giving_back_record_who_and_from_whom(desk: Desk) -> None:
    number, malee, other = desk.submitted().number, desk.cast.malee, wirat(desk)
    take(malee, number, now=desk.tick())
    with untouched():
        take(malee, number, now=desk.tick())
        take(malee, number, now=desk.tick(), instead_of=email_of("Wirat Songna"))
        release(other, number, now=desk.tick())  # what one does not have is left alone
    take(other, number, now=desk.tick(), instead_of=email_of("Malee Srisuk"))
    release(other, number, now=desk.tick())
    with untouched():
        release(other, number, now=desk.tick())
    assert told(number) == [
        ("staff:case:take", malee.user_id, {"before": None}),
        ("staff:case:take", other.user_id, {"before": str(malee.user_id)}),
        ("staff:case:release", other.user_id, {}),
    ]
    spans = rows("SELECT person_id, taken_at, released_at FROM case_holds ORDER BY taken_at")
    assert [UUID(str(span["person_id"])) for span in spans] == [malee.user_id, other.user_id]
    assert spans[0]["released_at"] == spans[1]["taken_at"]


@pytest.mark.parametrize("instead_of", ["", "MALEE@EXAMPLE.COM", "malee", "anan@example.com", "\x00", "%"])
def test_a_taken_case_is_given_to_nobody_who_does_not_know_who_has_it(desk: Desk, instead_of: str) -> None:
    number, other = desk.submitted().number, wirat(desk)
    take(desk.cast.malee, number, now=desk.tick())
    with untouched(), pytest.raises(ConflictError, match="case_taken"):
        take(other, number, now=desk.tick(), instead_of=instead_of)


def test_every_move_out_of_waiting_ends_who_had_it(desk: Desk) -> None:
    standing = desk.submitted()
    take(desk.cast.malee, standing.number, now=desk.tick())
    back = give_back(desk, standing)
    assert rows("SELECT id FROM case_holds WHERE released_at IS NULL") == []
    with untouched(), pytest.raises(ConflictError, match="case_not_waiting"):
        take(desk.cast.malee, standing.number, now=desk.tick())
    somchai = desk.cast.somchai
    again = resubmit(
        somchai, standing.application_id, seen=Seen(back.version), now=desk.tick(), authority=desk.authority
    )
    take(desk.cast.malee, standing.number, now=desk.tick())
    withdraw(somchai, standing.application_id, seen=Seen(again.version), now=desk.tick())
    assert rows("SELECT id FROM case_holds WHERE released_at IS NULL") == []


# --- notes


def test_the_same_note_within_ten_minutes_is_one_and_later_two(desk: Desk) -> None:
    number, malee, anan = desk.submitted(True, True).number, desk.cast.malee, desk.cast.anan
    first = desk.tick()
    write_note(malee, number, "โทรแล้ว", now=first)
    with untouched():
        write_note(malee, number, " โทรแล้ว\r\n", now=first + AGAIN_WITHIN - SECOND)
    write_note(malee, number, "โทรแล้ว", now=first + AGAIN_WITHIN)
    write_note(anan, number, "โทรแล้ว", now=first + AGAIN_WITHIN)  # somebody else says the same
    write_note(anan, number, "โทรแล้ว", now=first + AGAIN_WITHIN, product_position=2)
    notes = study(malee, number, now=desk.now).notes
    assert [(note.author, note.product_position) for note in notes] == [
        ("Malee Srisuk", None), ("Malee Srisuk", None), ("Anan Wongthai", None), ("Anan Wongthai", 2),
    ]  # fmt: skip
    recorded = told(number)
    assert [(event, by) for event, by, _ in recorded] == [
        ("staff:case:note", by) for by in (malee.user_id, malee.user_id, anan.user_id, anan.user_id)
    ]
    assert [list(facts) for _, _, facts in recorded] == [["note"]] * 4
    assert "โทร" not in json.dumps([facts for _, _, facts in recorded], ensure_ascii=False)


def test_a_note_is_kept_to_its_last_sign(desk: Desk) -> None:
    number, malee = desk.submitted().number, desk.cast.malee
    long = "ก" * (LONGEST_REASON - 1) + "ข"
    write_note(malee, number, long, now=desk.tick())
    assert study(malee, number, now=desk.now).notes[0].words == long
    with untouched(), pytest.raises(InputError, match="text_too_long"):
        write_note(malee, number, f"{long}ค", now=desk.tick())


def test_a_note_may_be_written_in_every_state_but_never_by_strangers(desk: Desk) -> None:
    decided = desk.approved().number
    write_note(desk.cast.malee, decided, "เก็บไว้อ้างอิง", now=desk.tick())
    draft = desk.draft().number
    with untouched():
        for who, number in (("malee", draft), ("somchai", decided), ("krit", decided), ("napha", decided)):
            with pytest.raises(NotFoundError, match="application_not_found"):
                write_note(getattr(desk.cast, who), number, "x", now=desk.tick())


# --- questions


def test_a_question_asked_twice_is_one_until_it_is_sent(desk: Desk) -> None:
    standing, malee = desk.submitted(), desk.cast.malee
    first = ask(malee, standing.number, QUESTION, now=desk.tick())
    with untouched():
        assert ask(malee, standing.number, QUESTION, now=desk.tick()) == first
        again = replace(QUESTION, words=f"  {QUESTION.words}\n")
        assert ask(malee, standing.number, again, now=desk.tick()) == first
    assert ask(wirat(desk), standing.number, QUESTION, now=desk.tick()) != first  # a colleague's own
    other = replace(QUESTION, place="lines[1].origin")
    assert ask(malee, standing.number, other, now=desk.tick()) != first
    drop_question(malee, standing.number, first, now=desk.tick())
    assert ask(malee, standing.number, QUESTION, now=desk.tick()) != first  # after it was dropped
    back = give_back(desk, standing)
    resubmit(
        desk.cast.somchai, standing.application_id, seen=Seen(back.version), now=desk.tick(),
        authority=desk.authority,
    )  # fmt: skip
    later = ask(malee, standing.number, QUESTION, now=desk.tick())
    found = {row.question_id: row for row in study(malee, standing.number, now=desk.now).questions}
    assert (found[later].round, found[later].sent_at) == (2, None)
    assert len([row for row in found.values() if row.round == 1 and row.sent_at]) == 3


def test_every_place_of_the_forms_can_be_asked_about_and_nothing_else(desk: Desk) -> None:
    number, malee = desk.submitted(True, True).number, desk.cast.malee
    lines = [f"lines[{at}]{member}" for at in (1, 4) for member in ("", ".name", ".amount", ".evidence")]
    for place in (*PRODUCT_PLACES, *lines):
        ask(malee, number, Question(2, place, "?"), now=desk.tick())
    for place in PLACES:
        ask(malee, number, Question(None, place, "?"), now=desk.tick())
    with untouched():
        for position, place in (
            (1, "lines[5]"), (1, "lines[01]"), (1, "lines[1].kind"), (1, "lines[1]."), (1, "lines"), (1, ""),
            (1, "LINES[1]"), (1, " process"), (1, "factory"), (1, "x" * 61), (1, "lines[100000]"),
            (None, "process"), (None, "lines[1]"), (None, ""), (None, "\x00"),
        ):  # fmt: skip
            with pytest.raises(InputError, match="question_place_unknown"):
                ask(malee, number, Question(position, place, "?"), now=desk.tick())
        for position in (0, 3, -1, 201):
            with pytest.raises(InputError, match="product_unknown"):
                ask(malee, number, Question(position, "other", "?"), now=desk.tick())


def test_only_so_many_questions_are_written_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_OPEN", 3)
    standing, malee = desk.submitted(), desk.cast.malee
    made = [ask(malee, standing.number, Question(None, "other", str(at)), now=desk.tick()) for at in range(3)]
    with untouched(), pytest.raises(InputError, match="too_many_questions") as caught:
        ask(malee, standing.number, Question(None, "other", "3"), now=desk.tick())
    assert caught.value.params == {"limit": 3}
    assert ask(malee, standing.number, Question(None, "other", "2"), now=desk.tick()) == made[2]
    drop_question(malee, standing.number, made[0], now=desk.tick())
    ask(malee, standing.number, Question(None, "other", "3"), now=desk.tick())


def test_asking_dropping_and_answering_are_recorded_without_their_words(desk: Desk) -> None:
    standing, malee, somchai = desk.submitted(), desk.cast.malee, desk.cast.somchai
    first = ask(malee, standing.number, QUESTION, now=desk.tick())
    second = ask(malee, standing.number, Question(None, "factory", "ที่ไหน"), now=desk.tick())
    drop_question(malee, standing.number, second, now=desk.tick())
    with untouched():
        drop_question(malee, standing.number, second, now=desk.tick())
    give_back(desk, standing)
    answer_question(somchai, standing.application_id, first, answer="ญี่ปุ่น", now=desk.tick())
    assert told(standing.number) == [
        ("staff:question:ask", malee.user_id, {"question": str(first)}),
        ("staff:question:ask", malee.user_id, {"question": str(second)}),
        ("staff:question:drop", malee.user_id, {"question": str(second)}),
        ("manufacturer:question:answer", somchai.user_id, {"question": str(first)}),
    ]


def test_who_may_not_decide_neither_asks_nor_drops_and_no_stranger_answers(desk: Desk) -> None:
    recommended = desk.recommended()
    malee, anan = desk.cast.malee, desk.cast.anan
    made = ask(anan, recommended.number, QUESTION, now=desk.tick())
    both = Actor(malee.user_id, frozenset({Role.REVIEWER, Role.APPROVER}))
    with untouched():
        for actor, error in ((malee, NotAllowedError), (both, FourEyesError)):
            for act in (
                lambda by=actor: ask(by, recommended.number, QUESTION, now=desk.tick()),
                lambda by=actor: drop_question(by, recommended.number, made, now=desk.tick()),
            ):
                with pytest.raises(error):
                    act()
        for actor in (desk.cast.somchai, desk.cast.krit, anan, desk.cast.napha):
            with pytest.raises(NotFoundError):  # it was not sent yet: there is no such question
                answer_question(actor, recommended.application_id, made, answer="x", now=desk.tick())
    with viewing() as session:
        assert case_questions.sent_questions(session, recommended.application_id) == []


@pytest.mark.parametrize("answer", ["", " \n\t", "x" * (LONGEST_REASON + 1), "\x00", "\u202e", "\ud800"])
def test_an_answer_that_cannot_be_kept_leaves_the_question_open(desk: Desk, answer: str) -> None:
    standing = desk.submitted()
    made = ask(desk.cast.malee, standing.number, QUESTION, now=desk.tick())
    give_back(desk, standing)
    with untouched(), pytest.raises(MitError) as caught:
        answer_question(desk.cast.somchai, standing.application_id, made, answer=answer, now=desk.tick())
    assert caught.value.code in {"answer_missing", "text_too_long", "text_unusable"}
    assert caught.value.faults[0].where == "answer"
