"""Stored files by content hash: the bytes under ``<var>/documents``, a row for each."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError, TamperedError
from mit.store.db import Base, UtcInstant, insert_or_ignore


class Document(Base):
    """A stored file: its name is the SHA-256 (hex) of its bytes, so it never changes."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size_bytes >= 0", name="size"),
    )

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime] = mapped_column(UtcInstant)


def store_document(session: Session, var_dir: Path, data: bytes, *, media_type: str, now: datetime) -> str:
    """Write *data* to disk and its row to the transaction; return its SHA-256 (hex).

    The file is durable before the row can be committed; a rollback leaves at most a file that no
    row names.  Storing the same bytes twice is harmless.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    path = document_path(var_dir, sha256)
    if not path.is_file() or path.read_bytes() != data:
        _write_durably(path, data)
    values = {"sha256": sha256, "media_type": media_type, "size_bytes": len(data), "stored_at": now}
    insert_or_ignore(session, Document, values)
    return sha256


def read_document(session: Session, var_dir: Path, sha256: str) -> bytes:
    """Return the bytes of a stored document, checked against its name.

    Raises:
        NotFoundError: ``not_found``: no row names it.
        TamperedError: ``document_lost`` where the file is gone, ``document_changed`` where its
            bytes are not the ones that were stored.
    """
    if session.get(Document, sha256) is None:
        raise NotFoundError
    try:
        data = document_path(var_dir, sha256).read_bytes()
    except OSError as error:
        raise TamperedError("document_lost", sha256=sha256) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise TamperedError("document_changed", sha256=sha256)
    return data


def document_path(var_dir: Path, sha256: str) -> Path:
    """Return where the document lies: ``documents/ab/cd/abcd…``."""
    return var_dir / "documents" / sha256[:2] / sha256[2:4] / sha256


def _write_durably(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)  # gone already where it took its place
    for folder in list(path.parents)[:4]:  # a new folder is an entry of the folder above it
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
