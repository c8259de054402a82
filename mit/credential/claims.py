"""What a certificate states: the fields that are signed, and the short form that fits in its QR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mit.credential.coverage import CoverageEntry
from mit.credential.issuer import IssuerProfile
from mit.values.identifiers import CertificateNumber

#: One list holds as many slots (W3C Bitstring Status List: at least this many, for the herd).
SLOTS_IN_A_LIST = 131_072
#: Products of one application, hence of one certificate (contract section 1).
MOST_PRODUCTS = 200


@dataclass(frozen=True, slots=True, order=True)
class StatusSlot:
    """A certificate's one place in the status lists.

    Attributes:
        list_number: (year of expiry C.E. − 2000) × 100 + shard, 0 to 9,999.
        index: place in the list, 0 to 131,071.
    """

    list_number: int
    index: int


@dataclass(frozen=True, slots=True)
class Holder:
    """The manufacturer a certificate is issued to, and the site it was assessed for.

    ``juristic_number`` is None for a natural person: a citizen number is never public.
    English texts and the factory number are empty where there are none.
    """

    name_th: str
    name_en: str
    juristic_number: str | None
    address_th: str
    address_en: str
    site_th: str
    site_en: str
    factory_number: str


@dataclass(frozen=True, slots=True)
class CertifiedProduct:
    """One product with the rule that it meets; never its measured share.

    Attributes:
        coverage: what is covered.
        formula: id of the formula that was met, e.g. ``direct``.
        rule_set_id: id of the rule set.
        rule_set_sha256: SHA-256 of the rule set's bytes, 64 hex digits.
        threshold: the share that is asked for, in whole percent as text: ``40``.
        commitment: the salted hash of the cost sheet (``commitment.commit``); empty on certificates that
            were prepared before there was one.
    """

    coverage: CoverageEntry
    formula: str
    rule_set_id: str
    rule_set_sha256: str
    threshold: str
    commitment: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything that one certificate states.

    ``issued_on`` and ``expires_on`` are Bangkok days, both included.  ``sample`` marks what demo
    keys sign.
    """

    number: CertificateNumber
    holder: Holder
    products: tuple[CertifiedProduct, ...]
    issued_on: date
    expires_on: date
    slot: StatusSlot
    issuer: IssuerProfile
    sample: bool = False


@dataclass(frozen=True, slots=True)
class QrClaims:
    """What the QR itself states (formats section 2.3).

    Attributes:
        number: the certificate's number; its check character is not carried.
        juristic_number: 13 digits, or None for a natural person.
        name_th: the holder's Thai name.
        issued_on: first day.
        expires_on: last day, included.
        slot: place in the status lists.
        lines: every (model, HS code) pair, or None where only their count is carried.
        count: number of lines where there are lines, else number of products.
        credential_sha256: SHA-256 of the exact bytes of the signed credential.
    """

    number: CertificateNumber
    juristic_number: str | None
    name_th: str
    issued_on: date
    expires_on: date
    slot: StatusSlot
    lines: tuple[tuple[str, str], ...] | None
    count: int
    credential_sha256: bytes
