"""Only what an officer asked about is open; the rest stays as it was, whatever is sent."""

from __future__ import annotations

from copy import deepcopy

import pytest

from mit.issuance import typed
from mit.issuance.questioned import Open
from tests.support.written import PRODUCT, SHEET

BEFORE = typed.as_typed("sheet", SHEET)
PRODUCT_BEFORE = typed.as_typed("product", PRODUCT)


def opened(*places: tuple[int, str]) -> Open:
    return Open(is_all=(0, "*") in places, places=frozenset(places))


def test_without_questions_everything_is_open() -> None:
    wanted = typed.as_typed("sheet", {})
    assert Open().keep_closed("sheet", 1, BEFORE, wanted) == wanted


@pytest.mark.parametrize(
    ("place", "open_fields"),
    [
        ("lines[2].amount", {"lines[2].amount"}),
        ("lines[2]", {f"lines[2].{name}" for name in typed.LINE_FIELDS}),
        ("price_ex_works", {"price_ex_works"}),
        ("profit", {"profit"}),
        ("process", {"process"}),
    ],
)
def test_a_question_opens_its_place_and_no_other(place: str, open_fields: set[str]) -> None:
    asked = opened((1, place))
    fields = [*typed.SHEET_FIELDS, *(f"lines[{at}].{n}" for at in range(1, 5) for n in typed.LINE_FIELDS)]
    assert {field for field in fields if asked.allows("sheet", 1, field)} == open_fields
    assert asked.allows("sheet", 1)
    assert not asked.allows("sheet", 2)
    assert not asked.allows("product", 1)
    assert not asked.allows("factory", 0)
    assert not asked.allows("evidence", 1)


def test_what_is_closed_keeps_its_words_even_where_rows_are_left_out_or_added() -> None:
    asked = opened((1, "lines[2].amount"))
    for count in (0, 1, 2, 3, 4, 7):
        wanted = deepcopy(BEFORE)
        wanted["price_ex_works"] = "1"
        wanted["lines"] = [dict.fromkeys(typed.LINE_FIELDS, "x") for _ in range(count)]
        kept = asked.keep_closed("sheet", 1, BEFORE, wanted)
        expected = deepcopy(BEFORE)
        if count >= 2:
            expected["lines"][1]["amount"] = "x"
        assert kept == expected


@pytest.mark.parametrize(
    ("place", "name"),
    [("product.hs_code", "hs_code"), ("product.models", "models"), ("product.name_th", "name_th")],
)
def test_a_question_about_the_product_opens_that_field(place: str, name: str) -> None:
    asked = opened((1, place))
    wanted = {**PRODUCT_BEFORE, **dict.fromkeys(typed.PRODUCT_FIELDS, "x"), "ranges": []}
    kept = asked.keep_closed("product", 1, PRODUCT_BEFORE, wanted)
    assert kept == {**PRODUCT_BEFORE, name: "x"}


def test_a_question_about_the_ranges_opens_them_all() -> None:
    asked = opened((1, "product.ranges"))
    kept = asked.keep_closed("product", 1, PRODUCT_BEFORE, {**PRODUCT_BEFORE, "ranges": []})
    assert kept["ranges"] == []


@pytest.mark.parametrize("place", [(0, "*"), (1, "*")])
def test_a_question_about_something_else_opens_the_whole(place: tuple[int, str]) -> None:
    asked = opened(place)
    assert asked.allows("sheet", 1, "lines[1].amount")
    assert asked.allows("product", 1, "name_th")
    assert asked.allows("evidence", 1)
    assert asked.allows("sheet", 2) == (place[0] == 0)


def test_factory_and_evidence_are_asked_about_by_name() -> None:
    assert opened((0, "factory")).allows("factory", 0, "site_th")
    assert opened((0, "evidence")).allows("evidence", 0)
    assert opened((1, "evidence")).allows("evidence", 1)
    assert not opened((1, "evidence")).allows("sheet", 1)
