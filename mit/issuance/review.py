"""What the reviewer does, and what reviewer and approver both may: recommend, return, refuse.

Each function is one transaction.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mit.credential import canonical_json
from mit.failpoints import reach
from mit.issuance.case import Case
from mit.issuance.move import Standing, check_move, enter_state, record_move, standing, take_up, was_done
from mit.issuance.wish import Opinion, Seen, Wish, read_reasons
from mit.lifecycle.application_states import ApplicationAction
from mit.roles.actor import Actor
from mit.store.approval_contents import ApprovalContent
from mit.store.approvals import Approval
from mit.store.case_questions import send_questions
from mit.store.db import OpenSession, add, new_id, transaction


def recommend(actor: Actor, application_id: UUID, *, opinion: Opinion, now: datetime) -> Standing:
    """Recommend the products that are kept, over exactly the content that was seen.

    This is the first of the two approval rows.

    Raises:
        NotFoundError: there is no such application.
        NotAllowedError: ``role_needed``; FourEyesError: the reviewer once acted for the applicant.
        ConflictError: it is not submitted, it changed, or ``product_does_not_meet``.
        InputError: decisions are missing, or nothing is kept.
    """
    wish = opinion.wish(ApplicationAction.RECOMMEND)
    with transaction() as session:
        case = take_up(session, actor, application_id)
        if not was_done(actor, case, wish):
            move = check_move(actor, case, wish)
            case.application.reviewer_id = actor.user_id
            enter_state(session, case, move, now=now)
            write_approval(session, actor, case, kind="recommendation", wish=wish, now=now)
            record_move(session, actor, case, move=move, wish=wish, now=now)
            reach("recommend.before_commit")
        # Durable after this commit: the recommendation; before it nothing was recommended.
        return standing(session, case.application)


def return_with_reasons(
    actor: Actor, application_id: UUID, *, reasons: str, seen: Seen, now: datetime
) -> Standing:
    """Send an application back to the manufacturer with what must be corrected.

    The reviewer returns what is submitted, the approver what is recommended.

    Raises:
        NotFoundError, NotAllowedError, FourEyesError, ConflictError: as ``recommend``.
        InputError: ``reasons_missing``.
    """
    wish = Wish(ApplicationAction.RETURN, seen, reasons=read_reasons(reasons))
    return _turn_down(actor, application_id, wish, now=now)


def refuse(actor: Actor, application_id: UUID, *, reasons: str, seen: Seen, now: datetime) -> Standing:
    """Refuse a whole application for good.

    The reviewer refuses what is submitted, the approver what is recommended.

    Raises:
        NotFoundError, NotAllowedError, FourEyesError, ConflictError: as ``recommend``.
        InputError: ``reasons_missing``.
    """
    wish = Wish(ApplicationAction.REFUSE, seen, reasons=read_reasons(reasons))
    return _turn_down(actor, application_id, wish, now=now)


def write_approval(
    session: OpenSession, actor: Actor, case: Case, *, kind: str, wish: Wish, now: datetime
) -> None:
    """Write one of the two rows, over the content as it is computed now, and keep that content."""
    decisions = [decision.to_document() for decision in wish.decisions]
    row = Approval(
        id=new_id(),
        application_id=case.application.id,
        kind=kind,
        person_id=actor.user_id,
        content_digest=case.content_digest(),
        application_version=case.application.version,
        decisions=canonical_json.write(decisions).decode("utf-8"),
        note=wish.reasons,
        given_at=now,
    )
    content = canonical_json.write(case.content()).decode("utf-8")
    add(session, row, ApprovalContent(approval_id=row.id, content=content))


def write_refusals(case: Case, wish: Wish, *, now: datetime) -> None:
    """Mark every product as refused, each with its own reason or that of the whole."""
    reasons = {decision.position: decision.reason for decision in wish.decisions}
    for product in case.products:
        product.decision = "refused"
        product.decision_reason = reasons.get(product.position, wish.reasons)
        product.decided_at = now


def turn_down(session: OpenSession, actor: Actor, case: Case, *, wish: Wish, now: datetime) -> None:
    """Return or refuse, inside a transaction that is already open; a return sends the open questions."""
    move = check_move(actor, case, wish)
    case.application.reasons = wish.reasons
    if move.action == ApplicationAction.REFUSE:
        case.application.refused_by_id = actor.user_id
        write_refusals(case, wish, now=now)
    else:
        send_questions(session, case.application.id, now=now)
    enter_state(session, case, move, now=now)
    record_move(session, actor, case, move=move, wish=wish, now=now)


def _turn_down(actor: Actor, application_id: UUID, wish: Wish, *, now: datetime) -> Standing:
    with transaction() as session:
        case = take_up(session, actor, application_id)
        if not was_done(actor, case, wish):
            turn_down(session, actor, case, wish=wish, now=now)
        return standing(session, case.application)
