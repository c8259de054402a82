"""Re-perform a decision from its case file alone: check every hash, reckon again, compare to the byte.

Nothing is asked of a database, a network or the rule sets of this installation: the file brings its
own.  A file that was changed in one place does not agree with itself.  One that was made up as a whole
may: whether it is FTI's is said by its content digest, which the certificate's approvals name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mit.credential import canonical_json
from mit.criteria.assess import ENGINE_VERSION, assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import checked_rule_set, read_document
from mit.errors import Fault, InputError, RulebookError
from mit.issuance.case_file import CaseFile, FiledProduct, sha256_of
from mit.issuance.differences import Difference, differences

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
    yield Check("content_named", _content_of(case_file) == _named(case_file))
    for product in case_file.products:
        yield from _product_checks(product, case_file, rule_set)
    for approval in case_file.approvals:
        yield _equal("approval", approval.content_digest, case_file.content_digest)


def _product_checks(product: FiledProduct, case_file: CaseFile, rule_set: RuleSet | None) -> Iterator[Check]:
    at, said = product.position, product.assessment
    yield _hash("sheet", product.cost_sheet, product.cost_sheet_sha256, at)
    yield _hash("document", said.document, said.document_sha256, at)
    yield _equal("by_rule_set", said.rule_set_sha256, case_file.rule_set_sha256, at)
    yield _equal("engine", said.engine_version, ENGINE_VERSION, at)
    if rule_set is not None:
        yield from _reckoned(product, rule_set)


def _reckoned(product: FiledProduct, rule_set: RuleSet) -> Iterator[Check]:
    """Reckon one cost sheet again and compare with what was stored of it."""
    at, said = product.position, product.assessment
    try:
        again = assess(rule_set, parse_cost_sheet(_read(product.cost_sheet)))
    except InputError as error:
        yield Check("sheet_read", agrees=False, product=at, faults=tuple(error.faults))
        return
    document = again.to_document()
    text = canonical_json.write(document).decode("utf-8")
    yield _equal("input", said.input_sha256, again.input_sha256, at)
    stored_answer = f"{_word(said.meets)} {said.deciding_formula}".strip()
    yield _equal(
        "answer", stored_answer, f"{_word(again.meets is True)} {again.deciding_formula or ''}".strip(), at
    )
    changes = () if text == said.document else _changes(said.document, document)
    yield Check("result", text == said.document, at, changes=changes)


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
    except ValueError:
        return ()
    return differences(before, json.loads(json.dumps(found)))


def _read(text: str) -> Any:
    return canonical_json.read(text.encode("utf-8", "replace"), limit_bytes=_LARGEST_TEXT)


def _hash(code: str, text: str, stored: str, product: int = 0) -> Check:
    return _equal(code, stored, sha256_of(text), product)


def _equal(code: str, stored: str, found: str, product: int = 0) -> Check:
    return Check(code, stored == found, product, stored, found)


def _word(value: object) -> str:
    return json.dumps(value)
