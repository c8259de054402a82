"""What a process serves: everything, or the public part alone, and then nothing else is loaded into it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mit.app import BESIDES, create_app
from mit.config import Settings
from mit.roles.access import TABLE
from mit.store.db import dispose_engines
from tests.support.databases import Databases
from tests.support.pdfs import plain_pdf
from tests.web.office import NOW, Office
from tests.web.test_access import rules

ROOT = Path(__file__).parent.parent.parent
#: Packages that draw, seal, print, read workbooks, sign people in or reckon; none is for verdicts.
HEAVY = (
    *("pyhanko", "reportlab", "pikepdf", "uharfbuzz", "fontTools", "qrcode", "pypdfium2", "zxingcpp", "PIL"),
    *("flask_security", "flask_login", "flask_principal", "passlib", "argon2", "flask_wtf", "wtforms"),
    *("alembic", "pythainlp", "asn1crypto", "openpyxl", "defusedxml", "smtplib"),
)
#: Rooms of ours that belong to the back office, and those parts of others that do not.
OFFICE = ("mit.back_office", "mit.worker", "mit.issuance", "mit.document", "mit.criteria", "mit.notify")
OFFICE_ROOMS = ("mit.company_register", "mit.cli", "mit.accounts", "mit.upkeep")
ALLOWED = {"mit.accounts", "mit.accounts.caller", "mit.upkeep", "mit.upkeep.readiness"}
#: Serves the questions that come on its input, one JSON line each, and says what it has loaded.
CHILD = """
import io, json, sys
from datetime import datetime
from mit.app import create_app
from mit.values.clock import FrozenClock
client = create_app(clock=FrozenClock(datetime.fromisoformat(sys.argv[1]))).test_client()
def ask(question):
    if file := question.pop("file", None):
        question["data"] = {"file": (io.BytesIO(bytes.fromhex(file)), "x.pdf")}
    answer = client.open(**question)
    return [answer.status_code, answer.text[:20000]]
print(json.dumps([ask(json.loads(line)) for line in sys.stdin]))
print(json.dumps(sorted(sys.modules)))
print(json.dumps([rule.endpoint for rule in client.application.url_map.iter_rules()]))
"""


@pytest.fixture(scope="module")
def register(offices: Callable[[str], Office]) -> Office:
    """A register of certificates on SQLite that other processes read, too."""
    return offices("sqlite")


def serve_alone(
    office: Office, questions: list[dict[str, Any]]
) -> tuple[list[list[Any]], set[str], set[str]]:
    """Return what a process that serves the public part alone answers, loads, and has addresses for."""
    settings: Settings = office.app.extensions["mit.settings"]
    environ = {
        "MIT_ENV": "test",
        "MIT_SERVE": "verify",
        "MIT_DATABASE_URL": settings.effective_database_url,
        "MIT_VAR_DIR": str(settings.var_dir),
    }
    asked = "\n".join(json.dumps(one) for one in questions)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, NOW.isoformat()],
        input=asked,
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, modules, endpoints = (json.loads(line) for line in done.stdout.splitlines())
    return answers, set(modules), set(endpoints)


def test_the_public_part_alone_answers_everything_public_and_loads_nothing_else(register: Office) -> None:
    shown, revoked = register["active"], register["revoked"]
    questions: dict[str, dict[str, Any]] = {
        "scan": {"path": f"/v/{shown.digits}"},
        "number": {"path": f"/verify?number={revoked.number}"},
        "record": {"path": f"/c/{shown.number}?lang=en"},
        "verdict": {"path": f"/api/v1/certificates/{shown.number}/verdict"},
        "presentation": {
            "path": "/api/v1/verdicts",
            "method": "POST",
            "json": {"presentation": shown.digits},
        },
        "credential": {"path": f"/c/{shown.number}.jwt"},
        "keys": {"path": "/.well-known/jwks.json"},
        "list": {"path": "/status/revocation/2700"},
        "history": {"path": "/status/history/2700"},
        "description": {"path": "/api/v1/docs"},
        "start": {"path": "/"},
        "alive": {"path": "/healthz"},
        "figures": {"path": "/metrics"},
        "file": {"path": "/verify", "method": "POST", "file": plain_pdf(1).hex()},
    }
    answers, modules, endpoints = serve_alone(register, list(questions.values()))
    told = dict(zip(questions, answers, strict=True))
    assert {name: status for name, (status, _) in told.items()} == dict.fromkeys(questions, 200)
    assert 'data-verdict="VALID"' in told["scan"][1]
    assert 'data-reasons="revoked"' in told["number"][1]
    assert 'data-verdict="VALID"' in told["record"][1]
    assert (
        json.loads(told["verdict"][1])["verdict"] == json.loads(told["presentation"][1])["verdict"] == "VALID"
    )
    assert told["credential"][1] == shown.credential
    assert json.loads(told["keys"][1])["keys"]
    assert 'data-verdict="NOT_VALID"' in told["file"][1], "a child process opened the file"
    loaded = {name.partition(".")[0] for name in modules}
    assert not loaded & set(HEAVY)
    ours = {name for name in modules if name.startswith((*OFFICE, *OFFICE_ROOMS))}
    assert ours <= ALLOWED, sorted(ours - ALLOWED)
    public = {row.endpoint for row in TABLE if row.is_public}
    assert endpoints <= public, "what asks who somebody is has no address here"


def test_every_address_of_the_back_office_is_not_found_there(register: Office, databases: Databases) -> None:
    alone = create_app(
        Settings(
            env="test",
            serve="verify",
            database_url=register.app.extensions["mit.settings"].effective_database_url,
            var_dir=databases.workplace(),
        )
    )
    client, known = alone.test_client(), {rule.rule for rule in alone.url_map.iter_rules()}
    tried = {path.partition("?")[0] for rule, path, _ in rules(register.app) if rule.rule not in known}
    assert len(tried) > 100
    assert {"/sign-in", "/admin", "/staff", "/calculator", "/cost-sheet.xlsx"} <= tried
    for path in tried:
        for method in ("GET", "POST"):
            status = client.open(path, method=method).status_code
            assert status in {404, 405}, f"{method} {path} {status}"
    assert "/v/<anything:digits>" in known
    with alone.app_context():
        dispose_engines()


def test_the_public_part_is_ready_without_keys_and_workers(make_app: Callable[..., Flask]) -> None:
    for serve, status in (("all", 503), ("verify", 200)):
        answer = make_app(serve=serve).test_client().get("/readyz")
        assert answer.status_code == status
        assert answer.json["checks"] == {"database": True, "schema": True, "keys": False, "jobs": True}
        assert answer.json["ready"] is (status == 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("served", ["all", "verify"])
def test_what_is_public_is_the_same_in_both(make_app: Callable[..., Flask], served: str) -> None:
    both = {name: make_app(serve=name) for name in BESIDES}
    public = {(rule.rule, rule.endpoint) for rule in both["verify"].url_map.iter_rules()}
    assert public <= {(rule.rule, rule.endpoint) for rule in both[served].url_map.iter_rules()}
    for path in ("/", "/verify", "/v/123", "/robots.txt"):
        pages = [both[name].test_client().get(path) for name in (served, "verify")]
        texts = [page.get_data(as_text=True).replace(page.headers["X-Request-Id"], "") for page in pages]
        assert texts[0] == texts[1], path
        for page in pages:
            page.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_describes_the_operations_that_it_answers(make_app: Callable[..., Flask]) -> None:
    described = {
        name: make_app(serve=name).test_client().get("/api/v1/openapi.json").get_json()["paths"]
        for name in BESIDES
    }
    batches = {"/api/v1/verdicts/batch", "/api/v1/verdicts/batch/{batch_id}"}
    assert described["verify"].items() <= described["all"].items()
    assert described["all"].keys() - described["verify"].keys() == batches


def test_a_change_that_needs_a_form_of_ours_is_refused_where_nobody_signs_in(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(serve="verify")
    app.add_url_rule("/sign-in", "sign_in.enter", lambda: "in", methods=["POST"])
    app.add_url_rule("/admin", "admin.overview", lambda: "in")
    client = app.test_client()
    for answer in (client.post("/sign-in"), client.get("/admin")):
        assert (answer.status_code, b'data-problem="not_allowed"' in answer.data) == (403, True)
