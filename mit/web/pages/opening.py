"""The file that opens what a certificate commits to, as an answer: kept by nobody on the way."""

from __future__ import annotations

from flask import Response, request


def chosen_product() -> int:
    """Return the place of the product that is asked for; 0 for all of them."""
    text = request.args.get("product", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def opening_file(data: bytes, number: str) -> Response:
    """Return the opening of a certificate as a file to keep, named by its number."""
    place = chosen_product()
    name = f"{number}-opening-{place}.json" if place else f"{number}-opening.json"
    response = Response(data, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
