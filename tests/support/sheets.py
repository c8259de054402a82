"""Cost sheets for tests, as the JSON of contract section 5, and rule sets with settings changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from mit.criteria.rule_set import RuleSet, parse_rule_set

Document = dict[str, Any]

RULE_SET_FILE = Path(__file__).parents[2] / "mit" / "criteria" / "rulesets" / "mit-2563-1.json"
#: An HS code under the same heading as the product's: it does not shift.
SAME_HEADING = "8504.90"
#: An HS code under another heading: it shifts.
OTHER_HEADING = "7409.11"


def product(**members: Any) -> Document:
    """Return a product; *members* replace or add."""
    plain = {
        "name_th": "หม้อแปลงไฟฟ้า",
        "name_en": "Transformer",
        "hs_code": "8504.40",
        "unit": "เครื่อง",
    }
    return {**plain, **members}


def material(
    amount: str, origin: str = "imported", hs_code: str | None = SAME_HEADING, **members: Any
) -> Document:
    """Return a material line."""
    line: Document = {"kind": "material", "name": "วัตถุดิบ", "amount": amount, "origin": origin, **members}
    if hs_code is not None:
        line["hs_code"] = hs_code
    return line


def cost(kind: str, amount: str, **members: Any) -> Document:
    """Return a line of labour, overhead or other cost."""
    return {"kind": kind, "name": kind, "amount": amount, **members}


def sheet(price: str, *lines: Document, **members: Any) -> Document:
    """Return a cost sheet."""
    return {"product": product(), "price_ex_works": price, "lines": list(lines), **members}


def full_sheet() -> Document:
    """Return a sheet that uses every member there is."""
    return sheet(
        "13375.00",
        material(
            "3200.00",
            "domestic",
            name="แกนเหล็ก",
            country="TH",
            quantity="2.5",
            unit="กก.",
            unit_price="1280.00",
            waste_percent="3",
            supplier="บริษัท เหล็กไทย จำกัด",
            supplier_tax_number="0105556000751",
            supplier_certificate="MIT-2569-0000001-A",
            evidence=["ใบกำกับภาษี 1", "ใบส่งของ 2"],
        ),
        cost("labour", "1500.00"),
        cost("overhead", "900.00"),
        cost("other", "300.00"),
        material(
            "5500.00",
            "imported",
            hs_code="8504.90.90",
            name="ขดลวด",
            country="CN",
            quantity="1",
            unit_price="161.76",
            currency="USD",
            rate="34.00",
            rate_on="2026-11-02",
        ),
        product=product(
            brand="สยาม",
            models=["ST-1", "ST-2"],
            capacity_per_year="12000",
            volume_per_year="9000.5",
            ranges=[
                {
                    "property": "กำลังไฟฟ้า",
                    "unit": "kVA",
                    "from": "50",
                    "to": "160.5",
                    "from_included": True,
                    "to_included": False,
                }
            ],
        ),
        vat_included=True,
        profit="1100.00",
        process=["ตัดแผ่นเหล็ก", "simple_assembly"],
    )


def rule_document() -> Document:
    """Return a fresh copy of the rule set that ships."""
    document: Document = json.loads(RULE_SET_FILE.read_text(encoding="utf-8"))
    return document


def rule_set(**values: Any) -> RuleSet:
    """Return the rule set that ships with some settings' values changed."""
    return parse_rule_set(changed_rules(**values))


def changed_rules(**values: Any) -> Document:
    """Return the document of the rule set that ships with some settings' values changed."""
    document = copy.deepcopy(rule_document())
    for name, value in values.items():
        unstated = {"mark": "unknown", "sources": [], "text": {"th": "ไม่ทราบ", "en": "Not known"}}
        document["settings"].setdefault(name, unstated)["value"] = value
    return document


def overriding(
    by_hs_prefix: dict[str, Document] | None = None,
    by_group: dict[str, tuple[list[str], Document]] | None = None,
    **values: Any,
) -> Document:
    """Return the rule set that ships, settings changed, with values of its own by prefix and by group.

    A group is given as its prefixes and its values.  No case tries them: ``with_case`` adds one.
    """
    document, named = changed_rules(**values), by_group or {}
    document["groups"] = {
        key: {
            "title": {"th": f"สินค้า {key}", "en": f"goods {key}"},
            "hs_prefixes": prefixes,
            "mark": "unknown",
            "sources": [],
        }
        for key, (prefixes, _) in named.items()
    }
    document["overrides"] = {
        "by_hs_prefix": {prefix: override(own) for prefix, own in (by_hs_prefix or {}).items()},
        "by_group": {key: override(own) for key, (_, own) in named.items()},
    }
    return document


def override(values: Document) -> Document:
    """Return an entry of ``overrides`` that gives these values."""
    return {
        "because": {"th": "มีผู้ผลิตในประเทศมากพอ", "en": "enough is made in Thailand"},
        "settings": {
            name: {
                "value": value,
                "mark": "unknown",
                "sources": [],
                "text": {"th": f"ค่าเฉพาะของ {name} คือ {value}", "en": f"its own {name} is {value}"},
            }
            for name, value in values.items()
        },
    }


def with_case(document: Document, hs_code: str, **expected: Any) -> Document:
    """Return *document* with a case more: half of a product of that HS code is foreign and stays.

    *expected* replaces what is expected of it where the general settings count.
    """
    case = {
        "name": f"half of {hs_code}",
        "sheet": sheet("100.00", material("50.00", hs_code=hs_code), product=product(hs_code=hs_code)),
        "expected": {
            "meets": True,
            "direct": {"meets": True, "shown_percent": "50.00"},
            "build_down": {"meets": True, "shown_percent": "50.00"},
            "tariff_shift": {"meets": False, "shown_percent": "50.00"},
        }
        | expected,
    }
    return {**document, "cases": [*document["cases"], case]}
