"""Embed a typeface in a PDF: Type0 over CIDFontType2, Identity-H, glyph ids as in the font file.

Only the glyphs that were used are embedded, under their own ids.  ``ToUnicode`` gives the meaning
of every glyph, so that even a reader that ignores ``ActualText`` finds real letters.

Source: ISO 32000-1 section 9.7, formats section 5.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby

import pikepdf
import uharfbuzz  # type: ignore[import-untyped]  # has no stubs
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from mit.document.fonts import BOLD, REGULAR, Typeface

_DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "name", "post", "OS/2", "cmap", "DSIG", "gasp", "kern", "STAT")
#: Stem widths in thousandths, for readers that imitate a missing font.
_STEM = {REGULAR: 80, BOLD: 140}
_SYMBOLIC = 4
_ENTRIES_IN_A_BLOCK = 100

_CMAP_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
)
_CMAP_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def embed(pdf: Pdf, face: Typeface, glyphs: Iterable[int]) -> pikepdf.Object:
    """Add *face*, cut down to *glyphs*, to *pdf* and return the font to put into resources."""
    used = sorted({0, *glyphs})
    data = subset(face, used)
    base = Name(f"/{_tag(data)}+{face.name}")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=base,
        Flags=_SYMBOLIC,
        FontBBox=Array(face.bounding_box),
        ItalicAngle=0,
        Ascent=face.ascent,
        Descent=face.descent,
        CapHeight=face.cap_height,
        StemV=_STEM[face.weight],
        FontFile2=Stream(pdf, data, Length1=len(data)),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=base,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        CIDToGIDMap=Name.Identity,
        DW=0,
        W=_widths(face, used),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=base,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=Stream(pdf, to_unicode_cmap(face, used).encode("ascii")),
    )
    return pdf.make_indirect(font)


def subset(face: Typeface, glyphs: Iterable[int]) -> bytes:
    """Return the font file with only *glyphs*, their ids kept, without hints and layout tables."""
    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(_tag_number(tag) for tag in _DROPPED_TABLES)
    return bytes(uharfbuzz.subset(face.face, wanted).blob.data)


def to_unicode_cmap(face: Typeface, glyphs: Iterable[int]) -> str:
    """Return the ``ToUnicode`` map of *glyphs*; a glyph without a meaning is left out."""
    entries = [
        f"<{glyph:04X}> <{face.to_unicode[glyph].encode('utf-16-be').hex().upper()}>"
        for glyph in glyphs
        if face.to_unicode.get(glyph)
    ]
    blocks = [entries[i : i + _ENTRIES_IN_A_BLOCK] for i in range(0, len(entries), _ENTRIES_IN_A_BLOCK)]
    body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return _CMAP_HEAD + body + _CMAP_TAIL


def _widths(face: Typeface, glyphs: list[int]) -> Array:
    """Return the ``W`` array: ``first [width width …]`` for every stretch of neighbouring ids."""
    widths = Array()
    for _, stretch in groupby(enumerate(glyphs), key=lambda pair: pair[1] - pair[0]):
        numbers = [glyph for _, glyph in stretch]
        widths.append(numbers[0])
        widths.append(Array([face.widths[number] for number in numbers]))
    return widths


def _tag(data: bytes) -> str:
    """Return six capital letters that stand for this subset."""
    digest = hashlib.sha256(data).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _tag_number(tag: str) -> int:
    return int.from_bytes(tag.encode("ascii"), "big")
