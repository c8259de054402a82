"""Text -> glyphs by HarfBuzz -> PDF operators, with the typed text kept beside the glyphs.

A line is cut into Thai and other runs, because a run that begins with Latin letters would be
shaped as Latin, and at spaces, which no rule of the typefaces looks at: so a word is shaped once,
whatever stands beside it.  Glyph ids are those of the font file, whatever the subset, so the operators of
a text can be kept from one document to the next.  Where the glyphs alone would not give the text
back exactly (Thai marks, joined forms, replaced letters) the line is wrapped in ``ActualText``: the
whole line, because pdfium guesses spaces where a wrapped run meets a bare one.  English beside Thai
(``… / …``) is wrapped apart and marked as English, for voices that read aloud.

Source: formats section 5.1; why ``ActualText`` cannot be avoided is written there.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import uharfbuzz  # type: ignore[import-untyped]  # has no stubs

from mit.document.fonts import BOLD, REGULAR, Typeface, Weight, typeface

#: Printed for a letter that the font lacks.
REPLACEMENT = "■"
_RUNS = re.compile(r"[\u0e00-\u0e7f]+| +|[^\u0e00-\u0e7f ]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_LATIN = re.compile(r"[A-Za-z]")
#: Between the languages of a line: the Thai words come first, the English behind one of these.
_BETWEEN = re.compile(r"(?<= / )|(?<= · )")
#: Control and format signs have no picture and are left out; surrogates are no letters at all.
_UNSEEN = {"Cc", "Cf", "Cs"}
_HIDDEN = re.compile(
    "["
    + "".join(
        re.escape(chr(c)) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) in {"Cc", "Cf"}
    )
    + "]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A word of one script, or spaces, shaped.

    Attributes:
        text: as it was typed.
        width: in thousandths of the size.
        shows: arrays for ``TJ`` (glyph ids as hex, moves in thousandths of the size), each with
            its rise above the line in thousandths.
        glyphs: the glyph ids.
        speaks_for_itself: whether the glyphs alone give the text back.
    """

    text: str
    width: int
    shows: tuple[tuple[int, str], ...]
    glyphs: frozenset[int]
    speaks_for_itself: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line in one language: its operators, and what a mark around them has to say.

    ``said`` holds ``ActualText`` and ``Lang`` as entries of a property list; empty where the glyphs
    speak for themselves, in Thai.
    """

    said: str
    shown: str


@dataclass(frozen=True, slots=True)
class ShapedText:
    """A line ready to print.

    Attributes:
        width: in thousandths of the size.
        stretches: what goes between ``Tf``/``Tm`` and ``ET``.
        glyphs: glyph ids that the subset must hold.
    """

    width: int
    stretches: tuple[Stretch, ...]
    glyphs: frozenset[int]

    @property
    def operators(self) -> str:
        """Return what goes between ``Tf``/``Tm`` and ``ET`` where nothing else is marked around it."""
        return " ".join(
            f"/Span<<{each.said}>>BDC {each.shown} EMC" if each.said else each.shown
            for each in self.stretches
        )


def missing_letters(text: str) -> str:
    """Return the letters of *text* that the paper cannot show, each once, in order; "" for none.

    They are printed as a black square; the lint refuses them before anything is signed.
    """
    letters = typeface(REGULAR).letters & typeface(BOLD).letters
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        dict.fromkeys(
            sign
            for sign in composed
            if unicodedata.category(sign) == "Cs"
            or (ord(sign) not in letters and unicodedata.category(sign) not in _UNSEEN)
        )
    )


def text_width(text: str, weight: Weight, size: float) -> float:
    """Return the printed width of *text* at *size* points, in points."""
    return _advance(text, weight) * size / 1000


@lru_cache(maxsize=8192)
def shape(text: str, weight: Weight, size: float) -> ShapedText:
    """Return *text* shaped and written as operators for *size* points."""
    face = typeface(weight)
    spoken = [[_run(part, face) for part in _parts(stretch)] for stretch in _by_language(text)]
    return ShapedText(
        width=_advance(text, weight),
        stretches=tuple(_stretch(runs, size) for runs in spoken if runs),
        glyphs=frozenset().union(*(run.glyphs for runs in spoken for run in runs)),
    )


@lru_cache(maxsize=16384)
def _advance(text: str, weight: Weight) -> int:
    """Return the width of *text* in thousandths of the size."""
    face = typeface(weight)
    return sum(_run(part, face).width for part in _parts(text))


def _by_language(text: str) -> list[str]:
    """Return the stretches of *text* that are to be read aloud in one language."""
    stretches: list[str] = []
    for piece in _BETWEEN.split(text):
        if stretches and not (_is_english(piece) and not _is_english(stretches[-1])):
            stretches[-1] += piece
        else:
            stretches.append(piece)
    return stretches


def _is_english(text: str) -> bool:
    """Say whether *text* has Latin letters and no Thai ones."""
    return bool(_LATIN.search(text)) and not _THAI.search(text)


def text_runs(text: str, weight: Weight) -> list[Any]:
    """Return HarfBuzz's buffers of *text*, one for each stretch of one script, in thousandths."""
    return [_harfbuzz(part, typeface(weight)) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """Return the stretches of one script, signs without a picture left out."""
    parts: list[str] = _RUNS.findall(text if text.isprintable() else _HIDDEN.sub("", text))
    return parts


def _harfbuzz(text: str, face: Typeface) -> Any:
    """Return HarfBuzz's buffer for a stretch of one script; missing letters as black squares."""
    drawable = text
    if not face.letters.issuperset(map(ord, text)):
        composed = unicodedata.normalize("NFC", text)
        drawable = "".join(sign if ord(sign) in face.letters else REPLACEMENT for sign in composed)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(drawable)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.shaper, buffer)
    return buffer


@lru_cache(maxsize=8192)
def _run(text: str, face: Typeface) -> Run:
    """Return *text* shaped: a walk over HarfBuzz's glyphs with the pen of a PDF reader beside it."""
    buffer = _harfbuzz(text, face)
    widths, meanings = face.widths, face.to_unicode
    shows: list[tuple[int, str]] = []
    array, glyphs, meant = "", [], ""
    rise = behind = 0
    is_plain = True
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        number, advance, right = info.codepoint, place.x_advance, place.x_offset
        if place.y_offset != rise:
            shows.append((rise, array))
            array, rise = "", place.y_offset
        if move := behind - right:
            array += f">{move}<"
        array += f"{number:04X}"
        behind = right + widths[number] - advance
        glyphs.append(number)
        meant += meanings.get(number, "")
        is_plain = is_plain and advance > 0
    shows.append((rise, array + (f">{behind}<" if behind else "")))
    tidy = tuple((up, f"<{each}>".replace("<>", "")) for up, each in shows if each)
    width = sum(place.x_advance for place in buffer.glyph_positions)
    return Run(text, width, tidy, frozenset(glyphs), speaks_for_itself=is_plain and meant == text)


def _stretch(runs: list[Run], size: float) -> Stretch:
    said = "" if all(run.speaks_for_itself for run in runs) else _actual_text(runs)
    if _is_english("".join(run.text for run in runs)):
        said += "/Lang(en)"
    return Stretch(said, _shown(runs, size))


def _actual_text(runs: list[Run]) -> str:
    text = "\ufeff" + "".join(run.text for run in runs)
    return f"/ActualText<{text.encode('utf-16-be', errors='replace').hex().upper()}>"


def _shown(runs: list[Run], size: float) -> str:
    """Return the operators that print runs; a raised or lowered mark stands between two ``Ts``."""
    shows = [show for run in runs for show in run.shows]
    if not any(rise for rise, _ in shows):
        return "[" + "".join([array for _, array in shows]).replace("><", "") + "]TJ"
    shown = []
    for rise, stretch in groupby(shows, key=itemgetter(0)):
        array = "".join([array for _, array in stretch]).replace("><", "")
        shown.append(f"{rise * size / 1000:.4g} Ts [{array}]TJ 0 Ts" if rise else f"[{array}]TJ")
    return " ".join(shown)
