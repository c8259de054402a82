"""Two hundred files dropped without scripts: the table grows by itself, is sorted, saved and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from mit import worker
from mit.store import jobs
from mit.store.db import transaction
from mit.verify.batch import BATCH_JOB
from mit.verify.batch_keep import forget_ended
from tests.support.browser import DESK, PHONE, browser, looking, serving
from tests.web.office import NOW, Office


@pytest.fixture(scope="module")
def office(offices: Callable[[str], Office]) -> Iterator[Office]:
    found = offices("sqlite")
    yield found
    with found.app.app_context():
        forget_ended(var_dir=found.app.extensions["mit.settings"].var_dir, now=NOW + timedelta(days=60))
        with transaction() as session:
            session.query(jobs.JobRow).filter_by(kind=BATCH_JOB).delete()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def two_hundred(office: Office, folder: Path) -> list[str]:
    """Write two hundred small certificate files of seven bidders; return their paths."""
    kinds = ("active", "revoked", "suspended", "active", "superseded")
    paths = []
    for at in range(200):
        path = folder / f"ผู้เสนอราคา {at % 7} - {at:03d}.jwt"
        path.write_text(office[kinds[at % 5]].digits, encoding="ascii")
        paths.append(str(path))
    return paths


def test_two_hundred_files_are_dropped_watched_sorted_saved_and_printed(
    office: Office, chromium: Browser, tmp_path: Path
) -> None:
    with serving(office.app) as url, looking(chromium, size=DESK, scripts=False) as see:
        see.page.goto(f"{url}/verify")
        see.page.get_by_role("link", name="ตรวจหลายใบพร้อมกัน").click()
        see.page.get_by_label("ส่งไฟล์").set_input_files(two_hundred(office, tmp_path))
        see.page.get_by_label("วันที่ที่ใช้ตัดสิน (ไม่ใส่ก็ได้)").fill("๒๑/๑๑/๒๕๖๙")
        see.page.get_by_role("button", name="ตรวจทั้งหมด").click()
        assert see.page.locator("main").get_attribute("data-state") == "running"
        assert "0 จาก 200" in see.page.locator("#progress").inner_text()
        worker.run_once(office.app, now=NOW)
        see.page.wait_for_selector("main[data-state=done]")  # it loads itself again, no script runs
        assert see.page.locator(".batch-line").count() == 200
        first = see.page.locator(".batch-line").first
        assert "answer-NOT_VALID" in str(first.get_attribute("class"))
        assert "ผู้เสนอราคารายอื่นยื่นใบเดียวกันด้วย" in first.inner_text()
        assert [one.inner_text().split()[0] for one in see.page.locator(".batch-counts li").all()] == [
            "120",
            "0",
            "80",
        ]
        see.page.get_by_role("link", name="ตามที่ส่งมา").click()
        assert "000.jwt" in see.page.locator(".batch-line").first.inner_text()
        with see.page.expect_download() as saving:
            see.page.get_by_role("link", name="บันทึกเป็น Excel").click()
        assert Path(saving.value.path()).read_bytes().startswith(b"PK")
        see.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        assert see.overflow() == 0
        pdf = pypdfium2.PdfDocument(see.page.pdf(prefer_css_page_size=True))
        try:
            text = "".join(page.get_textpage().get_text_range() for page in pdf)
        finally:
            pdf.close()
        assert text.count(".jwt") == 200
        assert {address.split("/")[2] for address in see.asked} == {url.removeprefix("http://")}
        assert see.complaints == []
