"""The words that a manufacturer declares: a dated setting, marked where no published form backs it.

No published text of the declaration was found (domain page, open questions), so the present one is
ours and says so; a verified one takes its place by date.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from mit.errors import NotFoundError
from mit.values.bilingual import Bilingual
from mit.values.in_force import pick
from mit.values.thai_date import parse_iso_day

_TEXTS = Path(__file__).parent / "declarations" / "texts.json"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One version of the words: from when to when, and whether a published form backs them."""

    id: str
    in_force_from: date
    in_force_until: date | None
    is_verified: bool
    text: Bilingual

    @property
    def sha256(self) -> str:
        """Return the SHA-256 (hex) of both texts: what was declared can be told from it later."""
        return sha256(json.dumps([self.text.th, self.text.en]).encode("ascii")).hexdigest()


def declaration_on(day: date) -> Declaration:
    """Return the words in force on a Bangkok day.

    Raises:
        NotFoundError: ``no_declaration_in_force``.
    """
    found = pick(_every(), day)
    if found is None:
        raise NotFoundError("no_declaration_in_force", day=day.isoformat())
    return found


@cache
def _every() -> tuple[Declaration, ...]:
    return tuple(
        Declaration(
            id=entry["id"],
            in_force_from=parse_iso_day(entry["in_force_from"]),
            in_force_until=parse_iso_day(entry["in_force_until"]) if entry["in_force_until"] else None,
            is_verified=entry["verified"],
            text=Bilingual(entry["text"]["th"], entry["text"]["en"]),
        )
        for entry in json.loads(_TEXTS.read_text("utf-8"))
    )
