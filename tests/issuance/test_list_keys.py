from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.credential.public_keys import key_set, public_key_from_jwk
from mit.i18n import LANGUAGES, knows, say
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal
from mit.issuance.list_keys import list_keys, verification_keys
from mit.issuance.rotate_keys import activate_key, end_signing, mark_compromised, plan_key, retire_key
from mit.lifecycle.signing_key_states import KeyState
from mit.store import key_use
from mit.store.db import viewing
from mit.store.keyring import Keyring
from mit.values.thai_date import bangkok_day

DAY = timedelta(days=1)


@pytest.fixture
def authority(app: Flask) -> Authority:
    built: Authority = app.extensions["mit.authority"]
    settings = built.settings
    return replace(built, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1_000))


def test_keys_of_both_purposes_are_listed_by_serial(authority: Authority, now: datetime) -> None:
    kids = [
        plan_key(None, authority=authority, now=now),
        create_seal(None, authority=authority, now=now),
        plan_key(None, authority=authority, now=now, demo=True),
    ]
    cards = list_keys(now=now)
    assert [card.kid for card in cards] == kids == [1, 2, 3]
    assert [card.purpose for card in cards] == ["credential", "seal", "credential"]
    assert [card.demo for card in cards] == [False, True, True]


def test_a_card_says_in_json_what_a_machine_needs(authority: Authority, now: datetime) -> None:
    kid = plan_key(None, authority=authority, now=now)
    activate_key(None, kid, now=now)
    end_signing(None, kid, now=now)
    (card,) = list_keys(now=now)
    today = bangkok_day(now)
    assert card.to_document() == {
        "kid": 1,
        "purpose": "credential",
        "algorithm": "ES256",
        "thumbprint": authority.keyring.signer(kid).public_key.thumbprint,
        "demo": False,
        "state": "active",
        "active_from_on": today.isoformat(),
        "verify_only_from_on": (today + DAY).isoformat(),
        "retired_from_on": None,
        "compromised_from_at": None,
    }


def test_verifiers_get_every_key_but_the_retired_ones_and_no_seal(
    authority: Authority, now: datetime
) -> None:
    create_seal(None, authority=authority, now=now)
    planned, active, ended, stolen = (plan_key(None, authority=authority, now=now) for _ in range(4))
    activate_key(None, ended, now=now)
    end_signing(None, ended, now=now)
    later = now + 20 * DAY
    activate_key(None, active, now=later)
    mark_compromised(None, stolen, from_at=now, reason="x", now=later)
    assert [key.kid for key in verification_keys(now=later)] == [planned, active, ended, stolen]
    retire_key(None, ended, now=later)
    assert [key.kid for key in verification_keys(now=later)] == [planned, active, stolen]


def test_the_published_set_is_read_back_whole(authority: Authority, now: datetime) -> None:
    for demo in (False, True):
        plan_key(None, authority=authority, now=now, demo=demo)
    published = key_set(verification_keys(now=now))["keys"]
    assert isinstance(published, list)
    assert [public_key_from_jwk(one) for one in published] == verification_keys(now=now)


def test_every_state_has_a_word_in_both_languages() -> None:
    for state in KeyState:
        assert knows(f"keys.state_{state.value}")
        assert len({say(f"keys.state_{state.value}", language) for language in LANGUAGES}) == 2


def test_a_key_without_certificates_has_no_last_expiry(authority: Authority, now: datetime) -> None:
    kid = plan_key(None, authority=authority, now=now)
    with viewing() as session:
        assert key_use.last_expiry_signed_by(session, kid) is None
        assert key_use.last_expiry_signed_by(session, 4_711) is None
