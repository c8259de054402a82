"""JSON in one spelling: sorted members, no spaces, UTF-8, whole numbers only; read back strictly.

The spelling is RFC 8785 (JCS) for the documents of this house, whose member names are ASCII and
whose numbers are integers.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from mit.errors import InputError

#: Largest magnitude that every JSON reader keeps exact (RFC 8785 section 3.2.2.3).
_LARGEST_INTEGER = 2**53 - 1


def write(document: object) -> bytes:
    """Return the one spelling of *document* as UTF-8 bytes.

    Raises:
        InputError: ``json_not_canonical`` for what cannot be spelled: a lone surrogate, a float,
            an integer beyond 2⁵³ − 1, a member name or value that JSON does not have.
    """
    try:
        _demand_spellable(document)
        return _spell(document)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError) as error:
        raise InputError("json_not_canonical") from error


def read(data: bytes, *, limit_bytes: int = 4_000_000) -> Any:
    """Return the document spelled by *data*, which must be the one spelling ``write`` would make.

    Raises:
        InputError: ``json_too_long``, ``json_malformed`` (not UTF-8, not JSON, a member twice,
            a float, nesting too deep) or ``json_not_canonical``.
    """
    if len(data) > limit_bytes:
        raise InputError("json_too_long")
    try:
        document = _load(data)
        if _spell_again(document) == data:  # a member that stood twice is missing here
            return document
        _load(data, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise InputError("json_malformed") from error
    raise InputError("json_not_canonical")


def _load(data: bytes, **more: Any) -> Any:
    return json.loads(
        data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse, parse_int=_whole, **more
    )


def _spell(document: object) -> bytes:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _spell_again(document: object) -> bytes | None:
    """Return the spelling of what was loaded; None where it has none: half a surrogate was written out."""
    try:
        return _spell(document)
    except UnicodeEncodeError:
        return None


def _demand_spellable(document: object) -> None:
    if document is None or isinstance(document, str):
        return
    if isinstance(document, dict):
        for name, value in document.items():
            if not isinstance(name, str):
                raise TypeError("a member name is not text")
            if not isinstance(value, str):  # most are texts
                _demand_spellable(value)
    elif isinstance(document, list | tuple):
        for value in document:
            _demand_spellable(value)
    elif not isinstance(document, int) or abs(document) > _LARGEST_INTEGER:
        raise TypeError("neither object, list, text, whole number, truth value nor null")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a member stands twice")
    return document


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _LARGEST_INTEGER:
        raise ValueError(text)
    return int(text)
