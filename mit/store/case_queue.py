"""The queue of cases: one statement for a page of it, one for all counts, however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from mit.lifecycle.application_states import FINAL_STATES, ApplicationState
from mit.lifecycle.audit_events import AuditEvent as Event
from mit.store.accounts import Organisation, User
from mit.store.applications import Application, ApplicationProduct
from mit.store.audit import AuditEvent
from mit.store.case_holds import CaseHold
from mit.store.case_questions import CaseQuestion
from mit.store.db import Base

_BACK = (str(Event.APPLICATION_RETURNED), str(Event.APPLICATION_SENT_BACK))
_WAITING = (str(ApplicationState.SUBMITTED), str(ApplicationState.RECOMMENDED))
_FINAL = tuple(str(state) for state in FINAL_STATES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are looked for.

    Attributes:
        states: any of these.
        holder: the e-mail address of whoever has it; ``-`` for nobody; empty for anyone.
        text: part of a number, of a name of the applicant or of a product.
        submitted_before, submitted_from: bounds of the last submission, the first excluded.
    """

    states: Sequence[str]
    holder: str = ""
    text: str = ""
    submitted_before: datetime | None = None
    submitted_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue; ``total`` is how many there are on all pages."""

    application_id: UUID
    number: str
    state: str
    applicant_th: str
    applicant_en: str
    submitted_at: datetime
    since: datetime
    decided_at: datetime | None
    products: int
    first_product_th: str
    first_product_en: str
    holder_name: str | None
    holder_email: str | None
    taken_at: datetime | None
    unanswered: int
    total: int


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases in one state one person has; no name: nobody has them."""

    state: str
    email: str | None
    name: str | None
    cases: int
    oldest_submitted_at: datetime


def list_cases(session: Session, wanted: Wanted, *, offset: int, limit: int) -> list[QueueRow]:
    """Return a page of the queue, what waits longest first; what is decided, newest first."""
    live = and_(CaseHold.application_id == Application.id, CaseHold.released_at.is_(None))
    query = (
        select(*_columns())
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(CaseHold, live)
        .outerjoin(User, User.id == CaseHold.person_id)
        .where(*_conditions(wanted))
        .order_by(Application.decided_at.desc(), Application.submitted_at, Application.number)
        .offset(offset)
        .limit(limit)
    )
    return [QueueRow(*found) for found in session.execute(query)]


def loads(session: Session) -> list[Load]:
    """Return how much waits for FTI, by state and person: a few rows, whatever the queue is."""
    live = and_(CaseHold.application_id == Application.id, CaseHold.released_at.is_(None))
    query = (
        select(Application.state, User.email, User.name, func.count(), func.min(Application.submitted_at))
        .outerjoin(CaseHold, live)
        .outerjoin(User, User.id == CaseHold.person_id)
        .where(Application.state.in_(_WAITING))
        .group_by(Application.state, User.email, User.name)
        .order_by(User.name, Application.state)
    )
    return [Load(*found) for found in session.execute(query)]


def _columns() -> list[Any]:
    present = and_(
        ApplicationProduct.application_id == Application.id, ApplicationProduct.removed_at.is_(None)
    )
    first = and_(present, ApplicationProduct.position == 1)
    returned = and_(AuditEvent.subject == "application:" + Application.number, AuditEvent.event.in_(_BACK))
    unanswered = and_(
        CaseQuestion.application_id == Application.id,
        CaseQuestion.sent_at.is_not(None),
        CaseQuestion.answer.is_(None),
    )
    return [
        Application.id,
        Application.number,
        Application.state,
        Organisation.name_th,
        Organisation.name_en,
        Application.submitted_at,
        func.coalesce(
            case((Application.state == "returned", _one(func.max(AuditEvent.at), returned)), else_=None),
            Application.changed_at,
        ),
        Application.decided_at,
        _one(func.count(), present, ApplicationProduct),
        func.coalesce(_one(ApplicationProduct.name_th, first), ""),
        func.coalesce(_one(ApplicationProduct.name_en, first), ""),
        User.name,
        User.email,
        CaseHold.taken_at,
        _one(func.count(), unanswered, CaseQuestion),
        func.count().over(),
    ]


def _one(value: Any, condition: ColumnElement[bool], table: type[Base] | None = None) -> Any:
    query = select(value).where(condition)
    query = query.select_from(table) if table is not None else query
    return query.correlate(Application).scalar_subquery()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Application.state.in_(wanted.states),
        Application.submitted_at.is_not(None),
    ]
    if wanted.holder == "-":
        conditions.append(CaseHold.id.is_(None))
    elif wanted.holder:
        conditions.append(User.email == wanted.holder)
    if wanted.submitted_before:
        conditions.append(Application.submitted_at < wanted.submitted_before)
    if wanted.submitted_from:
        conditions.append(Application.submitted_at >= wanted.submitted_from)
    if wanted.text:
        conditions.append(_mentions(wanted.text))
    return conditions


def _mentions(text: str) -> ColumnElement[bool]:
    product = exists().where(
        ApplicationProduct.application_id == Application.id,
        ApplicationProduct.removed_at.is_(None),
        or_(
            ApplicationProduct.name_th.icontains(text, autoescape=True),
            ApplicationProduct.name_en.icontains(text, autoescape=True),
        ),
    )
    return or_(
        Application.number.icontains(text, autoescape=True),
        Organisation.name_th.icontains(text, autoescape=True),
        Organisation.name_en.icontains(text, autoescape=True),
        Organisation.tax_number == text,
        product,
    )
