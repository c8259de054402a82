"""What was known of the suppliers' certificates that a cost sheet names: facts, handed in, never looked up.

The criteria know no register.  Whoever asks it says for each line which certificate it is, how it stands
on the day, and whether it covers what the line names; what that counts for is the rule set's to say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, cast

from mit.criteria.members import LIST_LIMIT, Members, one_of, read_text
from mit.errors import Fault, InputError
from mit.values.thai_date import parse_iso_day

Standing = Literal["active", "suspended", "revoked", "superseded", "withdrawn", "expired", "unknown"]
STANDINGS: tuple[Standing, ...] = (
    "active", "suspended", "revoked", "superseded", "withdrawn", "expired", "unknown",
)  # fmt: skip
Covers = Literal["yes", "no", "unclear"]
COVERS: tuple[Covers, ...] = ("yes", "no", "unclear")

_HEADING_DIGITS = 4
#: As many letters in a row are a word that two names share; fewer are chance.
_SHARED_LETTERS = 5
_MEMBERS = frozenset({"line", "number", "standing", "covers", "known_on", "rule_set_id", "rule_set_sha256"})


@dataclass(frozen=True, slots=True)
class SupplierCertificate:
    """One certificate as it stood when a line leaned on it.

    Attributes:
        line: place of the line in the sheet, counted from 1.
        number: as the register writes it; as it was typed where the register has none.
        standing: on the day; ``unknown`` where the register has no such certificate.
        covers: whether it covers what the line names; ``unclear``: a person has to look.
        known_on: the Bangkok day on which the register was asked, ISO.
        rule_set_id, rule_set_sha256: by which the covering product was certified; empty where none covers.
    """

    line: int
    number: str
    standing: Standing
    covers: Covers
    known_on: str
    rule_set_id: str = ""
    rule_set_sha256: str = ""

    @property
    def proves(self) -> bool:
        """Say whether it proves that the line is domestic: in force on the day, and surely of this thing."""
        return self.standing == "active" and self.covers == "yes"

    def to_document(self) -> dict[str, object]:
        """Return its entry in the trace of an assessment and in an opening file."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Covered:
    """One product of a certificate: public words and digits by which a line is recognised."""

    name_th: str
    name_en: str
    brand: str
    models: tuple[str, ...]
    hs_code: str

    @property
    def heading(self) -> str:
        """Return the first four digits of its HS code."""
        return self.hs_code[:_HEADING_DIGITS]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what it is called."""
        return tuple(name for name in (self.name_th, self.name_en) if name)


def covering(line_name: str, line_hs_code: str, products: Sequence[Covered]) -> tuple[Covers, Covered | None]:
    """Say whether one of *products* is what a line names, and which, as far as it can be told.

    No: both have HS codes and every heading differs.  Yes: the heading is the same and a word is shared,
    or one of its models or its whole name stands in the line.  Everything else is for a person to see.
    """
    heading = line_hs_code[:_HEADING_DIGITS]
    near = [one for one in products if not heading or not one.heading or one.heading == heading]
    if not near:
        return "no", None
    for one in near:
        is_same = bool(heading) and one.heading == heading
        if _is_named_in(line_name, one) or (is_same and _is_word_shared(line_name, one)):
            return "yes", one
    return "unclear", near[0] if len(near) == 1 else None


def is_alike(line_name: str, line_hs_code: str, one: Covered) -> bool:
    """Say whether a product may well stand in for what a line names: same heading and a shared word."""
    heading = line_hs_code[:_HEADING_DIGITS]
    return bool(heading) and one.heading == heading and _is_word_shared(line_name, one)


#: Where an assessment's trace keeps the facts, and an opening file too.
FROZEN = "supplier_certificates"


def read_chain(members: Members, name: str, faults: list[Fault]) -> tuple[SupplierCertificate, ...]:
    """Return the facts in a list of documents; what is wrong with them goes to *faults*."""
    entries = members.items(name, LIST_LIMIT * 40)
    return tuple(_read_one(entry, place, faults) for entry, place in entries)


def frozen_chain(assessment: object) -> tuple[SupplierCertificate, ...]:
    """Return the facts that an assessment's document froze in its trace; none where it knew of none.

    Raises:
        InputError: ``cost_sheet`` with every fault; the document may be a stranger's.
    """
    faults: list[Fault] = []
    trace = Members(assessment, "", faults).inside("trace")
    chain = read_chain(trace, FROZEN, faults) if trace.has(FROZEN) else ()
    if faults:
        raise InputError("cost_sheet", faults=faults)
    return chain


def _read_one(document: object, where: str, faults: list[Fault]) -> SupplierCertificate:
    members = Members(document, where, faults)
    members.only(_MEMBERS)
    members.need("line", "number", "standing", "covers", "known_on")
    return SupplierCertificate(
        line=members.read("line", _read_place, 1),
        number=members.read("number", read_text, ""),
        standing=cast(Standing, members.read("standing", one_of(STANDINGS, "rule_choice"), "unknown")),
        covers=cast(Covers, members.read("covers", one_of(COVERS, "rule_choice"), "unclear")),
        known_on=members.read("known_on", _read_day, ""),
        rule_set_id=members.read("rule_set_id", _read_maybe, ""),
        rule_set_sha256=members.read("rule_set_sha256", _read_maybe, ""),
    )


def _read_place(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError("rule_whole", where=where, low=1, high=20_000, text=str(value)[:40])
    return value


def _read_day(value: object, where: str) -> str:
    return parse_iso_day(read_text(value, where), where=where).isoformat()


def _read_maybe(value: object, where: str) -> str:
    return "" if value == "" else read_text(value, where)


def _is_named_in(line_name: str, one: Covered) -> bool:
    """Say whether a line's name holds a model of the product, or one of its names as a whole."""
    said = _folded(line_name)
    models = [model for model in map(_folded, one.models) if len(model) >= _SHARED_LETTERS]
    return any(word in said for word in models) or any(
        len(name) >= _SHARED_LETTERS and name in said for name in map(_folded, one.names)
    )


def _is_word_shared(line_name: str, one: Covered) -> bool:
    """Say whether some letters in a row stand in the line's name and in a name of the product.

    Thai is written without spaces, so words are not told apart: a run of letters is as good.
    """
    said = _runs(_folded(line_name))
    return any(not said.isdisjoint(_runs(_folded(name))) for name in one.names)


def _runs(text: str) -> set[str]:
    return {text[at : at + _SHARED_LETTERS] for at in range(len(text) - _SHARED_LETTERS + 1)}


def _folded(text: str) -> str:
    """Return a name without case, spaces and signs, so that spellings of one name are the same."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")
