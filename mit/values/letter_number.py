"""Numbers of dealers' letters: drawn by chance, so that nobody finds one by counting.

Whoever has a number may read the letter, and a rival who could count through them would learn every
maker's dealers.  Fifty bits of chance stand between two numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from mit.errors import MalformedNumberError
from mit.values.identifiers import plain_letters

#: Signs that are not taken for one another: no I, L, O, U (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN_SIGNS = 10
_PREFIX = "DLR"
_LETTER = re.compile(rf"(2[4-9][0-9]{{2}})([{ALPHABET}]{{{DRAWN_SIGNS}}})([{ALPHABET}])", re.ASCII)
_ALIKE = str.maketrans("ILO", "110")
#: Longest text that is looked at, in characters: a number with all its separators, and to spare.
_LONGEST_TYPED = 80


@dataclass(frozen=True, slots=True, order=True)
class LetterNumber:
    """A dealer's letter's number for life: Buddhist-era year and ten drawn signs.

    Written ``DLR-2569-7K3QW-M9T2X-D``; the last sign is the ISO 7064 MOD 37,36 check character over
    the rest without dashes.
    """

    year_be: int
    drawn: str

    def __post_init__(self) -> None:
        """Refuse numbers outside the printed form."""
        if not _LETTER.fullmatch(f"{self.year_be}{self.drawn}{self.check_character}"):
            raise MalformedNumberError("letter_number_malformed", text=str(self.drawn)[:40])

    @property
    def check_character(self) -> str:
        """Return the ISO 7064 MOD 37,36 check character."""
        return _check_of(self.year_be, self.drawn)

    def __str__(self) -> str:
        """Return the printed form, e.g. ``DLR-2569-7K3QW-M9T2X-D``."""
        half = DRAWN_SIGNS // 2
        return f"{_PREFIX}-{self.year_be}-{self.drawn[:half]}-{self.drawn[half:]}-{self.check_character}"


def draw_letter_number(year_be: int, *, choose: Callable[[int], int]) -> LetterNumber:
    """Return a fresh number; ``choose(n)`` draws a whole number below *n*.

    Drawn again where the check character would be one of those that are taken for another.
    """
    while True:
        drawn = "".join(ALPHABET[choose(len(ALPHABET))] for _ in range(DRAWN_SIGNS))
        if _check_of(year_be, drawn) in ALPHABET:
            return LetterNumber(year_be, drawn)


def parse_letter_number(text: str) -> LetterNumber:
    """Return the letter's number a person typed: any case, spaces, dashes, Thai digits, O for 0, no DLR.

    Raises:
        MalformedNumberError: ``letter_number_malformed``, or ``letter_number_check`` when the form is
            right and the check character is not.
    """
    typed = plain_letters(text) if len(text.strip()) <= _LONGEST_TYPED else ""
    match = _LETTER.fullmatch(typed.removeprefix(_PREFIX).translate(_ALIKE))
    if not match:
        raise MalformedNumberError("letter_number_malformed", text=text[:40])
    year, drawn, check = int(match[1]), match[2], match[3]
    if _check_of(year, drawn) != check:
        raise MalformedNumberError("letter_number_check", text=text[:40])
    return LetterNumber(year, drawn)


def _check_of(year_be: int, drawn: str) -> str:
    try:
        return str(mod_37_36.calc_check_digit(f"{_PREFIX}{year_be}{drawn}"))
    except ValueError:
        return ""
