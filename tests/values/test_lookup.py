"""A function's answers, asked once for each question."""

from __future__ import annotations

import pytest

from mit.values.lookup import Lookup, turned


def test_a_question_is_put_once() -> None:
    asked: list[str] = []

    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    lookup = Lookup(length)
    assert [lookup[text] for text in ("a", "bb", "a", "bb")] == [1, 2, 1, 2]
    assert asked == ["a", "bb"]
    assert dict(lookup) == {"a": 1, "bb": 2}, "in the order in which it was asked"


def test_what_is_refused_is_asked_again() -> None:
    lookup = Lookup[str, int](int)
    for _ in range(2):
        with pytest.raises(ValueError, match="x"):
            lookup["x"]
    assert not lookup


@pytest.mark.parametrize("column", [(), ("1",), ("1", "1", "1"), ("1", "2", "3"), ("1", "2", "1", "2", "1")])
def test_a_column_is_turned_value_by_value(column: tuple[str, ...]) -> None:
    assert turned(column, int) == tuple(map(int, column))


@pytest.mark.parametrize(("column", "times"), [("aaaa", 1), ("aabb", 2), ("aabbc", 5), ("abc", 3), ("", 0)])
def test_what_comes_again_and_again_is_turned_once(column: str, times: int) -> None:
    asked: list[str] = []
    assert turned(tuple(column), lambda sign: asked.append(sign) or sign) == tuple(column)  # type: ignore[func-returns-value]
    assert len(asked) == times


@pytest.mark.parametrize("column", [("1", "x"), ("x", "x", "x")])
def test_what_cannot_be_turned_is_said(column: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="x"):
        turned(column, int)


def test_what_cannot_be_a_key_is_refused() -> None:
    with pytest.raises(TypeError):
        turned((["x"], ["x"]), str)
