"""The maker's pages: issue a letter to a dealer with a fresh proof, see the letters, end one at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from mit import worker
from mit.i18n import LANGUAGES, say
from mit.values.clock import FrozenClock
from tests.support.databases import Databases
from tests.support.dealers import DEALER, NAME_EN, NAME_TH, the_register
from tests.support.desk import Desk
from tests.support.desk_apart import desk_apart
from tests.support.people import PASSWORD
from tests.support.signed_in import Browser, signed_in
from tests.support.world import rows
from tests.web.html import Page, read_page


@dataclass(slots=True)
class Room:
    """A maker's browser, its clock, and the address of a certificate's letters."""

    app: Flask
    desk: Desk
    clock: FrozenClock
    address: str

    def browser(self, *, long_ago: bool = False) -> Browser:
        at = self.clock.now() - timedelta(minutes=6 if long_ago else 0)
        return signed_in(self.app, self.desk.cast.somchai, now=at)

    def letters(self) -> list[dict[str, Any]]:
        return rows("SELECT number, tender, ended_at, token FROM dealer_letters ORDER BY issued_at, number")


@pytest.fixture(scope="module")
def room(databases: Databases) -> Iterator[Room]:
    """One world for all: each test issues letters of its own."""
    with desk_apart(databases) as (desk, clock):
        number = desk.issued(True, True).certificate_number
        clock.set(desk.tick())
        yield Room(desk.app, desk, clock, f"/applications/certificate/{number}/dealers")


def form(**changes: Any) -> dict[str, Any]:
    return {
        "dealer_number": DEALER,
        "dealer_name_th": NAME_TH,
        "dealer_name_en": NAME_EN,
        "products": ["1", "2"],
        "from_on": "25/11/2569",
        "until_on": "31 มี.ค. 2570",
        "tender": "",
        "act": "issue",
    } | changes


def read(answer: Any) -> Page:
    return read_page(answer.text)


def value_of(page: Page, name: str) -> str:
    return page.one("input", id=name).attributes.get("value") or ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_the_certificate_to_a_letter_and_to_its_end(room: Room, lang: str) -> None:
    client = room.browser()
    client.set_cookie("lang", lang)
    (application,) = rows("SELECT number FROM applications")
    assert f'href="{room.address}"' in client.get(f"/applications/{application['number']}").text
    assert client.get(f"{room.address}/new").status_code == 200
    answer = client.post(f"{room.address}/new", data=form(tender=f"TOR {lang}"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{room.address}?notice=issued")
    worker.run_once(room.app, now=room.clock.now())
    letter = next(row["number"] for row in room.letters() if row["tender"] == f"TOR {lang}")
    page = read(client.get(f"{room.address}?notice=issued"))
    for words in (letter, f"TOR {lang}", "0-10-5-562-00001-5", say("dealers.told_issued", lang)):
        assert words in page.text
    assert {f"/d/{letter}", f"/d/{letter}/sheet", f"/d/{letter}.jwt", f"{room.address}/{letter}/end"} <= {
        link.attributes.get("href") for link in page.all("a")
    }
    assert say("dealers.end_warning", lang) in read(client.get(f"{room.address}/{letter}/end")).text
    unsure = client.post(f"{room.address}/{letter}/end")
    assert unsure.status_code == 422
    assert say("errors.letter_end_not_sure", lang) in read(unsure).text
    ended = client.post(f"{room.address}/{letter}/end", data={"sure": "yes"})
    assert ended.headers["Location"] == f"{room.address}?notice=ended"
    page = read(client.get(ended.headers["Location"]))
    assert say("dealers.told_ended", lang) in page.text
    assert f"{room.address}/{letter}/end" not in {link.attributes.get("href") for link in page.all("a")}
    again = client.get(f"{room.address}/{letter}/end")
    assert not read(again).all("button", class_="govuk-button govuk-button--warning")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_comes_back_with_everything_still_typed(room: Room, lang: str) -> None:
    client, before = room.browser(), room.letters()
    client.set_cookie("lang", lang)
    typed = form(dealer_number="1101700207030", until_on="31/12/2580", tender="x" * 201, products=["2"])
    answer = client.post(f"{room.address}/new", data=typed)
    page = read(answer)
    assert answer.status_code == 422
    for code in ("dealer_is_person", "text_long"):
        assert say(f"errors.{code}", lang, longest=200).split("{")[0][:20] in page.text
    for name in ("dealer_number", "dealer_name_th", "from_on", "until_on", "tender"):
        assert value_of(page, name) == typed[name]
    ticked = [
        one.attributes["value"] for one in page.all("input", name="products") if "checked" in one.attributes
    ]
    assert ticked == ["2"]
    assert room.letters() == before


@pytest.mark.parametrize(("proof", "status"), [("", 422), ("not the password", 422), (PASSWORD, 303)])
def test_who_proved_it_long_ago_gives_a_proof_in_the_form_itself(room: Room, proof: str, status: int) -> None:
    client, before = room.browser(long_ago=True), len(room.letters())
    assert read(client.get(f"{room.address}/new")).one("input", id="proof").attributes["type"] == "password"
    answer = client.post(f"{room.address}/new", data=form(tender=f"proof {proof}", proof=proof))
    assert answer.status_code == status
    assert len(room.letters()) == before + (status == 303)
    if status == 422:
        page = read(answer)
        assert value_of(page, "tender") == f"proof {proof}"
        assert value_of(page, "proof") == ""


def test_ending_asks_for_no_proof_because_it_must_not_wait(room: Room) -> None:
    client = room.browser()
    client.post(f"{room.address}/new", data=form(tender="to be ended at once"))
    letter = next(row["number"] for row in room.letters() if row["tender"] == "to be ended at once")
    late = room.browser(long_ago=True)
    assert late.post(f"{room.address}/{letter}/end", data={"sure": "yes"}).status_code == 303


def test_the_dealers_name_is_looked_up_without_issuing_anything(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, before = room.browser(), room.letters()
    for name, outcome in (("บริษัท ตามทะเบียน จำกัด", "found"), ("", "away")):
        monkeypatch.setitem(room.app.extensions, "mit.company_register", the_register(name))
        answer = client.post(f"{room.address}/new", data=form(act="look_up", dealer_name_th="พิมพ์เอง"))
        page = read(answer)
        assert answer.status_code == 200
        assert say(f"dealers.look_up_{outcome}", "th") in page.text
        assert value_of(page, "dealer_name_th") == (name or "พิมพ์เอง")
    wrong = client.post(f"{room.address}/new", data=form(act="look_up", dealer_number="1"))
    assert wrong.status_code == 422
    assert room.letters() == before


def test_without_a_register_no_look_up_is_offered(room: Room) -> None:
    page = read(room.browser().get(f"{room.address}/new"))
    assert not page.all("button", value="look_up")
    assert [one.attributes["value"] for one in page.all("input", name="products")] == ["1", "2"]
    assert value_of(page, "from_on") == "25 พ.ย. 2569"
    assert value_of(page, "until_on") == "24 พ.ย. 2570"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_as_it_is_offered_is_taken_as_it_is(room: Room, lang: str) -> None:
    client = room.browser()
    page = read(client.get(f"{room.address}/new?lang={lang}"))
    offered = {name: value_of(page, name) for name in ("from_on", "until_on")}
    answer = client.post(f"{room.address}/new", data=form(tender=f"as offered {lang}", **offered))
    assert answer.status_code == 303


def test_a_foreign_letter_or_certificate_is_as_if_it_did_not_exist(room: Room) -> None:
    stranger = signed_in(room.app, room.desk.cast.krit)
    for address in (room.address, f"{room.address}/new", f"{room.address}/DLR-2569-7K3QW-M9T2X-D/end"):
        assert stranger.get(address).status_code == 404
        if address != room.address:
            assert stranger.post(address, data=form(sure="yes")).status_code == 404
    assert room.browser().get(f"{room.address}/DLR-2569-7K3QW-M9T2X-D/end").status_code == 404
