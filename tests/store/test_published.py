"""Published pieces: the newest version only, with an entity tag of its bytes."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from flask import Flask

from mit.store.db import transaction, viewing
from mit.store.published import Published, find_published, publish

NAME = "status/revocation/2700"


def put(body: bytes, at: datetime) -> None:
    with transaction() as session:
        piece = Published(
            name=NAME, media_type="application/vc+jwt", body=body, signed_at=at, valid_until=at + timedelta(7)
        )
        publish(session, piece)


def test_what_was_never_published_is_not_there(app: Flask) -> None:
    with viewing() as session:
        assert find_published(session, NAME) is None


def test_a_piece_is_served_as_it_was_signed(app: Flask, now: datetime) -> None:
    put(b"list", now)
    with viewing() as session:
        found = find_published(session, NAME)
    assert found is not None
    assert (found.body, found.media_type, found.signed_at) == (b"list", "application/vc+jwt", now)
    assert found.valid_until == now + timedelta(days=7)


def test_the_entity_tag_follows_the_bytes(app: Flask, now: datetime) -> None:
    put(b"list", now)
    with viewing() as session:
        found = find_published(session, NAME)
    assert found is not None
    assert found.etag == f'"{hashlib.sha256(b"list").hexdigest()}"'


def test_the_newest_version_takes_the_place_of_the_last(app: Flask, now: datetime) -> None:
    put(b"old", now)
    put(b"new", now + timedelta(minutes=5))
    with viewing() as session:
        (found,) = session.query(Published).all()
    assert (found.body, found.signed_at) == (b"new", now + timedelta(minutes=5))
    assert found.etag == f'"{hashlib.sha256(b"new").hexdigest()}"'
