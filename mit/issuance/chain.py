"""Content through the chain: a line names a supplier's certificate; what is known of it, and what leans.

The register is asked for number, standing and public coverage; what comes of it is handed to the criteria
as facts, frozen with the assessment at submission, and shown at the line while it is typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.criteria.chain import Covered, Standing, SupplierCertificate, covering
from mit.errors import Fault, InputError, MalformedNumberError
from mit.roles.actor import Actor
from mit.store import leanings
from mit.store.applications import ApplicationProduct
from mit.store.db import OpenSession, viewing
from mit.store.leanings import Leaning, NamedCertificate, NamedProduct
from mit.values.identifiers import parse_certificate_number

#: Certificates that are looked up for one product; a sheet with more names the rest in vain.
MOST_NAMED = 1_000
#: A sheet that names none holds no such member, and is not taken apart to see that.
_MEMBER = '"supplier_certificate":"'

Chain = tuple[SupplierCertificate, ...]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A material line that names a certificate, as it was written."""

    line: int
    written: str
    name: str
    hs_code: str
    origin: str


def named_in(lines: Iterable[Mapping[str, Any]]) -> list[NamedLine]:
    """Return the material lines that name a supplier's certificate."""
    found = [
        NamedLine(
            at,
            str(line["supplier_certificate"]).strip(),
            str(line.get("name") or ""),
            "".join(sign for sign in str(line.get("hs_code") or "") if sign.isdecimal()),
            str(line.get("origin") or ""),
        )
        for at, line in enumerate(lines, start=1)
        if line.get("kind") == "material" and str(line.get("supplier_certificate") or "").strip()
    ]
    return found[:MOST_NAMED]


def named_in_sheet(cost_sheet: str) -> list[NamedLine]:
    """Return the same of a stored cost sheet, its canonical JSON."""
    return named_in(json.loads(cost_sheet)["lines"]) if _MEMBER in cost_sheet else []


def look_up(session: OpenSession, lines: Sequence[NamedLine], *, on: date) -> Chain:
    """Return what the register says on the Bangkok day *on* of the certificates that lines name."""
    numbers = {line.line: _number(line.written) for line in lines}
    certificates = leanings.certificates_named(session, set(numbers.values()) - {""})
    products = leanings.products_named(session, certificates)
    return tuple(
        _known(line, certificates.get(numbers[line.line]), products.get(numbers[line.line], []), on)
        for line in lines
    )


def refuse_circles(session: OpenSession, organisation_id: UUID, chains: Mapping[str, Chain]) -> None:
    """Refuse what leans, over any length, on a certificate of its own applicant.

    Of the certificates between, which are other people's trade, only the number is told.

    Raises:
        InputError: ``chain_circle``, each with its place, e.g. ``products[1].lines[2].supplier_certificate``.
    """
    faults = [
        Fault(fault.code, f"{where}.{fault.where}", fault.params)
        for where, chain in chains.items()
        for fault in find_circles(session, organisation_id, chain)
    ]
    if faults:
        raise InputError(faults[0].code, faults=faults)


def find_circles(session: OpenSession, organisation_id: UUID, chain: Chain) -> list[Fault]:
    """Return a fault for each line that leans in a circle, at ``lines[n].supplier_certificate``.

    All lines are followed at once; each by itself only where some circle was met.
    """
    known = [one for one in chain if one.standing != "unknown"]
    if not known or not _way_to(session, [one.number for one in known], organisation_id):
        return []
    ways = {one.number: _way_to(session, [one.number], organisation_id) for one in known}
    return [
        Fault("chain_circle_itself" if len(way) == 1 else "chain_circle", _place(one.line), _told(way))
        for one in known
        if (way := ways[one.number])
    ]


def notes_on(
    actor: Actor, lines: Iterable[Mapping[str, Any]], *, on: date
) -> tuple[Chain, tuple[Fault, ...]]:
    """Return what is known of the certificates that typed lines name, with a sentence for each line.

    The sentence says what is wrong, what a person has to look at, or that all is well (``chain_ok``).
    """
    named = named_in(lines)
    if not named or actor.organisation_id is None:
        return (), ()
    with viewing() as session:
        chain = look_up(session, named, on=on)
        circles = find_circles(session, actor.organisation_id, chain)
    in_circle = {fault.where for fault in circles}
    notes = [_note(one) for one in chain if _place(one.line) not in in_circle]
    return chain, tuple(sorted([*circles, *notes], key=lambda note: _line_of(note.where)))


def leanings_of(product: ApplicationProduct, chain: Chain, *, now: datetime) -> list[Leaning]:
    """Return a row for each line that leans: not declared imported, in force, not of something else."""
    if not chain:
        return []
    origins = {line.line: line.origin for line in named_in_sheet(product.cost_sheet)}
    return [
        Leaning(
            application_product_id=product.id,
            line=one.line,
            leaned_at=now,
            certificate_number=one.number,
            covers=one.covers,
        )
        for one in chain
        if one.standing == "active" and one.covers != "no" and origins.get(one.line) != "imported"
    ]


def covered_of(entry: CoverageEntry) -> Covered:
    """Return a coverage entry as the criteria compare it with a line."""
    return Covered(entry.product_th, entry.product_en, entry.brand, tuple(entry.models), entry.hs_code)


def _known(
    line: NamedLine, found: NamedCertificate | None, products: Sequence[NamedProduct], on: date
) -> SupplierCertificate:
    if found is None:
        return SupplierCertificate(line.line, line.written[:60], "unknown", "unclear", on.isoformat())
    entries = [covered_of(parse_coverage(json.loads(one.coverage))) for one in products]
    covers, which = covering(line.name, line.hs_code, entries)
    by = products[entries.index(which)] if which is not None else None
    return SupplierCertificate(
        line=line.line,
        number=found.number,
        standing=_standing(found, on),
        covers=covers,
        known_on=on.isoformat(),
        rule_set_id=by.rule_set_id if by else "",
        rule_set_sha256=by.rule_set_sha256 if by else "",
    )


def _standing(found: NamedCertificate, on: date) -> Standing:
    if found.status in {"active", "suspended"} and found.expires_on < on:
        return "expired"
    standing: Standing = found.status  # type: ignore[assignment]  # the table's CHECK knows no other
    return standing


def _way_to(session: OpenSession, numbers: Sequence[str], organisation_id: UUID) -> list[str]:
    """Return the shortest chain from one of *numbers* to a certificate of the organisation, if any."""
    before: dict[str, str] = dict.fromkeys(numbers, "")
    front = sorted(before)
    while front:
        holders = leanings.certificates_named(session, front)
        own = sorted(
            one for one in front if one in holders and holders[one].organisation_id == organisation_id
        )
        if own:
            return _way_back(own[0], before)
        onward = leanings.leaned_on_by(session, front)
        following = {target: leaner for leaner in sorted(onward) for target in sorted(onward[leaner])}
        front = sorted(target for target in following if target not in before)
        before |= {target: following[target] for target in front}
    return []


def _way_back(last: str, before: Mapping[str, str]) -> list[str]:
    way = [last]
    while before[way[0]]:
        way.insert(0, before[way[0]])
    return way


def _told(path: Sequence[str]) -> dict[str, str | int]:
    return {"number": path[0], "own": path[-1], "between": len(path) - 2 if len(path) > 1 else 0}


def _note(one: SupplierCertificate) -> Fault:
    if one.standing != "active":
        code = f"chain_{one.standing}"
    else:
        code = {"yes": "chain_ok", "no": "chain_not_covered", "unclear": "chain_unclear"}[one.covers]
    return Fault(code, _place(one.line), {"number": one.number})


def _place(line: int) -> str:
    return f"lines[{line}].supplier_certificate"


def _line_of(where: str) -> int:
    return int(where.partition("[")[2].partition("]")[0])


def _number(written: str) -> str:
    """Return a certificate's number as the register writes it; empty where it is none of ours."""
    try:
        return str(parse_certificate_number(written))
    except MalformedNumberError:
        return ""
