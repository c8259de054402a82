"""The register's answer, read strictly: what is not of the expected form is no answer.

The form is that of the open interface of the Department of Business Development (DBD), as public
programs read it: ``{"status": {"code": "1000"}, "data": [{"cd:OrganizationJuristicPerson": {…}}]}``.
We could not try it against the real service.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from mit.company_register.port import Answer, Away, Company, Unknown

#: The codes of the register: found, and no such number.
FOUND, NOT_FOUND = "1000", "1004"
_LONGEST = {"name": 300, "address": 1000, "status": 100}
_PERSON = "cd:OrganizationJuristicPerson"
#: Where the parts of an address stand, in the order in which they are written.
_ADDRESS_PARTS = (
    ("cd:Address",),
    ("cd:CitySubDivision", "cr:CitySubDivisionTextTH"),
    ("cd:City", "cr:CityTextTH"),
    ("cd:CountrySubDivision", "cr:CountrySubDivisionTextTH"),
)


class _MalformedError(ValueError):
    """The answer is not of the expected form."""


def read_answer(body: bytes, tax_number: str) -> Answer:
    """Return what an answer says of *tax_number*; ``Away("malformed")`` where it cannot be read."""
    try:
        return _read(json.loads(body.decode("utf-8"), object_pairs_hook=_once_each), tax_number)
    except (ValueError, RecursionError):
        return Away("malformed")


def _read(document: Any, tax_number: str) -> Answer:
    code = _at(document, "status", "code")
    if code == NOT_FOUND:
        return Unknown()
    if code != FOUND:
        raise _MalformedError
    data = _at(document, "data")
    if not isinstance(data, list) or len(data) != 1:
        raise _MalformedError
    person = _at(data[0], _PERSON)
    if _text(person, "cd:OrganizationJuristicID", longest=13) != tax_number:
        raise _MalformedError
    name_th = _text(person, "cd:OrganizationJuristicNameTH", longest=_LONGEST["name"])
    if not name_th:
        raise _MalformedError
    return Company(
        tax_number=tax_number,
        name_th=name_th,
        name_en=_text(person, "cd:OrganizationJuristicNameEN", longest=_LONGEST["name"]),
        address_th=_address(person),
        status=_text(person, "cd:OrganizationJuristicStatus", longest=_LONGEST["status"]),
    )


def _address(person: Any) -> str:
    place = _at(person, "cd:OrganizationJuristicAddress", "cr:AddressType", missing=True)
    parts = [_text(_at(place, *path[:-1], missing=True), path[-1]) for path in _ADDRESS_PARTS]
    line = " ".join(part for part in parts if part)
    if len(line) > _LONGEST["address"]:
        raise _MalformedError
    return line


def _at(value: Any, *names: str, missing: bool = False) -> Any:
    """Return what stands at a path of names; None where *missing* is allowed and nothing is there."""
    for name in names:
        if value is None and missing:
            return None
        if not isinstance(value, dict) or (name not in value and not missing):
            raise _MalformedError
        value = value.get(name)
    return value


def _text(value: Any, name: str, *, longest: int = 300) -> str:
    """Return one text in one line; empty where it is missing or null."""
    text = _at(value, name, missing=True)
    if text is None:
        return ""
    if not isinstance(text, str) or len(text) > longest:
        raise _MalformedError
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn", "Cf"} for sign in text):
        raise _MalformedError
    return " ".join(text.split())


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _MalformedError
        found[name] = value
    return found
