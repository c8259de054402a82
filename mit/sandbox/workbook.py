"""Read the cells of an .xlsx workbook, in the child process.

One pass over each part gives a cell's formula, its stored value and whether it is hidden; a
general workbook library would need two passes and builds far more than is asked for.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from xml.sax import SAXException

from defusedxml.common import DefusedXmlException

from mit.errors import UnreadableFileError
from mit.sandbox.archive import open_archive
from mit.sandbox.sheet_xml import Budget, Part, Relations, Rows, Sheets, Strings, Styles, parse

SHEET_LIMIT = 50
_WORKBOOK = "xl/workbook.xml"
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def read(data: bytes) -> dict[str, object]:
    """Return ``{"date_1904", "sheets": [{"name", "hidden", "hidden_columns", "rows"}]}``.

    A row is ``[number, hidden, [cell, …]]``, a cell ``[column, type, value, has_formula]`` as in
    ``sheet_xml.Cell``; cells without value and formula are left out.

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
        except DefusedXmlException as error:
            raise UnreadableFileError("file_hostile_xml") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise UnreadableFileError("file_lying") from error
        except (SAXException, KeyError, UnicodeError, ValueError) as error:
            raise UnreadableFileError("file_not_workbook") from error


def _read_parts(archive: zipfile.ZipFile) -> dict[str, object]:
    names = frozenset(archive.namelist())
    if _WORKBOOK not in names:
        raise UnreadableFileError("file_not_workbook")
    sheets, relations, strings, styles = Sheets(), Relations(), Strings(), Styles()
    _parse(archive, _WORKBOOK, sheets)
    _parse(archive, "xl/_rels/workbook.xml.rels", relations)
    for part, handler in (("xl/sharedStrings.xml", strings), ("xl/styles.xml", styles)):
        if part in names:
            _parse(archive, part, handler)
    if len(sheets.sheets) > SHEET_LIMIT:
        raise UnreadableFileError("file_too_many_cells", limit=SHEET_LIMIT)
    budget = Budget()
    found: list[dict[str, object]] = []
    for name, relation, hidden in sheets.sheets:
        if relations.kinds.get(relation) != "worksheet":
            continue
        rows = Rows(strings.texts, styles.percent_styles, budget)
        _parse(archive, _inside(relations.targets[relation]), rows)
        found.append(
            {
                "name": name[:100],
                "hidden": hidden,
                "hidden_columns": rows.hidden_columns,
                "rows": [row for row in rows.rows if row[2]],
            }
        )
    return {"date_1904": sheets.counts_from_1904, "sheets": found}


def _parse(archive: zipfile.ZipFile, name: str, handler: Part) -> None:
    with archive.open(name) as stream:
        parse(stream, handler)  # type: ignore[arg-type] # a binary stream in all but name


def _inside(target: str) -> str:
    """Return the name in the archive of a target that is relative to ``xl/``."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
