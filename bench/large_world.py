"""Applications of many products and many cost lines, made up for benchmarks; every text differs.

Their sections stand as if they had been typed and saved, good; from there on the product's own work
functions and pages do everything.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from mit.issuance import draft_sections
from mit.issuance.draft_sections import Place, Section
from mit.issuance.typed import as_typed
from mit.roles.actor import Actor
from mit.store import applications, tables
from mit.store.db import new_id, transaction

_MATERIALS = ("ทองแดง", "เหล็กแผ่น", "เม็ดพลาสติก", "ฉนวน", "สกรู", "แผงวงจร", "สีเคลือบ", "อะลูมิเนียม")
_SHAPES = ("เส้น", "แผ่น", "ชิ้น", "ม้วน", "แท่ง", "ชุด", "เม็ด")
_MAKERS = ("ศรีไทย", "สยามโลหะ", "บูรพาพลาสติก", "เจริญกิจ", "รุ่งเรือง", "ธารา", "ล้านนาเทคโน")
_GOODS = ("สายไฟฟ้า", "โคมไฟถนน", "พัดลมอุตสาหกรรม", "ตู้ควบคุม", "หม้อแปลงไฟฟ้า", "ปั๊มน้ำ", "เครื่องปรับอากาศ")
FACTORY = {"site_th": "โรงงานบางปู", "site_en": "Bang Pu plant", "factory_number": "3-72-1/42สป"}
_ZEROS = "0" * 64


def made_up_product(at: int, *, seed: int) -> dict[str, Any]:
    """Return the at-th product as it would have been typed."""
    chance = random.Random(f"{seed}/product/{at}")
    code = f"{chance.choice('ABCDEFGH')}{chance.choice('KLMNPQ')}-{at}"
    return as_typed(
        "product",
        {
            "name_th": f"{chance.choice(_GOODS)}ชนิดพิเศษสำหรับงานอุตสาหกรรม แบบที่ {at}",
            "name_en": f"Made-up industrial product No. {at}",
            "hs_code": "8544.49.32",
            "unit": "เครื่อง",
            "brand": f"สยาม {chance.randrange(900)}",
            "models": "\n".join(f"{code}-{size}" for size in (100, 200, 300)),
        },
    )


def made_up_sheet(at: int, lines: int, *, seed: int) -> dict[str, Any]:
    """Return the at-th cost sheet of so many lines as it would have been typed; it meets the rules."""
    chance = random.Random(f"{seed}/sheet/{at}")
    rows = [_material(chance, number) for number in range(1, lines - 1)]
    rows += [{"kind": "labour", "name": "ค่าแรง", "amount": f"{lines * 20}.00"}]
    rows += [{"kind": "overhead", "name": "ค่าโสหุ้ย", "amount": f"{lines * 15}.00"}]
    total = sum(float(row["amount"]) for row in rows)
    content = {"price_ex_works": f"{int(total * 1.1)}.00", "process": "ตัด\nประกอบ\nทดสอบ", "lines": rows}
    return as_typed("sheet", content)


def begin_large(author: Actor, products: int, lines: int, *, seed: int, now: datetime) -> str:
    """Begin an application whose sections are all good; return its number."""
    begun = draft_sections.start(author, now=now)
    sections = [Section(Place("factory"), as_typed("factory", FACTORY))]
    for at in range(1, products + 1):
        sections.append(Section(Place("product", at), made_up_product(at, seed=seed)))
        sections.append(Section(Place("sheet", at), made_up_sheet(at, lines, seed=seed)))
    with transaction() as session:
        application = applications.lock_application(session, begun.application_id)
        draft_sections.write_sections(session, application, sections, by=author.user_id, now=now)
    return begun.number


def fill_queue(author: Actor, cases: int, *, now: datetime) -> None:
    """Put *cases* submitted applications of one product each straight into the tables."""
    found: list[UUID] = [new_id() for _ in range(cases)]
    rows = [
        {
            "id": key, "number": f"Q-{at:06d}", "organisation_id": author.organisation_id,
            "author_id": author.user_id, "state": "submitted", "version": 1, "content_digest": _ZEROS,
            "profile_version": "mit-1", "created_at": now, "changed_at": now,
            "submitted_at": now - timedelta(minutes=at), "site_th": "", "site_en": "", "factory_number": "",
            "reasons": "",
        }
        for at, key in enumerate(found)
    ]  # fmt: skip
    products = [
        {
            "id": new_id(), "application_id": key, "position": 1, "name_th": f"สินค้าที่ {at}", "name_en": "",
            "price_ex_works_satang": 100, "cost_sheet": "{}", "cost_sheet_sha256": _ZEROS, "coverage": "{}",
            "decision_reason": "",
        }
        for at, key in enumerate(found)
    ]  # fmt: skip
    with transaction() as session:
        session.execute(insert(tables.metadata.tables["applications"]), rows)
        session.execute(insert(tables.metadata.tables["application_products"]), products)


def _material(chance: random.Random, number: int) -> dict[str, str]:
    quantity, price = chance.randrange(1, 90), chance.randrange(100, 9_000)
    row = {
        "kind": "material",
        "name": f"{chance.choice(_MATERIALS)}{chance.choice(_SHAPES)} ขนาด {number} มม.",
        "amount": f"{quantity * price // 100}.{quantity * price % 100:02d}",
        "origin": "domestic",
        "hs_code": f"{chance.randrange(7201, 8400)}.{chance.randrange(10, 99)}",
        "quantity": str(quantity),
        "unit": "กก.",
        "unit_price": f"{price // 100}.{price % 100:02d}",
        "supplier": f"บริษัท {chance.choice(_MAKERS)} {chance.randrange(1, 60)} จำกัด",
    }
    if chance.random() < 0.3:
        row |= {"origin": "imported", "country": chance.choice(("CN", "JP", "DE", "MY")), "supplier": ""}
    return row
