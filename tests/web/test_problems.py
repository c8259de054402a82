"""Every error as a problem document or a page, in two languages, with a next step."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import default_exceptions

from mit import errors
from mit.errors import Fault, MitError
from mit.i18n import LANGUAGES, knows
from mit.roles.access import Access, Audience
from mit.web.problems import CODE_OF_STATUS, PROBLEM, STATUS_OF, STATUS_OF_CODE, sentence, status_of
from tests.web.html import read_page


def raising(app: Flask, error: Exception) -> FlaskClient:
    """Return a client of *app* with routes that raise *error*: a page's and an API's."""

    def fail() -> str:
        raise error

    app._got_first_request = False
    for path, endpoint in (("/fail", "fail"), ("/api/v1/fail", "api_fail")):
        app.add_url_rule(path, endpoint, fail)
        app.extensions["mit.access"][endpoint] = Access(endpoint, frozenset({Audience.ANYONE}))
    return app.test_client()


@pytest.mark.parametrize("status", sorted(CODE_OF_STATUS))
def test_every_status_has_code_sentence_and_next_step_in_both_languages(web: Flask, status: int) -> None:
    assert knows(f"web.next_{status}")
    for language in LANGUAGES:
        assert sentence(Fault(CODE_OF_STATUS[status]), language)
    if status == 401:
        return  # werkzeug's own needs a scheme; ours is a MitError
    client = raising(web, default_exceptions[status]())
    document = client.get("/api/v1/fail").json
    assert document["status"] == status
    assert document["code"] == CODE_OF_STATUS[status]
    for language in LANGUAGES:
        page = client.get(f"/fail?lang={language}")
        assert page.status_code == status
        assert document["sentence"][language] in read_page(page.text).text


CASES = [
    (errors.InputError("day_malformed", where="on", text="x"), 422),
    (errors.MalformedNumberError("certificate_number_check", text="MIT"), 422),
    (errors.UnreadableFileError("not_a_pdf"), 422),
    (errors.NotAllowedError("sign_in_needed"), 403),
    (errors.FourEyesError(), 403),
    (errors.NotFoundError(), 404),
    (errors.ConflictError(), 409),
    (errors.StaleVersionError(), 409),
    (errors.IllegalMoveError(), 409),
    (errors.LintError(), 422),
    (errors.KeyUnavailableError(), 503),
    (errors.TamperedError("audit_chain"), 500),
    (errors.RulebookError(), 500),
    (errors.InputError("body_malformed"), 400),
    (MitError("register_unreachable"), 503),
    (MitError("file_readers_busy"), 429),
    (MitError("asked_too_often", minutes=7), 429),
]


@pytest.mark.parametrize(("error", "status"), CASES, ids=lambda value: str(value)[:30])
def test_every_error_of_ours_has_one_status(web: Flask, error: MitError, status: int) -> None:
    assert status_of(error) == status
    answer = raising(web, error).get("/api/v1/fail")
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_class_of_error_is_in_the_table_by_an_ancestor() -> None:
    classes = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MitError)
    ]
    assert len(classes) > 12
    for kind in classes:
        assert any(ancestor in STATUS_OF for ancestor in kind.__mro__), kind


def test_every_code_with_its_own_status_has_sentences() -> None:
    for code in STATUS_OF_CODE:
        assert knows(f"errors.{code}") or knows(f"web.problem_{code}"), code


def test_a_problem_document_is_as_the_standard_has_it(client: FlaskClient) -> None:
    answer = client.get("/api/v1/certificates/x/verdict?on=31-31-2569")
    assert (answer.status_code, answer.content_type) == (422, PROBLEM)
    document = answer.json
    for member in ("type", "title", "detail", "code", "reference"):
        assert isinstance(document[member], str), member
    assert document["status"] == 422
    assert document["errors"][0]["where"] == "on"
    assert document["reference"] == answer.headers["X-Request-Id"]
    assert "31-31-2569" in document["detail"]


def test_the_detail_comes_in_the_language_asked_for(client: FlaskClient) -> None:
    path = "/api/v1/certificates/x/verdict?on=x"
    thai, english = client.get(path).json, client.get(path, headers={"Accept-Language": "en"}).json
    assert thai["detail"] == thai["sentence"]["th"] == english["sentence"]["th"]
    assert english["detail"] == english["sentence"]["en"] != thai["detail"]


def test_several_faults_are_all_listed(web: Flask) -> None:
    faults = [Fault("day_malformed", f"lines[{n}].on", {"text": f"day {n}"}) for n in range(3)]
    client = raising(web, errors.InputError("unprocessable", faults=faults))
    assert [fault["where"] for fault in client.get("/api/v1/fail").json["errors"]] == [
        "lines[0].on",
        "lines[1].on",
        "lines[2].on",
    ]
    page = read_page(client.get("/fail").text)
    assert "day 2" in page.text
    assert "lines[2].on" in page.text


def test_what_nobody_foresaw_is_a_500_that_tells_nothing_but_a_reference(
    web: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = raising(web, RuntimeError("secret /etc/passwd 1101700230705"))
    for path in ("/fail", "/api/v1/fail"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "passwd" not in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["X-Request-Id"] in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert any("RuntimeError" in line.get("exception", "") for line in lines)
    assert "1101700230705" not in str(lines)


def test_our_own_alarms_do_not_leak_either(web: Flask) -> None:
    answer = raising(web, errors.TamperedError("audit_chain", where="row 17")).get("/api/v1/fail")
    assert answer.json["code"] == "internal"
    assert "row 17" not in answer.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json", PROBLEM),
        (PROBLEM, PROBLEM),
        ("application/json, text/html;q=0.5", PROBLEM),
        ("image/png", "text/html"),
        (";;;,,,=", "text/html"),
    ],
)
def test_pages_are_for_people_and_documents_for_machines(client: FlaskClient, accept: str, kind: str) -> None:
    answer = client.get("/no/such/page", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.mimetype == kind


def test_405_names_what_is_allowed_and_503_when_to_come_again(web: Flask, client: FlaskClient) -> None:
    answer = client.delete("/api/v1/verdicts")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    later = raising(web, MitError("register_unreachable")).get("/api/v1/fail")
    assert int(later.headers["Retry-After"]) > 0


def test_a_redirect_is_no_problem(client: FlaskClient) -> None:
    assert client.get("/v//1").status_code in {200, 308}


def test_a_lone_surrogate_in_an_answer_does_not_break_it(web: Flask) -> None:
    error = errors.InputError("day_malformed", where="\ud800", text="\udfff")
    assert raising(web, error).get("/api/v1/fail").status_code == 422


def test_the_page_for_a_day_that_cannot_be_read_asks_again(client: FlaskClient) -> None:
    answer = client.get("/v/123?on=quatsch")
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert page.one("input", name="on").attributes["value"] == "quatsch"
    assert page.one("main").attributes["data-problem"] == "day_malformed"
