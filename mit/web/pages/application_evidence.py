"""Pages: the files that back an application: send, list, look at, replace, take out."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import Fault, InputError, MitError
from mit.issuance import evidence
from mit.issuance.draft_sections import WrittenApplication
from mit.issuance.evidence import KINDS, LARGEST_BYTES, TYPES, EvidenceFile, Upload
from mit.issuance.preview_evidence import Looked, look_as_holder
from mit.web import context, guards
from mit.web.pages.frame import office_page
from mit.web.pages.viewer import FILE_POLICY, Viewer, page_asked, picture_response
from mit.web.pages.writing import applicant_page, read
from mit.web.problems import status_of

application_evidence = Blueprint("application_evidence", __name__, url_prefix="/applications")


@application_evidence.get("/<number>/evidence")
def show_all(number: str) -> Response:
    """List the files and ask for more."""
    return _page(read(number))


@application_evidence.post("/<number>/evidence")
def upload(number: str) -> ResponseReturnValue:
    """Keep a file."""
    written = read(number)
    try:
        with guards.reading_a_file():
            evidence.upload(
                context.require_actor(),
                number,
                _sent_file(),
                var_dir=context.settings().var_dir,
                now=context.now(),
            )
    except MitError as error:
        status = status_of(error)
        if status not in {409, 422, 429}:
            raise
        faults = [Fault(f.code, f.where if f.where == "kind" else "file", f.params) for f in error.faults]
        return _page(written, status=status, faults=faults)
    return redirect(f"/applications/{number}/evidence?notice=added", 303)


@application_evidence.post("/<number>/evidence/<int:running>/remove")
def remove(number: str, running: int) -> ResponseReturnValue:
    """Ask whether to take a file out, then do it."""
    written = read(number)
    file, _ = evidence.read(context.require_actor(), number, running, var_dir=context.settings().var_dir)
    if request.form.get("sure") != "yes":
        back = (f"/applications/{number}/evidence", "")
        return applicant_page("evidence_remove.html", written=written, file=file, back=back)
    evidence.remove(context.require_actor(), number, running, now=context.now())
    return redirect(f"/applications/{number}/evidence?notice=removed", 303)


@application_evidence.get("/<number>/evidence/<int:running>")
def show(number: str, running: int) -> Response:
    """Give a file as what it really is; only a picture is shown by the browser itself."""
    file, data = evidence.read(context.require_actor(), number, running, var_dir=context.settings().var_dir)
    is_saved = not file.is_picture or "save" in request.args
    name = f"{number}-{running}{TYPES[file.media_type]}"
    response = Response(data, mimetype=file.media_type)
    way = "attachment" if is_saved else "inline"
    shown = quote(file.file_name, safe="")
    response.headers["Content-Disposition"] = f"{way}; filename=\"{name}\"; filename*=UTF-8''{shown}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


@application_evidence.get("/<number>/evidence/<int:running>/look")
def look(number: str, running: int) -> Response:
    """Show one file alone."""
    original = context.local_path(f"applications/{number}/evidence/{running}")
    looked = _looked(number, running, page_asked())
    shown = Viewer(looked=looked, original=original, here=lambda page: f"{original}/look?page={page}")
    back = (f"/applications/{number}/evidence", "")
    return office_page("office/look.html", shown=shown, number=number, back=back)


@application_evidence.get("/<number>/evidence/<int:running>/pages/<int:page>.png")
def page(number: str, running: int, page: int) -> Response:
    """Give the picture of a page of a file."""
    return picture_response(_looked(number, running, page).page)


def _looked(number: str, running: int, page: int) -> Looked:
    actor, var_dir = context.require_actor(), context.settings().var_dir
    return look_as_holder(actor, number, running, page, var_dir=var_dir)


def _sent_file() -> Upload:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InputError("file_missing", where="file")
    return Upload(
        kind=request.form.get("kind", ""),
        product=_whole(request.form.get("product", "")),
        file_name=file.filename,
        data=file.read(LARGEST_BYTES + 1),
        replaces=_whole(request.form.get("replaces", "")),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _page(written: WrittenApplication, *, status: int = 200, faults: list[Fault] | None = None) -> Response:
    every = evidence.listed(context.require_actor(), written.number)
    return applicant_page(
        "evidence.html",
        status=status,
        faults=faults or (),
        written=written,
        files=[file for file in every if not file.is_gone],
        gone=[file for file in every if file.is_gone],
        kinds=KINDS,
        accept=",".join(TYPES.values()),
        largest_mb=LARGEST_BYTES // (1024 * 1024),
        typed={name: request.form.get(name, "") for name in ("kind", "product", "replaces")},
        replaces=_replaced(every),
        is_open=written.is_open and _may_add(written),
        back=(f"/applications/{written.number}", ""),
    )


def _replaced(every: tuple[EvidenceFile, ...]) -> EvidenceFile | None:
    """Return the file that the next one replaces, where the address names one."""
    running = _whole(request.values.get("replaces", ""))
    return next((file for file in every if file.number == running and not file.is_gone), None)


def _may_add(written: WrittenApplication) -> bool:
    return any(
        written.opened.allows("evidence", number) for number in (0, *(p.number for p in written.products))
    )
