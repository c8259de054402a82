"""The table of products over several pages: heads on each, a product that goes on is named again."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.coverage import ValueRange
from mit.document import styles
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.line_breaking import break_lines
from mit.document.product_table import Row, lay_out
from mit.document.sheet import MM
from mit.i18n import say
from tests.document.archive_rules import broken_rules
from tests.document.hard_words import HARD_LINES, HARD_WORDS
from tests.document.papers import CREDENTIAL, HOST, claims, mixed_paper, paper, product, qr_text
from tests.document.printed import Page, read_pages
from tests.document.structure_rules import reading_order

HEADINGS = ("item", "product", "models", "hs")
#: One product of so many models that it needs several pages by itself, between two small ones.
MANY = tuple(f"สยาม-{number:04d}/22kV" for number in range(900))


def of_products(*changes: dict[str, object]) -> CertificatePaper:
    """Return a paper whose products are changed one by one."""
    made = claims(len(changes))
    products = tuple(
        replace(one, coverage=replace(one.coverage, **change))  # type: ignore[arg-type]
        for one, change in zip(made.products, changes, strict=True)
    )
    return CertificatePaper(replace(made, products=products), qr_text(), HOST, CREDENTIAL)


PAPERS = {
    "40": lambda: paper(40),
    "200": lambda: paper(200),
    "mixed": lambda: mixed_paper(60),
    "one goes on": lambda: of_products({"models": ("A-1",)}, {"models": MANY}, {"models": ("Z-9",)}),
}


@cache
def drawn(name: str) -> bytes:
    return draw_certificate(PAPERS[name]())


@cache
def pages(name: str) -> tuple[Page, ...]:
    """Return the pages on which the table stands."""
    heading = say("document.column_product", "th")
    return tuple(page for page in read_pages(drawn(name)) if any(line.text == heading for line in page.lines))


@pytest.mark.parametrize("name", PAPERS)
def test_every_page_of_the_table_has_every_heading_once_in_both_languages(name: str) -> None:
    assert len(pages(name)) > 1
    for page in pages(name):
        texts = [line.text for line in page.lines]
        for heading in HEADINGS:
            for language in ("th", "en"):
                assert texts.count(say(f"document.column_{heading}", language)) == 1
        formula = say("document.column_formula", "th")
        assert texts.count(formula) == (1 if name == "mixed" else 0)


@pytest.mark.parametrize("name", PAPERS)
def test_headings_stand_above_every_row_and_in_the_same_places_on_each_page(name: str) -> None:
    places = set()
    for page in pages(name):
        heads = {
            heading: next(line for line in page.lines if line.text == say(f"document.column_{heading}", "th"))
            for heading in HEADINGS
        }
        assert len({round(line.box.top, 2) for line in heads.values()}) == 1
        places.add(tuple(round(line.box.left, 2) for line in heads.values()))
        below = [line for line in page.lines if line.text in {"1", "2"} and line.size == styles.CELL.size]
        assert all(line.box.top < heads["item"].box.bottom for line in below)
    assert len(places) == 1


@pytest.mark.parametrize("name", ["40", "200", "mixed"])
def test_every_product_is_numbered_once_and_they_follow_each_other(name: str) -> None:
    column = lay_out(PAPERS[name]().claims.products).columns[0]
    numbers = [
        int(line.text)
        for page in pages(name)
        for line in page.lines
        if line.text.isdigit()
        and line.size == styles.CELL.size
        and column.left <= line.box.left
        and line.box.right <= column.left + column.width
    ]
    assert numbers == list(range(1, len(PAPERS[name]().claims.products) + 1))


def test_a_product_that_goes_on_over_a_page_is_named_again_on_each_in_both_languages() -> None:
    found = pages("one goes on")
    assert len(found) >= 3
    for language in ("th", "en"):
        words = say("document.continued", language)
        counted = [[line.text for line in page.lines].count(words) for page in found]
        assert counted[0] == 0, "where it begins nothing is continued"
        assert counted[1:-1] == [1] * (len(found) - 2)
        assert counted[-1] in {0, 1}
    for page in found[1:-1]:
        again = next(line for line in page.lines if line.text == say("document.continued", "th"))
        above = max(
            (line for line in page.lines if line.text == "2" and line.box.bottom > again.box.bottom),
            key=lambda line: -line.box.bottom,
        )
        assert above.box.bottom - again.box.top < 3 * MM


def test_of_a_product_that_goes_on_every_model_is_printed_once() -> None:
    said = "\n".join(page.text for page in pages("one goes on"))
    assert [said.count(model) for model in MANY] == [1] * len(MANY)
    assert said.index("A-1") < said.index(MANY[0]) < said.index(MANY[-1]) < said.index("Z-9")


@pytest.mark.parametrize("name", PAPERS)
def test_a_voice_reads_one_table_with_its_headings_once(name: str) -> None:
    with pikepdf.open(io.BytesIO(drawn(name))) as pdf:
        read = reading_order(pdf)
    heads = [text for kind, text in read if kind == "TH"]
    columns = len(lay_out(PAPERS[name]().claims.products).columns)
    assert len(heads) == columns
    assert say("document.column_item", "th") in heads[0]
    assert not any(say("document.continued", "th") in text for _, text in read)
    said = ["".join(text.split()) for kind, text in read if kind == "TD"]
    for one in PAPERS[name]().claims.products:
        assert any("".join(one.coverage.product_th.split()) in text for text in said)
    assert len([text for text in said if text.isdigit()]) >= len(PAPERS[name]().claims.products)
    assert broken_rules(drawn(name)) == []


# --- rows and their parts


def rows_of(**changes: object) -> tuple[Row, ...]:
    made = product(0)
    return lay_out([replace(made, coverage=replace(made.coverage, **changes))]).rows  # type: ignore[arg-type]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 300))
def test_parts_are_even_none_is_too_high_and_only_the_last_is_closed(count: int) -> None:
    rows = rows_of(models=tuple(f"MODEL-{at:03d}" for at in range(count)), ranges=(), brand="")
    lines = [len(row.cells[2]) for row in rows]
    assert max(lines) <= 10
    assert max(lines) - min(lines) < len(rows) + 1
    assert lines == sorted(lines, reverse=True)
    assert [row.part for row in rows] == list(range(len(rows)))
    assert [row.is_last for row in rows] == [False] * (len(rows) - 1) + [True]
    assert [row.room_above > 0 for row in rows] == [True] + [False] * (len(rows) - 1)


def test_only_the_first_part_has_the_number_and_the_hs_code() -> None:
    first, *others = rows_of(models=MANY)
    assert [text for text, _ in first.cells[0]] == ["1"]
    assert [text for text, _ in first.cells[-1]] == ["8544.49.20"]
    assert len(others) > 5
    assert all(row.cells[0] == () == row.cells[-1] for row in others)
    assert {row.item for row in (first, *others)} == {1}


def test_a_page_begins_with_a_row_however_little_room_there_is() -> None:
    table = lay_out([product(item) for item in range(4)])
    found = table.pages(table.head_height + 1)
    assert [len(page) for page in found] == [1, 1, 1, 1]
    exactly = table.head_height + table.rows[0].height + table.rows[1].height
    assert len(table.pages(exactly)[0]) == 2
    assert len(table.pages(exactly - 0.01)[0]) == 1


def test_many_ranges_stand_below_each_other_in_their_order() -> None:
    spans = tuple(ValueRange("กำลัง", "kW", str(at), str(at + 1)) for at in range(1, 5))
    (row,) = rows_of(models=(), brand="", ranges=spans)
    assert [text for text, _ in row.cells[2]] == [f"กำลัง {at}–{at + 1} kW" for at in range(1, 5)]


# --- Thai in narrow cells

_MARKS = set("ะัาำิีึืฺุูเแโใไๅ็่้๊๋์ํ๎")
_NEVER_FIRST = _MARKS - set("เแโใไ")


@pytest.mark.parametrize("width", [30.0, 48.0, 75.0, 150.0])
def test_hard_words_in_a_narrow_cell_keep_their_marks_and_lose_nothing(width: float) -> None:
    for text in (*HARD_LINES, *HARD_WORDS, "".join(HARD_WORDS)):
        lines = break_lines(text, styles.CELL.weight, styles.CELL.size, width)
        assert "".join("".join(line.split()) for line in lines) == "".join(text.split())
        for line in lines:
            assert line[0] not in _NEVER_FIRST, (text, lines)
            assert line[-1] not in "เแโใไ", (text, lines)


@pytest.mark.parametrize("word", HARD_WORDS)
def test_a_hard_word_is_never_torn_where_it_fits(word: str) -> None:
    text = f"ผลิตภัณฑ์ {word} มาตรฐาน"
    for width in (60.0, 80.0, 100.0):
        lines = break_lines(text, styles.CELL.weight, styles.CELL.size, width)
        assert any(word in line for line in lines), lines
