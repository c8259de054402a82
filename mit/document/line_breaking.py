"""Break text into lines that fit, never inside a Thai word.

Words come from pythainlp's ``newmm``, with guards on top (formats section 5.3): no line begins
with a combining mark, a following vowel, closing punctuation or a single consonant; none ends
with a leading vowel or an opening bracket; a fragment that is no dictionary word stays with the
word before it; ``จำกัด (มหาชน)``, ``พ.ศ. 2569`` and place names such as ``ตำบลแพรกษา`` stay whole.
A space is preferred as the end of a line where that leaves it nearly full.  A zero-width space in
the text is a break that its author allows.  A piece that is wider than the line, such as a model
code without spaces, is cut at the edge between letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from os import environ
from pathlib import Path

from mit.document.fonts import Weight
from mit.document.shaping import text_width

# pythainlp makes a folder in the home directory when it is imported, and fails where it may not,
# unless this is said to it before; there is no other way to say it, and nothing is read here.
environ.setdefault("PYTHAINLP_READ_ONLY", "1")
from pythainlp.tokenize import word_dict_trie
from pythainlp.tokenize.newmm import segment  # only after the line above
from pythainlp.util import Trie

#: A break that the author of a text allows: zero-width space.
BREAK_MARK = "\u200b"
_SPACE_SIGNS = " \t\u00a0"
_SPACES = re.compile(f"[{_SPACE_SIGNS}]+")
_KEPT_TOGETHER = re.compile(r"จำกัด \(มหาชน\)|(?:พ\.ศ\.|เลขที่|No\.|HS) [0-9๐-๙]+|Co\., Ltd\.")
_SPACED = re.compile(r"\s+|[^\s]+")
_THAI_STRETCH = re.compile(r"[\u0e00-\u0e7f]+")
_PLACE = re.compile(r"(?:ตำบล|แขวง|อำเภอ|เขต|จังหวัด|ถนน|ซอย|นิคมอุตสาหกรรม)[\u0e00-\u0e7f]{1,24}")
_TOKENS = re.compile(r"[\u0e00-\u0e7f]+|[^\u0e00-\u0e7f]+")
_THAI_MARKS = (
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
_NEVER_FIRST = frozenset(_THAI_MARKS + "ะาำๅๆฯ)]}”’»,.:;!?%/…")
_NEVER_LAST = frozenset("เแโใไ([{“‘«")
_CONSONANT = re.compile("[ก-ฮ]")
_LOANWORDS = Path(__file__).parent / "loanwords.txt"
#: Longer stretches are cut in windows, which bounds the time of ambiguous ones.
_SAFE_LENGTH = 120
_HALVINGS = 12
#: Signs that may pile up on one letter before a cut is made through the pile.
_PILE = 12
#: A line that ends at a space may stay this much emptier than one that ends between words.
_NEARLY_FULL = 0.78


@lru_cache(maxsize=8192)
def break_lines(text: str, weight: Weight, size: float, width: float) -> tuple[str, ...]:
    """Return *text* as lines of at most *width* points when set at *size* points.

    A line feed in the text always ends a line.  Empty text gives no line.
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        stripped = paragraph.strip(_SPACE_SIGNS)
        if stripped and BREAK_MARK not in stripped and text_width(stripped, weight, size) <= width:
            lines.append(stripped)  # no need to look for words
        else:
            lines += _fill(_pieces(paragraph), weight, size, width)
    return tuple(lines)


@lru_cache(maxsize=2048)
def balance_lines(text: str, weight: Weight, size: float, width: float) -> tuple[str, ...]:
    """Return the lines of ``break_lines``, as even as their number allows: for centred headings."""
    best = break_lines(text, weight, size, width)
    narrow, wide = 0.0, width
    for _ in range(_HALVINGS if len(best) > 1 else 0):
        middle = (narrow + wide) / 2
        lines = break_lines(text, weight, size, middle)
        if len(lines) > len(best) or any(text_width(line, weight, size) > middle for line in lines):
            narrow = middle
        else:
            best, wide = lines, middle
    return best


def words(text: str) -> tuple[str, ...]:
    """Return the pieces of *text* between which a line may end, without the spaces around them."""
    return tuple(piece for piece, _ in _pieces(text))


@dataclass(slots=True)
class _Line:
    """A line in the making: its text and width, and where its last space was."""

    text: str = ""
    width: float = 0.0
    phrase: str = ""
    phrase_width: float = 0.0

    def add(self, word: str, space: str, widths: tuple[float, float]) -> None:
        """Put *word* after *space*; the line may now end before that space."""
        if self.text:
            if space:
                self.phrase, self.phrase_width = self.text, self.width
            self.text += space
            self.width += widths[1]
        self.text += word
        self.width += widths[0]

    def after_the_phrase(self, least: float) -> str:
        """Return what stands after the last space, where the rest is at least *least* points wide."""
        return self.text[len(self.phrase) :].lstrip() if self.phrase_width >= least else ""


def _fill(pieces: Iterable[tuple[str, str]], weight: Weight, size: float, width: float) -> Iterator[str]:
    """Yield lines, each as full as it can be; *pieces* are words and the spaces before them.

    Widths are summed word by word, so that a word is shaped once however often it is measured.
    """
    line = _Line()
    for word, space in pieces:
        widths = text_width(word, weight, size), text_width(space, weight, size)
        if line.width + widths[1] + widths[0] > width and line.text:
            kept = "" if space else line.after_the_phrase(width * _NEARLY_FULL)
            yield line.phrase if kept else line.text
            line = _Line(kept, text_width(kept, weight, size))
        if line.width + widths[0] > width:
            *full, rest = _cut(line.text + word, weight, size, width)
            yield from full
            line = _Line(rest, text_width(rest, weight, size))
        else:
            line.add(word, space, widths)
    if line.text:
        yield line.text


def _cut(piece: str, weight: Weight, size: float, width: float) -> list[str]:
    """Return a piece that is too wide for a line in parts that fit: at words, else at letters."""
    parts = [""]
    for word in _loose_words(piece):
        fits = text_width(word, weight, size) <= width
        for part in (word,) if fits else _letters(word):
            if parts[-1] and text_width(parts[-1] + part, weight, size) > width:
                parts.append("")
            parts[-1] += part
    return [stripped for part in parts if (stripped := part.strip())]


def _loose_words(piece: str) -> Iterator[str]:
    """Yield the words and spaces of a piece that was to stay together; it may not, for its width."""
    for part in _SPACED.findall(piece):
        if part.isspace():
            yield part
        else:
            yield from _guarded(_tokens(part, keep_places=False))


def _letters(word: str) -> Iterator[str]:
    """Yield each letter together with the marks that stand on it or after it."""
    letter = ""
    for sign in word:
        stays = sign in _NEVER_FIRST or unicodedata.combining(sign) or letter[-1:] in _NEVER_LAST
        if letter and not (stays and len(letter) < _PILE):
            yield letter
            letter = ""
        letter += sign
    if letter:
        yield letter


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Return ``(word, space before it)`` for every piece that a line break may not divide."""
    pieces: list[tuple[str, str]] = []
    for stretch, space in _between_spaces(text):
        pending = space
        for word in _guarded(_tokens(stretch)):
            pieces.append((word, pending))
            pending = ""
    return tuple(pieces)


def _between_spaces(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(stretch, space before it)``; the phrases that stay together count as one stretch."""
    kept = [match.span() for match in _KEPT_TOGETHER.finditer(text)]
    start, space = 0, ""
    for match in _SPACES.finditer(text):
        if any(first < match.start() and match.end() < last for first, last in kept):
            continue
        if match.start() > start:
            yield text[start : match.start()], space
        start, space = match.end(), match.group()
    if start < len(text):
        yield text[start:], space


def _tokens(stretch: str, *, keep_places: bool = True) -> Iterator[str]:
    """Yield the tokens of a stretch without spaces: Thai words and place names, and the rest whole."""
    for part in stretch.split(BREAK_MARK):
        for match in _TOKENS.finditer(part):
            piece = match.group()
            if keep_places and _PLACE.fullmatch(piece):
                yield piece
            elif _THAI_STRETCH.fullmatch(piece):
                yield from segment(piece, custom_dict=_dictionary(), safe_mode=len(piece) > _SAFE_LENGTH)
            else:
                yield piece


@cache
def _dictionary() -> Trie:
    """Return pythainlp's dictionary with the loanwords of industry that it lacks."""
    trie = word_dict_trie()
    for word in _LOANWORDS.read_text(encoding="utf-8").split():
        trie.add(word)
    return trie


def _guarded(tokens: Iterable[str]) -> list[str]:
    """Return the tokens with those joined that may not be parted."""
    joined: list[str] = []
    for token in tokens:
        if joined and not _may_part(joined[-1], token):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _may_part(before: str, after: str) -> bool:
    """Say whether a line may end between two tokens that touch each other."""
    if after[0] in _NEVER_FIRST or unicodedata.combining(after[0]) or before[-1] in _NEVER_LAST:
        return False
    if any(_CONSONANT.fullmatch(token) for token in (before, after)):
        return False
    if _THAI_STRETCH.match(before[-1]) and _THAI_STRETCH.match(after[0]):
        return after in _dictionary() or bool(_PLACE.fullmatch(after))
    return _meets_a_foreign_word(before[-1], after[0])


def _meets_a_foreign_word(last: str, first: str) -> bool:
    """Say whether Thai and foreign letters meet; digits and signs stay with what they touch."""
    return (last.isalpha() and first.isalpha()) or first == "("
