"""Killed anywhere while it signs a letter, the worker goes on: one signature, one event, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mit.store.jobs import LEASE
from mit.values.letter_number import parse_letter_number
from mit.verify.letter_scan import verify_letter
from mit.verify.verdict import Answer
from tests.support.dealers import appointed
from tests.support.desk import Desk
from tests.support.kills import every_failpoint
from tests.support.kills_letters import PLACES, work
from tests.support.world import assert_audit_chain, contents, rows

KILLED = -9


def kept() -> list[dict[str, Any]]:
    return rows("SELECT number, token FROM dealer_letters ORDER BY number")


def test_the_worker_dies_at_each_of_its_own_places_here() -> None:
    own = {name for name in every_failpoint() if name.startswith("dealer_letter.")}
    assert own - set(PLACES) == {"dealer_letter.before_commit"}, "the maker's own commit is not the worker's"


def test_killed_at_every_place_each_letter_is_signed_once_and_never_otherwise(desk: Desk) -> None:
    number, settings = desk.active(), desk.authority.settings
    work(settings, desk.tick())  # what issuing left behind
    letters, first = [], {}
    for place in PLACES:
        letters.append(appointed(desk, number, tender=place))
        assert work(settings, desk.tick(), place) == KILLED, place
        first |= {row["number"]: row["token"] for row in kept() if row["token"]}
        desk.now += LEASE + timedelta(seconds=1)
        assert work(settings, desk.tick()) == 0
    signed = {row["number"]: row["token"] for row in kept()}
    assert set(signed) == set(letters)
    assert first.items() <= signed.items(), "a signature that was kept once is the one that stays"
    for letter in letters:
        assert verify_letter(parse_letter_number(letter), now=desk.now).answer is Answer.VALID
    events = rows(
        "SELECT subject FROM audit_events WHERE event = 'signer:dealer_letter:sign' ORDER BY subject"
    )
    assert [row["subject"] for row in events] == sorted(f"dealer_letter:{letter}" for letter in letters)
    assert_audit_chain()


def test_killed_before_the_makers_commit_nothing_of_the_letter_is_there(desk: Desk) -> None:
    number, maker, settings = desk.active(), desk.cast.somchai, desk.authority.settings
    work(settings, desk.tick())
    before = {name: rows for name, rows in contents().items() if name != "jobs"}
    place = "dealer_letter.before_commit"
    assert work(settings, desk.tick(), place, maker=maker, certificate=number) == KILLED
    assert {name: rows for name, rows in contents().items() if name != "jobs"} == before
    assert work(settings, desk.tick(), maker=maker, certificate=number) == 0
    (row,) = kept()
    assert row["token"], "and the maker simply issues it"
