"""Rows of many keys are found with one parameter, whatever letters the keys have."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mit.store import jobs
from mit.store.among import among
from mit.store.db import reading, transaction

KEYS = ["MIT-2569-0000001-G", "'", '"', "\\", "{a,b}", "NULL", "", "ก็ไม่", "a\nb", "%", "1"]
_rows = jobs.JobRow.__table__.c


@pytest.fixture
def written(app: object, now: datetime) -> list[str]:
    """Write a job under each key."""
    with transaction() as session:
        for key in KEYS:
            jobs.enqueue(session, "among", key=key, payload={}, now=now)
    return KEYS


def found(keys: Collection[str]) -> set[str]:
    """Return the keys that have a row."""
    with reading() as connection:
        return set(connection.scalars(select(_rows.key).where(_rows.kind == "among", among(_rows.key, keys))))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.sets(st.sampled_from([*KEYS, "absent", "MIT-2569-0000001-g", "'; --", "\U0001f600"])))
def test_exactly_the_rows_of_the_keys_are_found(written: list[str], asked: set[str]) -> None:
    assert found(asked) == asked & set(written)


def test_more_keys_than_a_statement_takes_parameters(written: list[str]) -> None:
    many = [f"absent-{at}" for at in range(70_000)]
    assert found([*many, *written]) == set(written)
    assert found(many) == set()


def test_any_collection_of_keys_will_do(written: list[str]) -> None:
    for keys in (("'", '"'), {"'": 1, '"': 2}.keys(), ["'", '"', "'"], frozenset({"'", '"'})):
        assert found(keys) == {"'", '"'}
