"""The words that a workbook may use for fields, columns, kinds and origins, in Thai and English.

``docs/cost-sheet.md`` shows them to people.  Case, spaces, punctuation and a unit in brackets do not
matter; a heading may give both languages, ``จำนวนเงิน / Amount``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Fields above the table: path in the cost sheet → words.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "product.name_th": ("ชื่อสินค้า", "ชื่อสินค้าภาษาไทย", "ชื่อสินค้า (ไทย)", "Product name (Thai)", "name_th"),
    "product.name_en": (
        "ชื่อสินค้าภาษาอังกฤษ",
        "ชื่อสินค้า (อังกฤษ)",
        "ชื่อสินค้า (English)",
        "Product name",
        "Product name (English)",
        "name_en",
    ),
    "product.hs_code": ("พิกัดศุลกากร", "พิกัดศุลกากรสินค้า", "พิกัดสินค้า", "HS code", "Product HS code"),
    "product.unit": ("หน่วย", "หน่วยนับ", "Unit"),
    "product.brand": ("ยี่ห้อ", "ตราสินค้า", "เครื่องหมายการค้า", "Brand"),
    "product.models": ("รุ่น", "Model", "Models"),
    "product.capacity_per_year": ("กำลังการผลิตต่อปี", "Capacity per year", "Yearly capacity"),
    "product.volume_per_year": ("ปริมาณที่จะผลิตต่อปี", "Volume per year", "Yearly volume"),
    "product.ranges": ("ช่วงคุณสมบัติ", "ช่วง", "Range", "Ranges"),
    "price_ex_works": ("ราคาหน้าโรงงาน", "ราคาขายหน้าโรงงาน", "Ex-works price", "Price ex works", "Price"),
    "vat_included": ("ราคารวมภาษีมูลค่าเพิ่ม", "รวมภาษีมูลค่าเพิ่ม", "รวม VAT", "VAT included", "Price includes VAT"),
    "profit": ("กำไร", "Profit"),
    "process": ("กระบวนการผลิต", "กรรมวิธีการผลิต", "Process", "Production process"),
}

#: Columns of the table: member of a line → words.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("ชนิด", "ประเภท", "ชนิดต้นทุน", "ประเภทต้นทุน", "Kind", "Type", "Cost type"),
    "name": ("รายการ", "ชื่อรายการ", "รายละเอียด", "Item", "Name", "Description"),
    "amount": ("จำนวนเงิน", "มูลค่า", "Amount", "Value"),
    "origin": ("แหล่งกำเนิด", "ถิ่นกำเนิด", "Origin"),
    "country": ("ประเทศ", "ประเทศต้นทาง", "Country"),
    "hs_code": ("พิกัดศุลกากร", "พิกัด", "HS code", "HS"),
    "quantity": ("ปริมาณ", "จำนวน", "Quantity", "Qty"),
    "unit": ("หน่วย", "หน่วยนับ", "Unit"),
    "unit_price": ("ราคาต่อหน่วย", "Unit price"),
    "waste_percent": ("ร้อยละการสูญเสีย", "การสูญเสีย", "% สูญเสีย", "Waste percent", "Waste %", "Waste"),
    "currency": ("สกุลเงิน", "Currency"),
    "rate": ("อัตราแลกเปลี่ยน", "Exchange rate", "Rate"),
    "rate_on": ("วันที่อัตราแลกเปลี่ยน", "วันที่ของอัตรา", "Rate date", "Rate on"),
    "supplier": ("ผู้ขาย", "ผู้จำหน่าย", "Supplier"),
    "supplier_tax_number": (
        "เลขประจำตัวผู้เสียภาษีผู้ขาย",
        "เลขประจำตัวผู้เสียภาษีของผู้ขาย",
        "Supplier tax number",
        "Supplier tax ID",
    ),
    "supplier_certificate": ("ใบรับรองผู้ขาย", "ใบรับรองของผู้ขาย", "เลขที่ใบรับรองผู้ขาย", "Supplier certificate"),
    "evidence": ("เอกสารประกอบ", "หลักฐาน", "Evidence"),
    "": ("ลำดับ", "ลำดับที่", "ที่", "No.", "#"),
}

#: Words that only make a guess: they are used for this, and for other things too.
NEAR_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("หมวด", "กลุ่มต้นทุน", "Category", "Cost category", "Group"),
    "name": ("ชื่อวัตถุดิบ", "ชิ้นส่วน", "ชื่อชิ้นส่วน", "สินค้า", "Material", "Part", "Part name", "Component"),
    "amount": ("ราคารวม", "รวมเงิน", "ต้นทุน", "Total", "Total cost", "Cost", "Line total", "Extended price"),
    "origin": ("ในประเทศ/นำเข้า", "ที่มา", "Source", "Local/Import"),
    "country": ("ประเทศผู้ผลิต", "COO", "Country of origin", "Made in"),
    "hs_code": ("พิกัดอัตราศุลกากร", "Tariff code", "HTS"),
    "quantity": ("จำนวนที่ใช้", "ปริมาณที่ใช้", "Usage", "Q'ty", "Amount used"),
    "unit": ("UOM", "Unit of measure"),
    "unit_price": ("ราคา/หน่วย", "หน่วยละ", "ราคา", "Price", "Price/unit", "Unit cost"),
    "waste_percent": ("เศษสูญเสีย", "Scrap", "Loss", "Scrap rate"),
    "currency": ("เงินตรา", "Curr.", "CCY"),
    "rate": ("อัตรา", "FX rate", "FX"),
    "rate_on": ("วันที่", "Date", "FX date"),
    "supplier": ("ผู้ผลิต", "ผู้ขายสินค้า", "Vendor", "Vendor name", "Supplier name"),
    "supplier_tax_number": ("เลขผู้เสียภาษี", "Tax ID", "TIN", "Vendor tax ID"),
    "supplier_certificate": ("เลขที่ใบรับรอง", "MiT", "Certificate", "Certificate no."),
    "evidence": ("เลขที่ใบกำกับ", "ใบกำกับภาษี", "เอกสาร", "Invoice", "Invoice no.", "Document"),
}

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "material": ("material", "วัตถุดิบ", "วัสดุ", "ชิ้นส่วน"),
    "labour": ("labour", "labor", "แรงงาน", "ค่าแรง", "ค่าแรงงาน"),
    "overhead": ("overhead", "ค่าโสหุ้ย", "โสหุ้ย", "ค่าโสหุ้ยการผลิต"),
    "other": ("other", "อื่นๆ", "อื่น ๆ", "ค่าใช้จ่ายอื่น", "ค่าใช้จ่ายอื่นๆ"),
}
ORIGIN_WORDS: Mapping[str, tuple[str, ...]] = {
    "domestic": ("domestic", "ในประเทศ", "ไทย", "Thai"),
    "imported": ("imported", "นำเข้า", "ต่างประเทศ"),
    "unproven": ("unproven", "ไม่มีหลักฐาน", "ยังไม่มีหลักฐาน", "พิสูจน์ไม่ได้"),
}
PROCESS_WORDS: Mapping[str, tuple[str, ...]] = {
    "cutting": ("cutting", "ตัด", "การตัด"),
    "packing": ("packing", "บรรจุ", "การบรรจุ"),
    "labelling": ("labelling", "ติดฉลาก", "การติดฉลาก"),
    "preserving": ("preserving", "ถนอมรักษา", "การถนอมรักษา"),
    "mixing": ("mixing", "ผสม", "การผสม"),
    "simple_assembly": ("simple_assembly", "simple assembly", "ประกอบอย่างง่าย", "การประกอบอย่างง่าย"),
}
FLAG_WORDS: Mapping[str, tuple[str, ...]] = {
    "true": ("true", "yes", "1", "ใช่", "รวม"),
    "false": ("false", "no", "0", "ไม่ใช่", "ไม่", "ไม่รวม"),
}
TOTAL_WORDS = ("รวม", "รวมทั้งสิ้น", "รวมทั้งหมด", "รวมเงิน", "ยอดรวม", "Total", "Grand total", "Sum")
#: The sheets of our own template: the one that is filled in, its worked example, and what explains them.
MAIN_SHEET = "แบบแสดงต้นทุน Cost sheet"
EXAMPLE_SHEETS = ("ตัวอย่าง Example", "ตัวอย่าง", "Example")
#: The list of wrong cells in a marked copy.
MARKED_SHEETS = ("ที่ต้องแก้ To correct",)
SIDE_SHEETS = ("คำอธิบาย How to", "รายการเลือก Lists", *MARKED_SHEETS)
NOTE_WORDS = ("หมายเหตุ", "Note", "Notes", "Remark", "Remarks")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What people said their own words mean: the plain word → a member; empty for one that is not read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


NOTHING_CHOSEN = Chosen()

_PUNCTUATION = re.compile(r"[\s:*_\-./()\[\]]+")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_LANGUAGES = re.compile(r"[/|\n]")


def plain(text: str) -> str:
    """Return a word as it is compared: one form, small letters, no spaces or punctuation."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).casefold())


def table_of(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return plain word → meaning."""
    return {plain(word): meaning for meaning, several in words.items() for word in several}


def find(text: str, table: Mapping[str, str]) -> str | None:
    """Return what *text* means: as it is, without its brackets, or the same in both its languages."""
    candidates = (text, _BRACKETS.sub("", text))
    for candidate in candidates:
        if (meaning := table.get(plain(candidate))) is not None:
            return meaning
    for candidate in candidates:
        meanings = {_of_part(part, table) for part in _LANGUAGES.split(candidate)}
        if len(meanings) == 1 and None not in meanings:
            return meanings.pop()
    return None


def _of_part(part: str, table: Mapping[str, str]) -> str | None:
    found = table.get(plain(part))
    return table.get(plain(_BRACKETS.sub("", part))) if found is None else found
