"""What was noticed about a case beside other papers: last time's, other applicants', the register's.

Everything is asked anew whenever somebody looks, for what others hold changes; a question, never a
verdict.  Of another applicant nothing is told but the number of an application.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mit.errors import MalformedNumberError
from mit.issuance.case import Case
from mit.issuance.look import ProductView
from mit.issuance.remarks import Remark
from mit.issuance.sheet_facts import SheetFacts, facts_of
from mit.lifecycle.price_comparison import PriceComparison, price_comparison_on
from mit.store import compared
from mit.store.applications import ApplicationProduct
from mit.store.compared import CertifiedBefore, DeclaredPrice, InRegister, SameFile
from mit.store.db import OpenSession
from mit.values.identifiers import parse_certificate_number
from mit.values.money import Money

#: Files that are named one by one; more are counted.
_MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one case.

    Attributes:
        certificates: what the register has now, by number.
    """

    today: date
    files: Sequence[SameFile]
    before: Sequence[CertifiedBefore]
    declared: Sequence[DeclaredPrice]
    certificates: Mapping[str, InRegister]

    def on_files(self) -> tuple[Remark, ...]:
        """Return what is to be asked about files that another application holds too."""
        listed = [
            Remark(
                "double",
                "same_file_own" if file.is_own else "same_file_foreign",
                "evidence",
                {"title": file.file_name, "number": file.other},
            )
            for file in self.files[:_MOST_FILES]
        ]
        left = len(self.files) - len(listed)
        return (*listed, Remark("double", "more", params={"left": left})) if left else tuple(listed)

    def on_product(self, product: ApplicationProduct, facts: SheetFacts) -> tuple[Remark, ...]:
        """Return what is to be asked about one product."""
        rule = price_comparison_on(self.today)
        prices = self._prices(rule, product, facts) if rule else ()
        return (*prices, *self._certificates(facts))

    def _prices(
        self, rule: PriceComparison, product: ApplicationProduct, facts: SheetFacts
    ) -> Iterator[Remark]:
        price = Money(product.price_ex_works_satang)
        last = last_time(self.before, product.name_th, product.hs_code)
        if last is not None and last.unit == facts.unit:
            then = Money(last.price_satang)
            if where := rule.against_last(price, then):
                params: dict[str, str | int] = {
                    "number": last.application_number, "then": then.to_shown(), "now": price.to_shown(),
                    "percent": rule.last_percent,
                }  # fmt: skip
                yield _asked(rule, f"price_{where}_last", params)
        alike = [one for one in self.declared if (one.heading, one.unit) == (facts.heading, facts.unit)]
        if len({one.organisation_id for one in alike}) >= rule.least_others:
            where = rule.against_others(price, [Money(one.price_satang) for one in alike])
            if where:
                yield _asked(rule, f"price_{where}_others", {"times": rule.others_times})

    def _certificates(self, facts: SheetFacts) -> Iterator[Remark]:
        for written, at in facts.certificates.items():
            standing = self._standing(written)
            if standing != "active":
                where, params = f"lines[{at}].supplier_certificate", {"number": written[:60]}
                yield Remark("doubt", f"supplier_certificate_{standing}", where, params)

    def _standing(self, written: str) -> str:
        found = self.certificates.get(_number(written))
        if found is None:
            return "unknown"
        is_over = found.status in {"active", "suspended"} and found.expires_on < self.today
        return "expired" if is_over else found.status


def compare(session: OpenSession, case: Case, products: Sequence[ProductView], *, today: date) -> Beside:
    """Return what stands beside a case on the Bangkok day *today*; four statements at most."""
    facts = [facts_of(product) for product in products]
    organisation_id: UUID = case.application.organisation_id
    numbers = sorted({_number(written) for fact in facts for written in fact.certificates} - {""})
    return Beside(
        today=today,
        files=compared.same_files_elsewhere(session, case.application.id, organisation_id),
        before=certified_before(session, case),
        declared=compared.prices_of_others(session, organisation_id, {fact.heading for fact in facts}),
        certificates=compared.in_register(session, numbers),
    )


def certified_before(session: OpenSession, case: Case) -> list[CertifiedBefore]:
    """Return what the applicant had certified before this case was submitted and may be the same product."""
    until = case.application.submitted_at
    names = {product.name_th for product in case.products}
    return compared.certified_before(session, case.application, names, until=until) if until else []


def last_time(before: Sequence[CertifiedBefore], name_th: str, hs_code: str | None) -> CertifiedBefore | None:
    """Return the same product as it was certified last: of what is renewed, else by name and HS code."""
    named = [one for one in before if one.name_th == name_th]
    renewed = next((one for one in named if one.is_renewed), None)
    return renewed or next((one for one in named if one.hs_code == hs_code), None)


def _asked(rule: PriceComparison, code: str, params: Mapping[str, str | int]) -> Remark:
    return Remark("doubt", code, "price_ex_works", params, is_unverified=not rule.is_verified)


def _number(written: str) -> str:
    """Return a certificate's number as the register writes it; empty where it is none of ours."""
    try:
        return str(parse_certificate_number(written))
    except MalformedNumberError:
        return ""
