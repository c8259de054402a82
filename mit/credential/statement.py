"""What a credential states of each product's assessment, read back from its signed bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mit.credential import canonical_json
from mit.credential.claims import CertifiedProduct
from mit.credential.commitment import METHOD, is_commitment
from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.credential.untp import (
    FORMULA_PREFIX,
    RULE_SET_PREFIX,
    SHA256_PREFIX,
    TARIFF_SHIFT,
    TARIFF_SHIFT_NAME,
)
from mit.errors import InputError, UnknownPresentationError

_HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Statement:
    """By which rule one product was found to meet; never its measured share.

    Attributes:
        formula: id of the formula that was met.
        rule_set_id, rule_set_sha256: which rule set, and the SHA-256 (hex) of its bytes.
        threshold: whole percent as text; empty where the formula knows no share.
        commitment: the salted hash of the cost sheet, hex; empty where the credential carries none.
    """

    coverage: CoverageEntry
    formula: str
    rule_set_id: str
    rule_set_sha256: str
    threshold: str
    commitment: str


def statement_of(product: CertifiedProduct) -> Statement:
    """Return what the credential of *product* states of it."""
    return Statement(
        coverage=product.coverage,
        formula=product.formula,
        rule_set_id=product.rule_set_id,
        rule_set_sha256=product.rule_set_sha256,
        threshold="" if product.formula == TARIFF_SHIFT else product.threshold,
        commitment=product.commitment,
    )


def read_statements(payload: bytes) -> tuple[Statement, ...]:
    """Return what a credential states of each product, in its order; the signature is checked before.

    Raises:
        UnknownPresentationError: ``credential_malformed``, with the place.
    """
    try:
        assessments = canonical_json.read(payload)["credentialSubject"]["assessment"]
        return tuple(_statement(one) for one in assessments)
    except (InputError, KeyError, TypeError, IndexError) as error:
        raise UnknownPresentationError("credential_malformed", where="assessment") from error


def _statement(assessment: dict[str, Any]) -> Statement:
    standard, criterion = assessment["referenceStandard"], assessment["assessmentCriteria"][0]
    formula = _formula(criterion["name"])
    return Statement(
        coverage=parse_coverage(assessment["mitCoverage"]),
        formula=formula,
        rule_set_id=_behind(standard["name"], RULE_SET_PREFIX),
        rule_set_sha256=_sha256(_behind(standard["id"], SHA256_PREFIX)),
        threshold="" if formula == TARIFF_SHIFT else str(criterion["thresholdValue"]["metricValue"]["value"]),
        commitment=_commitment(assessment.get("mitCommitment")),
    )


def _formula(name: object) -> str:
    return TARIFF_SHIFT if name == TARIFF_SHIFT_NAME else _behind(name, FORMULA_PREFIX)


def _behind(text: object, prefix: str) -> str:
    if not isinstance(text, str) or not text.startswith(prefix):
        raise InputError("credential_malformed")
    return text.removeprefix(prefix)


def _sha256(text: str) -> str:
    if not _HEX_64.fullmatch(text):
        raise InputError("credential_malformed")
    return text


def _commitment(document: dict[str, Any] | None) -> str:
    """Return the value of a commitment of the one construction that is known here; empty without one."""
    if document is None:
        return ""
    if document["method"] != METHOD or not is_commitment(document["value"]):
        raise InputError("credential_malformed")
    return str(document["value"])
