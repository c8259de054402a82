"""The hash chain: what is recorded, and that no later touch goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.errors import InputError
from mit.store.audit import (
    NO_HASH,
    AuditEvent,
    AuditHead,
    ChainBreak,
    event_hash,
    events_about,
    record,
    verify_chain,
)
from mit.store.db import OpenSession, transaction, viewing
from tests.support.parallel import at_once
from tests.support.people import Cast

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
payloads = st.dictionaries(texts, st.one_of(texts, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans()))


def write(session: OpenSession, now: datetime, count: int = 1, **payload: object) -> None:
    for n in range(count):
        record(session, "test:thing:do", subject=f"thing:{n}", actor_id=None, now=now, payload=payload)


def test_the_first_event_follows_nothing(app: Flask, now: datetime) -> None:
    with transaction() as session:
        row = record(session, "a:b:c", subject="x", actor_id=None, now=now)
        assert (row.seq, row.prev, row.payload) == (1, NO_HASH, "{}")
        assert verify_chain(session) == []


def test_an_event_keeps_who_did_what_to_what(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        record(session, "a:b:c", subject="x", actor_id=cast.malee.user_id, now=now, payload={"ก": 1})
    with viewing() as session:
        (row,) = events_about(session, "x")
    assert (row.event, row.actor_id, row.at) == ("a:b:c", cast.malee.user_id, now)
    assert json.loads(row.payload) == {"ก": 1}


def test_each_event_carries_the_hash_before_it(app: Flask, now: datetime) -> None:
    with transaction() as session:
        write(session, now, 5)
    with viewing() as session:
        rows = session.query(AuditEvent).order_by(AuditEvent.seq).all()
        head = session.get_one(AuditHead, 1)
    assert [row.prev for row in rows] == [NO_HASH] + [row.hash for row in rows[:-1]]
    assert (head.seq, head.hash) == (5, rows[-1].hash)


def test_the_hash_is_the_one_that_anyone_can_compute(app: Flask, now: datetime) -> None:
    with transaction() as session:
        row = record(session, "a:b:c", subject="ก", actor_id=None, now=now, payload={"n": 1})
        plain = (
            '{"actor":null,"at":"2026-11-25T07:30:00.000000+00:00","event":"a:b:c",'
            f'"payload_sha256":"{hashlib.sha256(b"""{"n":1}""").hexdigest()}",'
            f'"prev":"{NO_HASH}","seq":1,"subject":"ก"}}'
        )
        assert row.hash == hashlib.sha256(plain.encode()).hexdigest()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=payloads)
def test_any_payload_survives_the_way_through_the_database(
    app: Flask, now: datetime, payload: dict[str, object]
) -> None:
    with transaction() as session:
        write(session, now, payload=payload)
    with viewing() as session:
        assert verify_chain(session) == []
        last = session.query(AuditEvent).order_by(AuditEvent.seq.desc()).first()
        assert last is not None
        assert json.loads(last.payload) == {"payload": payload}


def test_a_payload_that_cannot_be_spelled_is_refused(app: Flask, now: datetime) -> None:
    with pytest.raises(InputError), transaction() as session:
        write(session, now, name="\ud800")


def test_a_rolled_back_event_leaves_no_trace(app: Flask, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        write(session, now, 3)
        raise RuntimeError
    with transaction() as session:
        write(session, now)
        assert verify_chain(session) == []
        assert session.get_one(AuditHead, 1).seq == 1


def test_events_of_many_writers_form_one_chain(app: Flask, now: datetime) -> None:
    def act() -> int:
        with transaction() as session:
            write(session, now, 2)
        return 1

    assert at_once(app, [act] * 10) == [1] * 10
    with viewing() as session:
        assert verify_chain(session) == []
        assert session.get_one(AuditHead, 1).seq == 20


def test_a_long_chain_is_read_page_by_page(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mit.store.audit._PAGE", 4)
    for count in (1, 3, 4, 5):
        with transaction() as session:
            write(session, now, count)
            assert verify_chain(session) == []


Touch = Callable[[OpenSession], object]


def sql(statement: str) -> Touch:
    return lambda session: session.execute(text(statement))


def rehashed(session: OpenSession) -> None:
    """Change an event and make its own hash fit again: what a careful forger would do."""
    row = session.get_one(AuditEvent, 3)
    row.subject = "thing:forged"
    row.hash = event_hash(row)
    session.flush()


TOUCHES: dict[str, tuple[Touch, set[ChainBreak]]] = {
    "another actor": (
        sql("UPDATE audit_events SET event = 'a:b:forged' WHERE seq = 3"),
        {ChainBreak(3, "hash")},
    ),
    "another subject": (
        sql("UPDATE audit_events SET subject = 'other' WHERE seq = 1"),
        {ChainBreak(1, "hash")},
    ),
    "another instant": (
        lambda s: setattr(s.get_one(AuditEvent, 2), "at", s.get_one(AuditEvent, 2).at + timedelta(1)),
        {ChainBreak(2, "hash")},
    ),
    "another payload": (
        sql("UPDATE audit_events SET payload = '{}' WHERE seq = 2"),
        {ChainBreak(2, "payload")},
    ),
    "a fitting payload hash": (
        sql(f"UPDATE audit_events SET payload_sha256 = '{'0' * 64}' WHERE seq = 2"),
        {ChainBreak(2, "payload"), ChainBreak(2, "hash")},
    ),
    "a fitting hash": (rehashed, {ChainBreak(4, "prev")}),
    "an event dropped": (
        sql("DELETE FROM audit_events WHERE seq = 3"),
        {ChainBreak(3, "missing"), ChainBreak(4, "prev")},
    ),
    "the last event dropped": (sql("DELETE FROM audit_events WHERE seq = 5"), {ChainBreak(4, "head")}),
    "all events dropped": (sql("DELETE FROM audit_events"), {ChainBreak(0, "head")}),
    "the head set back": (sql("UPDATE audit_head SET seq = 4"), {ChainBreak(5, "head")}),
    "the head dropped": (sql("DELETE FROM audit_head"), {ChainBreak(5, "head")}),
}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("touch", "breaks"), TOUCHES.values(), ids=TOUCHES.keys())
def test_whoever_gets_round_the_guards_breaks_the_chain(
    app: Flask, now: datetime, touch: Touch, breaks: set[ChainBreak]
) -> None:
    with transaction() as session:
        write(session, now, 5, n=1)
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # only a superuser can
        touch(session)
    with viewing() as session:
        assert set(verify_chain(session)) == breaks


def test_an_event_slipped_in_breaks_the_chain(app: Flask, now: datetime) -> None:
    with transaction() as session:
        write(session, now, 2)
        forged = AuditEvent(
            seq=3, at=now, event="a:b:c", subject="x", payload="{}", prev="f" * 64,
            payload_sha256=hashlib.sha256(b"{}").hexdigest(), hash="e" * 64,
        )  # fmt: skip
        session.add(forged)
    with viewing() as session:
        assert set(verify_chain(session)) == {
            ChainBreak(3, "prev"), ChainBreak(3, "hash"), ChainBreak(3, "head"),
        }  # fmt: skip


def test_two_events_cannot_follow_the_same_one(app: Flask, now: datetime) -> None:
    with transaction() as session:
        write(session, now, 2)
    with pytest.raises(IntegrityError), transaction() as session:
        twin = AuditEvent(
            seq=3, at=now, event="a:b:c", subject="x", payload="{}", prev=NO_HASH, payload_sha256="", hash="e"
        )
        session.add(twin)
