"""A workbook's XML parts: what counts as a value, a text, a percentage, a hidden column, a sheet."""

from __future__ import annotations

from typing import Any

import pytest

from mit.errors import UnreadableFileError
from mit.sandbox.workbook import read
from tests.support.workbooks import MAIN, Book, package, parts, unpacked


def rows(data: bytes) -> Any:
    found: Any = read(data)
    return unpacked(found["sheets"][0])


def in_package(name: str, content: str) -> bytes:
    found: dict[str, Any] = parts([Book([["a"]])])
    return package(found | {name: content})


def in_sheet(inner: str) -> bytes:
    return in_package("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}">{inner}</worksheet>')


def cells_in(inner: str) -> list[Any]:
    """Return the cells of a sheet of one row."""
    ((_, _, cells),) = rows(in_sheet(f'<sheetData><row r="1">{inner}</row></sheetData>'))
    return list(cells)


@pytest.mark.parametrize("kind", ["n", "str", "b", "e", "s", "inlineStr"])
def test_a_formula_without_a_stored_value_has_none_whatever_kind_it_claims(kind: str) -> None:
    assert cells_in(f'<c r="A1" t="{kind}"><f>B1</f></c>') == [(1, "", "", True)]


def test_a_cell_without_value_and_formula_is_left_out() -> None:
    inner = '<c r="A1" s="1"/><c r="B1"><v></v></c><c r="C1" t="inlineStr"><is/></c><c r="D1"><v>1</v></c>'
    assert cells_in(inner) == [(4, "n", "1", False)]


def test_what_stands_between_the_pieces_of_a_text_is_no_text() -> None:
    inner = (
        '<c r="A1" t="inlineStr">\n x <is>\n<r>y<t>ก</t>z</r>\n<r><t xml:space="preserve"> ข</t></r>\n'
        '<rPh sb="0" eb="1"><t>guide</t></rPh>\n</is></c>'
    )
    assert cells_in(inner) == [(1, "s", "ก ข", False)]
    strings = f'<sst xmlns="{MAIN}">u<si>v<t>ก</t>w<r>x<t>ข</t>y</r></si>z<si><t>ค</t></si></sst>'
    found: dict[str, Any] = parts([Book([["a"]])])
    sheet = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    found["xl/sharedStrings.xml"] = strings
    found["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{sheet}</row></sheetData></worksheet>'
    )
    assert rows(package(found)) == [(1, False, [(1, "s", "กข", False), (2, "s", "ค", False)])]


@pytest.mark.parametrize("index", ["1", "-1", "1.0", "x", "", "๐", "9999999999"])
def test_a_shared_text_that_is_not_there_is_refused(index: str) -> None:
    found: dict[str, Any] = parts([Book([["a"]])])
    found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>ก</t></si></sst>'
    cell = f'<c r="A1" t="s"><v>{index}</v></c><c r="B1"><v>1</v></c>'
    found["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    )
    if index:
        with pytest.raises(UnreadableFileError, match="file_not_workbook"):
            read(package(found))
    else:
        assert rows(package(found)) == [(1, False, [(2, "n", "1", False)])]


def styled(style: str, cell_styles: str, behind: str = "") -> list[Any]:
    """Return the cells of one row whose first cell has the style *style*."""
    found: dict[str, Any] = parts([Book([["a"]])])
    found["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="0.0%"/>'
        '<numFmt numFmtId="165" formatCode="0&quot;%&quot;"/>'
        '<numFmt numFmtId="166" formatCode="0\\%"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f"<cellXfs>{cell_styles}</cellXfs>{behind}</styleSheet>"
    )
    row = f'<row r="1"><c r="A1" s="{style}"><v>0.5</v></c></row>'
    found["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    return list(rows(package(found))[0][2])


@pytest.mark.parametrize(
    ("number_format", "kind"),
    [("0", "n"), ("9", "%"), ("10", "%"), ("11", "n"), ("164", "%"), ("165", "n"), ("166", "n"), ("x", "n")],
)
def test_a_percent_sign_counts_where_it_is_one(number_format: str, kind: str) -> None:
    assert styled("1", f'<xf numFmtId="0"/><xf numFmtId="{number_format}"/>') == [(1, kind, "0.5", False)]


@pytest.mark.parametrize("style", ["0", "2", "-1", "x", "9999999999"])
def test_only_the_style_of_the_cell_itself_counts(style: str) -> None:
    plain_then_percent = '<xf numFmtId="0"/><xf numFmtId="9"/>'
    behind = '<other><xf numFmtId="9"/></other>'
    assert styled(style, plain_then_percent, behind) == [(1, "n", "0.5", False)]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ('min="2" max="3" hidden="1"', [(2, 3)]),
        ('min="2" max="3" hidden="true"', [(2, 3)]),
        ('min="2" max="3" hidden="0"', []),
        ('min="2" max="3"', []),
        ('min="1" max="16384" hidden="1"', [(1, 16_384)]),
        ('min="3" max="2" hidden="1"', []),
        ('min="0" max="2" hidden="1"', []),
        ('min="1" max="16385" hidden="1"', []),
        ('min="x" max="2" hidden="1"', []),
        ('max="2" hidden="1"', []),
    ],
)
def test_a_span_of_hidden_columns_is_taken_where_it_is_one(span: str, expected: list[Any]) -> None:
    data = in_sheet(
        f'<cols><col {span}/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    )
    found: Any = read(data)
    assert found["sheets"][0]["hidden_columns"] == expected


@pytest.mark.parametrize(
    "relation",
    [
        'Type="x/worksheet" Target="worksheets/sheet1.xml" TargetMode="External"',
        'Type="x/chartsheet" Target="worksheets/sheet1.xml"',
        'Target="worksheets/sheet1.xml"',
    ],
)
def test_a_sheet_outside_the_file_or_of_another_kind_is_not_read(relation: str) -> None:
    relations = f'<Relationships><Relationship Id="rId1" {relation}/></Relationships>'
    found: Any = read(in_package("xl/_rels/workbook.xml.rels", relations))
    assert found["sheets"] == []
