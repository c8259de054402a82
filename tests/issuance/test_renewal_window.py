"""The window of renewal follows the rule set of the day, its days and its mark."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.rule_set import RuleSet, parse_rule_set
from mit.criteria.rulebook import Rulebook
from mit.issuance.renewal_window import window_of, window_on
from mit.lifecycle.renewal import RenewalState, renewal_on
from tests.support.sheets import changed_rules, rule_document, rule_set


def beginning(first: str, last: str | None = None, days: int = 60, mark: str = "sourced") -> RuleSet:
    document = changed_rules(renewal_window_days=days) | {"id": f"from-{first}"}
    document["in_force"] |= {"from": first, "until": last}
    document["settings"]["renewal_window_days"]["mark"] = mark
    return parse_rule_set(document)


def test_the_rule_set_that_ships_opens_it_sixty_days_before_by_a_source() -> None:
    window = window_of(rule_set())
    assert (window.days, window.is_verified) == (60, True)
    assert (window.in_force_from, window.in_force_until) == (date(2020, 12, 22), None)
    assert rule_document()["settings"]["renewal_window_days"]["sources"] == ["mit-renew"]


@pytest.mark.parametrize(
    ("day", "days", "is_verified"),
    [
        (date(2021, 1, 1), 60, True),
        (date(2024, 12, 31), 60, True),
        (date(2025, 1, 1), 30, False),
        (date(2025, 12, 31), 30, False),
        (date(2026, 1, 1), 90, True),
        (date(2040, 1, 1), 90, True),
    ],
)
def test_on_each_day_the_one_that_began_last_counts(day: date, days: int, is_verified: bool) -> None:
    book = Rulebook(
        (
            beginning("2021-01-01"),
            beginning("2025-01-01", "2025-12-31", 30, "unknown"),
            beginning("2026-01-01", None, 90),
        )
    )
    window = window_on(book, day)
    assert window is not None
    assert (window.days, window.is_verified) == (days, is_verified)


def test_before_any_rule_set_there_is_none_and_nothing_opens() -> None:
    day = date(2020, 12, 31)
    window = window_on(Rulebook((beginning("2021-01-01"),)), day)
    assert window is None
    assert renewal_on(day, window, status="active", expires_on=day).state == RenewalState.EARLY


@settings(deadline=None, max_examples=60)
@given(days=st.integers(1, 366), before=st.integers(-5, 400))
def test_a_certificate_is_open_for_renewal_exactly_in_those_days(days: int, before: int) -> None:
    today = date(2026, 11, 25)
    window = window_on(Rulebook((beginning("2021-01-01", None, days),)), today)
    found = renewal_on(today, window, status="active", expires_on=today + timedelta(days=before))
    assert (found.state == RenewalState.OPEN) is (0 <= before <= days)
