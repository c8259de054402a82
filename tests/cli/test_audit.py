"""``mit audit verify``: whoever damages the log, in whichever way, is told of in words."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mit.cli.audit import audit
from mit.cli.entrance import Entrance
from mit.config import Settings
from mit.errors import InputError
from mit.store.audit import record
from mit.store.db import transaction
from mit.values.clock import FrozenClock
from tests.support.forgery import forge

FORGED = (
    "INSERT INTO audit_events (seq, at, event, subject, payload, payload_sha256, prev, hash) VALUES"
    " (6, '2026-11-25 07:30:00', 'a:b:c', 'x', '{}',"
    " '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', 'ff', 'ee')"
)
EXCHANGED = (
    "UPDATE audit_events SET seq = CASE seq WHEN 3 THEN 104 ELSE 103 END WHERE seq IN (3, 4);"
    "UPDATE audit_events SET seq = seq - 100 WHERE seq > 100"
)
#: Damage → the breaks that are told of.
DAMAGE: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "another event": ("UPDATE audit_events SET event = 'a:b:forged' WHERE seq = 3", [(3, "hash")]),
    "another subject": ("UPDATE audit_events SET subject = 'other' WHERE seq = 1", [(1, "hash")]),
    "another person": ("UPDATE audit_events SET actor_id = NULL WHERE seq = 2", [(2, "hash")]),
    "another instant": ("UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE seq = 2", [(2, "hash")]),
    "another payload": ("UPDATE audit_events SET payload = '{\"n\":2}' WHERE seq = 2", [(2, "payload")]),
    "another hash": (
        f"UPDATE audit_events SET hash = '{'0' * 64}' WHERE seq = 2",
        [(2, "hash"), (3, "prev")],
    ),
    "another link": (
        f"UPDATE audit_events SET prev = '{'0' * 63}1' WHERE seq = 4",
        [(4, "prev"), (4, "hash")],
    ),
    "one taken out": ("DELETE FROM audit_events WHERE seq = 3", [(3, "missing"), (4, "prev")]),
    "the first taken out": ("DELETE FROM audit_events WHERE seq = 1", [(1, "missing"), (2, "prev")]),
    "the last cut off": ("DELETE FROM audit_events WHERE seq = 5", [(4, "head")]),
    "everything taken out": ("DELETE FROM audit_events", [(0, "head")]),
    "one added": (FORGED, [(6, "prev"), (6, "hash"), (6, "head")]),
    "two exchanged": (
        EXCHANGED,
        [(3, "prev"), (3, "hash"), (4, "prev"), (4, "hash"), (5, "prev")],
    ),
    "the head set back": ("UPDATE audit_head SET seq = 4", [(5, "head")]),
    "the head dropped": ("DELETE FROM audit_head", [(5, "head")]),
}


@pytest.fixture
def chain(app: Flask, cast: Any, now: datetime) -> Flask:
    """An application whose log has five events."""
    with transaction() as session:
        for n in range(5):
            at, who = now + timedelta(seconds=n), cast.malee.user_id
            record(session, "test:thing:do", subject=f"thing:{n}", actor_id=who, now=at, payload={"n": 1})
    return app


def damage(statements: str) -> None:
    """Change the tables behind the back of the service, as the owner of the database could."""
    for statement in statements.split(";"):
        forge(statement.replace(":", "\\:"))


def verify(app: Flask, *options: str) -> Result:
    clock = FrozenClock(datetime.fromisoformat("2026-11-25T07:30:00+00:00"))
    entrance = Entrance(settings=Settings, make_app=lambda _: app, clock=clock)
    return CliRunner().invoke(audit, ["verify", *options], obj=entrance)


def test_a_whole_chain_is_said_to_be_whole(chain: Flask) -> None:
    result = verify(chain)
    assert result.exit_code == 0, result.output
    assert "The audit chain is whole: 5 events" in result.output
    assert "ครบถ้วน 5 รายการ" in result.output
    answer = json.loads(verify(chain, "--json").output)
    assert (answer["whole"], answer["events"], answer["breaks"]) == (True, 5, [])


def test_an_empty_chain_is_whole(app: Flask) -> None:
    assert verify(app).exit_code == 0


@pytest.mark.parametrize(("statements", "breaks"), DAMAGE.values(), ids=DAMAGE.keys())
def test_every_kind_of_damage_is_told_in_words(
    chain: Flask, statements: str, breaks: list[tuple[int, str]]
) -> None:
    damage(statements)
    result = verify(chain, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert sorted((one["seq"], one["what"]) for one in answer["breaks"]) == sorted(breaks)
    spoken = verify(chain)
    assert spoken.exit_code == 1
    for one in answer["breaks"]:
        assert one["sentence"]["en"] in spoken.output
        assert one["sentence"]["th"] in spoken.output
        assert str(one["seq"]) in one["sentence"]["th"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_cannot_be_read_ends_the_walk_and_not_the_program(chain: Flask) -> None:
    damage("UPDATE audit_events SET at = 'yesterday' WHERE seq = 1")
    answer = json.loads(verify(chain, "--json").output)
    assert [(one["seq"], one["what"]) for one in answer["breaks"]] == [(1, "unreadable")]


def test_a_mark_that_was_kept_elsewhere_finds_a_chain_written_anew(chain: Flask, now: datetime) -> None:
    mark = json.loads(verify(chain, "--json").output)["last"]
    assert verify(chain, "--expect", mark).exit_code == 0
    damage("DELETE FROM audit_events; UPDATE audit_head SET seq = 0, hash = '" + "0" * 64 + "'")
    with transaction() as session:
        for n in range(6):
            record(session, "test:thing:do", subject=f"other:{n}", actor_id=None, now=now)
    assert verify(chain).exit_code == 0
    assert verify(chain, "--expect", mark).exit_code == 1


@pytest.mark.parametrize("mark", ["5", "5:abc", "0:" + "0" * 64, "x:" + "0" * 64, "5:" + "G" * 64])
def test_a_mark_that_is_none_is_refused(chain: Flask, mark: str) -> None:
    result = verify(chain, "--expect", mark)
    assert isinstance(result.exception, InputError)
    assert result.exception.code == "audit_mark_malformed"
