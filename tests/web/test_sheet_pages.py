"""Pages of a long cost sheet: every line stands on one; what a page sends replaces its own lines alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mit.errors import Fault
from mit.web.pages.sheet_pages import (
    PAGE_LINES,
    LinesPage,
    asked_page,
    fault_address,
    merged,
    page_of,
    rows_left,
)

APP = Flask(__name__)
TOTALS = st.integers(0, 3 * PAGE_LINES + 5)


def sheet(*names: str) -> dict[str, Any]:
    return {"price_ex_works": "1", "lines": [{"name": name} for name in names]}


def numbered(total: int) -> dict[str, Any]:
    return sheet(*map(str, range(1, total + 1)))


def names(content: dict[str, Any]) -> list[str]:
    return [line["name"] for line in content["lines"]]


@given(TOTALS)
def test_the_pages_hold_every_line_once_and_in_order(total: int) -> None:
    content = numbered(total)
    pages = [page_of(content, start) for start in page_of(content, 1).starts]
    held = [line for page in pages for line in range(page.first, page.last + 1)]
    assert held == list(range(1, total + 1))
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert page_of(content, 1).is_whole is (total <= PAGE_LINES)


@given(TOTALS, st.integers(-5, 10_000))
def test_any_line_leads_to_a_page_and_one_that_is_there_to_its_own(total: int, line: int) -> None:
    page = page_of(numbered(total), line)
    assert page.first >= 1 and page.count <= PAGE_LINES
    if 1 <= line <= total:
        assert page.first <= line <= page.last
        assert page.holds(f"lines[{line}].amount")


@given(TOTALS, st.integers(1, 700), st.lists(st.sampled_from("abc"), max_size=5))
def test_what_a_page_sends_stands_in_the_place_of_its_lines_alone(
    total: int, line: int, given_now: list[str]
) -> None:
    content = numbered(total)
    page = page_of(content, line)
    form = {"first": str(page.first), "count": str(page.count)}
    with APP.test_request_context(method="POST", data=form):
        whole = merged(content, sheet(*given_now))
        assert rows_left(content, whole) == len(given_now)
    before, behind = names(content)[: page.first - 1], names(content)[page.last :]
    assert names(whole) == [*before, *given_now, *behind]
    assert names(content) == names(numbered(total)), "what is stored stays as it is"


@given(st.lists(st.sampled_from("abc"), max_size=5))
def test_a_form_that_names_no_page_holds_every_line(given_now: list[str]) -> None:
    with APP.test_request_context(method="POST", data={"price_ex_works": "1"}):
        assert names(merged(numbered(9), sheet(*given_now))) == given_now


@pytest.mark.parametrize(
    ("first", "count", "kept"),
    [
        ("1", "2", ["new", "3"]),
        ("3", "1", ["1", "2", "new"]),
        ("4", "0", ["1", "2", "3", "new"]),
        ("9", "9", ["1", "2", "3", "new"]),
        ("2", "99", ["1", "new"]),
        ("0", "1", ["new", "2", "3"]),
        ("", "", ["new", "1", "2", "3"]),
        ("x", "1", ["new", "2", "3"]),
        ("-1", "-1", ["new", "1", "2", "3"]),
        ("๑", "๑", ["new", "1", "2", "3"]),
        ("1" * 30, "1", ["new", "2", "3"]),
    ],
)
def test_numbers_that_are_none_take_no_line_that_they_do_not_name(
    first: str, count: str, kept: list[str]
) -> None:
    with APP.test_request_context(method="POST", data={"first": first, "count": count}):
        assert names(merged(numbered(3), sheet("new"))) == kept


@pytest.mark.parametrize(
    ("query", "form", "first"),
    [
        ("", {}, 1),
        ("?line=201", {}, 201),
        ("?line=399", {}, 201),
        ("?line=450", {}, 401),
        ("?line=9999", {}, 401),
        ("?line=x", {}, 1),
        ("?line=0", {}, 1),
        ("", {"first": "201"}, 201),
        ("?line=1", {"first": "201"}, 1),
    ],
)
def test_the_page_is_that_of_the_address_or_of_the_form(query: str, form: dict[str, str], first: int) -> None:
    with APP.test_request_context(f"/sheet{query}", method="POST", data=form):
        assert asked_page(numbered(450)).first == first


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("lines[201].amount", "#lines[201].amount"),
        ("lines[400].kind", "#lines[400].kind"),
        ("lines[200].amount", "/sheet?show=faults&line=200#lines[200].amount"),
        ("lines[401].amount", "/sheet?show=faults&line=401#lines[401].amount"),
        ("lines[451].kind", "#lines[451].kind"),
        ("price_ex_works", "#price_ex_works"),
        ("", ""),
    ],
)
def test_the_link_of_a_fault_leads_to_the_page_of_its_line(where: str, address: str) -> None:
    page = LinesPage(201, 200, 450)
    assert fault_address(page, "/sheet", Fault("amount_malformed", where)) == address
