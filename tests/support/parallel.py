"""Run the same thing in many threads at once, each inside the application's context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from mit.store.db import db

R = TypeVar("R")


def at_once(app: Flask, acts: Sequence[Callable[[], R]]) -> list[R | Exception]:
    """Start every act at the same moment; return what each returned, or the error it ended with."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], R]) -> R | Exception:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                return act()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
