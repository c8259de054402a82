"""Read the cells of an .xlsx workbook, in the child process.

One pass over each part gives a cell's formula, its stored value and whether it is hidden; a
general workbook library would need two passes and builds far more than is asked for.  A part in the
plain spelling of nearly every program is read by patterns (``quick_sheet``), any other as a stream of
events (``sheet_xml``); both say the same.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from xml.parsers import expat

from mit.errors import UnreadableFileError
from mit.sandbox import quick_sheet
from mit.sandbox.archive import open_archive
from mit.sandbox.packed_rows import pack_rows
from mit.sandbox.sheet_xml import Budget, Part, Relations, Rows, Sheets, Strings, Styles, parse

SHEET_LIMIT = 50
_WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def read(data: bytes) -> dict[str, object]:
    """Return ``{"date_1904", "sheets": [{"name", "hidden", "hidden_columns", "spans", "order", "forms"}]}``.

    The last three are the rows as ``packed_rows`` has them; cells without value and formula are left out.

    Raises:
        UnreadableFileError: ``file_encrypted``, ``file_old_workbook``, ``file_not_workbook``,
            ``file_bomb``, ``file_lying``, ``file_hostile_xml``, ``file_too_many_cells``.
    """
    if data.startswith(_OLE_SIGNATURE):
        encrypted = _ENCRYPTED_STREAM in data
        raise UnreadableFileError("file_encrypted" if encrypted else "file_old_workbook")
    with open_archive(data) as archive:
        try:
            return _read_parts(archive)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise UnreadableFileError("file_lying") from error
        except (expat.ExpatError, KeyError, UnicodeError, ValueError) as error:
            raise UnreadableFileError("file_not_workbook") from error


def _read_parts(archive: zipfile.ZipFile) -> dict[str, object]:
    names = frozenset(archive.namelist())
    if _WORKBOOK not in names:
        raise UnreadableFileError("file_not_workbook")
    sheets, relations, styles = Sheets(), Relations(), Styles()
    _parse(archive, _WORKBOOK, sheets)
    _parse(archive, "xl/_rels/workbook.xml.rels", relations)
    strings = _strings(archive) if _STRINGS in names else []
    if "xl/styles.xml" in names:
        _parse(archive, "xl/styles.xml", styles)
    if len(sheets.sheets) > SHEET_LIMIT:
        raise UnreadableFileError("file_too_many_cells", limit=SHEET_LIMIT)
    budget = Budget()
    found: list[dict[str, object]] = []
    for name, relation, hidden in sheets.sheets:
        if relations.kinds.get(relation) != "worksheet":
            continue
        part = _inside(relations.targets[relation])
        rows, hidden_columns = _worksheet(archive, part, strings, styles.percent_styles, budget)
        found.append({"name": name[:100], "hidden": hidden, "hidden_columns": hidden_columns, **rows})
    return {"date_1904": sheets.counts_from_1904, "sheets": found}


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """Return the shared texts."""
    try:
        return quick_sheet.read_strings(archive.read(_STRINGS))
    except quick_sheet.NotPlainError:
        strings = Strings()
        _parse(archive, _STRINGS, strings)
        return strings.texts


def _worksheet(
    archive: zipfile.ZipFile, part: str, strings: list[str], percent_styles: set[int], budget: Budget
) -> tuple[dict[str, object], list[tuple[int, int]]]:
    """Return the rows and the hidden columns of one sheet."""
    left = budget.left
    try:
        return quick_sheet.read_rows(archive.read(part), strings, percent_styles, budget)
    except quick_sheet.NotPlainError:
        budget.left = left
        rows = Rows(strings, percent_styles, budget)
        _parse(archive, part, rows)
        return pack_rows(rows.rows), rows.hidden_columns


def _parse(archive: zipfile.ZipFile, name: str, handler: Part) -> None:
    with archive.open(name) as stream:
        parse(stream, handler)  # type: ignore[arg-type] # a binary stream in all but name


def _inside(target: str) -> str:
    """Return the name in the archive of a target that is relative to ``xl/``."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
