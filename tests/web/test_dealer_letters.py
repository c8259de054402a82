"""What anyone sees of dealers: a letter's verdict and sheet, and the answer about one bidder's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mit.app import create_app
from mit.credential import dealer_letter, jose
from mit.i18n import LANGUAGES, say
from mit.store.db import dispose_engines
from tests.support.dealers import DEALER, NAME_TH, OTHER_DEALER
from tests.web.html import Element, Page, read_page
from tests.web.office import NOW, Office

MAKER = "0105536112014"
#: A citizen number that fits its check digit, and the same with one digit wrong.
PERSONS = ("1101700207030", "1-1017-00207-03-1", "๑๑๐๑๗๐๐๒๐๗๐๓๐")
UNKNOWN = "DLR-2569-7K3QW-M9T2X-D"


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """What is shown does not depend on the database."""
    return offices("sqlite")


def seen(office: Office, address: str, lang: str = "th") -> Page:
    return read_page(office.client.get(f"{address}{'&' if '?' in address else '?'}lang={lang}").text)


def inputs_in(element: Element) -> Iterator[Element]:
    for child in element.children:
        if child.name == "input":
            yield child
        yield from inputs_in(child)


def verdict_of(page: Page) -> tuple[str, str]:
    (main,) = page.all("main")
    return main.attributes["data-verdict"] or "", main.attributes["data-reasons"] or ""


ON = {
    ("active", ""): ("VALID", ""),
    ("active", "2/11/2569"): ("VALID", ""),
    ("active", "2026-11-01"): ("NOT_VALID", "not_yet_in_force certificate_not_valid"),
    ("active", "31 มี.ค. 2570"): ("CANNOT_TELL", "future_date certificate_cannot_tell"),
    ("active", "2027-04-01"): ("NOT_VALID", "expired certificate_cannot_tell"),
    ("ended", ""): ("NOT_VALID", "ended"),
    ("ended", "2026-11-18"): ("NOT_VALID", "ended"),
    ("ended", "2026-11-17"): ("VALID", ""),
    ("short", ""): ("NOT_VALID", "expired"),
    ("short", "2026-11-20"): ("VALID", ""),
    ("tender", ""): ("NOT_VALID", "not_yet_in_force"),
    ("revoked", ""): ("NOT_VALID", "certificate_not_valid"),
    ("revoked", "2026-11-11"): ("VALID", ""),
    ("revoked", "2026-11-12"): ("NOT_VALID", "certificate_not_valid"),
    ("suspended", ""): ("NOT_VALID", "certificate_not_valid"),
    ("superseded", ""): ("NOT_VALID", "certificate_not_valid"),
    ("withdrawn", ""): ("NOT_VALID", "certificate_not_valid"),
}


@pytest.mark.parametrize(("letter", "on"), ON)
def test_a_letter_is_as_good_as_itself_and_its_certificate_on_the_day(
    office: Office, letter: str, on: str
) -> None:
    page = seen(office, f"/d/{office.letters[letter]}" + (f"?on={on}" if on else ""))
    assert verdict_of(page) == ON[letter, on]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_whom_to_compare_and_that_other_goods_are_not_certified(
    office: Office, lang: str
) -> None:
    page = seen(office, f"/d/{office.letters['active']}", lang)
    for words in (NAME_TH, "0-10-5-562-00001-5", "บริษัท สยามเคเบิล จำกัด", "SC-101", office["active"].number):
        assert words in page.text
    assert say("dealers.scope", lang) in page.text
    assert say("dealers.named_by_maker", lang) in page.text
    assert say("verify.word_VALID", lang) in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("letter", ["ended", "short", "revoked"])
def test_what_is_not_green_says_what_to_do_and_whom_to_call(office: Office, letter: str, lang: str) -> None:
    page = seen(office, f"/d/{office.letters[letter]}", lang)
    assert say("dealers.letter_next", lang) in page.text
    assert any((link.attributes.get("href") or "").startswith("tel:") for link in page.all("a"))


def test_a_later_end_is_told_where_an_earlier_day_was_asked(office: Office) -> None:
    page = seen(office, f"/d/{office.letters['ended']}?on=2026-11-10", "en")
    assert "The maker ended this letter later, from 18 Nov 2026 on." in page.text


def test_the_tender_is_shown_as_words_and_not_as_markup(office: Office) -> None:
    answer = office.client.get(f"/d/{office.letters['tender']}?lang=th")
    assert "&lt;b&gt;12/2570&lt;/b&gt;" in answer.text
    assert "<b>12/2570" not in answer.text


def test_a_number_is_read_forgivingly_and_led_to_its_one_address(office: Office) -> None:
    letter = office.letters["active"]
    answer = office.client.get(f"/d/{letter.lower().replace('-', '')}?on=2026-11-10")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/d/{letter}?on=2026-11-10")


@pytest.mark.parametrize(
    "typed", ["{}", "  {} ", "https://verify.example/d/{}", "http://h:1/sub/d/{}?on=1#x"]
)
def test_a_letter_typed_where_certificates_are_asked_for_leads_to_its_page(
    office: Office, typed: str
) -> None:
    letter = office.letters["active"]
    answer = office.client.get("/verify", query_string={"number": typed.format(letter), "on": "10/11/2569"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/d/{letter}?on=10%2F11%2F2569"


def test_a_number_that_nobody_issued_is_not_found(office: Office) -> None:
    answer = office.client.get(f"/d/{UNKNOWN}?lang=en")
    assert answer.status_code == 404
    assert verdict_of(read_page(answer.text)) == ("NOT_VALID", "not_found")
    for address in (f"/d/{UNKNOWN[:-1]}E", "/d/x", f"/d/{UNKNOWN}.jwt", "/d/x.jwt"):
        assert office.client.get(address).status_code == 404


def test_a_machine_is_told_the_same_of_every_letter_whatever_became_of_it(office: Office) -> None:
    for name, letter in office.letters.items():
        answer = office.client.get(f"/api/v1/dealer-letters/{letter}/verdict")
        assert answer.status_code == 200, name
        told = answer.get_json()
        assert (told["verdict"], " ".join(told["reasons"])) == verdict_of(seen(office, f"/d/{letter}")), name


def test_the_signed_file_is_given_to_the_byte_and_for_ever(office: Office) -> None:
    letter = office.letters["active"]
    answer = office.client.get(f"/d/{letter}.jwt")
    assert answer.content_type == "application/mit-dealer-letter+jwt"
    assert "immutable" in answer.headers["Cache-Control"]
    token = jose.parse(answer.text, typ=dealer_letter.TYP)
    assert str(dealer_letter.read_letter(token.payload).number) == letter
    again = office.client.get(f"/d/{letter}.jwt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_says_all_of_it_and_leads_to_the_page_by_its_qr(office: Office, lang: str) -> None:
    letter = office.letters["active"]
    page = seen(office, f"/d/{letter}/sheet", lang)
    assert f"http://localhost:8000/d/{letter}" in page.text
    assert say("dealers.sheet_check", lang) in page.text
    assert say("dealers.scope", lang) in page.text
    (qr,) = [svg for svg in page.all("svg") if svg.attributes.get("aria-label") == letter]
    assert qr.attributes["role"] == "img"


@pytest.mark.parametrize("letter", ["ended", "short", "revoked", "suspended"])
def test_nobody_prints_a_letter_that_is_dead(office: Office, letter: str) -> None:
    number = office.letters[letter]
    answer = office.client.get(f"/d/{number}/sheet")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/d/{number}")


def test_one_that_is_to_come_may_be_printed_before(office: Office) -> None:
    assert office.client.get(f"/d/{office.letters['tender']}/sheet").status_code == 200


# --- the bidder

BIDDERS = {
    ("active", MAKER, ""): "holder",
    ("active", DEALER, ""): "dealer",
    ("active", "0-10-5-562-00001-5", ""): "dealer",
    ("active", "๐๑๐๕๕๖๒๐๐๐๐๑๕", ""): "dealer",
    ("active", DEALER, "2026-11-01"): "not_in_force",
    ("active", OTHER_DEALER, ""): "not_in_force",
    ("active", OTHER_DEALER, "2026-11-17"): "dealer",
    ("active", "0994000000014", ""): "no_letter",
    ("active", "12", ""): "unreadable",
    ("active", "0105562000016", ""): "unreadable",
    ("active", "person", ""): "person",
    ("revoked", DEALER, ""): "not_in_force",
    ("revoked", DEALER, "2026-11-11"): "dealer",
    ("revoked", MAKER, ""): "holder",
    ("suspended", DEALER, ""): "not_in_force",
}


@pytest.mark.parametrize("asked", BIDDERS)
def test_page_and_api_say_the_same_of_a_bidder(office: Office, asked: tuple[str, str, str]) -> None:
    status, bidder, on = asked
    number, question = office[status].number, {"bidder": bidder} | ({"on": on} if on else {})
    page = read_page(office.client.get(f"/c/{number}", query_string=question).text)
    (part,) = [one for one in page.all("section") if one.attributes.get("id") == "bidder-part"]
    assert part.attributes["data-bidder"] == BIDDERS[asked]
    told = office.client.get(f"/api/v1/certificates/{number}/verdict", query_string=question).get_json()
    assert told["bidder"]["outcome"] == BIDDERS[asked]
    assert (told["bidder"]["letter"] is None) == (BIDDERS[asked] not in {"dealer", "not_in_force"})


def test_the_verdict_itself_stays_the_same_whoever_bids(office: Office) -> None:
    address = f"/api/v1/certificates/{office['active'].number}/verdict"
    plain = office.client.get(address).get_json()
    asked = office.client.get(f"{address}?bidder={DEALER}").get_json()
    assert "bidder" not in plain
    assert {name: value for name, value in asked.items() if name != "bidder"} == plain
    assert asked["bidder"]["letter"]["number"] == office.letters["active"]
    assert "bidder" not in office.client.get(f"{address}?bidder=").get_json()


def test_without_a_certificate_there_is_nothing_to_compare_with(office: Office) -> None:
    told = office.client.get(f"/api/v1/certificates/MIT-2569-0999999-X/verdict?bidder={DEALER}").get_json()
    assert (told["certificate"], told["bidder"]["outcome"]) == (None, "not_asked")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", PERSONS)
def test_a_citizen_number_is_never_repeated(office: Office, number: str, lang: str) -> None:
    client, address = office.client, f"/c/{office['active'].number}"
    answer = client.get(address, query_string={"bidder": number, "lang": lang})
    assert answer.status_code == 303
    assert "bidder=person" in answer.headers["Location"]
    page = client.get(answer.headers["Location"])
    assert say("dealers.bidder_person", lang) in read_page(page.text).text
    for text in (answer.text, page.text, str(answer.headers)):
        assert number not in text
    told = client.get(
        f"/api/v1{address.replace('/c/', '/certificates/')}/verdict", query_string={"bidder": number}
    )
    assert number not in told.text
    assert told.get_json()["bidder"] == {
        "outcome": "person", "juristic_number": None, "letter": None, "letters": [],
    }  # fmt: skip


def test_other_dealers_of_the_maker_are_never_named(office: Office) -> None:
    number = office["active"].number
    for address in (f"/c/{number}", f"/c/{number}?bidder={MAKER}", f"/c/{number}?bidder=0994000000014"):
        page = office.client.get(address)
        assert NAME_TH not in page.text
        assert "DLR-" not in page.text


def test_the_question_keeps_day_model_and_language(office: Office) -> None:
    page = seen(office, f"/c/{office['active'].number}?on=10/11/2569&model=SC-101&bidder={DEALER}", "en")
    (form,) = [
        one for one in page.all("form") if (one.attributes.get("action") or "").endswith("#bidder-part")
    ]
    kept = {one.attributes["name"]: one.attributes["value"] for one in inputs_in(form)}
    assert kept == {"lang": "en", "on": "10/11/2569", "model": "SC-101", "bidder": DEALER}


def test_a_page_that_was_kept_for_all_knows_nothing_of_a_bidder(office: Office) -> None:
    address = f"/c/{office['active'].number}?lang=th"
    plain = [office.client.get(address).text for _ in range(3)]
    asked = office.client.get(f"{address}&bidder={DEALER}").text
    assert "data-bidder" in asked
    assert "data-bidder" not in office.client.get(address).text
    assert plain[1] == plain[2]


def test_trying_one_number_after_the_other_comes_to_an_end(office: Office) -> None:
    settings = replace(office.app.extensions["mit.settings"], checks_per_hour=2)
    made = create_app(settings, clock=office.app.extensions["mit.clock"])
    client, number = made.test_client(), office["active"].number
    statuses = [
        client.get(f"/{way}/{number}{end}?bidder={one}").status_code
        for one, way, end in (
            (DEALER, "c", ""), ("12", "c", ""), ("person", "c", ""),
            (OTHER_DEALER, "api/v1/certificates", "/verdict"), (MAKER, "c", ""),
            (MAKER, "api/v1/certificates", "/verdict"),
        )
    ]  # fmt: skip
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert client.get(f"/c/{number}").status_code == 200
    with made.app_context():
        dispose_engines()


# --- machines


def test_the_verdict_on_a_letter_for_machines_holds_that_on_its_certificate(office: Office) -> None:
    address = f"/api/v1/dealer-letters/{office.letters['revoked']}/verdict"
    told = office.client.get(address).get_json()
    assert (told["verdict"], told["reasons"]) == ("NOT_VALID", ["certificate_not_valid"])
    assert told["certificate"]["reasons"] == ["revoked"]
    assert told["letter"]["dealer"]["juristic_number"] == DEALER
    assert [one["outcome"] for one in told["findings"]] == ["pass"] * 6
    earlier = office.client.get(f"{address}?on=2026-11-11").get_json()
    assert (earlier["verdict"], earlier["certificate"]["notices"][0]) == ("VALID", "later_revoked")


def test_only_iso_days_are_taken_from_machines_and_a_foreign_number_has_a_verdict(office: Office) -> None:
    assert office.client.get(f"/api/v1/dealer-letters/{UNKNOWN}/verdict?on=1/1/2570").status_code == 422
    told = office.client.get(f"/api/v1/dealer-letters/{UNKNOWN}/verdict").get_json()
    assert (told["verdict"], told["reasons"], told["letter"]) == ("NOT_VALID", ["not_found"], None)
    assert office.client.get("/api/v1/dealer-letters/x/verdict").status_code == 404


def test_the_last_day_counts_to_its_end_in_bangkok(office: Office) -> None:
    letter = office.letters["short"]
    last = datetime.combine(date(2026, 11, 20), datetime.min.time(), UTC) + timedelta(hours=17)
    try:
        for at, expected in ((last - timedelta(seconds=1), "VALID"), (last, "NOT_VALID")):
            office.clock.set(at)
            told = office.client.get(f"/api/v1/dealer-letters/{letter}/verdict").get_json()
            assert told["verdict"] == expected
    finally:
        office.clock.set(NOW)
