"""Invitations in the database: one open one for each address, ended once, never rewritten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.errors import NotFoundError
from mit.store.db import add, new_id, transaction, viewing
from mit.store.invitations import (
    Invitation,
    find_invitation,
    get_invitation,
    invitations_since,
    invitations_to,
    lock_invitation,
    open_invitations,
)
from tests.support.people import Cast

WEEK = timedelta(days=7)


def invitation(cast: Cast, now: datetime, *, sign: str = "a", email: str = "dao@example.com") -> Invitation:
    return Invitation(
        id=new_id(), organisation_id=cast.siam_cable_id, email=email, token_sha256=sign * 64,
        invited_by_id=cast.somchai.user_id, created_at=now, expires_at=now + WEEK,
    )  # fmt: skip


def test_invitations_are_found_by_hash_by_organisation_and_by_address(cast: Cast, now: datetime) -> None:
    row = invitation(cast, now)
    with transaction() as session:
        add(session, row)
        row_id = row.id
    with transaction() as session:
        found = find_invitation(session, "a" * 64)
        assert found is not None
        assert found.is_open
        assert find_invitation(session, "b" * 64) is None
        assert get_invitation(session, row_id).email == "dao@example.com"
        assert lock_invitation(session, row_id).email == "dao@example.com"
        assert len(open_invitations(session, cast.siam_cable_id)) == 1
        assert open_invitations(session, cast.krungthep_wire_id) == []
        assert len(invitations_to(session, "dao@example.com")) == 1
        assert invitations_since(session, cast.siam_cable_id, now) == 1
        assert invitations_since(session, cast.siam_cable_id, now + timedelta(seconds=1)) == 0
        for look in (get_invitation, lock_invitation):
            with pytest.raises(NotFoundError):
                look(session, new_id())
        found.withdrawn_at = now
    with viewing() as session:
        assert open_invitations(session, cast.siam_cable_id) == []
        assert invitations_to(session, "dao@example.com") == []


def test_an_address_has_one_open_invitation_to_an_organisation(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        add(session, invitation(cast, now))
    with pytest.raises(IntegrityError), transaction() as session:
        add(session, invitation(cast, now, sign="b"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invitations SET email = 'other@example.com'",
        "UPDATE invitations SET email = 'Dao@example.com'",
        f"UPDATE invitations SET token_sha256 = '{'c' * 64}'",
        "UPDATE invitations SET expires_at = created_at",
        "UPDATE invitations SET withdrawn_at = NULL",
        "UPDATE invitations SET accepted_at = created_at",
        "UPDATE invitations SET accepted_at = created_at, accepted_by_id = invited_by_id",
    ],
)
def test_the_database_keeps_what_an_invitation_said_and_how_it_ended(
    cast: Cast, now: datetime, statement: str
) -> None:
    with transaction() as session:
        row = invitation(cast, now)
        row.withdrawn_at = now
        add(session, row)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(statement))


def test_only_an_invitation_that_has_ended_can_be_forgotten(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        add(session, invitation(cast, now))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("DELETE FROM invitations"))
    with transaction() as session:
        open_invitations(session, cast.siam_cable_id)[0].withdrawn_at = now
    with transaction() as session:
        session.execute(text("DELETE FROM invitations"))
        assert open_invitations(session, cast.siam_cable_id) == []
