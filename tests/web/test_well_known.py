"""What machines fetch: keys, lists, histories, credentials; their tags, ages and bytes."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from mit.credential import cose, jose, qr_text, status_cwt, token_list, vc
from mit.credential.public_keys import public_key_from_jwk
from mit.credential.status_list import read_status_list
from mit.upkeep.publish import publish_status_lists
from mit.web.answers import IMMUTABLE, SIGNED_LIST
from tests.web.office import Office

LISTS = (
    "/status/revocation/2700",
    "/status/suspension/2700",
    "/status/token/2700",
    "/status/history/2700",
)
TYPES = {"application/vc+jwt", "application/jwt", "application/statuslist+cwt"}


def test_the_key_set_verifies_the_certificate_and_carries_the_serial(office: Office) -> None:
    answer = office.client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/jwk-set+json"
    keys = {key["kid"]: key for key in answer.get_json()["keys"]}
    token = jose.parse(office["active"].credential, typ=vc.TYP)
    key = keys[token.header["kid"]]
    assert key["mit_kid"] == 1
    assert "d" not in key, "the private half is never published"
    jose.verify(token, public_key_from_jwk(key))


def test_the_did_document_names_the_host(office: Office) -> None:
    document = office.client.get("/.well-known/did.json").get_json()
    assert document["id"] == "did:web:localhost%3A8000"
    assert document["verificationMethod"]


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_signed_short_lived_and_tagged(office: Office, path: str) -> None:
    answer = office.client.get(path)
    assert answer.status_code == 200
    assert answer.content_type in TYPES
    assert answer.headers["Cache-Control"] == SIGNED_LIST
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.data.count(b".") == 2 or answer.data.startswith(b"\xd2\x84")
    again = office.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_a_list_published_anew_has_another_tag(office: Office) -> None:
    before = office.client.get(LISTS[0])
    old = before.headers["ETag"]
    listed = jose.parse(before.get_data(as_text=True), typ=vc.TYP)
    published_at = read_status_list(listed.payload).issued_at
    authority = office.app.extensions["mit.authority"]
    with office.app.app_context():
        publish_status_lists(authority, now=published_at + timedelta(hours=1))
    answer = office.client.get(LISTS[0], headers={"If-None-Match": old})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != old


def test_a_reader_of_the_qr_alone_finds_the_token_list_of_its_slot(office: Office) -> None:
    """QR key 6 is [list, index]; the address follows from the list's number alone."""
    for name, value in (("active", 0), ("revoked", 1), ("suspended", 2)):
        digits = office[name].digits
        slot = qr_text.decode_claims(cose.open_envelope(qr_text.from_digits(digits)).payload).slot
        answer = office.client.get(f"/status/token/{slot.list_number}")
        envelope = status_cwt.open_token(answer.data)
        keys = {
            key["mit_kid"]: public_key_from_jwk(key)
            for key in office.client.get("/.well-known/jwks.json").get_json()["keys"]
        }
        assert status_cwt.verify(envelope, keys[envelope.kid])
        assert token_list.read_token_list(envelope.payload).value(slot.index) == value


@pytest.mark.parametrize(
    "path",
    [
        "/status/revocation/9999",
        "/status/other/2700",
        "/status/revocation/x",
        "/status/history/-1",
        "/status/token/9999",
    ],
)
def test_a_list_that_is_not_there_is_a_problem_document(office: Office, path: str) -> None:
    answer = office.client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_signed_bytes_are_exact_and_never_change(office: Office) -> None:
    shown = office["active"]
    answer = office.client.get(f"/c/{shown.number}.jwt")
    assert answer.data == shown.credential.encode()
    assert answer.content_type == "application/vc+jwt"
    assert answer.headers["Cache-Control"] == IMMUTABLE
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = office.client.get(f"/c/{shown.number}.jwt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_record_gives_the_signed_bytes_to_who_accepts_only_those(office: Office) -> None:
    shown = office["revoked"]
    answer = office.client.get(f"/c/{shown.number}", headers={"Accept": "application/vc+jwt"})
    assert answer.data == shown.credential.encode()
    assert "Accept" in answer.headers["Vary"]
    for accept in ("text/html, application/vc+jwt;q=0.5", "*/*", "text/html,*/*;q=0.8", "image/png"):
        page = office.client.get(f"/c/{shown.number}", headers={"Accept": accept})
        assert page.mimetype == "text/html", accept
        assert "Accept" in page.headers["Vary"]


@pytest.mark.parametrize("number", ["MIT-2560-0012345-M", "x", "MIT-2569-0000001-Z"])
def test_a_credential_that_is_not_there_is_a_problem_document(office: Office, number: str) -> None:
    answer = office.client.get(f"/c/{number}.jwt")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_number_of_a_credential_is_read_forgivingly(office: Office) -> None:
    shown = office["active"]
    answer = office.client.get(f"/c/{shown.number.lower().replace('-', '')}.jwt")
    assert answer.data == shown.credential.encode()


def test_a_tag_never_hides_a_revocation(office: Office) -> None:
    """Verdicts carry no tag and are never kept: performance page, trap 11."""
    for path in (
        f"/c/{office['revoked'].number}",
        f"/api/v1/certificates/{office['revoked'].number}/verdict",
    ):
        answer = office.client.get(path)
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_context_that_every_credential_names_is_there(office: Office) -> None:
    token = jose.parse(office["active"].credential, typ=vc.TYP)
    names = json.loads(token.payload)["@context"]
    address = urlsplit(names[-1])
    answer = office.client.get(address.path)
    assert (answer.status_code, answer.content_type) == (200, "application/ld+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = json.loads(answer.data)
    assert document["@context"].keys() >= {"mitCertificate", "mitCoverage"}
    assert document["@context"]["mitCoverage"]["@id"].startswith(names[-1])
