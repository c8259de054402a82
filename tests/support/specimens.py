"""Made-up certificates for tests: claims of any size, signed, and strategies for their texts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from mit.credential import cose, qr_text
from mit.credential.claims import CertifiedProduct, Claims, Holder, QrClaims, StatusSlot
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.issuer import neutral_issuer_profiles
from mit.credential.lint import Rehearsal, rehearse
from mit.credential.signatures import Signer
from mit.values.identifiers import CertificateNumber, juristic_check_digit
from mit.values.thai_date import last_valid_day

PUBLIC_URL = "https://verify.mit.example"
ISSUED_ON = date(2026, 11, 21)
LONG_NAME = "บริษัท สยามหม้อแปลงไฟฟ้าและอุปกรณ์แรงสูงแห่งประเทศไทย (ระยอง) จำกัด (มหาชน)"
_FIRST_TWELVE = "010553611201"


def juristic_number(first_twelve: str = _FIRST_TWELVE) -> str:
    """Return a made-up juristic number with its check digit."""
    return first_twelve + juristic_check_digit(first_twelve)


def product(at: int = 1, *, models: tuple[str, ...] | None = None, ranges: bool = False) -> CertifiedProduct:
    """Return the at-th made-up product."""
    span = ValueRange("พื้นที่หน้าตัด", "ตร.มม.", "1.5", "400", True, True)
    return CertifiedProduct(
        coverage=CoverageEntry(
            product_th=f"หม้อแปลงไฟฟ้าชนิดที่ {at}",
            product_en=f"Transformer type {at}",
            brand="สยาม",
            models=models if models is not None else (f"ST-{at:04d}/22kV",),
            hs_code="85043199",
            ranges=(span,) if ranges else (),
        ),
        formula="direct",
        rule_set_id="mit-2564",
        rule_set_sha256=hashlib.sha256(b"rule set").hexdigest(),
        threshold="40",
    )


def claims(count: int = 1, *, running: int = 12345, sample: bool = False) -> Claims:
    """Return claims with *count* products, ready to be signed."""
    expires_on = last_valid_day(ISSUED_ON)
    return Claims(
        number=CertificateNumber(2569, running),
        holder=Holder(
            name_th=LONG_NAME,
            name_en="Siam Transformer PCL.",
            juristic_number=juristic_number(),
            address_th="99/1 หมู่ 4 ตำบลมาบตาพุด อำเภอเมือง ระยอง 21150",
            address_en="99/1 Moo 4, Map Ta Phut, Rayong 21150",
            site_th="โรงงานระยอง",
            site_en="Rayong plant",
            factory_number="3-72(4)-1/42รย",
        ),
        products=tuple(product(at) for at in range(1, count + 1)),
        issued_on=ISSUED_ON,
        expires_on=expires_on,
        slot=StatusSlot((expires_on.year - 2000) * 100, (running * 7919) % 131_072),
        issuer=neutral_issuer_profiles()[0],
        sample=sample,
    )


def natural_person(of: Claims) -> Claims:
    """Return the same claims for a holder without a juristic number."""
    return replace(of, holder=replace(of.holder, juristic_number=None, name_th="นางสาวมะลิ ใจดี"))


def issued(of: Claims, signer: Signer) -> Rehearsal:
    """Return the credential and the QR of claims, signed."""
    return rehearse(of, public_url=PUBLIC_URL, signer=signer)


def digits_of(made: Rehearsal) -> str:
    """Return the decimal digits in the QR."""
    return qr_text.digits_in(made.qr_url)


def signed_digits(payload: bytes, signer: Signer) -> str:
    """Return the digits of any payload, properly signed."""
    kid = signer.public_key.kid
    return qr_text.to_digits(cose.assemble(kid, payload, signer.sign(cose.to_be_signed(kid, payload))))


@dataclass(frozen=True, slots=True)
class Cast:
    """Twenty certificates of different make, with what was issued for each."""

    claims: Claims
    made: Rehearsal


def twenty_certificates(signer: Signer) -> list[Cast]:
    """Return twenty certificates: 1 to 200 products, lines and counts, persons and companies."""
    sizes = (1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 20, 50, 120, 200)
    cast = []
    for at, count in enumerate(sizes, start=1):
        one = claims(count, running=at * 431, sample=at % 5 == 0)
        if at % 4 == 0:
            one = natural_person(one)
        if at % 7 == 0:
            one = replace(one, holder=replace(one.holder, name_th="บริษัท คาเฟ่ É–ลาน จำกัด"))
        if at % 6 == 0:
            one = replace(one, products=(*one.products[:-1], product(count, ranges=True)))
        cast.append(Cast(one, issued(one, signer)))
    return cast


_THAI = "".join(map(chr, [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]))
_PLAIN = "".join(map(chr, range(0x20, 0x7F)))

#: Text that fits into TIS-620 bytes.
fitting_texts = st.text(alphabet=_THAI + _PLAIN, min_size=1, max_size=60)
#: Any text that Unicode can hold, without lone surrogates.
any_texts = st.text(min_size=1, max_size=60)
#: Text that people paste: lone surrogates, joiners, stacked marks, bidi signs, controls.
wild_texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("กขคญฐที่ปู้น้ำเแ่้๊๋์ํำ"),
        st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\u061c\x00\x07\n\x7f\x85"),
        st.sampled_from("\ud800\udbff\udc00\udfff"),
        st.characters(),
        st.characters(categories=["Cs", "Co", "Cn", "Cf", "Mn"]),
    ),
    max_size=40,
)


@st.composite
def qr_claims_strategy(draw: st.DrawFn) -> QrClaims:
    """Draw any claims that the QR can hold."""
    first = draw(st.integers(0, 65_000))
    texts = st.one_of(fitting_texts, any_texts.filter(is_clean))
    hs_codes = st.from_regex(r"\A(0[1-9]|[1-9][0-9])([0-9]{4}|[0-9]{6}|[0-9]{9})\Z")
    lines = draw(st.none() | st.lists(st.tuples(texts, hs_codes), min_size=1, max_size=8).map(tuple))
    digits = draw(st.integers(0, 99_999_999_999))
    return QrClaims(
        number=CertificateNumber(draw(st.integers(2500, 2999)), draw(st.integers(1, 9_999_999))),
        juristic_number=draw(st.none() | st.just(juristic_number(f"0{digits:011d}"))),
        name_th=draw(texts),
        issued_on=date.fromordinal(qr_text.EPOCH.toordinal() + first),
        expires_on=date.fromordinal(qr_text.EPOCH.toordinal() + draw(st.integers(first, 65_535))),
        slot=StatusSlot(draw(st.integers(0, 9_999)), draw(st.integers(0, 131_071))),
        lines=lines,
        count=draw(st.integers(1, 200)) if lines is None else len(lines),
        credential_sha256=draw(st.binary(min_size=32, max_size=32)),
    )


def is_clean(text: str) -> bool:
    """Say whether *text* comes back from the QR as it went in."""
    try:
        payload = qr_text.to_qr_text(text)
        return bool(text) and qr_text.from_qr_text(payload) == text
    except qr_text.UnknownPresentationError:
        return False
