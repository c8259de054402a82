"""The case file: one application with all that its decision rests on, in one JSON document.

What was hashed stands in it as text, byte for byte: whoever has the file checks each SHA-256 with any
tool, without knowing how we spell JSON.  No database and no network is needed to read it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from mit.credential import canonical_json
from mit.errors import Fault, UnreadableFileError
from mit.sandbox import child
from mit.sandbox.limits import Limits
from mit.values.thai_date import utc_text

T = TypeVar("T")

#: What the file calls itself; another spelling of a case gets another number.
FORMAT = "mit-case-file/1"
#: Longest list of products that is read.
_MOST_PRODUCTS = 200
_MIB = 1024 * 1024
LIMITS = Limits(
    input_bytes=64 * _MIB,
    answer_bytes=192 * _MIB,
    memory_bytes=1024 * _MIB,
    cpu_seconds=60,
    wall_seconds=120,
)


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """What was stored of one assessment: its canonical JSON in ``document``, and the columns beside it."""

    document: str = field(repr=False)
    document_sha256: str
    rule_set_sha256: str
    input_sha256: str
    engine_version: str
    meets: bool
    deciding_formula: str
    assessed_at: str


@dataclass(frozen=True, slots=True)
class FiledProduct:
    """One product with its cost sheet as canonical JSON, what was said of it and what was decided."""

    position: int
    name_th: str
    name_en: str
    cost_sheet: str = field(repr=False)
    cost_sheet_sha256: str
    assessment: StoredAssessment
    decision: str = ""
    decision_reason: str = ""


@dataclass(frozen=True, slots=True)
class FiledApproval:
    """One of the two approval rows; ``decisions`` is canonical JSON, ``person`` a name."""

    kind: str
    content_digest: str
    decisions: str
    note: str
    person: str
    given_at: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case.

    Attributes:
        content: what was decided on, as canonical JSON; ``content_digest`` is its SHA-256.
        rule_set: the whole rule set, as canonical JSON; ``rule_set_sha256`` is its SHA-256.
        approvals: none in the file that an applicant gets.
    """

    application: str
    state: str
    submitted_at: str
    certificate: str
    content: str = field(repr=False)
    content_digest: str
    rule_set_id: str
    rule_set_sha256: str
    rule_set: str = field(repr=False)
    products: tuple[FiledProduct, ...]
    approvals: tuple[FiledApproval, ...] = ()


def write_case_file(case_file: CaseFile) -> bytes:
    """Return the one spelling of a case file: the same case gives the same bytes."""
    return canonical_json.write({"format": FORMAT, **_members_of(case_file)})


def read_case_file(data: bytes) -> CaseFile:
    """Return the case file in *data*, opened in the sandbox; nothing in it is believed yet.

    Raises:
        UnreadableFileError: ``case_file_malformed`` with the place, or why the file cannot be opened.
    """
    document = child.run("json_with_texts", data, limits=LIMITS)
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise UnreadableFileError("case_file_unknown", format=FORMAT)
    products = _list(document, "products", _MOST_PRODUCTS)
    approvals = _list(document, "approvals", 2)
    filed = tuple(_product(entry, f"products[{at}]") for at, entry in enumerate(products, 1))
    _demand_order(filed)
    given = tuple(_read(FiledApproval, entry, f"approvals[{at}]") for at, entry in enumerate(approvals, 1))
    return _read(CaseFile, document | {"products": filed, "approvals": given}, "")


def sha256_of(text: str) -> str:
    """Return the SHA-256 (hex) of a text's UTF-8 bytes; half a surrogate counts as a question mark."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def written_at(at: datetime | None) -> str:
    """Return an instant as it stands in the file; empty where there is none."""
    return utc_text(at) if at else ""


def _demand_order(products: tuple[FiledProduct, ...]) -> None:
    """Refuse a file without a product, or whose products do not count upwards from 1."""
    positions = [product.position for product in products]
    if not positions or positions[0] < 1 or positions != sorted(set(positions)):
        raise _malformed("products")


def _product(entry: object, where: str) -> FiledProduct:
    document = _mapping(entry, where)
    said = _read(StoredAssessment, document.get("assessment"), f"{where}.assessment")
    return _read(FiledProduct, document | {"assessment": said}, where)


def _read(kind: type[T], value: object, where: str) -> T:
    """Return *value* as a *kind*: every member there, each of its type, and no other."""
    document, types = _mapping(value, where), _types_of(kind)
    for name in document.keys() | types.keys():
        place = f"{where}.{name[:40]}" if where else name[:40]
        if name not in types or type(document.get(name)) is not types[name]:
            raise _malformed(place)
    return kind(**document)


def _types_of(kind: type) -> dict[str, type]:
    known = {"int": int, "bool": bool, "str": str, "StoredAssessment": StoredAssessment}
    return {name: known.get(text, tuple) for name, text in _fields_of(kind).items()}


def _fields_of(kind: Any) -> dict[str, str]:
    return {one.name: str(one.type) for one in fields(kind)}


def _mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _malformed(where)
    return value


def _list(document: Mapping[str, object], name: str, limit: int) -> list[object]:
    value = document.get(name)
    if not isinstance(value, list) or len(value) > limit:
        raise _malformed(name)
    return value


def _malformed(where: str) -> UnreadableFileError:
    return UnreadableFileError(
        "case_file_malformed", faults=[Fault("case_file_malformed", where)], where=where
    )


def _members_of(value: Any) -> dict[str, Any]:
    """Return the members of a dataclass, those inside it too, without copying a text."""
    return {name: _plain(getattr(value, name)) for name in _fields_of(type(value))}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_members_of(entry) for entry in value]
    return _members_of(value) if isinstance(value, StoredAssessment) else value
