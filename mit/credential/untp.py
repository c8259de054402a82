"""Claims in the shape of the UNTP Digital Conformity Credential: one assessment for each product.

The declared value repeats the threshold and says "at or above"; the measured share is never in it
(contract section 1).  The measure of origin has no topic in UNTP's list; ``governance.compliance``
is used because the certificate answers a procurement rule (formats section 8).
"""

from __future__ import annotations

import re

from mit.credential import commitment
from mit.credential.claims import CertifiedProduct, Claims, Holder
from mit.credential.coverage import CoverageEntry
from mit.errors import InputError
from mit.values.identifiers import shown_hs_code

#: The pilot release whose shape is followed; UNTP had no 1.0 when this was written.
UNTP_CONTEXT = "https://test.uncefact.org/vocabulary/untp/dcc/0.6.1/"
SAMPLE_MARK = "ตัวอย่าง / SAMPLE"
_TOPIC = "governance.compliance"
#: The one formula that compares HS codes and knows no share, and how its criterion is called.
TARIFF_SHIFT = "tariff_shift"
TARIFF_SHIFT_NAME = "Change of tariff classification"
#: In front of what names a formula, a rule set and a rule set's hash.
FORMULA_PREFIX = "Domestic value share, formula "
RULE_SET_PREFIX = "Made in Thailand rule set "
SHA256_PREFIX = "urn:sha256:"
#: Percent, UN/ECE Recommendation 20.
_PERCENT = "P1"
_JURISTIC_SCHEME = {
    "type": ["IdentifierScheme"],
    "id": "https://www.dbd.go.th/",
    "name": "Juristic person registration number (เลขทะเบียนนิติบุคคล 13 หลัก), Thailand",
}


def in_both(th: str, en: str) -> str:
    """Return a Thai text with its English twin behind a stroke, where there is one."""
    return f"{th} / {en}" if en else th


def attestation(claims: Claims, address: str) -> dict[str, object]:
    """Return the credential's subject for *claims*; *address* is the certificate's page."""
    mark = f"{SAMPLE_MARK} – " if claims.sample else ""
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
        "name": in_both(holder.name_th, holder.name_en),
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
    members: dict[str, object] = {
        "type": ["ConformityAssessment", "Declaration"],
        "id": place,
        "name": in_both(entry.product_th, entry.product_en),
        "referenceStandard": _rule_set(product, claims, place),
        "assessmentCriteria": [_criterion(product, place)],
        "conformityTopic": _TOPIC,
        "conformance": True,
        "assessedProduct": [_product(entry, place)],
        "mitCoverage": entry.to_document(),
    }
    if product.formula != TARIFF_SHIFT:
        metric = "Domestic value share, at or above the threshold"
        members["declaredValue"] = [{**_threshold(product, metric), "score": "at-or-above-threshold"}]
    if product.commitment:
        members["mitCommitment"] = {"method": commitment.METHOD, "value": product.commitment}
    return members


def _criterion(product: CertifiedProduct, place: str) -> dict[str, object]:
    members: dict[str, object] = {
        "type": ["Criterion"],
        "id": f"{place}-criterion",
        "conformityTopic": _TOPIC,
        "status": "active",
        "category": [_classification(product.coverage.hs_code)],
    }
    if product.formula == TARIFF_SHIFT:
        name = TARIFF_SHIFT_NAME
        told = "Every imported material changes its tariff classification as the rule set asks."
        return {**members, "name": name, "description": told}
    return {
        **members,
        "name": f"{FORMULA_PREFIX}{product.formula}",
        "description": f"{product.threshold} percent or more by this formula of the rule set.",
        "thresholdValue": _threshold(product, "Domestic value share"),
    }


def _threshold(product: CertifiedProduct, name: str) -> dict[str, object]:
    value = {"value": _whole_percent(product.threshold), "unit": _PERCENT}
    return {"metricName": name, "metricValue": value}


def _whole_percent(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]?|100", text, re.ASCII):
        raise InputError("threshold_malformed", text=text[:40])
    return int(text)


def _rule_set(product: CertifiedProduct, claims: Claims, place: str) -> dict[str, object]:
    return {
        "type": ["Standard"],
        "id": f"{SHA256_PREFIX}{product.rule_set_sha256}",
        "name": f"{RULE_SET_PREFIX}{product.rule_set_id}",
        "issuingParty": {
            "id": f"{place.partition('#')[0]}#scheme-owner",
            "name": claims.issuer.name_en,
        },
    }


def _classification(hs_code: str) -> dict[str, object]:
    return {
        "type": ["Classification"],
        "id": f"urn:hs:{hs_code}",
        "code": hs_code,
        "name": shown_hs_code(hs_code),
        "schemeName": "Harmonized System",
    }


def _product(entry: CoverageEntry, place: str) -> dict[str, object]:
    named = (entry.product_th, entry.brand, ", ".join(entry.models))
    # No type: UNTP's schema knows one, ProductVerification, that its context does not define.
    return {"product": {"id": f"{place}-product", "name": " ".join(part for part in named if part)}}
