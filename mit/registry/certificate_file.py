"""The certificate on paper, as a file: for its holder's people and for staff."""

from __future__ import annotations

from pathlib import Path

from mit.errors import NotFoundError
from mit.roles.actor import Actor
from mit.roles.permissions import may_read_paper
from mit.store import certificates, documents
from mit.store.db import viewing
from mit.values.identifiers import CertificateNumber


def read_certificate_file(actor: Actor, number: CertificateNumber, *, var_dir: Path) -> bytes:
    """Return the sealed PDF, exactly as it was filed.

    Raises:
        NotFoundError: ``certificate_not_found``, or ``certificate_file_missing``: not printed yet, or
            the actor has no part in it.
        TamperedError: the file is not the one that was filed.
    """
    with viewing() as session:
        row = certificates.find_certificate(session, str(number))
        if row is None:
            raise NotFoundError("certificate_not_found", where="number", number=str(number))
        if row.pdf_sha256 is None or not may_read_paper(actor, row.organisation_id):
            raise NotFoundError("certificate_file_missing", where="number")
        return documents.read_document(session, var_dir, row.pdf_sha256)
