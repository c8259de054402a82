"""A text that people read, in force from one day to another: kept as data, with its mark of certainty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from mit.values.bilingual import Bilingual
from mit.values.thai_date import parse_iso_day


@dataclass(frozen=True, slots=True)
class DatedText:
    """One version of the words: from when to when, and whether a published source backs them."""

    id: str
    in_force_from: date
    in_force_until: date | None
    is_verified: bool
    text: Bilingual

    @property
    def sha256(self) -> str:
        """Return the SHA-256 (hex) of both texts: what was agreed to can be told from it later."""
        return sha256(json.dumps([self.text.th, self.text.en]).encode("ascii")).hexdigest()


@cache
def read_dated_texts(path: Path) -> tuple[DatedText, ...]:
    """Return every version in a file of ours: a JSON list of ``id, in_force_from, …, verified, text``."""
    return tuple(
        DatedText(
            id=entry["id"],
            in_force_from=parse_iso_day(entry["in_force_from"]),
            in_force_until=parse_iso_day(entry["in_force_until"]) if entry["in_force_until"] else None,
            is_verified=entry["verified"],
            text=Bilingual(entry["text"]["th"], entry["text"]["en"]),
        )
        for entry in json.loads(path.read_text("utf-8"))
    )
