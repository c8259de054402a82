"""What two people saw at a key ceremony: stated, signed by the key, and bound to the audit log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.credential import base64url, canonical_json
from mit.credential.public_keys import public_key_from_jwk
from mit.credential.signatures import is_signed_by
from mit.errors import (
    FourEyesError,
    InputError,
    KeyUnavailableError,
    MitError,
    NotAllowedError,
    NotFoundError,
)
from mit.i18n import LANGUAGES, say
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal
from mit.issuance.key_ceremony import LONGEST_NAME, SIGNED_PREFIX, Attendance, hold_ceremony
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Role
from mit.store import audit
from mit.store.db import viewing
from mit.store.keyring import Keyring
from tests.support.people import Cast

PRESENT = Attendance("มาลี ตรวจละเอียด", "Anan Tadsindee", "ห้องมั่นคง ชั้น 4")


@pytest.fixture
def authority(app: Flask) -> Authority:
    """Return the application's authority with a keyring that opens its files quickly."""
    built: Authority = app.extensions["mit.authority"]
    settings = built.settings
    return replace(built, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1_000))


@pytest.fixture
def kid(authority: Authority, now: datetime) -> int:
    made = plan_key(None, authority=authority, now=now)
    activate_key(None, made, now=now)
    return made


def acts(kid: int) -> list[audit.AuditEvent]:
    with viewing() as session:
        return audit.events_about(session, f"signing_key:{kid}")


def test_the_protocol_states_the_key_its_files_and_every_act(
    authority: Authority, kid: int, now: datetime
) -> None:
    stated = hold_ceremony(None, kid, PRESENT, authority=authority, now=now).document
    folder = authority.settings.keys_dir
    assert stated["files"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("signing-*")
    }
    assert (
        [(act["event"], act["hash"]) for act in stated["acts"]]
        == [  # type: ignore[attr-defined]
            (act.event, act.hash) for act in acts(kid)[:-1]
        ]
    )
    assert (stated["keeper"], stated["witness"], stated["place"]) == (
        PRESENT.keeper,
        PRESENT.witness,
        PRESENT.place,
    )
    assert (stated["key"]["kid"], stated["key"]["state"]) == (kid, "active")  # type: ignore[index]


def test_anyone_can_check_the_protocol_with_the_public_key_and_the_audit_log(
    authority: Authority, kid: int, now: datetime
) -> None:
    told = json.loads(
        json.dumps(hold_ceremony(None, kid, PRESENT, authority=authority, now=now).to_document())
    )
    data = canonical_json.write(told["protocol"])
    public = public_key_from_jwk(told["protocol"]["key"]["public_jwk"])
    signature = base64url.decode(told["signature"])
    assert public.thumbprint == told["protocol"]["key"]["thumbprint"]
    assert is_signed_by(public, SIGNED_PREFIX + data, signature)
    assert not is_signed_by(public, SIGNED_PREFIX + data.replace(b"Anan", b"Anon"), signature)
    event = acts(kid)[-1]
    assert event.event == AuditEvent.SIGNING_KEY_WITNESSED
    assert json.loads(event.payload) == {
        "keeper": PRESENT.keeper,
        "protocol_sha256": hashlib.sha256(data).hexdigest(),
        "witness": PRESENT.witness,
    }


def test_what_the_key_signs_here_is_no_credential_and_no_qr() -> None:
    """A COSE structure begins with 0x84, a JWS with ``eyJ``; neither with these letters."""
    assert SIGNED_PREFIX[:1] == b"M"
    assert SIGNED_PREFIX.endswith(b"\n")


def test_a_compromised_key_still_has_its_protocol(authority: Authority, kid: int, now: datetime) -> None:
    mark_compromised(None, kid, from_at=now, reason="lost", now=now)
    stated = hold_ceremony(None, kid, PRESENT, authority=authority, now=now).document
    assert stated["key"]["state"] == "compromised"  # type: ignore[index]


def test_a_seal_states_its_certificate(authority: Authority, now: datetime) -> None:
    kid = create_seal(None, authority=authority, now=now)
    protocol = hold_ceremony(None, kid, PRESENT, authority=authority, now=now)
    key = protocol.document["key"]
    assert protocol.signature == ""
    assert "TEST" in key["certificate_issuer"]  # type: ignore[index]
    assert len(protocol.document["files"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attendance", "kind", "code"),
    [
        (replace(PRESENT, witness="มาลี  ตรวจละเอียด "), FourEyesError, "ceremony_same_person"),
        (Attendance("Malee T.", "MALEE t.", "here"), FourEyesError, "ceremony_same_person"),
        (replace(PRESENT, witness="  "), InputError, "ceremony_incomplete"),
        (replace(PRESENT, place=""), InputError, "ceremony_incomplete"),
        (replace(PRESENT, keeper="x" * (LONGEST_NAME + 1)), InputError, "text_too_long"),
        (replace(PRESENT, keeper="x" * 5000), InputError, "text_too_long"),
        (replace(PRESENT, witness="a\u202eb"), InputError, "text_unusable"),
        (replace(PRESENT, witness="\ud800"), InputError, "text_unusable"),
    ],
)
def test_a_ceremony_that_two_people_did_not_hold_is_not_recorded(
    authority: Authority, kid: int, now: datetime, attendance: Attendance, kind: type[MitError], code: str
) -> None:
    before = len(acts(kid))
    with pytest.raises(kind) as caught:
        hold_ceremony(None, kid, attendance, authority=authority, now=now)
    assert caught.value.code == code
    fault = caught.value.faults[0] if caught.value.faults else caught.value
    assert all(say(f"errors.{code}", language, **fault.params) for language in LANGUAGES)
    assert len(acts(kid)) == before


def test_a_file_that_is_gone_or_does_not_open_ends_the_ceremony(
    authority: Authority, kid: int, now: datetime
) -> None:
    locked = replace(authority, keyring=Keyring(authority.settings.keys_dir, "another passphrase"))
    with pytest.raises(KeyUnavailableError, match="key_passphrase"):
        hold_ceremony(None, kid, PRESENT, authority=locked, now=now + timedelta(seconds=1))
    for path in authority.settings.keys_dir.glob("signing-*"):
        path.unlink()
    with pytest.raises(KeyUnavailableError, match="key_missing"):
        hold_ceremony(None, kid, PRESENT, authority=authority, now=now)
    assert len(acts(kid)) == 2


def test_only_an_administrator_or_the_keeper_of_the_machine_holds_one(
    authority: Authority, kid: int, cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        hold_ceremony(cast.malee, kid, PRESENT, authority=authority, now=now)
    with pytest.raises(NotFoundError):
        hold_ceremony(None, 999, PRESENT, authority=authority, now=now)
    assert Role.ADMINISTRATOR not in cast.malee.roles
