"""The tests of accounts need a database and nothing else of the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.databases import bare_app


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """An application that has nothing but a clean database, with its context pushed."""
    with bare_app(database_url) as made:
        yield made
