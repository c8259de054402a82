"""Print an issued certificate: draw it, seal it, store the file once.

Done by the worker for the job ``print``; the drawing and the plain seal are deterministic, so that
twice gives the same file (a time stamp differs each time; then the file that is named first counts):

(1) the paper is drawn from the stored claims, QR and credential; (2) it is sealed with the X.509
key; (3) the file is written under its hash and flushed to disk; (4) compare-and-set: the
certificate names it unless it names one already; commit.

Only the stored bytes are ever served (security section 1 row 1).
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.errors import ConflictError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.claims_record import read_claims
from mit.issuance.create_seal import open_seal
from mit.issuance.letters import tell_applicant
from mit.issuance.seal_paper import SealedPaper, seal_paper
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.store import applications, audit, certificates, documents
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction, viewing

PDF = "application/pdf"


def print_certificate(number: str, *, now: datetime, authority: Authority) -> None:
    """Print and file the active certificate *number*; nothing is done where it is printed already.

    Raises:
        NotFoundError: there is no such certificate.
        ConflictError: ``certificate_not_active``.
        KeyUnavailableError: ``seal_missing``, or the seal cannot be opened; ``time_stamp_away``,
            ``time_stamp_refused``, ``time_stamp_roots_unusable``.
    """
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
        if certificate.pdf_sha256 is not None:
            return
    material = open_seal(authority, now=now)
    paper = paper_of(certificate, public_url=authority.settings.public_url)
    drawn = draw_certificate(paper)  # (1)
    reach("print.after_draw")
    at = certificate.issued_at or now
    sealed = seal_paper(drawn, material=material, at=at, now=now, settings=authority.settings)  # (2)
    reach("print.after_seal")
    file_paper(number, sealed, now=now, authority=authority)


def paper_of(certificate: Certificate, *, public_url: str) -> CertificatePaper:
    """Return what is printed, from what was written down and signed.

    Raises:
        ConflictError: ``certificate_not_active``: nothing is printed before it is issued.
    """
    if certificate.issued_at is None or not certificate.qr_text or not certificate.credential:
        raise ConflictError("certificate_not_active", number=certificate.number)
    return CertificatePaper(
        claims=read_claims(certificate.claims),
        qr_text=certificate.qr_text,
        verify_host=urlsplit(public_url).netloc,
        credential=certificate.credential.encode("ascii"),
    )


def file_paper(number: str, sealed: SealedPaper, *, now: datetime, authority: Authority) -> None:
    """Store the sealed file and let the certificate name it, once."""
    with transaction() as session:
        certificate = certificates.lock_certificate(session, number)
        var_dir = authority.settings.var_dir
        sha256 = documents.store_document(session, var_dir, sealed.pdf, media_type=PDF, now=now)  # (3)
        # Durable now: the file under its hash.  A crash here leaves a file that no row names;
        # printing again gives the same bytes and finds it there.
        reach("print.after_file")
        if certificates.store_printed(session, number, sha256):  # (4)
            payload = {"pdf_sha256": sha256, "size_bytes": len(sealed.pdf), "seal_level": sealed.level}
            subject = f"certificate:{number}"
            _tell_holder(session, certificate, now=now)
            audit.record(
                session,
                AuditEvent.CERTIFICATE_PRINTED,
                subject=subject,
                actor_id=None,
                now=now,
                payload=payload,
            )
        reach("print.before_commit")
    # Durable now: the certificate names its one file.
    reach("print.after_commit")


def _tell_holder(session: OpenSession, certificate: Certificate, *, now: datetime) -> None:
    application = applications.get_application(session, certificate.application_id)
    tell_applicant(session, application, Letter.CERTIFICATE_READY, now=now, certificate=certificate.number)
