"""Pages of FTI's officers for reading: the queue, a case, its files, the preview of its certificate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from mit.i18n import say
from mit.issuance.evidence import TYPES
from mit.issuance.export_case import export_case
from mit.issuance.look_back import LookBack, look_back
from mit.issuance.preview import preview_certificate
from mit.issuance.queue import AGES, MINE, NOBODY, WAITING, Sieve, list_queue
from mit.issuance.read_evidence import read_evidence
from mit.issuance.study import CaseStudy, study
from mit.web import context
from mit.web.answers import case_file_answer
from mit.web.pages.frame import Pages
from mit.web.pages.staff_evidence import beside
from mit.web.pages.staff_frame import case_address, queue_address, queue_parameters, staff_page
from mit.web.pages.staff_lines import cost_lines
from mit.web.pages.viewer import FILE_POLICY

staff = Blueprint("staff", __name__, url_prefix="/staff")

#: What the browser may show by itself; anything else is saved.
_PICTURES = frozenset({"image/png", "image/jpeg"})
_NOTICES = frozenset(
    {"taken", "released", "noted", "asked", "dropped", "recommended", "returned", "refused", "approved"}
)


@staff.get("")
def queue() -> Response:
    """Show the queue, sieved as the address says."""
    sieve = Sieve(
        waiting=_one_of("waiting", WAITING),
        age=_one_of("age", AGES),
        holder=request.args.get("holder", "")[:254],
        text=request.args.get("text", "")[:100],
        page=_number("page", 1),
    )
    live = context.require_live()
    found = list_queue(live.actor, sieve, email=live.email, now=context.now())
    people = {load.email: load.name for load in found.loads if load.email and load.email != live.email}
    return staff_page(
        "staff/queue.html",
        queue=found,
        sieve=sieve,
        pages=Pages(found.page, found.pages),
        people=sorted(people.items(), key=lambda person: str(person[1])),
        me=MINE,
        nobody=NOBODY,
        waitings=list(WAITING),
        ages=AGES,
        own_email=live.email,
        parameters=queue_parameters(),
        today=context.today(),
    )


@staff.get("/applications/<number>")
def case(number: str) -> Response:
    """Show one case."""
    return show_case(number)


@staff.get("/applications/<number>/evidence/<int:file_number>")
def file(number: str, file_number: int) -> Response:
    """Give a file that backs the application, as the content that it was found to be."""
    stored = read_evidence(
        context.require_actor(), number, file_number=file_number, var_dir=context.settings().var_dir
    )
    response = Response(stored.data, mimetype=stored.media_type)
    kind = "inline" if stored.media_type in _PICTURES and "save" not in request.args else "attachment"
    name = f"{number}-{file_number}{TYPES.get(stored.media_type, '.bin')}"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff.get("/applications/<number>/preview")
def preview(number: str) -> Response:
    """Give the certificate as it would look, stamped as not valid."""
    kept = {int(text) for text in request.args.getlist("keep")[:200] if text.isdecimal() and len(text) < 4}
    if not kept:
        kept = set(range(1, 201))
    pdf = preview_certificate(
        context.require_actor(), number, kept=kept, now=context.now(), authority=context.authority()
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="preview-{number}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff.post("/applications/<number>/case-file")
def case_file(number: str) -> Response:
    """Give the case as one file with which its decision can be re-performed."""
    book = context.authority().rulebook
    data = export_case(context.require_actor(), number, rulebook=book, now=context.now())
    return case_file_answer(data, number)


def show_case(
    number: str, *, status: int = 200, faults: Any = (), typed: Any = None, notice: str = ""
) -> Response:
    """Return the page of a case; *typed* is what stands in its fields, *notice* what was just done."""
    found = study(context.require_actor(), number, now=context.now())
    notice = notice or request.args.get("notice", "")
    return staff_page(
        "staff/case.html",
        status=status,
        faults=faults,
        back=(queue_address(), say("staff.back_to_queue", context.language())),
        notice=notice if notice in _NOTICES and status == 200 else "",
        typed=typed or {},
        shown=beside(found, product=_number("product", 1)),
        renewal=_look_back(found),
        switch_address=_in_the_other_language(number),
        **case_words(found),
    )


def _in_the_other_language(number: str) -> str:
    """Return the address of the case in the other language, also where this page was posted."""
    names = ("product", "file", "page", "line")
    shown = {name: text for name in names if (text := request.args.get(name, ""))}
    return case_address(number, lang=context.other_language(), **shown)


def _look_back(found: CaseStudy) -> LookBack | None:
    at = min(_number("product", 1), len(found.view.products)) or 1
    return look_back(context.require_actor(), found.view.number, position=at)


def case_words(found: CaseStudy) -> dict[str, Any]:
    """Return what every page about a case shows of it."""
    at = min(_number("product", 1), len(found.view.products)) or 1
    return {
        "study": found,
        "view": found.view,
        "number": found.view.number,
        "to": lambda part="", **more: case_address(found.view.number, part, **more),
        "at": at,
        "product": found.view.products[at - 1] if found.view.products else None,
        "noticed": found.products[at - 1] if found.products else None,
        "lines": cost_lines(
            found.view.products[at - 1], whole=bool(request.args.get("all")), line=_number("line", 1)
        )
        if found.view.products
        else None,
        "today": context.today(),
        "own_email": context.require_live().email,
    }


def _one_of(name: str, known: Any) -> str:
    text = request.args.get(name, "")
    return text if text in known else ""


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else otherwise
