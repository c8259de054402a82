"""Reporting a suspicion, as anyone does it, and the officers' pages of what was reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from mit.i18n import LANGUAGES, Language, say
from mit.lifecycle.suspicions import LONGEST_WORDS, Suspicion
from mit.values.clock import FrozenClock
from tests.support.people import Cast, gather
from tests.support.signed_in import Browser, browser, open_door, signed_in
from tests.support.world import rows
from tests.web.html import Page, read_page

GOOD = {"suspicion": "wrong_product", "words": "รุ่นไม่ตรง", "contact": "napha@example.com", "consents": "yes"}
HOSTILE = '<script>alert(1)</script>\n"><img src=x onerror=alert(1)> {{7*7}} javascript:alert(1)'


@pytest.fixture
def app(make_app: Callable[..., Flask], clock: FrozenClock) -> Iterator[Flask]:
    """An application that takes three reports an hour from each address."""
    made = make_app(reports_per_hour=3)
    open_door(made, clock)
    with made.app_context():
        yield made


@pytest.fixture
def cast(app: Flask, clock: FrozenClock) -> Cast:
    return gather(clock.now())


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return browser(app)


def send(visitor: Browser, fields: dict[str, str], *, lang: str = "th", status: int = 200) -> Page:
    answer = visitor.post(f"/report?lang={lang}", data=fields)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


def value_of(page: Page, name: str) -> str | None:
    return page.one("input", id=name).attributes.get("value")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_is_taken_and_its_number_given(cast: Cast, visitor: Browser, lang: Language) -> None:
    page = send(visitor, GOOD, lang=lang)
    receipt = str(page.one("main").attributes["data-receipt"])
    assert receipt.startswith("R-25")
    assert receipt in page.text
    assert say("web.reported_next", lang) in page.text
    assert "0 2000 0000" in page.text
    (row,) = rows("SELECT * FROM reports")
    assert (row["suspicion"], row["words"], row["language"]) == ("wrong_product", "รุ่นไม่ตรง", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_names_every_field_and_knows_the_certificate_one_came_from(
    cast: Cast, visitor: Browser, lang: Language
) -> None:
    page = read_page(visitor.get(f"/report?number=MIT-2569-0012345-B&lang={lang}").text)
    assert value_of(page, "shown_number") == "MIT-2569-0012345-B"
    labels = {str(label.attributes["for"]) for label in page.all("label")}
    fields = [
        e for kind in ("input", "textarea") for e in page.all(kind) if e.attributes.get("type") != "hidden"
    ]
    assert labels == {str(field.attributes["id"]) for field in fields}
    assert [say(f"web.suspicion_{one}", lang) in page.text for one in Suspicion] == [True] * 4
    assert not page.all("script"), "no page for anyone has one"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_is_said_on_top_and_at_the_field_and_nothing_typed_is_lost(
    cast: Cast, visitor: Browser, lang: Language
) -> None:
    fields = {**GOOD, "suspicion": "", "words": "", "shown_number": '"><b>', "contact": "x y", "consents": ""}
    page = send(visitor, fields, lang=lang, status=422)
    summary = page.one("section", class_="notices")
    codes = {
        "suspicion": "suspicion_missing",
        "words": "text_missing",
        "contact": "contact_malformed",
        "consents": "consent_missing",
    }
    for where, code in codes.items():
        sentence = say(f"errors.{code}", lang)
        assert sentence in summary.text
        assert page.one("p", id=f"{where}-error").text == sentence
        assert page.all("a", href=f"#{where}")
    assert (value_of(page, "shown_number"), value_of(page, "contact")) == ('"><b>', "x y")
    assert rows("SELECT seq FROM reports") == []


def test_the_choice_and_the_consent_stay_as_they_were(cast: Cast, visitor: Browser) -> None:
    page = send(visitor, {**GOOD, "words": "x" * (LONGEST_WORDS + 1)}, status=422)
    ticked = [str(field.attributes["id"]) for field in page.all("input") if "checked" in field.attributes]
    assert ticked == ["suspicion-wrong_product", "consents"]
    assert page.one("textarea").text == "x" * (LONGEST_WORDS + 1)


def test_an_address_reports_so_often_in_an_hour_and_mistakes_do_not_count(
    cast: Cast, visitor: Browser
) -> None:
    for _ in range(4):
        send(visitor, {**GOOD, "words": ""}, status=422)
    for _ in range(3):
        send(visitor, GOOD)
    answer = visitor.post("/report", data=GOOD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    page = read_page(answer.text)
    assert "0 2000 0000" in page.one("p", class_="next-ways").text, "there is still the telephone"
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}
    assert visitor.post("/report", data=GOOD, environ_overrides=elsewhere).status_code == 200
    assert len(rows("SELECT seq FROM reports")) == 4


def test_only_our_own_form_reports(cast: Cast, app: Flask) -> None:
    stranger = app.test_client()
    assert stranger.post("/report", data=GOOD).status_code == 403
    forged = stranger.post("/report", data=GOOD, headers={"Origin": "https://elsewhere.example"})
    assert forged.status_code == 403
    assert rows("SELECT seq FROM reports") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_officers_read_hostile_words_as_words_and_close_the_report(
    app: Flask, cast: Cast, visitor: Browser, lang: Language
) -> None:
    send(visitor, {**GOOD, "words": HOSTILE, "shown_number": '"><svg onload=x>'})
    malee, anan = signed_in(app, cast.malee), signed_in(app, cast.anan)
    listed = read_page(malee.get(f"/staff/reports?lang={lang}").text, beside=("https://", "http://"))
    assert say("web.suspicion_wrong_product", lang) in listed.text
    assert '"><svg onload=x>' in listed.text
    shown = anan.get(f"/staff/reports/1?lang={lang}")
    page = read_page(shown.text, beside=("https://", "http://"))
    assert " ".join(HOSTILE.split()) in page.text
    assert "<img src=x" not in shown.text
    assert not [link for link in page.all("a") if "javascript" in str(link.attributes["href"])]
    assert "napha@example.com" in page.text
    assert malee.post("/staff/reports/1/look").status_code == 303
    assert (
        say("status.report_notice_taken", lang)
        in malee.get(f"/staff/reports/1?notice=taken&lang={lang}").text
    )
    refused = anan.post(f"/staff/reports/1/close?lang={lang}", data={"note": " "})
    assert refused.status_code == 422
    assert say("errors.note_missing", lang) in refused.text
    assert anan.post("/staff/reports/1/close", data={"note": "<i>แจ้งแล้ว</i>"}).status_code == 303
    again = malee.post(f"/staff/reports/1/close?lang={lang}", data={"note": "x"})
    assert again.status_code == 409
    assert say("errors.report_closed", lang) in again.text
    end = malee.get("/staff/reports/1").text
    assert "&lt;i&gt;แจ้งแล้ว&lt;/i&gt;" in end
    assert "/close" not in end, "what is closed is not closed again"
    assert "R-25" not in read_page(malee.get("/staff/reports").text, beside=("http",)).one("main").text
    assert "R-25" in malee.get("/staff/reports?state=closed").text


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999999", "2", "๒"])
def test_a_page_that_does_not_exist_is_an_empty_or_the_first_one(
    app: Flask, cast: Cast, visitor: Browser, page: str
) -> None:
    send(visitor, GOOD)
    answer = signed_in(app, cast.malee).get("/staff/reports", query_string={"page": page})
    assert answer.status_code == 200
    assert ("R-25" in answer.text) is (page != "2")


@pytest.mark.parametrize("person", ["somchai", "napha"])
def test_what_was_reported_is_not_for_others(app: Flask, cast: Cast, visitor: Browser, person: str) -> None:
    send(visitor, GOOD)
    other = signed_in(app, getattr(cast, person))
    assert other.get("/staff/reports").status_code == 403
    assert other.get("/staff/reports/1").status_code == 403
    attempts: list[Any] = [
        other.post(f"/staff/reports/1/{act}", data={"note": "x"}) for act in ("look", "close")
    ]
    assert [answer.status_code for answer in attempts] == [403, 403]
    assert "/staff/reports" not in other.get("/account").text, "no menu leads there"
    assert signed_in(app, cast.malee).get("/staff/reports/2").status_code == 404
