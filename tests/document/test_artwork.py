"""The mark for products: three files of one drawing, read back as a printer and a phone would."""

from __future__ import annotations

import io
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from mit.document.artwork import Artwork, ArtworkKind, MarkText, draw_artwork
from mit.document.artwork_files import PNG_DPI, artwork_pdf, artwork_png, artwork_svg
from tests.document.papers import qr_text
from tests.support.require import program

SVG = "{http://www.w3.org/2000/svg}"
TEXT = MarkText(
    number="MIT-2569-0012345-B",
    qr_text=qr_text(240),
    name_th="ผลิตในประเทศไทย",
    name_en="MADE IN THAILAND",
    host="ตรวจสอบที่ mit.example.org",
    sample=False,
)
SHORT = replace(TEXT, qr_text="https://mit.example.org/c/MIT-2569-0012345-B")
BOTH = pytest.mark.parametrize(
    ("kind", "text"), [(ArtworkKind.FULL, TEXT), (ArtworkKind.SMALL, SHORT)], ids=["full", "small"]
)


def pixels(art: Artwork, dpi: int) -> Image.Image:
    return Image.open(io.BytesIO(artwork_png(art, dpi=dpi)))


@BOTH
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_phone_reads_the_qr_as_it_is_printed(kind: ArtworkKind, text: MarkText, dpi: int) -> None:
    (found,) = zxingcpp.read_barcodes(pixels(draw_artwork(kind, text), dpi))
    assert found.text == text.qr_text


@BOTH
def test_zbar_reads_it_too(kind: ArtworkKind, text: MarkText, tmp_path: Path) -> None:
    picture = tmp_path / "mark.png"
    picture.write_bytes(artwork_png(draw_artwork(kind, text), dpi=300))
    told = subprocess.run(
        [program("zbar", "zbarimg"), "-q", "--raw", str(picture)], capture_output=True, check=True
    )
    assert told.stdout.decode().strip() == text.qr_text


@BOTH
def test_the_png_knows_its_size_in_print(kind: ArtworkKind, text: MarkText) -> None:
    art = draw_artwork(kind, text)
    picture = Image.open(io.BytesIO(artwork_png(art)))
    assert tuple(round(dpi) for dpi in picture.info["dpi"]) == (PNG_DPI, PNG_DPI)
    assert abs(picture.width / PNG_DPI * 25.4 - art.width_mm) < 0.1
    assert abs(picture.height / PNG_DPI * 25.4 - art.height_mm) < 0.1


@BOTH
def test_the_pdf_needs_no_font_and_no_picture_and_is_always_the_same(
    kind: ArtworkKind, text: MarkText
) -> None:
    art = draw_artwork(kind, text)
    data = artwork_pdf(art)
    assert data == artwork_pdf(draw_artwork(kind, text))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (page,) = pdf.pages
        box = [float(side) / 72 * 25.4 for side in page.mediabox]  # type: ignore[attr-defined]
        assert [round(side, 1) for side in box[2:]] == [art.width_mm, art.height_mm]
        assert not page.get("/Resources", {}).get("/XObject")
        operators = {str(instruction.operator) for instruction in pikepdf.parse_content_stream(page)}
    assert not operators & {"Tj", "TJ", "Do", "BI"}


@BOTH
def test_the_svg_is_the_same_drawing_without_script_style_or_text(
    kind: ArtworkKind, text: MarkText, tmp_path: Path
) -> None:
    art = draw_artwork(kind, text)
    root = ElementTree.fromstring(artwork_svg(art))
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{name}" for name in ("svg", "title", "g", "path")
    }
    assert root.findtext(f"{SVG}title") == art.title
    assert (root.get("width"), root.get("height")) == (f"{art.width_mm:g}mm", f"{art.height_mm:g}mm")
    assert all(path.get("d") for path in root.iter(f"{SVG}path"))


@BOTH
def test_what_demo_keys_signed_is_stamped_and_shows_no_emblem(kind: ArtworkKind, text: MarkText) -> None:
    real, sample = draw_artwork(kind, text), draw_artwork(kind, replace(text, sample=True))
    changed = ImageChops.difference(pixels(real, 100), pixels(sample, 100)).getbbox()
    assert changed is not None
    red = sum(
        1
        for red, green, blue in pixels(sample, 100).get_flattened_data()
        if red > 150 > 60 > max(green, blue)
    )
    assert red > 500
    (found,) = zxingcpp.read_barcodes(pixels(sample, 200))
    assert found.text == text.qr_text


@settings(deadline=None, max_examples=25)
@given(
    name=st.text(st.characters(codec="utf-8"), max_size=80),
    host=st.text(st.sampled_from("กำที่ป่น้ำabcขฃ<&\"'\u200b\u0e38\u0e4a"), max_size=40),
)
def test_whatever_the_words_the_files_are_well_formed_and_the_qr_is_read(name: str, host: str) -> None:
    art = draw_artwork(ArtworkKind.SMALL, replace(SHORT, name_th=name, host=host))
    assert ElementTree.fromstring(artwork_svg(art)) is not None
    (found,) = zxingcpp.read_barcodes(pixels(art, 200))
    assert found.text == SHORT.qr_text
