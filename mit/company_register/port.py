"""What is asked of a register of companies, and its three answers; and the register that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Company:
    """A company as the register has it.

    Attributes:
        tax_number: its 13 digits.
        name_th: the registered name.
        name_en: the same in English; empty where the register has none.
        address_th: the registered address in one line; empty where it has none.
        status: the register's own words for whether it still trades; empty where it says nothing.
    """

    tax_number: str
    name_th: str
    name_en: str = ""
    address_th: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The register answered, and knows no such number."""


@dataclass(frozen=True, slots=True)
class Away:
    """The register did not answer in a way that can be used; ``reason`` is for the log."""

    reason: str


Answer = Company | Unknown | Away


class CompanyRegister(Protocol):
    """Anything that can be asked for the company behind a number."""

    @property
    def is_on(self) -> bool:
        """Say whether there is anything to ask."""
        ...

    def find(self, tax_number: str, *, now: datetime) -> Answer:
        """Return what the register says of a juristic number of 13 digits; never raises."""
        ...


class NullCompanyRegister:
    """No register is configured: names are typed by hand."""

    is_on = False

    def find(self, tax_number: str, *, now: datetime) -> Answer:  # noqa: ARG002 - the port asks so
        """Return that nobody could be asked."""
        return Away("off")
