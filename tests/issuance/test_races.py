"""Whoever presses first decides; everyone else is told so, and there is one certificate."""

from __future__ import annotations

from tests.support.desk import Desk, desk
from tests.support.racing import lock_taken_out, run_races

__all__ = ["desk"]


def test_many_approvals_at_once_make_one_certificate_each(desk: Desk) -> None:
    races = run_races(desk, applications_count=2, calls=20)
    assert races.faults == []
    assert races.strays == 0
    assert sum(races.answers.values()) == 40
    assert races.answers["number"] >= 2


def test_without_the_lock_the_race_is_noticed(desk: Desk) -> None:
    with lock_taken_out():
        races = run_races(desk, applications_count=1, calls=20)
    assert races.strays > 0 or races.faults
