"""A maker issues a letter to a dealer, the worker signs it, the maker ends it; nobody else does any of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from mit import worker
from mit.accounts.people import take_role
from mit.company_register.port import Company, Unknown
from mit.errors import (
    InputError,
    KeyUnavailableError,
    MitError,
    NotAllowedError,
    NotFoundError,
    TamperedError,
)
from mit.i18n import LANGUAGES, knows, say
from mit.issuance import appoint as appointing
from mit.issuance.appoint import appoint, look_up_dealer
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.issuance.own_dealer_letters import read_own_dealers
from mit.issuance.sign_dealer_letter import sign_dealer_letter
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Role
from mit.store.db import transaction
from mit.store.signing_keys import SigningKey
from mit.values.letter_number import parse_letter_number
from mit.verify.letter_scan import verify_letter
from mit.verify.verdict import Answer
from tests.support.dealers import (
    DEALER,
    NAME_TH,
    TYPED,
    KnownCompany,
    appointed,
    letter_of,
    the_register,
)
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.world import assert_audit_chain, rows, untouched

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AWAY = the_register()
REGISTERED = "บริษัท จดทะเบียน จำกัด"


def row_of(letter: str) -> dict[str, Any]:
    (found,) = rows("SELECT * FROM dealer_letters WHERE number = :number", number=letter)
    return found


def verdict_on(letter: str, now: datetime, on: date | None = None) -> tuple[Answer, tuple[str, ...]]:
    found = verify_letter(parse_letter_number(letter), now=now, on=on)
    return found.answer, found.reasons


def refused(desk: Desk, number: str, actor: Any = None, **changes: Any) -> list[tuple[str, str]]:
    """Return codes and places of a refusal that wrote nothing."""
    with untouched(), pytest.raises(MitError) as caught:
        appoint(
            actor or desk.cast.somchai,
            number,
            replace(TYPED, **changes),
            register=AWAY,
            now=desk.now,
            authority=desk.authority,
        )
    assert all(knows(f"errors.{one.code}") for one in caught.value.faults)
    return [(one.code, one.where) for one in caught.value.faults]


def test_issued_signed_shown_and_ended(desk: Desk) -> None:
    number = desk.issued(True, True).certificate_number
    letter = appointed(desk, number, products=("2",), tender="ประกวดราคา 12/2570")
    assert verdict_on(letter, desk.now) == (Answer.NOT_VALID, ("not_found",)), "it is not signed yet"
    worker.run_once(desk.app, now=desk.tick())
    found = verify_letter(parse_letter_number(letter), now=desk.now)
    assert found.answer is Answer.VALID
    assert found.letter is not None
    assert [one.index for one in found.letter.products] == [2]
    assert found.letter.products[0].coverage.models == ("SC-102",)
    assert (found.letter.tender, found.letter.sample) == ("ประกวดราคา 12/2570", True)
    end_dealer_letter(desk.cast.somchai, number, letter, now=desk.tick())
    assert verdict_on(letter, desk.now) == (Answer.NOT_VALID, ("ended",))
    about = "SELECT event, actor_id FROM audit_events WHERE subject = :subject ORDER BY seq"
    events = rows(about, subject=f"dealer_letter:{letter}")
    assert [row["event"] for row in events] == [
        "manufacturer:dealer_letter:issue",
        "signer:dealer_letter:sign",
        "manufacturer:dealer_letter:end",
    ]
    assert events[1]["actor_id"] is None
    assert_audit_chain()


FROZEN = (
    "ended_at = NULL, ended_by_id = NULL",
    "token = 'x'",
    "signed_at = issued_at",
    "until_on = '2027-06-01'",
    "dealer_juristic_number = '0994000000014'",
    "places = '1,2'",
    "tbs_sha256 = number",
    "number = 'x'",
)


def test_nobody_forges_a_row_and_nobody_brings_an_ended_letter_back(desk: Desk) -> None:
    number = desk.active()
    letter = letter_of(desk, number)
    end_dealer_letter(desk.cast.somchai, number, letter, now=desk.tick())
    for change in FROZEN:
        with pytest.raises(Exception, match="filled in once"):
            forge_politely(f"UPDATE dealer_letters SET {change}")
    with pytest.raises(Exception, match="never deleted"):
        forge_politely("DELETE FROM dealer_letters")


def forge_politely(statement: str) -> None:
    """Try a change as any client of the database would, with all of its guards."""
    with transaction() as session:
        session.execute(text(statement))


@SQLITE
def test_a_second_click_finds_what_the_first_did_and_another_wish_is_another_letter(desk: Desk) -> None:
    number = desk.active()
    first = appointed(desk, number)
    assert appointed(desk, number) == first
    assert appointed(desk, number, until_on="2027-04-01") != first
    end_dealer_letter(desk.cast.somchai, number, first, now=desk.tick())
    with untouched():
        end_dealer_letter(desk.cast.somchai, number, first, now=desk.tick())
    assert appointed(desk, number) != first, "what was ended is issued anew"
    assert len(rows("SELECT number FROM dealer_letters")) == 3


WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a citizen number": ({"dealer_number": "1101700207030"}, [("dealer_is_person", "dealer_number")]),
    "a wrong digit": ({"dealer_number": "0105562000016"}, [("tax_number_check", "dealer_number")]),
    "too few digits": ({"dealer_number": "010556200001"}, [("tax_number_malformed", "dealer_number")]),
    "no number": ({"dealer_number": ""}, [("tax_number_malformed", "dealer_number")]),
    "the maker itself": ({"dealer_number": "0105536112014"}, [("dealer_is_maker", "dealer_number")]),
    "no name": ({"dealer_name_th": "  "}, [("name_th_missing", "dealer_name_th")]),
    "a long name": ({"dealer_name_en": "x" * 301}, [("text_long", "dealer_name_en")]),
    "a name that turns round": ({"dealer_name_th": "ก\u202eข"}, [("text_unreadable", "dealer_name_th")]),
    "no product": ({"products": ()}, [("letter_products", "products")]),
    "a product that is not there": ({"products": ("1", "3")}, [("letter_products", "products")]),
    "a product that is no number": ({"products": ("1", "๑")}, [("letter_products", "products")]),
    "a product below all": ({"products": ("0",)}, [("letter_products", "products")]),
    "yesterday": ({"from_on": "2026-11-24"}, [("letter_begins_before", "from_on")]),
    "no day": (
        {"from_on": "", "until_on": "x"},
        [("day_malformed", "from_on"), ("day_malformed", "until_on")],
    ),
    "the end first": ({"until_on": "2026-11-24"}, [("letter_ends_before", "until_on")]),
    "beyond the certificate": ({"until_on": "2027-11-25"}, [("letter_outlives", "until_on")]),
    "a long tender": ({"tender": "x" * 201}, [("text_long", "tender")]),
    "everything": (
        {"dealer_number": "1", "dealer_name_th": "", "products": (), "from_on": "1", "until_on": "2"},
        [
            ("tax_number_malformed", "dealer_number"),
            ("name_th_missing", "dealer_name_th"),
            ("letter_products", "products"),
            ("day_malformed", "from_on"),
            ("day_malformed", "until_on"),
        ],
    ),
}


@SQLITE
def test_what_is_wrong_is_said_of_each_field_and_nothing_is_written(desk: Desk) -> None:
    number = desk.issued(True, True).certificate_number
    assert {what: refused(desk, number, **changes) for what, (changes, _) in WRONG.items()} == {
        what: codes for what, (_, codes) in WRONG.items()
    }


@SQLITE
def test_days_are_typed_as_people_type_them(desk: Desk) -> None:
    letter = appointed(desk, desk.active(), from_on="๒๕/๑๑/๒๕๖๙", until_on="31 มี.ค. 2570")
    row = row_of(letter)
    assert (str(row["from_on"]), str(row["until_on"])) == ("2026-11-25", "2027-03-31")


@SQLITE
def test_only_the_makers_own_people_issue_and_end_and_see(desk: Desk) -> None:
    cast, number = desk.cast, desk.active()
    letter = appointed(desk, number)
    assert refused(desk, number, cast.krit) == [("certificate_not_found", "")]
    for officer in (cast.malee, cast.anan, cast.napha):
        assert [code for code, _ in refused(desk, number, officer)] == ["role_needed"]
        with untouched(), pytest.raises(NotAllowedError):
            end_dealer_letter(officer, number, letter, now=desk.now)
        with pytest.raises(NotFoundError):
            read_own_dealers(officer, number, now=desk.now)
    with untouched(), pytest.raises(NotFoundError):
        end_dealer_letter(cast.krit, number, letter, now=desk.now)
    with pytest.raises(NotFoundError):
        read_own_dealers(cast.krit, number, now=desk.now)


@SQLITE
def test_a_letter_is_ended_under_its_own_certificate_alone(desk: Desk) -> None:
    first, second = desk.active(at=1), desk.active(at=11)
    letter = appointed(desk, first)
    for wrong in (letter, "DLR-2569-7K3QW-M9T2X-D", "x"):
        with untouched(), pytest.raises(NotFoundError, match="dealer_letter_not_found"):
            end_dealer_letter(desk.cast.somchai, second, wrong, now=desk.now)


@SQLITE
@pytest.mark.parametrize("action", [CertificateAction.SUSPEND, CertificateAction.REVOKE])
def test_a_certificate_that_is_not_in_force_gives_no_letters_and_takes_its_letters_with_it(
    desk: Desk, action: CertificateAction
) -> None:
    number = desk.active()
    letter = letter_of(desk, number)
    changed(desk, number, action)
    assert refused(desk, number) == [("letter_certificate_not_in_force", "")]
    assert verdict_on(letter, desk.now) == (Answer.NOT_VALID, ("certificate_not_valid",))
    own = read_own_dealers(desk.cast.somchai, number, now=desk.now)
    assert (own.is_in_force, own.letters[0].standing) == (False, "certificate")


@SQLITE
def test_it_is_issued_to_the_last_day_of_the_certificate_in_bangkok(desk: Desk) -> None:
    number = desk.active()
    own = read_own_dealers(desk.cast.somchai, number, now=desk.now)
    midnight = datetime.fromisoformat("2027-11-25T00:00:00+07:00")
    assert own.latest_on == date(2027, 11, 24)
    desk.now = midnight - timedelta(seconds=2)
    letter = appointed(desk, number, from_on="2027-11-24", until_on="2027-11-24")
    assert letter
    desk.now = midnight
    days = {"from_on": "2027-11-25", "until_on": "2027-11-25"}
    assert ("letter_outlives", "until_on") in refused(desk, number, **days)
    assert read_own_dealers(desk.cast.somchai, number, now=midnight).letters[0].standing == "over"


@SQLITE
def test_where_each_letter_stands_is_told_to_the_maker(desk: Desk) -> None:
    number = desk.issued(True, True).certificate_number
    signed = letter_of(desk, number)
    to_come = letter_of(desk, number, from_on="2026-12-24")
    ended = letter_of(desk, number, products=("2",))
    end_dealer_letter(desk.cast.somchai, number, ended, now=desk.tick())
    unsigned = appointed(desk, number, products=("1", "2"))
    own = read_own_dealers(desk.cast.somchai, number, now=desk.now)
    standings = {one.number: (one.standing, one.can_end, one.is_signed) for one in own.letters}
    assert standings == {
        signed: ("in_force", True, True),
        to_come: ("to_come", True, True),
        ended: ("ended", False, True),
        unsigned: ("unsigned", True, False),
    }
    assert own.letters[0].number == unsigned, "the newest comes first"
    assert own.letter(unsigned).places == (1, 2)
    with pytest.raises(NotFoundError):
        own.letter("DLR-2569-7K3QW-M9T2X-D")
    assert all(knows(f"dealers.standing_{standing}") for standing, *_ in standings.values())


@SQLITE
@pytest.mark.parametrize(
    ("register", "name_th", "named_by"),
    [
        (KnownCompany(Company(DEALER, REGISTERED, "Registered Co., Ltd.")), REGISTERED, "company_register"),
        (KnownCompany(Unknown()), NAME_TH, "maker"),
        (AWAY, NAME_TH, "maker"),
    ],
)
def test_the_registers_name_counts_and_a_typed_one_is_marked_so(
    desk: Desk, register: KnownCompany, name_th: str, named_by: str
) -> None:
    letter = letter_of(desk, desk.active(), register=register)
    found = verify_letter(parse_letter_number(letter), now=desk.now).letter
    assert found is not None
    assert (found.dealer.name_th, found.named_by) == (name_th, named_by)


def test_a_name_is_looked_up_before_anything_is_issued() -> None:
    now = datetime.fromisoformat("2026-11-25T07:30:00+00:00")
    typed = replace(TYPED, dealer_name_th="", dealer_name_en="typed")
    known, found = look_up_dealer(typed, register=the_register("ชื่อ"), now=now)
    assert (known.dealer_name_th, known.dealer_name_en, found) == ("ชื่อ", "typed", "found")
    assert look_up_dealer(typed, register=KnownCompany(Unknown()), now=now) == (typed, "unknown")
    assert look_up_dealer(typed, register=AWAY, now=now) == (typed, "away")
    person = KnownCompany(Unknown())
    with pytest.raises(InputError, match="dealer_is_person"):
        look_up_dealer(replace(typed, dealer_number="1101700207030"), register=person, now=now)
    assert person.asked == [], "a citizen number is never sent anywhere"


@SQLITE
def test_keepers_are_told_of_each_letter_and_of_its_end_and_nobody_else_is(desk: Desk) -> None:
    cast, number = desk.cast, desk.active()
    invite("Wanida Mali", Role.MANUFACTURER, cast.siam_cable_id, now=desk.now)
    letter = appointed(desk, number)
    end_dealer_letter(cast.somchai, number, letter, now=desk.tick())
    keepers = rows(
        "SELECT u.email FROM users u JOIN affiliations a ON a.user_id = u.id"
        " WHERE a.is_keeper AND u.organisation_id = a.organisation_id"
    )
    told = rows("SELECT letter, to_address FROM mails WHERE letter LIKE 'dealer_letter%' ORDER BY letter")
    assert "somchai@example.com" in {row["email"] for row in keepers}
    assert [(row["letter"], row["to_address"]) for row in told] == [
        ("dealer_letter_ended", "somchai@example.com"),
        ("dealer_letter_issued", "somchai@example.com"),
    ]
    payloads = [json.loads(row["payload"]) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")]
    params = next(one["params"] for one in payloads if one["letter"] == "dealer_letter_issued")
    assert (params["letter"], params["dealer"], params["by"]) == (letter, NAME_TH, "Somchai Jaidee")
    for language in LANGUAGES:
        assert letter in say("mail.dealer_letter_issued_subject", language, **params)


@SQLITE
def test_letters_that_stand_are_limited_and_ended_ones_make_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appointing, "MOST_LETTERS", 2)
    number = desk.active()
    first, _ = (appointed(desk, number, tender=str(at)) for at in range(2))
    assert refused(desk, number, tender="2") == [("letters_too_many", "")]
    end_dealer_letter(desk.cast.somchai, number, first, now=desk.tick())
    assert appointed(desk, number, tender="2")


# --- the signer


TAMPERED = {
    "other bytes": "UPDATE dealer_letters SET tbs = x'41'",
    "a longer last day": "UPDATE dealer_letters SET until_on = '2027-06-01'",
    "another dealer": "UPDATE dealer_letters SET dealer_juristic_number = '0994000000014'",
    "another name": "UPDATE dealer_letters SET dealer_name_th = 'x'",
    "another product": "UPDATE dealer_letters SET places = '2'",
    "another tender": "UPDATE dealer_letters SET tender = 'x'",
    "another hash": f"UPDATE dealer_letters SET tbs_sha256 = '{'a' * 64}'",
    "somebody else": (
        "UPDATE dealer_letters SET issued_by_id = (SELECT id FROM users WHERE name LIKE 'Krit%')"
    ),
    "another maker": "UPDATE certificates SET holder_name_th = 'x'",
    "another certificate": f"UPDATE certificates SET credential_sha256 = '{'b' * 64}'",
    "another coverage": "UPDATE certificate_products SET coverage = replace(coverage, 'SC-101', 'SC-999')",
    "no act in the log": "DELETE FROM audit_events WHERE event = 'manufacturer:dealer_letter:issue'",
    "another act in the log": (
        "UPDATE audit_events SET actor_id = NULL WHERE event = 'manufacturer:dealer_letter:issue'"
    ),
}


@SQLITE
@pytest.mark.parametrize("what", TAMPERED)
def test_the_signer_signs_nothing_that_the_database_does_not_order_as_one(desk: Desk, what: str) -> None:
    letter = appointed(desk, desk.active())
    assert forge(TAMPERED[what]) >= 1
    with pytest.raises(TamperedError, match="signer_letter"):
        sign_dealer_letter(letter, now=desk.tick(), authority=desk.authority)
    assert row_of(letter)["token"] is None


@SQLITE
def test_who_never_was_a_manufacturer_orders_nothing(desk: Desk) -> None:
    letter = appointed(desk, desk.active())
    assert forge("UPDATE role_grants SET granted_at = '2027-01-01 00:00:00' WHERE role = 'manufacturer'")
    with pytest.raises(TamperedError):
        sign_dealer_letter(letter, now=desk.tick(), authority=desk.authority)


@SQLITE
def test_what_was_ordered_while_one_acted_for_the_maker_is_signed_after_one_left(desk: Desk) -> None:
    letter = appointed(desk, desk.active())
    take_role(None, desk.cast.somchai.user_id, Role.MANUFACTURER, now=desk.tick())
    sign_dealer_letter(letter, now=desk.tick(), authority=desk.authority)
    assert row_of(letter)["token"]


@SQLITE
@pytest.mark.parametrize("what", ["ended", "revoked", "signed"])
def test_nothing_is_signed_that_was_ended_before_or_is_signed_already(desk: Desk, what: str) -> None:
    number = desk.active()
    letter = appointed(desk, number)
    if what == "ended":
        end_dealer_letter(desk.cast.somchai, number, letter, now=desk.tick())
    elif what == "revoked":
        changed(desk, number, CertificateAction.REVOKE)
    else:
        sign_dealer_letter(letter, now=desk.tick(), authority=desk.authority)
    with untouched():
        sign_dealer_letter(letter, now=desk.tick(), authority=desk.authority)
    assert (row_of(letter)["token"] is not None) == (what == "signed")


@SQLITE
def test_a_stolen_key_signs_no_letters_and_those_it_signed_are_gone(desk: Desk) -> None:
    number = desk.active()
    signed, waiting = letter_of(desk, number), appointed(desk, number, tender="x")
    with transaction() as session:
        session.query(SigningKey).filter_by(purpose="credential").one().compromised_from_at = (
            desk.now - timedelta(minutes=1)
        )
    with pytest.raises(KeyUnavailableError, match="key_not_for_signing"):
        sign_dealer_letter(waiting, now=desk.tick(), authority=desk.authority)
    assert verdict_on(signed, desk.now) == (Answer.NOT_VALID, ("key_compromised",))


@SQLITE
def test_a_demo_key_signs_nothing_in_production(desk: Desk) -> None:
    letter = appointed(desk, desk.active())
    strict = replace(desk.authority, settings=replace(desk.authority.settings, env="production"))
    with pytest.raises(KeyUnavailableError, match="demo_key_in_production"):
        sign_dealer_letter(letter, now=desk.tick(), authority=strict)


@SQLITE
def test_a_letter_that_does_not_exist_is_nobodys_to_sign(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        sign_dealer_letter("DLR-2569-7K3QW-M9T2X-D", now=desk.now, authority=desk.authority)


@SQLITE
def test_a_letter_to_come_is_signed_before_its_first_day(desk: Desk) -> None:
    letter = letter_of(desk, desk.active(), from_on="2027-01-01")
    assert verdict_on(letter, desk.now) == (Answer.NOT_VALID, ("not_yet_in_force",))
    later = datetime.fromisoformat("2027-01-01T00:00:00+07:00")
    assert verdict_on(letter, later) == (Answer.VALID, ())


@SQLITE
def test_a_token_of_another_letter_under_this_number_is_no_letter(desk: Desk) -> None:
    number = desk.active()
    first, second = letter_of(desk, number), letter_of(desk, number, until_on="2026-12-01")
    assert forge(
        f"UPDATE dealer_letters SET token = (SELECT token FROM dealer_letters WHERE number = '{first}')"
        f" WHERE number = '{second}'"
    )
    assert verdict_on(second, desk.now) == (Answer.NOT_VALID, ("altered",))
