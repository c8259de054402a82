"""``mit worker`` and what ``mit serve`` decides before it starts anything."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mit import worker as outbox
from mit.cli import run as commands
from mit.cli import serving
from mit.cli.entrance import Entrance
from mit.config import Settings
from mit.errors import SettingsError
from mit.i18n import say
from mit.issuance.authority import Authority
from mit.store import jobs
from mit.store.db import transaction
from mit.store.jobs import Job
from mit.values.clock import FrozenClock
from tests.support.databases import Databases
from tests.support.world import rows


@pytest.fixture
def database_url(databases: Databases) -> str:
    """One kind is enough here; the outbox itself is tested on both."""
    return databases.clean("sqlite")


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work that only notes the job's key; ``bad`` fails."""
    done: list[str] = []

    def note(job: Job, now: datetime, authority: Authority) -> None:
        done.append(job.key)
        if job.key == "bad":
            raise ZeroDivisionError("by zero")

    monkeypatch.setattr(outbox, "WORK", {"note": note})
    return done


def ask(now: datetime, *keys: str) -> None:
    with transaction() as session:
        for key in keys:
            jobs.enqueue(session, "note", key=key, payload={}, now=now)


def call(app: Flask, command: click.Command, clock: FrozenClock, *words: str) -> Result:
    entrance = Entrance(settings=lambda: Settings(env="test"), make_app=lambda _: app, clock=clock)
    return CliRunner().invoke(command, list(words), obj=entrance)


def test_once_does_what_is_due_says_how_much_and_ends(
    app: Flask, clock: FrozenClock, noted: list[str]
) -> None:
    ask(clock.now(), "one", "two")
    ask(clock.now() + timedelta(hours=1), "later")
    result = call(app, commands.worker, clock, "--once")
    assert (result.exit_code, result.output) == (0, "2\n")
    assert noted == ["one", "two"]
    assert call(app, commands.worker, clock, "--once").output == "0\n"
    clock.advance(timedelta(hours=1))
    assert call(app, commands.worker, clock, "--once").output == "1\n"


def test_a_job_that_fails_is_not_counted_and_not_lost(
    app: Flask, clock: FrozenClock, noted: list[str]
) -> None:
    ask(clock.now(), "bad", "good")
    result = call(app, commands.worker, clock, "--once")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "1")
    assert [row["state"] for row in rows("SELECT state FROM jobs ORDER BY id")] == ["waiting", "done"]


def test_revive_names_what_was_given_up_and_leaves_the_doing_to_a_worker(
    app: Flask, clock: FrozenClock, noted: list[str]
) -> None:
    ask(clock.now(), "bad", "worse")
    for _ in range(2 * jobs.MAX_ATTEMPTS):
        outbox.run_once(app, now=clock.now())
        clock.advance(timedelta(hours=2))
    assert {row["state"] for row in rows("SELECT state FROM jobs WHERE key = 'bad'")} == {"dead"}
    before = len(noted)
    result = call(app, commands.worker, clock, "--revive")
    assert (result.exit_code, result.output) == (0, "note:bad\n")
    assert len(noted) == before
    assert call(app, commands.worker, clock, "--revive").output == ""
    assert call(app, commands.worker, clock, "--once").exit_code == 0
    assert noted[before:] == ["bad"]


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back what the process did on a signal before."""
    kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_worker_after_the_job_at_hand(
    app: Flask,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    handlers: None,
    name: signal.Signals,
) -> None:
    done: list[str] = []

    def stopped(job: Job, now: datetime, authority: Authority) -> None:
        os.kill(os.getpid(), name)
        done.append(job.key)

    monkeypatch.setattr(outbox, "WORK", {"note": stopped})
    ask(clock.now(), "one", "two")
    result = call(app, commands.worker, clock)
    assert (result.exit_code, done) == (0, ["one"])
    assert [row["state"] for row in rows("SELECT state FROM jobs WHERE kind = 'note' ORDER BY id")] == [
        "done",
        "waiting",
    ]


def test_a_worker_that_starts_before_its_database_waits_for_it(
    databases: Databases, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[bool] = []

    def round_of(app: Flask, *, clock: FrozenClock, stop: threading.Event) -> None:
        rounds.append(stop.is_set())

    monkeypatch.setattr(outbox, "run_forever", round_of)
    monkeypatch.setattr(commands, "_stopping", threading.Event)
    result = call(Flask("no database at all"), commands.worker, clock)
    assert (result.exit_code, rounds) == (0, [False])


# --- serve


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[serving.Plan, list[int]]]:
    """What would have been started: the plan and the ports, which are open at that moment."""
    calls: list[tuple[serving.Plan, list[int]]] = []

    def run(plan: serving.Plan, sockets: Sequence[socket.socket]) -> int:
        calls.append((plan, [listener.getsockname()[1] for listener in sockets]))
        return 0

    monkeypatch.setattr(serving, "run", run)
    return calls


@pytest.mark.parametrize(
    ("cores", "words", "processes"),
    [
        (1, (), 1),
        (2, (), 2),
        (64, (), 4),
        (None, (), 1),
        (2, ("--processes", "7"), 7),
        (64, ("--processes", "1"), 1),
    ],
)
def test_there_is_one_web_process_for_each_core_up_to_four_unless_told_otherwise(
    app: Flask,
    clock: FrozenClock,
    started: list[tuple[serving.Plan, list[int]]],
    monkeypatch: pytest.MonkeyPatch,
    cores: int | None,
    words: tuple[str, ...],
    processes: int,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    result = call(app, commands.serve, clock, "--port", "0", "--host", "127.0.0.1", *words)
    assert result.exit_code == 0
    ((plan, _),) = started
    assert (plan.processes, plan.hosts, plan.environ) == (processes, ("127.0.0.1",), None)


def test_without_a_host_this_machine_alone_is_served_and_the_address_is_told_in_both_languages(
    app: Flask, clock: FrozenClock, started: list[tuple[serving.Plan, list[int]]]
) -> None:
    result = call(app, commands.serve, clock, "--port", "0")
    ((plan, ports),) = started
    assert plan.hosts == serving.LOCAL == ("127.0.0.1", "::1")
    assert len(set(ports)) == 1
    url = f"http://localhost:{ports[0]}"
    assert result.output.splitlines() == [
        say("serve.started", "th", url=url),
        say("serve.started", "en", url=url),
    ]


def test_the_port_is_free_again_when_serving_ends_or_never_begins(
    app: Flask, clock: FrozenClock, started: list[tuple[serving.Plan, list[int]]], databases: Databases
) -> None:
    call(app, commands.serve, clock, "--port", "0", "--host", "127.0.0.1")
    ((_, (port,)),) = started
    socket.create_server(("127.0.0.1", port)).close()

    def broken(settings: Settings) -> Flask:
        raise SettingsError("settings_value")

    unready = Entrance(settings=lambda: Settings(env="test"), make_app=broken, clock=clock)
    with pytest.raises(SettingsError):
        commands.serve_group(unready, serving.Plan(port, ("127.0.0.1",), 1))
    socket.create_server(("127.0.0.1", port)).close()
    assert len(started) == 1


@pytest.mark.parametrize(
    "words", [("--port", "-1"), ("--port", "65536"), ("--processes", "0"), ("--port", "x")]
)
def test_what_cannot_be_served_is_refused_before_the_settings_are_read(
    clock: FrozenClock, words: tuple[str, ...]
) -> None:
    entrance = Entrance(settings=pytest.fail, make_app=pytest.fail, clock=clock)  # type: ignore[arg-type]
    assert CliRunner().invoke(commands.serve, list(words), obj=entrance).exit_code == 2
