"""Within how many days FTI wants to decide."""

from __future__ import annotations

from datetime import date

from mit.lifecycle.service_target import SERVICE_TARGETS, ServiceTarget, service_target_on
from mit.values import in_force


def test_a_target_is_in_force_today_and_says_that_no_source_states_it() -> None:
    target = service_target_on(date(2026, 11, 25))
    assert target is not None
    assert (target.days, target.is_verified) == (30, False)
    assert target.due_on(date(2026, 11, 1)) == date(2026, 12, 1)


def test_there_was_none_before_the_first() -> None:
    assert service_target_on(date(2020, 12, 31)) is None


def test_spans_do_not_overlap() -> None:
    later = ServiceTarget(date(2027, 1, 1), None, 20, is_verified=True)
    assert in_force.pick((*SERVICE_TARGETS, later), date(2027, 1, 1)) == later
    starts = [target.in_force_from for target in SERVICE_TARGETS]
    assert starts == sorted(set(starts))
