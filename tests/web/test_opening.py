"""The opening file on the pages: a link for holder and officers, a file to keep, nothing for anyone else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from mit.roles.actor import Actor
from mit.store import certificates
from mit.store.db import viewing
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, open_desk
from tests.support.forgery import forge
from tests.support.signed_in import Browser, browser, open_door, signed_in


@pytest.fixture
def database_url(databases: Any) -> str:
    """Reading is tried on both kinds by the verb's own tests."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: Any) -> Desk:
    return open_desk(open_door(app, clock), now)


class Issued:
    """A certificate of two products, with who may open it and at which address."""

    def __init__(self, desk: Desk) -> None:
        standing = desk.issued(True, True)
        self.number = standing.certificate_number
        self.application = standing.number
        self.doors: dict[str, tuple[Actor, str, str]] = {
            "holder": (
                desk.cast.somchai,
                f"/applications/{self.application}",
                f"/applications/certificate/{self.number}/opening.json",
            ),
            "reviewer": (
                desk.cast.malee,
                f"/staff/certificates/{self.number}",
                f"/staff/certificates/{self.number}/opening.json",
            ),
        }


@pytest.fixture
def made(desk: Desk, clock: FrozenClock) -> Issued:
    issued = Issued(desk)
    clock.set(desk.now)
    return issued


@pytest.mark.parametrize("who", ["holder", "reviewer"])
@pytest.mark.parametrize(
    ("lang", "words"), [("th", "พิสูจน์ต้นทุนต่อผู้สอบบัญชี"), ("en", "Prove the costs to an auditor")]
)
def test_the_page_of_the_certificate_links_to_every_file(
    desk: Desk, made: Issued, who: str, lang: str, words: str
) -> None:
    actor, page, address = made.doors[who]
    text = signed_in(desk.app, actor).get(f"{page}?lang={lang}").text
    assert words in text
    for link in (address, f"{address}?product=1", f"{address}?product=2"):
        assert f'href="{link}"' in text


@pytest.mark.parametrize("who", ["holder", "reviewer"])
def test_the_file_is_named_by_its_certificate_and_kept_by_nobody_on_the_way(
    desk: Desk, made: Issued, who: str
) -> None:
    actor, _, address = made.doors[who]
    visitor = signed_in(desk.app, actor)
    for query, name, places in (("", "opening", [1, 2]), ("?product=2", "opening-2", [2])):
        answer = visitor.get(address + query)
        assert answer.status_code == 200
        assert answer.mimetype == "application/json"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.number}-{name}.json"'
        assert "no-store" in answer.headers["Cache-Control"]
        assert [one["index"] for one in json.loads(answer.data)["products"]] == places


@pytest.mark.parametrize(
    ("product", "status"),
    [("0", 200), ("", 200), ("x", 200), ("-1", 200), ("๒", 200), ("9999", 200), ("3", 404), ("200", 404)],
)
def test_an_odd_product_is_the_whole_file_and_one_that_is_not_there_is_not_found(
    desk: Desk, made: Issued, product: str, status: int
) -> None:
    actor, _, address = made.doors["holder"]
    answer = signed_in(desk.app, actor).get(address, query_string={"product": product})
    assert answer.status_code == status


def test_another_maker_a_buyer_and_a_stranger_get_nothing(desk: Desk, made: Issued) -> None:
    strangers: list[Browser] = [signed_in(desk.app, one) for one in (desk.cast.krit, desk.cast.napha)]
    for visitor in (*strangers, browser(desk.app)):
        for _, _, address in made.doors.values():
            answer = visitor.get(address)
            assert answer.status_code in {303, 403, 404}
            assert b"salt" not in answer.data


def test_a_certificate_from_before_commitments_has_no_link_and_says_why(desk: Desk, made: Issued) -> None:
    forge("UPDATE certificate_products SET commitment_salt = NULL")
    for actor, page, address in made.doors.values():
        visitor = signed_in(desk.app, actor)
        assert "opening.json" not in visitor.get(page).text
        for lang, words in (("th", "ออกก่อนที่ใบรับรองจะผูกพัน"), ("en", "was issued before")):
            answer = visitor.get(f"{address}?lang={lang}", headers={"Accept": "text/html"})
            assert answer.status_code == 404
            assert words in answer.text


def test_the_public_page_and_the_credential_hold_the_commitment_and_not_the_salt(
    desk: Desk, made: Issued
) -> None:
    with viewing() as session:
        salts = [one.salt for one in certificates.opened_products(session, made.number)]
    stranger = browser(desk.app)
    for address in (
        f"/c/{made.number}",
        f"/c/{made.number}.jwt",
        f"/api/v1/certificates/{made.number}/verdict",
    ):
        data = stranger.get(address).data
        assert not [salt for salt in salts if salt and (salt in data or salt.hex().encode() in data)]
