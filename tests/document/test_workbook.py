"""Workbooks that we write: other programs open them, and every text in them stays a text."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.document.workbook import Choice, Written, WrittenSheet, sayable, write_workbook
from mit.document.workbook_styles import PLAIN, Style, Styles
from mit.sandbox.workbook import read
from tests.support.workbooks import unpacked

RED = Style(is_bold=True, colour="9B1C1C", fill="FFC9C9", border="9B1C1C", wraps=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["=1+1", "+cmd", "-2", "@SUM(A1)", "<a>&", "]]>", "\x00\x07", "a\r\nb", " x ", "&#13;", "\ufffe"]
)


def opened(*sheets: WrittenSheet) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(sheets)))


def sheet_of(cells: dict[tuple[int, int], Written], **more: Any) -> WrittenSheet:
    sheet = WrittenSheet("ก", **more)
    for (row, column), cell in cells.items():
        sheet.rows.setdefault(row, {})[column] = cell
    return sheet


def test_each_kind_of_cell_is_what_it_was_said_to_be() -> None:
    sheet = sheet_of(
        {
            (1, 1): Written("ข้อความ"),
            (1, 2): Written("12.5", "n"),
            (2, 1): Written("1", "b"),
            (2, 2): Written("#N/A", "e"),
            (3, 27): Written("", style=RED),
            (4, 1): Written("3", "n", formula="1+2"),
        }
    )
    found = opened(sheet).worksheets[0]
    assert [found[at].value for at in ("A1", "B1", "A2", "B2", "AA3", "A4")] == [
        "ข้อความ", 12.5, True, "#N/A", None, "=1+2",
    ]  # fmt: skip
    assert [found[at].data_type for at in ("A1", "B1", "A2", "B2", "A4")] == ["s", "n", "b", "e", "f"]
    assert found["AA3"].fill.fgColor.rgb == "FFFFC9C9"
    assert found["AA3"].font.b and found["AA3"].alignment.wrap_text


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=5))
def test_no_text_ever_becomes_a_formula_and_none_is_changed(texts: list[str]) -> None:
    sheet = sheet_of({(1, at): Written(text) for at, text in enumerate(texts, 1)})
    data = write_workbook([sheet])
    ((_, _, cells),) = unpacked(read(data)["sheets"][0])  # type: ignore[index]
    assert [(kind, has_formula) for _, kind, _, has_formula in cells] == [("s", False)] * len(cells)
    assert [value for _, _, value, _ in cells] == [sayable(text) for text in texts]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ก", "ก"),
        ("\x00", "\ufffd"),
        ("a\x0bb", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("\t\n\r", "\t\n\r"),
        ("\ufffe", "\ufffd"),
    ],
)
def test_what_xml_cannot_say_becomes_a_question_mark(text: str, said: str) -> None:
    assert sayable(text) == said


def test_every_part_is_well_formed_and_named_in_the_table_of_contents() -> None:
    sheet = sheet_of(
        {(1, 1): Written("x & y")}, notes={(1, 1): "<หมายเหตุ> & อื่นๆ", (3, 9): "b"}, frozen=(1, 2)
    )
    with zipfile.ZipFile(io.BytesIO(write_workbook([sheet, WrittenSheet("ข")]))) as archive:
        names = archive.namelist()
        for name in names:
            ElementTree.fromstring(archive.read(name))
        contents = archive.read("[Content_Types].xml").decode()
    assert {name for name in names if name.endswith(".xml") and name.startswith("xl/")} == {
        part for part in names if f'PartName="/{part}"' in contents
    }


def test_the_same_content_is_the_same_bytes() -> None:
    sheets = [sheet_of({(1, 1): Written("ก", style=RED)}, notes={(1, 1): "x"})]
    assert write_workbook(sheets) == write_workbook(sheets)


def test_notes_stand_at_their_cells() -> None:
    sheet = sheet_of({(2, 2): Written("ก")}, notes={(2, 2): "หนึ่ง\nสอง", (28, 7): "สาม"})
    found = opened(WrittenSheet("ไม่มี"), sheet).worksheets[1]
    assert found["B2"].comment.text == "หนึ่ง\nสอง"
    assert found["AB7"].comment.text == "สาม"


@pytest.mark.parametrize(
    ("frozen", "corner"), [((0, 0), None), ((0, 3), "A4"), ((2, 0), "C1"), ((2, 15), "C16")]
)
def test_headings_stay_in_sight(frozen: tuple[int, int], corner: str | None) -> None:
    assert opened(WrittenSheet("ก", frozen=frozen)).worksheets[0].freeze_panes == corner


def test_lists_and_checks_are_offered_where_they_were_asked_for() -> None:
    choices = (
        Choice(
            "A2:A9", "list", ("'ข'!$A$1:$A$3",), is_strict=True, title="หัว", prompt="ช่วย\nhelp", error="ผิด"
        ),
        Choice("B2", "decimal", ("0",), "greaterThanOrEqual", error="x"),
        Choice("C2", "", (), title="หัว", prompt="ช่วย"),
    )
    first, second, third = (
        opened(WrittenSheet("ก", choices=choices)).worksheets[0].data_validations.dataValidation
    )
    assert (str(first.sqref), first.type, first.formula1, first.errorStyle) == (
        "A2:A9",
        "list",
        "'ข'!$A$1:$A$3",
        "stop",
    )
    assert (first.promptTitle, first.prompt, first.error) == ("หัว", "ช่วย\nhelp", "ผิด")
    assert (second.type, second.operator, second.errorStyle, second.formula1) == (
        "decimal",
        "greaterThanOrEqual",
        "warning",
        "0",
    )
    assert (third.type, third.prompt, third.showErrorMessage) == (None, "ช่วย", False)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["ก", "ก", "ก"], ["ก", "ก 1", "ก 2"]),
        (["Sheet", "SHEET"], ["Sheet", "SHEET 1"]),
        (["a/b:c*[d]?", "'q'"], ["a b c  d", "q"]),
        (["", "  "], ["Sheet", "Sheet 1"]),
        (["x" * 50, "x" * 50], ["x" * 31, "x" * 27 + " 1"]),
        (["<&>", "\x00\ud800"], ["<&>", "\ufffd\ufffd"]),
    ],
)
def test_names_of_sheets_are_taken_by_every_program(names: list[str], written: list[str]) -> None:
    found = opened(*map(WrittenSheet, names)).sheetnames
    assert len({name.casefold() for name in found}) == len(names)
    assert [name.strip() for name in found] == [name.strip() for name in written]
    assert all(len(name) <= 31 for name in found)


def test_rows_may_be_hidden_high_and_columns_wide_and_of_a_kind() -> None:
    wide = [(1, 2, 33.0, Style(format="text"))]
    sheet = sheet_of({(2, 1): Written("ก")}, hidden_rows=frozenset({2}), heights={1: 40.0}, widths=wide)
    found = opened(sheet).worksheets[0]
    assert found.row_dimensions[2].hidden and found.row_dimensions[1].height == 40
    assert found.column_dimensions["A"].width == 33
    assert found["A2"].number_format == "General"


@pytest.mark.parametrize(
    ("style", "number_format"),
    [
        (Style(format="text"), "@"),
        (Style(format="percent"), "0.00%"),
        (Style(format="day"), "yyyy\\-mm\\-dd"),
    ],
)
def test_numbers_are_shown_as_what_they_are(style: Style, number_format: str) -> None:
    assert (
        opened(sheet_of({(1, 1): Written("1", "n", style)})).worksheets[0]["A1"].number_format
        == number_format
    )


def test_each_style_has_one_number_and_the_plain_one_is_the_first() -> None:
    styles = Styles()
    assert [styles.index(style) for style in (PLAIN, RED, Style(is_bold=True), RED, PLAIN)] == [0, 1, 2, 1, 0]
    assert styles.to_xml().count("<xf ") == 1 + 3


def test_a_text_that_begins_like_a_formula_may_say_that_it_is_quoted() -> None:
    found = opened(sheet_of({(1, 1): Written("=1+1", style=Style(is_quoted=True))})).worksheets[0]["A1"]
    assert (found.value, found.data_type, found.quotePrefix) == ("=1+1", "s", True)
