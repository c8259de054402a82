"""Many at once for machines: a job with an address, its results page by page, every way to ask badly."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mit import worker
from mit.i18n import LANGUAGES
from mit.store import jobs
from mit.store.db import transaction
from mit.values.clock import FrozenClock
from mit.verify.batch import BATCH_JOB
from mit.verify.batch_keep import forget_ended
from tests.support.signed_in import open_door
from tests.support.world import rows
from tests.web.office import CHANGED_ON, NOW, TODAY, Office

PATH = "/api/v1/verdicts/batch"
UNKNOWN = "MIT-2560-0012345-M"


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """What the API answers does not depend on the database."""
    return offices("sqlite")


@pytest.fixture(autouse=True)
def tidy(offices: Callable[[str], Office]) -> Iterator[None]:
    """Leave no batch to others."""
    yield
    office = offices("sqlite")
    with office.app.app_context():
        forget_ended(var_dir=office.app.extensions["mit.settings"].var_dir, now=NOW + timedelta(days=60))
        with transaction() as session:
            session.query(jobs.JobRow).filter_by(kind=BATCH_JOB).delete()


def post(office: Office, *presentations: object, **more: object) -> TestResponse:
    return office.client.post(PATH, json={"presentations": list(presentations), **more})


def results(office: Office, *presentations: object, **more: object) -> list[dict[str, Any]]:
    answer = post(office, *presentations, **more)
    assert answer.status_code == 202, answer.text
    worker.run_once(office.app, now=NOW)
    found: list[dict[str, Any]] = office.client.get(answer.headers["Location"]).get_json()["results"]
    return found


def test_a_batch_is_accepted_with_an_address_and_told_when_it_is_done(office: Office) -> None:
    answer = post(office, office["active"].number, UNKNOWN)
    assert (answer.status_code, answer.content_type) == (202, "application/json")
    state = answer.get_json()
    assert answer.headers["Location"] == f"{PATH}/{state['id']}"
    assert state == {
        "id": state["id"],
        "state": "waiting",
        "problem": None,
        "total": 2,
        "done": 0,
        "as_of": TODAY.isoformat(),
        "sent_at": "2026-11-21T07:05:00Z",
        "forgotten_at": "2026-11-22T07:05:00Z",
        "address": f"http://localhost:8000/verify/batch/{state['id']}",
    }
    waiting = office.client.get(answer.headers["Location"])
    assert waiting.get_json() == {**state, "results": [], "next": None}
    assert waiting.headers["Cache-Control"] == "no-store"
    assert waiting.headers["X-Robots-Tag"] == "noindex, nofollow"
    worker.run_once(office.app, now=NOW)
    done = office.client.get(answer.headers["Location"]).get_json()
    assert (done["state"], done["done"], done["next"]) == ("done", 2, None)
    assert [one["verdict"] for one in done["results"]] == ["VALID", "NOT_VALID"]


def test_each_result_is_the_verdict_of_a_single_question_and_says_where_it_stood(office: Office) -> None:
    kinds = ["active", "revoked", "suspended", "withdrawn", "superseded"]
    shown = [
        text for kind in kinds for text in (office[kind].number, office[kind].digits, office[kind].credential)
    ]
    shown += [UNKNOWN, "quatsch"]
    day = (CHANGED_ON - timedelta(days=1)).isoformat()
    for on in (day, TODAY.isoformat()):
        found = results(office, *shown, on=on)
        assert [one["position"] for one in found] == list(range(1, len(shown) + 1))
        for text, told in zip(shown, found, strict=True):
            alone = office.client.post("/api/v1/verdicts", json={"presentation": text, "on": on}).get_json()
            assert {name: told[name] for name in alone} == alone


def test_bidders_models_and_duplicates_stand_beside_the_verdict(office: Office) -> None:
    number = office["active"].number
    found = results(
        office,
        {"presentation": number, "bidder": "รายที่หนึ่ง", "model": "SC-101"},
        {"presentation": office["active"].digits, "bidder": "รายที่สอง", "model": "SC-999"},
        {"presentation": number, "bidder": None, "model": None},
        number,
        UNKNOWN,
    )
    assert [one["bidder"] for one in found] == ["รายที่หนึ่ง", "รายที่สอง", None, None, None]
    assert [one["model"] for one in found] == ["SC-101", "SC-999", None, None, None]
    assert [one["reasons"] for one in found] == [[], ["other_model"], [], [], ["not_found"]]
    assert [one["duplicate"] for one in found] == ["other_bidder", "other_bidder", "unnamed", "unnamed", None]
    assert [one["duplicate_of"] for one in found] == [None, 1, 1, 1, None]
    assert found[0]["duplicate_positions"] == [2, 3, 4]
    assert {one["is_same_file"] for one in found} == {False}


def test_files_are_sent_as_parts_and_their_names_say_whose_they_are(office: Office) -> None:
    shown = office["active"]
    parts = [
        (io.BytesIO(shown.pdf), "Siam Supply - 1.pdf"),
        (io.BytesIO(shown.credential.encode()), "Thai Trade/a.jwt"),
        (io.BytesIO(b"\x00\x01"), "x.bin"),
        (io.BytesIO(shown.pdf), "y.pdf"),
    ]
    answer = office.client.post(PATH, data={"file": parts, "on": TODAY.isoformat()})
    assert answer.status_code == 202
    worker.run_once(office.app, now=NOW)
    found = office.client.get(answer.headers["Location"]).get_json()["results"]
    assert [one["verdict"] for one in found] == ["VALID", "VALID", "CANNOT_TELL", "VALID"]
    assert [one["bidder"] for one in found] == ["Siam Supply", "Thai Trade", None, None]
    assert [one["given"] for one in found] == ["Siam Supply - 1.pdf", "Thai Trade/a.jwt", "x.bin", "y.pdf"]
    assert [one["is_same_file"] for one in found] == [True, False, False, True]
    assert found[3]["duplicate_of"] == 1


def test_ten_thousand_are_taken_and_read_page_by_page(office: Office) -> None:
    numbers = [shown.number for shown in office.certificates.values()]
    answer = post(office, *[numbers[at % len(numbers)] for at in range(10_000)])
    assert answer.status_code == 202
    worker.run_once(office.app, now=NOW)
    positions: list[int] = []
    following = f"{answer.headers['Location']}?from=8001&count=1000"
    while following:
        page = office.client.get(following).get_json()
        positions += [one["position"] for one in page["results"]]
        assert len(page["results"]) <= 1000
        following = page["next"]
    assert positions == list(range(8001, 10_001))
    page = office.client.get(page["address"].removeprefix("http://localhost:8000")).text
    assert page.count("<tr") == 201


@pytest.mark.parametrize(
    ("query", "positions", "following"),
    [
        ("", [1, 2, 3, 4, 5], None),
        ("?count=2", [1, 2], "?from=3&count=2"),
        ("?from=3&count=2", [3, 4], "?from=5&count=2"),
        ("?from=5&count=2", [5], None),
        ("?from=4&count=2", [4, 5], None),
        ("?from=6", [], None),
        ("?from=10000&count=1000", [], None),
    ],
)
def test_results_are_read_from_any_position_some_at_a_time(
    office: Office, query: str, positions: list[int], following: str | None
) -> None:
    answer = post(office, *[UNKNOWN] * 5)
    worker.run_once(office.app, now=NOW)
    found = office.client.get(answer.headers["Location"] + query).get_json()
    assert [one["position"] for one in found["results"]] == positions
    assert found["next"] == (f"{answer.headers['Location']}{following}" if following else None)


@pytest.mark.parametrize("name", ["from", "count"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "99999999", "๑", " 1", "10001"])
def test_a_page_that_cannot_be_is_refused(office: Office, name: str, value: str) -> None:
    address = post(office, UNKNOWN).headers["Location"]
    answer = office.client.get(address, query_string={name: value})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "number_out_of_range")
    assert answer.get_json()["errors"][0]["where"] == name


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "body_malformed"),
        ('{"presentations": ["x"], "presentations": ["y"]}', 400, "body_malformed"),
        ('{"presentations": [NaN]}', 400, "body_malformed"),
        ("[]", 422, "json_not_object"),
        ("{}", 422, "presentations_missing"),
        ('{"presentations": []}', 422, "presentations_missing"),
        ('{"presentations": "x"}', 422, "presentations_missing"),
        ('{"presentations": {"presentation": "x"}}', 422, "presentations_missing"),
        ('{"presentations": [""]}', 422, "presentation_missing"),
        ('{"presentations": ["x", " "]}', 422, "presentation_missing"),
        ('{"presentations": [1]}', 422, "presentation_missing"),
        ('{"presentations": [null]}', 422, "presentation_missing"),
        ('{"presentations": [["x"]]}', 422, "presentation_missing"),
        ('{"presentations": [{}]}', 422, "presentation_missing"),
        ('{"presentations": [{"presentation": "x", "bider": "y"}]}', 422, "json_members"),
        ('{"presentations": [{"presentation": "x", "bidder": 1}]}', 422, "bidder_malformed"),
        ('{"presentations": [{"presentation": "x", "model": ""}]}', 422, "model_malformed"),
        ('{"presentations": [{"presentation": "x", "model": 1}]}', 422, "model_malformed"),
        ('{"presentations": ["x"], "on": "25/11/2569"}', 422, "day_malformed"),
        ('{"presentations": ["x"], "on": 1}', 422, "day_malformed"),
        ('{"presentations": ["x"], "when": "2026-11-25"}', 422, "json_members"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_begun(
    office: Office, body: str, status: int, code: str
) -> None:
    answer = office.client.post(PATH, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json()["code"] == code
    for language in LANGUAGES:
        assert answer.get_json()["sentence"][language]
    with office.app.app_context():
        assert rows("SELECT id FROM batches") == []


@pytest.mark.parametrize(
    ("member", "longest", "code"), [("bidder", 100, "bidder_malformed"), ("model", 200, "model_malformed")]
)
def test_names_are_taken_up_to_their_longest_and_no_letter_more(
    office: Office, member: str, longest: int, code: str
) -> None:
    assert post(office, {"presentation": "x", member: "ก" * longest}).status_code == 202
    refused = post(office, "x", {"presentation": "x", member: "ก" * (longest + 1)})
    assert (refused.status_code, refused.get_json()["code"]) == (422, code)
    assert refused.get_json()["errors"][0]["where"] == f"presentations[1].{member}"


def test_more_than_ten_thousand_are_refused(office: Office) -> None:
    answer = post(office, *["x"] * 10_001)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "batch_too_long")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"on": "2026-11-25"}, "file_missing"),
        ({"file": "not a file"}, "file_missing"),
        ({"file": [(b"x", "a.pdf")], "model": "M"}, "json_members"),
        ({"file": [(b"x", "a.pdf")], "on": "quatsch"}, "day_malformed"),
        ({"file": [(b"x", f"{at}.pdf") for at in range(201)]}, "batch_too_many_files"),
    ],
)
def test_files_that_cannot_be_taken_are_refused(office: Office, data: dict[str, Any], code: str) -> None:
    if isinstance(data.get("file"), list):
        data = data | {"file": [(io.BytesIO(content), name) for content, name in data["file"]]}
    answer = office.client.post(PATH, data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_any_other_kind_of_body_is_refused(office: Office, kind: str) -> None:
    answer = office.client.post(PATH, data="x", content_type=kind)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "media_type")


@pytest.mark.parametrize("name", ["x", "x" * 32, "A" * 33, "%00", "ก"])
def test_at_any_other_address_there_is_nothing(office: Office, name: str) -> None:
    answer = office.client.get(f"{PATH}/{name}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "batch_not_found")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(office.app.extensions["mit.settings"], upload_limit_bytes=500)
    monkeypatch.setitem(office.app.extensions, "mit.settings", small)
    assert post(office, *["x"] * 300).status_code == 413


@pytest.fixture
def limited(make_app: Callable[..., Flask], clock: FrozenClock) -> Iterator[FlaskClient]:
    """A visitor of an application that gives each address three files and four batches an hour."""
    made = make_app(checks_per_hour=3, batches_per_hour=4)
    with made.app_context():
        yield open_door(made, clock).test_client()


def dropped(client: FlaskClient, files: int, path: str = PATH) -> TestResponse:
    return client.post(path, data={"file": [(io.BytesIO(b"x"), f"{at}.jwt") for at in range(files)]})


def test_a_batch_of_files_counts_each_and_whoever_has_some_left_may_send_one_more(
    limited: FlaskClient,
) -> None:
    assert dropped(limited, 2).status_code == 202
    assert dropped(limited, 5, "/verify/batch").status_code == 303
    refused = dropped(limited, 1)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "asked_too_often")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    checked = limited.post("/verify", data={"file": (io.BytesIO(b"x"), "x.jwt")})
    assert checked.status_code == 429, "a file is a file, in a batch or alone"
    assert rows("SELECT * FROM allowances") == [], "an address is not counted in the database"
    numbers = limited.post(PATH, json={"presentations": ["x"]})
    assert numbers.status_code == 202, "numbers are no files"


def test_so_many_batches_an_hour_are_given_and_no_more(limited: FlaskClient) -> None:
    answers = [limited.post(PATH, json={"presentations": ["x"]}).status_code for _ in range(6)]
    assert answers == [202, 202, 202, 202, 429, 429]
    page = limited.post("/verify/batch", data={"list": "x", "on": ""})
    assert page.status_code == 429


def test_what_is_described_is_what_is_said(office: Office) -> None:
    described = office.client.get("/api/v1/openapi.json").get_json()
    post_about = described["paths"][PATH]["post"]
    assert set(post_about["responses"]) == {"202", "400", "413", "415", "422", "429"}
    assert set(post_about["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    schemas = described["components"]["schemas"]
    answer = post(office, UNKNOWN)
    assert answer.get_json().keys() == schemas["BatchState"]["properties"].keys()
    worker.run_once(office.app, now=NOW)
    document = office.client.get(answer.headers["Location"]).get_json()
    assert document.keys() == schemas["Batch"]["properties"].keys()
    assert document["results"][0].keys() == (
        schemas["BatchResult"]["properties"].keys() - {"inner", "coverage", "days", "days_verdict"}
    )
    assert json.dumps(schemas["BatchRequest"]).count("maxItems") == 1
