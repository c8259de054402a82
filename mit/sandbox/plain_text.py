"""Character data of XML without a parser: whether it is allowed, and what it says.

What stands between two tags holds no ``<``.  Besides, XML demands that it is UTF-8, that it holds neither a
character that XML forbids nor ``]]>``, and that each ``&`` begins a reference to a character that is allowed.
A part without declarations has no entities but the five that are built in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.parsers import expat

from mit.sandbox.packed_rows import SEPARATOR

_SEPARATOR = SEPARATOR.encode()
#: Forbidden below the space: all but tab and the two ends of a line.
_CONTROLS = bytes(sorted({*range(0x20)} - set(b"\t\n\r")))
#: Besides our separator the only other one that is forbidden; halves of surrogates are no UTF-8.
_NEVER = "\ufffe".encode()
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class NotPlainError(Exception):
    """Something that the patterns do not name: the part is to be read by the parser."""


def join_texts(written: Sequence[bytes]) -> str:
    """Return what texts say that are written between tags, parted by the separator.

    Raises:
        NotPlainError: one of them is not allowed, or would be parted.
    """
    joined = _SEPARATOR.join(written)
    if has_controls(joined) or b"]]>" in joined or _NEVER in joined:
        raise NotPlainError
    try:
        text = joined.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotPlainError from error
    if text.count(SEPARATOR) != len(written) - 1:
        raise NotPlainError
    return _unescaped(text) if b"&" in joined else text


def has_controls(written: bytes) -> bool:
    """Say whether a control character is in it that XML forbids."""
    return len(written.translate(None, _CONTROLS)) != len(written)


def require_well_formed(pieces: Iterable[bytes]) -> None:
    """Let the parser look at a document.

    Raises:
        NotPlainError: it is none.
    """
    checker = expat.ParserCreate("utf-8")
    try:
        checker.Parse(b"".join(pieces), True)  # noqa: FBT003 - so it is spelled there
    except expat.ExpatError as error:
        raise NotPlainError from error


def _unescaped(text: str) -> str:
    pieces = _REFERENCE.split(text)
    if text.count("&") != len(pieces) // 2:
        raise NotPlainError
    known = {
        written: _character(written) for written in set(pieces[1::2])
    }  # some programs escape all of Thai
    pieces[1::2] = map(known.__getitem__, pieces[1::2])
    return "".join(pieces)


def _character(written: str) -> str:
    """Return the character that a reference names.

    Raises:
        NotPlainError: XML does not allow it.
    """
    if written in _NAMED:
        return _NAMED[written]
    code = int(written[2:], 16) if written.startswith("#x") else int(written[1:])
    is_allowed = code in {0x9, 0xA, 0xD} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    if not is_allowed and not 0x10000 <= code <= 0x10FFFF:
        raise NotPlainError
    return chr(code)
