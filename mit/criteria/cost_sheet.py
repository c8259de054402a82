"""The cost sheet: the declared ex-works price of a product and its parts (contract section 5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from mit.criteria.cost_line import KINDS, ORIGINS, CostLine, Kind, Origin
from mit.criteria.cost_lines import LINE_LIMIT, CostLines, LineEntries, read_lines
from mit.criteria.members import Members, canonical_json, read_text
from mit.criteria.product import Product, PropertyRange, coverage_document, read_product
from mit.criteria.sheet_text import columns_json
from mit.errors import Fault, InputError
from mit.values.money import Money, parse_baht

__all__ = [
    "KINDS",
    "LINE_LIMIT",
    "ORIGINS",
    "CostLine",
    "CostLines",
    "CostSheet",
    "Kind",
    "Origin",
    "Product",
    "PropertyRange",
    "coverage_document",
    "parse_cost_sheet",
    "sheet_document",
    "sheet_sha256",
]

_SHEET_MEMBERS = frozenset({"product", "price_ex_works", "vat_included", "profit", "process", "lines"})


@dataclass(frozen=True, slots=True)
class CostSheet:
    """What the manufacturer declares for one product.

    Attributes:
        price_ex_works: above zero; with VAT inside where ``vat_included``.
        profit: as declared, may be negative; None where it is the rest of the price.
        process: codes or free words for how the product is made.
    """

    product: Product
    price_ex_works: Money
    vat_included: bool
    profit: Money | None
    process: tuple[str, ...]
    lines: CostLines


def parse_cost_sheet(document: object) -> CostSheet:
    """Return the cost sheet in a JSON document; its lines may come by columns (``LineEntries``).

    Raises:
        InputError: ``cost_sheet`` with every fault, each with its place such as
            ``lines[3].amount`` (lines count from 1).
    """
    faults: list[Fault] = []
    members = Members(document, "", faults)
    members.only(_SHEET_MEMBERS)
    members.need("product", "price_ex_works", "lines")
    sheet = CostSheet(
        product=_read_product(members, faults),
        price_ex_works=members.read("price_ex_works", _read_price, Money(1)),
        vat_included=members.flag("vat_included", default=False),
        profit=members.read("profit", _read_profit, None),
        process=members.texts("process", read_text),
        lines=_read_lines(members, faults),
    )
    if faults:
        raise InputError("cost_sheet", faults=faults)
    return sheet


def sheet_document(sheet: CostSheet) -> dict[str, object]:
    """Return the sheet in the contract's form, normalised: equal sheets give equal documents."""
    document: dict[str, object] = {
        "product": sheet.product.to_document(),
        "price_ex_works": sheet.price_ex_works.to_text(),
        "vat_included": sheet.vat_included,
        "lines": [line.to_document() for line in sheet.lines],
    }
    if sheet.profit is not None:
        document["profit"] = sheet.profit.to_text()
    if sheet.process:
        document["process"] = list(sheet.process)
    return document


def sheet_sha256(sheet: CostSheet) -> str:
    """Return the SHA-256 in hex over the canonical JSON of the sheet with its lines as columns.

    It is ``sheet_document``, but under ``lines`` stands for each member the list of what the lines say of it,
    in their order: ``amount_satang`` whole numbers; any other member only where a line has it, and then an
    empty text (an empty list for ``evidence``) for each line that has not.
    """
    around = canonical_json(sheet_document(replace(sheet, lines=CostLines((), (), {}))))
    head, mark, behind = around.partition(b'"lines":')
    found = hashlib.sha256(head + mark)
    for piece in columns_json(sheet.lines):
        found.update(piece)
    found.update(behind.removeprefix(b"[]"))
    return found.hexdigest()


def _read_lines(members: Members, faults: list[Fault]) -> CostLines:
    given = members.raw("lines")
    return read_lines(
        given if isinstance(given, LineEntries) else members.entries("lines", LINE_LIMIT), faults
    )


def _read_product(members: Members, faults: list[Fault]) -> Product:
    if not members.has("product"):
        return Product("", "", "", "", "", (), ())
    return read_product(members.raw("product"), "product", faults)


def _read_price(value: object, where: str) -> Money:
    price = parse_baht(value, where=where)
    if price.satang == 0:
        raise InputError("price_zero", where=where)
    return price


def _read_profit(value: object, where: str) -> Money | None:
    return parse_baht(value, where=where, signed=True)
