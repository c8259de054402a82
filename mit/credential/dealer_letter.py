"""A maker's letter to a dealer, as it is signed: a JWT of a type of its own, read back strictly.

By it the holder of a certificate lets one company offer products of that certificate, from one day to
another, for any tender or for one.  It says nothing of other goods of that company, and nothing of
goods of the same name from elsewhere.  Registered claims (``iat``, ``nbf``, ``exp``) say the days once
more, so that any library for JWT ends it by itself.  Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mit.credential import canonical_json, jose
from mit.credential.claims import MOST_PRODUCTS
from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.credential.members import Members
from mit.credential.public_keys import PublicKey
from mit.credential.untp import SAMPLE_MARK
from mit.errors import InputError, UnknownPresentationError
from mit.values.identifiers import (
    CertificateNumber,
    is_natural_person,
    parse_certificate_number,
    parse_tax_number,
)
from mit.values.letter_number import LetterNumber, parse_letter_number
from mit.values.thai_date import bangkok_day, first_instant, parse_iso_day

TYP = "mit-dealer-letter+jwt"
FORMAT = "mit-dealer-letter/1"
#: Who named the dealer: the register of companies, or the maker by hand.
NAMED_BY = ("company_register", "maker")
#: What a letter of this format says of itself, in the signed bytes; the words belong to the format.
SCOPE = {
    "th": "ผู้ผลิตยินยอมให้ผู้จำหน่ายรายนี้เสนอเฉพาะผลิตภัณฑ์ที่ระบุ หนังสือนี้ไม่ได้รับรองสินค้าอื่นของผู้จำหน่าย และสิ้นผลเมื่อใบรับรองสิ้นผล",
    "en": "The maker lets this dealer offer the products named here and no others. This letter certifies no"
    " other goods of the dealer, and it ends when the certificate does.",
}
_SAID = Members("dealer_letter_malformed")
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: 9999-12-31; later instants cannot be held.
_LAST_SECOND = 253_402_214_400


@dataclass(frozen=True, slots=True)
class Party:
    """Maker or dealer; ``juristic_number`` is None where the maker is a natural person."""

    name_th: str
    name_en: str
    juristic_number: str | None


@dataclass(frozen=True, slots=True)
class LetterGround:
    """The certificate that a letter rests on; the hash (hex) names its exact credential."""

    number: CertificateNumber
    credential_sha256: str
    issued_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class LetterProduct:
    """One product that may be offered: its place on the certificate, from 1, and what that covers."""

    index: int
    coverage: CoverageEntry


@dataclass(frozen=True, slots=True)
class DealerLetter:
    """What a letter states.

    Attributes:
        named_by: who gave the dealer's name, one of ``NAMED_BY``.
        products: in the order of the certificate.
        from_on, until_on: first and last day, Bangkok, both included.
        tender: reference of the only tender it is for; empty where it is for any.
        issued_at: UTC, whole seconds.
        issuer: did:web name of the service that signs.
        sample: whether a demo key signs it.
    """

    number: LetterNumber
    ground: LetterGround
    maker: Party
    dealer: Party
    named_by: str
    products: tuple[LetterProduct, ...]
    from_on: date
    until_on: date
    tender: str
    issued_at: datetime
    issuer: str
    sample: bool

    @property
    def issued_on(self) -> date:
        """Return the Bangkok day on which it was issued."""
        return bangkok_day(self.issued_at)


def letter_document(letter: DealerLetter) -> dict[str, Any]:
    """Return what is signed for *letter*, ready to be spelled as canonical JSON."""
    ground = letter.ground
    members = {
        "type": FORMAT,
        "iss": letter.issuer,
        "jti": str(letter.number),
        "iat": int(letter.issued_at.timestamp()),
        "nbf": int(first_instant(letter.from_on).timestamp()),
        "exp": int(first_instant(letter.until_on + timedelta(days=1)).timestamp()),
        "valid_from_on": letter.from_on.isoformat(),
        "valid_until_on": letter.until_on.isoformat(),
        "certificate": {
            "number": str(ground.number),
            "credential_sha256": ground.credential_sha256,
            "issued_on": ground.issued_on.isoformat(),
            "expires_on": ground.expires_on.isoformat(),
        },
        "maker": _party_document(letter.maker),
        "dealer": _party_document(letter.dealer) | {"named_by": letter.named_by},
        "products": [{"index": one.index, "coverage": one.coverage.to_document()} for one in letter.products],
        "tender": letter.tender,
        "scope": SCOPE,
    }
    return members | ({"sample": SAMPLE_MARK} if letter.sample else {})


def letter_signing_input(letter: DealerLetter, *, key: PublicKey) -> bytes:
    """Return exactly the bytes that the signer of *key* signs for *letter*.

    Raises:
        InputError: ``json_not_canonical``.
    """
    payload = canonical_json.write(letter_document(letter))
    return jose.signing_input(jose.header(key, typ=TYP), payload)


def read_letter(payload: bytes) -> DealerLetter:
    """Return what a letter states; call it only after its signature is good.

    Whatever it reads, it writes again and compares: there is no second spelling and no further member.

    Raises:
        UnknownPresentationError: ``dealer_letter_malformed``, with the member as ``where``.
    """
    try:
        document = canonical_json.read(payload)
        letter = _read(document)
        _SAID.demand(_is_sound(letter), "letter")
        _SAID.demand(letter_document(letter) == document, "document")
    except (InputError, OverflowError) as error:
        where = error.where if isinstance(error, InputError) else "iat"
        raise UnknownPresentationError("dealer_letter_malformed", where=where) from error
    return letter


def _party_document(party: Party) -> dict[str, Any]:
    return {
        "name_th": party.name_th,
        "name_en": party.name_en,
        "juristic_number": party.juristic_number,
    }


def _is_sound(letter: DealerLetter) -> bool:
    """Say whether days, places and parties fit together."""
    ground, places = letter.ground, [one.index for one in letter.products]
    return (
        ground.issued_on <= letter.issued_on <= letter.from_on <= letter.until_on <= ground.expires_on
        and 0 < len(places) <= MOST_PRODUCTS
        and places == sorted(set(places))
        and places[0] >= 1
        and letter.dealer.juristic_number is not None
        and letter.dealer.juristic_number != letter.maker.juristic_number
        and letter.named_by in NAMED_BY
        and _DIGEST.fullmatch(ground.credential_sha256) is not None
    )


def _read(document: object) -> DealerLetter:
    dealer = _SAID.member(document, "dealer")
    seconds = _SAID.whole(document, "iat")
    _SAID.demand(0 <= seconds < _LAST_SECOND, "iat")
    return DealerLetter(
        number=parse_letter_number(_SAID.text(document, "jti")),
        ground=_ground(_SAID.member(document, "certificate")),
        maker=_party(_SAID.member(document, "maker")),
        dealer=_party(dealer),
        named_by=_SAID.text(dealer, "named_by"),
        products=_products(document),
        from_on=parse_iso_day(_SAID.text(document, "valid_from_on"), where="valid_from_on"),
        until_on=parse_iso_day(_SAID.text(document, "valid_until_on"), where="valid_until_on"),
        tender=_SAID.text(document, "tender"),
        issued_at=datetime.fromtimestamp(seconds, UTC),
        issuer=_SAID.text(document, "iss"),
        sample=isinstance(document, dict) and "sample" in document,
    )


def _ground(members: dict[str, Any]) -> LetterGround:
    return LetterGround(
        number=parse_certificate_number(_SAID.text(members, "number")),
        credential_sha256=_SAID.text(members, "credential_sha256"),
        issued_on=parse_iso_day(_SAID.text(members, "issued_on"), where="issued_on"),
        expires_on=parse_iso_day(_SAID.text(members, "expires_on"), where="expires_on"),
    )


def _party(members: dict[str, Any]) -> Party:
    number = members.get("juristic_number")
    if number is not None:
        number = parse_tax_number(_SAID.text(members, "juristic_number"), where="juristic_number")
        _SAID.demand(not is_natural_person(number), "juristic_number")
    return Party(_SAID.text(members, "name_th"), _SAID.text(members, "name_en"), number)


def _products(document: object) -> tuple[LetterProduct, ...]:
    entries = _SAID.entries(document, "products")
    return tuple(
        LetterProduct(
            _SAID.whole(entry, "index"),
            parse_coverage(_SAID.member(entry, "coverage"), where=f"products[{at}].coverage"),
        )
        for at, entry in enumerate(entries, start=1)
    )
