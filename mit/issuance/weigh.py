"""Weigh what was typed: is it good enough, what is wrong where, and what does the rule set say.

Nothing is stored here; a cost sheet is assessed at once, so that who types it sees what comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mit.credential.coverage import parse_coverage
from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_sheet import CostSheet, coverage_document, parse_cost_sheet, sheet_sha256
from mit.criteria.product import Product, read_product
from mit.criteria.rule_set import RuleSet
from mit.errors import Fault, InputError
from mit.issuance import typed
from mit.issuance.typed import TICKED, Typed
from mit.verify.memory import Memory

#: Stands in for the product while only its cost sheet is weighed.
_ANY_PRODUCT: Mapping[str, object] = {"name_th": "-", "name_en": "-", "hs_code": "000000", "unit": "-"}
_LONGEST_SITE, _LONGEST_NUMBER = 500, 60


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is wrong with a section, by field; for a cost sheet without faults, what the rules say.

    Attributes:
        is_general: whether the rule set says otherwise for some HS codes, and there is none yet.
    """

    faults: tuple[Fault, ...] = ()
    sheet: CostSheet | None = None
    assessment: Assessment | None = None
    is_general: bool = False


#: By rule set, the hash of the sheet, and whether its own HS code counts: one save asks three times, to keep,
#: to answer, and to show it again.
_weighed: Memory[tuple[str, str, bool], Weighed] = Memory(128 * 1024 * 1024)
#: What a line takes of it, roughly: seventeen references, and the texts that no other line has.
_BYTES_OF_LINE = 1_000


def weigh_factory(content: Typed) -> Weighed:
    """Say what is wrong with where it is made; the Thai name of the place is compulsory."""
    faults = []
    if not content["site_th"].strip():
        faults.append(Fault("text_missing", "site_th"))
    for name in typed.FACTORY_FIELDS:
        faults.extend(_site_faults(content[name], name))
    return Weighed(tuple(faults))


def weigh_product(content: Typed) -> Weighed:
    """Say what is wrong with the names, the code, the models and the ranges of a product."""
    faults: list[Fault] = []
    product = read_product(typed.product_document(content), "", faults)
    if not faults:
        faults.extend(_coverage_faults(product))
    return Weighed(tuple(_in_the_form(fault) for fault in faults))


def weigh_sheet(rule_set: RuleSet, product: Typed, sheet: Typed) -> Weighed:
    """Say what is wrong with a cost sheet, or assess it by *rule_set*.

    Where the product itself is not good enough yet, the sheet is weighed with a stand-in.  Without the
    product's HS code no line's code is looked at: the tariff shift stays open where anything is foreign.
    """
    described, faults = typed.product_document(product), weigh_product(product).faults
    has_code = "hs_code" in described and not any(fault.where == "hs_code" for fault in faults)
    if faults:
        described = dict(_ANY_PRODUCT) | ({"hs_code": described["hs_code"]} if has_code else {})
    try:
        read = _read(typed.sheet_document(described, sheet), has_code=has_code)
    except InputError as error:
        return _at_fault(error)
    key = (rule_set.sha256, sheet_sha256(read), has_code)
    found = _weighed.get(key)
    if found is None:
        found = _assessed(rule_set, read, has_code=has_code)
        _weighed.keep(key, found, weight_bytes=_BYTES_OF_LINE * (1 + len(read.lines)))
    return found


def calculate(rule_set: RuleSet, hs_code: str, sheet: Typed) -> Weighed:
    """Say what is wrong with a cost sheet that belongs to no product, or assess it; nothing is remembered.

    The HS code of what is made may be empty, as in ``weigh_sheet``.
    """
    described = dict(_ANY_PRODUCT) | ({"hs_code": hs_code.strip()} if hs_code.strip() else {})
    has_code = bool(hs_code.strip())
    try:
        read = _read(typed.sheet_document(described, sheet), has_code=has_code)
    except InputError as error:
        return _at_fault(error)
    return _assessed(rule_set, read, has_code=has_code)


def with_chain(weighed: Weighed, chain: Sequence[SupplierCertificate]) -> Weighed:
    """Return what was weighed, assessed with what is known of the suppliers' certificates that it names."""
    if not chain or weighed.sheet is None or weighed.assessment is None:
        return weighed
    return replace(weighed, assessment=assess(weighed.assessment.rule_set, weighed.sheet, chain))


def weigh_declaration(content: Typed) -> Weighed:
    """Say that the declaration is not made yet."""
    return Weighed(() if content["accepted"] == TICKED else (Fault("declaration_missing", "accepted"),))


def cost_sheet_of(product: Typed, sheet: Typed) -> CostSheet:
    """Return the cost sheet that was typed.

    Raises:
        InputError: ``cost_sheet`` with every fault.
    """
    return parse_cost_sheet(typed.sheet_document(typed.product_document(product), sheet))


def forget_weighed() -> None:
    """Forget what was remembered, as a new process has."""
    _weighed.clear()


def _read(document: object, *, has_code: bool) -> CostSheet:
    """Return a cost sheet; without the product's HS code no line's code is looked at.

    Raises:
        InputError: ``cost_sheet`` with every fault.
    """
    read = parse_cost_sheet(document)
    return read if has_code else replace(read, lines=read.lines.without("hs_code"))


def _assessed(rule_set: RuleSet, sheet: CostSheet, *, has_code: bool) -> Weighed:
    is_general = bool(rule_set.overrides) and not has_code
    try:
        return Weighed(sheet=sheet, assessment=assess(rule_set, sheet), is_general=is_general)
    except InputError as error:
        return _at_fault(error)


def _at_fault(error: InputError) -> Weighed:
    return Weighed(tuple(_in_the_form(fault) for fault in error.faults))


def _site_faults(text: str, name: str) -> list[Fault]:
    longest = _LONGEST_NUMBER if name == "factory_number" else _LONGEST_SITE
    if len(text.strip()) > longest:
        return [Fault("text_too_long", name, {"limit": longest})]
    if not all(sign.isprintable() or sign.isspace() for sign in text):
        return [Fault("text_unusable", name)]
    return []


def _coverage_faults(product: Product) -> list[Fault]:
    try:
        parse_coverage(coverage_document(product))
    except InputError as error:
        return list(error.faults)
    return []


_COVERAGE_PLACES = {"product_th": "name_th", "product_en": "name_en"}


def _in_the_form(fault: Fault) -> Fault:
    """Return the fault at the field that shows it; one of a single model stands at them all."""
    where = fault.where.removeprefix("product.").removeprefix("coverage.")
    where = _COVERAGE_PLACES.get(where, where)
    for name in ("models", "process"):
        if where.startswith(f"{name}["):
            where = name
    if ".evidence[" in where:
        where = (
            where.partition("[")[0] + "[" + where.partition("[")[2].partition(".evidence[")[0] + ".evidence"
        )
    if where in {"lines", "ranges"}:
        where = f"{where}[1].{'kind' if where == 'lines' else 'property'}"
    if where.startswith(("lines[", "ranges[")) and where.endswith("]"):
        where += ".kind" if where.startswith("lines") else ".from"
    return Fault(fault.code, where, fault.params)
