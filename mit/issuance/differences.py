"""What differs between two versions of a document, place by place: for people who compare by eye."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Most differences that are listed for one pair; a sheet has up to 20,000 lines.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One place whose value changed; an empty text: it was not there."""

    where: str
    before: str
    after: str


def differences(before: Any, after: Any, *, where: str = "") -> tuple[Difference, ...]:
    """Return the places (``lines[3].amount``, counted from 1) where two JSON values differ, in order."""
    found = []
    for difference in _walk(before, after, where):
        found.append(difference)
        if len(found) == MOST_LISTED:
            break
    return tuple(found)


def _walk(before: Any, after: Any, where: str) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from _walk(before.get(name), after.get(name), f"{where}.{name}" if where else str(name))
    elif _are_lists(before, after):
        for at in range(max(len(before), len(after))):
            yield from _walk(_item(before, at), _item(after, at), f"{where}[{at + 1}]")
    elif before != after:
        yield Difference(where, _text(before), _text(after))


def _are_lists(before: Any, after: Any) -> bool:
    """Say whether both are lists of objects; short lists of words are compared as a whole."""
    both = isinstance(before, list) and isinstance(after, list)
    return both and all(isinstance(item, Mapping) for item in [*before, *after])


def _item(items: Sequence[Any], at: int) -> Any:
    return items[at] if at < len(items) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " · ".join(_text(item) for item in value.values())
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return str(value)
