"""Many at once, by the front door: the form, the table while it grows and when it is done, what is saved."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mit import worker
from mit.i18n import LANGUAGES, Language, say
from mit.store import jobs
from mit.store.db import transaction
from mit.verify.batch import BATCH_JOB
from mit.verify.batch_keep import forget_ended
from mit.verify.batch_sheet import COLUMNS
from mit.web.pages.batch import MOST_LISTED
from tests.web.html import read_page
from tests.web.office import CHANGED_ON, NOW, Office

UNKNOWN = "MIT-2560-0012345-M"
ADDRESS = re.compile(r"/verify/batch/[A-Za-z0-9_-]{32}")


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """What pages are made of does not depend on the database."""
    return offices("sqlite")


@pytest.fixture(autouse=True)
def tidy(office: Office) -> Iterator[None]:
    """Leave no batch to others."""
    yield
    with office.app.app_context():
        forget_ended(var_dir=office.app.extensions["mit.settings"].var_dir, now=NOW + timedelta(days=60))
        with transaction() as session:
            session.query(jobs.JobRow).filter_by(kind=BATCH_JOB).delete()


def post(
    office: Office, pasted: str = "", *files: tuple[str, bytes], on: str = "", lang: str = "th"
) -> TestResponse:
    sent: dict[str, Any] = {"list": pasted, "on": on}
    if files:
        sent["file"] = [(io.BytesIO(data), name) for name, data in files]
    return office.client.post(f"/verify/batch?lang={lang}", data=sent, content_type="multipart/form-data")


def table(office: Office, pasted: str = "", *files: tuple[str, bytes], on: str = "") -> str:
    """Send a batch, let the worker do it, and return its address."""
    answer = post(office, pasted, *files, on=on)
    assert answer.status_code == 303, answer.text
    worker.run_once(office.app, now=NOW)
    return str(answer.headers["Location"]).partition("?")[0]


def shown(office: Office, address: str, query: str = "") -> Any:
    answer = office.client.get(f"{address}?lang=en{query}")
    assert answer.status_code == 200
    return read_page(answer.text)


def words(page: Any) -> list[str]:
    """Return the text of each line of the table."""
    return [" ".join(row.text.split()) for row in page.all("tr")[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_to_ask_and_what_becomes_of_what_is_sent(
    office: Office, language: Language
) -> None:
    page = read_page(office.client.get(f"/verify/batch?lang={language}").text)
    for name in ("title", "list_hint", "files_names"):
        assert " ".join(say(f"batch.{name}", language).split()) in " ".join(page.text.split())
    assert say("batch.private", language, days=1) in page.text
    assert say("batch.lead", language, most=MOST_LISTED) in page.text


def test_the_entry_page_leads_there(office: Office) -> None:
    links = [link.attributes.get("href") for link in read_page(office.client.get("/verify").text).all("a")]
    assert "/verify/batch" in links


def test_a_list_leads_to_a_table_with_problems_first(office: Office) -> None:
    good, bad = office["active"].number, office["revoked"].number
    address = table(office, f"A;{good}\nB;{bad}\nnonsense\nC\t{UNKNOWN}\tX-1")
    assert ADDRESS.fullmatch(address)
    lines = words(shown(office, address))
    assert [line.split()[1] for line in lines] == ["2", "4", "3", "1"]
    assert "Revoked on the day asked about" in lines[0]
    assert "Models X-1" in lines[1] or "No such certificate" in lines[1] or UNKNOWN in lines[1]
    assert "What was shown cannot be read" in lines[2]
    assert "Siam Cable Co., Ltd." in lines[3] and "valid until 1 Nov 2027" in lines[3]
    in_order = words(shown(office, address, "&order=sent"))
    assert [line.split()[1] for line in in_order] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_has_sign_word_and_reason_and_leads_to_its_certificate(
    office: Office, language: Language
) -> None:
    address = table(office, office["suspended"].number)
    page = read_page(office.client.get(f"{address}?lang={language}").text)
    (line,) = page.all("tr")[1:]
    assert say("verify.word_NOT_VALID", language) in line.text
    assert say("web.reason_suspended", language) in line.text
    signs = [svg.attributes.get("aria-label") for svg in page.all("svg")]
    assert say("web.sign_NOT_VALID", language) in signs
    links = [link.attributes.get("href") for link in page.all("a")]
    assert f"/c/{office['suspended'].number}?lang={language}" in links
    assert say("batch.sample_some", language) in page.text


@pytest.mark.parametrize("on", ["11/11/2569", "๑๑/๑๑/๒๕๖๙", "11 พ.ย. 2569", "2026-11-11", "11 Nov 2026"])
def test_the_day_is_typed_as_people_type_it_and_counts_for_every_line(office: Office, on: str) -> None:
    address = table(office, f"{office['revoked'].number}\n{office['active'].number}", on=on)
    page = shown(office, address)
    assert "as of 11 Nov 2026" in page.text
    assert page.text.count("NOT VALID") == 1, "only in the counts"
    assert "12 Nov 2026" in page.text, f"what happened on {CHANGED_ON} is to be known beside"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("pasted", "on", "code", "params"),
    [
        ("", "", "batch_empty", {}),
        (" \n\t\n", "", "batch_empty", {}),
        (f"{UNKNOWN}\n" * (MOST_LISTED + 1), "", "batch_too_long", {"most": MOST_LISTED}),
        (UNKNOWN, "32/13/2569", "day_malformed", None),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_typed_is_lost(
    office: Office, pasted: str, on: str, code: str, params: dict[str, int] | None, language: Language
) -> None:
    answer = post(office, pasted, on=on, lang=language)
    assert answer.status_code == 422
    page = read_page(answer.text)
    (error,) = [one for one in page.all("p") if "field-error" in (one.attributes.get("class") or "")]
    if params is not None:
        assert error.text.strip() == say(f"errors.{code}", language, **params)
    (area,) = page.all("textarea")
    assert area.text.split() == pasted.split()
    (day,) = [one for one in page.all("input") if one.attributes.get("name") == "on"]
    assert day.attributes.get("value", "") == on
    assert error.attributes["id"].removesuffix("-error") in {"list", "on"}


def test_a_page_that_is_not_done_asks_again_by_itself_and_one_that_is_does_not(office: Office) -> None:
    answer = post(office, office["active"].number)
    address = str(answer.headers["Location"])
    waiting = office.client.get(address)
    assert waiting.headers["Refresh"] == "3"
    page = read_page(waiting.text)
    (bar,) = page.all("progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("0", "1")
    assert say("batch.progress", "th", done=0, total=1) in page.text
    assert ".xlsx" not in waiting.text, "nothing is saved by halves"
    worker.run_once(office.app, now=NOW)
    done = office.client.get(address)
    assert "Refresh" not in done.headers
    assert not read_page(done.text).all("progress")
    assert ".xlsx" in done.text


@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx"])
def test_a_table_is_for_whoever_has_its_address_and_for_no_cache_and_no_index(
    office: Office, ending: str
) -> None:
    address = table(office, f"a very secret bidder;{UNKNOWN}")
    answer = office.client.get(address + ending)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    wrong = address[:-1] + ("x" if address[-1] != "x" else "y")
    assert office.client.get(wrong + ending).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_leads_nowhere_says_what_to_do(office: Office, language: Language) -> None:
    answer = office.client.get(f"/verify/batch/{'x' * 32}?lang={language}")
    assert answer.status_code == 404
    assert say("errors.batch_not_found", language) in read_page(answer.text).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_saved_as_csv_and_as_a_workbook(office: Office, language: Language) -> None:
    address = table(office, f"=1+1;{office['active'].number}\nB;{office['active'].digits}")
    saved = office.client.get(f"{address}.csv?lang={language}")
    assert saved.content_type == "text/csv; charset=utf-8"
    assert saved.headers["Content-Disposition"] == 'attachment; filename="mit-2026-11-21.csv"'
    assert saved.data.startswith(b"\xef\xbb\xbf")
    head, *lines = list(csv.reader(io.StringIO(saved.data.decode("utf-8-sig"))))
    assert head == [say(f"batch.column_{name}", language) for name in COLUMNS]
    assert [line[1] for line in lines] == ["'=1+1", "B"]
    number = list(COLUMNS).index("number")
    assert {line[number] for line in lines} == {office["active"].number}
    assert say("batch.twins_other_bidder", language, lines=2) == lines[0][-1]
    book = office.client.get(f"{address}.xlsx?lang={language}")
    assert 'filename="mit-2026-11-21.xlsx"' in book.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet and "<f>" not in sheet


def test_duplicates_between_bidders_are_flagged_above_and_at_each_line(office: Office) -> None:
    pdf = office["active"].credential.encode()
    page = shown(
        office, table(office, f"A;{office['active'].number}", ("B - 1.jwt", pdf), ("B - 2.jwt", pdf))
    )
    assert say("batch.twins_between", "en", count=3) in " ".join(page.text.split())
    lines = words(page)
    assert sum("Another bidder shows the same certificate" in line for line in lines) == 3
    assert sum("The files are the same to the byte." in line for line in lines) == 2


def test_two_hundred_files_are_dropped_and_each_has_its_line(office: Office) -> None:
    kinds = ("active", "revoked", "suspended", "withdrawn", "superseded")
    files = []
    for at in range(MOST_LISTED):
        text = office[kinds[at % 5]].digits if at % 9 else office[kinds[at % 5]].credential
        files.append((f"Bidder {at % 7} - {at}.jwt", text.encode()))
    files[10] = ("Bidder 3 - damaged.pdf.jwt", b"\x00\xff\x00")
    address = table(office, "", *files)
    page = shown(office, address)
    assert page.all("main")[0].attributes["data-state"] == "done"
    lines = words(page)
    assert len(lines) == MOST_LISTED
    assert sum("Revoked on the day asked about" in line for line in lines) == 40
    assert sum("nobody named" in line for line in lines) == 0
    assert "What was shown cannot be read" in next(line for line in lines if line.startswith("Line 11 "))
    saved = office.client.get(f"{address}.csv").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(saved)))) == MOST_LISTED + 1


def test_one_file_more_than_two_hundred_is_refused_before_any_is_kept(office: Office) -> None:
    answer = post(office, "", *[(f"{at}.jwt", b"x") for at in range(MOST_LISTED + 1)])
    assert answer.status_code == 422
    assert say("errors.batch_too_long", "th", most=MOST_LISTED) in answer.text
    assert not list(office.app.extensions["mit.settings"].var_dir.glob("batches/*/*"))


def test_a_body_beyond_the_limit_is_refused_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(office.app.extensions["mit.settings"], batch_limit_bytes=5000)
    monkeypatch.setitem(office.app.extensions, "mit.settings", small)
    assert post(office, "", ("a.jwt", b"x" * 6000)).status_code == 413
    assert post(office, UNKNOWN).status_code == 303


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "A&B \"quoted\" 'x'", "\u202eevil", "{{7*7}}"]
)
def test_what_a_bidder_is_called_is_only_ever_text(office: Office, typed: str) -> None:
    address = table(office, f"{typed};{UNKNOWN}")
    html = office.client.get(address).text
    assert "<script" not in html and "\u202e" not in html and "49" not in read_page(html).all("tr")[1].text
    (line,) = read_page(html).all("tr")[1:]
    assert typed.replace("\u202e", "").strip() in line.text


@pytest.mark.parametrize(
    "query", ["&page=0", "&page=99999", "&page=x", "&page=-1", "&order=quatsch", "&page=๒"]
)
def test_any_page_and_order_that_is_asked_for_shows_the_table(office: Office, query: str) -> None:
    address = table(office, UNKNOWN)
    assert len(words(shown(office, address, query))) == 1
