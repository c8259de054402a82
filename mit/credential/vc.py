"""Claims as a W3C verifiable credential in the shape of the UNTP Digital Conformity Credential.

VC Data Model 2.0, secured as ``vc+jwt`` with ES256; did:web issuer; two Bitstring Status List
entries.  Terms that UNTP lacks have their own context (``context_document``).  The measured share
is never in it: the declared value says "at or above the threshold" (contract section 1).

The measure of origin has no topic in UNTP's list; ``governance.compliance`` is used because the
certificate answers a procurement rule (formats section 8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from mit.credential import canonical_json, jose
from mit.credential.claims import SLOTS_IN_A_LIST, CertifiedProduct, Claims, Holder, StatusSlot
from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.credential.public_keys import PublicKey, issuer_did
from mit.errors import InputError, MalformedNumberError, UnknownPresentationError
from mit.values.identifiers import CertificateNumber, parse_certificate_number, shown_hs_code
from mit.values.thai_date import bangkok_text, first_instant, last_second, parse_iso_day

TYP = "vc+jwt"
VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
#: The pilot release whose shape is followed; UNTP had no 1.0 when this was written.
UNTP_CONTEXT = "https://test.uncefact.org/vocabulary/untp/dcc/0.6.1/"
#: Path of our own JSON-LD context under the public address.
CONTEXT_PATH = "/contexts/mit/v1"
PURPOSES = ("revocation", "suspension")
SAMPLE_MARK = "ตัวอย่าง / SAMPLE"
#: Percent, UN/ECE Recommendation 20.
_PERCENT = "P1"
_JURISTIC_SCHEME = {
    "type": ["IdentifierScheme"],
    "id": "https://www.dbd.go.th/",
    "name": "Juristic person registration number (เลขทะเบียนนิติบุคคล 13 หลัก), Thailand",
}
_HS_SCHEME = "Harmonized System"


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

    Both terms are JSON literals: they are carried as they stand.
    """
    base = f"{public_url.rstrip('/')}{CONTEXT_PATH}#"
    return {
        "@context": {
            "@version": 1.1,
            "@protected": True,
            "mitCertificate": {"@id": f"{base}certificate", "@type": "@json"},
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
            "name": _both(claims.issuer.name_th, claims.issuer.name_en),
        },
        "validFrom": bangkok_text(first_instant(claims.issued_on)),
        "validUntil": bangkok_text(last_second(claims.expires_on)),
        "credentialStatus": [
            _status_entry(purpose, claims.slot, public_url=public_url) for purpose in PURPOSES
        ],
        "credentialSubject": _attestation(claims, address, mark),
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


def _both(th: str, en: str) -> str:
    return f"{th} / {en}" if en else th


def _status_entry(purpose: str, slot: StatusSlot, *, public_url: str) -> dict[str, object]:
    address = status_list_url(purpose, slot.list_number, public_url=public_url)
    return {
        "id": f"{address}#{slot.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(slot.index),
        "statusListCredential": address,
    }


def _attestation(claims: Claims, address: str, mark: str) -> dict[str, object]:
    return {
        "type": ["ConformityAttestation", "Attestation"],
        "id": f"{address}#attestation",
        "name": f"{mark}Made in Thailand {claims.number}",
        "description": (
            "สินค้าที่ผลิตในประเทศไทยตามหลักเกณฑ์ที่ระบุ / Products made in Thailand by the criteria named"
        ),
        "assessorLevel": "3rdParty",
        "assessmentLevel": "Unspecified",
        "attestationType": "certification",
        "issuedToParty": _party(claims.holder, address),
        "assessment": [
            _assessment(product, claims, f"{address}#product-{position}")
            for position, product in enumerate(claims.products, start=1)
        ],
        "mitCertificate": _certificate(claims),
    }


def _party(holder: Holder, address: str) -> dict[str, object]:
    party: dict[str, object] = {
        "id": f"{address}#holder",
        "name": _both(holder.name_th, holder.name_en),
    }
    if holder.juristic_number is not None:
        party["registeredId"] = holder.juristic_number
        party["idScheme"] = _JURISTIC_SCHEME
    return party


def _certificate(claims: Claims) -> dict[str, object]:
    holder = claims.holder
    members: dict[str, object] = {
        "number": str(claims.number),
        "issued_on": claims.issued_on.isoformat(),
        "expires_on": claims.expires_on.isoformat(),
        "holder": {
            "name_th": holder.name_th,
            "name_en": holder.name_en,
            "juristic_number": holder.juristic_number,
        },
        "site": {
            "name_th": holder.site_th,
            "name_en": holder.site_en,
            "factory_number": holder.factory_number,
        },
    }
    if holder.juristic_number is not None:  # of a natural person it may be where they live
        members["address"] = {"th": holder.address_th, "en": holder.address_en}
    if claims.sample:
        members["sample"] = SAMPLE_MARK
    return members


def _assessment(product: CertifiedProduct, claims: Claims, place: str) -> dict[str, object]:
    entry = product.coverage
    threshold = {"value": _whole_percent(product.threshold), "unit": _PERCENT}
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": place,
        "name": _both(entry.product_th, entry.product_en),
        "referenceStandard": _rule_set(product, claims, place),
        "assessmentCriteria": [
            {
                "type": ["Criterion"],
                "id": f"{place}-criterion",
                "name": f"Domestic value share, formula {product.formula}",
                "description": f"{product.threshold} percent or more by this formula of the rule set.",
                "conformityTopic": "governance.compliance",
                "status": "active",
                "thresholdValue": {"metricName": "Domestic value share", "metricValue": threshold},
            }
        ],
        "declaredValue": [
            {
                "metricName": "Domestic value share, at or above the threshold",
                "metricValue": threshold,
                "score": "at-or-above-threshold",
            }
        ],
        "conformityTopic": "governance.compliance",
        "conformance": True,
        "assessedProduct": [_product(entry, place)],
        "mitCoverage": entry.to_document(),
    }


def _whole_percent(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]?|100", text, re.ASCII):
        raise InputError("threshold_malformed", text=text[:40])
    return int(text)


def _rule_set(product: CertifiedProduct, claims: Claims, place: str) -> dict[str, object]:
    return {
        "type": ["Standard"],
        "id": f"urn:sha256:{product.rule_set_sha256}",
        "name": f"Made in Thailand rule set {product.rule_set_id}",
        "issuingParty": {
            "id": f"{place.partition('#')[0]}#scheme-owner",
            "name": claims.issuer.name_en,
        },
    }


def _product(entry: CoverageEntry, place: str) -> dict[str, object]:
    models = ", ".join(entry.models)
    named = " ".join(part for part in (entry.product_th, entry.brand, models) if part)
    return {
        "type": ["ProductVerification"],
        "product": {
            "id": f"{place}-product",
            "name": named,
            "category": [
                {
                    "type": ["Classification"],
                    "id": f"urn:hs:{entry.hs_code}",
                    "code": entry.hs_code,
                    "name": shown_hs_code(entry.hs_code),
                    "schemeName": _HS_SCHEME,
                }
            ],
        },
        "IDverifiedByCAB": True,
    }


def _read(document: object) -> CredentialFacts:
    subject = _member(document, "credentialSubject")
    own = _member(subject, "mitCertificate")
    holder = _member(own, "holder")
    days = [parse_iso_day(_text(own, name), where=name) for name in ("issued_on", "expires_on")]
    _demand(_text(document, "validFrom") == bangkok_text(first_instant(days[0])), "validFrom")
    _demand(_text(document, "validUntil") == bangkok_text(last_second(days[1])), "validUntil")
    _demand(days[0] <= days[1], "expires_on")
    return CredentialFacts(
        number=_number(own),
        name_th=_text(holder, "name_th"),
        name_en=_text(holder, "name_en"),
        juristic_number=_text(holder, "juristic_number") if holder.get("juristic_number") else None,
        products=_products(subject),
        issued_on=days[0],
        expires_on=days[1],
        slot=_slot(document),
        sample="sample" in own,
        issuer=_text(_member(document, "issuer"), "id"),
    )


def _products(subject: dict[str, object]) -> tuple[CoverageEntry, ...]:
    assessments = subject.get("assessment")
    if not isinstance(assessments, list) or not assessments:
        raise UnknownPresentationError("credential_malformed", where="assessment")
    return tuple(
        parse_coverage(_member(one, "mitCoverage"), where=f"assessment[{position}].mitCoverage")
        for position, one in enumerate(assessments, start=1)
    )


def _number(own: dict[str, object]) -> CertificateNumber:
    text = _text(own, "number")
    try:
        number = parse_certificate_number(text)
    except MalformedNumberError as error:
        raise UnknownPresentationError("credential_malformed", where="number") from error
    _demand(str(number) == text, "number")
    return number


def _slot(document: object) -> StatusSlot:
    entries = document.get("credentialStatus") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) != len(PURPOSES):
        raise UnknownPresentationError("credential_malformed", where="credentialStatus")
    slots = set()
    for purpose, entry in zip(PURPOSES, entries, strict=True):
        list_text = _text(entry, "statusListCredential").rpartition(f"/status/{purpose}/")[2]
        index_text = _text(entry, "statusListIndex")
        _demand(_text(entry, "statusPurpose") == purpose, "statusPurpose")
        slots.add((_whole(list_text, 9_999), _whole(index_text, SLOTS_IN_A_LIST - 1)))
    _demand(len(slots) == 1, "credentialStatus")
    return StatusSlot(*slots.pop())


def _whole(text: str, most: int) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= 6 and str(int(text)) == text
    _demand(is_whole and int(text) <= most, "credentialStatus")
    return int(text)


def _member(document: object, name: str) -> dict[str, Any]:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, dict):
        raise UnknownPresentationError("credential_malformed", where=name)
    return value


def _text(document: object, name: str) -> str:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, str):
        raise UnknownPresentationError("credential_malformed", where=name)
    return value


def _demand(is_so: bool, where: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_so:
        raise UnknownPresentationError("credential_malformed", where=where)
