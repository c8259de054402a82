"""Which line of a cost sheet continues which."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.issuance.pairs import Pair, pairs


def lines(*names: str) -> list[dict[str, Any]]:
    """Return lines of these names; ``labour:winding`` gives the kind too."""
    made = []
    for name in names:
        kind, _, called = name.rpartition(":")
        made.append({"kind": kind or "material", "name": called})
    return made


@dataclass(frozen=True, slots=True)
class Case:
    """Two lists by the names of their lines, and which continues which."""

    says: str
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    expected: list[Pair]


CASES = (
    Case("nothing beside nothing", [], [], []),
    Case("the same lines", lines("a", "b"), lines("a", "b"), [(0, 0), (1, 1)]),
    Case("another order", lines("a", "b", "c"), lines("c", "a", "b"), [(2, 0), (0, 1), (1, 2)]),
    Case("one taken out in the middle", lines("a", "b", "c"), lines("a", "c"), [(0, 0), (2, 1), (1, None)]),
    Case("one put in at the front", lines("a"), lines("new", "a"), [(None, 0), (0, 1)]),
    Case("a corrected name", lines("a", "stel"), lines("a", "steel"), [(0, 0), (1, 1)]),
    Case("two corrected names keep their order", lines("x", "a", "y"), lines("p", "q", "a"),
         [(0, 0), (2, 1), (1, 2)]),
    Case("two new, one gone: nothing is guessed", lines("a", "b"), lines("a", "c", "d"),
         [(0, 0), (None, 1), (None, 2), (1, None)]),
    Case("called alike: in their order", lines("a", "a"), lines("a", "a", "a"), [(0, 0), (1, 1), (None, 2)]),
    Case("the same kind comes before the same name", lines("labour:a", "material:a"),
         lines("material:a", "labour:a"), [(1, 0), (0, 1)]),
    Case("another kind under the same name", lines("labour:a", "b"), lines("b", "overhead:a"),
         [(1, 0), (0, 1)]),
    Case("without names: by place", [{"n": 1}, {"n": 2}], [{"n": 3}], [(0, 0), (1, None)]),
    Case("without names: more of them", [{"n": 1}], [{"n": 3}, {"n": 4}], [(0, 0), (None, 1)]),
    Case("a name that is no text is none", [{"name": 7}], [{"name": 7}], [(0, 0)]),
    Case("all new", [], lines("a", "b"), [(None, 0), (None, 1)]),
    Case("all gone", lines("a", "b"), [], [(0, None), (1, None)]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_line_is_known_by_its_kind_and_name(case: Case) -> None:
    assert pairs(case.before, case.after) == case.expected


ITEMS = st.lists(
    st.fixed_dictionaries({"kind": st.sampled_from(["material", "labour"]), "name": st.sampled_from("abcd")}),
    max_size=8,
)


@settings(deadline=None, max_examples=200)
@given(ITEMS, ITEMS)
def test_every_line_stands_in_one_pair(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    found = pairs(before, after)
    assert sorted(old for old, _ in found if old is not None) == list(range(len(before)))
    assert [new for _, new in found if new is not None] == list(range(len(after)))
    assert all(pair != (None, None) for pair in found)


@settings(deadline=None, max_examples=100)
@given(ITEMS, st.randoms(use_true_random=False))
def test_another_order_pairs_only_what_is_equal(before: list[dict[str, Any]], order: Any) -> None:
    after = list(before)
    order.shuffle(after)
    assert all(
        old is not None and new is not None and before[old] == after[new] for old, new in pairs(before, after)
    )


@settings(deadline=None, max_examples=100)
@given(ITEMS, ITEMS)
def test_what_is_called_alike_on_both_sides_is_paired_as_often_as_it_can(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    alike = Counter(
        (before[old]["kind"], before[old]["name"])
        for old, new in pairs(before, after)
        if old is not None and new is not None and before[old] == after[new]
    )
    both = Counter((item["kind"], item["name"]) for item in before) & Counter(
        (item["kind"], item["name"]) for item in after
    )
    assert alike == both
