"""The pages of one's organisation, its factories and people, as a clerk meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from mit.accounts import colleagues, factories, invitations
from mit.accounts.factories import FactoryDetails
from mit.accounts.people import find_actor
from mit.company_register.http_register import HttpCompanyRegister
from mit.i18n import LANGUAGES, Language, say
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.accounts import User
from mit.store.db import new_id, transaction, viewing
from mit.store.jobs import JobRow
from mit.values.clock import FrozenClock
from tests.support import fake_company_register as fake
from tests.support.fake_company_register import FakeRegister
from tests.support.people import Cast, email_of, gather, invite
from tests.support.signed_in import Browser, browser, open_door, signed_in
from tests.web.html import Page, read_page

COMPANY = {
    "form": "juristic_person",
    "tax_number": "0105562000015",
    "name_th": "บริษัท บางนา จำกัด",
    "address_th": "1 ถนนบางนา กรุงเทพมหานคร 10260",
    "act": "register",
}
FACTORY = {"registration_number": "10110012325504", "name_th": "โรงงาน 1", "address_th": "บางปู"}
CITIZEN = "1101700203450"


@pytest.fixture
def door(app: Flask, clock: FrozenClock) -> Flask:
    return open_door(app, clock)


@pytest.fixture
def people(door: Flask, now: datetime) -> Cast:
    return gather(now - timedelta(days=1))


@pytest.fixture
def somchai(door: Flask, people: Cast) -> Browser:
    return signed_in(door, people.somchai)


@pytest.fixture
def ploy(door: Flask, people: Cast, now: datetime) -> Browser:
    """Somebody who registered a login and acts for nobody yet."""
    return signed_in(door, newcomer("Ploy", now))


@pytest.fixture
def there(door: Flask) -> Iterator[FakeRegister]:
    """A register of companies that the application asks."""
    with fake.fake_register() as running:
        door.extensions["mit.company_register"] = HttpCompanyRegister(running.address, time_limit_seconds=2)
        yield running


def newcomer(name: str, now: datetime) -> Actor:
    with transaction() as session:
        user = User(
            id=new_id(), email=email_of(name), name=name, password_hash="x", is_active=True,
            created_at=now, confirmed_at=now,
        )  # fmt: skip
        accounts.add_user(session, user)
        return Actor(user.id, frozenset())


def shown(html: str) -> Page:
    return read_page(re.sub(r"<script [^>]*src=\"/static/[^>]*></script>", "", html))


def newest_path() -> str:
    with viewing() as session:
        row = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id.desc()).first()
    assert row is not None
    return str(json.loads(row.payload)["params"]["path"])


def test_a_newcomer_is_led_to_register_and_then_to_their_organisation(ploy: Browser) -> None:
    assert ploy.get("/organisation/new").status_code == 200
    answer = ploy.post("/organisation/new", data=COMPANY)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisation?notice=registered")
    page = ploy.get(answer.headers["Location"]).text
    assert "บริษัท บางนา จำกัด" in page
    assert "0-10-5-562-00001-5" in page
    assert say("organisation.notice_registered", "th") in page
    assert ploy.get("/organisation/new").headers["Location"] == "/organisation"


def test_a_number_somebody_registered_is_answered_kindly_and_everything_typed_is_kept(ploy: Browser) -> None:
    typed = COMPANY | {"tax_number": "0105536112014", "name_en": "Ours, we thought"}
    answer = ploy.post("/organisation/new", data=typed)
    assert answer.status_code == 409
    assert say("errors.organisation_taken", "th") in answer.text
    assert "Ours, we thought" in answer.text
    assert "Somchai" not in answer.text
    assert "somchai@" not in answer.text
    assert 'href="#tax_number"' in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_form_says_what_is_missing_with_links_to_the_fields(
    ploy: Browser, language: Language
) -> None:
    answer = ploy.post(f"/organisation/new?lang={language}", data={})
    assert answer.status_code == 422
    for where in ("form", "tax_number", "name_th", "address_th"):
        assert f'href="#{where}"' in answer.text
        assert f'id="{where}"' in answer.text
    assert say("errors.name_th_missing", language) in answer.text


def kept(page: Page, name: str) -> str:
    (field,) = (element for element in page.elements if element.attributes.get("name") == name)
    if field.name == "textarea":
        return "".join(field.texts).removeprefix("\n")
    return field.attributes.get("value") or ""


def test_a_form_larger_than_anybody_types_is_refused_with_a_page(ploy: Browser) -> None:
    answer = ploy.post("/organisation/new", data=COMPANY | {"name_th": "x" * 1_100_000})
    assert answer.status_code == 413


def test_the_name_is_looked_up_on_asking_and_nothing_is_registered(
    ploy: Browser, there: FakeRegister
) -> None:
    answer = ploy.post("/organisation/new", data={"tax_number": fake.KNOWN, "act": "look_up"})
    assert answer.status_code == 200
    assert kept(shown(answer.text), "name_th") == fake.NAME_TH
    assert say("organisation.look_up_found", "th") in answer.text
    actor = find_actor(email_of("Ploy"))
    assert actor is not None
    assert actor.organisation_id is None
    there.behave(fake.sends(b"", status=503))
    answer = ploy.post("/organisation/new", data=COMPANY | {"act": "look_up"})
    assert say("organisation.look_up_away", "th") in answer.text
    assert kept(shown(answer.text), "name_th") == COMPANY["name_th"]


def test_a_wrong_digit_is_told_before_anybody_is_asked(ploy: Browser, there: FakeRegister) -> None:
    answer = ploy.post("/organisation/new", data=COMPANY | {"tax_number": "0105562000016", "act": "look_up"})
    assert answer.status_code == 422
    assert say("errors.tax_number_check", "th") in answer.text
    assert there.asked == []


def test_with_the_register_away_one_registers_by_hand_and_it_says_so(
    ploy: Browser, there: FakeRegister
) -> None:
    there.behave(fake.sends(b"", status=429, headers={"Retry-After": "60"}))
    assert ploy.post("/organisation/new", data=COMPANY).status_code == 303
    assert say("organisation.name_source_by_hand", "th") in ploy.get("/organisation").text
    there.behave(fake.honest)
    answer = ploy.post("/organisation/check-name")
    assert answer.headers["Location"].endswith("notice=name_away"), "it asked to be left alone"


def test_the_name_can_be_checked_later(ploy: Browser, there: FakeRegister) -> None:
    there.behave(fake.sends(b"", status=500))
    assert ploy.post("/organisation/new", data=COMPANY).status_code == 303
    there.behave(fake.honest)
    answer = ploy.post("/organisation/check-name")
    assert answer.headers["Location"].endswith("notice=name_found")
    page = ploy.get(answer.headers["Location"]).text
    assert fake.NAME_TH in page
    assert say("organisation.name_source_dbd", "th") in page


def test_without_a_register_nobody_is_offered_to_ask_it(ploy: Browser) -> None:
    assert say("organisation.look_up", "th") not in ploy.get("/organisation/new").text


def test_a_citizen_number_is_shown_nowhere_after_it_was_given(ploy: Browser) -> None:
    typed = COMPANY | {"form": "natural_person", "tax_number": CITIZEN, "registration_number": CITIZEN}
    assert ploy.post("/organisation/new", data=typed).status_code == 303
    for path in (
        "/organisation",
        "/organisation/edit",
        "/organisation/people",
        "/organisation/factories/new",
    ):
        page = ploy.get(path).text
        assert CITIZEN not in page, path
    assert "3450" in ploy.get("/organisation").text


def test_what_was_changed_is_shown(somchai: Browser) -> None:
    page = shown(somchai.get("/organisation/edit").text)
    assert kept(page, "name_en") == "Siam Cable Co., Ltd."
    typed = {
        "version": kept(page, "version"),
        "name_th": "บริษัท ใหม่ จำกัด",
        "address_th": "ที่ใหม่",
        "telephone": "call me",
    }
    answer = somchai.post("/organisation/edit", data=typed)
    assert answer.status_code == 422
    assert kept(shown(answer.text), "name_th") == "บริษัท ใหม่ จำกัด"
    assert somchai.post("/organisation/edit", data=typed | {"telephone": "02 1"}).status_code == 303
    assert "บริษัท ใหม่ จำกัด" in somchai.get("/organisation").text


def test_of_two_colleagues_who_edit_at_once_the_second_sees_both(
    door: Flask, people: Cast, somchai: Browser, now: datetime
) -> None:
    dao = signed_in(door, invite("Dao Deedee", Role.MANUFACTURER, people.siam_cable_id, now=now))
    typed = {"version": "1", "name_th": "บริษัท สยามเคเบิล จำกัด", "address_th": "ที่ของสมชาย"}
    theirs = {"version": "1", "name_th": "บริษัท สยามเคเบิล จำกัด", "address_th": "ที่ของดาว"}
    assert dao.post("/organisation/edit", data=theirs).status_code == 303
    answer = somchai.post("/organisation/edit", data=typed | {"telephone": "call me"})
    assert answer.status_code == 422
    assert kept(shown(answer.text), "version") == "1", "theirs was not shown yet"
    answer = somchai.post("/organisation/edit", data=typed)
    assert answer.status_code == 409
    assert kept(shown(answer.text), "address_th").strip() == "ที่ของสมชาย"
    assert "ที่ของดาว" in answer.text
    assert say("organisation.theirs_title", "th") in answer.text
    assert somchai.post("/organisation/edit", data=typed | {"version": "2"}).status_code == 303
    assert "ที่ของสมชาย" in dao.get("/organisation").text


def test_of_two_colleagues_who_edit_a_factory_the_second_sees_both(
    people: Cast, somchai: Browser, now: datetime
) -> None:
    made = factories.add(people.somchai, FactoryDetails(**FACTORY), now=now)
    path = f"/organisation/factories/{made}"
    assert somchai.post(path, data=FACTORY | {"version": "1", "name_en": "One"}).status_code == 303
    answer = somchai.post(path, data=FACTORY | {"version": "1", "name_en": "Two"})
    assert answer.status_code == 409
    page = shown(answer.text)
    assert (kept(page, "name_en"), kept(page, "version")) == ("Two", "2")
    beside = answer.text.partition('id="theirs"')[2].partition("</dl>")[0]
    assert say("organisation.factory_name_en", "th") in beside
    assert say("organisation.factory_name_th", "th") not in beside, "only what differs"
    assert somchai.post(path, data=FACTORY | {"version": "2", "name_en": "Two"}).status_code == 303


def test_a_factory_is_added_changed_and_closed(somchai: Browser) -> None:
    assert somchai.post("/organisation/factories/new", data=FACTORY).status_code == 303
    assert somchai.post("/organisation/factories/new", data=FACTORY).status_code == 409
    page = somchai.get("/organisation").text
    found = re.search(r"/organisation/factories/([0-9a-f-]{36})", page)
    assert found
    path = found.group(0)
    assert "1-0-11-00123-2550-4" in page
    answer = somchai.post(path, data=FACTORY | {"name_th": ""})
    assert answer.status_code == 422
    assert somchai.post(path, data=FACTORY | {"name_en": "Plant 1", "version": "1"}).status_code == 303
    assert kept(shown(somchai.get(path).text), "name_en") == "Plant 1"
    assert somchai.post(f"{path}/close").status_code == 303
    assert "<textarea" not in somchai.get(path).text
    assert somchai.post(f"{path}/close").status_code == 409


def test_an_invitation_goes_from_the_keeper_to_the_one_who_accepts(
    door: Flask, somchai: Browser, people: Cast, now: datetime
) -> None:
    assert somchai.post("/organisation/people/invite", data={"email": "ploy@example.com"}).status_code == 303
    path = newest_path()
    assert "ploy@example.com" in somchai.get("/organisation/people").text
    stranger = browser(door).get(path)
    assert stranger.status_code == 200
    assert f"/sign-in?next={path.replace('/', '%2F')}" in stranger.text
    assert "Set-Cookie" not in stranger.headers or path not in stranger.headers["Set-Cookie"]
    krit = signed_in(door, people.krit)
    assert say("organisation.invitation_other", "th", me="krit@example.com") in krit.get(path).text
    assert krit.post(f"{path}/accept").status_code == 403
    ploy = signed_in(door, newcomer("Ploy", now))
    assert say("organisation.waiting_title", "th") in ploy.get("/organisation/new").text
    assert ploy.get(path).status_code == 200
    answer = ploy.post(f"{path}/accept")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisation?notice=joined")
    assert "บริษัท สยามเคเบิล จำกัด" in ploy.get("/organisation").text
    dead = ploy.get(path)
    assert dead.status_code == 422
    assert say("errors.invitation_unusable", "th") in dead.text


def test_an_invitation_to_ones_own_address_is_accepted_where_one_would_register(
    door: Flask, somchai: Browser, now: datetime
) -> None:
    somchai.post("/organisation/people/invite", data={"email": "ploy@example.com"})
    ploy = signed_in(door, newcomer("Ploy", now))
    page = ploy.get("/organisation/new").text
    found = re.search(r"/organisation/invitations/[0-9a-f-]{36}/accept", page)
    assert found
    assert ploy.post(found.group(0)).status_code == 303
    assert ploy.get("/organisation").status_code == 200


def test_a_keeper_sees_what_only_a_keeper_may_do(door: Flask, somchai: Browser, people: Cast) -> None:
    dao = invite("Dao", Role.MANUFACTURER, people.siam_cable_id, now=door.extensions["mit.clock"].now())
    keeper, colleague = somchai.get("/organisation/people").text, signed_in(door, dao)
    assert f"/organisation/people/{dao.user_id}/remove" in keeper
    page = colleague.get("/organisation/people").text
    assert f"/organisation/people/{people.somchai.user_id}/remove" not in page
    assert f"/organisation/people/{dao.user_id}/remove" in page, "anybody may leave"
    assert "/people/invite" not in page
    assert colleague.post(f"/organisation/people/{people.somchai.user_id}/remove").status_code == 403
    assert colleague.post("/organisation/people/invite", data={"email": "x@example.com"}).status_code == 403


def test_the_last_keeper_is_told_why_they_cannot_leave(somchai: Browser, people: Cast) -> None:
    for act in ("remove", "keeper/end"):
        answer = somchai.post(f"/organisation/people/{people.somchai.user_id}/{act}")
        assert answer.status_code == 409
        assert say("errors.keeper_last", "th") in answer.text


def test_a_colleague_is_removed_and_their_sessions_end(
    door: Flask, somchai: Browser, people: Cast, now: datetime
) -> None:
    dao = invite("Dao", Role.MANUFACTURER, people.siam_cable_id, now=now)
    theirs = signed_in(door, dao)
    assert somchai.post(f"/organisation/people/{dao.user_id}/remove").status_code == 303
    assert theirs.get("/organisation").status_code == 303, "led to sign in"
    assert "Dao" not in somchai.get("/organisation/people").text


def test_who_leaves_is_led_to_where_one_begins(door: Flask, people: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, people.siam_cable_id, now=now)
    theirs = signed_in(door, dao)
    answer = theirs.post(f"/organisation/people/{dao.user_id}/remove")
    assert answer.headers["Location"] == "/organisation/new"
    assert theirs.get("/organisation/new").status_code == 200


def test_staff_are_told_that_this_is_not_theirs(door: Flask, people: Cast) -> None:
    malee = signed_in(door, people.malee)
    assert malee.get("/organisation/new").status_code == 403
    assert malee.get("/organisation").status_code == 403
    assert malee.post("/organisation/new", data=COMPANY).status_code == 403


def test_foreign_things_are_not_found(door: Flask, somchai: Browser, people: Cast, now: datetime) -> None:
    made = factories.add(people.somchai, FactoryDetails(**FACTORY), now=now)
    invitations.invite(people.somchai, "ploy@example.com", language="th", now=now)
    row = colleagues.list_people(people.somchai, now=now).invited[0]
    krit = signed_in(door, people.krit)
    for one in (made, uuid4()):
        assert krit.get(f"/organisation/factories/{one}").status_code == 404
        assert krit.post(f"/organisation/factories/{one}", data=FACTORY).status_code == 404
        assert krit.post(f"/organisation/factories/{one}/close").status_code == 404
    for one in (people.somchai.user_id, uuid4()):
        assert krit.post(f"/organisation/people/{one}/remove").status_code == 404
        assert krit.post(f"/organisation/people/{one}/keeper").status_code == 404
        assert krit.post(f"/organisation/people/{one}/keeper/end").status_code == 404
    path = f"/organisation/people/invitations/{row.invitation_id}/withdraw"
    assert krit.post(path).status_code == 404
    assert somchai.post(path).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_in_both_languages(
    door: Flask, somchai: Browser, people: Cast, now: datetime, language: Language
) -> None:
    made = factories.add(people.somchai, FactoryDetails(**FACTORY), now=now)
    invitations.invite(people.somchai, "ploy@example.com", language="th", now=now)
    paths = [
        "/organisation", "/organisation/edit", "/organisation/people", "/organisation/factories/new",
        f"/organisation/factories/{made}", newest_path(),
    ]  # fmt: skip
    for path in paths:
        page = shown(somchai.get(f"{path}?lang={language}").text)
        assert page.elements[0].attributes.get("lang") == language, path
    ploy = signed_in(door, newcomer("Ploy", now))
    assert shown(ploy.get(f"/organisation/new?lang={language}").text)
