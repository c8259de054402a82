"""What an officer sees of certificates and requests: what may be done, and what stands in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mit.errors import NotFoundError
from mit.issuance.certificate_desk import (
    PAGE_SIZE,
    CertificateView,
    RequestView,
    find_certificates,
    list_requests,
    show_certificate,
    show_request,
)
from mit.issuance.correct import begin_correction
from mit.issuance.incident import Wanted, ask_incident, confirm_incident, do_portion
from mit.issuance.revoke import confirm_change, drop_request
from mit.lifecycle.certificate_acts import REQUEST_LIFE
from mit.lifecycle.certificate_states import CertificateAction, CertificateState
from mit.roles.actor import Actor, Role
from mit.store.accounts import join_organisation
from mit.store.certificate_search import Common
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.officers import NOTE, asked, changed, seen, suspended, why
from tests.support.people import invite
from tests.support.world import untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

A, S = CertificateAction, CertificateState
DAY = timedelta(days=1)


def shown(desk: Desk, number: str, actor: Actor | None = None) -> CertificateView:
    with untouched():
        return show_certificate(actor or desk.cast.malee, number, now=desk.now)


def may_do(desk: Desk, number: str) -> dict[str, tuple[CertificateAction, ...]]:
    people = {name: getattr(desk.cast, name) for name in ("malee", "anan", "somchai", "krit", "napha")}
    found = {name: show_certificate(actor, number, now=desk.now).actions for name, actor in people.items()}
    assert found.pop("somchai") == found.pop("krit") == found.pop("napha") == ()
    return found


def test_each_is_offered_what_the_table_lets_them_do_now(desk: Desk) -> None:
    held, gone, ended = desk.active(), desk.active(), desk.active()
    waiting = desk.approved().certificate_number
    suspended(desk, held)
    changed(desk, gone, A.REVOKE)
    for number in (waiting, gone):
        expected = (A.REVOKE,) if number == waiting else ()
        assert may_do(desk, number) == {"malee": expected, "anan": expected}
    assert may_do(desk, ended) == {"malee": (A.REVOKE,), "anan": (A.SUSPEND, A.REVOKE)}
    assert may_do(desk, held) == {"malee": (A.REINSTATE, A.REVOKE), "anan": (A.REINSTATE, A.REVOKE)}
    desk.now += 366 * DAY
    for number in (ended, held):  # only the past can still be corrected
        assert may_do(desk, number) == {"malee": (A.REVOKE,), "anan": (A.REVOKE,)}
    assert may_do(desk, gone) == {"malee": (), "anan": ()}


def test_a_certificate_is_shown_in_the_state_of_today(desk: Desk) -> None:
    running, held, gone = desk.active(), desk.active(), desk.active()
    waiting = desk.approved().certificate_number
    suspended(desk, held)
    changed(desk, gone, A.WITHDRAW)
    numbers = (waiting, running, held, gone)
    assert [shown(desk, number).state for number in numbers] == [
        S.PREPARED,
        S.ACTIVE,
        S.SUSPENDED,
        S.WITHDRAWN,
    ]
    last = shown(desk, running).expires_on
    desk.now += last - bangkok_day(desk.now)
    assert shown(desk, running).state is S.ACTIVE  # its last day counts
    desk.now += DAY
    assert [shown(desk, number).state for number in numbers[1:]] == [S.EXPIRED, S.EXPIRED, S.WITHDRAWN]


def test_the_history_names_people_and_keeps_the_words_for_staff(desk: Desk) -> None:
    number = desk.active(True, False, True)
    first = bangkok_day(desk.now)
    desk.now += 2 * DAY
    suspended(desk, number)
    view = shown(desk, number)
    told = [(entry.event, entry.on, entry.reason, entry.note, entry.by) for entry in view.entries]
    assert told == [
        ("issued", first, "issued", "", ""),
        ("suspended", first + 2 * DAY, "under_investigation", NOTE, "Anan Wongthai"),
    ]
    assert view.entries[1].recorded_at == desk.now
    assert view.seen_seq == seen(number)
    names = [("สายไฟฟ้าแรงต่ำ แบบที่ 1", "Low-voltage cable"), ("สายไฟฟ้าแรงต่ำ แบบที่ 3", "Low-voltage cable")]
    assert list(view.products) == names
    assert (view.holder_th, view.holder_en) == ("บริษัท สยามเคเบิล จำกัด", "Siam Cable Co., Ltd.")
    assert (view.kid, view.supersedes, view.superseded_by, view.request) == (1, "", "", None)
    assert view.application_number.startswith("APP-2569-")


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    for number in ("", "MIT-2569-0000099-X", "\x00", "x" * 10_000):
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            show_certificate(desk.cast.malee, number, now=desk.now)
    for seq in (0, -1, 1, 2**63, 10**40):
        with pytest.raises(NotFoundError, match="status_request_not_found"):
            show_request(desk.cast.malee, seq, now=desk.now)


# --- requests


def request_of(desk: Desk, seq: int, actor: Actor) -> RequestView:
    with untouched():
        return show_request(actor, seq, now=desk.now)[0]


def obstacle(desk: Desk, seq: int, actor: Actor) -> str:
    fault = request_of(desk, seq, actor).obstacle
    return fault.code if fault else ""


def test_a_request_says_who_may_not_confirm_it_and_why(desk: Desk) -> None:
    number = desk.active()
    former = invite("Former Clerk", Role.APPROVER, now=desk.now)
    with transaction() as session:
        join_organisation(session, former.user_id, desk.cast.siam_cable_id, now=desk.now)
        join_organisation(session, former.user_id, None, now=desk.tick())
    seq = asked(desk, number, A.REVOKE)
    assert obstacle(desk, seq, desk.cast.anan) == ""
    assert obstacle(desk, seq, desk.cast.malee) == "role_needed"
    assert obstacle(desk, seq, former) == "four_eyes_holder"
    both = Actor(desk.cast.malee.user_id, frozenset({Role.REVIEWER, Role.APPROVER}))
    assert obstacle(desk, seq, both) == "four_eyes_asked"
    desk.now += REQUEST_LIFE + timedelta(seconds=1)
    assert obstacle(desk, seq, desk.cast.anan) == "request_too_old"
    drop_request(desk.cast.malee, seq, now=desk.tick())
    assert obstacle(desk, seq, desk.cast.anan) == "request_has_ended"


def test_a_request_tells_its_whole_story(desk: Desk) -> None:
    number, today = desk.active(), bangkok_day(desk.now)
    seq = asked(desk, number, A.REVOKE, today)
    asked_at = desk.now
    view = request_of(desk, seq, desk.cast.anan)
    assert (view.seq, view.action, view.number, view.certificates) == (seq, "revoke", number, 1)
    assert (view.reason, view.note, view.on, view.selection) == ("wrong_information", NOTE, today, "")
    assert (view.asked_by, view.asked_at) == ("Malee Srisuk", asked_at)
    assert (view.ended_by, view.ended_at, view.state, view.outcomes) == ("", None, "open", {})
    assert shown(desk, number, desk.cast.anan).request == view
    desk.now += REQUEST_LIFE
    assert request_of(desk, seq, desk.cast.anan).state == "open"  # to the last second
    desk.tick()
    assert request_of(desk, seq, desk.cast.anan).state == "too_old"
    drop_request(desk.cast.anan, seq, now=desk.tick())
    view = request_of(desk, seq, desk.cast.anan)
    assert (view.state, view.ended_by, view.ended_at) == ("dropped", "Anan Wongthai", desk.now)
    assert shown(desk, number).request is None
    again = asked(desk, number, A.REVOKE)
    confirm_change(desk.cast.anan, again, now=desk.tick(), authority=desk.authority)
    view = request_of(desk, again, desk.cast.malee)
    assert (view.state, view.ended_by, view.ended_at) == ("done", "Anan Wongthai", desk.now)


def test_an_incident_is_under_way_until_its_last_portion(desk: Desk) -> None:
    numbers = [desk.active(), desk.active()]
    kept, common = asked(desk, numbers[0], A.WITHDRAW), Common(kid=1)
    wanted = Wanted("revoke", common, why(A.REVOKE))
    seq = ask_incident(desk.cast.malee, wanted, seen_total=2, now=desk.tick())
    waiting, incidents = list_requests(desk.cast.anan, now=desk.now)
    assert [view.seq for view in waiting] == [kept, seq]
    assert [(view.seq, view.state, view.outcomes) for view in incidents] == [(seq, "open", {"waiting": 2})]
    assert show_request(desk.cast.anan, seq, now=desk.now)[1] == numbers
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    view = request_of(desk, seq, desk.cast.anan)
    assert (view.state, view.outcomes, view.ended_by) == ("under_way", {"waiting": 2}, "Anan Wongthai")
    for portion in (1, 2):
        do_portion(f"{seq}:{portion}", now=desk.tick(), authority=desk.authority)
    view = request_of(desk, seq, desk.cast.anan)
    assert (view.state, view.outcomes, view.number) == ("done", {"done": 2}, "")
    waiting, incidents = list_requests(desk.cast.anan, now=desk.now)
    assert ([view.seq for view in waiting], [view.seq for view in incidents]) == ([kept], [seq])


# --- found ones, and those that belong together


def test_certificates_are_found_with_spaces_around_and_page_by_page(desk: Desk) -> None:
    number = desk.active()
    assert PAGE_SIZE >= 10
    for words in (number, f"  {number} ", number.lower(), "siam cable", "แบบที่ 1"):
        found, total = find_certificates(words, status="", page=1)
        assert ([one.number for one in found], total) == ([number], 1), words
    assert find_certificates(number, status="", page=2) == ([], 1)
    assert find_certificates(number, status="revoked", page=1) == ([], 0)
    assert find_certificates("ไม่มี", status="", page=1) == ([], 0)


def test_a_correction_that_is_only_begun_replaces_nothing_yet(desk: Desk) -> None:
    number = desk.active()
    begin_correction(desk.cast.somchai, number, now=desk.tick())
    assert shown(desk, number).superseded_by == ""
    assert shown(desk, number).state is S.ACTIVE
