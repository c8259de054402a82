"""What a holder is told when a certificate changes: which letter, to whom, in which language, once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mit import worker
from mit.accounts.people import close_user
from mit.i18n import LANGUAGES, say
from mit.issuance.correct import begin_correction
from mit.issuance.issue import issue
from mit.issuance.revoke import drop_request
from mit.lifecycle.certificate_states import CertificateAction
from mit.lifecycle.mails import Mail
from mit.notify.messages import write_message
from mit.roles.actor import Role
from mit.store import accounts
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day, format_day
from tests.issuance.test_supersede import decided
from tests.notify.test_messages import HEAD
from tests.support.desk import Desk
from tests.support.officers import NOTE, REASON, asked, changed
from tests.support.people import invite
from tests.support.world import rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

A = CertificateAction
LETTERS = {
    A.SUSPEND: "certificate_suspended",
    A.REINSTATE: "certificate_reinstated",
    A.REVOKE: "certificate_revoked",
    A.WITHDRAW: "certificate_withdrawn",
}


def letters(about: str) -> list[tuple[str, str, str]]:
    found = rows("SELECT letter, to_address, language FROM mails WHERE about = :about", about=about)
    return sorted((row["letter"], row["to_address"], row["language"]) for row in found)


def payloads(letter: str) -> dict[str, dict[str, Any]]:
    """Return what fills each letter of a kind, by its reader's address."""
    found = [json.loads(row["payload"]) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")]
    return {told["to"]: told for told in found if told["letter"] == letter}


def read_in(desk: Desk, name: str, language: str) -> None:
    with transaction() as session:
        user = accounts.find_user(session, f"{name}@example.com")
        assert user is not None
        user.language = language


def test_everybody_of_the_holder_is_told_once_of_each_change_in_their_own_language(desk: Desk) -> None:
    cast, number = desk.cast, desk.active()
    invite("Wanida Mali", Role.MANUFACTURER, cast.siam_cable_id, now=desk.now)
    gone = invite("Gone Before", Role.MANUFACTURER, cast.siam_cable_id, now=desk.now)
    close_user(None, gone.user_id, now=desk.tick())
    read_in(desk, "wanida", "en")
    for action in (A.SUSPEND, A.REINSTATE, A.REVOKE):
        changed(desk, number, action)
    told = letters(f"certificate:{number}")
    assert told == sorted(
        (LETTERS[action], to, language)
        for action in (A.SUSPEND, A.REINSTATE, A.REVOKE)
        for to, language in (("somchai@example.com", "th"), ("wanida@example.com", "en"))
    )


def test_a_letter_names_day_and_public_reason_as_its_reader_reads_them(desk: Desk) -> None:
    invite("Wanida Mali", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    read_in(desk, "wanida", "en")
    day = bangkok_day(desk.now)
    for action, letter in LETTERS.items():
        number = desk.active()
        if action is A.REINSTATE:
            changed(desk, number, A.SUSPEND)
        changed(desk, number, action)
        found = payloads(letter)
        for address, language in (("somchai@example.com", "th"), ("wanida@example.com", "en")):
            params = found[address]["params"]
            assert params["certificate"] == number
            assert params["day"] == format_day(day, language, width="wide")
            assert params["reason"] == say(f"verify.because_{REASON[action]}", language)
            assert params["path"].startswith("/applications/APP-2569-")
            assert params["successor"] == ""
        assert "2569" in found["somchai@example.com"]["params"]["day"]
        assert "2026" in found["wanida@example.com"]["params"]["day"]


def test_what_goes_out_says_what_happened_and_no_word_for_staff(desk: Desk) -> None:
    number, day = desk.active(), bangkok_day(desk.now)
    for action in (A.SUSPEND, A.REVOKE):
        changed(desk, number, action)
        (told,) = payloads(LETTERS[action]).values()
        for language in LANGUAGES:
            mail = Mail.from_payload(told | {"language": language})
            sent = write_message(mail, head=HEAD, message_id="<1@x>", now=desk.now)
            body = sent.get_content()
            assert number in body
            assert f"{HEAD.public_url}{told['params']['path']}" in body
            assert format_day(day, "th", width="wide") in body
            assert NOTE not in body
            assert "12,500" not in body


def test_asking_and_dropping_tell_nobody_anything(desk: Desk) -> None:
    number = desk.active()
    for action in (A.REVOKE, A.WITHDRAW):
        seq = asked(desk, number, action)
        drop_request(desk.cast.anan, seq, now=desk.tick())
    assert letters(f"certificate:{number}") == []


def test_other_makers_and_staff_are_told_nothing_and_a_late_colleague_only_of_what_follows(
    desk: Desk,
) -> None:
    number = desk.active()
    changed(desk, number, A.SUSPEND)
    invite("Nok Dee", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.now)
    changed(desk, number, A.REVOKE)
    assert [(letter, to) for letter, to, _ in letters(f"certificate:{number}")] == [
        ("certificate_revoked", "nok@example.com"),
        ("certificate_revoked", "somchai@example.com"),
        ("certificate_suspended", "somchai@example.com"),
    ]


def test_the_letter_about_a_replaced_certificate_names_the_one_that_follows(desk: Desk) -> None:
    old = desk.active()
    new = decided(desk, begin_correction(desk.cast.somchai, old, now=desk.tick())).certificate_number
    assert letters(f"certificate:{old}") == []  # it still counts
    issue(new, now=desk.tick(), authority=desk.authority)
    assert letters(f"certificate:{old}") == [("certificate_superseded", "somchai@example.com", "th")]
    (told,) = payloads("certificate_superseded").values()
    assert (told["params"]["certificate"], told["params"]["successor"]) == (old, new)


def test_a_holder_whom_nobody_acts_for_is_told_nothing_and_the_change_counts_all_the_same(desk: Desk) -> None:
    number = desk.active()
    close_user(None, desk.cast.somchai.user_id, now=desk.tick())
    changed(desk, number, A.REVOKE)
    assert letters(f"certificate:{number}") == []
    (row,) = rows("SELECT status FROM certificates")
    assert row["status"] == "revoked"
    worker.run_once(desk.app, now=desk.tick())
    assert rows("SELECT kind FROM jobs WHERE state = 'dead'") == []
