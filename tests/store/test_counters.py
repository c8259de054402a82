"""Numbers without gaps or doubles, also when many ask at once and some give up."""

from __future__ import annotations

import pytest
from flask import Flask

from mit.store.counters import Counter, next_value
from mit.store.db import transaction, viewing
from tests.support.parallel import at_once


def test_a_series_counts_from_one(app: Flask) -> None:
    with transaction() as session:
        assert [next_value(session, "a") for _ in range(3)] == [1, 2, 3]


def test_series_know_nothing_of_each_other(app: Flask) -> None:
    with transaction() as session:
        assert [next_value(session, name) for name in ("a", "b", "a")] == [1, 1, 2]


def test_a_number_taken_in_vain_is_given_back(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        next_value(session, "a")
        raise RuntimeError
    with transaction() as session:
        assert next_value(session, "a") == 1


def test_no_gap_and_no_double_when_many_ask_and_some_fail(app: Flask) -> None:
    def take(*, fail: bool) -> int:
        with transaction() as session:
            value = next_value(session, "a")
            if fail:
                raise RuntimeError
            return value

    results = at_once(app, [lambda n=n: take(fail=n % 3 == 0) for n in range(18)])  # type: ignore[misc]
    taken = sorted(result for result in results if isinstance(result, int))
    assert taken == list(range(1, 13))
    with viewing() as session:
        assert session.get_one(Counter, "a").value == 12
