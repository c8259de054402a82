"""The people of the service, as administrators see them; nothing secret of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from mit.accounts.keeping import may_be_named
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit, directory
from mit.store.accounts import User
from mit.store.db import OpenSession, viewing

PAGE_SIZE = 25
_LONGEST_SEARCH = 200
_ABOUT_RESET: Final = frozenset({AuditEvent.SECOND_FACTOR_RESET_ASKED, AuditEvent.SECOND_FACTOR_RESET})


@dataclass(frozen=True, slots=True)
class Person:
    """One person in the list; ``organisation`` is empty for FTI's own people and for newcomers."""

    user_id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    organisation: str
    is_active: bool
    is_confirmed: bool
    has_second_factor: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """Somebody asked that a second factor be taken away; another administrator has to do it."""

    by_name: str
    by_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with what an administrator may do about them now."""

    person: Person
    reset_asked: ResetRequest | None
    may_be_keeper: bool


def find_people(by: Actor, text: str, *, page: int = 1) -> tuple[Sequence[Person], int]:
    """Return one page of the people whose name or address contains *text*, and how many there are.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    text = text[:_LONGEST_SEARCH]
    with viewing() as session:
        rows = directory.people(session, text, page=max(1, page), size=PAGE_SIZE)
        return _people(session, rows), directory.count_people(session, text)


def read_person(by: Actor, user_id: UUID) -> PersonPage:
    """Return one person.

    Raises:
        NotAllowedError: *by* is no administrator.
        NotFoundError: there is no such person.
    """
    require_role(by, Role.ADMINISTRATOR)
    with viewing() as session:
        user = accounts.get_user(session, user_id)
        (person,) = _people(session, [user])
        return PersonPage(person, _reset_asked(session, person), may_be_named(session, user))


def _people(session: OpenSession, rows: Sequence[User]) -> list[Person]:
    held = directory.roles_held(session, [row.id for row in rows])
    acted_for = {row.organisation_id for row in rows if row.organisation_id}
    names = directory.organisation_names(session, acted_for)
    return [
        Person(
            user_id=row.id,
            name=row.name,
            email=row.email,
            roles=tuple(sorted(held.get(row.id, ()))),
            organisation=names.get(row.organisation_id, "") if row.organisation_id else "",
            is_active=row.is_active,
            is_confirmed=row.confirmed_at is not None,
            has_second_factor=row.second_factor_secret is not None,
            created_at=row.created_at,
        )
        for row in rows
    ]


def _reset_asked(session: OpenSession, person: Person) -> ResetRequest | None:
    """Return the request that stands open: the newest event about it is a question, not an answer."""
    about = audit.events_about(session, f"user:{person.user_id}")
    asked = [event for event in about if event.event in _ABOUT_RESET]
    if not person.has_second_factor or not asked or asked[-1].event == AuditEvent.SECOND_FACTOR_RESET:
        return None
    by_id = asked[-1].actor_id
    name = accounts.get_user(session, by_id).name if by_id else ""
    return ResetRequest(name, by_id, asked[-1].at)
