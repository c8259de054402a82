"""A case file of an invented application with two products, one that meets and one that does not."""

from __future__ import annotations

from typing import Any

from mit.credential import canonical_json
from mit.credential.coverage import parse_coverage
from mit.criteria.assess import ENGINE_VERSION, assess
from mit.criteria.cost_sheet import coverage_document, parse_cost_sheet, sheet_document
from mit.criteria.rule_set import RuleSet
from mit.issuance.case_file import (
    CaseFile,
    FiledApproval,
    FiledProduct,
    StoredAssessment,
    sha256_of,
    write_case_file,
)
from mit.values.identifiers import application_number
from tests.support import desk
from tests.support.sheets import rule_set

NAME = "case/case.json"
_NUMBER = application_number(2569, 1)


def case_file() -> bytes:
    """Return the sample."""
    rules = rule_set()
    products = tuple(_product(at, rules, meets=at == 1) for at in (1, 2))
    content = _spell(_content(rules, products))
    digest = sha256_of(content)
    decisions = _spell(
        [
            {"position": 1, "keep": True, "reason": ""},
            {"position": 2, "keep": False, "reason": "ไม่ผ่านเกณฑ์"},
        ]
    )
    return write_case_file(
        CaseFile(
            application=_NUMBER,
            state="approved",
            submitted_at="2026-11-25T07:30:00Z",
            certificate="MIT-2569-0012345-B",
            content=content,
            content_digest=digest,
            rule_set_id=rules.id,
            rule_set_sha256=rules.sha256,
            rule_set=rules.document,
            products=products,
            approvals=(
                FiledApproval("recommendation", digest, decisions, "", "มาลี ตัวอย่าง", "2026-11-25T08:00:00Z"),
                FiledApproval("approval", digest, decisions, "", "อนันต์ ตัวอย่าง", "2026-11-25T09:00:00Z"),
            ),
        )
    )


def _product(at: int, rules: RuleSet, *, meets: bool) -> FiledProduct:
    document = desk.sheet_document(at, meets=meets)
    if not meets:
        document["lines"][0]["hs_code"] = "8544.49"  # stays under its heading: nothing is left open
    sheet = parse_cost_sheet(document)
    said = assess(rules, sheet)
    text, answer = _spell(sheet_document(sheet)), _spell(said.to_document())
    return FiledProduct(
        position=at,
        name_th=sheet.product.name_th,
        name_en=sheet.product.name_en,
        cost_sheet=text,
        cost_sheet_sha256=sha256_of(text),
        decision="certified" if meets else "refused",
        decision_reason="" if meets else "ไม่ผ่านเกณฑ์",
        assessment=StoredAssessment(
            document=answer,
            document_sha256=sha256_of(answer),
            rule_set_sha256=rules.sha256,
            input_sha256=said.input_sha256,
            engine_version=ENGINE_VERSION,
            meets=said.meets is True,
            deciding_formula=said.deciding_formula or "",
            assessed_at="2026-11-25T07:30:00Z",
        ),
    )


def _content(rules: RuleSet, products: tuple[FiledProduct, ...]) -> dict[str, Any]:
    return {
        "application": _NUMBER,
        "rule_set": {"id": rules.id, "sha256": rules.sha256},
        "products": [
            {
                "position": product.position,
                "cost_sheet_sha256": product.cost_sheet_sha256,
                "coverage": _coverage(product),
                "assessment": {
                    "document_sha256": product.assessment.document_sha256,
                    "input_sha256": product.assessment.input_sha256,
                    "rule_set_sha256": product.assessment.rule_set_sha256,
                    "meets": product.assessment.meets,
                    "deciding_formula": product.assessment.deciding_formula or None,
                },
            }
            for product in products
        ],
    }


def _coverage(product: FiledProduct) -> str:
    sheet = parse_cost_sheet(canonical_json.read(product.cost_sheet.encode("utf-8")))
    return _spell(parse_coverage(coverage_document(sheet.product)).to_document())


def _spell(document: object) -> str:
    return canonical_json.write(document).decode("utf-8")
