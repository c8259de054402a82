"""Pages of FTI's officers: the documents of a case, inside the page and page by page."""

from __future__ import annotations

from flask import Blueprint, Response, request

from mit.i18n import say
from mit.issuance.preview_evidence import Looked, look_as_officer
from mit.issuance.study import CaseStudy
from mit.web import context
from mit.web.pages.staff_frame import case_address, plain_case_address, staff_page
from mit.web.pages.viewer import Viewer, page_asked, picture_response

staff_evidence = Blueprint("staff_evidence", __name__, url_prefix="/staff/applications/<number>/evidence")

#: What the viewer shows of itself when a case is opened; other files are shown when they are asked for.
_SHOWN_AT_FIRST = frozenset({"application/pdf", "image/png", "image/jpeg"})


@staff_evidence.get("/<int:file_number>/look")
def look(number: str, file_number: int) -> Response:
    """Show one document alone."""
    shown = _viewer(number, file_number)
    back = (case_address(number), say("staff.back_to_case", context.language()))
    return staff_page("office/look.html", shown=shown, number=number, back=back)


@staff_evidence.get("/<int:file_number>/pages/<int:page>.png")
def page(number: str, file_number: int, page: int) -> Response:
    """Give the picture of a page of a document."""
    return picture_response(_looked(number, file_number, page).page)


def beside(found: CaseStudy, *, product: int) -> Viewer | None:
    """Return the document beside a product: the one asked for, else the first that can be shown."""
    present = [file for file in found.files if file.is_present]
    asked = request.args.get("file", "")
    chosen = next((file for file in present if str(file.number) == asked), None)
    chosen = chosen or next((file for file in present if file.media_type in _SHOWN_AT_FIRST), None)
    return _viewer(found.view.number, chosen.number, product=product) if chosen else None


def _viewer(number: str, file_number: int, *, product: int = 0) -> Viewer:
    """Return the viewer of a document: beside a product (counted from 1), or alone."""
    original = plain_case_address(number, f"evidence/{file_number}")
    here = {"product": str(product), "file": str(file_number)}
    return Viewer(
        looked=_looked(number, file_number, page_asked()),
        original=original,
        here=lambda page: (
            case_address(number, **here, page=str(page)) + "#viewer"
            if product
            else f"{original}/look?page={page}"
        ),
    )


def _looked(number: str, file_number: int, page: int) -> Looked:
    actor, var_dir = context.require_actor(), context.settings().var_dir
    return look_as_officer(actor, number, file_number, page, var_dir=var_dir)
