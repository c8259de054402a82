"""A file inside a page: what the viewer's template needs, and how a picture of a page is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from mit.issuance.preview_evidence import Looked, Page, picture_of

#: A page's picture never changes, but who may see it does: the browser keeps it a short while.
_KEPT_SECONDS = 300
#: A file is given in a room of its own: no script, no form, no way back into our pages.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PICTURES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """A file that is looked at, and where its pages are found.

    Attributes:
        original: the address of the file itself.
        here: page → the address of the page that holds the viewer, showing that one.
    """

    looked: Looked
    original: str
    here: Callable[[int], str]

    @property
    def page(self) -> Page:
        """Return the page that is shown."""
        return self.looked.page

    @property
    def file_name(self) -> str:
        """Return the file's name for people."""
        return self.looked.file_name

    @property
    def is_picture(self) -> bool:
        """Say whether the file itself is a picture."""
        return self.looked.media_type in _PICTURES

    def look(self, page: int) -> str:
        """Return the address of the viewer alone."""
        return f"{self.original}/look?page={page}"

    def picture(self, page: int) -> str:
        """Return the address of the picture of a page."""
        return f"{self.original}/pages/{page}.png"


def page_asked() -> int:
    """Return which page the address asks for; the first where it asks for none."""
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def picture_response(page: Page) -> Response:
    """Return the picture of a page.

    Raises:
        NotFoundError: ``not_found``: there is none.
    """
    response = Response(picture_of(page), mimetype="image/png")
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return response
