"""Open an untrusted file in a throw-away child process: ``run(reader, data)``.

The parent (1) refuses by size, (2) waits for one of few seats, (3) starts ``inside`` in a fresh
Python without environment, working directory or inherited files, (4) hands the bytes in through
standard input and takes a bounded answer from standard output, (5) kills the child when its time
is up.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from mit.errors import UnreadableFileError
from mit.sandbox import protocol
from mit.sandbox.limits import Limits


@dataclass(frozen=True, slots=True)
class Reader:
    """A function ``module:name`` from bytes to a JSON value.

    ``is_sealed`` readers open nothing after they are loaded, so every door is closed for them.
    """

    place: str
    is_sealed: bool = True


READERS = {
    "json": Reader("mit.sandbox.json_file:read"),
    "json_with_texts": Reader("mit.sandbox.json_file:read_with_texts"),
    "workbook": Reader("mit.sandbox.workbook:read"),
    "picture": Reader("mit.sandbox.picture:read"),
    "pdf_page": Reader("mit.sandbox.pdf_page:read"),
    "drawn_pdf": Reader("mit.sandbox.drawn_pdf:read"),
    "pdf": Reader("mit.document.received_pdf:read", is_sealed=False),
}
#: How many children one process of ours runs at the same time.
SEATS = 2
_seats = threading.BoundedSemaphore(SEATS)
_CHUNK_BYTES = 1 << 16
_DEFAULT = Limits()
#: Where this program and its libraries lie; said to the child, for which no ``.pth`` file is run.
_PLACES = [
    str(Path(__file__).resolve().parents[2]),
    *(place for place in sys.path if Path(place).name in {"site-packages", "dist-packages"}),
]
_PYTHON = (sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c")
_BEGIN = "import sys; sys.path += sys.argv.pop().split(':'); from mit.sandbox import inside; inside.main()"


def run(reader: str, data: bytes, *, limits: Limits = _DEFAULT) -> object:
    """Return what the reader called *reader* makes of *data*: a JSON value.

    The value comes from a process that may have been taken over by the file; check its shape.

    Raises:
        UnreadableFileError: ``file_too_large``, ``file_too_costly`` (time or memory),
            ``file_not_readable`` (crash), ``file_answer_too_long``, ``file_reader_busy``, or the
            reader's own reasons.
    """
    return run_reader(READERS[reader], data, limits=limits)


def run_reader(reader: Reader, data: bytes, *, limits: Limits = _DEFAULT) -> object:
    """Return what *reader* makes of *data*; see ``run``."""
    if len(data) > limits.input_bytes:  # (1)
        raise UnreadableFileError("file_too_large", limit=limits.input_bytes // (1024 * 1024))
    deadline = time.monotonic() + limits.wall_seconds
    if not _seats.acquire(timeout=limits.wall_seconds):  # (2)
        raise UnreadableFileError("file_reader_busy")
    try:
        process = _start(reader, limits)  # (3)
        try:
            answer = _exchange(process, data, deadline=deadline, answer_bytes=limits.answer_bytes)
        finally:
            _end(process)
    finally:
        _seats.release()
    return protocol.read_answer(answer)


def _start(reader: Reader, limits: Limits) -> subprocess.Popen[bytes]:
    numbers = [str(number) for number in limits.to_document().values()]
    sealed = "sealed" if reader.is_sealed else "open"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [*_PYTHON, _BEGIN, reader.place, sealed, *numbers, ":".join(_PLACES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        close_fds=True,
        start_new_session=True,
    )


def _exchange(process: subprocess.Popen[bytes], data: bytes, *, deadline: float, answer_bytes: int) -> bytes:
    """(4) Hand *data* to the child and return what it answers before *deadline*."""
    source, sink = cast(BinaryIO, process.stdout), cast(BinaryIO, process.stdin)
    left, answer = memoryview(data), bytearray()
    with selectors.DefaultSelector() as selector:
        os.set_blocking(sink.fileno(), False)
        selector.register(source, selectors.EVENT_READ)
        selector.register(sink, selectors.EVENT_WRITE)
        while True:
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise UnreadableFileError("file_too_costly")
            for key, _ in ready:
                if key.fileobj is sink:
                    left = _hand_over(sink, left)
                    if not left:
                        selector.unregister(sink)
                        _close(sink)
                    continue
                chunk = os.read(source.fileno(), _CHUNK_BYTES)
                if not chunk:
                    return _ended(process, bytes(answer), deadline)
                answer += chunk
                if len(answer) > answer_bytes:
                    raise UnreadableFileError("file_answer_too_long")


def _hand_over(sink: BinaryIO, left: memoryview) -> memoryview:
    try:
        return left[os.write(sink.fileno(), left[:_CHUNK_BYTES]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[len(left) :]


def _close(stream: BinaryIO) -> None:
    with contextlib.suppress(OSError):
        stream.close()


def _ended(process: subprocess.Popen[bytes], answer: bytes, deadline: float) -> bytes:
    """Return the answer of a child that ended well; say why of one that did not."""
    try:
        code = process.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError("file_too_costly") from error
    if code in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}:
        raise UnreadableFileError("file_too_costly")
    if code != 0:
        raise UnreadableFileError("file_not_readable")
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """(5) Kill the child and everything it may have started; leave nothing open."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            _close(cast(BinaryIO, stream))
