"""Text as outlines: for artwork that others place into their own labels, whatever fonts they have.

Shaped by HarfBuzz like everything on paper, then drawn glyph by glyph as path operators.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]  # has no stubs

from mit.document.fonts import Weight, typeface
from mit.document.shaping import text_runs

Point = tuple[float, float]


@lru_cache(maxsize=512)
def outlined(text: str, weight: Weight, size: float, at: Point) -> tuple[str, float]:
    """Return path operators that fill *text* with its baseline starting at *at*, and its width.

    *size*, *at* and the width are in one measure, the caller's; the path is to be filled non-zero.
    """
    scale = size / 1000
    pen = _OperatorPen(scale)
    face = typeface(weight)
    x = at[0]
    for glyphs in text_runs(text, weight):
        for info, place in zip(glyphs.glyph_infos, glyphs.glyph_positions, strict=True):
            pen.origin = (x + place.x_offset * scale, at[1] + place.y_offset * scale)
            face.shaper.draw_glyph_with_pen(info.codepoint, pen)
            x += place.x_advance * scale
    return " ".join(pen.operators), x - at[0]


def outline_width(text: str, weight: Weight, size: float) -> float:
    """Return the width of *text* in the measure of *size*."""
    return outlined(text, weight, size, (0.0, 0.0))[1]


class _OperatorPen(BasePen):  # type: ignore[misc]  # has no stubs
    """Writes what a glyph draws as PDF path operators; quadratic curves become cubic ones."""

    def __init__(self, scale: float) -> None:
        super().__init__(None)
        self.operators: list[str] = []
        self.origin: Point = (0.0, 0.0)
        self._scale = scale

    def _moveTo(self, pt: Any) -> None:  # noqa: N802 - fontTools' name
        self.operators.append(f"{self._at(pt)} m")

    def _lineTo(self, pt: Any) -> None:  # noqa: N802 - fontTools' name
        self.operators.append(f"{self._at(pt)} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802 - fontTools' name
        self.operators.append(f"{self._at(pt1)} {self._at(pt2)} {self._at(pt3)} c")

    def _closePath(self) -> None:  # noqa: N802 - fontTools' name
        self.operators.append("h")

    def _at(self, pt: Any) -> str:
        x, y = self.origin
        return f"{x + pt[0] * self._scale:.3f} {y + pt[1] * self._scale:.3f}"
