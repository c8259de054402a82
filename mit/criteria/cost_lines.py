"""The lines of a cost sheet as columns: a bill of materials has thousands of lines, and few different words.

What is done with every line is done with a whole column at once; a line by itself is made when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, TypeVar, overload

from mit.criteria.cost_line import MEMBERS, READERS, TEXTS, CostLine, read_evidence, read_line
from mit.errors import Fault, InputError
from mit.values.lookup import turned
from mit.values.money import Money, parse_satang

#: Most lines in one sheet.
LINE_LIMIT = 20_000
#: So few lines are not parted again to find the one that is wrong.
_FEW = 64
_NEEDED = frozenset({"kind", "name", "amount"})
_Read = Callable[[Any], str]


def _or_nothing(read: _Read) -> _Read:
    """Return a reader of a member that may be absent."""
    return lambda value: "" if value is None else read(value)


_READERS: Mapping[str, _Read] = {
    name: read if name in _NEEDED else _or_nothing(read) for name, read in READERS.items()
}
_NAMES = tuple(one.name for one in fields(CostLine))
_members_of = attrgetter(*_NAMES)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CostLines(Sequence[CostLine]):
    """The lines of one sheet, column by column; each column has as many entries as there are lines.

    Attributes:
        positions: place of each line in the sheet, from 1.
        satang: amount of each line.
        texts: every other member but ``evidence``, by its name: the text of each line, empty where it has
            none.  A member that no line has is left out.
        evidence: the entries of each line; empty where no line has any.
    """

    positions: Sequence[int]
    satang: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    evidence: Sequence[tuple[str, ...]] = ()

    @classmethod
    def of(cls, lines: Iterable[CostLine]) -> CostLines:
        """Return *lines* as columns."""
        members: dict[str, Any] = dict.fromkeys(_NAMES, ())
        members.update(zip(_NAMES, zip(*map(_members_of, lines), strict=True), strict=False))
        return cls(
            positions=_places(members["position"]),
            satang=tuple(amount.satang for amount in members["amount"]),
            texts=_filled({name: tuple(text or "" for text in members[name]) for name in TEXTS}),
            evidence=_any(members["evidence"]),
        )

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.satang)

    @overload
    def __getitem__(self, index: int) -> CostLine: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CostLine, ...]: ...
    def __getitem__(self, index: int | slice) -> CostLine | tuple[CostLine, ...]:
        """Return one line or several, as of a tuple."""
        if isinstance(index, slice):
            return tuple(map(self.__getitem__, range(len(self))[index]))
        members: dict[str, Any] = {"name": "", "origin": ""}
        members.update((name, column[index]) for name, column in self.texts.items())
        members["origin"] = members["origin"] or None
        if self.evidence:
            members["evidence"] = self.evidence[index]
        return CostLine(self.positions[index], amount=Money(self.satang[index]), **members)

    def __iter__(self) -> Iterator[CostLine]:
        """Yield each line."""
        return map(self.__getitem__, range(len(self)))

    def column(self, name: str) -> Iterable[str]:
        """Return the text of each line under a member's name."""
        return self.texts.get(name) or repeat("", len(self))

    def without(self, name: str) -> CostLines:
        """Return the lines without a member that may be absent."""
        return replace(self, texts={other: column for other, column in self.texts.items() if other != name})

    def exchanged(self, lines: Sequence[CostLine]) -> CostLines:
        """Return the lines, each of *lines* in the place of the one that has its position."""
        places = {position: index for index, position in enumerate(self.positions)}
        others = CostLines.of(lines)
        at = [places[position] for position in others.positions]
        names = self.texts.keys() | others.texts.keys()
        return CostLines(
            self.positions,
            _put(self.satang, at, others.satang),
            _filled({name: _put(self.column(name), at, others.column(name)) for name in names}),
            _any(_put(self.evidence or repeat((), len(self)), at, others.evidence or repeat(()))),
        )


@dataclass(frozen=True, slots=True)
class LineEntries(Sequence[dict[str, object]]):
    """The lines of a sheet's document, unchecked, by columns; stands where a list of objects would.

    Attributes:
        size: how many lines there are.
        columns: what the lines say of each member; None, as an absent member, where they say nothing.
    """

    size: int
    columns: Mapping[str, Sequence[object]]

    def __len__(self) -> int:
        """Return how many lines there are."""
        return self.size

    @overload
    def __getitem__(self, index: int) -> dict[str, object]: ...
    @overload
    def __getitem__(self, index: slice) -> LineEntries: ...
    def __getitem__(self, index: int | slice) -> dict[str, object] | LineEntries:
        """Return one line as an object, or several by columns."""
        if isinstance(index, slice):
            rows = range(self.size)[index]
            return LineEntries(len(rows), {name: column[index] for name, column in self.columns.items()})
        place = range(self.size)[index]
        said = {name: column[place] for name, column in self.columns.items()}
        return {name: value for name, value in said.items() if value is not None}


def read_lines(entries: Sequence[Any], faults: list[Fault]) -> CostLines:
    """Return the lines of a sheet's document; what is wrong goes to *faults*, each with its place.

    Lines in which nothing is wrong, as nearly all are, are read column by column.  Where something is wrong
    there is no sheet, and no line is returned.
    """
    good = _good_lines(entries, 1)
    if good is not None:
        return good
    noted = len(faults)
    parts = list(_parts(entries, 1, faults))
    return CostLines.of(chain.from_iterable(parts) if len(faults) == noted else ())


def _parts(entries: Sequence[Any], first: int, faults: list[Fault]) -> Iterator[Sequence[CostLine]]:
    """Yield the lines from *first* on, parted until few are left beside one in which something is wrong."""
    good = _good_lines(entries, first)
    if good is not None:
        yield good
    elif len(entries) > _FEW:
        half = len(entries) // 2
        yield from _parts(entries[:half], first, faults)
        yield from _parts(entries[half:], first + half, faults)
    else:
        yield [read_line(entry, f"lines[{at}]", at, faults) for at, entry in enumerate(entries, first)]


def _good_lines(entries: Sequence[Any], first: int) -> CostLines | None:
    """Return lines in which nothing is wrong; None where a fault is to be named."""
    columns = _columns_of(entries)
    if columns is None or not columns.keys() <= MEMBERS:
        return None
    columns |= {name: (None,) * len(entries) for name in _NEEDED - columns.keys()}
    try:
        satang = turned(columns.pop("amount"), parse_satang)
        evidence = tuple(map(read_evidence, columns.pop("evidence", ())))
        texts = {name: turned(column, _READERS[name]) for name, column in columns.items()}
    except (InputError, LookupError, TypeError):  # TypeError: a list where a text belongs
        return None
    lines = CostLines(range(first, first + len(entries)), satang, _filled(texts), _any(evidence))
    return (
        None if ("material", "") in zip(lines.column("kind"), lines.column("origin"), strict=True) else lines
    )


def _places(positions: tuple[int, ...]) -> Sequence[int]:
    """Return positions in their one form: lines that follow each other as a range."""
    first = positions[0] if positions else 1
    follow = range(first, first + len(positions))
    return follow if tuple(follow) == positions else positions


def _columns_of(entries: Sequence[Any]) -> dict[str, Sequence[Any]] | None:
    """Return what the entries say of each member; None where one of them is no plain object."""
    if isinstance(entries, LineEntries):
        return dict(entries.columns)
    if not set(map(type, entries)) <= {dict}:
        return None
    return {name: [entry.get(name) for entry in entries] for name in set[str]().union(*entries)}


def _filled(texts: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the columns in which any line says anything, in the order of the alphabet."""
    return {name: texts[name] for name in sorted(texts) if any(texts[name])}


def _any(evidence: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return evidence if any(evidence) else ()


def _put(column: Iterable[T], at: Iterable[int], values: Iterable[T]) -> tuple[T, ...]:
    """Return a column with other values at some places."""
    whole = list(column)
    for index, value in zip(at, values):  # noqa: B905 - what no line has is repeated for ever
        whole[index] = value
    return tuple(whole)
