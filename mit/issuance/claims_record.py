"""Claims as they are written down in prepare: one canonical JSON from which everything is rebuilt.

The signer, the QR and the paper read the claims from here and not from today's settings, so a new
release or a new issuer text between the two halves of one issue changes nothing (security
section 4, Let's Encrypt of 15 June 2023).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mit.credential import canonical_json
from mit.credential.claims import CertifiedProduct, Claims, Holder, StatusSlot
from mit.credential.coverage import parse_coverage
from mit.credential.issuer import IssuerProfile
from mit.errors import InputError, TamperedError
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import parse_iso_day


def write_claims(claims: Claims) -> str:
    """Return the canonical JSON of *claims*."""
    document = {
        "number": str(claims.number),
        "holder": asdict(claims.holder),
        "products": [_product_document(product) for product in claims.products],
        "issued_on": claims.issued_on.isoformat(),
        "expires_on": claims.expires_on.isoformat(),
        "slot": asdict(claims.slot),
        "issuer": _issuer_document(claims.issuer),
        "sample": claims.sample,
    }
    return canonical_json.write(document).decode("utf-8")


def read_claims(text: str) -> Claims:
    """Return the claims that ``write_claims`` wrote.

    Raises:
        TamperedError: ``claims_record``: this is not what we wrote.
    """
    try:
        return _claims(canonical_json.read(text.encode("utf-8")))
    except (InputError, KeyError, TypeError, UnicodeEncodeError) as error:
        raise TamperedError("claims_record") from error


def _claims(document: dict[str, Any]) -> Claims:
    return Claims(
        number=parse_certificate_number(document["number"]),
        holder=Holder(**document["holder"]),
        products=tuple(_product(product) for product in document["products"]),
        issued_on=parse_iso_day(document["issued_on"]),
        expires_on=parse_iso_day(document["expires_on"]),
        slot=StatusSlot(**document["slot"]),
        issuer=_issuer(document["issuer"]),
        sample=document["sample"],
    )


def _product_document(product: CertifiedProduct) -> dict[str, Any]:
    document = {
        "coverage": product.coverage.to_document(),
        "formula": product.formula,
        "rule_set_id": product.rule_set_id,
        "rule_set_sha256": product.rule_set_sha256,
        "threshold": product.threshold,
    }
    if product.commitment:  # without one it is as it was before there were any: the same bytes
        document["commitment"] = product.commitment
    return document


def _product(document: dict[str, Any]) -> CertifiedProduct:
    members = {name: value for name, value in document.items() if name != "coverage"}
    return CertifiedProduct(coverage=parse_coverage(document["coverage"]), **members)


def _issuer_document(issuer: IssuerProfile) -> dict[str, Any]:
    document = asdict(issuer)
    if issuer.digits == "arabic":
        del document["digits"]  # as it was before there was a choice: the same certificate, the same bytes
    document["in_force_from"] = issuer.in_force_from.isoformat()
    document["in_force_until"] = issuer.in_force_until.isoformat() if issuer.in_force_until else None
    return document


def _issuer(document: dict[str, Any]) -> IssuerProfile:
    until = document["in_force_until"]
    return IssuerProfile(
        **{name: value for name, value in document.items() if not name.startswith("in_force")},
        in_force_from=parse_iso_day(document["in_force_from"]),
        in_force_until=parse_iso_day(until) if until is not None else None,
    )
