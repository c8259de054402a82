"""What a maker sees of its letters to dealers: each with where it stands today, and what may be issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mit.errors import NotFoundError
from mit.lifecycle.dealer_letter_terms import (
    DealerLetterTerms,
    dealer_letter_terms_on,
    last_day_of_letter,
)
from mit.roles.actor import Actor
from mit.roles.permissions import acts_for
from mit.store import certificates, dealer_letters
from mit.store.applications import get_application
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, viewing
from mit.store.dealer_letters import DealerLetterRow
from mit.values.identifiers import shown_tax_number
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """One letter.

    Attributes:
        standing: ``unsigned`` (the worker has not come to it), ``to_come``, ``in_force``, ``over``,
            ``ended`` by the maker, or ``certificate`` where the certificate does not hold today.
        places: which products of the certificate, from 1.
        is_signed: whether there is a page to show and to print.
    """

    number: str
    dealer_name_th: str
    dealer_name_en: str
    dealer_number: str
    places: tuple[int, ...]
    from_on: date
    until_on: date
    tender: str
    standing: str
    ended_at: datetime | None
    is_signed: bool

    @property
    def can_end(self) -> bool:
        """Say whether there is anything left to end."""
        return self.standing not in {"ended", "over"}


@dataclass(frozen=True, slots=True)
class OwnDealers:
    """A certificate of one's own with its letters.

    Attributes:
        products: place, Thai and English name of each.
        is_in_force: whether a letter may be issued today.
        latest_on: the last day until which a letter that begins today may be in force.
        terms: the dated setting of today; None where none is in force.
    """

    number: str
    application_number: str
    products: tuple[tuple[int, str, str], ...]
    letters: tuple[OwnLetter, ...]
    is_in_force: bool
    today: date
    latest_on: date
    terms: DealerLetterTerms | None

    def letter(self, number: str) -> OwnLetter:
        """Return one of the letters.

        Raises:
            NotFoundError: ``dealer_letter_not_found``.
        """
        found = next((one for one in self.letters if one.number == number), None)
        if found is None:
            raise NotFoundError("dealer_letter_not_found", number=number[:40])
        return found


def read_own_dealers(actor: Actor, number: str, *, now: datetime) -> OwnDealers:
    """Return the letters about a certificate of the actor's own organisation, the newest first.

    Raises:
        NotFoundError: ``certificate_not_found``: there is none, or it is somebody else's.
    """
    today = bangkok_day(now)
    with viewing() as session:
        row = certificates.find_certificate(session, number)
        if row is None or not acts_for(actor, row.organisation_id) or row.state != "active":
            raise NotFoundError("certificate_not_found", number=number)
        terms = dealer_letter_terms_on(today)
        is_in_force = row.status == "active" and row.issued_on <= today <= row.expires_on
        return OwnDealers(
            number=number,
            application_number=get_application(session, row.application_id).number,
            products=_products(session, row),
            letters=tuple(
                _own(one, today, holds=is_in_force) for one in dealer_letters.letters_of(session, number)
            ),
            is_in_force=is_in_force,
            today=today,
            latest_on=last_day_of_letter(terms, today, row.expires_on),
            terms=terms,
        )


def _products(session: OpenSession, row: Certificate) -> tuple[tuple[int, str, str], ...]:
    found = certificates.products_certified(session, row.number)
    return tuple((one.position, one.name_th, one.name_en) for one in found)


def _own(row: DealerLetterRow, today: date, *, holds: bool) -> OwnLetter:
    return OwnLetter(
        number=row.number,
        dealer_name_th=row.dealer_name_th,
        dealer_name_en=row.dealer_name_en,
        dealer_number=shown_tax_number(row.dealer_juristic_number),
        places=tuple(int(place) for place in row.places.split(",")),
        from_on=row.from_on,
        until_on=row.until_on,
        tender=row.tender,
        standing=_standing(row, today, holds=holds),
        ended_at=row.ended_at,
        is_signed=row.token is not None,
    )


def _standing(row: DealerLetterRow, today: date, *, holds: bool) -> str:
    if row.ended_at is not None:
        return "ended"
    if today > row.until_on:
        return "over"
    if not holds:
        return "certificate"
    if row.token is None:
        return "unsigned"
    return "to_come" if today < row.from_on else "in_force"
