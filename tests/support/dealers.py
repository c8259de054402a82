"""Letters to dealers, issued and signed in one line, for tests that need one to stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from mit import worker
from mit.company_register.port import Answer, Away, Company, CompanyRegister, NullCompanyRegister
from mit.issuance.appoint import appoint
from mit.issuance.dealer_letter_typed import TypedLetter
from tests.support.desk import Desk

#: A dealer that is a company, another one, and the dealer's names.
DEALER, OTHER_DEALER = "0105562000015", "0105550000015"
NAME_TH, NAME_EN = "บริษัท บางนาการไฟฟ้า จำกัด", "Bangna Electric Co., Ltd."
TYPED = TypedLetter(
    dealer_number=DEALER,
    dealer_name_th=NAME_TH,
    dealer_name_en=NAME_EN,
    products=("1",),
    from_on="2026-11-25",
    until_on="2027-03-31",
)


class KnownCompany:
    """A register that has one answer for every number."""

    is_on = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def find(self, tax_number: str, *, now: datetime) -> Answer:
        """Return the answer and note who was asked for."""
        del now
        self.asked.append(tax_number)
        return self.answer


def the_register(name_th: str = "", name_en: str = "") -> KnownCompany:
    """Return a register that knows every number under these names; without any it is away."""
    return KnownCompany(Company(DEALER, name_th, name_en) if name_th else Away("timeout"))


def appointed(desk: Desk, number: str, register: CompanyRegister | None = None, **changes: Any) -> str:
    """Let Somchai issue a letter about a certificate; return its number.  It is not signed yet."""
    return appoint(
        desk.cast.somchai,
        number,
        replace(TYPED, **changes),
        register=register or NullCompanyRegister(),
        now=desk.tick(),
        authority=desk.authority,
    )


def letter_of(desk: Desk, number: str, **changes: Any) -> str:
    """Let Somchai issue a letter and the worker sign it; return its number."""
    letter = appointed(desk, number, **changes)
    worker.run_once(desk.app, now=desk.tick())
    return letter
