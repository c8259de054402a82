"""Read a file that backs an application, for an officer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mit.errors import NotFoundError
from mit.issuance.take import find_case
from mit.roles.actor import Actor
from mit.store import documents, evidence
from mit.store.db import viewing


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of a file, what its content was found to be, its SHA-256 (hex), and its name for people."""

    data: bytes
    media_type: str
    sha256: str
    file_name: str


def read_evidence(actor: Actor, number: str, *, file_number: int, var_dir: Path) -> StoredFile:
    """Return one file of a case, one that was taken out or replaced too.

    Raises:
        NotFoundError: there is no such case, or no such file.
        TamperedError: the stored bytes are gone or are not those that were sent.
    """
    with viewing() as session:
        row = evidence.find_evidence(session, find_case(session, actor, number), file_number)
        if row is None:
            raise NotFoundError
        data = documents.read_document(session, var_dir, row.sha256)
        return StoredFile(data, row.media_type, row.sha256, row.file_name)
