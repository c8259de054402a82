"""An incident as it is asked for and confirmed: by whom, from which day it counts, and what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from mit.accounts.people import close_user
from mit.errors import InputError, MitError, NotFoundError
from mit.issuance.certificate_case import Why
from mit.issuance.incident import (
    Wanted,
    ask_incident,
    confirm_incident,
    do_portion,
    dry_run,
    read_common,
    selection_document,
)
from mit.issuance.letters import tell_of_incident
from mit.issuance.revoke import drop_request
from mit.lifecycle.certificate_acts import REQUEST_LIFE
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.accounts import join_organisation
from mit.store.certificate_search import Common
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.officers import NOTE, history, seen
from tests.support.people import invite
from tests.support.world import rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)
HOLDER = Common(tax_number="0105536112014")
GOOD = Why("wrong_information", NOTE)


def ask(
    desk: Desk, *, by: Actor | None = None, why: Why = GOOD, action: str = "revoke", count: int = 1
) -> int:
    wanted = Wanted(action, HOLDER, why)
    return ask_incident(by or desk.cast.malee, wanted, seen_total=count, now=desk.tick())


def carry_out(desk: Desk, seq: int) -> None:
    """Let Anan confirm, and do every portion with the end."""
    confirm_incident(desk.cast.anan, seq, now=desk.tick())
    for portion in (1, 2):
        do_portion(f"{seq}:{portion}", now=desk.tick(), authority=desk.authority)


def refused(act: Callable[[], object]) -> MitError:
    with untouched(), pytest.raises(MitError) as caught:
        act()
    return caught.value


def former_clerk(desk: Desk, *roles: Role) -> Actor:
    """Return one of FTI's people who once acted for Siam Cable."""
    former = invite("Former Clerk", roles[0], now=desk.now)
    with transaction() as session:
        join_organisation(session, former.user_id, desk.cast.siam_cable_id, now=desk.now)
        join_organisation(session, former.user_id, None, now=desk.tick())
    return former


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to ask in vain: by whom, for what, and what is answered."""

    code: str
    who: str = "malee"
    action: str = "revoke"
    reason: str = "wrong_information"
    note: str = NOTE
    days_ahead: int | None = None
    count: int = 1


IN_VAIN = [
    *[Asked("role_needed", who=who) for who in ("somchai", "krit", "napha")],
    Asked("role_needed", who="anan", action="reissue"),
    *[Asked("status_reason_unknown", action=action) for action in ("suspend", "withdraw", "", "REVOKE")],
    Asked("status_reason_missing", reason=""),
    *[Asked("status_reason_unknown", reason=reason) for reason in ("holder_asked", "replaced", "x")],
    Asked("explanation_missing", note=" \n"),
    Asked("text_too_long", note="x" * 4001),
    Asked("text_unusable", note="\x00"),
    *[Asked("effect_day", days_ahead=days) for days in (1, 30, 10_000)],
    *[Asked("selection_changed", count=count) for count in (0, 2, -1)],
]


def test_whoever_asks_in_vain_is_told_why_and_nothing_is_written(desk: Desk) -> None:
    desk.active()
    with untouched():
        for one in IN_VAIN:
            on = None if one.days_ahead is None else bangkok_day(desk.now) + one.days_ahead * DAY
            given, by = Why(one.reason, one.note, on), getattr(desk.cast, one.who)
            with pytest.raises(MitError) as caught:
                ask(desk, by=by, why=given, action=one.action, count=one.count)
            assert caught.value.code == one.code, one


def test_who_once_acted_for_one_of_the_holders_neither_asks_nor_confirms(desk: Desk) -> None:
    desk.active()
    reviewer = former_clerk(desk, Role.REVIEWER)
    assert refused(lambda: ask(desk, by=reviewer)).code == "four_eyes_holder"
    with transaction() as session:
        accounts.take_back(session, reviewer.user_id, Role.REVIEWER, now=desk.tick())
        accounts.grant(session, reviewer.user_id, Role.APPROVER, granted_by_id=None, now=desk.tick())
    approver, seq = Actor(reviewer.user_id, frozenset({Role.APPROVER})), ask(desk)
    assert refused(lambda: confirm_incident(approver, seq, now=desk.tick())).code == "four_eyes_holder"


# --- from which day it counts


def test_a_day_to_come_is_refused_with_the_days_to_choose_from(desk: Desk) -> None:
    first = bangkok_day(desk.now)
    desk.active()
    desk.now += 9 * DAY
    today = bangkok_day(desk.now)
    error = refused(lambda: ask(desk, why=Why("wrong_information", NOTE, today + DAY)))
    assert isinstance(error, InputError)
    (fault,) = error.faults
    assert (fault.code, fault.where) == ("effect_day", "on")
    assert fault.params == {"first": first.isoformat(), "last": today.isoformat()}


def test_each_counts_from_the_day_that_was_asked_within_its_own_life(desk: Desk) -> None:
    old = desk.active()
    first = bangkok_day(desk.now)
    desk.now += 9 * DAY
    new, today = desk.active(), first + 9 * DAY
    carry_out(desk, ask(desk, why=Why("criteria_not_met", NOTE, first + 4 * DAY), count=2))
    assert history(old)[-1] == ("revoked", "revoked", first + 4 * DAY, "criteria_not_met")
    assert history(new)[-1] == ("revoked", "revoked", today, "criteria_not_met")


@pytest.mark.parametrize("asked_for", [None, date(2020, 2, 29)])
def test_before_the_issue_means_from_the_issue_and_no_day_means_the_day_of_the_work(
    desk: Desk, asked_for: date | None
) -> None:
    number, first = desk.active(), bangkok_day(desk.now)
    desk.now += 3 * DAY
    seq = ask(desk, why=Why("wrong_information", NOTE, asked_for))
    desk.now += 2 * DAY
    carry_out(desk, seq)
    expected = bangkok_day(desk.now) if asked_for is None else first
    assert history(number)[-1][2] == expected


def test_what_has_expired_is_revoked_from_its_last_day_on(desk: Desk) -> None:
    number = desk.active()
    desk.now += 400 * DAY
    carry_out(desk, ask(desk))
    (row,) = rows("SELECT expires_on FROM certificates WHERE number = :number", number=number)
    assert history(number)[-1][2].isoformat() == str(row["expires_on"])


# --- confirming and doing


def test_what_was_dropped_or_waited_too_long_is_not_done(desk: Desk) -> None:
    desk.active()
    dropped = ask(desk)
    drop_request(desk.cast.malee, dropped, now=desk.tick())
    event = rows("SELECT event, subject FROM audit_events ORDER BY seq DESC LIMIT 1")[0]
    assert (event["event"], event["subject"]) == ("staff:incident:drop", f"incident:{dropped}")
    anan = desk.cast.anan
    assert refused(lambda: confirm_incident(anan, dropped, now=desk.tick())).code == "request_has_ended"
    late = ask(desk)
    after = desk.now + REQUEST_LIFE + timedelta(seconds=1)
    assert refused(lambda: confirm_incident(anan, late, now=after)).code == "request_too_old"
    for who in ("malee", "somchai", "napha"):
        actor = getattr(desk.cast, who)
        error = refused(lambda by=actor: confirm_incident(by, late, now=desk.tick()))
        assert error.code == "role_needed", who
    assert isinstance(refused(lambda: confirm_incident(anan, late + 1, now=desk.tick())), NotFoundError)


def test_work_that_nobody_confirmed_or_that_is_done_is_left_alone(desk: Desk) -> None:
    number = desk.active()
    seq = ask(desk)
    with untouched():
        do_portion(f"{seq}:1", now=desk.tick(), authority=desk.authority)
    carry_out(desk, seq)
    with untouched():
        confirm_incident(desk.cast.anan, seq, now=desk.tick())
        for portion in (1, 2, 3):
            do_portion(f"{seq}:{portion}", now=desk.tick(), authority=desk.authority)
    assert [entry[0] for entry in history(number)] == ["issued", "revoked"]
    with pytest.raises(NotFoundError, match="status_request_not_found"):
        do_portion(f"{seq + 1}:1", now=desk.tick(), authority=desk.authority)


def test_what_was_asked_and_done_stands_in_the_log_with_its_words(desk: Desk) -> None:
    number = desk.active()
    seq = ask(desk)
    carry_out(desk, seq)
    about = rows(
        "SELECT event, actor_id, payload FROM audit_events WHERE subject = :s ORDER BY seq",
        s=f"incident:{seq}",
    )
    told = [(row["event"], json.loads(row["payload"])) for row in about]
    assert [event for event, _ in told] == [
        "staff:incident:ask",
        "approver:incident:confirm",
        "worker:incident:do_portion",
        "worker:incident:finish",
    ]
    for _, facts in told:
        assert (facts["request"], facts["certificates"], facts["note"]) == (seq, 1, NOTE)
        assert (facts["action"], facts["reason"]) == ("revoke", "wrong_information")
    assert (told[2][1]["done"], told[2][1]["passed_over"]) == ([number], [])
    assert told[3][1]["done"] == 1
    assert [row["actor_id"] is None for row in about] == [False, False, True, True]
    assert seen(number) > 0


# --- what is typed, and what is written to whom


@dataclass(frozen=True, slots=True)
class Typed:
    """A selection as it was typed, and what it is read as: a selection, or the code of a refusal."""

    tax_number: str = ""
    kid: str = ""
    rule_set_id: str = ""
    read: Common | None = None
    code: str = ""


TYPED = [
    Typed(tax_number=" 0-1055-36112-01-4 ", read=HOLDER),
    Typed(tax_number="๐๑๐๕๕๓๖๑๑๒๐๑๔", read=HOLDER),
    Typed(kid=" 1 ", read=Common(kid=1)),
    Typed(kid="65535", read=Common(kid=65535)),
    Typed(rule_set_id=" mit-2563-1 ", read=Common(rule_set_id="mit-2563-1")),
    Typed(rule_set_id="x" * 61, read=Common(rule_set_id="x" * 60)),
    *[
        Typed(kid=kid, code="kid_malformed")
        for kid in ("0", "65536", "-1", "1.0", "๑", "x", "000001", "0000019" + "9" * 20, "0" * 5000)
    ],
    Typed(tax_number="0105536112015", code="tax_number_check"),
    Typed(tax_number="010553611201", code="tax_number_malformed"),
    *[
        Typed(tax_number=blank, kid=blank, rule_set_id=blank, code="selection_empty")
        for blank in ("", " ", "\t")
    ],
]


def read_as(typed: Typed, **days: date | None) -> Common:
    fields = {"tax_number": typed.tax_number, "kid": typed.kid, "rule_set_id": typed.rule_set_id}
    return read_common(fields, **({"issued_from": None, "issued_to": None} | days))


def test_a_selection_is_read_forgivingly_or_refused_at_its_field(app: object) -> None:
    for typed in TYPED:
        if typed.read is not None:
            assert read_as(typed) == typed.read, typed
            continue
        with pytest.raises(InputError) as caught:
            read_as(typed)
        assert caught.value.code == typed.code, typed
    day = date(2024, 2, 29)
    assert read_as(Typed(), issued_from=day) == Common(issued_from=day)  # a day alone selects
    assert read_as(Typed(kid="2"), issued_to=day) == Common(kid=2, issued_to=day)


def test_the_selection_is_kept_as_it_was(app: object) -> None:
    assert json.loads(selection_document(Common(kid=7, issued_from=date(2024, 2, 29)))) == {
        "tax_number": "", "kid": 7, "rule_set_id": "", "issued_from": "2024-02-29", "issued_to": None,
    }  # fmt: skip


def test_looking_is_for_officers_and_counts_holders_and_living_people(desk: Desk) -> None:
    desk.active()
    gone = invite("Gone Before", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    invite("Wanida Mali", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    close_user(None, gone.user_id, now=desk.tick())
    with untouched():
        for who in ("somchai", "krit", "napha"):
            with pytest.raises(MitError, match="role_needed"):
                dry_run(getattr(desk.cast, who), HOLDER)
        found = dry_run(desk.cast.anan, HOLDER, shown=0)
    assert (found.total, found.found, found.holders, found.people) == (1, (), 1, 2)


@pytest.mark.parametrize(("count", "more"), [(1, False), (50, False), (51, True)])
def test_a_letter_names_fifty_numbers_and_says_that_there_are_more(
    desk: Desk, count: int, more: bool
) -> None:
    numbers = [f"MIT-2569-{at:07d}-X" for at in range(count)]
    words = {"th": "ข้อมูลที่ใช้ขอรับรองไม่ถูกต้อง", "en": "the information given for it was wrong"}
    for language, reason in words.items():
        with transaction() as session:
            user = accounts.get_user(session, desk.cast.somchai.user_id)
            user.language = language
            told = {"reason": "wrong_information", "key": f"incident:7{language}", "now": desk.tick()}
            assert tell_of_incident(session, user, numbers, **told)
            assert not tell_of_incident(session, user, numbers, **told)  # once each
        (job,) = rows("SELECT payload FROM jobs WHERE key LIKE :key", key=f"%incident:7{language}%")
        letter = json.loads(job["payload"])
        assert letter["language"] == language
        assert letter["params"]["count"] == count
        assert letter["params"]["numbers"].count("MIT-") == min(count, 50)
        assert letter["params"]["numbers"].endswith(" …") == more
        assert reason in letter["params"]["reason"]
