"""Bytes, texts and trees of values, each changed a little at random; the same chance changes alike."""

from __future__ import annotations

import random
from collections.abc import Callable

Tree = object

_BYTES = (
    b"\x00",
    b"\xff",
    b"\xd2\x84",
    b"\xa0",
    b"\xf6",
    b"\x9f",
    b"\x58\x40",
    b"..",
    b'"',
    b"{",
    b"[",
    b"\n",
    b"%PDF-",
)
_TEXTS = (
    *(
        "",
        " ",
        "\u0000",
        "\u202e",
        "\ufeff",
        "\ud800",
        "ก็็",
        "๑๒๓",
        "１２",
        "﷽",
        "İ",
        "ß",
        "-",
        "/",
        "\t",
        ";",
        ",",
        '"',
    ),
    *(
        "0.45 mm",
        "1e999",
        "NaN",
        "-0",
        "ขนาด 45 มม.",
        "yard",
        "x" * 300,
        "9" * 400,
        "/v/1",
        "/c/MIT",
        "O0I1",
        "+",
        "≥ 3",
    ),
    *(
        "2026-02-30",
        "2026-11-21",
        "2026-11-21T00:00:00Z",
        "9999-12-31",
        "MIT-2569-0012345-B",
        "A.B.C",
        "00",
        "131071",
    ),
)
_VALUES: tuple[Callable[[], Tree], ...] = (
    *(
        lambda value=value: value
        for value in (None, True, False, 0, 1, -1, 2**31, 2**63, 10**13, 0.5, 1e300, "", b"")
    ),  # type: ignore[misc]
    *(
        list,
        dict,
        lambda: [[]],
        lambda: {"": None},
        lambda: b"\xe1" * 32,
        lambda: [1, 2, 3],
        lambda: "ก" * 50,
    ),
)


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with one to three small changes; it may come back as it was."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(found) + 1)
        to = min(len(found), at + chance.choice((1, 1, 2, 8, 64)))
        way = chance.randrange(6)
        if way == 0 and at < len(found):
            found[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            found[at:to] = b""
        elif way == 2:
            found[at:at] = chance.choice(_BYTES)
        elif way == 3:
            found[at:at] = found[at:to]
        elif way == 4:
            found[at:to] = chance.randbytes(to - at)
        else:
            del found[at:]
    return bytes(found)


def changed_text(text: str, chance: random.Random) -> str:
    """Return *text* with one to three small changes; it may come back as it was."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.choice((1, 1, 2, 8, 64)))
        put = chance.choice(
            (
                text[at:to] * 2,
                "",
                chance.choice(_TEXTS),
                chr(chance.randrange(0x3000)),
                text[at:to].swapcase(),
            )
        )
        text = text[:at] + put + text[to:]
    return text


def changed_tree(value: Tree, chance: random.Random) -> Tree:
    """Return a copy of a tree of members, lists and plain values with one to three places changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        value = _changed_once(value, chance)
    return value


def _changed_once(value: Tree, chance: random.Random) -> Tree:
    if isinstance(value, dict) and value and chance.random() < 0.93:
        name = chance.choice(list(value))
        return _changed_members(dict(value), name, chance)
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return _changed_list(list(value), at, chance)
    return _other(value, chance)


def _changed_members(members: dict[object, Tree], name: object, chance: random.Random) -> Tree:
    way = chance.randrange(10)
    if way == 0:
        del members[name]
    elif way == 1:
        members[_other(name, chance) if chance.random() < 0.5 else "more"] = chance.choice(_VALUES)()
    else:
        members[name] = _changed_once(members[name], chance)
    return members


def _changed_list(items: list[Tree], at: int, chance: random.Random) -> Tree:
    way = chance.randrange(10)
    if way == 0:
        del items[at]
    elif way == 1:
        items.insert(at, chance.choice((items[at], chance.choice(_VALUES)())))
    elif way == 2 and chance.random() < 0.2:
        items *= 300
    else:
        items[at] = _changed_once(items[at], chance)
    return items


def _other(value: object, chance: random.Random) -> object:
    """Return another plain value: often of the same kind, so that what looks at it closely is reached."""
    if chance.random() < 0.3:
        made = chance.choice(_VALUES)()
        return (
            made
            if not isinstance(value, str | int) or isinstance(made, str | int | bytes | bool | None)
            else str(made)
        )
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return chance.choice(
            (value + 1, value - 1, -value, value * 10, value + 2**16, chance.randrange(200), 10**11 + value)
        )
    if isinstance(value, bytes):
        return changed_bytes(value, chance)
    return chance.choice(_TEXTS) if chance.random() < 0.3 else changed_text(str(value), chance)
