"""A JSON body as we take it: one object, each member once, no NaN and no infinity."""

from __future__ import annotations

import json
from typing import NoReturn


def read_json(data: bytes) -> object:
    """Return the value in *data*.

    Raises:
        ValueError, RecursionError: it is no JSON, has a member twice, or a number that JSON has not.
    """
    return _decoder.decode(data.decode(json.detect_encoding(data), "surrogatepass"))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that has a member twice: nobody knows which of two days was meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands twice")
    return members


#: Made once: ``json.loads`` makes one for each body where it is given hooks.
_decoder = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_once_each)
