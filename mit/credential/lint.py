"""Every reason not to sign a certificate, found before its number is taken.

The lint builds the credential and the QR with a throw-away key, reads both back as a stranger
would, and compares; then it looks for what must never be public.  An empty list means: sign.

Source: CA/Browser Baseline Requirements 4.3.1.2 (lint before signing), security section 3.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date

from mit.credential import cose, jose, qr_text, vc
from mit.credential.claims import (
    MOST_PRODUCTS,
    SLOTS_IN_A_LIST,
    CertifiedProduct,
    Claims,
    Holder,
    QrClaims,
)
from mit.credential.commitment import is_commitment
from mit.credential.coverage import CoverageEntry, ValueRange, range_fault
from mit.credential.signatures import KeySigner, Signer, throwaway_signer
from mit.credential.statement import read_statements, statement_of
from mit.credential.text import sign_fault
from mit.errors import Fault, InputError, MalformedNumberError
from mit.values.identifiers import is_natural_person, parse_hs_code, parse_tax_number
from mit.values.in_force import is_in_force
from mit.values.thai_date import last_valid_day

#: Longest texts that still leave a readable page and QR, in characters.
LONGEST_NAME = 200
LONGEST_ADDRESS = 400
LONGEST_MODEL = 80
MOST_MODELS = 200
MOST_RANGES = 20
_LAST_LIST_SHARD = 99
#: Looked for at every first digit: a house number in front must not swallow the number's beginning.
_THIRTEEN_DIGITS = re.compile(
    r"(?<![0-9])(?=([0-9](?:[ \-\u2010-\u2015\u2212]?[0-9]){12})(?![0-9]))", re.ASCII
)
_HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COMPULSORY_HOLDER = frozenset({"name_th", "site_th"})


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What issuing would make of the claims, signed with a key that nobody trusts.

    Attributes:
        token: the credential as ``vc+jwt``.
        qr: the short form in the QR.
        qr_url: the text of the QR.
    """

    token: str
    qr: QrClaims
    qr_url: str


def lint_claims(
    claims: Claims,
    *,
    public_url: str,
    today: date,
    validity_years: int = 1,
    shown_percents: Iterable[str] = (),
    demo_key: bool | None = None,
) -> list[Fault]:
    """Return every reason not to sign *claims*; an empty list when there is none.

    Args:
        claims: what the certificate would state.
        public_url: the address that the QR and the credential would carry.
        today: the Bangkok day on which it would be issued.
        validity_years: life of a certificate by the rule set.
        shown_percents: the measured shares as they are shown inside, e.g. ``40.25``: they must
            stand nowhere beside a percent sign.
        demo_key: whether the key that would sign is a demo key, where that is known.
    """
    faults = [
        *_day_faults(claims, today, validity_years),
        *_slot_faults(claims),
        *_holder_faults(claims.holder),
        *_product_faults(claims.products),
        *_issuer_faults(claims),
        *_secret_faults(claims, tuple(shown_percents)),
    ]
    if demo_key is not None and demo_key != claims.sample:
        faults.append(Fault("lint_sample_mark", "sample"))
    return faults or _rehearsal_faults(claims, public_url)


def rehearse(claims: Claims, *, public_url: str, signer: Signer | None = None) -> Rehearsal:
    """Return what issuing would make of *claims*, with a throw-away key unless *signer* is given.

    Raises:
        InputError: what cannot be encoded.
    """
    hand: Signer | KeySigner = signer or throwaway_signer()
    kid = hand.public_key.kid
    signed = vc.credential_signing_input(claims, public_url=public_url, key=hand.public_key)
    token = jose.assemble(signed, hand.sign(signed))
    digest = hashlib.sha256(token.encode("ascii")).digest()
    qr = qr_text.qr_claims(claims, digest, public_url=public_url)
    payload = qr_text.encode_claims(qr)
    envelope = cose.assemble(kid, payload, hand.sign(cose.to_be_signed(kid, payload)))
    return Rehearsal(token, qr, qr_text.qr_url(public_url, envelope))


def _day_faults(claims: Claims, today: date, validity_years: int) -> Iterator[Fault]:
    if claims.issued_on != today:
        yield Fault("lint_issue_day", "issued_on", {"day": today.isoformat()})
    expected = last_valid_day(claims.issued_on, validity_years)
    if claims.expires_on != expected:
        yield Fault("lint_expiry_day", "expires_on", {"day": expected.isoformat()})
    if claims.issued_on < qr_text.EPOCH:
        yield Fault("lint_day_range", "issued_on")


def _slot_faults(claims: Claims) -> Iterator[Fault]:
    first = (claims.expires_on.year - 2000) * 100
    if not first <= claims.slot.list_number <= first + _LAST_LIST_SHARD:
        yield Fault("lint_slot_list", "slot.list_number")
    if not 0 <= claims.slot.index < SLOTS_IN_A_LIST:
        yield Fault("lint_slot_index", "slot.index")


def _holder_faults(holder: Holder) -> Iterator[Fault]:
    for field in fields(Holder):
        if field.name == "juristic_number":
            continue
        most = LONGEST_ADDRESS if field.name.startswith("address") else LONGEST_NAME
        text = getattr(holder, field.name)
        compulsory = field.name in _COMPULSORY_HOLDER
        yield from _text_faults(text, f"holder.{field.name}", most, compulsory=compulsory)
    if not any("\u0e01" <= sign <= "\u0e2e" for sign in holder.name_th):
        yield Fault("lint_thai_name", "holder.name_th")
    if holder.juristic_number is not None:
        yield from _juristic_faults(holder.juristic_number)


def _juristic_faults(number: str) -> Iterator[Fault]:
    try:
        if parse_tax_number(number) != number:
            yield Fault("tax_number_malformed", "holder.juristic_number")
    except MalformedNumberError as error:
        yield Fault(error.code, "holder.juristic_number")
    if is_natural_person(number):
        yield Fault("lint_citizen_number", "holder.juristic_number")


def _product_faults(products: tuple[CertifiedProduct, ...]) -> Iterator[Fault]:
    if not products:
        yield Fault("lint_no_product", "products")
    if len(products) > MOST_PRODUCTS:
        yield Fault("lint_too_many_products", "products", {"most": MOST_PRODUCTS})
    for position, product in enumerate(products, start=1):
        place = f"products[{position}]"
        yield from _coverage_faults(product.coverage, place)
        if not re.fullmatch(r"[a-z][a-z_]{0,39}", product.formula, re.ASCII):
            yield Fault("lint_formula", f"{place}.formula")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.\-_]{0,59}", product.rule_set_id, re.ASCII):
            yield Fault("lint_rule_set", f"{place}.rule_set_id")
        if not _HEX_64.fullmatch(product.rule_set_sha256):
            yield Fault("lint_rule_set", f"{place}.rule_set_sha256")
        if not re.fullmatch(r"[1-9][0-9]?|100", product.threshold, re.ASCII):
            text = product.threshold[:40]
            yield Fault("threshold_malformed", f"{place}.threshold", {"text": text})
        if product.commitment and not is_commitment(product.commitment):
            yield Fault("lint_commitment", f"{place}.commitment")
    yield from _duplicate_faults(products)


def _duplicate_faults(products: tuple[CertifiedProduct, ...]) -> Iterator[Fault]:
    seen: dict[CoverageEntry, int] = {}
    for position, product in enumerate(products, start=1):
        first = seen.setdefault(product.coverage, position)
        if first != position:
            yield Fault("lint_same_product", f"products[{position}]", {"first": first})


def _coverage_faults(entry: CoverageEntry, place: str) -> Iterator[Fault]:
    yield from _text_faults(entry.product_th, f"{place}.product_th", LONGEST_NAME, compulsory=True)
    yield from _text_faults(entry.product_en, f"{place}.product_en", LONGEST_NAME, compulsory=False)
    yield from _text_faults(entry.brand, f"{place}.brand", LONGEST_NAME, compulsory=False)
    if len(entry.models) > MOST_MODELS or len(entry.ranges) > MOST_RANGES:
        yield Fault("lint_too_much_coverage", place, {"models": MOST_MODELS, "ranges": MOST_RANGES})
    for position, model in enumerate(entry.models, start=1):
        yield from _text_faults(model, f"{place}.models[{position}]", LONGEST_MODEL, compulsory=True)
    folded = ["".join(model.split()).casefold() for model in entry.models]
    if len(set(folded)) != len(folded):
        yield Fault("lint_same_model", f"{place}.models")
    for position, span in enumerate(entry.ranges, start=1):
        yield from _range_faults(span, f"{place}.ranges[{position}]")
    try:
        is_plain = parse_hs_code(entry.hs_code) == entry.hs_code and entry.hs_code[:2] != "00"
    except MalformedNumberError:
        is_plain = False
    if not is_plain:
        yield Fault("hs_code_malformed", f"{place}.hs_code", {"text": entry.hs_code[:40]})


def _range_faults(span: ValueRange, place: str) -> Iterator[Fault]:
    yield from _text_faults(span.property, f"{place}.property", LONGEST_MODEL, compulsory=True)
    yield from _text_faults(span.unit, f"{place}.unit", LONGEST_MODEL, compulsory=False)
    if code := range_fault(span):
        yield Fault(code, place)


def _issuer_faults(claims: Claims) -> Iterator[Fault]:
    if not is_in_force(claims.issuer, claims.issued_on):
        yield Fault("lint_issuer_period", "issuer")
    for field in fields(claims.issuer):
        value = getattr(claims.issuer, field.name)
        if isinstance(value, str):
            yield from _text_faults(value, f"issuer.{field.name}", LONGEST_ADDRESS, compulsory=True)


def _text_faults(text: str, place: str, most: int, *, compulsory: bool) -> Iterator[Fault]:
    if not text:
        if compulsory:
            yield Fault("lint_text_missing", place)
        return
    if len(text) > most:
        yield Fault("lint_text_too_long", place, {"most": most})
    if text != text.strip() or "  " in text:
        yield Fault("lint_text_spaces", place)
    if found := sign_fault(text):
        code, sign = found
        yield Fault(code, place, {"sign": sign})


def _secret_faults(claims: Claims, shown_percents: tuple[str, ...]) -> Iterator[Fault]:
    percent = _percent_pattern(shown_percents)
    for place, text in _public_texts(claims):
        plain = _plain_digits(text)
        if percent and percent.search(plain):
            yield Fault("lint_share_shown", place)
        for match in _THIRTEEN_DIGITS.finditer(plain):
            if _is_citizen_number(re.sub(r"\D", "", match[1])):
                yield Fault("lint_citizen_number", place)


def _percent_pattern(shown_percents: tuple[str, ...]) -> re.Pattern[str] | None:
    if not shown_percents:
        return None
    numbers = "|".join(re.escape(text) for text in sorted(set(shown_percents)))
    before = r"(?:ร้อยละ|percent|per cent|%)\s*"
    after = r"\s*(?:%|percent|per cent|เปอร์เซ็นต์)"
    number = rf"(?<![0-9.])(?:{numbers})(?![0-9])"
    return re.compile(rf"{before}{number}|{number}{after}", re.IGNORECASE)


def _public_texts(claims: Claims) -> Iterator[tuple[str, str]]:
    for field in fields(Holder):
        if field.name != "juristic_number":
            yield f"holder.{field.name}", getattr(claims.holder, field.name)
    for position, product in enumerate(claims.products, start=1):
        place, entry = f"products[{position}]", product.coverage
        texts = (entry.product_th, entry.product_en, entry.brand, *entry.models)
        yield from ((place, text) for text in texts)
        yield from ((place, f"{span.property} {span.unit}") for span in entry.ranges)


def _plain_digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign
        for sign in unicodedata.normalize("NFKC", text)
    )


def _is_citizen_number(digits: str) -> bool:
    try:
        return is_natural_person(parse_tax_number(digits))
    except MalformedNumberError:
        return False


def _rehearsal_faults(claims: Claims, public_url: str) -> list[Fault]:
    signer = throwaway_signer()
    try:
        made = rehearse(claims, public_url=public_url, signer=signer)
        return list(_reading_faults(made, claims, signer))
    except InputError as error:
        if error.code == "qr_digits_too_many":
            return [Fault("lint_qr_too_large", "holder.name_th")]
        return list(error.faults)


def _reading_faults(made: Rehearsal, claims: Claims, signer: KeySigner) -> Iterator[Fault]:
    envelope = cose.open_envelope(qr_text.from_digits(qr_text.digits_in(made.qr_url)))
    jws = jose.parse(made.token, typ=vc.TYP)
    is_good = cose.verify(envelope, signer.public_key) and jose.verify(jws, signer.public_key)
    if not is_good or qr_text.decode_claims(envelope.payload) != made.qr:
        yield Fault("lint_not_read_back", "qr")
    facts = vc.read_credential(jws.payload)
    stated = (facts.number, facts.name_th, facts.juristic_number, facts.issued_on, facts.expires_on)
    holder = claims.holder
    meant = (claims.number, holder.name_th, holder.juristic_number, claims.issued_on, claims.expires_on)
    products = tuple(product.coverage for product in claims.products)
    said = [statement_of(product) for product in claims.products]
    is_same = facts.products == products and list(read_statements(jws.payload)) == said
    if stated != meant or not is_same or facts.slot != claims.slot:
        yield Fault("lint_not_read_back", "credential")
    if facts.sample != claims.sample:
        yield Fault("lint_sample_mark", "credential")
