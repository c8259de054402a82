"""What stands before a view: how many files are opened at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from mit.errors import MitError

#: Files that one process lets its children open at the same time; the other threads keep answering
#: scans, so that somebody's heavy file never stands in the way of a bid day.
FILES_AT_ONCE = 2

_files = BoundedSemaphore(FILES_AT_ONCE)


@contextmanager
def reading_a_file() -> Iterator[None]:
    """Hold one of the places for opening a file.

    Raises:
        MitError: ``file_readers_busy`` (429) when all are taken.
    """
    if not _files.acquire(blocking=False):
        raise MitError("file_readers_busy")
    try:
        yield
    finally:
        _files.release()
