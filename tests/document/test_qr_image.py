"""The QR symbol: its version, its exact content, and the pictures made of it."""

from __future__ import annotations

import io
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mit.document.qr_image import (
    QUIET_ZONE_MODULES,
    dark_runs,
    qr_matrix,
    qr_png,
    qr_rows,
    qr_svg,
    qr_version,
)
from mit.errors import InputError
from mit.i18n import say
from tests.document.papers import qr_text
from tests.support.require import program

SVG = "{http://www.w3.org/2000/svg}"
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def read_back(png: bytes) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return found


def test_240_bytes_of_payload_make_version_12_as_measured() -> None:
    assert qr_version(qr_text(240)) == 12
    assert len(qr_matrix(qr_text(240))) == 65


@pytest.mark.parametrize(
    ("length_bytes", "version"), [(120, 8), (160, 10), (200, 11), (240, 12), (300, 13), (345, 15), (416, 16)]
)
def test_the_digits_are_written_in_numeric_mode(length_bytes: int, version: int) -> None:
    assert qr_version(qr_text(length_bytes)) == version


@pytest.mark.parametrize(
    "text",
    ["1", "https://mit.example.or.th/v/1", "MIT-2569-0012345-B", "ไทย", "a" * 300, "7" * 432, "7" * 433],
)
def test_a_short_text_is_not_given_a_larger_symbol_than_it_needs(text: str) -> None:
    """zxing-cpp, an encoder of its own, is the judge of the least version."""
    theirs = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = theirs.to_image(scale=1, add_quiet_zones=False)
    assert len(qr_matrix(text)) <= image.shape[0]


def test_the_symbol_has_its_three_finders_and_is_level_m() -> None:
    matrix = qr_matrix(qr_text())
    rows = ["".join("01"[module] for module in row) for row in matrix]
    assert tuple(row[:7] for row in rows[:7]) == FINDER
    assert tuple(row[-7:] for row in rows[:7]) == FINDER
    assert tuple(row[:7] for row in rows[-7:]) == FINDER
    assert read_back(qr_png(qr_text())).ec_level == "M"


def test_the_same_text_gives_the_same_symbol_whatever_came_before() -> None:
    first = qr_matrix(qr_text())
    qr_rows.cache_clear()
    qr_matrix("something else")
    assert qr_matrix(qr_text()) == first


def test_a_text_that_no_symbol_holds_is_refused_with_a_sentence() -> None:
    with pytest.raises(InputError) as caught:
        qr_matrix("x" * 2500)
    assert caught.value.code == "qr_too_long"
    for language in ("th", "en"):
        assert "2500" in say("errors.qr_too_long", language, **caught.value.params)


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=200))
def test_every_text_comes_back_from_the_png(text: str) -> None:
    assert read_back(qr_png(text, module_pixels=4)).text == text


@settings(deadline=None, max_examples=25)
@given(st.integers(min_value=0, max_value=10**900))
def test_every_number_comes_back_from_an_address(number: int) -> None:
    text = f"https://mit.example.or.th/v/{number}"
    assert read_back(qr_png(text, module_pixels=4)).text == text


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=12), min_size=1, max_size=6))
def test_the_runs_cover_exactly_the_dark_modules(rows: list[list[bool]]) -> None:
    covered = {
        (row, column + k) for row, column, length in dark_runs(tuple(map(tuple, rows))) for k in range(length)
    }
    assert covered == {(y, x) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}


def test_two_runs_never_touch() -> None:
    last: dict[int, int] = {}
    for row, column, length in dark_runs(qr_matrix(qr_text())):
        assert column > last.get(row, -1)
        last[row] = column + length


def test_the_png_has_its_quiet_zone_and_only_black_and_white() -> None:
    picture = Image.open(io.BytesIO(qr_png("1", module_pixels=3)))
    assert picture.mode == "1"
    side = 21 + 2 * QUIET_ZONE_MODULES
    assert picture.size == (3 * side, 3 * side)
    edge = picture.crop((0, 0, 3 * side, 3 * QUIET_ZONE_MODULES))
    assert edge.getextrema() == (255, 255)


def test_the_svg_is_one_path_on_white_and_reads_back_when_it_is_painted() -> None:
    root = ElementTree.fromstring(qr_svg(qr_text()))
    assert [child.tag for child in root] == [f"{SVG}path", f"{SVG}path"]
    side = 65 + 2 * QUIET_ZONE_MODULES
    assert root.get("viewBox") == f"0 0 {side} {side}"
    picture = Image.new("L", (side, side), 255)
    for move in root[1].attrib["d"].split("z")[:-1]:
        place, _, length = move.partition("h")
        column, row = map(int, place[1:].split())
        picture.paste(0, (column, row, column + int(length.partition("v")[0]), row + 1))
    large = picture.resize((side * 4, side * 4), Image.Resampling.NEAREST)
    (found,) = zxingcpp.read_barcodes(large)
    assert found.text == qr_text()


def test_the_svg_says_what_it_is_to_a_screen_reader_or_hides() -> None:
    assert 'aria-hidden="true"' in qr_svg("1")
    named = ElementTree.fromstring(qr_svg("1", title='QR <of> "MIT" & co'))
    assert named.get("role") == "img"
    assert named.get("aria-label") == 'QR <of> "MIT" & co'


def test_zbar_reads_the_png_too(tmp_path: Path) -> None:
    path = tmp_path / "qr.png"
    path.write_bytes(qr_png(qr_text()))
    done = subprocess.run(
        [program("zbar", "zbarimg"), "-q", "--raw", str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == qr_text()


@settings(deadline=None, max_examples=40)
@given(
    st.one_of(
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=300),
        # A block of nothing but zero bytes is beyond qrcode itself; no signature makes thirty zeros.
        st.integers(0, 10**800)
        .filter(lambda number: "0" * 30 not in str(number))
        .map(lambda number: f"https://mit.example.or.th/v/{number}"),
        st.text("ABCDEFGHIJ $%*+-./:", min_size=1, max_size=200),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    )
)
def test_the_symbol_is_exactly_the_one_that_qrcode_makes_alone(text: str) -> None:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=4)
    code.add_data(text)
    code.make(fit=True)
    assert qr_matrix(text) == tuple(tuple(map(bool, row)) for row in code.modules)


@pytest.mark.parametrize("digits", [1, 432, 433, 552, 553, 3000, 3001, 5595, 5596])
def test_the_edges_between_versions_are_where_qrcode_has_them(digits: int) -> None:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data("7" * digits)
    assert qr_version("7" * digits) == code.best_fit()
