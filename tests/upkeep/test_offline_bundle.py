"""The bundle for verifiers without network: all keys, published status, no certificate; and on time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mit.credential import jose
from mit.errors import NotFoundError
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.lifecycle.signing_key_states import KeyState, state_on
from mit.registry.trust_material import offline_bundle, status_name, status_piece
from mit.store.certificates import get_certificate
from mit.store.db import viewing
from mit.upkeep import offline_bundle as made
from mit.upkeep.publish import is_due, publish_if_due, publish_status_lists
from mit.values.thai_date import bangkok_day
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust_file import TYP, TrustFile, read_trust_file
from mit.verify.verdict import Verdict
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.verify.conftest import Shelf, desk, shelf, shelve

__all__ = ["desk", "shelf"]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LIST, NAME = 2700, "offline/trust"


def held() -> TrustFile:
    """Return the bundle as a device reads it."""
    return read_trust_file(offline_bundle().body)


def asked(shelf: Shelf, *, days_later: int = 0) -> Verdict:
    """Return what a device that holds the bundle says of the certificate's QR."""
    with viewing() as session:
        text = str(get_certificate(session, shelf.number).qr_text)
    return judge(read_text(text), held().trust, Question(shelf.now + days_later * DAY))


def test_before_the_first_certificate_there_is_none(desk: Desk) -> None:
    publish_status_lists(desk.authority, now=desk.now)
    with pytest.raises(NotFoundError) as caught:
        offline_bundle()
    assert caught.value.code == "offline_bundle_not_found"


def test_it_holds_keys_and_published_lists_and_no_certificate(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    file = held()
    assert (file.is_complete, file.trust.records, file.trust.files) == (False, {}, {})
    assert set(file.trust.lists) == {LIST}
    assert file.trust.lists[LIST].changes == {}
    assert file.trust.known_at == shelf.now.replace(microsecond=0) == offline_bundle().signed_at
    published = json.loads(offline_bundle().body)["trust"]["status_lists"]
    kinds = ("revocation", "suspension", "history")
    assert published == [status_piece(kind, LIST).body.decode() for kind in kinds], "nothing signed twice"
    assert shelf.number not in offline_bundle().body.decode()


def test_a_device_tells_what_holds_and_what_ended(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    publish_status_lists(authority, now=shelf.now)
    assert asked(shelf).answer == "VALID"
    assert "no_record" in {finding.reason for finding in asked(shelf).findings}
    assert asked(shelf, days_later=8).reasons == ("stale",)
    shelf.change("revoked", "revoked", shelf.now)
    publish_status_lists(authority, now=shelf.now + MINUTE)
    assert asked(shelf).reasons == ("revoked",)


def test_a_key_counts_from_its_first_plan_on_and_a_theft_is_told_at_once(shelf: Shelf) -> None:
    authority, today = shelf.desk.authority, bangkok_day(shelf.now)
    publish_status_lists(authority, now=shelf.now)
    planned = plan_key(None, authority=authority, now=shelf.now)
    assert publish_status_lists(authority, now=shelf.now + MINUTE) == [NAME], "no list says anything new"
    keys = held().trust.keys
    assert state_on(keys[planned].dates, today) is KeyState.PLANNED
    activate_key(None, planned, now=shelf.now)
    mark_compromised(None, 1, from_at=shelf.now - 30 * DAY, reason="stolen", now=shelf.now + MINUTE)
    publish_status_lists(authority, now=shelf.now + 2 * MINUTE)
    file = held()
    assert file.signed_by.public.kid == planned, "a stolen key vouches for nothing"
    assert file.trust.keys[1].dates.compromised_from_at == shelf.now - 30 * DAY
    assert asked(shelf).reasons == ("key_compromised",)


def test_it_is_left_alone_while_it_is_true_and_young(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    publish_status_lists(authority, now=shelf.now)
    before = offline_bundle().etag
    shelve(shelf.desk)  # a certificate more of the same list says nothing new
    assert publish_status_lists(authority, now=shelf.now + 59 * MINUTE) == []
    assert offline_bundle().etag == before
    assert NAME in publish_status_lists(authority, now=shelf.now + HOUR)
    assert held().trust.known_at == shelf.now.replace(microsecond=0) + HOUR


def test_a_register_that_has_none_yet_gets_one_at_once(shelf: Shelf) -> None:
    authority = shelf.desk.authority
    publish_status_lists(authority, now=shelf.now)
    assert not is_due(now=shelf.now)
    forge("DELETE FROM published WHERE name = 'offline/trust'")
    assert is_due(now=shelf.now)
    assert publish_if_due(authority, now=shelf.now) == [NAME]
    assert not is_due(now=shelf.now + 59 * MINUTE)
    assert is_due(now=shelf.now + HOUR)


def test_what_expired_before_last_year_and_long_histories_are_left_to_the_service(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = shelf.desk.authority
    forge(
        "INSERT INTO status_slots (list_number, slot_index, allotted_at) "
        "SELECT 2400, 9, allotted_at FROM status_slots"
    )
    publish_status_lists(authority, now=shelf.now)
    assert status_piece("revocation", 2400).body
    assert set(held().trust.lists) == {LIST}
    size = len(status_piece("history", LIST).body)
    monkeypatch.setattr(made, "LARGEST_HISTORY_BYTES", size - 1)
    assert publish_status_lists(authority, now=shelf.now + MINUTE) == [NAME]
    assert held().trust.lists[LIST].changes is None
    assert asked(shelf).answer == "VALID", "the bits still answer for today"
    monkeypatch.setattr(made, "LARGEST_HISTORY_BYTES", size)
    publish_status_lists(authority, now=shelf.now + 2 * MINUTE)
    assert held().trust.lists[LIST].changes == {}


def test_a_changed_byte_refuses_all_of_it(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    body = offline_bundle().body
    document = json.loads(body)
    document["trust"]["issued_at"] = "2031-01-01T00:00:00Z"
    for other in (body[:-2] + b" }\n", json.dumps(document, sort_keys=True, separators=(",", ":")).encode()):
        with pytest.raises(Exception, match="trust_"):
            read_trust_file(other)
    head, _, signature = document["signature"].partition("..")
    with pytest.raises(Exception, match=r"token_|base64url"):
        jose.parse(f"{head}.{status_name('token', LIST)}.{signature}", typ=TYP)
