"""What came of a batch as lines to look at: answers, who else showed the same, which comes first.  Pure.

A portion is kept as ``{"pieces": […], "shells": […], "lines": […]}``: what is said around the certificate is
alike on many lines and stands once, as JSON that is spelled already (``batch_words``).  What is empty in a
line is left out.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from mit.store.batches import Portion
from mit.verify.alike import Reference
from mit.verify.batch_list import given_as
from mit.verify.batch_words import shells_in
from mit.verify.verdict import Answer
from mit.verify.verdict_json import spelled

#: Problems first: in this order.
_RANK = {Answer.NOT_VALID: 0, Answer.CANNOT_TELL: 1, None: 2, Answer.VALID: 4}
_RANK_OF_DUPLICATE = 3
#: The notice of what a key for samples signed.
SAMPLE = "sample"
#: Positions of others that are named at one line.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of a batch; ``shell`` is None until it is judged.

    Attributes:
        position: from 1, in the order in which they were sent.
        bidder, given, model: as they were sent, ``given`` shortened.
        sha256: of the file's bytes (hex); empty for a text.
        mark: what two lines share that show the same; empty where nothing could be read.
        certificate: what is kept of it, with its number; the member of the JSON verdict once it was
            read in full (``told_certificate``).
        shell: what is said around it.
    """

    position: int
    bidder: str
    given: str
    model: str
    sha256: str = ""
    mark: str = ""
    certificate: Mapping[str, Any] | None = None
    shell: Mapping[str, Any] | None = None

    @property
    def answer(self) -> Answer | None:
        """Return the answer; None until it is judged."""
        return Answer(self.shell["answer"]) if self.shell else None

    @property
    def reason(self) -> str:
        """Return the reason to act on; empty until it is judged."""
        return str(self.shell["reason"]) if self.shell else ""

    @property
    def is_sample(self) -> bool:
        """Say whether a key for samples signed it."""
        return any(notice["code"] == SAMPLE for notice in self._notices)

    @property
    def notices(self) -> list[Mapping[str, Any]]:
        """Return what to know beside the answer, as the JSON verdict has it; that it is a sample aside."""
        return [notice for notice in self._notices if notice["code"] != SAMPLE]

    @property
    def _notices(self) -> Sequence[Mapping[str, Any]]:
        return self.shell["notices"] if self.shell else ()

    def verdict_json(self) -> bytes:
        """Return the JSON verdict as UTF-8, to the letter what a single question is answered."""
        shell = self.shell or {}
        behind = shell["as_of"] + shell["known_at"] + shell["behind"]
        return bytes(shell["before"].encode() + spelled(self.certificate) + behind.encode())


@dataclass(frozen=True, slots=True)
class Twins:
    """The other lines that show the same.

    Attributes:
        kind: ``other_bidder`` where somebody else shows the same certificate, ``same_bidder`` where the
            same one does, ``unnamed`` where a name is missing.
        count: how many others there are.
        named: the positions of the first of them.
        first: the position of the first line that shows it, this one or another.
        is_same_file: whether the bytes are the same as those of another line.
    """

    kind: str
    count: int
    named: tuple[int, ...]
    first: int
    is_same_file: bool


def lines_of(portion: Portion) -> Iterator[ToldLine]:
    """Return the lines of a portion, judged or not."""
    if portion.told is None:
        asked = cast(list[dict[str, Any]], portion.asked)
        for position, line in enumerate(asked, portion.first):
            given = line.get("given") or given_as(line["text"])
            yield ToldLine(position, _of(line, "bidder"), given, _of(line, "model"), _of(line, "sha256"))
        return
    document = cast(dict[str, Any], portion.told)
    shells = shells_in(document)
    for position, line in enumerate(document["lines"], portion.first):
        reference = Reference(*line["certificate"]) if "certificate" in line else None
        yield ToldLine(
            position,
            _of(line, "bidder"),
            line["given"],
            _of(line, "model"),
            _of(line, "sha256"),
            reference.number if reference else _of(line, "mark"),
            reference._asdict() if reference else None,
            shells[line["shell"]],
        )


def _of(line: Mapping[str, Any], name: str) -> str:
    """Return a member that is left out where it is empty."""
    return line.get(name) or ""


def twins_of(lines: Sequence[ToldLine]) -> dict[int, Twins]:
    """Return, by position, which lines show a certificate that another line shows, or the same bytes."""
    groups: dict[str, list[ToldLine]] = defaultdict(list)
    for line in lines:
        groups[line.mark or line.sha256].append(line)
    found: dict[int, Twins] = {}
    for shown, group in groups.items():
        if shown and len(group) > 1:
            found |= _twins(group)
    return found


def counts_of(lines: Sequence[ToldLine]) -> dict[str, int]:
    """Return how many lines have each answer; ``waiting`` are those that are not judged yet."""
    counted = Counter(str(line.answer.value) if line.answer else "waiting" for line in lines)
    return {name: counted[name] for name in (*(answer.value for answer in Answer), "waiting")}


def problems_first(lines: Sequence[ToldLine], twins: Mapping[int, Twins]) -> list[ToldLine]:
    """Return the lines with what is not valid first, then what cannot be told, then what is shown twice."""

    def rank(line: ToldLine) -> tuple[int, int]:
        twin = twins.get(line.position)
        is_odd = line.answer is Answer.VALID and twin is not None and twin.kind == "other_bidder"
        return (_RANK_OF_DUPLICATE if is_odd else _RANK[line.answer], line.position)

    return sorted(lines, key=rank)


def result_json(line: ToldLine, twins: Twins | None) -> bytes:
    """Return one line for machines: the JSON verdict with position, bidder and the others beside it."""
    beside = {
        "position": line.position,
        "given": line.given,
        "bidder": line.bidder or None,
        "model": line.model or None,
        "duplicate": twins.kind if twins else None,
        "duplicate_of": twins.first if twins and twins.first < line.position else None,
        "duplicate_positions": list(twins.named) if twins else [],
        "is_same_file": twins.is_same_file if twins else False,
    }
    text = json.dumps(beside, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return text[:-1] + b"," + line.verdict_json()[1:]


def _twins(group: Sequence[ToldLine]) -> dict[int, Twins]:
    names = Counter(_folded(line.bidder) for line in group)
    files = Counter(line.sha256 for line in group)
    first = [line.position for line in group[: MOST_NAMED + 1]]
    return {
        line.position: Twins(
            kind=_kind(_folded(line.bidder), names),
            count=len(group) - 1,
            named=tuple(one for one in first if one != line.position)[:MOST_NAMED],
            first=first[0],
            is_same_file=bool(line.sha256) and files[line.sha256] > 1,
        )
        for line in group
    }


def _kind(own: str, names: Mapping[str, int]) -> str:
    """Return who else shows it, by how often each name stands beside it; a blank name is nobody's."""
    if own and len(names) - ("" in names) > 1:
        return "other_bidder"
    return "same_bidder" if own and names[own] > 1 else "unnamed"


def _folded(bidder: str) -> str:
    """Return a name as two spellings of it agree: without case, spaces and full width."""
    return "".join(unicodedata.normalize("NFKC", bidder).split()).casefold()
