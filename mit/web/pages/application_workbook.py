"""Pages about the workbook of a cost sheet: which column is what, which cells are wrong, copies to take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.criteria.column_question import ColumnQuestion, ask_columns
from mit.errors import Fault, MitError, NotFoundError, UnreadableFileError
from mit.i18n import say
from mit.issuance import column_choices, sheet_upload, typed
from mit.issuance.column_choices import COLUMN_MEMBERS, FIELD_PATHS, NOT_READ, Answer
from mit.issuance.draft_sections import Section
from mit.issuance.marked_copy import name_of_copy, write_marked_copy
from mit.issuance.sheet_template import write_sheet
from mit.issuance.sheet_upload import Onward
from mit.issuance.wrong_cells import WrongCells, look_at_cells
from mit.web import context
from mit.web.answers import workbook
from mit.web.pages.writing import applicant_page, read, refused, rules, version_sent

application_workbook = Blueprint("application_workbook", __name__, url_prefix="/applications")


def lead_on(number: str, product: int, onward: Onward) -> ResponseReturnValue:
    """Lead to where a file that was read goes on."""
    address = _address(number, product)
    to = {
        Onward.SHEET: f"{address}?notice=uploaded&show=faults",
        Onward.CELLS: f"{address}/cells",
        Onward.COLUMNS: f"{address}/columns",
    }
    return redirect(to[onward], 303)


@application_workbook.get("/<number>/products/<int:product>/sheet.xlsx")
def give_sheet(number: str, product: int) -> Response:
    """Give the cost sheet as it is typed, as a workbook."""
    one = read(number, product).product(product)
    document = typed.sheet_document(typed.product_document(one.described.content), one.sheet.content)
    return workbook(write_sheet(document), f"{number}-{product}.xlsx")


@application_workbook.get("/<number>/products/<int:product>/sheet/cells")
def show_cells(number: str, product: int) -> ResponseReturnValue:
    """Show what is wrong in the workbook that was sent, in place."""
    found = _find_cells(number, product)
    if not isinstance(found, WrongCells):
        return found
    written, address = read(number, product), _address(number, product)
    return applicant_page(
        "cells.html",
        written=written,
        product=written.product(product),
        section=written.product(product).sheet,
        address=address,
        found=found,
        faults=[_at_cell(fault) for fault in found.faults],
        fault_address=lambda fault: f"#cell-{fault.where.rpartition('!')[2]}" if "!" in fault.where else "",
        back=(address, ""),
    )


@application_workbook.get("/<number>/products/<int:product>/sheet/cells.xlsx")
def give_marked_copy(number: str, product: int) -> ResponseReturnValue:
    """Give a copy of the workbook with the wrong cells coloured."""
    found = _find_cells(number, product)
    if not isinstance(found, WrongCells):
        return found
    return workbook(write_marked_copy(found, context.language()), name_of_copy(number, product))


@application_workbook.get("/<number>/products/<int:product>/sheet/columns")
def ask(number: str, product: int) -> ResponseReturnValue:
    """Ask which column is what."""
    question = _question(number, product)
    if question is None:
        return redirect(_address(number, product), 303)
    return applicant_page("columns.html", **_words(number, product, question, {}))


@application_workbook.post("/<number>/products/<int:product>/sheet/columns")
def answer(number: str, product: int) -> ResponseReturnValue:
    """Remember which column is what, and take the file into the form."""
    question = _question(number, product)
    if question is None:
        return redirect(_address(number, product), 303)
    actor, now = context.require_actor(), context.now()
    answers = _answers(question)
    try:
        column_choices.remember(actor, answers, now=now)
        place = read(number, product).product(product).sheet.place
        seen = Section(place, None, version_sent())
        onward = sheet_upload.take_kept(actor, number, seen, rule_set=rules(), now=now)
    except MitError as error:
        given = {one.where: one.member for one in answers}
        return refused("columns.html", error, **_words(number, product, question, given))
    return lead_on(number, product, onward)


@application_workbook.get("/headings")
def show_headings() -> Response:
    """Show what the organisation's own headings mean."""
    return applicant_page("headings.html", **_heading_words())


@application_workbook.post("/headings/<uuid:heading>/forget")
def forget_heading(heading: UUID) -> ResponseReturnValue:
    """Forget what one heading means."""
    column_choices.forget(context.require_actor(), heading, now=context.now())
    return redirect("/applications/headings?notice=forgotten", 303)


def _address(number: str, product: int) -> str:
    return f"/applications/{number}/products/{product}/sheet"


def _find_cells(number: str, product: int) -> WrongCells | ResponseReturnValue:
    """Return what is wrong in the file that is kept; where to go on where there is nothing to show."""
    try:
        return look_at_cells(context.require_actor(), number, product, rule_set=rules())
    except UnreadableFileError:
        return redirect(f"{_address(number, product)}/columns", 303)
    except NotFoundError as error:
        if error.code != "sheet_file_not_found":
            raise
        return redirect(_address(number, product), 303)


def _question(number: str, product: int) -> ColumnQuestion | None:
    """Return what is to be asked about the file that is kept; None where none is."""
    try:
        grid, chosen = sheet_upload.kept_grid(context.require_actor(), number, product)
    except NotFoundError as error:
        if error.code != "sheet_file_not_found":
            raise
        return None
    sheet, _, row = request.values.get("row", "").partition("-")
    return ask_columns(grid, chosen, sheet=_whole(sheet), row=_whole(row))


def _answers(question: ColumnQuestion) -> list[Answer]:
    columns = [("column", one.heading, f"column-{one.column}") for one in question.columns]
    fields = [("field", one.label, f"field-{one.row}") for one in question.fields]
    return [
        Answer(place, words, request.form.get(name, ""), name) for place, words, name in (*columns, *fields)
    ]


def _words(number: str, product: int, question: ColumnQuestion, given: dict[str, str]) -> dict[str, Any]:
    written = read(number, product)
    language = context.language()
    not_read = (NOT_READ, say("applicant.column_not_read", language))
    return {
        "written": written,
        "product": written.product(product),
        "section": written.product(product).sheet,
        "question": question,
        "given": given,
        "column_items": [
            not_read,
            *((name, say(f"applicant.line_{name}", language)) for name in COLUMN_MEMBERS),
        ],
        "field_items": [
            not_read,
            *((path, say(f"applicant.{_last(path)}", language)) for path in FIELD_PATHS),
        ],
        "back": (f"/applications/{number}/products/{product}/sheet", ""),
    }


def _heading_words() -> dict[str, Any]:
    language = context.language()
    rows = [
        (
            one,
            say(
                f"applicant.{'line_' + one.member if one.place == 'column' else _last(one.member)}", language
            ),
        )
        if one.member
        else (one, say("applicant.column_not_read", language))
        for one in column_choices.list_choices(context.require_actor())
    ]
    return {"rows": rows, "back": ("/applications", "")}


def _at_cell(fault: Fault) -> Fault:
    """Return a fault with its cell before its sentence, for the summary."""
    language = context.language()
    said: dict[str, str | int] = {
        "place": fault.where,
        "sentence": say(f"errors.{fault.code}", language, **fault.params),
    }
    return Fault("at_place", fault.where, said)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
