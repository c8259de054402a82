"""Pages: the mark for products, for the holder of a certificate: terms, preview, files."""

from __future__ import annotations

from flask import Blueprint, Response

from mit.registry.product_mark import draw_mark, read_mark
from mit.web import context
from mit.web.pages.writing import applicant_page

product_mark = Blueprint("product_mark", __name__, url_prefix="/applications/certificate")


@product_mark.get("/<number>/mark")
def show(number: str) -> Response:
    """Show the mark, its terms and its files."""
    mark = read_mark(context.require_actor(), number, now=context.now())
    return applicant_page("mark.html", mark=mark, back=(f"/applications/{mark.application_number}", ""))


@product_mark.get("/<number>/mark/<name>")
def give(number: str, name: str) -> Response:
    """Give one file: ``full.svg``, ``small.png`` and so on."""
    actor, public_url = context.require_actor(), context.authority().settings.public_url
    file = draw_mark(actor, number, name, public_url=public_url, now=context.now())
    response = Response(file.data, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
