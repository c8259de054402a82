from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.text import THAI_BYTES, from_qr_text, sign_fault, to_qr_text
from mit.errors import UnknownPresentationError
from mit.i18n import knows
from tests.support.specimens import LONG_NAME, fitting_texts, wild_texts


@given(fitting_texts)
def test_thai_and_latin_letters_travel_as_one_byte_each(text: str) -> None:
    data = to_qr_text(text)
    assert isinstance(data, bytes)
    assert len(data) == len(text)
    assert from_qr_text(data) == text


@given(wild_texts)
@settings(deadline=None)
def test_a_text_comes_back_as_it_went_in_or_is_refused_by_name(text: str) -> None:
    value = to_qr_text(text)
    try:
        assert from_qr_text(value) == text
    except UnknownPresentationError as error:
        assert knows(f"errors.{error.code}")


@given(st.binary(min_size=1, max_size=40))
def test_bytes_are_refused_or_have_this_one_spelling(data: bytes) -> None:
    try:
        text = from_qr_text(data)
    except UnknownPresentationError as error:
        assert error.code == "qr_text_bytes"
        assert set(data) - set(THAI_BYTES)
    else:
        assert to_qr_text(text) == data


@given(st.text(min_size=1))
def test_a_text_string_is_refused_where_bytes_would_have_done(text: str) -> None:
    fits = isinstance(to_qr_text(text), bytes)
    try:
        from_qr_text(text)
    except UnknownPresentationError as error:
        assert (error.code == "qr_text_spelling") is fits
    else:
        assert not fits


def test_the_bytes_are_those_that_python_and_browsers_read_alike() -> None:
    # windows-874 as WHATWG maps it: 0xA1–0xDA and 0xDF–0xFB are U+0E01–U+0E3A and U+0E3F–U+0E5B.
    assert [ord(letter) for letter in THAI_BYTES.decode("cp874")] == [
        *range(0x20, 0x7F),
        *range(0x0E01, 0x0E3B),
        *range(0x0E3F, 0x0E5C),
    ]
    assert len(THAI_BYTES) == 95 + 58 + 29


@pytest.mark.parametrize("letter", ["–", "’", "“", "€", "…", "\u00a0", "é", "中", "😀"])
def test_a_letter_outside_the_set_makes_it_travel_as_text(letter: str) -> None:
    assert to_qr_text(f"บริษัท {letter}") == f"บริษัท {letter}"


GOOD = [
    LONG_NAME,
    "น้ำ ป้ำ ค่ำ ที่ ญี่ปุ่น ฐู ฝื้น ซื้อ ก็ เก๊าะ พันธุ์ สิทธิ์ ไฟล์ ฤๅษี ๆ ฯลฯ",
    "ภูเก็ต ๓๒๑ เป็น แป้ง โรงงาน",
    "Café “Siam” – 100% 中文",
    "",
]
BAD = [
    ("lone surrogate", "ก\ud800", "text_forbidden_sign"),
    ("null", "ก\x00", "text_forbidden_sign"),
    ("line feed", "ก\nข", "text_forbidden_sign"),
    ("C1 control", "ก\x85", "text_forbidden_sign"),
    ("right-to-left override", "ก\u202eข", "text_forbidden_sign"),
    ("isolate", "ก\u2066ข", "text_forbidden_sign"),
    ("arabic letter mark", "\u061c", "text_forbidden_sign"),
    ("private use (old Thai fonts)", "ป\uf70a", "text_forbidden_sign"),
    ("unassigned", "\u0378", "text_forbidden_sign"),
    ("noncharacter", "\uffff", "text_forbidden_sign"),
    ("zero-width space", "ก\u200bข", "text_invisible_sign"),
    ("joiner", "ก\u200dข", "text_invisible_sign"),
    ("non-joiner", "ก\u200cข", "text_invisible_sign"),
    ("byte order mark", "\ufeffก", "text_invisible_sign"),
    ("soft hyphen", "ab\u00adcd", "text_invisible_sign"),
    ("three marks", "กิ่์", "text_stacked_marks"),
    ("a mark twice", "ก่่", "text_stacked_marks"),
    ("two tone marks", "ก่้", "text_stacked_marks"),
    ("two sara e for sara ae", "เเป้ง", "text_lookalike"),
    ("nikhahit and sara aa for sara am", "น\u0e49\u0e4d\u0e32", "text_stacked_marks"),
    ("split sara am", "ท\u0e4d\u0e32", "text_lookalike"),
    ("tone after sara am", "น\u0e33\u0e49", "text_lookalike"),
    ("mark at the beginning", "\u0e48ก", "text_bare_mark"),
    ("mark after a Latin letter", "a\u0e48", "text_bare_mark"),
    ("decomposed letter", "e\u0301", "text_not_composed"),
]


@pytest.mark.parametrize("text", GOOD)
def test_ordinary_texts_may_be_signed(text: str) -> None:
    assert sign_fault(text) is None


@pytest.mark.parametrize(("what", "text", "code"), BAD, ids=[row[0] for row in BAD])
def test_each_dangerous_text_is_named(what: str, text: str, code: str) -> None:
    found = sign_fault(text)
    assert found is not None
    if what.startswith("nikhahit"):
        assert found[0] in {"text_stacked_marks", "text_lookalike"}
    else:
        assert found[0] == code
    assert knows(f"errors.{code}")


#: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, first and last of each span.
IGNORABLE = [
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), IGNORABLE, ids=lambda point: f"{point:04X}")
def test_no_sign_that_cannot_be_seen_is_ever_signed(first: int, last: int) -> None:
    for point in {*range(first, last + 1)}:
        found = sign_fault(f"สยาม{chr(point)}เคเบิล")
        assert found is not None
        assert found[0] in {"text_invisible_sign", "text_forbidden_sign"}
        assert found[1] == f"U+{point:04X}"


@given(st.text(min_size=1, max_size=30))
@settings(deadline=None, max_examples=300)
def test_whatever_may_be_signed_can_be_seen_and_is_composed(text: str) -> None:
    if sign_fault(text) is None:
        assert unicodedata.is_normalized("NFC", text)
        assert not {unicodedata.category(sign) for sign in text} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert not any(first <= ord(sign) <= last for sign in text for first, last in IGNORABLE)


@given(wild_texts)
@settings(deadline=None, max_examples=300)
def test_the_judgement_of_a_text_never_fails(text: str) -> None:
    found = sign_fault(text)
    if any(0xD800 <= ord(sign) <= 0xDFFF or ord(sign) < 0x20 for sign in text):
        assert found is not None
