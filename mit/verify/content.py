"""What a good signature says, in one form for the QR, the credential and the register.  Pure."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from mit.credential.claims import QrClaims, StatusSlot
from mit.credential.coverage import in_reading_order
from mit.credential.vc import CredentialFacts


@dataclass(frozen=True, slots=True)
class Content:
    """What was signed, as far as the presentation carries it.

    Attributes:
        number: the printed number.
        name_th, name_en: the holder; ``name_en`` is None where the form has no room for it.
        juristic_number: 13 digits, or None.
        products: coverage entries; empty where only their count is carried.
        product_count: number of products, or of models where each line is a model.
        issued_on, expires_on: first and last valid day.
        slot: place in the status lists.
        credential_sha256: of the exact bytes of the full credential, hex.
        is_short: True for what a QR carries; the full credential says more.
    """

    number: str
    name_th: str
    name_en: str | None
    juristic_number: str | None
    products: tuple[Mapping[str, Any], ...]
    product_count: int
    issued_on: date
    expires_on: date
    slot: StatusSlot
    credential_sha256: str
    is_short: bool = False

    @property
    def weight_bytes(self) -> int:
        """Return roughly how much memory this takes."""
        return 1200 + 4 * len(self.name_th) + 900 * len(self.products)


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of *data* as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_of_qr(claims: QrClaims) -> Content:
    """Return what a QR says; each of its lines becomes a coverage entry of one model."""
    return Content(
        number=str(claims.number),
        name_th=claims.name_th,
        name_en=None,
        juristic_number=claims.juristic_number,
        products=tuple([_line(model, hs_code) for model, hs_code in claims.lines or ()]),
        product_count=claims.count,
        issued_on=claims.issued_on,
        expires_on=claims.expires_on,
        slot=claims.slot,
        credential_sha256=claims.credential_sha256.hex(),
        is_short=True,
    )


def content_of_credential(facts: CredentialFacts, credential: str) -> Content:
    """Return what a full credential says; *credential* is its exact text."""
    return Content(
        number=str(facts.number),
        name_th=facts.name_th,
        name_en=facts.name_en or None,
        juristic_number=facts.juristic_number,
        products=tuple(entry.to_document() for entry in facts.products),
        product_count=len(facts.products),
        issued_on=facts.issued_on,
        expires_on=facts.expires_on,
        slot=facts.slot,
        credential_sha256=sha256_hex(credential.encode("ascii")),
    )


def content_of_own(credential: str) -> Content:
    """Return what a credential says that we ourselves signed; its signature was checked before.

    Raises:
        ValueError, LookupError, TypeError: it is not what our signer writes.
    """
    payload = credential.split(".")[1]
    document = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    subject, entry = document["credentialSubject"], document["credentialStatus"][0]
    own = subject["mitCertificate"]
    holder = own["holder"]
    products = tuple(in_reading_order(one["mitCoverage"]) for one in subject["assessment"])
    return Content(
        number=own["number"],
        name_th=holder["name_th"],
        name_en=holder["name_en"] or None,
        juristic_number=holder["juristic_number"],
        products=products,
        product_count=len(products),
        issued_on=date.fromisoformat(own["issued_on"]),
        expires_on=date.fromisoformat(own["expires_on"]),
        slot=StatusSlot(int(entry["statusListCredential"].rpartition("/")[2]), int(entry["statusListIndex"])),
        credential_sha256=sha256_hex(credential.encode("ascii")),
    )


@lru_cache(maxsize=4096)
def _line(model: str, hs_code: str) -> Mapping[str, Any]:
    return {
        "product_th": "",
        "product_en": "",
        "brand": "",
        "models": [model],
        "hs_code": hs_code,
        "ranges": [],
    }
