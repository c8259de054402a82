"""The worked example of the template: one product, and every way to give a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: A cost sheet of the contract's shape; made up, like the companies and numbers in it.
EXAMPLE: Mapping[str, Any] = {
    "product": {
        "name_th": "หม้อแปลงไฟฟ้า (ตัวอย่าง)",
        "name_en": "Transformer (example)",
        "hs_code": "8504.40",
        "unit": "เครื่อง",
        "brand": "สยามตัวอย่าง",
        "models": ["ST-1", "ST-2"],
        "ranges": [
            {
                "property": "กำลังไฟฟ้า",
                "unit": "kVA",
                "from": "50",
                "to": "100",
                "from_included": True,
                "to_included": True,
            }
        ],
    },
    "price_ex_works": "12500.00",
    "vat_included": False,
    "process": ["cutting", "พันขดลวด", "ทดสอบ"],
    "lines": [
        {
            "kind": "material", "name": "แกนเหล็กซิลิคอน", "origin": "domestic", "quantity": "40", "unit": "กก.",
            "unit_price": "80", "waste_percent": "2.5", "amount": "3280.00", "hs_code": "7225.11",
            "supplier": "บริษัท ตัวอย่างเหล็กไทย จำกัด", "evidence": ["ใบกำกับภาษี 001/2569"],
        },
        {
            "kind": "material", "name": "ขดลวดทองแดง", "origin": "imported", "quantity": "25", "unit": "กก.",
            "unit_price": "4.2", "currency": "USD", "rate": "35.125", "rate_on": "2026-11-02",
            "amount": "3688.13", "hs_code": "8544.11", "country": "JP",
            "evidence": ["ใบขนสินค้าขาเข้า A001", "Invoice 77"],
        },
        {
            "kind": "material", "name": "น้ำมันหม้อแปลง", "origin": "unproven", "quantity": "10", "unit": "ลิตร",
            "unit_price": "45", "amount": "450.00", "hs_code": "2710.19",
        },
        {"kind": "labour", "name": "แรงงานพันขดลวดและประกอบ", "quantity": "12", "unit": "ชม.",
         "unit_price": "125", "amount": "1500.00"},
        {"kind": "overhead", "name": "ค่าโสหุ้ยโรงงาน", "amount": "900.00"},
        {"kind": "other", "name": "ค่าขนส่งถึงหน้าโรงงาน", "amount": "300.00"},
    ],
}  # fmt: skip
#: Lines (from 0) whose amount the example reckons by a formula of the workbook.
EXAMPLE_FORMULAS: Mapping[int, str] = {0: "ROUND(D{row}*F{row}*(1+G{row}/100),2)", 3: "D{row}*F{row}"}
#: Lines (from 0) whose amount the example leaves open, to be reckoned when it is read.
EXAMPLE_OPEN = frozenset({1, 2})
