from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask

from mit.document.seal_chain import SealMaterial, make_test_chain
from mit.errors import KeyUnavailableError, NotAllowedError
from mit.i18n import knows
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal, open_seal
from mit.issuance.list_keys import list_keys
from mit.issuance.rotate_keys import mark_compromised
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import KeyState
from mit.roles.actor import Role
from mit.store import audit
from mit.store.db import viewing
from mit.store.keyring import Keyring
from mit.values.thai_date import bangkok_day
from tests.support.people import Cast, invite


@pytest.fixture
def authority(app: Flask) -> Authority:
    built: Authority = app.extensions["mit.authority"]
    settings = built.settings
    return replace(built, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1_000))


def pem_of(material: SealMaterial) -> tuple[bytes, bytes]:
    private = material.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, material.certificates_pem()


def test_a_test_chain_is_made_marked_and_on_duty_at_once(authority: Authority, now: datetime) -> None:
    kid = create_seal(None, authority=authority, now=now)
    (card,) = list_keys(now=now)
    assert (card.kid, card.purpose, card.state, card.demo) == (kid, "seal", KeyState.ACTIVE, True)
    seal = open_seal(authority, now=now)
    assert seal.sha256 == card.thumbprint
    assert len(seal.certificates) == 3
    with viewing() as session:
        (event,) = audit.events_about(session, f"signing_key:{kid}")
        assert event.event == AuditEvent.SEAL_CREATED
        assert seal.sha256 in event.payload


def test_a_seal_that_an_authority_issued_is_taken_in(authority: Authority, now: datetime) -> None:
    issued = make_test_chain(now, common_name="From a CA")
    create_seal(None, authority=authority, now=now, pem=pem_of(issued))
    (card,) = list_keys(now=now)
    assert not card.demo
    assert open_seal(authority, now=now).sha256 == issued.sha256


def test_a_new_seal_ends_the_one_before(authority: Authority, now: datetime) -> None:
    first = create_seal(None, authority=authority, now=now)
    second = create_seal(None, authority=authority, now=now)
    states = {card.kid: card.state for card in list_keys(now=now)}
    assert states == {first: KeyState.VERIFY_ONLY, second: KeyState.ACTIVE}
    cards = {card.kid: card.thumbprint for card in list_keys(now=now)}
    assert open_seal(authority, now=now).sha256 == cards[second]


def test_a_seal_that_ended_keeps_its_last_day_when_others_follow(authority: Authority, now: datetime) -> None:
    for day in range(4):
        create_seal(None, authority=authority, now=now + timedelta(days=day))
    cards = list_keys(now=now + timedelta(days=9))
    ended = [card.dates.verify_only_from_on for card in cards]
    assert ended == [bangkok_day(now) + timedelta(days=day) for day in (1, 2, 3)] + [None]
    assert [card.state for card in cards] == [KeyState.VERIFY_ONLY] * 3 + [KeyState.ACTIVE]


def test_a_compromised_seal_is_not_touched_by_the_next_one(authority: Authority, now: datetime) -> None:
    first = create_seal(None, authority=authority, now=now)
    mark_compromised(None, first, from_at=now, reason="stolen", now=now)
    create_seal(None, authority=authority, now=now + timedelta(days=1))
    card = list_keys(now=now)[0]
    assert (card.kid, card.state, card.dates.verify_only_from_on) == (first, KeyState.COMPROMISED, None)


@pytest.mark.parametrize("name", ["somchai", "malee", "anan", "napha", "krit"])
def test_nobody_but_an_administrator_makes_or_takes_in_a_seal(
    authority: Authority, cast: Cast, now: datetime, name: str
) -> None:
    issued = pem_of(make_test_chain(now, common_name="From a CA"))
    for pem in (None, issued):
        with pytest.raises(NotAllowedError) as caught:
            create_seal(getattr(cast, name), authority=authority, now=now, pem=pem)
        assert caught.value.code == "role_needed"
    assert list_keys(now=now) == []
    assert not list(authority.settings.keys_dir.glob("*"))


def test_an_administrator_s_name_stands_beside_the_seal(
    authority: Authority, cast: Cast, now: datetime
) -> None:
    chief = invite("Chief Admin", Role.ADMINISTRATOR, now=now)
    kid = create_seal(chief, authority=authority, now=now)
    with viewing() as session:
        (event,) = audit.events_about(session, f"signing_key:{kid}")
    assert event.actor_id == chief.user_id


def test_a_seal_names_the_algorithm_of_its_key(authority: Authority, now: datetime) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An RSA seal")])
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, serial_number=7)
    builder = (
        builder.public_key(key.public_key()).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    )
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    create_seal(None, authority=authority, now=now)
    create_seal(None, authority=authority, now=now, pem=(private, certificate))
    assert [card.algorithm for card in list_keys(now=now)] == ["ES256", "RS256"]
    assert isinstance(open_seal(authority, now=now).private_key, rsa.RSAPrivateKey)


def refused(code: str, authority: Authority, now: datetime) -> None:
    with pytest.raises(KeyUnavailableError) as caught:
        open_seal(authority, now=now)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


def test_without_a_seal_the_reason_is_said(authority: Authority, now: datetime) -> None:
    refused("seal_missing", authority, now)


def test_a_compromised_seal_is_not_used(authority: Authority, now: datetime) -> None:
    kid = create_seal(None, authority=authority, now=now)
    mark_compromised(None, kid, from_at=now, reason="stolen", now=now + timedelta(hours=1))
    refused("seal_missing", authority, now)


def test_test_chains_are_refused_in_production(authority: Authority, now: datetime) -> None:
    create_seal(None, authority=authority, now=now)
    production = replace(authority, settings=replace(authority.settings, env="production"))
    with pytest.raises(NotAllowedError) as caught:
        create_seal(None, authority=production, now=now)
    assert caught.value.code == "demo_key_in_production"
    refused("seal_missing", production, now)


@pytest.mark.parametrize("which", ["key", "certificates", "pair"])
def test_files_that_do_not_belong_together_are_refused(
    authority: Authority, now: datetime, which: str
) -> None:
    private, certificates = pem_of(make_test_chain(now, common_name="A"))
    pem = {
        "key": (b"nonsense", certificates),
        "certificates": (private, b"nonsense"),
        "pair": (private, make_test_chain(now, common_name="B").certificates_pem()),
    }[which]
    with pytest.raises(KeyUnavailableError) as caught:
        create_seal(None, authority=authority, now=now, pem=pem)
    assert caught.value.code == "seal_unusable"
    assert list_keys(now=now) == []
