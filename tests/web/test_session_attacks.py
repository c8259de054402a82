"""Attacks on sessions, each as somebody would try it; none may be accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mit.accounts.people import close_user, grant_role, set_password, take_role
from mit.accounts.second_factor import reset_second_factor
from mit.accounts.sessions import OTHERS, STAFF
from mit.lifecycle.mails import Letter
from mit.roles.actor import Role
from mit.store import accounts, jobs
from mit.store.db import transaction, viewing
from mit.store.jobs import JobRow
from mit.values.clock import FrozenClock
from tests.support.people import CHEAP, PASSWORD, Cast, email_of, gather
from tests.support.signed_in import Browser, browser, code_of, give_second_factor, open_door, signed_in

NEW_PASSWORD = "another battery, another staple"


@pytest.fixture
def door(app: Flask, clock: FrozenClock) -> Flask:
    return open_door(app, clock)


@pytest.fixture
def people(door: Flask, now: datetime) -> Cast:
    return gather(now)


@pytest.fixture
def somchai(door: Flask, people: Cast) -> Browser:
    return signed_in(door, people.somchai)


@pytest.fixture
def malee(door: Flask, people: Cast) -> Browser:
    return signed_in(door, people.malee)


def is_in(client: Browser) -> bool:
    """Say whether somebody is signed in here."""
    return client.get("/account").status_code == 200


def thief_of(victim: Browser) -> Browser:
    """Return another browser that holds what the victim's cookie holds now."""
    thief = browser(victim.application)
    thief.hold(victim.token)
    return thief


def bare(known: Browser) -> FlaskClient:
    """Return a client that keeps no cookies: it sends the ones that each request is given."""
    return known.application.test_client(use_cookies=False)


def enter(client: Browser, name: str, password: str = PASSWORD, **more: str) -> int:
    """Sign in through the page and return the status."""
    data = {"email": email_of(name), "password": password, **more}
    return int(client.post("/sign-in", data=data).status_code)


def links(letter: Letter) -> list[str]:
    """Return the paths in the letters of this kind that wait in the outbox."""
    with viewing() as session:
        rows = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id).all()
        payloads = [json.loads(row.payload) for row in rows]
    return [each["params"]["path"] for each in payloads if each["letter"] == letter]


# --- stolen, replayed, planted


def test_a_cookie_is_worth_nothing_after_signing_out(somchai: Browser) -> None:
    thief = thief_of(somchai)
    assert is_in(thief)
    assert somchai.post("/sign-out").status_code == 303
    assert not somchai.token
    assert not is_in(thief)


def test_a_cookie_planted_before_signing_in_is_not_the_one_after(door: Flask, people: Cast) -> None:
    victim = browser(door)
    victim.hold("a-token-that-the-attacker-chose")
    assert enter(victim, "Somchai") == 303
    assert victim.token != "a-token-that-the-attacker-chose"
    attacker = browser(door)
    attacker.hold("a-token-that-the-attacker-chose")
    assert not is_in(attacker)
    assert is_in(victim)


def test_the_half_open_session_of_the_password_is_not_the_one_of_the_code(
    door: Flask, people: Cast, clock: FrozenClock
) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, people.malee.user_id), clock.now())
    victim = browser(door)
    assert enter(victim, "Malee") == 303
    thief = thief_of(victim)
    assert victim.post("/sign-in/code", data={"code": code_of(people.malee, clock.now())}).status_code == 303
    assert is_in(victim)
    assert not is_in(thief)


def test_a_stolen_cookie_dies_when_the_password_is_changed(somchai: Browser) -> None:
    thief = thief_of(somchai)
    answer = somchai.post("/account/password", data={"old": PASSWORD, "new": NEW_PASSWORD})
    assert answer.status_code == 303
    assert is_in(somchai)
    assert not is_in(thief)


def test_every_other_session_dies_when_the_password_is_changed(
    door: Flask, people: Cast, somchai: Browser
) -> None:
    elsewhere = signed_in(door, people.somchai)
    somchai.post("/account/password", data={"old": PASSWORD, "new": NEW_PASSWORD})
    assert not is_in(elsewhere)


@pytest.mark.parametrize(
    "change", ["", "a", "A" * 43, "../../etc/passwd", "' OR 1=1 --", "\u0e01", "x" * 5000]
)
def test_a_token_that_was_made_up_or_altered_opens_nothing(somchai: Browser, change: str) -> None:
    forger = bare(somchai)
    forged = [change, somchai.token + change, somchai.token[:-1] + ("A" if somchai.token[-1] != "A" else "B")]
    for token in forged:
        if token == somchai.token:
            continue
        answer = forger.get("/account", headers={"Cookie": f"mit={token}".encode().decode("latin-1")})
        assert answer.status_code == 303


def test_the_hash_in_the_table_is_not_a_token(somchai: Browser) -> None:
    from mit.accounts.sessions import hash_of

    thief = browser(somchai.application)
    thief.hold(hash_of(somchai.token))
    assert not is_in(thief)


@pytest.mark.parametrize("cookie", ["lang={token}", "session={token}", "__Host-mit={token}", "MIT={token}"])
def test_another_cookie_is_not_the_session(somchai: Browser, cookie: str) -> None:
    thief = bare(somchai)
    assert thief.get("/account", headers={"Cookie": f"mit={somchai.token}"}).status_code == 200
    answer = thief.get("/account", headers={"Cookie": cookie.format(token=somchai.token)})
    assert answer.status_code == 303


def test_over_https_only_the_cookie_that_nobody_can_plant_counts(somchai: Browser) -> None:
    planted = {"Cookie": f"mit={somchai.token}"}
    asked = bare(somchai)
    assert asked.get("/account", base_url="https://localhost", headers=planted).status_code == 303
    own = {"Cookie": f"__Host-mit={somchai.token}"}
    assert asked.get("/account", base_url="https://localhost", headers=own).status_code == 200


def test_a_session_that_was_ended_from_another_one_is_over(
    door: Flask, people: Cast, somchai: Browser
) -> None:
    elsewhere = signed_in(door, people.somchai)
    assert is_in(elsewhere)
    assert somchai.post("/account/sessions/end-others").status_code == 303
    assert not is_in(elsewhere)
    assert is_in(somchai)


# --- time


@pytest.mark.parametrize(("who", "limits"), [("somchai", OTHERS), ("malee", STAFF)])
def test_a_session_ends_when_nobody_uses_it(
    request: pytest.FixtureRequest, clock: FrozenClock, now: datetime, who: str, limits: tuple[int, timedelta]
) -> None:
    client: Browser = request.getfixturevalue(who)
    clock.set(now + timedelta(minutes=limits[0], seconds=-1))
    assert is_in(client)
    clock.set(clock.now() + timedelta(minutes=limits[0]))
    assert not is_in(client)


@pytest.mark.parametrize(("who", "limits"), [("somchai", OTHERS), ("malee", STAFF)])
def test_a_session_ends_at_last_however_busy(
    request: pytest.FixtureRequest, clock: FrozenClock, now: datetime, who: str, limits: tuple[int, timedelta]
) -> None:
    client: Browser = request.getfixturevalue(who)
    step = timedelta(minutes=limits[0] - 1)
    while clock.now() + step < now + limits[1]:
        clock.set(clock.now() + step)
        assert is_in(client)
    clock.set(now + limits[1])
    assert not is_in(client)


def test_a_half_open_session_does_not_wait_for_its_code_for_long(
    door: Flask, people: Cast, clock: FrozenClock, now: datetime
) -> None:
    client = signed_in(door, people.malee, stage="code")
    clock.set(now + timedelta(minutes=15))
    answer = client.post("/sign-in/code", data={"code": code_of(people.malee, clock.now())})
    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(client)


# --- forms from elsewhere


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_a_form_from_another_origin_changes_nothing_even_with_the_right_token(
    somchai: Browser, headers: dict[str, str]
) -> None:
    assert somchai.post("/sign-out", headers=headers).status_code == 403
    assert is_in(somchai)


def test_a_form_without_or_with_another_browsers_token_changes_nothing(
    door: Flask, people: Cast, somchai: Browser
) -> None:
    other = signed_in(door, people.krit).form_token()
    nobodys = browser(door).form_token()
    for token in ("", "x", other, nobodys):
        answer = somchai.post("/sign-out", csrf=False, data={"csrf_token": token})
        assert answer.status_code == 403
    assert is_in(somchai)


def test_the_token_of_a_form_is_dead_after_signing_out_and_in_again(door: Flask, people: Cast) -> None:
    client = browser(door)
    enter(client, "Somchai")
    old = client.form_token()
    client.post("/sign-out")
    enter(client, "Somchai")
    assert client.post("/sign-out", csrf=False, data={"csrf_token": old}).status_code == 403


def test_nobody_is_signed_in_by_a_form_from_elsewhere(door: Flask, people: Cast) -> None:
    """An attacker would like the victim to work in the attacker's account."""
    victim = browser(door)
    for more in ({"csrf": False}, {"headers": {"Origin": "https://evil.example"}}):
        answer = victim.post(
            "/sign-in",
            data={"email": email_of("Krit"), "password": PASSWORD},
            **more,  # type: ignore[arg-type]
        )
        assert answer.status_code == 403
        assert not is_in(victim)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example"])
def test_another_host_gets_no_session(somchai: Browser, host: str) -> None:
    cookie = {"Cookie": f"mit={somchai.token}", "Host": host}
    answer = bare(somchai).get("/account", headers=cookie)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_another_method_does_not_do_what_a_form_does(somchai: Browser, method: str) -> None:
    answer = somchai.open("/sign-out", method=method, csrf=False)
    assert answer.status_code in {200, 405}
    assert is_in(somchai)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_show_nothing_to_who_is_not_signed_in(door: Flask, method: str) -> None:
    answer = browser(door).open("/account", method=method)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "POST"}, {"X-Method-Override": "POST"}],
    ids=str,
)
def test_a_question_does_not_become_a_change(somchai: Browser, headers: dict[str, str]) -> None:
    assert somchai.get("/sign-out?_method=POST", headers=headers).status_code == 405
    assert is_in(somchai)


# --- the second factor


@pytest.mark.parametrize("stage", ["code", "set_up"])
@pytest.mark.parametrize(
    "path", ["/account", "/account/password", "/sign-in/again", "/c/MIT-2569-0012345-B.pdf"]
)
def test_no_address_leads_past_the_second_factor(door: Flask, people: Cast, stage: str, path: str) -> None:
    client = signed_in(door, people.malee, stage=stage)  # type: ignore[arg-type]
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(("/sign-in/code", "/account/second-factor"))


def test_who_owes_a_code_cannot_set_up_another_telephone_instead(door: Flask, people: Cast) -> None:
    client = signed_in(door, people.malee, stage="code")
    for answer in (
        client.get("/account/second-factor"),
        client.post("/account/second-factor", data={"code": "1"}),
    ):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in/code")


def test_who_is_signed_in_cannot_put_another_telephone_in_place_of_theirs(door: Flask, people: Cast) -> None:
    client = signed_in(door, people.malee)
    assert client.post("/account/second-factor", data={"code": "123456"}).status_code == 409


def test_a_code_never_works_twice_nor_one_from_before_it(
    door: Flask, people: Cast, clock: FrozenClock, now: datetime
) -> None:
    first, second = (signed_in(door, people.malee, stage="code") for _ in range(2))
    before = code_of(people.malee, now - timedelta(seconds=30))
    code = code_of(people.malee, now)
    assert first.post("/sign-in/code", data={"code": code}).status_code == 303
    for seen in (code, before):
        assert second.post("/sign-in/code", data={"code": seen}).status_code == 422
    assert not is_in(second)
    clock.set(now + timedelta(seconds=30))
    assert second.post("/sign-in/code", data={"code": code}).status_code == 422
    fresh = code_of(people.malee, clock.now())
    assert second.post("/sign-in/code", data={"code": fresh}).status_code == 303


def test_a_code_is_not_guessed_in_a_row(door: Flask, people: Cast, now: datetime) -> None:
    client = signed_in(door, people.malee, stage="code")
    right = code_of(people.malee, now)
    wrong = [f"{n:06d}" for n in range(10) if f"{n:06d}" != right][:5]
    assert [client.post("/sign-in/code", data={"code": code}).status_code for code in wrong] == [422] * 5
    assert client.post("/sign-in/code", data={"code": right}).status_code == 429
    assert not is_in(client)


def test_a_new_password_by_mail_does_not_remove_the_second_factor(
    door: Flask, people: Cast, malee: Browser, clock: FrozenClock
) -> None:
    client = browser(door)
    client.post("/password/forgot", data={"email": email_of("Malee")})
    (path,) = links(Letter.RESET_PASSWORD)
    assert client.post(path, data={"password": NEW_PASSWORD}).status_code == 303
    assert not is_in(malee)
    answer = client.post("/sign-in", data={"email": email_of("Malee"), "password": NEW_PASSWORD})
    assert answer.headers["Location"] == "/sign-in/code"
    assert not is_in(client)


# --- links


def test_a_link_for_a_new_password_works_once(door: Flask, people: Cast) -> None:
    client = browser(door)
    client.post("/password/forgot", data={"email": email_of("Somchai")})
    (path,) = links(Letter.RESET_PASSWORD)
    assert client.post(path, data={"password": NEW_PASSWORD}).status_code == 303
    assert client.get(path).status_code == 422
    assert client.post(path, data={"password": "the thief's own long password"}).status_code == 422
    assert enter(client, "Somchai", "the thief's own long password") == 422
    assert enter(client, "Somchai", NEW_PASSWORD) == 303


def test_a_link_for_a_new_password_is_too_old_after_an_hour(
    door: Flask, people: Cast, clock: FrozenClock, now: datetime
) -> None:
    client = browser(door)
    client.post("/password/forgot", data={"email": email_of("Somchai")})
    (path,) = links(Letter.RESET_PASSWORD)
    clock.set(now + timedelta(minutes=60))
    assert client.get(path).status_code == 200
    clock.set(now + timedelta(minutes=60, seconds=1))
    assert client.post(path, data={"password": NEW_PASSWORD}).status_code == 422


def test_a_link_to_confirm_works_once_and_only_with_the_password(
    door: Flask, clock: FrozenClock, now: datetime
) -> None:
    client = browser(door)
    data = {"name": "Ploy", "email": "ploy@example.com", "password": PASSWORD, "language": "th"}
    assert client.post("/register", data=data).status_code == 200
    (path,) = links(Letter.CONFIRM_EMAIL)
    assert client.post(path, data={"password": NEW_PASSWORD}).status_code == 422
    assert not is_in(client)
    assert client.post(path, data={"password": PASSWORD}).status_code == 303
    assert is_in(client)
    other = browser(door)
    assert other.post(path, data={"password": PASSWORD}).status_code == 422
    assert not is_in(other)


def test_a_link_of_one_kind_is_no_link_of_the_other(door: Flask, people: Cast) -> None:
    client = browser(door)
    client.post("/password/forgot", data={"email": email_of("Somchai")})
    (path,) = links(Letter.RESET_PASSWORD)
    token = path.rpartition("/")[2]
    assert client.get(f"/register/confirm/{token}").status_code == 422
    assert client.get(f"/password/reset/{token[:-2]}AA").status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        " /account",
        "http:evil.example",
        "///evil.example",
        "/account\r\nSet-Cookie: mit=x",
    ],
)
def test_signing_in_leads_to_no_other_host(door: Flask, people: Cast, target: str) -> None:
    client = browser(door)
    data = {"email": email_of("Somchai"), "password": PASSWORD, "next": target}
    answer = client.post("/sign-in", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/home")


# --- who may do less than before


@pytest.mark.parametrize(
    "change",
    [
        lambda people, now: take_role(None, people.malee.user_id, Role.REVIEWER, now=now),
        lambda people, now: grant_role(None, people.malee.user_id, Role.APPROVER, now=now),
        lambda people, now: close_user(None, people.malee.user_id, now=now),
        lambda people, now: set_password(None, people.malee.user_id, NEW_PASSWORD, now=now, passwords=CHEAP),
        lambda people, now: reset_second_factor(None, people.malee.user_id, now=now),
    ],
    ids=["role taken", "role granted", "closed", "password set", "second factor reset"],
)
def test_no_token_outlives_a_change_of_what_a_person_may_do(
    people: Cast, malee: Browser, now: datetime, change: Callable[[Cast, datetime], object]
) -> None:
    assert is_in(malee)
    change(people, now)
    assert not is_in(malee)


def test_proving_it_again_replaces_the_token(somchai: Browser) -> None:
    thief = thief_of(somchai)
    assert somchai.post("/sign-in/again", data={"proof": PASSWORD}).status_code == 303
    assert is_in(somchai)
    assert not is_in(thief)


# --- who only looks


@pytest.mark.parametrize("path", ["/", "/v/123", "/verify", "/c/MIT-2569-0012345-B", "/api/v1/openapi.json"])
def test_public_pages_neither_read_a_session_nor_set_a_cookie(
    somchai: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    from mit.accounts import sessions

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a session was read")

    monkeypatch.setattr(sessions, "find", never)
    answer = somchai.get(path)
    assert answer.status_code in {200, 404}
    assert "Set-Cookie" not in answer.headers
    assert "mit" not in answer.headers.get("Set-Cookie", "")


def test_the_check_of_a_file_takes_anybodys_file_and_acts_for_nobody(somchai: Browser) -> None:
    before = dict(somchai.get("/account").headers)
    answer = somchai.post("/verify", csrf=False, headers={"Origin": "https://evil.example"}, data={})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in before


def test_letters_of_the_attacks_hold_no_more_than_they_must(people: Cast, door: Flask) -> None:
    browser(door).post("/password/forgot", data={"email": email_of("Somchai")})
    with transaction() as session:
        job = jobs.take(session, door.extensions["mit.clock"].now())
    assert job is not None
    assert set(job.payload) == {"to", "language", "letter", "params"}
    assert set(job.payload["params"]) == {"name", "path", "minutes"}
