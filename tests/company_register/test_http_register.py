"""Asking the register over real sockets: what it answers, and everything it may do instead."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.company_register.http_register import (
    ASKED_AT_ONCE,
    LARGEST_ANSWER_BYTES,
    LONGEST_REST,
    TIME_LIMIT_SECONDS,
    USUAL_REST,
    HttpCompanyRegister,
    rest_of,
)
from mit.company_register.parse import read_answer
from mit.company_register.port import Away, Company, NullCompanyRegister, Unknown
from tests.support import fake_company_register as fake
from tests.support.fake_company_register import KNOWN, NAME_EN, NAME_TH, FakeRegister, document

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


@pytest.fixture
def there() -> Iterator[FakeRegister]:
    """A register that runs."""
    with fake.fake_register() as running:
        yield running


def ask(there: FakeRegister, number: str = KNOWN, *, limit: float = 5.0) -> object:
    return HttpCompanyRegister(there.address, time_limit_seconds=limit).find(number, now=NOW)


def test_a_company_is_found_with_names_and_address(there: FakeRegister) -> None:
    assert ask(there) == Company(
        tax_number=KNOWN,
        name_th=NAME_TH,
        name_en=NAME_EN,
        address_th="99/1 ถนนบางนา-ตราด บางนาเหนือ บางนา กรุงเทพมหานคร",
        status="ยังดำเนินกิจการอยู่",
    )
    assert there.asked == [f"/api/v1/juristic_person/{KNOWN}"]


def test_a_number_that_it_does_not_know_is_unknown(there: FakeRegister) -> None:
    assert ask(there, "0105536112014") == Unknown()
    there.behave(fake.sends(b"", status=404))
    assert ask(there) == Unknown()


def test_no_register_is_never_there() -> None:
    assert not NullCompanyRegister().is_on
    assert NullCompanyRegister().find(KNOWN, now=NOW) == Away("off")


def test_the_limit_is_ten_seconds() -> None:
    assert TIME_LIMIT_SECONDS == 10


@pytest.mark.parametrize("manner", [fake.silent, fake.drips], ids=["silent", "drips"])
def test_a_register_that_takes_too_long_is_left_in_time(there: FakeRegister, manner: fake.Manner) -> None:
    there.behave(manner)
    began = monotonic()
    assert ask(there, limit=0.3) == Away("unreachable")
    assert monotonic() - began < 3


def test_nobody_at_home_is_told_at_once() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    register = HttpCompanyRegister(f"http://127.0.0.1:{port}/x")
    assert register.find(KNOWN, now=NOW) == Away("unreachable")


def test_a_redirect_is_not_followed(there: FakeRegister) -> None:
    with fake.fake_register() as elsewhere:
        there.behave(fake.sends(b"", status=302, headers={"Location": f"{elsewhere.address}/{KNOWN}"}))
        assert ask(there) == Away("status")
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_register_that_has_had_enough_is_left_alone_as_long_as_it_says(
    there: FakeRegister, status: int
) -> None:
    there.behave(fake.sends(b"", status=status, headers={"Retry-After": "120"}))
    register = HttpCompanyRegister(there.address)
    assert register.find(KNOWN, now=NOW) == Away("had_enough")
    there.behave(fake.honest)
    assert register.find(KNOWN, now=NOW + timedelta(seconds=119)) == Away("resting")
    assert len(there.asked) == 1
    assert isinstance(register.find(KNOWN, now=NOW + timedelta(seconds=120)), Company)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("0", timedelta(0)),
        ("999999999999999999", LONGEST_REST),
        ("Wed, 25 Nov 2026 07:31:00 GMT", timedelta(seconds=60)),
        ("Wed, 25 Nov 2026 06:31:00 GMT", timedelta(0)),
        ("Wed, 25 Nov 2099 07:31:00 GMT", LONGEST_REST),
        ("", USUAL_REST),
        ("soon", USUAL_REST),
        ("-5", USUAL_REST),
        ("๑๒", USUAL_REST),
        ("Wed, 99 Nov 2026 07:31:00 GMT", USUAL_REST),
    ],
)
def test_how_long_it_wants_to_be_left_alone(said: str, rest: timedelta) -> None:
    assert rest_of(said, now=NOW) == rest


LIES: dict[str, Any] = {
    "no json": b"<html>",
    "not utf-8": b'{"status": "\xff"}',
    "a list": [],
    "a number": 7,
    "no status": {"data": []},
    "another code": {"status": {"code": "9999"}, "data": []},
    "code as a number": {"status": {"code": 1000}, "data": document()["data"]},
    "no data": {"status": {"code": "1000"}},
    "empty data": {"status": {"code": "1000"}, "data": []},
    "two companies": {"status": {"code": "1000"}, "data": document()["data"] * 2},
    "another company": document(ID="0105536112014"),
    "no name": document(NameTH=""),
    "name as a list": document(NameTH=["x"]),
    "a long name": document(NameTH="ก" * 301),
    "a name with an end of line": document(NameTH="บริษัท\nข"),
    "a name that turns the line": document(NameTH="บริษัท\u202e"),
    "half a letter": b'{"status": {"code": "1000"}, "data": [{"cd:OrganizationJuristicPerson":'
    b' {"cd:OrganizationJuristicID": "0105562000015", "cd:OrganizationJuristicNameTH": "\\ud800"}}]}',
    "address as text": document(Address="x"),
    "the same member twice": b'{"status": {"code": "1000"}, "status": {"code": "1000"}, "data": []}',
    "deep": b"[" * 60000,
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_answer_of_another_form_is_no_answer(there: FakeRegister, lie: Any) -> None:
    there.behave(fake.sends(lie))
    assert ask(there) == Away("malformed")


def test_an_address_may_be_missing(there: FakeRegister) -> None:
    there.behave(fake.sends(document(Address=None, NameEN=None, Status=None)))
    assert ask(there) == Company(KNOWN, NAME_TH)


@pytest.mark.parametrize(
    "manner",
    [
        fake.sends(b" " * (LARGEST_ANSWER_BYTES + 1)),
        fake.sends(document(), headers={"Content-Type": "text/html"}),
        fake.sends(document(), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["large", "kind", "packed"],
)
def test_what_is_too_large_or_of_another_kind_is_not_read(there: FakeRegister, manner: fake.Manner) -> None:
    there.behave(manner)
    assert ask(there) == Away("unreachable")


def test_more_questions_than_places_are_not_asked(there: FakeRegister) -> None:
    there.behave(fake.silent)
    register = HttpCompanyRegister(there.address, time_limit_seconds=1.0)
    answers: list[object] = []
    askers = [
        Thread(target=lambda: answers.append(register.find(KNOWN, now=NOW))) for _ in range(ASKED_AT_ONCE + 3)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert answers.count(Away("busy")) == 3
    assert answers.count(Away("unreachable")) == ASKED_AT_ONCE


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["status", "code", "data"]), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_nothing_that_it_may_send_breaks_the_reader(body: bytes) -> None:
    assert isinstance(read_answer(body, KNOWN), Away | Unknown)
