"""The status on any day equals a replay of what happened up to that day, whoever tells the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mit.lifecycle.certificate_states import (
    FINAL_STATES,
    MOVES,
    REVOCATION_BIT_STATES,
    CertificateAction,
    CertificateState,
    StateChange,
)
from mit.values.thai_date import first_instant
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust import Trust
from mit.verify.verdict import Answer, Verdict
from tests.support.trusting import EXPIRES_ON, issue, listed, offline, record, register

ISSUED = issue()
SLOT = ISSUED.claims.slot
ISSUED_ON = ISSUED.claims.issued_on
SHOWN = read_text(ISSUED.made.qr_url)
DAY = timedelta(days=1)
ACTIVE = CertificateState.ACTIVE


@dataclass(frozen=True)
class Story:
    """What happened to the certificate, and the day on which we stand."""

    history: tuple[StateChange, ...]
    today: date

    @property
    def now(self) -> datetime:
        return first_instant(self.today) + timedelta(hours=12)

    @property
    def known(self) -> tuple[StateChange, ...]:
        """Return what can be known today."""
        return tuple(change for change in self.history if change.on <= self.today)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw a lawful life: any moves that the table allows, some on the same day, some after expiry."""
    history = [StateChange(ISSUED_ON, ACTIVE)]
    for _ in range(draw(st.integers(0, 6))):
        last = history[-1]
        moves = [
            state
            for (before, action), state in MOVES.items()
            if before is last.state and action is not CertificateAction.ISSUE
        ]
        if not moves:
            break
        on = last.on + DAY * draw(st.sampled_from([0, 0, 1, 2, 30, 100]))
        history.append(StateChange(on, draw(st.sampled_from(moves))))
    return Story(tuple(history), ISSUED_ON + DAY * draw(st.integers(0, 420)))


def replayed(story: Story, day: date) -> CertificateState:
    """Walk through the days one by one: the last change of each day holds until the next change."""
    state = ACTIVE
    walked = ISSUED_ON
    while walked <= day:
        for change in story.history:
            if change.on == walked:
                state = change.state
        walked += DAY
    return state


def expected(story: Story, day: date) -> tuple[Answer, set[str]]:
    """Say from the contract's words alone what must be answered for *day*."""
    reasons = set()
    if day < ISSUED_ON:
        return Answer.NOT_VALID, {"not_yet_in_force"}
    if day > EXPIRES_ON:
        reasons.add("expired")
    elif day > story.today:
        reasons.add("future_date")
    state = replayed(story, min(day, story.today))
    if state is not ACTIVE and (day <= story.today or state in FINAL_STATES):
        reasons.add(state.value)
    if not reasons:
        return Answer.VALID, reasons
    return (Answer.CANNOT_TELL if reasons == {"future_date"} else Answer.NOT_VALID), reasons


def ask(trust: Trust, story: Story, day: date) -> Verdict:
    return judge(SHOWN, trust, Question(story.now, day))


asked_days = st.integers(-3, 425).map(lambda days: ISSUED_ON + DAY * days)


@settings(deadline=None, max_examples=300)
@given(stories(), asked_days)
def test_the_register_answers_as_a_replay_does(story: Story, day: date) -> None:
    verdict = ask(register(record(ISSUED, history=story.known), known_at=story.now), story, day)
    answer, reasons = expected(story, day)
    assert (verdict.answer, set(verdict.reasons)) == (answer, reasons)


@settings(deadline=None, max_examples=150)
@given(stories(), asked_days)
def test_a_trust_file_answers_as_the_register_does(story: Story, day: date) -> None:
    by_register = ask(register(record(ISSUED, history=story.known), known_at=story.now), story, day)
    by_file = ask(offline(record(ISSUED, history=story.known), known_at=story.now), story, day)
    assert by_file.answer is by_register.answer
    assert by_file.reasons == by_register.reasons
    assert by_file.notices == by_register.notices


@settings(deadline=None, max_examples=150)
@given(stories(), asked_days)
def test_lists_with_history_answer_as_the_register_does_but_for_the_kind_of_end(
    story: Story, day: date
) -> None:
    """On its own day a list knows one bit for revoked, superseded and withdrawn."""
    state = story.known[-1].state
    changed = {SLOT.index: story.known} if len(story.known) > 1 else {}
    lists = listed(
        SLOT.list_number,
        revoked=[SLOT.index] if state in REVOCATION_BIT_STATES else [],
        suspended=[SLOT.index] if state is CertificateState.SUSPENDED else [],
        at=story.now,
        history=changed,
    )
    verdict = ask(offline(lists={SLOT.list_number: lists}, known_at=story.now), story, day)
    answer, reasons = expected(story, day)
    ends = {"superseded", "withdrawn"}
    assert verdict.answer is answer
    assert {"revoked" if code in ends else code for code in verdict.reasons} == {
        "revoked" if code in ends else code for code in reasons
    }


@settings(deadline=None, max_examples=150)
@given(stories(), asked_days)
def test_bits_alone_never_say_valid_where_a_replay_would_not(story: Story, day: date) -> None:
    state = story.known[-1].state
    lists = listed(
        SLOT.list_number,
        revoked=[SLOT.index] if state in REVOCATION_BIT_STATES else [],
        suspended=[SLOT.index] if state is CertificateState.SUSPENDED else [],
        at=story.now,
    )
    verdict = ask(offline(lists={SLOT.list_number: lists}, known_at=story.now), story, day)
    answer, _ = expected(story, day)
    if verdict.answer is Answer.VALID:
        assert answer is Answer.VALID
    if ISSUED_ON <= day < story.today and day <= EXPIRES_ON:
        assert verdict.reasons == ("no_status",)


@settings(deadline=None, max_examples=150)
@given(stories(), asked_days)
def test_what_happens_later_never_changes_the_answer_for_an_earlier_day(story: Story, day: date) -> None:
    """Yesterday's verdict on yesterday stays; only notices are added."""
    if not ISSUED_ON <= day < story.today:
        return
    then = Story(story.history, day)
    on_the_day = ask(register(record(ISSUED, history=then.known), known_at=then.now), then, day)
    later = ask(register(record(ISSUED, history=story.known), known_at=story.now), story, day)
    assert later.answer is on_the_day.answer
    assert later.reasons == on_the_day.reasons


@settings(deadline=None, max_examples=150)
@given(stories(), asked_days)
def test_an_end_that_came_later_is_told_with_its_day(story: Story, day: date) -> None:
    verdict = ask(register(record(ISSUED, history=story.known), known_at=story.now), story, day)
    ends = [change for change in story.known if change.state in FINAL_STATES and change.on > day]
    told = [notice for notice in verdict.notices if notice.code.startswith("later_")]
    if ends:
        assert [(notice.code, dict(notice.params)["since_on"]) for notice in told] == [
            (f"later_{ends[0].state}", ends[0].on)
        ]
    else:
        assert {notice.code for notice in told} <= {"later_suspended"}
