"""Writes once a minute what this process has counted, and a last time when it ends in good order."""

from __future__ import annotations

import atexit
from functools import partial
from threading import Event, Thread

from flask import Flask

from mit.verify.look_ups import COUNTED, Counted, write_counted
from mit.web.problems import or_nothing

EVERY_SECONDS = 60.0


class Writer:
    """A thread beside the requests of *app*; what cannot be written waits for the next minute."""

    def __init__(
        self, app: Flask, counted: Counted = COUNTED, *, every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._app = app
        self._counted = counted
        self._every_seconds = every_seconds
        self._stop = Event()
        self._thread = Thread(target=self._run, name="look-ups", daemon=True)

    def begin(self) -> None:
        """Begin to write."""
        self._thread.start()
        atexit.register(self.end)

    def end(self) -> None:
        """Write what is left and stop."""
        atexit.unregister(self.end)
        self._stop.set()
        self._thread.join()

    def write(self) -> None:
        """Write what was counted until now."""
        with self._app.app_context():
            or_nothing(partial(write_counted, self._counted))

    def _run(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self.write()
        self.write()
