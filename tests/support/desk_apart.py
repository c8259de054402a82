"""A desk in a world of its own, for the tests of one file that share a world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mit.app import create_app
from mit.config import Settings
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk
from tests.support.signed_in import open_door


@contextmanager
def desk_apart(databases: Databases) -> Iterator[tuple[Desk, FrozenClock]]:
    """Stand at a desk in a world of its own, with its clock, on a database that nobody empties."""
    folder, clock = databases.workplace(), FrozenClock(NOW)
    settings = Settings(
        env="test",
        database_url=databases.empty("sqlite"),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = open_door(create_app(settings), clock)
    with app.app_context():
        schema.upgrade()
        yield open_desk(app, NOW), clock
        dispose_engines()
