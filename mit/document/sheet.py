"""The drawing surface: pages, lines, boxes and shaped text; the only user of ReportLab's canvas.

Measures are points from the lower left corner.  Text goes in as operators of our own
(``shaping``), because ReportLab's fonts would lose the Thai text; the fonts themselves and the
shared pictures are added afterwards by ``archive``, under the names used here.

Whatever is drawn is also said (``tags``): a line of text is a paragraph unless an element was opened
around it; lines, boxes and pictures are decoration unless they are drawn as a figure.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # has no stubs
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # has no stubs

from mit.document.fonts import REGULAR, WEIGHTS, Weight
from mit.document.shaping import ShapedText, shape
from mit.document.tags import ArtifactKind, Box, Element, Kind, Mark

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM

Colour = tuple[float, float, float]
Align = Literal["left", "centre", "right"]

_SHARES = {"left": 0.0, "centre": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text is set: weight, size and leading in points, colour."""

    size: float
    leading: float
    colour: Colour
    weight: Weight = REGULAR


class Sheet:
    """Pages in the making.

    Attributes:
        glyphs: what was printed of each typeface.
        document: the root of the structure.
        marks: for each page, the element that each of its marks belongs to.
    """

    def __init__(self) -> None:
        self._canvas = _Canvas()
        self.glyphs: dict[Weight, set[int]] = {weight: set() for weight in WEIGHTS}
        self.document = Element("Document")
        self.marks: list[list[Element]] = [[]]
        self._open = [self.document]
        self._named: dict[str, Element] = {}
        self._leaf: Element | None = None
        self._is_artifact = False

    @property
    def pages(self) -> Sequence[str]:
        """Return the operators of every finished page."""
        return self._canvas.finished

    def text(self, at: tuple[float, float], text: str, style: Style, *, align: Align = "left") -> None:
        """Print one line with its baseline through *at*, the point being its left, middle or right."""
        shaped = shape(text, style.weight, style.size)
        self.glyphs[style.weight] |= shaped.glyphs
        x = at[0] - _SHARES[align] * shaped.width * style.size / 1000
        red, green, blue = style.colour
        self._canvas.addLiteral(
            f"BT {red:.3g} {green:.3g} {blue:.3g} rg /{style.weight} {style.size:g} Tf "
            f"1 0 0 1 {x:.2f} {at[1]:.2f} Tm {self._said(shaped)} ET"
        )

    def _said(self, shaped: ShapedText) -> str:
        """Return the operators of a line, each stretch a mark of its own: nested ones confuse readers."""
        if self._is_artifact:
            return shaped.operators
        element = self._leaf or self._element("P", "")
        return " ".join(
            f"/Span<</MCID {self._mark(element)}{each.said}>>BDC {each.shown} EMC"
            for each in shaped.stretches
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
        with self.artifact():
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
        with self.artifact():
            if fill:
                self._canvas.setFillColorRGB(*fill)
            if stroke:
                self._canvas.setStrokeColorRGB(*stroke)
                self._canvas.setLineWidth(width)
            self._canvas.rect(*corner, *size, stroke=int(bool(stroke)), fill=int(bool(fill)))

    def picture(self, name: str, at: tuple[float, float], scale: float) -> None:
        """Draw the shared picture *name* with its origin at *at*, enlarged by *scale*, as decoration."""
        with self.artifact():
            self._place(name, at, scale)

    def figure(self, name: str, at: tuple[float, float], scale: float, *, box: Box, alternative: str) -> None:
        """Draw a shared picture that tells something: *alternative* says it in words; *box* in points."""
        figure = Element("Figure", alternative, box)
        self._open[-1].children.append(figure)
        self._canvas.addLiteral(f"/Figure<</MCID {self._mark(figure)}>>BDC")
        self._place(name, at, scale)
        self._canvas.addLiteral("EMC")

    def _place(self, name: str, at: tuple[float, float], scale: float) -> None:
        self._canvas.addLiteral(f"q {scale:.5g} 0 0 {scale:.5g} {at[0]:.2f} {at[1]:.2f} cm /{name} Do Q")

    def end_page(self) -> None:
        """Finish the page; what follows goes onto the next."""
        self._canvas.showPage()
        self.marks.append([])

    @contextmanager
    def element(self, kind: Kind, *, key: str = "") -> Iterator[None]:
        """Open an element around the elements that follow; one of the same *key* is continued."""
        self._open.append(self._element(kind, key))
        yield
        self._open.pop()

    @contextmanager
    def leaf(self, kind: Kind, *, key: str = "", scope: str = "") -> Iterator[None]:
        """Say that the text that follows is one element; within a leaf or an artifact it belongs to that."""
        if self._leaf or self._is_artifact:
            yield
            return
        self._leaf = self._element(kind, key, scope)
        yield
        self._leaf = None

    @contextmanager
    def artifact(self, kind: ArtifactKind = "Layout") -> Iterator[None]:
        """Say that what follows is no content: decoration, or what repeats on every page."""
        if self._is_artifact:
            yield
            return
        self._canvas.addLiteral(f"/Artifact<</Type/{kind}>>BDC")
        self._is_artifact = True
        yield
        self._is_artifact = False
        self._canvas.addLiteral("EMC")

    def is_open_again(self, key: str) -> bool:
        """Say whether an element of this *key* was opened before."""
        return key in self._named

    def _element(self, kind: Kind, key: str, scope: str = "") -> Element:
        if key in self._named:
            return self._named[key]
        made = Element(kind, scope=scope)
        self._open[-1].children.append(made)
        if key:
            self._named[key] = made
        return made

    def _mark(self, element: Element) -> int:
        """Return the number of a fresh mark on this page that belongs to *element*."""
        on_page = self.marks[-1]
        element.children.append(Mark(len(self.marks) - 1, len(on_page)))
        on_page.append(element)
        return len(on_page) - 1


class _Canvas(Canvas):  # type: ignore[misc]  # has no stubs
    """ReportLab's canvas, giving away the operators of a page instead of keeping it for a file of its own."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), pagesize=A4, pageCompression=0, invariant=1)
        self.finished: list[str] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the operators of the page and begin the next."""
        self.finished.append("\n".join(self._code))
        self._startPage()
