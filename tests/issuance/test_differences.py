"""What differs between two documents, place by place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.issuance.differences import MOST_LISTED, Difference, differences

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1}, ()),
        ({"a": 1}, {"a": 2}, (Difference("a", "1", "2"),)),
        ({"a": "x"}, {}, (Difference("a", "x", ""),)),
        ({}, {"a": {"b": "x", "c": "y"}}, (Difference("a", "", "x · y"),)),
        ({"models": ["A", "B"]}, {"models": ["A"]}, (Difference("models", "A, B", "A"),)),
        ({"lines": [{"n": 1}]}, {"lines": [{"n": 1}, {"n": 2}]}, (Difference("lines[2]", "", "2"),)),
        ({"lines": [{"n": 1}, {"n": 2}]}, {"lines": [{"n": 3}]},
         (Difference("lines[1].n", "1", "3"), Difference("lines[2]", "2", ""))),
    ],
)  # fmt: skip
def test_each_place_that_differs_is_named(before: Any, after: Any, found: tuple[Difference, ...]) -> None:
    assert differences(before, after) == found


def sheet(*lines: tuple[str, str]) -> dict[str, Any]:
    """Return a sheet of materials by name and amount."""
    return {"lines": [{"kind": "material", "name": name, "amount": amount} for name, amount in lines]}


def test_a_line_taken_out_does_not_move_those_behind_it() -> None:
    before = sheet(("core", "100.00"), ("coil", "1382250.00"), ("tank", "20.00"))
    after = sheet(("core", "100.00"), ("tank", "25.00"))
    assert differences(before, after) == (
        Difference("lines[2].amount", "20.00", "25.00", "tank"),
        Difference("lines[2]", "coil · 1,382,250.00", ""),
    )


def test_a_line_put_in_is_told_by_its_name_and_amount() -> None:
    before, after = sheet(("core", "100.00")), sheet(("oil", "1234.50"), ("core", "100.00"))
    assert differences(before, after) == (Difference("lines[1]", "", "oil · 1,234.50"),)


def test_a_line_whose_amount_is_no_amount_is_told_as_it_stands() -> None:
    assert differences(sheet(), sheet(("oil", "a lot"))) == (Difference("lines[1]", "", "oil · a lot"),)


def test_a_corrected_name_is_one_change() -> None:
    before, after = sheet(("stel", "100.00")), sheet(("steel", "100.00"))
    assert differences(before, after) == (Difference("lines[1].name", "stel", "steel", "steel"),)


def test_another_order_of_the_lines_is_no_difference() -> None:
    before, after = sheet(("a", "1.00"), ("b", "2.00")), sheet(("b", "2.00"), ("a", "1.00"))
    assert differences(before, after) == ()


def test_no_more_is_listed_than_anybody_reads() -> None:
    many = {"lines": [{"n": at} for at in range(1_000)]}
    assert len(differences(many, {"lines": []})) == MOST_LISTED


@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, value) == ()
