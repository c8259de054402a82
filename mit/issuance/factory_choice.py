"""The organisation and its registered factories, as an application may name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mit.issuance.draft_sections import WrittenApplication
from mit.store import accounts, factories
from mit.store.db import viewing
from mit.values.identifiers import shown_tax_number


@dataclass(frozen=True, slots=True)
class Choice:
    """A registered factory, in the words of the form's fields."""

    factory_number: str
    site_th: str
    site_en: str


@dataclass(frozen=True, slots=True)
class Company:
    """Who applies; a citizen's number is shown masked."""

    name_th: str
    name_en: str
    tax_number: str
    address_th: str
    address_en: str


def registered(written: WrittenApplication) -> Sequence[Choice]:
    """Return the factories that the organisation has registered and not closed."""
    with viewing() as session:
        rows = factories.factories_of(session, written.organisation_id)
    return [
        Choice(
            row.registration_number,
            f"{row.name_th} {row.address_th}".strip(),
            f"{row.name_en} {row.address_en}".strip(),
        )
        for row in rows
        if row.closed_at is None
    ]


def company_of(written: WrittenApplication) -> Company:
    """Return who applies."""
    with viewing() as session:
        row = accounts.get_organisation(session, written.organisation_id)
    return Company(row.name_th, row.name_en, shown_tax_number(row.tax_number), row.address_th, row.address_en)
