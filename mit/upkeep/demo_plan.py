"""The plan of the demo world: which applications there are, what becomes of them, and when.

Days are counted back from today, so that some certificates have expired, some run out soon, and
the open applications are recent.  The plan is the same for the same day and size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mit.upkeep.demo_companies import DemoCompany, demo_companies
from mit.upkeep.demo_products import FAILING, Outcome
from mit.values.thai_date import BANGKOK

#: How long before today the world begins: sixteen months, so that a quarter has expired.
WALK_DAYS = 487
#: The last decision is this many days old, so that nothing happens in the future.
_LAST_DECISION_DAYS = 3
#: Open applications began within this many days.
_RECENT_DAYS = 28
#: Days from one act of an application to the next.
_DAYS_BETWEEN_ACTS = 2
_FIRST_WORKING_HOUR = 9
_WORKING_MINUTES = 6 * 60
#: Acts that fall on one day, because of a weekend, keep their order.
_MINUTES_BETWEEN_ACTS = 8


class Act(StrEnum):
    """What somebody does to an application; each is one work function."""

    CREATE = "create"
    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    RECOMMEND = "recommend"
    REFUSE = "refuse"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


_A = Act
_RECOMMENDED = (_A.CREATE, _A.SUBMIT, _A.RECOMMEND)
#: What became of an application → the stories that end there, told in turn.
_APPROVED = (
    (*_RECOMMENDED, _A.APPROVE),
    (*_RECOMMENDED, _A.APPROVE),
    (_A.CREATE, _A.SAVE, _A.SUBMIT, _A.RECOMMEND, _A.APPROVE),
    (_A.CREATE, _A.SUBMIT, _A.RETURN, _A.SAVE, _A.RESUBMIT, _A.RECOMMEND, _A.APPROVE),
    (*_RECOMMENDED, _A.SEND_BACK, _A.RESUBMIT, _A.RECOMMEND, _A.APPROVE),
    (*_RECOMMENDED, _A.SAVE, _A.SUBMIT, _A.RECOMMEND, _A.APPROVE),
)
_REFUSED = ((_A.CREATE, _A.SUBMIT, _A.REFUSE),)
_DECLINED = ((*_RECOMMENDED, _A.DECLINE),)
_WITHDRAWN = (
    (_A.CREATE, _A.WITHDRAW),
    (_A.CREATE, _A.SUBMIT, _A.WITHDRAW),
    (_A.CREATE, _A.SUBMIT, _A.RETURN, _A.WITHDRAW),
    (*_RECOMMENDED, _A.WITHDRAW),
)


@dataclass(frozen=True, slots=True)
class Fate:
    """A group of applications that end alike.

    Attributes:
        count: how many of a world of 200.
        stories: the acts of each, told in turn.
        is_open: whether they are still on their way, hence recent.
        meets: whether their products meet the criteria.
    """

    count: int
    stories: tuple[tuple[Act, ...], ...]
    is_open: bool
    meets: bool


#: 200 applications, 120 of them approved.
FATES = (
    Fate(120, _APPROVED, is_open=False, meets=True),
    Fate(12, _REFUSED, is_open=False, meets=False),
    Fate(6, _DECLINED, is_open=False, meets=True),
    Fate(12, _WITHDRAWN, is_open=False, meets=True),
    Fate(14, ((_A.CREATE,), (_A.CREATE, _A.SAVE)), is_open=True, meets=False),
    Fate(16, ((_A.CREATE, _A.SUBMIT),), is_open=True, meets=True),
    Fate(8, ((_A.CREATE, _A.SUBMIT, _A.RETURN),), is_open=True, meets=False),
    Fate(12, (_RECOMMENDED,), is_open=True, meets=True),
)
FULL_SIZE = sum(fate.count for fate in FATES)

_PASSING = tuple(outcome for outcome in Outcome if outcome.meets)


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """One product of an application: its key in the data, and how its cost sheet comes out."""

    key: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DemoApplication:
    """One application of the plan; ``ended_on`` is the day of its last act."""

    index: int
    company: DemoCompany
    products: tuple[DemoProduct, ...]
    story: tuple[Act, ...]
    ended_on: date


@dataclass(frozen=True, slots=True, order=True)
class DemoStep:
    """One act at its instant (UTC); ``act_number`` counts the acts of its application from 0."""

    at: datetime
    index: int
    act_number: int
    act: Act


def plan_applications(today: date, *, size: int = FULL_SIZE) -> tuple[DemoApplication, ...]:
    """Return about *size* applications, each fate in its proportion and at least once."""
    companies = demo_companies()
    return tuple(
        DemoApplication(
            index=index,
            company=companies[index * 7 % len(companies)],
            products=_products(companies[index * 7 % len(companies)], index, fate),
            story=fate.stories[turn % len(fate.stories)],
            ended_on=today - timedelta(days=_age_days(fate, turn, _share(fate, size))),
        )
        for index, (fate, turn) in enumerate(_turns(size))
    )


def plan_steps(applications: tuple[DemoApplication, ...]) -> tuple[DemoStep, ...]:
    """Return every act of every application in the order of time."""
    return tuple(sorted(step for application in applications for step in _steps(application)))


def first_day(today: date) -> date:
    """Return the day before which nothing of the world happened; its keys are made here."""
    longest = max(len(story) for fate in FATES for story in fate.stories)
    return today - timedelta(days=WALK_DAYS + longest * _DAYS_BETWEEN_ACTS + 7)


def _share(fate: Fate, size: int) -> int:
    return max(1, fate.count * size // FULL_SIZE)


def _turns(size: int) -> Iterator[tuple[Fate, int]]:
    for fate in FATES:
        for turn in range(_share(fate, size)):
            yield fate, turn


def _age_days(fate: Fate, turn: int, count: int) -> int:
    """Return how many days ago the last act was: spread evenly, the oldest first."""
    if fate.is_open:
        return 1 + turn * _RECENT_DAYS // (2 * count)
    span = WALK_DAYS - _LAST_DECISION_DAYS
    return WALK_DAYS - turn * span // max(1, count - 1)


def _products(company: DemoCompany, index: int, fate: Fate) -> tuple[DemoProduct, ...]:
    """Return one product, or all of the company's in every third application.

    In every ninth approved application the last of several products fails and is left out.
    """
    keys = company.products if index % 3 == 0 else (company.products[index % len(company.products)],)
    outcomes = _PASSING if fate.meets else FAILING
    chosen = [outcomes[(index + place) % len(outcomes)] for place in range(len(keys))]
    if fate.stories is _APPROVED and index % 9 == 0 and len(keys) > 1:
        chosen[-1] = Outcome.JUST_BELOW
    return tuple(DemoProduct(key, outcome) for key, outcome in zip(keys, chosen, strict=True))


def _steps(application: DemoApplication) -> Iterator[DemoStep]:
    last = len(application.story) - 1
    for number, act in enumerate(application.story):
        day = _working_day(application.ended_on - timedelta(days=(last - number) * _DAYS_BETWEEN_ACTS))
        minute = application.index * 37 % _WORKING_MINUTES + number * _MINUTES_BETWEEN_ACTS
        opened = datetime.combine(day, time(_FIRST_WORKING_HOUR), BANGKOK)
        yield DemoStep(opened + timedelta(minutes=minute), application.index, number, act)


def _working_day(day: date) -> date:
    """Return *day*, or the Friday before where it falls on a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
