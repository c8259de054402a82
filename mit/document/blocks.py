"""Pieces of a page that know their height and draw themselves from the top down.

A column of blocks is measured first and drawn afterwards, so that the room left over can be shared
among the gaps, and so that the number of pages is known before the first is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mit.document.line_breaking import balance_lines, break_lines
from mit.document.sheet import Align, Colour, Sheet, Style
from mit.document.tags import Kind

#: Where the baseline lies below the top of a line, as a share of the leading.
_BASELINE = 0.72


class Block(Protocol):
    """Something with a height in points that can draw itself below a given height of the page."""

    @property
    def height(self) -> float:
        """Return the height in points."""

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw on *sheet*, the upper edge at *top* points from the page's foot."""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text, each with its style, along one edge or middle at ``x``; together one ``kind``."""

    x: float
    lines: tuple[tuple[str, Style], ...]
    align: Align = "left"
    kind: Kind = "P"

    @property
    def height(self) -> float:
        """Return the sum of the leadings."""
        return sum(style.leading for _, style in self.lines)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw the lines from *top* down."""
        if not self.lines:
            return
        with sheet.leaf(self.kind):
            for line, style in self.lines:
                sheet.text((self.x, top - style.leading * _BASELINE), line, style, align=self.align)
                top -= style.leading


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Blocks that begin at the same height."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """Return the height of the tallest."""
        return max((block.height for block in self.blocks), default=0.0)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw each from *top* down."""
        for block in self.blocks:
            block.draw(sheet, top)


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one below another, without gaps but those they hold."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """Return the sum of the heights."""
        return sum(block.height for block in self.blocks)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw them from *top* down."""
        for block in self.blocks:
            block.draw(sheet, top)
            top -= block.height


@dataclass(frozen=True, slots=True)
class Within:
    """A block that is drawn smaller, around ``x``, where it is taller than ``room`` points."""

    block: Block
    room: float
    x: float

    @property
    def height(self) -> float:
        """Return the block's own height, or the room where that is less."""
        return min(self.block.height, self.room)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw the block from *top* down."""
        if self.block.height <= self.room:
            self.block.draw(sheet, top)
            return
        with sheet.shrunk((self.x, top), self.room / self.block.height):
            self.block.draw(sheet, top)


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing, of a given height; ``share`` is its part of the room left over on a page."""

    height: float
    share: float = 0.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw nothing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A shared picture of radius ``radius`` around its middle ``x``; ``alternative`` says it in words."""

    name: str
    x: float
    radius: float
    alternative: str

    @property
    def height(self) -> float:
        """Return the diameter."""
        return 2 * self.radius

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw it below *top*."""
        box = (self.x - self.radius, top - self.height, self.x + self.radius, top)
        middle = (self.x, top - self.radius)
        sheet.figure(self.name, middle, self.radius, box=box, alternative=self.alternative)


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line from ``left`` to ``right`` in a strip of its own."""

    left: float
    right: float
    colour: Colour
    width: float = 0.5
    height: float = 1.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw the line in the middle of its strip."""
        y = top - self.height / 2
        sheet.line((self.left, y), (self.right, y), self.colour, self.width)


def paragraph(
    text: str, style: Style, *, x: float, width: float, is_even: bool = False, kind: Kind = "P"
) -> Text:
    """Return *text* set from the left edge *x* in lines of at most *width* points.

    Even lines leave no single word behind; full lines take no more room than they must.
    """
    broken = balance_lines if is_even else break_lines
    lines = tuple((line, style) for line in broken(text, style.weight, style.size, width))
    return Text(x, lines, kind=kind)


def centred(text: str, style: Style, *, x: float, width: float, kind: Kind = "P") -> Text:
    """Return *text* set around *x* in even lines of at most *width* points."""
    lines = balance_lines(text, style.weight, style.size, width)
    return Text(x, tuple((line, style) for line in lines), "centre", kind)


def fitted(text: str, styles: Sequence[Style], *, most_lines: int, width: float) -> Style:
    """Return the first, largest style in which *text* takes at most *most_lines*; else the last."""
    for style in styles:
        if len(break_lines(text, style.weight, style.size, width)) <= most_lines:
            return style
    return styles[-1]


def spread(blocks: Sequence[Block], room: float, *, most: float = 3.0) -> list[Block]:
    """Return *blocks* with the room left over shared among the gaps by their ``share``.

    A gap grows to at most *most* times its own height.
    """
    left = room - sum(block.height for block in blocks)
    shares = sum(block.share for block in blocks if isinstance(block, Gap))
    if left <= 0 or not shares:
        return list(blocks)
    return [
        Gap(min(block.height + left * block.share / shares, block.height * most))
        if isinstance(block, Gap) and block.share
        else block
        for block in blocks
    ]
