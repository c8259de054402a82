"""What the database itself refuses of leanings, and the days on which an expiry is found."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DatabaseError

from mit.store import leanings
from mit.store.db import transaction, viewing
from mit.store.leanings import Leaner, Leaning
from tests.support.chained import hand_in, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.world import rows

TODAY = date(2026, 11, 25)


def leaning(**changes: Any) -> Leaning:
    """Return a row like the one that is there, a line further."""
    (row,) = rows("SELECT certificate_number FROM leanings")
    with viewing() as session:
        stored = session.query(Leaning).one()
        made = {
            "application_product_id": stored.application_product_id,
            "line": 2,
            "leaned_at": stored.leaned_at,
            "certificate_number": row["certificate_number"],
            "covers": "yes",
        }
    return Leaning(**(made | changes))


@pytest.mark.parametrize(
    ("changes", "is_kept"),
    [
        ({}, True),
        ({"covers": "unclear"}, True),
        ({"covers": "no"}, False),
        ({"covers": ""}, False),
        ({"line": 0}, False),
        ({"line": 1}, False),
        ({"certificate_number": "MIT-2569-9999999-7"}, False),
    ],
    ids=str,
)
def test_only_what_may_lean_is_a_row(desk: Desk, changes: dict[str, Any], *, is_kept: bool) -> None:
    hand_in(desk, desk.cast.somchai, leaning_document(wire_by(desk, desk.cast.krit)))
    row = leaning(**changes)
    if is_kept:
        with transaction() as session:
            leanings.write(session, [row])
    else:
        with pytest.raises(DatabaseError), transaction() as session:
            leanings.write(session, [row])
    assert len(rows("SELECT * FROM leanings")) == 1 + is_kept


@pytest.mark.parametrize(
    ("first", "last", "status", "is_found"),
    [
        (date(2027, 11, 24), date(2027, 11, 24), "active", True),
        (date(2027, 11, 1), date(2027, 11, 30), "suspended", True),
        (date(2027, 11, 25), date(2027, 11, 30), "active", False),
        (date(2027, 11, 1), date(2027, 11, 23), "active", False),
        (date(2027, 11, 24), date(2027, 11, 24), "revoked", False),
        (date(2027, 11, 24), date(2027, 11, 24), "withdrawn", False),
    ],
)
def test_an_expiry_is_found_on_its_days_where_it_ran_till_then(
    desk: Desk, first: date, last: date, status: str, *, is_found: bool
) -> None:
    wire = wire_by(desk, desk.cast.krit)
    wire_by(desk, desk.cast.krit)  # nothing leans on this one
    hand_in(desk, desk.cast.somchai, leaning_document(wire))
    forge("UPDATE certificates SET status = :status", status=status)
    with viewing() as session:
        found = leanings.expired_and_leaned_on(session, first=first, last=last)
    assert found == ([(wire, date(2027, 11, 24))] if is_found else [])


@pytest.mark.parametrize(
    ("certificate", "status", "expires_on", "is_running"),
    [
        ("", "", None, True),
        ("MIT", "active", date(2026, 11, 25), True),
        ("MIT", "active", date(2026, 11, 24), False),
        ("MIT", "suspended", date(2027, 1, 1), True),
        ("MIT", "revoked", date(2027, 1, 1), False),
        ("MIT", "superseded", date(2027, 1, 1), False),
        ("MIT", "withdrawn", date(2027, 1, 1), False),
    ],
)
def test_only_what_still_runs_matters(
    certificate: str, status: str, expires_on: date | None, *, is_running: bool
) -> None:
    one = Leaner("APP", UUID(int=1), "ก", "k", 1, "yes", certificate, status, expires_on)
    assert one.is_running(TODAY) is is_running


def test_many_numbers_are_asked_for_in_portions(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.krit)
    numbers = [f"MIT-2569-{at:07d}-X" for at in range(1_200)]
    with viewing() as session:
        assert list(leanings.certificates_named(session, [*numbers, wire, wire])) == [wire]
        assert list(leanings.products_named(session, [*numbers, wire])) == [wire]
        assert leanings.leaned_on_by(session, numbers) == {}
