"""The queue: which cases wait for FTI, since when, who has them, and how much each person has.

Two statements for each page, however long the queue is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mit.errors import NotAllowedError
from mit.lifecycle.application_states import FINAL_STATES, ApplicationState
from mit.lifecycle.service_target import service_target_on
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role
from mit.store import case_queue
from mit.store.case_queue import Load, QueueRow, Wanted
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day, first_instant

#: Cases on one page.
PAGE = 50
#: Days before the target from which a case is near it.
NEAR_DAYS = 7
_S = ApplicationState
#: For whom a case waits → the states in which it does.
WAITING: dict[str, tuple[ApplicationState, ...]] = {
    "fti": (_S.SUBMITTED, _S.RECOMMENDED),
    "review": (_S.SUBMITTED,),
    "approval": (_S.RECOMMENDED,),
    "applicant": (_S.RETURNED, _S.DRAFT),
    "decided": tuple(FINAL_STATES),
}
#: How old: past the target, near it, or what came in within a week.
AGES = ("late", "near", "new")
#: Who has it: oneself, nobody; else an e-mail address.
MINE, NOBODY = "me", "-"
_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Sieve:
    """What somebody asked of the queue, as it was typed; what is not known counts as not asked.

    Attributes:
        waiting: a key of ``WAITING``; empty: what waits for FTI.
        age: one of ``AGES``.
        holder: ``me``, ``-`` for nobody, or somebody's e-mail address.
        text: part of a number or a name.
        page: from 1.
    """

    waiting: str = ""
    age: str = ""
    holder: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One case in the queue, with the day by which it is to be decided.

    ``days_left`` is negative once that day has passed; both are None for what does not wait for FTI.
    """

    row: QueueRow
    waiting_days: int
    due_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue.

    Attributes:
        loads: how much each person has, and what nobody has, by state.
        target_days: the service target; None where there is none.
    """

    entries: tuple[QueueEntry, ...]
    total: int
    page: int
    pages: int
    loads: tuple[Load, ...]
    target_days: int | None
    is_target_verified: bool

    def count(self, state: str) -> int:
        """Return how many cases wait in one state."""
        return sum(load.cases for load in self.loads if load.state == state)


def list_queue(actor: Actor, sieve: Sieve, *, email: str, now: datetime) -> Queue:
    """Return a page of the queue for an officer, whose own e-mail address is *email*.

    Raises:
        NotAllowedError: ``role_needed``.
    """
    if not (holds_role(actor, Role.REVIEWER) or holds_role(actor, Role.APPROVER)):
        raise NotAllowedError("role_needed", role=str(Role.REVIEWER))
    today = bangkok_day(now)
    target = service_target_on(today)
    wanted = _wanted(sieve, email, today, target.days if target else None)
    page = max(1, min(sieve.page, 100_000))
    with viewing() as session:
        rows = case_queue.list_cases(session, wanted, offset=(page - 1) * PAGE, limit=PAGE)
        if not rows and page > 1:
            page = 1
            rows = case_queue.list_cases(session, wanted, offset=0, limit=PAGE)
        loads = case_queue.loads(session)
    total = rows[0].total if rows else 0
    return Queue(
        entries=tuple(_entry(row, today) for row in rows),
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        loads=tuple(loads),
        target_days=target.days if target else None,
        is_target_verified=bool(target and target.is_verified),
    )


def due_on(state: str, submitted_at: datetime | None, today: date) -> date | None:
    """Return the day by which a case is to be decided; None where it does not wait for FTI."""
    target = service_target_on(today)
    if submitted_at is None or target is None or state not in WAITING["fti"]:
        return None
    return target.due_on(bangkok_day(submitted_at))


def _entry(row: QueueRow, today: date) -> QueueEntry:
    due = due_on(row.state, row.submitted_at, today)
    return QueueEntry(
        row=row,
        waiting_days=(today - bangkok_day(row.since)).days,
        due_on=due,
        days_left=(due - today).days if due else None,
    )


def _wanted(sieve: Sieve, email: str, today: date, target_days: int | None) -> Wanted:
    holder = email if sieve.holder == MINE else sieve.holder
    before, since = None, None
    if sieve.age == "late" and target_days is not None:
        before = first_instant(today - timedelta(days=target_days))
    elif sieve.age == "near" and target_days is not None:
        since = first_instant(today - timedelta(days=target_days))
        before = first_instant(today - timedelta(days=target_days - NEAR_DAYS - 1))
    elif sieve.age == "new":
        since = first_instant(today - timedelta(days=NEAR_DAYS - 1))
    return Wanted(
        states=[str(state) for state in WAITING.get(sieve.waiting, WAITING["fti"])],
        holder=_plain(holder),
        text=_plain(sieve.text),
        submitted_before=before,
        submitted_from=since,
    )


def _plain(text: str) -> str:
    """Return the signs of *text* that can stand in a name: no control signs, no half letters."""
    return "".join(sign for sign in text[:_LONGEST_TEXT] if sign.isprintable()).strip()
