"""``mit serve``: takes its port, refuses what is not ready, runs web and worker, stops both."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mit.cli import serving
from mit.errors import SettingsError
from tests.support.databases import Databases

#: Starting takes seconds on a busy machine; nothing here waits that long unless it fails.
PATIENCE_SECONDS = 60


def environment(url: str, folder: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MIT_")}
    ours = {"MIT_ENV": "test", "MIT_DATABASE_URL": url, "MIT_VAR_DIR": str(folder / "var")}
    return {**kept, **ours, "MIT_KEYS_DIR": str(folder / "keys"), "PYTHONUNBUFFERED": "1"}


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "mit", "serve", "--port", str(port), "--processes", "1"]


@contextmanager
def served(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run ``mit serve`` on a free port in a group of its own; yield the process and its port."""
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        command(0),
        env=environment(url, folder),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"http://localhost:(\d+)", said)
        assert found, said + (folder / "log").read_text()
        yield process, int(found[1])
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout
        process.stdout.close()
        log.close()


def children(pid: int) -> dict[int, str]:
    """Return the children of a process: id and command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(status[1]) == pid and status[0] != "Z":
            found[int(entry.name)] = line
    return found


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """Ask until somebody answers; the socket is open before the processes behind it are ready."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_SECONDS) as answer:
        return answer.status, answer.read()


def refused(port: int, env: dict[str, str]) -> str:
    run = subprocess.run(
        command(port), check=False, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr


def test_web_and_worker_run_in_one_group_and_stop_together(databases: Databases, workplace: Path) -> None:
    url = databases.clean("sqlite")
    with served(url, workplace) as (process, port):
        assert fetch(port, "/healthz") == (200, b'{"status":"ok"}')
        fetch(port, "/verify?number=MIT-2560-0012345-M")
        assert b'reason="not_found"' in fetch(port, "/metrics")[1]
        parts = children(process.pid)
        assert sorted("gunicorn" in line for line in parts.values()) == [False, True]
        assert {os.getpgid(pid) for pid in parts} == {process.pid}
        said = refused(port, environment(url, workplace))
        assert "--port" in said
        assert str(port) in said
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in parts)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        found = database.execute("SELECT door, answer, times FROM look_ups").fetchall()
    assert found == [("number", "NOT_VALID", 1)], "what was counted is written when the process ends"


def test_when_one_part_ends_by_itself_the_other_is_stopped_and_it_is_said(
    databases: Databases, workplace: Path
) -> None:
    with served(databases.clean("sqlite"), workplace) as (process, port):
        fetch(port, "/healthz")
        worker = next(pid for pid, line in children(process.pid).items() if "gunicorn" not in line)
        os.kill(worker, signal.SIGKILL)
        assert process.wait(PATIENCE_SECONDS) == 1
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_database_that_is_not_migrated_is_refused_with_the_command_to_run(workplace: Path) -> None:
    said = refused(0, environment(f"sqlite:///{workplace / 'new.sqlite3'}", workplace))
    assert "mit db upgrade" in said


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as refusal:
            serving.take_port(["127.0.0.1"], port)
    assert (refusal.value.code, refusal.value.params) == ("port_taken", {"port": port})


def test_every_host_gets_the_same_port_and_a_missing_one_is_left_out() -> None:
    sockets = serving.take_port(["127.0.0.1", "2001:db8::1"], 0)
    try:
        assert len({listener.getsockname()[1] for listener in sockets}) == 1
        assert len(sockets) == 1
    finally:
        for listener in sockets:
            listener.close()


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(SettingsError) as refusal:
        serving.take_port(["192.0.2.1"], 0)
    assert refusal.value.code == "port_refused"


def test_gunicorn_is_told_the_sockets_the_limits_and_where_to_count() -> None:
    plan = serving.Plan(port=8000, hosts=("127.0.0.1",), processes=3)
    told = serving.web_command(plan, [5, 6], "/tmp/figures")
    assert told.count("--bind") == 2
    assert {"fd://5", "fd://6", "mit.app:serve_app()", "PROMETHEUS_MULTIPROC_DIR=/tmp/figures"} <= set(told)
    assert told[told.index("--workers") + 1] == "3"


def test_the_worker_counts_where_the_web_processes_count() -> None:
    told = serving.worker_command("/tmp/figures")
    assert told[-3:] == ["-m", "mit", "worker"]
    assert "PROMETHEUS_MULTIPROC_DIR=/tmp/figures" in told
    shown = subprocess.run(
        [*told[:3], "-c", "import os; print(os.environ['PROMETHEUS_MULTIPROC_DIR'])"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert shown.stdout == "/tmp/figures\n"


def test_stopping_does_not_wait_for_the_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "STOPPING_SECONDS", 0.2)
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    )
    stubborn = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert stubborn.stdout
    stubborn.stdout.readline()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    began = time.monotonic()
    signal.pthread_sigmask(signal.SIG_BLOCK, serving._STOP)
    try:
        assert serving._wait([ended, stubborn]) == 1
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, serving._STOP)
    assert time.monotonic() - began < 20
    assert stubborn.returncode == -signal.SIGKILL
    stubborn.stdout.close()
