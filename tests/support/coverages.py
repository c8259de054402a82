"""Coverages to ask about: what certificates of several trades list."""

from __future__ import annotations

from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.coverage_question import CoverageAnswer, ask_coverage

#: Many models of one family, and a brand.
WIRE = CoverageEntry(
    product_th="สายไฟฟ้าทองแดง",
    product_en="Copper building wire",
    brand="RUNGROJ",
    models=("THW-A 10", "THW-A 16", "NYY 4x10", "IEC 01 (THW)"),
    hs_code="85444949",
)
#: No model, one range with an open lower end.
BOLT = CoverageEntry(
    product_th="สลักเกลียว",
    product_en="Hexagon bolt",
    brand="NOTDEE",
    models=(),
    hs_code="731815",
    ranges=(ValueRange("ความยาว", "mm", "10", "200", from_included=False, to_included=False),),
)
#: No model, two ranges of the same unit that lie across each other.
BOARD = CoverageEntry(
    product_th="แผ่นยิปซัม",
    product_en="Gypsum board",
    brand="",
    models=(),
    hs_code="68091100000",
    ranges=(
        ValueRange("ความกว้าง", "ซม.", "60", "120"),
        ValueRange("ความยาว", "ซม.", "100", "300"),
    ),
)
#: A range in square millimetres and models.
CABLE = CoverageEntry(
    product_th="สายไฟฟ้าแรงดันต่ำ",
    product_en="Low-voltage power cable",
    brand="สยามเคเบิล",
    models=("CV-FD",),
    hs_code="85444942",
    ranges=(ValueRange("พื้นที่หน้าตัด", "ตร.มม.", "1.5", "400"),),
)
#: A unit that nobody listed, and a value below zero.
FREEZER = CoverageEntry(
    product_th="ตู้แช่แข็ง",
    product_en="Freezer",
    brand="YENJAI",
    models=("FZ-300",),
    hs_code="84183010",
    ranges=(
        ValueRange("อุณหภูมิ", "°C", "-25", "-18"),
        ValueRange("ชั้นวาง", "ชั้น", "2", "6"),
    ),
)
#: Neither models nor ranges: the product as a whole.
CEMENT = CoverageEntry(
    product_th="ปูนซีเมนต์ปอร์ตแลนด์",
    product_en="Portland cement",
    brand="HINPHA",
    models=(),
    hs_code="25232990",
)
#: Models that differ by a letter that looks like a digit.
VALVE = CoverageEntry(
    product_th="วาล์วน้ำ",
    product_en="Gate valve",
    brand="OILO",
    models=("GV-50", "GV-SO", "GV-1I", "45"),
    hs_code="84818063",
)


def ask(text: str, *entries: CoverageEntry) -> CoverageAnswer:
    """Ask a coverage of *entries* about *text*."""
    return ask_coverage(entries, text)


def told(text: str, *entries: CoverageEntry) -> tuple[str, str]:
    """Return outcome and reason of a question."""
    answer = ask(text, *entries)
    return answer.outcome.value, answer.why.value
