"""Alive, ready, figures; and what they say when something is missing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from mit.app import create_app
from mit.config import Settings
from mit.issuance.rotate_keys import mark_compromised
from mit.store import jobs
from mit.store.db import dispose_engines, transaction
from mit.store.health import newest_revision
from mit.upkeep.readiness import LONGEST_WAIT, read_readiness
from tests.support.databases import KINDS, Databases
from tests.support.desk import Desk, open_desk
from tests.web.verdicts import NOW


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    return databases.clean(request.param)


@pytest.fixture
def desk(web: Flask) -> Desk:
    return open_desk(web, NOW)


def checks(client: FlaskClient) -> tuple[int, dict[str, bool]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()["checks"]


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_without_keys_it_is_not_ready(client: FlaskClient) -> None:
    assert checks(client) == (503, {"database": True, "schema": True, "keys": False, "jobs": True})


def test_with_keys_it_is_ready(client: FlaskClient, desk: Desk) -> None:
    assert checks(client) == (200, {"database": True, "schema": True, "keys": True, "jobs": True})


def test_a_job_given_up_or_waiting_too_long_is_said(client: FlaskClient, desk: Desk) -> None:
    with transaction() as session:
        jobs.enqueue(session, "print", key="x", payload={}, now=NOW)
    assert checks(client)[0] == 200
    assert not read_readiness(NOW + LONGEST_WAIT + timedelta(seconds=1)).jobs
    with transaction() as session:
        for _ in range(jobs.MAX_ATTEMPTS + 1):
            if job := jobs.take(session, NOW + timedelta(days=1)):
                jobs.failed(session, job, error="x", now=NOW - timedelta(days=1))
    assert checks(client)[1]["jobs"] is False


def test_a_database_of_another_revision_answers_and_nothing_more_is_asked_of_it(
    client: FlaskClient, desk: Desk
) -> None:
    """A process that was replaced too early, or too late, must not be given requests."""
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert checks(client) == (503, {"database": True, "schema": False, "keys": False, "jobs": False})
    finally:
        with transaction() as session:
            session.execute(
                text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest_revision()}
            )
    assert checks(client)[0] == 200


@pytest.mark.parametrize(("minutes", "is_moving"), [(0, True), (15, True), (16, False)])
def test_a_job_may_wait_a_quarter_of_an_hour(
    client: FlaskClient, desk: Desk, minutes: int, is_moving: bool
) -> None:
    with transaction() as session:
        jobs.enqueue(session, "print", key="x", payload={}, now=NOW)
    assert read_readiness(NOW + timedelta(minutes=minutes)).jobs is is_moving


@pytest.mark.parametrize("kid", [1, 2])
def test_without_one_of_the_two_keys_it_is_not_ready(client: FlaskClient, desk: Desk, kid: int) -> None:
    mark_compromised(None, kid, from_at=NOW, reason="stolen", now=NOW)
    assert checks(client) == (503, {"database": True, "schema": True, "keys": False, "jobs": True})


def test_a_database_without_tables_is_said(databases: Databases, database_url: str, workplace: Path) -> None:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    settings = Settings(env="test", database_url=databases.empty(kind), var_dir=workplace)
    app = create_app(settings)
    with app.app_context():
        client = app.test_client()
        status, said = checks(client)
        assert status == 503
        assert not (said["schema"] or said["keys"] or said["jobs"])
        document = client.get("/api/v1/certificates/MIT-2560-0012345-M/verdict").get_json()
        assert (document["verdict"], document["reasons"]) == ("CANNOT_TELL", ["unreachable"])
        page = client.get("/verify?number=MIT-2560-0012345-M")
        assert page.status_code == 200
        assert 'data-reasons="unreachable"' in page.text
        dispose_engines()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://x@127.0.0.1:1/x"])
def test_a_database_that_is_away_is_said_and_never_taken_for_a_no(url: str, workplace: Path) -> None:
    app = create_app(Settings(env="test", database_url=url, var_dir=workplace))
    with app.app_context():
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert checks(client) == (503, dict.fromkeys(("database", "schema", "keys", "jobs"), False))
        for path in ("/v/1", "/verify?number=MIT-2560-0012345-M"):
            assert 'data-verdict="CANNOT_TELL"' in client.get(path).text
        for path in ("/.well-known/jwks.json", "/c/MIT-2560-0012345-M.jwt", "/status/revocation/2700"):
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert answer.get_json()["code"] in {"register_unreachable", "unavailable"}
        dispose_engines()


def test_the_figures_count_by_route_and_never_name_what_was_asked(client: FlaskClient) -> None:
    client.get("/v/4711471147114711")
    client.get("/verify?number=MIT-2560-0012345-M")
    client.get("/no/such/471147114711")
    figures = client.get("/metrics")
    assert figures.mimetype == "text/plain"
    assert 'mit_requests_total{method="GET",route="/v/<anything:digits>",status="200"}' in figures.text
    assert 'mit_verdicts_total{door="number",reason="not_found",verdict="NOT_VALID"}' in figures.text
    assert "471147114711" not in figures.text
    assert "MIT-2560" not in figures.text


def test_the_log_has_one_json_line_for_each_request_without_what_was_asked(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/verify?number=1101700230705&on=1/1/2569")
    client.post("/api/v1/verdicts", json={"presentation": "1101700230705"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["route"] for line in lines] == ["/verify", "/api/v1/verdicts"]
    assert lines[0].keys() == {"event", "level", "timestamp", "id", "method", "route", "status", "ms"}
    assert lines[0]["id"] == answer.headers["X-Request-Id"]
    assert "1101700230705" not in json.dumps(lines)
