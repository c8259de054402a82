"""Pictures of the pages of stored files, kept under ``<var>/previews``: made again when they are gone.

A cache and nothing else: no row names a file here, and what is found is believed no further than its
shape.  It holds at most ``MOST_FILES``; the oldest go first.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

#: Most files that are kept: some hundred megabytes of pages.
MOST_FILES = 2_000
#: How many stay when there were too many.
_LEFT = 1_500
#: Largest file that is kept, in bytes.
LARGEST_BYTES = 8 * 1024 * 1024


def read_preview(var_dir: Path, name: str) -> bytes | None:
    """Return what is kept under *name* (letters, digits and dashes); None where nothing is."""
    try:
        return (_folder(var_dir) / name).read_bytes()
    except OSError:
        return None


def keep_preview(var_dir: Path, name: str, data: bytes) -> None:
    """Keep *data* under *name*; where the disk refuses, it is made again next time."""
    if len(data) > LARGEST_BYTES:
        return
    folder = _folder(var_dir)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=folder, prefix=".new-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(path).replace(folder / name)
        _make_room(folder)


def _folder(var_dir: Path) -> Path:
    return var_dir / "previews"


def _make_room(folder: Path) -> None:
    """Delete the oldest files where there are too many; another process may do the same."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    if len(names) <= MOST_FILES:
        return
    kept = sorted((folder / name for name in names), key=_age_of, reverse=True)
    for path in kept[_LEFT:]:
        path.unlink(missing_ok=True)


def _age_of(path: Path) -> int:
    """Return when a file was written, in nanoseconds; 0 where it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
