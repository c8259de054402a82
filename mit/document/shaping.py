"""Text -> glyphs by HarfBuzz -> PDF operators, with the typed text kept beside the glyphs.

A line is cut into Thai and other runs, because a run that begins with Latin letters would be
shaped as Latin.  Glyph ids are those of the font file, whatever the subset, so the operators of
a text can be kept from one document to the next.  Where the glyphs alone would not give the text
back exactly (Thai marks, joined forms, replaced letters) the line is wrapped in ``ActualText``: the
whole line, because pdfium guesses spaces where a wrapped run meets a bare one.

Source: formats section 5.1; why ``ActualText`` cannot be avoided is written there.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz  # type: ignore[import-untyped]  # has no stubs

from mit.document.fonts import BOLD, REGULAR, Typeface, Weight, typeface

#: Printed for a letter that the font lacks.
REPLACEMENT = "■"
_RUNS = re.compile(r"[\u0e00-\u0e7f]+(?: +[\u0e00-\u0e7f]+)*|[^\u0e00-\u0e7f]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
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
class Glyph:
    """One placed glyph; all measures in thousandths of the size."""

    number: int
    advance: int
    right: int
    up: int


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one script: the text as typed and its glyphs from left to right."""

    text: str
    glyphs: tuple[Glyph, ...]
    speaks_for_itself: bool


@dataclass(frozen=True, slots=True)
class ShapedText:
    """A line ready to print.

    Attributes:
        width: in thousandths of the size.
        operators: what goes between ``Tf``/``Tm`` and ``ET``.
        glyphs: glyph ids that the subset must hold.
    """

    width: int
    operators: str
    glyphs: frozenset[int]


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
    runs = _runs(text, weight)
    widths = typeface(weight).widths
    return ShapedText(
        width=_advance(text, weight),
        operators=_operators(runs, widths, size),
        glyphs=frozenset(glyph.number for run in runs for glyph in run.glyphs),
    )


@lru_cache(maxsize=16384)
def _advance(text: str, weight: Weight) -> int:
    return sum(glyph.advance for run in _runs(text, weight) for glyph in run.glyphs)


@lru_cache(maxsize=8192)
def _runs(text: str, weight: Weight) -> tuple[Run, ...]:
    face = typeface(weight)
    return tuple(_run(part, face) for part in _RUNS.findall(_HIDDEN.sub("", text)))


def _run(text: str, face: Typeface) -> Run:
    drawable = "".join(
        sign if ord(sign) in face.letters else REPLACEMENT for sign in unicodedata.normalize("NFC", text)
    )
    is_thai = bool(_THAI.match(text))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(drawable)
    buffer.direction = "ltr"
    buffer.script = "Thai" if is_thai else "Latn"
    buffer.language = "th" if is_thai else "en"
    uharfbuzz.shape(face.shaper, buffer)
    glyphs = tuple(
        Glyph(info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )
    return Run(text, glyphs, speaks_for_itself=_reads_as(text, glyphs, face))


def _reads_as(text: str, glyphs: tuple[Glyph, ...], face: Typeface) -> bool:
    """Say whether the glyphs alone give *text* back: same letters, no mark without width."""
    meant = "".join(face.to_unicode.get(glyph.number, "") for glyph in glyphs)
    return meant == text and all(glyph.advance > 0 for glyph in glyphs)


def _operators(runs: tuple[Run, ...], widths: tuple[int, ...], size: float) -> str:
    shown = " ".join(_show(run.glyphs, widths, size) for run in runs)
    if all(run.speaks_for_itself for run in runs):
        return shown
    text = "\ufeff" + "".join(run.text for run in runs)
    actual = text.encode("utf-16-be", errors="replace").hex().upper()
    return f"/Span<</ActualText<{actual}>>>BDC {shown} EMC"


def _show(glyphs: tuple[Glyph, ...], widths: tuple[int, ...], size: float) -> str:
    """Return the ``TJ`` operators: glyph ids as hex, moves in thousandths, rises as ``Ts``."""
    done: list[str] = []
    pieces: list[str] = []
    hexes: list[str] = []
    rise = left = 0
    for glyph in glyphs:
        if glyph.up != rise:
            _flush(hexes, pieces)
            done += _shown(pieces)
            done.append(f"{glyph.up * size / 1000:.4g} Ts")
            rise = glyph.up
        left -= glyph.right
        if left:
            _flush(hexes, pieces)
            pieces.append(str(left))
        hexes.append(f"{glyph.number:04X}")
        left = glyph.right + widths[glyph.number] - glyph.advance
    _flush(hexes, pieces)
    if left:
        pieces.append(str(left))
    done += _shown(pieces)
    if rise:
        done.append("0 Ts")
    return " ".join(done)


def _flush(hexes: list[str], pieces: list[str]) -> None:
    if hexes:
        pieces.append(f"<{''.join(hexes)}>")
        hexes.clear()


def _shown(pieces: list[str]) -> list[str]:
    if not pieces:
        return []
    array = f"[{''.join(pieces)}]TJ"
    pieces.clear()
    return [array]
