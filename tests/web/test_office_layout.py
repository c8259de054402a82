"""The layout and the macros of the signed-in pages, read as HTML: nothing lost, nothing let through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import Environment

from mit.errors import Fault
from mit.i18n import LANGUAGES, knows, say
from mit.values.money import Money
from mit.web.pages import visit
from mit.web.pages.frame import Pages
from mit.web.pages.templates import TONES, fault_at, fault_sentence
from mit.web.security import CONTENT_SECURITY_POLICY, OFFICE_POLICY
from tests.web.html import Page, read_page
from tests.web.specimen import FAULTS, HOSTILE, NOW, TOKEN, TYPED, WORDS, Specimen, open_specimen

FIELDS = ("name", "email", "lines[3].amount", "on", "price", "reason", "province", "origin", "evidence")


@pytest.fixture(scope="module")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Specimen:
    return open_specimen(tmp_path_factory.mktemp("specimen"))


@pytest.fixture
def client(specimen: Specimen) -> Iterator[FlaskClient]:
    specimen.posted.clear()
    yield specimen.app.test_client()


def opened(client: FlaskClient, path: str = "/specimen?lang=th") -> Page:
    return read_page(client.get(path).text)


def faulty(client: FlaskClient) -> Page:
    answer = client.post("/specimen?lang=en", data={})
    assert answer.status_code == 422
    return read_page(answer.text)


@pytest.fixture
def environment(specimen: Specimen) -> Environment:
    english: Environment = specimen.app.extensions["mit.templates"]["en"]
    return english


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_macro_makes_a_page_that_nests_and_whose_labels_lead_somewhere(
    client: FlaskClient, lang: str
) -> None:
    page = opened(client, f"/specimen?lang={lang}")
    assert page.one("html").attributes["lang"] == lang
    assert page.one("h1").text.endswith(WORDS[lang].heading)
    for name in FIELDS:
        assert [e for e in page.elements if e.attributes.get("id") == name], name


def test_hostile_words_stay_words(client: FlaskClient) -> None:
    html = client.post("/specimen", data={}).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert ">49<" not in html
    page = read_page(html)
    assert page.one("input", id="name").attributes["value"] == HOSTILE
    assert page.one("option", value="50").text == HOSTILE
    assert HOSTILE in page.text


def test_what_was_typed_comes_back_letter_by_letter(client: FlaskClient) -> None:
    page = faulty(client)
    assert page.one("input", id="on").attributes["value"] == TYPED["on"]
    assert page.one("input", id="price").attributes["value"] == TYPED["price"]
    assert "selected" in page.one("option", value="50").attributes
    assert "checked" in page.one("input", name="origin", value="imported").attributes
    assert "checked" not in page.one("input", name="origin", value="domestic").attributes
    assert "checked" in page.one("input", name="processes", value="packing").attributes
    # the browser eats one line end after <textarea>, so one more than was typed is sent
    assert "".join(page.one("textarea", id="reason").texts) == "\n" + TYPED["reason"]


def test_the_summary_leads_to_each_field_and_the_field_says_the_same(client: FlaskClient) -> None:
    page = faulty(client)
    summary = page.one("div", data_module="govuk-error-summary")
    links = [
        e for e in page.all("a") if (e.attributes["href"] or "").startswith("#") and e.text in summary.text
    ]
    assert len(links) == len([fault for fault in FAULTS if fault.where])
    for fault in FAULTS:
        told = fault_sentence("en", fault)
        assert told in summary.text
        if fault.where:
            message = page.one("p", id=f"{fault.where}-error")
            assert message.text == f"Error: {told}"
    for name in ("name", "on", "price", "reason", "province"):
        element = next(e for e in page.elements if e.attributes.get("id") == name)
        assert element.attributes["aria-invalid"] == "true"
        assert f"{name}-error" in str(element.attributes["aria-describedby"])
    assert page.one("title").text.startswith("Error:")


def test_a_page_without_faults_says_none(client: FlaskClient) -> None:
    page = opened(client)
    assert not page.all("div", data_module="govuk-error-summary")
    assert not [e for e in page.elements if "aria-invalid" in e.attributes]
    assert not page.one("title").text.startswith(say("office.error_prefix", "th"))


def test_every_form_that_is_posted_carries_the_token(client: FlaskClient) -> None:
    page = opened(client)
    forms = page.all("form", method="post")
    assert len(forms) == 2
    assert len(page.all("input", name="csrf_token", value=TOKEN)) == 2


def test_the_masthead_says_who_is_signed_in_and_where_they_may_go(client: FlaskClient) -> None:
    page = opened(client)
    assert page.one("a", class_="office-person-name").text == WORDS["th"].person
    assert page.one("form", action="/sign-out").attributes["method"] == "post"
    links = page.one("nav", class_="office-navigation").children[0].children[0].children
    assert [item.children[0].attributes.get("aria-current") for item in links] == ["page", None, None]


def test_nobody_signed_in_sees_neither_name_nor_navigation(client: FlaskClient) -> None:
    page = opened(client, "/nobody?lang=th")
    assert not page.all("nav")
    assert not page.all("form", action="/sign-out")
    assert page.one("a", class_="office-brand").attributes["href"] == "/"


def test_the_switch_of_language_keeps_the_page_and_its_question(client: FlaskClient) -> None:
    switch = opened(client, "/specimen?lang=th&q=%E0%B8%81&page=3").one("a", class_="office-switch")
    assert switch.attributes["href"] == "/specimen?lang=en&q=%E0%B8%81&page=3"
    assert faulty(client).one("a", class_="office-switch").attributes["href"] == "/specimen?lang=th"


def test_the_demo_says_so(client: FlaskClient) -> None:
    assert say("office.demo_sentence", "th") in opened(client).text


def test_the_policy_of_these_pages_goes_with_them_and_with_no_other(client: FlaskClient) -> None:
    assert client.get("/specimen").headers.getlist("Content-Security-Policy") == [OFFICE_POLICY]
    assert client.get("/verify").headers.getlist("Content-Security-Policy") == [CONTENT_SECURITY_POLICY]
    assert client.get("/specimen").headers.getlist("Cache-Control") == ["no-store"]
    assert client.get("/specimen").headers["Content-Language"] == "th"


def test_htmx_may_neither_evaluate_nor_style_nor_keep_pages(client: FlaskClient) -> None:
    config = str(opened(client).one("meta", name="htmx-config").attributes["content"])
    for setting in ('"allowEval":false', '"includeIndicatorStyles":false', '"historyCacheSize":0'):
        assert setting in config
    assert '"selfRequestsOnly":true' in config


def test_a_long_list_shows_where_one_is(specimen: Specimen, client: FlaskClient) -> None:
    page = opened(client, "/specimen?q=x&lang=en")
    current = [
        e for e in page.all("a", class_="govuk-link govuk-pagination__link") if "aria-current" in e.attributes
    ]
    assert [e.attributes["href"] for e in current] == ["/specimen?q=x&lang=en&page=3"]
    assert current[0].attributes["aria-label"] == "Page 3"


@pytest.mark.parametrize(
    ("number", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 2, [1, 2]),
        (3, 9, [1, 2, 3, 4, 0, 9]),
        (4, 9, [1, 2, 3, 4, 5, 0, 9]),
        (5, 9, [1, 0, 4, 5, 6, 0, 9]),
        (9, 9, [1, 0, 8, 9]),
    ],
)
def test_first_last_and_neighbours_are_shown(number: int, last: int, shown: list[int]) -> None:
    assert Pages(number, last).shown() == shown


def test_each_domain_of_sentences_has_a_filter(environment: Environment) -> None:
    def made(source: str) -> str:
        return environment.from_string(source).render()

    assert made('{{ "back"|office }}') == say("office.back", "en")
    assert made('{{ "office.page_number"|words(number=7) }}') == "Page 7"
    assert made('{{ "lifecycle.state_draft"|words }}') == made('{{ "state_draft"|lifecycle }}')


def test_days_instants_and_money_are_written_for_people(environment: Environment) -> None:
    def made(source: str, value: object) -> str:
        return environment.from_string(source).render(x=value)

    assert made("{{ x|moment }}", NOW) == "25 Nov 2026 14:05"
    assert made("{{ x|moment }}", NOW.date()) == "25 Nov 2026"
    assert made("{{ x|moment }}", "soon") == "soon"
    assert made("{{ x|baht }}", Money(123456789)) == Money(123456789).to_shown()


def test_a_fault_is_found_by_its_field_and_unknown_codes_are_still_words() -> None:
    assert fault_at(FAULTS, "on") is FAULTS[1]
    assert fault_at(FAULTS, "nowhere") is None
    assert fault_at((), "on") is None
    assert fault_sentence("th", Fault("no_such_code")) == say("errors.input", "th")
    assert fault_sentence("th", "ประโยค") == "ประโยค"


def test_every_state_of_an_application_has_words_and_a_known_tone() -> None:
    assert set(TONES.values()) == {"waiting", "act", "good", "bad", "off"}
    for state in ("draft", "submitted", "returned", "recommended", "approved", "refused", "withdrawn"):
        assert knows(f"lifecycle.state_{state}")
        assert state == "draft" or state in TONES


def test_without_a_sign_in_set_up_nobody_is_visiting(specimen: Specimen) -> None:
    reader = specimen.app.extensions.pop("mit.visit")
    try:
        with specimen.app.test_request_context():
            assert visit.current() == visit.Visit()
            assert visit.csrf_token() == ""
    finally:
        specimen.app.extensions["mit.visit"] = reader


def test_public_pages_still_run_no_script(client: FlaskClient) -> None:
    for path in ("/", "/verify"):
        assert "<script" not in client.get(path).text


def test_the_folder_of_specimens_is_no_part_of_the_package() -> None:
    assert not list((Path(__file__).parent.parent.parent / "mit" / "templates").rglob("everything.html"))
