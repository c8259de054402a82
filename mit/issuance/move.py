"""Make one move of the table: lock, ask every guard, change the state, void, record.

Every work function on applications goes through here, so that the table of moves is what happens.
A second click repeats the same wish over the same seen version; it is recognised by the audit log
and answered like the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mit.issuance import guards
from mit.issuance.case import Case, open_case
from mit.issuance.letters import LETTER_OF, tell_applicant
from mit.issuance.wish import Wish
from mit.lifecycle.application_states import (
    FINAL_STATES,
    RECOMMENDED_STATES,
    WAITING_STATES,
    ApplicationState,
    Move,
    find_move,
)
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import approvals, audit, case_holds, certificates
from mit.store.applications import Application
from mit.store.db import OpenSession

#: In these states the application names who reviewed it.
_KEEPING_REVIEWER = RECOMMENDED_STATES | {ApplicationState.REFUSED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands after an act, for whoever acts next.

    ``content_digest`` is that of the last submission, empty before; ``certificate_number`` is
    empty unless it was approved.
    """

    application_id: UUID
    number: str
    state: ApplicationState
    version: int
    content_digest: str = ""
    certificate_number: str = ""


def take_up(session: OpenSession, actor: Actor, application_id: UUID) -> Case:
    """Return the case under lock, if the actor may know of it.

    Raises:
        NotFoundError: ``not_found`` or ``application_not_found``.
    """
    case = open_case(session, application_id)
    guards.may_know(actor, case)
    return case


def check_move(actor: Actor, case: Case, wish: Wish) -> Move:
    """Return the move that is wished, after role and guards were asked in the table's order.

    Raises:
        IllegalMoveError: there is no such move from here.
        NotAllowedError: the role is missing, or a guard about people does not hold.
        ConflictError: a guard about the content does not hold.
        InputError: decisions or reasons are missing.
    """
    move = find_move(case.state, wish.action)
    require_role(actor, Role(move.role))
    for guard in move.guards:
        guards.GUARDS[guard](actor, case, wish)
    return move


def was_done(actor: Actor, case: Case, wish: Wish) -> bool:
    """Say whether the last act on the case is this very wish of this very person: a second click."""
    if not case.acts:
        return False
    last = case.acts[-1]
    return last.person_id == actor.user_id and last.payload.get("wish_sha256") == wish.sha256()


def enter_state(session: OpenSession, case: Case, move: Move, *, now: datetime) -> None:
    """Put the application into the move's next state, void what the move voids, end who had taken it."""
    application = case.application
    application.state = str(move.next_state)
    application.version += 1
    application.changed_at = now
    if move.next_state in FINAL_STATES:
        application.decided_at = now
    if move.next_state not in _KEEPING_REVIEWER:
        application.reviewer_id = None
    if move.voids_approvals:
        void_rows(session, case, move, now=now)
    if move.state in WAITING_STATES:
        case_holds.release_hold(session, application.id, now=now)
    session.flush()


def void_rows(session: OpenSession, case: Case, move: Move, *, now: datetime) -> None:
    """Void every approval row that still counts, with the event as the reason."""
    approvals.void_approvals(session, case.application.id, reason=str(move.event), now=now)


def record_move(
    session: OpenSession, actor: Actor, case: Case, *, move: Move, wish: Wish, now: datetime
) -> None:
    """Write the letters of the move and its audit event; call it after everything else was locked."""
    application = case.application
    if letter := LETTER_OF.get(move.event):
        tell_applicant(session, application, letter, now=now)
    payload: dict[str, Any] = {
        "from": str(move.state) if move.state else None,
        "to": str(move.next_state),
        "version": application.version,
        "seen_version": wish.seen.version,
        "wish_sha256": wish.sha256(),
        "content_digest": application.content_digest,
        "decisions": [decision.to_document() for decision in wish.decisions],
        "reasons": wish.reasons,
    }
    audit.record(session, move.event, subject=case.subject, actor_id=actor.user_id, now=now, payload=payload)


def standing(session: OpenSession, application: Application) -> Standing:
    """Return where *application* stands."""
    certificate = certificates.certificate_of(session, application.id)
    return Standing(
        application_id=application.id,
        number=application.number,
        state=ApplicationState(application.state),
        version=application.version,
        content_digest=application.content_digest or "",
        certificate_number=certificate.number if certificate else "",
    )
