"""The typefaces: what they hold, and what each glyph means."""

from __future__ import annotations

import pytest

from mit.document.fonts import BOLD, REGULAR, WEIGHTS, Weight, typeface

THAI = frozenset(range(0x0E01, 0x0E3B)) | frozenset(range(0x0E3F, 0x0E5C))


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_thai_letter_and_all_of_ascii_are_there(weight: Weight) -> None:
    assert typeface(weight).letters >= THAI | set(range(0x20, 0x7F))


def test_the_two_weights_are_two_files_with_the_same_letters() -> None:
    regular, bold = typeface(REGULAR), typeface(BOLD)
    assert (regular.name, bold.name) == ("Sarabun-Regular", "Sarabun-Bold")
    assert regular.letters == bold.letters
    assert regular.widths != bold.widths


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_typeface_is_read_once(weight: Weight) -> None:
    assert typeface(weight) is typeface(weight)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_measures_are_thousandths_of_the_size(weight: Weight) -> None:
    face = typeface(weight)
    assert face.face.upem == 1000
    assert face.ascent > face.cap_height > 0 > face.descent
    assert len(face.widths) == face.face.glyph_count


@pytest.mark.parametrize("weight", WEIGHTS)
def test_substituted_glyphs_mean_the_letters_they_stand_for(weight: Weight) -> None:
    face = typeface(weight)
    number = {face.shaper.glyph_to_string(glyph): glyph for glyph in range(len(face.widths))}
    for name, text in (
        ("uni0E48.narrow", "่"),
        ("uni0E49.small", "้"),
        ("uni0E4D0E49", "\u0e49\u0e4d"),
        ("thoThanthai.less", "ฐ"),
        ("uni0E37.narrow", "ื"),
        ("fi", "fi"),
    ):
        assert face.to_unicode[number[name]] == text, name


@pytest.mark.parametrize("weight", WEIGHTS)
def test_no_glyph_means_nothing_or_a_private_sign(weight: Weight) -> None:
    for glyph, text in typeface(weight).to_unicode.items():
        assert text, glyph
        assert not any(0xE000 <= ord(sign) <= 0xF8FF or ord(sign) in {0, 0xFEFF, 0xFFFE} for sign in text)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_letter_that_can_be_printed_means_itself_or_its_double(weight: Weight) -> None:
    face = typeface(weight)
    meanings = set("".join(face.to_unicode.values()))
    for code in face.letters - {0xF8FF, 0xFB01, 0xFB02} - set(range(0x20)):
        glyph = face.shaper.get_nominal_glyph(code)
        assert glyph in face.to_unicode, hex(code)
        assert chr(code) in meanings or face.to_unicode[glyph] in meanings


@pytest.mark.parametrize("weight", WEIGHTS)
def test_only_a_few_glyphs_have_no_meaning_and_none_of_them_a_letter(weight: Weight) -> None:
    face = typeface(weight)
    names = {
        face.shaper.glyph_to_string(glyph)
        for glyph in range(len(face.widths))
        if glyph not in face.to_unicode
    }
    assert names <= {".notdef", "NULL", "nonmarkingreturn", "uniF8FF"}
