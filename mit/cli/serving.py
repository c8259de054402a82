"""Web and worker as one group of processes: started together, stopped together.

Steps: (1) take the port, so that nobody else can; (2) ask whether the database is migrated;
(3) start gunicorn on that port and the worker; (4) wait; (5) when one of them ends or somebody
stops us, stop the others, gently first.
"""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from mit.errors import SettingsError

#: Where the service listens unless told otherwise: this machine, over both protocols.
LOCAL = ("127.0.0.1", "::1")
THREADS = 4
#: What a request may take before its process is replaced; the sandbox gives up long before.
REQUEST_SECONDS = 60
#: What the processes may take to finish what they are doing.
STOPPING_SECONDS = 15
_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be started.

    Attributes:
        port: TCP port; 0 takes any free one.
        hosts: addresses to listen on; those after the first may be missing on this machine.
        processes: web processes.
        environ: the environment of all processes; ours where None.
    """

    port: int
    hosts: tuple[str, ...]
    processes: int
    environ: Mapping[str, str] | None = None


def take_port(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Return listening sockets on *port* of every host; a further host may be missing.

    Raises:
        SettingsError: ``port_taken`` or ``port_refused``.
    """
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        for host in hosts:
            try:
                listener = opened.enter_context(_listen(host, port))
            except OSError as error:
                if sockets and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                    continue
                code = "port_taken" if error.errno == errno.EADDRINUSE else "port_refused"
                raise SettingsError(code, where=host, port=port) from error
            sockets.append(listener)
            port = listener.getsockname()[1]
        opened.pop_all()
        return sockets


def run(plan: Plan, sockets: Sequence[socket.socket]) -> int:
    """Run web and worker until one of them ends or we are told to stop; return the exit status.

    0 when somebody stopped us, 1 when a part ended by itself.
    """
    with tempfile.TemporaryDirectory(prefix="mit-figures-") as figures:
        handles = tuple(listener.fileno() for listener in sockets)
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
        try:
            parts = [
                _start(web_command(plan, handles, figures), plan.environ, handles),
                _start(worker_command(figures), plan.environ),
            ]
            return _wait(parts)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)


def worker_command(figures: str) -> list[str]:
    """Return the command of the worker, which counts answers where the web processes do."""
    return ["env", f"PROMETHEUS_MULTIPROC_DIR={figures}", sys.executable, "-m", "mit", "worker"]


def web_command(plan: Plan, handles: Sequence[int], figures: str) -> list[str]:
    """Return the command that serves the pages on the sockets already open.

    *figures* is the folder in which the web processes share what they count.
    """
    options = {
        "--workers": plan.processes,
        "--worker-class": "gthread",
        "--threads": THREADS,
        "--timeout": REQUEST_SECONDS,
        "--graceful-timeout": STOPPING_SECONDS - 5,
        "--limit-request-line": 8190,
        "--log-level": "warning",
        "--env": f"PROMETHEUS_MULTIPROC_DIR={figures}",
    }
    command = [sys.executable, "-m", "gunicorn", "mit.app:serve_app()", "--no-control-socket"]
    for name, value in options.items():
        command += [name, str(value)]
    for handle in handles:
        command += ["--bind", f"fd://{handle}"]
    return command


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _start(
    command: list[str], environ: Mapping[str, str] | None, handles: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        env=None if environ is None else dict(environ),
        pass_fds=handles,
        preexec_fn=_hear_signals,  # noqa: PLW1509
    )


def _hear_signals() -> None:
    """In the child, before its program begins: undo the mask inherited from us."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)


def _wait(parts: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait for a signal to stop, or for the end of a part; then stop all that is left."""
    told = None
    while told is None and all(part.poll() is None for part in parts):
        told = signal.sigtimedwait(_STOP, 0.5)
    ended_by_itself = told is None
    for part in parts:
        if part.poll() is None:
            part.send_signal(signal.SIGTERM)
    for part in parts:
        try:
            part.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
    return 1 if ended_by_itself else 0
