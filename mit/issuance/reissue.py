"""Issue a certificate anew under the key of the day, with the same content: for an incident.

The number of a certificate is its own for life, so the new one has a new number and supersedes the old
one when it becomes active; whoever scans the old QR then reads in words which certificate replaces it.
It stands on an application of its own with the same products, sheets and assessments, which the two
persons of the incident recommended and approved: no certificate exists without two approvals of its own
content.  Its period begins on its own issue day (contract section 2, Validity).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mit.errors import ConflictError
from mit.issuance.approve import prepared_facts
from mit.issuance.case import Case, open_case, subject_of
from mit.issuance.certificate_case import Occasion, Told
from mit.issuance.certificate_case import subject_of as certificate_subject
from mit.issuance.move import enter_state
from mit.issuance.prepare import prepare
from mit.issuance.review import write_approval
from mit.issuance.wish import ProductDecision, Seen, Wish
from mit.lifecycle.application_states import ApplicationAction, ApplicationState, find_move
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import FINAL_STATES
from mit.roles.actor import Actor, Role
from mit.store import accounts, applications, certificates
from mit.store.applications import Application, ApplicationProduct, AssessmentRecord
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, add, new_id
from mit.store.status_requests import StatusRequest
from mit.values.thai_date import bangkok_day, year_be

#: What a copied product keeps of the one that was certified.
_OF_PRODUCT = (
    "name_th", "name_en", "hs_code", "price_ex_works_satang", "cost_sheet", "cost_sheet_sha256", "coverage",
)  # fmt: skip
_OF_ASSESSMENT = (
    "rule_set_id", "rule_set_sha256", "input_sha256", "engine_version", "meets", "deciding_formula",
    "document", "document_sha256", "assessed_on", "assessed_at",
)  # fmt: skip
_OF_APPLICATION = (
    "organisation_id", "author_id", "profile_version", "rule_set_id", "rule_set_sha256", "site_th", "site_en",
    "factory_number",
)  # fmt: skip


def require_officers(session: OpenSession, request: StatusRequest, *, now: datetime) -> None:
    """Refuse where who asked, or who confirmed, does not hold the role in which they approve.

    The signer would refuse every certificate, and its number and its predecessor's successor be taken.

    Raises:
        ConflictError: ``request_role_lost`` with the role.
    """
    for person, role in ((request.asked_by_id, Role.REVIEWER), (request.confirmed_by_id, Role.APPROVER)):
        if person is not None and not accounts.held_role_at(session, person, role, now):
            raise ConflictError("request_role_lost", number=request.seq, role=str(role))


def reissue_one(
    session: OpenSession, request: StatusRequest, old: Certificate, by: Occasion
) -> list[Told] | None:
    """Prepare the successor of *old*, which is locked; flush, never commit.

    Return what is to be recorded when everything else is written; None where nothing was left to do:
    what has ended, was never issued, has expired or is replaced already is passed over.

    Raises:
        LintError, KeyUnavailableError, ConflictError: as ``prepare`` and ``require_officers``.
    """
    has_ended = old.status in {str(state) for state in FINAL_STATES} or old.state != "active"
    is_over = bangkok_day(by.now) > old.expires_on
    if has_ended or is_over or certificates.successor_of(session, old.number) is not None:
        return None
    assert request.confirmed_by_id is not None  # noqa: S101 - only confirmed requests come here
    require_officers(session, request, now=by.now)
    asking = accounts.actor_of(session, request.asked_by_id)
    confirming = accounts.actor_of(session, request.confirmed_by_id)
    application_id = _copy(session, old, now=by.now)
    recommended = _recommend(session, asking, application_id, request, now=by.now)
    certificate, approved = _approve(session, confirming, application_id, request, by)
    facts = {"request": request.seq, "successor": certificate.number, "kid": certificate.kid}
    reissued = Told(AuditEvent.REISSUE_PREPARED, certificate_subject(old.number), None, facts)
    return [recommended, *approved, reissued]


def _copy(session: OpenSession, old: Certificate, *, now: datetime) -> UUID:
    """Write an application with what *old* certifies, as it was submitted and assessed."""
    earlier = applications.get_application(session, old.application_id)
    assessed = applications.latest_assessments(session, earlier.id)
    row = Application(
        id=new_id(),
        number=applications.next_application_number(session, year_be(bangkok_day(now))),
        state=str(ApplicationState.SUBMITTED),
        version=1,
        content_digest=old.content_digest,
        supersedes=old.number,
        created_at=now,
        changed_at=now,
        submitted_at=now,
        **{name: getattr(earlier, name) for name in _OF_APPLICATION},
    )
    add(session, row)
    certified = {line.application_product_id for line in certificates.products_certified(session, old.number)}
    kept = [one for one in applications.products_of(session, earlier.id) if one.id in certified]
    for position, product in enumerate(kept, start=1):
        values = {name: getattr(product, name) for name in _OF_PRODUCT}
        copy = ApplicationProduct(id=new_id(), application_id=row.id, position=position, **values)
        said = {name: getattr(assessed[product.id], name) for name in _OF_ASSESSMENT}
        add(session, copy, AssessmentRecord(application_product_id=copy.id, **said))
    row.content_digest = open_case(session, row.id).content_digest()
    session.flush()
    return row.id


def _recommend(
    session: OpenSession, actor: Actor, application_id: UUID, request: StatusRequest, *, now: datetime
) -> Told:
    case, wish = _case_and_wish(session, application_id, ApplicationAction.RECOMMEND, request)
    move = find_move(case.state, wish.action)
    case.application.reviewer_id = actor.user_id
    enter_state(session, case, move, now=now)
    write_approval(session, actor, case, kind="recommendation", wish=wish, now=now)
    return _told(move.event, case, wish, actor)


def _approve(
    session: OpenSession, actor: Actor, application_id: UUID, request: StatusRequest, by: Occasion
) -> tuple[Certificate, list[Told]]:
    case, wish = _case_and_wish(session, application_id, ApplicationAction.APPROVE, request)
    move = find_move(case.state, wish.action)
    write_approval(session, actor, case, kind="approval", wish=wish, now=by.now)
    for product in case.products:
        product.decision, product.decided_at = "certified", by.now
    case.application.approver_id = actor.user_id
    enter_state(session, case, move, now=by.now)
    kept = frozenset(product.position for product in case.products)
    certificate = prepare(session, case, kept=kept, now=by.now, authority=by.authority)
    subject, facts = certificate_subject(certificate.number), prepared_facts(case, certificate)
    prepared = Told(AuditEvent.CERTIFICATE_PREPARED, subject, None, facts)
    return certificate, [_told(move.event, case, wish, actor), prepared]


def _case_and_wish(
    session: OpenSession, application_id: UUID, action: ApplicationAction, request: StatusRequest
) -> tuple[Case, Wish]:
    case = open_case(session, application_id)
    decisions = tuple(ProductDecision(product.position, keep=True) for product in case.products)
    seen = Seen(case.application.version, case.application.content_digest or "")
    return case, Wish(action, seen, decisions, reasons=request.note)


def _told(event: AuditEvent, case: Case, wish: Wish, actor: Actor) -> Told:
    payload = {
        "incident": True,
        "version": case.application.version,
        "content_digest": case.application.content_digest,
        "decisions": [decision.to_document() for decision in wish.decisions],
        "reasons": wish.reasons,
    }
    return Told(event, subject_of(case.application.number), actor.user_id, payload)
