"""The pages that people read, and what stands in them: code, tables, links."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: Every page of ours; results, fragments and packages of others are none.
PAGES = sorted(
    path
    for folder in (".", "docs", "docs/adr", "keys", "bench", "changelog.d")
    for path in (ROOT / folder).glob("*.md")
)
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a page says in code."""

    page: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"


def name_of(path: Path) -> str:
    """Return a page's path below the root."""
    return path.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    """Return the text of the page *name*."""
    return (ROOT / name).read_text(encoding="utf-8")


def fenced(text: str) -> list[str]:
    """Return what stands in each fenced block of a page, without its fences."""
    return ["\n".join(block.splitlines()[1:-1]) for block in _FENCE.findall(text)]


def code_in(name: str) -> list[Said]:
    """Return every code span of a page, and every line of its blocks with continued lines joined."""
    text = read(name)
    lines = [line.strip() for block in fenced(text) for line in block.replace("\\\n", " ").splitlines()]
    spans = _SPAN.findall(_FENCE.sub("", text))
    return [Said(name, said) for said in (*lines, *spans) if said]


def all_code() -> list[Said]:
    """Return what every page says in code."""
    return [said for path in PAGES for said in code_in(name_of(path))]


def links_in(name: str) -> list[str]:
    """Return where a page's links lead, anchors cut off; those to other hosts are left out."""
    return [link for link in _LINK.findall(read(name)) if "://" not in link]


def table_under(name: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table below *heading*, cell by cell, the head left out."""
    _, found, below = read(name).partition(f"{heading}\n")
    assert found, f"{name} has no heading {heading}"
    rows = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def spans(cell: str) -> list[str]:
    """Return the code spans of one cell."""
    return _SPAN.findall(cell)


def words_of(command: str) -> list[str]:
    """Return a command's words; comments, brackets and dots of the notation are cut away."""
    plain = re.sub(r"(?:^|\s)#.*", "", command).replace("…", " ")
    return [word for word in shlex.split(re.sub(r"[\[\]]", " ", plain)) if word]
