"""What the pages of a manufacturer's application share: what was sent, how a section is shown and saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, Fault, MitError
from mit.i18n import knows, say
from mit.issuance import draft_sections
from mit.issuance.draft_sections import Place, Section, WrittenApplication
from mit.issuance.typed import FIELDS, TABLES, Typed, as_typed
from mit.web import context
from mit.web.pages import sheet_pages
from mit.web.pages.frame import office_page
from mit.web.pages.sheet_pages import PAGE_LINES
from mit.web.problems import sentence, status_of

#: A cost sheet of 1,000 lines with all their fields, as a form; longer ones are shown by pages of fewer.
MOST_FORM_PARTS = 20_000
MOST_FORM_BYTES = 8 * 1024 * 1024
#: Empty rows that a table is shown with: at first, and after asking for more.
FIRST_ROWS = {"lines": 4, "ranges": 1}
MORE_ROWS = 5
_MOST_MORE = 50
#: Faults that the summary of a page lists; the others are only counted there.
MOST_FAULTS = 50
#: What else the form of a section shows, of the application as it stood before it was saved.
MoreWords = Callable[[WrittenApplication], Mapping[str, Any]]
_ROW = re.compile(r"(lines|ranges)\[([0-9]{1,5})\]\.([a-z_]+)", re.ASCII)
_PLACE = re.compile(r"(lines|ranges)\[([0-9]{1,5})\](?:\.([a-z_]+))?", re.ASCII)
_NOTICES = frozenset(
    {
        "saved",
        "uploaded",
        "removed",
        "copied",
        "renewing",
        "added",
        "answered",
        "carried",
        "forgotten",
        "columns",
    }
)


def take_large_forms(_endpoint: str | None = None, _values: Mapping[str, Any] | None = None) -> None:
    """Let people who are signed in send the long forms of an application."""
    if context.actor() is not None:
        request.max_form_parts = MOST_FORM_PARTS
        request.max_form_memory_size = MOST_FORM_BYTES


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section's page: its template, its address, and where it leads once it is good."""

    template: str
    address: str
    onward: str


def rules() -> RuleSet:
    """Return the rule set of the day."""
    return context.authority().rulebook.in_force(context.today())


def applicant_page(
    template: str, *, status: int = 200, faults: Sequence[Fault] = (), **words: Any
) -> Response:
    """Return a page of the manufacturer's room."""
    told = request.args.get("notice", "")
    words = {"notice": told if told in _NOTICES else ""} | words
    words = {"wrong": {fault.where: fault for fault in reversed(faults)}, "place": place_words} | words
    named = [_named(fault) for fault in faults[:MOST_FAULTS]]
    left = max(0, len(faults) - MOST_FAULTS)
    return office_page(f"applicant/{template}", status=status, faults=named, faults_left=left, **words)


def place_words(where: str) -> str:
    """Return a place in an application as people call it: the number of a line and the label of a field."""
    language = context.language()
    match = _PLACE.fullmatch(where)
    if match is None:
        name = f"applicant.{where.removeprefix('product.')}"
        return say(name, language) if knows(name) else where
    table, at, member = match.groups()
    row = say(f"applicant.{'line' if table == 'lines' else 'range'}_n", language, n=int(at))
    name = f"applicant.{'line' if table == 'lines' else 'range'}_{member}"
    return f"{row} · {say(name, language)}" if member and knows(name) else row


def _named(fault: Fault) -> Fault:
    """Return a fault in a table's row with the row and the field before its sentence, for the summary."""
    if not fault.where.startswith(("lines[", "ranges[")):
        return fault
    said: dict[str, str | int] = {
        "place": place_words(fault.where),
        "sentence": sentence(fault, context.language()),
    }
    return Fault("at_place", fault.where, said)


def refused(template: str, error: MitError, **words: Any) -> Response:
    """Return the page again with what is wrong.

    Raises:
        MitError: *error* itself where a page is no help: nothing is there, not allowed, our fault.
    """
    status = status_of(error)
    if status not in {409, 422}:
        raise error
    return applicant_page(template, status=status, faults=error.faults, **words)


def read(number: str, *sheets: int) -> WrittenApplication:
    """Return the application of the address, if it is the visitor's own; its cost sheets unread but *sheets*.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    return draft_sections.read(context.require_actor(), number, sheets=sheets)


def read_whole(number: str) -> WrittenApplication:
    """Return the same with every cost sheet: up to 200, each long.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    return draft_sections.read(context.require_actor(), number)


def sent_sheet(written: WrittenApplication, product: int) -> Typed:
    """Return what the form says of a cost sheet, the lines that are on other pages as they are stored."""
    return sheet_pages.merged(written.product(product).sheet.content, sent("sheet"))


def sent(section: str) -> Typed:
    """Return what the form says of a section: its fields, and the rows of its table in their order."""
    content: Typed = {name: request.form.get(name, "") for name in FIELDS[section] if name != "source"}
    if section in TABLES:
        rows: dict[int, dict[str, str]] = {}
        for name, text in request.form.items():
            match = _ROW.fullmatch(name)
            if match and match[1] == TABLES[section][0]:
                rows.setdefault(int(match[2]), {})[match[3]] = text
        content[TABLES[section][0]] = [rows[at] for at in sorted(rows)]
    return content


def version_sent() -> int:
    """Return the version that the form was made from; -1 where it names none."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def show_section(written: WrittenApplication, section: Section, page: SectionPage, **words: Any) -> Response:
    """Show a section's form, with what is wrong where that was asked for."""
    faults: Sequence[Fault] = ()
    if request.args.get("show") == "faults":
        faults = draft_sections.weigh_section(written, section, rule_set=rules()).faults
    return _form(written, section, page, faults=faults, **words)


def refuse_section(
    written: WrittenApplication, section: Section, page: SectionPage, error: MitError, **words: Any
) -> Response:
    """Show a section's form again with what is wrong with a file that was sent for it.

    Raises:
        MitError: *error* itself where the form is no help.
    """
    status = status_of(error)
    if status not in {409, 422, 429}:
        raise error
    faults = [Fault(fault.code, "file", fault.params) for fault in error.faults]
    return _form(written, section, page, status=status, faults=faults, **words)


def save_section(place: Place, number: str, page: SectionPage, more: MoreWords) -> ResponseReturnValue:
    """Save what was typed, right or wrong; then go on, or show what is wrong, or what a colleague saved.

    *more* says what else the form shows of the application as it stood before; asked only where it is shown.
    The button that was pressed: none or ``next`` goes on when all is right, ``leave`` goes to the task
    list in any case, ``weigh`` stays and shows what comes of it, ``add`` shows more rows, ``drop:3``
    takes the third row out.
    """
    actor, act = context.require_actor(), request.form.get("act", "")
    stood = read(number, place.product)
    stands = stood.section(place)
    typed_now = sent_sheet(stood, place.product) if place.section == "sheet" else sent(place.section)
    mine = Section(place, _without_row(place.section, typed_now, act), version_sent())
    if mine.version < 0:
        shown = replace(stands, kept=_shape(mine))
        return _form(stood, shown, page, status=422, faults=[_CUT], **more(stood))
    try:
        saved = draft_sections.save(actor, number, mine, rule_set=rules(), now=context.now())
    except ConflictError as error:
        return _conflict(mine, page, error, stood, more)
    if request.headers.get("X-Autosave"):
        return jsonify(fields=_kept_fields(stands, saved))
    written = read(number)
    if act == "leave":
        return redirect(f"/applications/{number}?notice=saved", 303)
    if act == "add" or act.startswith("drop:"):
        return redirect(page.address + _more_rows(saved, act), 303)
    faults = draft_sections.weigh_section(written, saved, rule_set=rules()).faults
    if faults:
        return _form(written, saved, page, status=422, faults=faults, **more(stood))
    on_page = f"&line={request.form.get('first', '1')}" if _is_paged(saved) else ""
    to = (
        f"{page.address}?notice=saved{on_page}#assessment"
        if act == "weigh"
        else f"{page.onward}?notice=saved"
    )
    return redirect(to, 303)


def _kept_fields(stood: Section, saved: Section) -> dict[str, str]:
    """Return the hidden fields of a form as they are after it was saved while somebody typed."""
    fields = {"version": str(saved.version)}
    if "first" in request.form:
        fields["count"] = str(sheet_pages.rows_left(stood.content, saved.content))
    return fields


def _is_paged(section: Section) -> bool:
    return section.place.section == "sheet" and len(section.content["lines"]) > PAGE_LINES


def _more_rows(saved: Section, act: str) -> str:
    """Return where a form goes on after a row was asked for or taken out."""
    if not _is_paged(saved):
        return f"?rows={MORE_ROWS}#more" if act == "add" else "#more"
    line = len(saved.content["lines"]) if act == "add" else request.form.get("first", "1")
    rows = f"&rows={MORE_ROWS}" if act == "add" else ""
    return f"?line={line}{rows}#more"


_CUT = Fault("form_incomplete", "")


def _conflict(
    mine: Section, page: SectionPage, error: ConflictError, stood: WrittenApplication, more: MoreWords
) -> ResponseReturnValue:
    """Show both: what the visitor typed in the form, and beside it what a colleague saved meanwhile."""
    if request.headers.get("X-Autosave"):
        return jsonify(code=error.code), 409
    written = read(stood.number, mine.place.product)
    theirs = written.section(mine.place)
    shown = replace(theirs, kept=_shape(mine))
    return _form(written, shown, page, status=409, faults=error.faults, theirs=theirs, **more(stood))


def _form(
    written: WrittenApplication, section: Section, page: SectionPage, *, status: int = 200, **words: Any
) -> Response:
    place = section.place
    table = TABLES.get(place.section, ("", (), 0))[0]
    if table:
        words.setdefault("empty_rows", _empty_rows(written, section, table))
    if place.section == "sheet":
        words |= _page_words(section, page, words)
    return applicant_page(
        page.template,
        status=status,
        written=written,
        section=section,
        typed=section.content,
        address=page.address,
        opened=lambda field="": written.opened.allows(place.section, place.product, field),
        back=(f"/applications/{written.number}", ""),
        **words,
    )


def _page_words(section: Section, page: SectionPage, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return which lines the form shows, and where the link of each fault leads."""
    shown = sheet_pages.asked_page(section.content)
    return {
        "lines_page": shown,
        "empty_rows": words["empty_rows"] if shown.is_last else 0,
        "fault_address": lambda fault: sheet_pages.fault_address(shown, page.address, fault),
    }


def _empty_rows(written: WrittenApplication, section: Section, table: str) -> int:
    if not written.opened.is_all:
        return 0
    asked = request.args.get("rows", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 3:
        return min(int(asked), _MOST_MORE)
    return 1 if section.content[table] else FIRST_ROWS[table]


def _shape(section: Section) -> Typed:
    return as_typed(section.place.section, section.content)


def _without_row(section: str, content: Typed, act: str) -> Typed:
    at = act.removeprefix("drop:")
    if section not in TABLES or at == act or not at.isascii() or not at.isdigit() or len(at) > 5:
        return content
    table = TABLES[section][0]
    kept = [row for index, row in enumerate(content[table], start=1) if index != int(at)]
    return {**content, table: kept}
