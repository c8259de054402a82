"""The trust file: everything a verifier without network needs, signed, with its instant.

One JSON object in canonical spelling (sorted members, no spaces) and a newline::

    {"signature": "<header>..<signature>", "trust": {…}}

``signature`` is a detached JWS (RFC 7515, appendix F) over the canonical bytes of ``trust``, made
with one of the keys that ``trust`` lists.  It proves that nothing was changed since; *whose* keys
they are is for the reader to settle, by comparing a thumbprint (docs/verify.md).  Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mit.credential import base64url, canonical_json, jose
from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import InputError
from mit.lifecycle.signing_key_states import KeyDates, state_on, was_active
from mit.values.thai_date import bangkok_day, utc_text
from mit.verify import shapes
from mit.verify.published_lists import STATUS_KINDS, Shelf, change_document, read_piece
from mit.verify.trust import ListedStatus, Record, Trust, TrustedKey, files_of, key_named

FORMAT = "mit-trust/1"
TYP = "mit-trust+jws"
#: Largest trust file that is read, in bytes; one certificate takes about 400.
LIMIT_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TrustFile:
    """What a trust file holds beside the trust: who signed it, when, and for which service."""

    trust: Trust
    signed_by: TrustedKey
    public_url: str
    is_complete: bool


def trust_document(
    keys: Iterable[TrustedKey],
    records: Iterable[Record],
    *,
    lists: Iterable[str],
    public_url: str,
    now: datetime,
    is_complete: bool,
) -> dict[str, Any]:
    """Return the ``trust`` member.

    *lists* are the signed status lists and histories as compact tokens; *is_complete* says that
    every certificate issued up to *now* is in it.
    """
    return {
        "format": FORMAT,
        "issued_at": utc_text(now),
        "public_url": public_url,
        "is_complete": is_complete,
        "keys": [_key_document(key, bangkok_day(now)) for key in keys],
        "status_lists": list(lists),
        "status_urls": _status_urls(public_url),
        "certificates": [_record_document(record) for record in records],
    }


def _status_urls(public_url: str) -> dict[str, str]:
    """Return where newer lists are fetched, by kind, ``{list}`` standing for the list's number."""
    base = public_url.rstrip("/")
    return {kind: f"{base}/status/{kind}/{{list}}" for kind in STATUS_KINDS}


def signing_input(document: Mapping[str, Any], key: PublicKey) -> bytes:
    """Return exactly the bytes that the signer of *key* signs for a trust document."""
    return jose.signing_input(jose.header(key, typ=TYP), canonical_json.write(document))


def assemble(document: Mapping[str, Any], signed: bytes, signature: bytes) -> bytes:
    """Return the bytes of the trust file."""
    header = signed.decode("ascii").partition(".")[0]
    detached = f"{header}..{base64url.encode(signature)}"
    return canonical_json.write({"signature": detached, "trust": document}) + b"\n"


def read_trust_file(data: bytes, *, pinned: str | None = None) -> TrustFile:
    """Return what a trust file says, after its own signature and every shape in it were checked.

    *pinned* is the RFC 7638 thumbprint of the key that must have signed it, where the reader knows it.

    Raises:
        InputError: ``trust_malformed`` with the place, ``trust_signature``, ``trust_pinned``.
    """
    try:
        outer = shapes.members(canonical_json.read(data.removesuffix(b"\n"), limit_bytes=LIMIT_BYTES))
        shapes.demand(outer.keys() == {"signature", "trust"}, "signature")
        document = shapes.members(outer["trust"], "trust")
        keys = _read_keys(document)
        issued_at = shapes.instant(document, "issued_at")
        signer = _signer(shapes.text(outer, "signature"), document, keys, issued_at)
        if pinned is not None and signer.public.thumbprint != pinned:
            raise InputError("trust_pinned", thumbprint=signer.public.thumbprint)
        return _read(document, keys, signer, issued_at)
    except InputError as error:
        if error.code.startswith("trust_"):
            raise
        raise InputError("trust_malformed", where=error.where) from error


def _read(
    document: dict[str, Any], keys: dict[int, TrustedKey], signer: TrustedKey, issued_at: datetime
) -> TrustFile:
    shapes.demand(document.get("format") == FORMAT, "format")
    shapes.demand(isinstance(document.get("is_complete"), bool), "is_complete")
    entries = shapes.entries(document, "certificates")
    records = [_read_record(entry, f"certificates[{at}]") for at, entry in enumerate(entries, 1)]
    by_number = {record.number: record for record in records}
    shapes.demand(len(by_number) == len(records), "certificates")
    trust = Trust(
        keys=keys,
        known_at=issued_at,
        records=by_number,
        lists=_read_lists(document, keys),
        files=files_of(by_number),
    )
    return TrustFile(trust, signer, shapes.text(document, "public_url"), document["is_complete"])


def _signer(
    detached: str, document: dict[str, Any], keys: dict[int, TrustedKey], issued_at: datetime
) -> TrustedKey:
    """Return the key that signed the file; it was in use on that day and is not compromised since."""
    head, _, signature = detached.partition("..")
    payload = base64url.encode(canonical_json.write(document))
    token = jose.parse(f"{head}.{payload}.{signature}", typ=TYP, most_characters=2 * LIMIT_BYTES)
    key = key_named(keys, token.header["kid"])
    is_usable = (
        key is not None
        and key.dates.compromised_from_at is None
        and was_active(key.dates, bangkok_day(issued_at))
    )
    if key is None or not is_usable or not jose.verify(token, key.public):
        raise InputError("trust_signature")
    return key


def _key_document(key: TrustedKey, on: date) -> dict[str, Any]:
    dates = key.dates
    compromised = dates.compromised_from_at
    return {
        "jwk": key.public.jwk(),
        "state": state_on(dates, on).value,
        "active_from_on": _iso(dates.active_from_on),
        "verify_only_from_on": _iso(dates.verify_only_from_on),
        "retired_from_on": _iso(dates.retired_from_on),
        "compromised_from_at": utc_text(compromised) if compromised else None,
    }


def _read_keys(document: dict[str, Any]) -> dict[int, TrustedKey]:
    keys: dict[int, TrustedKey] = {}
    for at, entry in enumerate(shapes.entries(document, "keys"), 1):
        place = f"keys[{at}]"
        members = shapes.members(entry, place)
        public = public_key_from_jwk(members.get("jwk"))
        shapes.demand(public.kid not in keys, place)
        dates = KeyDates(
            active_from_on=shapes.optional_day(members, "active_from_on", place),
            verify_only_from_on=shapes.optional_day(members, "verify_only_from_on", place),
            retired_from_on=shapes.optional_day(members, "retired_from_on", place),
            compromised_from_at=shapes.optional_instant(members, "compromised_from_at", place),
        )
        keys[public.kid] = TrustedKey(public, dates)
    return keys


def _record_document(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "kid": record.kid,
        "credential_sha256": record.credential_sha256,
        "pdf_sha256": record.pdf_sha256,
        "signed_at": utc_text(record.signed_at) if record.signed_at else None,
        "history": [change_document(change) for change in record.history],
        "supersedes": record.supersedes,
        "superseded_by": record.superseded_by,
    }


def _read_record(entry: object, place: str) -> Record:
    members = shapes.members(entry, place)
    return Record(
        number=shapes.number(members, "number", place),
        kid=shapes.whole(members, "kid", place),
        credential_sha256=shapes.digest(members, "credential_sha256", place),
        pdf_sha256=shapes.optional(shapes.digest, members, "pdf_sha256", place),
        signed_at=shapes.optional_instant(members, "signed_at", place),
        history=shapes.history(members, "history", place),
        supersedes=shapes.optional(shapes.number, members, "supersedes", place),
        superseded_by=shapes.optional(shapes.number, members, "superseded_by", place),
    )


def _read_lists(document: dict[str, Any], keys: dict[int, TrustedKey]) -> dict[int, ListedStatus]:
    """Return the lists by number; each token must be signed by a key of ours that still counts."""
    shelf = Shelf()
    for at, text in enumerate(shapes.entries(document, "status_lists"), 1):
        place = f"status_lists[{at}]"
        if not isinstance(text, str) or not text.isascii():
            raise InputError("trust_malformed", where=place)
        read_piece(text.encode("ascii"), keys, shelf, place=place)
    return shelf.lists()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
