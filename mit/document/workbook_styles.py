"""How cells of a workbook look: fonts, fills, borders and number formats, each written once."""

from __future__ import annotations

from dataclasses import dataclass

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Has Thai letters on every desktop.
_FONT = "Tahoma"
_FORMATS = {"": 0, "text": 49, "percent": 10, "day": 164}


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks.

    Attributes:
        size: of the letters, in points.
        colour, fill, border: as ``RRGGBB``; empty for none.
        format: empty, ``text``, ``percent`` or ``day``.
        is_quoted: a text that begins like a formula stays a text when it is edited.
    """

    size: int = 10
    is_bold: bool = False
    is_italic: bool = False
    colour: str = ""
    fill: str = ""
    border: str = ""
    format: str = ""
    wraps: bool = False
    is_quoted: bool = False


PLAIN = Style()


class Styles:
    """Gives every style of a workbook its number; the first is the plain one."""

    def __init__(self) -> None:
        self._numbers: dict[Style, int] = {PLAIN: 0}

    def index(self, style: Style) -> int:
        """Return the number of a style."""
        return self._numbers.setdefault(style, len(self._numbers))

    def to_xml(self) -> str:
        """Return the part ``xl/styles.xml`` without its declaration."""
        styles = list(self._numbers)
        fonts = "".join(map(_font, styles))
        fills = (
            '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        )
        fills += "".join(map(_fill, styles))
        borders = "".join(map(_border, styles))
        cells = "".join(_cell(style, at) for at, style in enumerate(styles))
        size = len(styles)
        return (
            f'<styleSheet xmlns="{_MAIN}">'
            '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
            f'<fonts count="{size}">{fonts}</fonts><fills count="{size + 2}">{fills}</fills>'
            f'<borders count="{size}">{borders}</borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{size}">{cells}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        )


def _font(style: Style) -> str:
    marks = ("<b/>" if style.is_bold else "") + ("<i/>" if style.is_italic else "")
    colour = f'<color rgb="FF{style.colour}"/>' if style.colour else ""
    return f'<font>{marks}<sz val="{style.size}"/>{colour}<name val="{_FONT}"/><family val="2"/></font>'


def _fill(style: Style) -> str:
    if not style.fill:
        return '<fill><patternFill patternType="none"/></fill>'
    return f'<fill><patternFill patternType="solid"><fgColor rgb="FF{style.fill}"/></patternFill></fill>'


def _border(style: Style) -> str:
    if not style.border:
        return "<border><left/><right/><top/><bottom/><diagonal/></border>"
    sides = "".join(
        f'<{side} style="thin"><color rgb="FF{style.border}"/></{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    return f"<border>{sides}<diagonal/></border>"


def _cell(style: Style, at: int) -> str:
    wrap = ' wrapText="1"' if style.wraps else ""
    quoted = ' quotePrefix="1"' if style.is_quoted else ""
    return (
        f'<xf numFmtId="{_FORMATS[style.format]}" fontId="{at}" fillId="{at + 2}" borderId="{at}" xfId="0"'
        f'{quoted} applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment vertical="top"{wrap}/></xf>'
    )
