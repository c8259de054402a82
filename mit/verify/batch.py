"""Many presentations at once: take them in, say how far they are, read what came of them.

(1) The files are written to disk; (2) one transaction writes the batch, its portions and the job of the
first one.  A crash between the two leaves a folder that no row names; ``batch_keep`` sweeps it.
Nothing is recorded of who asked, and the audit log says nothing of a batch: look-ups are not followed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from mit.errors import InputError, NotFoundError
from mit.lifecycle.retention_rules import retention_rules_on
from mit.store import batches, jobs
from mit.store.batch_files import folder_of, forget_folder, keep_file
from mit.store.batches import MOST_LINES, Batch, BatchPortion, Standing
from mit.store.db import add, add_all, new_id, transaction, viewing
from mit.values.thai_date import bangkok_day
from mit.verify.batch_list import given_as
from mit.verify.batch_table import ToldLine, lines_of

__all__ = ["BATCH_JOB", "MOST_FILES", "MOST_LINES", "SentLine", "Standing", "begin", "find", "key_of", "told"]

#: The job that judges the next portion of a batch; its key is ``<batch>:<portion>``.
BATCH_JOB = "batch"
#: Most files of one batch.
MOST_FILES = 200
#: Lines of one portion; a file, opened in a process of its own, counts as many.
PORTION, FILE_COUNTS_AS = 10_000, 2_500
_ADDRESS_BYTES = 24
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SentLine:
    """One line of a batch: a text, or a file that is still to be read.

    Attributes:
        text: what was shown; of a file its name.
        bidder: who showed it, as far as it was said.
        model: the model offered, where one is asked about.
        file: the bytes; None for a text.
    """

    text: str
    bidder: str = ""
    model: str = ""
    file: BinaryIO | None = None


def begin(
    lines: Sequence[SentLine], *, on: date | None, var_dir: Path, most_bytes: int, now: datetime
) -> str:
    """Take in a batch, to be judged as of *on* (today where None), and return its address.

    A file of more than *most_bytes* gets a line that says so.

    Raises:
        InputError: ``batch_empty``, ``batch_too_long`` or ``batch_too_many_files``.
    """
    _check_size(lines)
    address, batch_id = secrets.token_urlsafe(_ADDRESS_BYTES), new_id()
    folder = folder_of(var_dir, batch_id, now)
    is_kept = False
    try:
        asked = [_asked(at, line, folder, most_bytes) for at, line in enumerate(lines, 1)]  # (1)
        batch = Batch(id=batch_id, address_sha256=_hash(address), asked_on=on or bangkok_day(now))
        batch.total, batch.done, batch.sent_at = len(lines), 0, now
        with transaction() as session:  # (2)
            add(session, batch)
            add_all(session, _portions(batch_id, asked))
            jobs.enqueue(session, BATCH_JOB, key=key_of(batch_id, 1), payload={}, now=now)
        is_kept = True
    finally:
        if not is_kept:
            forget_folder(folder)
    return address


def find(address: str, *, now: datetime) -> Standing:
    """Return how far the batch at an address is.

    Raises:
        NotFoundError: ``batch_not_found``: there is none, or its time is over.
    """
    is_address = _ADDRESS.fullmatch(address)
    with viewing() as session:
        found = batches.find_batch(session, _hash(address)) if is_address else None
        if found is None or found.sent_at < kept_since(now):
            raise NotFoundError("batch_not_found")
        prefix = f"{found.id.hex}:"
        is_given_up = not found.is_done and jobs.is_any_dead(session, BATCH_JOB, prefix=prefix)
    return replace(found, is_given_up=is_given_up)


def told(standing: Standing, *, first: int = 1, last: int = MOST_LINES) -> list[ToldLine]:
    """Return the lines of a batch from position *first* to *last*, judged or not, in order."""
    with viewing() as session:
        portions = batches.read_portions(session, standing.id, first=first, last=last)
    found = (line for portion in portions for line in lines_of(portion))
    return [line for line in found if first <= line.position <= last]


def kept_since(now: datetime) -> datetime:
    """Return the instant before which batches were sent whose time is over."""
    rules = retention_rules_on(bangkok_day(now))
    return now - timedelta(days=rules.batches_days if rules else 0)


def key_of(batch_id: UUID, portion: int) -> str:
    """Return the key of the job that judges one portion."""
    return f"{batch_id.hex}:{portion}"


def _check_size(lines: Sequence[SentLine]) -> None:
    files = sum(line.file is not None for line in lines)
    if not lines:
        raise InputError("batch_empty", where="list")
    if files > MOST_FILES:
        raise InputError("batch_too_many_files", where="file", most=MOST_FILES)
    if len(lines) > MOST_LINES:
        raise InputError("batch_too_long", where="list", most=MOST_LINES)


def _asked(position: int, line: SentLine, folder: Path, most_bytes: int) -> dict[str, Any]:
    """Return a line as it waits; its file, where it has one, is on disk by then."""
    document: dict[str, Any] = {}
    if line.bidder:
        document["bidder"] = line.bidder
    if line.model:
        document["model"] = line.model
    if line.file is None:
        document["text"] = line.text
        return document
    sha256 = keep_file(folder, position, line.file, most_bytes=most_bytes)
    return document | {"given": given_as(line.text), "name": line.text[-200:], "sha256": sha256}


def _portions(batch_id: UUID, asked: Sequence[dict[str, Any]]) -> Iterator[BatchPortion]:
    first = 1
    for number, lines in enumerate(_cut(asked, lambda line: FILE_COUNTS_AS if "name" in line else 1), 1):
        packed = batches.pack(lines, is_mostly_digits=True)
        yield BatchPortion(batch_id=batch_id, number=number, first=first, lines=len(lines), asked=packed)
        first += len(lines)


def _cut(
    asked: Sequence[dict[str, Any]], weight_of: Callable[[dict[str, Any]], int]
) -> Iterator[list[dict[str, Any]]]:
    portion: list[dict[str, Any]] = []
    weight = 0
    for line in asked:
        if portion and weight + weight_of(line) > PORTION:
            yield portion
            portion, weight = [], 0
        portion.append(line)
        weight += weight_of(line)
    yield portion


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode("ascii", "replace")).hexdigest()
