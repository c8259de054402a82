"""Embedded fonts: only what is used, under the ids of the font file, each glyph with its meaning."""

from __future__ import annotations

import io

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.document.fonts import BOLD, REGULAR, WEIGHTS, Weight, typeface
from mit.document.pdf_fonts import embed, subset, to_unicode_cmap
from mit.document.shaping import shape
from tests.document.archive_rules import meanings_of, widths_of
from tests.document.hard_words import HARD_WORDS

GLYPHS = st.sets(st.integers(min_value=1, max_value=776), min_size=1, max_size=60)


@settings(deadline=None, max_examples=25)
@given(glyphs=GLYPHS)
def test_a_subset_keeps_ids_widths_and_outlines(glyphs: set[int]) -> None:
    face = typeface(REGULAR)
    part = TTFont(io.BytesIO(subset(face, glyphs)))
    whole = TTFont(io.BytesIO(face.face.blob.data))
    part_order, whole_order = part.getGlyphOrder(), whole.getGlyphOrder()
    for number in glyphs:
        assert part["hmtx"].metrics[part_order[number]][0] == face.widths[number]
        mine, theirs = part["glyf"][part_order[number]], whole["glyf"][whole_order[number]]
        assert mine.numberOfContours == theirs.numberOfContours


def test_a_subset_is_small_and_holds_no_names_hints_or_layout() -> None:
    data = subset(typeface(REGULAR), shape("น้ำ", REGULAR, 10).glyphs)
    tables = set(TTFont(io.BytesIO(data)).keys())
    assert tables <= {"GlyphOrder", "head", "hhea", "hmtx", "maxp", "loca", "glyf"}
    assert len(data) < 6_000


def test_the_same_glyphs_give_the_same_file() -> None:
    face = typeface(BOLD)
    assert subset(face, [5, 9, 300]) == subset(face, {300, 9, 5})


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_font_object_agrees_with_its_file(weight: Weight) -> None:
    face = typeface(weight)
    glyphs = {glyph for word in HARD_WORDS for glyph in shape(word, weight, 10).glyphs}
    pdf = pikepdf.new()
    font = embed(pdf, face, glyphs)
    (descendant,) = font.DescendantFonts
    assert (str(font.Subtype), str(descendant.Subtype)) == ("/Type0", "/CIDFontType2")
    assert str(font.BaseFont) == str(descendant.BaseFont) == str(descendant.FontDescriptor.FontName)
    assert str(font.BaseFont)[7:] == f"+{face.name}"
    assert dict(widths_of(descendant)) == {glyph: face.widths[glyph] for glyph in {0, *glyphs}}
    file = descendant.FontDescriptor.FontFile2
    assert int(file.Length1) == len(file.read_bytes())


def test_every_used_glyph_has_a_meaning_in_the_file() -> None:
    face = typeface(REGULAR)
    glyphs = {glyph for word in HARD_WORDS for glyph in shape(word, REGULAR, 10).glyphs}
    with pikepdf.new() as pdf:
        meanings = meanings_of(embed(pdf, face, glyphs))
    assert meanings == {glyph: face.to_unicode[glyph] for glyph in glyphs}


def test_the_meanings_come_in_blocks_of_at_most_a_hundred() -> None:
    face = typeface(REGULAR)
    text = to_unicode_cmap(face, range(400))
    counts = [int(line.split()[0]) for line in text.splitlines() if line.endswith("beginbfchar")]
    assert sum(counts) == sum(1 for glyph in range(400) if glyph in face.to_unicode)
    assert max(counts) == 100
    assert text.count("endbfchar") == len(counts)
