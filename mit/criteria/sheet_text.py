"""The canonical JSON of a cost sheet's lines, written at once: a sheet may have 10,000 and is hashed often.

The plain way is ``canonical_json`` of every line's ``to_document``.  This gives the same bytes; what is
written in another way than nearly all lines is left to the plain way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring
from operator import attrgetter

from mit.criteria.cost_line import CostLine
from mit.criteria.members import canonical_json

#: The texts of a line by their names in the order of the alphabet, in which they stand behind ``amount``.
_NAMES = (
    "country", "currency", "hs_code", "kind", "name", "origin", "quantity", "rate", "rate_on", "supplier",
    "supplier_certificate", "supplier_tax_number", "unit", "unit_price", "waste_percent",
)  # fmt: skip
_texts_of = attrgetter(*_NAMES)
_Texts = tuple[str | None, ...]
_MEMBERS = tuple(f',"{name}":' for name in _NAMES)
_BETWEEN, _BEGIN, _END = '},{"amount":', '{"amount":"', '"}'


def lines_json(lines: Sequence[CostLine]) -> str:
    """Return the canonical JSON of the list of *lines*: sorted members, no spaces."""
    if not lines:
        return "[]"
    every: list[_Texts] = [_texts_of(line) for line in lines]
    if not _are_plain(every):
        every = [tuple(map(_spelled, texts)) for texts in every]
    pieces: list[str] = []  # what stands between two quotation marks, in and out of the texts
    add = pieces.append
    for line, texts in zip(lines, every, strict=True):
        add(_BETWEEN)
        baht, satang = divmod(line.amount.satang, 100)
        if line.evidence or baht < 0 or not line.name:
            add(canonical_json(line.to_document()).decode("utf-8")[len(_BEGIN) : -len(_END)])
            continue
        add(f"{baht}.{satang:02d}")
        for member, text in zip(_MEMBERS, texts):  # noqa: B905 - as many, and the innermost loop
            if text:
                add(member)
                add(text)
    return "[" + '"'.join(pieces).removeprefix("},") + _END + "]"


def _are_plain(every: Iterable[_Texts]) -> bool:
    """Say whether no text has a sign that JSON spells otherwise; looked for in all of them at once."""
    whole = "".join(["".join(filter(None, texts)) for texts in every])
    return len(encode_basestring(whole)) == len(whole) + len('""')


def _spelled(text: str | None) -> str | None:
    return encode_basestring(text)[1:-1] if text else None
