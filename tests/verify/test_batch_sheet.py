"""The table to be saved: both languages, every column, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.i18n import LANGUAGES, Language, say
from mit.verify.batch_sheet import (
    COLUMNS,
    expiry_text,
    first_product,
    holder_text,
    notice_texts,
    reason_text,
    table_rows,
    twins_text,
    unlike_a_formula,
    write_csv,
    write_xlsx,
)
from mit.verify.batch_table import ToldLine, Twins, twins_of
from tests.verify.test_batch_table import ONE, SHELL, line

DAY = date(2026, 11, 25)
CERTIFICATE: dict[str, Any] = {
    "number": ONE,
    "holder": {"name_th": "บริษัท สยามเคเบิล จำกัด", "name_en": "Siam Cable Co., Ltd.", "juristic_number": None},
    "products": [
        {
            "product_th": "สายไฟ", "product_en": "Cable", "brand": "สยาม", "models": ["SC-101"],
            "hs_code": "85444932", "ranges": [],
        }
    ],
    "product_count": 3,
    "issued_on": "2026-11-02",
    "expires_on": "2027-11-01",
    "status": "active",
}  # fmt: skip


def told(position: int = 1, bidder: str = "A", **more: Any) -> ToldLine:
    """Return a judged line with a certificate."""
    return line(position, bidder, ONE, certificate=CERTIFICATE, **more)


def row_of(one: ToldLine, language: Language, twins: dict[int, Twins] | None = None) -> dict[str, str]:
    """Return the row of a line by the names of its columns."""
    _, row = table_rows([one], twins or {}, as_of=DAY, language=language)
    return dict(zip(COLUMNS, row, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_names_every_column_in_the_readers_language(language: Language) -> None:
    (head,) = table_rows([], {}, as_of=DAY, language=language)
    assert head == [say(f"batch.column_{name}", language) for name in COLUMNS]
    assert len(set(head)) == len(head)


@pytest.mark.parametrize(
    ("language", "answer", "reason", "holder", "product"),
    [
        (
            "th", "ใช้ได้", "ใบรับรองแท้ และมีผลในวันที่ถาม", "บริษัท สยามเคเบิล จำกัด",
            "สายไฟ · สยาม · รุ่น SC-101 · พิกัด HS 8544.49.32",
        ),
        (
            "en", "VALID", "Genuine, and in force on the day asked about", "Siam Cable Co., Ltd.",
            "Cable · สยาม · Models SC-101 · HS code 8544.49.32",
        ),
    ],
)  # fmt: skip
def test_a_good_line_says_everything_that_an_officer_compares(
    language: Language, answer: str, reason: str, holder: str, product: str
) -> None:
    row = row_of(told(7), language)
    assert row["position"] == "7"
    assert (row["bidder"], row["given"], row["model"]) == ("A", "given 7", "")
    assert (row["answer"], row["reason"]) == (answer, reason)
    assert (row["number"], row["holder"]) == (ONE, holder)
    assert row["first_product"].split(" · ")[0] == product.split(" · ", maxsplit=1)[0]
    assert row["product_count"] == "3"
    assert (row["as_of"], row["expires_on"]) == ("2026-11-25", "2027-11-01")
    assert row["twins"] == row["notices"] == ""


@pytest.mark.parametrize(("language", "word"), [("th", "รอตรวจ"), ("en", "waiting")])
def test_a_line_that_waits_says_so_and_nothing_else(language: Language, word: str) -> None:
    row = row_of(line(2, "A", shell=None), language)
    assert row["answer"] == word
    assert not any(row[name] for name in ("reason", "number", "holder", "product_count", "expires_on"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_read_has_no_holder_and_no_product(language: Language) -> None:
    one = line(1, shell=SHELL | {"answer": "CANNOT_TELL", "reason": "unreadable"})
    assert holder_text(one, language) == first_product(one, language) == expiry_text(one, language) == ""
    assert reason_text(one, language) == say("web.reason_unreadable", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_without_words_of_its_own_has_those_for_any_other(language: Language) -> None:
    one = line(1, shell=SHELL | {"reason": "never_heard_of"})
    assert reason_text(one, language) == say("web.reason_other", language)


def test_a_holder_without_an_english_name_keeps_the_thai_one_and_days_have_their_era() -> None:
    holder = CERTIFICATE["holder"] | {"name_en": None}
    one = line(1, certificate=CERTIFICATE | {"holder": holder, "products": []})
    assert holder_text(one, "en") == "บริษัท สยามเคเบิล จำกัด"
    assert first_product(one, "th") == ""
    assert (expiry_text(one, "th"), expiry_text(one, "en")) == ("1 พ.ย. 2570", "1 Nov 2027")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_else_is_to_know_stands_in_the_row_a_sample_last(language: Language) -> None:
    notices = [{"code": "sample", "detail": {}}, {"code": "later_revoked", "detail": {"th": "ก", "en": "a"}}]
    one = line(1, shell=SHELL | {"notices": notices})
    sample = say("batch.sample_line", language)
    assert notice_texts(one, language) == [{"th": "ก", "en": "a"}[language], sample]
    assert row_of(one, language)["notices"].endswith(sample)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["other_bidder", "same_bidder", "unnamed"])
def test_twins_are_said_with_their_lines_and_the_rest_is_counted(kind: str, language: Language) -> None:
    few = twins_text(Twins(kind, 2, (3, 9), 3, is_same_file=False), language)
    assert few == say(f"batch.twins_{kind}", language, lines="3, 9")
    many = twins_text(Twins(kind, 12, (3, 9), 3, is_same_file=True), language)
    assert "3, 9 +10" in many
    assert many.endswith(say("batch.twins_same_file", language))


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+66 2 345 1234", "'+66 2 345 1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ('=HYPERLINK("http://x.example")', '\'=HYPERLINK("http://x.example")'),
        ("", ""),
        ("A-1", "A-1"),
        ("ก=1", "ก=1"),
        ("1", "1"),
        ("'=1", "'=1"),
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str, kept: str) -> None:
    assert unlike_a_formula(cell) == kept


_CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=100)
@given(st.lists(st.lists(_CELLS, min_size=1, max_size=4), max_size=5))
def test_csv_is_read_back_cell_by_cell_and_none_is_a_formula(rows: list[list[str]]) -> None:
    data = write_csv(rows)
    assert data.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert found == [[unlike_a_formula(cell) for cell in row] for row in rows]
    for row in found:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_same_cells_as_texts_and_no_formula(language: Language) -> None:
    lines = [told(1, "=cmd|' /C calc'!A0"), told(2, "B\x07"), line(3, "", shell=None)]
    rows = table_rows(lines, twins_of(lines), as_of=DAY, language=language)
    with zipfile.ZipFile(io.BytesIO(write_xlsx(rows, language=language))) as archive:
        assert archive.testzip() is None
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert say("batch.sheet_name", language) in book
    assert "<f>" not in sheet
    root = ElementTree.fromstring(sheet)
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    table = root.iterfind(".//m:row", space)
    found = [["".join(cell.itertext()) for cell in row.findall("m:c", space)] for row in table]
    assert found == [[cell.replace("\x07", "\ufffd") for cell in row] for row in rows]
    kinds = {cell.get("t") for cell in root.iterfind(".//m:c", space) if len(cell)}
    assert kinds == {"inlineStr"}


def test_the_same_table_is_the_same_bytes() -> None:
    rows = table_rows([told()], {}, as_of=DAY, language="th")
    assert write_xlsx(rows, language="th") == write_xlsx(rows, language="th")
    assert write_csv(rows) == write_csv(rows)
