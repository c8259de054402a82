"""The table of certified products: rows of known height, cut into pages, drawn row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil
from typing import NamedTuple

from mit.credential.claims import CertifiedProduct
from mit.credential.coverage import ValueRange
from mit.document import styles
from mit.document.line_breaking import break_lines
from mit.document.ornament import GOLD, NAVY, PALE
from mit.document.sheet import MM, Sheet, Style
from mit.i18n import say
from mit.values.identifiers import shown_hs_code

#: Room on both sides of a cell's text, in points.
_PADDING = 1.4 * MM
_LINE_PADDING = 3.6
_HEAD_HEIGHT = 24.0
#: A row of more lines than this is continued in another row, so that every row fits on a page.
_MOST_LINES = 10
#: Under this name the table is continued from page to page.
_KEY = "products"

Line = tuple[str, Style]
_TARIFF_SHIFT = "tariff_shift"


class Criterion(NamedTuple):
    """By what a product is certified: the formula, and the share it asks for; empty for none."""

    formula: str
    threshold: str


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    width: float
    heading: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or a part of one: the lines of each column, and the number of its product.

    ``part`` counts from 0 where a product takes more lines than a row may have; parts on one page
    follow each other without a seam.
    """

    cells: tuple[tuple[Line, ...], ...]
    item: int
    part: int = 0
    is_last: bool = True

    @property
    def height(self) -> float:
        """Return the height in points."""
        tallest = max(sum(style.leading for _, style in cell) for cell in self.cells)
        return tallest + self.room_above + (_LINE_PADDING if self.is_last else 0.0)

    @property
    def room_above(self) -> float:
        """Return the room in points between the line above and the text."""
        return 0.0 if self.part else _LINE_PADDING


@dataclass(frozen=True, slots=True)
class Table:
    """All rows and the columns they stand in; ``criteria`` are those used, in order of use."""

    rows: tuple[Row, ...]
    columns: tuple[_Column, ...]
    criteria: tuple[Criterion, ...]

    @property
    def head_height(self) -> float:
        """Return the height of the headings in points."""
        return _HEAD_HEIGHT

    @property
    def height(self) -> float:
        """Return the height of the whole table in points."""
        return self.head_height + sum(row.height for row in self.rows)

    def pages(self, room: float) -> list[tuple[Row, ...]]:
        """Return the rows of each page, *room* being the height for headings and rows in points."""
        pages: list[list[Row]] = [[]]
        left = room - self.head_height
        for row in self.rows:
            if row.height > left and pages[-1]:
                pages.append([])
                left = room - self.head_height
            pages[-1].append(row)
            left -= row.height
        return [tuple(page) for page in pages]

    def draw(self, sheet: Sheet, top: float, rows: Sequence[Row]) -> float:
        """Draw the headings and *rows* from *top* down and return the height that is reached.

        Pages continue one table, and parts of a row one row: that is what a voice reads out.
        """
        with sheet.element("Table", key=_KEY):
            top = self._draw_headings(sheet, top)
            for row, following in zip_longest(rows, rows[1:]):
                if row.part and row is rows[0]:
                    self._draw_continuation(sheet, top, row)
                self._draw_row(sheet, top, row)
                top -= row.height
                if following is None or not following.part:
                    sheet.line((styles.LEFT, top), (styles.RIGHT, top), styles.HAIRLINE, 0.4)
        sheet.line((styles.LEFT, top), (styles.RIGHT, top), NAVY, 0.8)
        return top

    def _draw_row(self, sheet: Sheet, top: float, row: Row) -> None:
        with sheet.element("TR", key=f"{_KEY}/{row.item}"):
            for column, lines in zip(self.columns, row.cells, strict=True):
                key = f"{_KEY}/{row.item}/{column.heading}"
                if lines:
                    with sheet.leaf("TD", key=key):
                        _draw_cell(sheet, column, lines, top - row.room_above)
                else:
                    with sheet.element("TD", key=key):
                        pass

    def _draw_continuation(self, sheet: Sheet, top: float, row: Row) -> None:
        """Say again, on a new page, which product the lines belong to."""
        lines = (
            (str(row.item), styles.CELL),
            (say("document.continued", "th"), styles.CELL_SMALL),
            (say("document.continued", "en"), styles.CELL_SMALL),
        )
        with sheet.artifact("Pagination"):
            _draw_cell(sheet, self.columns[0], lines, top - row.room_above)

    def _draw_headings(self, sheet: Sheet, top: float) -> float:
        below = top - _HEAD_HEIGHT
        sheet.box((styles.LEFT, below), (styles.WIDTH, _HEAD_HEIGHT), fill=PALE)
        sheet.line((styles.LEFT, top), (styles.RIGHT, top), NAVY, 0.8)
        sheet.line((styles.LEFT, below), (styles.RIGHT, below), GOLD, 0.6)
        if sheet.is_open_again(f"{_KEY}/head"):
            with sheet.artifact("Pagination"):
                self._draw_heading_cells(sheet, top)
        else:
            with sheet.element("TR", key=f"{_KEY}/head"):
                self._draw_heading_cells(sheet, top)
        return below

    def _draw_heading_cells(self, sheet: Sheet, top: float) -> None:
        for column in self.columns:
            lines = (
                (say(f"document.column_{column.heading}", "th"), styles.HEAD),
                (say(f"document.column_{column.heading}", "en"), styles.HEAD_EN),
            )
            with sheet.leaf("TH", scope="Column"):
                _draw_cell(sheet, column, lines, top - 2)


def lay_out(products: Sequence[CertifiedProduct]) -> Table:
    """Return the table of *products*; a column for the criterion only where there are several."""
    criteria = tuple(dict.fromkeys(map(criterion_of, products)))
    columns = _columns(with_formula=len(criteria) > 1)
    rows = tuple(
        row
        for item, product in enumerate(products, 1)
        for row in _rows(item, _cells(item, product, columns, criteria))
    )
    return Table(rows, columns, criteria)


def criterion_of(product: CertifiedProduct) -> Criterion:
    """Return by what *product* is certified; one rule set may ask another share of some products."""
    has_share = product.formula != _TARIFF_SHIFT
    return Criterion(product.formula, product.threshold if has_share else "")


def criterion_sign(criteria: Sequence[Criterion], criterion: Criterion) -> str:
    """Return the sign that stands for *criterion* in the table: its place among those used."""
    return f"({criteria.index(criterion) + 1})"


def range_text(span: ValueRange) -> str:
    """Return a range as people read it: ``พื้นที่หน้าตัด 1.5–400 mm²``, ``> 1.5, ≤ 400 mm²``, ``≥ 2 kW``."""
    low, high = span.from_value, span.to_value
    if low is not None and high is not None and span.from_included and span.to_included:
        values = f"{low}–{high}" if low != high else low
    else:
        ends = (
            (f"{'≥' if span.from_included else '>'} {low}" if low is not None else ""),
            (f"{'≤' if span.to_included else '<'} {high}" if high is not None else ""),
        )
        values = ", ".join(end for end in ends if end)
    return " ".join(part for part in (span.property, values, span.unit) if part)


def _columns(*, with_formula: bool) -> tuple[_Column, ...]:
    formula = 14 * MM if with_formula else 0.0
    widths = [("item", 12 * MM), ("product", 68 * MM - formula / 2), ("models", 60 * MM - formula / 2)]
    widths += [("formula", formula)] * with_formula + [("hs", 26 * MM)]
    columns, left = [], styles.LEFT
    for heading, width in widths:
        columns.append(_Column(left, width, heading))
        left += width
    return tuple(columns)


def _cells(
    item: int, product: CertifiedProduct, columns: Sequence[_Column], criteria: Sequence[Criterion]
) -> tuple[tuple[Line, ...], ...]:
    """Return the lines of every column for one product."""
    entry = product.coverage
    by_heading: dict[str, tuple[Line, ...]] = {
        "item": ((str(item), styles.CELL),),
        "product": ((entry.product_th, styles.CELL_BOLD), (entry.product_en, styles.CELL_SMALL)),
        "models": (
            (entry.brand, styles.CELL_BOLD),
            (", ".join(entry.models), styles.CELL),
            *((range_text(span), styles.CELL) for span in entry.ranges),
            ("" if entry.brand or entry.models or entry.ranges else "–", styles.CELL),
        ),
        "formula": ((criterion_sign(criteria, criterion_of(product)), styles.CELL),),
        "hs": ((shown_hs_code(entry.hs_code), styles.CELL),),
    }
    return tuple(
        tuple(_broken(by_heading[column.heading], column.width - 2 * _PADDING)) for column in columns
    )


def _broken(texts: Sequence[Line], width: float) -> Iterator[Line]:
    for text, style in texts:
        for line in break_lines(text, style.weight, style.size, width):
            yield line, style


def _rows(item: int, cells: tuple[tuple[Line, ...], ...]) -> Iterator[Row]:
    """Yield a product's row in even parts of at most ``_MOST_LINES`` lines; one part in nearly all cases."""
    tallest = max(1, *map(len, cells))
    count = ceil(tallest / _MOST_LINES)
    step = ceil(tallest / count)
    for part in range(count):
        lines = tuple(cell[part * step : (part + 1) * step] for cell in cells)
        yield Row(lines, item, part, is_last=part == count - 1)


def _draw_cell(sheet: Sheet, column: _Column, lines: Sequence[Line], top: float) -> None:
    is_middle = column.heading in {"item", "formula"}
    x = column.left + (column.width / 2 if is_middle else _PADDING)
    for text, style in lines:
        sheet.text((x, top - style.leading * 0.76), text, style, align="centre" if is_middle else "left")
        top -= style.leading
