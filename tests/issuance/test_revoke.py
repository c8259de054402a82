"""Suspend, revoke, reinstate, withdraw: who may, from which day, and what follows in the same transaction."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit import worker
from mit.errors import (
    ConflictError,
    FourEyesError,
    IllegalMoveError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StaleVersionError,
)
from mit.issuance.certificate_case import Why
from mit.issuance.issue import issue
from mit.issuance.revoke import ask_change, confirm_change, drop_request
from mit.issuance.suspend import suspend
from mit.lifecycle.certificate_acts import REQUEST_LIFE, act_of
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor, Role
from mit.store import status_requests
from mit.store.accounts import join_organisation
from mit.store.certificate_history import StatusChange, record_status
from mit.store.certificates import get_certificate
from mit.store.db import transaction, viewing
from mit.values.thai_date import bangkok_day
from mit.verify.scan import verify_number
from tests.support.desk import Desk
from tests.support.officers import NOTE, asked, changed, history, seen, suspended, why
from tests.support.people import invite
from tests.support.world import rows

A = CertificateAction
DAY = timedelta(days=1)
MOST = [A.REVOKE, A.REINSTATE, A.WITHDRAW]


def day(desk: Desk) -> date:
    return bangkok_day(desk.now)


def issued(desk: Desk, at: int = 1) -> str:
    return desk.issued(at=at).certificate_number


def nothing_changed(number: str) -> bool:
    return [entry[0] for entry in history(number)] == ["issued"]


def suspend_by(desk: Desk, person: Actor, number: str, seen_seq: int) -> int:
    told = why(A.SUSPEND)
    return suspend(person, number, why=told, seen_seq=seen_seq, now=desk.tick(), authority=desk.authority)


def answer(desk: Desk, number: str) -> tuple[str, ...]:
    return verify_number(number, now=desk.now).reasons


def test_one_approver_suspends_and_the_next_answer_says_so(desk: Desk) -> None:
    number = issued(desk)
    desk.now += 3 * DAY
    suspended(desk, number)
    assert history(number)[1:] == [("suspended", "suspended", day(desk), "under_investigation")]
    assert answer(desk, number) == ("suspended",)
    assert verify_number(number, now=desk.now, on=day(desk) - DAY).reasons == ()


def test_a_second_click_suspends_once(desk: Desk) -> None:
    number = issued(desk)
    before = seen(number)
    for _ in range(2):
        suspend(
            desk.cast.anan,
            number,
            why=why(A.SUSPEND),
            seen_seq=before,
            now=desk.tick(),
            authority=desk.authority,
        )
    assert len(history(number)) == 2


def test_two_persons_revoke_and_bring_back_and_end(desk: Desk) -> None:
    number, other = issued(desk), issued(desk, 2)
    suspended(desk, number)
    desk.now += DAY
    changed(desk, number, A.REINSTATE)
    assert answer(desk, number) == ()
    changed(desk, number, A.REVOKE)
    changed(desk, other, A.WITHDRAW)
    assert (answer(desk, number), answer(desk, other)) == (("revoked",), ("withdrawn",))


def test_asking_changes_nothing_that_the_public_sees(desk: Desk) -> None:
    number = issued(desk)
    for action in (A.REVOKE, A.WITHDRAW):
        seq = asked(desk, number, action)
        assert nothing_changed(number)
        assert answer(desk, number) == ()
        drop_request(desk.cast.anan, seq, now=desk.tick())
    assert nothing_changed(number)


def test_nobody_confirms_what_they_asked_for_themselves(desk: Desk) -> None:
    number = issued(desk)
    seq = ask_change(
        desk.cast.anan, number, A.REVOKE, why=why(A.REVOKE), seen_seq=seen(number), now=desk.tick()
    )
    with pytest.raises(FourEyesError, match="four_eyes_asked"):
        confirm_change(desk.cast.anan, seq, now=desk.tick(), authority=desk.authority)
    second = invite("Somsri Rakthai", Role.APPROVER, now=desk.now)
    confirm_change(second, seq, now=desk.tick(), authority=desk.authority)
    assert answer(desk, number) == ("revoked",)


@pytest.mark.parametrize("action", [A.SUSPEND, A.REVOKE])
def test_who_ever_acted_for_the_holder_decides_nothing_about_its_certificates(
    desk: Desk, action: CertificateAction
) -> None:
    number = issued(desk)
    turncoat = invite("Turn Coat", Role.APPROVER, now=desk.now)
    with transaction() as session:
        join_organisation(session, turncoat.user_id, desk.cast.siam_cable_id, now=desk.now)
        join_organisation(session, turncoat.user_id, None, now=desk.tick())
    with pytest.raises(FourEyesError, match="four_eyes_holder"):
        if action is A.SUSPEND:
            suspend(
                turncoat,
                number,
                why=why(action),
                seen_seq=seen(number),
                now=desk.now,
                authority=desk.authority,
            )
        else:
            ask_change(turncoat, number, action, why=why(action), seen_seq=seen(number), now=desk.now)
    seq = asked(desk, number, A.REVOKE)
    with pytest.raises(FourEyesError, match="four_eyes_holder"):
        confirm_change(turncoat, seq, now=desk.now, authority=desk.authority)
    assert nothing_changed(number)


@pytest.mark.parametrize("action", [*MOST, A.SUSPEND])
def test_only_the_roles_of_the_table_may_ask(desk: Desk, action: CertificateAction) -> None:
    number = issued(desk)
    if action is A.REINSTATE:
        suspended(desk, number)
    cast = desk.cast
    people = {
        "manufacturer": cast.somchai,
        "reviewer": cast.malee,
        "approver": cast.anan,
        "buyer": cast.napha,
    }
    for role, person in people.items():
        if role in act_of(action).asked_by:
            continue
        with pytest.raises((NotAllowedError, NotFoundError)):
            if action is A.SUSPEND:
                suspend(
                    person,
                    number,
                    why=why(action),
                    seen_seq=seen(number),
                    now=desk.now,
                    authority=desk.authority,
                )
            else:
                ask_change(person, number, action, why=why(action), seen_seq=seen(number), now=desk.now)


def test_only_an_approver_confirms_and_only_the_holder_asks_for_its_end(desk: Desk) -> None:
    number = issued(desk)
    seq = asked(desk, number, A.WITHDRAW)
    for person in (desk.cast.malee, desk.cast.somchai, desk.cast.krit, desk.cast.napha):
        with pytest.raises(NotAllowedError):
            confirm_change(person, seq, now=desk.now, authority=desk.authority)
    with pytest.raises(NotAllowedError, match="not_your_certificate"):
        ask_change(
            desk.cast.krit, number, A.WITHDRAW, why=why(A.WITHDRAW), seen_seq=seen(number), now=desk.now
        )


def test_a_request_is_dropped_by_its_holder_or_an_officer_and_never_confirmed_then(desk: Desk) -> None:
    number = issued(desk)
    seq = asked(desk, number, A.WITHDRAW)
    with pytest.raises(NotAllowedError):
        drop_request(desk.cast.krit, seq, now=desk.now)
    for _ in range(2):
        drop_request(desk.cast.somchai, seq, now=desk.tick())
    with pytest.raises(ConflictError, match="request_has_ended"):
        confirm_change(desk.cast.anan, seq, now=desk.now, authority=desk.authority)
    again = asked(desk, number, A.REVOKE)
    drop_request(desk.cast.malee, again, now=desk.tick())
    events = [row["event"] for row in rows("SELECT event FROM audit_events ORDER BY seq")][-4:]
    assert events == [
        "manufacturer:certificate:ask_withdraw",
        "manufacturer:certificate:drop_withdraw",
        "staff:certificate:ask_change",
        "staff:certificate:drop_change",
    ]


def test_a_request_that_waited_too_long_is_refused(desk: Desk) -> None:
    number = issued(desk)
    seq = asked(desk, number, A.REVOKE)
    desk.now += REQUEST_LIFE + timedelta(seconds=1)
    with pytest.raises(StaleVersionError, match="request_too_old"):
        confirm_change(desk.cast.anan, seq, now=desk.now, authority=desk.authority)
    assert nothing_changed(number)


def test_a_request_about_what_changed_meanwhile_is_refused(desk: Desk) -> None:
    number = issued(desk)
    before, seq = seen(number), asked(desk, number, A.REVOKE)
    suspended(desk, number)
    with pytest.raises(StaleVersionError, match="stale_certificate"):
        confirm_change(desk.cast.anan, seq, now=desk.now, authority=desk.authority)
    drop_request(desk.cast.malee, seq, now=desk.tick())
    with pytest.raises(StaleVersionError, match="stale_certificate"):
        ask_change(desk.cast.malee, number, A.REVOKE, why=why(A.REVOKE), seen_seq=before, now=desk.now)
    changed(desk, number, A.REVOKE)
    assert answer(desk, number) == ("revoked",)


def test_one_request_at_a_time_waits_and_the_same_one_asked_twice_is_one(desk: Desk) -> None:
    number = issued(desk)
    seq = asked(desk, number, A.REVOKE)
    assert asked(desk, number, A.REVOKE) == seq
    with pytest.raises(ConflictError, match="request_waiting"):
        asked(desk, number, A.REVOKE, day(desk))


def test_a_revocation_reaches_back_before_a_suspension_but_not_before_the_issue(desk: Desk) -> None:
    number, first = issued(desk), day(desk)
    desk.now += 10 * DAY
    suspended(desk, number)
    desk.now += 5 * DAY
    for wrong in (first - DAY, day(desk) + DAY):
        with pytest.raises(InputError, match="effect_day"):
            asked(desk, number, A.REVOKE, wrong)
    changed(desk, number, A.REVOKE, first + 2 * DAY)
    for later in range(20):
        verdict = verify_number(number, now=desk.now, on=first + min(later, 15) * DAY)
        assert verdict.reasons == (() if later < 2 else ("revoked",)), later


@pytest.mark.parametrize("action", [A.REINSTATE, A.WITHDRAW])
def test_nothing_but_a_revocation_reaches_back(desk: Desk, action: CertificateAction) -> None:
    number = issued(desk)
    desk.now += 3 * DAY
    if action is A.REINSTATE:
        suspended(desk, number)
        desk.now += DAY
    for wrong in (day(desk) - DAY, day(desk) + DAY):
        with pytest.raises(InputError, match="effect_day"):
            asked(desk, number, action, wrong)


def test_after_the_last_valid_day_only_the_past_can_be_corrected(desk: Desk) -> None:
    number = issued(desk)
    with viewing() as session:
        last = get_certificate(session, number).expires_on
    desk.now += 400 * DAY
    with pytest.raises(ConflictError, match="certificate_expired"):
        asked(desk, number, A.WITHDRAW)
    with pytest.raises(InputError, match="effect_day"):
        asked(desk, number, A.REVOKE, last + DAY)
    changed(desk, number, A.REVOKE, last)
    assert verify_number(number, now=desk.now, on=last).reasons == ("revoked",)
    assert verify_number(number, now=desk.now, on=last - DAY).reasons == ()


@pytest.mark.parametrize("end", [A.REVOKE, A.WITHDRAW])
@pytest.mark.parametrize("action", [*MOST, A.SUSPEND])
def test_nothing_follows_an_end(desk: Desk, end: CertificateAction, action: CertificateAction) -> None:
    number = issued(desk)
    changed(desk, number, end)
    with pytest.raises(IllegalMoveError):
        changed(desk, number, action)


@pytest.mark.parametrize("typed", [Why(""), Why("issued", NOTE), Why("wrong_information"), Why("x", NOTE)])
def test_a_reason_of_the_table_and_words_for_staff_are_needed(desk: Desk, typed: Why) -> None:
    number = issued(desk)
    with pytest.raises(InputError):
        ask_change(desk.cast.malee, number, A.REVOKE, why=typed, seen_seq=seen(number), now=desk.now)


def test_what_follows_stands_in_the_same_transaction(desk: Desk) -> None:
    number = issued(desk)
    changed(desk, number, A.REVOKE)
    (job,) = rows("SELECT key FROM jobs WHERE kind = 'publish' AND state = 'waiting'")
    assert job["key"] == f"event:{seen(number)}"
    event = rows("SELECT * FROM audit_events ORDER BY seq")[-1]
    assert (event["event"], event["subject"]) == ("approver:certificate:revoke", f"certificate:{number}")
    told = json.loads(event["payload"])
    assert (told["reason"], told["note"], told["status"]) == ("wrong_information", NOTE, "revoked")
    assert told["asked_by"] == str(desk.cast.malee.user_id)
    leaf = rows("SELECT * FROM log_leaves WHERE event = 'revoked'")[0]
    assert leaf["log_index"] == told["log_index"]
    (mail,) = rows("SELECT * FROM mails WHERE letter = 'certificate_revoked'")
    assert mail["to_address"] == "somchai@example.com"


def test_the_words_for_staff_stand_nowhere_in_public(desk: Desk) -> None:
    number = issued(desk)
    changed(desk, number, A.REVOKE)
    worker.run_once(desk.app, now=desk.tick())
    verdict = verify_number(number, now=desk.now)
    assert NOTE not in json.dumps(verdict.to_document(), ensure_ascii=False)
    assert "ข้อมูลที่ใช้ขอรับรองไม่ถูกต้อง" in json.dumps(verdict.to_document(), ensure_ascii=False)
    letters = rows("SELECT payload FROM jobs WHERE kind = 'mail'")
    assert all(NOTE not in row["payload"] for row in letters)


def test_what_is_revoked_before_it_is_signed_is_never_issued(desk: Desk) -> None:
    number = desk.approved().certificate_number
    changed(desk, number, A.REVOKE)
    worker.run_once(desk.app, now=desk.tick())
    issue(number, now=desk.tick(), authority=desk.authority)
    with viewing() as session:
        row = get_certificate(session, number)
    assert (row.state, row.status, row.credential) == ("prepared", "revoked", None)
    assert answer(desk, number) == ("not_found",)
    assert rows("SELECT * FROM jobs WHERE state <> 'done' AND kind <> 'mail'") == []


@pytest.mark.parametrize("event", ["revoked", "reinstated", "withdrawn"])
def test_the_database_itself_asks_for_two_persons(desk: Desk, event: str) -> None:
    number = issued(desk)
    status = {"reinstated": "active"}.get(event, event)
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        change = StatusChange(event, status, day(desk), reason="wrong_information")
        record_status(session, number, change, actor_id=None, now=desk.now)


def spoil(statement: str, seq: int) -> None:

    with transaction() as session:
        session.execute(text(statement), {"seq": seq})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE status_requests SET confirmed_by_id = asked_by_id, confirmed_at = asked_at WHERE seq = :seq",
        "UPDATE status_requests SET reason = 'mark_misused' WHERE seq = :seq",
        "UPDATE status_requests SET asked_by_id = NULL WHERE seq = :seq",
        "UPDATE status_requests SET finished_at = asked_at WHERE seq = :seq",
        "DELETE FROM status_requests WHERE seq = :seq",
        "DELETE FROM status_request_certificates WHERE request_seq = :seq",
        "UPDATE status_request_certificates SET seen_seq = seen_seq + 1 WHERE request_seq = :seq",
    ],
)
def test_the_database_keeps_what_was_asked_for(desk: Desk, statement: str) -> None:
    seq = asked(desk, issued(desk), A.REVOKE)
    with pytest.raises(IntegrityError):
        spoil(statement, seq)


def test_the_database_lets_nobody_confirm_who_acted_for_the_holder(desk: Desk) -> None:
    number = issued(desk)
    seq = asked(desk, number, A.REVOKE)
    with pytest.raises(IntegrityError, match="acted for the holder"), transaction() as session:
        row = status_requests.lock_request(session, seq)
        row.confirmed_by_id, row.confirmed_at = desk.cast.somchai.user_id, desk.now
        session.flush()


@pytest.mark.parametrize("number", ["MIT-2569-0000099-9", ""])
def test_what_does_not_exist_is_not_found(desk: Desk, number: str) -> None:
    with pytest.raises(NotFoundError):
        ask_change(desk.cast.malee, number, A.REVOKE, why=why(A.REVOKE), seen_seq=0, now=desk.now)
    for seq in (0, 99, 2**70):
        with pytest.raises(NotFoundError, match="status_request_not_found"):
            confirm_change(desk.cast.anan, seq, now=desk.now, authority=desk.authority)


def test_suspending_alone_takes_one_person() -> None:
    assert {act_of(action).confirmed_by for action in MOST} == {"approver"}
    assert act_of(A.SUSPEND).confirmed_by is None
