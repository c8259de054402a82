"""Shaping: the glyphs are HarfBuzz's, their places too, and the typed text is kept beside them."""

from __future__ import annotations

import re
import threading

import pytest
import uharfbuzz
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mit.document.fonts import BOLD, REGULAR, WEIGHTS, Weight, typeface
from mit.document.shaping import REPLACEMENT, missing_letters, shape, text_width
from tests.document.hard_words import HARD_LINES, HARD_WORDS

SPAN = re.compile(r"/Span<</ActualText<([0-9A-F]*)>(?:/Lang\(en\))?>>BDC (.*?) EMC")
TEXTS = st.text(st.characters(codec="utf-16", exclude_categories=["Cs"]), max_size=40)
THAI_CODES = [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]
THAI_TEXTS = st.text(
    st.sampled_from(
        [chr(code) for code in range(0x0E01, 0x0E5C) if not 0x0E3B <= code <= 0x0E3E] + list(" a1(")
    ),
    max_size=40,
)


def harfbuzz(text: str, weight: Weight) -> list[tuple[int, int, int, int]]:
    """Return glyph, advance and offsets of one run, straight from HarfBuzz."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(typeface(weight).shaper, buffer)
    return [
        (info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def drawn(operators: str, weight: Weight, size: float) -> list[tuple[int, float, float]]:
    """Walk through *operators* as a PDF reader does: glyph, pen place, rise (in thousandths)."""
    widths = typeface(weight).widths
    pen, rise, glyphs = 0.0, 0.0, []
    for array, raised in re.findall(r"\[(.*?)\]TJ|(-?[\d.e-]+) Ts", operators):
        if raised:
            rise = float(raised) * 1000 / size
        for hexes, move in re.findall(r"<([0-9A-F]+)>|(-?\d+)", array):
            if move:
                pen -= int(move)
            for number in (int(hexes[k : k + 4], 16) for k in range(0, len(hexes), 4)):
                glyphs.append((number, pen, rise))
                pen += widths[number]
    return [*glyphs, (-1, pen, rise)]


def spoken(operators: str, weight: Weight) -> str:
    """Return the text a reader gets: ``ActualText`` where there is one, else each glyph's meaning."""
    meanings = typeface(weight).to_unicode

    def from_glyphs(part: str) -> str:
        hexes = "".join(re.findall(r"<([0-9A-F]+)>", part))
        return "".join(meanings[int(hexes[k : k + 4], 16)] for k in range(0, len(hexes), 4))

    text, last = "", 0
    for match in SPAN.finditer(operators):
        text += from_glyphs(operators[last : match.start()])
        text += bytes.fromhex(match[1]).decode("utf-16-be").removeprefix("\ufeff")
        last = match.end()
    return text + from_glyphs(operators[last:])


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("word", HARD_WORDS)
def test_hard_words_are_placed_exactly_where_harfbuzz_puts_them(word: str, weight: Weight) -> None:
    size = 12.0
    walked = drawn(shape(word, weight, size).operators, weight, size)
    pen = 0
    for (number, advance, right, up), (drawn_number, at, rise) in zip(
        harfbuzz(word, weight), walked[:-1], strict=True
    ):
        assert drawn_number == number
        assert at == pen + right
        assert rise == pytest.approx(up, abs=0.2)
        pen += advance
    assert walked[-1][1:] == (pen, 0)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("text", [*HARD_WORDS, *HARD_LINES])
def test_hard_texts_are_kept_as_they_were_typed(text: str, weight: Weight) -> None:
    assert spoken(shape(text, weight, 10).operators, weight) == text


def test_tone_marks_take_their_special_forms() -> None:
    names = [typeface(REGULAR).shaper.glyph_to_string(number) for number, *_ in harfbuzz("ปั้น ญี่ปุ่น ฐู", REGULAR)]
    assert {"uni0E31.narrow", "uni0E49.small", "uni0E48.small", "uni0E48.narrow", "thoThanthai.less"} <= set(
        names
    )


def test_thai_inside_a_line_that_begins_in_latin_is_shaped_as_thai() -> None:
    alone = drawn(shape("น้ำ", REGULAR, 12).operators, REGULAR, 12)
    within = drawn(shape("No. 12 น้ำ", REGULAR, 12).operators, REGULAR, 12)
    assert [number for number, *_ in within][-len(alone) :] == [number for number, *_ in alone]


def test_a_line_with_marks_is_one_span_and_carries_its_whole_text() -> None:
    operators = shape("ต. ปู่เจ้า 12 (น้ำ) x", REGULAR, 12).operators
    assert operators.count("BDC") == operators.count("EMC") == 1
    assert operators.startswith("/Span<</ActualText<FEFF")
    assert operators.endswith(" EMC")


def test_the_raise_of_a_mark_grows_with_the_size() -> None:
    small, large = shape("ปั้น", REGULAR, 10).operators, shape("ปั้น", REGULAR, 20).operators
    assert "-0.32 Ts" in small
    assert "-0.64 Ts" in large


def test_a_run_that_speaks_for_itself_carries_no_second_text() -> None:
    assert "ActualText" not in shape("Siam Cable 2569 fi", REGULAR, 10).operators
    assert "ActualText" not in shape("กขคงจ", REGULAR, 10).operators


def test_the_width_is_the_sum_of_the_advances() -> None:
    for text in (*HARD_WORDS, "AVATAR To"):
        advance = sum(each[1] for each in harfbuzz(text, BOLD))
        assert shape(text, BOLD, 7).width == advance
        assert text_width(text, BOLD, 7) == pytest.approx(advance * 7 / 1000)


def test_kerning_is_written_into_the_line() -> None:
    operators = shape("AVATAR", REGULAR, 10).operators
    assert operators.count(">") - 1 > 1
    assert drawn(operators, REGULAR, 10)[-1][1] == shape("AVATAR", REGULAR, 10).width


def test_the_glyphs_of_a_text_are_all_named_for_the_subset() -> None:
    shaped = shape("น้ำ AB", REGULAR, 10)
    assert shaped.glyphs == {number for number, *_ in drawn(shaped.operators, REGULAR, 10)} - {-1}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("บริษัท Siam (1999) จำกัด – “≥ 2 mm²”", ""),
        ("สวัสดี 😀", "😀"),
        ("漢字 ไทย 漢", "漢字"),
        ("Ω → ✓", "✓"),
        ("a\u200bb\u200dc\u00ad\n", ""),
        ("e\u0301", ""),
        ("\ud800", "\ud800"),
        ("\ufffd", "\ufffd"),
        ("عربي", "عربي"),
        ("", ""),
    ],
)
def test_letters_that_the_paper_cannot_show_are_reported(text: str, missing: str) -> None:
    assert missing_letters(text) == missing.replace("Ω", "")


@pytest.mark.parametrize("text", ["😀", "漢字", "a😀ก漢", "\ud800x", "\ufffd"])
def test_a_missing_letter_is_a_black_square_and_never_the_empty_glyph(text: str) -> None:
    shaped = shape(text, REGULAR, 10)
    square = {number for number, *_ in harfbuzz(REPLACEMENT, REGULAR)}
    assert shaped.glyphs >= square
    assert 0 not in shaped.glyphs


def test_what_was_typed_stands_behind_the_black_square() -> None:
    assert spoken(shape("ดี 漢", REGULAR, 10).operators, REGULAR) == "ดี 漢"


def test_half_a_surrogate_pair_is_spoken_as_a_question() -> None:
    assert spoken(shape("a\ud83d", REGULAR, 10).operators, REGULAR) == "a?"


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200d", "\u2060", "\u00ad", "\x00", "\x07", "\ufeff", "\u202e"]
)
def test_signs_without_a_picture_are_left_out(hidden: str) -> None:
    assert shape(f"ที่{hidden}นี่", REGULAR, 10).operators == shape("ที่นี่", REGULAR, 10).operators


@settings(deadline=None, max_examples=80)
@given(text=st.one_of(TEXTS, THAI_TEXTS))
@example(text="\u0e49\u0e49\u0e49\u0e49")
@example(text="\u0e33\u0e33")
@example(text="ก\u0e48\u0e49\u0e4a\u0e31\u0e38\u0e39")
def test_any_text_can_be_printed_and_comes_back(text: str) -> None:
    shaped = shape(text, REGULAR, 9)
    assert 0 not in shaped.glyphs
    walked = drawn(shaped.operators, REGULAR, 9)
    assert walked[-1][1] == shaped.width
    back = spoken(shaped.operators, REGULAR)
    kept = "".join(sign for sign in text if sign in back)
    assert back == kept or (missing_letters(text) == "" and len(back) >= len(kept))


@settings(deadline=None, max_examples=60)
@given(text=THAI_TEXTS)
def test_any_pile_of_thai_marks_comes_back_exactly(text: str) -> None:
    assert spoken(shape(text, BOLD, 11).operators, BOLD) == text


def test_many_threads_shape_the_same_as_one() -> None:
    texts = [f"{word} {number}" for number in range(20) for word in HARD_WORDS]
    alone = [shape.__wrapped__(text, REGULAR, 10) for text in texts]
    found: dict[int, list[object]] = {}

    def work(name: int) -> None:
        found[name] = [shape.__wrapped__(text, REGULAR, 10) for text in texts]

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[name] == alone for name in range(4))
