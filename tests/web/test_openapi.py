"""The OpenAPI document, the page made of it, and whether both tell the truth."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mit.credential.coverage_answer import entry_of, report_coverage
from mit.i18n import LANGUAGES, knows
from mit.verify.bidder import BidderAnswer
from mit.verify.dealer_letter import judge_letter
from mit.verify.question import Question
from mit.verify.verdict import Notice
from mit.web.problems import CODE_OF_STATUS
from tests.support.made_letters import DEALER, ISSUED_AT, made_letter, signed_letter
from tests.support.trusting import signer, trusted
from tests.web import verdicts
from tests.web.html import read_page

PUBLIC = {
    "/api/v1/certificates/{number}/verdict": {"get"},
    "/api/v1/verdicts": {"post"},
    "/api/v1/verdicts/batch": {"post"},
    "/api/v1/verdicts/batch/{batch_id}": {"get"},
    "/.well-known/jwks.json": {"get"},
    "/.well-known/did.json": {"get"},
    "/.well-known/mit-trust.json": {"get"},
    "/status/{purpose}/{list_number}": {"get"},
    "/status/token/{list_number}": {"get"},
    "/status/history/{list_number}": {"get"},
    "/contexts/mit/v1": {"get"},
    "/c/{number}.jwt": {"get"},
    "/d/{letter}.jwt": {"get"},
    "/api/v1/dealer-letters/{letter}/verdict": {"get"},
}


@pytest.fixture
def document(client: FlaskClient) -> dict:  # type: ignore[type-arg]
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


def operations(document: dict) -> list[dict]:  # type: ignore[type-arg]
    return [
        about
        for methods in document["paths"].values()
        for name, about in methods.items()
        if name in {"get", "post"}
    ]


def test_every_public_address_is_described_and_nothing_else(document: dict) -> None:  # type: ignore[type-arg]
    assert document["openapi"].startswith("3.1")
    found = {
        path: set(methods) & {"get", "post", "put", "delete"} for path, methods in document["paths"].items()
    }
    assert found == PUBLIC


def test_every_operation_has_an_id_words_in_both_languages_and_an_example(document: dict) -> None:  # type: ignore[type-arg]
    names = [about["operationId"] for about in operations(document)]
    assert len(names) == len(set(names))
    for about in operations(document):
        assert knows(f"web.op_{about['operationId']}")
        assert about["x-curl"].startswith("curl '{url}/")
        assert about["summary"]


def test_every_reference_leads_somewhere(document: dict) -> None:  # type: ignore[type-arg]
    references = set(re.findall(r"'\$ref': '#/components/(\w+)/(\w+)'", str(document)))
    assert references
    for kind, name in references:
        assert name in document["components"][kind], name


def test_problems_are_described_as_problem_documents(document: dict) -> None:  # type: ignore[type-arg]
    for about in operations(document):
        for status, answer in about["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
                assert int(status) in CODE_OF_STATUS


def test_a_verdict_has_every_member_that_is_described(document: dict) -> None:  # type: ignore[type-arg]
    schemas = document["components"]["schemas"]
    told = verdicts.VALID.to_document()
    described = schemas["Verdict"]["properties"].keys()
    assert set(told) == set(described) - {"bidder", "coverage", "inner", "days", "days_verdict"}
    assert told["certificate"].keys() == schemas["Certificate"]["properties"].keys()
    assert told["certificate"]["holder"].keys() == schemas["Holder"]["properties"].keys()
    assert told["certificate"]["products"][0].keys() == schemas["Coverage"]["properties"].keys()
    assert told["certificate"]["products"][0]["ranges"][0].keys() == schemas["Range"]["properties"].keys()
    assert told["findings"][0].keys() == schemas["Finding"]["properties"].keys()


def test_a_letter_and_a_bidder_have_every_member_that_is_described(document: dict) -> None:  # type: ignore[type-arg]
    schemas = document["components"]["schemas"]
    letter = made_letter()
    found = judge_letter(signed_letter(letter, signer()), {1: trusted(signer())}, Question(ISSUED_AT))
    told = replace(found, certificate=verdicts.VALID).to_document()
    assert told.keys() == schemas["LetterVerdict"]["properties"].keys()
    assert told["letter"].keys() == schemas["Letter"]["properties"].keys()
    assert told["letter"]["dealer"].keys() == schemas["Dealer"]["properties"].keys()
    assert told["letter"]["maker"].keys() == schemas["Maker"]["properties"].keys()
    assert told["letter"]["products"][0].keys() == schemas["LetterProduct"]["properties"].keys()
    assert told["findings"][0].keys() == schemas["LetterFinding"]["properties"].keys()
    bidder = BidderAnswer("dealer", DEALER.juristic_number or "", (found,)).to_document()
    assert bidder.keys() == schemas["Bidder"]["properties"].keys()
    assert bidder["outcome"] in schemas["Bidder"]["properties"]["outcome"]["enum"]
    assert bidder["letter"] == bidder["letters"][0] == told["letter"]


@pytest.mark.parametrize(
    "notice",
    [
        Notice("later_revoked", (("since_on", date(2026, 11, 12)),)),
        Notice("since_expired", (("expires_on", date(2027, 11, 1)),)),
        Notice("stale", (("known_at", verdicts.NOW),)),
    ],
)
def test_a_notice_has_only_members_that_are_described(document: dict, notice: Notice) -> None:  # type: ignore[type-arg]
    described = document["components"]["schemas"]["Notice"]
    told = notice.to_document().keys()
    assert told <= described["properties"].keys()
    assert set(described["required"]) <= told


def test_a_verdict_on_a_file_may_hold_the_verdict_on_what_is_inside(document: dict) -> None:  # type: ignore[type-arg]
    described = document["components"]["schemas"]["Verdict"]
    inside = replace(verdicts.VALID, days=(("bid", verdicts.VALID),))
    covered = replace(inside, coverage=report_coverage([entry_of(verdicts.CABLE)], "IEC 01"))
    told = covered.with_inner(verdicts.VALID).to_document()
    assert told.keys() == described["properties"].keys() - {"bidder"}
    optional = described["properties"].keys() - described["required"]
    assert optional == {"bidder", "coverage", "inner", "days", "days_verdict"}


@pytest.mark.parametrize("asked", ["IEC 01 (THW)", "IEC O1 (THW)", "IEC 09", "500 mm2", "โต๊ะ", ""])
def test_an_answer_about_coverage_has_only_members_that_are_described(document: dict, asked: str) -> None:  # type: ignore[type-arg]
    schemas = document["components"]["schemas"]
    told = report_coverage([entry_of(verdicts.CABLE)], asked).to_document()
    assert told.keys() == schemas["CoverageAnswer"]["properties"].keys()
    assert told["outcome"] in schemas["CoverageAnswer"]["properties"]["outcome"]["enum"]
    assert told["why"] in schemas["CoverageAnswer"]["properties"]["why"]["enum"]
    for one in (*(told["matched"] or ()), *told["nearest"]):
        assert one.keys() == schemas["Covered"]["properties"].keys()
    for one in told["differs"]:
        assert (
            set(schemas["Difference"]["required"]) <= one.keys() <= schemas["Difference"]["properties"].keys()
        )


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/.well-known/did.json", "/contexts/mit/v1"])
def test_what_is_json_is_described_as_an_object(document: dict, path: str) -> None:  # type: ignore[type-arg]
    (content,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
    assert content["schema"]["type"] == "object"


def test_a_problem_has_every_member_that_is_described(client: FlaskClient, document: dict) -> None:  # type: ignore[type-arg]
    told = client.get("/api/v1/certificates/x/verdict?on=x").get_json()
    schemas = document["components"]["schemas"]
    assert told.keys() == schemas["Problem"]["properties"].keys()
    assert told["errors"][0].keys() == schemas["Fault"]["properties"].keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_every_operation_with_its_example_and_no_script(
    client: FlaskClient, lang: str
) -> None:
    page = read_page(client.get(f"/api/v1/docs?lang={lang}").text)
    for path in PUBLIC:
        assert path in page.text
    assert len(page.all("pre")) == len(PUBLIC)
    assert "http://localhost:8000/api/v1/verdicts" in page.text
    assert "`" not in page.text, "names of members stand as code, not as marks"
    assert "days" in {code.text for code in page.all("code")}


def test_the_document_may_be_read_from_anywhere(web: Flask) -> None:
    answer = web.test_client().get("/api/v1/openapi.json", headers={"Origin": "https://shop.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
