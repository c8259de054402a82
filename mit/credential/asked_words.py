"""The words around a model or a value: what says nothing, what is vague, what names a property.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mit.credential.asked_text import THAI, same
from mit.credential.units import unit_words

#: A property and the words that name it, Thai without ความ.
PROPERTIES: dict[str, str] = {
    "thickness": "หนา thickness thick",
    "width": "กว้าง หน้ากว้าง width wide",
    "length": "ยาว length long",
    "height": "สูง height high",
    "depth": "ลึก depth deep",
    "diameter": "เส้นผ่านศูนย์กลาง เส้นผ่าศูนย์กลาง diameter dia ø ⌀",
    "area": "พื้นที่หน้าตัด พื้นที่ area",
    "power": "กำลังไฟฟ้า กำลังไฟ กำลังวัตต์ กำลัง power",
    "voltage": "แรงดันไฟฟ้า แรงดันไฟ แรงดัน voltage",
    "current": "กระแสไฟฟ้า กระแสไฟ กระแส current",
    "weight": "น้ำหนัก weight",
    "volume": "ปริมาตร ความจุ volume",
    "cooling": "ขีดความสามารถทำความเย็น",
    "temperature": "อุณหภูมิ temperature",
    "pressure": "แรงดันน้ำ pressure",
    "frequency": "ความถี่ ถี่ frequency",
}
_BRAND_MARKS = "ยี่ห้อ แบรนด์ ตราสินค้า เครื่องหมายการค้า ตรา brand"
_NEUTRAL = (
    "รุ่น แบบ ชนิด ประเภท ขนาด สินค้า ผลิตภัณฑ์ พัสดุ รายการ และ กับ ของ ที่ มี เป็น จาก ผลิตโดย ผลิต ทำใน ในประเทศ ไทย"
    " เครื่อง จำนวน ต้องการ ขอ ซื้อ จัดซื้อ เสนอ ราคา สำหรับ ครับ ค่ะ พิกัดศุลกากร พิกัด รหัส เลขที่ ความ สเปค สเปก"
    " model brand type size no number product item the of for with and by made thailand thai code qty"
)
_VAGUE = (
    "ประมาณ ราวๆ ราว ไม่เกิน ไม่น้อยกว่า ไม่ต่ำกว่า ไม่มากกว่า ไม่ใช่ ไม่เอา ไม่ อย่างน้อย มากกว่า น้อยกว่า ต่ำกว่า สูงกว่า"
    " เกิน ขึ้นไป ลงมา สูงสุด ต่ำสุด ถึง ระหว่าง ครึ่ง หรือเทียบเท่า เทียบเท่า หรือ คล้าย เหมือน แทน ยกเว้น นอกจาก"
    " อื่นๆ อื่น เล็ก กลาง ใหญ่ ต่างๆ ทุก"
    " about approx approximately around min max minimum maximum least most up to or than less more over under"
    " between except not without instead equivalent equal similar like any all"
    " other others small large half nearly"
)
_COUNTED = (
    "ชิ้น อัน ตัว ชุด ม้วน ถัง เครื่อง เส้น แผ่น หลัง กล่อง ใบ ลูก หน่วย ท่อน โคม ดวง ต้น คู่ โหล แกลลอน กระป๋อง ขด"
    " pcs pc piece pieces set sets roll rolls unit units box boxes ea each"
)
_SIGNS = "<>≤≥±~≈"
#: What may stand behind a product's name in the same run, before a model or a value.
_EDGES = ("รุ่น", "ยี่ห้อ", "ตรา", "ขนาด", "จำนวน", "หนา", "กว้าง", "ยาว", "เส้นผ่านศูนย์กลาง", "แบบ", "และ")
SHORTEST_NAME = 3


@cache
def _set(words: str) -> frozenset[str]:
    return frozenset(same(word) for word in words.split())


@cache
def _by_length(*lists: str) -> tuple[str, ...]:
    return tuple(sorted(set().union(*map(_set, lists)), key=lambda word: (-len(word), word)))


def neutral_words() -> frozenset[str]:
    """Return the words that say nothing about what is asked for."""
    return _set(_NEUTRAL) | _set(_BRAND_MARKS)


def vague_words() -> frozenset[str]:
    """Return the words that make what is asked for a guess, a span or a choice."""
    return _set(_VAGUE)


def counted_pattern() -> str:
    """Return a regular expression, in text, of what goods are counted in."""
    return "(?:" + "|".join(_spelled(word) for word in _by_length(_COUNTED)) + ")"


def brand_mark_pattern() -> str:
    """Return a regular expression, in text, of the words in front of a brand."""
    return "(?:" + "|".join(_spelled(word) for word in _by_length(_BRAND_MARKS)) + ")"


def vague_signs(low: str) -> list[str]:
    """Return the signs in *low* that bound or blur a value."""
    return [sign for sign in low if sign in _SIGNS]


@cache
def property_words() -> dict[str, str]:
    """Return each word that names a property, with the property that it names."""
    return {same(word): name for name, words in PROPERTIES.items() for word in words.split()}


def property_of(label: str) -> str:
    """Return which property *label* names: a known one, or itself where nobody listed it."""
    solid = same(label)
    for word in sorted(property_words(), key=len, reverse=True):
        if solid == word or solid.removeprefix("ความ") == word:
            return property_words()[word]
    return solid


def split_thai(run: str, product: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a run of Thai without spaces, each with its kind, in their order.

    Kinds: ``product`` (begins like the product's name), ``neutral``, ``vague``, ``property``, ``word``.
    """
    behind: list[tuple[str, str]] = []
    while run and not names_product(run, product):
        edge = next((word for word in _solid_edges() if run.endswith(word) and run != word), None)
        if edge is None or _begins_listed(run):
            break
        behind.insert(0, (edge, _kind(edge)))
        run = run[: -len(edge)]
    if run:
        yield from _from_front(run, product)
    yield from behind


def names_product(run: str, product: str) -> bool:
    """Say whether *run* is the beginning of the product's Thai name, or all of it."""
    return len(run) >= SHORTEST_NAME and product.startswith(run)


def _from_front(run: str, product: str) -> Iterator[tuple[str, str]]:
    if names_product(run, product):
        yield run, "product"
        return
    if len(product) >= SHORTEST_NAME and run.startswith(product):
        part, kind = product, "product"
    else:
        part = next((word for word in _listed_thai() if run.startswith(word)), run)
        kind = _kind(part)
    yield part, kind
    if len(part) < len(run):
        yield from split_thai(run[len(part) :], product)


def _kind(word: str) -> str:
    if word in property_words():
        return "property"
    if word in vague_words():
        return "vague"
    return "neutral" if word in neutral_words() or word in unit_words() else "word"


def _begins_listed(run: str) -> bool:
    return any(run.startswith(word) for word in _listed_thai())


@cache
def _listed_thai() -> tuple[str, ...]:
    words: Iterable[str] = {*property_words(), *vague_words(), *neutral_words(), *unit_words()}
    thai = (word for word in words if re.match(f"[{THAI}]", word))
    return tuple(sorted(thai, key=lambda word: (-len(word), word)))


@cache
def _solid_edges() -> tuple[str, ...]:
    return tuple(map(same, _EDGES))


def _spelled(word: str) -> str:
    return re.escape(word) + ("(?![a-z0-9])" if word.isascii() else "")
