"""Killed anywhere while a letter is issued or signed, it goes on: one signature, one event, nothing lost."""

from __future__ import annotations

from mit import worker
from mit.values.letter_number import parse_letter_number
from mit.verify.letter_scan import verify_letter
from mit.verify.verdict import Answer
from tests.support.desk import Desk
from tests.support.kills import every_failpoint
from tests.support.kills_letters import PLACES, kill_at_each_place
from tests.support.world import assert_audit_chain, rows

KILLED, DONE = -9, 0


def test_somebody_dies_at_each_place_of_a_letters_way() -> None:
    assert {name for name in every_failpoint() if name.startswith("dealer_letter.")} <= set(PLACES)


def test_killed_at_every_place_each_letter_is_signed_once_and_never_otherwise(desk: Desk) -> None:
    number = desk.active()
    worker.run_once(desk.app, now=desk.tick())  # what issuing left behind
    seen = kill_at_each_place(desk.authority.settings, desk.cast.somchai, number, now=desk.tick())
    assert seen.ends == dict.fromkeys(PLACES, (KILLED, DONE))
    kept = {row["number"]: row for row in rows("SELECT number, tender, token FROM dealer_letters")}
    assert {row["tender"] for row in kept.values()} == set(PLACES) - {"dealer_letter.before_commit"}
    for place, stood in seen.stood.items():
        signed = {letter: token for letter, token in stood.items() if token}
        assert all(kept[letter]["token"] == token for letter, token in signed.items()), place
    for letter in kept:
        assert verify_letter(parse_letter_number(letter), now=seen.until).answer is Answer.VALID
    for event in ("manufacturer:dealer_letter:issue", "signer:dealer_letter:sign"):
        about = rows("SELECT subject FROM audit_events WHERE event = :event", event=event)
        assert sorted(row["subject"] for row in about) == sorted(f"dealer_letter:{one}" for one in kept)
    assert_audit_chain()
