"""Text as officers type or paste it, folded so that equal things are spelled alike.  Pure.

Case, spaces, dashes, full-width letters, the digits of any script and Unicode's forms make no
difference between two models.  What only looks alike (O and 0, I, l and 1, letters of another script) is
kept apart from what is the same.  Source: shared/domain.md 8.1; docs/coverage.md has the steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: Letters, vowels and marks of Thai, as the inside of a regular expression's brackets.
THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
_FRACTION_BEHIND_DIGIT = re.compile("(?<=[0-9\u0e50-\u0e59])(?=[\u00bc-\u00be\u2150-\u215e])")
_POWER_BEHIND_DIGIT = re.compile("(?<=[0-9\u0e50-\u0e59])(?=[\u00b2\u00b3\u00b9\u2070-\u2079])")
_IS_THAI = re.compile(f"[{THAI}]")
#: Signs made plain before Unicode's own folding and after it; marks of ownership say nothing.
_BEFORE = str.maketrans("®™©″“”′‘’", '   """' + "'''")
_AFTER = str.maketrans("×✕✖⁄∕_−ー", "xxx//---")
#: Two ways to type the same Thai letters.
_THAI_SPELLINGS = (
    (re.compile("\u0e4d([\u0e48-\u0e4b])"), "\\1\u0e4d"),
    (re.compile("\u0e40\u0e40"), "\u0e41"),
)
#: What looks alike, in lower case: Cyrillic and Greek letters, then letters like digits, comma like point.
_ALIKE = str.maketrans("авекмнорстухіαβεικμνορτυχoilı|,", "abekmh0pctyx1abe1km" + "v0ptyx" + "0111" + "1.")
#: What makes no difference between two spellings of a model.
_GAPS = " -()[]"
_DIGITS = frozenset("0123456789")
_OPENING = frozenset("([{<\"'=:;,!?&+#")
#: Words after which a name may begin without a space.
_MARKS = ("รุ่น", "แบบ", "ยี่ห้อ", "แบรนด์", "ตรา")
_CLOSING = frozenset(")]}>\"'=:;,!?&")


@dataclass(frozen=True, slots=True)
class AskedText:
    """A folded text: with its capitals to be shown, in lower case to be read, and without its gaps.

    Attributes:
        shown: folded, capitals kept.
        low: the same in lower case, sign for sign.
        solid: ``low`` without spaces, dashes and brackets.
        at: of each sign of ``solid`` its place in ``low``.
    """

    shown: str
    low: str
    solid: str
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something listed stands in the asked text.

    Attributes:
        start, end: its first place in ``low``, and the one behind its last.
        is_gapped: digits are parted where the listed ones are not (``K-01 2`` for ``K-012``).
    """

    start: int
    end: int
    is_gapped: bool = False


def fold(text: str) -> AskedText:
    """Return *text* folded: one dash, one space, plain digits, compatible forms, nothing invisible."""
    text = _FRACTION_BEHIND_DIGIT.sub(" ", text.translate(_BEFORE))
    text = unicodedata.normalize("NFKC", _POWER_BEHIND_DIGIT.sub("^", text)).translate(_AFTER)
    for spelling, plain in _THAI_SPELLINGS:
        text = spelling.sub(plain, text)
    return of_shown("".join(map(_plain, text)))


def of_shown(shown: str) -> AskedText:
    """Return a text that is folded already, read in lower case and without its gaps."""
    low = "".join(map(_lower, shown))
    at = tuple(place for place, sign in enumerate(low) if sign not in _GAPS)
    return AskedText(shown, low, "".join(low[place] for place in at), at)


def same(text: str) -> str:
    """Return what two spellings of one model have in common: folded, lower case, without gaps."""
    return fold(text).solid


def alike(solid: str) -> str:
    """Return *solid* with every sign that looks like another written as that one, sign for sign."""
    return solid.translate(_ALIKE)


def is_thai(sign: str) -> bool:
    """Say whether *sign* is a letter or a mark of Thai."""
    return bool(_IS_THAI.match(sign))


def places(asked: AskedText, listed: AskedText, *, by_looks: bool = False) -> Iterator[Place]:
    """Yield where *listed* stands in *asked* as a whole, not as a part of something longer."""
    wanted, where = listed.solid, asked.solid
    if by_looks:
        wanted, where = alike(wanted), alike(where)
    found = where.find(wanted) if wanted else -1
    while found >= 0:
        last = found + len(wanted) - 1
        start, end = asked.at[found], asked.at[last] + 1
        if _begins(asked.low, start) and _ends(asked.low, end):
            extra = _parted_digits(asked, found, last) - _parted_digits(listed, 0, len(wanted) - 1)
            yield Place(start, end, is_gapped=bool(extra))
        found = where.find(wanted, found + 1)


def _plain(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    if kind == "Cf":
        return ""
    if kind[0] == "Z" or kind == "Cc":
        return " "
    if kind == "Cs":
        return "\ufffd"
    return "-" if kind == "Pd" else sign


def _lower(sign: str) -> str:
    low = sign.lower()
    return low if len(low) == 1 else sign


def _begins(low: str, start: int) -> bool:
    """Say whether something whole can begin at *start*."""
    first = low[start]
    if first in _DIGITS and low[start - 2 : start - 1] in _DIGITS and low[start - 1] in ".,":
        return False
    while start and low[start - 1] in "-.":
        start -= 1
    before = low[start - 1] if start else " "
    if before == " " or before in _OPENING or is_thai(before) != is_thai(first):
        return True
    return low[:start].endswith(_MARKS)


def _ends(low: str, end: int) -> bool:
    """Say whether something whole can end before *end*."""
    if end == len(low):
        return True
    last, after = low[end - 1], low[end]
    if after in "-.,":
        return end + 1 == len(low) or low[end + 1] in " -)]"
    return after == " " or after in _CLOSING or is_thai(after) != is_thai(last)


def _parted_digits(text: AskedText, first: int, last: int) -> set[int]:
    """Return behind which signs of a part of ``solid`` two digits stand apart."""
    return {
        place - first
        for place in range(first, last)
        if text.at[place + 1] > text.at[place] + 1
        and text.solid[place] in _DIGITS
        and text.solid[place + 1] in _DIGITS
    }
