"""API: the signed certificate itself, exactly as it was issued."""

from __future__ import annotations

from flask import Response

from mit.errors import MalformedNumberError, NotFoundError
from mit.registry.trust_material import credential_bytes
from mit.values.identifiers import CertificateNumber, parse_certificate_number
from mit.web.answers import IMMUTABLE, lasting_answer
from mit.web.api.openapi import described, described_blueprint, operation

certificates = described_blueprint("certificates", "Signed certificates")

CREDENTIAL_TYPE = "application/vc+jwt"


@described(
    certificates,
    "GET",
    "/c/<number>.jwt",
    operation(
        "credential",
        {CREDENTIAL_TYPE: "A compact JWS over a W3C Verifiable Credential 2.0"},
        curl="curl '{url}/c/MIT-2569-0012345-B.jwt'",
        problems=(404,),
    ),
)
def credential(number: str) -> Response:
    """Give the exact signed bytes; they never change."""
    return credential_answer(number_in_path(number))


def credential_answer(number: CertificateNumber) -> Response:
    """Return the signed bytes of a certificate, for anyone and for ever.

    Raises:
        NotFoundError: no such certificate was issued.
    """
    return lasting_answer(credential_bytes(number), kind=CREDENTIAL_TYPE, cache=IMMUTABLE)


def number_in_path(text: str) -> CertificateNumber:
    """Return the certificate number in an address, read as forgivingly as a typed one.

    Raises:
        NotFoundError: the address holds no number; the sentence says why.
    """
    try:
        return parse_certificate_number(text)
    except MalformedNumberError as error:
        raise NotFoundError(error.code, where="number", **error.params) from error
