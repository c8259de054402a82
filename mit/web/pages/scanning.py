"""``/scan``: every way to show a certificate: camera, picture, hand-held scanner, typed number, file.

The page is one of those that a device keeps (``offline``).  It alone may ask for the camera and
compile the reader of QR codes; without a script its two forms still ask the register.
"""

from __future__ import annotations

from flask import Blueprint, Response

from mit.web import context
from mit.web.pages.frame import answer
from mit.web.pages.offline import shell
from mit.web.security import CAMERA_PERMISSION, SCANNER_POLICY

scanning = Blueprint("scanning", __name__)


@scanning.get("/scan")
def ask() -> Response:
    """Show the scanner; the camera begins when a person says so."""
    response = answer(shell("/scan", context.language()))
    response.headers["Content-Security-Policy"] = SCANNER_POLICY
    response.headers["Permissions-Policy"] = CAMERA_PERMISSION
    return response
