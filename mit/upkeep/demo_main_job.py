"""The demo's main job: one cost sheet becomes one certificate, in the hands of three persons.

Then its holder names a dealer in a letter, so that whoever looks at the demo finds one.

Each step is one function, so that the command line can show it as it happens.  They are the same
work functions that the pages and the API call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mit.company_register.port import NullCompanyRegister
from mit.criteria.cost_sheet import CostSheet
from mit.errors import ConflictError
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.appoint import appoint
from mit.issuance.approve import approve
from mit.issuance.authority import Authority
from mit.issuance.dealer_letter_typed import TypedLetter
from mit.issuance.move import Standing
from mit.issuance.review import recommend
from mit.issuance.wish import Opinion, Seen, keep_all
from mit.store import certificates, documents
from mit.store.db import viewing
from mit.upkeep.demo_companies import DATA, DemoCompany, demo_companies, demo_dealer
from mit.upkeep.demo_people import MAIN_COMPANY, Cast
from mit.values.thai_date import bangkok_day

_ONE_PRODUCT = 1
_LETTER_DAYS = timedelta(days=90)
#: A change of the n-th last digit reaches from bit n to bit 3.4 n; the signature is the last 512 bits.
_DIGIT_FROM_END = 60


@dataclass(frozen=True, slots=True)
class IssuedForms:
    """What was issued: the QR's text, the exact bytes of the credential, and the sealed PDF."""

    qr_text: str
    credential: bytes
    pdf: bytes


def main_company() -> DemoCompany:
    """Return the company for which the main job is done."""
    return next(company for company in demo_companies() if company.code == MAIN_COMPANY)


def main_cost_sheet() -> bytes:
    """Return the bytes of the cost sheet that the main job begins with."""
    return (DATA / "main_job.json").read_bytes()


def hand_in(cast: Cast, sheet: CostSheet, *, now: datetime, authority: Authority) -> Standing:
    """Let the applicant write the draft and submit it; return where the application stands."""
    company, applicant = main_company(), cast.applicants[MAIN_COMPANY]
    draft = Draft([sheet], company.address.th, company.address.en, company.factory_number)
    written = create_draft(applicant, draft, now=now)
    seen = Seen(written.version, written.content_digest)
    return submit(applicant, written.application_id, seen=seen, now=now, authority=authority)


def recommend_it(cast: Cast, standing: Standing, *, now: datetime) -> Standing:
    """Let the reviewer recommend what was handed in."""
    return recommend(cast.reviewer(0), standing.application_id, opinion=_yes(standing), now=now)


def approve_it(cast: Cast, standing: Standing, *, now: datetime, authority: Authority) -> Standing:
    """Let the approver, another person, approve it; the number is given here."""
    approver = cast.approver(0)
    return approve(approver, standing.application_id, opinion=_yes(standing), now=now, authority=authority)


def name_dealer(cast: Cast, number: str, *, now: datetime, authority: Authority) -> str:
    """Let the holder issue a letter to a dealer about the certificate; return the number of the letter.

    It is signed with the jobs that are done next.
    """
    dealer, today = demo_dealer(), bangkok_day(now)
    typed = TypedLetter(
        dealer_number=dealer.tax_number,
        dealer_name_th=dealer.name.th,
        dealer_name_en=dealer.name.en,
        products=(str(_ONE_PRODUCT),),
        from_on=today.isoformat(),
        until_on=(today + _LETTER_DAYS).isoformat(),
    )
    applicant, register = cast.applicants[MAIN_COMPANY], NullCompanyRegister()
    return appoint(applicant, number, typed, register=register, now=now, authority=authority)


def issued_forms(number: str, var_dir: Path) -> IssuedForms:
    """Return the three forms of an issued certificate.

    Raises:
        ConflictError: ``demo_not_issued``: the worker has not signed or printed it.
    """
    with viewing() as session:
        row = certificates.get_certificate(session, number)
        if not (row.qr_text and row.credential and row.pdf_sha256):
            raise ConflictError("demo_not_issued", number=number)
        pdf = documents.read_document(session, var_dir, row.pdf_sha256)
        return IssuedForms(row.qr_text, row.credential.encode("ascii"), pdf)


def with_one_digit_changed(qr_text: str) -> tuple[str, int]:
    """Return the QR's text with one digit made another, and where it stands, counted from 1.

    The digit stands so far from the end that only the signature changes: the copy is still
    readable, and simply not genuine.
    """
    at = len(qr_text) - _DIGIT_FROM_END
    other = str((int(qr_text[at]) + 1) % 10)
    return qr_text[:at] + other + qr_text[at + 1 :], at + 1


def _yes(standing: Standing) -> Opinion:
    return Opinion(Seen(standing.version, standing.content_digest), keep_all(_ONE_PRODUCT))
