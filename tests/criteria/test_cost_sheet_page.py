"""The page about the cost sheet says what the reader does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mit.criteria import headings
from mit.criteria.assess import assess
from mit.criteria.cost_line import MEMBERS
from mit.criteria.cost_sheet import LINE_LIMIT, parse_cost_sheet
from tests.support.sheets import rule_set

PAGE = (Path(__file__).parents[2] / "docs" / "cost-sheet.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?:`([a-z_.]+)`|\(not read\)) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def rows(title: str) -> list[tuple[str, list[str]]]:
    section = PAGE.partition(f"### {title}")[2].partition("\n### ")[0]
    return [(name, f"{thai} · {english}".split(" · ")) for name, thai, english in ROW.findall(section)]


@pytest.mark.parametrize(
    ("title", "words"),
    [("Fields above the table", headings.FIELDS), ("Columns of the table", headings.COLUMNS)],
)
def test_every_word_on_the_page_is_recognised(title: str, words: dict[str, tuple[str, ...]]) -> None:
    table = headings.table_of(words)
    listed = rows(title)
    assert {name for name, _ in listed} == set(words)
    for name, several in listed:
        for word in several:
            assert headings.find(word, table) == name, word


def test_the_example_on_the_page_is_a_cost_sheet_that_meets() -> None:
    example = json.loads(PAGE.partition("```json\n")[2].partition("```")[0])
    assert assess(rule_set(), parse_cost_sheet(example)).meets


def test_the_words_for_cells_are_recognised() -> None:
    words = PAGE.partition("Words in the cells:")[2].partition("\n\n")[0].replace("\n", " ")
    for table in (headings.KIND_WORDS, headings.ORIGIN_WORDS):
        assert all(any(word in words for word in several) for several in table.values())
    assert all(any(word in words for word in several) for several in headings.PROCESS_WORDS.values())


def test_the_page_names_the_limit_and_every_member() -> None:
    assert f"{LINE_LIMIT:,} lines" in PAGE
    assert all(f"`{member}`" in PAGE for member in MEMBERS)
