"""PDF files for tests of uploads: harmless ones of any length, and those that want to do harm."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

A4 = (595, 842)
#: A square in the middle of the page, so that a picture of it is not empty.
DRAWN = b"0 0.2 0.6 rg 150 300 300 300 re f"


def plain_pdf(pages: int = 1, *, size: tuple[float, float] = A4, content: bytes = DRAWN) -> bytes:
    """Return a PDF of *pages* pages; the first holds *content*."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=size)
        if pages:
            pdf.pages[0].obj.Contents = Stream(pdf, content)
        return _saved(pdf)


def locked_pdf() -> bytes:
    """Return a PDF that opens with a password only."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        stream = io.BytesIO()
        pdf.save(stream, encryption=pikepdf.Encryption(owner="owner", user="user"))
        return stream.getvalue()


def packed_bomb(megabytes: int) -> bytes:
    """Return a small PDF whose page unpacks to *megabytes*."""
    return _made(lambda pdf: _set_packed(pdf, zlib.compress(b"q " * (megabytes * 500_000), 9)))


def nested_bomb(levels: int = 12) -> bytes:
    """Return a small PDF whose page draws ten forms, each of which draws ten, *levels* deep."""
    return _made(lambda pdf: _nest(pdf, levels))


def huge_picture() -> bytes:
    """Return a small PDF with a picture of 900 million pixels."""
    return _made(_set_picture)


def scripted_pdf() -> bytes:
    """Return a PDF that wants to run a script, open an address and start a program."""

    def write(pdf: Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS="app.alert('hello')")
        pdf.Root.OpenAction = script
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F="/bin/sh"))
        pdf.pages[0].obj.Contents = Stream(pdf, DRAWN)

    return _made(write)


def _made(write: Callable[[Pdf], None]) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        write(pdf)
        return _saved(pdf)


def _saved(pdf: Pdf) -> bytes:
    stream = io.BytesIO()
    pdf.save(stream, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return stream.getvalue()


def _set_packed(pdf: Pdf, packed: bytes) -> None:
    pdf.pages[0].obj.Contents = Stream(pdf, packed, Filter=Name.FlateDecode)


def _nest(pdf: Pdf, levels: int) -> None:
    form: pikepdf.Object | None = None
    for _ in range(levels):
        drawn = b"/X Do " * 10 if form is not None else b"0 0 600 800 re f"
        stream = Stream(pdf, drawn, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 800]))
        stream.Resources = Dictionary(XObject=Dictionary(X=form)) if form is not None else Dictionary()
        form = pdf.make_indirect(stream)
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=form))
    pdf.pages[0].obj.Contents = Stream(pdf, b"/X Do")


def _set_picture(pdf: Pdf) -> None:
    stream = Stream(pdf, zlib.compress(b"\0" * 90_000_000, 9), Filter=Name.FlateDecode)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width = stream.Height = 30_000
    stream.ColorSpace, stream.BitsPerComponent = Name.DeviceRGB, 8
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=pdf.make_indirect(stream)))
    pdf.pages[0].obj.Contents = Stream(pdf, b"600 0 0 800 0 0 cm /X Do")
