"""Workbooks: every cell as it is stored, and every hostile file refused with its reason."""

from __future__ import annotations

import io
import random
import resource
import struct
import time
import zipfile
from datetime import date
from itertools import islice
from typing import Any

import openpyxl
import pytest

from mit.errors import UnreadableFileError
from mit.sandbox import child
from mit.sandbox.child import Reader, run_reader
from mit.sandbox.sheet_xml import CELL_LIMIT, shortest_number
from mit.sandbox.workbook import read
from tests.support.workbooks import MAIN, Book, ErrorValue, Formula, Number, package, parts, unpacked

PEAK_MEMORY = Reader("resource:getrusage")


def rows(data: bytes, sheet: int = 0) -> Any:
    found: Any = read(data)
    return unpacked(found["sheets"][sheet])


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(data)
    return caught.value.code


def with_part(name: str, content: str | bytes) -> bytes:
    found: dict[str, Any] = parts([Book([["a"]])])
    return package(found | {name: content})


def with_sheet(inner: str) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}">{inner}</worksheet>')


def test_every_kind_of_cell_is_read_as_it_is_stored() -> None:
    data = Book(
        [
            ["ข้อความ", Number("1.50"), True, False, ErrorValue("#REF!")],
            [None, Number("0.05", style=1), Formula("B1*2", 3), Formula('"a"', "a"), Formula("1+1")],
        ]
    ).to_bytes()
    assert rows(data) == [
        (
            1,
            False,
            [
                (1, "s", "ข้อความ", False),
                (2, "n", "1.5", False),
                (3, "b", "1", False),
                (4, "b", "0", False),
                (5, "e", "#REF!", False),
            ],
        ),
        (2, False, [(2, "%", "0.05", False), (3, "n", "3", True), (4, "s", "a", True), (5, "", "", True)]),
    ]


def test_hidden_rows_columns_and_sheets_are_marked() -> None:
    book = Book(
        [["a"], ["b"]],
        hidden_rows=frozenset({2}),
        hidden_columns=frozenset({1, 3}),
        more=[Book([["c"]], name="ซ่อน", state="hidden"), Book([["d"]], name="ซ่อนลึก", state="veryHidden")],
    )
    found: Any = read(book.to_bytes())
    assert [(sheet["name"], sheet["hidden"]) for sheet in found["sheets"]] == [
        ("แบบแสดงต้นทุน", False),
        ("ซ่อน", True),
        ("ซ่อนลึก", True),
    ]
    assert found["sheets"][0]["hidden_columns"] == [(1, 1), (3, 3)]
    assert [row[:2] for row in unpacked(found["sheets"][0])] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0.1", "0.1"),
        ("0.10000000000000001", "0.1"),
        ("1.2345599999999999E3", "1234.56"),
        ("12500", "12500"),
        ("1E5", "100000"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1e-7", "0.0000001"),
        (" 5 ", "5"),
        ("999999999999.99", "999999999999.99"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e+2", "100"),
        ("\n5\n", "5"),
        ("0005", "5"),
    ],
)
def test_a_number_is_its_shortest_decimal(stored: str, shown: str) -> None:
    assert shortest_number(stored) == shown


@pytest.mark.parametrize(
    "stored",
    [
        "nan",
        "inf",
        "-inf",
        "1e400",
        "1e22",
        "abc",
        "1,5",
        "",
        "1_000",
        "๑",
        "１",
        "٣",
        "0x1",
        "1 2",
        "--1",
        "1e",
        ".",
    ],
)
def test_what_is_no_finite_number_is_refused(stored: str) -> None:
    with pytest.raises(UnreadableFileError):
        shortest_number(stored)


def openpyxl_bytes(fill: Any) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_of_another_writer_is_read_the_same() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "ชื่อสินค้า"
        sheet["B1"] = "หม้อแปลง & <ขดลวด>"
        sheet["A3"] = 1234.56
        sheet["B3"] = "=A3*2"
        sheet["C3"] = True
        sheet["D3"] = date(2026, 11, 2)
        sheet["E3"] = 0.07
        sheet["E3"].number_format = "0.00%"
        sheet["F3"] = '0"%"'
        sheet["G3"] = 5
        sheet["G3"].number_format = '0"%"'
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    data = openpyxl_bytes(fill)
    found: Any = read(data)
    assert found["sheets"][0]["hidden_columns"] == [(3, 3)]
    assert unpacked(found["sheets"][0]) == [
        (1, False, [(1, "s", "ชื่อสินค้า", False), (2, "s", "หม้อแปลง & <ขดลวด>", False)]),
        (
            3,
            True,
            [
                (1, "n", "1234.56", False),
                (2, "", "", True),
                (3, "b", "1", False),
                (4, "n", "46328", False),
                (5, "%", "0.07", False),
                (6, "s", '0"%"', False),
                (7, "n", "5", False),
            ],
        ),
    ]


def test_random_workbooks_are_read_as_openpyxl_reads_them() -> None:
    rng = random.Random(42)

    def fill(sheet: Any) -> None:
        for row in range(1, 60):
            for column in range(1, 9):
                value = rng.choice([None, rng.random() * 10**6, rng.randrange(10**9), f"ข้อความ {row}", True])
                if value is not None:
                    sheet.cell(row, column, value)

    data = openpyxl_bytes(fill)
    other = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    assert other is not None
    ours = {(row, cell[0]): cell for row, _, cells in rows(data) for cell in cells}
    theirs = {(c.row, c.column): c.value for line in other.iter_rows() for c in line if c.value is not None}
    assert ours.keys() == theirs.keys()
    for place, value in theirs.items():
        kind, text = ours[place][1], ours[place][2]
        if isinstance(value, bool):
            assert (kind, text) == ("b", "1")
        elif isinstance(value, str):
            assert (kind, text) == ("s", value)
        else:
            assert kind == "n"
            assert float(text) == value


def test_prefixes_strict_names_and_rich_texts_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    sheet = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row r="2"><x:c r="B2" t="s"><x:v>0</x:v></x:c>'
        '<x:c t="n"><x:v>5</x:v></x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:r><x:t>a</x:t></x:r>'
        "<x:r><x:t>b</x:t></x:r></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    )
    strings = (
        f'<x:sst xmlns:x="{strict}"><x:si><x:r><x:t>หม้อ</x:t></x:r><x:r><x:t>แปลง</x:t></x:r>'
        '<x:rPh sb="0" eb="1"><x:t>guide</x:t></x:rPh></x:si></x:sst>'
    )
    found = parts([Book([])])
    data = package(found | {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings})
    assert rows(data) == [
        (2, False, [(2, "s", "หม้อแปลง", False), (3, "n", "5", False)]),
        (3, False, [(1, "s", "ab", False)]),
    ]


def test_the_date_system_of_old_macs_is_noticed() -> None:
    found = parts([Book([["a"]])])
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(
        "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    assert read(package(found))["date_1904"] is True


DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    ],
)
@pytest.mark.parametrize(
    "start", [DOCTYPE, LAUGHS, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://example.com/x.dtd">']
)
def test_xml_that_declares_or_reaches_outside_is_refused(part: str, start: str) -> None:
    assert refusal(with_part(part, f"{start}<x>&e;</x>")) == "file_hostile_xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_not_workbook"),
        (b"PK\x03\x04", "file_not_workbook"),
        (b"{}", "file_not_workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "file_old_workbook"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
        ),
        (package({"word/document.xml": "<x/>"}), "file_not_workbook"),
        (package({"xl/workbook.xml": "<workbook/>"}), "file_not_workbook"),
        (package({"xl/workbook.bin": "x"}), "file_not_workbook"),
        (with_part("xl/workbook.xml", "<workbook"), "file_not_workbook"),
        (with_part("xl/workbook.xml", b"\x00\x01\x02"), "file_not_workbook"),
        (with_part("xl/sharedStrings.xml", "not xml"), "file_not_workbook"),
        (
            with_sheet('<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>'),
            "file_not_workbook",
        ),
        (with_sheet('<sheetData><row r="1"><c r="A1"><v>abc</v></c></row></sheetData>'), "file_not_workbook"),
        (
            with_sheet('<sheetData><row r="1"><c r="A1"><v>1e999</v></c></row></sheetData>'),
            "file_not_workbook",
        ),
        (with_sheet('<sheetData><row r="1"><c r="B2"><v>1</v></c></row></sheetData>'), "file_not_workbook"),
        (with_sheet('<sheetData><row r="2"/><row r="1"/></sheetData>'), "file_not_workbook"),
        (with_sheet('<sheetData><row r="9999999"/></sheetData>'), "file_not_workbook"),
        (
            with_sheet('<sheetData><row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>'),
            "file_not_workbook",
        ),
        (with_sheet('<sheetData><row><c r="XXX1"><v>1</v></c></row></sheetData>'), "file_not_workbook"),
        (with_sheet("<sheetData><c><v>1</v></c></sheetData>"), "file_not_workbook"),
        (
            with_sheet(f'<sheetData><row><c t="str"><v>{"x" * 32_768}</v></c></row></sheetData>'),
            "file_too_many_cells",
        ),
    ],
)
def test_what_is_no_sound_workbook_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_sheet_that_is_named_but_not_there_is_refused() -> None:
    found = parts([Book([["a"]])])
    del found["xl/worksheets/sheet1.xml"]
    assert refusal(package(found)) == "file_not_workbook"


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "worksheets/sheet1.xml", "./worksheets/../worksheets/sheet1.xml"]
)
def test_a_target_may_be_spelled_in_several_ways(target: str) -> None:
    found = parts([Book([["a"]])])
    rels = "xl/_rels/workbook.xml.rels"
    found[rels] = found[rels].replace("worksheets/sheet1.xml", target)
    assert rows(package(found)) == [(1, False, [(1, "s", "a", False)])]


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd"])
def test_a_target_never_leads_outside_the_file(target: str) -> None:
    found = parts([Book([["a"]])])
    rels = "xl/_rels/workbook.xml.rels"
    found[rels] = found[rels].replace("worksheets/sheet1.xml", target)
    assert refusal(package(found)) == "file_not_workbook"


def test_a_header_that_lies_about_a_size_is_found_out() -> None:
    """The central header promises 10 bytes, the member holds 100,000."""
    data = bytearray(with_sheet(f"<sheetData>{' ' * 100_000}</sheetData>"))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if bytes(data[at + 46 : at + 46 + length]) == b"xl/worksheets/sheet1.xml":
            struct.pack_into("<L", data, at + 24, 10)
        at = data.find(b"PK\x01\x02", at + 4)
    assert refusal(bytes(data)) in {"file_lying", "file_not_workbook"}


def test_a_member_whose_checksum_does_not_fit_is_refused() -> None:
    found = parts([Book([["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]])])
    data = bytearray(package(found, compression=zipfile.ZIP_STORED))
    at = data.find(b"aaaaaaaaaa")
    data[at] = ord("b")
    assert refusal(bytes(data)) == "file_lying"


def test_packed_bytes_that_are_damaged_are_refused() -> None:
    data = bytearray(Book([[str(i)] for i in range(3000)]).to_bytes())
    at = data.find(b"xl/worksheets/sheet1.xml") + 200
    data[at : at + 40] = bytes(40)
    assert refusal(bytes(data)) in {"file_lying", "file_not_workbook"}


def test_too_many_cells_are_refused_soon() -> None:
    rng = random.Random(3)
    cells = (f"<c><v>{rng.randrange(10**6)}</v></c>" for _ in range(100 * (CELL_LIMIT // 100 + 1)))
    data = with_sheet(
        "<sheetData>"
        + "".join(f"<row>{''.join(islice(cells, 100))}</row>" for _ in range(CELL_LIMIT // 100 + 1))
        + "</sheetData>"
    )
    began = time.process_time()
    assert refusal(data) == "file_too_many_cells"
    assert time.process_time() - began < 10


def test_one_long_text_used_by_every_cell_does_not_fill_the_memory() -> None:
    found: dict[str, Any] = parts([Book([])])
    cells = '<c t="s"><v>0</v></c>' * 10_000
    found["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>'
    )
    found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    with pytest.raises(UnreadableFileError, match="file_too_many_cells"):
        child.run("workbook", package(found))


def test_more_sheets_than_anyone_needs_are_refused() -> None:
    book = Book([["a"]], more=[Book([["b"]], name=f"s{i}") for i in range(60)])
    assert refusal(book.to_bytes()) == "file_too_many_cells"


BOMBS = {
    "one member a thousandfold": lambda: package({"xl/worksheets/sheet1.xml": bytes(60 * 1024 * 1024)}),
    "a sheet of fifty megabytes": lambda: package(
        {"xl/worksheets/sheet1.xml": random.Random(1).randbytes(64) * (50 * 1024 * 1024 // 64)}
    ),
    "many members": lambda: package({f"x{i}": "" for i in range(5_000)}),
    "nested entities": lambda: with_part("xl/styles.xml", LAUGHS + "<x>&b;</x>"),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_is_refused_within_two_seconds_of_work(name: str) -> None:
    data = BOMBS[name]()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(UnreadableFileError) as caught:
        child.run("workbook", data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert caught.value.code in {"file_bomb", "file_hostile_xml"}
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 2


def test_fifty_megabytes_are_refused_before_anything_is_started() -> None:
    with pytest.raises(UnreadableFileError, match="file_too_large"):
        child.run("workbook", b"PK\x03\x04" + bytes(50 * 1024 * 1024))


def test_ten_thousand_lines_are_read_within_the_limits() -> None:
    lines = [["วัตถุดิบ", f"รายการที่ {i}", Number("123.45"), "นำเข้า", "8504.90"] for i in range(10_000)]
    found: Any = child.run("workbook", Book(lines).to_bytes())
    assert len(unpacked(found["sheets"][0])) == 10_000


def test_damaged_workbooks_are_read_or_refused_and_nothing_else() -> None:
    rng, whole = random.Random(5), Book([["ก", Number("1.5"), Formula("B1", 2)]]).to_bytes()
    outcomes: set[str] = set()
    for _ in range(1_500):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        outcomes.add(outcome(bytes(data[: rng.choice([len(data), rng.randrange(len(data))])])))
    assert {"read", "file_not_workbook", "file_lying"} <= outcomes


def test_damaged_xml_parts_are_read_or_refused_and_nothing_else() -> None:
    """Damage before packing gets past the checksums, to the XML itself."""
    rng = random.Random(6)
    found = parts([Book([["ก", Number("1.5", 1), Formula("B1", 2), True]], hidden_columns=frozenset({2}))])
    names = sorted(found)
    outcomes: dict[str, int] = {}
    for _ in range(1_500):
        name = rng.choice(names)
        content = bytearray(found[name].encode())
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(3)] = rng.choice(
                [b"<", b">", b'"', b"9", b"\xff", b"&", b"", b"r", b"1"]
            )
        result = outcome(package({**found, name: bytes(content)}))
        outcomes[result] = outcomes.get(result, 0) + 1
    assert set(outcomes) <= {"read", "file_not_workbook", "file_hostile_xml", "file_too_many_cells"}
    assert outcomes["read"] > 50


def outcome(data: bytes) -> str:
    try:
        read(data)
    except UnreadableFileError as error:
        return error.code
    return "read"


def test_the_sealed_child_reads_what_the_function_reads() -> None:
    data = Book([["ก", Number("1.5"), Formula("B1", 2)], [True, ErrorValue("#N/A")]]).to_bytes()
    found: Any = child.run("workbook", data)
    assert unpacked(found["sheets"][0]) == rows(data)


def test_a_child_may_be_told_to_do_something_else_and_is_still_only_a_child() -> None:
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        run_reader(PEAK_MEMORY, b"")
