"""The case: everything about one application that a decision looks at, read under one lock.

What is decided on is spelled as one canonical JSON document; its SHA-256 is the content digest that
the officer sees and that both approval rows carry.  It is always computed from the rows themselves,
never taken from a column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mit.credential import canonical_json
from mit.credential.claims import Holder
from mit.lifecycle.application_states import ApplicationState
from mit.lifecycle.audit_events import ACTS_FOR_APPLICANT, AuditEvent
from mit.store import accounts, applications, approvals, audit
from mit.store.accounts import Organisation
from mit.store.applications import Application, ApplicationProduct, AssessmentRecord
from mit.store.approvals import Approval
from mit.store.db import OpenSession
from mit.values.identifiers import is_natural_person

#: Largest stored sheet or assessment, in bytes: 20,000 lines of a few texts of 500 characters.
LARGEST_DOCUMENT = 400_000_000


@dataclass(frozen=True, slots=True)
class Act:
    """One recorded act on the application: who did what, and what was recorded with it."""

    event: AuditEvent
    person_id: UUID | None
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One application as it stands, with its history.

    Attributes:
        assessments: what was said of each product last, by product id.
        approvals: the approval rows that still count.
        acts: everything that was done to it, the first first.
        acted_for_applicant: everyone who ever acted for the organisation that applies.
        hashes: the SHA-256 of texts that were hashed already, by the very text; long ones are asked
            for again and again.
    """

    application: Application
    organisation: Organisation
    products: tuple[ApplicationProduct, ...]
    assessments: Mapping[UUID, AssessmentRecord]
    approvals: tuple[Approval, ...]
    acts: tuple[Act, ...]
    acted_for_applicant: frozenset[UUID]
    hashes: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def state(self) -> ApplicationState:
        """Return the present state."""
        return ApplicationState(self.application.state)

    @property
    def subject(self) -> str:
        """Return the application's name in the audit log."""
        return subject_of(self.application.number)

    @property
    def reviewers(self) -> frozenset[UUID]:
        """Return everyone who ever reviewed this application: by the audit log and by its rows."""
        acted = {act.person_id for act in self.acts if act.event.source == "reviewer"}
        rows = {row.person_id for row in self.approvals if row.kind == "recommendation"}
        return frozenset(person for person in acted | rows | {self.application.reviewer_id} if person)

    @property
    def holder(self) -> Holder:
        """Return the holder as a certificate would name them now."""
        return holder_of(self.organisation, self.application)

    def approval(self, kind: str) -> Approval | None:
        """Return the live row of one kind: ``recommendation`` or ``approval``."""
        return next((row for row in self.approvals if row.kind == kind), None)

    def kept_positions(self, kind: str) -> frozenset[int]:
        """Return the positions that the live row of one kind keeps; none without such a row."""
        row = self.approval(kind)
        return kept_in(row) if row else frozenset()

    def content_digest(self, holder: Holder | None = None) -> str:
        """Return the SHA-256 (hex) of what is decided on, for the holder given or as it is now."""
        return hashlib.sha256(canonical_json.write(self.content(holder))).hexdigest()

    def text_sha256(self, text: str) -> str:
        """Return the SHA-256 (hex) of a text of this case, reckoned from its bytes once."""
        if text not in self.hashes:
            self.hashes[text] = sha256_of(text)
        return self.hashes[text]

    def content(self, holder: Holder | None = None) -> dict[str, object]:
        """Return what is decided on, for the holder given or as it is now."""
        return self._content(holder or self.holder)

    def _content(self, holder: Holder) -> dict[str, object]:
        application = self.application
        return {
            "application": application.number,
            "organisation": str(application.organisation_id),
            "holder": {name: getattr(holder, name) for name in Holder.__slots__},
            "profile_version": application.profile_version,
            "rule_set": {"id": application.rule_set_id, "sha256": application.rule_set_sha256},
            "supersedes": application.supersedes,
            "products": [self._product_content(product) for product in self.products],
        }

    def _product_content(self, product: ApplicationProduct) -> dict[str, object]:
        assessment = self.assessments.get(product.id)
        return {
            "position": product.position,
            "cost_sheet_sha256": self.text_sha256(product.cost_sheet),
            "coverage": product.coverage,
            "assessment": self._assessment_content(assessment) if assessment else None,
        }

    def _assessment_content(self, assessment: AssessmentRecord) -> dict[str, object]:
        return {
            "document_sha256": self.text_sha256(assessment.document),
            "input_sha256": assessment.input_sha256,
            "rule_set_sha256": assessment.rule_set_sha256,
            "meets": assessment.meets,
            "deciding_formula": assessment.deciding_formula,
        }


def open_case(session: OpenSession, application_id: UUID) -> Case:
    """Return the case of an application, which stays locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    return _gather(session, applications.lock_application(session, application_id))


def read_case(session: OpenSession, application_id: UUID) -> Case:
    """Return the case of an application without locking it: for showing.

    Raises:
        NotFoundError: ``not_found``.
    """
    return _gather(session, applications.get_application(session, application_id))


def subject_of(application_number: str) -> str:
    """Return the name of an application in the audit log."""
    return f"application:{application_number}"


def sha256_of(text: str) -> str:
    """Return the SHA-256 (hex) of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def kept_in(row: Approval) -> frozenset[int]:
    """Return the positions of the products that an approval row keeps."""
    decisions = canonical_json.read(row.decisions.encode("utf-8"))
    return frozenset(decision["position"] for decision in decisions if decision["keep"])


def holder_of(organisation: Organisation, application: Application) -> Holder:
    """Return the holder; a natural person's number is left out, because it is never public."""
    tax_number = organisation.tax_number
    return Holder(
        name_th=organisation.name_th,
        name_en=organisation.name_en,
        juristic_number=None if is_natural_person(tax_number) else tax_number,
        address_th=organisation.address_th,
        address_en=organisation.address_en,
        site_th=application.site_th,
        site_en=application.site_en,
        factory_number=application.factory_number,
    )


def _gather(session: OpenSession, application: Application) -> Case:
    acts = tuple(
        Act(AuditEvent(row.event), row.actor_id, canonical_json.read(row.payload.encode("utf-8")))
        for row in audit.events_about(session, subject_of(application.number))
    )
    for_applicant = {act.person_id for act in acts if act.event in ACTS_FOR_APPLICANT and act.person_id}
    organisation_id = application.organisation_id
    return Case(
        application=application,
        organisation=accounts.get_organisation(session, organisation_id),
        products=tuple(applications.products_of(session, application.id)),
        assessments=applications.latest_assessments(session, application.id),
        approvals=tuple(approvals.live_approvals(session, application.id)),
        acts=acts,
        acted_for_applicant=(
            accounts.acted_for(session, organisation_id)
            | applications.authors_for(session, organisation_id)
            | for_applicant
        ),
    )
