"""Evidence: take up a file that backs an application, list, show, replace and take out.

A file is known by what it holds, never by its name: it is opened in the sandbox before it is kept,
and it is given back as that type and no other.  Nothing that was kept is ever thrown away here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from mit.errors import ConflictError, InputError, NotFoundError, UnreadableFileError
from mit.issuance import guards
from mit.issuance.case import read_case, subject_of
from mit.issuance.draft_sections import WrittenApplication, find_own, gather, lock_own
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.sandbox import child
from mit.store import accounts, audit, documents, draft_sections, evidence
from mit.store.applications import Application
from mit.store.db import OpenSession, add, transaction, viewing
from mit.store.evidence import KINDS, MAX_FILES, Evidence

__all__ = ["KINDS", "LARGEST_BYTES", "TYPES", "EvidenceFile", "Upload", "listed", "read", "remove", "upload"]

#: Largest file, in bytes.
LARGEST_BYTES = 10 * 1024 * 1024
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How a file of each type begins → the type, the sandbox's reader that opens it, its ending.
_BEGINNINGS = {
    b"%PDF-": (PDF, "pdf"),
    b"\x89PNG\r\n\x1a\n": (PNG, "picture"),
    b"\xff\xd8\xff": (JPEG, "picture"),
    b"PK\x03\x04": (XLSX, "workbook"),
}
TYPES = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", XLSX: ".xlsx"}
#: What the reader of certificates says and means something else of a document.
_SAID_OF_EVIDENCE = {
    "pdf_encrypted": "evidence_pdf_encrypted",
    "pdf_unreadable": "evidence_pdf_unreadable",
    "pdf_too_large": "evidence_pdf_too_large",
}
_LONGEST_NAME = 120
_UNUSABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: what it is for, the product's number in the draft (0: all), its bytes.

    ``replaces`` is the number of the file whose place it takes, 0 for none.
    """

    kind: str
    product: int
    file_name: str
    data: bytes
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file as it is listed.

    Attributes:
        number: counts from 1 within the application.
        position: the product it backs, counted from 1; 0 for the whole application.
        is_gone: whether it was taken out or replaced.
    """

    number: int
    product: int
    position: int
    kind: str
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    replaces: int
    uploaded_by: str
    uploaded_at: datetime
    is_gone: bool

    @property
    def is_picture(self) -> bool:
        """Say whether a browser shows it as a picture."""
        return self.media_type in {PNG, JPEG}

    @property
    def is_shown(self) -> bool:
        """Say whether it can be looked at inside a page."""
        return self.is_picture or self.media_type == PDF


def upload(actor: Actor, number: str, file: Upload, *, var_dir: Path, now: datetime) -> int:
    """Keep a file and return its number in the application.

    Raises:
        NotFoundError: there is no such application of the actor's organisation, or no such product.
        ConflictError: ``application_not_open``, ``only_questioned_open``.
        InputError: ``evidence_kind_unknown``, ``too_many_files``.
        UnreadableFileError: ``file_empty``, ``file_too_large``, ``evidence_type`` or what its reader
            says of the file.
    """
    if file.kind not in KINDS:
        raise InputError("evidence_kind_unknown", where="kind")
    media_type = type_of(file.data)
    with transaction() as session:
        application = lock_own(session, actor, number)
        _require_open(gather(session, application, sheets=()), file.product)
        running = evidence.next_number(session, application.id)
        if running > MAX_FILES:
            raise InputError("too_many_files", where="file", limit=MAX_FILES)
        if file.replaces:
            _take_out(session, application, file.replaces, now=now)
        sha256 = documents.store_document(session, var_dir, file.data, media_type=media_type, now=now)
        row = Evidence(
            application_id=application.id,
            number=running,
            product=file.product,
            kind=file.kind,
            file_name=clean_name(file.file_name, media_type),
            media_type=media_type,
            size_bytes=len(file.data),
            sha256=sha256,
            replaces=file.replaces or None,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
        add(session, row)
        told: dict[str, object] = {"evidence": running, "sha256": sha256, "replaces": file.replaces or None}
        _record(session, AuditEvent.EVIDENCE_ADDED, actor, application, told, now=now)
    return running


def remove(actor: Actor, number: str, running: int, *, now: datetime) -> None:
    """Take a file out; it is kept aside.  One that is gone already stays so: a second click.

    Raises:
        NotFoundError, ConflictError: as ``upload``, or ``evidence_not_found``.
    """
    with transaction() as session:
        application = lock_own(session, actor, number)
        row = _find(session, application, running)
        _require_open(gather(session, application, sheets=()), row.product)
        if row.removed_at is None:
            _take_out(session, application, running, now=now)
            _record(session, AuditEvent.EVIDENCE_REMOVED, actor, application, {"evidence": running}, now=now)


def listed(actor: Actor, number: str) -> tuple[EvidenceFile, ...]:
    """Return every file of an application that the actor may read, those that are gone too.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application = _readable(session, actor, number)
        products = [product.number for product in gather(session, application, sheets=()).products]
        return tuple(_shown(session, row, products) for row in evidence.evidence_of(session, application.id))


def read(actor: Actor, number: str, running: int, *, var_dir: Path) -> tuple[EvidenceFile, bytes]:
    """Return one file with its bytes, for those who may read the application.

    Raises:
        NotFoundError: ``application_not_found`` or ``evidence_not_found``.
        TamperedError: the bytes are gone or not the ones that were kept.
    """
    with viewing() as session:
        application = _readable(session, actor, number)
        row = _find(session, application, running)
        products = [product.number for product in gather(session, application, sheets=()).products]
        return _shown(session, row, products), documents.read_document(session, var_dir, row.sha256)


def type_of(data: bytes) -> str:
    """Return the media type of what *data* really holds: it was opened, in the sandbox.

    Raises:
        UnreadableFileError: ``file_empty``, ``file_too_large``, ``evidence_type``, or what its reader says.
    """
    if not data:
        raise UnreadableFileError("file_empty", where="file")
    if len(data) > LARGEST_BYTES:
        raise UnreadableFileError("file_too_large", where="file", limit=LARGEST_BYTES // (1024 * 1024))
    for beginning, (media_type, reader) in _BEGINNINGS.items():
        if data.startswith(beginning):
            _open(reader, data)
            return media_type
    raise UnreadableFileError("evidence_type", where="file")


def _open(reader: str, data: bytes) -> None:
    """Open a file in the sandbox; what is wrong with it is said of a document, not of a certificate."""
    try:
        child.run(reader, data)
    except UnreadableFileError as error:
        if error.code in _SAID_OF_EVIDENCE:
            raise UnreadableFileError(_SAID_OF_EVIDENCE[error.code], where="file") from error
        raise


def clean_name(name: str, media_type: str) -> str:
    """Return a file's name as it is shown: no folders, no hidden signs, the ending of its type."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode("utf-8"))
    seen = "".join(sign for sign in _UNUSABLE.sub("", plain) if unicodedata.category(sign) not in _HIDDEN)
    ending = TYPES[media_type]
    stem = seen[: -len(ending)] if seen.casefold().endswith(ending) else re.sub(r"\.[^.]{0,10}$", "", seen)
    return (stem.strip(" .")[:_LONGEST_NAME].strip() or "file") + ending


def _require_open(written: WrittenApplication, product: int) -> None:
    if product:
        written.product(product)
    if not written.opened.allows("evidence", product):
        raise ConflictError("only_questioned_open", where="file")


def _take_out(session: OpenSession, application: Application, running: int, *, now: datetime) -> Evidence:
    row = _find(session, application, running)
    if row.removed_at is None:
        row.removed_at = now
        session.flush()
    return row


def _find(session: OpenSession, application: Application, running: int) -> Evidence:
    row = evidence.find_evidence(session, application.id, running)
    if row is None:
        raise NotFoundError("evidence_not_found", where="file")
    return row


def _readable(session: OpenSession, actor: Actor, number: str) -> Application:
    """Return the application, for its own people and for staff who may read it."""
    if not actor.is_staff:
        return find_own(session, actor, number)
    found = draft_sections.find_application(session, number)
    if found is None:
        raise NotFoundError("application_not_found", where="number")
    guards.may_know(actor, read_case(session, found.id))
    return found


def _shown(session: OpenSession, row: Evidence, products: Sequence[int]) -> EvidenceFile:
    return EvidenceFile(
        number=row.number,
        product=row.product,
        position=products.index(row.product) + 1 if row.product in products else 0,
        kind=row.kind,
        file_name=row.file_name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        replaces=row.replaces or 0,
        uploaded_by=accounts.get_user(session, row.uploaded_by_id).name,
        uploaded_at=row.uploaded_at,
        is_gone=row.removed_at is not None,
    )


def _record(
    session: OpenSession,
    event: AuditEvent,
    actor: Actor,
    application: Application,
    told: dict[str, object],
    *,
    now: datetime,
) -> None:
    subject = subject_of(application.number)
    audit.record(session, event, subject=subject, actor_id=actor.user_id, now=now, payload=told)
