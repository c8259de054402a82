"""A person who finds their way through our pages by what stands on them, and minds every page on the way."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from mit.i18n import Language, say
from tests.support.browser import Watched


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody at a browser of their own.

    Attributes:
        watched: the browser's page.
        url: where the service is.
        lang: the language that they chose.
    """

    watched: Watched
    url: str
    lang: Language

    @property
    def page(self) -> Page:
        """Return what they look at."""
        return self.watched.page

    def words(self, key: str) -> str:
        """Return a sentence of the catalogue as it stands on their pages."""
        return say(key, self.lang)

    def come(self, path: str) -> None:
        """Type an address of ours, with the language wished for."""
        self.page.goto(f"{self.url}{path}{'&' if '?' in path else '?'}lang={self.lang}")
        self.mind()

    def press(self, key: str, within: str = "main") -> None:
        """Press the button of that name, and mind the page that it leads to."""
        self._leave_by(self.page.locator(within).get_by_role("button", name=self.words(key), exact=True))

    def follow(self, key: str, within: str = "main") -> None:
        """Follow the first link whose words begin so."""
        self._leave_by(self.page.locator(within).get_by_role("link", name=self.words(key)).first)

    def follow_to(self, address: str) -> None:
        """Follow the link that leads to an address of this ending."""
        self._leave_by(self.page.locator(f'a[href$="{address}"]').first)

    def fill(self, **typed: str) -> None:
        """Type into fields by their names."""
        for name, text in typed.items():
            self.page.locator(f'[id="{name}"]').fill(text)

    def send(self, name: str, kind: str, data: bytes) -> None:
        """Choose a file."""
        file = {"name": name, "mimeType": kind, "buffer": data}
        self.page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]

    def mind(self) -> None:
        """Look at the page as a whole: its language, its width, and what the browser complains of."""
        where = self.page.url
        assert self.page.locator("html").get_attribute("lang") == self.lang, where
        assert self.watched.overflow() <= 0, f"{where} scrolls sideways by {self.watched.overflow()} px"
        assert self.watched.complaints == [], where
        assert self.page.locator(".govuk-error-summary").count() == 0, where

    def _leave_by(self, way: Locator) -> None:
        with self.page.expect_navigation():
            way.click()
        self.mind()
