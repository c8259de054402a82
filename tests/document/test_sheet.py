"""The drawing surface: what is drawn comes out where it was put, in the colour it was given."""

from __future__ import annotations

import io

import pikepdf
import pytest

from mit.document.fonts import BOLD, REGULAR
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH, Sheet, Style
from tests.document.printed import Page, _Reader, as_pdf

RED = Style(20, 30, (0.5, 0, 0.25), BOLD)
PLAIN = Style(10, 15, (0, 0, 0))


def read(sheet: Sheet) -> list[Page]:
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return [_Reader().read(page) for page in pdf.pages]


def operators(sheet: Sheet) -> list[str]:
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return [str(operator) for _, operator in pikepdf.parse_content_stream(pdf.pages[0])]


def test_the_page_is_a4() -> None:
    sheet = Sheet()
    sheet.end_page()
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        box = [float(edge) for edge in pdf.pages[0].mediabox]
    assert box == pytest.approx([0, 0, 210 * MM, 297 * MM], abs=0.01)
    assert (PAGE_WIDTH, PAGE_HEIGHT) == (210 * MM, 297 * MM)


def test_text_has_its_place_size_and_colour() -> None:
    sheet = Sheet()
    sheet.text((100, 200), "น้ำ", RED)
    sheet.end_page()
    (line,) = read(sheet)[0].lines
    assert line.text == "น้ำ"
    assert line.box.left == 100
    assert line.box.bottom == pytest.approx(200 - 0.2 * 20)
    assert (line.size, line.colour) == (20, (0.5, 0, 0.25))


def test_glyphs_are_kept_by_weight_for_the_subsets() -> None:
    sheet = Sheet()
    sheet.text((0, 0), "ก", PLAIN)
    sheet.text((0, 0), "ขค", RED)
    sheet.text((0, 0), "ค", RED)
    assert len(sheet.glyphs[REGULAR]) == 1
    assert len(sheet.glyphs[BOLD]) == 2
    assert not sheet.glyphs[REGULAR] & sheet.glyphs[BOLD]


def test_slanted_text_is_turned_around_its_middle_and_leaves_the_rest_straight() -> None:
    sheet = Sheet()
    sheet.slanted_text((300, 400), "ตัวอย่าง", RED, degrees=52)
    sheet.text((100, 100), "ก", PLAIN)
    sheet.end_page()
    slanted, straight = read(sheet)[0].lines
    assert not slanted.is_straight
    assert straight.is_straight
    assert straight.box.left == 100


def test_what_is_shrunk_keeps_its_centre_and_what_follows_its_size() -> None:
    sheet = Sheet()
    with sheet.shrunk((100, 500), 0.5):
        sheet.text((100, 480), "ก", RED, align="centre")
    sheet.text((10, 10), "ข", RED)
    sheet.end_page()
    small, large = read(sheet)[0].lines
    assert small.size == pytest.approx(10)
    assert small.box.bottom == pytest.approx(490 - 0.2 * 10)
    assert (small.box.left + small.box.right) / 2 == pytest.approx(100, abs=0.01)
    assert large.size == 20


def test_a_picture_has_its_place_and_scale() -> None:
    sheet = Sheet()
    sheet.picture("Mark", (100, 200), 30)
    sheet.picture("Qr", (10, 20), 113.39)
    sheet.end_page()
    page = read(sheet)[0]
    mark, qr = page.picture("Mark"), page.picture("Qr")
    assert (mark.left, mark.bottom, mark.right, mark.top) == (70, 170, 130, 230)
    assert (qr.left, qr.bottom) == (10, 20)
    assert qr.right == pytest.approx(123.39)


@pytest.mark.parametrize(
    ("fill", "stroke", "expected"),
    [((1, 0, 0), None, {"f", "f*"}), (None, (0, 0, 1), {"S"}), ((1, 0, 0), (0, 0, 1), {"B", "B*"})],
)
def test_a_box_is_filled_outlined_or_both(fill: object, stroke: object, expected: set[str]) -> None:
    sheet = Sheet()
    sheet.box((1, 2), (3, 4), fill=fill, stroke=stroke)  # type: ignore[arg-type]
    sheet.end_page()
    assert expected & set(operators(sheet))


def test_a_line_is_stroked() -> None:
    sheet = Sheet()
    sheet.line((0, 0), (10, 0), (0, 0, 0), 0.5)
    sheet.end_page()
    assert {"m", "l", "S"} <= set(operators(sheet))


def test_every_page_is_its_own() -> None:
    sheet = Sheet()
    for text in ("ก", "ข"):
        sheet.text((0, 0), text, PLAIN)
        sheet.end_page()
    assert [page.text for page in read(sheet)] == ["ก", "ข"]


def test_the_same_drawing_gives_the_same_bytes() -> None:
    def draw() -> bytes:
        sheet = Sheet()
        sheet.text((1.23456, 2), "ก", PLAIN)
        sheet.end_page()
        return as_pdf(sheet)

    assert draw() == draw()
