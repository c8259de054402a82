"""Workbooks for tests, written by hand so that every cell is exactly what the test asks for.

``write_workbook(sheet)`` writes the workbook form of a cost sheet (docs/cost-sheet.md); ``cells``
and ``package`` build any other, hostile ones too.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mit.criteria.grid import SEPARATOR, Grid, Row, column_letters
from mit.sandbox.packed_rows import PackedRow, pack_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

COLUMNS_TH = {
    "kind": "ชนิด",
    "name": "รายการ",
    "amount": "จำนวนเงิน (บาท)",
    "origin": "แหล่งกำเนิด",
    "country": "ประเทศ",
    "hs_code": "พิกัดศุลกากร",
    "quantity": "ปริมาณ",
    "unit": "หน่วย",
    "unit_price": "ราคาต่อหน่วย",
    "waste_percent": "ร้อยละการสูญเสีย",
    "currency": "สกุลเงิน",
    "rate": "อัตราแลกเปลี่ยน",
    "rate_on": "วันที่อัตราแลกเปลี่ยน",
    "supplier": "ผู้ขาย",
    "supplier_tax_number": "เลขประจำตัวผู้เสียภาษีผู้ขาย",
    "supplier_certificate": "ใบรับรองผู้ขาย",
    "evidence": "เอกสารประกอบ",
}
COLUMNS_EN = {
    "kind": "Kind",
    "name": "Name",
    "amount": "Amount (baht)",
    "origin": "Origin",
    "country": "Country",
    "hs_code": "HS code",
    "quantity": "Quantity",
    "unit": "Unit",
    "unit_price": "Unit price",
    "waste_percent": "Waste percent",
    "currency": "Currency",
    "rate": "Rate",
    "rate_on": "Rate on",
    "supplier": "Supplier",
    "supplier_tax_number": "Supplier tax number",
    "supplier_certificate": "Supplier certificate",
    "evidence": "Evidence",
}
LABELS_TH = {
    "name_th": "ชื่อสินค้า",
    "name_en": "ชื่อสินค้าภาษาอังกฤษ",
    "hs_code": "พิกัดศุลกากร",
    "unit": "หน่วย",
    "brand": "ยี่ห้อ",
    "models": "รุ่น",
    "capacity_per_year": "กำลังการผลิตต่อปี",
    "volume_per_year": "ปริมาณที่จะผลิตต่อปี",
    "ranges": "ช่วงคุณสมบัติ",
    "price_ex_works": "ราคาหน้าโรงงาน",
    "vat_included": "ราคารวมภาษีมูลค่าเพิ่ม",
    "profit": "กำไร",
    "process": "กระบวนการผลิต",
}
LABELS_EN = {
    "name_th": "Product name (Thai)",
    "name_en": "Product name",
    "hs_code": "HS code",
    "unit": "Unit",
    "brand": "Brand",
    "models": "Models",
    "capacity_per_year": "Capacity per year",
    "volume_per_year": "Volume per year",
    "ranges": "Range",
    "price_ex_works": "Ex-works price",
    "vat_included": "VAT included",
    "profit": "Profit",
    "process": "Process",
}
_RANGE_MEMBERS = ("property", "unit", "from", "to", "from_included", "to_included")


@dataclass(frozen=True)
class Formula:
    """A formula with its stored value; None stores none, as a program without a calculator does."""

    text: str
    value: str | int | None = None


@dataclass(frozen=True)
class Number:
    """A number as the workbook stores it; ``style`` 1 shows it as percent."""

    text: str
    style: int = 0


@dataclass(frozen=True)
class ErrorValue:
    """An error such as #REF!."""

    text: str


Value = str | bool | Number | Formula | ErrorValue | None


@dataclass
class Book:
    """Rows of values by sheet; hidden rows and columns count from 1."""

    rows: list[list[Value]]
    name: str = "แบบแสดงต้นทุน"
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    state: str = "visible"
    more: list[Book] = field(default_factory=list)

    def to_bytes(self) -> bytes:
        """Return the workbook."""
        return package(parts([self, *self.more]))


def sheet_rows(
    sheet: Mapping[str, Any], *, english: bool = False, numeric: bool = False
) -> list[list[Value]]:
    """Return the rows of the workbook form of a cost sheet."""
    labels, columns = (LABELS_EN, COLUMNS_EN) if english else (LABELS_TH, COLUMNS_TH)
    rows: list[list[Value]] = [["แบบแสดงต้นทุน"]]
    for name, value in {**sheet["product"], **{k: v for k, v in sheet.items() if k != "product"}}.items():
        if name == "ranges":
            rows += [[labels[name], *(span.get(member) for member in _RANGE_MEMBERS)] for span in value]
        elif name != "lines":
            rows.append([labels[name], *_values(name, value, numeric=numeric)])
    used = [name for name in columns if any(name in line for line in sheet["lines"])]
    used += [name for name in ("kind", "name", "amount") if name not in used]
    rows.append([])
    rows.append([columns[name] for name in used])
    rows += [[_cell(name, line.get(name), numeric=numeric) for name in used] for line in sheet["lines"]]
    return rows


def write_workbook(sheet: Mapping[str, Any], *, english: bool = False, numeric: bool = False) -> bytes:
    """Return the workbook form of a cost sheet; *numeric* stores amounts as numbers."""
    return Book(sheet_rows(sheet, english=english, numeric=numeric)).to_bytes()


def _values(name: str, value: Any, *, numeric: bool) -> list[Value]:
    if isinstance(value, list):
        return list(value)
    return [_cell(name, value, numeric=numeric)]


def _cell(name: str, value: Any, *, numeric: bool) -> Value:
    if name == "evidence" and value is not None:
        return "; ".join(value)
    numbers = {"amount", "price_ex_works", "profit", "quantity", "unit_price", "rate", "waste_percent"}
    return Number(value) if numeric and name in numbers and value is not None else value


def parts(books: Sequence[Book]) -> dict[str, str]:
    """Return the XML parts of a workbook with these sheets."""
    sheets = "".join(
        f'<sheet name={quoteattr(book.name)} sheetId="{i}" state="{book.state}" r:id="rId{i}"/>'
        for i, book in enumerate(books, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(books) + 1)
    )
    styles = '<xf numFmtId="0"/><xf numFmtId="9"/>'
    found = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',  # noqa: E501
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>',
    }
    for i, book in enumerate(books, 1):
        found[f"xl/worksheets/sheet{i}.xml"] = worksheet(book)
    return found


def worksheet(book: Book) -> str:
    """Return the XML of one sheet."""
    hidden = "".join(f'<col min="{c}" max="{c}" hidden="1"/>' for c in sorted(book.hidden_columns))
    rows = "".join(
        f'<row r="{i}"{" hidden=" + chr(34) + "1" + chr(34) if i in book.hidden_rows else ""}>'
        f"{cells(i, row)}</row>"
        for i, row in enumerate(book.rows, 1)
    )
    columns = f"<cols>{hidden}</cols>" if hidden else ""
    return f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{rows}</sheetData></worksheet>'


def cells(row: int, values: Iterable[Value]) -> str:
    """Return the XML of the cells of one row."""
    return "".join(
        _cell_xml(f"{column_letters(column)}{row}", value)
        for column, value in enumerate(values, 1)
        if value is not None
    )


def _cell_xml(reference: str, value: Value) -> str:
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Number):
        return f'<c r="{reference}" s="{value.style}"><v>{value.text}</v></c>'
    if isinstance(value, ErrorValue):
        return f'<c r="{reference}" t="e"><v>{value.text}</v></c>'
    if isinstance(value, Formula):
        formula = f"<f>{escape(value.text)}</f>"
        if value.value is None:
            return f'<c r="{reference}">{formula}<v></v></c>'
        kind = ' t="str"' if isinstance(value.value, str) else ""
        return f'<c r="{reference}"{kind}>{formula}<v>{escape(str(value.value))}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def unpacked(sheet: Mapping[str, Any]) -> list[tuple[int, bool, list[tuple[int, str, str, bool]]]]:
    """Return the rows of a sheet in the sandbox's answer: of each cell column, type, value, has formula."""
    numbers = [number for first, last in sheet["spans"] for number in range(first, last + 1)]
    alike = [zip(*(text.split(SEPARATOR) for text in texts), strict=True) for *_, texts in sheet["forms"]]
    found = []
    for number, form in zip(numbers, sheet["order"], strict=True):
        is_hidden, columns, signs, _ = sheet["forms"][form]
        values = next(alike[form])
        assert len(columns) == len(signs) == len(values)
        types = [("" if sign == "F" else sign.lower().replace("p", "%")) for sign in signs]
        cells = list(zip(columns, types, values, map(str.isupper, signs), strict=True))
        found.append((number, is_hidden, cells))
    assert [next(rows, None) for rows in alike] == [None] * len(alike)
    return found


def repacked(grid: Grid) -> dict[str, Any]:
    """Return the answer of the sandbox that a grid comes from."""
    return {
        "date_1904": grid.counts_from_1904,
        "sheets": [
            {
                "name": sheet.name,
                "hidden": sheet.is_hidden,
                "hidden_columns": [list(span) for span in sheet.hidden_columns],
                **json.loads(json.dumps(pack_rows(map(_packed_row, sheet.rows)))),
            }
            for sheet in grid.sheets
        ],
    }


def _packed_row(row: Row) -> PackedRow:
    signs = [("F" if cell.type == "" else cell.type.replace("%", "p")) for cell in row.cells]
    written = [
        sign.upper() if cell.has_formula else sign for sign, cell in zip(signs, row.cells, strict=True)
    ]
    columns, values = [cell.column for cell in row.cells], [cell.value for cell in row.cells]
    return row.number, row.is_hidden, columns, "".join(written), values


def packed(*rows: Sequence[Any]) -> dict[str, Any]:
    """Return rows (number, hidden, columns, signs, values) as they cross the pipe, whatever they are."""
    return {
        "spans": [[number, number] for number, *_ in rows],
        "order": list(range(len(rows))),
        "forms": [list(form) for _, *form in rows],
    }


def package(found: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the zip archive of the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return buffer.getvalue()
