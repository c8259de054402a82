"""Numbers that people write: certificates, applications, tax numbers, HS codes; check digits.

Sources: contract section 2 (certificate number), domain 7.1 (tax and HS numbers).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from stdnum.iso7064 import mod_37_36
from stdnum.th import tin

from mit.errors import MalformedNumberError

_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_./]+")
_CERTIFICATE = re.compile(r"(?:MIT)?(2[4-9][0-9]{2})([0-9]{7})([0-9A-Z])", re.ASCII)
_LAST_RUNNING = 9_999_999
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Longest texts that are looked at, in characters: a number with all its separators, and to spare.
_LONGEST_TYPED = 80
_LONGEST_TYPED_HS = 40
#: Lengths of an HS code: WCO subheading, AHTN, Thai statistical code (domain 7.1).
HS_LENGTHS = (6, 8, 11)
_DASHES = re.compile(r"[‐‑‒–—―−]")
#: The old form of a factory's number: class, type and running number, year and letters of the province.
_OLD_FACTORY = re.compile(r"[A-Zก-ฮ]{0,3}\.?[0-9][0-9()-]{1,20}/[0-9]{2,4}[ก-ฮ.]{0,6}")
_REGISTRATION = re.compile(r"[0-9A-Zก-๎./()-]{3,40}")
#: Longest number of a factory, in characters.
LONGEST_FACTORY_NUMBER = 30


@dataclass(frozen=True, slots=True, order=True)
class CertificateNumber:
    """A certificate's number for life: Buddhist-era year and running number (1–9,999,999).

    Written ``MIT-2569-0012345-B``; the last sign is the ISO 7064 MOD 37,36 check character over
    the rest without dashes.
    """

    year_be: int
    running: int

    def __post_init__(self) -> None:
        """Refuse numbers outside the printed form."""
        if not (2500 <= self.year_be <= 2999 and 1 <= self.running <= _LAST_RUNNING):
            raise MalformedNumberError("certificate_number_range")

    @property
    def check_character(self) -> str:
        """Return the ISO 7064 MOD 37,36 check character."""
        return _check_character(f"MIT{self.year_be:04d}{self.running // 1000:04d}", self.running % 1000)

    def __str__(self) -> str:
        """Return the printed form, e.g. ``MIT-2569-0012345-B``."""
        return f"MIT-{self.year_be:04d}-{self.running:07d}-{self.check_character}"


def _check_character(front: str, last_three: int) -> str:
    """Return the ISO 7064 MOD 37,36 check character of a number without its dashes.

    Numbers of a year share their front, so that only the last digits are reckoned for each.
    """
    state = _state_after(front)
    for digit in (last_three // 100, last_three // 10 % 10, last_three % 10):
        state = ((state or 36) * 2 % 37 + digit) % 36
    return _SIGNS[(1 - (state or 36) * 2 % 37) % 36]


@lru_cache(maxsize=8192)
def _state_after(front: str) -> int:
    return int(mod_37_36.checksum(front))


def plain_letters(text: str) -> str:
    """Return *text* in upper case with full-width and Thai digits made plain and separators gone."""
    folded = text if text.isascii() else "".join(_folded(text))  # plain already
    return _SEPARATORS.sub("", folded).upper()


def _folded(text: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(sign)
        if category != "Cf":
            yield str(unicodedata.digit(sign)) if category == "Nd" else sign


def _letters_of_all(text: str, most: int) -> str:
    """Return the plain letters of the whole text; none of one too long, so that no end is cut off."""
    return plain_letters(text) if len(text.strip()) <= most else ""


def parse_certificate_number(text: str) -> CertificateNumber:
    """Return the certificate number a person typed: any case, spaces, dashes, Thai digits, no MIT.

    Raises:
        MalformedNumberError: ``certificate_number_malformed``, or ``certificate_number_check``
            when the form is right and the check character is not.
    """
    match = _CERTIFICATE.fullmatch(_letters_of_all(text, _LONGEST_TYPED))
    if not match:
        raise MalformedNumberError("certificate_number_malformed", text=text[:40])
    year, running, check = int(match[1]), int(match[2]), match[3]
    if year < 2500 or running == 0:
        raise MalformedNumberError("certificate_number_malformed", text=text[:40])
    number = CertificateNumber(year, running)
    if number.check_character != check:
        raise MalformedNumberError("certificate_number_check", text=text[:40])
    return number


def application_number(year: int, running: int) -> str:
    """Return an application's number, e.g. ``APP-2569-0000123-K``; same check rule."""
    body = f"APP{year:04d}{running:07d}"
    return f"APP-{year:04d}-{running:07d}-{mod_37_36.calc_check_digit(body)}"


def parse_tax_number(text: str, *, where: str = "") -> str:
    """Return the 13 digits of a taxpayer number, dashes, spaces and Thai digits taken.

    Source: domain 7.1: 13 digits, weights 13…2, check digit ``(11 − sum mod 11) mod 10``.

    Raises:
        MalformedNumberError: ``tax_number_malformed`` or ``tax_number_check``.
    """
    digits = _letters_of_all(text, _LONGEST_TYPED)
    if not re.fullmatch(r"[0-9]{13}", digits, re.ASCII):
        raise MalformedNumberError("tax_number_malformed", where=where)
    if not tin.is_valid(digits):
        raise MalformedNumberError("tax_number_check", where=where)
    return digits


def is_natural_person(tax_number: str) -> bool:
    """Say whether a 13-digit tax number is a citizen number (begins with 1 to 8)."""
    return tax_number[:1] in set("12345678")


def shown_tax_number(tax_number: str) -> str:
    """Return a juristic number as ``0-10-5-536-11201-4``; of a citizen number the last four only."""
    if is_natural_person(tax_number):
        return f"•••••••••{tax_number[-4:]}"
    n = tax_number
    return f"{n[0]}-{n[1:3]}-{n[3]}-{n[4:7]}-{n[7:12]}-{n[12]}"


#: Of the first twelve digits of a tax number, in their order.
_WEIGHTS = range(13, 1, -1)


def juristic_check_digit(first_twelve: str) -> str:
    """Return the 13th digit that fits the first twelve."""
    return str((11 - sum(map(mul, _WEIGHTS, map(int, first_twelve))) % 11) % 10)


def is_juristic_number(digits: str) -> bool:
    """Say whether 13 plain digits are the tax number of a legal person: they begin with 0, the check fits.

    The same as ``parse_tax_number``, for what machines wrote and is read by the thousand.
    """
    return digits[0] == "0" and digits[12] == juristic_check_digit(digits[:12])


def parse_hs_code(text: str, *, where: str = "") -> str:
    """Return the 6, 8 or 11 digits of an HS code; dots, spaces and Thai digits are taken.

    Raises:
        MalformedNumberError: ``hs_code_malformed``.
    """
    digits = text.replace(".", "")
    if not (digits.isdigit() and digits.isascii()) or len(text) > _LONGEST_TYPED_HS:  # nearly all are such
        digits = _letters_of_all(text, _LONGEST_TYPED_HS)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in HS_LENGTHS:
        raise MalformedNumberError("hs_code_malformed", where=where, text=text[:40])
    return digits


def shown_hs_code(digits: str) -> str:
    """Return an HS code as people read it: ``8504.40``, ``8504.40.90``, ``8504.40.90.000``."""
    parts = [digits[:4], digits[4:6], digits[6:8], digits[8:11]]
    return ".".join(part for part in parts if part)


def parse_factory_number(text: str, *, where: str = "") -> str:
    """Return a factory's registration number: 14 digits, or the old form as ``3-101-3/44สบ``.

    Thai digits are made plain.  Of the old form the signs are kept, spaces are not; which letters a
    province has is not checked.  Source: domain 7.1.

    Raises:
        MalformedNumberError: ``factory_number_malformed``.
    """
    digits = _letters_of_all(text, _LONGEST_TYPED)
    if re.fullmatch(r"[0-9]{14}", digits, re.ASCII):
        return digits
    old = _spelled(text, _LONGEST_TYPED)
    if not _OLD_FACTORY.fullmatch(old) or len(old) > LONGEST_FACTORY_NUMBER:
        raise MalformedNumberError("factory_number_malformed", where=where)
    return old


def shown_factory_number(number: str) -> str:
    """Return a factory's number as people read it; 14 digits in the groups of their meaning."""
    if not re.fullmatch(r"[0-9]{14}", number, re.ASCII):
        return number
    groups = (number[0], number[1], number[2:4], number[4:9], number[9:13], number[13])
    return "-".join(groups)


def parse_registration_number(text: str, *, where: str = "") -> str:
    """Return the number of a commercial registration or of a community enterprise, as it is written.

    Local offices give them, in forms of their own (domain 7.1): letters, digits, dots, slashes, dashes
    and brackets are taken, Thai digits are made plain, spaces are not kept.

    Raises:
        MalformedNumberError: ``registration_number_malformed``.
    """
    number = _spelled(text, _LONGEST_TYPED)
    if not _REGISTRATION.fullmatch(number) or not re.search(r"[0-9]", number):
        raise MalformedNumberError("registration_number_malformed", where=where)
    return number


def shown_registration_number(number: str) -> str:
    """Return a registration number as people read it; of one that is a citizen number the last four only.

    A trader's commercial registration often bears the trader's citizen number.
    """
    digits = re.sub(r"[^0-9]", "", number)
    return shown_tax_number(digits) if len(digits) == 13 and is_natural_person(digits) else number


def _spelled(text: str, most: int) -> str:
    """Return *text* with plain digits and dashes, without spaces; nothing of one too long."""
    if len(text.strip()) > most:
        return ""
    folded = "".join(
        str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign
        for sign in unicodedata.normalize("NFKC", text)
        if unicodedata.category(sign) != "Cf"
    )
    return re.sub(r"\s+", "", _DASHES.sub("-", folded)).upper()
