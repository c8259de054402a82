"""Leaves: salted, hashed, written once, appended in order."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from mit.errors import TamperedError
from mit.store.db import transaction, viewing
from mit.store.transparency_log import LogLeaf, append_leaf, leaf_hash, write_leaf
from tests.support import register
from tests.support.parallel import at_once
from tests.support.people import Cast


def leaf(number: str, now: datetime, *, salt: bytes = b"s" * 32, event: str = "issue") -> LogLeaf:
    return LogLeaf(
        certificate_number=number, event=event, entry=f'{{"number":"{number}"}}', salt=salt,
        profile_version="1", written_at=now,
    )  # fmt: skip


@given(salt=st.binary(min_size=16, max_size=64), entry=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_hash_is_the_one_of_rfc_6962_over_salt_and_entry(salt: bytes, entry: str) -> None:
    assert leaf_hash(salt, entry) == hashlib.sha256(b"\x00" + salt + entry.encode()).hexdigest()


@given(salt=st.binary(min_size=16, max_size=32), bit=st.integers(0, 127))
def test_one_flipped_bit_of_the_salt_makes_another_leaf(salt: bytes, bit: int) -> None:
    flipped = bytearray(salt)
    flipped[bit // 8] ^= 1 << bit % 8
    assert leaf_hash(bytes(flipped), "{}") != leaf_hash(salt, "{}")


def test_a_written_leaf_carries_its_hash_and_no_index(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with transaction() as session:
        written = write_leaf(session, leaf(made.number, now))
        assert written.leaf_hash == leaf_hash(written.salt, written.entry)
        assert written.log_index is None


def test_leaves_are_appended_in_the_order_of_issuing_not_of_preparing(cast: Cast, now: datetime) -> None:
    made = [register.prepared(cast, now=now) for _ in range(3)]
    with transaction() as session:
        for n, one in enumerate(made):
            write_leaf(session, leaf(one.number, now, salt=bytes([n]) * 32))
    order = [made[2], made[0], made[1]]  # one stuck certificate blocks nobody
    for index, one in enumerate(order):
        with transaction() as session:
            assert append_leaf(session, one.number, "issue") == index


def test_appending_twice_keeps_the_place(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with transaction() as session:
        write_leaf(session, leaf(made.number, now))
        assert [append_leaf(session, made.number, "issue") for _ in range(2)] == [0, 0]


def test_a_place_given_in_vain_is_given_again(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with transaction() as session:
        write_leaf(session, leaf(made.number, now))
    with pytest.raises(RuntimeError), transaction() as session:
        append_leaf(session, made.number, "issue")
        raise RuntimeError
    with transaction() as session:
        assert append_leaf(session, made.number, "issue") == 0


def test_many_who_append_at_once_leave_no_gap(app: Flask, cast: Cast, now: datetime) -> None:
    made = [register.prepared(cast, now=now) for _ in range(6)]
    with transaction() as session:
        for n, one in enumerate(made):
            write_leaf(session, leaf(one.number, now, salt=bytes([n]) * 32))

    def append(number: str) -> int:
        with transaction() as session:
            return append_leaf(session, number, "issue")

    places = at_once(app, [lambda one=one: append(one.number) for one in made])  # type: ignore[misc]
    assert sorted(places, key=str) == list(range(6))


def test_a_leaf_that_was_never_written_raises_the_alarm(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(TamperedError, match="log_leaf_missing"), transaction() as session:
        append_leaf(session, made.number, "issue")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_leaf_that_somebody_changed_is_not_appended(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with transaction() as session:
        write_leaf(session, leaf(made.number, now))
        session.execute(text("SET LOCAL session_replication_role = replica"))  # only a superuser can
        session.execute(text("UPDATE log_leaves SET entry = '{}'"))
    with pytest.raises(TamperedError, match="log_leaf_changed"), transaction() as session:
        append_leaf(session, made.number, "issue")


def test_a_short_salt_is_refused(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(Exception, match="ck_log_leaves_salt"), transaction() as session:
        write_leaf(session, leaf(made.number, now, salt=b"short"))


def test_no_two_leaves_are_alike(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(Exception, match="leaf_hash"), transaction() as session:
        for event in ("issue", "revoke"):
            write_leaf(session, leaf(made.number, now, event=event))
    with viewing() as session:
        assert session.query(LogLeaf).count() == 0
