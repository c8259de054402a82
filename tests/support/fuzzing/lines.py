"""Which lines of chosen files ran: as much of a coverage tool as a campaign needs, cheap once all is seen.

Only lines inside functions are counted; what runs when a module is loaded proves nothing.  Functions may
be left out by name: those that write what others read.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class LinesSeen:
    """The lines of functions in *files* (paths below the project) but for *without*; which of them ran."""

    def __init__(self, files: Iterable[str], *, without: Collection[str] = ()) -> None:
        self.files = {str(ROOT / name): name for name in files}
        self.lines = {name: _lines_of(path, without) for path, name in self.files.items()}
        self.seen: dict[str, set[int]] = {name: set() for name in self.lines}
        self._left: dict[CodeType, set[int]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note each line that runs in this thread meanwhile."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def percent(self, name: str = "") -> float:
        """Return how many lines of one file ran, of all together without a name."""
        names = [name] if name else list(self.lines)
        every = sum(len(self.lines[one]) for one in names)
        return round(100 * sum(len(self.seen[one]) for one in names) / max(1, every), 1)

    def missing(self) -> dict[str, list[int]]:
        """Return the lines that never ran, by file."""
        found = {name: sorted(lines - self.seen[name]) for name, lines in self.lines.items()}
        return {name: lines for name, lines in found.items() if lines}

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        name = self.files.get(code.co_filename)
        if name is None:
            return None
        left = self._left.get(code)
        if left is None:
            left = self._left[code] = set(_own_lines(code)) & self.lines[name]
        if not left:
            return None
        seen = self.seen[name]

        def note(inner: FrameType, event: str, _argument: object) -> Any:
            if event == "line":
                left.discard(inner.f_lineno)
                seen.add(inner.f_lineno)
            return note

        return note


def _lines_of(path: str, without: Collection[str]) -> set[int]:
    """Return the lines of all functions in a file, their ``def`` lines left out."""
    whole = compile(Path(path).read_text("utf-8"), path, "exec")
    return {line for code in _functions(whole, without) for line in _own_lines(code)}


def _functions(code: CodeType, without: Collection[str]) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name not in without:
            if constant.co_flags & 0x02:  # a function's: its names are fast ones; a class's body has none
                yield constant
            yield from _functions(constant, without)


def _own_lines(code: CodeType) -> Iterator[int]:
    return (line for _, _, line in code.co_lines() if line is not None and line != code.co_firstlineno)
