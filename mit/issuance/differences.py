"""What differs between two versions of a document, place by place: for people who compare by eye."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mit.errors import InputError
from mit.issuance.pairs import Pair, pairs
from mit.values.money import parse_baht

#: Most differences that are listed for one pair; a sheet has up to 20,000 lines.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One place whose value changed; an empty text: it was not there.

    Attributes:
        where: the place in the later version; in the earlier one where it is gone.
        name: of the line that changed, as it is called now; empty where the place is no line's member.
    """

    where: str
    before: str
    after: str
    name: str = ""


def differences(before: Any, after: Any, *, where: str = "") -> tuple[Difference, ...]:
    """Return the places (``lines[3].amount``, counted from 1) where two JSON values differ, in order.

    Lines are paired by what they are called, so that one line more or less does not move all that follow;
    where only names changed, in their order.  Their order itself changes nothing.
    """
    found = []
    for difference in _walk(before, after, where):
        found.append(difference)
        if len(found) == MOST_LISTED:
            break
    return tuple(found)


def _walk(before: Any, after: Any, where: str, name: str = "") -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from _walk(before.get(key), after.get(key), f"{where}.{key}" if where else str(key), name)
    elif _are_lists(before, after):
        for old, new in pairs(before, after):
            yield from _walk_pair(before, after, where, (old, new))
    elif before != after:
        yield Difference(where, _text(before), _text(after), name)


def _walk_pair(before: Any, after: Any, where: str, pair: Pair) -> Iterator[Difference]:
    old, new = pair
    if old is not None and new is not None:
        yield from _walk(before[old], after[new], f"{where}[{new + 1}]", _name(after[new]))
    elif old is not None:
        yield Difference(f"{where}[{old + 1}]", _text(before[old]), "")
    elif new is not None:
        yield Difference(f"{where}[{new + 1}]", "", _text(after[new]))


def _are_lists(before: Any, after: Any) -> bool:
    """Say whether both are lists of objects; short lists of words are compared as a whole."""
    both = isinstance(before, list) and isinstance(after, list)
    return both and all(isinstance(item, Mapping) for item in [*before, *after])


def _name(item: Mapping[str, Any]) -> str:
    name = item.get("name")
    return name if isinstance(name, str) else ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping) and "name" in value and "amount" in value:
        return f"{value['name']} · {_shown(value['amount'])}"
    if isinstance(value, Mapping):
        return " · ".join(_text(item) for item in value.values())
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _shown(amount: Any) -> str:
    """Return an amount as people read it; what is none stays as it is."""
    try:
        return parse_baht(amount, where="").to_shown()
    except InputError:
        return _text(amount)
