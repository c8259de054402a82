"""The structure of a document beside its drawing: headings, paragraphs, tables, figures (tagged PDF).

An element holds other elements and marks; a mark is a stretch of a page's operators with a number.
What a reader is told (order, language, what a picture shows) comes from here and from nothing else.

Source: ISO 32000-1 sections 14.7 and 14.8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "Figure", "Form"]
#: What an artifact is: decoration, what repeats on every page, or what lies behind the text.
ArtifactKind = Literal["Layout", "Pagination", "Background"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a page's operators: the page counted from 0, and its number on that page."""

    page: int
    number: int


@dataclass(slots=True, eq=False)
class Element:
    """One element of the structure.

    Attributes:
        kind: what it is, by its standard name.
        alternative: what a picture shows, in words.
        box: where a picture stands on its page, in points.
        scope: of which cells a heading is one: ``Column`` or empty.
        children: elements and marks, in the order of reading.
    """

    kind: Kind
    alternative: str = ""
    box: Box | None = None
    scope: str = ""
    children: list[Element | Mark] = field(default_factory=list)
