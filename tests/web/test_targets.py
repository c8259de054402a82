"""Where signing in leads: paths of ours, whatever is asked."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mit.web.targets import asked_target, here, local_target, with_next


@pytest.mark.parametrize(
    "path", ["/", "/account", "/applications/1?page=2&q=a%20b", "/staff#top", "/c/MIT-2569-0012345-B.pdf"]
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_target(path) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "account",
        "//evil",
        "///evil",
        "/\\evil",
        "https://evil",
        "/a b",
        "/a\n",
        "/ไทย",
        "/\x00",
        "/" + "x" * 2000,
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert local_target(text) == ""


@given(st.text(max_size=60) | st.text("/\\:.@%?#evil\t", max_size=30))
def test_whatever_is_kept_stays_on_this_host_as_a_browser_reads_it(text: str) -> None:
    kept = local_target(text)
    if kept:
        assert urlsplit(urljoin("http://localhost/sign-in", kept)).netloc == "localhost"
        assert "\\" not in kept


@pytest.mark.parametrize(
    ("method", "path", "referer", "expected"),
    [
        ("GET", "/account?a=1", "", "/account?a=1"),
        ("GET", "/account", "http://evil.example/x", "/account"),
        ("POST", "/sign-out", "http://localhost/account?x=1", "/account?x=1"),
        ("POST", "/sign-out", "http://evil.example/account", ""),
        ("POST", "/sign-out", "", ""),
        ("POST", "/sign-out", "http://localhost//evil.example", ""),
    ],
)
def test_a_change_leads_back_to_the_page_of_its_form(
    web: Flask, method: str, path: str, referer: str, expected: str
) -> None:
    with web.test_request_context(path, method=method, headers={"Referer": referer}):
        assert here() == expected


def test_the_form_counts_before_the_address(web: Flask) -> None:
    with web.test_request_context("/sign-in?next=/a", method="POST", data={"next": "/b"}):
        assert asked_target() == "/b"
    with web.test_request_context("/sign-in?next=/a"):
        assert asked_target() == "/a"
    with web.test_request_context("/sign-in?next=//evil"):
        assert asked_target() == ""


def test_a_wish_is_quoted() -> None:
    assert with_next("/sign-in", "/a?b=c&d=e") == "/sign-in?next=%2Fa%3Fb%3Dc%26d%3De"
    assert with_next("/sign-in", "") == "/sign-in"
