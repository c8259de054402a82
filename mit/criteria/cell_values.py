"""What a cell says as the text of a cost sheet's member: numbers, dates, words, lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from mit.criteria import headings
from mit.criteria.grid import SEPARATOR, Cell
from mit.errors import InputError
from mit.values.thai_date import parse_day

#: Decimals kept of an amount of money and of the numbers that explain it.
MONEY_DECIMALS = 2
NUMBER_DECIMALS = 6
#: Enough for the largest number of a workbook as a percentage; a double is never cut by it.
_EXACT_DIGITS = 450
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_GROUPED = re.compile(r"(-?[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?", re.ASCII)
_SEPARATORS = re.compile(r"[;\n]")
#: By decimals kept: stored numbers that are read as they stand (``_is_short``), a separator behind each.
_ALL_SHORT = {
    decimals: re.compile(
        rf"(?:(?!-0{SEPARATOR})-?[0-9]+(?:\.[0-9]{{0,{decimals - 1}}}[1-9])?{SEPARATOR})*+", re.ASCII
    )
    for decimals in (MONEY_DECIMALS, NUMBER_DECIMALS)
}
#: Day 0 of each date system; Excel believes that 1900 was a leap year, so days below 60 are refused.
_FIRST_DAY = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_FIRST_SERIAL, _LAST_SERIAL = 61, 109_574

KINDS = headings.table_of(headings.KIND_WORDS)
ORIGINS = headings.table_of(headings.ORIGIN_WORDS)
PROCESSES = headings.table_of(headings.PROCESS_WORDS)
CURRENCIES = headings.table_of({"THB": ("บาท", "Baht", "฿")})
FLAGS = headings.table_of(headings.FLAG_WORDS)


def text_of(cell: Cell) -> str:
    """Return what the cell says, as text."""
    if cell.type == "b":
        return "true" if cell.value == "1" else "false"
    return cell.value


def number_of(cell: Cell, *, decimals: int, is_percent: bool = False) -> tuple[str, bool]:
    """Return a number as text and whether it had to be rounded to *decimals*, half up.

    Only a number that the workbook stores as a number is rounded; typed text stays as typed, with
    Thai digits and the commas between thousands taken out.
    """
    if cell.type not in {"n", "%"}:
        plain = text_of(cell).strip().translate(_THAI_DIGITS)
        if is_percent:
            plain = plain.removesuffix("%").rstrip()
        match = _GROUPED.fullmatch(plain)
        return (match[1].replace(",", "") + (match[2] or "") if match else plain), False
    if cell.type == "n" and _is_short(cell.value, decimals):
        return cell.value, False
    with localcontext(prec=_EXACT_DIGITS):
        value = Decimal(cell.value) * (100 if is_percent and cell.type == "%" else 1)
        rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    shown = value if rounded == value else rounded
    text = f"{shown:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return ("0" if text == "-0" else text), rounded != value


def _is_short(text: str, decimals: int) -> bool:
    """Say whether a stored number is its own shortest text and has no decimal too many; nearly all do."""
    _, point, tail = text.partition(".")
    return len(tail) <= decimals and text != "-0" and not (point and (not tail or tail.endswith("0")))


def are_short(joined: str, decimals: int) -> bool:
    """Say whether all of several stored numbers, parted by the separator, are read as they stand."""
    return bool(_ALL_SHORT[decimals].fullmatch(joined + SEPARATOR))


def day_of(cell: Cell, *, counts_from_1904: bool) -> str:
    """Return a day as ISO text: from the workbook's day count, or typed as people type days.

    A text that is no day is returned as it is; the cost sheet's own check will name it.
    """
    if cell.type == "n":
        serial = Decimal(cell.value)
        if serial != serial.to_integral_value() or not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return cell.value
        return (_FIRST_DAY[counts_from_1904] + timedelta(days=int(serial))).isoformat()
    try:
        return parse_day(text_of(cell)).isoformat()
    except InputError:
        return text_of(cell)


def word_of(cell: Cell, table: Mapping[str, str]) -> str:
    """Return the code that the cell's word stands for; the word itself where it is unknown."""
    text = text_of(cell)
    return headings.find(text, table) or text


def flag_of(cell: Cell) -> object:
    """Return true or false; the text itself where it is neither."""
    word = word_of(cell, FLAGS)
    return {"true": True, "false": False}.get(word, word)


def list_of(cell: Cell) -> list[str]:
    """Return the entries of a cell that holds several, parted by semicolons or line breaks."""
    parts = (part.strip() for part in _SEPARATORS.split(text_of(cell)))
    return [part for part in parts if part]
