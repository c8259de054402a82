"""The scanner in Debian's Chromium, whose camera is a file of pictures: what it follows and what it refuses.

One browser for the whole file; the file of pictures is written anew before the camera is opened again.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from mit.i18n import LANGUAGES, Language, say
from tests.support.browser import DESK, NARROW, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.eyes import found_by_axe, too_wide, unreadable
from tests.support.qr_pictures import picture_of
from tests.web.office import NOW, Office, open_office

READY = "main[data-ready=yes]"
WARNED = "main[data-foreign]"
#: The Latin keys of the left side, typed while the Thai keyboard (Kedmanee) is on, give those of the right.
KEDMANEE = dict(
    zip("1234567890-./:htpsvmi", "ๅ/-ภถุึคตจขใฝซ้ะยหอทร", strict=True),
)


@dataclass
class Scanner:
    """The served office, a browser with a camera, and the file that this camera films."""

    url: str
    office: Office
    browser: Chromium
    film: Path

    def shows(self, text: str) -> None:
        """Let the camera film a QR code of *text* from its next opening on."""
        self.film.write_bytes(picture_of(text) * 12)

    def text(self, path: str) -> str:
        """Return an address of ours as the QR codes of this register have it."""
        return f"{self.office.app.extensions['mit.settings'].public_url}{path}"

    def open(self, see: Watched, language: Language = "th") -> Page:
        """Open the scanner's page and wait until it is ready."""
        see.page.clock.set_fixed_time(NOW)
        see.page.goto(f"{self.url}/scan?lang={language}")
        see.page.wait_for_selector(READY)
        return see.page


@pytest.fixture(scope="module")
def scanner(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    office = open_office(databases.empty("sqlite"), databases.workplace())
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film.write_bytes(picture_of("nothing yet"))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with serving(office.app) as url, browser(*flags) as running:
        yield Scanner(url, office, running, film)


def test_the_camera_sees_a_certificate_and_its_verdict_opens(scanner: Scanner) -> None:
    good = scanner.office["active"].digits
    scanner.shows(scanner.text(f"/v/{good}"))
    with looking(scanner.browser) as see:
        page = scanner.open(see)
        assert page.locator("#view").is_hidden(), "the camera never begins by itself"
        page.click("#start")
        page.wait_for_url(f"**/v/{good}?lang=th")
        assert page.locator("[data-verdict]").first.get_attribute("data-verdict") == "VALID"
        assert see.complaints == []
        hosts = {urlsplit(address).netloc for address in see.asked if not address.startswith("data:")}
        assert hosts == {urlsplit(scanner.url).netloc}
        assert any(address.endswith(".wasm") or ".wasm?" in address for address in see.asked)


def test_a_code_that_leads_elsewhere_is_refused_in_both_languages(scanner: Scanner) -> None:
    good, host = scanner.office["active"].digits, "verify.mit.or.th.evil.co.th"
    scanner.shows(f"https://{host}/v/{good}")
    with looking(scanner.browser) as see:
        page = scanner.open(see, "en")
        page.click("#start")
        page.wait_for_selector(WARNED)
        assert page.locator("#view").is_hidden(), "the camera is off"
        warning = page.locator("#warning")
        assert warning.locator(".foreign-host").inner_text() == host
        assert warning.locator(".foreign-host strong").inner_text() == "evil.co.th"
        for language in LANGUAGES:
            words = warning.locator(f"[lang={language}]").inner_text()
            for key in ("warning_title", "inside_VALID", "advice_leave"):
                assert say(f"scan.{key}", language) in words, (language, key)
        links = warning.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert links == ["/report?lang=en", "#number"], "the address itself is no link"
        assert page.evaluate("document.activeElement.id") == "warning"
        found = too_wide(page, NARROW, DESK, PHONE) + found_by_axe(page) + unreadable(page)
        assert found == []
        assert not any("evil" in address for address in see.asked)
        assert see.complaints == []


def test_a_picture_of_something_else_is_told_from_a_certificate(scanner: Scanner) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (300, 200)).save(blank, "PNG")
    others = {
        "payment": picture_of("00020101021229370016A000000677010111011300668123456785802TH530376463045A1D"),
        "nothing_of_ours": picture_of("สวัสดี"),
        "picture_empty": blank.getvalue(),
        "picture_wrong": b"no picture",
    }
    with looking(scanner.browser) as see:
        page = scanner.open(see)
        for key, data in others.items():
            page.set_input_files("#picture", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": data})
            page.get_by_text(say(f"scan.{key}", "th")).wait_for()
        assert not [address for address in see.asked if "/verify" in address], "no picture was sent"


def test_a_picture_is_pasted_and_a_file_is_dropped(scanner: Scanner) -> None:
    shown = scanner.office["revoked"]
    give = """([kind, base64, name, type]) => {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], name, { type }));
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }"""

    def carried(data: bytes) -> str:
        return base64.b64encode(data).decode("ascii")

    with looking(scanner.browser) as see:
        page = scanner.open(see)
        photo = carried(picture_of(scanner.text(f"/v/{shown.digits}")))
        page.evaluate(give, ["paste", photo, "shot.jpg", "image/jpeg"])
        page.wait_for_url("**/v/*")
        assert page.locator("[data-verdict]").first.get_attribute("data-verdict") == "NOT_VALID"
        page = scanner.open(see)
        file = carried(shown.credential.encode("ascii"))
        page.evaluate(give, ["drop", file, "certificate.jwt", "application/jwt"])
        page.wait_for_url("**/verify?lang=th")
        assert page.locator("[data-verdict]").first.get_attribute("data-verdict") == "NOT_VALID"
        assert see.complaints == []


@pytest.mark.parametrize("is_thai", [False, True], ids=["latin keys", "thai keys"])
def test_a_hand_held_scanner_types_anywhere_on_the_page(scanner: Scanner, is_thai: bool) -> None:
    good = scanner.office["active"].digits
    keys = scanner.text(f"/v/{good}")
    if is_thai:
        keys = "".join(KEDMANEE[sign] for sign in f"https://h.mit/v/{good}")
    with looking(scanner.browser, size=DESK) as see:
        page = scanner.open(see)
        assert page.evaluate("document.activeElement.id") == "number", "ready for a scanner on a desk"
        page.locator("#start").focus()
        page.keyboard.type(keys)
        page.keyboard.press("Enter")
        if is_thai:
            page.wait_for_selector(WARNED)
            assert page.locator(".foreign-host").inner_text() == "h.mit"
        else:
            page.wait_for_url(f"**/v/{good}?lang=th")
        assert see.complaints == []


def test_without_network_the_answer_is_given_on_the_page(scanner: Scanner) -> None:
    with looking(scanner.browser, size=DESK) as see:
        page = see.page
        page.clock.set_fixed_time(NOW)
        page.goto(f"{scanner.url}/offline?lang=en")
        page.wait_for_selector(READY)
        page.context.set_offline(True)
        scanner.open(see, "en")
        page.set_input_files(
            "#picture",
            {
                "name": "a.jpg",
                "mimeType": "image/jpeg",
                "buffer": picture_of(scanner.text(f"/v/{scanner.office['active'].digits}")),
            },
        )
        page.wait_for_selector("main[data-verdict=VALID]")
        page.fill("#number", scanner.office["revoked"].digits)
        page.click("#ask button")
        page.wait_for_selector("main[data-reasons=revoked]")
        page.fill("#number", "https://evil.example/v/1")
        page.click("#ask button")
        page.wait_for_selector("main[data-foreign=host]")
        assert page.locator("#result").is_hidden()
        page.context.set_offline(False)


def test_without_a_script_two_forms_are_left_and_said(scanner: Scanner) -> None:
    with looking(scanner.browser, scripts=False) as see:
        see.page.goto(f"{scanner.url}/scan?lang=en")
        assert say("scan.no_script", "en") in see.page.locator("main noscript").inner_text()
        assert see.page.locator("#start").is_hidden()
        assert see.page.locator("#photo").is_hidden()
        assert see.page.locator("#send").is_visible()
        see.page.fill("#number", scanner.office["active"].number)
        see.page.click("#ask button")
        assert see.page.locator("[data-verdict]").first.get_attribute("data-verdict") == "VALID"
