"""The table of a batch to be saved: the same columns as CSV and as a workbook, in the reader's language.

No cell is ever a formula.  In CSV, where nothing tells text from formula, what begins like one gets an
apostrophe in front (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from mit.document.workbook import WrittenSheet, write_workbook
from mit.document.workbook_styles import Style
from mit.i18n import Language, knows, say
from mit.values.thai_date import format_day
from mit.verify.batch_table import ToldLine, Twins
from mit.verify.words import product_text

#: What a spreadsheet takes for the beginning of a formula.
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Each column and its width in a workbook.
COLUMNS: Mapping[str, int] = {
    "position": 7,
    "bidder": 28,
    "given": 34,
    "model": 18,
    "answer": 13,
    "reason": 40,
    "notices": 34,
    "as_of": 14,
    "number": 24,
    "holder": 34,
    "product_count": 11,
    "first_product": 44,
    "expires_on": 14,
    "twins": 44,
}
_HEAD = Style(is_bold=True, fill="E5EDF0", border="8B9298", wraps=True)
_CELL = Style(border="DCD7CC", format="text", wraps=True, is_quoted=True)


def table_rows(
    lines: Sequence[ToldLine], twins: Mapping[int, Twins], *, as_of: date, language: Language
) -> list[list[str]]:
    """Return head and rows as texts, days as ISO days, so that a spreadsheet can sort them."""
    head = [say(f"batch.column_{name}", language) for name in COLUMNS]
    return [head, *(_row(line, twins.get(line.position), as_of, language) for line in lines)]


def write_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the table as CSV: UTF-8 with its mark, so that Thai opens well, and no cell like a formula."""
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(
        [unlike_a_formula(cell) for cell in row] for row in rows
    )
    return stream.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(rows: Sequence[Sequence[str]], *, language: Language) -> bytes:
    """Return the table as a workbook in which every cell is a text."""
    widths = [(at, at, width, Style()) for at, width in enumerate(COLUMNS.values(), 1)]
    sheet = WrittenSheet(say("batch.sheet_name", language), widths=widths, frozen=(0, 1))
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            sheet.put(row, column, cell, _HEAD if row == 1 else _CELL)
    return write_workbook([sheet])


def unlike_a_formula(cell: str) -> str:
    """Return *cell* with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_LIKE_A_FORMULA) else cell


def reason_text(line: ToldLine, language: Language) -> str:
    """Return in words why the answer is what it is; empty until there is one."""
    if not line.reason:
        return ""
    key = f"web.reason_{line.reason}"
    return say(key if knows(key) else "web.reason_other", language)


def notice_texts(line: ToldLine, language: Language) -> list[str]:
    """Return in words what to know beside the answer; that it is a sample, too."""
    sample = [say("batch.sample_line", language)] if line.is_sample else []
    return [*(notice["detail"][language] for notice in line.notices), *sample]


def twins_text(twins: Twins, language: Language) -> str:
    """Return in words who else shows the same, and on which lines."""
    positions = ", ".join(map(str, twins.named))
    more = f" +{twins.count - len(twins.named)}" if twins.count > len(twins.named) else ""
    said = say(f"batch.twins_{twins.kind}", language, lines=f"{positions}{more}")
    return f"{said} {say('batch.twins_same_file', language)}" if twins.is_same_file else said


def holder_text(line: ToldLine, language: Language) -> str:
    """Return whom the certificate names, in the reader's language where it has both."""
    holder = line.certificate["holder"] if line.certificate else {}
    return str((holder.get("name_en") if language == "en" else None) or holder.get("name_th") or "")


def first_product(line: ToldLine, language: Language) -> str:
    """Return the first product of the certificate; empty where it lists none."""
    products = line.certificate["products"] if line.certificate else ()
    return product_text(products[0], language) if products else ""


def expiry_text(line: ToldLine, language: Language) -> str:
    """Return the last valid day as people read it; empty where nothing vouches for one."""
    return (
        format_day(date.fromisoformat(line.certificate["expires_on"]), language) if line.certificate else ""
    )


def _row(line: ToldLine, twins: Twins | None, as_of: date, language: Language) -> list[str]:
    shown = line.certificate
    return [
        str(line.position),
        line.bidder,
        line.given,
        line.model,
        say(f"verify.word_{line.answer.value}" if line.answer else "batch.waiting", language),
        reason_text(line, language),
        " ".join(notice_texts(line, language)),
        as_of.isoformat(),
        shown["number"] if shown else "",
        holder_text(line, language),
        str(shown["product_count"]) if shown else "",
        first_product(line, language),
        shown["expires_on"] if shown else "",
        twins_text(twins, language) if twins else "",
    ]
