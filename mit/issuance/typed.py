"""What people type into the forms, and the contract's documents: from one to the other and back.

What is typed is text and nothing else; it stays as typed however wrong it is.  On the way to a
document only the manners of writing are taken off (Thai digits, commas between thousands, days as
people write them); whether the rest is right is said by the document's own checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from mit.criteria import headings
from mit.criteria.cost_lines import LINE_LIMIT, LineEntries
from mit.criteria.product import YEARLY
from mit.errors import InputError
from mit.values.lookup import turned
from mit.values.thai_date import parse_day

#: One section as typed: a text for each field, and for tables a list of such rows.
Typed = dict[str, Any]

FACTORY_FIELDS = ("site_th", "site_en", "factory_number")
PRODUCT_FIELDS = (
    "name_th",
    "name_en",
    "hs_code",
    "unit",
    "brand",
    "models",
    "capacity_per_year",
    "volume_per_year",
)
RANGE_FIELDS = ("property", "unit", "from", "to", "from_excluded", "to_excluded")
#: ``source`` is what a file said beside its figures (``sheet_upload``); typing over them drops it.
SHEET_FIELDS = ("price_ex_works", "vat_included", "profit", "process", "source")
LINE_FIELDS = (
    "kind",
    "name",
    "amount",
    "origin",
    "country",
    "hs_code",
    "quantity",
    "unit",
    "unit_price",
    "waste_percent",
    "currency",
    "rate",
    "rate_on",
    "supplier",
    "supplier_tax_number",
    "supplier_certificate",
    "evidence",
)
_fields_of_line = itemgetter(*LINE_FIELDS)
DECLARATION_FIELDS = ("accepted", "text_id", "text_sha256")
#: What a ticked box sends.
TICKED = "yes"
#: Section → its single fields, and its table with the fields of a row; most rows that are kept.
FIELDS = {
    "factory": FACTORY_FIELDS,
    "product": PRODUCT_FIELDS,
    "sheet": SHEET_FIELDS,
    "declaration": DECLARATION_FIELDS,
}
TABLES = {"product": ("ranges", RANGE_FIELDS, 50), "sheet": ("lines", LINE_FIELDS, LINE_LIMIT)}
#: Longest text of one field that is kept as typed.
LONGEST_TYPED = 20_000

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)
_SEVERAL = re.compile(r"[;\n]")
_PROCESSES = headings.table_of(headings.PROCESS_WORDS)


def as_typed(section: str, given: Mapping[str, Any], *, keep_empty: bool = False) -> Typed:
    """Return what was sent for a section in its one shape: every field, only text, no empty row.

    *keep_empty* leaves empty rows where they stand, so that every row keeps its number.
    """
    typed: Typed = {name: _text(given.get(name)) for name in FIELDS[section]}
    if section in TABLES:
        table, fields, limit = TABLES[section]
        rows = given.get(table)
        blank = dict.fromkeys(fields, "")
        kept = _rows([row for row in _list(rows) if isinstance(row, dict | Mapping)], blank)
        typed[table] = [row for row in kept if keep_empty or any(map(str.strip, row.values()))][:limit]
    return typed


def is_blank(typed: Typed) -> bool:
    """Say whether nothing was typed at all."""
    return not any(value.strip() if isinstance(value, str) else value for value in typed.values())


def product_document(typed: Typed) -> dict[str, object]:
    """Return the contract's product, unchecked, of what was typed."""
    document: dict[str, object] = {
        name: typed[name].strip() for name in PRODUCT_FIELDS if name != "models" and typed[name].strip()
    }
    document |= {name: plain_number(typed[name]) for name in YEARLY if typed[name].strip()}
    document["models"] = several(typed["models"])
    document["ranges"] = [_range_document(row) for row in typed["ranges"]]
    return document


def sheet_document(product: Mapping[str, object], typed: Typed) -> dict[str, object]:
    """Return the contract's cost sheet, unchecked, of a product's document and what was typed."""
    document: dict[str, object] = {
        "product": product,
        "vat_included": typed["vat_included"] == TICKED,
        "lines": _line_entries(typed["lines"]),
    }
    for name in ("price_ex_works", "profit"):
        if text := plain_number(typed[name]):
            document[name] = text
    steps = several(typed["process"])
    if steps:
        document["process"] = [headings.find(step, _PROCESSES) or step for step in steps]
    return document


def typed_product(document: Mapping[str, Any]) -> Typed:
    """Return a product's document as it would have been typed."""
    given: dict[str, Any] = {name: document.get(name) for name in PRODUCT_FIELDS}
    given["models"] = _joined(document.get("models"))
    rows = _list(document.get("ranges"))
    given["ranges"] = [_typed_range(row) for row in rows if isinstance(row, dict | Mapping)]
    return as_typed("product", given)


def typed_sheet(document: Mapping[str, Any]) -> Typed:
    """Return a cost sheet's document as it would have been typed, the product left out."""
    given: dict[str, Any] = {name: document.get(name) for name in SHEET_FIELDS}
    given["vat_included"] = TICKED if document.get("vat_included") is True else ""
    given["process"] = _joined(document.get("process"))
    rows = [row for row in _list(document.get("lines")) if isinstance(row, dict | Mapping)]
    given["lines"] = [
        {**row, "evidence": _joined(row["evidence"], "; ")} if "evidence" in row else row for row in rows
    ]
    return as_typed("sheet", given)


def several(text: str) -> list[str]:
    """Return the entries of a field that holds several, parted by line ends or semicolons."""
    return [part for part in (piece.strip() for piece in _SEVERAL.split(text)) if part]


def plain_number(text: str) -> str:
    """Return a number as machines write it: no Thai digits, no commas between thousands."""
    plain = text.strip()
    if plain.isascii() and "," not in plain:  # nearly all are
        return plain
    plain = plain.translate(_THAI_DIGITS)
    return plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain


def _line_entries(rows: Sequence[Mapping[str, str]]) -> LineEntries:
    """Return the contract's lines, unchecked; a column at a time, for it has few different words."""
    columns = dict(zip(LINE_FIELDS, zip(*map(_fields_of_line, rows), strict=True), strict=False))
    said = {name: turned(column, _TURNS[name]) for name, column in columns.items() if any(column)}
    return LineEntries(len(rows), said)


def _range_document(row: Mapping[str, str]) -> dict[str, object]:
    document: dict[str, object] = {
        name: row[name].strip() for name in ("property", "unit") if row[name].strip()
    }
    for name in ("from", "to"):
        document[name] = plain_number(row[name]) or None
        document[f"{name}_included"] = row[f"{name}_excluded"] != TICKED
    return document


def _typed_range(row: Mapping[str, Any]) -> dict[str, Any]:
    ends = {
        f"{name}_excluded": TICKED if row.get(f"{name}_included") is False else "" for name in ("from", "to")
    }
    return {name: row.get(name) for name in ("property", "unit", "from", "to")} | ends


@lru_cache(maxsize=1_024)
def _day(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except InputError:
        return text


def _or_nothing(turn: Callable[[str], object]) -> Callable[[str], object]:
    """Return what turns a text without its ends; None where it is blank."""
    return lambda text: turn(stripped) if (stripped := text.strip()) else None


#: What a field of a line is turned by on its way to the document; nothing stays of one that is blank.
_TURNS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(LINE_FIELDS, _or_nothing(str)),
    **dict.fromkeys(("amount", "quantity", "unit_price", "waste_percent", "rate"), _or_nothing(plain_number)),
    "rate_on": _or_nothing(_day),
    "evidence": _or_nothing(several),
}


def _rows(rows: Sequence[Mapping[str, Any]], blank: Mapping[str, str]) -> list[dict[str, str]]:
    """Return rows with every field of *blank*, as text; a file's are nearly always as they have to be."""
    values = list(chain.from_iterable(row.values() for row in rows))
    if blank.keys() >= set[str]().union(*rows) and _are_plain(values):
        return [{**blank, **row} for row in rows]
    return [{name: "" if (text := row.get(name)) is None else _text(text) for name in blank} for row in rows]


def _are_plain(values: Sequence[Any]) -> bool:
    """Say whether all of them are texts that are kept as they are."""
    try:
        return "\r" not in "".join(values) and max(map(len, values), default=0) <= LONGEST_TYPED
    except TypeError:  # one is no text
        return False


def _text(value: object) -> str:
    """Return what a field holds as text; a number of a file as it was written there."""
    if isinstance(value, Mapping):
        value = value.get("number")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _cut(value) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    return text.replace("\r\n", "\n")[:LONGEST_TYPED]


def _joined(value: object, mark: str = "\n") -> str:
    return mark.join(entry for entry in _list(value) if isinstance(entry, str))


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
