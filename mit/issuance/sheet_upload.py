"""Take a cost sheet out of a file into the form, right or wrong: each figure where it would be typed.

What is wrong is shown with its cell; nothing of the file is dropped in silence.  Where something is wrong
or has to be said first, the cells that were read are kept until the next file, or a few days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from mit.criteria.cost_sheet_file import SheetFile, look_through
from mit.criteria.grid import Grid, parse_grid
from mit.criteria.headings import Chosen
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError, NotFoundError, UnreadableFileError
from mit.issuance import draft_sections, typed
from mit.issuance.column_choices import chosen_of
from mit.issuance.draft_sections import Place, Section, WrittenApplication, lock_own
from mit.issuance.file_remarks import write_remarks
from mit.roles.actor import Actor
from mit.sandbox import child
from mit.store import sheet_files
from mit.store.db import new_id, transaction, viewing
from mit.values.collecting import without_collecting

#: Most lines of one file.
MOST_LINES = 10_000
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BOM = b"\xef\xbb\xbf"
#: What is settled by saying which heading means what.
_ABOUT_WORDS = frozenset({"workbook_no_table", "label_unknown", "heading_unknown", "heading_twice"})


class Onward(StrEnum):
    """Where a file leads: it is in the form, some cells are wrong, or its headings are asked about."""

    SHEET = "sheet"
    CELLS = "cells"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file that was read: the sandbox's answer where it is a workbook, and what the file says."""

    found: SheetFile | None
    cells: object = None


def upload_sheet(
    actor: Actor, number: str, seen: Section, *, data: bytes, rule_set: RuleSet, now: datetime
) -> Onward:
    """Put the cost sheet in *data* in the place of what was typed; the product too where it is blank.

    *seen* is the sheet's section as the person saw it.  Nothing is put there while headings are asked about,
    or a cell holds an error.

    Raises:
        NotFoundError, ConflictError, StaleVersionError: as ``draft_sections.save``.
        InputError: ``sheet_too_long_for_form``, ``cost_sheet_shape``.
        UnreadableFileError: the file itself cannot be read, with the reason.
    """
    with without_collecting():
        written = draft_sections.read(actor, number, sheets=())
        sent = _open(data, _chosen(written))
        return _take(actor, written, seen, sent, rule_set=rule_set, now=now)


def take_kept(actor: Actor, number: str, seen: Section, *, rule_set: RuleSet, now: datetime) -> Onward:
    """Take the cells that are kept into the form, now that their headings are known.

    Raises:
        NotFoundError: ``sheet_file_not_found``; and as ``upload_sheet``.
    """
    with without_collecting():
        written = draft_sections.read(actor, number, sheets=())
        cells = _kept(written, seen.place.product)
        sent = _Sent(_look(parse_grid(cells), _chosen(written)), cells)
        return _take(actor, written, seen, sent, rule_set=rule_set, now=now)


def kept_grid(actor: Actor, number: str, product: int) -> tuple[Grid, Chosen]:
    """Return the cells that are kept of a product's file, and what its organisation's words mean.

    Raises:
        NotFoundError: ``application_not_found``, ``product_not_found``, ``sheet_file_not_found``.
    """
    written = draft_sections.read(actor, number, sheets=())
    written.product(product)
    return parse_grid(_kept(written, product)), _chosen(written)


def has_kept(actor: Actor, number: str, product: int) -> bool:
    """Say whether cells of a file are kept for a product.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    written = draft_sections.read(actor, number, sheets=())
    with viewing() as session:
        return sheet_files.find_file(session, written.application_id, product) is not None


def _take(
    actor: Actor, written: WrittenApplication, seen: Section, sent: _Sent, *, rule_set: RuleSet, now: datetime
) -> Onward:
    found = sent.found
    if found is None or any(fault.code in _ABOUT_WORDS for fault in found.faults):
        _keep(actor, written.number, seen, sent.cells, now=now)
        return Onward.COLUMNS
    _require_room(found.document)
    if found.faults:
        _keep(actor, written.number, seen, sent.cells, now=now)
        return Onward.CELLS
    content = typed.typed_sheet(found.document)
    content["source"] = write_remarks(found.notices, found.places)
    _fill_product(actor, written, seen.place.product, found.document, rule_set=rule_set, now=now)
    saved = draft_sections.save(
        actor, written.number, replace(seen, kept=content), rule_set=rule_set, now=now
    )
    if not saved.fault_count or sent.cells is None:
        return Onward.SHEET
    _keep(actor, written.number, saved, sent.cells, now=now)
    return Onward.CELLS


def _fill_product(
    actor: Actor,
    written: WrittenApplication,
    number: int,
    document: Mapping[str, Any],
    *,
    rule_set: RuleSet,
    now: datetime,
) -> None:
    product, described = _mapping(document.get("product")), written.product(number).described
    if described.is_blank and product and written.opened.is_all:
        filled = Section(Place("product", number), typed.typed_product(product), described.version)
        draft_sections.save(actor, written.number, filled, rule_set=rule_set, now=now)


def _keep(actor: Actor, number: str, seen: Section, cells: object, *, now: datetime) -> None:
    """Keep the cells in the place of those of an earlier file.

    Raises:
        StaleVersionError: ``section_stale``: what the file was for was saved in between.
    """
    product = seen.place.product
    with transaction() as session:
        application = lock_own(session, actor, number)
        written = draft_sections.gather(session, application, sheets=())
        draft_sections.require_version(written.section(seen.place), seen.version)
        sheet_files.forget_file(session, application.id, product)
        row = sheet_files.SheetFile(id=new_id(), application_id=application.id, product=product)
        row.cells, row.sent_at, row.sent_by_id = sheet_files.pack(cells), now, actor.user_id
        session.add(row)


def _kept(written: WrittenApplication, product: int) -> object:
    with viewing() as session:
        row = sheet_files.find_file(session, written.application_id, product)
    if row is None:
        raise NotFoundError("sheet_file_not_found", where="file")
    return sheet_files.unpack(row.cells)


def _chosen(written: WrittenApplication) -> Chosen:
    with viewing() as session:
        return chosen_of(session, written.organisation_id)


def _open(data: bytes, chosen: Chosen) -> _Sent:
    if not data.strip():
        raise UnreadableFileError("file_empty", where="file")
    if data.startswith((_ZIP, _OLE)):
        cells = child.run("workbook", data)
        return _Sent(_look(parse_grid(cells), chosen), cells)
    if data.removeprefix(_BOM).lstrip().startswith(b"{"):
        return _Sent(SheetFile(dict(_mapping(child.run("json", data))), {}, ()))
    raise UnreadableFileError("file_kind_unknown", where="file")


def _look(grid: Grid, chosen: Chosen) -> SheetFile | None:
    """Return what the workbook says; None where no row of it is known as headings but some may be.

    Raises:
        UnreadableFileError: ``workbook_two_tables``; ``workbook_no_table`` where nothing can be asked.
    """
    try:
        return look_through(grid, chosen)
    except UnreadableFileError as error:
        if error.code != "workbook_no_table" or not any(len(sheet.rows) > 1 for sheet in grid.sheets):
            raise
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _require_room(document: Mapping[str, Any]) -> None:
    lines = document.get("lines")
    if not isinstance(lines, list):
        raise InputError("cost_sheet_shape", where="file")
    if len(lines) > MOST_LINES:
        raise InputError("sheet_too_long_for_form", where="file", limit=MOST_LINES, count=len(lines))
