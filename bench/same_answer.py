"""Mutants that survive and change no answer: where, how the line reads, and why nothing can notice."""

from __future__ import annotations

SAME_ANSWER: dict[tuple[str, str], str] = {
    (
        "tariff_shift._is_tolerated",
        "if value.satang == -1 or share is None or rule_set.de_minimis is None:",
    ): "nothing stayed: within any share, and equal to nothing on the way left; the same answer on both ways",
    (
        "doubts._is_tax_number",
        "return None  # return False",
    ): "None in place of False, where the caller asks only whether it is true",
}
