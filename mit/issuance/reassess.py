"""Re-perform a decision from its case file alone: check every hash, reckon again, compare to the byte.

Nothing is asked of a database, a network or the rule sets of this installation: the file brings its
own.  A file that was changed in one place does not agree with itself.  One that was made up as a whole
may: whether it is FTI's is said by its content digest, which the certificate's approvals name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mit.credential import canonical_json
from mit.credential.coverage import parse_coverage
from mit.criteria.assess import ENGINE_VERSION, assess
from mit.criteria.chain import SupplierCertificate, frozen_chain
from mit.criteria.cost_sheet import CostSheet, coverage_document, parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import checked_rule_set, read_document
from mit.errors import Fault, InputError, RulebookError
from mit.issuance.case_file import CaseFile, FiledApproval, FiledProduct, sha256_of
from mit.issuance.differences import Difference, differences
from mit.values.in_force import is_in_force
from mit.values.thai_date import bangkok_day

#: What an assessment says in figures; its sentences may be worded otherwise by another version.
_FIGURES = ("meets", "ruleset", "formulas", "deciding_formula", "input_sha256", "trace")
#: Largest text inside the file, in bytes; the sandbox let no larger file in.
_LARGEST_TEXT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison; its sentences are ``reassess.<code>_same`` and ``reassess.<code>_differs``.

    Attributes:
        product: the position of the product; 0 for the whole case.
        agrees: whether both sides are the same to the byte.
        stored, found: the two sides in short; empty where they are too long to be read.
        changes: where a result differs, place by place.
        faults: why something could not be reckoned.
    """

    code: str
    agrees: bool
    product: int = 0
    stored: str = ""
    found: str = ""
    changes: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Reassessment:
    """What came of a case file."""

    application: str
    checks: tuple[Check, ...]

    @property
    def is_same(self) -> bool:
        """Say whether everything agrees."""
        return all(check.agrees for check in self.checks)


def reassess(case_file: CaseFile) -> Reassessment:
    """Return what agrees and what differs when the case is reckoned again."""
    return Reassessment(case_file.application, tuple(_checks(case_file)))


def _checks(case_file: CaseFile) -> Iterator[Check]:
    """(1) hashes of the whole, (2) the rule set by its own cases, (3) each product, (4) both approvals."""
    yield _hash("content", case_file.content, case_file.content_digest)
    yield _hash("rule_set", case_file.rule_set, case_file.rule_set_sha256)
    rule_set, faults = _rule_set(case_file)
    yield Check("rule_cases", rule_set is not None, faults=faults)
    if rule_set is not None:
        yield _equal("rule_set_id", case_file.rule_set_id, rule_set.id)
    yield Check("content_named", _content_of(case_file) == _named(case_file))
    coverages = _coverages(case_file)
    for product in case_file.products:
        yield from _filed(product, case_file)
        if rule_set is not None:
            yield from _reckoned(product, rule_set, coverages.get(product.position))
    for approval in case_file.approvals:
        yield from _approved(approval, case_file)


def _filed(product: FiledProduct, case_file: CaseFile) -> Iterator[Check]:
    """Check the hashes of one product, and what it says of rule set and engine."""
    at, said = product.position, product.assessment
    yield _hash("sheet", product.cost_sheet, product.cost_sheet_sha256, at)
    yield _hash("document", said.document, said.document_sha256, at)
    yield _equal("by_rule_set", said.rule_set_sha256, case_file.rule_set_sha256, at)
    yield _equal("engine", said.engine_version, ENGINE_VERSION, at)


def _reckoned(product: FiledProduct, rule_set: RuleSet, coverage: object) -> Iterator[Check]:
    """Reckon one cost sheet again and compare with what was stored of it."""
    at, said = product.position, product.assessment
    yield Check("in_force", _is_in_force(rule_set, said.assessed_at), at)
    try:
        sheet = parse_cost_sheet(_read(product.cost_sheet))
        again, named = assess(rule_set, sheet, _frozen(said.document)), _names_of(sheet)
    except InputError as error:
        yield Check("sheet_read", agrees=False, product=at, faults=tuple(error.faults))
        return
    yield Check("named", (product.name_th, product.name_en, coverage) == named, at)
    yield _equal("input", said.input_sha256, again.input_sha256, at)
    found_answer = _answer(again.meets is True, again.deciding_formula)
    yield _equal("answer", _answer(said.meets, said.deciding_formula), found_answer, at)
    document = again.to_document()
    text = canonical_json.write(document).decode("utf-8")
    yield Check("figures", _figures(said.document) == _figures(text), at)
    changes = () if text == said.document else _changes(said.document, document)
    yield Check("result", text == said.document, at, changes=changes)


def _figures(document: str) -> object:
    """Return the figures of an assessment without its sentences; None where it cannot be read."""
    try:
        said = _read(document)
        return {name: said[name] for name in _FIGURES}
    except (InputError, KeyError, TypeError):
        return None


def _approved(approval: FiledApproval, case_file: CaseFile) -> Iterator[Check]:
    """Check what an approval was given over and, of the last one, that each product was decided so."""
    yield _equal("approval", approval.content_digest, case_file.content_digest)
    if approval.kind == "approval":
        decided = [[one.position, one.decision, one.decision_reason] for one in case_file.products]
        yield Check("decisions", _decided_in(approval) == decided)


def _decided_in(approval: FiledApproval) -> object:
    """Return position, decision and reason of each product by the approval; None where it says nothing."""
    try:
        return [
            [one["position"], "certified" if one["keep"] is True else "refused", one["reason"]]
            for one in _read(approval.decisions)
        ]
    except (InputError, KeyError, TypeError):
        return None


def _names_of(sheet: CostSheet) -> tuple[str, str, str]:
    """Return how the product of a sheet is called, and what a certificate would cover of it."""
    coverage = parse_coverage(coverage_document(sheet.product)).to_document()
    return sheet.product.name_th, sheet.product.name_en, canonical_json.write(coverage).decode("utf-8")


def _is_in_force(rule_set: RuleSet, assessed_at: str) -> bool:
    try:
        return is_in_force(rule_set, bangkok_day(datetime.fromisoformat(assessed_at)))
    except (ValueError, OverflowError):
        return False


def _rule_set(case_file: CaseFile) -> tuple[RuleSet | None, tuple[Fault, ...]]:
    try:
        document = read_document(case_file.rule_set.encode("utf-8", "replace"), "rule_set")
        return checked_rule_set(document), ()
    except RulebookError as error:
        return None, tuple(error.faults)


def _content_of(case_file: CaseFile) -> object:
    """Return what the content says of application, rule set and products; None where it says nothing."""
    try:
        content = _read(case_file.content)
        return [
            content["application"],
            content["rule_set"],
            [
                [
                    product["position"],
                    product["cost_sheet_sha256"],
                    product["assessment"],
                ]
                for product in content["products"]
            ],
        ]
    except (InputError, KeyError, TypeError):
        return None


def _coverages(case_file: CaseFile) -> Mapping[object, object]:
    """Return what a certificate would cover of each product by the content; nothing where unread."""
    try:
        products = _read(case_file.content)["products"]
        return {product["position"]: product["coverage"] for product in products}
    except (InputError, KeyError, TypeError):
        return {}


def _named(case_file: CaseFile) -> object:
    """Return the same as it follows from the texts of the file themselves."""
    return [
        case_file.application,
        {"id": case_file.rule_set_id, "sha256": sha256_of(case_file.rule_set)},
        [[product.position, sha256_of(product.cost_sheet), _said(product)] for product in case_file.products],
    ]


def _said(product: FiledProduct) -> dict[str, object]:
    said = product.assessment
    return {
        "document_sha256": sha256_of(said.document),
        "input_sha256": said.input_sha256,
        "rule_set_sha256": said.rule_set_sha256,
        "meets": said.meets,
        "deciding_formula": said.deciding_formula or None,
    }


def _changes(stored: str, found: dict[str, object]) -> tuple[Difference, ...]:
    try:
        before = json.loads(stored)
    except (ValueError, RecursionError):
        return ()
    return differences(before, json.loads(json.dumps(found)))


def _frozen(document: str) -> tuple[SupplierCertificate, ...]:
    """Return what was known of suppliers' certificates; of a spoilt document nothing, it differs anyway."""
    try:
        return frozen_chain(_read(document))
    except InputError:
        return ()


def _read(text: str) -> Any:
    return canonical_json.read(text.encode("utf-8", "replace"), limit_bytes=_LARGEST_TEXT)


def _hash(code: str, text: str, stored: str, product: int = 0) -> Check:
    return _equal(code, stored, sha256_of(text), product)


def _equal(code: str, stored: str, found: str, product: int = 0) -> Check:
    return Check(code, stored == found, product, stored, found)


def _answer(meets: object, formula: str | None) -> str:
    return f"{json.dumps(meets)} {formula or ''}".strip()
