"""The way from a command to the register: an application whose database is ready for work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from mit.cli.entrance import Entrance
from mit.upkeep.schema import require_ready


@contextmanager
def register(entrance: Entrance) -> Iterator[Flask]:
    """Make the application and stand inside its context, if its database is ready.

    Raises:
        SettingsError: ``schema_not_migrated`` or ``database_unreachable``.
    """
    with entrance.app() as app:
        require_ready()
        yield app
