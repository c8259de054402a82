"""What the tests of the web share: a client, a clock that stands, pages parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.support.databases import KINDS, Databases
from tests.web.office import Office, open_office
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


@pytest.fixture(scope="session")
def offices(databases: Databases) -> Iterator[Callable[[str], Office]]:
    """One office on each kind of database, opened when it is first asked for."""
    opened: dict[str, Office] = {}

    def office_on(kind: str) -> Office:
        if kind not in opened:
            opened[kind] = open_office(databases.empty(kind), databases.workplace())
        return opened[kind]

    yield office_on
    for office in opened.values():
        with office.app.app_context():
            dispose_engines()


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, offices: Callable[[str], Office]) -> Office:
    """The office of this test process on SQLite and on PostgreSQL; leave its clock as it was."""
    return offices(request.param)
