"""Compact JWS with ES256, for the credential, the status lists and the trust file.

The algorithm belongs to the key, never taken from the token; the header has a fixed set of
members, so there is no place for a key, an address of one, or ``crit``.
"""

from __future__ import annotations

from dataclasses import dataclass

from mit.credential import base64url, canonical_json
from mit.credential.public_keys import ALGORITHM, PublicKey
from mit.credential.signatures import SIGNATURE_BYTES, is_signed_by
from mit.errors import InputError, UnknownPresentationError

#: Largest token that is looked at, in characters; a credential of 200 products has a fifth of it.
MOST_CHARACTERS = 2_000_000
_LONGEST_HEADER = 1_024
_HEADER_MEMBERS = frozenset({"alg", "cty", "iss", "kid", "typ"})
_COMPULSORY = frozenset({"alg", "kid", "typ"})


@dataclass(frozen=True, slots=True)
class Jws:
    """A token taken apart, its signature not yet checked.

    Attributes:
        header: the protected header; every member is text.
        payload: the signed bytes, not decoded.
        signing_input: the characters that were signed.
        signature: 64 bytes r‖s.
    """

    header: dict[str, str]
    payload: bytes
    signing_input: bytes
    signature: bytes


def header(key: PublicKey, *, typ: str, iss: str = "", cty: str = "") -> dict[str, str]:
    """Return the protected header for a token of type *typ* that *key* will sign."""
    members = {"alg": ALGORITHM, "kid": key.thumbprint, "typ": typ}
    optional = {"iss": iss, "cty": cty}
    return members | {name: value for name, value in optional.items() if value}


def signing_input(protected: dict[str, str], payload: bytes) -> bytes:
    """Return what is signed: header and payload, base64url, joined by a dot."""
    head = base64url.encode(canonical_json.write(protected))
    return f"{head}.{base64url.encode(payload)}".encode("ascii")


def assemble(signed: bytes, signature: bytes) -> str:
    """Return the compact token of a signing input and its signature (64 bytes r‖s)."""
    return f"{signed.decode('ascii')}.{base64url.encode(signature)}"


def parse(text: str, *, typ: str, most_characters: int = MOST_CHARACTERS) -> Jws:
    """Return the parts of a compact token of the type *typ*; the signature is not checked here.

    Raises:
        UnknownPresentationError: ``token_too_long``, ``token_shape``, ``token_base64url``,
            ``token_header``, ``token_type``, ``token_algorithm`` or ``token_signature``.
    """
    if len(text) > most_characters:
        raise UnknownPresentationError("token_too_long")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise UnknownPresentationError("token_shape")
    protected = _read_header(parts[0], typ)
    payload, signature = _decode(parts[1]), _decode(parts[2])
    if len(signature) != SIGNATURE_BYTES:
        raise UnknownPresentationError("token_signature")
    signed = f"{parts[0]}.{parts[1]}".encode("ascii")
    return Jws(protected, payload, signed, signature)


def verify(jws: Jws, key: PublicKey) -> bool:
    """Say whether *key* signed this token: its thumbprint, its algorithm, its r‖s with low s."""
    return (
        jws.header["kid"] == key.thumbprint
        and jws.header["alg"] == ALGORITHM
        and is_signed_by(key, jws.signing_input, jws.signature)
    )


def _read_header(part: str, typ: str) -> dict[str, str]:
    if len(part) > _LONGEST_HEADER:
        raise UnknownPresentationError("token_header")
    try:
        members = canonical_json.read(_decode(part))
    except UnknownPresentationError:
        raise
    except InputError as error:
        raise UnknownPresentationError("token_header") from error
    if not isinstance(members, dict) or not _COMPULSORY <= members.keys() <= _HEADER_MEMBERS:
        raise UnknownPresentationError("token_header")
    if not all(isinstance(value, str) for value in members.values()):
        raise UnknownPresentationError("token_header")
    if members["typ"] != typ:
        raise UnknownPresentationError("token_type")
    if members["alg"] != ALGORITHM:
        raise UnknownPresentationError("token_algorithm")
    return members


def _decode(part: str) -> bytes:
    try:
        return base64url.decode(part)
    except InputError as error:
        raise UnknownPresentationError("token_base64url") from error
