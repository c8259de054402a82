"""Administrators' pages: what they show, what they do, and that nobody else does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from mit import worker
from mit.accounts import people
from mit.accounts.letters import write_letter
from mit.criteria.rulebook import make_rulebook
from mit.i18n import LANGUAGES, Language, knows, say
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.access import TABLE
from mit.roles.actor import Actor, Role
from mit.store import accounts, audit, jobs
from mit.store.db import transaction, viewing
from mit.values.clock import FrozenClock
from mit.values.identifiers import shown_hs_code
from tests.criteria.test_recipe import followed
from tests.support.databases import KINDS
from tests.support.people import Cast, gather, invite
from tests.support.sheets import rule_document
from tests.support.signed_in import Browser, browser, give_second_factor, open_door, signed_in
from tests.support.world import rows

PAGES = [
    *("/admin", "/admin/users", "/admin/rule-sets", "/admin/rule-sets/mit-2563-1", "/admin/settings"),
    *("/admin/keys", "/admin/mails", "/admin/audit", "/admin/audit/chain", "/admin/permissions"),
    *("/demo/mailbox",),
]


@dataclass(frozen=True, slots=True)
class House:
    """The application, its people, two administrators and their browsers."""

    app: Flask
    cast: Cast
    chief: Actor
    deputy: Actor
    now: datetime

    def browser(self, who: Actor) -> Browser:
        return signed_in(self.app, who)


@pytest.fixture
def house(app: Flask, clock: FrozenClock, now: datetime) -> House:
    open_door(app, clock)
    cast = gather(now)
    chief = invite("Prasit Dulae", Role.ADMINISTRATOR, now=now)
    deputy = invite("Duangjai Dulae", Role.ADMINISTRATOR, now=now)
    return House(app, cast, chief, deputy, now)


@pytest.fixture
def chief(house: House) -> Browser:
    return house.browser(house.chief)


def held(actor: Actor) -> set[str]:
    with viewing() as session:
        return {str(role) for role in accounts.roles_of(session, actor.user_id)}


def user(actor: Actor, part: str = "") -> str:
    return f"/admin/users/{actor.user_id}{part}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_both_languages(chief: Browser, page: str, language: Language) -> None:
    answer = chief.get(page, query_string={"lang": language})
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text
    if page.startswith("/admin"):
        assert say("admin.nav_overview", language) in answer.text


@pytest.mark.parametrize("who", ["somchai", "malee", "anan", "napha"])
def test_nobody_else_comes_in(house: House, who: str) -> None:
    other = house.browser(getattr(house.cast, who))
    for row in TABLE:
        if row.endpoint.startswith("admin"):
            for rule in house.app.url_map.iter_rules(row.endpoint):
                values = {
                    "user_id": house.cast.krit.user_id,
                    "role": "reviewer",
                    "part": "close",
                    "rule_set_id": "mit-2563-1",
                }
                address = rule.build({name: values[name] for name in rule.arguments})[1]  # type: ignore[index]
                for method in (rule.methods or set()) & {"GET", "POST"}:
                    assert other.open(address, method=method).status_code == 403, address
    assert rows("SELECT event FROM audit_events WHERE event LIKE 'administrator:%'") == []


def test_without_the_token_of_our_form_nothing_is_done(house: House, chief: Browser) -> None:
    for part in ("/roles", "/roles/manufacturer/take", "/close", "/second-factor"):
        answer = chief.post(user(house.cast.krit, part), data={"role": "reviewer", "sure": "yes"}, csrf=False)
        assert answer.status_code == 403
    assert held(house.cast.krit) == {"manufacturer"}


def test_an_old_proof_asks_for_a_new_one_before_anything_is_done(
    house: House, chief: Browser, clock: FrozenClock
) -> None:
    clock.advance(timedelta(minutes=6))
    answer = chief.post(user(house.cast.krit, "/close"), data={"sure": "yes"})
    assert answer.status_code in {303, 403}
    assert rows("SELECT event FROM audit_events WHERE event = 'administrator:user:close'") == []


def test_a_role_is_given_and_taken(house: House, chief: Browser) -> None:
    newcomer = invite("Mana Maimee", Role.PROCUREMENT_OFFICER, now=house.now)
    assert chief.post(user(newcomer, "/roles"), data={"role": "reviewer"}).status_code == 303
    assert held(newcomer) == {"procurement_officer", "reviewer"}
    assert chief.post(user(newcomer, "/roles/procurement_officer/take")).status_code == 303
    assert held(newcomer) == {"reviewer"}
    again = chief.post(user(newcomer, "/roles/procurement_officer/take"))
    assert "notice=unchanged" in again.location


@pytest.mark.parametrize(
    ("role", "code"), [("reviewer", "role_mixed"), ("king", "role_unknown"), ("", "role_unknown")]
)
def test_a_role_that_cannot_be_is_refused_beside_its_field(
    house: House, chief: Browser, role: str, code: str
) -> None:
    answer = chief.post(user(house.cast.krit, "/roles?lang=en"), data={"role": role})
    assert answer.status_code == 422
    assert say(f"errors.{code}", "en") in unescape(answer.text)
    assert held(house.cast.krit) == {"manufacturer"}


def test_nobody_changes_their_own_login(house: House, chief: Browser) -> None:
    page = chief.get(user(house.chief, "?lang=en")).text
    assert say("admin.user_oneself", "en") in page
    assert 'method="post" action="/admin' not in page
    acts: dict[str, dict[str, str]] = {
        "/roles": {"role": "reviewer"}, "/roles/administrator/take": {}, "/close": {"sure": "yes"},
        "/second-factor": {},
    }  # fmt: skip
    for part, form in acts.items():
        assert chief.post(user(house.chief, part), data=form).status_code == 403
    assert held(house.chief) == {"administrator"}


def test_a_login_is_closed_only_when_the_box_is_ticked(house: House, chief: Browser) -> None:
    refused = chief.post(user(house.cast.krit, "/close?lang=en"))
    assert refused.status_code == 422
    assert say("errors.close_unconfirmed", "en") in refused.text
    theirs = house.browser(house.cast.krit)
    assert theirs.get("/account").status_code == 200
    assert chief.post(user(house.cast.krit, "/close"), data={"sure": "yes"}).status_code == 303
    assert theirs.get("/account").status_code != 200


def test_a_second_factor_goes_by_two_administrators(house: House, chief: Browser) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, house.cast.malee.user_id), house.now)
    address = user(house.cast.malee, "/second-factor")
    assert "reset_asked" in chief.post(address).location
    assert "reset_asked" in chief.post(address).location  # asking twice is no second person
    assert "2569" in chief.get(user(house.cast.malee, "?lang=th")).text
    deputy = house.browser(house.deputy)
    assert "Prasit Dulae" in deputy.get(user(house.cast.malee)).text
    assert "reset_done" in deputy.post(address).location
    with transaction() as session:
        assert accounts.get_user(session, house.cast.malee.user_id).second_factor_secret is None


def test_a_keeper_is_named_where_nobody_keeps_the_organisation(house: House, chief: Browser) -> None:
    dao = invite("Dao Deedee", Role.MANUFACTURER, house.cast.siam_cable_id, now=house.now)
    address = user(dao, "/keeper")
    assert 'id="keeper"' not in chief.get(user(dao)).text
    refused = chief.post(address, data={"reason": "left"})
    assert refused.status_code == 409
    assert say("errors.keeper_there", "th") in unescape(refused.text)
    assert chief.post(user(house.cast.somchai, "/close"), data={"sure": "yes"}).status_code == 303
    assert f'href="{address}"' in chief.get(user(dao)).text
    empty = chief.post(f"{address}?lang=en", data={"reason": " "})
    assert empty.status_code == 422
    assert say("errors.reason_missing", "en") in empty.text
    done = chief.post(address, data={"reason": "ผู้ดูแลเดิมลาออก"})
    assert "notice=keeper_named" in done.location
    assert say("admin.notice_keeper_named", "en") in chief.get(done.location).text
    theirs = house.browser(dao).get("/organisation/people").text
    assert theirs.count(say("organisation.keeper_take", "th")) == 1


def test_who_acts_for_nobody_is_asked_for_the_number(house: House, chief: Browser) -> None:
    people.take_role(None, house.cast.krit.user_id, Role.MANUFACTURER, now=house.now)
    with transaction() as session:
        accounts.join_organisation(session, house.cast.krit.user_id, None, now=house.now)
    address = user(house.cast.krit, "/keeper")
    assert 'name="tax_number"' in chief.get(address).text
    wrong = chief.post(address, data={"reason": "because", "tax_number": "0105550000016"})
    assert wrong.status_code == 422
    assert "because" in wrong.text and "0105550000016" in wrong.text
    assert 'href="#tax_number"' in wrong.text
    assert chief.post(address, data={"reason": "because", "tax_number": "0105550000015"}).status_code == 303
    assert held(house.cast.krit) == {"manufacturer"}


def test_people_are_found_by_name_and_address(house: House, chief: Browser) -> None:
    assert "Somchai Jaidee" in chief.get("/admin/users?q=SOMCHAI").text
    assert "Malee" not in chief.get("/admin/users?q=somchai@").text
    assert say("admin.users_none", "th") in chief.get("/admin/users?q=%25").text


@pytest.mark.parametrize("database_url", KINDS, indirect=True)
def test_a_search_for_a_sign_that_no_database_keeps_finds_nothing_and_breaks_nothing(chief: Browser) -> None:
    for name in ("subject", "event", "person"):
        answer = chief.get("/admin/audit", query_string={name: "a\0b"})
        assert answer.status_code == (422 if name == "person" else 200)
    assert chief.get("/admin/users", query_string={"q": "a\0b"}).status_code == 200


def test_what_cannot_be_searched_for_stands_in_its_field_as_it_was_typed(chief: Browser) -> None:
    day = f" {'9' * 300} "
    page = chief.get("/admin/audit", query_string={"begins_on": day})
    assert page.status_code == 422
    assert f'value="{day}"' in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_set_shows_what_it_says_otherwise_for_whom_and_why_and_its_notice(
    chief: Browser, app: Flask, language: Language
) -> None:
    authority = app.extensions["mit.authority"]
    book = make_rulebook({"first.json": rule_document(), "next.json": followed()})
    app.extensions["mit.authority"] = replace(authority, rulebook=book)
    rule_set = book.by_id("mit-2570-1")
    page = unescape(chief.get(f"/admin/rule-sets/mit-2570-1?lang={language}").text)
    for override in rule_set.overrides:
        for words in (override.setting.text, override.because):
            assert words.in_language(language) in page
        assert shown_hs_code(override.hs_prefix) in page
    assert rule_set.groups["cables"].title.in_language(language) in page
    assert say("admin.overrides_lead", language) in page
    assert page.count(say("admin.overridden_for", language)) == 2
    assert "76" in page
    assert say("criteria.notice_unknown", language) not in page
    first = unescape(chief.get(f"/admin/rule-sets/mit-2563-1?lang={language}").text)
    for key in ("admin.overrides_none", "criteria.notice_unknown"):
        assert say(key, language) in first
    assert say("admin.overridden_for", language) not in first
    listed = unescape(chief.get(f"/admin/rule-sets?lang={language}").text)
    assert say("admin.unverified_count", language, count=14, all=21) in listed


def test_rule_sets_say_what_is_not_verified(chief: Browser, app: Flask) -> None:
    page = chief.get("/admin/rule-sets/mit-2563-1?lang=en").text
    rule_set = app.extensions["mit.authority"].rulebook.by_id("mit-2563-1")
    for setting in rule_set.settings.values():
        assert f'id="{setting.name}"' in page
    words = {say(f"admin.mark_{setting.mark}", "en") for setting in rule_set.unverified}
    assert words and all(word in page for word in words)
    assert chief.get("/admin/rule-sets/nothing").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_setting_says_is_said_in_words_not_in_the_codes_of_its_file(
    chief: Browser, app: Flask, language: Language
) -> None:
    page = unescape(chief.get(f"/admin/rule-sets/mit-2563-1?lang={language}").text)
    values = [
        setting.value
        for setting in app.extensions["mit.authority"].rulebook.by_id("mit-2563-1").settings.values()
    ]
    codes = {
        code
        for value in values
        for code in ([value] if isinstance(value, str) else value if isinstance(value, tuple) else [])
    }
    coded = {code for code in codes if code.islower() and not code.isdigit()}
    assert {"net_price", "cut_two_decimals", "labour"} <= coded
    shown = re.findall(r"<dd class=\"govuk-summary-list__value\">\s*([a-z_]+)\s*</dd>", page)
    assert not coded & set(shown)
    assert say("admin.value_net_price", language) in page
    assert say("criteria.process_packing", language) in page


def test_the_neutral_settings_say_that_nobody_confirmed_them(chief: Browser) -> None:
    page = chief.get("/admin/settings?lang=en").text
    assert say("admin.unverified", "en") in page
    assert "Director of the Office" in page


def test_keys_show_no_key(chief: Browser, house: House) -> None:
    assert "PRIVATE" not in chief.get("/admin/keys").text


def test_the_permissions_page_names_every_route(chief: Browser, app: Flask) -> None:
    page = chief.get("/admin/permissions?lang=en").text
    for rule in app.url_map.iter_rules():
        assert rule.rule in unescape(page)
    assert say("admin.audience_none", "en") not in page


def test_the_overview_tells_of_jobs_letters_and_the_last_look(house: House, chief: Browser) -> None:
    with transaction() as session:
        jobs.enqueue(session, "knit", key="sock", payload={}, now=house.now)
    for hours in range(24):
        worker.run_once(house.app, now=house.now + timedelta(hours=2 * hours))
    page = chief.get("/admin?lang=en").text
    assert "sock" in page
    assert say("admin.look_never", "en") in page
    assert chief.post("/admin/self-check").status_code == 303
    worker.run_once(house.app, now=house.now)
    assert say("admin.look_troubles", "en", count=1) in chief.get("/admin?lang=en").text  # the dead job
    assert [row["event"] for row in rows("SELECT event FROM audit_events ORDER BY seq")][
        -1
    ] == "worker:service:check"


def test_letters_are_listed_without_what_fills_them(house: House, chief: Browser) -> None:
    with transaction() as session:
        somchai = accounts.get_user(session, house.cast.somchai.user_id)
        write_letter(
            session, somchai, Letter.RESET_PASSWORD, key="1", now=house.now, path="/x/TOKEN", minutes=1
        )
    for state in ("", "waiting"):
        page = chief.get(f"/admin/mails?lang=en&state={state}").text
        assert "somchai@example.com" in page
        assert say("admin.letter_reset_password", "en") in page
        assert "TOKEN" not in page
    assert "somchai@example.com" not in chief.get("/admin/mails?state=sent").text
    worker.run_once(house.app, now=house.now)
    assert "somchai@example.com" in chief.get("/admin/mails?state=sent").text


def test_the_mailbox_shows_what_was_sent(house: House) -> None:
    with transaction() as session:
        somchai = accounts.get_user(session, house.cast.somchai.user_id)
        write_letter(
            session, somchai, Letter.RESET_PASSWORD, key="1", now=house.now, path="/x/TOKEN", minutes=1
        )
    worker.run_once(house.app, now=house.now)
    client = browser(house.app)
    page = client.get("/demo/mailbox").text
    (address,) = set(re.findall(r"/demo/mailbox/[a-z0-9-]+", page))
    letter = client.get(address)
    assert 'href="/x/TOKEN"' in letter.text
    assert letter.headers["Cache-Control"] == "no-store"
    for name in ("nothing", "..%2Fsecret_key", "x" * 300, "%00"):
        assert client.get(f"/demo/mailbox/{name}").status_code == 404


@pytest.mark.parametrize("env", ["production", "development"])
def test_there_is_no_mailbox_where_real_people_are(make_app: Callable[..., Flask], env: str) -> None:
    app = make_app(env=env)
    assert not [rule for rule in app.url_map.iter_rules() if "mailbox" in rule.rule]
    assert app.test_client().get("/demo/mailbox").status_code == 404


def test_the_log_is_searched_paged_and_taken_home(house: House, chief: Browser) -> None:
    with transaction() as session:
        for n in range(60):
            audit.record(
                session, AuditEvent.USER_CHANGED, subject=f"=thing:{n}", actor_id=None, now=house.now
            )
    page = chief.get("/admin/audit?lang=en&subject=%3Dthing").text
    assert say("admin.audit_count", "en", count=60) in page
    older = re.search(r'href="([^"]*before=[^"]*)" rel="next"', page)
    assert older is not None
    assert "=thing:0<" in chief.get(older[1].replace("&amp;", "&")).text
    sent = chief.post("/admin/audit/export", data={"subject": "=thing", "form": "csv"})
    assert sent.content_type == "text/csv; charset=utf-8"
    assert "attachment" in sent.headers["Content-Disposition"]
    assert sent.data.startswith(b"\xef\xbb\xbf")
    assert b'"\'=thing:7"' in sent.data
    lines = chief.post("/admin/audit/export", data={"form": "jsonl"}).text.splitlines()
    assert len(lines) == 61  # the first export is an event, too


@pytest.mark.parametrize(
    ("asked", "code"),
    [("begins_on=someday", "day_malformed"), ("person=nobody@example.com", "user_unknown")],
)
def test_what_cannot_be_asked_keeps_what_was_typed(chief: Browser, asked: str, code: str) -> None:
    answer = chief.get(f"/admin/audit?lang=en&subject=kept-word&{asked}")
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert 'value="kept-word"' in answer.text
    assert f'href="#{asked.partition("=")[0]}"' in answer.text


def test_the_chain_page_says_that_it_is_whole(chief: Browser) -> None:
    assert say("admin.chain_good", "en") in chief.get("/admin/audit/chain?lang=en").text


def test_a_form_that_was_shown_again_can_be_read_in_the_other_language(house: House, chief: Browser) -> None:
    for part in ("/roles", "/close", "/second-factor"):
        answer = chief.get(user(house.cast.krit, f"{part}?lang=en"))
        assert (answer.status_code, answer.location) == (303, user(house.cast.krit, "?lang=en"))
    assert chief.get("/admin/audit/export?lang=en").location == "/admin/audit?lang=en"


@pytest.mark.parametrize("letter", Letter)
def test_every_letter_has_words_and_a_name_in_the_list_of_letters(letter: Letter) -> None:
    for key in (f"admin.letter_{letter}", f"mail.{letter}_subject", f"mail.{letter}_body"):
        assert knows(key), f"the list of letters would fail: {key}"
