"""The samples of commitments: what is hashed, byte for byte, and a certificate with what opens it."""

from __future__ import annotations

from typing import Any

from mit.credential import canonical_json
from mit.credential.commitment import METHOD, PREFIX, commit, committed_content
from mit.criteria.chain import SupplierCertificate
from tests.support.committed import (
    AT_THE_THRESHOLD,
    BY_TARIFF_SHIFT,
    committed_claims,
    normalised,
    opening_document,
    salt,
)
from tests.support.specimens import issued
from tests.vectors.make_vectors import NOTICE, TRUSTED
from tests.vectors.sample import VALID, Sample, Samples

#: The certificate, shown to verifiers like any other, and what opens it.
CREDENTIAL = "credential/with-commitments.jwt"
OPENING = "opening/with-commitments.json"
FILE = "commitments.json"
KNOWN = (
    SupplierCertificate(1, "MIT-2569-0012345-B", "active", "yes", "2026-11-21", "mit-2563-1", "ab" * 32),
)


def commitments(to: Samples) -> None:
    """Add the certificate to the questions, and the opening beside it."""
    of = committed_claims()
    why = "each product commits to its cost sheet; opening/with-commitments.json opens both"
    to.add(issued(of, TRUSTED).token, Sample(CREDENTIAL, "credential", VALID, why))
    to.files[OPENING] = canonical_json.write(opening_document(of))


def commitments_document() -> dict[str, Any]:
    """Return what is hashed for a commitment, with every byte to compare."""
    return {
        "notice": NOTICE,
        "method": METHOD,
        "prefix_hex": PREFIX.hex(),
        "vectors": [
            _vector("salt of zeros, the smallest content", bytes(32), "{}"),
            _vector("salt of ones", b"\xff" * 32, "{}"),
            _vector("Thai letters as UTF-8", salt(1), '{"name":"ไม้อัด"}'),
            _vector("a whole sheet", salt(1), _text(AT_THE_THRESHOLD)),
            _vector("another sheet", salt(2), _text(BY_TARIFF_SHIFT)),
            _vector(
                "with what was known of a supplier's certificate", salt(1), _text(AT_THE_THRESHOLD), KNOWN
            ),
        ],
    }


def _text(document: dict[str, Any]) -> str:
    return canonical_json.write(normalised(document)).decode("utf-8")


def _vector(
    what: str, with_salt: bytes, sheet: str, chain: tuple[SupplierCertificate, ...] = ()
) -> dict[str, str]:
    known = canonical_json.write([one.to_document() for one in chain]).decode("utf-8") if chain else ""
    content = committed_content(sheet, known)
    return {
        "what": what,
        "salt": with_salt.hex(),
        "content": content.decode("utf-8"),
        "commitment": commit(with_salt, content),
    }
