"""What machines fetch: keys, status lists, credentials, the facts of the trust file."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mit.credential.public_keys import public_key_from_jwk
from mit.errors import NotFoundError
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.registry.trust_material import (
    credential_bytes,
    did_document,
    key_set_document,
    list_history,
    records,
    status_name,
    status_piece,
)
from mit.store.certificates import certificate_of
from mit.store.db import viewing
from mit.upkeep.publish import publish_status_lists
from mit.values.identifiers import parse_certificate_number
from mit.verify.content import sha256_hex
from tests.support import specimens
from tests.support.desk import Desk
from tests.verify.conftest import Shelf, shelve

DAY = timedelta(days=1)


def test_the_key_set_holds_the_public_half_with_its_serial_and_state(desk: Desk) -> None:
    document = key_set_document(now=desk.now)
    (key,) = document["keys"]
    assert (key["mit_kid"], key["mit_state"], key["mit_sample"]) == (1, "active", True)
    assert key["mit_active_from_on"] == "2026-11-25"
    assert "d" not in key
    assert public_key_from_jwk(key).kid == 1
    json.dumps(document)


def test_a_planned_key_is_in_the_key_set_and_not_yet_among_those_that_assert(desk: Desk) -> None:
    plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    assert [key["mit_state"] for key in key_set_document(now=desk.now)["keys"]] == ["active", "planned"]
    assert len(did_document("https://mit.example", now=desk.now)["assertionMethod"]) == 1


def test_a_key_that_ended_still_verifies(desk: Desk) -> None:
    kid = plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    later = desk.now + 20 * DAY
    activate_key(None, kid, now=later)
    states = [key["mit_state"] for key in key_set_document(now=later + DAY)["keys"]]
    assert states == ["verify_only", "active"]
    document = did_document("https://mit.example", now=later + DAY)
    assert document["id"] == "did:web:mit.example"
    assert len(document["assertionMethod"]) == 2


def test_a_compromised_key_leaves_the_key_set_and_the_did_document(desk: Desk) -> None:
    mark_compromised(None, 1, from_at=desk.now, reason="stolen", now=desk.now)
    assert key_set_document(now=desk.now) == {"keys": []}
    assert did_document("https://mit.example", now=desk.now)["verificationMethod"] == []


def test_the_credential_is_served_byte_for_byte(shelf: Shelf) -> None:
    number = parse_certificate_number(shelf.number)
    assert credential_bytes(number) == shelf.credential.encode("ascii")


def test_an_unknown_certificate_has_no_credential(desk: Desk) -> None:
    with pytest.raises(NotFoundError) as caught:
        credential_bytes(specimens.claims().number)
    assert caught.value.code == "certificate_not_found"


def test_a_prepared_certificate_has_no_credential_to_show(desk: Desk) -> None:
    standing = desk.approved()
    with viewing() as session:
        prepared = certificate_of(session, standing.application_id)
    assert prepared is not None
    with pytest.raises(NotFoundError):
        credential_bytes(parse_certificate_number(prepared.number))
    assert records() == []


def test_the_records_hold_hashes_instants_and_history(shelf: Shelf) -> None:
    shelf.change("revoked", "revoked", shelf.now + DAY, reason="wrong_information")
    (record,) = records()
    assert record.number == shelf.number
    assert record.credential_sha256 == sha256_hex(shelf.credential.encode("ascii"))
    assert record.pdf_sha256 == sha256_hex(shelf.pdf)
    assert record.signed_at is not None
    assert [(change.state.value, change.reason) for change in record.history] == [
        ("active", "issued"),
        ("revoked", "wrong_information"),
    ]
    assert record.credential is None


def test_records_of_chosen_numbers_only(shelf: Shelf) -> None:
    other = shelve(shelf.desk)
    assert [record.number for record in records()] == sorted([shelf.number, other.number])
    assert [record.number for record in records([other.number])] == [other.number]
    with pytest.raises(NotFoundError) as caught:
        records([other.number, str(specimens.claims(running=9_999_999).number)])
    assert caught.value.params["number"] == str(specimens.claims(running=9_999_999).number)


def test_the_history_of_a_list_holds_only_what_ever_changed(shelf: Shelf) -> None:
    other = shelve(shelf.desk)
    assert list_history(2700) == {}
    other.change("suspended", "suspended", other.now)
    other.change("reinstated", "active", other.now + DAY)
    (changes,) = list_history(2700).values()
    assert [change.state.value for change in changes] == ["active", "suspended", "active"]


def test_a_published_piece_is_served_with_its_tag_and_instant(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    piece = status_piece("revocation", 2700)
    assert piece.media_type == "application/vc+jwt"
    assert status_piece("token", 2700).media_type == "application/statuslist+cwt"
    assert piece.etag == f'"{sha256_hex(piece.body)}"'
    assert piece.signed_at == shelf.now.replace(microsecond=0)
    assert piece.valid_until - piece.signed_at == timedelta(days=7)
    assert status_name("revocation", 2700) == "status/revocation/2700"


@pytest.mark.parametrize(("kind", "number"), [("revocation", 2600), ("history", 2600), ("gossip", 2700)])
def test_what_was_never_published_is_not_found(shelf: Shelf, kind: str, number: int) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    with pytest.raises(NotFoundError) as caught:
        status_piece(kind, number)
    assert caught.value.code == "status_list_not_found"
