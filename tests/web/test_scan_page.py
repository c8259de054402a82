"""The scanner's page: its own policy and permission, nothing of others in it, two forms without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask

from mit.app import create_app
from mit.i18n import LANGUAGES, Language, say
from mit.store.db import dispose_engines
from mit.web.answers import IMMUTABLE, NO_STORE
from mit.web.pages.offline import current_release
from mit.web.security import CAMERA_PERMISSION, EVERYWHERE, SCANNER_POLICY, SCRIPTED_POLICY
from tests.support.signed_in import browser
from tests.web.office import Office

ASSET = re.compile(r'data-(?:detector|wasm)="([^"]+)"')


@pytest.fixture(scope="module")
def office(offices: Callable[[str], Office]) -> Office:
    return offices("sqlite")


def directives(policy: str) -> dict[str, str]:
    """Return what a policy says, by directive."""
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_the_policy_adds_the_reader_and_nothing_else(office: Office) -> None:
    headers = office.client.get("/scan").headers
    assert headers.getlist("Content-Security-Policy") == [SCANNER_POLICY]
    mine, offline = directives(SCANNER_POLICY), directives(SCRIPTED_POLICY)
    assert mine.pop("script-src") == "'self' 'wasm-unsafe-eval'"
    assert offline.pop("script-src") == "'self'"
    assert mine == offline
    assert mine["connect-src"] == mine["worker-src"] == "'self'"
    assert "unsafe-inline" not in SCANNER_POLICY
    assert " 'unsafe-eval'" not in SCANNER_POLICY


def test_the_camera_may_be_asked_for_here_and_nothing_else_changes(office: Office) -> None:
    headers = office.client.get("/scan").headers
    assert headers.getlist("Permissions-Policy") == [CAMERA_PERMISSION]
    usual = dict(EVERYWHERE)["Permissions-Policy"]
    assert usual.replace("camera=()", "camera=(self)") == CAMERA_PERMISSION
    assert headers["Cache-Control"] == NO_STORE
    for name, value in EVERYWHERE:
        if name not in {"Content-Security-Policy", "Permissions-Policy"}:
            assert headers.getlist(name) == [value], name


@pytest.mark.parametrize(
    "path", ["/", "/verify", "/offline", "/v", "/scan/", "/scan/x", "/healthz", "/static/x"]
)
def test_no_other_answer_asks_for_a_camera_or_compiles_anything(office: Office, path: str) -> None:
    with closing(office.client.get(path)) as answer:
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "wasm" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_for_everybody_and_holds_its_words(office: Office, language: Language) -> None:
    address = f"/scan?lang={language}"
    plain = office.client.get(address)
    visitor = browser(office.app)
    visitor.get("/?lang=en")
    assert visitor.get(address).data == plain.data == office.client.get(address).data
    for key in ("title", "camera_why", "start", "number", "pictures", "no_script", "report"):
        assert say(f"scan.{key}", language).partition("{")[0] in plain.text, key
    assert f'href="/report?lang={language}"' in plain.text
    assert f'lang="{language}"' in plain.text


def test_what_reads_the_codes_is_ours_and_kept_for_ever(office: Office) -> None:
    text = office.client.get("/scan").text
    module, wasm = ASSET.findall(text)
    for address, kind in ((module, "text/javascript"), (wasm, "application/wasm")):
        with closing(office.client.get(address)) as answer:
            assert (answer.status_code, answer.mimetype) == (200, kind)
            assert answer.headers["Cache-Control"] == IMMUTABLE
            assert (answer.data[:4] == b"\0asm") is (kind == "application/wasm")
    with office.app.test_request_context():
        release = current_release()
    assert re.findall(r"<script[^>]*>", text) == [
        f'<script type="module" src="/offline/{release.name}/scan.js">'
    ]
    assert " style=" not in text


def test_without_a_script_both_forms_ask_the_register_and_the_camera_is_not_offered(office: Office) -> None:
    text = office.client.get("/scan?lang=en").text
    forms = re.findall(r'<form id="(\w+)"[^>]*method="(\w+)" action="([^"]+)"', text)
    assert forms == [("ask", "get", "/verify"), ("send", "post", "/verify?lang=en")]
    scripted = re.findall(r'<section class="card" aria-labelledby="(\w+)" data-scripted>', text)
    assert scripted == ["camera", "pictures"]
    (style,) = re.findall(r'<noscript><link rel="stylesheet" href="([^"]+)"></noscript>', text)
    with office.client.get(style) as answer:
        assert "[data-scripted] { display: none; }" in answer.text
    main = text.partition("<main")[2]
    assert say("scan.no_script", "en") in main.partition("<noscript>")[2].partition("</noscript>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/verify", "/offline"])
def test_the_other_pages_lead_there(office: Office, path: str, language: Language) -> None:
    page = office.client.get(f"{path}?lang={language}").text
    assert f'href="/scan?lang={language}"' in page


def test_the_public_part_alone_serves_it(office: Office) -> None:
    alone: Flask = create_app(replace(office.app.extensions["mit.settings"], serve="verify"))
    try:
        answer = alone.test_client().get("/scan")
        assert (answer.status_code, answer.headers["Permissions-Policy"]) == (200, CAMERA_PERMISSION)
    finally:
        with alone.app_context():
            dispose_engines()


def test_the_device_keeps_page_and_reader_for_places_without_a_signal(office: Office) -> None:
    worker = office.client.get("/verifier-worker.js").text.partition("\n")[0]
    for address in ("/scan?lang=th", "/scan?lang=en", *ASSET.findall(office.client.get("/scan").text)):
        assert f'"{address}"' in worker, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_warning_has_its_sentence_with_the_genuine_address(language: Language) -> None:
    for reason in ("host", "letters", "user", "inside", "port", "scheme", "signs", "path"):
        assert "https://a.example" in say(f"scan.why_{reason}", language, genuine="https://a.example")
    for verdict in ("VALID", "NOT_VALID", "CANNOT_TELL"):
        assert say(f"scan.inside_{verdict}", language)
    for why in ("not_allowed", "none", "failed", "insecure"):
        assert say(f"scan.camera_{why}", language)
