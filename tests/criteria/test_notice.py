"""A rule set comes no sooner after its announcement than it says itself; without any it is shown so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.rule_set import parse_rule_set
from mit.criteria.rulebook import check_rule_set, make_rulebook
from mit.errors import RulebookError
from mit.i18n import LANGUAGES, say
from tests.support.sheets import Document, rule_document, rule_set

FIRST = "2027-01-01"


def noticed(days: Any = 60, announced_on: Any = "2026-11-02", first: str = FIRST, **members: Any) -> Document:
    document = rule_document()
    document["in_force"]["from"] = first
    document["notice"] = {
        "days": days,
        "announced_on": announced_on,
        "mark": "unknown",
        "sources": [],
        "text": {"th": "ประกาศล่วงหน้า", "en": "announced ahead"},
    } | members
    return document


def faults_of(document: Document) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in check_rule_set(document)]


@pytest.mark.parametrize(
    ("announced_on", "given_days", "is_refused"),
    [
        ("2026-11-02", 60, False),
        ("2026-11-03", 59, True),
        ("2026-01-01", 365, False),
        ("2027-01-01", 0, True),
        ("2027-01-02", -1, True),
    ],
)
def test_the_days_between_announcement_and_first_day_are_counted(
    announced_on: str, given_days: int, is_refused: bool
) -> None:
    faults = check_rule_set(noticed(announced_on=announced_on))
    assert [fault.where for fault in faults] == (["notice.announced_on"] if is_refused else [])
    for fault in faults:
        assert fault.params == {"days": 60, "given": given_days}
        for language in LANGUAGES:
            assert str(given_days) in say(f"errors.{fault.code}", language, **fault.params)
    if not is_refused:
        notice = parse_rule_set(noticed(announced_on=announced_on)).notice
        assert notice is not None
        assert (notice.days, notice.given_days, notice.is_verified) == (60, given_days, False)


def test_a_rulebook_with_one_that_comes_too_soon_does_not_open() -> None:
    late = noticed(announced_on="2026-12-31") | {"id": "mit-2570-1"}
    with pytest.raises(RulebookError) as caught:
        make_rulebook({"first.json": rule_document(), "second.json": late})
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("rule_notice_short", "second.json: notice.announced_on")
    ]


def test_a_rule_set_without_notice_is_taken_and_has_none() -> None:
    assert rule_set().notice is None
    assert faults_of(noticed(days=0, announced_on=FIRST)) == []


@pytest.mark.parametrize(
    ("members", "code", "where"),
    [
        ({"days": None}, "member_missing", "notice.days"),
        ({"days": "60"}, "rule_whole", "notice.days"),
        ({"days": -1}, "rule_whole", "notice.days"),
        ({"days": 3661}, "rule_whole", "notice.days"),
        ({"days": True}, "rule_whole", "notice.days"),
        ({"announced_on": None}, "member_missing", "notice.announced_on"),
        ({"announced_on": "2/11/2569"}, "day_malformed", "notice.announced_on"),
        ({"announced_on": 20261102}, "text_expected", "notice.announced_on"),
        ({"mark": "sourced"}, "rule_source_missing", "notice.sources"),
        ({"mark": "sure"}, "rule_mark_unknown", "notice.mark"),
        ({"sources": ["rumour"]}, "rule_source_unknown", "notice.sources"),
        ({"text": {"th": "ก"}}, "member_missing", "notice.text.en"),
        ({"by": "FTI"}, "member_unknown", "notice.by"),
    ],
)
def test_notice_is_read_as_strictly_as_a_setting(members: Document, code: str, where: str) -> None:
    assert (code, where) in faults_of(noticed(**members))


@pytest.mark.parametrize("junk", [[], "60", 60, True])
def test_what_is_no_notice_is_refused(junk: Any) -> None:
    assert ("object_expected", "notice") in faults_of(rule_document() | {"notice": junk})


@settings(deadline=None, max_examples=60)
@given(
    days=st.integers(0, 3660),
    given_days=st.integers(-400, 4000),
    first=st.dates(date(2021, 1, 1), date(2090, 1, 1)),
)
def test_it_is_refused_exactly_where_fewer_days_are_given_than_demanded(
    days: int, given_days: int, first: date
) -> None:
    announced = (first - timedelta(days=given_days)).isoformat()
    document = noticed(days, announced, first.isoformat())
    document["cases"] = document["cases"][:1]
    assert [code for code, _ in faults_of(document)] == (["rule_notice_short"] if given_days < days else [])


def test_notice_is_part_of_the_hash() -> None:
    hashes = {rule_set().sha256, parse_rule_set(noticed()).sha256, parse_rule_set(noticed(days=59)).sha256}
    assert len(hashes) == 3
