"""The officers' pages about certificates, and the holder's: ask, see what the public will read, confirm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from mit import worker
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from mit.verify.scan import verify_number
from tests.support.desk import Desk, open_desk
from tests.support.officers import NOTE, asked, seen
from tests.support.people import PASSWORD, invite
from tests.support.signed_in import Browser, open_door, signed_in
from tests.support.world import rows

HOSTILE = [
    "\"><script>alert(1)</script>", "{{ 7*7 }}", "\x00", "\u202egnp", "' OR 1=1 --", "ก" * 30_000,
]  # fmt: skip


@pytest.fixture
def database_url(databases: Any) -> str:
    """What the pages do to the database is tried on both kinds by the verbs' own tests."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: Any) -> Desk:
    return open_desk(open_door(app, clock), now)


@pytest.fixture
def number(desk: Desk, clock: FrozenClock) -> str:
    made = desk.issued().certificate_number
    clock.set(desk.now)
    return made


@pytest.fixture
def malee(desk: Desk, number: str) -> Browser:
    return signed_in(desk.app, desk.cast.malee)


@pytest.fixture
def anan(desk: Desk, number: str) -> Browser:
    return signed_in(desk.app, desk.cast.anan)


def at(number: str, part: str = "") -> str:
    return f"/staff/certificates/{number}" + (f"/{part}" if part else "")


def typed(number: str, step: str = "do", reason: str = "wrong_information", **more: str) -> dict[str, str]:
    return {"seen": str(seen(number)), "reason": reason, "note": NOTE, "step": step} | more


def reasons(desk: Desk, number: str) -> tuple[str, ...]:
    return verify_number(number, now=desk.now).reasons


def test_two_persons_revoke_through_the_pages_and_see_before_what_the_public_will_read(
    desk: Desk, number: str, malee: Browser, anan: Browser, clock: FrozenClock
) -> None:
    for words in (number, "สยามเคเบิล", "Siam Cable", "Low-voltage", number[4:16]):
        assert number in malee.get("/staff/certificates", query_string={"text": words}).text
    assert number not in malee.get("/staff/certificates?status=revoked").text
    assert malee.get(at(number)).status_code == 200
    shown = malee.post(at(number, "revoke"), data=typed(number, "look"))
    assert "ข้อมูลที่ใช้ขอรับรองไม่ถูกต้อง" in shown.text
    assert 'value="do"' in shown.text
    preview = malee.get(at(number, "revoke/preview"), query_string={"reason": "wrong_information", "on": ""})
    assert 'data-verdict="NOT_VALID" data-reasons="revoked"' in preview.text
    assert "ยังไม่มีผล" in preview.text
    assert reasons(desk, number) == ()
    assert malee.post(at(number, "revoke"), data=typed(number)).status_code == 303
    assert reasons(desk, number) == ()
    (request,) = rows("SELECT seq FROM status_requests")
    page = anan.get(f"/staff/requests/{request['seq']}").text
    assert NOTE in page
    assert "ถูกเพิกถอนแล้ว" in page
    assert anan.post(f"/staff/requests/{request['seq']}/confirm", data={}).status_code == 303
    assert reasons(desk, number) == ("revoked",)
    assert "เพิกถอน ตั้งแต่" in malee.get(at(number)).text
    public = anan.get(f"/c/{number}").text
    said = re.search(r"<main.*</main>", preview.text, re.S)
    now_said = re.search(r"<main.*</main>", public, re.S)
    assert said and now_said and said[0] == now_said[0]


def test_a_confirmation_asks_for_a_fresh_proof(desk: Desk, number: str, clock: FrozenClock) -> None:
    seq = asked(desk, number, CertificateAction.REVOKE)
    clock.set(desk.now)
    anan = signed_in(desk.app, desk.cast.anan)
    clock.set(desk.now.replace(minute=desk.now.minute + 20))
    address = f"/staff/requests/{seq}/confirm"
    assert anan.post(address, data={}).status_code == 422
    assert anan.post(address, data={"proof": "wrong"}).status_code == 422
    assert reasons(desk, number) == ()
    assert anan.post(address, data={"proof": PASSWORD}).status_code == 303
    assert reasons(desk, number) == ("revoked",)


def test_who_asked_is_told_why_they_cannot_confirm_and_may_drop_it(
    desk: Desk, number: str, anan: Browser
) -> None:
    anan.post(at(number, "revoke"), data=typed(number))
    (request,) = rows("SELECT seq FROM status_requests")
    address = f"/staff/requests/{request['seq']}"
    page = anan.get(address).text
    assert "ท่านเป็นผู้เสนอเรื่องนี้" in page
    assert 'id="confirm"' not in page
    assert anan.post(f"{address}/confirm", data={}).status_code == 403
    assert anan.post(f"{address}/drop", data={}).status_code == 303
    assert "ไม่มีเรื่องที่รอผู้ยืนยัน" in anan.get("/staff/requests").text
    second = signed_in(desk.app, invite("Somsri Rakthai", Role.APPROVER, now=desk.now))
    assert second.post(f"{address}/confirm", data={}).status_code == 409
    assert reasons(desk, number) == ()


def test_an_approver_suspends_and_a_reviewer_is_not_offered_it(
    desk: Desk, number: str, malee: Browser, anan: Browser
) -> None:
    assert at(number, "suspend") not in malee.get(at(number)).text
    assert malee.post(at(number, "suspend"), data=typed(number, reason="mark_misused")).status_code == 403
    assert at(number, "suspend") in anan.get(at(number)).text
    assert anan.post(at(number, "suspend"), data=typed(number, reason="mark_misused")).status_code == 303
    assert reasons(desk, number) == ("suspended",)
    assert anan.post(at(number, "suspend"), data=typed(number, "look", "mark_misused")).status_code == 409


def test_what_was_typed_wrongly_comes_back_with_everything_in_its_field(
    number: str, malee: Browser, anan: Browser
) -> None:
    for wrong in ({"reason": ""}, {"note": ""}, {"on": "31/02/2569"}, {"on": "2020-01-01"}, {"seen": "x"}):
        answer = malee.post(at(number, "revoke"), data=typed(number) | {"note": "คำที่พิมพ์ไว้"} | wrong)
        assert answer.status_code == 422, wrong
        assert wrong.get("note") == "" or "คำที่พิมพ์ไว้" in answer.text
    assert malee.get(at(number, "withdraw")).status_code == 404
    assert malee.get(at("MIT-2569-0000099-9")).status_code == 404
    assert malee.get("/staff/requests/999").status_code == 404


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words_are_shown_as_words_or_refused(number: str, malee: Browser, word: str) -> None:
    answer = malee.post(at(number, "revoke"), data=typed(number) | {"note": word})
    assert answer.status_code in {303, 422, 400}
    for address in (at(number), "/staff/requests", "/staff/certificates", "/staff/requests/1"):
        page = malee.get(address, query_string={"text": word.encode("utf-8", "replace")[:200]})
        assert page.status_code in {200, 400, 404}
        assert "<script>alert" not in page.text


def test_an_incident_is_seen_before_it_is_asked_for(
    desk: Desk, number: str, malee: Browser, anan: Browser, clock: FrozenClock
) -> None:
    address = "/staff/requests/incident"
    assert malee.get(address).status_code == 200
    assert malee.get(address, query_string={"kid": "x"}).status_code == 422
    shown = malee.get(address, query_string={"kid": "1"}).text
    assert number in shown
    assert 'name="seen_total" value="1"' in shown
    form = {"kid": "1", "seen_total": "1", "action": "revoke", "reason": "key_compromised", "note": NOTE}
    assert malee.post(address, data=form | {"seen_total": "2"}).status_code == 409
    assert malee.post(address, data=form | {"note": ""}).status_code == 422
    assert malee.post(address, data=form).status_code == 303
    (request,) = rows("SELECT seq FROM status_requests")
    assert anan.post(f"/staff/requests/{request['seq']}/confirm", data={}).status_code == 303
    worker.run_once(desk.app, now=clock.now())
    assert reasons(desk, number) == ("revoked",)
    assert number in anan.get(f"/staff/requests/{request['seq']}").text


def test_the_holder_asks_for_the_end_takes_it_back_and_corrects(
    desk: Desk, number: str, anan: Browser, clock: FrozenClock
) -> None:
    somchai = signed_in(desk.app, desk.cast.somchai)
    (application,) = rows("SELECT number FROM applications")
    own, page = f"/applications/certificate/{number}", f"/applications/{application['number']}"
    assert f"{own}/withdraw" in somchai.get(page).text
    assert somchai.get(f"{own}/withdraw").status_code == 200
    form = {"reason": "holder_asked", "note": "", "sure": "yes"}
    assert somchai.post(f"{own}/withdraw", data=form | {"sure": ""}).status_code == 422
    assert somchai.post(f"{own}/withdraw", data=form | {"reason": "mark_misused"}).status_code == 422
    assert somchai.post(f"{own}/withdraw", data=form).status_code == 303
    assert f"{own}/keep" in somchai.get(page).text
    assert somchai.post(f"{own}/keep", data={}).status_code == 303
    assert reasons(desk, number) == ()
    assert somchai.post(f"{own}/correct", data={}).status_code == 303
    (begun,) = rows("SELECT number FROM applications WHERE supersedes = :n", n=number)
    assert number in somchai.get(f"/applications/{begun['number']}").text
    somchai.post(f"{own}/withdraw", data=form)
    seq = rows("SELECT max(seq) AS seq FROM status_requests")[0]["seq"]
    assert anan.post(f"/staff/requests/{seq}/confirm", data={}).status_code == 303
    assert reasons(desk, number) == ("withdrawn",)
    assert "ขอเลิกใช้" in somchai.get(page).text
