"""The protocol of a key ceremony: what two people saw, bound to the key itself and to the audit log.

A ceremony is any act on a key at which somebody else stands by: making it, taking it into use,
carrying it to another machine.  The protocol states the key, its files and every recorded act, is
signed by the key (which proves that its file opens), and its hash is recorded with both names.
Source: formats section 6, row "ceremony"; security section 2, rows 5.2.2 and 6.1.1.1.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from mit.credential import base64url, canonical_json
from mit.document.seal_chain import certificate_facts
from mit.errors import FourEyesError, InputError
from mit.issuance.authority import Authority
from mit.issuance.key_keeping import record, require_keeper
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import state_on
from mit.roles.actor import Actor
from mit.store import audit, signing_keys
from mit.store.db import OpenSession, transaction
from mit.values.thai_date import bangkok_day, utc_text

#: Goes before what the key signs here, so that it can never be taken for anything else.
SIGNED_PREFIX = b"MIT key ceremony v1\n"
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who held the ceremony, who stood by, and where; names as they will sign."""

    keeper: str
    witness: str
    place: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """What was stated, its SHA-256 (hex) over canonical JSON, and the key's own signature.

    ``document`` has ``format, held_at, keeper, witness, place, key, files, acts``; ``signature`` is
    ES256 (r‖s, base64url) over ``SIGNED_PREFIX`` and the canonical JSON, empty for a seal.
    """

    document: dict[str, object]
    sha256: str
    signature: str

    def to_document(self) -> dict[str, object]:
        """Return ``protocol, sha256, signature``."""
        return {"protocol": self.document, "sha256": self.sha256, "signature": self.signature}


def hold_ceremony(
    by: Actor | None, kid: int, attendance: Attendance, *, authority: Authority, now: datetime
) -> Protocol:
    """Return the protocol of a ceremony on the key *kid* and record that it was held.

    Raises:
        NotAllowedError: *by* is no administrator.
        FourEyesError: ``ceremony_same_person``.
        InputError: ``ceremony_incomplete`` with the missing part, or a text that cannot be kept.
        NotFoundError: there is no such key.
        KeyUnavailableError: its files cannot be opened.
    """
    require_keeper(by)
    present = read_attendance(attendance)
    with transaction() as session:
        row = signing_keys.lock_key(session, kid)
        document = _document(session, row, present, authority=authority, now=now)
        data = canonical_json.write(document)
        protocol = Protocol(document, hashlib.sha256(data).hexdigest(), _sign(row, data, authority=authority))
        told: dict[str, object] = {
            "protocol_sha256": protocol.sha256,
            "keeper": present.keeper,
            "witness": present.witness,
        }
        record(session, AuditEvent.SIGNING_KEY_WITNESSED, kid, by=by, now=now, payload=told)
    return protocol


def read_attendance(attendance: Attendance) -> Attendance:
    """Return the names and the place trimmed, in NFC.

    Raises:
        InputError: ``ceremony_incomplete``, ``text_too_long`` or ``text_unusable``, with the member.
        FourEyesError: ``ceremony_same_person``: both names are the same, apart from case and spaces.
    """
    read = Attendance(
        *(_line(getattr(attendance, member), where=member) for member in ("keeper", "witness", "place"))
    )
    if _folded(read.keeper) == _folded(read.witness):
        raise FourEyesError("ceremony_same_person")
    return read


def _line(text: str, *, where: str) -> str:
    trimmed = " ".join(read_reasons(text, where=where).split())
    if not trimmed:
        raise InputError("ceremony_incomplete", where=where)
    if len(trimmed) > LONGEST_NAME:
        raise InputError("text_too_long", where=where, limit=LONGEST_NAME)
    return trimmed


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


def _document(
    session: OpenSession,
    row: signing_keys.SigningKey,
    present: Attendance,
    *,
    authority: Authority,
    now: datetime,
) -> dict[str, object]:
    return {
        "format": "mit-key-ceremony-1",
        "held_at": utc_text(now),
        "keeper": present.keeper,
        "witness": present.witness,
        "place": present.place,
        "key": _stated(row, now),
        "files": authority.keyring.fingerprints(row.kid),
        "acts": [
            {"seq": act.seq, "at": utc_text(act.at), "event": act.event, "hash": act.hash}
            for act in audit.events_about(session, f"signing_key:{row.kid}")
        ],
    }


def _stated(row: signing_keys.SigningKey, now: datetime) -> dict[str, object]:
    dates = signing_keys.key_dates(row)
    days = {
        name: day.isoformat() if day else None
        for name, day in (
            ("active_from_on", dates.active_from_on),
            ("verify_only_from_on", dates.verify_only_from_on),
            ("retired_from_on", dates.retired_from_on),
        )
    }
    at = dates.compromised_from_at
    return {
        "kid": row.kid,
        "purpose": row.purpose,
        "algorithm": row.algorithm,
        "thumbprint": row.thumbprint,
        "demo": row.demo,
        "created_at": utc_text(row.created_at),
        "state": state_on(dates, bangkok_day(now)).value,
        **days,
        "compromised_from_at": utc_text(at) if at else None,
        **_public_part(row),
    }


def _public_part(row: signing_keys.SigningKey) -> dict[str, object]:
    """Return the public key of a signing key, or what the certificate of a seal says."""
    if row.certificate_chain is None:
        return {"public_jwk": json.loads(row.public_jwk)}
    facts = certificate_facts(row.certificate_chain)
    return {
        "certificate_subject": facts.subject,
        "certificate_issuer": facts.issuer,
        "certificate_from_at": utc_text(facts.from_at),
        "certificate_until_at": utc_text(facts.until_at),
    }


def _sign(row: signing_keys.SigningKey, data: bytes, *, authority: Authority) -> str:
    """Return the key's own signature; for a seal only its files are opened."""
    if row.purpose != "credential":
        authority.keyring.seal_material(row.kid)
        return ""
    return base64url.encode(authority.keyring.signer(row.kid).sign(SIGNED_PREFIX + data))
