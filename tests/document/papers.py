"""Papers to print: claims of a fictitious manufacturer with any number of products."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from mit.credential.claims import CertifiedProduct, Claims, Holder, StatusSlot
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.issuer import IssuerProfile
from mit.document.certificate_pdf import CertificatePaper
from mit.values.identifiers import CertificateNumber

HOST = "mit.example.or.th"
CREDENTIAL = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJkaWQ6d2ViOm1pdCJ9.c2lnbmF0dXJl"

ISSUER = IssuerProfile(
    in_force_from=date(2020, 1, 1),
    in_force_until=None,
    name_th="สำนักงานรับรองสินค้าที่ผลิตในประเทศไทย",
    name_en="Made in Thailand Certification Office",
    short_name="MiT",
    address_th="99 ถนนตัวอย่าง แขวงตัวอย่าง เขตตัวอย่าง กรุงเทพมหานคร 10000",
    address_en="99 Example Road, Bangkok 10000",
    telephone="0 2000 0000",
    website=HOST,
    signatory_name_th="นายสมมติ ตัวอย่างดี",
    signatory_name_en="Sommut Tuayangdee",
    signatory_position_th="ผู้อำนวยการสำนักงาน",
    signatory_position_en="Director of the Office",
    mark="unverified",
)

HOLDER = Holder(
    name_th="บริษัท สยามเคเบิลอุตสาหกรรม จำกัด (มหาชน)",
    name_en="Siam Cable Industry Public Company Limited",
    juristic_number="0105536112014",
    address_th="123/45 หมู่ 6 ถนนสุขสวัสดิ์ ตำบลบางครุ อำเภอพระประแดง จังหวัดสมุทรปราการ 10130",
    address_en="123/45 Moo 6, Suksawat Road, Bang Khru, Phra Pradaeng, Samut Prakan 10130",
    site_th="88 หมู่ 9 นิคมอุตสาหกรรมบางปู ถนนสุขุมวิท ตำบลแพรกษา อำเภอเมืองสมุทรปราการ จังหวัดสมุทรปราการ 10280",
    site_en="88 Moo 9, Bang Poo Industrial Estate, Sukhumvit Road, Samut Prakan 10280",
    factory_number="3-72-5/52สป",
)

LONG_HOLDER = Holder(
    name_th=(
        "บริษัท อุตสาหกรรมเครื่องปรับอากาศและผลิตภัณฑ์โลหะแปรรูปความเที่ยงตรงสูง"
        "แห่งภาคตะวันออกเฉียงเหนือตอนบน (ประเทศไทย) จำกัด (มหาชน)"
    ),
    name_en=(
        "Upper North-Eastern Precision Air-Conditioning and Processed Metal Products Industry "
        "(Thailand) Public Company Limited"
    ),
    juristic_number="0105536112014",
    address_th=HOLDER.address_th * 2,
    address_en=HOLDER.address_en * 2,
    site_th=HOLDER.site_th * 2,
    site_en=HOLDER.site_en * 2,
    factory_number="3-72-5/52สป",
)

NATURAL_PERSON = Holder(
    name_th="นางสาวปิ่นแก้ว ผู้น้ำผึ้ง",
    name_en="Ms Pinkaew Phunamphueng",
    juristic_number=None,
    address_th="7 หมู่ 2 ตำบลป่าตึง อำเภอแม่จัน จังหวัดเชียงราย 57110",
    address_en="7 Moo 2, Pa Tueng, Mae Chan, Chiang Rai 57110",
    site_th="",
    site_en="",
    factory_number="",
)

_KINDS = (
    ("สายไฟฟ้าทองแดงหุ้มฉนวนพีวีซี", "PVC insulated copper cable", "85444920"),
    ("เครื่องปรับอากาศแบบแยกส่วน", "Split type air conditioner", "84151010"),
    ("โคมไฟถนนแอลอีดี พร้อมเสาเหล็กชุบสังกะสี", "LED street lantern with galvanised steel pole", "94054190"),
    ("ท่อพอลิเอทิลีนความหนาแน่นสูงสำหรับน้ำดื่ม", "High density polyethylene pipe for drinking water", "39172100"),
    ("เก้าอี้นักเรียนระดับประถมศึกษา", "Primary school chair", "940320"),
    ("หม้อแปลงไฟฟ้ากำลังชนิดแห้งติดตั้งในอาคาร", "Dry-type power transformer for indoor use", "85043419000"),
)


def product(item: int, formula: str = "direct") -> CertifiedProduct:
    """Return the item-th of a varied, repeatable row of products."""
    chance = random.Random(item)
    thai, english, hs_code = _KINDS[item % len(_KINDS)]
    models = tuple(
        f"{chance.choice('ABKSTX')}{chance.choice('CLMNV')}-{chance.randrange(100, 9999)}"
        for _ in range(chance.choice((0, 1, 1, 2, 3, 6)))
    )
    ranges = (
        (ValueRange("พื้นที่หน้าตัด", "mm²", "1.5", "400"),)
        if item % 6 == 0
        else (ValueRange("กำลัง", "kW", "2", None, from_included=False),)
        if item % 3 == 0
        else ()
    )
    coverage = CoverageEntry(thai, english, chance.choice(("", "ช้างแดง", "SIAMCO")), models, hs_code, ranges)
    return CertifiedProduct(coverage, formula, "mit-2563-1", "ab" * 32, "40")


def claims(count: int = 3, *, holder: Holder = HOLDER, sample: bool = False) -> Claims:
    """Return claims over *count* products."""
    return Claims(
        number=CertificateNumber(2569, 12345),
        holder=holder,
        products=tuple(product(item) for item in range(count)),
        issued_on=date(2026, 11, 21),
        expires_on=date(2027, 11, 20),
        slot=StatusSlot(2700, 77),
        issuer=ISSUER,
        sample=sample,
    )


def qr_text(length_bytes: int = 240) -> str:
    """Return an address with as many digits as a payload of *length_bytes* takes."""
    payload = int.from_bytes(random.Random(7).randbytes(length_bytes), "big") | 1 << (8 * length_bytes - 1)
    return f"https://{HOST}/v/{payload}"


def paper(count: int = 3, *, holder: Holder = HOLDER, sample: bool = False) -> CertificatePaper:
    """Return a paper over *count* products."""
    return CertificatePaper(claims(count, holder=holder, sample=sample), qr_text(), HOST, CREDENTIAL)


def mixed_paper(count: int) -> CertificatePaper:
    """Return a paper whose products meet three different formulas."""
    formulas = ("direct", "build_down", "tariff_shift")
    made = claims(count)
    products = tuple(replace(each, formula=formulas[k % 3]) for k, each in enumerate(made.products))
    return CertificatePaper(replace(made, products=products), qr_text(), HOST, CREDENTIAL)
