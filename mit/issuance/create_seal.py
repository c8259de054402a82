"""The seal of the PDF: take in a key and its X.509 certificates, or make a test chain.

The seal's key is not a signing key of the QR: losing one does not forge the other (formats
section 4).  A seal is on duty from the day it is taken in, and ends the one before it.
"""

from __future__ import annotations

import json
from datetime import datetime

from mit.document.seal_chain import SealMaterial, make_test_chain, material_from_pem
from mit.errors import KeyUnavailableError
from mit.issuance.authority import Authority
from mit.issuance.key_keeping import free_kid, record, require_demo_allowed, require_keeper
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import KeyState, state_on
from mit.roles.actor import Actor
from mit.store import signing_keys
from mit.store.db import transaction, viewing
from mit.values.thai_date import bangkok_day

_TEST_COMMON_NAME = "MiT TEST seal (ตัวอย่าง)"
#: A P-256 key has 256 bits; every RSA key that is taken has more.
_EC_BITS = 256


def create_seal(
    by: Actor | None, *, authority: Authority, now: datetime, pem: tuple[bytes, bytes] | None = None
) -> int:
    """Keep a seal, put it on duty from today, and return its serial.

    *pem* is what a certification authority issued: the unencrypted private key, and the
    certificates with the seal's first.  Without it a test chain is made and marked as demo.

    Steps: (1) take a serial, (2) write the encrypted file, (3) end the seal before it, write row
    and audit event, commit.

    Raises:
        NotAllowedError: *by* is no administrator, or ``demo_key_in_production``.
        KeyUnavailableError: ``seal_unusable``; the folder or the passphrase of the keyring.
    """
    require_keeper(by)
    demo = pem is None
    require_demo_allowed(authority, demo=demo)
    seal = material_from_pem(*pem) if pem else make_test_chain(now, common_name=_TEST_COMMON_NAME)
    with transaction() as session:
        kid = free_kid(session, authority)  # (1)
        authority.keyring.store_seal(kid, seal.private_key_der(), seal.certificates_pem())  # (2)
        today = bangkok_day(now)
        for row in signing_keys.all_keys(session, "seal"):  # (3)
            if state_on(signing_keys.key_dates(row), today) is KeyState.ACTIVE:
                signing_keys.lock_key(session, row.kid).verify_only_from_on = today
        session.add(_row(kid, seal, demo=demo, now=now))
        session.flush()
        told: dict[str, object] = {"sha256": seal.sha256, "demo": demo}
        record(session, AuditEvent.SEAL_CREATED, kid, by=by, now=now, payload=told)
    return kid


def open_seal(authority: Authority, *, now: datetime) -> SealMaterial:
    """Return the seal on duty today, its key opened.

    Raises:
        KeyUnavailableError: ``seal_missing``, or what the keyring raises; ``seal_unusable``.
    """
    today = bangkok_day(now)
    with viewing() as session:
        on_duty = [
            row.kid
            for row in signing_keys.all_keys(session, "seal")
            if state_on(signing_keys.key_dates(row), today) is KeyState.ACTIVE
            and (authority.settings.is_demo_allowed or not row.demo)
        ]
    if not on_duty:
        raise KeyUnavailableError("seal_missing")
    files = authority.keyring.seal_material(on_duty[-1])
    return material_from_pem(files.private_key_pem, files.certificates_pem)


def _row(kid: int, seal: SealMaterial, *, demo: bool, now: datetime) -> signing_keys.SigningKey:
    return signing_keys.SigningKey(
        kid=kid,
        purpose="seal",
        algorithm="ES256" if seal.private_key.key_size == _EC_BITS else "RS256",
        thumbprint=seal.sha256,
        public_jwk=json.dumps({"x5t#S256": seal.sha256}),
        certificate_chain=seal.certificates_pem().decode("ascii"),
        demo=demo,
        created_at=now,
        active_from_on=bangkok_day(now),
    )
