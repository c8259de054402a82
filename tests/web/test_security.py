"""Headers on every route, trusted hosts, size limits."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from mit.web.security import (
    CAMERA_PERMISSION,
    CONTENT_SECURITY_POLICY,
    EVERYWHERE,
    OFFICE_POLICY,
    PUBLIC_PREFIXES,
    SCANNER_POLICY,
    host_name,
    trusted_hosts,
)

#: What stands on signed-in pages, on pages that verify on the device, and in their worker.
SCRIPTED = (b"/css/office.css", b"/css/offline.css", b"const RELEASE")
_VALUES = {"filename": "css/mit.css", "purpose": "revocation"}


def some_value(rule: Rule, name: str) -> object:
    """Return a value that a part of an address takes."""
    converter = rule._converters.get(name)
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return UUID(int=1) if isinstance(converter, UUIDConverter) else "1"


def address(rule: Rule) -> str:
    """Return some address that *rule* matches."""
    values = {name: _VALUES.get(name, some_value(rule, name)) for name in rule.arguments}
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def addresses(app: Flask) -> list[str]:
    """Return one address of every route, and one of none."""
    return [*(address(rule) for rule in app.url_map.iter_rules()), "/no/such/page", "/api/v1/none"]


def test_every_route_carries_every_header_whatever_it_answers(web: Flask, client: FlaskClient) -> None:
    assert len(addresses(web)) > 12
    for path in addresses(web):
        for method in ("GET", "POST", "OPTIONS", "HEAD"):
            answer = client.open(path, method=method)
            seen = client.get(path) if method == "HEAD" else answer
            is_scripted = any(mark in seen.data for mark in SCRIPTED)
            seen.close()
            own = {"Content-Security-Policy": OFFICE_POLICY} if is_scripted else {}
            if b"/css/scan.css" in seen.data and not seen.data.startswith(b"const"):
                own = {"Content-Security-Policy": SCANNER_POLICY, "Permissions-Policy": CAMERA_PERMISSION}
            for name, value in (dict(EVERYWHERE) | own).items():
                assert answer.headers.getlist(name) == [value], f"{method} {path} {name}"
            assert answer.headers.get("Cache-Control"), path
            assert answer.headers.get("X-Request-Id"), path
            assert "Strict-Transport-Security" not in answer.headers
            assert answer.status_code < 500 or path == "/readyz", f"{method} {path} {answer.status_code}"
            answer.close()


def test_the_headers_are_those_of_the_contract(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    for directive in (
        *("default-src 'none'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"),
        *("manifest-src 'self'", "worker-src 'self'", "form-action 'self'"),
        *("frame-ancestors 'none'", "base-uri 'none'"),
    ):
        assert directive in headers["Content-Security-Policy"].split("; ")


def test_the_policy_allows_no_script_and_no_other_origin() -> None:
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert "script-src" not in directives
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert not [value for value in directives.values() if "unsafe" in value or "http" in value]


def test_signed_in_pages_are_allowed_our_own_scripts_and_nothing_else() -> None:
    public = set(CONTENT_SECURITY_POLICY.split("; "))
    office = set(OFFICE_POLICY.split("; "))
    assert office - public == {"script-src 'self'", "connect-src 'self'"}
    assert public <= office


def test_https_alone_brings_strict_transport(client: FlaskClient) -> None:
    answer = client.get("/healthz", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    cookie = client.get("/?lang=en", base_url="https://localhost").headers["Set-Cookie"]
    assert "Secure" in cookie


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "LOCALHOST"])
def test_our_own_hosts_are_trusted(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8000", "[::2]", "", "localhost@evil", "a b"],
)
def test_other_hosts_are_refused_in_words(client: FlaskClient, host: str) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] in {"host_not_trusted", "bad_request"}


def test_the_host_in_the_qr_is_trusted(make_app: Callable[..., Flask]) -> None:
    app = make_app(public_url="https://Verify.Example.org:8443")
    assert "verify.example.org" in trusted_hosts(app.extensions["mit.settings"])
    assert app.test_client().get("/healthz", headers={"Host": "verify.example.org"}).status_code == 200


def test_an_address_of_six_may_be_set_with_or_without_brackets(make_app: Callable[..., Flask]) -> None:
    client = make_app(trusted_hosts=("::1", "Verify.example")).test_client()
    for host, status in (("[::1]:80", 200), ("verify.EXAMPLE", 200), ("127.0.0.1", 400)):
        assert client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("header", "name"),
    [("a.b:80", "a.b"), ("A.B", "a.b"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("", ""), ("[", "[]")],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_public_data_may_be_read_from_any_origin_and_pages_may_not(client: FlaskClient) -> None:
    for path in (
        "/api/v1/openapi.json",
        "/api/v1/certificates/x/verdict",
        "/.well-known/none",
        "/status/none",
    ):
        assert path.startswith(PUBLIC_PREFIXES)
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/", "/verify", "/v/1", "/healthz", "/metrics"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers


def test_a_browser_may_ask_before_it_posts_json(client: FlaskClient) -> None:
    answer = client.options(
        "/api/v1/verdicts",
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_body_beyond_the_limit_is_refused(make_app: Callable[..., Flask]) -> None:
    client = make_app(upload_limit_bytes=1000).test_client()
    answer = client.post("/api/v1/verdicts", data=b"x" * 2000, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    page = client.post("/verify", data={"file": (__import__("io").BytesIO(b"x" * 2000), "a.pdf")})
    assert page.status_code == 413
    assert "<h1>" in page.text


def test_forms_with_too_many_parts_are_refused(client: FlaskClient) -> None:
    data = {f"f{n}": "x" for n in range(30)}
    answer = client.post("/api/v1/verdicts", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_static_files_carry_their_fingerprint_and_are_kept(client: FlaskClient) -> None:
    style = client.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in style
    answer = client.get(style)
    assert answer.headers.getlist("Cache-Control") == ["public, max-age=31536000, immutable"]
    answer.close()
