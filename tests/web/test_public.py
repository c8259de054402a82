"""Every public address against a real register, on both databases: each state, each day, each damage."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.i18n import LANGUAGES
from tests.support import specimens, trusting
from tests.web.html import Page, read_page
from tests.web.office import CHANGED_ON, EXPIRES_ON, ISSUED_ON, TODAY, Office

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """Which certificate, which day, and what the answer has to be."""

    status: str
    on: date | None
    verdict: str
    reasons: str

    def __str__(self) -> str:
        return f"{self.status}-{self.on or 'today'}-{self.reasons or 'ok'}"


CASES = [
    Case("active", None, "VALID", ""),
    Case("active", ISSUED_ON, "VALID", ""),
    Case("active", ISSUED_ON - ONE_DAY, "NOT_VALID", "not_yet_in_force"),
    Case("active", TODAY, "VALID", ""),
    Case("active", TODAY + ONE_DAY, "CANNOT_TELL", "future_date"),
    Case("active", EXPIRES_ON, "CANNOT_TELL", "future_date"),
    Case("active", EXPIRES_ON + ONE_DAY, "NOT_VALID", "expired"),
    *(
        Case(status, None, "NOT_VALID", status)
        for status in ("suspended", "revoked", "withdrawn", "superseded")
    ),
    *(Case(status, CHANGED_ON, "NOT_VALID", status) for status in ("suspended", "revoked", "superseded")),
    *(Case(status, CHANGED_ON - ONE_DAY, "VALID", "") for status in ("suspended", "revoked", "superseded")),
]


def asked(office: Office, address: str, *, lang: str = "", status: int = 200) -> Page:
    """Return the page at *address*, which has to be well-formed."""
    mark = "&" if "?" in address else "?"
    answer = office.client.get(address + (f"{mark}lang={lang}" if lang else ""))
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return read_page(answer.text)


def told(page: Page) -> tuple[str, str]:
    """Return the verdict and the reasons that the page states for machines."""
    main = page.one("main").attributes
    return str(main["data-verdict"]), str(main["data-reasons"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_scan_number_and_record_give_the_same_answer(office: Office, case: Case) -> None:
    shown = office[case.status]
    day = f"on={case.on}" if case.on else ""
    for address in (
        f"/v/{shown.digits}?{day}",
        f"/verify?number={shown.number}&{day}",
        f"/c/{shown.number}?{day}",
    ):
        for lang in LANGUAGES:
            page = asked(office, address, lang=lang)
            assert told(page) == (case.verdict, case.reasons), address
            assert shown.number in page.text
            assert "SAMPLE" in page.one("p", class_="sample").text


def test_an_earlier_day_says_what_happened_later(office: Office) -> None:
    page = asked(office, f"/v/{office['revoked'].digits}?on={ISSUED_ON}")
    assert told(page) == ("VALID", "")
    assert "12 พ.ย. 2569" in page.one("section", class_="notices").text


def test_a_replaced_certificate_leads_to_its_successor(office: Office) -> None:
    page = asked(office, f"/c/{office['superseded'].number}")
    assert [a for a in page.all("a") if a.attributes["href"] == f"/c/{office['active'].number}"]


@pytest.mark.parametrize("at", [0, 5, 40, 120, -1])
def test_a_changed_digit_is_never_valid(office: Office, at: int) -> None:
    digits = office["active"].digits
    at %= len(digits)
    damaged = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
    verdict, reasons = told(asked(office, f"/v/{damaged}"))
    assert verdict in {"NOT_VALID", "CANNOT_TELL"}
    assert set(reasons.split()) & {"bad_signature", "unknown_key", "unreadable"}


@pytest.mark.parametrize(
    "damage",
    [
        *("", "0", "12", "abc", "๑๒๓", "%00", "%FF%FE", "%ED%A0%80", "a/b/c", "1 2", "-1", "1e9", "؟", "१२३"),
        *("9" * 1201, "x" * 4000, "../../etc/passwd", "%3Cscript%3E", "%E2%80%AE123", ".jwt", "%2e%2e%2f"),
    ],
)
def test_damaged_digits_get_a_verdict(office: Office, damage: str) -> None:
    verdict, reasons = told(asked(office, f"/v/{damage}"))
    assert (verdict, reasons) == ("CANNOT_TELL", "unreadable")


def test_whatever_stands_in_the_address_gets_a_page_with_a_verdict(office: Office) -> None:
    @given(text=st.text(max_size=60))
    @settings(max_examples=40, deadline=None)
    def every(text: str) -> None:
        typed = quote(text, errors="replace", safe="")
        for address in (f"/v/{typed}", f"/verify?number=x{typed}"):
            answer = office.client.get(address, follow_redirects=True)
            assert answer.status_code == 200, address
            assert told(read_page(answer.text))[0] == "CANNOT_TELL", address

    every()


def test_the_qr_of_another_issuer_is_an_unknown_key_and_ours_of_no_register_is_not_found(
    office: Office,
) -> None:
    made = specimens.issued(specimens.claims(), trusting.signer(4711))
    assert told(asked(office, f"/v/{specimens.digits_of(made)}")) == ("CANNOT_TELL", "unknown_key")


@pytest.mark.parametrize(
    "day",
    ["2/11/2569", "2 พฤศจิกายน 2569", "๒/๑๑/๒๕๖๙", "2-11-2026", "2569-11-02", "2026-11-02", " 2/11/2569 "],
)
def test_days_are_taken_as_people_type_them(office: Office, day: str) -> None:
    page = asked(office, f"/verify?number={office['active'].number}&on={quote(day)}")
    assert told(page) == ("VALID", "")
    assert "2 พ.ย. 2569" in page.text


@pytest.mark.parametrize(
    "day", ["31/2/2569", "yesterday", "2/11/69", "0", "2/11/2400", "١/١/٢٠٢٦", "9" * 5000, "<b>"]
)
def test_a_malformed_day_is_the_only_422(office: Office, day: str) -> None:
    for address in (f"/v/{office['active'].digits}", "/v/damaged", f"/c/{office['active'].number}"):
        page = asked(office, f"{address}?on={quote(day)}", status=422)
        assert page.one("main").attributes["data-problem"] in {"day_malformed", "day_year"}
        assert page.one("input", name="on")


@pytest.mark.parametrize("day", [" 31/02/2569 ", "x" * 300])
def test_a_day_that_is_none_stands_in_its_field_as_it_was_typed(office: Office, day: str) -> None:
    page = asked(office, f"/verify?number={office['active'].number}&on={quote(day)}", status=422)
    assert page.one("input", id="on").attributes["value"] == day


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1/1/9999"])
def test_the_ends_of_the_calendar_are_days_like_any_other(office: Office, day: str) -> None:
    verdict, _ = told(asked(office, f"/v/{office['active'].digits}?on={day}"))
    assert verdict == "NOT_VALID"
    assert told(asked(office, f"/v/damaged?on={day}"))[0] == "CANNOT_TELL"


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda n: n.replace("-", " "),
        lambda n: n.removeprefix("MIT-"),
        lambda n: n.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
    ],
)
def test_numbers_are_read_forgivingly(office: Office, change: object) -> None:
    typed = change(office["active"].number)  # type: ignore[operator]
    assert told(asked(office, f"/verify?number={quote(typed)}")) == ("VALID", "")


def test_a_mistyped_number_says_so_with_a_hint(office: Office) -> None:
    number = office["active"].number
    typed = number[:-1] + ("A" if number[-1] != "A" else "B")
    page = asked(office, f"/verify?number={typed}")
    assert told(page) == ("CANNOT_TELL", "unreadable")
    assert typed in page.one("section", class_="checks").text


def test_a_number_that_was_never_given_is_not_found(office: Office) -> None:
    assert told(asked(office, "/verify?number=MIT-2560-0012345-M")) == ("NOT_VALID", "not_found")
    page = asked(office, "/c/MIT-2560-0012345-M", status=404)
    assert told(page) == ("NOT_VALID", "not_found")


def test_a_model_may_be_asked_about(office: Office) -> None:
    number = office["active"].number
    assert told(asked(office, f"/verify?number={number}&model=SC-999")) == ("NOT_VALID", "other_model")
    page = asked(office, f"/verify?number={number}&model=sc-101")
    assert told(page)[0] == "VALID", page.text


def test_a_credential_or_an_address_may_be_typed_too(office: Office) -> None:
    shown = office["active"]
    for text in (
        f"http://localhost:8000/v/{shown.digits}",
        shown.digits,
        f"http://localhost:8000/c/{shown.number}",
    ):
        assert told(asked(office, f"/verify?number={quote(text, safe='')}")) == ("VALID", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_entry_page_offers_number_scan_and_file(office: Office, lang: str) -> None:
    page = asked(office, "/verify", lang=lang)
    assert page.one("input", name="number")
    assert page.one("input", type="file")
    assert len(page.one("ul", class_="legend").children) == 3
    assert page.one("strong", class_="host").text == "localhost:8000"


def test_an_empty_number_is_asked_for_again(office: Office) -> None:
    assert asked(office, "/verify?number=%20").one("p", class_="field-error")


def test_a_file_is_judged_and_named(office: Office) -> None:
    shown = office["active"]
    for name, data, expected in (
        ("certificate.pdf", shown.pdf, ("VALID", "")),
        ("certificate.jwt", shown.credential.encode(), ("VALID", "")),
        ("certificate.pdf", shown.pdf + b"%", ("NOT_VALID", "not_the_issued_file")),
        ("photo.jpg", b"not a picture", ("CANNOT_TELL", "unreadable")),
        ("empty.pdf", b"", None),
    ):
        answer = office.client.post("/verify", data={"file": (io.BytesIO(data), name)})
        assert answer.status_code == 200
        if expected:
            assert told(read_page(answer.text)) == expected, name


@pytest.mark.parametrize(
    ("question", "verdict", "reasons"),
    [
        ("", "VALID", ""),
        (f"on={ISSUED_ON}", "VALID", ""),
        ("on=2/11/2569&model=sc-101", "VALID", ""),
        (f"on={ISSUED_ON - ONE_DAY}", "NOT_VALID", "not_yet_in_force"),
        (f"on={EXPIRES_ON + ONE_DAY}", "NOT_VALID", "expired"),
        ("on=&model=SC-999", "NOT_VALID", "other_model"),
    ],
)
@pytest.mark.parametrize("form", ["pdf", "credential"])
def test_a_day_and_a_model_may_be_asked_about_a_file(
    office: Office, question: str, verdict: str, reasons: str, form: str
) -> None:
    shown = office["active"]
    data = shown.pdf if form == "pdf" else shown.credential.encode()
    answer = office.client.post(f"/verify?{question}", data={"file": (io.BytesIO(data), "shown")})
    assert told(read_page(answer.text)) == (verdict, reasons)


def test_a_malformed_day_is_refused_before_the_file_is_opened(office: Office) -> None:
    answer = office.client.post("/verify?on=x", data={"file": (io.BytesIO(b"x"), "a.pdf")})
    assert answer.status_code == 422
    assert read_page(answer.text).one("main").attributes["data-problem"] == "day_malformed"


def test_no_file_is_asked_for_again(office: Office) -> None:
    answer = office.client.post("/verify", data={})
    assert read_page(answer.text).one("p", class_="field-error")


def test_the_record_moves_to_the_one_spelling_of_its_number(office: Office) -> None:
    number = office["active"].number
    answer = office.client.get(f"/c/{number.lower().replace('-', '')}?on=2/11/2569")
    assert answer.status_code == 308
    assert answer.location == f"/c/{number}?on=2%2F11%2F2569"


@pytest.mark.parametrize("number", ["x", "MIT-2569-0000001-Z", "%00", "a" * 3000])
def test_an_address_without_a_number_is_a_404_with_the_reason(office: Office, number: str) -> None:
    asked(office, f"/c/{number}", status=404)


@pytest.mark.parametrize("accept", ["*/*", "application/pdf"])
def test_the_pdf_is_never_public(office: Office, accept: str) -> None:
    answer = office.client.get(f"/c/{office['active'].number}.pdf", headers={"Accept": accept})
    assert answer.status_code == 403
    assert not answer.data.startswith(b"%PDF")
    assert "ผู้ถือใบรับรอง" in answer.text
    assert office.client.get("/c/MIT-2560-0012345-M.pdf").status_code == 403


def test_a_person_who_wants_the_pdf_is_led_to_sign_in_and_back(office: Office) -> None:
    path = f"/c/{office['active'].number}.pdf"
    answer = office.client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?{urlencode({'next': path})}"


def test_the_start_page_leads_to_the_check(office: Office) -> None:
    page = asked(office, "/")
    assert "/verify" in {form.attributes["action"] for form in page.all("form")}


def test_robots_and_mark_are_served(office: Office) -> None:
    for path, kind in (("/robots.txt", "text/plain"), ("/favicon.ico", "image/svg+xml")):
        answer = office.client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        answer.close()


def test_nothing_secret_is_on_any_page(office: Office) -> None:
    for status in office.certificates:
        text = office.client.get(f"/c/{office[status].number}").text
        assert "75.20" not in text, "the measured share is never public"
        assert "12500" not in text
