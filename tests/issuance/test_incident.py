"""An incident: selected, asked for by one, confirmed by another, done in portions, each whole."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mit import worker
from mit.errors import ConflictError, FourEyesError, InputError, NotAllowedError
from mit.issuance import incident
from mit.issuance.certificate_case import Why
from mit.issuance.incident import (
    Wanted,
    ask_incident,
    confirm_incident,
    do_portion,
    dry_run,
    read_common,
)
from mit.issuance.revoke import confirm_change
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.lifecycle.certificate_states import CertificateAction
from mit.store.certificate_search import Common
from mit.values.thai_date import bangkok_day
from mit.verify.scan import verify_number, verify_text
from tests.support.desk import Desk
from tests.support.officers import NOTE, changed
from tests.support.world import rows

HOLDER = Common(tax_number="0105536112014")


def numbers(desk: Desk, count: int) -> list[str]:
    return [desk.issued(at=at * 10).certificate_number for at in range(1, count + 1)]


def asked(
    desk: Desk, common: Common = HOLDER, action: str = "revoke", reason: str = "wrong_information"
) -> int:
    total = dry_run(desk.cast.malee, common).total
    wanted = Wanted(action, common, Why(reason, NOTE))
    return ask_incident(desk.cast.malee, wanted, seen_total=total, now=desk.tick())


def done(desk: Desk, seq: int) -> None:
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    worker.run_once(desk.app, now=desk.tick())


def events(kind: str) -> list[dict[str, object]]:
    found = rows(f"SELECT payload FROM audit_events WHERE event = '{kind}' ORDER BY seq")
    return [json.loads(row["payload"]) for row in found]


def test_looking_and_asking_change_nothing(desk: Desk) -> None:
    mine = numbers(desk, 2)
    seen = dry_run(desk.cast.anan, HOLDER)
    assert ([one.number for one in seen.found], seen.total, seen.holders, seen.people) == (mine, 2, 1, 1)
    asked(desk)
    worker.run_once(desk.app, now=desk.tick())
    assert [verify_number(number, now=desk.now).reasons for number in mine] == [(), ()]


def test_two_persons_revoke_all_of_it_in_portions_and_tell_the_holder_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident, "PORTION", 2)
    mine = numbers(desk, 3)
    seq = asked(desk)
    done(desk, seq)
    assert [verify_number(number, now=desk.now).reasons for number in mine] == [("revoked",)] * 3
    portions = events("worker:incident:do_portion")
    assert [portion["done"] for portion in portions] == [mine[:2], mine[2:]]
    assert events("worker:incident:finish")[0]["done"] == 3
    (mail,) = rows("SELECT * FROM mails WHERE letter = 'certificates_revoked'")
    assert mail["to_address"] == "somchai@example.com"
    assert rows("SELECT * FROM jobs WHERE kind = 'incident' AND state <> 'done'") == []


def test_who_asked_cannot_confirm_and_a_second_click_does_no_harm(desk: Desk) -> None:
    numbers(desk, 1)
    wanted = Wanted("revoke", HOLDER, Why("wrong_information", NOTE))
    seq = ask_incident(desk.cast.anan, wanted, seen_total=1, now=desk.tick())
    with pytest.raises(FourEyesError, match="four_eyes_asked"):
        confirm_incident(desk.cast.anan, seq, now=desk.tick())
    again = asked(desk)
    for _ in range(2):
        confirm_incident(desk.cast.anan, again, now=desk.tick())
    with pytest.raises(NotAllowedError):
        confirm_incident(desk.cast.somchai, seq, now=desk.tick())
    with pytest.raises(ConflictError, match="request_is_incident"):
        confirm_change(desk.cast.anan, seq, now=desk.tick(), authority=desk.authority)


def test_a_list_that_changed_since_the_dry_run_is_refused(desk: Desk) -> None:
    numbers(desk, 1)
    wanted = Wanted("revoke", HOLDER, Why("wrong_information", NOTE))
    with pytest.raises(ConflictError, match="selection_changed"):
        ask_incident(desk.cast.malee, wanted, seen_total=2, now=desk.now)
    nobodys = Common(tax_number="0105550000015")
    with pytest.raises(InputError, match="selection_empty"):
        ask_incident(desk.cast.malee, Wanted("revoke", nobodys, wanted.why), seen_total=0, now=desk.now)
    with pytest.raises(InputError, match="selection_empty"):
        read_common({}, issued_from=None, issued_to=None)


def test_it_is_selected_by_key_rule_set_and_issue_days(desk: Desk) -> None:
    first, *_ = numbers(desk, 1)
    desk.now += timedelta(days=5)
    second = desk.issued(at=50).certificate_number
    today = bangkok_day(desk.now)
    rule_set = rows("SELECT rule_set_id FROM certificate_products")[0]["rule_set_id"]
    for common, expected in [
        (Common(kid=1), [first, second]),
        (Common(kid=9), []),
        (Common(rule_set_id=rule_set, issued_from=today), [second]),
        (Common(issued_to=today - timedelta(days=1)), [first]),
    ]:
        assert [one.number for one in dry_run(desk.cast.malee, common).found] == expected


def test_what_ended_meanwhile_is_passed_over_and_what_is_prepared_is_revoked_too(desk: Desk) -> None:
    ended = desk.issued(at=1).certificate_number
    waiting = desk.approved(at=20).certificate_number
    seq = asked(desk)
    changed(desk, ended, CertificateAction.WITHDRAW)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    do_portion(f"{seq}:1", now=desk.tick(), authority=desk.authority)
    worker.run_once(desk.app, now=desk.tick())
    assert verify_number(ended, now=desk.now).reasons == ("withdrawn",)
    assert verify_number(waiting, now=desk.now).reasons == ("not_found",)
    (portion,) = events("worker:incident:do_portion")
    assert (portion["done"], portion["passed_over"]) == ([waiting], [ended])


def test_a_portion_that_fails_leaves_nothing_half_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = numbers(desk, 2)
    seq = asked(desk)
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    monkeypatch.setattr("mit.issuance.incident.reach", _fail_at("incident.before_commit"))
    with pytest.raises(RuntimeError):
        do_portion(f"{seq}:1", now=desk.tick(), authority=desk.authority)
    assert [verify_number(number, now=desk.now).reasons for number in mine] == [(), ()]
    monkeypatch.undo()
    worker.run_once(desk.app, now=desk.tick())
    assert [verify_number(number, now=desk.now).reasons for number in mine] == [("revoked",)] * 2


def _fail_at(place: str):
    def reach(name: str) -> None:
        if name == place:
            raise RuntimeError(name)

    return reach


def test_after_a_compromise_all_is_issued_anew_under_another_key_and_the_old_qr_says_so(desk: Desk) -> None:
    mine = numbers(desk, 2)
    old_qr = rows(f"SELECT qr_text FROM certificates WHERE number = '{mine[0]}'")[0]["qr_text"]
    desk.now += timedelta(days=20)
    kid = plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    activate_key(None, kid, now=desk.now, waive_lead_time="the other one was stolen")
    desk.now += timedelta(days=1)
    mark_compromised(None, 1, from_at=desk.now - timedelta(days=30), reason="stolen", now=desk.tick())
    assert verify_text(old_qr, now=desk.now).reasons == ("key_compromised",)
    seq = asked(desk, Common(kid=1), "reissue")
    done(desk, seq)
    worker.run_once(desk.app, now=desk.tick())
    for number in mine:
        (new,) = rows(f"SELECT number, kid FROM certificates WHERE supersedes = '{number}'")
        assert new["kid"] == kid
        assert verify_number(new["number"], now=desk.now).reasons == ()
        assert verify_number(number, now=desk.now).reasons == ("key_compromised", "superseded")
    said = verify_text(old_qr, now=desk.now)
    (new,) = rows(f"SELECT number FROM certificates WHERE supersedes = '{mine[0]}'")
    assert any(new["number"] in finding.detail("th") for finding in said.findings)
    contents = rows("SELECT coverage FROM application_products ORDER BY name_th")
    assert [row["coverage"] for row in contents[::2]] == [row["coverage"] for row in contents[1::2]]
