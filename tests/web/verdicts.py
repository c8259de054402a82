"""Verdicts made by hand in the contract's shape: one for each answer and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from mit.verify.verdict import CertificateShown, Check, Finding, Notice, Outcome, Verdict, in_order

NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ISSUED_ON = date(2026, 3, 2)
EXPIRES_ON = date(2027, 3, 1)

CABLE = {
    "product_th": "สายไฟฟ้าทองแดงหุ้มฉนวนพีวีซี แรงดัน 750 โวลต์",
    "product_en": "PVC insulated copper cable, 750 V",
    "brand": "สยามเคเบิล",
    "models": ["IEC 01 (THW)", "IEC 02 (VSF)", "VAF-G 2×2.5"],
    "hs_code": "85444942",
    "ranges": [
        {
            "property": "พื้นที่หน้าตัด",
            "unit": "ตร.มม.",
            "from": "1.5",
            "to": "400",
            "from_included": True,
            "to_included": True,
        }
    ],
}
CERTIFICATE = CertificateShown(
    number="MIT-2569-0012345-B",
    name_th="บริษัท สยามเคเบิลแอนด์ไวร์ จำกัด",
    name_en="Siam Cable and Wire Co., Ltd.",
    juristic_number="0105536112014",
    products=(CABLE,),
    product_count=1,
    issued_on=ISSUED_ON,
    expires_on=EXPIRES_ON,
    status="active",
)
_DATES = (("issued_on", ISSUED_ON), ("expires_on", EXPIRES_ON))
_PASSED = (
    Finding(Check.SIGNATURE, Outcome.PASS, "ok"),
    Finding(Check.KEY, Outcome.PASS, "ok", _DATES[:1]),
    Finding(Check.INTEGRITY, Outcome.PASS, "ok"),
    Finding(Check.IN_FORCE, Outcome.PASS, "ok", _DATES),
    Finding(Check.STATUS, Outcome.PASS, "ok"),
    Finding(Check.FRESHNESS, Outcome.PASS, "ok"),
)
VALID = Verdict(in_order(_PASSED), (), CERTIFICATE, TODAY, NOW)
SAMPLE = replace(VALID, notices=(Notice("sample"),))


def with_finding(finding: Finding, **changes: object) -> Verdict:
    """Return the valid verdict with one finding put in its place."""
    others = [other for other in _PASSED if other.check is not finding.check]
    return replace(VALID, findings=in_order([*others, finding]), **changes)  # type: ignore[arg-type]


EXPIRED = with_finding(
    Finding(Check.IN_FORCE, Outcome.FAIL, "expired", _DATES),
    certificate=replace(CERTIFICATE, status="expired"),
)
REVOKED = with_finding(
    Finding(Check.STATUS, Outcome.FAIL, "revoked", (("since_on", date(2026, 6, 1)),)),
    certificate=replace(CERTIFICATE, status="revoked"),
)
FORGED = Verdict(in_order([Finding(Check.SIGNATURE, Outcome.FAIL, "bad_signature")]), (), None, TODAY, NOW)
UNREADABLE = Verdict(
    in_order([Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable")]), (), None, TODAY, NOW
)
NO_STATUS = with_finding(
    Finding(Check.STATUS, Outcome.UNKNOWN, "no_status"), certificate=replace(CERTIFICATE, status=None)
)
EARLIER_DAY = replace(
    VALID, as_of=date(2026, 4, 1), notices=(Notice("later_revoked", (("since_on", date(2026, 6, 1)),)),)
)
MANY_PRODUCTS = replace(VALID, certificate=replace(CERTIFICATE, products=(CABLE,) * 200, product_count=200))
