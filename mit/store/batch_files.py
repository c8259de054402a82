"""The files of a batch on disk, under ``<var>/batches``, only until each is judged.

A folder is called by the instant at which the batch was sent and by its inner identity, so that one whose
rows are gone, or never came to be, is known to be old by its name alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from mit.store.batches import Standing

_CHUNK_BYTES = 1 << 16
_INSTANT = "%Y%m%dT%H%M%SZ"


def keep_file(folder: Path, position: int, stream: BinaryIO, *, most_bytes: int) -> str | None:
    """Write a file piece by piece; return its SHA-256 (hex), or None where it is too large and not kept."""
    folder.mkdir(parents=True, exist_ok=True)
    path, digest, size = _path(folder, position), hashlib.sha256(), 0
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as kept:
        while piece := stream.read(_CHUNK_BYTES):
            size += len(piece)
            if size > most_bytes:
                break
            digest.update(piece)
            kept.write(piece)
    if size > most_bytes:
        path.unlink()
        return None
    return digest.hexdigest()


def read_file(folder: Path, position: int, sha256: str) -> bytes | None:
    """Return the bytes of a file as they were sent; None where they are gone or not the same any more."""
    try:
        data = _path(folder, position).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def forget_files(folder: Path, *, first: int, last: int) -> None:
    """Delete the files of the lines from *first* to *last*; what is gone is no fault."""
    for path in folder.glob("*"):
        if first <= int(path.name) <= last:
            path.unlink(missing_ok=True)


def forget_folder(folder: Path) -> None:
    """Delete everything that is left of a batch."""
    shutil.rmtree(folder, ignore_errors=True)


def folder_of(var_dir: Path, batch_id: UUID, sent_at: datetime) -> Path:
    """Return where the files of a batch lie."""
    return _all(var_dir) / f"{sent_at.astimezone(UTC):{_INSTANT}}-{batch_id.hex}"


def folder_of_batch(var_dir: Path, batch: Standing) -> Path:
    """Return where the files of a stored batch lie."""
    return folder_of(var_dir, batch.id, batch.sent_at)


def sweep(var_dir: Path, before: datetime) -> int:
    """Delete every folder of batches that were sent before an instant; return how many."""
    limit = f"{before.astimezone(UTC):{_INSTANT}}"
    old = [path for path in _all(var_dir).glob("*-*") if path.name < limit]
    for path in old:
        forget_folder(path)
    return len(old)


def _all(var_dir: Path) -> Path:
    return var_dir / "batches"


def _path(folder: Path, position: int) -> Path:
    return folder / str(position)
