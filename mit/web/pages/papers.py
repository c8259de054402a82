"""Papers to take away: the empty workbook of a cost sheet for anyone, a certificate for who may have it."""

from __future__ import annotations

from flask import Blueprint, Response

from mit.issuance.sheet_template import write_template
from mit.registry.certificate_file import read_certificate_file
from mit.web import context
from mit.web.answers import workbook
from mit.web.api.certificates import number_in_path

papers = Blueprint("papers", __name__)


@papers.get("/cost-sheet.xlsx")
def cost_sheet_form() -> Response:
    """Give the workbook of a cost sheet, empty: to fill in and to send with an application."""
    return workbook(write_template(), "cost-sheet.xlsx")


@papers.get("/c/<number>.pdf")
def certificate_pdf(number: str) -> Response:
    """Give the certificate on paper to its holder's people and to staff."""
    wanted = number_in_path(number)
    data = read_certificate_file(context.require_actor(), wanted, var_dir=context.settings().var_dir)
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{wanted}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
