"""A long cost sheet by pages: which lines a page shows, and how they go back into the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import request

from mit.errors import Fault
from mit.issuance.typed import Typed

#: Lines of one page of the form.
PAGE_LINES = 200
_LINE = re.compile(r"lines\[([0-9]{1,5})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class LinesPage:
    """The lines of a sheet that a page shows: *count* from *first* on (from 1), of *total*."""

    first: int
    count: int
    total: int

    @property
    def last(self) -> int:
        """Return the last line that is shown."""
        return self.first + self.count - 1

    @property
    def is_last(self) -> bool:
        """Say whether no line follows."""
        return self.last >= self.total

    @property
    def is_whole(self) -> bool:
        """Say whether every line is shown."""
        return self.first == 1 and self.is_last

    @property
    def starts(self) -> list[int]:
        """Return the first line of every page."""
        return list(range(1, max(self.total, 1) + 1, PAGE_LINES))

    def holds(self, where: str) -> bool:
        """Say whether the field *where* stands on this page; what is no line stands on all."""
        match = _LINE.match(where)
        return match is None or self.first <= int(match[1]) <= max(self.last, 1) or int(match[1]) > self.total


def page_of(content: Typed, line: int) -> LinesPage:
    """Return the page that holds a line; the nearest where there is no such line."""
    total = len(content["lines"])
    first = (max(1, min(line, total)) - 1) // PAGE_LINES * PAGE_LINES + 1
    return LinesPage(first, max(0, min(PAGE_LINES, total - first + 1)), total)


def asked_page(content: Typed) -> LinesPage:
    """Return the page that the address asks for, or that the form was of."""
    return page_of(
        content, _whole(request.values.get("line", "")) or _whole(request.form.get("first", "")) or 1
    )


def merged(stored: Typed, sent: Typed) -> Typed:
    """Return what was *sent* of a sheet as the whole: its lines in the place of those that its page showed.

    A form that names no page holds every line.
    """
    if "first" not in request.form:
        return sent
    lines: list[dict[str, Any]] = stored["lines"]
    start = max(0, min(_whole(request.form["first"]) - 1, len(lines)))
    end = min(start + _whole(request.form.get("count", "")), len(lines))
    return {**sent, "lines": [*lines[:start], *sent["lines"], *lines[end:]]}


def rows_left(stored: Typed, saved: Typed) -> int:
    """Return how many lines the page has, now that it was saved: empty ones were left out."""
    taken = _whole(request.form.get("count", ""))
    return max(0, len(saved["lines"]) - (len(stored["lines"]) - taken))


def fault_address(page: LinesPage, address: str, fault: Fault) -> str:
    """Return where the link of a fault leads: into this page, or to the page that holds its line."""
    match = _LINE.match(fault.where)
    if match is None or page.holds(fault.where):
        return f"#{fault.where}" if fault.where else ""
    return f"{address}?show=faults&line={match[1]}#{fault.where}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
