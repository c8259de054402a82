"""The drawn parts: our own, constant, without text or pictures of anybody, and inside their boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from mit.document import ornament
from mit.document.ornament import Picture
from mit.document.qr_image import qr_matrix
from tests.document.papers import qr_text

PICTURES = {
    "frame": ornament.frame(),
    "rosette": ornament.rosette(),
    "watermark": ornament.watermark(),
    "gold rosette": ornament.gold_rosette(),
    "mark": ornament.mark(),
}
ALLOWED = {"m", "l", "c", "h", "re", "S", "s", "f", "B", "q", "Q", "cm", "w", "Do", "RG", "rg", "g"}


def family(picture: Picture) -> Iterator[Picture]:
    yield picture
    for part in picture.parts.values():
        yield from family(part)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_hold_only_paths_colours_and_their_own_parts(name: str) -> None:
    for picture in family(PICTURES[name]):
        words = re.findall(r"(?<![\w./-])[A-Za-z]+\b", re.sub(r"/\w+", "", picture.operators))
        assert set(words) <= ALLOWED
        assert set(re.findall(r"/(\w+) Do", picture.operators)) == set(picture.parts)


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_saved_is_restored(name: str) -> None:
    for picture in family(PICTURES[name]):
        assert len(re.findall(r"\bq\b", picture.operators)) == len(re.findall(r"\bQ\b", picture.operators))


@pytest.mark.parametrize("name", ["mark", "rosette"])
def test_every_point_lies_in_the_box(name: str) -> None:
    for picture in family(PICTURES[name]):
        left, bottom, right, top = picture.box
        for x, y in re.findall(r"(-?\d+\.\d+) (-?\d+\.\d+) (?=m|c)", picture.operators):
            assert left <= float(x) <= right
            assert bottom <= float(y) <= top


def test_the_parts_are_shared_instead_of_repeated() -> None:
    frame = ornament.frame()
    assert set(frame.parts) == {"Wave", "Rosette"}
    assert len(frame.operators) < 12_000
    assert frame.operators.count("/Wave Do") > 90


def test_a_picture_is_made_once() -> None:
    assert ornament.frame() is ornament.frame()
    assert ornament.mark() is ornament.mark()


def test_the_qr_picture_is_a_unit_square_on_white_that_can_be_read() -> None:
    picture = ornament.qr(qr_text())
    assert picture.box == (0, 0, 1, 1)
    assert picture.operators.startswith("1 g 0 0 1 1 re f ")
    side = round(1 / float(re.search(r"f ([\d.]+) 0 0 ", picture.operators)[1]))  # type: ignore[index]
    assert side == 65 + 8
    image = Image.new("L", (side * 4, side * 4), 255)
    painter = ImageDraw.Draw(image)
    _, _, runs = picture.operators.partition(" cm ")
    for x, y, length in re.findall(r"(\d+) (\d+) (\d+) 1 re", runs):
        top = side - 1 - int(y)
        painter.rectangle((int(x) * 4, top * 4, (int(x) + int(length)) * 4 - 1, top * 4 + 3), fill=0)
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == qr_text()
    dark = {(x, y) for x in range(side) for y in range(side) if not image.getpixel((4 * x, 4 * y))}
    matrix = qr_matrix(qr_text())
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
