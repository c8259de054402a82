"""What the tests of the web share: a client, a clock that stands, pages parsed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mit.values.clock import FrozenClock
from tests.support.databases import Databases
from tests.web.verdicts import NOW


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """SQLite unless a test asks for both: what HTTP is made of does not depend on the database."""
    return databases.clean(getattr(request, "param", "sqlite"))


@pytest.fixture
def web(app: Flask) -> Flask:
    """The application, its clock standing at ``verdicts.NOW``."""
    app.extensions["mit.clock"] = FrozenClock(NOW)
    return app


@pytest.fixture
def client(web: Flask) -> FlaskClient:
    """A client that keeps no cookies between tests."""
    return web.test_client()
