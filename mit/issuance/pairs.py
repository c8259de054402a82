"""Which item of an earlier list a later one continues: lines of a cost sheet are known by their names."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

#: Index in the earlier list and in the later one; None in one of them where there is none.
Pair = tuple[int | None, int | None]


def pairs(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """Return which item continues which: the later ones in their order, then those that are gone.

    The same kind and name come first, then the same name; of items that are called alike the first
    continues the first.  What is left over is paired in its order where both lists have as many, for
    a name may have been corrected, and where nothing has a name.
    """
    continued: dict[int, int] = {}
    old, new = list(range(len(before))), list(range(len(after)))
    for key_of in (_kind_and_name, _name):
        continued |= _alike(before, after, old, new, key_of)
        old, new = _without(old, continued.values()), _without(new, continued)
    if len(old) == len(new) or not any(_name(item) for item in [*before, *after]):
        continued |= dict(zip(new, old, strict=False))
        old = _without(old, continued.values())
    kept: list[Pair] = [(continued.get(at), at) for at in range(len(after))]
    return kept + [(at, None) for at in old]


def _alike(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    old: Sequence[int],
    new: Sequence[int],
    key_of: Callable[[Mapping[str, Any]], Hashable],
) -> dict[int, int]:
    """Return for each of *new* the first of *old* with the same key that nothing continues yet."""
    waiting = defaultdict[Hashable, deque[int]](deque)
    for at in old:
        waiting[key_of(before[at])].append(at)
    found = {}
    for at in new:
        key = key_of(after[at])
        if key is not None and waiting[key]:
            found[at] = waiting[key].popleft()
    return found


def _without(items: Sequence[int], taken: Any) -> list[int]:
    gone = set(taken)
    return [item for item in items if item not in gone]


def _kind_and_name(item: Mapping[str, Any]) -> Hashable:
    return (str(item.get("kind")), name) if (name := _name(item)) else None


def _name(item: Mapping[str, Any]) -> str | None:
    name = item.get("name")
    return name if isinstance(name, str) and name else None
