"""What the API's description allows and forbids, tried; the long run is ``bench/campaign_api.py``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.api_cases import try_api
from tests.web.api_register import known_of, sabotaged
from tests.web.office import Office

SEED = 1
#: Cases over all operations; a bug that every answer of a view has is found by few.
CASES, FEW = 400, 100


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """What the description says does not depend on the database."""
    return offices("sqlite")


def test_every_answer_of_the_api_is_one_that_its_description_names(office: Office) -> None:
    tried = try_api(office.app, known_of(office), cases=CASES, seed=SEED)
    assert tried.complaints == {}
    assert tried.errors == 0
    assert tried.reached == sorted(tried.statuses)


@pytest.mark.parametrize("bug", ["raises", "says_more"])
def test_a_bug_in_one_view_of_the_api_is_found(office: Office, bug: str) -> None:
    with sabotaged(office.app, bug):
        tried = try_api(office.app, known_of(office), cases=FEW, seed=SEED)
    assert tried.complaints
    assert bool(tried.errors) == (bug == "raises")
