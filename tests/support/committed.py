"""Made-up certificates that commit to cost sheets, with the file that opens them: for tests and vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mit.credential import canonical_json
from mit.credential.claims import CertifiedProduct, Claims
from mit.credential.commitment import commit, committed_content
from mit.credential.coverage import parse_coverage
from mit.criteria.assess import assess
from mit.criteria.cost_sheet import coverage_document, parse_cost_sheet, sheet_document
from mit.criteria.rulebook import load_rulebook
from tests.support.specimens import claims

RULE_SET = load_rulebook().by_id("mit-2563-1")
RUNNING = 20_777
#: By the direct formula at exactly 40.00 %: one satang of domestic material less is one too few.
AT_THE_THRESHOLD: dict[str, Any] = {
    "product": {
        "name_th": "โต๊ะทำงาน",
        "name_en": "Desk",
        "hs_code": "94033000",
        "unit": "ตัว",
        "models": ["D-1"],
    },
    "price_ex_works": "1000.00",
    "profit": "40.00",
    "lines": [
        {"kind": "material", "name": "ไม้อัด", "amount": "180.00", "origin": "domestic"},
        {"kind": "labour", "name": "ค่าแรง", "amount": "90.00"},
        {"kind": "overhead", "name": "ค่าโสหุ้ย", "amount": "90.00"},
        {
            "kind": "material",
            "name": "บานพับ",
            "amount": "600.00",
            "origin": "imported",
            "hs_code": "94039000",
        },
    ],
}
#: Below the threshold by value; every imported material changes its heading.
BY_TARIFF_SHIFT: dict[str, Any] = {
    "product": {
        "name_th": "ตู้เหล็ก",
        "name_en": "Cabinet",
        "hs_code": "94032000",
        "unit": "ตู้",
        "models": ["C-9"],
    },
    "price_ex_works": "1000.00",
    "lines": [
        {
            "kind": "material",
            "name": "แผ่นเหล็ก",
            "amount": "700.00",
            "origin": "imported",
            "hs_code": "72091690",
        },
        {"kind": "labour", "name": "ค่าแรง", "amount": "250.00"},
    ],
}


def salt(index: int) -> bytes:
    """Return the salt of the product at *index*, the same in every run: it hides nothing here."""
    return hashlib.sha256(f"published salt {index}".encode()).digest()


def normalised(document: dict[str, Any]) -> dict[str, Any]:
    """Return a cost sheet as it is stored."""
    return sheet_document(parse_cost_sheet(document))


def certified(index: int, document: dict[str, Any], *, formula: str = "") -> CertifiedProduct:
    """Return what a certificate would state of a cost sheet, with the commitment to it.

    It is met by the first formula that counts, unless one is named.
    """
    sheet = parse_cost_sheet(document)
    text = canonical_json.write(sheet_document(sheet)).decode("utf-8")
    return CertifiedProduct(
        coverage=parse_coverage(coverage_document(sheet.product)),
        formula=formula or assess(RULE_SET, sheet).deciding_formula or "direct",
        rule_set_id=RULE_SET.id,
        rule_set_sha256=RULE_SET.sha256,
        threshold="40",
        commitment=commit(salt(index), committed_content(text)),
    )


def committed_claims(*documents: dict[str, Any], running: int = RUNNING) -> Claims:
    """Return claims whose products commit to cost sheets: two of different formulas where none is named."""
    sheets = documents or (AT_THE_THRESHOLD, BY_TARIFF_SHIFT)
    products = tuple(certified(index, document) for index, document in enumerate(sheets, start=1))
    return replace(claims(1, running=running), products=products)


def opening_document(of: Claims, sheets: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return the file that opens *of*, as the service gives it."""
    documents = sheets or (AT_THE_THRESHOLD, BY_TARIFF_SHIFT)
    return {
        "type": "mit-opening/1",
        "number": str(of.number),
        "products": [
            {
                "index": index,
                "product_th": document["product"]["name_th"],
                "product_en": document["product"]["name_en"],
                "ruleset": {"id": RULE_SET.id, "sha256": RULE_SET.sha256},
                "salt": salt(index).hex(),
                "sheet": normalised(deepcopy(document)),
            }
            for index, document in enumerate(documents, start=1)
        ],
    }
