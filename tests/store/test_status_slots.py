"""Places in the status lists: unique, by the year of expiry, a new list when one is full."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask

from mit.errors import ConflictError
from mit.store import status_slots
from mit.store.db import transaction
from mit.store.status_slots import SLOTS_PER_LIST, StatusSlot, allot_slot
from tests.support.parallel import at_once

EXPIRES = date(2027, 11, 24)


def scripted(*choices: int) -> Callable[[int], int]:
    left = list(choices)
    return lambda _size: left.pop(0)


def test_the_list_goes_by_the_year_of_expiry(app: Flask, now: datetime) -> None:
    with transaction() as session:
        assert allot_slot(session, EXPIRES, choose=scripted(7), now=now) == (2700, 7)
        assert allot_slot(session, date(2028, 1, 1), choose=scripted(7), now=now) == (2800, 7)


def test_the_chooser_is_asked_for_a_place_of_the_list(app: Flask, now: datetime) -> None:
    sizes: list[int] = []
    with transaction() as session:
        allot_slot(session, EXPIRES, choose=lambda size: sizes.append(size) or 0, now=now)  # type: ignore[func-returns-value]
    assert sizes == [SLOTS_PER_LIST]


def test_a_taken_place_is_never_given_again(app: Flask, now: datetime) -> None:
    with transaction() as session:
        allot_slot(session, EXPIRES, choose=scripted(3), now=now)
    with transaction() as session:
        assert allot_slot(session, EXPIRES, choose=scripted(3, 3, 4), now=now) == (2700, 4)


def test_chance_that_never_finds_a_free_place_is_given_up(app: Flask, now: datetime) -> None:
    asked: list[int] = []
    with transaction() as session:
        allot_slot(session, EXPIRES, choose=scripted(3), now=now)
    with pytest.raises(ConflictError, match="status_slot_not_found"), transaction() as session:
        allot_slot(session, EXPIRES, choose=lambda _: asked.append(3) or 3, now=now)  # type: ignore[func-returns-value]
    assert len(asked) == 256


def test_a_place_taken_in_vain_is_free_again(app: Flask, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        allot_slot(session, EXPIRES, choose=scripted(3), now=now)
        raise RuntimeError
    with transaction() as session:
        assert allot_slot(session, EXPIRES, choose=scripted(3), now=now) == (2700, 3)


def test_a_list_that_is_full_enough_is_followed_by_the_next(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_slots, "ALLOTTED_PER_LIST", 2)
    with transaction() as session:
        lists = [allot_slot(session, EXPIRES, choose=scripted(n), now=now)[0] for n in range(5)]
    assert lists == [2700, 2700, 2701, 2701, 2702]


def test_the_lists_of_one_year_never_run_into_the_next(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_slots, "ALLOTTED_PER_LIST", 1)
    monkeypatch.setattr(status_slots, "_LISTS_PER_YEAR", 2)
    with transaction() as session:
        for n in range(2):
            allot_slot(session, EXPIRES, choose=scripted(n), now=now)
        with pytest.raises(ConflictError, match="status_lists_full"):
            allot_slot(session, EXPIRES, choose=scripted(9), now=now)


@pytest.mark.parametrize("index", [-1, SLOTS_PER_LIST])
def test_a_place_outside_the_list_is_refused(app: Flask, now: datetime, index: int) -> None:
    with pytest.raises(Exception, match="slot_index"), transaction() as session:
        allot_slot(session, EXPIRES, choose=scripted(index), now=now)


def test_many_who_want_the_same_places_all_get_their_own(app: Flask, now: datetime) -> None:
    def act(seed: int) -> tuple[int, int]:
        chance = random.Random(seed % 2)
        with transaction() as session:
            return allot_slot(session, EXPIRES, choose=lambda _: chance.randrange(20), now=now)

    places = at_once(app, [lambda n=n: act(n) for n in range(10)])  # type: ignore[misc]
    assert len(set(places)) == 10
    with transaction() as session:
        assert session.query(StatusSlot).count() == 10
