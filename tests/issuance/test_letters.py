"""What the applicant is told by mail: each act once, to those who act for them now, nothing of costs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from mit.accounts.people import close_user
from mit.errors import InputError
from mit.issuance.letters import LETTER_OF
from mit.issuance.look import look_at
from mit.issuance.review import refuse, return_with_reasons
from mit.lifecycle.application_states import MOVES
from mit.lifecycle.mails import Letter
from mit.roles.actor import Role
from mit.store import accounts
from mit.store.certificate_history import EVENTS
from mit.store.db import transaction
from tests.support.desk import Desk
from tests.support.people import invite
from tests.support.world import rows

REASON = "ค่าแรง 1,900 บาทต่ำเกินไป"


def letters() -> list[tuple[str, str]]:
    return [(row["letter"], row["to_address"]) for row in rows("SELECT * FROM mails ORDER BY queued_at, key")]


def payloads() -> list[dict[str, Any]]:
    return [json.loads(row["payload"]) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")]


def test_an_issued_application_tells_of_three_things(desk: Desk) -> None:
    standing = desk.issued()
    assert sorted(letters()) == [
        ("application_approved", "somchai@example.com"),
        ("application_received", "somchai@example.com"),
        ("certificate_ready", "somchai@example.com"),
    ]
    about = {row["about"] for row in rows("SELECT about FROM mails")}
    assert about == {f"application:{standing.number}"}


def test_questions_and_reasons_stay_behind_the_sign_in(desk: Desk) -> None:
    malee, standing = desk.cast.malee, desk.submitted()
    seen = look_at(malee, standing.application_id).seen
    return_with_reasons(malee, standing.application_id, reasons=REASON, seen=seen, now=desk.tick())
    assert ("application_returned", "somchai@example.com") in letters()
    assert REASON not in str(payloads())


def test_a_refusal_names_no_reason_either(desk: Desk) -> None:
    malee, standing = desk.cast.malee, desk.submitted()
    seen = look_at(malee, standing.application_id).seen
    refuse(malee, standing.application_id, reasons=REASON, seen=seen, now=desk.tick())
    assert ("application_refused", "somchai@example.com") in letters()
    assert REASON not in str(payloads())


def test_no_letter_holds_a_figure_of_the_cost_sheet(desk: Desk) -> None:
    desk.issued()
    for told in payloads():
        assert not {"12500", "1100", "5200", "3100", "1900", "1200"} & set(
            str(told).replace(".00", "").split()
        )


def test_a_recommendation_is_nobody_else_s_business(desk: Desk) -> None:
    desk.recommended()
    assert letters() == [("application_received", "somchai@example.com")]


def test_everybody_who_acts_for_the_applicant_now_is_told(desk: Desk, now: datetime) -> None:
    cast = desk.cast
    gone = invite("Gone Before", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    invite("Wanida Mali", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    close_user(None, gone.user_id, now=now)
    desk.submitted()
    assert {to for _, to in letters()} == {"somchai@example.com", "wanida@example.com"}


def test_an_address_that_nobody_confirmed_is_told_nothing(desk: Desk) -> None:
    with transaction() as session:
        accounts.get_user(session, desk.cast.somchai.user_id).confirmed_at = None
    desk.submitted()
    assert letters() == []


def test_what_is_rolled_back_was_never_told(desk: Desk) -> None:
    malee, standing = desk.cast.malee, desk.submitted()
    seen = look_at(malee, standing.application_id).seen
    with pytest.raises(InputError):
        refuse(malee, standing.application_id, reasons=" ", seen=seen, now=desk.tick())
    assert [letter for letter, _ in letters()] == ["application_received"]


def test_every_letter_about_applications_is_written_by_some_move() -> None:
    told = set(LETTER_OF.values()) | {Letter.CERTIFICATE_READY}
    told |= {Letter(f"certificate_{event}") for event in EVENTS if event != "issued"}
    assert told == {letter for letter in Letter if letter.startswith(("application_", "certificate_"))}
    assert set(LETTER_OF) <= {move.event for move in MOVES}
