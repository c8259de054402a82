"""The receipt of the last submission, for the applicant's own people: drawn when it is asked for."""

from __future__ import annotations

from mit.document.receipt_pdf import ReceiptPaper, ReceivedProduct, draw_receipt
from mit.errors import NotFoundError
from mit.issuance.authority import Authority
from mit.issuance.case import subject_of
from mit.issuance.draft_sections import find_own
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import accounts, applications, audit, renewals
from mit.store.applications import Application
from mit.store.db import OpenSession, viewing
from mit.values.identifiers import shown_tax_number
from mit.values.thai_date import bangkok_day

_SUBMISSIONS = frozenset({AuditEvent.APPLICATION_SUBMITTED, AuditEvent.APPLICATION_RESUBMITTED})


def read_receipt(actor: Actor, number: str, *, authority: Authority) -> bytes:
    """Return the receipt of the last submission of an application as a PDF.

    Raises:
        NotFoundError: ``application_not_found``, or ``receipt_missing``: it was never submitted.
    """
    with viewing() as session:
        paper = _paper(session, find_own(session, actor, number), authority)
    return draw_receipt(paper)


def _paper(session: OpenSession, application: Application, authority: Authority) -> ReceiptPaper:
    """Return what the receipt says: of the products that were submitted, not of what is written since."""
    submitted_at = application.submitted_at
    events = audit.events_about(session, subject_of(application.number))
    submissions = [row for row in events if row.event in _SUBMISSIONS]
    if submitted_at is None or not submissions:
        raise NotFoundError("receipt_missing", where="number")
    holder = accounts.get_organisation(session, application.organisation_id)
    by = submissions[-1].actor_id
    products = applications.submitted_products(session, application.id, submitted_at)
    return ReceiptPaper(
        number=application.number,
        submitted_at=submitted_at,
        submitted_by=accounts.get_user(session, by).name if by else "–",
        holder_th=holder.name_th,
        holder_en=holder.name_en,
        tax_number=shown_tax_number(holder.tax_number),
        round=len(submissions),
        renews=renewals.renewed_certificate(session, application.id),
        products=tuple(ReceivedProduct(th, en, hs_code or "") for th, en, hs_code in products),
        content_digest=application.content_digest or "",
        issuer=authority.issuer_on(bangkok_day(submitted_at)),
        is_sample=authority.settings.env == "demo",
    )
