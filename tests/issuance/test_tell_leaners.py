"""Who leans on what ended is told: after an incident, a correction, to everybody of the maker, each once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mit import worker
from mit.issuance.apply import resubmit
from mit.issuance.correct import begin_correction
from mit.issuance.look import look_at
from mit.issuance.review import refuse, return_with_reasons
from mit.issuance.tell_leaners import TELL_LEANERS_JOB, TOLD_OF, ask_about_expired, ask_to_tell
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction, CertificateState
from mit.roles.actor import Role
from mit.store import leanings
from mit.store.db import transaction, viewing
from mit.values.thai_date import bangkok_day
from tests.issuance.test_chain import letters, makers, trace_of
from tests.support.chained import certify, hand_in, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.world import rows


def asked_for() -> list[str]:
    return [row["key"] for row in rows("SELECT key FROM jobs WHERE kind = 'tell_leaners' ORDER BY key")]


def end(desk: Desk, number: str, action: CertificateAction = CertificateAction.REVOKE) -> None:
    changed(desk, number, action)
    worker.run_once(desk.app, now=desk.tick())


def test_every_way_of_ending_is_told_of_and_nothing_else() -> None:
    """The control against a state that is added and forgotten here."""
    not_told = {CertificateState.PREPARED, CertificateState.ACTIVE, CertificateState.EXPIRED}
    assert {str(state) for state in CertificateState if state not in not_told} == set(TOLD_OF)


def test_the_job_is_written_in_the_transaction_of_the_change(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    certify(desk, desk.cast.krit, leaning_document(wire))
    changed(desk, wire, CertificateAction.REVOKE)
    assert asked_for() == [f"{wire}:revoked:{bangkok_day(desk.now).isoformat()}"]
    assert letters() == [], "the letters are the worker's"


def test_everybody_who_acts_for_the_maker_is_told_in_their_language(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    invite("Kanya Maimee", Role.MANUFACTURER, desk.cast.krungthep_wire_id, now=desk.tick())
    certify(desk, desk.cast.krit, leaning_document(wire))
    end(desk, wire)
    assert sorted(letters()) == [
        ("kanya@example.com", f"certificate:{wire}"),
        ("krit@example.com", f"certificate:{wire}"),
    ]


def test_a_suspension_and_then_the_revocation_are_two_letters(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    certify(desk, desk.cast.krit, leaning_document(wire))
    end(desk, wire, CertificateAction.SUSPEND)
    end(desk, wire, CertificateAction.REVOKE)
    assert len(letters()) == 2
    end_keys = [key.split(":")[1] for key in asked_for()]
    assert sorted(end_keys) == ["revoked", "suspended"]


def test_a_reinstatement_is_not_an_ending(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    certify(desk, desk.cast.krit, leaning_document(wire))
    end(desk, wire, CertificateAction.SUSPEND)
    end(desk, wire, CertificateAction.REINSTATE)
    assert [key.split(":")[1] for key in asked_for()] == ["suspended"]


def test_only_what_is_leaned_on_directly_is_told_of(desk: Desk) -> None:
    """A leans on B leans on C: C's end is told to B; what B's end means for A is told when B ends."""
    wire = wire_by(desk, desk.cast.somchai)
    (middle,) = makers(desk, 1)
    part = certify(desk, middle, leaning_document(wire))
    certify(desk, desk.cast.krit, leaning_document(part, name="สายไฟฟ้าแรงต่ำ", hs_code="85444932"))
    end(desk, wire)
    assert letters() == [("chain0@example.com", f"certificate:{wire}")]


@pytest.mark.parametrize("fate", ["refused", "renewed"])
def test_what_is_over_on_the_leaning_side_is_told_nothing(desk: Desk, fate: str) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    malee = desk.cast.malee
    if fate == "refused":
        handed_in = hand_in(desk, desk.cast.krit, leaning_document(wire))
        seen = look_at(malee, handed_in.application_id).seen
        refuse(malee, handed_in.application_id, reasons="ไม่ครบ", seen=seen, now=desk.tick())
    else:
        number = certify(desk, desk.cast.krit, leaning_document(wire))
        forge("UPDATE certificates SET status = 'revoked' WHERE number = :number", number=number)
    end(desk, wire)
    assert letters() == []


def test_what_was_returned_and_handed_in_again_leans_once(desk: Desk) -> None:
    wire, malee, krit = wire_by(desk, desk.cast.somchai), desk.cast.malee, desk.cast.krit
    handed_in = hand_in(desk, krit, leaning_document(wire))
    identity = handed_in.application_id
    seen = look_at(malee, identity).seen
    returned = return_with_reasons(malee, identity, reasons="โปรดตรวจ", seen=seen, now=desk.tick())
    resubmit(krit, identity, seen=Seen(returned.version), now=desk.tick(), authority=desk.authority)
    assert len(rows("SELECT * FROM leanings")) == 2, "both rounds are kept"
    with viewing() as session:
        assert len(leanings.leaners_of(session, wire)) == 1
    end(desk, wire)
    assert len(letters()) == 1


def test_what_ended_between_the_rounds_does_not_prove_in_the_second(desk: Desk) -> None:
    wire, malee, krit = wire_by(desk, desk.cast.somchai), desk.cast.malee, desk.cast.krit
    handed_in = hand_in(desk, krit, leaning_document(wire))
    seen = look_at(malee, handed_in.application_id).seen
    returned = return_with_reasons(
        malee, handed_in.application_id, reasons="โปรดตรวจ", seen=seen, now=desk.tick()
    )
    end(desk, wire)
    assert len(letters()) == 1, "it is under way and leaned"
    resubmit(
        krit, handed_in.application_id, seen=Seen(returned.version), now=desk.tick(), authority=desk.authority
    )
    documents = rows("SELECT document FROM assessments ORDER BY seq")
    last = json.loads(documents[-1]["document"])["trace"]["supplier_certificates"]
    assert [one["standing"] for one in last] == ["revoked"]


def test_a_correction_that_replaces_it_is_told_of(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    certify(desk, desk.cast.krit, leaning_document(wire))
    with transaction() as session:
        ask_to_tell(session, wire, "superseded", on=bangkok_day(desk.now), now=desk.tick())
        ask_to_tell(session, wire, "active", on=bangkok_day(desk.now), now=desk.tick())
    worker.run_once(desk.app, now=desk.tick())
    assert len(letters()) == 1
    assert begin_correction(desk.cast.somchai, wire, now=desk.tick()).number


def test_asking_twice_about_an_expiry_asks_once(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    desk.now += timedelta(days=40)
    certify(desk, desk.cast.krit, leaning_document(wire))
    assert ask_about_expired(now=desk.now) == 0
    over = desk.now + timedelta(days=327)
    assert [ask_about_expired(now=over) for _ in range(3)] == [1, 0, 0]
    assert rows("SELECT kind FROM jobs WHERE kind = :kind", kind=TELL_LEANERS_JOB) == [
        {"kind": TELL_LEANERS_JOB}
    ]


def test_what_was_revoked_before_it_ran_out_is_not_told_of_twice(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    desk.now += timedelta(days=40)
    certify(desk, desk.cast.krit, leaning_document(wire))
    end(desk, wire)
    assert ask_about_expired(now=desk.now + timedelta(days=327)) == 0


def test_a_line_that_names_what_never_was_leans_on_nothing(desk: Desk) -> None:
    handed_in = hand_in(desk, desk.cast.krit, leaning_document("MIT-2569-9999999-0"))
    assert [one["standing"] for one in trace_of(handed_in)] == ["unknown"]
    assert rows("SELECT * FROM leanings") == []
