"""What a file said beside its figures, kept with them: notices by their kind, and where each line stood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from mit.criteria.sheet_report import Notice, Places
from mit.errors import Fault
from mit.issuance.typed import LONGEST_TYPED, Typed

#: Notices of one kind that are kept whole; of the others only how many there are.
MOST_OF_A_KIND = 10


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """Notices of one kind: the first of them, and how many there are in all."""

    first: tuple[Notice, ...]
    count: int

    @property
    def left(self) -> int:
        """Return how many are not among the first."""
        return self.count - len(self.first)


@dataclass(frozen=True, slots=True)
class FileRemarks:
    """What a file said beside its figures, and the cell of each member."""

    notices: tuple[NoticeKind, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    def cells_of(self, faults: Iterable[Fault]) -> dict[str, str]:
        """Return the cell of each field that is wrong."""
        return {fault.where: self.places[fault.where] for fault in faults if fault.where in self.places}


def kinds_of(notices: Iterable[Notice]) -> tuple[NoticeKind, ...]:
    """Return notices by their kind, in the order in which the kinds come first."""
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.code, []).append(notice)
    return tuple(NoticeKind(tuple(several[:MOST_OF_A_KIND]), len(several)) for several in found.values())


def write_remarks(notices: Sequence[Notice], places: Mapping[str, str]) -> str:
    """Return remarks as they are kept: as many notices as fit, the places where they fit, or nothing."""
    kinds = kinds_of(notices)
    kept: dict[str, object] = {"places": _write_places(places)} if isinstance(places, Places) else {}
    for most in (MOST_OF_A_KIND, 3, 1):
        listed = [
            [kind.count, [[one.code, one.where, one.params] for one in kind.first[:most]]] for kind in kinds
        ]
        text = json.dumps({"notices": listed, **kept}, ensure_ascii=False)
        if len(text) <= LONGEST_TYPED:
            return text if kinds or kept else ""
    return (
        json.dumps({"notices": listed}, ensure_ascii=False) if len(json.dumps(listed)) < LONGEST_TYPED else ""
    )


def remarks_of(content: Typed) -> FileRemarks:
    """Return what a file said beside the figures of a cost sheet; nothing where they were typed."""
    if not content.get("source"):
        return FileRemarks()
    kept = json.loads(content["source"])
    kinds = tuple(
        NoticeKind(tuple(Notice(code, where, params) for code, where, params in first), count)
        for count, first in kept["notices"]
    )
    return FileRemarks(kinds, _read_places(kept["places"]) if "places" in kept else {})


def _write_places(places: Places) -> dict[str, object]:
    """Return the places in few words: rows that follow each other as their first and how many."""
    spans = []
    for _, group in groupby(enumerate(places.rows), key=lambda pair: pair[1] - pair[0]):
        rows = [row for _, row in group]
        spans.append([rows[0], len(rows)])
    return {
        "sheet": places.sheet, "fields": places.fields, "columns": places.columns,
        "first": places.first_column, "rows": spans,
    }  # fmt: skip


def _read_places(kept: Mapping[str, object]) -> Places:
    places = Places(str(kept["sheet"]))
    places.fields, places.columns = dict(kept["fields"]), dict(kept["columns"])  # type: ignore[call-overload]
    places.first_column = str(kept["first"])
    for first, count in kept["rows"]:  # type: ignore[attr-defined]
        places.rows.extend(range(first, first + count))
    return places
