"""Rows cross the pipe by their forms and are the same on the other side."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria import grid
from mit.sandbox.packed_rows import SEPARATOR, pack_rows
from tests.support.workbooks import unpacked

FORMS = [([1, 3], "sn"), ([1, 3], "sN"), ([2], "F"), ([1, 2, 3], "spb")]
ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.booleans(), st.sampled_from(FORMS), st.text("กa \n", max_size=3)),
    max_size=12,
)


@given(ROWS)
def test_rows_of_any_forms_are_unpacked_as_they_were(
    drawn: list[tuple[int, bool, tuple[list[int], str], str]],
) -> None:
    rows: list[Any] = []
    number = 0
    for step, is_hidden, (columns, signs), text in drawn:
        number += step
        rows.append((number, is_hidden, columns, signs, [f"{text}{at}" for at in columns]))
    document: Any = pack_rows(rows)
    assert [
        (number, is_hidden, [column for column, *_ in cells], [value for _, _, value, _ in cells])
        for number, is_hidden, cells in unpacked(document)
    ] == [(number, is_hidden, columns, values) for number, is_hidden, columns, _, values in rows]
    forms = [(is_hidden, columns, signs) for is_hidden, columns, signs, _ in document["forms"]]
    assert all(forms.count(form) == 1 for form in forms)


@pytest.mark.parametrize(
    ("numbers", "spans"),
    [
        ([], []),
        ([4], [(4, 4)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)]),
        ([2, 4], [(2, 2), (4, 4)]),
    ],
)
def test_rows_that_follow_each_other_are_a_span(numbers: list[int], spans: list[tuple[int, int]]) -> None:
    assert pack_rows((number, False, [1], "s", ["a"]) for number in numbers)["spans"] == spans


def test_both_sides_part_the_values_in_the_same_way() -> None:
    assert SEPARATOR == grid.SEPARATOR
