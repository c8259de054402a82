"""Static files: for ever where the address carries the hash of the bytes, for minutes where it does not."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request

from mit.web.answers import IMMUTABLE
from mit.web.pages.templates import asset_address

#: A file named without its hash may be another one after the next release.
SHORT = "public, max-age=300, stale-if-error=86400"
#: These never change under their address: style sheets name them without a hash.
_FONTS = "fonts/"


def set_up(app: Flask) -> None:
    """Let *app* say of each static file for how long it may be kept."""
    app.view_functions["static"] = partial(_give, app)


def _give(app: Flask, filename: str) -> Response:
    response = app.send_static_file(filename)
    is_fixed = filename.startswith(_FONTS) or request.full_path == asset_address(filename)
    response.headers["Cache-Control"] = IMMUTABLE if is_fixed else SHORT
    return response
