"""What the whole-world check walks through: all of it, in an order that can be relied on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.store import audit
from mit.store.counters import next_value
from mit.store.db import transaction, viewing
from mit.store.inventory import (
    application_counts,
    audit_length,
    counter_values,
    every_application_number,
    every_certificate,
    every_event,
    every_leaf,
)
from mit.store.transparency_log import LogLeaf, append_leaf, write_leaf
from tests.support import register
from tests.support.people import Cast

NEXT_YEAR = timedelta(days=365)


def test_an_empty_register_has_nothing_to_walk_through(app: Flask) -> None:
    with viewing() as session:
        assert every_certificate(session) == every_leaf(session) == every_event(session) == []
        assert every_application_number(session) == []
        assert application_counts(session) == counter_values(session) == {}
        assert audit_length(session) == 0


def test_certificates_come_by_year_and_running_number_prepared_ones_too(cast: Cast, now: datetime) -> None:
    later = register.prepared(cast, now=now + NEXT_YEAR)
    made = [register.issued(cast, now=now), register.prepared(cast, now=now)]
    with viewing() as session:
        found = every_certificate(session)
    assert [row.number for row in found] == [one.number for one in (*made, later)]
    assert [(row.year_be, row.running) for row in found] == [(2569, 1), (2569, 2), (2570, 1)]
    assert [row.state for row in found] == ["active", "prepared", "prepared"]


def test_leaves_come_in_the_order_of_writing_not_of_appending(cast: Cast, now: datetime) -> None:
    numbers = [register.prepared(cast, now=now).number for _ in range(3)]
    with transaction() as session:
        for n, number in enumerate(numbers):
            leaf = LogLeaf(
                certificate_number=number, event="issue", entry="{}", salt=bytes([n]) * 32,
                profile_version="1", written_at=now,
            )  # fmt: skip
            write_leaf(session, leaf)
        append_leaf(session, numbers[2], "issue")
    with viewing() as session:
        assert [(leaf.certificate_number, leaf.log_index) for leaf in every_leaf(session)] == [
            (numbers[0], None), (numbers[1], None), (numbers[2], 0),
        ]  # fmt: skip


def test_applications_are_counted_by_state_and_listed_by_number(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        rows = [register.draft(session, cast, now=now) for _ in range(2)]
        rows.append(register.submitted(session, cast, now=now))
        rows.insert(0, register.draft(session, cast, now=now - NEXT_YEAR))
        numbers = [row.number for row in rows]
    with viewing() as session:
        assert every_application_number(session) == sorted(numbers) == numbers
        assert application_counts(session) == {"draft": 3, "submitted": 1}


def test_every_series_is_known_with_the_last_number_that_was_taken(app: Flask) -> None:
    with transaction() as session:
        for name in ("a", "b", "a"):
            next_value(session, name)
    with pytest.raises(RuntimeError), transaction() as session:
        next_value(session, "c")
        raise RuntimeError
    with viewing() as session:
        assert counter_values(session) == {"a": 2, "b": 1}


def test_the_length_of_the_audit_chain_is_that_of_its_events(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        for n in range(3):
            audit.record(session, f"a:b:c{n}", subject=f"s{n}", actor_id=cast.malee.user_id, now=now)
    with viewing() as session:
        assert audit_length(session) == 3
        assert [(row.seq, row.event, row.subject) for row in every_event(session)] == [
            (1, "a:b:c0", "s0"), (2, "a:b:c1", "s1"), (3, "a:b:c2", "s2"),
        ]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_chain_that_lost_its_head_has_no_length(app: Flask) -> None:
    with transaction() as session:
        connection = session.connection()
        triggers = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_head'"
        )
        for (name,) in triggers.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM audit_head")
    with viewing() as session:
        assert audit_length(session) == 0
        assert audit.verify_chain(session) == [audit.ChainBreak(0, "head")]
