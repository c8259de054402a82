"""The permission table, cell by cell: every route × everyone who may come, own things and foreign ones.

Who adds a page adds its row to ``mit/roles/access.py``; where the row is ``about`` something, a
sample of it goes into ``SAMPLES`` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from mit.accounts import colleagues, factories, invitations, sessions
from mit.accounts.factories import FactoryDetails
from mit.issuance import column_choices, draft_sections, evidence
from mit.issuance.column_choices import Answer
from mit.issuance.evidence import Upload
from mit.roles.access import TABLE, Access, Audience, row_of
from mit.roles.actor import Actor, Role
from mit.values.clock import FrozenClock
from mit.web.problems import WAYS_IN
from tests.support.dealers import letter_of
from tests.support.desk import Desk, open_desk
from tests.support.own_books import OWN_HEADINGS
from tests.support.pdfs import plain_pdf
from tests.support.people import Cast, gather, invite
from tests.support.signed_in import Browser, browser, open_door, signed_in

LET_IN = "let in"
NOBODY, OWES_CODE, OWES_SET_UP, NO_ROLE = "nobody", "owes a code", "owes the set-up", "no role"
EVERYONE = [NOBODY, OWES_CODE, OWES_SET_UP, NO_ROLE, *(str(role) for role in Role)]
#: Values for parts of an address that take no others; what is about an object is in SAMPLES.
VALUES: dict[str, Any] = {
    "filename": "css/mit.css",
    "purpose": "revocation",
    "list_number": 2700,
    "digits": "1",
    "number": "MIT-2569-0012345-B",
    "token": "x",
    "session_id": UUID(int=1),
    "rule_set_id": "mit-2563-1",
    "role": "reviewer",
    "name": "letter",
    "factory_id": UUID(int=2),
    "user_id": UUID(int=3),
    "invitation_id": UUID(int=4),
    "question_id": UUID(int=5),
    "file_number": 1,
    "heading": UUID(int=6),
    "address": "x" * 32,
    "batch_id": "x" * 32,
    "letter": "DLR-2569-7K3QW-M9T2X-D",
}


@pytest.fixture
def database_url(databases: Any) -> str:
    """Who may come in does not depend on the database."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def door(app: Flask, clock: FrozenClock) -> Flask:
    return open_door(app, clock)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    return open_desk(app, now)


@pytest.fixture
def hollow(door: Flask) -> Flask:
    """The application with every view replaced by one that says that somebody came in."""
    for endpoint in door.view_functions:
        door.view_functions[endpoint] = lambda **_: LET_IN
    return door


@pytest.fixture
def people(hollow: Flask, now: datetime) -> dict[str, Callable[[], Browser]]:
    """A browser of each kind of person."""
    cast = gather(now)
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=now)
    actors = {
        Role.MANUFACTURER: cast.somchai,
        Role.REVIEWER: cast.malee,
        Role.APPROVER: cast.anan,
        Role.ADMINISTRATOR: administrator,
        Role.PROCUREMENT_OFFICER: cast.napha,
    }
    made: dict[str, Callable[[], Browser]] = {
        str(role): lambda actor=actor: signed_in(hollow, actor)  # type: ignore[misc]
        for role, actor in actors.items()
    }
    made[NOBODY] = lambda: browser(hollow)
    made[OWES_CODE] = lambda: signed_in(hollow, cast.malee, stage="code")
    made[OWES_SET_UP] = lambda: signed_in(hollow, cast.malee, stage="set_up")
    made[NO_ROLE] = lambda: signed_in(hollow, unassigned(cast, now))
    return made


def unassigned(cast: Cast, now: datetime) -> Actor:
    """Return somebody who registered and belongs to nobody yet."""
    from mit.accounts.people import take_role

    take_role(None, cast.krit.user_id, Role.MANUFACTURER, now=now)
    return Actor(cast.krit.user_id, frozenset())


def value_of(rule: Rule, name: str) -> Any:
    """Return a value for a part of an address: one of VALUES, or any of its kind."""
    converter = rule._converters.get(name)
    if name in VALUES:
        return VALUES[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return UUID(int=1) if isinstance(converter, UUIDConverter) else "1"


def rules(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Return every route with an address and each method that it takes."""
    for rule in app.url_map.iter_rules():
        built = rule.build({name: value_of(rule, name) for name in rule.arguments}, append_unknown=False)
        assert built is not None, rule
        for method in sorted(rule.methods or ()):
            yield rule, f"{built[1]}?lang=th", method  # with a question the quick lane leaves it to Flask


def may(row: Access, person: str) -> bool:
    """Say what the table says, spelled out once more."""
    if Audience.ANYONE in row.who:
        return True
    if person in {OWES_CODE, OWES_SET_UP}:
        return Audience.HALF_SIGNED_IN in row.who
    if person == NOBODY:
        return False
    return (
        Audience.SIGNED_IN in row.who or Audience(person) in row.who
        if person != NO_ROLE
        else (Audience.SIGNED_IN in row.who)
    )


def test_every_endpoint_has_exactly_one_row_and_every_row_an_endpoint(app: Flask) -> None:
    named = [row.endpoint for row in TABLE]
    assert sorted(named) == sorted(set(named))
    assert set(named) == {rule.endpoint for rule in app.url_map.iter_rules()}


def test_a_row_lets_somebody_in() -> None:
    assert all(row.who for row in TABLE)


@pytest.mark.parametrize("person", EVERYONE)
def test_each_route_lets_in_whom_the_table_lets_in_and_nobody_else(
    hollow: Flask, people: dict[str, Callable[[], Browser]], person: str
) -> None:
    client = people[person]()
    seen = 0
    for rule, address, method in rules(hollow):
        row = row_of(rule.endpoint)
        assert row is not None
        answer = client.open(address, method=method)
        is_in = answer.text == LET_IN or (method in {"HEAD", "OPTIONS"} and answer.status_code == 200)
        assert is_in == may(row, person), f"{person}: {method} {address} → {answer.status_code}"
        seen += 1
    assert seen > 80


@pytest.mark.parametrize("person", EVERYONE)
def test_who_is_not_let_in_is_led_to_what_is_lacking_or_refused(
    hollow: Flask, people: dict[str, Callable[[], Browser]], person: str
) -> None:
    client = people[person]()
    lacking = {NOBODY: "/sign-in", OWES_CODE: "/sign-in/code", OWES_SET_UP: "/account/second-factor"}
    for rule, address, method in rules(hollow):
        row = row_of(rule.endpoint)
        assert row is not None
        if may(row, person) or method not in {"GET", "POST"}:
            continue
        answer = client.open(address, method=method, headers={"Accept": "text/html"})
        if person in lacking:
            assert answer.status_code == 303
            assert answer.headers["Location"].partition("?")[0] == lacking[person]
        else:
            assert answer.status_code == 403


@pytest.mark.parametrize("person", [*(str(role) for role in Role), NO_ROLE, OWES_CODE, NOBODY])
def test_no_change_passes_without_the_token_of_a_form_but_those_of_the_table(
    hollow: Flask, people: dict[str, Callable[[], Browser]], person: str
) -> None:
    client = people[person]()
    without = {"public.verify_file", "verification.verdict_on_presentation"}
    without |= {"calculator.answer", "calculator.answer_alone", "batch.send", "batches.begin_batch"}
    assert {row.endpoint for row in TABLE if not row.with_token} == without
    for rule, address, method in rules(hollow):
        if method in {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(address, method=method, csrf=False)
            assert (answer.text == LET_IN) == (rule.endpoint in without), address


def test_an_act_that_wants_a_fresh_proof_sends_who_proved_it_long_ago_to_prove_it_again(
    hollow: Flask, people: dict[str, Callable[[], Browser]], clock: FrozenClock, now: datetime
) -> None:
    fresh = [row for row in TABLE if row.fresh]
    assert fresh
    for rule, address, method in rules(hollow):
        row = row_of(rule.endpoint)
        if row not in fresh or method in {"HEAD", "OPTIONS"}:  # neither has a body to look at
            continue
        for person in EVERYONE:
            if not may(row, person):
                continue
            clock.set(now)
            client = people[person]()
            for seconds, is_in in ((0, True), (300, True), (301, False)):
                clock.set(now + timedelta(seconds=seconds))
                answer = client.open(address, method=method)
                assert (answer.text == LET_IN) == is_in
                if not is_in:
                    assert answer.headers["Location"].startswith(WAYS_IN["proof_needed"])


def test_an_endpoint_without_a_row_is_refused_to_everyone(
    hollow: Flask, people: dict[str, Callable[[], Browser]]
) -> None:
    hollow._got_first_request = False
    hollow.add_url_rule("/new", "new", lambda: LET_IN)
    for person in EVERYONE:
        assert people[person]().get("/new").status_code == 403


# --- own and foreign


@dataclass(frozen=True)
class Sample:
    """A thing that is somebody's: the parts of its address, whose it is, and who has no part in it."""

    values: dict[str, Any]
    owner: Callable[[], Browser]
    strangers: tuple[Callable[[], Browser], ...]


def a_session(desk: Desk) -> Sample:
    app, now = desk.app, desk.app.extensions["mit.clock"].now()
    owner = signed_in(app, desk.cast.somchai)
    signed_in(app, desk.cast.somchai)
    live = sessions.find(owner.token, now=now)
    assert live is not None
    other = next(line for line in sessions.list_mine(live, now=now) if not line.is_this)
    cast = desk.cast
    return Sample(
        {"session_id": other.session_id},
        lambda: owner,
        tuple(lambda actor=actor: signed_in(app, actor) for actor in (cast.krit, cast.malee, cast.anan)),  # type: ignore[misc]
    )


def a_certificate(desk: Desk) -> Sample:
    number = desk.issued().certificate_number
    app, cast = desk.app, desk.cast
    return Sample(
        {"number": number, "name": "full.svg"},
        lambda: signed_in(app, cast.somchai),
        (lambda: signed_in(app, cast.krit),),
    )


def a_dealer_letter(desk: Desk) -> Sample:
    number = desk.issued().certificate_number
    return of_siam_cable(desk, {"number": number, "letter": letter_of(desk, number)})


def a_factory(desk: Desk) -> Sample:
    new = FactoryDetails("10110012325504", name_th="โรงงาน 1", address_th="สมุทรปราการ")
    return of_siam_cable(desk, {"factory_id": factories.add(desk.cast.somchai, new, now=clock_of(desk))})


def a_colleague(desk: Desk) -> Sample:
    dao = invite("Dao", Role.MANUFACTURER, desk.cast.siam_cable_id, now=clock_of(desk))
    return of_siam_cable(desk, {"user_id": dao.user_id})


def an_invitation(desk: Desk) -> Sample:
    return of_siam_cable(desk, {"invitation_id": invited(desk, "new@example.com")})


def an_invitation_to_oneself(desk: Desk) -> Sample:
    desk_clerk = invite("Dao", Role.MANUFACTURER, now=clock_of(desk))
    of_dao = {"invitation_id": invited(desk, "dao@example.com")}
    strangers = (desk.cast.krit, desk.cast.malee, desk.cast.napha)
    return Sample(
        of_dao,
        lambda: signed_in(desk.app, desk_clerk),
        tuple(lambda actor=actor: signed_in(desk.app, actor) for actor in strangers),  # type: ignore[misc]
    )


def invited(desk: Desk, email: str) -> UUID:
    somchai, now = desk.cast.somchai, clock_of(desk)
    invitations.invite(somchai, email, language="th", now=now)
    return colleagues.list_people(somchai, now=now).invited[0].invitation_id


def of_siam_cable(desk: Desk, values: dict[str, Any]) -> Sample:
    app, cast = desk.app, desk.cast
    return Sample(values, lambda: signed_in(app, cast.somchai), (lambda: signed_in(app, cast.krit),))


def clock_of(desk: Desk) -> datetime:
    now: datetime = desk.app.extensions["mit.clock"].now()
    return now


def an_application(desk: Desk) -> Sample:
    app, cast = desk.app, desk.cast
    now, var_dir = desk.tick(), app.extensions["mit.settings"].var_dir
    number = draft_sections.start(cast.somchai, now=now).number
    draft_sections.add_product(cast.somchai, number, now=now)
    evidence.upload(cast.somchai, number, Upload("other", 0, "a.pdf", plain_pdf()), var_dir=var_dir, now=now)
    return Sample(
        {"number": number}, lambda: signed_in(app, cast.somchai), (lambda: signed_in(app, cast.krit),)
    )


def a_heading(desk: Desk) -> Sample:
    answers = [Answer("column", words, member, "") for words, member in OWN_HEADINGS.items()]
    column_choices.remember(desk.cast.somchai, answers, now=clock_of(desk))
    (first, *_) = column_choices.list_choices(desk.cast.somchai)
    return of_siam_cable(desk, {"heading": first.choice_id})


#: What a row is about → how a sample of it is made.
SAMPLES: dict[str, Callable[[Desk], Sample]] = {
    "session": a_session,
    "certificate": a_certificate,
    "dealer letter": a_dealer_letter,
    "application": an_application,
    "factory": a_factory,
    "heading": a_heading,
    "colleague": a_colleague,
    "invitation": an_invitation,
    "invitation to oneself": an_invitation_to_oneself,
}


def test_there_is_a_sample_of_everything_that_a_row_is_about() -> None:
    assert {row.about for row in TABLE} - {""} == SAMPLES.keys()


@pytest.mark.parametrize("about", SAMPLES)
def test_what_is_foreign_is_as_if_it_did_not_exist_and_ones_own_is_there(
    desk: Desk, clock: FrozenClock, about: str
) -> None:
    app = open_door(desk.app, clock)
    sample = SAMPLES[about](desk)
    endpoints = {row.endpoint for row in TABLE if row.about == about}
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in endpoints:
            continue
        others = {name: value_of(rule, name) for name in rule.arguments}
        built = rule.build(others | sample.values, append_unknown=False)
        assert built is not None
        for method in (rule.methods or set()) & {"GET", "POST"}:
            for stranger in sample.strangers:
                assert stranger().open(built[1], method=method).status_code == 404
            assert sample.owner().open(built[1], method=method).status_code in {200, 303, 409, 422}
            asked += 1
    assert asked >= len(endpoints)
