"""Published status lists and trust files: built from the register's rows, signed, on time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mit.credential import jose, status_cwt, status_list, token_list, vc
from mit.credential.status_list import StatusBits
from mit.errors import KeyUnavailableError, NotFoundError
from mit.issuance.rotate_keys import activate_key, end_signing, mark_compromised, plan_key
from mit.lifecycle.audit_events import AuditEvent
from mit.registry.trust_material import status_piece
from mit.store.audit import events_about, verify_chain
from mit.store.certificates import get_certificate
from mit.store.db import viewing
from mit.store.published import Published
from mit.upkeep.publish import (
    active_signer,
    export_trust,
    is_due,
    publish_if_due,
    publish_status_lists,
)
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_file, read_text
from mit.verify.published_lists import HISTORY_TYP
from mit.verify.register import known_keys
from mit.verify.trust import Trust
from mit.verify.trust_file import read_trust_file
from tests.support import specimens
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.verify.conftest import Shelf, codes, desk, shelf, shelve

__all__ = ["desk", "shelf"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIST = 2700
PIECES = [
    *(f"status/{kind}/{LIST}" for kind in ("revocation", "suspension", "token", "history")),
    "offline/trust",
]
VALID, NOT_VALID, CANNOT_TELL = "VALID", "NOT_VALID", "CANNOT_TELL"


def published(purpose: str) -> StatusBits:
    """Return a published list as a verifier reads it, its signature checked."""
    token = jose.parse(status_piece(purpose, LIST).body.decode("ascii"), typ=vc.TYP)
    (key,) = (key for key in known_keys().values() if key.public.thumbprint == token.header["kid"])
    assert jose.verify(token, key.public)
    return status_list.read_status_list(token.payload)


def slot_of(shelf: Shelf) -> int:
    with viewing() as session:
        return get_certificate(session, shelf.number).slot_index


def bits_of(shelf: Shelf) -> tuple[bool, bool]:
    slot = slot_of(shelf)
    return published("revocation").is_set(slot), published("suspension").is_set(slot)


def offline(shelf: Shelf, now: datetime, only: list[str] | None = None) -> Trust:
    return read_trust_file(export_trust(shelf.desk.authority, now=now, only=only)).trust


# --- status lists


def test_nothing_is_published_before_the_first_certificate(desk: Desk) -> None:
    assert publish_status_lists(desk.authority, now=desk.now) == []
    assert not is_due(now=desk.now)


def test_four_pieces_are_published_for_each_list_and_one_bundle_of_all(shelf: Shelf) -> None:
    names = publish_status_lists(shelf.desk.authority, now=shelf.now)
    assert names == PIECES
    assert bits_of(shelf) == (False, False)
    history = jose.parse(status_piece("history", LIST).body.decode("ascii"), typ=HISTORY_TYP)
    assert b'"slots":{}' in history.payload


@pytest.mark.parametrize(
    ("changes", "bits"),
    [
        ([("suspended", "suspended")], (False, True)),
        ([("suspended", "suspended"), ("reinstated", "active")], (False, False)),
        ([("revoked", "revoked")], (True, False)),
        ([("suspended", "suspended"), ("revoked", "revoked")], (True, False)),
        ([("withdrawn", "withdrawn")], (True, False)),
    ],
    ids=["suspended", "reinstated", "revoked", "suspended then revoked", "withdrawn"],
)
def test_the_bits_follow_the_registers_rows(
    shelf: Shelf, changes: list[tuple[str, str]], bits: tuple[bool, bool]
) -> None:
    for event, status in changes:
        shelf.change(event, status, shelf.now)
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    assert bits_of(shelf) == bits
    assert sum(bin(byte).count("1") for byte in published("revocation").bits) == bits[0]


def test_superseding_sets_the_revocation_bit_of_the_old_certificate_alone(shelf: Shelf) -> None:
    newer = shelve(shelf.desk)
    shelf.change("superseded", "superseded", shelf.now, successor=newer.number)
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    assert bits_of(shelf) == (True, False)
    assert bits_of(newer) == (False, False)


def test_publishing_again_takes_the_place_of_what_was_there(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    before = status_piece("revocation", LIST)
    shelf.change("revoked", "revoked", shelf.now)
    publish_status_lists(shelf.desk.authority, now=shelf.now + HOUR)
    after = status_piece("revocation", LIST)
    assert after.etag != before.etag
    assert after.signed_at - before.signed_at == HOUR


def test_lists_are_due_when_missing_and_every_hour(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    forge("DELETE FROM published")
    assert is_due(now=shelf.now)
    assert publish_if_due(authority, now=shelf.now)
    assert not is_due(now=shelf.now + timedelta(minutes=59))
    assert publish_if_due(authority, now=shelf.now + timedelta(minutes=59)) == []
    assert publish_if_due(authority, now=shelf.now + HOUR)


def tags() -> dict[str, str]:
    """Return the entity tag of every published piece by name."""
    with viewing() as session:
        return {piece.name: piece.etag for piece in session.query(Published)}


def times_recorded() -> int:
    with viewing() as session:
        return len(events_about(session, "status_lists"))


def test_publishing_again_leaves_alone_what_says_already_what_is_true(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    forge("DELETE FROM published")
    assert len(publish_status_lists(authority, now=shelf.now)) == 5
    before, recorded = tags(), times_recorded()
    shelve(shelf.desk)  # a new certificate of the same list sets no bit
    assert publish_status_lists(authority, now=shelf.now + timedelta(minutes=59)) == []
    assert tags() == before
    assert times_recorded() == recorded
    assert len(publish_status_lists(authority, now=shelf.now + HOUR)) == 5


def test_one_revocation_makes_one_list_anew_and_no_other(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    forge(
        "INSERT INTO status_slots (list_number, slot_index, allotted_at) "
        "SELECT 2701, 9, allotted_at FROM status_slots"
    )
    publish_status_lists(authority, now=shelf.now)
    before = tags()
    assert len(before) == 9
    shelf.change("revoked", "revoked", shelf.now)
    names = publish_status_lists(authority, now=shelf.now + timedelta(minutes=1))
    assert names == PIECES
    assert {name for name, tag in tags().items() if tag != before[name]} == set(names)
    assert bits_of(shelf) == (True, False)


def test_a_list_is_made_anew_where_the_key_in_use_is_another(shelf: Shelf) -> None:
    """What a stolen key signed must not stand until the hour is over."""
    authority = shelf.desk.authority
    publish_status_lists(authority, now=shelf.now)
    real = plan_key(None, authority=authority, now=shelf.now)
    activate_key(None, real, now=shelf.now)
    assert len(publish_status_lists(authority, now=shelf.now + timedelta(minutes=1))) == 5


def test_a_register_that_has_no_token_list_yet_gets_one_at_once(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    publish_status_lists(authority, now=shelf.now)
    forge("DELETE FROM published WHERE name LIKE 'status/token/%'")
    assert is_due(now=shelf.now)
    assert f"status/token/{LIST}" in publish_if_due(authority, now=shelf.now)
    assert not is_due(now=shelf.now)


def test_all_forms_say_the_same_of_every_slot(shelf: Shelf) -> None:
    newer = shelve(shelf.desk)
    shelf.change("suspended", "suspended", shelf.now)
    newer.change("withdrawn", "withdrawn", newer.now)
    publish_status_lists(shelf.desk.authority, now=newer.now)
    envelope = status_cwt.open_token(status_piece("token", LIST).body)
    assert status_cwt.verify(envelope, known_keys()[envelope.kid].public)
    token = token_list.read_token_list(envelope.payload)
    assert (token.value(slot_of(shelf)), token.value(slot_of(newer))) == (2, 1)
    for purpose in vc.PURPOSES:
        assert token.bits(purpose) == published(purpose)


def test_publishing_is_recorded(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    with viewing() as session:
        *_, event = events_about(session, "status_lists")
        assert event.at == shelf.now
        assert event.event == AuditEvent.STATUS_LIST_PUBLISHED
        assert verify_chain(session) == []


def test_without_a_key_in_use_nothing_is_signed(shelf: Shelf) -> None:
    end_signing(None, 1, now=shelf.now, from_on=(shelf.now + DAY).date())
    for sign in (publish_status_lists, export_trust):
        with pytest.raises(KeyUnavailableError) as caught:
            sign(shelf.desk.authority, now=shelf.now + 2 * DAY)
        assert caught.value.code == "no_active_key"


def test_a_compromised_key_signs_no_more_lists(shelf: Shelf) -> None:
    mark_compromised(None, 1, from_at=shelf.now, reason="stolen", now=shelf.now)
    with pytest.raises(KeyUnavailableError):
        publish_status_lists(shelf.desk.authority, now=shelf.now)


def test_the_newest_key_in_use_signs(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    kid = plan_key(None, authority=authority, now=shelf.now, demo=True)
    later = shelf.now + 20 * DAY
    activate_key(None, kid, now=later)
    publish_status_lists(authority, now=later + DAY)
    token = jose.parse(status_piece("revocation", LIST).body.decode("ascii"), typ=vc.TYP)
    assert token.header["kid"] == known_keys()[kid].public.thumbprint


# --- the trust file


def test_a_trust_file_answers_for_what_was_issued(shelf: Shelf) -> None:
    trust = offline(shelf, shelf.now)
    for text in (shelf.qr_text, shelf.credential):
        verdict = judge(read_text(text), trust, Question(shelf.now))
        assert codes(verdict) == (VALID, (), ("sample",))
    assert codes(judge(read_file(shelf.pdf), trust, Question(shelf.now)))[0] == VALID
    assert codes(judge(read_text(shelf.number), trust, Question(shelf.now)))[:2] == (
        CANNOT_TELL,
        ("unreachable",),
    )
    assert trust.known_at == shelf.now.replace(microsecond=0)


def test_a_trust_file_says_where_newer_lists_are_fetched(shelf: Shelf) -> None:
    document = json.loads(export_trust(shelf.desk.authority, now=shelf.now))["trust"]
    url = shelf.desk.authority.settings.public_url
    assert document["status_urls"] == {
        kind: f"{url}/status/{kind}/{{list}}" for kind in ("revocation", "suspension", "token", "history")
    }


def test_a_trust_file_for_others_alone_falls_back_on_the_status_lists(shelf: Shelf) -> None:
    other = shelve(shelf.desk)
    now = shelf.desk.now
    trust = offline(shelf, now, [other.number])
    assert set(trust.records) == {other.number}
    assert codes(judge(read_text(shelf.qr_text), trust, Question(now)))[:2] == (VALID, ())
    verdict = judge(read_file(shelf.pdf), trust, Question(now))
    assert codes(verdict)[:2] == (CANNOT_TELL, ("file_unknown",))
    assert verdict.inner is not None
    assert verdict.inner.answer.value == VALID


@pytest.mark.parametrize("by_record", [True, False], ids=["its own entry", "lists and history"])
def test_a_trust_file_knows_the_past(shelf: Shelf, by_record: bool) -> None:
    other = shelve(shelf.desk)
    revoked_at = shelf.desk.now + 10 * DAY
    shelf.change("revoked", "revoked", revoked_at)
    now = revoked_at + 3 * DAY
    trust = offline(shelf, now, None if by_record else [other.number])
    shown = read_text(shelf.qr_text)
    assert codes(judge(shown, trust, Question(now))) == (NOT_VALID, ("revoked",), ("sample",))
    day_before = (revoked_at - DAY).date()
    verdict = judge(shown, trust, Question(now, day_before))
    assert codes(verdict) == (VALID, (), ("later_revoked", "sample"))


def test_a_trust_file_ages(shelf: Shelf) -> None:
    trust = offline(shelf, shelf.now)
    shown = read_text(shelf.qr_text)
    fresh, aged, stale = (judge(shown, trust, Question(shelf.now + age)) for age in (HOUR, 2 * DAY, 8 * DAY))
    assert codes(fresh) == (VALID, (), ("sample",))
    assert codes(aged) == (VALID, (), ("stale", "sample"))
    assert codes(stale) == (CANNOT_TELL, ("stale",), ("sample",))


def test_a_trust_file_knows_compromised_keys_and_when_each_certificate_was_signed(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    kid = plan_key(None, authority=authority, now=shelf.now, demo=True)
    mark_compromised(None, 1, from_at=shelf.now, reason="stolen", now=shelf.now)
    later = shelf.now + 20 * DAY
    activate_key(None, kid, now=later)
    now = later + DAY
    shown = read_text(shelf.qr_text)
    known = judge(shown, offline(shelf, now), Question(now))
    assert codes(known) == (VALID, (), ("key_since_compromised", "sample"))
    other = shelve_later(shelf, now)
    elsewhere = judge(shown, offline(shelf, shelf.desk.now, [other.number]), Question(shelf.desk.now))
    assert codes(elsewhere)[:2] == (NOT_VALID, ("key_compromised",))


def shelve_later(shelf: Shelf, now: datetime) -> Shelf:
    shelf.desk.now = now
    return shelve(shelf.desk)


def test_only_issued_numbers_can_be_exported(shelf: Shelf) -> None:
    with pytest.raises(NotFoundError) as caught:
        export_trust(
            shelf.desk.authority, now=shelf.now, only=[str(specimens.claims(running=9_999_999).number)]
        )
    assert caught.value.code == "certificate_not_found"


def test_exporting_is_recorded_and_says_how_much(shelf: Shelf) -> None:
    known = read_trust_file(export_trust(shelf.desk.authority, now=shelf.now))
    assert known.is_complete
    assert known.public_url == shelf.desk.authority.settings.public_url
    with viewing() as session:
        (event,) = events_about(session, "trust")
    assert event.event == AuditEvent.TRUST_EXPORTED
    assert '"certificates":1' in event.payload


def test_a_part_of_the_register_is_exported_and_recorded_as_a_part(shelf: Shelf) -> None:
    other = shelve(shelf.desk)
    known = read_trust_file(export_trust(shelf.desk.authority, now=shelf.now, only=[other.number]))
    assert not known.is_complete
    assert set(known.trust.records) == {other.number}
    with viewing() as session:
        (event,) = events_about(session, "trust")
    assert '"certificates":1' in event.payload
    assert '"is_complete":false' in event.payload
    assert '"kid":1' in event.payload


def test_where_two_keys_are_in_use_the_newest_signs(shelf: Shelf) -> None:
    """A demo key and a real one do not end each other, so both may be in use on a day."""
    authority = shelf.desk.authority
    real = plan_key(None, authority=authority, now=shelf.now)
    activate_key(None, real, now=shelf.now)
    assert active_signer(authority, now=shelf.now).public_key.kid == real
    known = read_trust_file(export_trust(authority, now=shelf.now))
    assert (known.signed_by.public.kid, known.signed_by.public.demo) == (real, False)
    production = replace(authority, settings=replace(authority.settings, env="production"))
    assert active_signer(production, now=shelf.now).public_key.kid == real


def test_a_demo_key_signs_nothing_in_production(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    production = replace(authority, settings=replace(authority.settings, env="production"))
    for act in (export_trust, publish_status_lists):
        with pytest.raises(KeyUnavailableError, match="demo_key_in_production"):
            act(production, now=shelf.now)


def test_a_register_without_certificates_exports_its_keys(desk: Desk) -> None:
    known = read_trust_file(export_trust(desk.authority, now=desk.now))
    assert list(known.trust.keys) == [1]
    assert (known.trust.records, known.trust.lists) == ({}, {})
