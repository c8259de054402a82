"""The demo as anybody starts it: ``mit demo`` in a process of its own, served over plain http."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class ServedDemo:
    """A demo that is being served, and the folder that it left its files in."""

    url: str
    folder: Path

    def login(self, role: str) -> dict[str, str]:
        """Return how somebody of that role signs in: e-mail, password, and staff's key for codes."""
        known = json.loads((self.folder / "logins.json").read_text(encoding="utf-8"))
        return next(login for login in known if login["role"] == role)


@contextmanager
def serving_demo(place: Path, *, size: int) -> Iterator[ServedDemo]:
    """Build a demo world of about *size* applications under *place*, serve it, and stop it at the end."""
    url = f"http://localhost:{(port := _free_port())}"
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MIT_")}
    environ |= {"MIT_VAR_DIR": str(place / "var"), "MIT_KEYS_DIR": str(place / "keys")}
    command = [sys.executable, "-m", "mit", "demo", "--port", str(port), "--size", str(size)]
    with (place / "demo.log").open("wb") as log:
        running = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        try:
            _wait_until_served(url, running)
            yield ServedDemo(url, place / "var" / "demo")
        finally:
            running.terminate()
            running.wait()


def _free_port() -> int:
    """Return the port that ``make demo`` takes, or any other where it is taken."""
    for port in (8000, 0):
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return int(listener.getsockname()[1])
    raise RuntimeError("no port is free")


def _wait_until_served(url: str, running: subprocess.Popen[bytes]) -> None:
    """Ask until the port is taken, which is at once; the answer comes when the world is built."""
    while running.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=_PATIENCE_SECONDS):
                return
        except URLError:
            with suppress(subprocess.TimeoutExpired):
                running.wait(timeout=0.2)
    raise RuntimeError("the demo ended before it was served")
