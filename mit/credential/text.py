"""Which signs may stand in a signed text, and how Thai letters travel in the QR.

TIS-620 spends one byte on a Thai letter where UTF-8 spends three.  Only the bytes that Python's
``cp874`` and a browser's ``windows-874`` read alike are used; a text with any other letter travels
as UTF-8 instead, and only such a text (contract section 1, "Thai bytes in the QR").
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from mit.errors import UnknownPresentationError

#: Bytes that every reader of windows-874 takes for the same letters.
THAI_BYTES = bytes([*range(0x20, 0x7F), *range(0xA1, 0xDB), *range(0xDF, 0xFC)])

#: Controls, surrogates, line and paragraph separators, and signs that turn the direction of
#: writing: what is read would not be what is signed.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\uffff]"
)
#: Signs without a width, variation selectors and tags among them: two texts that look alike would
#: differ.  Unicode's property Default_Ignorable_Code_Point, less what is forbidden above.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Thai marks above and below a consonant.
_THAI_MARK = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_STACKED = re.compile(f"[{_THAI_MARK}]{{3,}}|([{_THAI_MARK}])\\1|[\u0e48-\u0e4b]{{2}}")
#: Spellings that look like another: เ + เ for แ, ◌ํ + า for ◌ำ, a mark typed after ◌ำ.
_LOOKALIKE = re.compile(f"\u0e40\u0e40|\u0e4d[\u0e48-\u0e4b]?\u0e32|\u0e33[{_THAI_MARK}]")
_BARE_MARK = re.compile(f"(?:^|[^\u0e01-\u0e2e{_THAI_MARK}])[{_THAI_MARK}]")


def to_qr_text(text: str) -> bytes | str:
    """Return *text* as it travels in the QR: TIS-620 bytes, or itself where a letter has none."""
    try:
        data = text.encode("cp874")
    except UnicodeEncodeError:
        return text
    return text if data.translate(None, THAI_BYTES) else data


def from_qr_text(value: object) -> str:
    """Return the text that travelled as *value*.

    Raises:
        UnknownPresentationError: ``qr_text_kind`` (neither bytes nor text, or empty),
            ``qr_text_bytes`` (a byte that readers take differently), ``qr_text_spelling`` (UTF-8
            where TIS-620 would have done) or ``qr_text_sign`` (a forbidden sign).
    """
    if isinstance(value, bytes) and value:
        return _thai(value)
    if not isinstance(value, str) or not value:
        raise UnknownPresentationError("qr_text_kind")
    if isinstance(to_qr_text(value), bytes):
        raise UnknownPresentationError("qr_text_spelling")
    if _FORBIDDEN.search(value):
        raise UnknownPresentationError("qr_text_sign")
    return value


@lru_cache(maxsize=8192)
def _thai(data: bytes) -> str:
    """Return TIS-620 as text; one holder has many certificates, one model stands in many."""
    if data.translate(None, THAI_BYTES):
        raise UnknownPresentationError("qr_text_bytes")
    return data.decode("cp874")


def sign_fault(text: str) -> tuple[str, str] | None:
    """Return ``(code, the sign)`` of the first thing that must not be signed, or None.

    Codes: ``text_forbidden_sign``, ``text_invisible_sign``, ``text_stacked_marks``,
    ``text_lookalike``, ``text_bare_mark``, ``text_not_composed``.
    """
    for code, pattern in (
        ("text_forbidden_sign", _FORBIDDEN),
        ("text_invisible_sign", _INVISIBLE),
        ("text_stacked_marks", _STACKED),
        ("text_lookalike", _LOOKALIKE),
        ("text_bare_mark", _BARE_MARK),
    ):
        if match := pattern.search(text):
            return code, " ".join(f"U+{ord(sign):04X}" for sign in match[0])
    for sign in text:
        if unicodedata.category(sign) in {"Cn", "Co"}:
            return "text_forbidden_sign", f"U+{ord(sign):04X}"
    return None if unicodedata.is_normalized("NFC", text) else ("text_not_composed", "")
