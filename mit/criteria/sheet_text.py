"""The canonical JSON of a cost sheet's columns, in pieces: a sheet may have 10,000 lines.

The plain way is ``canonical_json`` of every column; this gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring

from mit.criteria.cost_lines import CostLines
from mit.criteria.members import canonical_json


def columns_json(lines: CostLines) -> Iterator[bytes]:
    """Yield the canonical JSON of *lines* as ``cost_sheet.sheet_sha256`` describes it."""
    yield b'{"amount_satang":'
    yield str(list(lines.satang)).replace(" ", "").encode("ascii")
    for name in sorted([*lines.texts, *(["evidence"] if lines.evidence else [])]):
        yield f',"{name}":'.encode("ascii")
        yield canonical_json(lines.evidence) if name == "evidence" else _texts_json(lines.texts[name])
    yield b"}"


def _texts_json(texts: Sequence[str]) -> bytes:
    """Return the canonical JSON of a list of texts; nearly all are written as they are."""
    joined = '","'.join(texts)
    if len(encode_basestring(joined)) != len(joined) + len('""') * len(
        texts
    ):  # signs that JSON spells otherwise
        return canonical_json(texts)
    return b'["%b"]' % joined.encode()
