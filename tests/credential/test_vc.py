from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import base64url, canonical_json, jose, vc
from mit.credential.signatures import KeySigner, throwaway_signer
from mit.errors import InputError, UnknownPresentationError
from mit.i18n import knows
from tests.credential.test_coverage import entries
from tests.support.committed import committed_claims
from tests.support.specimens import (
    PUBLIC_URL,
    claims,
    issued,
    juristic_number,
    natural_person,
    product,
    wild_texts,
)

SIGNER: KeySigner = throwaway_signer()


def document(**options: Any) -> dict[str, Any]:
    return vc.credential_document(claims(**options), public_url=PUBLIC_URL)


def test_it_has_the_members_of_vc_2_and_of_the_untp_credential() -> None:
    made = document(count=2)
    assert made["@context"] == [vc.VC_CONTEXT, vc.UNTP_CONTEXT, f"{PUBLIC_URL}/contexts/mit/v1"]
    assert set(made["type"]) == {"VerifiableCredential", "DigitalConformityCredential"}
    assert made["id"] == f"{PUBLIC_URL}/c/MIT-2569-0012345-B"
    assert made["issuer"]["id"] == "did:web:verify.mit.example"
    subject = made["credentialSubject"]
    assert set(subject["type"]) == {"ConformityAttestation", "Attestation"}
    assert subject["attestationType"] == "certification"
    assert len(subject["assessment"]) == 2


#: Compulsory members by the UNTP JSON Schema of the pilot release 0.6.1.
COMPULSORY = {
    "DigitalConformityCredential": {"@context", "id", "issuer"},
    "CredentialIssuer": {"id", "name"},
    "ConformityAttestation": {"id", "assessorLevel", "assessmentLevel", "attestationType", "issuedToParty"},
    "ConformityAssessment": {"id", "conformityTopic", "conformance"},
    "Criterion": {"id", "name", "description", "conformityTopic", "status"},
    "Standard": {"issuingParty"},
    "Classification": {"id", "name"},
}


def typed(value: Any) -> list[dict[str, Any]]:
    """Return every object with a type, at any depth, ours left out."""
    if isinstance(value, list):
        return [found for one in value for found in typed(one)]
    if not isinstance(value, dict):
        return []
    inner = [found for name, one in value.items() if not name.startswith("mit") for found in typed(one)]
    return [value, *inner] if "type" in value else inner


def test_every_part_has_what_its_type_demands() -> None:
    met = set()
    for part in typed(document(count=3)):
        kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
        for kind in COMPULSORY.keys() & set(kinds):
            assert part.keys() >= COMPULSORY[kind], kind
            met.add(kind)
    assert met == COMPULSORY.keys()


def test_it_is_valid_from_the_first_to_the_last_second_in_bangkok() -> None:
    made = document()
    assert made["validFrom"] == "2026-11-21T00:00:00+07:00"
    assert made["validUntil"] == "2027-11-20T23:59:59+07:00"


def test_both_status_entries_name_the_same_slot() -> None:
    revocation, suspension = document()["credentialStatus"]
    slot = claims().slot
    for entry, purpose in ((revocation, "revocation"), (suspension, "suspension")):
        address = f"{PUBLIC_URL}/status/{purpose}/{slot.list_number}"
        assert entry == {
            "id": f"{address}#{slot.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(slot.index),
            "statusListCredential": address,
        }


def test_the_share_is_never_in_it_only_that_it_reaches_the_threshold() -> None:
    (assessment,) = document()["credentialSubject"]["assessment"]
    (declared,) = assessment["declaredValue"]
    assert declared["metricValue"] == {"value": 40, "unit": "P1"}
    assert declared["score"] == "at-or-above-threshold"
    assert assessment["assessmentCriteria"][0]["thresholdValue"]["metricValue"]["value"] == 40
    assert "direct" in assessment["assessmentCriteria"][0]["name"]


def test_a_product_that_passed_by_tariff_shift_declares_no_share() -> None:
    shifted = replace(claims(), products=(replace(product(), formula="tariff_shift"),))
    made = vc.credential_document(shifted, public_url=PUBLIC_URL)
    (assessment,) = made["credentialSubject"]["assessment"]
    assert "declaredValue" not in assessment
    assert "thresholdValue" not in assessment["assessmentCriteria"][0]
    assert "percent" not in json.dumps(assessment).lower()


def test_coverage_is_carried_as_the_contract_writes_it() -> None:
    ranged = replace(claims(), products=(product(1, ranges=True),))
    made = vc.credential_document(ranged, public_url=PUBLIC_URL)
    (assessment,) = made["credentialSubject"]["assessment"]
    assert assessment["mitCoverage"] == ranged.products[0].coverage.to_document()


def test_our_own_terms_have_a_context_of_their_own() -> None:
    terms: Any = vc.context_document(PUBLIC_URL)["@context"]
    committed = vc.credential_document(committed_claims(), public_url=PUBLIC_URL)
    used = {name for part in ({}, *typed(committed)) for name in part if name.startswith("mit")}
    assert used == {"mitCertificate", "mitCommitment", "mitCoverage"}
    assert used == {name for name in terms if name[0] != "@"}
    assert all(terms[name]["@type"] == "@json" for name in used)


def test_a_juristic_number_stands_beside_its_register() -> None:
    party = document()["credentialSubject"]["issuedToParty"]
    assert party["registeredId"] == juristic_number()
    assert party["idScheme"]["type"] == ["IdentifierScheme"]


def test_a_natural_person_is_named_without_number_and_address() -> None:
    made = vc.credential_document(natural_person(claims()), public_url=PUBLIC_URL)
    party = made["credentialSubject"]["issuedToParty"]
    assert party.keys() == {"id", "name"}
    assert "address" not in made["credentialSubject"]["mitCertificate"]
    assert claims().holder.address_th not in json.dumps(made, ensure_ascii=False)


def test_a_sample_says_so_in_its_name_and_in_a_member() -> None:
    made, plain = document(sample=True), document()
    assert made["name"].startswith("ตัวอย่าง / SAMPLE")
    assert made["credentialSubject"]["name"].startswith("ตัวอย่าง / SAMPLE")
    assert made["credentialSubject"]["mitCertificate"]["sample"] == "ตัวอย่าง / SAMPLE"
    assert "SAMPLE" not in json.dumps(plain)


def test_the_same_claims_always_give_the_same_bytes() -> None:
    once = vc.credential_signing_input(claims(5), public_url=PUBLIC_URL, key=SIGNER.public_key)
    again = vc.credential_signing_input(claims(5), public_url=f"{PUBLIC_URL}/", key=SIGNER.public_key)
    assert once == again
    payload = base64url.decode(once.decode().split(".")[1])
    assert canonical_json.write(json.loads(payload)) == payload


@pytest.mark.parametrize("count", [1, 10, 200])
def test_what_was_stated_is_read_back(count: int) -> None:
    stated = claims(count, sample=count == 10)
    facts = vc.read_credential(jose.parse(issued(stated, SIGNER).token, typ=vc.TYP).payload)
    assert facts.number == stated.number
    assert facts.juristic_number == stated.holder.juristic_number
    assert (facts.name_th, facts.name_en) == (stated.holder.name_th, stated.holder.name_en)
    assert (facts.issued_on, facts.expires_on) == (stated.issued_on, stated.expires_on)
    assert facts.slot == stated.slot
    assert facts.products == tuple(one.coverage for one in stated.products)
    assert facts.sample is stated.sample
    assert facts.issuer == "did:web:verify.mit.example"


def test_a_natural_person_is_read_back_without_a_number() -> None:
    facts = vc.read_credential(vc.credential_payload(natural_person(claims()), public_url=PUBLIC_URL))
    assert facts.juristic_number is None


@given(st.lists(entries, min_size=1, max_size=3), wild_texts)
@settings(deadline=None, max_examples=60)
def test_any_text_is_read_back_or_refused_with_a_reason(covered: list[Any], name: str) -> None:
    stated = claims()
    products = tuple(replace(stated.products[0], coverage=entry) for entry in covered)
    stated = replace(stated, products=products, holder=replace(stated.holder, name_th=name))
    try:
        payload = vc.credential_payload(stated, public_url=PUBLIC_URL)
    except InputError as error:
        assert error.code == "json_not_canonical"
        assert any(0xD800 <= ord(sign) <= 0xDFFF for sign in name)
        return
    facts = vc.read_credential(payload)
    assert facts.products == tuple(covered)
    assert facts.name_th == name


@pytest.mark.parametrize("threshold", ["", "0", "040", "40.5", "101", "๔๐", "-40", "4e1", " 40"])
def test_a_threshold_that_is_no_whole_percent_is_refused(threshold: str) -> None:
    odd = replace(claims(), products=(replace(product(), threshold=threshold),))
    with pytest.raises(InputError) as caught:
        vc.credential_document(odd, public_url=PUBLIC_URL)
    assert caught.value.code == "threshold_malformed"


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        for name in path[:-1]:
            made = made[name]
        del made[path[-1]]

    return change


def having(value: Any, *path: Any) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        for name in path[:-1]:
            made = made[name]
        made[path[-1]] = value

    return change


OWN = ("credentialSubject", "mitCertificate")
CHANGES = [
    ("no subject", without("credentialSubject"), "credentialSubject"),
    ("subject a list", having([], "credentialSubject"), "credentialSubject"),
    ("no certificate", without(*OWN), "mitCertificate"),
    ("no number", without(*OWN, "number"), "number"),
    ("number without check character", having("MIT-2569-0012345", *OWN, "number"), "number"),
    ("number in lower case", having("mit-2569-0012345-b", *OWN, "number"), "number"),
    ("no holder", without(*OWN, "holder"), "holder"),
    ("name as a number", having(1, *OWN, "holder", "name_th"), "name_th"),
    ("juristic number as a number", having(1, *OWN, "holder", "juristic_number"), "juristic_number"),
    ("another issue day", having("2026-11-20", *OWN, "issued_on"), "validFrom"),
    ("another expiry day", having("2028-11-20", *OWN, "expires_on"), "validUntil"),
    ("a day that is none", having("2026-02-30", *OWN, "issued_on"), "issued_on"),
    ("no products", having([], "credentialSubject", "assessment"), "assessment"),
    (
        "a product without coverage",
        without("credentialSubject", "assessment", 0, "mitCoverage"),
        "mitCoverage",
    ),
    ("no status", without("credentialStatus"), "credentialStatus"),
    ("one status", having([], "credentialStatus"), "credentialStatus"),
    ("purposes exchanged", having("suspension", "credentialStatus", 0, "statusPurpose"), "credentialStatus"),
    ("two slots", having("1", "credentialStatus", 0, "statusListIndex"), "credentialStatus"),
    (
        "slot with a zero in front",
        having("007", "credentialStatus", 0, "statusListIndex"),
        "credentialStatus",
    ),
    ("slot beyond its list", having("131072", "credentialStatus", 0, "statusListIndex"), "credentialStatus"),
    ("slot in Thai digits", having("๗", "credentialStatus", 0, "statusListIndex"), "credentialStatus"),
    ("no issuer", without("issuer"), "issuer"),
    ("issuer as text", having("did:web:x", "issuer"), "issuer"),
]


@pytest.mark.parametrize(("what", "change", "place"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_signed_document_that_is_no_credential_is_refused(
    what: str, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    made = json.loads(canonical_json.write(document()))
    change(made)
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(canonical_json.write(made))
    assert caught.value.code == "credential_malformed"
    if place != "credentialStatus":
        assert caught.value.where == place


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff", b"[" * 99_999, b"{ }"]
)
def test_other_payloads_are_refused(payload: bytes) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(payload)
    assert caught.value.code == "credential_malformed"
    assert knows("errors.credential_malformed")


def test_expiry_on_the_day_of_issue_is_possible_and_before_it_is_not() -> None:
    same = replace(claims(), expires_on=date(2026, 11, 21))
    assert vc.read_credential(vc.credential_payload(same, public_url=PUBLIC_URL)).expires_on == same.issued_on
    before = replace(claims(), expires_on=date(2026, 11, 20))
    with pytest.raises(UnknownPresentationError):
        vc.read_credential(vc.credential_payload(before, public_url=PUBLIC_URL))


def slotted(index: Any, list_number: Any) -> bytes:
    """Return a credential both of whose status entries name this place."""
    made = json.loads(canonical_json.write(document()))
    for entry in made["credentialStatus"]:
        entry["statusListIndex"] = index
        entry["statusListCredential"] = f"{PUBLIC_URL}/status/{entry['statusPurpose']}/{list_number}"
    return canonical_json.write(made)


@pytest.mark.parametrize(("index", "list_number"), [(0, 0), (131_071, 9_999), (7, 2700), (100_000, 1)])
def test_every_place_of_every_list_is_read(index: int, list_number: int) -> None:
    facts = vc.read_credential(slotted(str(index), str(list_number)))
    assert (facts.slot.index, facts.slot.list_number) == (index, list_number)


@pytest.mark.parametrize(
    "index",
    ["131072", "999999", "1000000", "-1", "+1", "1.0", "01", "00", "", " 1", "1_0", "๑", "１", "²", 1, None],
)
def test_a_place_that_both_entries_misspell_alike_is_refused(index: Any) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(slotted(index, "2700"))
    assert caught.value.code == "credential_malformed"


@pytest.mark.parametrize(
    "list_number", ["10000", "-1", "02700", "", "2700/", "2700#7", "2700?x", "๒๗๐๐", "x/status/revocation/5"]
)
def test_a_list_that_both_entries_misspell_alike_is_refused(list_number: str) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(slotted("7", list_number))
    assert (caught.value.code, caught.value.where) == ("credential_malformed", "credentialStatus")


ENTRIES: list[tuple[str, Callable[[list[Any]], object]]] = [
    ("exchanged", lambda found: found[::-1]),
    ("the first twice", lambda found: [found[0], found[0]]),
    ("three", lambda found: [*found, found[0]]),
    ("one", lambda found: found[:1]),
    ("an object", lambda found: {"0": found[0], "1": found[1]}),
    ("texts", lambda found: ["a", "b"]),
    ("lists", lambda found: [[], []]),
    ("nothing", lambda found: None),
]


@pytest.mark.parametrize(("what", "change"), ENTRIES, ids=[what for what, _ in ENTRIES])
def test_there_is_one_entry_for_each_purpose_in_their_order(
    what: str, change: Callable[[list[Any]], object]
) -> None:
    made = json.loads(canonical_json.write(document()))
    made["credentialStatus"] = change(made["credentialStatus"])
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(canonical_json.write(made))
    assert caught.value.code == "credential_malformed"


@pytest.mark.parametrize("number", ["", None])
def test_no_juristic_number_may_be_said_as_null_or_as_nothing(number: str | None) -> None:
    made = json.loads(canonical_json.write(document()))
    made["credentialSubject"]["mitCertificate"]["holder"]["juristic_number"] = number
    assert vc.read_credential(canonical_json.write(made)).juristic_number is None


@pytest.mark.parametrize("at", [0, 2])
def test_a_product_that_cannot_be_read_is_named_by_its_place(at: int) -> None:
    made = json.loads(canonical_json.write(document(count=3)))
    made["credentialSubject"]["assessment"][at]["mitCoverage"]["hs_code"] = "8504.40"
    with pytest.raises(UnknownPresentationError) as caught:
        vc.read_credential(canonical_json.write(made))
    assert caught.value.where == f"assessment[{at + 1}].mitCoverage"
