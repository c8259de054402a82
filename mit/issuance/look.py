"""What a person sees of an application: where it stands, what is decided on, and its digest.

Reading only; what is shown here is what the person's decision then refers to (``Seen``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from mit.credential.claims import Holder
from mit.issuance import guards
from mit.issuance.case import Case, read_case, sha256_of
from mit.issuance.wish import Seen
from mit.lifecycle.application_states import ApplicationAction, ApplicationState, actions_from
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role
from mit.store import certificates
from mit.store.applications import ApplicationProduct
from mit.store.db import viewing


@dataclass(frozen=True)  # without slots: its documents are read when they are asked for
class ProductView:
    """One product as it is judged.

    Attributes:
        coverage_text, cost_sheet_text: the JSON of the contract's coverage entry and cost sheet.
        assessment_text: the JSON of what ``mit assess`` answers, or None before the submission.
        meets: whether the rule set is met; None before the submission.
        decision: ``certified``, ``refused`` or None while it is open.
        texts_sha256: over the bytes of the three texts, as they were read; what is remembered of them
            is remembered by it.
    """

    position: int
    name_th: str
    name_en: str
    coverage_text: str
    cost_sheet_text: str = field(repr=False)
    assessment_text: str | None = field(repr=False)
    meets: bool | None
    decision: str | None
    decision_reason: str
    texts_sha256: str = ""

    @cached_property
    def coverage(self) -> dict[str, Any]:
        """Return the contract's coverage entry."""
        return _read(self.coverage_text)

    @cached_property
    def models(self) -> frozenset[str]:
        """Return the models that the product covers."""
        return frozenset(self.coverage["models"])

    @cached_property
    def cost_sheet(self) -> dict[str, Any]:
        """Return the contract's cost sheet; secret, for the applicant and FTI's people only."""
        return _read(self.cost_sheet_text)

    @cached_property
    def assessment(self) -> dict[str, Any] | None:
        """Return what ``mit assess`` answers, or None before the submission."""
        return None if self.assessment_text is None else _read(self.assessment_text)


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application as it stands, for one person.

    Attributes:
        seen: what the person's next act refers to.
        actions: what the person's roles may do from this state; guards are asked when they do it.
        certificate_number: empty unless it was approved.
        supersedes: the certificate that it corrects and will replace; empty where it replaces none.
    """

    application_id: UUID
    number: str
    state: ApplicationState
    seen: Seen
    holder: Holder
    products: tuple[ProductView, ...]
    actions: tuple[ApplicationAction, ...]
    reasons: str
    rule_set_id: str
    changed_at: datetime
    certificate_number: str
    supersedes: str = ""


def look_at(actor: Actor, application_id: UUID) -> ApplicationView:
    """Return the application as *actor* may see it.

    Raises:
        NotFoundError: ``not_found`` or ``application_not_found``: it does not exist, or is another
            manufacturer's.
    """
    with viewing() as session:
        case = read_case(session, application_id)
        guards.may_know(actor, case)
        certificate = certificates.certificate_of(session, application_id)
    return view_of(actor, case, certificate.number if certificate else "")


def view_of(actor: Actor, case: Case, certificate_number: str) -> ApplicationView:
    """Return a case that was read as *actor*, who may know of it, sees it."""
    application = case.application
    return ApplicationView(
        application_id=application.id,
        number=application.number,
        state=case.state,
        seen=Seen(application.version, case.content_digest()),
        holder=case.holder,
        products=tuple(_product(case, product) for product in case.products),
        actions=_actions(actor, case.state),
        reasons=application.reasons,
        rule_set_id=application.rule_set_id or "",
        changed_at=application.changed_at,
        certificate_number=certificate_number,
        supersedes=application.supersedes or "",
    )


def _actions(actor: Actor, state: ApplicationState) -> tuple[ApplicationAction, ...]:
    roles = [role for role in Role if holds_role(actor, role)]
    return tuple(action for role in roles for action in actions_from(state, role))


def _product(case: Case, product: ApplicationProduct) -> ProductView:
    assessment = case.assessments.get(product.id)
    document = assessment.document if assessment else None
    hashes = [case.text_sha256(text) for text in (product.coverage, product.cost_sheet, document or "")]
    return ProductView(
        position=product.position,
        name_th=product.name_th,
        name_en=product.name_en,
        coverage_text=product.coverage,
        cost_sheet_text=product.cost_sheet,
        assessment_text=document,
        meets=assessment.meets if assessment else None,
        decision=product.decision,
        decision_reason=product.decision_reason,
        texts_sha256=sha256_of("".join(hashes)),
    )


def _read(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document
