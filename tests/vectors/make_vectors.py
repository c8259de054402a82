"""Make the frozen vectors: good and bad QR texts, credentials and status lists, with what they mean.

The key is a TEST KEY: its private half follows from the sentence below, so everybody has it.
Whoever trusts it trusts everybody.  ``python -m tests.vectors`` writes the files again; the same code
gives the same bytes, and a test compares them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from mit.credential import cose, jose, qr_text, vc
from mit.credential.claims import Claims, QrClaims
from mit.credential.public_keys import key_set
from mit.credential.signatures import ORDER, KeySigner
from mit.credential.status_list import build_status_list, status_list_signing_input
from tests.support.specimens import (
    PUBLIC_URL,
    claims,
    digits_of,
    issued,
    natural_person,
    product,
    signed_digits,
)
from tests.support.tampering import twin

FOLDER = Path(__file__).parent
NOTICE = "TEST KEY: published on purpose, never to be trusted"
_ISSUED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def published_test_key(kid: int, word: str) -> KeySigner:
    """Return the signer that everybody can make from *word*."""
    digest = hashlib.sha256(f"{NOTICE}: {word}".encode()).digest()
    secret = int.from_bytes(digest, "big") % (ORDER - 1) + 1
    return KeySigner(ec.derive_private_key(secret, ec.SECP256R1()), kid, demo=True)


TRUSTED = published_test_key(1, "trusted")
SECOND = published_test_key(2, "second")
UNKNOWN = published_test_key(3, "unknown")


def qr_vectors() -> dict[str, Any]:
    """Return QR texts with the reason that a verifier gives; ``ok`` with their claims."""
    good = {
        "one product, with its line": claims(1),
        "six products, with their lines": claims(6),
        "two hundred products, counted": claims(200),
        "a natural person, without key 2": natural_person(claims(2)),
        "a name outside TIS-620, as UTF-8": named("บริษัท คาเฟ่ É–ลาน จำกัด"),
        "a range, counted": replace(claims(1), products=(product(1, ranges=True),)),
        "a sample": claims(1, sample=True),
    }
    rows = [good_qr(what, of) for what, of in good.items()]
    return {"notice": NOTICE, "jwks": key_set(trusted()), "vectors": [*rows, *bad_qrs()]}


def trusted() -> list[Any]:
    """Return the keys that the vectors' verifier knows."""
    return [TRUSTED.public_key, SECOND.public_key]


def named(name_th: str) -> Claims:
    """Return claims for a holder of that name."""
    return replace(claims(1), holder=replace(claims(1).holder, name_th=name_th))


def good_qr(what: str, of: Claims) -> dict[str, Any]:
    """Return one vector that verifies."""
    made = issued(of, TRUSTED)
    return {"what": what, "text": made.qr_url, "reason": "ok", "claims": qr_document(made.qr)}


def qr_document(qr: QrClaims) -> dict[str, Any]:
    """Return the claims of a QR as JSON."""
    return {
        "number": str(qr.number),
        "juristic_number": qr.juristic_number,
        "name_th": qr.name_th,
        "issued_on": qr.issued_on.isoformat(),
        "expires_on": qr.expires_on.isoformat(),
        "slot": [qr.slot.list_number, qr.slot.index],
        "lines": [list(line) for line in qr.lines] if qr.lines else None,
        "count": qr.count,
        "credential_sha256": qr.credential_sha256.hex(),
    }


def bad_qrs() -> list[dict[str, Any]]:
    """Return QR texts that a verifier refuses, each with its reason."""
    made = issued(claims(1), TRUSTED)
    digits = digits_of(made)
    data = qr_text.from_digits(digits)
    members: dict[int, Any] = cbor2.loads(qr_text.encode_claims(made.qr))
    plain = "".join(chr(0x0E00 + at) for at in range(1, 20))
    rows = {
        "a digit changed near the end": (changed(digits, -100), "bad_signature"),
        "a digit changed further in front": (changed(digits, 300), "qr_length"),
        "a bit changed in the payload": (number_of(flipped(data, 60)), "bad_signature"),
        "the twin (r, n - s)": (twin(digits)[1], "bad_signature"),
        "signed for another purpose": (for_another_purpose(made.qr), "bad_signature"),
        "the serial of a key that did not sign": (number_of(data[:8] + b"\0\2" + data[10:]), "bad_signature"),
        "a key that nobody published": (digits_of(issued(claims(1), UNKNOWN)), "unknown_key"),
        "serial 0": (number_of(data[:8] + b"\0\0" + data[10:]), "qr_key_id"),
        "cut short": (digits[:-1], "qr_shape"),
        "empty": ("", "qr_text_not_ours"),
        "a zero in front": (f"0{digits}", "qr_leading_zero"),
        "too many digits": ("9" * 1_201, "qr_digits_too_many"),
        "a byte more": (number_of(data + b"\0"), "qr_length"),
        "another algorithm": (number_of(data.replace(b"\xa2\x01\x26", b"\xa2\x01\x27", 1)), "qr_header"),
        "an unprotected header": (number_of(data[:10] + b"\xa1\x01\x26" + data[11:]), "qr_header"),
        "signed, with a member more": (signed({**members, 9: 1}), "qr_claims_members"),
        "signed, with a citizen number": (signed({**members, 2: 1101700203450}), "qr_claims_juristic"),
        "signed, keys out of order": (signed(dict(reversed(members.items()))), "qr_claims_not_canonical"),
        "signed, text that fits TIS-620": (signed({**members, 3: plain}), "qr_text_spelling"),
        "signed, a byte readers differ on": (signed({**members, 3: b"\x80"}), "qr_text_bytes"),
        "signed, with a percentage": (signed({**members, 7: [1, 4025]}), "qr_claims_lines"),
        "signed nonsense": (signed_digits(b"\xff\xff", TRUSTED), "qr_claims_cbor"),
    }
    return [
        {"what": what, "text": f"{PUBLIC_URL}/v/{shown}", "reason": reason}
        for what, (shown, reason) in rows.items()
    ]


def changed(digits: str, at: int) -> str:
    """Return *digits* with the digit at *at* raised by one, 9 becoming 0."""
    other = str((int(digits[at]) + 1) % 10)
    return f"{digits[:at]}{other}{digits[at + 1 :]}"


def flipped(data: bytes, at: int) -> bytes:
    """Return *data* with the lowest bit of one byte turned."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def signed(members: dict[int, Any]) -> str:
    """Return the digits of a payload that is properly signed and yet is no certificate."""
    return signed_digits(cbor2.dumps(members), TRUSTED)


def for_another_purpose(qr: QrClaims) -> str:
    """Return the digits of claims whose signature was made over another context."""
    kid, payload = TRUSTED.public_key.kid, qr_text.encode_claims(qr)
    other = cose.to_be_signed(kid, payload).replace(cose.EXTERNAL_AAD, b"MIT-QR-v2")
    return qr_text.to_digits(cose.assemble(kid, payload, TRUSTED.sign(other)))


def number_of(data: bytes) -> str:
    """Return bytes as decimal digits."""
    return str(int.from_bytes(data, "big"))


def credential_vectors() -> dict[str, Any]:
    """Return credentials and status lists with the reason that a verifier gives."""
    token = issued(claims(2), TRUSTED).token
    head, payload, signature = token.split(".")
    none = jose.signing_input({**jose.header(TRUSTED.public_key, typ=vc.TYP), "alg": "none"}, b"{}")
    rows = {
        "two products": (token, "ok"),
        "a natural person": (issued(natural_person(claims(1)), TRUSTED).token, "ok"),
        "a status list": (status_list_token(), "ok"),
        "signed by a key that nobody published": (issued(claims(1), UNKNOWN).token, "unknown_key"),
        "payload of another": (
            f"{head}.{issued(claims(1), TRUSTED).token.split('.')[1]}.{signature}",
            "bad_signature",
        ),
        "padding": (f"{token}=", "token_base64url"),
        "two parts": (f"{head}.{payload}", "token_shape"),
        "algorithm none": (jose.assemble(none, bytes(64)), "token_algorithm"),
    }
    return {
        "notice": NOTICE,
        "jwks": key_set(trusted()),
        "vectors": [{"what": what, "token": text, "reason": reason} for what, (text, reason) in rows.items()],
    }


def status_list_token() -> str:
    """Return a status list with a few bits set: slots 0, 7, 8 and 131,071."""
    made = build_status_list("revocation", 2700, [0, 7, 8, 131_071], public_url=PUBLIC_URL, now=_ISSUED_AT)
    signed_part = status_list_signing_input(made, key=TRUSTED.public_key, public_url=PUBLIC_URL)
    return jose.assemble(signed_part, TRUSTED.sign(signed_part))


FILES = {"qr.json": qr_vectors, "credential.json": credential_vectors}


def text_of(document: dict[str, Any]) -> str:
    """Return a vector file's text."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
