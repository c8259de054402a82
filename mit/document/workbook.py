"""Workbooks that people get from us: the template of a cost sheet, and a copy with the wrong cells marked.

Written by hand, part by part, so that the same content is the same bytes and every text stays a text: no
cell written here is ever a formula, unless it is asked for as one.  Source: ECMA-376 part 1, section 18.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from mit.criteria.grid import column_letters
from mit.document import workbook_notes
from mit.document.workbook_styles import PLAIN, Style, Styles

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
#: The archive's own clock, so that the same content is the same bytes.
_MADE = (2026, 1, 1, 0, 0, 0)
#: What no sheet may be called by, and the most letters of its name.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
#: What XML 1.0 cannot say, though a file may hold it in another spelling.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Written:
    """One cell: ``s`` text, ``n`` number, ``b`` truth value, ``e`` error, empty for a cell that only looks.

    ``formula`` is one of ours, behind the value that it comes to.
    """

    value: str = ""
    kind: str = "s"
    style: Style = PLAIN
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be typed into *cells*: ``list``, ``decimal``, ``date`` …, with what it is held against.

    ``is_strict`` refuses anything else; otherwise, where there is an ``error``, one is asked first.
    """

    cells: str
    kind: str
    formulas: tuple[str, ...]
    operator: str = ""
    is_strict: bool = False
    title: str = ""
    prompt: str = ""
    error: str = ""


@dataclass(slots=True)
class WrittenSheet:
    """One sheet: row → column → cell, both from 1; notes by column and row.

    ``frozen`` is how many columns and rows stay in sight; ``widths`` are spans of columns: first, last,
    width, and how their empty cells look.
    """

    name: str
    rows: dict[int, dict[int, Written]] = field(default_factory=dict)
    widths: Sequence[tuple[int, int, float, Style]] = ()
    frozen: tuple[int, int] = (0, 0)
    choices: Sequence[Choice] = ()
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[str] = ()
    hidden_rows: frozenset[int] = frozenset()
    heights: Mapping[int, float] = field(default_factory=dict)

    def put(self, row: int, column: int, value: str, style: Style = PLAIN, kind: str = "s") -> None:
        """Write a value into a cell."""
        self.rows.setdefault(row, {})[column] = Written(value, kind, style)

    def put_formula(self, row: int, column: int, formula: str) -> None:
        """Let a cell that holds a number come from a formula of ours."""
        cell = self.rows[row][column]
        self.rows[row][column] = Written(cell.value, cell.kind, cell.style, formula)


def write_workbook(sheets: Sequence[WrittenSheet]) -> bytes:
    """Return the workbook as ``.xlsx``; sheets of the same name are told apart by a number."""
    styles = Styles()
    parts = {f"xl/worksheets/sheet{at}.xml": _worksheet(sheet, styles) for at, sheet in enumerate(sheets, 1)}
    for at, sheet in enumerate(sheets, 1):
        if sheet.notes:
            parts[f"xl/comments{at}.xml"] = _HEAD + workbook_notes.comments(sheet.notes)
            parts[f"xl/drawings/vmlDrawing{at}.vml"] = workbook_notes.drawing(sheet.notes)
            parts[f"xl/worksheets/_rels/sheet{at}.xml.rels"] = _note_relations(at)
    parts |= {
        "xl/styles.xml": _HEAD + styles.to_xml(),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _workbook_relations(len(sheets)),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
    }
    return _pack({"[Content_Types].xml": _content_types(parts), **parts})


def sayable(text: str) -> str:
    """Return a text as XML can say it: what it cannot becomes a question mark."""
    return _UNSAYABLE.sub("\ufffd", text)


def _pack(parts: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, _MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
    return stream.getvalue()


def _content_types(names: Iterable[str]) -> str:
    kinds = {"xl/workbook.xml": f"{_TYPE}.sheet.main+xml", "xl/styles.xml": f"{_TYPE}.styles+xml"}
    for name in names:
        if name.startswith("xl/worksheets/sheet"):
            kinds[name] = f"{_TYPE}.worksheet+xml"
        elif name.startswith("xl/comments"):
            kinds[name] = f"{_TYPE}.comments+xml"
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="vml" ContentType="{_VML}"/>{overrides}</Types>'
    )


def _relations(relations: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _workbook_relations(sheets: int) -> str:
    listed = [(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, sheets + 1)]
    return _relations([*listed, (f"rId{sheets + 1}", "styles", "styles.xml")])


def _note_relations(at: int) -> str:
    return _relations(
        [
            ("rId1", "vmlDrawing", f"../drawings/vmlDrawing{at}.vml"),
            ("rId2", "comments", f"../comments{at}.xml"),
        ]
    )


def _workbook(sheets: Sequence[WrittenSheet]) -> str:
    taken: set[str] = set()
    listed = ""
    for at, sheet in enumerate(sheets, 1):
        name = _free_name(sheet.name, taken)
        taken.add(name.casefold())
        listed += f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>'
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'


def _free_name(name: str, taken: set[str]) -> str:
    plain = _NOT_IN_NAMES.sub(" ", sayable(name)).strip("' ")[:_LONGEST_NAME] or "Sheet"
    tries = (plain if not at else f"{plain[: _LONGEST_NAME - 4]} {at}" for at in count())
    return next(found for found in tries if found.casefold() not in taken)


def _worksheet(sheet: WrittenSheet, styles: Styles) -> str:
    rows = "".join(_row(at, sheet, styles) for at in sorted({*sheet.rows, *sheet.heights}))
    widths = "".join(
        f'<col min="{first}" max="{last}" width="{width}" style="{styles.index(style)}" customWidth="1"/>'
        for first, last, width, style in sheet.widths
    )
    merged = "".join(f'<mergeCell ref="{cells}"/>' for cells in sheet.merged)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f"<sheetViews>{_view(sheet.frozen)}</sheetViews>"
        + (f"<cols>{widths}</cols>" if widths else "")
        + f"<sheetData>{rows}</sheetData>"
        + (f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else "")
        + _choices(sheet.choices)
        + '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        + ('<legacyDrawing r:id="rId1"/>' if sheet.notes else "")
        + "</worksheet>"
    )


def _view(frozen: tuple[int, int]) -> str:
    columns, rows = frozen
    if not rows and not columns:
        return '<sheetView workbookViewId="0"/>'
    split = (f' xSplit="{columns}"' if columns else "") + (f' ySplit="{rows}"' if rows else "")
    pane = ("bottom" if rows else "top") + ("Right" if columns else "Left")
    corner = f"{column_letters(columns + 1)}{rows + 1}"
    return (
        f'<sheetView workbookViewId="0"><pane{split} topLeftCell="{corner}" activePane="{pane}"'
        ' state="frozen"/></sheetView>'
    )


def _row(at: int, sheet: WrittenSheet, styles: Styles) -> str:
    cells = sheet.rows.get(at, {})
    written = "".join(_cell(column, at, cells[column], styles) for column in sorted(cells))
    hidden = ' hidden="1"' if at in sheet.hidden_rows else ""
    height = f' ht="{sheet.heights[at]}" customHeight="1"' if at in sheet.heights else ""
    return f'<row r="{at}"{hidden}{height}>{written}</row>'


def _cell(column: int, row: int, cell: Written, styles: Styles) -> str:
    start = f'<c r="{column_letters(column)}{row}" s="{styles.index(cell.style)}"'
    value = escape(sayable(cell.value), {"\r": "&#13;"})
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    if not cell.value and not formula:
        return f"{start}/>"
    if cell.kind == "s" and not formula:
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    kind = {"n": "", "s": ' t="str"'}.get(cell.kind, f' t="{cell.kind}"')
    return f"{start}{kind}>{formula}<v>{value}</v></c>"


def _choices(choices: Sequence[Choice]) -> str:
    if not choices:
        return ""
    return f'<dataValidations count="{len(choices)}">{"".join(map(_choice, choices))}</dataValidations>'


def _choice(choice: Choice) -> str:
    attributes = {
        "type": choice.kind,
        "operator": choice.operator,
        "errorStyle": "stop" if choice.is_strict else "warning",
        "allowBlank": "1",
        "showInputMessage": "1",
        "showErrorMessage": "1" if choice.error else "0",
        "errorTitle": choice.title if choice.error else "",
        "error": choice.error,
        "promptTitle": choice.title,
        "prompt": choice.prompt,
        "sqref": choice.cells,
    }
    written = "".join(f" {name}={quoteattr(text)}" for name, text in attributes.items() if text)
    formulas = "".join(
        f"<formula{at}>{escape(formula)}</formula{at}>" for at, formula in enumerate(choice.formulas, 1)
    )
    return f"<dataValidation{written}>{formulas}</dataValidation>"
