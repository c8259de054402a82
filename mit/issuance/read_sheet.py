"""Read a cost sheet from a file: JSON or .xlsx, told apart by content, opened in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.criteria.cost_sheet_file import Notice, read_grid
from mit.criteria.grid import parse_grid
from mit.criteria.sheet_report import cell_of
from mit.errors import Fault, InputError, UnreadableFileError
from mit.sandbox import child

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_JSON_STARTS = (b"{", b"[", b'"')
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A cost sheet from a file.

    Attributes:
        sheet: the checked cost sheet.
        notices: what was counted though a reader may not have seen it: formulas, hidden rows, …
        places: path in the cost sheet → cell of the workbook; empty for JSON.
    """

    sheet: CostSheet
    notices: tuple[Notice, ...]
    places: Mapping[str, str]

    def name_cells(self, error: InputError) -> InputError:
        """Return *error* with the cells of the workbook instead of paths in the cost sheet."""
        return _name_cells(error, self.places)


def read_cost_sheet(data: bytes, *, name: str) -> ReadSheet:
    """Return the cost sheet in *data*; *name* is the file's name, for what people are told.

    Raises:
        InputError: ``cost_sheet`` with every fault, by path or by cell.
        UnreadableFileError: the file itself cannot be read, with the reason.
    """
    if not data.strip():
        raise UnreadableFileError("file_empty", where=name[:100])
    if data.startswith((_ZIP, _OLE)):
        return _read_workbook(data)
    if data.removeprefix(_BOM).lstrip().startswith(_JSON_STARTS):
        return ReadSheet(parse_cost_sheet(child.run("json", data)), (), {})
    raise UnreadableFileError("file_kind_unknown", where=name[:100])


def _read_workbook(data: bytes) -> ReadSheet:
    found = read_grid(parse_grid(child.run("workbook", data)))
    try:
        sheet = parse_cost_sheet(found.document)
    except InputError as error:
        raise _name_cells(error, found.places) from error
    return ReadSheet(sheet, found.notices, found.places)


def _name_cells(error: InputError, places: Mapping[str, str]) -> InputError:
    faults = [Fault(fault.code, cell_of(fault.where, places), fault.params) for fault in error.faults]
    return type(error)(error.code, faults=faults, where=cell_of(error.where, places), **error.params)
