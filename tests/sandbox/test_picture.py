"""Pictures: PNG and JPEG only, a cap on pixels, and every QR text in them."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pytest
import zxingcpp
from PIL import Image

from mit.errors import UnreadableFileError
from mit.sandbox import child
from mit.sandbox.picture import read

TEXT = "HTTPS://MIT.EXAMPLE/V/0123456789"


def qr_picture(text: str = TEXT, kind: str = "PNG", mode: str = "L", **options: object) -> bytes:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(barcode.to_image(scale=6)).convert(mode)
    framed = Image.new(mode, (picture.width + 80, picture.height + 80), "white")
    framed.paste(picture, (40, 40))
    buffer = io.BytesIO()
    framed.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that promises pixels it does not hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10_000)), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "L"), ("PNG", "RGB"), ("PNG", "1"), ("JPEG", "RGB"), ("JPEG", "L")]
)
def test_the_text_of_a_qr_code_is_read(kind: str, mode: str) -> None:
    assert read(qr_picture(kind=kind, mode=mode)) == [TEXT]


def test_a_picture_is_read_in_the_sealed_child() -> None:
    assert child.run("picture", qr_picture()) == [TEXT]
    assert child.run("picture", qr_picture(kind="JPEG", mode="RGB")) == [TEXT]


def test_a_turned_picture_is_read() -> None:
    picture = Image.open(io.BytesIO(qr_picture())).rotate(90, expand=True)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    assert read(buffer.getvalue()) == [TEXT]


def test_a_picture_without_a_code_has_no_texts() -> None:
    buffer = io.BytesIO()
    Image.new("L", (300, 300), "white").save(buffer, "PNG")
    assert read(buffer.getvalue()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(50),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        b"\x89PNG\r\n\x1a\n",
        qr_picture()[:200],
        qr_picture(kind="JPEG", mode="RGB")[:300],
        bytes(1000),
        png_header(100, 100_000),
        png_header(0, 5),
    ],
)
def test_what_is_no_png_or_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        child.run("picture", data)
    assert caught.value.code == "picture_not_readable"


def test_other_kinds_of_pictures_are_refused_even_when_whole() -> None:
    for kind in ("GIF", "BMP", "TIFF", "WEBP", "PPM"):
        buffer = io.BytesIO()
        Image.open(io.BytesIO(qr_picture())).convert("RGB").save(buffer, kind)
        with pytest.raises(UnreadableFileError, match="picture_not_readable"):
            read(buffer.getvalue())


def test_a_picture_that_promises_too_many_pixels_is_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(UnreadableFileError) as caught:
        child.run("picture", png_header(60_000, 60_000))
    assert caught.value.code == "picture_too_large"
    assert time.monotonic() - began < 3
