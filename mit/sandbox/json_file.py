"""Read a JSON file in the child process: strictly, and never with a float in it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import NoReturn

from mit.errors import UnreadableFileError

#: Most values (members, list entries) in one document.
VALUE_LIMIT = 1_000_000
DEPTH_LIMIT = 20
#: What may stand before a document (RFC 8259 section 2).
_BLANKS = " \t\n\r"
_UTF_8 = codecs.lookup("utf-8-sig")  # loaded before the doors are closed


def read(data: bytes) -> object:
    """Return the document in *data*; a number that is not whole is given as a one-entry object.

    Raises:
        UnreadableFileError: ``json_not_utf8``, ``json_broken`` with the line, ``json_member_twice``,
            ``json_too_deep`` or ``file_too_many_cells``.
    """
    try:
        text = _UTF_8.decode(data)[0]
    except UnicodeDecodeError as error:
        raise UnreadableFileError("json_not_utf8") from error
    try:
        document: object = json.loads(
            text, object_pairs_hook=_once_each, parse_float=_fraction, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        raise UnreadableFileError("json_broken", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise UnreadableFileError("json_too_deep") from error
    except ValueError as error:
        raise UnreadableFileError("json_broken", line=1, column=1) from error
    _measure(document)
    return document


def read_with_texts(data: bytes) -> object:
    """Return the document in *data*, whose texts that begin as JSON does are found to be JSON too.

    They stay texts; whoever reads one of them afterwards knows that it is not larger than it looks.

    Raises:
        UnreadableFileError: as ``read``, of the document or of one of these texts.
    """
    document = read(data)
    for text in _texts_in(document):
        if text.lstrip(_BLANKS).startswith(("{", "[")):
            read(text.encode("utf-8", "replace"))
    return document


def _texts_in(document: object) -> Iterator[str]:
    layer = [document]
    while layer:
        yield from (value for value in layer if isinstance(value, str))
        layer = [inner for value in layer for inner in _inside(value)]


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, value in pairs:
        if name in document:
            raise UnreadableFileError("json_member_twice", name=name[:40])
        document[name] = value
    return document


def _fraction(text: str) -> dict[str, object]:
    """Keep a number with a point as it was written, so that its place can be named later."""
    return {"number": text[:40]}


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _measure(document: object) -> None:
    layer, values = [document], 0
    for _ in range(DEPTH_LIMIT):
        layer = [inner for value in layer for inner in _inside(value)]
        values += len(layer)
        if values > VALUE_LIMIT:
            raise UnreadableFileError("file_too_many_cells", limit=VALUE_LIMIT)
        if not layer:
            return
    raise UnreadableFileError("json_too_deep")


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
