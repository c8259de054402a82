"""Factories in the database: one open number each, and what it refuses whoever asks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.errors import NotFoundError
from mit.store.db import new_id, transaction, viewing
from mit.store.factories import Factory, add_factory, factories_of, get_factory, is_number_taken
from tests.support.people import Cast


def factory(cast: Cast, now: datetime, number: str = "1" * 14) -> Factory:
    return Factory(
        id=new_id(), organisation_id=cast.siam_cable_id, registration_number=number, name_th="ก", name_en="",
        address_th="ข", address_en="", created_at=now,
    )  # fmt: skip


def test_an_open_number_is_there_once_and_a_closed_one_again(cast: Cast, now: datetime) -> None:
    first = factory(cast, now)
    with transaction() as session:
        assert add_factory(session, first)
        assert not add_factory(session, factory(cast, now))
        assert is_number_taken(session, cast.siam_cable_id, "1" * 14)
        assert not is_number_taken(session, cast.siam_cable_id, "1" * 14, spared=first.id)
        session.execute(text("UPDATE factories SET closed_at = created_at"))
        assert not is_number_taken(session, cast.siam_cable_id, "1" * 14)
        assert add_factory(session, factory(cast, now + timedelta(seconds=1)))
    with viewing() as session:
        assert len(factories_of(session, cast.siam_cable_id)) == 2
        assert factories_of(session, cast.krungthep_wire_id) == []
        with pytest.raises(NotFoundError):
            get_factory(session, cast.krungthep_wire_id, first.id)
        with pytest.raises(NotFoundError):
            get_factory(session, cast.siam_cable_id, new_id())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM factories",
        "UPDATE factories SET organisation_id = (SELECT id FROM organisations WHERE kind = 'agency')",
        "UPDATE factories SET closed_at = NULL",
        "UPDATE factories SET registration_number = ''",
    ],
)
def test_the_database_keeps_a_factory_and_whose_it_is(cast: Cast, now: datetime, statement: str) -> None:
    with transaction() as session:
        closed = factory(cast, now)
        closed.closed_at = now
        session.add(closed)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(statement))
