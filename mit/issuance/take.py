"""Take a case from the queue and give it back: advisory; whoever may decide may do so all the same."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mit.errors import ConflictError, MitError, NotAllowedError, NotFoundError
from mit.issuance import guards
from mit.issuance.case import Case, open_case, read_case
from mit.issuance.wish import Seen, Wish
from mit.lifecycle.application_states import MOVES, Guard
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role, require_role
from mit.store import accounts, applications, audit, case_holds
from mit.store.case_holds import CaseHold
from mit.store.db import OpenSession, add, transaction

#: The guards that ask who somebody is, not what they wish.
_ABOUT_PEOPLE = frozenset({Guard.STRANGER_TO_APPLICANT, Guard.SECOND_PERSON})
_OFFICERS = (Role.REVIEWER, Role.APPROVER)


def take(actor: Actor, number: str, *, now: datetime, instead_of: str = "") -> None:
    """Take a case; from somebody who has it only when their e-mail address is named.

    Raises:
        NotFoundError: there is no such case.
        NotAllowedError: the actor may not decide it now.
        ConflictError: ``case_not_waiting``, or ``case_taken`` with the name of who has it.
    """
    with transaction() as session:
        case = officers_case(session, actor, number)
        require_no_obstacle(actor, case)
        held = case_holds.live_hold(session, case.application.id)
        if held and held.person_id == actor.user_id:
            return
        if held:
            holder = accounts.get_user(session, held.person_id)
            if holder.email != instead_of:
                raise ConflictError("case_taken", name=holder.name)
            case_holds.release_hold(session, case.application.id, now=now)
        add(session, CaseHold(application_id=case.application.id, person_id=actor.user_id, taken_at=now))
        before = str(held.person_id) if held else None
        record(session, AuditEvent.CASE_TAKEN, actor, case, now=now, before=before)


def release(actor: Actor, number: str, *, now: datetime) -> None:
    """Give back a case that the actor has; one that they do not have is left alone.

    Raises:
        NotFoundError: there is no such case.
    """
    with transaction() as session:
        case = officers_case(session, actor, number)
        held = case_holds.live_hold(session, case.application.id)
        if held and held.person_id == actor.user_id:
            case_holds.release_hold(session, case.application.id, now=now)
            record(session, AuditEvent.CASE_RELEASED, actor, case, now=now)


def officers_case(session: OpenSession, actor: Actor, number: str, *, locked: bool = True) -> Case:
    """Return the case of a number for an officer, under lock unless told otherwise.

    Raises:
        NotFoundError: ``application_not_found``: none, not submitted yet, or not for this person.
    """
    application_id = find_case(session, actor, number)
    return open_case(session, application_id) if locked else read_case(session, application_id)


def find_case(session: OpenSession, actor: Actor, number: str) -> UUID:
    """Return which application a number names, for an officer.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    is_officer = any(holds_role(actor, role) for role in _OFFICERS)
    found = applications.find_application(session, number) if is_officer and number.isprintable() else None
    if found is None or found.submitted_at is None:
        raise NotFoundError("application_not_found")
    return found.id


def obstacle(actor: Actor, case: Case) -> MitError | None:
    """Return why the actor may not decide the case as it stands; None where they may."""
    moves = [move for move in MOVES if move.state == case.state and move.role in _OFFICERS]
    if not moves:
        return ConflictError("case_not_waiting")
    try:
        require_stranger_to(actor, case)
        require_role(actor, Role(moves[0].role))
        for guard in moves[0].guards:
            if guard in _ABOUT_PEOPLE:
                guards.GUARDS[guard](actor, case, Wish(moves[0].action, Seen(0)))
    except NotAllowedError as error:
        return error
    return None


def require_no_obstacle(actor: Actor, case: Case) -> None:
    """Let those pass who may decide the case as it stands.

    Raises:
        ConflictError, NotAllowedError: as ``obstacle`` returns.
    """
    if error := obstacle(actor, case):
        raise error


def require_stranger_to(actor: Actor, case: Case) -> None:
    """Refuse who ever acted for the applicant: they only read.

    Raises:
        FourEyesError: ``four_eyes_applicant``.
    """
    guards.stranger_to_applicant(actor, case, Wish(MOVES[0].action, Seen(0)))


def record(
    session: OpenSession, event: AuditEvent, actor: Actor, case: Case, *, now: datetime, **payload: object
) -> None:
    """Write an event about the work on a case; moves of the application itself stand elsewhere."""
    subject = f"case:{case.application.number}"
    audit.record(session, event, subject=subject, actor_id=actor.user_id, now=now, payload=payload)
