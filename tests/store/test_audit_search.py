"""Searching the audit log: beginnings of names taken literally, instants, people, and pages by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.store import audit, audit_search
from mit.store.audit_search import Asked
from mit.store.db import transaction, viewing
from tests.support.people import Cast

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One event that is recorded: its name, what it is about, by whom, how many minutes on."""

    event: str
    subject: str
    by: str = ""
    minutes: int = 0


TOLD = [
    Told("staff:case:take", "case:A-2569-0000001", "malee", 0),
    Told("staff:case:note", "case:A-2569-0000001", "malee", 1),
    Told("staff:case:take", "case:A-2569-0000012", "anan", 2),
    Told("issuer:certificate:issue", "certificate:MIT-2569-0000001-X", "", 3),
    Told("user:sign_in:reject", "user:100%_sure", "somchai", 4),
    Told("user:sign_in:reject", "user:100 sure", "somchai", 4),
]


@pytest.fixture
def recorded(cast: Cast, now: datetime) -> Cast:
    with transaction() as session:
        for told in TOLD:
            who = getattr(cast, told.by).user_id if told.by else None
            at = now + told.minutes * MINUTE
            audit.record(session, told.event, subject=told.subject, actor_id=who, now=at)
    return cast


def found(asked: Asked, *, before: int | None = None, size: int = 50) -> list[int]:
    """Return the numbers of what is found, and see that counting and listing everything agree."""
    with viewing() as session:
        page = [row.seq for row in audit_search.newest(session, asked, before=before, size=size)]
        count = audit_search.count(session, asked)
    with transaction() as session:  # PostgreSQL hands many rows out only inside one
        every = [row.seq for row in audit_search.every(session, asked)]
    assert count == len(every)
    assert every == sorted(every)
    if before is None and size >= len(every):
        assert page == every[::-1]
    return page


@pytest.mark.parametrize(
    ("asked", "seqs"),
    [
        (Asked(), [6, 5, 4, 3, 2, 1]),
        (Asked(subject="case:A-2569-0000001"), [2, 1]),
        (Asked(subject="case:A-2569-000000"), [2, 1]),
        (Asked(subject="case:"), [3, 2, 1]),
        (Asked(subject="A-2569"), []),  # a beginning, not a part
        (Asked(subject="user:100%"), [5]),
        (Asked(subject="user:100_"), []),
        (Asked(subject="%"), []),
        (Asked(event="staff:case:take"), [3, 1]),
        (Asked(event="staff:"), [3, 2, 1]),
        (Asked(event="staff_case"), []),
        (Asked(event="case"), []),
        (Asked(event="staff:", subject="certificate:"), []),
        (Asked(subject="case:\0"), []),
        (Asked(event="\0"), []),
    ],
)
def test_names_are_taken_from_their_beginning_and_to_the_letter(
    recorded: Cast, asked: Asked, seqs: list[int]
) -> None:
    assert found(asked) == seqs


def test_a_person_and_a_span_sift_together_and_the_end_does_not_count(recorded: Cast, now: datetime) -> None:
    malee, anan = recorded.malee.user_id, recorded.anan.user_id
    assert found(Asked(actor_id=malee)) == [2, 1]
    assert found(Asked(actor_id=uuid4())) == []
    assert found(Asked(begins_at=now + 3 * MINUTE)) == [6, 5, 4]
    assert found(Asked(ends_at=now + 3 * MINUTE)) == [3, 2, 1]
    assert found(Asked(begins_at=now + MINUTE, ends_at=now + 3 * MINUTE)) == [3, 2]
    assert found(Asked(begins_at=now + MINUTE, actor_id=anan)) == [3]
    assert found(Asked(begins_at=now + MINUTE, ends_at=now + MINUTE)) == []


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 8), st.sampled_from(["", "staff:", "user:", "nobody:"]))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_by_number_show_each_event_once_and_none_between(recorded: Cast, size: int, event: str) -> None:
    asked, before, paged = Asked(event=event), None, []
    for _ in range(len(TOLD) + 1):
        page = found(asked, before=before, size=size)
        assert len(page) <= size
        paged += page
        before = page[-1] if page else 0
    expected = [seq for seq, told in enumerate(TOLD, start=1) if told.event.startswith(event)]
    assert paged == expected[::-1]


def test_names_are_those_of_people_who_exist(recorded: Cast) -> None:
    malee, nobody = recorded.malee.user_id, uuid4()
    with viewing() as session:
        assert audit_search.names_of(session, {malee, nobody}) == {malee: "Malee Srisuk"}
        assert audit_search.names_of(session, set()) == {}
