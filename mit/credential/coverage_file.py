"""A file of coverage: the JSON array of coverage entries (contract section 5), read strictly.  Pure."""

from __future__ import annotations

import json
from typing import NoReturn

from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.errors import Fault, InputError

#: The largest file that is read.
LIMIT_BYTES = 4 * 1024 * 1024
#: The most entries: as many as an application holds products.
MOST_ENTRIES = 200


def read_coverage(data: bytes) -> tuple[CoverageEntry, ...]:
    """Return the entries in *data*.

    Raises:
        InputError: ``coverage_too_large``, ``json_not_utf8``, ``json_broken``, ``json_too_deep``,
            ``coverage_not_list``, or every fault of the entries, as ``parse_coverage`` names them.
    """
    if len(data) > LIMIT_BYTES:
        raise InputError("coverage_too_large", limit=LIMIT_BYTES // (1024 * 1024))
    document = _load(data)
    if not isinstance(document, list) or not 0 < len(document) <= MOST_ENTRIES:
        raise InputError("coverage_not_list", most=MOST_ENTRIES)
    entries: list[CoverageEntry] = []
    faults: list[Fault] = []
    for position, one in enumerate(document, 1):
        try:
            entries.append(parse_coverage(one, where=f"[{position}]"))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError("coverage", faults=faults)
    return tuple(entries)


def _load(data: bytes) -> object:
    try:
        document: object = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_refuse
        )
    except UnicodeDecodeError as error:
        raise InputError("json_not_utf8") from error
    except json.JSONDecodeError as error:
        raise InputError("json_broken", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise InputError("json_too_deep") from error
    except ValueError as error:
        raise InputError("json_broken", line=1, column=1) from error
    return document


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a member stands twice")
    return document


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
