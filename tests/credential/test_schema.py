"""The credential under outside rules: our published JSON Schema, VC Data Model 2.0, UNTP's own schema.

UNTP's schema file is licensed GPL-3.0 and therefore not in this repository.  ``docs/credential.schema.json``
says in our own words what it and the data model demand of the members that we use; where a copy of the
original is at hand, ``MIT_UNTP_SCHEMA`` names it and the credential is held against that as well.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mit.credential import jose, vc
from mit.credential.claims import Claims
from mit.credential.signatures import throwaway_signer
from mit.credential.untp import UNTP_CONTEXT
from mit.errors import UnknownPresentationError
from mit.verify.verdict import Answer
from tests.support.committed import committed_claims
from tests.support.require import lacking
from tests.support.specimens import PUBLIC_URL, claims, issued, natural_person, product, twenty_certificates
from tests.support.trusting import ask, issue, offline, record

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "credential.schema.json"
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
#: uncefact/spec-untp, data-models/untp-dcc/artefacts/untp-dcc-schema.json at commit 692d66e0 (release 0.6.1).
UNTP_SHA256 = "2ecb7a4aa86e3e85fd4fccbcb4afb408cbf7e1f6964bfafd0793bed570a0e2bc"
#: The types that UNTP's JSON-LD context of that release and the data model's own define.  Another one is
#: a relative reference, which readers of linked data refuse.
DEFINED_TYPES = {
    "Attestation",
    "BitstringStatusListEntry",
    "Classification",
    "ConformityAssessment",
    "ConformityAttestation",
    "CredentialIssuer",
    "Criterion",
    "Declaration",
    "DigitalConformityCredential",
    "IdentifierScheme",
    "Product",
    "Standard",
    "VerifiableCredential",
}
SIGNER = throwaway_signer()


def tariff_shift(of: Claims) -> Claims:
    """Return claims whose products met the formula that knows no share."""
    return replace(of, products=tuple(replace(one, formula="tariff_shift") for one in of.products))


SPECIMENS = {
    "one product": claims(1),
    "200 products": claims(200),
    "a natural person": natural_person(claims(2)),
    "a range": replace(claims(1), products=(product(1, ranges=True),)),
    "a sample": claims(1, sample=True),
    "by change of tariff heading": tariff_shift(claims(1)),
    "with commitments": committed_claims(),
}


def document_of(of: Claims) -> dict[str, Any]:
    """Return the credential as a stranger decodes it from the signed token."""
    document = json.loads(jose.parse(issued(of, SIGNER).token, typ=vc.TYP).payload)
    assert isinstance(document, dict)
    return document


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message[:80]}" for error in VALIDATOR.iter_errors(document)]


def test_the_schema_itself_is_well_formed() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["@context"]["prefixItems"][1]["const"] == UNTP_CONTEXT


@pytest.mark.parametrize("of", SPECIMENS.values(), ids=SPECIMENS)
def test_every_kind_of_certificate_fits_the_published_schema(of: Claims) -> None:
    assert faults(document_of(of)) == []


def test_the_twenty_hard_certificates_fit_it_too() -> None:
    for one in twenty_certificates(SIGNER):
        document = json.loads(jose.parse(one.made.token, typ=vc.TYP).payload)
        assert faults(document) == [], document["id"]


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document, itself first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from objects_in(one)


#: Members that some certificates have and others have not.
SOMETIMES = {
    "registeredId",
    "idScheme",
    "address",
    "declaredValue",
    "thresholdValue",
    "sample",
    "mitCommitment",
}


def test_the_schema_misses_no_member_and_knows_no_other() -> None:
    """The control: a member less or more anywhere is noticed, so the schema says something."""
    document = document_of(SPECIMENS["a range"])
    tried = 0
    for at, node in enumerate(objects_in(document)):
        for name in [*node, "invented"]:
            changed = copy.deepcopy(document)
            target = list(objects_in(changed))[at]
            if name in target:
                del target[name]
            else:
                target[name] = "x"
            if name not in SOMETIMES:
                assert faults(changed), (at, name)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("credentialSubject", "attestationType"), "approval"),
        (("credentialSubject", "assessment", 0, "conformance"), False),
        (("credentialSubject", "assessment", 0, "declaredValue", 0, "metricValue", "value"), 40.25),
        (("credentialSubject", "issuedToParty", "registeredId"), "1101700203450"),
        (("credentialSubject", "mitCertificate", "holder", "juristic_number"), "1101700203450"),
        (("credentialStatus", 0, "statusPurpose"), "suspension"),
        (("@context", 0), "https://www.w3.org/2018/credentials/v1"),
        (("validFrom",), "2026-11-21T00:00:00Z"),
        (("issuer", "id"), "https://verify.mit.example"),
    ],
)
def test_a_measured_share_a_citizen_number_and_their_like_do_not_fit(
    place: tuple[Any, ...], value: Any
) -> None:
    document = document_of(claims(1))
    node: Any = document
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    assert faults(document)


@pytest.mark.parametrize("of", SPECIMENS.values(), ids=SPECIMENS)
def test_the_data_models_own_rules_hold(of: Claims) -> None:
    """W3C Verifiable Credentials Data Model 2.0, section 4, and VC-JOSE-COSE, section 3.1."""
    token = jose.parse(issued(of, SIGNER).token, typ=vc.TYP)
    document = json.loads(token.payload)
    contexts = document["@context"]
    assert contexts[0] == "https://www.w3.org/ns/credentials/v2"
    assert len(set(contexts)) == len(contexts), "an ordered set"
    assert "VerifiableCredential" in document["type"]
    begin, end = (datetime.fromisoformat(document[name]) for name in ("validFrom", "validUntil"))
    assert begin.tzinfo is not None
    assert begin < end
    assert document["credentialSubject"]
    for entry in document["credentialStatus"]:
        assert entry["type"] == "BitstringStatusListEntry"
        assert entry["id"] != entry["statusListCredential"]
        assert 0 <= int(entry["statusListIndex"]) < 131_072
    named = [node["id"] for node in objects_in(document) if "id" in node and "schemeName" not in node]
    shared = {
        node["id"]
        for node in objects_in(document)
        if node.get("type") in (["Standard"], ["IdentifierScheme"])
    }
    own = [name for name in named if name not in shared and not name.endswith("#scheme-owner")]
    assert len(set(own)) == len(own), "no two things share a name"
    assert {"vc", "vp"}.isdisjoint(document), "the payload is the credential itself"
    assert (token.header["typ"], token.header["cty"]) == ("vc+jwt", "vc")
    assert token.header["iss"] == document["issuer"]["id"]


@pytest.mark.parametrize("of", SPECIMENS.values(), ids=SPECIMENS)
def test_every_type_in_it_is_one_that_its_contexts_define(of: Claims) -> None:
    for node in objects_in(document_of(of)):
        types = node.get("type", [])
        assert set([types] if isinstance(types, str) else types) <= DEFINED_TYPES


@pytest.mark.parametrize("of", SPECIMENS.values(), ids=SPECIMENS)
def test_it_fits_the_schema_of_the_untp_release(of: Claims) -> None:
    path = os.environ.get("MIT_UNTP_SCHEMA") or lacking(
        "untp", "MIT_UNTP_SCHEMA names no copy of UNTP's schema"
    )
    data = Path(path).read_bytes()
    assert hashlib.sha256(data).hexdigest() == UNTP_SHA256, "another release"
    validator = jsonschema.Draft202012Validator(json.loads(data))
    assert [error.message[:80] for error in validator.iter_errors(document_of(of))] == []


def test_no_byte_of_a_credential_can_be_changed() -> None:
    """The flip sweep, by the reader and, at every seventh byte, through the verifier's front door."""
    made = issue()
    token, key = made.made.token, made.signer.public_key
    trust = offline(record(made))
    assert ask(token, trust).answer is Answer.VALID
    for at, sign in enumerate(token):
        changed = f"{token[:at]}{chr(ord(sign) ^ (1 << at % 7))}{token[at + 1 :]}"
        try:
            is_good = jose.verify(jose.parse(changed, typ=vc.TYP), key)
        except UnknownPresentationError:
            is_good = False
        assert not is_good, at
        if at % 7 == 0:
            assert ask(changed, trust).answer is not Answer.VALID, at


def test_the_issuer_of_the_lists_is_the_issuer_of_the_credential() -> None:
    """Bitstring Status List 1.0 section 3.2 has verifiers compare them."""
    document = document_of(claims(1))
    listed = vc.status_list_url("revocation", 2700, public_url=PUBLIC_URL)
    assert document["credentialStatus"][0]["statusListCredential"] == listed
    assert document["issuer"]["id"] == "did:web:verify.mit.example"
