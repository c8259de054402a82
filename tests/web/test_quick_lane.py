"""The short way answers letter for letter as Flask's views do, or leaves the question to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from mit.errors import MitError
from mit.web import quick_lane
from mit.web.quick_lane import QuickLane
from tests.support.specimens import wild_texts
from tests.web.office import Office

VARYING = {"X-Request-Id"}


def lane_of(office: Office) -> QuickLane:
    return QuickLane(office.app)


def environ(path: str, *, method: str = "GET", **more: Any) -> dict[str, Any]:
    return EnvironBuilder(path, method=method, **more).get_environ()


def number_path(number: str) -> str:
    return f"/api/v1/certificates/{number}/verdict"


@contextmanager
def only_flask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the short way."""
    with monkeypatch.context() as patch:
        patch.setattr(QuickLane, "answer", lambda *_: None)
        yield


def both(
    office: Office, monkeypatch: pytest.MonkeyPatch, **request: Any
) -> tuple[TestResponse, TestResponse]:
    """Ask the same by the short way and by Flask's."""
    client: FlaskClient = office.client
    quick = client.open(**request)
    with only_flask(monkeypatch):
        return quick, client.open(**request)


def alike(quick: TestResponse, usual: TestResponse) -> None:
    assert quick.status == usual.status
    references = [answer.headers["X-Request-Id"].encode() for answer in (quick, usual)]
    assert quick.data.replace(references[0], b"-") == usual.data.replace(references[1], b"-")
    headers = [
        sorted((name, value) for name, value in answer.headers if name not in VARYING)
        for answer in (quick, usual)
    ]
    assert headers[0] == headers[1]


TWICE = b'{"presentation":"x","presentation":"y"}'
STATUSES = ["active", "suspended", "revoked", "withdrawn", "superseded"]


@pytest.mark.parametrize("status", STATUSES)
def test_a_verdict_by_number_is_flasks_own(
    office: Office, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (office[status].number, office[status].number.lower().replace("-", " ")):
        assert lane_of(office).answer(environ(number_path(number)))
        alike(*both(office, monkeypatch, path=number_path(number)))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("form", ["digits", "number", "credential"])
def test_a_verdict_on_a_presentation_is_flasks_own(
    office: Office, status: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"presentation": getattr(office[status], form)}
    alike(*both(office, monkeypatch, path="/api/v1/verdicts", method="POST", json=body))


@settings(deadline=None, max_examples=60)
@given(text=wild_texts)
def test_any_text_gets_flasks_own_answer(offices: Any, text: str) -> None:
    office = offices("sqlite")
    with pytest.MonkeyPatch.context() as monkeypatch:
        alike(*both(office, monkeypatch, path="/api/v1/verdicts", method="POST", json={"presentation": text}))
        alike(*both(office, monkeypatch, path=number_path(quote(text, safe="", errors="replace") or "x")))


@settings(deadline=None, max_examples=60)
@given(
    body=st.binary(max_size=60)
    | st.sampled_from([b"[" * 4000, b'{"presentation":NaN}', TWICE, b"null", b"\xff"])
)
def test_any_body_gets_flasks_own_answer(offices: Any, body: bytes) -> None:
    office = offices("sqlite")
    request = {"path": "/api/v1/verdicts", "method": "POST", "data": body, "content_type": "application/json"}
    with pytest.MonkeyPatch.context() as monkeypatch:
        alike(*both(office, monkeypatch, **request))


NOT_PLAIN = [
    environ(number_path("MIT-2569-0000001-X") + "?on=2026-11-21"),
    environ(number_path("MIT-2569-0000001-X"), method="HEAD"),
    environ(number_path("MIT-2569-0000001-X"), method="OPTIONS"),
    environ(number_path("MIT-2569-0000001-X"), method="POST"),
    environ(number_path("")),
    environ(number_path("a/b")),
    environ(number_path("ก")),
    environ("/api/v1/certificates/verdict"),
    environ("/v/123"),
    environ("/api/v1/verdicts"),
    environ("/api/v1/verdicts?on=2026-11-21", method="POST", json={"presentation": "x"}),
    environ("/api/v1/verdicts", method="POST", json={"presentation": "x", "on": "2026-11-21"}),
    environ("/api/v1/verdicts", method="POST", json={"presentation": " "}),
    environ("/api/v1/verdicts", method="POST", json={"presentation": ["x"]}),
    environ("/api/v1/verdicts", method="POST", json=["presentation"]),
    environ("/api/v1/verdicts", method="POST", json={"presentation": "x" * 5000}),
    environ("/api/v1/verdicts", method="POST", data=b"{", content_type="application/json"),
    environ("/api/v1/verdicts", method="POST", data=TWICE, content_type="application/json"),
    environ("/api/v1/verdicts", method="POST", data={"presentation": "x"}),
]


@pytest.mark.parametrize(
    "asked", NOT_PLAIN, ids=lambda asked: f"{asked['REQUEST_METHOD']} {asked['PATH_INFO']}"
)
def test_whatever_is_not_plain_is_left_to_flask(offices: Any, asked: dict[str, Any]) -> None:
    assert lane_of(offices("sqlite")).answer(dict(asked)) is None


def test_what_was_read_of_a_body_is_there_for_flask(offices: Any) -> None:
    asked = environ("/api/v1/verdicts", method="POST", json={"presentation": "x", "on": "2026-11-21"})
    assert lane_of(offices("sqlite")).answer(asked) is None
    assert json.loads(asked["wsgi.input"].read()) == {"presentation": "x", "on": "2026-11-21"}


@pytest.mark.parametrize("error", [MitError("register_unreachable"), ZeroDivisionError("unforeseen")])
def test_where_the_short_way_fails_flask_answers(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(quick_lane, "say", fail)
    answer = office.client.get(number_path(office["active"].number))
    assert (answer.status_code, answer.json and answer.json["verdict"]) == (200, "VALID")


def test_a_host_that_is_not_ours_is_refused_before(office: Office) -> None:
    asked = environ(number_path(office["active"].number), headers={"Host": "look-alike.example"})
    _, status, _ = run_wsgi_app(office.app.wsgi_app, asked)
    assert status.startswith("400")


def test_short_answers_are_counted_and_logged_by_their_route(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked() -> float:
        lines = office.client.get("/metrics").text.splitlines()
        wanted = 'mit_requests_total{method="GET",route="/api/v1/certificates/<number>/verdict",status="200"}'
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted)), 0.0)

    before = asked()
    office.client.get(number_path(office["active"].number))
    assert asked() == before + 1
    assert '"route":"/api/v1/certificates/<number>/verdict","status":200' in capsys.readouterr().err
