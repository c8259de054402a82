"""The pages of signing in and of one's own account, as people meet them: words, fields, what is kept."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.accounts import sessions
from mit.accounts.datastore import code_at
from mit.i18n import LANGUAGES, say
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.access import TABLE
from mit.store import accounts, audit
from mit.store.db import transaction, viewing
from mit.store.jobs import JobRow
from mit.store.sessions import SessionRow
from mit.values.clock import FrozenClock
from tests.support.people import PASSWORD, Cast, email_of, gather
from tests.support.signed_in import Browser, browser, code_of, give_second_factor, open_door, signed_in
from tests.web.html import Element, Page, read_page

HOSTILE = "\"><script>alert(1)</script>{{ 7*7 }}' & ก็ \u202e"
SECRET = "a secret that must not come back"


@pytest.fixture
def door(app: Flask, clock: FrozenClock) -> Flask:
    return open_door(app, clock)


@pytest.fixture
def people(door: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def somchai(door: Flask, people: Cast) -> Browser:
    return signed_in(door, people.somchai)


def shown(html: str) -> Page:
    """Return a page of this layout, parsed; scripts of our own files are allowed here."""
    return read_page(re.sub(r"<script [^>]*src=\"/static/[^>]*></script>", "", html))


def opened(client: Browser, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return shown(answer.text)


def newest_path() -> str:
    with viewing() as session:
        row = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id.desc()).first()
    assert row is not None
    return str(json.loads(row.payload)["params"]["path"])


# --- every page, in both languages


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_reads_well_in_both_languages(
    door: Flask, people: Cast, somchai: Browser, lang: str
) -> None:
    nobody = browser(door)
    half = signed_in(door, people.malee, stage="code")
    new = signed_in(door, people.anan, stage="set_up")
    nobody.post("/password/forgot", data={"email": email_of("Somchai")})
    pages = [
        *((nobody, path) for path in ("/sign-in", "/register", "/password/forgot", newest_path())),
        (half, "/sign-in/code"),
        (new, "/account/second-factor"),
        (signed_in(door, people.malee), "/account/second-factor"),
        *((somchai, path) for path in ("/account", "/account/password", "/account/second-factor")),
        (somchai, "/sign-in/again"),
    ]
    for client, path in pages:
        page = opened(client, f"{path}?lang={lang}")
        assert page.one("html").attributes["lang"] == lang
        assert page.all("h1"), path
        for form in page.all("form"):
            assert form.attributes["method"] == "post", path
            names = [each.attributes.get("name") for each in below(form)]
            assert "csrf_token" in names, path


def below(element: Element) -> list[Element]:
    """Return everything inside an element."""
    return [each for child in element.children for each in (child, *below(child))]


def test_the_fields_are_those_of_the_contract(door: Flask) -> None:
    page = opened(browser(door), "/sign-in")
    assert page.one("input", name="email").attributes["autocomplete"] == "username"
    assert page.one("input", name="password").attributes["autocomplete"] == "current-password"


def test_nothing_of_the_library_behind_is_ever_seen(door: Flask) -> None:
    for path in (
        "/login",
        "/logout",
        "/tf-setup",
        "/reset",
        "/confirm",
        "/verify/",
        "/mf-recovery",
        "/us-signin",
    ):
        assert browser(door).get(path).status_code in {404, 308}
    assert not [row for row in TABLE if row.endpoint.startswith("security")]


# --- signing in


def test_with_a_form_as_a_browser_sends_it_one_is_led_where_one_wanted_to_go(
    door: Flask, people: Cast
) -> None:
    client = browser(door)
    led = client.get("/account/password")
    assert led.headers["Location"] == "/sign-in?next=%2Faccount%2Fpassword"
    page = opened(client, led.headers["Location"])
    fields = {each.attributes["name"]: each.attributes.get("value", "") for each in page.all("input")}
    assert fields["next"] == "/account/password"
    fields |= {"email": email_of("Somchai"), "password": PASSWORD}
    answer = client.post("/sign-in", csrf=False, data=fields, headers={"Origin": "http://localhost"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/password")
    assert client.get("/sign-in").headers["Location"] == "/account/home"


def test_the_way_of_staff_leads_over_the_set_up_and_recovery_codes_to_the_wish(
    door: Flask, people: Cast, clock: FrozenClock
) -> None:
    client = browser(door)
    data = {"email": email_of("Malee"), "password": PASSWORD, "next": "/account/password"}
    answer = client.post("/sign-in", data=data)
    assert answer.headers["Location"] == "/account/second-factor?next=%2Faccount%2Fpassword"
    page = opened(client, answer.headers["Location"])
    assert page.all("svg")
    key = re.sub(r"[ -]", "", page.all("code")[0].text)
    assert re.fullmatch("[A-Z2-7]{32}", key)
    with viewing() as session:
        row = sessions.find(client.token, now=clock.now())
        assert row is not None
        secret = session.get_one(SessionRow, row.session_id).pending_secret
    data = {"code": code_at(secret, clock.now()), "next": "/account/password"}
    codes = client.post("/account/second-factor", data=data)
    assert codes.status_code == 200
    assert len(re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", codes.text)) == 8
    assert 'href="/account/password"' in codes.text
    assert client.get("/account/password").status_code == 200
    assert "[0-9a-f]{4}-" not in client.get("/account/second-factor").text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_password_keeps_the_address_and_never_the_password(
    door: Flask, people: Cast, lang: str
) -> None:
    answer = browser(door).post(f"/sign-in?lang={lang}", data={"email": HOSTILE, "password": SECRET})
    assert answer.status_code == 422
    page = shown(answer.text)
    assert page.one("input", name="email").attributes["value"] == HOSTILE
    assert not page.one("input", name="password").attributes.get("value")
    assert SECRET not in answer.text
    assert say("errors.sign_in_failed", lang) in page.text  # type: ignore[arg-type]
    assert page.all("a", href="#password")


@pytest.mark.parametrize("email", ["x" * 10_000, "ก" * 10_000])
@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_what_is_refused_stands_in_its_field_however_long_it_is(
    door: Flask, people: Cast, path: str, email: str
) -> None:
    answer = browser(door).post(path, data={"email": email, "password": SECRET, "name": "Ploy"})
    assert answer.status_code == 422
    assert shown(answer.text).one("input", name="email").attributes["value"] == email


def test_after_too_many_failures_one_is_told_how_long_to_wait(door: Flask, people: Cast) -> None:
    client = browser(door)
    for _ in range(5):
        client.post("/sign-in", data={"email": email_of("Somchai"), "password": SECRET})
    answer = client.post("/sign-in", data={"email": email_of("Somchai"), "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert shown(answer.text).one("input", name="email").attributes["value"] == email_of("Somchai")


#: Form → what is typed → the field whose fault is shown, and what has to come back.
WRONG_FORMS = [
    ("/sign-in", {"email": "x@y", "password": ""}, "password", {"email": "x@y"}),
    ("/sign-in", {"email": "", "password": SECRET}, "email", {}),
    (
        "/register",
        {"name": HOSTILE[:150], "email": "not an address", "password": SECRET, "language": "en"},
        "email",
        {"name": HOSTILE[:150], "email": "not an address"},
    ),
    (
        "/register",
        {"name": "", "email": "ploy@example.com", "password": "short", "language": "th"},
        "password",
        {"email": "ploy@example.com"},
    ),
    ("/password/forgot", {"email": " "}, "email", {}),
]


@pytest.mark.parametrize(("path", "typed", "faulty", "kept"), WRONG_FORMS)
def test_every_form_keeps_what_was_typed_but_the_password(
    door: Flask, path: str, typed: dict[str, str], faulty: str, kept: dict[str, str]
) -> None:
    answer = browser(door).post(path, data=typed)
    assert answer.status_code == 422
    page = shown(answer.text)
    assert page.all("a", href=f"#{faulty}"), "the summary leads to the field"
    assert page.one("input", id=faulty).attributes["aria-invalid"] == "true"
    for name, value in kept.items():
        assert page.one("input", name=name).attributes["value"] == value
    for each in page.all("input", type="password"):
        assert not each.attributes.get("value")
    assert SECRET not in answer.text


WRONG_OWN_FORMS = [
    (
        "/account",
        {"name": "", "telephone": "call me", "language": "en"},
        "telephone",
        {"telephone": "call me"},
    ),
    ("/account", {"name": HOSTILE, "telephone": "x", "language": "xx"}, "telephone", {"name": HOSTILE}),
    ("/account/password", {"old": SECRET, "new": "short"}, "new", {}),
    ("/account/password", {"old": SECRET, "new": SECRET}, "old", {}),
    ("/account/password", {"old": "", "new": SECRET}, "old", {}),
    ("/account/second-factor", {"code": "12"}, "code", {}),
    ("/account/second-factor", {"code": ""}, "code", {}),
    ("/sign-in/again", {"proof": SECRET}, "proof", {}),
    ("/sign-in/again", {"proof": ""}, "proof", {}),
]


@pytest.mark.parametrize(("path", "typed", "faulty", "kept"), WRONG_OWN_FORMS)
def test_every_form_of_ones_own_account_does_so_too(
    somchai: Browser, path: str, typed: dict[str, str], faulty: str, kept: dict[str, str]
) -> None:
    answer = somchai.post(path, data=typed)
    assert answer.status_code == 422
    page = shown(answer.text)
    assert page.all("a", href=f"#{faulty}")
    assert page.one("input", id=faulty).attributes["aria-invalid"] == "true"
    for name, value in kept.items():
        assert page.one("input", name=name).attributes["value"] == value
    assert SECRET not in answer.text


def test_the_answer_to_a_registration_is_the_same_whether_the_address_is_known(
    door: Flask, people: Cast
) -> None:
    def registered(email: str) -> str:
        data = {"name": "Ploy", "email": email, "password": PASSWORD, "language": "th"}
        answer = browser(door).post("/register", data=data)
        assert answer.status_code == 200
        return re.sub(r"<code>[0-9a-f]{12}</code>|value=\"[^\"]*\"", "", answer.text).replace(email, "…")

    assert registered("ploy@example.com") == registered(email_of("Somchai"))


def test_the_answer_to_a_forgotten_password_is_the_same_too(door: Flask, people: Cast) -> None:
    def asked(email: str) -> str:
        answer = browser(door).post("/password/forgot", data={"email": email})
        return re.sub(r"<code>[0-9a-f]{12}</code>|value=\"[^\"]*\"", "", answer.text).replace(email, "…")

    assert asked("nobody@example.com") == asked(email_of("Somchai"))


# --- one's own account


def test_the_account_shows_where_one_is_signed_in_and_ends_it(
    door: Flask, people: Cast, somchai: Browser, clock: FrozenClock
) -> None:
    signed_in(door, people.somchai)
    text = somchai.get("/account").text
    ends = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', text)
    assert len(ends) == 2
    assert text.count("192.0.2.7") == 2
    assert text.count("Tests/1.0") == 2
    live = sessions.find(somchai.token, now=clock.now())
    assert live is not None
    other = next(end for end in ends if str(live.session_id) not in end)
    assert somchai.post(other).headers["Location"] == "/account?notice=session_ended"
    assert len(re.findall(r'action="/account/sessions/[0-9a-f-]{36}/end"', somchai.get("/account").text)) == 1
    own = f"/account/sessions/{live.session_id}/end"
    assert somchai.post(own).headers["Location"] == "/sign-in?notice=ended"
    assert not somchai.token


def test_a_profile_is_saved_and_shown(somchai: Browser) -> None:
    data = {"name": "สมชาย ใจดี", "telephone": "02 345 1000", "language": "en"}
    assert somchai.post("/account", data=data).headers["Location"] == "/account?notice=saved"
    page = opened(somchai, "/account?notice=saved")
    assert page.one("input", name="name").attributes["value"] == "สมชาย ใจดี"
    assert page.one("input", name="telephone").attributes["value"] == "02 345 1000"
    assert say("account.notice_saved", "th") in page.text


@pytest.mark.parametrize("notice", ["x", "<script>", "../x", "account_title"])
def test_a_notice_that_is_none_of_ours_says_nothing(door: Flask, notice: str) -> None:
    client = browser(door)
    assert client.get("/sign-in", query_string={"notice": notice}).status_code == 200


def test_recovery_codes_are_made_anew_after_a_fresh_proof(
    door: Flask, people: Cast, clock: FrozenClock, now: datetime
) -> None:
    client = signed_in(door, people.malee)
    clock.set(now + timedelta(minutes=6))
    path = "/account/second-factor/recovery-codes"
    led = client.post(path, headers={"Referer": "http://localhost/account/second-factor"})
    assert led.headers["Location"] == "/sign-in/again?next=%2Faccount%2Fsecond-factor"
    data = {"proof": code_of(people.malee, clock.now()), "next": "/account/second-factor"}
    assert client.post("/sign-in/again", data=data).headers["Location"] == "/account/second-factor"
    answer = client.post(path)
    assert answer.status_code == 200
    assert len(re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", answer.text)) == 8


def test_the_masthead_names_the_person_and_what_they_act_as(
    door: Flask, people: Cast, somchai: Browser
) -> None:
    text = opened(somchai, "/account").text
    assert "Somchai Jaidee" in text
    assert say("account.role_manufacturer", "th") in text
    half = signed_in(door, people.malee, stage="code")
    assert say("account.role_reviewer", "th") not in opened(half, "/sign-in/code").text


def test_what_was_done_is_recorded(door: Flask, people: Cast, clock: FrozenClock) -> None:
    client = browser(door)
    client.post("/sign-in", data={"email": email_of("Somchai"), "password": SECRET})
    client.post("/sign-in", data={"email": email_of("Somchai"), "password": PASSWORD})
    client.post("/account/password", data={"old": PASSWORD, "new": "another long password"})
    client.post("/sign-out")
    client.post("/password/forgot", data={"email": email_of("Somchai")})
    client.post(newest_path(), data={"password": PASSWORD})
    with viewing() as session:
        seen = audit.events_about(session, f"user:{people.somchai.user_id}")
        assert audit.verify_chain(session) == []
    assert [event.event for event in seen] == [
        AuditEvent.SIGN_IN_FAILED,
        AuditEvent.SIGNED_IN,
        AuditEvent.PASSWORD_CHANGED,
        AuditEvent.SIGNED_OUT,
        AuditEvent.RESET_ASKED,
        AuditEvent.PASSWORD_RESET,
    ]
    assert not [event for event in seen if PASSWORD in event.payload or SECRET in event.payload]


# --- cookies


def test_over_plain_http_the_cookie_is_plain_and_over_https_it_is_bound_to_the_host(
    door: Flask, people: Cast
) -> None:
    plain = browser(door).get("/sign-in").headers["Set-Cookie"]
    assert plain.startswith("mit=")
    assert "Secure" not in plain
    sealed = browser(door).get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert sealed.startswith("__Host-mit=")
    assert "Secure" in sealed
    for cookie in (plain, sealed):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "Expires" not in cookie


def test_a_page_with_a_form_is_never_kept_by_anybody(somchai: Browser, door: Flask) -> None:
    for client, path in ((somchai, "/account"), (browser(door), "/sign-in")):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_who_has_a_cookie_for_the_form_is_given_no_other(door: Flask) -> None:
    client = browser(door)
    assert "Set-Cookie" in client.get("/sign-in").headers
    assert "Set-Cookie" not in client.get("/sign-in").headers
    assert "Set-Cookie" not in client.get("/register").headers


def test_a_machine_is_told_in_a_problem_document_what_is_lacking(door: Flask) -> None:
    answer = browser(door).get("/account", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (403, "sign_in_needed")


def test_staff_without_a_second_factor_may_leave(door: Flask, people: Cast) -> None:
    client = signed_in(door, people.malee, stage="set_up")
    assert client.post("/sign-out").status_code == 303
    assert not client.token


def test_who_set_it_up_elsewhere_meanwhile_is_told(door: Flask, people: Cast, clock: FrozenClock) -> None:
    client = signed_in(door, people.malee, stage="set_up")
    with transaction() as session:
        give_second_factor(accounts.get_user(session, people.malee.user_id), clock.now())
    assert client.post("/account/second-factor", data={"code": "123456"}).status_code == 409


def test_who_gets_no_letter_is_shown_a_way_on(door: Flask) -> None:
    client = browser(door)
    new = {"name": "Ploy", "email": "ploy@example.com", "password": PASSWORD, "language": "th"}
    registered = client.post("/register", data=new).text
    assert say("account.register_sent_again", "th") in registered
    assert 'href="/sign-in"' in registered
    asked = client.post("/password/forgot", data={"email": "ploy@example.com"}).text
    assert 'href="/password/forgot"' in asked
    again = client.post("/sign-in", data={"email": "ploy@example.com", "password": PASSWORD})
    assert say("errors.email_unconfirmed", "th") in again.text, "and the link is sent again"
