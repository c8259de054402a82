"""What a credential states of each product comes back as it went in, and nothing malformed comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mit.credential import canonical_json, jose, vc
from mit.credential.claims import Claims
from mit.credential.lint import lint_claims
from mit.credential.signatures import throwaway_signer
from mit.credential.statement import read_statements, statement_of
from mit.errors import UnknownPresentationError
from tests.support.committed import RULE_SET, committed_claims
from tests.support.specimens import (
    ISSUED_ON,
    PUBLIC_URL,
    claims,
    natural_person,
    product,
    twenty_certificates,
)
from tests.vectors.make_vectors import FOLDER

CASES = {
    "one product": claims(1),
    "two hundred": claims(200),
    "a natural person": natural_person(claims(2)),
    "a range": replace(claims(1), products=(product(1, ranges=True),)),
    "by tariff shift": replace(claims(1), products=(replace(product(), formula="tariff_shift"),)),
    "by build-down": replace(claims(1), products=(replace(product(), formula="build_down"),)),
    "with commitments": committed_claims(),
    "one with and one without": replace(claims(1), products=(*committed_claims().products[:1], product(2))),
}


def payload_of(of: Claims) -> bytes:
    return vc.credential_payload(of, public_url=PUBLIC_URL)


@pytest.mark.parametrize("of", CASES.values(), ids=CASES)
def test_what_is_stated_comes_back(of: Claims) -> None:
    assert list(read_statements(payload_of(of))) == [statement_of(one) for one in of.products]


def test_the_twenty_hard_certificates_come_back_too() -> None:
    for one in twenty_certificates(throwaway_signer()):
        token = jose.parse(one.made.token, typ=vc.TYP)
        assert list(read_statements(token.payload)) == [statement_of(made) for made in one.claims.products]


def test_formula_rule_set_and_threshold_are_those_of_the_assessment() -> None:
    direct, shifted = read_statements(payload_of(committed_claims()))
    assert (direct.formula, direct.threshold) == ("direct", "40")
    assert (shifted.formula, shifted.threshold) == ("tariff_shift", ""), "it knows no share"
    for one in (direct, shifted):
        assert (one.rule_set_id, one.rule_set_sha256) == (RULE_SET.id, RULE_SET.sha256)
        assert len(one.commitment) == 64
    assert direct.commitment != shifted.commitment


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "credential").glob("[!b]*.jwt")), ids=lambda path: path.stem
)
def test_every_frozen_good_credential_is_read_with_or_without_commitments(path: Any) -> None:
    statements = read_statements(jose.parse(path.read_text(encoding="ascii").strip(), typ=vc.TYP).payload)
    assert statements
    assert {bool(one.commitment) for one in statements} == {path.stem == "with-commitments"}


Change = Callable[[dict[str, Any]], object]
DAMAGES: dict[str, Change] = {
    "no commitment's method": lambda one: one["mitCommitment"].pop("method"),
    "another method": lambda one: one["mitCommitment"].update(method="mit-cost-sheet-v2"),
    "a short value": lambda one: one["mitCommitment"].update(value="0" * 63),
    "a value in capitals": lambda one: one["mitCommitment"].update(value="A" * 64),
    "a value that is a number": lambda one: one["mitCommitment"].update(value=1),
    "a commitment that is text": lambda one: one.update(mitCommitment="0" * 64),
    "no criterion": lambda one: one["assessmentCriteria"].clear(),
    "another criterion": lambda one: one["assessmentCriteria"][0].update(name="Of a kind unknown"),
    "no threshold": lambda one: one["assessmentCriteria"][0].pop("thresholdValue"),
    "no rule set": lambda one: one.pop("referenceStandard"),
    "another standard": lambda one: one["referenceStandard"].update(name="ISO 9001"),
    "half a hash": lambda one: one["referenceStandard"].update(id="urn:sha256:abc"),
    "a hash without its head": lambda one: one["referenceStandard"].update(id="ab" * 32),
    "no coverage": lambda one: one.pop("mitCoverage"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_malformed_is_refused_and_never_read_as_something_else(damage: Change) -> None:
    document = vc.credential_document(committed_claims(), public_url=PUBLIC_URL)
    damage(document["credentialSubject"]["assessment"][0])
    with pytest.raises(UnknownPresentationError, match="credential_malformed"):
        read_statements(canonical_json.write(document))


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"{}", b'{"credentialSubject":{}}', b"\xff"])
def test_what_is_no_credential_is_refused(payload: bytes) -> None:
    with pytest.raises(UnknownPresentationError, match="credential_malformed"):
        read_statements(payload)


@pytest.mark.parametrize("commitment", ["x" * 64, "0" * 63, "A" * 64, "0" * 64 + " "])
def test_a_commitment_of_another_spelling_is_not_signed(commitment: str) -> None:
    one = replace(claims(1), products=(replace(product(), commitment=commitment),))
    faults = lint_claims(one, public_url=PUBLIC_URL, today=ISSUED_ON)
    assert [(fault.code, fault.where) for fault in faults] == [("lint_commitment", "products[1].commitment")]


@pytest.mark.parametrize("of", [claims(1), committed_claims()], ids=["without", "with"])
def test_with_and_without_commitments_nothing_stands_against_signing(of: Claims) -> None:
    assert lint_claims(of, public_url=PUBLIC_URL, today=ISSUED_ON) == []


def every_leaf(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member below *document* that holds no others."""
    members = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in members:
        if isinstance(value, dict | list) and value:
            yield from every_leaf(value, (*path, name))
        else:
            yield (*path, name)


ASSESSMENTS = canonical_json.read(payload_of(committed_claims()))["credentialSubject"]["assessment"]


@pytest.mark.parametrize("other", [0, None, [], {}, True, ["x"]], ids=repr)
@pytest.mark.parametrize("path", list(every_leaf(ASSESSMENTS)), ids=lambda path: ".".join(map(str, path)))
def test_a_member_of_another_type_is_refused_or_plays_no_part(path: tuple[Any, ...], other: Any) -> None:
    """Fuzzing found a number where a formula's name belongs: it has to be an answer, not a crash."""
    document = canonical_json.read(payload_of(committed_claims()))
    holder: Any = document["credentialSubject"]["assessment"]
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = other
    try:
        statements = read_statements(canonical_json.write(document))
    except UnknownPresentationError as refused:
        assert refused.code == "credential_malformed"
    else:
        assert len(statements) == 2
