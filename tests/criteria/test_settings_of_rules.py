"""What a setting of a rule set may be, at its edges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.members import LIST_LIMIT
from mit.criteria.settings_of_rules import (
    SETTINGS,
    Reader,
    read_countries,
    read_digits,
    read_percent,
    read_several,
    read_whole,
)
from mit.errors import InputError
from tests.support.sheets import rule_document

PARTS = read_several(("a", "b", "c"), least=1)


def refusal(reader: Reader, value: object) -> tuple[str, str]:
    with pytest.raises(InputError) as refused:
        reader(value, "settings.x.value")
    return refused.value.code, refused.value.where


@settings(deadline=None)
@given(st.decimals(0, 100, places=6))
def test_every_percentage_from_nought_to_a_hundred_is_taken_as_written(value: Decimal) -> None:
    assert read_percent(f"{value:f}", "x") == f"{value:f}"


@settings(deadline=None)
@given(st.decimals("100.000001", 999, places=6))
def test_no_percentage_above_a_hundred_is_taken(value: Decimal) -> None:
    assert refusal(read_percent, f"{value:f}") == ("rule_percent", "settings.x.value")


@pytest.mark.parametrize("text", ["0", "0.0", "40", "40.5", "99.999999", "100", "100.0", "100.000000"])
def test_a_percentage_may_be_written_so(text: str) -> None:
    assert read_percent(text, "x") == text


@pytest.mark.parametrize(
    "value",
    ["", ".5", "40.", "040", "00", "40.1234567", "1000", "+40", " 40", "40\n", "4e1", "40,5", 40, None],
)
def test_a_percentage_may_not_be_written_otherwise(value: object) -> None:
    assert refusal(read_percent, value) == ("rule_percent", "settings.x.value")


@pytest.mark.parametrize(("low", "high"), [(1, 10), (0, 0), (-3, 3)])
def test_whole_numbers_are_taken_with_both_ends(low: int, high: int) -> None:
    reader = read_whole(low, high)
    assert [reader(value, "x") for value in range(low, high + 1)] == list(range(low, high + 1))
    for value in (low - 1, high + 1, float(low), str(low), True, None, [low]):
        assert refusal(reader, value) == ("rule_whole", "settings.x.value")


@pytest.mark.parametrize("value", [0, 1, 3, 5, 6.0, 8, "4", True, None, [4], -4])
def test_the_level_of_the_tariff_is_chapter_heading_or_subheading(value: Any) -> None:
    assert refusal(read_digits, value) == ("rule_digits", "settings.x.value")
    assert [read_digits(level, "x") for level in (2, 4, 6)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ([], ("rule_list", "settings.x.value")),
        (["a", "a"], ("rule_list", "settings.x.value")),
        ("a", ("rule_list", "settings.x.value")),
        (None, ("rule_list", "settings.x.value")),
        ({"a": 1}, ("rule_list", "settings.x.value")),
        (["a", "d"], ("rule_choice", "settings.x.value[2]")),
        ([None], ("rule_choice", "settings.x.value[1]")),
        (["A"], ("rule_choice", "settings.x.value[1]")),
        ([["a"]], ("rule_choice", "settings.x.value[1]")),
    ],
)
def test_a_list_holds_only_what_may_be_chosen_each_once(value: Any, refused: tuple[str, str]) -> None:
    assert refusal(PARTS, value) == refused


@settings(deadline=None)
@given(st.permutations(["a", "b", "c"]), st.integers(1, 3))
def test_the_order_of_a_list_is_kept(order: list[str], count: int) -> None:
    assert PARTS(order[:count], "x") == tuple(order[:count])


def test_a_list_may_be_empty_where_nothing_is_asked_for() -> None:
    assert read_several(("a",))([], "x") == ()
    assert read_countries([], "x") == ()


@pytest.mark.parametrize("country", ["th", "THA", "T", "", "T1", "ไท", "ＴＨ", 66, None])
def test_a_country_has_two_capital_letters(country: object) -> None:
    assert read_countries(["TH", "VN"], "x") == ("TH", "VN")
    assert refusal(read_countries, ["TH", country]) == ("rule_country", "settings.x.value[2]")


def test_a_list_of_countries_has_an_end_and_no_double() -> None:
    letters = [chr(65 + n) for n in range(26)]
    many = [first + second for first in letters for second in letters]
    assert read_countries(many[:LIST_LIMIT], "x") == tuple(many[:LIST_LIMIT])
    assert refusal(read_countries, many[: LIST_LIMIT + 1]) == ("rule_list", "settings.x.value")
    assert refusal(read_countries, ["TH", "TH"]) == ("rule_list", "settings.x.value")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_value_that_ships_is_read_and_what_stands_in_is_of_the_same_kind(name: str) -> None:
    reader, stand_in = SETTINGS[name]
    stated = rule_document()["settings"].get(name, {"value": stand_in})
    value = reader(stated["value"], name)
    assert type(value) is type(stand_in)
