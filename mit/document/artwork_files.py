"""Artwork as files: SVG, PDF and PNG of the same lines and surfaces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape

import pypdfium2  # type: ignore[import-untyped]  # has no stubs
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # has no stubs

from mit.document.artwork import Artwork, Part
from mit.document.sheet import MM

#: How sharp the PNG is: an office printer's own measure.
PNG_DPI = 600
_POINTS_PER_INCH = 72
#: How many numbers each path operator takes.
_TAKES = {"m": 2, "l": 2, "c": 6, "h": 0, "re": 4, "f": 0, "S": 0, "B": 0, "rg": 3, "RG": 3, "w": 1}
_PAINTS = {"f": (True, False), "S": (False, True), "B": (True, True)}


def artwork_pdf(art: Artwork) -> bytes:
    """Return the artwork as a PDF of one page of its own size; the same artwork gives the same bytes."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(art.width_mm * MM, art.height_mm * MM), invariant=1)
    canvas.setTitle(art.title)
    for part in art.parts:
        x, y = part.at
        scale = part.scale * MM
        canvas.addLiteral(f"q {scale:.5f} 0 0 {scale:.5f} {x * MM:.4f} {y * MM:.4f} cm {part.operators} Q")
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def artwork_png(art: Artwork, *, dpi: int = PNG_DPI) -> bytes:
    """Return the artwork as a PNG that knows its size in print."""
    document = pypdfium2.PdfDocument(artwork_pdf(art))
    try:
        picture = document[0].render(scale=dpi / _POINTS_PER_INCH).to_pil()
    finally:
        document.close()
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, format="PNG", dpi=(dpi, dpi), optimize=False)
    return stream.getvalue()


def artwork_svg(art: Artwork) -> str:
    """Return the artwork as SVG, in millimetres; no script, no style sheet, no font."""
    size = f'width="{art.width_mm:g}mm" height="{art.height_mm:g}mm"'
    paths = "".join(_group(part) for part in art.parts)
    title = escape("".join(sign for sign in art.title if sign.isprintable()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {art.width_mm:g} {art.height_mm:g}" '
        f'role="img"><title>{title}</title>'
        f'<g transform="matrix(1 0 0 -1 0 {art.height_mm:g})">{paths}</g></svg>'
    )


def _group(part: Part) -> str:
    paths = "".join(_paths(part.operators))
    if part.scale == 1 and not any(part.at):
        return paths
    x, y = part.at
    return f'<g transform="matrix({part.scale:g} 0 0 {part.scale:g} {x:g} {y:g})">{paths}</g>'


def _paths(operators: str) -> Iterator[str]:
    """Yield one ``path`` for each surface that PDF operators paint."""
    fill = stroke = "#000000"
    width = "1"
    path: list[str] = []
    for name, numbers in _read(operators):
        if name == "rg":
            fill = _colour(numbers)
        elif name == "RG":
            stroke = _colour(numbers)
        elif name == "w":
            width = numbers[0]
        elif name in _PAINTS:
            yield _path("".join(path), fill, stroke, width, paints=_PAINTS[name])
            path.clear()
        else:
            path.append(_step(name, numbers))


def _read(operators: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each operator with its numbers."""
    numbers: list[str] = []
    for word in operators.split():
        if word in _TAKES:
            yield word, numbers[len(numbers) - _TAKES[word] :]
            numbers = []
        else:
            numbers.append(word)


def _step(name: str, numbers: list[str]) -> str:
    if name == "re":
        x, y, width, height = numbers
        return f"M{x} {y}h{width}v{height}h-{width}z"
    return {"m": "M", "l": "L", "c": "C", "h": "z"}[name] + " ".join(numbers)


def _path(path: str, fill: str, stroke: str, width: str, *, paints: tuple[bool, bool]) -> str:
    filled, stroked = paints
    line = f' stroke="{stroke}" stroke-width="{width}"' if stroked else ""
    return f'<path d="{path}" fill="{fill if filled else "none"}"{line}/>'


def _colour(numbers: list[str]) -> str:
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in numbers)
