"""What the cells of the template offer and ask for: lists of words, kinds of figures, a word of help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mit.criteria import headings
from mit.criteria.grid import column_letters
from mit.document.workbook import Choice, WrittenSheet
from mit.document.workbook_styles import Style
from mit.i18n import LANGUAGES, say

_SHEET = headings.SIDE_SHEETS[1]
#: Units and currencies that are offered; any other may be typed.
UNITS = (
    "ชิ้น",
    "ชุด",
    "เครื่อง",
    "กก.",
    "ตัน",
    "ม.",
    "ตร.ม.",
    "ลบ.ม.",
    "ลิตร",
    "แผ่น",
    "ม้วน",
    "เส้น",
    "คู่",
    "ชม.",
    "pcs",
    "set",
    "kg",
    "m",
    "l",
)
CURRENCIES = (
    "THB",
    "USD",
    "EUR",
    "JPY",
    "CNY",
    "GBP",
    "SGD",
    "MYR",
    "TWD",
    "KRW",
    "HKD",
    "VND",
    "INR",
    "AUD",
    "CHF",
)


def _offered(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return code → the Thai word and the English one, as one that is read as either."""
    found = {}
    for code, several in words.items():
        english = next(word for word in several if word.isascii())
        thai = next(word for word in several if not word.isascii())
        found[code] = f"{thai} / {english.replace('_', ' ').capitalize()}"
    return found


_KINDS, _ORIGINS = _offered(headings.KIND_WORDS), _offered(headings.ORIGIN_WORDS)
_STEPS, _FLAGS = _offered(headings.PROCESS_WORDS), {"true": "ใช่ / Yes", "false": "ไม่ใช่ / No"}
#: Code → the words by which a list offers it.
LISTS: Mapping[str, str] = _KINDS | _ORIGINS | _STEPS | _FLAGS
#: The columns of the sheet of lists, in order.
_COLUMNS: Mapping[str, Sequence[str]] = {
    "kind": tuple(_KINDS.values()),
    "origin": tuple(_ORIGINS.values()),
    "process": tuple(_STEPS.values()),
    "flag": tuple(_FLAGS.values()),
    "unit": UNITS,
    "currency": CURRENCIES,
}
#: Member → the list it offers, and whether nothing else is taken.
_LISTED = {
    "kind": ("kind", True),
    "origin": ("origin", True),
    "unit": ("unit", False),
    "currency": ("currency", False),
}
_FIGURES = ("amount", "quantity", "unit_price", "waste_percent", "rate")
_FIRST_SERIAL = "61"


def lists_sheet(heading: Style) -> WrittenSheet:
    """Return the sheet that holds the lists."""
    sheet = WrittenSheet(_SHEET, widths=[(1, len(_COLUMNS), 26, Style())], frozen=(0, 1))
    for column, (name, words) in enumerate(_COLUMNS.items(), 1):
        sheet.put(
            1,
            column,
            say(f"workbook.list_{name}", "th") + " / " + say(f"workbook.list_{name}", "en"),
            heading,
        )
        for row, word in enumerate(words, 2):
            sheet.put(row, column, word)
    return sheet


def choices_of_fields(paths: Sequence[str], first_row: int) -> Iterator[Choice]:
    """Yield what the cells beside the labels offer; *paths* stand one below the other."""
    for row, path in enumerate(paths, first_row):
        if path == "process":
            yield _list(f"B{row}:F{row}", "process", is_strict=False)
        elif path == "vat_included":
            yield _list(f"B{row}", "flag", is_strict=True)
        elif path == "product.unit":
            yield _list(f"B{row}", "unit", is_strict=False)
        elif path == "product.ranges":
            yield _list(f"F{row}:G{row}", "flag", is_strict=True)
        elif path in {"price_ex_works", "profit"}:
            yield _figure(f"B{row}", path)


def choices_of_lines(columns: Sequence[str], first_row: int, last_row: int) -> Iterator[Choice]:
    """Yield what the columns of the table offer."""
    for column, member in enumerate(columns, 1):
        cells = f"{column_letters(column)}{first_row}:{column_letters(column)}{last_row}"
        if member in _LISTED:
            name, is_strict = _LISTED[member]
            yield _list(cells, name, is_strict=is_strict)
        elif member in _FIGURES:
            yield _figure(cells, member)
        elif member == "rate_on":
            yield Choice(
                cells,
                "date",
                (_FIRST_SERIAL,),
                "greaterThanOrEqual",
                title=_said("title_rate_on"),
                prompt=_said("help_rate_on"),
            )
        elif member in {"hs_code", "country", "supplier_certificate", "evidence"}:
            yield Choice(cells, "", (), title=_said(f"title_{member}"), prompt=_said(f"help_{member}"))


def _list(cells: str, name: str, *, is_strict: bool) -> Choice:
    column = column_letters(list(_COLUMNS).index(name) + 1)
    reference = f"'{_SHEET}'!${column}$2:${column}${len(_COLUMNS[name]) + 1}"
    error = _said("error_list") if is_strict else ""
    return Choice(
        cells,
        "list",
        (reference,),
        is_strict=is_strict,
        title=_said(f"title_{name}"),
        prompt=_said(f"help_{name}"),
        error=error,
    )


def _figure(cells: str, member: str) -> Choice:
    lowest = "-999999999999" if member == "profit" else "0"
    return Choice(
        cells,
        "decimal",
        (lowest,),
        "greaterThanOrEqual",
        title=_said(f"title_{member}"),
        prompt=_said(f"help_{member}"),
        error=_said("error_figure"),
    )


def _said(name: str) -> str:
    """Return a sentence in both languages: a title on one line, help on two."""
    mark = " / " if name.startswith("title_") else "\n"
    return mark.join(say(f"workbook.{name}", language) for language in LANGUAGES)
