"""What stands where on a printed page: text with its box, pictures with theirs; read from the file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf

from mit.document.fonts import Typeface, typeface
from mit.document.sheet import PAGE_HEIGHT, PAGE_WIDTH, Sheet

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box, *, slack: float = 0.3) -> bool:
        """Say whether two boxes share more than *slack* points both ways."""
        return (
            self.left + slack < other.right
            and other.left + slack < self.right
            and self.bottom + slack < other.top
            and other.bottom + slack < self.top
        )

    def within(self, other: Box) -> bool:
        """Say whether this box lies inside *other*."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


@dataclass(frozen=True)
class Line:
    """One printed line: its text as a reader gets it, and its box."""

    text: str
    box: Box
    size: float
    colour: tuple[float, ...]
    is_straight: bool


@dataclass(frozen=True)
class Page:
    """Everything on a page."""

    lines: tuple[Line, ...]
    pictures: tuple[tuple[str, Box], ...]

    @property
    def text(self) -> str:
        """Return the lines, one below another in order of printing."""
        return "\n".join(line.text for line in self.lines)

    def picture(self, name: str) -> Box:
        """Return the box of the only picture called *name*."""
        (found,) = [box for each, box in self.pictures if each == name]
        return found


def read_pages(pdf: bytes) -> list[Page]:
    """Return what is printed on every page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [_Reader().read(page) for page in document.pages]


class _Reader:
    def __init__(self) -> None:
        self.matrix = _IDENTITY
        self.saved: list[tuple[Matrix, tuple[float, ...]]] = []
        self.colour: tuple[float, ...] = (0,)
        self.lines: list[Line] = []
        self.pictures: list[tuple[str, Box]] = []
        self.text, self.actual = "", None

    def read(self, page: Any) -> Page:
        for operands, operator in pikepdf.parse_content_stream(page):
            handler = getattr(self, f"on_{operator!s}".replace("*", "_"), None)
            if handler:
                handler(*operands)
        return Page(tuple(self.lines), tuple(self.pictures))

    def on_q(self) -> None:
        self.saved.append((self.matrix, self.colour))

    def on_Q(self) -> None:  # noqa: N802
        self.matrix, self.colour = self.saved.pop()

    def on_cm(self, *numbers: Any) -> None:
        self.matrix = multiply(tuple(map(float, numbers)), self.matrix)  # type: ignore[arg-type]

    def on_rg(self, *numbers: Any) -> None:
        self.colour = tuple(map(float, numbers))

    def on_BT(self) -> None:  # noqa: N802
        self.text, self.advance, self.actual = "", 0.0, None
        self.start: Matrix | None = None

    def on_Tf(self, name: Any, size: Any) -> None:  # noqa: N802
        self.face: Typeface = typeface("F2" if str(name) == "/F2" else "F1")
        self.size = float(size)

    def on_Tm(self, *numbers: Any) -> None:  # noqa: N802
        self.start = multiply(tuple(map(float, numbers)), self.matrix)  # type: ignore[arg-type]

    def on_BDC(self, tag: Any, properties: Any) -> None:  # noqa: N802
        if str(tag) == "/Span":
            actual = properties.get("/ActualText")
            self.actual = None if actual is None else str(actual)

    def on_EMC(self) -> None:  # noqa: N802
        self.text += self.actual or ""
        self.actual = None

    def on_TJ(self, pieces: Any) -> None:  # noqa: N802
        for piece in pieces:
            if not isinstance(piece, pikepdf.String):
                self.advance -= float(piece)
                continue
            data = bytes(piece)
            for number in (int.from_bytes(data[k : k + 2], "big") for k in range(0, len(data), 2)):
                self.advance += self.face.widths[number]
                if self.actual is None:
                    self.text += self.face.to_unicode[number]

    def on_ET(self) -> None:  # noqa: N802
        if self.start is None:
            return
        a, b, c, d, x, y = self.start
        width, size = self.advance * self.size / 1000 * a, self.size * d
        box = Box(x, y - 0.2 * size, x + width, y + 0.72 * size)
        self.lines.append(Line(self.text, box, size, self.colour, b == c == 0))

    def on_Do(self, name: Any) -> None:  # noqa: N802
        a, _, _, d, x, y = self.matrix
        left, bottom = (0, 0) if str(name) == "/Qr" else (-1, -1)
        self.pictures.append((str(name)[1:], Box(x + left * a, y + bottom * d, x + a, y + d)))


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """Return the matrix that does *first*, then *second*."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def as_pdf(sheet: Sheet) -> bytes:
    """Return the finished pages of a sheet as a plain PDF, without fonts and pictures."""
    with pikepdf.new() as pdf:
        for operators in sheet.pages:
            pdf.add_blank_page(page_size=(PAGE_WIDTH, PAGE_HEIGHT))
            pdf.pages[-1].obj.Contents = pikepdf.Stream(pdf, operators.encode("ascii"))
        saved = io.BytesIO()
        pdf.save(saved)
    return saved.getvalue()
