"""Notes on cells: their texts, and the drawing that older and newer programs both want with them."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from mit.criteria.grid import column_letters

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def comments(notes: Mapping[tuple[int, int], str]) -> str:
    """Return the part with the texts: (column, row) → text."""
    listed = "".join(
        f'<comment ref="{column_letters(column)}{row}" authorId="0">'
        f'<text><t xml:space="preserve">{escape(notes[column, row])}</t></text></comment>'
        for column, row in _in_order(notes)
    )
    authors = "<authors><author>MiT</author></authors>"
    return f'<comments xmlns="{_MAIN}">{authors}<commentList>{listed}</commentList></comments>'


def drawing(notes: Mapping[tuple[int, int], str]) -> str:
    """Return the drawing: one hidden box for each note, beside its cell."""
    shapes = "".join(_shape(column, row, at) for at, (column, row) in enumerate(_in_order(notes), 1025))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    )


def _in_order(notes: Mapping[tuple[int, int], str]) -> list[tuple[int, int]]:
    return sorted(notes, key=lambda place: (place[1], place[0]))


def _shape(column: int, row: int, at: int) -> str:
    anchor = f"{column}, 15, {max(row - 2, 0)}, 10, {column + 3}, 15, {row + 3}, 4"
    return (
        f'<v:shape id="_x0000_s{at}" type="#_x0000_t202"'
        ' style="position:absolute;width:220pt;height:80pt;visibility:hidden" fillcolor="#ffffe1"'
        ' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:textbox style="mso-direction-alt:auto"/>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )
