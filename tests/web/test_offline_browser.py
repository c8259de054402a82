"""The offline page in Debian's Chromium, with the network cut: one visit, then everything without it.

One browser and one device for the whole file: what it holds is part of what is tested.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mit.credential import qr_text
from mit.i18n import LANGUAGES
from mit.web.pages.offline import current_release
from tests.offline.asked import JUDGE_ALL, Questions
from tests.offline.test_mutants import damaged_qrs, forged_claims, forged_qrs, questions
from tests.offline.test_strictness import IN_BROWSERS_ALONE, LISTS, about_lists
from tests.offline.test_vectors import questions_of_the_index
from tests.support.browser import DESK, NARROW, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.eyes import found_by_axe, too_wide, unreadable
from tests.support.specimens import claims, digits_of, issued
from tests.vectors.make_vectors import UNKNOWN
from tests.web.office import NOW, Office, open_office

READY = "main[data-ready=yes]"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Mutants that the browser judges beside the samples; Node judges more of them.
MUTANTS = 150
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    found[name] = requests.map(({ url }) => url.slice(location.origin.length));
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that opened the page once, the register it knows of, and the page's address."""

    see: Watched
    office: Office
    url: str

    def at(self, now: datetime, path: str = "/offline?lang=th") -> None:
        """Open *path* at an instant and wait until the page has done what it does by itself."""
        self.see.page.clock.set_fixed_time(now)
        self.see.page.goto(f"{self.url}{path}")
        self.see.page.wait_for_selector(READY)

    def judge(self, text: str, on: str = "") -> tuple[str | None, str | None]:
        """Type *text* and return the verdict and the reasons that the page shows."""
        self.see.page.fill("#text", text)
        self.see.page.fill("#on", on)
        self.see.page.click("#ask button[type=submit]")
        self.see.page.wait_for_selector("#result:not([hidden])")
        return self.shown()

    def shown(self) -> tuple[str | None, str | None]:
        """Return the verdict and the reasons that stand on the page."""
        main = self.see.page.locator("main")
        return main.get_attribute("data-verdict"), main.get_attribute("data-reasons")

    def words(self, place: str) -> str:
        """Return what a place of the page says."""
        return self.see.page.locator(place).inner_text()


@pytest.fixture(scope="module")
def device(databases: Databases) -> Iterator[Device]:
    """A house of its own: in one that is shared lists may have been published later than the page's clock."""
    office = open_office(databases.empty("sqlite"), databases.workplace())
    with serving(office.app) as url, browser() as running, looking(running, size=DESK) as see:
        device = Device(see, office, url)
        device.at(NOW)
        yield device


@pytest.fixture
def cut(device: Device) -> Iterator[Device]:
    """The device without network, all complaints so far looked at."""
    device.see.page.context.set_offline(True)
    yield device
    device.see.page.context.set_offline(False)


def test_the_first_visit_keeps_the_page_and_what_is_known_and_nothing_else(device: Device) -> None:
    assert device.see.complaints == []
    assert "ต่ออินเทอร์เน็ตได้" in device.words("#network")
    assert device.see.page.locator("#kept").is_visible()
    with device.office.app.test_request_context():
        release = current_release()
    kept = device.see.page.evaluate(KEPT)
    assert kept.keys() == {f"mit-offline-{release.name}", "mit-knowledge", "mit-language"}
    assert kept["mit-knowledge"] == ["/.well-known/mit-trust.json"]
    parts = {f"/offline/{release.name}/{name}" for name in release.parts}
    shown = {address for address in kept[f"mit-offline-{release.name}"] if address not in parts}
    assert {"/offline?lang=th", "/offline?lang=en", "/scan?lang=th", "/scan?lang=en"} < shown
    kept_addresses = re.compile(r"/(offline|scan)\?lang=..|/static/[\w/.-]+(\?v=\w+)?")
    assert all(kept_addresses.fullmatch(address) for address in shown)


def test_every_sample_and_many_mutants_are_judged_in_the_browser_as_by_the_service(
    device: Device,
) -> None:
    with device.office.app.test_request_context():
        address = f"/offline/{current_release().name}/judge.js"
    made = [questions(at, make) for at, make in enumerate((damaged_qrs, forged_qrs, forged_claims))]
    lists = about_lists(LISTS | IN_BROWSERS_ALONE)
    mutants = [Questions(one.asked[:MUTANTS], one.files) for one in made]
    for mine in (questions_of_the_index(), lists, *mutants):
        answers = answers_of_browser(device, mine, address)
        for asked, answer, service in zip(mine.asked, answers, mine.answers_of_the_service(), strict=True):
            assert answer["verdict"] == service["verdict"], asked.text
            assert answer["reasons"] == service["reasons"], asked.text
            assert answer.get("certificate") == service.get("certificate"), asked.text


def answers_of_browser(device: Device, mine: Questions, address: str) -> list[dict[str, Any]]:
    """Ask the page's own module everything in one go."""
    function = JUDGE_ALL.read_text(encoding="utf-8").partition("\n// In Node")[0]
    function = function.partition("export ")[2]
    script = f"async ([address, asked]) => {{ {function}; return judgeAll(await import(address), asked); }}"
    found: list[dict[str, Any]] = device.see.page.evaluate(script, [address, mine.to_document()])
    return found


def test_online_the_page_leads_to_the_registers_own_answer(device: Device) -> None:
    device.at(NOW)
    assert device.judge(device.office["revoked"].number) == ("CANNOT_TELL", "unreachable")
    device.see.page.get_by_role("link", name="ถามทะเบียนทางออนไลน์").click()
    assert device.shown() == ("NOT_VALID", "revoked")


def test_without_network_each_answer_is_given_in_words_sign_and_colour(cut: Device) -> None:
    office = cut.office
    cut.at(NOW + 3 * HOUR)
    assert "ข้อมูลสถานะเมื่อ 3 ชั่วโมงก่อน" in cut.words("#age")
    assert "ติดต่อระบบไม่ได้" in cut.words("#network")
    stranger = digits_of(issued(claims(), UNKNOWN))
    good = office["active"].digits
    looks = set()
    for text, expected in {
        good: ("VALID", ""),
        f"https://anywhere.example/v/{good}": ("VALID", ""),
        office["revoked"].digits: ("NOT_VALID", "revoked"),
        office["suspended"].digits: ("NOT_VALID", "suspended"),
        good[:-1] + str((int(good[-1]) + 1) % 10): ("NOT_VALID", "bad_signature"),
        stranger: ("CANNOT_TELL", "unknown_key"),
        good[:-4]: ("CANNOT_TELL", "unreadable"),
        office["active"].number: ("CANNOT_TELL", "unreachable"),
    }.items():
        assert cut.judge(text) == expected, text[:40]
        panel = cut.see.page.locator(".answer")
        colour = panel.evaluate("e => getComputedStyle(e).backgroundColor")
        sign = panel.locator(".answer-sign > :first-child").evaluate("e => e.outerHTML")
        looks.add((expected[0], colour, sign, cut.words(".answer-word")))
        assert cut.see.page.locator("#result a[data-online]").is_hidden()
    assert (
        len(looks) == len({colour for _, colour, _, _ in looks}) == len({sign for *_, sign, _ in looks}) == 3
    )
    assert {words for *_, words in looks} == {"ใช้ได้", "ใช้ไม่ได้", "ยังบอกไม่ได้"}


def test_without_network_days_count_as_people_type_them(cut: Device) -> None:
    cut.at(NOW)
    revoked = cut.office["revoked"].digits
    assert cut.judge(revoked, "๑๑/๑๑/๒๕๖๙") == ("VALID", "")
    assert "12 พ.ย. 2569" in cut.words(".notices")
    assert cut.judge(revoked, "1 พ.ย. 2569")[1] == "not_yet_in_force"
    assert cut.judge(cut.office["active"].digits, "2/11/2570") == ("NOT_VALID", "expired")
    cut.see.page.fill("#on", "quatsch")
    cut.see.page.click("#ask button[type=submit]")
    assert cut.see.page.locator("#on-error").is_visible()
    assert cut.see.page.evaluate("document.activeElement.id") == "on"


@pytest.mark.parametrize(
    ("age", "said", "expected", "notices"),
    [
        (HOUR, "1 hour ago", ("VALID", ""), "SAMPLE"),
        (2 * DAY, "2 days ago", ("VALID", ""), "check online again"),
        (8 * DAY, "8 days ago", ("CANNOT_TELL", "stale"), "SAMPLE"),
        (-HOUR, "later than this device's clock", ("CANNOT_TELL", "clock_wrong"), "SAMPLE"),
    ],
)
def test_the_age_of_what_is_known_decides_and_is_said(
    cut: Device, age: timedelta, said: str, expected: tuple[str, str], notices: str
) -> None:
    cut.at(NOW + age, "/offline?lang=en")
    assert said in cut.words("#age")
    assert cut.judge(cut.office["active"].digits) == expected
    assert notices in cut.words(".notices")


def test_a_scan_without_network_opens_the_page_with_its_answer(cut: Device) -> None:
    for name, expected in (("active", ("VALID", "")), ("withdrawn", ("NOT_VALID", "withdrawn"))):
        path = f"/v/{cut.office[name].digits}?on=20/11/2569&lang=th"
        cut.at(NOW, path)
        assert cut.see.page.url.endswith(path), "the address stays that of the scan"
        assert cut.shown() == expected
        assert cut.see.page.locator("#on").input_value() == "20/11/2569"
    cut.at(NOW, f"/v#{cut.office['active'].digits}")
    assert cut.shown() == ("VALID", "")
    cut.at(NOW, f"/verify?number={cut.office['active'].number}")
    assert cut.shown() == ("CANNOT_TELL", "unreachable")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_answer_without_network_fits_and_is_legible_and_accessible(cut: Device, lang: str) -> None:
    page = cut.see.page
    for text, on in ((cut.office["active"].digits, ""), (cut.office["revoked"].number, "1/1/2580")):
        cut.at(NOW + 2 * DAY, f"/offline?lang={lang}")
        cut.judge(text, on)
        found = too_wide(page, NARROW, PHONE, DESK) + found_by_axe(page) + unreadable(page)
        assert found == []
        assert page.locator("h1").count() == 1


def test_without_network_a_credential_is_opened_and_a_paper_is_not(cut: Device, tmp_path: Path) -> None:
    cut.at(NOW)
    file = tmp_path / "certificate.jwt"
    file.write_text(cut.office["active"].credential, encoding="ascii")
    cut.see.page.set_input_files("#file", file)
    cut.see.page.wait_for_selector("#result:not([hidden])")
    assert cut.shown() == ("VALID", "")
    assert cut.office["active"].number in cut.words(".compare")
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(cut.office["active"].pdf)
    cut.see.page.set_input_files("#file", paper)
    assert "PDF" in cut.words("#file-error")


def test_a_bundle_by_a_stranger_is_not_taken_and_a_person_may_begin_anew(device: Device) -> None:
    page = device.see.page
    foreign = (Path(__file__).parents[1] / "vectors" / "trust" / "keys-and-lists.json").read_bytes()
    page.route("**/.well-known/mit-trust.json", lambda route: route.fulfill(body=foreign))
    try:
        device.at(NOW)
        assert "ของบริการอื่น" in device.words("#refused")
        assert device.judge(device.office["active"].digits) == ("VALID", ""), "by what is held"
        assert page.locator("#anew").is_visible()
    finally:
        page.unroute("**/.well-known/mit-trust.json")
    page.click("#anew")
    page.wait_for_selector("#anew", state="hidden")
    assert page.locator("#refused").is_hidden()
    assert device.judge(device.office["active"].digits) == ("VALID", "")


def test_nothing_that_was_looked_at_is_kept_and_nobody_else_is_asked(device: Device) -> None:
    """The last test of the file: of all that this device did."""
    asked = [address for address in device.see.asked if not address.startswith(("data:", "blob:"))]
    assert len(asked) > 50
    assert {address for address in asked if not address.startswith(device.url)} == set()
    kept = json.dumps(device.see.page.evaluate(KEPT))
    for trace in ("/v/", "/c/", "number=", *(shown.digits for shown in device.office.certificates.values())):
        assert trace not in kept
    digits = qr_text.digits_in(f"/v/{device.office['active'].digits}")
    assert not any(digits in address for address in asked if not address.startswith(f"{device.url}/v"))
    expected = re.compile(r"failed: .*mit-trust\.json|.*(ERR_INTERNET_DISCONNECTED|ERR_FAILED).*")
    assert [one for one in device.see.complaints if not expected.fullmatch(one)] == []
