"""Workbooks of the tests: each is one of its own."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.support.own_books import broken_book, own_book, wrong_book
from tests.support.workbooks import Book


@pytest.mark.parametrize("make", [own_book, wrong_book, broken_book])
def test_a_book_that_a_test_writes_in_leaves_the_next_one_as_it_was(make: Callable[[], Book]) -> None:
    before = deepcopy(make().rows)
    for row in make().rows:
        row.append("written in")
    assert make().rows == before
