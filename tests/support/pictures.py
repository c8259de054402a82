"""Make the README's pictures again, from a demo world as anybody gets it: ``make pictures``.

The pictures show what the demo shows on that day; their file names say what, how wide and in which language.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
from passlib.totp import TOTP
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support.browser import browser, looking
from tests.support.served_demo import ServedDemo, serving_demo

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
DESK, PHONE = (1280, 1500), (390, 1240)
#: A world in which every queue holds something.
SIZE = 40
LARGEST_BYTES = 200_000


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as place, serving_demo(Path(place), size=SIZE) as demo:
        take(demo)


def take(demo: ServedDemo) -> None:
    """Take every picture of a demo that is being served."""
    _certificate(demo)
    with browser() as running:
        _verdict(demo, running)
        with _signed_in(demo, running, "manufacturer", lang="th") as page:
            _cost_sheet(demo, page)
        with _signed_in(demo, running, "reviewer", lang="en") as page:
            _first_case(demo, page, "review")
            _keep(page.screenshot(), "case-1280-en")
        with _signed_in(demo, running, "approver", lang="en") as page:
            _first_case(demo, page, "approval")
            _go(demo, page, urlsplit(page.url).path + "/approve")
            _keep(page.screenshot(), "approve-1280-en")


def _first_case(demo: ServedDemo, page: Page, waiting: str) -> None:
    """Open the first case in the queue of what waits so."""
    _go(demo, page, f"/staff?waiting={waiting}")
    with page.expect_navigation():
        page.locator("main table a").first.click()
    page.evaluate("document.fonts.ready.then(() => true)")


def _go(demo: ServedDemo, page: Page, path: str) -> None:
    page.goto(demo.url + path)
    page.evaluate("document.fonts.ready.then(() => true)")


@contextmanager
def _signed_in(demo: ServedDemo, running: Browser, role: str, *, lang: str) -> Iterator[Page]:
    """Sign somebody of that role in, with a code where one is asked for."""
    login = demo.login(role)
    with looking(running, size=DESK) as see:
        _go(demo, see.page, f"/sign-in?lang={lang}")
        for name in ("email", "password"):
            see.page.locator(f"#{name}").fill(login[name])
        see.page.locator("main form button").click()
        if "code_key" in login:
            see.page.locator("#code").fill(TOTP(key=login["code_key"]).generate().token)
            see.page.locator("main form button").click()
        see.page.locator("nav.office-navigation, .office-navigation").first.wait_for()
        yield see.page


def _cost_sheet(demo: ServedDemo, page: Page) -> None:
    """Begin an application with the demo's cost sheet, and show what comes of it."""
    _go(demo, page, "/applications")
    page.locator("form[action='/applications'] button").click()
    _go(demo, page, urlsplit(page.url).path + "/products")
    page.locator("form[action$='/products'] button").click()
    _go(demo, page, urlsplit(page.url).path + "/sheet")
    page.locator("input[type=file]").set_input_files(demo.folder / "cost-sheet.json")
    page.locator("#upload button[type=submit]").click()
    page.locator(".applicant-answer").wait_for()
    page.locator(".office-beside").evaluate("e => window.scrollTo(0, e.offsetTop - 24)")
    _keep(page.screenshot(), "cost-sheet-1280-th")


def _verdict(demo: ServedDemo, running: Browser) -> None:
    scanned = urlsplit((demo.folder / "certificate.qr.txt").read_text(encoding="utf-8").strip()).path
    with looking(running, size=PHONE) as see:
        _go(demo, see.page, f"{scanned}?lang=th")
        _keep(see.page.screenshot(), "verify-390-th")


def _certificate(demo: ServedDemo) -> None:
    paper = pypdfium2.PdfDocument(demo.folder / "certificate.pdf")
    try:
        _keep(_png(paper[0].render(scale=1.05).to_pil()), "certificate")
    finally:
        paper.close()


def _png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, format="PNG")
    return stream.getvalue()


def _keep(data: bytes, name: str) -> None:
    """Write a picture with no more colours than it needs."""
    picture = Image.open(BytesIO(data)).convert("RGB").quantize(128)
    stream = BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    path = FOLDER / f"{name}.png"
    path.write_bytes(stream.getvalue())
    print(f"{path.name}: {picture.width} × {picture.height}, {len(stream.getvalue())} bytes")
    assert len(stream.getvalue()) < LARGEST_BYTES


if __name__ == "__main__":
    main()
