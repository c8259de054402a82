"""The drawing surface: pages, lines, boxes and shaped text; the only user of ReportLab's canvas.

Measures are points from the lower left corner.  Text goes in as operators of our own
(``shaping``), because ReportLab's fonts would lose the Thai text; the fonts themselves and the
shared pictures are added afterwards by ``archive``, under the names used here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # has no stubs
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # has no stubs

from mit.document.fonts import REGULAR, WEIGHTS, Weight
from mit.document.shaping import shape

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM

Colour = tuple[float, float, float]
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text is set: weight, size and leading in points, colour."""

    size: float
    leading: float
    colour: Colour
    weight: Weight = REGULAR


class Sheet:
    """Pages in the making."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=A4, pageCompression=0, invariant=1)
        self.glyphs: dict[Weight, set[int]] = {weight: set() for weight in WEIGHTS}

    def text(self, at: tuple[float, float], text: str, style: Style, *, align: Align = "left") -> None:
        """Print one line with its baseline through *at*, the point being its left, middle or right."""
        shaped = shape(text, style.weight, style.size)
        self.glyphs[style.weight] |= shaped.glyphs
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        x = at[0] - share * shaped.width * style.size / 1000
        red, green, blue = style.colour
        self._canvas.addLiteral(
            f"BT {red:.3g} {green:.3g} {blue:.3g} rg /{style.weight} {style.size:g} Tf "
            f"1 0 0 1 {x:.2f} {at[1]:.2f} Tm {shaped.operators} ET"
        )

    def slanted_text(self, centre: tuple[float, float], text: str, style: Style, *, degrees: float) -> None:
        """Print one line turned by *degrees* around its middle at *centre*."""
        self._canvas.saveState()
        self._canvas.translate(*centre)
        self._canvas.rotate(degrees)
        self.text((0, -style.size / 3), text, style, align="centre")
        self._canvas.restoreState()

    @contextmanager
    def shrunk(self, centre: tuple[float, float], factor: float) -> Iterator[None]:
        """Draw what follows smaller by *factor* around *centre*, which stays where it is."""
        self._canvas.saveState()
        self._canvas.translate(*centre)
        self._canvas.scale(factor, factor)
        self._canvas.translate(-centre[0], -centre[1])
        yield
        self._canvas.restoreState()

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: float
    ) -> None:
        """Draw a straight line, *width* points thick."""
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(width)
        self._canvas.line(*start, *end)

    def box(
        self,
        corner: tuple[float, float],
        size: tuple[float, float],
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        width: float = 0.5,
    ) -> None:
        """Draw a box from its lower left corner, filled, outlined, or both."""
        if fill:
            self._canvas.setFillColorRGB(*fill)
        if stroke:
            self._canvas.setStrokeColorRGB(*stroke)
            self._canvas.setLineWidth(width)
        self._canvas.rect(*corner, *size, stroke=int(bool(stroke)), fill=int(bool(fill)))

    def picture(self, name: str, at: tuple[float, float], scale: float) -> None:
        """Draw the shared picture *name* with its origin at *at*, enlarged by *scale*."""
        self._canvas.addLiteral(f"q {scale:.5g} 0 0 {scale:.5g} {at[0]:.2f} {at[1]:.2f} cm /{name} Do Q")

    def end_page(self) -> None:
        """Finish the page; what follows goes onto the next."""
        self._canvas.showPage()

    def to_bytes(self) -> bytes:
        """Return the pages as a plain PDF, still without fonts and shared pictures."""
        self._canvas.save()
        return self._buffer.getvalue()
