"""Content through the chain: what the register says at the line, what is frozen, circles, and who is told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from mit import worker
from mit.credential import jose, vc
from mit.credential.statement import read_statements
from mit.criteria.chain import SupplierCertificate
from mit.errors import InputError
from mit.issuance.apply import withdraw
from mit.issuance.certificate_desk import show_certificate
from mit.issuance.chain import notes_on
from mit.issuance.open_sheets import read_opening_of
from mit.issuance.study import study
from mit.issuance.tell_leaners import TELL_LEANERS_JOB, tell_leaners
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor, Role
from mit.store import certificates, jobs, leanings
from mit.store.accounts import Organisation
from mit.store.db import add, new_id, transaction, viewing
from mit.values.identifiers import juristic_check_digit
from mit.values.thai_date import bangkok_day
from mit.verify.opened_sheet import check_opening, read_opening
from tests.support.chained import BOUGHT, WIRE, certify, hand_in, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.world import (
    assert_audit_chain,
    assert_every_commitment_opens,
    assert_log_consistent,
    assert_whole_world,
    rows,
)

UNKNOWN = "MIT-2569-9999999-7"


def note_at(
    desk: Desk, by: Actor, certificate: str, *, on: date | None = None, **line: Any
) -> tuple[str, str]:
    """Return code and place of what stands at the line that names *certificate*."""
    lines = [
        {"kind": "labour", "name": "ค่าแรง", "amount": "1"},
        BOUGHT | line | {"supplier_certificate": certificate},
    ]
    _, notes = notes_on(by, lines, on=on or bangkok_day(desk.now))
    (note,) = notes
    return note.code, note.where


def trace_of(standing: Any) -> list[dict[str, Any]]:
    (row,) = rows(
        "SELECT s.document FROM assessments s JOIN application_products p ON p.id = s.application_product_id"
        " JOIN applications a ON a.id = p.application_id WHERE a.number = :number",
        number=standing.number,
    )
    found: list[dict[str, Any]] = json.loads(row["document"])["trace"].get("supplier_certificates", [])
    return found


def letters() -> list[tuple[str, str]]:
    """Return to whom letters about suppliers' certificates were written, and what they are about."""
    return [
        (row["to_address"], row["about"])
        for row in rows("SELECT to_address, about FROM mails WHERE letter = 'supplier_certificate_ended'")
    ]


# --- at the line


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({}, "chain_ok"),
        ({"hs_code": "7408.11.10"}, "chain_ok"),
        ({"hs_code": ""}, "chain_ok"),
        ({"name": "ลวดทองแดงเปลือย ขนาด 2.5", "hs_code": ""}, "chain_ok"),
        ({"name": "bare COPPER wire 2.5", "hs_code": "740819"}, "chain_ok"),
        ({"name": "ตัวนำ"}, "chain_unclear"),
        ({"name": "ตัวนำ", "hs_code": ""}, "chain_unclear"),
        ({"hs_code": "39011000"}, "chain_not_covered"),
        ({"name": "ลวดทองแดงเปลือย", "hs_code": "85444932"}, "chain_not_covered"),
    ],
)
def test_the_register_is_asked_at_once_whether_it_covers_the_line(
    desk: Desk, line: dict[str, str], code: str
) -> None:
    number = wire_by(desk, desk.cast.krit)
    assert note_at(desk, desk.cast.somchai, number, **line) == (code, "lines[2].supplier_certificate")


def test_a_number_is_read_as_forgivingly_as_everywhere(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.krit)
    for typed in (number.lower(), number.replace("-", " "), number.replace("MIT-", "")):
        assert note_at(desk, desk.cast.somchai, typed)[0] == "chain_ok"
    for typed in (UNKNOWN, number[:-1] + ("A" if number[-1] != "A" else "B"), "ใบรับรอง", "x" * 500):
        assert note_at(desk, desk.cast.somchai, typed)[0] == "chain_unknown"


STOPS = [
    (CertificateAction.SUSPEND, "suspended"),
    (CertificateAction.REVOKE, "revoked"),
    (CertificateAction.WITHDRAW, "withdrawn"),
]


def stopped(desk: Desk, number: str, action: CertificateAction) -> None:
    """Let a certificate of Siam Cable end; the worker does what follows."""
    changed(desk, number, action)
    worker.run_once(desk.app, now=desk.tick())


@pytest.mark.parametrize(("action", "standing"), STOPS)
def test_what_ended_proves_nothing_from_then_on(desk: Desk, action: CertificateAction, standing: str) -> None:
    number = wire_by(desk, desk.cast.somchai)
    before = hand_in(desk, desk.cast.krit, leaning_document(number))
    stopped(desk, number, action)
    assert note_at(desk, desk.cast.krit, number)[0] == f"chain_{standing}"
    after = hand_in(desk, desk.cast.krit, leaning_document(number))
    assert [one["standing"] for one in trace_of(before)] == ["active"], "what was frozen stays"
    assert [one["standing"] for one in trace_of(after)] == [standing]
    with viewing() as session:
        leaners = leanings.leaners_of(session, number)
    assert [one.application_number for one in leaners] == [before.number], "nothing leans on what ended"


def test_the_last_day_still_proves_and_the_day_after_does_not(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.krit)
    last = bangkok_day(desk.now).replace(year=2027) - timedelta(days=1)
    assert note_at(desk, desk.cast.somchai, number, on=last)[0] == "chain_ok"
    assert note_at(desk, desk.cast.somchai, number, on=last + timedelta(days=1))[0] == "chain_expired"


def test_only_materials_of_somebodys_own_are_looked_at(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.krit)
    labour = {"kind": "labour", "name": "ค่าแรง", "supplier_certificate": number}
    blank = {"kind": "material", "name": "x", "supplier_certificate": "  "}
    assert notes_on(desk.cast.somchai, [labour, blank, {}], on=bangkok_day(desk.now)) == ((), ())
    nobodys = Actor(desk.cast.somchai.user_id, frozenset({Role.MANUFACTURER}))
    named = BOUGHT | {"supplier_certificate": number}
    assert notes_on(nobodys, [named], on=bangkok_day(desk.now)) == ((), ())


# --- frozen


def test_the_fact_is_frozen_with_the_assessment_and_opens_with_the_commitment(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.krit)
    number = certify(desk, desk.cast.somchai, leaning_document(wire))
    rule_set = desk.authority.rulebook.rule_sets[0]
    with viewing() as session:
        (leaner,) = leanings.leaners_of(session, wire)
    assert (leaner.certificate, leaner.line, leaner.covers, leaner.status) == (number, 1, "yes", "active")
    opening = read_opening(read_opening_of(desk.cast.malee, number))
    assert opening.products[0].chain == (
        SupplierCertificate(
            line=1,
            number=wire,
            standing="active",
            covers="yes",
            known_on=bangkok_day(desk.now).isoformat(),
            rule_set_id=rule_set.id,
            rule_set_sha256=rule_set.sha256,
        ),
    )
    with viewing() as session:
        token = certificates.get_certificate(session, number).credential or ""
    stated = read_statements(jose.parse(token, typ=vc.TYP).payload)
    assert [one.reason for one in check_opening(stated, opening, desk.authority.rulebook)] == ["ok"]
    document = json.loads(read_opening_of(desk.cast.malee, number))
    document["products"][0]["supplier_certificates"][0]["standing"] = "revoked"
    changed_opening = read_opening(json.dumps(document).encode())
    reasons = [one.reason for one in check_opening(stated, changed_opening, desk.authority.rulebook)]
    assert reasons == ["commitment_differs"], "the facts are committed to as well"
    assert_whole_world(desk.now)


@pytest.mark.parametrize(
    ("line", "is_leaning"),
    [
        ({}, True),
        ({"origin": "unproven"}, True),
        ({"origin": "imported"}, False),
        ({"name": "ตัวนำ"}, True),
        ({"hs_code": "39011000"}, False),
    ],
)
def test_a_line_leans_where_it_may_be_proven_by_it(
    desk: Desk, line: dict[str, str], *, is_leaning: bool
) -> None:
    number = wire_by(desk, desk.cast.krit)
    handed_in = hand_in(desk, desk.cast.somchai, leaning_document(number, **line))
    assert len(trace_of(handed_in)) == 1, "what was known is frozen in any case"
    with viewing() as session:
        found = [(one.application_number, one.certificate) for one in leanings.leaners_of(session, number)]
    assert found == ([(handed_in.number, "")] if is_leaning else [])


def test_a_sheet_that_names_none_is_assessed_as_before(desk: Desk) -> None:
    handed_in = hand_in(desk, desk.cast.somchai, leaning_document())
    assert trace_of(handed_in) == []
    assert rows("SELECT * FROM leanings") == []


def test_leanings_are_never_changed_or_deleted(desk: Desk) -> None:
    hand_in(desk, desk.cast.somchai, leaning_document(wire_by(desk, desk.cast.krit)))
    for statement in ("UPDATE leanings SET line = 7", "DELETE FROM leanings"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("line", "code"),
    [({}, None), ({"name": "ตัวนำ"}, "chain_unclear"), ({"hs_code": "39011000"}, "chain_not_covered")],
)
def test_the_officer_is_asked_to_look_where_the_machine_could_not_tell(
    desk: Desk, line: dict[str, str], code: str | None
) -> None:
    number = wire_by(desk, desk.cast.krit)
    handed_in = hand_in(desk, desk.cast.somchai, leaning_document(number, **line))
    remarks = study(desk.cast.malee, handed_in.number, now=desk.now).products[0].remarks
    asked = [(one.code, one.where, one.params) for one in remarks if one.code.startswith("chain_")]
    assert asked == ([(code, "lines[1].supplier_certificate", {"number": number})] if code else [])


# --- circles


def test_ones_own_certificate_proves_nothing_of_ones_own(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.somchai)
    assert note_at(desk, desk.cast.somchai, number)[0] == "chain_circle_itself"
    with pytest.raises(InputError) as refusal:
        hand_in(desk, desk.cast.somchai, leaning_document(number))
    (fault,) = refusal.value.faults
    assert (fault.code, fault.where) == ("chain_circle_itself", "products[1].lines[1].supplier_certificate")
    assert rows("SELECT * FROM leanings") == []
    assert_whole_world(desk.now)


def test_a_leans_on_b_leans_on_a_is_refused_with_both_ends_named(desk: Desk) -> None:
    own = wire_by(desk, desk.cast.somchai)
    theirs = certify(desk, desk.cast.krit, leaning_document(own))
    with pytest.raises(InputError) as refusal:
        hand_in(desk, desk.cast.somchai, leaning_document(theirs, name="สายไฟฟ้าแรงต่ำ", hs_code="85444932"))
    (fault,) = refusal.value.faults
    assert (fault.code, fault.params) == ("chain_circle", {"number": theirs, "own": own, "between": 0})


def makers(desk: Desk, count: int) -> list[Actor]:
    """Return people of as many makers."""
    made = []
    for at in range(count):
        digits = f"010557000{at:03}"
        row = Organisation(
            id=new_id(), kind="manufacturer", tax_number=digits + juristic_check_digit(digits),
            name_th=f"บริษัท โซ่ที่ {at} จำกัด", name_en=f"Chain {at}",
            address_th="กรุงเทพฯ", address_en="Bangkok", created_at=desk.now,
        )  # fmt: skip
        with transaction() as session:
            add(session, row)
        made.append(invite(f"Chain{at} X", Role.MANUFACTURER, row.id, now=desk.now))
    return made


def test_a_long_chain_is_followed_to_its_end_and_what_is_between_is_nobodys_business(desk: Desk) -> None:
    number = own = wire_by(desk, desk.cast.somchai)
    between = []
    for maker in makers(desk, 5):
        number = certify(desk, maker, leaning_document(number, product=WIRE))
        between.append(number)
    with pytest.raises(InputError) as refusal:
        hand_in(desk, desk.cast.somchai, leaning_document(number))
    (fault,) = refusal.value.faults
    assert fault.params == {"number": number, "own": own, "between": 4}
    assert not [middle for middle in between[:-1] if middle in str(fault.params)]
    hand_in(desk, desk.cast.krit, leaning_document(number))  # who is not in the chain may lean on it


@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_reaches_their_own_certificate_is_refused_and_nobody_else(desk: Desk, seed: int) -> None:
    """Makers certify and lean at random; a model of the graph says who goes round in a circle."""
    chance, people = Random(seed), makers(desk, 3)
    owner: dict[str, int] = {}
    leans: dict[str, set[str]] = {}
    refused = 0
    for _ in range(9):
        maker = chance.randrange(len(people))
        target = chance.choice([*owner, ""]) if owner else ""
        reached, front = set(), {target} - {""}
        while front:
            reached |= front
            front = set().union(*(leans[one] for one in front)) - reached
        document = leaning_document(target, product=WIRE)
        if any(owner[one] == maker for one in reached):
            with pytest.raises(InputError, match="chain_circle"):
                hand_in(desk, people[maker], document)
            refused += 1
            continue
        number = certify(desk, people[maker], document)
        owner[number], leans[number] = maker, {target} - {""}
    assert owner
    with viewing() as session:
        assert leanings.leaned_on_by(session, set(owner)) == {one: to for one, to in leans.items() if to}


# --- told


@pytest.mark.parametrize(("action", "standing"), STOPS)
def test_whoever_leans_on_what_ended_is_told_once(
    desk: Desk, action: CertificateAction, standing: str
) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    certify(desk, desk.cast.krit, leaning_document(wire))
    hand_in(desk, desk.cast.krit, leaning_document(wire, product={"models": ["SC-2"]}))
    stopped(desk, wire, action)
    assert letters() == [("krit@example.com", f"certificate:{wire}")], "one letter, about both"
    (payload,) = rows("SELECT payload FROM audit_events WHERE event = 'worker:certificate:tell_leaners'")
    assert json.loads(payload["payload"]) == {"standing": standing, "letters": 1}
    worker.run_once(desk.app, now=desk.tick())
    assert len(letters()) == 1
    assert_audit_chain()
    assert_log_consistent()
    assert_every_commitment_opens()


def payloads_after(desk: Desk) -> list[dict[str, Any]]:
    """Let the job that tells be done, and no letter be sent; return what fills each letter."""
    with transaction() as session:
        taken = iter(lambda: jobs.take(session, desk.now), None)
        job = next(one for one in taken if one.kind == TELL_LEANERS_JOB)
    tell_leaners(job, now=desk.tick())
    mails = rows("SELECT payload FROM jobs WHERE kind = 'mail' AND key LIKE 'supplier_certificate_ended%'")
    return [json.loads(row["payload"]) for row in mails]


@pytest.mark.parametrize(("language", "standing"), [("th", "เพิกถอน"), ("en", "Revoked")])
def test_the_letter_names_ones_own_and_nobody_elses(desk: Desk, language: str, standing: str) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    (other,) = makers(desk, 1)
    mine = certify(desk, desk.cast.krit, leaning_document(wire))
    theirs = certify(desk, other, leaning_document(wire))
    forge("UPDATE users SET language = :language", language=language)
    changed(desk, wire, CertificateAction.REVOKE)
    written = {one["to"]: one["params"] for one in payloads_after(desk)}
    assert set(written) == {"krit@example.com", "chain0@example.com"}, "not the holder of what is leaned on"
    for address, own in (("krit@example.com", mine), ("chain0@example.com", theirs)):
        told = written[address]
        assert (told["certificate"], told["numbers"], told["count"]) == (wire, own, 1)
        assert told["standing"].casefold() == standing.casefold()


def test_who_does_not_lean_any_more_is_not_told(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    withdrawn = hand_in(desk, desk.cast.krit, leaning_document(wire))
    withdraw(desk.cast.krit, withdrawn.application_id, seen=Seen(withdrawn.version), now=desk.tick())
    stopped(desk, wire, CertificateAction.REVOKE)
    assert letters() == []


def test_an_expiry_is_told_of_by_the_clock_once(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    desk.now += timedelta(days=30)
    certify(desk, desk.cast.krit, leaning_document(wire))
    expires_on = date(2027, 11, 24)
    for day, count in ((-1, 0), (0, 0), (1, 1), (1, 1), (2, 1), (20, 1)):
        desk.now = desk.now.replace(year=2027, month=11, day=24) + timedelta(days=day)
        assert (bangkok_day(desk.now) - expires_on).days == day
        worker.keep_up(desk.app, now=desk.tick())
        worker.run_once(desk.app, now=desk.tick())
        assert len(letters()) == count, day


def test_nothing_is_asked_where_nothing_leans(desk: Desk) -> None:
    stopped(desk, wire_by(desk, desk.cast.somchai), CertificateAction.REVOKE)
    assert rows("SELECT * FROM jobs WHERE kind = 'tell_leaners'") == []


def test_the_officer_sees_on_the_certificate_what_leans_on_it(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    number = certify(desk, desk.cast.krit, leaning_document(wire))
    waiting = hand_in(desk, desk.cast.krit, leaning_document(wire, name="ตัวนำ"))
    shown = show_certificate(desk.cast.malee, wire, now=desk.now).leaners
    assert [(one.certificate, one.application_number, one.covers, name_en) for one, _, name_en in shown] == [
        (number, shown[0][0].application_number, "yes", "Krungthep Wire"),
        ("", waiting.number, "unclear", "Krungthep Wire"),
    ]
