"""Made-up claims for benchmarks: every certificate has its own company and product names.

So no cache of shaped words or drawn lines helps more than it would in production.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

from mit.credential.claims import SLOTS_IN_A_LIST, CertifiedProduct, Claims, Holder, StatusSlot
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.issuer import IssuerProfile, neutral_issuer_profiles
from mit.values.identifiers import CertificateNumber, juristic_check_digit
from mit.values.thai_date import last_valid_day, year_be

_FRONT = (
    "ศรี",
    "ไทย",
    "ทอง",
    "เจริญ",
    "พัฒน์",
    "สยาม",
    "รุ่ง",
    "มงคล",
    "ธารา",
    "บูรพา",
    "ล้านนา",
    "อีสาน",
    "สุวรรณ",
    "เกียรติ",
    "วัฒนา",
    "ภูมิ",
)
_BACK = ("อุตสาหกรรม", "โลหะกิจ", "การไฟฟ้า", "วิศวกรรม", "พลาสติก", "เคมีภัณฑ์", "เครื่องเย็น", "วัสดุ", "เซรามิก")
_GOODS = (
    "เหล็กแผ่นรีดเย็น",
    "เครื่องปรับอากาศ",
    "สายไฟฟ้าหุ้มฉนวน",
    "ท่อพีวีซี",
    "กระเบื้องปูพื้น",
    "หม้อแปลงไฟฟ้า",
    "โคมไฟถนน",
    "เก้าอี้สำนักงาน",
)
_GRADES = ("มาตรฐาน", "พิเศษ", "ประหยัดพลังงาน", "ชั้นคุณภาพหนึ่ง", "งานหนัก", "ส่งออก")
_RULE_SET_SHA256 = "5f" * 32


def made_up_claims(
    running: int, *, seed: int, issued_on: date, products: int = 10, sample: bool = True
) -> Claims:
    """Return the claims of one certificate; the same numbers give the same claims."""
    chance = random.Random(f"{seed}/{running}")
    expires_on = last_valid_day(issued_on)
    return Claims(
        number=CertificateNumber(year_be(issued_on), running),
        holder=_holder(chance, running),
        products=tuple(_product(chance, running, place) for place in range(1, products + 1)),
        issued_on=issued_on,
        expires_on=expires_on,
        slot=StatusSlot((expires_on.year - 2000) * 100, (running * 7919) % SLOTS_IN_A_LIST),
        issuer=_issuer(),
        sample=sample,
    )


def days_back(seed: int, running: int, *, span_days: int) -> timedelta:
    """Return how long ago a certificate was issued: evenly spread over *span_days*."""
    return timedelta(days=random.Random(f"{seed}/{running}/age").randrange(span_days))


@cache
def _issuer() -> IssuerProfile:
    return neutral_issuer_profiles()[0]


def _holder(chance: random.Random, running: int) -> Holder:
    name = "".join(chance.sample(_FRONT, 3)) + chance.choice(_BACK)
    first_twelve = f"0105590{running % 100_000:05d}"
    place = f"{chance.randrange(1, 999)}/{chance.randrange(1, 99)} หมู่ {chance.randrange(1, 15)}"
    return Holder(
        name_th=f"บริษัท {name} {running} จำกัด (มหาชน)",
        name_en=f"Made-up Works No. {running} Public Company Limited",
        juristic_number=first_twelve + juristic_check_digit(first_twelve),
        address_th=f"{place} ตำบลบางเสาธง อำเภอบางเสาธง จังหวัดสมุทรปราการ 10570",
        address_en=f"{place.split(maxsplit=1)[0]} Bang Sao Thong, Samut Prakan 10570",
        site_th=f"{place} ตำบลปลวกแดง อำเภอปลวกแดง จังหวัดระยอง 21140",
        site_en=f"{place.split(maxsplit=1)[0]} Pluak Daeng, Rayong 21140",
        factory_number=f"2021{running % 100_000:05d}25901",
    )


def _product(chance: random.Random, running: int, place: int) -> CertifiedProduct:
    letters = f"{chance.choice('ABCDEFGHJK')}{chance.choice('LMNPQRSTUV')}"
    is_range = chance.random() < 0.3
    coverage = CoverageEntry(
        product_th=f"{chance.choice(_GOODS)} {chance.choice(_GRADES)} แบบที่ {running % 9973}-{place}",
        product_en=f"Made-up product {running}-{place}",
        brand=f"{letters}{running % 997}",
        models=() if is_range else tuple(f"{letters}-{running % 997}{size}" for size in (12, 18, 24)),
        hs_code=f"{chance.randrange(7201, 9405)}{chance.randrange(1000, 9999)}",
        ranges=(ValueRange("ความหนา", "mm", "0.5", "1", to_included=False),) if is_range else (),
    )
    return CertifiedProduct(coverage, "direct", "mit-bench", _RULE_SET_SHA256, "40")
