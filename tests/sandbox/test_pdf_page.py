"""A page of a PDF as a picture: bounded in pixels, time and memory, whatever the file holds."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mit.errors import UnreadableFileError
from mit.issuance.preview_evidence import LIMITS
from mit.sandbox import child
from mit.sandbox.pdf_page import HEIGHT_PIXELS, WIDTH_PIXELS, read
from tests.support.pdfs import huge_picture, locked_pdf, nested_bomb, packed_bomb, plain_pdf, scripted_pdf


def asked(page: int, pdf: bytes) -> bytes:
    return b"%d\n" % page + pdf


def drawn(answer: Any) -> tuple[int, Image.Image]:
    """Return how many pages the answer names, and its picture."""
    return answer["pages"], Image.open(io.BytesIO(base64.b64decode(answer["png"])))


def in_the_child(pdf: bytes, page: int = 1) -> tuple[int, Image.Image]:
    return drawn(child.run("pdf_page", asked(page, pdf), limits=LIMITS))


def test_a_page_is_drawn_as_it_looks() -> None:
    pages, picture = in_the_child(plain_pdf(3))
    assert pages == 3
    assert picture.size == (WIDTH_PIXELS, HEIGHT_PIXELS)
    shown = picture.convert("RGB")
    assert shown.getpixel((WIDTH_PIXELS // 2, HEIGHT_PIXELS // 2)) == (0, 51, 153)
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_of_ten_thousand_pages_the_one_asked_for_is_drawn_and_beyond_them_the_last() -> None:
    pdf = plain_pdf(10_000)
    assert in_the_child(pdf, 9_999)[0] == 10_000
    assert in_the_child(pdf, 99_999)[0] == 10_000


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 3), (3, 14_400), (3, 3)])
def test_a_page_of_any_size_fits(size: tuple[int, int]) -> None:
    _, picture = drawn(read(asked(1, plain_pdf(size=size))))
    assert 1 <= picture.width <= WIDTH_PIXELS
    assert 1 <= picture.height <= HEIGHT_PIXELS


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (locked_pdf(), "pdf_encrypted"),
        (plain_pdf(0), "pdf_unreadable"),
        (plain_pdf()[:300], "pdf_unreadable"),
        (b"%PDF-1.7\nnothing", "pdf_unreadable"),
        (b"", "pdf_unreadable"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(pdf: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        in_the_child(pdf)  # PDFium remembers the last fault of its process
    assert caught.value.code == code


@pytest.mark.parametrize("pdf", [packed_bomb(200), nested_bomb(), huge_picture()])
def test_a_bomb_is_drawn_within_the_limits_or_refused(pdf: bytes) -> None:
    assert len(pdf) < 250_000
    try:
        assert in_the_child(pdf)[0] == 1
    except UnreadableFileError as error:
        assert error.code in {"file_too_costly", "file_not_readable"}


def test_a_script_in_the_file_is_not_run_and_the_page_is_shown() -> None:
    assert in_the_child(scripted_pdf())[0] == 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_drawn_or_refused(data: st.DataObject) -> None:
    pdf = bytearray(plain_pdf(2))
    for _ in range(data.draw(st.integers(1, 6))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert drawn(read(asked(1, bytes(pdf))))[0] >= 1
    except UnreadableFileError as error:
        assert error.code in {"pdf_encrypted", "pdf_unreadable"}
