"""Rehearse an issue: build what would be signed with stand-ins, and list every reason not to.

At submission, what the manufacturer can mend is told at once; at approval everything is built with a
throw-away key — credential, QR, paper — and read back as a stranger would (issue item 3; CA/Browser
Baseline Requirements 4.3.1.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from mit.credential import canonical_json
from mit.credential.claims import CertifiedProduct, Claims, StatusSlot
from mit.credential.coverage import parse_coverage
from mit.credential.issuer import IssuerProfile
from mit.credential.lint import lint_claims, rehearse
from mit.criteria.rule_set import RuleSet
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.shaping import missing_letters
from mit.errors import Fault, InputError
from mit.issuance.case import LARGEST_DOCUMENT, Case
from mit.store.applications import ApplicationProduct, AssessmentRecord
from mit.values.identifiers import CertificateNumber
from mit.values.share import percent_text
from mit.values.thai_date import last_valid_day, year_be

#: The longest numbers there are: what fits with these fits with the real ones.
_STAND_IN_RUNNING = 9_999_999
_STAND_IN_INDEX = 131_071
#: Stands in for the formula of a product that does not meet; it is never certified.
_STAND_IN_FORMULA = "direct"
#: As long as every commitment; the real one is made when nothing stands against signing.
_STAND_IN_COMMITMENT = "0" * 64
#: Where the manufacturer can mend a fault.
_APPLICANTS_PLACES = ("holder", "products")


@dataclass(frozen=True, slots=True)
class Certified:
    """One product with its own assessment."""

    product: ApplicationProduct
    assessment: AssessmentRecord


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a certificate is issued: rules, issuer, day, and whether it is a sample."""

    rule_set: RuleSet
    issuer: IssuerProfile
    issued_on: date
    sample: bool
    public_url: str


def certified_in(case: Case, kept: frozenset[int]) -> tuple[Certified, ...]:
    """Return the products at the positions *kept*, each with its own assessment, in order."""
    return tuple(
        Certified(product, case.assessments[product.id])
        for product in case.products
        if product.position in kept
    )


def stand_in(case: Case, certified: Sequence[Certified], terms: Terms) -> Claims:
    """Return what would be certified, with a number and a slot that stand in for the real ones."""
    expires_on = last_valid_day(terms.issued_on, terms.rule_set.validity_years)
    return Claims(
        number=CertificateNumber(year_be(terms.issued_on), _STAND_IN_RUNNING),
        holder=case.holder,
        products=tuple(_certified_product(one, terms.rule_set) for one in certified),
        issued_on=terms.issued_on,
        expires_on=expires_on,
        slot=StatusSlot((expires_on.year - 2000) * 100, _STAND_IN_INDEX),
        issuer=terms.issuer,
        sample=terms.sample,
    )


def lint_submission(case: Case, terms: Terms) -> list[Fault]:
    """Return what the manufacturer must mend before any of the products could be certified."""
    every = certified_in(case, frozenset(product.position for product in case.products))
    claims = stand_in(case, every, terms)
    faults = [*_claims_faults(claims, every, terms), *_letter_faults(claims)]
    return [fault for fault in faults if fault.where.startswith(_APPLICANTS_PLACES)]


def lint_everything(claims: Claims, certified: Sequence[Certified], terms: Terms) -> list[Fault]:
    """Return every reason not to sign *claims*: in the claims, the credential, the QR, the paper."""
    faults = [*_claims_faults(claims, certified, terms), *_letter_faults(claims)]
    return faults or _paper_faults(claims, terms.public_url)


def _certified_product(one: Certified, rule_set: RuleSet) -> CertifiedProduct:
    coverage = parse_coverage(canonical_json.read(one.product.coverage.encode("utf-8")))
    return CertifiedProduct(
        coverage=coverage,
        formula=one.assessment.deciding_formula or _STAND_IN_FORMULA,
        rule_set_id=one.assessment.rule_set_id,
        rule_set_sha256=one.assessment.rule_set_sha256,
        threshold=percent_text(rule_set.for_product(coverage.hs_code).threshold),
        commitment=_STAND_IN_COMMITMENT,
    )


def _claims_faults(claims: Claims, certified: Sequence[Certified], terms: Terms) -> list[Fault]:
    return lint_claims(
        claims,
        public_url=terms.public_url,
        today=terms.issued_on,
        validity_years=terms.rule_set.validity_years,
        shown_percents=_shown_percents(certified),
        demo_key=terms.sample,
    )


def _shown_percents(certified: Sequence[Certified]) -> Iterator[str]:
    for one in certified:
        data = one.assessment.document.encode("utf-8")
        document = canonical_json.read(data, limit_bytes=LARGEST_DOCUMENT)
        yield from (formula["shown_percent"] for formula in document["formulas"])


def _letter_faults(claims: Claims) -> Iterator[Fault]:
    holder = claims.holder
    texts = {
        f"holder.{name}": getattr(holder, name)
        for name in ("name_th", "name_en", "site_th", "site_en", "address_th", "address_en", "factory_number")
    }
    for position, product in enumerate(claims.products, start=1):
        entry = product.coverage
        words = [entry.product_th, entry.product_en, entry.brand, *entry.models]
        words += [f"{span.property} {span.unit}" for span in entry.ranges]
        texts[f"products[{position}]"] = " ".join(words)
    for where, text in texts.items():
        if letters := missing_letters(text):
            yield Fault("lint_letter_not_printable", where, {"letters": letters[:20]})


def _paper_faults(claims: Claims, public_url: str) -> list[Fault]:
    try:
        made = rehearse(claims, public_url=public_url)
        host = urlsplit(public_url).netloc
        draw_certificate(CertificatePaper(claims, made.qr_url, host, made.token.encode("ascii")))
    except InputError as error:
        return list(error.faults)
    return []
