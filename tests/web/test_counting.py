"""Look-ups are counted, not followed: nothing is written while somebody scans, nothing says who or what."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from mit.i18n import LANGUAGES, Language, say
from mit.roles.actor import Role
from mit.store.db import db, transaction
from mit.store.look_ups import LookUpCount, add_look_ups
from mit.upkeep.overview import DAYS_SHOWN, LookUpDays
from mit.values.clock import FrozenClock
from mit.verify.look_ups import COUNTED, Counted, write_counted
from mit.web.counting import Writer
from tests.support.parallel import at_once
from tests.support.people import gather, invite
from tests.support.signed_in import open_door, signed_in
from tests.support.world import rows
from tests.web.office import NOW, TODAY, Office, Shown

ADDRESS = "198.51.100.77"
both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def look_up_everywhere(client: FlaskClient, shown: Shown) -> None:
    """Ask about one certificate by every door, with what is good and what is damaged."""
    origin: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}}
    for path in (
        f"/v/{shown.digits}",
        f"/v/{shown.digits[:-3]}000",
        f"/v/{shown.digits}?on=1/1/2570",
        f"/v/{shown.digits}?on=never",
        f"/verify?number={shown.number}",
        f"/c/{shown.number}",
        f"/c/{shown.number}.jwt",
        f"/api/v1/certificates/{shown.number}/verdict",
        f"/api/v1/certificates/{shown.number}/verdict?on=2026-11-20",
        f"/no/such/page/{shown.number}",
    ):
        client.get(path, **origin)
    for body in ({"presentation": shown.digits}, {"presentation": shown.number, "wrong": 1}):
        client.post("/api/v1/verdicts", json=body, **origin)
    for path in ("/verify", "/api/v1/verdicts"):
        client.post(path, data={"file": (io.BytesIO(shown.pdf), f"{shown.number}.pdf")}, **origin)


@contextmanager
def watching() -> Iterator[tuple[list[str], list[str]]]:
    """Note every transaction that begins with the right to write, and every statement that would change."""
    begun: list[str] = []
    changing: list[str] = []

    def on_begin(_connection: object) -> None:
        begun.append("begin")

    def on_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "SET ")):
            changing.append(statement)

    event.listen(db.engine, "begin", on_begin)
    event.listen(Engine, "before_cursor_execute", on_statement)
    try:
        yield begun, changing
    finally:
        event.remove(db.engine, "begin", on_begin)
        event.remove(Engine, "before_cursor_execute", on_statement)


def test_no_look_up_begins_a_transaction_that_writes(office: Office) -> None:
    with office.app.app_context(), watching() as (begun, changing):
        for status in ("active", "revoked"):
            look_up_everywhere(office.client, office[status])
        assert (begun, changing) == ([], [])
        with transaction() as session:
            add_look_ups(session, [LookUpCount(TODAY, "scan", "VALID", 0)])
        assert begun, "the watch sees what writes"
        assert any("look_ups" in statement for statement in changing)


def test_no_line_of_the_log_says_what_was_asked_or_who(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = office["active"]
    capfd.readouterr()
    look_up_everywhere(office.client, shown)
    lines = capfd.readouterr()
    assert lines.err.count('"event":"request"') == 14
    for secret in (shown.digits[20:40], shown.number, shown.number.replace("-", ""), ADDRESS, "never"):
        assert secret not in lines.err + lines.out, secret


def test_every_door_is_counted_once_with_its_answer(office: Office) -> None:
    COUNTED.take()
    active, revoked, client = office["active"], office["revoked"], office.client
    client.get(f"/v/{active.digits}")
    client.get(f"/v/{revoked.digits}")
    client.get(f"/verify?number={active.number}")
    client.get(f"/c/{revoked.number}")
    client.get(f"/api/v1/certificates/{active.number}/verdict")
    client.get(f"/api/v1/certificates/{active.number}/verdict?on=2026-11-20")
    client.post("/verify", data={"file": (io.BytesIO(active.pdf), "x.pdf")})
    client.get("/v/123")
    client.get("/verify")
    counts = {(one.door, one.answer): one.times for one in COUNTED.take()}
    assert counts == {
        ("scan", "VALID"): 1,
        ("scan", "NOT_VALID"): 1,
        ("scan", "CANNOT_TELL"): 1,
        ("number", "VALID"): 1,
        ("record", "NOT_VALID"): 1,
        ("api", "VALID"): 2,
        ("file", "VALID"): 1,
    }


LATE = datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC)


@both
def test_what_processes_counted_adds_up_by_day_door_and_answer(app: Flask) -> None:
    one, other = Counted(), Counted()
    one.count("scan", "VALID", now=LATE)
    one.count("scan", "VALID", now=LATE)
    one.count("scan", "VALID", now=LATE + timedelta(seconds=1))  # midnight in Bangkok
    other.count("scan", "VALID", now=LATE, times=40)
    other.count("batch", "CANNOT_TELL", now=LATE, times=200)
    for counted in (one, other, one):
        write_counted(counted)
    found = rows("SELECT asked_on, door, answer, times FROM look_ups ORDER BY asked_on, door")
    assert [(str(row["asked_on"]), row["door"], row["answer"], row["times"]) for row in found] == [
        ("2026-11-21", "batch", "CANNOT_TELL", 200),
        ("2026-11-21", "scan", "VALID", 42),
        ("2026-11-22", "scan", "VALID", 1),
    ]


@both
def test_of_many_processes_that_write_at_once_nothing_is_lost(app: Flask) -> None:
    def write() -> None:
        counted = Counted()
        for door in ("scan", "number", "api"):
            counted.count(door, "VALID", now=NOW, times=3)
        write_counted(counted)

    assert at_once(app, [write] * 6) == [None] * 6
    found = rows("SELECT door, times FROM look_ups ORDER BY door")
    assert [(row["door"], row["times"]) for row in found] == [("api", 18), ("number", 18), ("scan", 18)]


def test_what_cannot_be_written_is_kept_and_written_the_next_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted()
    counted.count("scan", "VALID", now=NOW)
    writer = Writer(app, counted)
    with transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE look_ups RENAME TO away")
    with pytest.raises(OperationalError):
        write_counted(counted)
    counted.count("scan", "VALID", now=NOW)
    writer.write()  # a thread never dies of it
    with transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO look_ups")
    writer.write()
    writer.write()
    assert [row["times"] for row in rows("SELECT times FROM look_ups")] == [2]


@pytest.mark.parametrize("every_seconds", [0.001, 3600.0])
def test_the_thread_writes_by_itself_and_a_last_time_when_the_process_ends(
    app: Flask, every_seconds: float
) -> None:
    counted = Counted()
    written = Event()

    def on_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "look_ups" in statement and threading.current_thread().name == "look-ups":
            written.set()

    event.listen(Engine, "after_cursor_execute", on_statement)
    writer = Writer(app, counted, every_seconds=every_seconds)
    try:
        writer.begin()
        counted.count("scan", "VALID", now=NOW)
        assert written.wait(30) is True if every_seconds < 1 else not written.is_set()
    finally:
        writer.end()
        event.remove(Engine, "after_cursor_execute", on_statement)
    assert [row["times"] for row in rows("SELECT times FROM look_ups")] == [1]
    assert not [thread for thread in threading.enumerate() if thread.name == "look-ups"]


DOORS = st.sampled_from(["scan", "number", "file", "record", "api", "batch"])
COUNTS = st.lists(
    st.builds(
        LookUpCount,
        st.dates(date(2026, 1, 1), date(2026, 1, 9)),
        DOORS,
        st.sampled_from(["VALID", "NOT_VALID", "CANNOT_TELL"]),
        st.integers(0, 10**6),
    )
)


@given(COUNTS)
def test_the_sums_by_day_and_by_door_are_of_the_same_look_ups(counts: list[LookUpCount]) -> None:
    shown = LookUpDays.of(counts)
    total = sum(one.times for one in counts)
    assert sum(shown.by_door.values()) == total
    assert sum(sum(answers.values()) for answers in shown.by_day.values()) == total


@given(COUNTS)
def test_what_is_given_back_is_counted_again_and_nothing_else(counts: list[LookUpCount]) -> None:
    counted = Counted()
    counted.give_back(counts)
    taken = counted.take()
    assert sum(one.times for one in taken) == sum(one.times for one in counts)
    assert {one[:3] for one in taken} == {one[:3] for one in counts}
    assert counted.take() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_administrators_see_figures_by_day_and_by_door_and_no_number(
    app: Flask, clock: FrozenClock, now: datetime, language: Language
) -> None:
    open_door(app, clock)
    gather(now)
    chief = signed_in(app, invite("Prasit Dulae", Role.ADMINISTRATOR, now=now))
    empty = chief.get("/admin", query_string={"lang": language}).text
    assert say("admin.look_ups_none", language) in empty
    today = date(2026, 11, 25)
    with transaction() as session:
        add_look_ups(
            session,
            [
                LookUpCount(today, "scan", "VALID", 4711),
                LookUpCount(today, "api", "NOT_VALID", 22),
                LookUpCount(today - timedelta(days=DAYS_SHOWN - 1), "batch", "CANNOT_TELL", 333),
                LookUpCount(today - timedelta(days=DAYS_SHOWN), "file", "VALID", 99999),
            ],
        )
    page = chief.get("/admin", query_string={"lang": language}).text
    shown = page[page.index('id="look-ups"') :]
    for figure in ("4711", "22", "4733", "333"):
        assert f">{figure}<" in shown.replace(" ", "").replace("\n", ""), figure
    assert "99999" not in shown, "fourteen days, today among them"
    for door in ("scan", "api", "batch"):
        assert say(f"admin.door_{door}", language) in shown
    assert say("admin.door_file", language) not in shown
    assert "MIT-" not in shown[: shown.index(say("admin.keys_title", language))]


def test_the_test_of_the_thread_would_see_a_scan_that_writes(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context(), watching() as (begun, _):
        app.view_functions["public.scan"] = lambda **_: (write_counted(_one()), "x")[1]
        app.test_client().get("/v/123")
        assert begun == ["begin"]


def _one() -> Counted:
    counted = Counted()
    counted.count("scan", "VALID", now=NOW)
    return counted
