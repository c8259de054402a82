"""Take a cost sheet out of a file into the form, right or wrong: each figure where it would be typed.

What is wrong is shown at its field and with its cell; nothing of the file is dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mit.criteria.cost_sheet_file import Notice, read_grid
from mit.criteria.grid import parse_grid
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError, UnreadableFileError
from mit.issuance import draft_sections, typed, weigh
from mit.issuance.draft_sections import Place, Section
from mit.issuance.typed import Typed
from mit.roles.actor import Actor
from mit.sandbox import child

#: Most lines that a form is filled with.
MOST_LINES = 1_000
#: Most notices and faulty cells that are kept beside the figures.
MOST_REMARKS = 100
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileRemarks:
    """What a file said beside its figures: notices, and the cell of each field that is wrong."""

    notices: tuple[Notice, ...] = ()
    cells: Mapping[str, str] | None = None


def upload_sheet(
    actor: Actor, number: str, seen: Section, *, data: bytes, rule_set: RuleSet, now: datetime
) -> Section:
    """Put the cost sheet in *data* in the place of what was typed; the product too where it is blank.

    *seen* is the sheet's section as the person saw it.

    Raises:
        NotFoundError, ConflictError, StaleVersionError: as ``draft_sections.save``.
        InputError: ``sheet_too_long_for_form``, ``cost_sheet_shape``.
        UnreadableFileError: the file itself cannot be read, with the reason.
    """
    document, places, notices = _open(data)
    content = typed.typed_sheet(document)
    _require_room(document)
    product = _mapping(document.get("product"))
    written = draft_sections.read(actor, number, sheets=())
    described = written.product(seen.place.product).described
    if described.is_blank and product and written.opened.is_all:
        place = Place("product", seen.place.product)
        filled = Section(place, typed.typed_product(product), described.version)
        described = draft_sections.save(actor, number, filled, rule_set=rule_set, now=now)
    faults = weigh.weigh_sheet(rule_set, described.content, content).faults
    cells = {fault.where: places[fault.where] for fault in faults if fault.where in places}
    content["source"] = _write_remarks(notices, cells)
    return draft_sections.save(actor, number, replace(seen, kept=content), rule_set=rule_set, now=now)


def remarks_of(content: Typed) -> FileRemarks:
    """Return what a file said beside the figures of a cost sheet; nothing where they were typed."""
    if not content.get("source"):
        return FileRemarks()
    kept = json.loads(content["source"])
    notices = tuple(Notice(code, where, params) for code, where, params in kept["notices"])
    return FileRemarks(notices, kept["cells"])


def _open(data: bytes) -> tuple[Mapping[str, Any], Mapping[str, str], tuple[Notice, ...]]:
    if not data.strip():
        raise UnreadableFileError("file_empty", where="file")
    if data.startswith((_ZIP, _OLE)):
        found = read_grid(parse_grid(child.run("workbook", data)))
        return found.document, found.places, found.notices
    if data.removeprefix(_BOM).lstrip().startswith(b"{"):
        return _mapping(child.run("json", data)), {}, ()
    raise UnreadableFileError("file_kind_unknown", where="file")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _require_room(document: Mapping[str, Any]) -> None:
    lines = document.get("lines")
    if not isinstance(lines, list):
        raise InputError("cost_sheet_shape", where="file")
    if len(lines) > MOST_LINES:
        raise InputError("sheet_too_long_for_form", where="file", limit=MOST_LINES, count=len(lines))


def _write_remarks(notices: tuple[Notice, ...], cells: Mapping[str, str]) -> str:
    kept = [[notice.code, notice.where, notice.params] for notice in notices[:MOST_REMARKS]]
    few = dict(list(cells.items())[:MOST_REMARKS])
    return json.dumps({"notices": kept, "cells": few}) if kept or few else ""
