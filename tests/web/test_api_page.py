"""``docs/api.md`` and the OpenAPI examples, word for word against a real register."""

from __future__ import annotations

import io
import json
import re
import shlex
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from mit import worker
from mit.config import Settings
from mit.credential import jose, status_list
from mit.web import metrics
from mit.web.answers import IMMUTABLE, NO_STORE, SIGNED_LIST
from mit.web.api.verification import LARGEST_JSON_BYTES
from mit.web.guards import FILES_AT_ONCE, reading_a_file
from mit.web.problems import CODE_OF_STATUS, STATUS_OF_CODE
from tests.docs.pages import fenced, read, spans, table_under
from tests.web.office import NOW, Office

PAGE = "docs/api.md"
UNKNOWN = "MIT-2560-0012345-M"
#: The number in every example; its form is right and nobody holds it.
EXAMPLE = "MIT-2569-0012345-B"
EXAMPLE_LETTER = "DLR-2569-7K3QW-M9T2X-D"
pytestmark = pytest.mark.parametrize("office", ["sqlite"], indirect=True)


def in_words(text: str) -> str:
    """Return *text* with its white space folded."""
    return " ".join(text.split())


# --- examples


def asked_by(office: Office, curl: str) -> TestResponse:
    """Do what a line of curl would do; ``@certificate.pdf`` is the file of the active certificate."""
    words = shlex.split(curl)
    assert words.pop(0) == "curl"
    address = urlsplit(words.pop(0))
    options: dict[str, Any] = {"headers": {}}
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name == "-F" and value.partition("=")[2].startswith("@") and "file" in options.get("data", {}):
            continue  # a form of several files is tried with the first
        if name == "-H":
            key, _, text = value.partition(": ")
            options["headers"][key] = text
        elif name == "-d":
            options["data"] = value
        else:
            assert name == "-F"
            key, _, text = value.partition("=")
            shown = (io.BytesIO(office["active"].pdf), text[1:]) if text.startswith("@") else text
            options.setdefault("data", {})[key] = shown
    method = "POST" if "data" in options else "GET"
    target = address.path + (f"?{address.query}" if address.query else "")
    return office.client.open(target, method=method, **options)


def examples() -> list[str]:
    """Return every line of curl on the page, continued lines joined."""
    text = "\n".join(fenced(read(PAGE))).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("curl ")]


def test_every_example_on_the_page_is_answered_as_it_stands_and_for_a_certificate_we_know(
    office: Office,
) -> None:
    number = office["active"].number
    assert len(examples()) == 3
    for curl in examples():
        as_written = asked_by(office, curl)
        assert (as_written.status_code, as_written.mimetype) == (200, "application/json"), as_written.text
        known = asked_by(
            office,
            curl.replace(EXAMPLE, number).replace("2026-11-25", "2026-11-20").replace("THW 2.5", "SC-101"),
        )
        assert known.json is not None
        assert (known.json["verdict"], known.json["as_of"]) == ("VALID", "2026-11-20"), curl


def batch_answers(office: Office, curl: str) -> bool:
    """Say whether a batch is taken, or told of, by an example; the one that it asks for is sent first."""
    if "-d " not in curl and "-F " not in curl:
        sent = office.client.post("/api/v1/verdicts/batch", json={"presentations": ["x"]})
        worker.run_once(office.app, now=NOW)
        curl = curl.replace("/api/v1/verdicts/batch/6vT…", sent.headers["Location"])
        return asked_by(office, curl).status_code == 200
    return asked_by(office, curl.replace(" -i ", " ")).status_code == 202


def test_every_example_of_the_description_is_answered(office: Office) -> None:
    document = office.client.get("/api/v1/openapi.json").json
    assert document is not None
    curls = [
        line
        for methods in document["paths"].values()
        for about in methods.values()
        if isinstance(about, dict)
        for line in re.split(r"\n(?=curl )", about["x-curl"].replace("\\\n", " "))
    ]
    assert len(curls) >= 8
    for curl in curls:
        known = curl.replace("{url}", "http://localhost:8000").replace(EXAMPLE, office["active"].number)
        known = known.replace("2026-11-25", "2026-11-20").replace(EXAMPLE_LETTER, office.letters["active"])
        if "/batch" in known:
            assert batch_answers(office, known), curl
            continue
        answer = asked_by(office, known)
        assert answer.status_code == 200, curl
        if answer.mimetype == "application/json":
            assert answer.json is not None
            assert answer.json.get("verdict", "VALID") == "VALID"


def test_the_problem_on_the_page_has_the_members_that_a_problem_has(office: Office) -> None:
    (shown,) = [json.loads(block) for block in fenced(read(PAGE)) if block.startswith("{")]
    answer = office.client.get(f"/api/v1/certificates/{EXAMPLE}/verdict?on=x")
    told = answer.json
    assert told is not None
    assert list(shown) == list(told)
    assert list(shown["errors"][0]) == list(told["errors"][0])
    for name in ("type", "title", "status", "code"):
        assert shown[name] == told[name]
    assert len(shown["reference"]) == len(told["reference"])
    assert told["reference"] == answer.headers["X-Request-Id"]


# --- addresses


def filled(address: str, office: Office) -> str:
    """Return an address of the tables with something real in its brackets."""
    path = address.removeprefix("POST ")
    shown = office["active"]
    if path.startswith("/d/"):
        return path.replace("<number>", office.letters["active"])
    if "<address>" in path:
        sent = office.client.post("/verify/batch", data={"list": shown.number, "on": ""})
        worker.run_once(office.app, now=NOW)
        return path.replace("/verify/batch/<address>", sent.headers["Location"])
    for name, value in (("<digits>", shown.digits), ("<number>", shown.number), ("<list>", "2700")):
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("heading", ["## For people", "## For machines", "## For operators"])
def test_every_address_in_the_tables_is_answered(office: Office, heading: str) -> None:
    addresses = [said for row in table_under(PAGE, heading) for said in spans(row[0]) if "/" in said]
    assert len(addresses) >= 3
    for address in addresses:
        if address.startswith("Accept:"):
            continue
        method = "POST" if address.startswith("POST ") else "GET"
        answer = office.client.open(filled(address, office), method=method)
        expected = 403 if address.endswith(".pdf") else 200
        assert answer.status_code == expected, address
        answer.close()


def test_the_table_for_machines_tells_how_long_each_answer_may_be_kept(office: Office) -> None:
    lasts = {"5 minutes": SIGNED_LIST, "the same": SIGNED_LIST, "for ever": IMMUTABLE}
    for address, _, cache in table_under(PAGE, "## For machines"):
        for said in spans(address)[: None if "status" in address else 1]:
            answer = office.client.get(filled(said, office))
            assert answer.headers["Cache-Control"] == lasts[cache.split(",")[0]], said
            again = office.client.get(filled(said, office), headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304, said
    assert "max-age=300, stale-while-revalidate=60, stale-if-error=86400" in SIGNED_LIST


def test_each_media_type_in_the_table_is_the_one_that_is_sent(office: Office) -> None:
    for address, what, _ in table_under(PAGE, "## For machines"):
        for kind in [said for said in spans(what) if said.startswith("application/")]:
            for said in spans(address):
                assert office.client.get(filled(said, office)).content_type == kind


def test_a_list_tells_when_it_was_signed(office: Office) -> None:
    answer = office.client.get("/status/revocation/2700")
    issued_at = json.loads(jose.parse(answer.text, typ=status_list.TYP).payload)["iat"]
    assert parsedate_to_datetime(answer.headers["Last-Modified"]).timestamp() == issued_at
    assert issued_at >= NOW.timestamp(), "another test of this process may have published since"


# --- problems


@dataclass(frozen=True)
class Asked:
    """A request that meets one code of the table at the front door."""

    code: str
    path: str
    method: str = "GET"
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code


def posted(code: str, body: str, kind: str = "application/json") -> Asked:
    return Asked(code, "/api/v1/verdicts", "POST", {"data": body, "content_type": kind})


_JSON = {"headers": {"Accept": "application/json"}}
CASES = [
    posted("body_malformed", "{"),
    Asked("host_not_trusted", "/", more={"headers": {"Host": "other.example", "Accept": "application/json"}}),
    Asked("sign_in_needed", "/c/<number>.pdf", more=_JSON),
    Asked("not_found", "/api/v1/nothing"),
    Asked("certificate_not_found", f"/c/{UNKNOWN}.jwt"),
    Asked("status_list_not_found", "/status/revocation/9999"),
    Asked("certificate_number_malformed", "/c/x.jwt"),
    Asked("certificate_number_check", "/c/MIT-2569-0000001-Z.jwt"),
    Asked("method_not_allowed", "/api/v1/verdicts", "DELETE"),
    posted("too_large", json.dumps({"presentation": "9" * LARGEST_JSON_BYTES})),
    posted("media_type", "<a/>", "application/xml"),
    Asked("day_malformed", f"/api/v1/certificates/{EXAMPLE}/verdict?on=25/11/2569"),
    Asked("day_year", f"/verify?number={EXAMPLE}&on=1/1/2400", more=_JSON),
    posted("json_not_object", "[]"),
    posted("json_members", '{"presentation": "x", "onn": "2026-11-20"}'),
    posted("presentation_missing", "{}"),
    posted("model_malformed", '{"presentation": "x", "model": 7}'),
    Asked("file_missing", "/api/v1/verdicts", "POST", {"data": {}, "content_type": "multipart/form-data"}),
]


def problem_table() -> dict[str, set[int]]:
    """Return each code of the table with its statuses; a row of several pairs them in order."""
    found: dict[str, set[int]] = {}
    for statuses, codes in table_under(PAGE, "## Problems"):
        numbers = [int(status) for status in statuses.split(",")]
        parts = codes.split(";") if ";" in codes else [codes]
        for at, part in enumerate(parts if len(parts) == len(numbers) else [codes]):
            named = [said for said in spans(part) if re.fullmatch(r"[a-z_]+", said)]
            for place, code in enumerate(named):
                one = numbers[at] if len(parts) == len(numbers) else numbers[place]
                found.setdefault(code, set()).add(one)
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_code_is_met_at_the_door_with_the_status_of_the_table(office: Office, case: Asked) -> None:
    answer = office.client.open(filled(case.path, office), method=case.method, **case.more)
    told = answer.json
    assert told is not None
    assert told["code"] == case.code
    assert answer.status_code == told["status"]
    assert problem_table()[case.code] == {answer.status_code}


def test_the_table_has_every_code_that_the_door_answers_and_no_other(office: Office) -> None:
    table = problem_table()
    met = {case.code for case in CASES} | {"file_readers_busy"}
    for code, statuses in table.items():
        (status,) = statuses
        general = {
            CODE_OF_STATUS.get(status),
            next((c for c, s in STATUS_OF_CODE.items() if c == code), None),
        }
        assert code in met | general, code
    assert met | STATUS_OF_CODE.keys() <= table.keys()
    for code, own in STATUS_OF_CODE.items():
        assert table[code] == {own}


def test_two_files_at_once_are_what_the_page_says(office: Office) -> None:
    assert "two files are being opened already, scans go on" in read(PAGE)
    assert FILES_AT_ONCE == 2
    with reading_a_file(), reading_a_file():
        answer = office.client.post("/verify", data={"file": (io.BytesIO(b"x"), "x.pdf")})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"]
        assert answer.headers["Cache-Control"] == NO_STORE
        assert office.client.get(f"/v/{office['active'].digits}").status_code == 200


# --- what stands between the tables


def test_the_limits_on_the_page_are_those_of_the_code(office: Office) -> None:
    text = in_words(read(PAGE))
    assert LARGEST_JSON_BYTES == 2**20
    assert "JSON up to 1 MiB" in text
    assert f"({Settings().upload_limit_bytes // 2**20} MiB)" in text
    assert "Members other than `presentation`, `on` and `model` are refused" in text
    members = {"presentation": EXAMPLE, "on": "2026-11-20", "model": "SC-101"}
    assert office.client.post("/api/v1/verdicts", json=members).status_code == 200
    assert office.client.post("/api/v1/verdicts", json={**members, "lang": "en"}).status_code == 422


def test_the_figures_are_named_with_their_labels(office: Office) -> None:
    office.client.get(f"/verify?number={UNKNOWN}")
    exposed, _ = metrics.exposition()
    (row,) = [row for row in table_under(PAGE, "## For operators") if "/metrics" in row[0]]
    for said in spans(row[1]):
        name, _, labels = said.rstrip("}").partition("{")
        sample = re.search(rf"^{name}(?:_count)?{{([^}}]*)}}", exposed.decode(), re.MULTILINE)
        assert sample, name
        assert set(re.findall(r"(\w+)=", sample[1])) == set(labels.split(",")), name


def test_readiness_has_the_members_of_the_table(office: Office) -> None:
    (row,) = [row for row in table_under(PAGE, "## For operators") if "/readyz" in row[0]]
    told = office.client.get("/readyz").json
    assert told is not None
    assert re.findall(r'"(\w+)"', spans(row[1])[0]) == [*told, *told["checks"]]


def test_the_longest_address_of_a_qr_code_fits_the_longest_line(office: Office) -> None:
    text = in_words(read(PAGE))
    longest = max(len(f"/v/{shown.digits}") for shown in office.certificates.values())
    limit = re.search(r"needs at most about ([0-9,]+)", text)
    line = re.search(r"longest request line is ([0-9,]+) bytes", text)
    assert limit
    assert line
    assert longest < int(limit[1].replace(",", "")) < int(line[1].replace(",", ""))


def test_a_browser_of_any_origin_may_read_what_the_page_says_and_no_page(office: Office) -> None:
    for path in ("/api/v1/openapi.json", "/.well-known/jwks.json", "/status/history/2700", "/c/<number>.jwt"):
        headers = office.client.get(filled(path, office), headers={"Origin": "https://x.example"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in headers
    for path in ("/", "/verify", "/c/<number>", "/readyz", "/metrics"):
        assert "Access-Control-Allow-Origin" not in office.client.get(filled(path, office)).headers, path
