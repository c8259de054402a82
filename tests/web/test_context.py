"""The language, the instant and the addresses of a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.values.clock import FrozenClock
from mit.web import context
from tests.web.verdicts import NOW


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("", None, None, "th"),
        ("", None, "en-GB,en;q=0.9", "en"),
        ("", None, "fr-FR, en;q=0.3, th;q=0.2", "en"),
        ("", None, "fr, de", "th"),
        ("", None, "*", "th"),
        ("", None, "en;q=0, th;q=0.1", "th"),
        ("", None, "EN", "en"),
        ("", None, "english", "th"),
        ("", None, "*;q=0.9, en;q=0.1", "en"),
        ("", None, "fr;q=0.9, *;q=0.8, en;q=0", "th"),
        ("", None, "th;q=0, en;q=0.1", "en"),
        ("", None, ";;;,,,=", "th"),
        ("", "en", "th", "en"),
        ("", "xx", "en", "en"),
        ("?lang=th", "en", "en", "th"),
        ("?lang=en", "th", "th", "en"),
        ("?lang=TH", None, "en", "en"),
        ("?lang=%00", None, None, "th"),
    ],
)
def test_the_language_is_query_then_cookie_then_header_then_thai(
    web: Flask, query: str, cookie: str | None, header: str | None, expected: str
) -> None:
    headers = {"Accept-Language": header} if header else {}
    if cookie:
        headers["Cookie"] = f"lang={cookie}"
    with web.test_request_context(f"/verify{query}", headers=headers):
        assert context.language() == expected


@pytest.mark.parametrize(("asked", "other"), [("th", "en"), ("en", "th")])
def test_there_are_two_languages_and_each_is_the_other_s_other(web: Flask, asked: str, other: str) -> None:
    with web.test_request_context(f"/?lang={asked}"):
        assert (context.language(), context.other_language()) == (asked, other)


@pytest.mark.parametrize("path", ["/verify", "/no/such/page", "/c/x"])
def test_the_switch_of_a_page_that_answers_a_post_leads_where_a_get_is_answered(
    client: FlaskClient, path: str
) -> None:
    answer = client.post(f"{path}?number=x")
    assert 'href="/verify?number=x&amp;lang=en"' in answer.text
    page = client.get(f"{path}?number=x").text
    assert f'href="{path}?number=x&amp;lang=en"' in page
    assert client.get("/verify?number=x&lang=en").status_code == 200


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({}, "?number=x&on=1"),
        ({"on": ""}, "?number=x"),
        ({"on": "", "number": ""}, ""),
        ({"on": "2&3"}, "?number=x&on=2%263"),
        ({"model": "ก"}, "?number=x&on=1&model=%E0%B8%81"),
        ({"model": "\ud800"}, "?number=x&on=1&model=%3F"),
    ],
)
def test_changes_to_the_question_are_made_and_empty_ones_left_out(
    web: Flask, changes: dict[str, str], query: str
) -> None:
    with web.test_request_context("/verify?number=x&on=1"):
        assert context.same_page(**changes) == f"/verify{query}"
        assert context.same_page("/c/a b", **changes) == f"/c/a%20b{query}"


@pytest.mark.parametrize(
    ("url", "host"), [("https://a.example:8443/verify", "a.example:8443"), ("http://[::1]", "[::1]")]
)
def test_the_host_to_compare_is_that_of_the_qr_code(
    make_app: Callable[..., Flask], url: str, host: str
) -> None:
    app = make_app(public_url=url)
    with app.test_request_context("/"):
        assert context.public_host() == host
    assert f'<strong class="host">{host}</strong>' in app.test_client().get("/").text


def test_the_clock_is_asked_once_for_each_request(web: Flask) -> None:
    clock = FrozenClock(NOW)
    web.extensions["mit.clock"] = clock
    with web.test_request_context("/"):
        first = context.now()
        clock.advance(timedelta(hours=1))
        assert context.now() == first == NOW
    with web.test_request_context("/"):
        assert context.now() == NOW + timedelta(hours=1)


def test_two_requests_have_two_references(client: FlaskClient) -> None:
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert len(first) == 12


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "///evil.example", "/\\evil.example", "/%2F%2Fevil.example"]
)
def test_the_way_back_never_leads_to_another_host(web: Flask, path: str) -> None:
    with web.test_request_context("/", environ_overrides={"PATH_INFO": path}):
        address = urlsplit(context.same_page(lang="en"))
        assert (address.scheme, address.netloc) == ("", "")
    assert not urlsplit(context.local_path(path)).netloc


@given(st.text(max_size=30), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_path_and_any_parameters_come_back_as_they_were(
    web: Flask, path: str, parameters: dict[str, str]
) -> None:
    path = "/" + path.lstrip("/").encode("utf-8", "replace").decode()
    with web.test_request_context("/", environ_overrides={"PATH_INFO": path.encode().decode("latin-1")}):
        address = urlsplit(context.same_page(lang="en"))
        assert parse_qs(address.query) == {"lang": ["en"]}
        assert address.path.isascii()
        assert not address.netloc


def test_asking_for_a_language_is_remembered_and_nothing_else_is(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/verify").headers
    cookie = client.get("/verify?lang=en").headers["Set-Cookie"]
    assert cookie.startswith("lang=en;")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert '<html lang="en">' in client.get("/verify").text
    assert '<html lang="th">' in client.get("/verify?lang=th").text


def test_the_switch_keeps_the_page_and_its_question(client: FlaskClient) -> None:
    page = client.get("/verify?number=x&on=1/4/2569").text
    assert 'href="/verify?number=x&amp;on=1%2F4%2F2569&amp;lang=en"' in page


def test_pages_say_their_language_to_caches(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
