"""``/v#<digits>``: the scan of a code whose digits never leave the device.

A browser keeps what stands behind ``#`` to itself.  The page is the same for everybody; its script
judges by the modules and the signed bundle of the offline verifier.
"""

from __future__ import annotations

from flask import Blueprint, Response

from mit.web import context
from mit.web.pages.frame import answer, render
from mit.web.pages.offline import current_release
from mit.web.security import SCRIPTED_POLICY

private_scan = Blueprint("private_scan", __name__)


@private_scan.get("/v", strict_slashes=True)
def ask() -> Response:
    """Show the page that answers on the device; without a script it says what to do."""
    html = render(
        "public/private_scan.html",
        release=current_release().name,
        switch_address=context.same_page(lang=context.other_language()),
    )
    response = answer(html)
    response.headers["Content-Security-Policy"] = SCRIPTED_POLICY
    return response
