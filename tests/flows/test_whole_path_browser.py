"""From a stranger's registration to the verdict on a phone, by nothing but what stands on the pages.

Walks in each language, with and without scripts, on a phone and at a desk: whichever two of these go
together, some walk goes so.  The letters are read in the mailbox, the codes come from the telephones'
secrets, the QR code is read off the picture.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, expect
from stdnum.th import moa

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.i18n import LANGUAGES, Language
from mit.roles.actor import Actor
from mit.store import accounts, schema
from mit.store.db import dispose_engines, transaction
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import DESK, PHONE, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk, sheet_document
from tests.support.people import PASSWORD, email_of
from tests.support.require import program
from tests.support.signed_in import code_of, give_second_factor, open_door
from tests.support.walk import Walker
from tests.support.workbooks import write_workbook

QUESTION = "ราคาหน้าโรงงานนี้รวมภาษีมูลค่าเพิ่มหรือไม่ Does this price include VAT?"
ANSWER = "ไม่รวม แก้ราคาแล้ว Without VAT; the price is corrected."
CORRECTED = "12600.00"
SAMPLES: dict[Language, tuple[str, bytes]] = {
    "th": ("ต้นทุน.xlsx", write_workbook(sheet_document())),
    "en": ("cost-sheet.json", json.dumps(sheet_document()).encode()),
}
#: Language, whether scripts run, and the window: each pair of values goes together once.
WALKS: tuple[tuple[Language, bool, tuple[int, int]], ...] = (
    ("th", True, PHONE),
    ("th", False, DESK),
    ("en", True, DESK),
    ("en", False, PHONE),
)
_count = itertools.count(1)


@dataclass(slots=True)
class House:
    """The served service, its clock and the officers' telephones."""

    url: str
    browser: Browser
    app: Flask
    clock: FrozenClock
    desk: Desk

    def wait(self, minutes: int = 1) -> None:
        """Let time pass, and the worker do what is due; in a thread, for ours is the browser's event loop."""
        self.clock.set(self.clock.now() + timedelta(minutes=minutes))
        with ThreadPoolExecutor(1) as thread:
            thread.submit(self._work).result()

    def _work(self) -> None:
        with self.app.app_context():
            worker.run_once(self.app, now=self.clock.now())


@dataclass(slots=True)
class Story:
    """One walk: who takes part, and what they found on the way."""

    house: House
    manufacturer: Walker
    reviewer: Walker
    approver: Walker
    stranger: Walker
    at: int = field(default_factory=lambda: next(_count))
    number: str = ""

    @property
    def email(self) -> str:
        """Return the address of the manufacturer's clerk."""
        return f"wanna-{self.at}@example.com"


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    folder, clock = databases.workplace(), FrozenClock(NOW)
    settings = Settings(
        env="test",
        database_url=databases.empty("sqlite"),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = open_door(create_app(settings, clock=clock), clock)
    with app.app_context():
        schema.upgrade()
        desk = open_desk(app, NOW)
        with transaction() as session:
            for officer in (desk.cast.malee, desk.cast.anan):
                give_second_factor(accounts.get_user(session, officer.user_id), NOW)
    with serving(app) as url, browser() as running:
        yield House(url, running, app, clock, desk)
    with app.app_context():
        dispose_engines()


@pytest.mark.parametrize(("lang", "scripts", "size"), WALKS, ids=str)
def test_from_registering_to_the_verdict_on_a_phone(
    house: House, tmp_path: Path, lang: Language, scripts: bool, size: tuple[int, int]
) -> None:
    with ExitStack() as opened:
        sizes = (size, size, size, PHONE)
        walkers = [
            Walker(opened.enter_context(looking(house.browser, size=each, scripts=scripts)), house.url, lang)
            for each in sizes
        ]
        story = Story(house, *walkers)
        register(story)
        apply(story)
        ask_back(story)
        correct_the_questioned_field_alone(story)
        recommend(story)
        approve(story)
        house.wait()
        address = take_the_papers(story, tmp_path)
        scan(story, address)


def test_whichever_two_go_together_some_walk_goes_so() -> None:
    values = (LANGUAGES, (True, False), (PHONE, DESK))
    for one, other in itertools.combinations(range(3), 2):
        walked = {(walk[one], walk[other]) for walk in WALKS}
        assert walked == set(itertools.product(values[one], values[other]))


def register(story: Story) -> None:
    """Register oneself, confirm by the letter's link, register the organisation and its factory."""
    wanna = story.manufacturer
    wanna.come("/register")
    wanna.fill(name="วรรณา ทดลอง", email=story.email, password=PASSWORD)
    wanna.press("account.register_button")
    story.house.wait()
    wanna.come("/demo/mailbox")
    row = wanna.page.get_by_role("row").filter(has_text=story.email)
    wanna.come(urlsplit(str(row.get_by_role("link").get_attribute("href"))).path)
    wanna.follow("admin.mailbox_follow")
    wanna.fill(password=PASSWORD)
    wanna.press("account.confirm_button")
    first_twelve = f"01055{story.at:07}"
    wanna.page.locator("input[value=juristic_person]").check()
    wanna.fill(tax_number=first_twelve + moa.calc_check_digit(first_twelve), name_th="บริษัท วรรณาสายไฟ จำกัด")
    wanna.fill(name_en="Wanna Wire Co., Ltd.", address_th="1 ถนนบางนา กรุงเทพมหานคร 10260")
    wanna.press("organisation.register")
    wanna.follow("organisation.factory_add")
    wanna.fill(registration_number=f"3-72-{story.at}/42สป", name_th="โรงงานบางปู")
    wanna.press("organisation.save")


def apply(story: Story) -> None:
    """Write an application: the factory, a product, its cost sheet from a file, evidence; and submit it."""
    wanna = story.manufacturer
    wanna.follow_to("/applications")
    wanna.press("applicant.list_new")
    story.number = wanna.page.url.rpartition("/")[2].partition("?")[0]
    wanna.follow("applicant.factory")
    wanna.follow("applicant.factory_use")
    wanna.press("applicant.save_on")
    wanna.follow("applicant.products_first")
    wanna.press("applicant.products_add")
    wanna.fill(name_th="สายไฟฟ้าแรงต่ำ", name_en="Low-voltage cable", hs_code="8544.49.32", unit="เมตร")
    wanna.fill(models="SC-100")
    wanna.press("applicant.save_to_sheet")
    name, data = SAMPLES[wanna.lang]
    wanna.send(name, "application/octet-stream", data)
    wanna.press("applicant.sheet_file_send")
    wanna.press("applicant.save_weigh")
    expect(wanna.page.locator("#assessment .applicant-answer--meets")).to_be_in_viewport()
    wanna.follow("office.back", "body")
    wanna.follow("applicant.evidence")
    wanna.page.locator("#kind").select_option("origin")
    wanna.page.locator("#product").select_option("1")
    wanna.send("ใบกำกับภาษี.png", "image/png", picture())
    wanna.press("applicant.evidence_send")
    assert wanna.page.get_by_text("ใบกำกับภาษี.png").first.is_visible()
    wanna.follow("office.back", "body")
    wanna.follow("applicant.check")
    declare(story, "applicant.submit")


def declare(story: Story, button: str) -> None:
    """Declare and submit what the page of the answers shows."""
    wanna = story.manufacturer
    wanna.follow("applicant.to_declaration")
    wanna.page.locator("#accepted").check()
    wanna.press(button)
    assert story.number in wanna.page.locator(".govuk-panel").inner_text()
    wanna.follow("applicant.to_status")


def sign_in(story: Story, officer: Walker, actor: Actor, name: str) -> None:
    """Sign in with the password and the code of the telephone."""
    story.house.wait()
    officer.come("/sign-in")
    officer.fill(email=email_of(name), password=PASSWORD)
    officer.press("account.sign_in_button")
    with story.house.app.app_context():
        officer.fill(code=code_of(actor, story.house.clock.now()))
    officer.press("account.go_on")


def ask_back(story: Story) -> None:
    """Ask about one field, and return the application with the question."""
    malee = story.reviewer
    sign_in(story, malee, story.house.desk.cast.malee, "Malee")
    malee.follow_to(f"/staff/applications/{story.number}")
    malee.press("staff.act_take")
    malee.page.locator("#question_place").select_option("price_ex_works")
    malee.fill(question=QUESTION)
    malee.press("staff.act_ask")
    malee.follow("staff.act_return")
    assert QUESTION in malee.page.locator("main").inner_text()
    malee.fill(reasons="โปรดตอบคำถามหนึ่งข้อ Please answer one question.")
    malee.press("staff.button_return")


def correct_the_questioned_field_alone(story: Story) -> None:
    """Find the question, correct the field that it opens and none other, answer, submit again."""
    wanna = story.manufacturer
    wanna.follow_to("/applications")
    wanna.follow_to(f"/applications/{story.number}")
    wanna.follow("applicant.questions_link")
    assert QUESTION in wanna.page.locator("main").inner_text()
    wanna.fill(**{"answer-1": ANSWER})
    wanna.press("applicant.answer_send")
    wanna.follow("applicant.question_open")
    assert not wanna.page.locator("#profit").is_editable()
    assert not wanna.page.locator('[id="lines[1].amount"]').is_editable()
    wanna.fill(price_ex_works=CORRECTED)
    wanna.press("applicant.save_weigh")
    wanna.follow("office.back", "body")
    wanna.follow("applicant.check")
    declare(story, "applicant.resubmit")


def recommend(story: Story) -> None:
    """Read the answer and recommend the product."""
    malee = story.reviewer
    malee.follow_to("/staff")
    malee.follow_to(f"/staff/applications/{story.number}")
    assert ANSWER in malee.page.locator("#questions").inner_text()
    malee.follow("staff.act_recommend")
    malee.page.locator("input[name=choice_1][value=keep]").check()
    malee.press("staff.button_recommend")


def approve(story: Story) -> None:
    """Approve as another person, long after signing in, with the password once more."""
    anan = story.approver
    sign_in(story, anan, story.house.desk.cast.anan, "Anan")
    anan.follow_to(f"/staff/applications/{story.number}")
    story.house.wait(minutes=6)
    anan.follow("staff.act_approve")
    anan.page.locator("input[name=choice_1][value=keep]").check()
    anan.fill(proof=PASSWORD)
    anan.press("staff.button_approve")


def take_the_papers(story: Story, folder: Path) -> str:
    """Take the certificate's files off its page; return the address that a telephone reads off the QR."""
    wanna = story.manufacturer
    wanna.follow_to("/applications")
    wanna.follow_to(f"/applications/{story.number}")
    paper = str(wanna.page.get_by_role("link", name=wanna.words("applicant.get_pdf")).get_attribute("href"))
    assert wanna.page.context.request.get(story.house.url + paper).body().startswith(b"%PDF-")
    files = {}
    for key in ("get_jwt", "get_png"):
        with wanna.page.expect_download() as download:
            wanna.page.get_by_role("link", name=wanna.words(f"applicant.{key}")).click()
        files[key] = folder / key
        download.value.save_as(files[key])
    assert re.fullmatch(rb"[\w-]+\.[\w-]+\.[\w-]+", files["get_jwt"].read_bytes())
    reader = [program("zbar", "zbarimg"), "-q", "--raw", str(files["get_png"])]
    return subprocess.run(reader, capture_output=True, text=True, check=True).stdout.strip()


def scan(story: Story, address: str) -> None:
    """Open the address of the QR code on a telephone that nobody has signed in with."""
    with story.house.app.app_context():
        public_url = story.house.app.extensions["mit.settings"].public_url
    assert address.startswith(f"{public_url}/v/")
    story.stranger.come(address.removeprefix(public_url))
    assert story.stranger.page.locator("main").get_attribute("data-verdict") == "VALID"
    assert "วรรณาสายไฟ" in story.stranger.page.locator("main").inner_text()


def picture() -> bytes:
    """Return a small picture of an invoice."""
    stream = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, format="PNG")
    return stream.getvalue()
