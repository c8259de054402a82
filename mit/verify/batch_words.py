"""What is said around the certificates of a portion: each wording once, and of those each piece once.  Pure.

Many lines share a wording, and wordings share most of their findings: a finding that names days is only as
common as its days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mit.values.thai_date import utc_text
from mit.verify.verdict import Answer, Verdict
from mit.verify.verdict_json import around


class Words:
    """The wordings of one portion, in the order in which they were first said."""

    def __init__(self) -> None:
        self._shells: list[dict[str, Any]] = []
        self._pieces: dict[bytes, int] = {}
        self._known: dict[tuple[object, ...], int] = {}
        self._seen: dict[int, tuple[int, Verdict]] = {}

    def index_of(self, verdict: Verdict) -> int:
        """Return the place of what is said around the certificate of *verdict*.

        The very object was often seen before; it is kept, so that no other takes its identity.
        """
        seen = self._seen.get(id(verdict))
        if seen is None:
            seen = self._seen[id(verdict)] = self._index_by_words(verdict), verdict
        return seen[0]

    def to_document(self) -> dict[str, Any]:
        """Return the members ``pieces`` and ``shells`` of a portion."""
        return {"pieces": [piece.decode() for piece in self._pieces], "shells": self._shells}

    def _index_by_words(self, verdict: Verdict) -> int:
        said = around(verdict)
        place = self._known.setdefault((said, verdict.known_at), len(self._shells))
        if place == len(self._shells):
            self._shells.append(
                {
                    "before": [self._place(piece) for piece in said.pieces],
                    "as_of": self._place(said.as_of),
                    "behind": self._place(said.behind),
                    "known_at": utc_text(verdict.known_at),
                    "answer": verdict.answer.value,
                    "reason": verdict.leading_reason,
                    "notices": [notice.to_document() for notice in verdict.notices],
                }
            )
        return place

    def _place(self, piece: bytes) -> int:
        return self._pieces.setdefault(piece, len(self._pieces))


def shells_in(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the wordings of a portion in order, ``before``, ``as_of`` and ``behind`` as JSON text."""
    pieces: Sequence[str] = document["pieces"]
    return [
        shell
        | {
            "before": "".join([pieces[at] for at in shell["before"]]),
            "as_of": pieces[shell["as_of"]],
            "behind": pieces[shell["behind"]],
        }
        for shell in document["shells"]
    ]


def outcomes_in(told: Mapping[str, Any]) -> Counter[tuple[Answer, str]]:
    """Return how often each answer stands in a portion, by the answer and its leading reason."""
    counted: Counter[tuple[Answer, str]] = Counter()
    for place, times in Counter(line["shell"] for line in told["lines"]).items():
        shell = told["shells"][place]
        counted[Answer(shell["answer"]), shell["reason"]] += times
    return counted
