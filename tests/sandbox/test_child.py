"""The child process: whatever happens inside, the parent gets an answer or a reason, in bounded time.

The hostile readers are Python's own ``exec`` and ``eval``: the "file" is the program that the child
runs, as if a parser had been taken over by it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from mit.errors import UnreadableFileError
from mit.i18n import LANGUAGES, knows, say
from mit.sandbox import child
from mit.sandbox.child import READERS, SEATS, Reader, run, run_reader
from mit.sandbox.limits import Limits

EXEC = Reader("builtins:exec")
EVAL = Reader("builtins:eval")
OPEN_EXEC = Reader("builtins:exec", is_sealed=False)
SHORT = Limits(cpu_seconds=1, wall_seconds=15)


def refusal(reader: Reader, program: str, limits: Limits = SHORT) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        run_reader(reader, program.encode(), limits=limits)
    assert knows(f"errors.{caught.value.code}")
    return caught.value.code


def test_an_answer_comes_back() -> None:
    assert run_reader(EVAL, b"{'a': [1, None, 'x' * 3]}", limits=SHORT) == {"a": [1, None, "xxx"]}


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 300_000, bytes(range(256)) * 400])
def test_every_byte_reaches_the_child(data: bytes) -> None:
    assert run_reader(Reader("builtins:len"), data, limits=SHORT) == len(data)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("while True: pass", "file_too_costly"),
        ("x = bytearray(10**9)", "file_too_costly"),
        ("x = []\nwhile True: x.append(bytearray(10**7))", "file_too_costly"),
        ("x = 'a'\nwhile True: x += x", "file_too_costly"),
        ("import os; os.abort()", "file_not_readable"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "file_not_readable"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "file_too_costly"),
        ("1 / 0", "file_not_readable"),
        ("raise SystemExit(0)", "file_not_readable"),
        ("raise SystemExit(3)", "file_not_readable"),
        ("raise KeyboardInterrupt", "file_not_readable"),
        ("import os; os._exit(0)", "file_not_readable"),
        ("import os; os.close(3)", "file_not_readable"),
        ("import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()", "file_not_readable"),
        ("no python at all", "file_not_readable"),
    ],
)
def test_a_child_that_goes_wrong_is_a_refusal_and_nothing_else(program: str, code: str) -> None:
    assert refusal(EXEC, program) == code


def test_a_child_that_only_waits_is_killed_when_its_time_is_up() -> None:
    limits = Limits(wall_seconds=1)
    began = time.monotonic()
    assert refusal(EXEC, "import time\ntime.sleep(60)", limits) == "file_too_costly"
    assert time.monotonic() - began < 5


def test_a_child_that_stops_its_own_alarm_is_killed_all_the_same() -> None:
    program = (
        "import signal, time\nsignal.alarm(0)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
    )
    assert refusal(EXEC, program, Limits(wall_seconds=1)) == "file_too_costly"


def test_no_child_is_left_behind() -> None:
    before = children()
    for program in ("import time\ntime.sleep(60)", "1 / 0", "while True: pass"):
        refusal(EXEC, program, Limits(cpu_seconds=1, wall_seconds=1))
    assert children() == before


def children() -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


@pytest.mark.parametrize(
    "program",
    [
        "'x' * (4 * 1024 * 1024)",
        "[0] * (2 * 1024 * 1024)",
        "[__import__('os').write(3, b'x' * 65536) for _ in range(10**6)]",
    ],
)
def test_a_flood_of_output_is_cut_off(program: str) -> None:
    limits = Limits(answer_bytes=1024 * 1024, cpu_seconds=5, wall_seconds=10)
    assert refusal(EVAL, program, limits) == "file_answer_too_long"


def test_what_a_library_prints_does_not_get_between() -> None:
    program = b"print('noise') or __import__('os').write(1, b'noise') and 5"
    assert run_reader(EVAL, program, limits=SHORT) == 5


@pytest.mark.parametrize(
    "answer",
    [
        b"[1",
        b'{"answer": 1} x',
        b'{"other": 1}',
        b'{"refused": 5}',
        b'{"refused": "x", "faults": [[1, 2, 3]]}',
        b'{"refused": "x", "faults": [["../x", "", {}]]}',
        b'{"refused": "x", "faults": [["file_bomb", "", {"a": []}]]}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_a_child_that_lies_in_its_answer_is_not_believed(answer: bytes) -> None:
    program = f"import os\nos.write(3, {answer!r})\nos._exit(0)"
    assert refusal(EXEC, program) == "file_not_readable"


def test_the_child_has_no_environment_and_stands_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIT_SECRET_KEY", "top secret")
    program = b"[dict(__import__('os').environ), __import__('os').getcwd(), __import__('sys').argv[0] != '']"
    environment, folder, _ = run_reader(EVAL, program, limits=SHORT)  # type: ignore[misc]
    assert "top secret" not in json.dumps(environment)
    assert set(environment) <= {"LC_CTYPE"}
    assert folder == "/"


def test_the_child_inherits_no_open_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    with secret.open() as stream:
        os.set_inheritable(stream.fileno(), True)
        program = "[fd for fd in range(4, 200) if _try(fd)]".replace(
            "_try(fd)", "__import__('os').path.exists('/proc/self/fd/%d' % fd)"
        )
        assert run_reader(EVAL, program.encode(), limits=SHORT) == []


@pytest.mark.parametrize(
    "program",
    [
        "open('/etc/hostname')",
        "open('/dev/null', 'w')",
        "import socket; socket.socket()",
        "import sqlite3; sqlite3.connect('/tmp/x').execute('create table t(a)')",
        "import os; os.pipe()",
        "import os; os.dup(0)",
    ],
)
def test_a_sealed_child_opens_nothing(program: str) -> None:
    assert refusal(EXEC, program) == "file_not_readable"


def test_a_child_that_is_not_sealed_reads_its_libraries_but_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert run_reader(OPEN_EXEC, b"open('/etc/hostname').read()", limits=SHORT) is None
    refusal(OPEN_EXEC, f"f = open({str(target)!r}, 'w')\nf.write('x')\nf.flush()")
    assert not target.exists() or target.read_text() == ""


def test_a_child_leaves_no_core_behind() -> None:
    program = b"__import__('resource').getrlimit(__import__('resource').RLIMIT_CORE)"
    assert run_reader(EVAL, program, limits=SHORT) == [0, 0]


def test_the_limits_are_those_that_were_asked_for() -> None:
    program = (
        "[__import__('resource').getrlimit(k) for k in map("
        "__import__('resource').__dict__.get, ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_FSIZE', 'RLIMIT_NPROC'))]"
    )
    limits = Limits(memory_bytes=300 * 1024 * 1024, cpu_seconds=3)
    assert run_reader(EVAL, program.encode(), limits=limits) == [
        [300 * 1024 * 1024] * 2,
        [3, 4],
        [0, 0],
        [0, 0],
    ]


def test_a_file_that_is_too_large_is_refused_before_a_child_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(child, "_start", never)
    with pytest.raises(UnreadableFileError) as caught:
        run("json", b"x" * 2_000_001, limits=Limits(input_bytes=2_000_000))
    assert caught.value.code == "file_too_large"
    assert caught.value.params == {"limit": 1}


def test_others_are_served_while_one_child_misbehaves() -> None:
    refused: list[str] = []
    hog = threading.Thread(target=lambda: refused.append(refusal(EXEC, "while True: pass")))
    hog.start()
    began = time.monotonic()
    answers = [run_reader(EVAL, b"1 + 1", limits=SHORT) for _ in range(3)]
    assert answers == [2, 2, 2]
    assert time.monotonic() - began < 5
    hog.join()
    assert refused == ["file_too_costly"]


def test_many_at_once_wait_for_a_seat_and_all_get_their_own_answer() -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = run_reader(EVAL, str(number).encode())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3 * SEATS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(3 * SEATS)}


def test_who_waits_too_long_for_a_seat_is_told_so() -> None:
    for _ in range(SEATS):
        child._seats.acquire()
    try:
        assert refusal(EVAL, "1", Limits(wall_seconds=1)) == "file_reader_busy"
    finally:
        for _ in range(SEATS):
            child._seats.release()


def test_a_seat_is_given_back_after_every_refusal() -> None:
    for _ in range(2 * SEATS + 1):
        assert refusal(EXEC, "1 / 0") == "file_not_readable"


def test_only_known_readers_are_called_by_name() -> None:
    assert set(READERS) == {
        "json",
        "json_with_texts",
        "workbook",
        "picture",
        "pdf",
        "pdf_page",
        "drawn_pdf",
    }
    with pytest.raises(KeyError):
        run("builtins:exec", b"")


def test_a_name_in_a_json_file_that_cannot_be_shown_is_told_all_the_same() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        run("json", b'{"\\ud800x": 1, "\\ud800x": 2}')
    assert caught.value.code == "json_member_twice"
    for language in LANGUAGES:
        assert "?x" in say("errors.json_member_twice", language, **caught.value.params)


#: Each costs the child more than the file it is started for; none of them is needed to read a workbook.
HEAVY = {
    "urllib.request",
    "ssl",
    "http",
    "email",
    "asyncio",
    "xml.sax",
    "subprocess",
    "logging",
    "flask",
    "babel",
}


@pytest.mark.parametrize("reader", ["workbook", "json"])
def test_the_child_loads_little_before_it_reads(reader: str) -> None:
    module = READERS[reader].place.partition(":")[0]
    program = f"[__import__({module!r}), sorted(__import__('sys').modules)][1]"
    loaded = run_reader(Reader("builtins:eval", is_sealed=False), program.encode(), limits=SHORT)
    assert isinstance(loaded, list)
    assert module in loaded
    assert not HEAVY.intersection(loaded)


def test_the_child_runs_no_code_that_lies_about_among_the_libraries() -> None:
    """``site`` runs every ``.pth`` file and ``sitecustomize``; the child is told where to look."""
    program = (
        b"[__import__('sys').flags.no_site, __import__('sys').flags.isolated, '' in __import__('sys').path]"
    )
    assert run_reader(EVAL, program, limits=SHORT) == [1, 1, False]


@pytest.mark.parametrize("text", ["ก", "\ud800", "a\udfffb", "😀", "\x00", '"\\'])
def test_a_text_arrives_as_the_reader_found_it(text: str) -> None:
    assert run_reader(EVAL, ascii([text]).encode(), limits=SHORT) == [text]
