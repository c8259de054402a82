"""Debian's Chromium, driven by Playwright, against the application in a thread of this process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from playwright.sync_api import Browser, Page, Request, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from tests.support.require import chromium

PHONE = (390, 844)
NARROW = (320, 640)
DESK = (1280, 900)
#: How long to wait for what must come; machines that do much else besides are slow.
PATIENCE_MS = 30_000
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
    "--font-render-hinting=none",
]


def _whole(app: Flask) -> WSGIApplication:
    """Answer from memory: werkzeug's server forgets to close a file when the browser hangs up on it."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as pieces:
            return [b"".join(pieces)]

    return answer


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve *app* on a free port of this machine and yield its address."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser(*more: str) -> Iterator[Browser]:
    """Start the system's Chromium without a window, with *more* flags; without its sandbox only for root."""
    flags = [*_QUIET, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=flags)
        try:
            yield running
        finally:
            running.close()


@dataclass(slots=True)
class Watched:
    """A page together with everything it complained about and every address it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )


@contextmanager
def looking(
    at: Browser, *, size: tuple[int, int] = PHONE, locale: str = "th-TH", scripts: bool = True
) -> Iterator[Watched]:
    """Open a page as a reader in Thailand does, in a browser that knows nobody, and watch it."""
    context = at.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=locale,
        timezone_id="Asia/Bangkok",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE_MS)
    watched = Watched(context.new_page())

    def note(request: Request) -> None:
        watched.asked.append(request.url)

    def fail(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left before its icon came
            watched.complaints.append(f"failed: {request.url}")

    watched.page.on("console", lambda message: watched.complaints.append(message.text))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on("requestfailed", fail)
    watched.page.on("request", note)
    try:
        yield watched
    finally:
        context.close()
