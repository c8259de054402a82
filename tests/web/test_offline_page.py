"""What the offline page is made of: one name for every byte, its own policy, nothing of anybody in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mit.credential import jose, vc
from mit.credential.status_list import read_status_list
from mit.i18n import LANGUAGES, catalogue
from mit.store import schema
from mit.verify.trust_file import read_trust_file
from mit.web import script_words
from mit.web.answers import IMMUTABLE, SIGNED_LIST
from mit.web.pages import offline
from mit.web.security import CONTENT_SECURITY_POLICY, SCRIPTED_POLICY
from tests.web.office import Office


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """The office on SQLite: what the page is made of does not depend on the database."""
    return offices("sqlite")


def fetch(client: FlaskClient, address: str) -> TestResponse:
    """Return an answer read to its end, its file closed."""
    answer = client.get(address)
    answer.get_data()
    answer.close()
    return answer


def known_to_the_worker(client: FlaskClient) -> dict[str, Any]:
    """Return the release that stands in front of the worker."""
    first = client.get("/verifier-worker.js").get_data(as_text=True).partition("\n")[0]
    found: dict[str, Any] = json.loads(first.removeprefix("const RELEASE = ").removesuffix(";"))
    return found


def test_the_page_runs_our_own_scripts_and_no_other(office: Office) -> None:
    answer = office.client.get("/offline")
    assert answer.headers["Content-Security-Policy"] == SCRIPTED_POLICY
    assert "unsafe" not in SCRIPTED_POLICY
    scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
    release = known_to_the_worker(office.client)["name"]
    assert scripts == [f'<script type="module" src="/offline/{release}/page.js">']
    assert "style=" not in answer.get_data(as_text=True)
    assert office.client.get("/verify").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_the_same_for_everybody(office: Office, lang: str) -> None:
    """A device keeps it: a cookie, a language of the browser, a signed-in person change no letter."""
    address = f"/offline?lang={lang}"
    plain = office.client.get(address).data
    other = office.client.get(
        address, headers={"Accept-Language": "en-GB", "Cookie": "mit=x; lang=en", "User-Agent": "another"}
    )
    assert other.data == plain
    assert f'<html lang="{lang}">' in plain.decode()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_script_the_page_says_what_to_do(office: Office, lang: str) -> None:
    page = office.client.get(f"/offline?lang={lang}").get_data(as_text=True)
    alone = page.partition("<main")[2].partition("<noscript>")[2].partition("</noscript>")[0]
    assert catalogue("offline", lang)["offline.no_script"] in alone  # type: ignore[arg-type]
    assert f'href="/verify?lang={lang}"' in alone


def test_every_part_has_one_address_for_ever_and_every_import_is_among_them(office: Office) -> None:
    known = known_to_the_worker(office.client)
    folder = f"/offline/{known['name']}/"
    parts = {address.removeprefix(folder) for address in known["files"] if address.startswith(folder)}
    assert {"judge.js", "page.js", "scan.js", "catalogue.json"} <= parts
    for name in parts:
        answer = office.client.get(folder + name)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE)
        assert answer.mimetype == ("application/json" if name.endswith(".json") else "text/javascript")
        text = answer.get_data(as_text=True)
        imported = set(re.findall(r'\bfrom "([^"]+)"', text))
        assert imported <= {f"./{part}" for part in parts}, "no module comes from elsewhere"
        if name.endswith(".js"):
            assert not re.search(r"https?://(?!www\.w3)", text.replace("https?:", "")), name


def test_what_the_worker_keeps_is_there(office: Office) -> None:
    known = known_to_the_worker(office.client)
    shells = ("/offline", "/scan")
    assert known["pages"] == {page: {lang: f"{page}?lang={lang}" for lang in LANGUAGES} for page in shells}
    pages = [address for by_language in known["pages"].values() for address in by_language.values()]
    assert any(".wasm?v=" in address for address in known["files"]), "what reads QR codes is kept, too"
    for address in (*known["files"], *pages):
        assert fetch(office.client, address).status_code == 200, address
    answer = office.client.get("/verifier-worker.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == SCRIPTED_POLICY, "a worker fetches by its own policy"
    assert answer.mimetype == "text/javascript"


@pytest.mark.parametrize("address", ["/offline/x/judge.js", "/offline/{}/none.js", "/offline/{}/page"])
def test_what_is_no_part_of_the_release_is_not_found(office: Office, address: str) -> None:
    assert office.client.get(address.format(known_to_the_worker(office.client)["name"])).status_code == 404


def test_whatever_changes_in_it_gives_the_release_another_name(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.app.test_request_context():
        name = offline.current_release().name
        assert offline.current_release().name == name
        shells = ("ไทย", "English")
        names = {name, offline._release(shells).name, offline._release(shells[::-1]).name}
        monkeypatch.setattr(offline, "_worker_body", lambda: b"another worker")
        names.add(offline._release(("ไทย ", "English")).name)
        monkeypatch.setattr(offline, "_parts", lambda: {"judge.js": b"another module"})
        names.add(offline._release(("ไทย  ", "English")).name)
    assert len(names) == 5
    assert all(re.fullmatch(r"[0-9a-f]{20}", one) for one in names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manifest_installs_the_page_in_the_readers_language(office: Office, lang: str) -> None:
    answer = office.client.get(f"/manifest.webmanifest?lang={lang}")
    assert answer.mimetype == "application/manifest+json"
    document = json.loads(answer.data)
    assert document["start_url"] == f"/offline?lang={lang}"
    assert (document["scope"], document["display"], document["lang"]) == ("/", "standalone", lang)
    assert document["name"] == catalogue("offline", lang)["offline.title"]  # type: ignore[arg-type]
    assert {icon["purpose"] for icon in document["icons"]} == {"any", "maskable"}
    for icon in document["icons"]:
        picture = fetch(office.client, icon["src"])
        size = int(icon["sizes"].partition("x")[0])
        assert picture.data[16:24] == size.to_bytes(4, "big") * 2, "width and height in the PNG's head"


def test_the_bundle_is_a_trust_file_that_the_command_line_reads_too(office: Office) -> None:
    answer = office.client.get("/.well-known/mit-trust.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == SIGNED_LIST
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    file = read_trust_file(answer.data)
    assert not file.is_complete
    assert (set(file.trust.records), set(file.trust.lists)) == (set(), {2700})
    listed = jose.parse(office.client.get("/status/revocation/2700").get_data(as_text=True), typ=vc.TYP)
    assert file.trust.known_at == read_status_list(listed.payload).issued_at
    again = office.client.get(
        "/.well-known/mit-trust.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_before_anything_is_issued_there_is_no_bundle(web: Flask) -> None:
    with web.app_context():
        schema.upgrade()
    client = web.test_client()
    answer = client.get("/.well-known/mit-trust.json")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["code"] == "offline_bundle_not_found"
    assert client.get("/offline").status_code == 200


def test_the_entry_page_leads_there(office: Office) -> None:
    for lang in LANGUAGES:
        assert f'href="/offline?lang={lang}"' in office.client.get(f"/verify?lang={lang}").get_data(
            as_text=True
        )


#: Each way in which a script names a sentence.
_NAMED = re.compile(r'"((?:offline|scan|verify|web)\.\w+)"')
_MADE = re.compile(r"`((?:offline|scan|verify|web)\.\w+_)\$\{")


def test_every_sentence_that_a_script_names_is_in_the_catalogue(
    offices: Callable[[str], Office],
) -> None:
    with offices("sqlite").app.test_request_context():
        parts = offline.current_release().parts
    for language in LANGUAGES:
        sentences = script_words.script_words()[language]["sentences"]
        for name, body in parts.items():
            if not name.endswith(".js"):
                continue
            for key in _NAMED.findall(body.decode()):
                assert key in sentences, (name, key)
            for beginning in _MADE.findall(body.decode()):
                assert any(key.startswith(beginning) for key in sentences), (name, beginning)
