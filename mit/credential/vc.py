"""Claims as a W3C verifiable credential in the shape of the UNTP Digital Conformity Credential.

VC Data Model 2.0, secured as ``vc+jwt`` with ES256; did:web issuer; two Bitstring Status List
entries.  Terms that UNTP lacks have their own context (``context_document``).  The measured share
is never in it: the declared value says "at or above the threshold" (contract section 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mit.credential import canonical_json, jose
from mit.credential.claims import SLOTS_IN_A_LIST, Claims, StatusSlot
from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.credential.members import Members
from mit.credential.public_keys import PublicKey, issuer_did
from mit.credential.untp import SAMPLE_MARK, UNTP_CONTEXT, attestation, in_both
from mit.errors import InputError, MalformedNumberError, UnknownPresentationError
from mit.values.identifiers import CertificateNumber, parse_certificate_number
from mit.values.thai_date import bangkok_text, first_instant, last_second, parse_iso_day

TYP = "vc+jwt"
VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
#: Path of our own JSON-LD context under the public address.
CONTEXT_PATH = "/contexts/mit/v1"
PURPOSES = ("revocation", "suspension")
_SAID = Members("credential_malformed")


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """What a credential states, read back from its signed bytes.

    Attributes:
        number: the certificate's number.
        name_th: the holder's Thai name.
        name_en: the holder's English name, or empty.
        juristic_number: 13 digits, or None for a natural person.
        products: what is covered, in the order of the certificate.
        issued_on: first day (Bangkok).
        expires_on: last day (Bangkok), included.
        slot: place in the status lists.
        sample: whether it is marked as a sample.
        issuer: did:web name of the issuer.
    """

    number: CertificateNumber
    name_th: str
    name_en: str
    juristic_number: str | None
    products: tuple[CoverageEntry, ...]
    issued_on: date
    expires_on: date
    slot: StatusSlot
    sample: bool
    issuer: str


def certificate_url(number: CertificateNumber, *, public_url: str) -> str:
    """Return the address of a certificate's page, which is also the credential's id."""
    return f"{public_url.rstrip('/')}/c/{number}"


def status_list_url(purpose: str, list_number: int, *, public_url: str) -> str:
    """Return the address of a status list: ``<public_url>/status/<purpose>/<list number>``."""
    return f"{public_url.rstrip('/')}/status/{purpose}/{list_number}"


def context_document(public_url: str) -> dict[str, object]:
    """Return the JSON-LD context of our own terms, served at ``CONTEXT_PATH``.

    All terms are JSON literals: they are carried as they stand.
    """
    base = f"{public_url.rstrip('/')}{CONTEXT_PATH}#"
    return {
        "@context": {
            "@version": 1.1,
            "@protected": True,
            "mitCertificate": {"@id": f"{base}certificate", "@type": "@json"},
            "mitCommitment": {"@id": f"{base}commitment", "@type": "@json"},
            "mitCoverage": {"@id": f"{base}coverage", "@type": "@json"},
        }
    }


def credential_document(claims: Claims, *, public_url: str) -> dict[str, Any]:
    """Return the credential that states *claims*, ready to be spelled as canonical JSON."""
    address = certificate_url(claims.number, public_url=public_url)
    mark = f"{SAMPLE_MARK} – " if claims.sample else ""
    return {
        "@context": [VC_CONTEXT, UNTP_CONTEXT, f"{public_url.rstrip('/')}{CONTEXT_PATH}"],
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": address,
        "name": f"{mark}ใบรับรอง Made in Thailand {claims.number}",
        "issuer": {
            "type": ["CredentialIssuer"],
            "id": issuer_did(public_url),
            "name": in_both(claims.issuer.name_th, claims.issuer.name_en),
        },
        "validFrom": bangkok_text(first_instant(claims.issued_on)),
        "validUntil": bangkok_text(last_second(claims.expires_on)),
        "credentialStatus": [
            _status_entry(purpose, claims.slot, public_url=public_url) for purpose in PURPOSES
        ],
        "credentialSubject": attestation(claims, address),
    }


def credential_payload(claims: Claims, *, public_url: str) -> bytes:
    """Return the credential's exact bytes: canonical JSON.

    Raises:
        InputError: ``json_not_canonical`` when a text holds a lone surrogate.
    """
    return canonical_json.write(credential_document(claims, public_url=public_url))


def credential_signing_input(claims: Claims, *, public_url: str, key: PublicKey) -> bytes:
    """Return exactly the bytes that the signer of *key* signs for *claims*.

    Raises:
        InputError: ``json_not_canonical``.
    """
    protected = jose.header(key, typ=TYP, iss=issuer_did(public_url), cty="vc")
    return jose.signing_input(protected, credential_payload(claims, public_url=public_url))


def read_credential(payload: bytes) -> CredentialFacts:
    """Return what a credential states; call it only after its signature is good.

    Raises:
        UnknownPresentationError: ``credential_malformed``, with the member as ``where``.
    """
    try:
        return _read(canonical_json.read(payload))
    except UnknownPresentationError:
        raise
    except InputError as error:
        raise UnknownPresentationError("credential_malformed", where=error.where) from error


def _status_entry(purpose: str, slot: StatusSlot, *, public_url: str) -> dict[str, object]:
    address = status_list_url(purpose, slot.list_number, public_url=public_url)
    return {
        "id": f"{address}#{slot.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(slot.index),
        "statusListCredential": address,
    }


def _read(document: object) -> CredentialFacts:
    subject = _SAID.member(document, "credentialSubject")
    own = _SAID.member(subject, "mitCertificate")
    holder = _SAID.member(own, "holder")
    days = [parse_iso_day(_SAID.text(own, name), where=name) for name in ("issued_on", "expires_on")]
    _SAID.demand(_SAID.text(document, "validFrom") == bangkok_text(first_instant(days[0])), "validFrom")
    _SAID.demand(_SAID.text(document, "validUntil") == bangkok_text(last_second(days[1])), "validUntil")
    _SAID.demand(days[0] <= days[1], "expires_on")
    return CredentialFacts(
        number=_number(own),
        name_th=_SAID.text(holder, "name_th"),
        name_en=_SAID.text(holder, "name_en"),
        juristic_number=_SAID.text(holder, "juristic_number") if holder.get("juristic_number") else None,
        products=_products(subject),
        issued_on=days[0],
        expires_on=days[1],
        slot=_slot(document),
        sample="sample" in own,
        issuer=_SAID.text(_SAID.member(document, "issuer"), "id"),
    )


def _products(subject: dict[str, object]) -> tuple[CoverageEntry, ...]:
    assessments = _SAID.entries(subject, "assessment")
    _SAID.demand(bool(assessments), "assessment")
    return tuple(
        parse_coverage(_SAID.member(one, "mitCoverage"), where=f"assessment[{position}].mitCoverage")
        for position, one in enumerate(assessments, start=1)
    )


def _number(own: dict[str, object]) -> CertificateNumber:
    text = _SAID.text(own, "number")
    try:
        number = parse_certificate_number(text)
    except MalformedNumberError as error:
        raise UnknownPresentationError("credential_malformed", where="number") from error
    _SAID.demand(str(number) == text, "number")
    return number


def _slot(document: object) -> StatusSlot:
    entries = _SAID.entries(document, "credentialStatus")
    _SAID.demand(len(entries) == len(PURPOSES), "credentialStatus")
    slots = set()
    for purpose, entry in zip(PURPOSES, entries, strict=True):
        list_text = _SAID.text(entry, "statusListCredential").rpartition(f"/status/{purpose}/")[2]
        index_text = _SAID.text(entry, "statusListIndex")
        _SAID.demand(_SAID.text(entry, "statusPurpose") == purpose, "statusPurpose")
        slots.add((_whole(list_text, 9_999), _whole(index_text, SLOTS_IN_A_LIST - 1)))
    _SAID.demand(len(slots) == 1, "credentialStatus")
    return StatusSlot(*slots.pop())


def _whole(text: str, most: int) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= 6 and str(int(text)) == text
    _SAID.demand(is_whole and int(text) <= most, "credentialStatus")
    return int(text)
