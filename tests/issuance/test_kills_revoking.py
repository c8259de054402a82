"""Killed while it revokes, issues anew or publishes, it goes on; no list is older than its events."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.kills import Round
from tests.support.kills_revoking import judge, later_failpoints, run_campaign
from tests.support.officers import suspended

#: One at each kind of step; the campaign kills at all of them again and again.
SOME = (
    "confirm_change.before_commit",
    "confirm_change.after_commit",
    "incident.after_one",
    "publish.before_commit",
)


def test_there_is_a_failpoint_at_every_durable_step() -> None:
    names = later_failpoints()
    for place in ("ask_change.", "suspend.", "confirm_change.", "confirm_incident.", "incident.", "publish."):
        assert [name for name in names if name.startswith(place)], place


def test_killed_at_some_of_them_nothing_is_lost_and_no_list_is_old(desk: Desk, workplace: Path) -> None:
    people = (desk.cast.somchai, desk.cast.malee, desk.cast.anan)
    rounds = [Round(failpoint=name) for name in SOME]
    outcome = run_campaign(desk.authority.settings, people, rounds, folder=workplace)
    assert outcome.hung == 0
    assert set(outcome.kills) == set(SOME)
    assert not any(judge(desk.authority.settings, workplace).values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_judge_finds_what_does_not_add_up(desk: Desk, workplace: Path) -> None:
    number = desk.issued().certificate_number
    (workplace / "acknowledged").write_text(f"{number} suspended\n")
    suspended(desk, number)
    found = judge(desk.authority.settings, workplace)
    assert (found["lost"], bool(found["stale_lists"])) == ([], True)
    assert forge(f"UPDATE certificates SET status = 'active' WHERE number = '{number}'") == 1
    found = judge(desk.authority.settings, workplace)
    assert (bool(found["lost"]), found["out_of_step"]) == (True, [number])
