"""An empty cost sheet as .xlsx, in the words that ``criteria.headings`` reads: to fill in and upload."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from mit.criteria import headings
from mit.criteria.grid import column_letters

#: Members above the table and its columns, in the order in which they are filled in.
_FIELDS = (
    "product.name_th",
    "product.name_en",
    "product.hs_code",
    "product.unit",
    "product.brand",
    "product.models",
    "product.capacity_per_year",
    "product.volume_per_year",
    "price_ex_works",
    "vat_included",
    "profit",
    "process",
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: The archive's own clock, so that the same template is the same bytes.
_MADE = (2026, 1, 1, 0, 0, 0)


def write_template() -> bytes:
    """Return the workbook: labelled fields, the table's headings."""
    rows: list[Sequence[str]] = [(_label(headings.FIELDS[name]), "") for name in _FIELDS]
    rows += [(), [_label(headings.COLUMNS[name]) for name in headings.COLUMNS if name]]
    return _pack(rows)


def _label(words: Sequence[str]) -> str:
    """Return the Thai word and its English twin as one heading that is read as either."""
    english = next((word for word in words if word.isascii()), "")
    return f"{words[0]} / {english}" if english else words[0]


def _pack(rows: Sequence[Sequence[str]]) -> bytes:
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="Cost sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": _worksheet(rows),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, _MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, _HEAD + text)
    return stream.getvalue()


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _worksheet(rows: Sequence[Sequence[str]]) -> str:
    body = "".join(f'<row r="{at}">{_cells(row, at)}</row>' for at, row in enumerate(rows, start=1))
    wide, narrow = 'min="1" max="2" width="34"', 'min="3" max="17" width="18"'
    columns = f'<cols><col {wide} customWidth="1"/><col {narrow} customWidth="1"/></cols>'
    return f'<worksheet xmlns="{_MAIN}">{columns}<sheetData>{body}</sheetData></worksheet>'


def _cells(row: Sequence[str], at: int) -> str:
    return "".join(_cell(column_letters(to), at, text) for to, text in enumerate(row, start=1) if text)


def _cell(column: str, row: int, text: str) -> str:
    return f'<c r="{column}{row}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
