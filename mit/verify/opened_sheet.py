"""Open what a certificate commits to: is this its cost sheet, and does it meet as stated.

Whoever was given the opening of a certificate (sheet, salt, rule set) recomputes the commitment and runs
the decision again, offline.  The measured share is not in the answer, so that it can be passed on.
Pure: no database, no network, no clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mit.credential import canonical_json
from mit.credential.commitment import SALT_BYTES, commit, committed_content
from mit.credential.statement import Statement
from mit.criteria.assess import assess
from mit.criteria.chain import SupplierCertificate, read_chain
from mit.criteria.cost_sheet import CostSheet, coverage_document, parse_cost_sheet
from mit.criteria.members import Members, read_text
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import Rulebook
from mit.errors import Fault, InputError, MitError, NotFoundError
from mit.verify.verdict import Outcome

#: Largest opening that is read, in bytes.
LIMIT_BYTES = 256 * 1024 * 1024
KIND = "mit-opening/1"
_MOST_PRODUCTS = 200
_MEMBERS = frozenset({"type", "number", "products"})
_PRODUCT_MEMBERS = frozenset(
    {"index", "product_th", "product_en", "salt", "ruleset", "sheet", "supplier_certificates"}
)


class Confirmed(StrEnum):
    """What the whole opening comes to."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class OpenedProduct:
    """One product's part of an opening: what only the holder and the case's officers had."""

    index: int
    salt: bytes
    rule_set_id: str
    rule_set_sha256: str
    sheet: object
    chain: tuple[SupplierCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A file that opens what a certificate commits to, for some of its products or for all."""

    number: str
    products: tuple[OpenedProduct, ...]


@dataclass(frozen=True, slots=True)
class ProductCheck:
    """What the opening of one product shows.

    Attributes:
        outcome: pass where the sheet is the one committed to and meets as stated.
        reason: ``ok`` or why not; a stable code.
        commitment: whether the hash is the same; None where it was not or could not be compared.
        met: whether the formula that is stated is met again; None where that was not reckoned.
    """

    index: int
    statement: Statement
    outcome: Outcome
    reason: str
    commitment: bool | None = None
    met: bool | None = None

    def to_document(self) -> dict[str, object]:
        """Return the product's entry in the answer of ``mit commitment check --json``."""
        stated = self.statement
        return {
            "index": self.index,
            "product_th": stated.coverage.product_th,
            "product_en": stated.coverage.product_en,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "commitment": {True: "matches", False: "differs", None: None}[self.commitment],
            "ruleset": {"id": stated.rule_set_id, "sha256": stated.rule_set_sha256},
            "formula": stated.formula,
            "threshold": stated.threshold or None,
            "met": self.met,
        }


def read_opening(data: bytes) -> Opening:
    """Return the opening in a JSON file.

    Raises:
        InputError: ``opening_malformed`` where it is no JSON, else every fault with its place.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError("opening_malformed") from error
    faults: list[Fault] = []
    members = Members(document, "", faults)
    members.only(_MEMBERS)
    members.need("type", "number", "products")
    if members.has("type") and members.raw("type") != KIND:
        members.note("opening_of_another_kind", "type")
    products = tuple(
        _read_product(entry, place, faults) for entry, place in members.items("products", _MOST_PRODUCTS)
    )
    if len({one.index for one in products}) < len(products):
        members.note("opening_product_twice", "products")
    opening = Opening(members.read("number", read_text, ""), products)
    if faults:
        raise InputError("opening_malformed", faults=faults)
    return opening


def check_opening(
    statements: tuple[Statement, ...], opening: Opening, rulebook: Rulebook
) -> tuple[ProductCheck, ...]:
    """Return for each product of a certificate what the opening shows of it, in the certificate's order.

    Raises:
        InputError: ``opening_product_unknown``: it opens a product that the certificate has not.
    """
    opened = {one.index: one for one in opening.products}
    if strangers := sorted(set(opened) - set(range(1, len(statements) + 1))):
        raise InputError("opening_product_unknown", where="products", index=strangers[0])
    return tuple(
        _check(index, statement, opened[index], rulebook)
        if index in opened
        else ProductCheck(index, statement, Outcome.NOT_CHECKED, "not_opened")
        for index, statement in enumerate(statements, start=1)
    )


def conclude(outcomes: Iterable[Outcome]) -> Confirmed:
    """Return what several outcomes come to: a failure wins over an open question, nothing opened is open."""
    found = set(outcomes)
    if Outcome.FAIL in found:
        return Confirmed.REFUTED
    if Outcome.UNKNOWN in found or Outcome.PASS not in found:
        return Confirmed.CANNOT_TELL
    return Confirmed.CONFIRMED


def _check(index: int, stated: Statement, opened: OpenedProduct, rulebook: Rulebook) -> ProductCheck:
    """Compare in the order in which a difference explains the next: commitment, rule set, product, result."""
    if not stated.commitment:
        return ProductCheck(index, stated, Outcome.UNKNOWN, "no_commitment")
    if not _is_committed_to(stated, opened):
        return ProductCheck(index, stated, Outcome.FAIL, "commitment_differs", commitment=False)
    if (opened.rule_set_id, opened.rule_set_sha256) != (stated.rule_set_id, stated.rule_set_sha256):
        return ProductCheck(index, stated, Outcome.FAIL, "other_rule_set", commitment=True)
    rule_set = _rule_set(stated, rulebook)
    if rule_set is None:
        return ProductCheck(index, stated, Outcome.UNKNOWN, "rule_set_unknown", commitment=True)
    sheet = _sheet(opened)
    if sheet is None or coverage_document(sheet.product) != stated.coverage.to_document():
        return ProductCheck(index, stated, Outcome.FAIL, "other_product", commitment=True)
    met = _is_met(rule_set, sheet, opened, stated)
    outcome, reason = (Outcome.PASS, "ok") if met else (Outcome.FAIL, "not_met")
    return ProductCheck(index, stated, outcome, reason, commitment=True, met=met)


def _is_committed_to(stated: Statement, opened: OpenedProduct) -> bool:
    try:
        content = committed_content(_spelled(opened.sheet), _spelled_chain(opened.chain))
    except InputError:  # a float, half a letter: never what was written down
        return False
    return commit(opened.salt, content) == stated.commitment


def _spelled(document: object) -> str:
    return canonical_json.write(document).decode("utf-8")


def _spelled_chain(chain: tuple[SupplierCertificate, ...]) -> str:
    return _spelled([one.to_document() for one in chain]) if chain else ""


def _rule_set(stated: Statement, rulebook: Rulebook) -> RuleSet | None:
    """Return the rule set by name and hash; None where this program does not have that very one."""
    try:
        found = rulebook.by_id(stated.rule_set_id)
    except NotFoundError:
        return None
    return found if found.sha256 == stated.rule_set_sha256 else None


def _sheet(opened: OpenedProduct) -> CostSheet | None:
    try:
        return parse_cost_sheet(opened.sheet)
    except InputError:
        return None


def _is_met(rule_set: RuleSet, sheet: CostSheet, opened: OpenedProduct, stated: Statement) -> bool:
    """Say whether the formula that the certificate names counts again."""
    try:
        assessment = assess(rule_set, sheet, opened.chain)
    except MitError:
        return False
    return any(formula.counts and formula.id == stated.formula for formula in assessment.formulas)


def _read_product(document: object, where: str, faults: list[Fault]) -> OpenedProduct:
    members = Members(document, where, faults)
    members.only(_PRODUCT_MEMBERS)
    members.need("index", "salt", "ruleset", "sheet")
    rule_set = members.inside("ruleset")
    rule_set.need("id", "sha256")
    return OpenedProduct(
        index=members.read("index", _read_index, 0),
        salt=members.read("salt", _read_salt, b""),
        rule_set_id=rule_set.read("id", read_text, ""),
        rule_set_sha256=rule_set.read("sha256", read_text, ""),
        sheet=members.raw("sheet"),
        chain=read_chain(members, "supplier_certificates", faults),
    )


def _read_index(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_PRODUCTS:
        raise InputError("opening_index", where=where)
    return value


def _read_salt(value: Any, where: str) -> bytes:
    try:
        salt = bytes.fromhex(value)
    except (TypeError, ValueError):
        salt = b""
    if len(salt) != SALT_BYTES:
        raise InputError("commitment_salt", where=where)
    return salt
