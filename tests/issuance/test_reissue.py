"""Issuing anew after an incident: by whom, what is copied and recorded, and what is passed over."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from mit.errors import ConflictError, NotAllowedError
from mit.issuance.certificate_case import Why
from mit.issuance.certificate_desk import show_request
from mit.issuance.incident import Wanted, ask_incident, confirm_incident, do_portion
from mit.issuance.issue import issue
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.certificate_search import Common
from mit.store.db import transaction
from mit.verify.scan import verify_number
from tests.support.desk import Desk
from tests.support.officers import NOTE, changed
from tests.support.people import invite
from tests.support.world import rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)
EVERY = Common(kid=1)
WHY = Why("key_compromised", NOTE)


def ask(desk: Desk, count: int, *, by: Actor | None = None) -> int:
    wanted = Wanted("reissue", EVERY, WHY)
    return ask_incident(by or desk.cast.malee, wanted, seen_total=count, now=desk.tick())


def work(desk: Desk, seq: int) -> None:
    for portion in (1, 2):
        do_portion(f"{seq}:{portion}", now=desk.tick(), authority=desk.authority)


def reissued(desk: Desk, count: int) -> int:
    seq = ask(desk, count)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    work(desk, seq)
    return seq


def lose(desk: Desk, actor: Actor, role: Role) -> None:
    with transaction() as session:
        accounts.take_back(session, actor.user_id, role, now=desk.tick())


def successor(number: str) -> dict[str, object]:
    (row,) = rows("SELECT * FROM certificates WHERE supersedes = :number", number=number)
    return row


def test_a_new_certificate_stands_on_an_application_of_its_own_that_two_persons_approved(desk: Desk) -> None:
    old = desk.active(True, False, True)
    seq = reissued(desk, 1)
    new = successor(old)
    (before, after) = rows("SELECT * FROM applications ORDER BY created_at")
    assert (after["state"], after["supersedes"], after["version"]) == ("approved", old, 3)
    assert (after["author_id"], after["site_th"]) == (before["author_id"], before["site_th"])
    assert UUID(str(after["reviewer_id"])) == desk.cast.malee.user_id
    assert UUID(str(after["approver_id"])) == desk.cast.anan.user_id
    copied = rows(
        "SELECT * FROM application_products WHERE application_id = :id ORDER BY position", id=after["id"]
    )
    assert [product["name_th"] for product in copied] == ["สายไฟฟ้าแรงต่ำ แบบที่ 1", "สายไฟฟ้าแรงต่ำ แบบที่ 3"]
    assert {product["decision"] for product in copied} == {"certified"}
    given = rows("SELECT kind, note FROM approvals WHERE application_id = :id ORDER BY kind", id=after["id"])
    assert [(row["kind"], row["note"]) for row in given] == [("approval", NOTE), ("recommendation", NOTE)]
    assert new["state"] == "prepared"
    issue(str(new["number"]), now=desk.tick(), authority=desk.authority)
    assert verify_number(str(new["number"]), now=desk.now).reasons == ()
    assert verify_number(old, now=desk.now).reasons == ("superseded",)
    assert [row["outcome"] for row in rows("SELECT outcome FROM status_request_certificates")] == ["done"]
    assert seq == 1


def test_each_act_of_it_is_recorded_as_if_it_had_been_done_by_hand(desk: Desk) -> None:
    old = desk.active()
    before = rows("SELECT max(seq) AS n FROM audit_events")[0]["n"]
    seq = reissued(desk, 1)
    new = successor(old)
    (application,) = rows("SELECT number, content_digest FROM applications WHERE supersedes = :n", n=old)
    told = rows(
        "SELECT event, subject, actor_id, payload FROM audit_events WHERE seq > :n ORDER BY seq", n=before
    )
    about = f"application:{application['number']}"
    assert [(row["event"], row["subject"]) for row in told] == [
        ("staff:incident:ask", f"incident:{seq}"),
        ("approver:incident:confirm", f"incident:{seq}"),
        ("reviewer:application:recommend", about),
        ("approver:application:approve", about),
        ("issuer:certificate:prepare", f"certificate:{new['number']}"),
        ("issuer:certificate:reissue", f"certificate:{old}"),
        ("worker:incident:do_portion", f"incident:{seq}"),
        ("worker:incident:finish", f"incident:{seq}"),
    ]
    malee, anan = desk.cast.malee.user_id, desk.cast.anan.user_id
    people = [UUID(str(row["actor_id"])) if row["actor_id"] else None for row in told]
    assert people == [malee, anan, malee, anan, None, None, None, None]
    for row in told[2:4]:
        facts = json.loads(row["payload"])
        assert (facts["incident"], facts["reasons"]) == (True, NOTE)
        assert facts["content_digest"] == application["content_digest"]
        assert facts["decisions"] == [{"position": 1, "keep": True, "reason": ""}]
    facts = json.loads(told[5]["payload"])
    assert facts == {"request": seq, "successor": new["number"], "kid": new["kid"]}


def test_what_ended_waits_or_has_a_successor_is_passed_over(desk: Desk) -> None:
    fine, ended, waiting = desk.active(), desk.active(), desk.approved().certificate_number
    seq = ask(desk, 3)
    changed(desk, ended, CertificateAction.WITHDRAW)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    work(desk, seq)
    outcomes = rows(
        "SELECT certificate_number AS n, outcome FROM status_request_certificates WHERE request_seq = :s",
        s=seq,
    )
    assert {row["n"]: row["outcome"] for row in outcomes} == {
        fine: "done", ended: "passed_over", waiting: "passed_over",
    }  # fmt: skip
    again = ask(desk, 3)  # the first, its prepared successor, and the one that waits
    confirm_incident(desk.cast.anan, again, now=desk.tick())
    work(desk, again)
    assert show_request(desk.cast.anan, again, now=desk.now)[0].outcomes == {"passed_over": 3}


def test_what_has_expired_is_not_issued_anew(desk: Desk) -> None:
    desk.active()
    desk.now += 366 * DAY
    seq = reissued(desk, 1)
    assert show_request(desk.cast.anan, seq, now=desk.now)[0].outcomes == {"passed_over": 1}
    assert rows("SELECT number FROM certificates WHERE supersedes IS NOT NULL") == []


def test_who_may_only_approve_does_not_ask_for_it_because_their_recommendation_would_stand_there(
    desk: Desk,
) -> None:
    desk.active()
    with untouched(), pytest.raises(NotAllowedError, match="role_needed") as caught:
        ask(desk, 1, by=desk.cast.anan)
    assert caught.value.params == {"role": "reviewer"}


# --- officers who are none any more


def test_what_somebody_asked_who_may_recommend_nothing_any_more_is_not_confirmed(desk: Desk) -> None:
    desk.active()
    seq = ask(desk, 1)
    lose(desk, desk.cast.malee, Role.REVIEWER)
    with untouched(), pytest.raises(ConflictError) as caught:
        confirm_incident(desk.cast.anan, seq, now=desk.tick())
    assert (caught.value.code, caught.value.params) == (
        "request_role_lost", {"number": seq, "role": "reviewer"},
    )  # fmt: skip
    obstacle = show_request(desk.cast.anan, seq, now=desk.now)[0].obstacle
    assert obstacle is not None
    assert obstacle.code == "request_role_lost"
    with transaction() as session:
        accounts.grant(session, desk.cast.malee.user_id, Role.REVIEWER, granted_by_id=None, now=desk.tick())
    confirm_incident(desk.cast.anan, seq, now=desk.tick())


@pytest.mark.parametrize(("who", "role"), [("malee", Role.REVIEWER), ("anan", Role.APPROVER)])
def test_a_role_that_is_lost_before_the_work_takes_no_number_and_can_be_given_back(
    desk: Desk, who: str, role: Role
) -> None:
    old, actor = desk.active(), getattr(desk.cast, who)
    seq = ask(desk, 1)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    lose(desk, actor, role)
    with untouched(), pytest.raises(ConflictError, match="request_role_lost"):
        do_portion(f"{seq}:1", now=desk.tick(), authority=desk.authority)
    with transaction() as session:
        accounts.grant(session, actor.user_id, role, granted_by_id=None, now=desk.tick())
    work(desk, seq)
    issue(str(successor(old)["number"]), now=desk.tick(), authority=desk.authority)
    assert verify_number(old, now=desk.now).reasons == ("superseded",)


def test_revoking_goes_on_whatever_became_of_who_asked(desk: Desk) -> None:
    old = desk.active()
    somsri = invite("Somsri Rakthai", Role.REVIEWER, now=desk.now)
    wanted = Wanted("revoke", EVERY, WHY)
    seq = ask_incident(somsri, wanted, seen_total=1, now=desk.tick())
    lose(desk, somsri, Role.REVIEWER)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    work(desk, seq)
    assert verify_number(old, now=desk.now).reasons == ("revoked",)
