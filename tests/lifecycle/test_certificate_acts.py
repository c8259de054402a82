"""Who may do what to a certificate, from which day, for which reasons: the table and a plain model of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mit.errors import ConflictError, IllegalMoveError, InputError
from mit.i18n import knows
from mit.lifecycle.certificate_acts import (
    ACTS,
    REQUEST_LIFE,
    DayRule,
    act_of,
    day_of_effect,
    read_reason,
)
from mit.lifecycle.certificate_states import (
    FINAL_STATES,
    MOVES,
    CertificateAction,
    CertificateState,
    ChangeReason,
    StateChange,
    next_state,
    settled,
    state_on,
)
from mit.roles.actor import Role

A, D, R = CertificateAction, DayRule, ChangeReason
DAY = timedelta(days=1)
ISSUED = date(2026, 11, 25)
EXPIRES = date(2027, 11, 24)


@dataclass(frozen=True)
class Agreed:
    """One row as it was agreed on, in plain words."""

    action: CertificateAction
    asked_by: str
    confirmed_by: str | None
    days: str
    reasons: str


AGREED = [
    Agreed(A.ISSUE, "", None, "today", "issued"),
    Agreed(
        A.SUSPEND,
        "approver",
        None,
        "today",
        "criteria_not_met mark_misused under_investigation wrong_information",
    ),
    Agreed(A.REINSTATE, "approver reviewer", "approver", "today", "investigation_closed suspended_in_error"),
    Agreed(
        A.REVOKE,
        "approver reviewer",
        "approver",
        "back_to_issue",
        "criteria_not_met holder_ceased issued_in_error key_compromised mark_misused wrong_information",
    ),
    Agreed(A.WITHDRAW, "manufacturer", "approver", "today", "holder_asked holder_ceased"),
    Agreed(A.SUPERSEDE, "", None, "successors_issue", "replaced"),
]


@pytest.mark.parametrize("agreed", AGREED, ids=lambda agreed: str(agreed.action))
def test_the_table_is_as_it_was_agreed(agreed: Agreed) -> None:
    act = act_of(agreed.action)
    assert act.action is agreed.action
    assert " ".join(sorted(act.asked_by)) == agreed.asked_by
    assert act.confirmed_by == agreed.confirmed_by
    assert act.days == agreed.days
    assert " ".join(sorted(act.reasons)) == agreed.reasons


def test_every_action_has_one_row_and_every_reason_an_act() -> None:
    assert sorted(act.action for act in ACTS) == sorted(A)
    assert {reason for act in ACTS for reason in act.reasons} == set(R)


def test_what_ends_or_brings_back_takes_a_second_person_or_nobody_at_all() -> None:
    for act in ACTS:
        targets = {target for (_, action), target in MOVES.items() if action is act.action}
        is_grave = bool(targets & FINAL_STATES) or act.action is A.REINSTATE
        assert is_grave == (act.confirmed_by is not None or act.action is A.SUPERSEDE), act.action


def test_only_roles_that_exist_act_and_no_holder_confirms() -> None:
    for act in ACTS:
        assert set(act.asked_by) <= set(Role)
        assert act.confirmed_by in {None, Role.APPROVER}
        if "manufacturer" in act.asked_by:
            assert act.asked_by == ("manufacturer",)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: str(act.action))
def test_what_is_recorded_names_who_does_it_and_what(act) -> None:
    assert act.event.subject == "certificate"
    assert act.event.action == str(act.action)
    assert act.event.source == (act.confirmed_by or (act.asked_by[0] if act.asked_by else "issuer"))


@pytest.mark.parametrize("reason", R)
def test_every_reason_has_a_public_sentence(reason: ChangeReason) -> None:
    assert knows(f"verify.because_{reason}")


def test_a_request_waits_for_a_fortnight() -> None:
    assert timedelta(days=14) == REQUEST_LIFE


# --- the reason


@pytest.mark.parametrize("action", A)
def test_a_reason_is_one_of_the_acts_own_or_is_refused(action: CertificateAction) -> None:
    own = set(act_of(action).reasons)
    for reason in R:
        if reason in own:
            assert read_reason(action, str(reason)) is reason
            continue
        with pytest.raises(InputError) as refused:
            read_reason(action, str(reason))
        assert (refused.value.code, refused.value.where) == ("status_reason_unknown", "reason")
        assert refused.value.params == {"action": str(action)}


@pytest.mark.parametrize("text", ["wrong information", "WRONG_INFORMATION", " wrong_information", "x" * 99])
def test_a_reason_is_its_code_to_the_letter(text: str) -> None:
    with pytest.raises(InputError, match="status_reason_unknown"):
        read_reason(A.REVOKE, text)


def test_no_reason_is_a_refusal_of_its_own() -> None:
    with pytest.raises(InputError) as refused:
        read_reason(A.REVOKE, "")
    assert (refused.value.code, refused.value.where) == ("status_reason_missing", "reason")


# --- the day


def _day(action: CertificateAction, wanted: date | None, today: date) -> date:
    return day_of_effect(action, wanted, today=today, issued_on=ISSUED, expires_on=EXPIRES)


@dataclass(frozen=True)
class Asked:
    """A day that is asked for on some day, and the one that counts; None where it is refused."""

    action: CertificateAction
    wanted: date | None
    today: date
    counts: date | None
    code: str = "effect_day"


LATE = EXPIRES + DAY
ASKED = [
    Asked(A.SUSPEND, None, ISSUED, ISSUED),
    Asked(A.SUSPEND, ISSUED + DAY, ISSUED + DAY, ISSUED + DAY),
    Asked(A.SUSPEND, ISSUED, ISSUED + DAY, None),
    Asked(A.SUSPEND, ISSUED + 2 * DAY, ISSUED + DAY, None),
    Asked(A.SUSPEND, None, EXPIRES, EXPIRES),
    Asked(A.SUSPEND, None, LATE, None, "certificate_expired"),
    Asked(A.REINSTATE, None, LATE, None, "certificate_expired"),
    Asked(A.WITHDRAW, EXPIRES, LATE, None, "certificate_expired"),
    Asked(A.REVOKE, None, ISSUED, ISSUED),
    Asked(A.REVOKE, ISSUED, EXPIRES, ISSUED),
    Asked(A.REVOKE, ISSUED - DAY, EXPIRES, None),
    Asked(A.REVOKE, EXPIRES, EXPIRES, EXPIRES),
    Asked(A.REVOKE, ISSUED + 2 * DAY, ISSUED + DAY, None),
    # after the last valid day the past can still be said to have been wrong
    Asked(A.REVOKE, None, LATE, EXPIRES),
    Asked(A.REVOKE, ISSUED, LATE + 900 * DAY, ISSUED),
    Asked(A.REVOKE, LATE, LATE, None),
    # prepared today, not yet begun
    Asked(A.REVOKE, None, ISSUED - DAY, None, "certificate_expired"),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.action} {asked.wanted} on {asked.today}")
def test_no_act_counts_from_a_day_to_come_and_only_a_revocation_reaches_back(asked: Asked) -> None:
    if asked.counts is not None:
        assert _day(asked.action, asked.wanted, asked.today) == asked.counts
        return
    with pytest.raises((InputError, ConflictError)) as refused:
        _day(asked.action, asked.wanted, asked.today)
    assert refused.value.code == asked.code
    if asked.code == "effect_day":
        first = ISSUED if asked.action is A.REVOKE else asked.today
        last = min(asked.today, EXPIRES)
        assert refused.value.params == {"first": first.isoformat(), "last": last.isoformat()}
        assert refused.value.where == "on"


@given(st.sampled_from(A), st.none() | st.integers(-9, 400), st.integers(0, 400))
def test_whatever_day_counts_lies_in_the_period_and_is_not_to_come(
    action: CertificateAction, wanted: int | None, after: int
) -> None:
    today = ISSUED + after * DAY
    try:
        day = _day(action, None if wanted is None else ISSUED + wanted * DAY, today)
    except InputError:
        assert wanted is not None
        return
    except ConflictError:
        assert today > EXPIRES
        return
    assert ISSUED <= day <= min(today, EXPIRES)
    assert wanted is None or day == ISSUED + wanted * DAY
    assert day == today or act_of(action).days is D.BACK_TO_ISSUE


# --- a whole life, beside a model that knows only days and words


class Life(RuleBasedStateMachine):
    """A certificate to which anything is done on any day; the model is one word for each day."""

    def __init__(self) -> None:
        super().__init__()
        self.today = ISSUED
        self.state = next_state(CertificateState.PREPARED, A.ISSUE)
        self.recorded = [StateChange(ISSUED, CertificateState.ACTIVE)]
        self.words: dict[date, str] = dict.fromkeys(self._days(ISSUED), "active")

    @staticmethod
    def _days(first: date) -> list[date]:
        return [first + n * DAY for n in range((EXPIRES - first).days + 1)]

    @rule(days=st.integers(1, 90))
    @precondition(lambda self: self.today <= EXPIRES)
    def wait(self, days: int) -> None:
        """Let days pass."""
        self.today += days * DAY

    @rule(action=st.sampled_from([a for a in A if a is not A.ISSUE]), back=st.none() | st.integers(0, 120))
    def act(self, action: CertificateAction, back: int | None) -> None:
        """Try an act, counting from some day; what is refused changes nothing."""
        wanted = None if back is None else self.today - back * DAY
        try:
            target = next_state(self.state, action)
            on = day_of_effect(action, wanted, today=self.today, issued_on=ISSUED, expires_on=EXPIRES)
        except (IllegalMoveError, InputError, ConflictError):
            return
        self.state = target
        self.recorded.append(StateChange(on, target))
        for day in self._days(on):
            self.words[day] = str(target)

    @invariant()
    def every_day_is_what_the_model_says(self) -> None:
        """Replay the history for the days at which anything turns."""
        history = settled(self.recorded)
        for day in {ISSUED, self.today, EXPIRES, *(change.on for change in self.recorded)}:
            if ISSUED <= day <= EXPIRES:
                found = state_on(history, day, expires_on=EXPIRES)
                assert str(found) == self.words[day], day

    @invariant()
    def what_is_after_the_last_day_has_ended_or_expired(self) -> None:
        """No word but an end lasts longer than the certificate."""
        found = state_on(settled(self.recorded), EXPIRES + DAY, expires_on=EXPIRES)
        assert found in FINAL_STATES | {CertificateState.EXPIRED}
        assert (found is CertificateState.EXPIRED) == (self.state not in FINAL_STATES)


TestLife = Life.TestCase
