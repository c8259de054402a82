"""Random walks over the work functions agree with the model, and every seeded bug is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.conftest import NOW
from tests.support.databases import Databases
from tests.support.workflow_machine import SEEDED_BUGS, World, make_machine, quick

_COMMON = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "print_blob": False,
    "report_multiple_bugs": False,
}

#: A seeded bug shows as a breach of the model or the world, or as a refusal of the database itself.
FOUND = (AssertionError, IntegrityError, LookupError)


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    folder: Path = databases.workplace()
    yield World(folder, NOW)


def test_random_walks_do_what_the_model_says(world: World) -> None:
    small = settings(max_examples=30, stateful_step_count=25, **_COMMON)
    with quick():
        run_state_machine_as_test(make_machine(world), settings=small)


@pytest.mark.parametrize("bug", SEEDED_BUGS)
def test_the_walks_find_the_seeded_bug(world: World, bug: str) -> None:
    many = settings(max_examples=300, stateful_step_count=25, phases=[Phase.generate], **_COMMON)
    with quick(), SEEDED_BUGS[bug](), pytest.raises(BaseException) as found:
        run_state_machine_as_test(make_machine(world, bug), settings=many)
    assert isinstance(found.value, FOUND), found.value
