"""The plan of the demo world: every state, in the right numbers, always in the past."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.lifecycle.application_states import ApplicationAction, ApplicationState, find_move
from mit.upkeep.demo_plan import (
    FATES,
    FULL_SIZE,
    Act,
    DemoStep,
    first_day,
    plan_applications,
    plan_steps,
)
from mit.values.identifiers import is_natural_person
from mit.values.thai_date import bangkok_day, last_valid_day

TODAY = date(2026, 11, 21)
PLAN = plan_applications(TODAY)
STEPS = plan_steps(PLAN)
ACTIONS = {
    Act.SEND_BACK: ApplicationAction.RETURN,
    Act.DECLINE: ApplicationAction.REFUSE,
}

days = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def state_after(story: tuple[Act, ...]) -> ApplicationState | None:
    state = None
    for act in story:
        state = find_move(state, ACTIONS.get(act) or ApplicationAction(act)).next_state
    return state


def test_two_hundred_applications_yield_one_hundred_and_twenty_certificates() -> None:
    assert len(PLAN) == FULL_SIZE == 200
    assert sum(application.story[-1] is Act.APPROVE for application in PLAN) == 120


def test_every_state_of_an_application_is_there() -> None:
    assert {state_after(application.story) for application in PLAN} == set(ApplicationState)


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.stories[0][-1])
def test_every_story_is_a_walk_through_the_table_of_moves(fate: object) -> None:
    for story in fate.stories:
        assert state_after(story)


def test_every_company_applies() -> None:
    assert len({application.company.code for application in PLAN}) == 40


def test_natural_persons_are_among_those_approved() -> None:
    approved = [application for application in PLAN if application.story[-1] is Act.APPROVE]
    assert any(is_natural_person(application.company.tax_number) for application in approved)


def test_about_a_quarter_of_the_certificates_has_expired() -> None:
    approved = [application for application in PLAN if application.story[-1] is Act.APPROVE]
    expired = [a for a in approved if last_valid_day(a.ended_on) < TODAY]
    assert 20 <= len(expired) <= 40


def test_open_applications_are_recent() -> None:
    for application in PLAN:
        if application.story[-1] in {Act.SUBMIT, Act.CREATE, Act.RECOMMEND, Act.RETURN}:
            assert TODAY - application.ended_on < timedelta(days=30)


def test_what_is_approved_meets_at_least_in_part() -> None:
    for application in PLAN:
        if Act.RECOMMEND in application.story:
            assert any(product.outcome.meets for product in application.products)


def test_some_approved_applications_lose_a_product() -> None:
    approved = [application for application in PLAN if application.story[-1] is Act.APPROVE]
    assert any(not product.outcome.meets for a in approved for product in a.products)


def test_the_plan_of_a_day_is_always_the_same() -> None:
    assert plan_applications(TODAY) == PLAN


@pytest.mark.parametrize("size", [1, 8, 20, 77])
def test_a_smaller_world_still_has_every_fate(size: int) -> None:
    small = plan_applications(TODAY, size=size)
    assert len(FATES) <= len(small) <= size + len(FATES)
    assert {state_after(application.story) for application in small} == set(ApplicationState)


@given(days)
def test_nothing_happens_in_the_future_or_before_the_first_day_or_at_a_weekend(today: date) -> None:
    for step in plan_steps(plan_applications(today, size=20)):
        on = bangkok_day(step.at)
        assert first_day(today) < on < today
        assert on.weekday() < 5


@given(days)
def test_the_acts_of_an_application_follow_one_another(today: date) -> None:
    last: dict[int, DemoStep] = {}
    for step in plan_steps(plan_applications(today, size=40)):
        before = last.get(step.index)
        assert step.act_number == (before.act_number + 1 if before else 0)
        assert before is None or before.at < step.at
        last[step.index] = step


def test_the_steps_are_in_the_order_of_time() -> None:
    assert [step.at for step in STEPS] == sorted(step.at for step in STEPS)
    assert Counter(step.act for step in STEPS)[Act.CREATE] == FULL_SIZE
