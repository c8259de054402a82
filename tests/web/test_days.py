"""Bid, contract and delivery in one question, by page and API on a real register; and no stale answer."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from mit.i18n import LANGUAGES
from mit.store.db import dispose_engines
from tests.support.databases import Databases
from tests.web.html import read_page
from tests.web.office import CHANGED_ON, EXPIRES_ON, ISSUED_ON, NOW, TODAY, Office, change, open_office
from tests.web.test_public import asked, told

ONE_DAY = timedelta(days=1)


def by_api(office: Office, status: str, question: str, *, expected: int = 200) -> Any:
    answer = office.client.get(f"/api/v1/certificates/{office[status].number}/verdict?{question}")
    assert answer.status_code == expected, answer.text
    return answer.json


def on_page(office: Office, address: str) -> list[str]:
    """Return the day and the answer of each day that stands side by side."""
    days = asked(office, address).one("ul", class_="days-row").children
    return [f"{day.attributes['class']}".rpartition("-")[2] for day in days]


@pytest.mark.parametrize(
    ("status", "days", "answers", "overall", "reasons"),
    [
        ("active", (ISSUED_ON, TODAY, TODAY), ["VALID"] * 3, "VALID", ""),
        (
            "active",
            (ISSUED_ON, TODAY, EXPIRES_ON + ONE_DAY),
            ["VALID", "VALID", "NOT_VALID"],
            "NOT_VALID",
            "expired",
        ),
        ("active", (TODAY, None, EXPIRES_ON), ["VALID", "CANNOT_TELL"], "CANNOT_TELL", "future_date"),
        (
            "revoked",
            (CHANGED_ON - ONE_DAY, CHANGED_ON, TODAY + ONE_DAY),
            ["VALID", "NOT_VALID", "NOT_VALID"],
            "NOT_VALID",
            "revoked future_date",
        ),
        (
            "active",
            (ISSUED_ON - ONE_DAY, None, EXPIRES_ON + ONE_DAY),
            ["NOT_VALID"] * 2,
            "NOT_VALID",
            "not_yet_in_force expired",
        ),
    ],
)
def test_page_and_api_answer_each_day_alike_and_the_worst_decides(
    office: Office,
    status: str,
    days: tuple[date | None, ...],
    answers: list[str],
    overall: str,
    reasons: str,
) -> None:
    names = zip(("bid", "contract", "delivery"), days, strict=True)
    question = "&".join(f"{name}={day}" for name, day in names if day)
    for address in (f"/v/{office[status].digits}", f"/c/{office[status].number}"):
        page = asked(office, f"{address}?{question}")
        assert set(told(page)[1].split()) == set(reasons.split())
        assert told(page)[0] == overall
        assert on_page(office, f"{address}?{question}") == answers
    document = by_api(office, status, question)
    assert [day["verdict"] for day in document["days"].values()] == answers
    assert document["days_verdict"] == overall
    assert document["verdict"] == ("VALID" if status == "active" else "NOT_VALID"), "that of today"
    for day in document["days"].values():
        alone = by_api(office, status, f"on={day['as_of']}")
        assert (day["verdict"], day["reasons"]) == (alone["verdict"], alone["reasons"])


def test_a_plain_answer_has_no_days(office: Office) -> None:
    assert "days" not in by_api(office, "active", "")
    assert not asked(office, f"/c/{office['active'].number}").all("ul", class_="days-row")


@pytest.mark.parametrize("day", ["5/11/2569", "๕/๑๑/๒๕๖๙", "5 พ.ย. 2569", "2026-11-05", " 5-11-2026 "])
def test_named_days_are_taken_as_people_type_them(office: Office, day: str) -> None:
    for lang in LANGUAGES:
        page = asked(office, f"/c/{office['active'].number}?contract={quote(day)}", lang=lang)
        assert told(page) == ("VALID", "")
        days = page.one("ul", class_="days-row")
        assert "2569" in days.text
        assert "2026" in days.text
        assert "2026-11-05" in [time.attributes["datetime"] for time in page.all("time")]


@pytest.mark.parametrize("name", ["bid", "contract", "delivery"])
def test_a_day_that_is_none_is_refused_and_stands_in_its_own_field(office: Office, name: str) -> None:
    address = f"/c/{office['active'].number}?{name}={quote('31/2/2569')}&on=2/11/2569"
    page = asked(office, address, status=422)
    assert page.one("main").attributes["data-problem"] == "day_malformed"
    assert page.one("input", id=name).attributes["value"] == "31/2/2569"
    assert page.one("input", id="on").attributes["value"] == "2/11/2569"
    assert "0 2000 0000" in page.one("p", class_="next-ways").text, "whom to call"


@pytest.mark.parametrize("day", ["5/11/2569", "", "x", "2026-02-30", "2026-11-5"])
@pytest.mark.parametrize("name", ["bid", "contract", "delivery"])
def test_the_api_takes_iso_days_only(office: Office, name: str, day: str) -> None:
    problem = by_api(office, "active", f"{name}={quote(day)}", expected=422)
    assert problem["code"] == "day_malformed"
    assert problem["errors"][0]["where"] == name


def test_another_day_beside_named_ones_stands_among_them(office: Office) -> None:
    address = f"/c/{office['revoked'].number}?bid={ISSUED_ON}&on={CHANGED_ON}"
    assert on_page(office, address) == ["VALID", "NOT_VALID"]
    document = by_api(office, "revoked", f"bid={ISSUED_ON}&on={CHANGED_ON - ONE_DAY}")
    assert (document["verdict"], document["days_verdict"]) == ("VALID", "VALID")


@pytest.mark.parametrize("shown", ["damaged", "unknown", "pdf", "altered pdf", "model"])
def test_whatever_is_shown_gets_an_answer_for_each_day(office: Office, shown: str) -> None:
    question = f"bid={ISSUED_ON}&delivery={EXPIRES_ON + ONE_DAY}"
    own = office["active"]
    if shown.endswith("pdf"):
        data = own.pdf + b"%" * shown.startswith("altered")
        answer = office.client.post(f"/verify?{question}", data={"file": (io.BytesIO(data), "a.pdf")})
        page = read_page(answer.text)
    else:
        address = {
            "damaged": "/v/damaged?",
            "unknown": "/verify?number=MIT-2560-0012345-M&",
            "model": f"/c/{own.number}?model=SC-999&",
        }[shown]
        page = asked(office, address + question)
    days = page.one("ul", class_="days-row").children
    words = {day.attributes["class"] for day in days}
    assert len(days) == 2
    assert ("one-day answer-VALID" in words) is (shown == "pdf")


def test_who_sent_a_file_asks_further_about_the_record_of_its_certificate(office: Office) -> None:
    answer = office.client.post("/verify", data={"file": (io.BytesIO(office["active"].pdf), "a.pdf")})
    forms = [form.attributes["action"] for form in read_page(answer.text).all("form")]
    assert {form.partition("#")[0] for form in forms} == {f"/c/{office['active'].number}"}
    assert len(forms) == 3, "about coverage, about the bidder, about days"


def test_a_suspension_a_return_a_revocation_and_an_expiry_count_in_the_very_next_answer(
    databases: Databases,
) -> None:
    """Page and JSON are remembered; what they follow from is read again in each request."""
    office = open_office(databases.empty("sqlite"), databases.workplace())
    shown = office["active"]
    client = office.client  # one that stays, as a browser does

    def said() -> set[tuple[str, str]]:
        """Ask everywhere three times: rendered anew, kept, put together from what was kept."""
        answers = set()
        for _ in range(3):
            for address in (
                f"/v/{shown.digits}",
                f"/c/{shown.number}?lang=en",
                f"/verify?number={shown.number}",
            ):
                answers.add(told(read_page(client.get(address).text)))
            plain = f"/api/v1/certificates/{shown.number}/verdict"
            for address in (plain, f"{plain}?bid={TODAY}"):
                document = client.get(address).get_json()
                answers.add((document["verdict"], " ".join(document["reasons"])))
            document = client.post("/api/v1/verdicts", json={"presentation": shown.digits}).get_json()
            answers.add((document["verdict"], " ".join(document["reasons"])))
        return answers

    try:
        with office.app.app_context():
            assert said() == {("VALID", "")}
            office.clock.set(NOW + timedelta(days=400))
            assert said() == {("NOT_VALID", "expired")}
            office.clock.set(NOW)
            assert said() == {("VALID", "")}
            for event, status in (
                ("suspended", "suspended"),
                ("reinstated", "active"),
                ("revoked", "revoked"),
            ):
                change(shown.number, event, status, "")
                page = read_page(client.get(f"/c/{shown.number}").text)
                expected = ("VALID", "") if status == "active" else ("NOT_VALID", status)
                assert said() == {expected}
                assert CHANGED_ON.isoformat() in [time.attributes["datetime"] for time in page.all("time")]
    finally:
        with office.app.app_context():
            dispose_engines()
