"""Random walks over the work functions agree with the model, and every seeded bug is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import NOW
from tests.support.databases import Databases
from tests.support.seeded_bugs import SEEDED_BUGS, walk
from tests.support.workflow_world import World


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    yield World(databases.workplace(), NOW)


def test_random_walks_do_what_the_model_says(world: World) -> None:
    assert walk(world, walks=20, steps=25) is None
    assert world.acts > 200


@pytest.mark.parametrize("bug", SEEDED_BUGS)
def test_the_walks_find_the_seeded_bug(world: World, bug: str) -> None:
    assert walk(world, walks=300, steps=25, bug=bug) is not None
