"""The typefaces on paper: Sarabun Regular and Bold, read once for each process.

A ``Typeface`` never changes after it was read, so every thread may use it: HarfBuzz fonts are
safe to read from, and nothing here has a cursor (ReportLab's own fonts do, formats section 9.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import uharfbuzz  # type: ignore[import-untyped]  # has no stubs
from fontTools import agl  # type: ignore[import-untyped]  # has no stubs
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no stubs

_FOLDER = Path(__file__).parent / "fonts"
#: Control signs, private use, and the ligatures of the alphabetic presentation forms.
_NO_MEANING = (range(0x20), range(0xE000, 0xF900), range(0xFB00, 0xFB07))
#: GSUB lookup types that replace one glyph, pick an alternate, or join several (OpenType 1.9).
_SINGLE, _ALTERNATE, _LIGATURE = 1, 3, 4


#: The two weights, by their resource names inside a PDF.  Plain text, for it is part of every key
#: of the caches of shaping, and an ``Enum`` is slow to hash.
Weight = Literal["F1", "F2"]
REGULAR: Weight = "F1"
BOLD: Weight = "F2"
WEIGHTS = (REGULAR, BOLD)


@dataclass(frozen=True, slots=True, eq=False)
class Typeface:
    """One font file with what shaping, measuring and embedding need of it.

    Attributes:
        name: PostScript name.
        weight: which of the two weights.
        shaper: the HarfBuzz font.
        face: the HarfBuzz face, from which subsets are cut.
        letters: code points that have a glyph of their own.
        widths: advance of each glyph in thousandths of the size, by glyph id.
        to_unicode: what each glyph means as text, by glyph id.
        bounding_box: the font's box in thousandths of the size.
        ascent, descent, cap_height: vertical measures in thousandths of the size.
    """

    name: str
    weight: Weight
    shaper: Any = field(repr=False)
    face: Any = field(repr=False)
    letters: frozenset[int] = field(repr=False)
    widths: tuple[int, ...] = field(repr=False)
    to_unicode: Mapping[int, str] = field(repr=False)
    bounding_box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int


@cache
def typeface(weight: Weight) -> Typeface:
    """Return the typeface of *weight*, read from its file at the first call."""
    name = "Sarabun-Bold" if weight == BOLD else "Sarabun-Regular"
    path = _FOLDER / f"{name}.ttf"
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    with TTFont(path) as font:
        order = font.getGlyphOrder()
        metrics, head, hhea = font["hmtx"].metrics, font["head"], font["hhea"]
        return Typeface(
            name=name,
            weight=weight,
            shaper=uharfbuzz.Font(face),
            face=face,
            letters=frozenset(font.getBestCmap()),
            widths=tuple(metrics[glyph][0] for glyph in order),
            to_unicode=_meanings(font, {glyph: number for number, glyph in enumerate(order)}),
            bounding_box=(head.xMin, head.yMin, head.xMax, head.yMax),
            ascent=hhea.ascent,
            descent=hhea.descent,
            cap_height=font["OS/2"].sCapHeight,
        )


def _meanings(font: TTFont, numbers: Mapping[str, int]) -> dict[int, str]:
    """Return the text of every glyph: from the character map, then through GSUB read backwards.

    A glyph that several code points share means the lowest of them; control signs, private-use
    code points and ready-made ligatures are no meaning.  What is left is read off the glyph's name.
    """
    known: dict[str, str] = {}
    for code, glyph in sorted(font.getBestCmap().items()):
        if not any(code in span for span in _NO_MEANING):
            known.setdefault(glyph, chr(code))
    steps = list(_substitutions(font["GSUB"].table))
    before = -1
    while before != len(known):
        before = len(known)
        for sources, product in steps:
            if product not in known and all(source in known for source in sources):
                known[product] = "".join(known[source] for source in sources)
    named = {glyph: agl.toUnicode(glyph) for glyph in numbers.keys() - known.keys()}
    readable = {glyph: text for glyph, text in named.items() if text and text.isprintable()}
    return {numbers[glyph]: text for glyph, text in {**readable, **known}.items()}


def _substitutions(gsub: Any) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield ``(glyphs before, glyph after)`` of every substitution that leaves one glyph."""
    for lookup in gsub.LookupList.Lookup:
        for table in lookup.SubTable:
            if lookup.LookupType == _SINGLE:
                yield from (((before,), after) for before, after in table.mapping.items())
            elif lookup.LookupType == _ALTERNATE:
                for before, choices in table.alternates.items():
                    yield from (((before,), after) for after in choices)
            elif lookup.LookupType == _LIGATURE:
                for first, joins in table.ligatures.items():
                    yield from (((first, *join.Component), join.LigGlyph) for join in joins)
