"""An address that is not ours around a certificate's digits: the answer stands, and a warning beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mit import worker
from mit.i18n import LANGUAGES, Language
from mit.verify.batch_keep import forget_ended
from mit.verify.foreign import address_notices, is_foreign
from mit.verify.presentation import read_digits, read_number, read_text
from mit.verify.verdict import Notice
from mit.web.quick_lane import QuickLane
from tests.support.qr_pictures import picture_of
from tests.web.office import NOW, Office

FALSE = "https://localhost.evil.example"


@pytest.fixture(scope="module")
def office(offices: Callable[[str], Office]) -> Office:
    return offices("sqlite")


def public_url(office: Office) -> str:
    return str(office.app.extensions["mit.settings"].public_url)


def sentence(office: Office, address: str, language: Language) -> str:
    """Return the warning about *address* as a page has it."""
    return Notice("foreign_host", (("address", address), ("genuine", public_url(office)))).detail(language)


def notices(office: Office, presentation: str, **more: Any) -> list[str]:
    """Return the notices of the JSON verdict on a text."""
    answer = office.client.post("/api/v1/verdicts", json={"presentation": presentation, **more})
    assert answer.status_code == 200
    found: list[str] = answer.get_json()["notices"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_gives_the_answer_and_the_warning(office: Office, language: Language) -> None:
    shown = office["active"]
    for text in (f"{FALSE}/v/{shown.digits}", f"{FALSE}/c/{shown.number}"):
        page = office.client.get("/verify", query_string={"number": text, "lang": language}).text
        assert 'data-verdict="VALID"' in page
        assert sentence(office, FALSE, language) in page
        assert f'href="{FALSE}' not in page, "it is nowhere a link"


def test_a_page_that_was_kept_for_one_address_is_not_given_for_another(office: Office) -> None:
    digits, warning = office["active"].digits, sentence(office, FALSE, "th")
    addresses = {FALSE: True, public_url(office): False, "": False}
    for _ in range(3):
        for address, is_warned in addresses.items():
            text = f"{address}/v/{digits}" if address else digits
            page = office.client.get("/verify", query_string={"number": text}).text
            assert 'data-verdict="VALID"' in page
            assert (warning in page) is is_warned, address


def test_the_warning_stands_beside_named_days_and_beside_bad_news(office: Office) -> None:
    days = {"bid": "20/11/2569", "contract": "1/1/2580"}
    for status, asked in (("active", days), ("revoked", {}), ("suspended", {})):
        text = f"{FALSE}/v/{office[status].digits}"
        page = office.client.get("/verify", query_string={"number": text, "lang": "en", **asked}).text
        assert 'data-verdict="VALID"' not in page
        assert sentence(office, FALSE, "en") in page


@pytest.mark.parametrize(
    ("text", "is_foreign_there"),
    [
        ("{false}/v/{digits}", True),
        ("{false}/c/{number}", True),
        ("http://evil.example/v/{digits}?x=1", True),
        ("{ours}/v/{digits}", False),
        ("{ours}/v#{digits}", False),
        ("{ours}/c/{number}.jwt", False),
        ("{digits}", False),
        ("/v/{digits}", False),
        ("/c/{number}", False),
        ("{number}", False),
    ],
)
def test_machines_get_the_notice_by_both_ways(office: Office, text: str, is_foreign_there: bool) -> None:
    shown = office["active"]
    told = text.format(false=FALSE, ours=public_url(office), digits=shown.digits, number=shown.number)
    for more in ({}, {"on": "2026-11-20"}, {"model": "X-1"}):
        assert ("foreign_host" in notices(office, told, **more)) is is_foreign_there, more
    assert is_foreign(read_text(told), public_url(office)) is is_foreign_there


def test_the_short_way_leaves_such_questions_to_the_other(office: Office) -> None:
    lane, digits = QuickLane(office.app), office["active"].digits
    for address, is_answered in ((FALSE, False), (public_url(office), True)):
        body = json.dumps({"presentation": f"{address}/v/{digits}"}).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/v1/verdicts",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        assert (lane.answer(environ) is not None) is is_answered


def test_what_machines_are_told_names_the_address_plainly(office: Office) -> None:
    text = f"https://evil\u202e.ex\u0430mple/v/{office['active'].digits}"
    answer = office.client.post("/api/v1/verdicts", json={"presentation": text}).get_json()
    (told,) = [one for one in answer["notice_details"] if one["code"] == "foreign_host"]
    assert told["address"] == "https://evil<U+202E>.ex<U+0430>mple"
    assert told["genuine"] == public_url(office)
    assert all(told["address"] in told["detail"][language] for language in LANGUAGES)


@pytest.mark.parametrize("kind", ["text", "picture"])
def test_a_file_with_a_code_that_leads_elsewhere_is_warned_about(office: Office, kind: str) -> None:
    text = f"{FALSE}/v/{office['active'].digits}"
    data, name = (text.encode(), "code.txt") if kind == "text" else (picture_of(text), "code.jpg")
    page = office.client.post("/verify?lang=en", data={"file": (io.BytesIO(data), name)}).text
    assert 'data-verdict="VALID"' in page
    assert sentence(office, FALSE, "en") in page
    told = office.client.post("/api/v1/verdicts", data={"file": (io.BytesIO(data), name)}).get_json()
    assert "foreign_host" in told["notices"]


def test_a_batch_says_it_at_the_line_and_nowhere_else(office: Office) -> None:
    digits = office["active"].digits
    texts = [f"{FALSE}/v/{digits}", f"{public_url(office)}/v/{digits}", digits]
    begun = office.client.post("/api/v1/verdicts/batch", json={"presentations": texts})
    assert begun.status_code == 202, begun.text
    with office.app.app_context():
        worker.run_once(office.app, now=NOW)
    results = office.client.get(begun.headers["Location"]).get_json()["results"]
    with office.app.app_context():
        forget_ended(var_dir=office.app.extensions["mit.settings"].var_dir, now=NOW + timedelta(days=60))
    assert ["foreign_host" in result["notices"] for result in results] == [True, False, False]


def test_without_an_address_of_our_own_or_around_it_there_is_nothing_to_say(office: Office) -> None:
    shown = office["active"]
    assert address_notices(read_text(f"{FALSE}/v/{shown.digits}"), "") == ()
    for presentation in (read_digits(shown.digits), read_number(shown.number), read_text("hello")):
        assert address_notices(presentation, public_url(office)) == ()
