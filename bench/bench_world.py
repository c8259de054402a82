"""A register of many certificates made in bulk, for benchmarks only: really signed, never applied for.

The rows skip the work functions; nothing outside ``bench/`` may do that.  What a verdict reads is
real: claims, credential and QR text are signed by one key, dates and statuses vary.  What a verdict
never reads is short: the bytes to be signed are not kept, no PDF, no assessments.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from made_up import days_back, made_up_claims
from sqlalchemy import Connection, insert, text, update

from mit.credential.claims import Claims
from mit.credential.lint import rehearse
from mit.credential.signatures import KeySigner
from mit.issuance.claims_record import write_claims
from mit.store import tables
from mit.store.db import new_id
from mit.values.identifiers import application_number
from mit.values.thai_date import bangkok_day, first_instant, year_be

KID = 1
PROFILE = "mit-1"
_BATCH = 2_000
_SPAN_DAYS = 420
#: Parts of all certificates that are not active any more, in percent.
_REVOKED_PERCENT, _SUSPENDED_PERCENT = 2, 1
_ZEROS = "0" * 64

Row = dict[str, Any]


@dataclass(frozen=True)
class BenchWorld:
    """What is asked for later: numbers and QR digits by position, and the key.

    *stride*: every so manieth running number is taken, so that others may stand between them.
    """

    count: int
    seed: int
    public_url: str
    signer: KeySigner
    now: datetime
    stride: int = 1

    def claims(self, running: int) -> Claims:
        """Return the claims of one certificate; 1 to 3 products."""
        issued_on = bangkok_day(self.now) - days_back(self.seed, running, span_days=_SPAN_DAYS)
        return made_up_claims(running, seed=self.seed, issued_on=issued_on, products=1 + running % 3)


def bench_key(seed: int) -> KeySigner:
    """Return the same key for the same seed."""
    secret = random.Random(f"key/{seed}").randrange(1, 2**255)
    return KeySigner(ec.derive_private_key(secret, ec.SECP256R1()), KID, demo=True)


def fill(connections: Sequence[Connection], world: BenchWorld) -> list[tuple[str, str]]:
    """Write the same register to every database; return number and QR address of each certificate."""
    people = _People(*(new_id() for _ in range(4)))
    for connection in connections:
        if connection.dialect.name == "postgresql":  # no triggers, no foreign keys: rows in bulk
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        _write_frame(connection, world, people)
    known: list[tuple[str, str]] = []
    for start in range(1, world.count + 1, _BATCH):
        batch = range(start, min(start + _BATCH, world.count + 1))
        made = [_certificate(world, running * world.stride, people) for running in batch]
        request = _request(start, people, world.now - timedelta(days=_SPAN_DAYS))
        for connection in connections:
            connection.execute(insert(_table("status_requests")), request)
        tables = ("applications", "approvals", "status_slots", "certificates")
        for name in (*tables, "status_request_certificates", "certificate_events"):
            rows = [row for rows_by_table in made for row in rows_by_table[name]]
            for connection in connections if rows else ():
                connection.execute(insert(_table(name)), rows)
                if name == "status_request_certificates":
                    _confirm_requests(connection, people)
        known += [(row["certificates"][0]["number"], row["certificates"][0]["qr_text"]) for row in made]
        print(f"  {len(known)} of {world.count} certificates", file=sys.stderr, end="\r")
    return known


def _table(name: str) -> Any:
    return tables.metadata.tables[name]


@dataclass(frozen=True)
class _People:
    organisation_id: UUID
    author_id: UUID
    reviewer_id: UUID
    approver_id: UUID


def _write_frame(connection: Connection, world: BenchWorld, people: _People) -> None:
    """Write one organisation, three people and the key."""
    created = world.now - timedelta(days=_SPAN_DAYS + 30)
    connection.execute(
        insert(_table("organisations")),
        [
            {
                "id": people.organisation_id,
                "kind": "manufacturer",
                "tax_number": "0105590000007",
                "name_th": "บริษัท ทดสอบความเร็ว จำกัด",
                "created_at": created,
            }
        ],
    )
    ids = (people.author_id, people.reviewer_id, people.approver_id)
    connection.execute(insert(_table("users")), [_user(at, key, created) for at, key in enumerate(ids)])
    connection.execute(insert(_table("signing_keys")), [_key(world, created)])


def _request(start: int, people: _People, at: datetime) -> Row:
    return {
        "seq": 1 + (start - 1) // _BATCH,
        "action": "revoke",
        "selection": "{}",
        "certificates": 1,
        "reason": "",
        "note": "",
        "asked_by_id": people.reviewer_id,
        "asked_at": at,
    }


def _request_rows(claims: Claims, certificate: Row, position: int) -> list[Row]:
    """Return the request without which the database revokes nothing; one request for each batch."""
    if certificate["status"] != "revoked":
        return []
    seq = 1 + (position - 1) // _BATCH
    return [{"request_seq": seq, "certificate_number": str(claims.number), "seen_seq": 0}]


def _confirm_requests(connection: Connection, people: _People) -> None:
    table = _table("status_requests")
    confirmed = {"confirmed_by_id": people.approver_id, "confirmed_at": table.c.asked_at}
    connection.execute(update(table).where(table.c.confirmed_at.is_(None)).values(confirmed))


def _user(at: int, key: UUID, created: datetime) -> Row:
    return {
        "id": key,
        "email": f"bench{at}@bench.example",
        "name": f"bench {at}",
        "password_hash": "none",
        "is_active": True,
        "created_at": created,
    }


def _key(world: BenchWorld, created: datetime) -> Row:
    public = world.signer.public_key
    return {
        "kid": KID,
        "purpose": "credential",
        "algorithm": "ES256",
        "thumbprint": public.thumbprint,
        "public_jwk": json.dumps(public.jwk()),
        "demo": True,
        "created_at": created,
        "active_from_on": bangkok_day(created),
    }


def _certificate(world: BenchWorld, running: int, people: _People) -> dict[str, list[Row]]:
    """Return the rows of one certificate by table."""
    claims = world.claims(running)
    issued_at = first_instant(claims.issued_on) + timedelta(hours=4)
    application_id = new_id()
    certificate = _certificate_row(world, claims, issued_at)
    certificate |= {"application_id": application_id, "organisation_id": people.organisation_id}
    events = _events(claims, issued_at, certificate)
    return {
        "applications": [_application_row(running, application_id, people, issued_at)],
        "approvals": _approval_rows(application_id, people, issued_at),
        "status_slots": [_slot_row(claims, issued_at)],
        "certificates": [certificate],
        "status_request_certificates": _request_rows(claims, certificate, running // world.stride),
        "certificate_events": events,
    }


def _certificate_row(world: BenchWorld, claims: Claims, issued_at: datetime) -> Row:
    made = rehearse(claims, public_url=world.public_url, signer=world.signer)
    credential_sha256 = hashlib.sha256(made.token.encode("ascii")).hexdigest()
    status, since_on = _status(world, claims)
    return {
        "number": str(claims.number),
        "year_be": claims.number.year_be,
        "running": claims.number.running,
        "content_digest": _ZEROS,
        "profile_version": PROFILE,
        "claims": write_claims(claims),
        "tbs": b"",
        "tbs_sha256": credential_sha256,
        "kid": KID,
        "sample": True,
        "list_number": claims.slot.list_number,
        "slot_index": claims.slot.index,
        "holder_name_th": claims.holder.name_th,
        "holder_name_en": claims.holder.name_en,
        "holder_juristic_number": claims.holder.juristic_number,
        "issued_on": claims.issued_on,
        "expires_on": claims.expires_on,
        "prepared_at": issued_at,
        "credential": made.token,
        "credential_sha256": credential_sha256,
        "qr_text": made.qr_url,
        "signed_at": issued_at,
        "issued_at": issued_at,
        "state": "active",
        "status": status,
        "status_since_on": since_on,
    }


def _status(world: BenchWorld, claims: Claims) -> tuple[str, date]:
    """Return the present status and the day since which it holds."""
    chance = random.Random(f"{world.seed}/{claims.number.running}/status")
    percent, changed_on = chance.randrange(100), claims.issued_on + timedelta(days=chance.randrange(300))
    if changed_on > bangkok_day(world.now) or percent >= _REVOKED_PERCENT + _SUSPENDED_PERCENT:
        return "active", claims.issued_on
    return ("revoked" if percent < _REVOKED_PERCENT else "suspended"), changed_on


def _events(claims: Claims, issued_at: datetime, certificate: Row) -> list[Row]:
    events = [_event(claims, "issued", "active", claims.issued_on, issued_at)]
    status, since_on = certificate["status"], certificate["status_since_on"]
    if status != "active":
        events.append(_event(claims, status, status, since_on, first_instant(since_on) + timedelta(hours=5)))
    return events


def _event(claims: Claims, event: str, status: str, on: date, at: datetime) -> Row:
    return {
        "certificate_number": str(claims.number),
        "event": event,
        "status": status,
        "effective_on": on,
        "reason": "",
        "note": "",
        "profile_version": PROFILE,
        "recorded_at": at,
    }


def _application_row(running: int, application_id: UUID, people: _People, at: datetime) -> Row:
    return {
        "id": application_id,
        "number": application_number(year_be(bangkok_day(at)), running),
        "organisation_id": people.organisation_id,
        "author_id": people.author_id,
        "state": "approved",
        "version": 4,
        "content_digest": _ZEROS,
        "profile_version": PROFILE,
        "reviewer_id": people.reviewer_id,
        "approver_id": people.approver_id,
        "created_at": at,
        "changed_at": at,
        "submitted_at": at,
        "decided_at": at,
    }


def _approval_rows(application_id: UUID, people: _People, at: datetime) -> list[Row]:
    """Return the two rows without which the database takes no certificate."""
    persons = {"recommendation": people.reviewer_id, "approval": people.approver_id}
    return [
        {
            "id": new_id(),
            "application_id": application_id,
            "kind": kind,
            "person_id": person_id,
            "content_digest": _ZEROS,
            "application_version": 4,
            "decisions": "[]",
            "note": "",
            "given_at": at,
        }
        for kind, person_id in persons.items()
    ]


def _slot_row(claims: Claims, at: datetime) -> Row:
    return {"list_number": claims.slot.list_number, "slot_index": claims.slot.index, "allotted_at": at}
