"""The worker's part of a batch: judge one portion, keep what came of it, ask for the next.

(1) The portion is judged, outside any transaction; (2) one transaction keeps what came of it, empties what
was shown, and asks for the job of the next portion; (3) its files are deleted.  A crash before (2) leaves
the portion to be judged again, as of the same day; one after it leaves files of a portion that is told,
which the same job, done again, deletes.  Texts are judged in bulk, files one after the other in the sandbox.
"""

from __future__ import annotations

from collections import Counter
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
from mit.verify.alike import Judged
from mit.verify.batch import BATCH_JOB, key_of
from mit.verify.batch_list import given_as
from mit.verify.batch_words import Words, outcomes_in
from mit.verify.bulk import Asked, verify_all
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
from mit.verify.verdict import Answer, Verdict

Line = dict[str, Any]
#: How often an answer was given, by the answer and its leading reason.
Outcomes = Counter[tuple[Answer, str]]


def do_portion(key: str, *, var_dir: Path, now: datetime, public_url: str = "") -> Outcomes:
    """Judge one portion of a batch and ask for the next; one that is judged, or forgotten, is passed over.

    Return how often each answer was given, by its leading reason, if this call told it.
    """
    with without_collecting():
        return _do_portion(key, var_dir=var_dir, now=now, public_url=public_url)


def _do_portion(key: str, *, var_dir: Path, now: datetime, public_url: str) -> Outcomes:
    batch_id, number = UUID(key.partition(":")[0]), int(key.partition(":")[2])
    with viewing() as session:
        batch = batches.get_batch(session, batch_id)
        portion = batches.read_portion(session, batch_id, number)
    if batch is None or portion is None:
        return Counter()
    outcomes: Outcomes = Counter()
    if portion.told is None:
        told, found = _judge_and_pack(batch, portion, var_dir=var_dir, now=now, public_url=public_url)  # (1)
        reach("batch.before_commit")
        with transaction() as session:  # (2)
            if batches.store_told(session, batch_id, number, told):
                outcomes = found
            if not _is_last(batch, portion):
                jobs.enqueue(session, BATCH_JOB, key=key_of(batch_id, number + 1), payload={}, now=now)
        reach("batch.after_commit")
    _forget_files(batch, portion, var_dir)  # (3)
    return outcomes


def _judge_and_pack(
    batch: Standing, portion: Portion, *, var_dir: Path, now: datetime, public_url: str
) -> tuple[bytes, Outcomes]:
    judged = judge_portion(batch, portion, var_dir=var_dir, now=now, public_url=public_url)
    return batches.pack(judged), outcomes_in(judged)


def judge_portion(
    batch: Standing, portion: Portion, *, var_dir: Path, now: datetime, public_url: str = ""
) -> dict[str, Any]:
    """Return what came of a portion as it is kept, by the register as it is at this moment.

    What came inside an address that is not *public_url* is said so.
    """
    lines = cast(list[Line], portion.asked)
    shown = [_shown(batch, position, line, var_dir) for position, line in enumerate(lines, portion.first)]
    models = {line.get("model") for line in lines}
    questions = {model: Question(now, batch.asked_on, model) for model in models}
    judged = _judged([(what, questions[line.get("model")]) for what, line in zip(shown, lines, strict=True)])
    words = Words()
    told = [
        _told(line, what, one, words.index_of(one.answer.with_notices(address_notices(what, public_url))))
        for line, what, one in zip(lines, shown, judged, strict=True)
    ]
    return {**words.to_document(), "lines": told}


def _judged(asked: Sequence[Asked]) -> list[Judged]:
    """Return what came of each in order: texts in bulk, files one by one, each perhaps in its own process."""
    texts = [one for one in asked if not isinstance(one[0], ShownFile)]
    in_bulk = iter(verify_all(texts, now=texts[0][1].now) if texts else ())
    return [
        Judged(verify_shown(what, question)) if isinstance(what, ShownFile) else next(in_bulk)
        for what, question in asked
    ]


def _told(line: Line, shown: Presentation, judged: Judged, shell: int) -> Line:
    """Return a line as it is kept; what is empty, or the same as something else, is left out."""
    reference = judged.reference
    told: Line = {"given": line.get("given") or given_as(line["text"]), "shell": shell}
    if reference is not None:
        told["certificate"] = reference
    elif mark := _mark(shown, judged.answer):
        told["mark"] = mark
    for name in ("bidder", "model", "sha256"):
        if value := line.get(name):
            told[name] = value
    return told


def _shown(batch: Standing, position: int, line: Line, var_dir: Path) -> Presentation:
    if "name" not in line:
        return read_text(line["text"])
    if line["sha256"] is None:
        return Unreadable(Fault("batch_file_too_large"))
    data = read_file(folder_of_batch(var_dir, batch), position, line["sha256"])
    return Unreadable(Fault("batch_file_lost")) if data is None else read_shown_file(data, name=line["name"])


def _mark(shown: Presentation, verdict: Verdict) -> str:
    """Return what two lines share that show the same, where the verdict itself shows no certificate.

    It is the number of the certificate inside, else the very thing shown.
    """
    if verdict.inner and verdict.inner.certificate:
        return verdict.inner.certificate.number
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
