"""The officer's queue by days: late, near and new at midnight in Bangkok, who may look, and odd questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import NotAllowedError
from mit.issuance.queue import AGES, NEAR_DAYS, PAGE, WAITING, Queue, Sieve, due_on, list_queue
from mit.lifecycle.application_states import ApplicationState
from mit.lifecycle.service_target import service_target_on
from mit.roles.actor import Actor, Role
from mit.store.case_holds import CaseHold
from mit.store.db import add, transaction
from mit.values.thai_date import bangkok_day, first_instant
from tests.support import register
from tests.support.databases import Databases, bare_app
from tests.support.people import Cast, email_of, invite

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MALEE = email_of("Malee Srisuk")


@pytest.fixture
def database_url(databases: Databases) -> str:
    """The statements themselves are tried on both databases."""
    return databases.clean("sqlite")


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """Nothing but a database: the queue only reads."""
    with bare_app(database_url) as made:
        yield made


def look(cast: Cast, sieve: Sieve, now: datetime, actor: Actor | None = None) -> Queue:
    return list_queue(actor or cast.malee, sieve, email=MALEE, now=now)


def numbers(cast: Cast, sieve: Sieve, now: datetime) -> list[str]:
    return [entry.row.number for entry in look(cast, sieve, now).entries]


def submitted(cast: Cast, at: datetime) -> str:
    with transaction() as session:
        return register.submitted(session, cast, now=at).number


def target_days(today: date) -> int:
    target = service_target_on(today)
    assert target is not None
    return target.days


@dataclass(frozen=True, slots=True)
class Age:
    """An instant of submission, counted from the first instant of today, and how old it makes a case."""

    name: str
    days: int
    more: timedelta
    ages: tuple[str, ...]


def ages(target: int) -> list[Age]:
    return [
        Age("the last second of the day before the target's first", -target, -SECOND, ("late",)),
        Age("the first second from which today is the target", -target, timedelta(0), ("near",)),
        Age("the last second of a day that is a week away", -target + NEAR_DAYS + 1, -SECOND, ("near",)),
        Age("the first second of the day after", -target + NEAR_DAYS + 1, timedelta(0), ()),
        Age("the last second before the newest week", -NEAR_DAYS + 1, -SECOND, ()),
        Age("the first second of the newest week", -NEAR_DAYS + 1, timedelta(0), ("new",)),
        Age("now", 0, timedelta(hours=3), ("new",)),
    ]


@pytest.mark.parametrize("hour", [0, 7, 23])
def test_a_case_grows_old_at_midnight_in_bangkok(cast: Cast, now: datetime, hour: int) -> None:
    midnight = first_instant(bangkok_day(now))
    looked_at = midnight + timedelta(hours=hour, minutes=59)
    every = ages(target_days(bangkok_day(now)))
    made = {submitted(cast, midnight + age.days * DAY + age.more): age for age in every}
    for kind in AGES:
        found = {made[number].name for number in numbers(cast, Sieve(age=kind), looked_at)}
        assert found == {age.name for age in every if kind in age.ages}, kind
    assert len(numbers(cast, Sieve(age="older"), looked_at)) == len(every)  # an age that nobody knows


def test_the_sieve_and_the_days_left_tell_the_same(cast: Cast, now: datetime) -> None:
    for days in range(45):
        submitted(cast, now - days * DAY)
    today = bangkok_day(now)
    queue = look(cast, Sieve(), now)
    assert (queue.total, queue.pages, queue.target_days) == (45, 1, target_days(today))
    late, near = (set(numbers(cast, Sieve(age=age), now)) for age in ("late", "near"))
    for entry in queue.entries:
        assert entry.due_on is not None
        assert entry.days_left == (entry.due_on - today).days
        assert (entry.row.number in late) == (entry.days_left < 0)
        assert (entry.row.number in near) == (0 <= entry.days_left <= NEAR_DAYS)
        assert entry.waiting_days == (today - bangkok_day(entry.row.since)).days


@settings(deadline=None, max_examples=100)
@given(
    st.dates(date(2021, 1, 1), date(2100, 1, 1)), st.integers(0, 400), st.sampled_from(list(ApplicationState))
)
def test_only_what_waits_for_fti_has_a_day_by_which_it_is_due(
    day: date, days: int, state: ApplicationState
) -> None:
    at = first_instant(day)
    due = due_on(state, at, day + timedelta(days=days))
    if state in WAITING["fti"]:
        assert due == day + timedelta(days=target_days(day))
    else:
        assert due is None
    assert due_on(state, None, day) is None


def test_before_there_was_a_target_nothing_is_due_and_no_age_sifts(cast: Cast) -> None:
    long_ago = datetime.fromisoformat("2020-06-01T05:00:00+00:00")
    number = submitted(cast, long_ago)
    queue = look(cast, Sieve(), long_ago + DAY)
    (entry,) = queue.entries
    assert (entry.due_on, entry.days_left, queue.target_days, queue.is_target_verified) == (
        None,
        None,
        None,
        False,
    )
    for age in ("late", "near", "new", ""):
        assert numbers(cast, Sieve(age=age), long_ago + DAY) == [number]


# --- who may look, and what is odd


def test_only_officers_look(cast: Cast, now: datetime) -> None:
    chief = invite("Chief Admin", Role.ADMINISTRATOR, now=now)
    both = Actor(cast.krit.user_id, frozenset({Role.MANUFACTURER, Role.REVIEWER}), cast.krungthep_wire_id)
    for actor in (cast.somchai, cast.krit, cast.napha, chief, both, Actor(cast.malee.user_id, frozenset())):
        with pytest.raises(NotAllowedError, match="role_needed"):
            look(cast, Sieve(), now, actor)
    for actor in (cast.malee, cast.anan):
        assert look(cast, Sieve(), now, actor).total == 0


@dataclass(frozen=True, slots=True)
class Odd:
    """A question that nobody's form asks, and whether it still finds the one case there is."""

    sieve: Sieve
    is_found: bool = True


ODD = [
    Odd(Sieve(page=0)), Odd(Sieve(page=-5)), Odd(Sieve(page=2)), Odd(Sieve(page=10**12)),
    Odd(Sieve(waiting="FTI")), Odd(Sieve(waiting="applicant"), is_found=False),
    Odd(Sieve(waiting="decided"), is_found=False), Odd(Sieve(waiting="approval"), is_found=False),
    Odd(Sieve(holder="me")), Odd(Sieve(holder="-"), is_found=False),
    Odd(Sieve(holder=f" {MALEE}\x00")), Odd(Sieve(holder="nobody@example.com"), is_found=False),
    Odd(Sieve(text="\u200b\x00\ud800")), Odd(Sieve(text=" สยามเคเบิล ")),
    Odd(Sieve(text="x" * 10_000), is_found=False),
]  # fmt: skip


def test_odd_questions_are_answered_like_plain_ones(cast: Cast, now: datetime) -> None:
    number = submitted(cast, now)
    with transaction() as session:
        row = session.query(register.Application).one()
        add(session, CaseHold(application_id=row.id, person_id=cast.malee.user_id, taken_at=now))
    for odd in ODD:
        assert numbers(cast, odd.sieve, now) == ([number] if odd.is_found else []), odd


def test_a_page_beyond_the_last_is_the_first(cast: Cast, now: datetime) -> None:
    made = [submitted(cast, now + at * SECOND) for at in range(PAGE + 1)]
    first, second = look(cast, Sieve(), now), look(cast, Sieve(page=2), now)
    assert (first.page, first.pages, first.total, len(first.entries)) == (1, 2, PAGE + 1, PAGE)
    assert (second.page, [entry.row.number for entry in second.entries]) == (2, made[PAGE:])
    beyond = look(cast, Sieve(page=3), now)
    assert (beyond.page, [entry.row.number for entry in beyond.entries]) == (1, made[:PAGE])
    assert first.count("submitted") == PAGE + 1
    assert first.count("recommended") == first.count("nonsense") == 0
