"""Give a case out of the house as one file: to its officers, and to the applicant their own."""

from __future__ import annotations

import hashlib
from datetime import datetime

from mit.credential import canonical_json
from mit.criteria.rulebook import Rulebook
from mit.errors import ConflictError
from mit.issuance.case import Case, read_case
from mit.issuance.case_file import (
    CaseFile,
    FiledApproval,
    FiledProduct,
    StoredAssessment,
    write_case_file,
    written_at,
)
from mit.issuance.draft_sections import find_own
from mit.issuance.take import find_case, record
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import accounts, approval_contents, certificates
from mit.store.applications import ApplicationProduct
from mit.store.approvals import Approval
from mit.store.db import OpenSession, transaction


def export_case(actor: Actor, number: str, *, rulebook: Rulebook, now: datetime) -> bytes:
    """Return the file of a case for one of FTI's officers, with both approvals; the log keeps its SHA-256.

    Raises:
        NotFoundError: ``application_not_found``.
        ConflictError: ``case_file_unassessed``, ``case_file_rule_set``.
    """
    with transaction() as session:
        case = read_case(session, find_case(session, actor, number))
        approvals = tuple(_approval(session, row) for row in case.approvals)
        data = write_case_file(_case_file(session, case, rulebook, approvals))
        _record(session, AuditEvent.CASE_EXPORTED, actor, case, data, now)
        return data


def export_own(actor: Actor, number: str, *, rulebook: Rulebook, now: datetime) -> bytes:
    """Return the file of an application of the actor's own organisation; who approved it is not in it.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``application_not_found``.
        ConflictError: as ``export_case``.
    """
    with transaction() as session:
        case = read_case(session, find_own(session, actor, number).id)
        data = write_case_file(_case_file(session, case, rulebook, ()))
        _record(session, AuditEvent.OWN_CASE_EXPORTED, actor, case, data, now)
        return data


def _record(
    session: OpenSession, event: AuditEvent, actor: Actor, case: Case, data: bytes, now: datetime
) -> None:
    record(session, event, actor, case, now=now, sha256=hashlib.sha256(data).hexdigest())


def _case_file(
    session: OpenSession, case: Case, rulebook: Rulebook, approvals: tuple[FiledApproval, ...]
) -> CaseFile:
    application = case.application
    certificate = certificates.certificate_of(session, application.id)
    content, digest = _content(session, case)
    return CaseFile(
        application=application.number,
        state=application.state,
        submitted_at=written_at(application.submitted_at),
        certificate=certificate.number if certificate else "",
        content=content,
        content_digest=digest,
        rule_set_id=application.rule_set_id or "",
        rule_set_sha256=application.rule_set_sha256 or "",
        rule_set=_rule_set(case, rulebook),
        products=tuple(_product(case, product) for product in case.products),
        approvals=approvals,
    )


def _content(session: OpenSession, case: Case) -> tuple[str, str]:
    """Return what was decided on with its digest: as it was seen then, else as it stands now.

    The holder's address may have changed since; what was approved is what the first approval kept.
    """
    first = case.approval("recommendation")
    kept = approval_contents.content_of(session, first.id) if first else ""
    if first and kept:
        return kept, first.content_digest
    return canonical_json.write(case.content()).decode("utf-8"), case.content_digest()


def _rule_set(case: Case, rulebook: Rulebook) -> str:
    """Return the whole rule set that was used; the rulebook keeps each one to the byte."""
    used = case.application.rule_set_sha256
    for rule_set in rulebook.rule_sets:
        if rule_set.sha256 == used:
            return rule_set.document
    if used is None:
        raise ConflictError("case_file_unassessed")
    raise ConflictError("case_file_rule_set", id=case.application.rule_set_id or "")


def _product(case: Case, product: ApplicationProduct) -> FiledProduct:
    said = case.assessments.get(product.id)
    if said is None:
        raise ConflictError("case_file_unassessed")
    return FiledProduct(
        position=product.position,
        name_th=product.name_th,
        name_en=product.name_en,
        cost_sheet=product.cost_sheet,
        cost_sheet_sha256=product.cost_sheet_sha256,
        decision=product.decision or "",
        decision_reason=product.decision_reason,
        assessment=StoredAssessment(
            document=said.document,
            document_sha256=said.document_sha256,
            rule_set_sha256=said.rule_set_sha256,
            input_sha256=said.input_sha256,
            engine_version=said.engine_version,
            meets=said.meets,
            deciding_formula=said.deciding_formula or "",
            assessed_at=written_at(said.assessed_at),
        ),
    )


def _approval(session: OpenSession, row: Approval) -> FiledApproval:
    return FiledApproval(
        kind=row.kind,
        content_digest=row.content_digest,
        decisions=row.decisions,
        note=row.note,
        person=accounts.get_user(session, row.person_id).name,
        given_at=written_at(row.given_at),
    )
