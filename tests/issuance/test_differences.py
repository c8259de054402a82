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


def test_no_more_is_listed_than_anybody_reads() -> None:
    many = {"lines": [{"n": at} for at in range(1_000)]}
    assert len(differences(many, {"lines": []})) == MOST_LISTED


@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, value) == ()
