"""What Somchai types into the forms: sections that are good, in the shape of the forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mit.criteria.rule_set import RuleSet
from mit.issuance import draft_sections
from mit.issuance.draft_sections import Place, Section, WrittenApplication
from mit.issuance.typed import as_typed
from mit.roles.actor import Actor
from mit.store import applications
from mit.store.db import transaction

FACTORY = {"site_th": "โรงงานบางปู", "site_en": "Bang Pu plant", "factory_number": "3-72-1/42สป"}
PRODUCT: dict[str, Any] = {
    "name_th": "สายไฟฟ้าแรงต่ำ",
    "name_en": "Low-voltage cable",
    "hs_code": "8544.49.32",
    "unit": "เมตร",
    "brand": "สยาม",
    "models": "SC-100\nSC-200",
    "ranges": [{"property": "พื้นที่หน้าตัด", "unit": "mm²", "from": "1.5", "to": "๔๐๐"}],
}
SHEET: dict[str, Any] = {
    "price_ex_works": "12,500.00",
    "profit": "1100",
    "process": "ตัด\nรีด",
    "lines": [
        {"kind": "material", "name": "ทองแดง", "amount": "๕,๒๐๐.๐๐", "origin": "domestic"},
        {"kind": "material", "name": "ฉนวน", "amount": "3,100.00", "origin": "imported", "country": "CN"},
        {"kind": "labour", "name": "ค่าแรง", "amount": "1900"},
        {"kind": "overhead", "name": "ค่าโสหุ้ย", "amount": "1,200.00", "rate_on": "25 พ.ย. 2569"},
    ],
}


def keep(
    actor: Actor, number: str, place: Place, content: dict[str, Any], *, rules: RuleSet, now: datetime
) -> Section:
    """Save one section over whatever stands there."""
    before = draft_sections.read(actor, number).section(place)
    section = Section(place, content, before.version)
    return draft_sections.save(actor, number, section, rule_set=rules, now=now)


def write_good(actor: Actor, number: str, *, rules: RuleSet, now: datetime) -> int:
    """Write everything that a submission needs; return the product's number in the draft."""
    keep(actor, number, Place("factory"), FACTORY, rules=rules, now=now)
    product = draft_sections.add_product(actor, number, now=now)
    keep(actor, number, Place("product", product), PRODUCT, rules=rules, now=now)
    keep(actor, number, Place("sheet", product), SHEET, rules=rules, now=now)
    return product


def write_many(actor: Actor, products: int, *, now: datetime) -> str:
    """Begin an application of so many good products, each with a sheet of its own; return its number."""
    begun = draft_sections.start(actor, now=now)
    sections = [Section(Place("factory"), as_typed("factory", FACTORY))]
    for at in range(1, products + 1):
        product = PRODUCT | {"name_th": f"สายไฟฟ้า แบบที่ {at}", "models": f"SC-{at}"}
        sheet = SHEET | {"process": f"ตัด\nรีดครั้งที่ {at}"}
        sections.append(Section(Place("product", at), as_typed("product", product)))
        sections.append(Section(Place("sheet", at), as_typed("sheet", sheet)))
    with transaction() as session:
        application = applications.lock_application(session, begun.application_id)
        draft_sections.write_sections(session, application, sections, by=actor.user_id, now=now)
    return begun.number


def begun(actor: Actor, *, now: datetime) -> WrittenApplication:
    """Begin an application and return it."""
    return draft_sections.read(actor, draft_sections.start(actor, now=now).number)
