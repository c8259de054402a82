"""The verdict as a page: words, sign, reasons, what to compare, both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask, Response

from mit.i18n import LANGUAGES, Language, catalogue, say
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.values.identifiers import shown_tax_number
from mit.verify.verdict import Answer, Check, Finding, Notice, Outcome, Verdict
from mit.web.pages.verdict_page import shown_reason, verdict_page
from tests.web import verdicts
from tests.web.html import Element, Page, read_page

ALL = {name: value for name, value in vars(verdicts).items() if isinstance(value, Verdict)}


def shown(web: Flask, verdict: Verdict, *, lang: str = "th", address: str = "/v/1", **more: str) -> Page:
    with web.test_request_context(f"{address}?{'&'.join([f'lang={lang}', *map('='.join, more.items())])}"):
        return read_page(verdict_page(verdict, door="scan").get_data(as_text=True))


def fields_of(page: Page, section: str) -> dict[str | None, str | None]:
    """Return every field of the only form in a section, hidden ones too; it asks by GET."""
    form = page.one("section", class_=section).children[0]
    assert form.attributes["method"] == "get"
    fields = [part for part in inside(form) if part.name == "input"]
    assert len({field.attributes["name"] for field in fields}) == len(fields), "a field stands there twice"
    return {field.attributes["name"]: field.attributes.get("value") for field in fields}


def inside(element: Element) -> Iterator[Element]:
    """Return every element below one, in document order."""
    for child in element.children:
        yield child
        yield from inside(child)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_page_nests_and_carries_its_verdict(web: Flask, name: str, lang: str) -> None:
    page = shown(web, ALL[name], lang=lang)
    main = page.one("main")
    assert main.attributes["data-verdict"] == ALL[name].answer
    assert main.attributes["data-reasons"] == " ".join(ALL[name].reasons)
    assert page.one("html").attributes["lang"] == lang
    assert page.one("h1").text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_three_answers_differ_in_words_and_in_sign(web: Flask, lang: Language) -> None:
    pages = [shown(web, v, lang=lang) for v in (verdicts.VALID, verdicts.REVOKED, verdicts.UNREADABLE)]
    assert len({page.one("h1").text for page in pages}) == 3
    signs = [page.one("svg", class_="answer-sign") for page in pages]
    assert len({sign.attributes["aria-label"] for sign in signs}) == 3
    assert len({sign.children[0].name + str(sign.children[0].attributes) for sign in signs}) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_finding_stands_with_its_name_outcome_and_sentence(web: Flask, lang: Language) -> None:
    page = shown(web, verdicts.REVOKED, lang=lang)
    for finding in verdicts.REVOKED.findings:
        assert say(f"verify.check_{finding.check}", lang) in page.text
        assert say(f"verify.outcome_{finding.outcome}", lang) in page.text
        assert finding.detail(lang) in page.text


def test_what_to_compare_stands_in_the_order_of_the_paper(web: Flask) -> None:
    text = shown(web, verdicts.VALID).one("section", class_="compare").text
    certificate = verdicts.CERTIFICATE
    expected = [
        certificate.number,
        certificate.name_th,
        str(certificate.name_en),
        shown_tax_number(str(certificate.juristic_number)),
        str(verdicts.CABLE["product_th"]),
        "IEC 01 (THW)",
        "8544.49.42",
        "2 มีนาคม พ.ศ. 2569",
        "1 มีนาคม พ.ศ. 2570",
    ]
    places = [text.index(part) for part in expected]
    assert places == sorted(places)


def test_days_are_buddhist_era_in_thai_and_common_era_in_english_with_iso_beneath(web: Flask) -> None:
    thai, english = shown(web, verdicts.VALID), shown(web, verdicts.VALID, lang="en")
    assert "2 มีนาคม พ.ศ. 2569" in thai.text
    assert "(ค.ศ. 2026)" in thai.text
    assert "2 March 2026" in english.text
    assert "(B.E. 2569)" in english.text
    for page in (thai, english):
        assert {"2026-03-02", "2027-03-01"} <= {e.attributes["datetime"] for e in page.all("time")}


def test_as_of_and_known_since_are_said(web: Flask) -> None:
    page = shown(web, verdicts.VALID)
    assert "ผล ณ วันนี้ 21 พ.ย. 2569" in page.text
    assert "จากข้อมูลเมื่อ 21 พ.ย. 2569 14:05 น." in page.text
    assert "ผล ณ วันที่ 1 เม.ย. 2569" in shown(web, verdicts.EARLIER_DAY).text


def test_a_later_revocation_is_said_beside_a_valid_answer(web: Flask) -> None:
    page = shown(web, verdicts.EARLIER_DAY, lang="en")
    assert page.one("main").attributes["data-verdict"] == "VALID"
    assert "1 Jun 2026" in page.one("section", class_="notices").text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_green_says_what_to_do_and_whom_to_call(web: Flask, lang: Language) -> None:
    for verdict in (verdicts.EXPIRED, verdicts.NO_STATUS, verdicts.FORGED):
        steps = shown(web, verdict, lang=lang).one("section", class_="next").text
        assert verdict.advice(lang) in steps
        assert "0 2000 0000" in steps
    assert not shown(web, verdicts.VALID, lang=lang).all("section", class_="next")


def test_not_knowing_is_said_not_to_mean_false(web: Flask) -> None:
    assert "ไม่ได้แปลว่าใบรับรองปลอม" in shown(web, verdicts.UNREADABLE).text


def test_demo_keys_bring_the_sample_banner(web: Flask) -> None:
    assert "SAMPLE" in shown(web, verdicts.SAMPLE).one("p", class_="sample").text
    assert not shown(web, verdicts.VALID).all("p", class_="sample")


def test_unconfirmed_issuer_settings_say_so(web: Flask) -> None:
    assert "ยังไม่ได้รับการยืนยัน" in shown(web, verdicts.VALID).one("footer").text


def test_the_genuine_host_is_shown(web: Flask) -> None:
    assert shown(web, verdicts.VALID).one("strong", class_="host").text == "localhost:8000"


def test_the_form_asks_the_same_thing_about_another_day(web: Flask) -> None:
    page = shown(web, verdicts.VALID, address="/verify", number="MIT-2569-0012345-B", on="1/4/2569")
    days, model = (fields_of(page, f"ask {name}") for name in ("ask-days", "ask-model"))
    kept = {"lang": "th", "number": "MIT-2569-0012345-B"}
    assert days == {**kept, "bid": "", "contract": "", "delivery": "", "on": "1/4/2569"}
    assert model == {**kept, "on": "1/4/2569", "model": ""}


def test_without_a_certificate_the_page_offers_to_type_the_number(web: Flask) -> None:
    page = shown(web, verdicts.FORGED)
    assert page.one("input", name="number")
    assert not page.all("input", name="on")


def test_long_lists_are_folded_without_a_script_and_nothing_is_lost(web: Flask) -> None:
    page = shown(web, verdicts.MANY_PRODUCTS)
    assert len(page.all("li", class_="product")) == 200
    assert all(folded.children[0].name == "summary" for folded in page.all("details"))


def test_a_bare_count_of_products_sends_the_reader_to_the_paper(web: Flask) -> None:
    bare = replace(verdicts.VALID, certificate=replace(verdicts.CERTIFICATE, products=(), product_count=12))
    assert say("web.products_on_paper", "th") in shown(web, bare).text


def test_the_verdict_inside_a_file_stands_beside_that_of_the_file(web: Flask) -> None:
    file = replace(verdicts.NO_STATUS, inner=verdicts.VALID)
    page = shown(web, file)
    assert page.one("main").attributes["data-verdict"] == "CANNOT_TELL"
    assert say("verify.word_VALID", "th") in page.one("h2", id="inner").text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "ที่" * 200,
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(web: Flask, text: str) -> None:
    products = ({**verdicts.CABLE, "product_th": text, "brand": text, "models": [text]},)
    certificate = replace(verdicts.CERTIFICATE, name_th=text, name_en=text, products=products)
    page = shown(web, replace(verdicts.VALID, certificate=certificate))
    assert " ".join(text.split()) in page.text


def test_a_natural_person_shows_no_number(web: Flask) -> None:
    person = replace(verdicts.CERTIFICATE, juristic_number=None)
    page = shown(web, replace(verdicts.VALID, certificate=person))
    assert say("verify.label_juristic_number", "th") not in [term.text for term in page.all("dt")]


@pytest.mark.parametrize(
    "reason",
    [key[len("verify.advice_") :] for key in catalogue("verify", "th") if key.startswith("verify.advice_")],
)
def test_every_reason_has_its_own_words_on_the_page(reason: str) -> None:
    assert shown_reason(reason) == reason


def test_an_unknown_reason_still_gets_a_page(web: Flask) -> None:
    assert shown_reason("invented_tomorrow") == "other"


def test_counting_verdicts_needs_no_certificate(web: Flask) -> None:
    with web.test_request_context("/v/1"):
        answer: Response = verdict_page(verdicts.UNREADABLE, door="scan", status=404)
    assert answer.status_code == 404
    assert verdicts.UNREADABLE.answer is Answer.CANNOT_TELL


def test_every_notice_but_sample_is_listed(web: Flask) -> None:
    notices = (Notice("sample"), Notice("stale", (("known_at", verdicts.NOW),)))
    page = shown(web, replace(verdicts.VALID, notices=notices))
    assert len(page.one("section", class_="notices").children[0].children) == 1


def test_a_failed_coverage_check_names_the_model(web: Flask) -> None:
    finding = Finding(Check.COVERAGE, Outcome.FAIL, "other_model", (("model", "<X-1>"),))
    page = shown(web, verdicts.with_finding(finding), model="X-1")
    assert "<X-1>" in page.text
    assert fields_of(page, "ask ask-model")["model"] == fields_of(page, "ask ask-days")["model"] == "X-1"


def again(web: Flask, verdict: Verdict, address: str, *, door: str = "number") -> str:
    with web.test_request_context(address):
        return verdict_page(verdict, door=door).get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    [
        "/verify?number=MIT-2569-0012345-B",
        "/verify?number=%3Cb%3E%26%22'&lang=en",
        "/c/MIT-2569-0012345-B?lang=th",
        "/v/123456",
    ],
)
def test_a_page_put_together_from_parts_is_the_page_rendered_anew(web: Flask, address: str) -> None:
    for verdict in (verdicts.SAMPLE, verdicts.REVOKED, verdicts.MANY_PRODUCTS, verdicts.UNREADABLE):
        remembered = replace(verdict)
        for minutes in (0, 3, 59):
            known_at = verdicts.NOW + timedelta(minutes=minutes)
            plain = again(web, replace(verdict, known_at=known_at), address)
            assert again(web, remembered.known_since(known_at), address) == plain
            assert "slot-" not in plain


def test_parts_are_kept_for_each_language_door_and_question_apart(web: Flask) -> None:
    remembered = replace(verdicts.VALID)
    addresses = ["/verify?number=1", "/verify?number=2&lang=en", "/v/3", "/verify?number=4&on=1/1/2570"]
    for _ in range(3):
        for address in addresses:
            for door in ("number", "record"):
                plain = again(web, replace(verdicts.VALID), address, door=door)
                assert again(web, remembered, address, door=door) == plain


def test_another_verdict_never_borrows_the_parts(web: Flask) -> None:
    for verdict in (verdicts.VALID, verdicts.REVOKED):
        remembered = replace(verdict)
        for _ in range(3):
            assert f'data-verdict="{verdict.answer}"' in again(web, remembered, "/v/1")


LINE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 Line/14.19.2"
FACEBOOK = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148 [FBAN/FBIOS;FBAV/487.0.0]"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def questions(page: Page) -> list[tuple[str, str]]:
    """Return sign and word of each of the four questions, in order."""
    rows = [row for row in page.all("li") if (row.attributes.get("class") or "").startswith("question ")]
    words = [
        part.text for row in rows for part in inside(row) if part.attributes.get("class") == "question-word"
    ]
    return [
        (str(row.attributes["class"]).rpartition("-")[2], word) for row, word in zip(rows, words, strict=True)
    ]


@pytest.mark.parametrize(
    ("verdict", "signs"),
    [
        (verdicts.VALID, ["pass", "pass", "not_checked", "not_checked"]),
        (verdicts.REVOKED, ["pass", "fail", "not_checked", "not_checked"]),
        (verdicts.EXPIRED, ["pass", "fail", "not_checked", "not_checked"]),
        (verdicts.NO_STATUS, ["pass", "unknown", "not_checked", "not_checked"]),
        (verdicts.FORGED, ["fail", "not_checked", "not_checked", "not_checked"]),
        (verdicts.UNREADABLE, ["unknown", "not_checked", "not_checked", "not_checked"]),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_four_questions_are_answered_with_a_sign_and_a_word_each(
    web: Flask, verdict: Verdict, signs: list[str], lang: Language
) -> None:
    page = shown(web, verdict, lang=lang)
    answered = questions(page)
    assert [sign for sign, _ in answered] == signs
    for (sign, word), name in zip(answered, ("genuine", "in_force", "maker", "covers"), strict=True):
        assert say(f"web.question_{name}", lang) in page.text
        if name != "maker":
            assert word == say(f"web.{name}_{sign}", lang)


def test_the_holder_to_compare_with_the_bid_stands_under_same_maker(web: Flask) -> None:
    asked = shown(web, verdicts.VALID).one("p", class_="question-maker").text
    assert verdicts.CERTIFICATE.name_th in asked
    assert shown_tax_number(str(verdicts.CERTIFICATE.juristic_number)) in asked
    assert not shown(web, verdicts.FORGED).all("p", class_="question-maker"), "a forger names nobody"


@pytest.mark.parametrize("door", ["number", "record", "scan", "file"])
def test_who_typed_a_number_is_told_that_the_paper_was_not_looked_at(web: Flask, door: str) -> None:
    said = say("web.genuine_typed", "th") in again(web, verdicts.VALID, "/v/1", door=door)
    assert said is (door in {"number", "record"})


@pytest.mark.parametrize("verdict", [verdicts.VALID, verdicts.REVOKED, verdicts.UNREADABLE])
def test_findings_are_folded_only_where_all_is_well(web: Flask, verdict: Verdict) -> None:
    checks = shown(web, verdict).one("section", class_="checks").children[0]
    assert ("open" in checks.attributes) is (verdict.answer is not Answer.VALID)


def moments(page: Page) -> list[tuple[str | None, str]]:
    """Return day and words of each line of the timeline."""
    lines = [part for part in inside(page.one("ol", class_="moments")) if part.name == "li"]
    return [(line.children[0].attributes["datetime"], line.children[2].text) for line in lines]


def test_the_timeline_names_what_happened_with_its_public_reason_and_today_among_it(web: Flask) -> None:
    history = (
        StateChange(verdicts.ISSUED_ON, CertificateState.ACTIVE, "issued"),
        StateChange(date(2026, 5, 4), CertificateState.SUSPENDED, "under_investigation"),
        StateChange(date(2026, 5, 20), CertificateState.ACTIVE, "investigation_closed"),
        StateChange(date(2026, 6, 1), CertificateState.REVOKED, "mark_misused"),
    )
    told = replace(verdicts.REVOKED, certificate=replace(verdicts.CERTIFICATE, history=history))
    assert moments(shown(web, told, lang="en")) == [
        ("2026-03-02", "Issued"),
        ("2026-05-04", f"Suspended {say('verify.because_under_investigation', 'en')}"),
        ("2026-05-20", "Reinstated"),
        ("2026-06-01", f"Revoked {say('verify.because_mark_misused', 'en')}"),
        ("2026-11-21", "Today"),
    ]


def test_a_day_that_is_asked_about_stands_in_the_timeline_too(web: Flask) -> None:
    assert moments(shown(web, verdicts.EARLIER_DAY, lang="en"))[1] == ("2026-04-01", "The day asked about")


SIDE_BY_SIDE = replace(
    verdicts.VALID,
    days=(
        ("bid", replace(verdicts.VALID, as_of=date(2026, 4, 1))),
        ("contract", verdicts.VALID),
        ("delivery", replace(verdicts.EXPIRED, as_of=date(2027, 4, 1))),
    ),
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_three_days_stand_side_by_side_and_the_worst_is_the_answer(web: Flask, lang: Language) -> None:
    page = shown(web, SIDE_BY_SIDE, lang=lang, delivery="1/4/2570", bid="1/4/2569")
    assert page.one("main").attributes["data-verdict"] == "NOT_VALID"
    assert page.one("main").attributes["data-reasons"] == "expired"
    days = page.one("ul", class_="days-row").children
    for day, (name, answer) in zip(days, SIDE_BY_SIDE.days, strict=True):
        assert say(f"web.day_{name}", lang) in day.text
        assert say(f"verify.word_{answer.answer}", lang) in day.text
        assert say(f"web.reason_{answer.leading_reason}", lang) in day.text
        assert day.children[0].attributes["aria-label"] == say(f"web.sign_{answer.answer}", lang)
    said = " ".join(sentence.text for sentence in page.all("p", class_="days-sentence"))
    assert "2570" in said if lang == "th" else "1 Mar 2027" in said
    assert say("web.day_delivery", lang) in page.one("p", class_="answer-reason").text
    assert (
        fields_of(page, "ask ask-days")["delivery"]
        == fields_of(page, "ask ask-model")["delivery"]
        == "1/4/2570"
    )


@pytest.mark.parametrize(
    ("agent", "inside_of"),
    [(LINE, "LINE"), (FACEBOOK, "Facebook"), (CHROME, ""), ("", ""), ("<b>Line/1", "")],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_inside_another_application_asks_to_be_opened_in_a_browser(
    web: Flask, agent: str, inside_of: str, lang: str
) -> None:
    remembered = replace(verdicts.VALID)
    for _ in range(3):  # rendered anew, kept, put together from what was kept
        with web.test_request_context(f"/v/1?lang={lang}", headers={"User-Agent": agent}):
            page = read_page(verdict_page(remembered, door="scan").get_data(as_text=True))
        notice = [p.text for p in page.all("p", class_="in-app")]
        assert len(notice) == bool(inside_of)
        assert all(inside_of in text and "localhost:8000" in text for text in notice)
        links = [a.attributes["href"] for a in page.all("a") if "openExternal" in str(a.attributes["href"])]
        assert links == ([f"/v/1?lang={lang}&openExternalBrowser=1"] if inside_of == "LINE" else [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_foot_shows_the_genuine_host_in_words_and_as_a_picture(web: Flask, lang: Language) -> None:
    page = shown(web, verdicts.VALID, lang=lang)
    place = page.one("section", class_="false-sites")
    picture = page.one("svg", class_="address-bar")
    assert picture.attributes["role"] == "img"
    assert picture.attributes["aria-label"] == say("web.address_bar", lang, host="localhost:8000")
    assert picture.text == "localhost:8000"
    for sentence in ("host_words", "host_letter", "host_lock"):
        assert say(f"web.{sentence}", lang) in place.text
    assert "0 2000 0000" in place.text, "what to do otherwise"


@pytest.mark.parametrize(
    ("public_url", "is_locked"), [("https://verify.mit.example", True), ("http://x", False)]
)
def test_the_picture_has_a_lock_only_where_the_browser_shows_one(
    web: Flask, public_url: str, is_locked: bool
) -> None:
    web.extensions["mit.settings"] = replace(web.extensions["mit.settings"], public_url=public_url)
    page = shown(web, replace(verdicts.VALID))
    assert bool(page.all("path", class_="bar-lock")) is is_locked
    assert page.one("svg", class_="address-bar").text == public_url.partition("//")[2]


def test_what_is_kept_for_one_browser_is_not_shown_to_another(web: Flask) -> None:
    remembered = replace(verdicts.VALID)
    for _ in range(3):
        for agent, is_inside in ((LINE, True), (CHROME, False), (FACEBOOK, True)):
            with web.test_request_context("/v/1", headers={"User-Agent": agent}):
                html = verdict_page(remembered, door="scan").get_data(as_text=True)
            assert ('class="in-app"' in html) is is_inside
            assert ("openExternalBrowser" in html) is (agent is LINE)
