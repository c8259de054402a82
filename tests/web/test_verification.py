"""The verification API: the contract's shape, every way to ask, every way to ask badly."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from werkzeug.test import TestResponse

from mit.verify.verdict import Check, Outcome
from mit.web.guards import FILES_AT_ONCE, reading_a_file
from tests.support.specimens import wild_texts
from tests.web.office import CHANGED_ON, ISSUED_ON, NOW, TODAY, Office

MEMBERS = {"verdict", "reasons", "notices", "findings", "certificate", "as_of", "known_at"}
CERTIFICATE = {
    "number",
    "holder",
    "products",
    "issued_on",
    "expires_on",
    "status",
    "supersedes",
    "superseded_by",
}
COVERAGE = {"product_th", "product_en", "brand", "models", "hs_code", "ranges"}


def posted(client: FlaskClient, **members: object) -> TestResponse:
    return client.post("/api/v1/verdicts", json=members)


def by_number(office: Office, status: str, query: str = "") -> TestResponse:
    return office.client.get(f"/api/v1/certificates/{office[status].number}/verdict{query}")


def test_the_verdict_has_the_shape_of_the_contract(office: Office) -> None:
    answer = by_number(office, "active")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    document = answer.json
    assert document is not None
    assert document.keys() >= MEMBERS
    assert document["certificate"].keys() >= CERTIFICATE
    assert document["certificate"]["products"][0].keys() == COVERAGE
    assert document["certificate"]["holder"].keys() == {"name_th", "name_en", "juristic_number"}
    assert [finding["check"] for finding in document["findings"]] == [check.value for check in Check]
    for finding in document["findings"]:
        assert finding.keys() == {"check", "outcome", "reason", "detail"}
        assert finding["outcome"] in {outcome.value for outcome in Outcome}
        assert finding["detail"].keys() == {"th", "en"}
    assert (document["verdict"], document["reasons"]) == ("VALID", [])
    assert document["notices"] == ["sample"]
    assert document["as_of"] == TODAY.isoformat()
    assert document["known_at"] == "2026-11-21T07:05:00Z"
    assert document["certificate"]["status"] == "active"


@pytest.mark.parametrize("status", ["suspended", "revoked", "withdrawn", "superseded"])
def test_each_way_of_ending_has_its_own_reason(office: Office, status: str) -> None:
    document = by_number(office, status).json
    assert document is not None
    assert (document["verdict"], document["reasons"]) == ("NOT_VALID", [status])
    assert document["certificate"]["status"] == status
    before = by_number(office, status, f"?on={CHANGED_ON - timedelta(days=1)}").json
    assert before is not None
    assert (before["verdict"], before["certificate"]["status"]) == ("VALID", "active")


def test_every_presentation_gets_the_same_verdict(office: Office) -> None:
    shown = office["active"]
    answers = [
        posted(office.client, presentation=text, on=ISSUED_ON.isoformat()).json
        for text in (shown.number, shown.digits, f"https://x.example/v/{shown.digits}", shown.credential)
    ]
    for document in answers:
        assert document is not None
        assert (document["verdict"], document["as_of"]) == ("VALID", ISSUED_ON.isoformat())
        assert document["certificate"]["number"] == shown.number


def test_files_are_judged(office: Office) -> None:
    shown = office["active"]
    for name, data, verdict in (
        ("a.pdf", shown.pdf, "VALID"),
        ("a.pdf", shown.pdf + b"\n", "NOT_VALID"),
        ("a.jwt", shown.credential.encode(), "VALID"),
        ("a.bin", b"\x00\x01", "CANNOT_TELL"),
    ):
        answer = office.client.post(
            "/api/v1/verdicts", data={"file": (io.BytesIO(data), name), "on": TODAY.isoformat()}
        )
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["verdict"] == verdict, name


@pytest.mark.parametrize(
    "text", ["MIT-2560-0012345-M", "x", "1" * 500, "http://localhost:8000/v/1", "ก" * 1000]
)
def test_unknown_and_unreadable_presentations_are_answered_200(office: Office, text: str) -> None:
    document = posted(office.client, presentation=text).json
    assert document is not None
    assert document["verdict"] in {"NOT_VALID", "CANNOT_TELL"}
    assert document["certificate"] is None


def test_an_unknown_number_in_the_address_is_answered_200(office: Office) -> None:
    for number, verdict in (
        ("MIT-2560-0012345-M", "NOT_VALID"),
        ("nonsense", "CANNOT_TELL"),
        ("%00", "CANNOT_TELL"),
    ):
        answer = office.client.get(f"/api/v1/certificates/{number}/verdict")
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["verdict"] == verdict


def test_any_text_at_all_is_answered(office: Office) -> None:
    @given(text=wild_texts)
    @settings(max_examples=40, deadline=None)
    def every(text: str) -> None:
        body = json.dumps({"presentation": text})
        answer = office.client.post("/api/v1/verdicts", data=body, content_type="application/json")
        assert answer.status_code == (200 if text.strip() else 422)

    every()


@pytest.mark.parametrize(
    "day", ["31/12/2569", "2569-13-01", "", "2026-1-1", "๒๐๒๖-๑๑-๐๑", "today", "2026-11-31"]
)
def test_the_api_takes_iso_days_only(office: Office, day: str) -> None:
    for answer in (
        by_number(office, "active", f"?on={day}"),
        posted(office.client, presentation="x", on=day),
        office.client.post("/api/v1/verdicts", data={"file": (io.BytesIO(b"x"), "x"), "on": day}),
    ):
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert answer.json is not None
        assert answer.json["code"] == "day_malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"\xff\xfe",
        b'{"presentation": NaN}',
        b"[" * 100_000,
        b'{"presentation": "x", "on": "2026-11-05", "on": "2026-11-20"}',
        b'{"presentation": "x", "model": null, "presentation": "y"}',
        b'{"presentation": "x", "model": {"a": 1, "a": 2}}',
        b'{"on": ' + b"9" * 5000 + b"}",
        b"nul",
    ],
)
def test_malformed_json_is_a_400(office: Office, body: bytes) -> None:
    answer = office.client.post("/api/v1/verdicts", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == "body_malformed"


@pytest.mark.parametrize(
    ("members", "code", "where"),
    [
        ([], "json_not_object", None),
        ("x", "json_not_object", None),
        ({}, "presentation_missing", "presentation"),
        ({"presentation": 7}, "presentation_missing", "presentation"),
        ({"presentation": "  "}, "presentation_missing", "presentation"),
        ({"presentation": "x", "date": "2026-01-01"}, "json_members", "date"),
        ({"presentation": "x", "on": 20260101}, "day_malformed", "on"),
        ({"presentation": "x", "model": ""}, "model_malformed", "model"),
        ({"presentation": "x", "model": "m" * 501}, "model_malformed", "model"),
    ],
)
def test_json_of_another_shape_is_a_422_that_names_the_member(
    office: Office, members: object, code: str, where: str | None
) -> None:
    answer = office.client.post("/api/v1/verdicts", json=members)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == code
    assert where in [fault["where"] for fault in answer.json["errors"]] or where is None


@pytest.mark.parametrize("kind", ["json", "pdf"])
@pytest.mark.parametrize(
    ("query", "inside", "as_of", "reasons"),
    [
        ("", {}, TODAY, []),
        (f"?on={ISSUED_ON}", {}, ISSUED_ON, []),
        ("", {"on": ISSUED_ON.isoformat()}, ISSUED_ON, []),
        (f"?on={TODAY}", {"on": ISSUED_ON.isoformat()}, ISSUED_ON, []),
        ("?model=SC-999", {}, TODAY, ["other_model"]),
        ("", {"model": "SC-999"}, TODAY, ["other_model"]),
        ("?model=SC-999", {"model": "SC-101"}, TODAY, []),
        ("?model=sc-101", {}, TODAY, []),
    ],
)
def test_a_question_in_the_address_is_answered_unless_the_body_asks_another(
    office: Office, kind: str, query: str, inside: dict[str, str], as_of: date, reasons: list[str]
) -> None:
    shown = office["active"]
    address = f"/api/v1/verdicts{query}"
    if kind == "json":
        answer = office.client.post(address, json={"presentation": shown.number, **inside})
    else:
        answer = office.client.post(address, data={"file": (io.BytesIO(shown.pdf), "a.pdf"), **inside})
    assert answer.json is not None
    assert (answer.json["as_of"], answer.json["reasons"]) == (as_of.isoformat(), reasons)


@pytest.mark.parametrize(("query", "code"), [("?on=x", "day_malformed"), ("?model=", "model_malformed")])
def test_a_question_in_the_address_that_cannot_be_read_is_refused_for_every_kind_of_body(
    office: Office, query: str, code: str
) -> None:
    for body in ({"json": {"presentation": "x"}}, {"data": {"file": (io.BytesIO(b"x"), "x")}}):
        answer = office.client.post(f"/api/v1/verdicts{query}", **body)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json and answer.json["code"]) == (422, code)


def test_null_means_today(office: Office) -> None:
    document = posted(office.client, presentation=office["active"].number, on=None, model=None).json
    assert document is not None
    assert document["as_of"] == TODAY.isoformat()


def test_a_model_is_judged_over_the_api_too(office: Office) -> None:
    number = office["active"].number
    document = posted(office.client, presentation=number, model="SC-999").json
    assert document is not None
    assert (document["verdict"], document["reasons"]) == ("NOT_VALID", ["other_model"])
    assert by_number(office, "active", "?model=SC-101").json["verdict"] == "VALID"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_other_kinds_of_bodies_are_a_415(office: Office, kind: str) -> None:
    answer = office.client.post("/api/v1/verdicts", data=b"presentation=x", content_type=kind)
    assert answer.status_code == 415


def test_a_form_needs_exactly_one_file(office: Office) -> None:
    two = {"file": [(io.BytesIO(b"a"), "a"), (io.BytesIO(b"b"), "b")]}
    for data in ({"other": (io.BytesIO(b"a"), "a")}, two):
        answer = office.client.post("/api/v1/verdicts", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["code"] == "file_missing"


def test_a_form_with_a_member_that_nobody_knows_is_refused_like_json(office: Office) -> None:
    misspelled = {"file": (io.BytesIO(b"a"), "a"), "modell": "SC-101"}
    answer = office.client.post("/api/v1/verdicts", data=misspelled, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["code"], answer.json["errors"][0]["where"]) == ("json_members", "modell")


def test_a_json_body_is_limited_below_a_file(office: Office) -> None:
    body = json.dumps({"presentation": "x" * 1_100_000})
    answer = office.client.post("/api/v1/verdicts", data=body, content_type="application/json")
    assert answer.status_code == 413


def test_too_many_files_at_once_are_asked_to_wait_and_scans_go_on(office: Office) -> None:
    held = [reading_a_file() for _ in range(FILES_AT_ONCE)]
    for place in held:
        place.__enter__()
    try:
        answer = office.client.post("/api/v1/verdicts", data={"file": (io.BytesIO(b"x"), "x")})
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert by_number(office, "active").status_code == 200
    finally:
        for place in held:
            place.__exit__(None, None, None)
    answer = office.client.post("/api/v1/verdicts", data={"file": (io.BytesIO(b"x"), "x")})
    assert answer.status_code == 200


def test_the_answer_follows_the_clock_and_not_a_cache(office: Office) -> None:
    try:
        office.clock.set(NOW + timedelta(days=400))
        document = by_number(office, "active").json
        assert document is not None
        assert document["reasons"] == ["expired"]
    finally:
        office.clock.set(NOW)
    assert by_number(office, "active").json["verdict"] == "VALID"
