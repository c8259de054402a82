"""What the step 0004 makes of organisations and people who were there before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from mit.store.db import db, transaction
from mit.upkeep.schema import migrate, take_back
from tests.support.databases import KINDS, Databases, bare_app

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Flask]:
    """An application on a database without tables."""
    with bare_app(databases.empty(request.param)) as app:
        yield app


def test_what_was_there_gets_a_form_and_whoever_was_there_first_keeps_it(empty: Flask) -> None:
    migrate("0003")
    company, trader = UUID(int=1), UUID(int=2)
    with transaction() as session:
        for organisation_id, number in ((company, "0105536112014"), (trader, "3100600445635")):
            session.execute(
                text(
                    "INSERT INTO organisations (id, kind, tax_number, name_th, name_en, address_th,"
                    " address_en, created_at) VALUES (:id, 'manufacturer', :number, 'ก', '', '', '', :at)"
                ),
                {"id": key(organisation_id), "number": number, "at": at(0)},
            )
        for user in range(1, 5):
            session.execute(
                text(
                    "INSERT INTO users (id, email, name, password_hash, is_active, created_at,"
                    " fs_uniquifier) VALUES"
                    " (:id, :email, 'x', 'x', true, :at, :email)"
                ),
                {"id": key(UUID(int=user)), "email": f"p{user}@example.com", "at": at(0)},
            )
        spans = ((1, company, 0, 1), (2, company, 2, None), (3, company, 3, None), (4, trader, 2, None))
        for user, organisation_id, began, ended in spans:
            session.execute(
                text(
                    "INSERT INTO affiliations (id, user_id, organisation_id, began_at, ended_at) VALUES"
                    " (:id, :user, :organisation, :began, :ended)"
                ),
                {
                    "id": key(UUID(int=10 + user)),
                    "user": key(UUID(int=user)),
                    "organisation": key(organisation_id),
                    "began": at(began),
                    "ended": at(ended) if ended is not None else None,
                },
            )
    migrate("0004")
    with transaction() as session:
        forms = session.execute(
            text(
                "SELECT form, name_source, registration_number, telephone FROM organisations"
                " ORDER BY tax_number"
            )
        ).all()
        keepers = session.execute(
            text(
                "SELECT u.email FROM affiliations a JOIN users u ON u.id = a.user_id"
                " WHERE a.is_keeper ORDER BY 1"
            )
        ).scalars()
        assert [tuple(row) for row in forms] == [
            ("juristic_person", "by_hand", "", ""),
            ("natural_person", "by_hand", "", ""),
        ]
        assert list(keepers) == ["p2@example.com", "p4@example.com"]
    take_back("0003")
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM affiliations")).scalar() == 4


def key(value: UUID) -> object:
    return value.hex if db.engine.dialect.name == "sqlite" else value


def at(hours: int) -> object:
    instant = NOW + timedelta(hours=hours)
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}" if db.engine.dialect.name == "sqlite" else instant
