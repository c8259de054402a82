"""Bad input in every field: nothing breaks, nothing runs, nothing typed is lost.

The fields are found by walking the pages (``tests/support/hostile``).  Here each gets a string, drawn
with a seed; every string in every field is ``bench/campaign_hostile.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import Databases
from tests.support.hostile.attack import Tally, attack, rotation
from tests.support.hostile.fields import Found, find_fields
from tests.support.hostile.spoiling import SPOILS, sees
from tests.support.hostile.values import FOR_DATABASES, HOSTILE
from tests.support.hostile.world import HostileWorld, open_world

SEED = 20261129
#: Strings for each field; all of them are drawn equally often.
EACH = 1
#: Fields, parameters and members that were there when this was written; fewer means that a page was missed.
FEWEST_FIELDS = 240


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[HostileWorld]:
    opened = open_world(databases.empty("sqlite"), databases.workplace())
    with opened.app.app_context():
        yield opened
    opened.close()


@pytest.fixture(scope="module")
def found(world: HostileWorld) -> Found:
    return find_fields(world)


def test_there_are_more_than_two_hundred_fields_and_none_is_forgotten(found: Found) -> None:
    typed = {key for key, places in found.items() if any(place.is_typed for place in places)}
    beside_language = {key for key in typed if key[1] != "lang"}
    assert len(beside_language) >= FEWEST_FIELDS, (
        f"only {len(beside_language)} fields: {sorted(beside_language)}"
    )
    routes = {route for route, _ in typed}
    for route in (
        "POST /sign-in",
        "POST /register",
        "POST /account",
        "POST /organisation/new",
        "GET /verify",
    ):
        assert route in routes
    sheet = {name for route, name in typed if route.endswith("/sheet") and route.startswith("POST")}
    assert len(sheet) >= 20
    approval = {name for route, name in typed if route == "POST /staff/applications/<number>/approve"}
    assert approval >= {"version", "content_digest", "choice_#", "reason_#", "note", "proof"}


def test_no_string_in_any_field_breaks_runs_or_loses_anything(world: HostileWorld, found: Found) -> None:
    tally = Tally()
    for field, value in rotation(found, seed=SEED, each=EACH):
        attack(world, tally, field, value)
    assert tally.wrong == []
    assert tally.attacks == EACH * len(found)
    assert tally.statuses[422] > 50
    assert tally.statuses[303] > 30


def test_what_a_database_does_not_take_is_no_error_of_ours_on_postgresql(databases: Databases) -> None:
    """PostgreSQL refuses letters that SQLite takes; every field is asked, and nothing is put back."""
    world = open_world(databases.empty("postgresql"), databases.workplace())
    with world.app.app_context():
        tally = Tally()
        for at, (_, places) in enumerate(sorted(find_fields(world).items())):
            if places[0].way in {"form", "query", "files", "json", "path"}:
                attack(world, tally, places[0], "nul")
                if at % 2:
                    attack(world, tally, places[0], FOR_DATABASES[at // 2 % len(FOR_DATABASES)])
    world.close()
    assert [wrong for wrong in tally.wrong if "status" in wrong] == []
    assert tally.attacks > 1.5 * FEWEST_FIELDS


@pytest.mark.parametrize("name", SPOILS)
def test_a_page_that_breaks_runs_loses_or_leads_away_is_seen(
    world: HostileWorld, found: Found, name: str
) -> None:
    assert sees(world, found, name)


def test_every_string_is_one_of_its_own() -> None:
    assert len(set(HOSTILE.values())) == len(HOSTILE)
    assert set(FOR_DATABASES) <= HOSTILE.keys()
