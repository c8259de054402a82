"""An address asks for so many verdicts a minute and files an hour, by whatever door; others never notice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from mit.i18n import LANGUAGES, Language, say
from mit.web import limits
from mit.web.quick_lane import QuickLane
from tests.support.fake_redis import fake_redis

HERE, THERE = "198.51.100.7", "198.51.100.8"
NUMBER = "MIT-2569-0000001-X"
Ask = Callable[[FlaskClient, str], TestResponse]


def get(path: str, **headers: str) -> Ask:
    def ask(client: FlaskClient, address: str) -> TestResponse:
        return client.get(path, environ_overrides={"REMOTE_ADDR": address}, headers=headers)

    return ask


def post(path: str, **how: Any) -> Ask:
    def ask(client: FlaskClient, address: str) -> TestResponse:
        return client.post(path, environ_overrides={"REMOTE_ADDR": address}, **how)

    return ask


def send_file(path: str = "/verify", **headers: str) -> Ask:
    def ask(client: FlaskClient, address: str) -> TestResponse:
        upload = {"file": (io.BytesIO(b"no certificate"), "x.pdf")}
        origin = {"REMOTE_ADDR": address}
        return client.post(path, data=upload, environ_overrides=origin, headers=headers)

    return ask


#: Every way to a verdict: scan, typed number, record, the machines' short way and their long one, a file.
DOORS: dict[str, Ask] = {
    "scan": get("/v/123"),
    "number": get(f"/verify?number={NUMBER}"),
    "record": get(f"/c/{NUMBER}"),
    "api, short way": get(f"/api/v1/certificates/{NUMBER}/verdict"),
    "api, long way": get(f"/api/v1/certificates/{NUMBER}/verdict?on=2026-11-21"),
    "api, presentation": post("/api/v1/verdicts", json={"presentation": "x"}),
    "api, presentation and day": post("/api/v1/verdicts", json={"presentation": "x", "on": "2026-11-21"}),
    "api, file": send_file("/api/v1/verdicts"),
    "file": send_file(),
}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Any:
    """An application that gives each address as many verdicts a minute as there are doors, and two files."""
    made = make_app(verdicts_per_minute=len(DOORS), checks_per_hour=2)
    with made.app_context():
        yield made


def test_all_doors_share_one_count_and_the_next_request_is_refused_at_each(client: FlaskClient) -> None:
    passed = {name: ask(client, HERE).status_code for name, ask in DOORS.items()}
    assert set(passed.values()) <= {200, 404}, passed
    for name, ask in DOORS.items():
        refused = ask(client, HERE)
        assert refused.status_code == 429, name
        assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert DOORS["scan"](client, THERE).status_code == 200, "somebody else never notices"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_too_often_is_told_in_words_and_machines_by_a_problem(
    client: FlaskClient, language: Language
) -> None:
    for _ in range(len(DOORS)):
        get(f"/v/123?lang={language}")(client, HERE)
    page = get(f"/v/123?lang={language}")(client, HERE)
    words = say("errors.asked_too_often", language, minutes=1)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    problem = get(f"/api/v1/certificates/{NUMBER}/verdict")(client, HERE)
    assert (problem.status_code, problem.content_type) == (429, "application/problem+json")
    assert problem.json["code"] == "asked_too_often"
    assert problem.json["sentence"][language] == words
    assert problem.headers["Retry-After"] == "60"


def test_what_is_no_verdict_is_never_counted(client: FlaskClient) -> None:
    free = ("/", "/.well-known/jwks.json", "/api/v1/docs", "/healthz", "/static/css/mit.css", "/sign-in")
    for path in free * 3:
        answer = get(path)(client, HERE)
        assert answer.status_code == 200, path
        answer.close()
    for _ in range(len(DOORS)):
        assert DOORS["scan"](client, HERE).status_code == 200
    assert DOORS["scan"](client, HERE).status_code == 429
    assert get("/")(client, HERE).status_code == 200, "the rest of the house stays open"


def test_one_request_is_counted_once_whichever_way_it_goes(client: FlaskClient) -> None:
    for name in ("api, short way", "api, long way", "scan"):
        address = f"192.0.2.{len(name)}"
        answers = [DOORS[name](client, address).status_code for _ in range(len(DOORS) + 1)]
        assert answers == [200] * len(DOORS) + [429], name


def test_after_so_many_files_an_address_waits_until_the_hour_is_over(client: FlaskClient) -> None:
    assert [DOORS["file"](client, HERE).status_code, DOORS["api, file"](client, HERE).status_code] == [
        200
    ] * 2
    refused = send_file("/verify?lang=en")(client, HERE)
    minutes = int(refused.headers["Retry-After"]) // 60
    assert (refused.status_code, 58 <= minutes <= 60) == (429, True)
    assert say("errors.asked_too_often", "en", minutes=minutes) in refused.text
    assert DOORS["scan"](client, HERE).status_code == 200, "a number is asked for still"
    assert DOORS["file"](client, THERE).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("", "", True),
    ],
)
def test_one_subscriber_counts_as_one(client: FlaskClient, one: str, other: str, is_same: bool) -> None:
    for _ in range(len(DOORS)):
        DOORS["scan"](client, one)
    assert DOORS["scan"](client, other).status_code == (429 if is_same else 200)
    assert DOORS["api, short way"](client, other).status_code == (429 if is_same else 200)


def test_every_view_that_gives_a_verdict_is_in_the_table(web: Flask) -> None:
    assert web.view_functions.keys() >= limits.VERDICTS


def asked_through(app: Flask, forwarded: str, *, path: str = "/v/123") -> int:
    """Return the status of a request that reaches us from our proxy with that header."""
    headers = {"X-Forwarded-For": forwarded}
    return get(path, **headers)(app.test_client(), "127.0.0.1").status_code


@pytest.mark.parametrize("path", ["/v/123", f"/api/v1/certificates/{NUMBER}/verdict"])
def test_behind_one_proxy_only_its_own_word_counts(make_app: Callable[..., Flask], path: str) -> None:
    """Whoever writes addresses into the header moves only what stands left of ours."""
    app = make_app(verdicts_per_minute=3, proxies=1)
    for number in range(3):
        assert asked_through(app, f"203.0.113.{number}, {HERE}", path=path) == 200
    assert asked_through(app, f"203.0.113.99, {HERE}", path=path) == 429
    assert asked_through(app, f"{HERE}, {THERE}", path=path) == 200, "nobody is refused in another's name"


def test_behind_two_proxies_the_second_from_the_right_counts(make_app: Callable[..., Flask]) -> None:
    app = make_app(verdicts_per_minute=1, proxies=2)
    assert asked_through(app, f"203.0.113.1, {HERE}, 10.0.0.2") == 200
    assert asked_through(app, f"203.0.113.2, {HERE}, 10.0.0.3") == 429
    assert asked_through(app, f"{HERE}, {THERE}, 10.0.0.2") == 200


def test_without_a_proxy_nobody_is_believed(make_app: Callable[..., Flask]) -> None:
    app = make_app(verdicts_per_minute=1)
    assert not isinstance(app.wsgi_app, ProxyFix)
    assert asked_through(app, HERE) == 200
    assert asked_through(app, THERE) == 429, "they come from one address, whatever they write"
    secure = app.test_client().get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in secure.headers


def test_our_proxy_says_that_it_was_asked_over_https_and_never_which_host(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app(proxies=1).test_client()
    secure = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in secure.headers
    asked = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
    assert client.get("/healthz", headers=asked).status_code == 400


def test_processes_that_share_a_store_count_together(make_app: Callable[..., Flask]) -> None:
    with fake_redis() as (address, counters):
        one, other = (make_app(verdicts_per_minute=4, limits_store=address).test_client() for _ in range(2))
        answers = [DOORS[name](one, HERE).status_code for name in ("scan", "api, short way")]
        answers += [DOORS[name](other, HERE).status_code for name in ("api, short way", "scan")]
        assert answers == [200] * 4
        for client in (one, other):
            assert DOORS["scan"](client, HERE).status_code == 429
            assert DOORS["api, short way"](client, HERE).status_code == 429
        assert b"EVALSHA" in counters.asked
        assert not [key for key in counters.kept if b"MIT-" in key or b"123" in key.split(b"/")], (
            "who, not what"
        )


def test_while_the_store_is_away_each_process_counts_by_itself(make_app: Callable[..., Flask]) -> None:
    with fake_redis() as (address, _):
        client = make_app(verdicts_per_minute=2, limits_store=address).test_client()
        assert DOORS["api, short way"](client, HERE).status_code == 200
    for name in ("api, short way", "scan"):
        assert DOORS[name](client, HERE).status_code == 200, "nobody goes without an answer"
    for name in ("api, short way", "scan"):
        assert DOORS[name](client, HERE).status_code == 429, "and nobody without a limit"
    assert DOORS["api, short way"](client, THERE).status_code == 200


def test_the_short_way_gives_nothing_away_when_nothing_is_left(
    web: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is Flask's to word: to the letter the same as where there is no short way."""
    for _ in range(len(DOORS) + 1):
        DOORS["api, short way"](client, HERE)
    quick = DOORS["api, short way"](client, HERE)
    monkeypatch.setattr(QuickLane, "answer", lambda *_: None)
    usual = DOORS["api, short way"](client, HERE)
    differs = {"reference"}
    assert {k: v for k, v in quick.json.items() if k not in differs} == {
        k: v for k, v in usual.json.items() if k not in differs
    }
