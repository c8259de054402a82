"""The amount of a line that gives none: quantity × unit price × waste × rate, to the nearest satang."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from mit.criteria.cost_line import scaled_number
from mit.values.money import Money

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?", re.ASCII)
#: How baht are written where a currency is asked for, in small letters.
BAHT_WORDS = frozenset({"", "thb", "บาท", "baht", "฿"})


class Reckoned(NamedTuple):
    """An amount that was reckoned: the decimal text, the sum written out, and whether it was rounded."""

    amount: str
    formula: str
    is_rounded: bool


def reckon_amount(line: Mapping[str, object]) -> Reckoned | None:
    """Return quantity × unit price × (100 + waste) ÷ 100 × rate of *line*, rounded half up to satang.

    The rate counts where the unit price is not in baht, and is needed there.  None where something is
    missing or is no number: nothing is guessed.
    """
    needed = ["quantity", "unit_price"]
    if str(line.get("currency", "")).strip().casefold() not in BAHT_WORDS:
        needed.append("rate")
    parts = [_number(line.get(name)) for name in needed]
    waste = _number(line.get("waste_percent", "0"))
    if waste is None or None in parts:
        return None
    satang, unit = 100 * waste[1] + waste[0], waste[1]
    for part in parts:
        scaled, scale = part or (0, 1)
        satang, unit = satang * scaled, unit * scale
    nearest = (2 * satang + unit) // (2 * unit)
    written = [str(line[name]) for name in needed]
    if waste[0]:
        written.insert(2, f"(1 + {line['waste_percent']} %)")
    return Reckoned(Money(nearest).to_text(), " × ".join(written), nearest * unit != satang)


def _number(value: object) -> tuple[int, int] | None:
    """Return a decimal text as a whole number and what it is to be divided by; None of anything else."""
    is_number = isinstance(value, str) and _NUMBER.fullmatch(value)
    return scaled_number(str(value)) if is_number else None
