"""The few facts of a cost sheet that are held against other papers; remembered, for sheets are long."""

from __future__ import annotations

from typing import NamedTuple

from mit.issuance.look import ProductView
from mit.verify.memory import Memory

#: Suppliers' certificates that are looked up for one product; the first of its sheet.
MOST_CERTIFICATES = 1_000
#: Roughly what one certificate's number takes, in bytes.
_WEIGHT = 200


class SheetFacts(NamedTuple):
    """Unit, four-digit heading, and each supplier's certificate with the first line that names it."""

    unit: str
    heading: str
    certificates: dict[str, int]


#: By the hash of the product's texts.
_facts: Memory[str, SheetFacts] = Memory(8 * 1024 * 1024)


def facts_of(product: ProductView) -> SheetFacts:
    """Return the facts of a product's cost sheet."""
    found = _facts.get(product.texts_sha256) if product.texts_sha256 else None
    if found is None:
        found = _read(product)
        if product.texts_sha256:
            _facts.keep(product.texts_sha256, found, weight_bytes=_WEIGHT * (1 + len(found.certificates)))
    return found


def forget_facts() -> None:
    """Forget what was remembered, as a new process has."""
    _facts.clear()


def _read(product: ProductView) -> SheetFacts:
    sheet = product.cost_sheet
    certificates: dict[str, int] = {}
    for at, line in enumerate(sheet["lines"], start=1):
        number = line.get("supplier_certificate", "")
        if number and line["kind"] == "material" and len(certificates) < MOST_CERTIFICATES:
            certificates.setdefault(number, at)
    return SheetFacts(sheet["product"]["unit"], sheet["product"]["hs_code"][:4], certificates)
