"""The second pair of eyes: decide all products in one act; on yes, prepare the certificate.

One transaction:

(1) the application is locked; version, digest and people are checked under the lock;
(2) the second approval row and the decisions are written, the state becomes ``approved``;
(3) ``prepare`` lints, takes the number and writes down the bytes, the leaf and the job;
(4) both acts are recorded; commit.

Left to the worker after the commit: sign, log, check, print (``issue.py``, ``print_certificate.py``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from mit.failpoints import reach
from mit.issuance import guards
from mit.issuance.authority import Authority
from mit.issuance.case import Case
from mit.issuance.move import Standing, check_move, enter_state, record_move, standing, take_up, was_done
from mit.issuance.prepare import prepare
from mit.issuance.review import turn_down, write_approval
from mit.issuance.wish import LONGEST_REASON, Opinion, ProductDecision, Wish
from mit.lifecycle.application_states import ApplicationAction, Guard, find_move
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import audit
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction


def approve(
    actor: Actor, application_id: UUID, *, opinion: Opinion, now: datetime, authority: Authority
) -> Standing:
    """Decide every product; certify those kept, or refuse the application where none is.

    A second click with the same opinion returns what the first did.

    Raises:
        NotFoundError: there is no such application.
        NotAllowedError: ``role_needed``; FourEyesError: the actor reviewed it or once acted for
            the applicant.
        ConflictError: it is not recommended, it changed since it was seen, a kept product does
            not meet or was not recommended.
        InputError: decisions or reasons are missing.
        LintError: every reason not to sign; nothing was decided then.
        KeyUnavailableError: there is no key to sign with; nothing was decided then.
    """
    wish = _wish(opinion)
    with transaction() as session:
        case = take_up(session, actor, application_id)  # (1)
        reach("approve.after_lock")
        if not was_done(actor, case, wish):
            if wish.action == ApplicationAction.REFUSE:
                _refuse_all(session, actor, case, wish=wish, now=now)
            else:
                _certify(session, actor, case, wish=wish, now=now, authority=authority)
            reach("approve.before_commit")
        result = standing(session, case.application)
    # Durable now: both approval rows, the number, the slot, the exact bytes, the leaf, the job.
    # A crash before the commit leaves a recommended application, and the approver asks again; a
    # crash after it leaves a prepared certificate, and the worker issues it.
    reach("approve.after_commit")
    return result


def _wish(opinion: Opinion) -> Wish:
    if any(decision.keep for decision in opinion.decisions):
        return opinion.wish(ApplicationAction.APPROVE)
    wish = opinion.wish(ApplicationAction.REFUSE)
    reasons = wish.reasons or "\n".join(_numbered_reason(decision) for decision in wish.decisions)
    return replace(wish, reasons=reasons[:LONGEST_REASON])


def _numbered_reason(decision: ProductDecision) -> str:
    return f"{decision.position}. {decision.reason}"


def _refuse_all(session: OpenSession, actor: Actor, case: Case, *, wish: Wish, now: datetime) -> None:
    find_move(case.state, ApplicationAction.APPROVE)  # only what could be approved is decided here
    guards.GUARDS[Guard.EVERY_PRODUCT_DECIDED](actor, case, wish)
    turn_down(session, actor, case, wish=wish, now=now)


def _certify(
    session: OpenSession, actor: Actor, case: Case, *, wish: Wish, now: datetime, authority: Authority
) -> None:
    move = check_move(actor, case, wish)
    write_approval(session, actor, case, kind="approval", wish=wish, now=now)  # (2)
    _write_decisions(case, wish, now=now)
    case.application.approver_id = actor.user_id
    enter_state(session, case, move, now=now)
    kept = frozenset(decision.position for decision in wish.decisions if decision.keep)
    certificate = prepare(session, case, kept=kept, now=now, authority=authority)  # (3)
    record_move(session, actor, case, move=move, wish=wish, now=now)  # (4)
    record_prepared(session, case, certificate, now=now)


def record_prepared(session: OpenSession, case: Case, certificate: Certificate, *, now: datetime) -> None:
    """Write the audit event of the number and the bytes that were written down."""
    payload = prepared_facts(case, certificate)
    audit.record(
        session,
        AuditEvent.CERTIFICATE_PREPARED,
        subject=f"certificate:{certificate.number}",
        actor_id=None,
        now=now,
        payload=payload,
    )


def prepared_facts(case: Case, certificate: Certificate) -> dict[str, object]:
    """Return what the audit log keeps of the number and the bytes that were written down."""
    return {
        "application": case.application.number,
        "content_digest": certificate.content_digest,
        "tbs_sha256": certificate.tbs_sha256,
        "kid": certificate.kid,
        "slot": [certificate.list_number, certificate.slot_index],
        "profile_version": certificate.profile_version,
    }


def _write_decisions(case: Case, wish: Wish, *, now: datetime) -> None:
    decisions = {decision.position: decision for decision in wish.decisions}
    for product in case.products:
        decision = decisions[product.position]
        product.decision = "certified" if decision.keep else "refused"
        product.decision_reason = decision.reason
        product.decided_at = now
