"""What a person pastes as a list, and what the name of a file says: whose certificate is shown.  Pure.

A line holds one number, QR text or address; beside it may stand who showed it and, behind it, the model
offered, parted as spreadsheets part columns or by a semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mit.verify.presentation import Unreadable, read_text

#: Letters of a bidder's name and of a model; letters that are shown of what was given.
LONGEST_BIDDER, LONGEST_MODEL, LONGEST_GIVEN = 100, 200, 80
_COLUMNS = re.compile(r"[\t;]")
_WITH_COMMAS = re.compile(r"[\t;,]")
#: Letters that are looked at to show the beginning.
_LONGEST_LOOKED_AT = 4 * LONGEST_GIVEN
#: What stands between a bidder's name and the rest of a file's name.
_BEHIND_BIDDER = re.compile(r"\s+[-–—]\s+|_+")
_FOLDERS = re.compile(r"[/\\]+")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: who showed it, the presentation as text, and the model offered."""

    bidder: str
    text: str
    model: str = ""


def read_list(pasted: str) -> list[Entry]:
    """Return every line of *pasted* that is not blank, in order; none of them is refused."""
    return [_entry(line) for line in pasted.splitlines() if line.strip()]


def bidder_of(file_name: str) -> str:
    """Return whose file it is by its folder, else by what stands before a dash or ``_``; else nothing.

    A certificate's own number is nobody's name.
    """
    *folders, name = [part.strip() for part in _FOLDERS.split(file_name) if part.strip()] or [""]
    if folders:
        return tidy(folders[-1], LONGEST_BIDDER)
    parts = _BEHIND_BIDDER.split(_without_ending(name), maxsplit=1)
    before = parts[0] if len(parts) > 1 else ""
    return "" if before and is_readable(before) else tidy(before, LONGEST_BIDDER)


def tidy(text: str, longest: int) -> str:
    """Return *text* on one line, without what cannot be seen, at most *longest* letters."""
    seen = text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(seen.split())[:longest].rstrip()


def given_as(text: str) -> str:
    """Return what was given as it is shown: its beginning where it is long."""
    plain = tidy(text[:_LONGEST_LOOKED_AT], LONGEST_GIVEN + 1)
    return plain if len(plain) <= LONGEST_GIVEN else f"{plain[: LONGEST_GIVEN - 1]}…"


def is_readable(text: str) -> bool:
    """Say whether *text* is a number, a QR code's text, an address or a credential by its form."""
    return not isinstance(read_text(text), Unreadable)


def _entry(line: str) -> Entry:
    plain = line.strip()
    if is_readable(plain):
        return Entry("", plain)
    readings = [list(_columns(parting, plain)) for parting in (_COLUMNS, _WITH_COMMAS)]
    for columns in readings:
        for at, column in enumerate(columns):
            if is_readable(column):
                return _parted(columns, at)
    columns = readings[0] if len(readings[0]) > 1 else readings[1]
    return _parted(columns, _likeliest(columns)) if len(columns) > 1 else Entry("", plain)


def _columns(parting: re.Pattern[str], line: str) -> Iterator[str]:
    return (column.strip().strip('"').strip() for column in parting.split(line))


def _parted(columns: Sequence[str], at: int) -> Entry:
    """Return the line whose presentation stands in column *at*: the bidder before it, the model behind."""
    before, behind = (" ".join(part for part in some if part) for some in (columns[:at], columns[at + 1 :]))
    return Entry(tidy(before, LONGEST_BIDDER), columns[at], tidy(behind, LONGEST_MODEL))


def _likeliest(columns: Sequence[str]) -> int:
    """Return the column that is meant as a number though it is none: most digits, else behind the bidder."""
    return max(range(len(columns)), key=lambda at: (sum(sign.isdigit() for sign in columns[at]), at == 1))


def _without_ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and _ENDING.fullmatch(dot + ending) else name
