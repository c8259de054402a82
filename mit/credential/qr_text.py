"""Signed claims ↔ the text inside the QR: an https address whose path is decimal digits.

``claims → deterministic CBOR → COSE envelope → one large number → decimal digits``.  Numeric mode
spends 3.33 bits on a digit, and digits survive every scanner and chat (formats section 2.2).  Each
step has one spelling, and the way back refuses every other, by name.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from mit.credential import cose
from mit.credential.claims import MOST_PRODUCTS, SLOTS_IN_A_LIST, Claims, QrClaims, StatusSlot
from mit.credential.text import from_qr_text, to_qr_text
from mit.errors import InputError, MalformedNumberError, UnknownPresentationError
from mit.values.identifiers import CertificateNumber, is_juristic_number

#: Day 0 of the dates in the QR.
EPOCH = date(2020, 1, 1)
MOST_DIGITS = 1_200
#: Product lines stand in the QR only while its symbol is not larger than this (40 mm, level M).
LARGEST_VERSION_WITH_LINES = 15
_LATEST_DAY = 65_535
_LARGEST_LIST = 9_999
_LONGEST_TEXT = 8_000
#: Years in the QR count from here (B.E.).
_YEAR_OFFSET_BE = 2500

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_ADDRESS = re.compile(
    r"(?:https?://[^/?#\s]{1,255}(?:/[^?#\s]{0,255}?)??)?/v[/#]([0-9]+)/?(?:[?#]\S{0,255})?", re.ASCII
)
#: Without a juristic number, and with one.
_MEMBERS = ({1, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8})

#: Data code words of level M, versions 1 to 40 (ISO/IEC 18004:2015 table 7).
_CODE_WORDS_M = (
    *(16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669),
    *(714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914),
    *(1992, 2102, 2216, 2334),
)


def qr_claims(claims: Claims, credential_sha256: bytes, *, public_url: str) -> QrClaims:
    """Return the short form of *claims*, with its lines while the symbol stays small enough.

    Lines need every product to be described by its models alone; a product with ranges, or with
    no model, leaves the count.
    """
    counted = QrClaims(
        number=claims.number,
        juristic_number=claims.holder.juristic_number,
        name_th=claims.holder.name_th,
        issued_on=claims.issued_on,
        expires_on=claims.expires_on,
        slot=claims.slot,
        lines=None,
        count=len(claims.products),
        credential_sha256=credential_sha256,
    )
    lines = _lines(claims)
    if not lines or len(lines) > MOST_PRODUCTS:
        return counted
    listed = _with_lines(counted, lines)
    version = symbol_version(public_url, _digits_for(len(encode_claims(listed))))
    return counted if version is None or version > LARGEST_VERSION_WITH_LINES else listed


def encode_claims(claims: QrClaims) -> bytes:
    """Return the payload: deterministic CBOR with the keys of formats section 2.3."""
    number, slot = claims.number, claims.slot
    members: dict[int, object] = {1: [number.year_be - _YEAR_OFFSET_BE, number.running]}
    if claims.juristic_number is not None:
        members[2] = int(claims.juristic_number)
    members[3] = to_qr_text(claims.name_th)
    members[4] = (claims.issued_on - EPOCH).days
    members[5] = (claims.expires_on - EPOCH).days
    members[6] = [slot.list_number, slot.index]
    if claims.lines is None:
        members[7] = [claims.count]
    else:
        members[7] = [[to_qr_text(model), int(hs_code)] for model, hs_code in claims.lines]
    members[8] = claims.credential_sha256
    try:
        return cose.encode(members)
    except UnicodeEncodeError as error:
        raise InputError("text_forbidden_sign", where="name_th", sign="U+D800–U+DFFF") from error


def decode_claims(payload: bytes) -> QrClaims:
    """Return the claims in a payload **whose signature is good**.

    Raises:
        UnknownPresentationError: ``qr_claims_cbor``, ``qr_claims_not_canonical``,
            ``qr_claims_members``, ``qr_claims_number``, ``qr_claims_juristic``,
            ``qr_claims_dates``, ``qr_claims_slot``, ``qr_claims_lines``, ``qr_claims_digest``,
            or ``qr_text_…`` for a text.
    """
    members = cose.decode(payload)
    if not isinstance(members, dict) or members.keys() not in _MEMBERS:
        raise UnknownPresentationError("qr_claims_members")
    lines, count = _read_products(members[7])
    issued_on, expires_on = _read_dates(members[4], members[5])
    return QrClaims(
        number=_read_number(members[1]),
        juristic_number=_read_juristic(members[2]) if 2 in members else None,
        name_th=from_qr_text(members[3]),
        issued_on=issued_on,
        expires_on=expires_on,
        slot=_read_slot(members[6]),
        lines=lines,
        count=count,
        credential_sha256=_read_digest(members[8]),
    )


def to_digits(data: bytes) -> str:
    """Return an envelope as decimal digits; it must not begin with a zero byte.

    Raises:
        InputError: ``qr_digits_too_many`` beyond 1,200 digits.
    """
    if len(data) > MOST_DIGITS:
        raise InputError("qr_digits_too_many", most=MOST_DIGITS)
    digits = str(int.from_bytes(data, "big"))
    if len(digits) > MOST_DIGITS:
        raise InputError("qr_digits_too_many", most=MOST_DIGITS)
    return digits


def from_digits(digits: str) -> bytes:
    """Return the bytes of an envelope written as decimal digits.

    Raises:
        UnknownPresentationError: ``qr_digits_too_many``, ``qr_digits`` or ``qr_leading_zero``.
    """
    if len(digits) > MOST_DIGITS:
        raise UnknownPresentationError("qr_digits_too_many", most=MOST_DIGITS)
    if not _DIGITS.fullmatch(digits):
        raise UnknownPresentationError("qr_digits")
    if digits[0] == "0":
        raise UnknownPresentationError("qr_leading_zero")
    try:
        number = int(digits)
    except ValueError as error:  # an installation may lower Python's own bound on digits
        raise UnknownPresentationError("qr_digits_too_many", most=MOST_DIGITS) from error
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def qr_url(public_url: str, data: bytes) -> str:
    """Return the text of the QR: ``<public_url>/v/<digits>``."""
    return f"{public_url.rstrip('/')}/v/{to_digits(data)}"


def digits_in(text: str) -> str:
    """Return the digits in a scanned text: a whole address, its path, or the digits alone.

    The host is not looked at: what counts is the signature.

    Raises:
        UnknownPresentationError: ``qr_text_not_ours``.
    """
    plain = text.strip() if len(text) <= _LONGEST_TEXT else ""
    if _DIGITS.fullmatch(plain):
        return plain
    match = _ADDRESS.fullmatch(plain)
    if not match:
        raise UnknownPresentationError("qr_text_not_ours")
    return match[1]


def symbol_version(public_url: str, digits: int) -> int | None:
    """Return the QR version (1–40, level M) of an address with that many digits; None beyond 40."""
    prefix = len(f"{public_url.rstrip('/')}/v/".encode())
    for version, words in enumerate(_CODE_WORDS_M, start=1):
        byte_count_bits = 8 if version < 10 else 16
        number_count_bits = 10 if version < 10 else 12 if version < 27 else 14
        rest = (0, 4, 7)[digits % 3]
        bits = 4 + byte_count_bits + 8 * prefix + 4 + number_count_bits + 10 * (digits // 3) + rest
        if bits <= 8 * words:
            return version
    return None


def _lines(claims: Claims) -> tuple[tuple[str, str], ...]:
    entries = [product.coverage for product in claims.products]
    if any(entry.ranges or not entry.models for entry in entries):
        return ()
    return tuple((model, entry.hs_code) for entry in entries for model in entry.models)


def _with_lines(counted: QrClaims, lines: tuple[tuple[str, str], ...]) -> QrClaims:
    return QrClaims(
        number=counted.number,
        juristic_number=counted.juristic_number,
        name_th=counted.name_th,
        issued_on=counted.issued_on,
        expires_on=counted.expires_on,
        slot=counted.slot,
        lines=lines,
        count=len(lines),
        credential_sha256=counted.credential_sha256,
    )


def _digits_for(payload_bytes: int) -> int:
    """Return how many digits an envelope of such a payload has (its first byte is always 0xD2)."""
    head = 1 if payload_bytes < 24 else 2 if payload_bytes < 256 else 3
    envelope = 11 + head + payload_bytes + 66
    return len(str(0xD2 << (8 * (envelope - 1)))) if envelope <= MOST_DIGITS else MOST_DIGITS * 3


def _read_number(value: object) -> CertificateNumber:
    year, running = _pair(value, "qr_claims_number")
    try:
        return CertificateNumber(year + _YEAR_OFFSET_BE, running)
    except MalformedNumberError as error:
        raise UnknownPresentationError("qr_claims_number") from error


def _read_juristic(value: object) -> str:
    if type(value) is not int or not 0 <= value < 10**13:
        raise UnknownPresentationError("qr_claims_juristic")
    digits = f"{value:013d}"
    if not is_juristic_number(digits):
        raise UnknownPresentationError("qr_claims_juristic")
    return digits


def _read_dates(first: object, last: object) -> tuple[date, date]:
    if type(first) is not int or type(last) is not int or not 0 <= first <= last <= _LATEST_DAY:
        raise UnknownPresentationError("qr_claims_dates")
    return _day(first), _day(last)


@lru_cache(maxsize=8192)
def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _read_slot(value: object) -> StatusSlot:
    list_number, index = _pair(value, "qr_claims_slot")
    if list_number > _LARGEST_LIST or index >= SLOTS_IN_A_LIST:
        raise UnknownPresentationError("qr_claims_slot")
    return StatusSlot(list_number, index)


def _read_products(value: object) -> tuple[tuple[tuple[str, str], ...] | None, int]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PRODUCTS:
        raise UnknownPresentationError("qr_claims_lines")
    if len(value) == 1 and type(value[0]) is int:
        if not 1 <= value[0] <= MOST_PRODUCTS:
            raise UnknownPresentationError("qr_claims_lines")
        return None, value[0]
    lines = tuple([_read_line(line) for line in value])
    return lines, len(lines)


def _read_line(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2 or type(value[1]) is not int:
        raise UnknownPresentationError("qr_claims_lines")
    return from_qr_text(value[0]), _read_hs_code(value[1])


@lru_cache(maxsize=8192)
def _read_hs_code(value: int) -> str:
    """Return the 6, 8 or 11 digits of an HS code; chapters 1 to 9 lost their leading zero."""
    digits = str(value) if 0 < value < 10**11 else ""
    if len(digits) not in (5, 6, 7, 8, 10, 11):
        raise UnknownPresentationError("qr_claims_lines")
    return digits.zfill(len(digits) + 1) if len(digits) in (5, 7, 10) else digits


def _read_digest(value: object) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise UnknownPresentationError("qr_claims_digest")
    return value


def _pair(value: object, code: str) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        first, second = value
        if type(first) is int and type(second) is int and first >= 0 and second >= 0:
            return first, second
    raise UnknownPresentationError(code)
