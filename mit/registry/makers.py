"""Which imported inputs have a certified maker in Thailand: by HS heading and words, public facts alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mit.criteria.chain import Covered, is_alike
from mit.store import certificate_search
from mit.store.db import viewing

#: Makers that are named for one input.
MOST_MAKERS = 3
_HEADING_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """An input that is imported now: its place in the sheet, its name and HS code."""

    line: int
    name: str
    hs_code: str


@dataclass(frozen=True, slots=True)
class Maker:
    """A product that is certified and in force: what its public page says."""

    number: str
    holder_th: str
    holder_en: str
    product_th: str
    product_en: str


def makers_for(
    inputs: Sequence[Wanted], *, today: date, besides: UUID | None = None
) -> Mapping[int, tuple[Maker, ...]]:
    """Return for each input, by its line, certified products under its heading that share a word with it.

    *besides* is the organisation that asks: its own products are no news to it.  The register proposes, it
    vouches for no price and no fitness.
    """
    coded = [one for one in inputs if len(one.hs_code) >= _HEADING_DIGITS and one.hs_code.isdecimal()]
    if not coded:
        return {}
    headings = {one.hs_code[:_HEADING_DIGITS] for one in coded}
    with viewing() as session:
        found = certificate_search.in_force_under(session, headings, today=today, besides=besides)
    offered = [
        (Maker(row.number, row.holder_th, row.holder_en, row.name_th, row.name_en), _covered(row))
        for row in found
    ]
    makers = {one.line: _alike(one, offered) for one in coded}
    return {line: found for line, found in makers.items() if found}


def _covered(row: certificate_search.Offered) -> Covered:
    models = tuple(str(model) for model in json.loads(row.coverage)["models"])
    return Covered(row.name_th, row.name_en, row.brand, models, row.hs_code)


def _alike(wanted: Wanted, offered: Sequence[tuple[Maker, Covered]]) -> tuple[Maker, ...]:
    """Return the first of each holder."""
    found: dict[str, Maker] = {}
    for maker, covered in offered:
        if len(found) < MOST_MAKERS and is_alike(wanted.name, wanted.hs_code, covered):
            found.setdefault(maker.holder_th, maker)
    return tuple(found.values())
