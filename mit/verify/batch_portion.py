"""The worker's part of a batch: judge one portion, keep what came of it, ask for the next.

(1) The portion is judged, outside any transaction; (2) one transaction keeps what came of it, empties what
was shown, and asks for the job of the next portion; (3) its files are deleted.  A crash before (2) leaves
the portion to be judged again, as of the same day; one after it leaves files of a portion that is told,
which the same job, done again, deletes.  Texts are judged in bulk, files one after the other in the sandbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from mit.errors import Fault
from mit.failpoints import reach
from mit.store import batches, jobs
from mit.store.batch_files import folder_of_batch, forget_files, forget_folder, read_file
from mit.store.batches import Portion, Standing
from mit.store.db import transaction, viewing
from mit.values.collecting import without_collecting
from mit.values.thai_date import utc_text
from mit.verify.batch import BATCH_JOB, key_of
from mit.verify.bulk import verify_all
from mit.verify.content import sha256_hex
from mit.verify.foreign import address_notices
from mit.verify.presentation import (
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    Unreadable,
    read_text,
)
from mit.verify.presentation import read_file as read_shown_file
from mit.verify.question import Question
from mit.verify.scan import verify_shown
from mit.verify.told_certificate import reference_to
from mit.verify.verdict import Verdict
from mit.verify.verdict_json import around

Line = dict[str, Any]


def do_portion(key: str, *, var_dir: Path, now: datetime, public_url: str = "") -> None:
    """Judge one portion of a batch and ask for the next; one that is judged, or forgotten, is passed over."""
    batch_id, number = UUID(key.partition(":")[0]), int(key.partition(":")[2])
    with viewing() as session:
        batch = batches.get_batch(session, batch_id)
        portion = batches.read_portion(session, batch_id, number)
    if batch is None or portion is None:
        return
    if portion.told is None:
        with without_collecting():
            judged = judge_portion(batch, portion, var_dir=var_dir, now=now, public_url=public_url)
            told = batches.pack(judged)  # (1)
        reach("batch.before_commit")
        with transaction() as session:  # (2)
            batches.store_told(session, batch_id, number, told)
            if not _is_last(batch, portion):
                jobs.enqueue(session, BATCH_JOB, key=key_of(batch_id, number + 1), payload={}, now=now)
        reach("batch.after_commit")
    _forget_files(batch, portion, var_dir)  # (3)


def judge_portion(
    batch: Standing, portion: Portion, *, var_dir: Path, now: datetime, public_url: str = ""
) -> dict[str, Any]:
    """Return what came of a portion as it is kept, by the register as it is at this moment.

    What came inside an address that is not *public_url* is said so.
    """
    lines = cast(list[Line], portion.asked)
    shown = [_shown(batch, position, line, var_dir) for position, line in enumerate(lines, portion.first)]
    questions = [Question(now, batch.asked_on, line["model"] or None) for line in lines]
    answers = zip(shown, _verdicts(shown, questions, now), strict=True)
    verdicts = [verdict.with_notices(address_notices(what, public_url)) for what, verdict in answers]
    shells = _Shells()
    told = [
        {
            "given": line["given"],
            "bidder": line["bidder"],
            "model": line["model"],
            "sha256": line.get("sha256") or "",
            "mark": _mark(what, verdict),
            "certificate": reference_to(verdict.certificate),
            "shell": shells.index_of(verdict),
        }
        for line, what, verdict in zip(lines, shown, verdicts, strict=True)
    ]
    return {"shells": shells.documents, "lines": told}


class _Shells:
    """What is said around the certificates of a portion, each wording once."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self._known: dict[tuple[object, ...], int] = {}

    def index_of(self, verdict: Verdict) -> int:
        """Return the place of what is said around the certificate of *verdict*."""
        before, as_of, behind = around(verdict)
        key = (before, as_of, behind, verdict.known_at)
        known = self._known.get(key)
        if known is not None:
            return known
        parts = {"before": before, "as_of": as_of, "behind": behind}
        self.documents.append(
            {name: part.decode() for name, part in parts.items()}
            | {"answer": verdict.answer.value, "reason": verdict.leading_reason}
            | {"notices": [notice.to_document() for notice in verdict.notices]}
            | {"known_at": utc_text(verdict.known_at)}
        )
        return self._known.setdefault(key, len(self.documents) - 1)


def _verdicts(shown: Sequence[Presentation], questions: Sequence[Question], now: datetime) -> list[Verdict]:
    """Return the verdicts in order: texts in bulk, files one by one, each perhaps in its own process."""
    texts = [at for at, what in enumerate(shown) if not isinstance(what, ShownFile)]
    found = dict(
        zip(texts, verify_all([(shown[at], questions[at]) for at in texts], now=now), strict=True)
        if texts
        else ()
    )
    for at, what in enumerate(shown):
        if isinstance(what, ShownFile):
            found[at] = verify_shown(what, questions[at])
    return [found[at] for at in range(len(shown))]


def _shown(batch: Standing, position: int, line: Line, var_dir: Path) -> Presentation:
    if "name" not in line:
        return read_text(line["text"])
    if line["sha256"] is None:
        return Unreadable(Fault("batch_file_too_large"))
    data = read_file(folder_of_batch(var_dir, batch), position, line["sha256"])
    return Unreadable(Fault("batch_file_lost")) if data is None else read_shown_file(data, name=line["name"])


def _mark(shown: Presentation, verdict: Verdict) -> str:
    """Return what two lines share that show the same: the certificate, else the very thing shown."""
    vouched = verdict.certificate or (verdict.inner.certificate if verdict.inner else None)
    if vouched is not None:
        return vouched.number
    if isinstance(shown, ShownNumber):
        return shown.number
    if isinstance(shown, ShownQr):
        return sha256_hex(shown.data)
    return sha256_hex(shown.text.encode("ascii")) if isinstance(shown, ShownCredential) else ""


def _is_last(batch: Standing, portion: Portion) -> bool:
    return portion.first + portion.lines > batch.total


def _forget_files(batch: Standing, portion: Portion, var_dir: Path) -> None:
    folder = folder_of_batch(var_dir, batch)
    if _is_last(batch, portion):
        forget_folder(folder)  # nothing is left of any file
        return
    forget_files(folder, first=portion.first, last=portion.first + portion.lines - 1)
