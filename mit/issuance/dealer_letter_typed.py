"""What a maker typed of a letter to a dealer, and everything that may be wrong with it.  Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from mit.accounts.membership import line_faults, line_of
from mit.company_register.port import Answer, Company
from mit.credential.dealer_letter import Party
from mit.errors import Fault, InputError
from mit.lifecycle.dealer_letter_terms import LONGEST_TENDER, day_faults, dealer_letter_terms_on
from mit.store.certificates import Certificate
from mit.values.identifiers import is_natural_person, parse_tax_number
from mit.values.thai_date import parse_day

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class TypedLetter:
    """The fields of the form as they were typed; ``products`` are places on the certificate."""

    dealer_number: str = ""
    dealer_name_th: str = ""
    dealer_name_en: str = ""
    products: tuple[str, ...] = ()
    from_on: str = ""
    until_on: str = ""
    tender: str = ""


@dataclass(frozen=True, slots=True)
class WantedLetter:
    """The same, read: whom the letter is for, for which places, from when to when, for which tender."""

    dealer: Party
    named_by: str
    places: tuple[int, ...]
    from_on: date
    until_on: date
    tender: str


def read_dealer_number(text: str) -> str:
    """Return the 13 digits of a dealer that is a company.

    Raises:
        MalformedNumberError: ``tax_number_malformed`` or ``tax_number_check``.
        InputError: ``dealer_is_person``: a citizen number is never public.
    """
    number = parse_tax_number(text, where="dealer_number")
    if is_natural_person(number):
        raise InputError("dealer_is_person", where="dealer_number")
    return number


def named(typed: TypedLetter, answer: Answer) -> TypedLetter:
    """Return what was typed with the name that the register of companies gave; its name counts."""
    if not isinstance(answer, Company):
        return typed
    return replace(
        typed,
        dealer_name_th=answer.name_th,
        dealer_name_en=answer.name_en or typed.dealer_name_en,
    )


def read_typed(
    typed: TypedLetter, answer: Answer, certificate: Certificate, places: Collection[int], *, today: date
) -> WantedLetter:
    """Return what is wanted, read; *places* are those on the certificate.

    Raises:
        InputError: every wrong field: ``tax_number_malformed``, ``tax_number_check``,
            ``dealer_is_person``, ``dealer_is_maker``, ``name_th_missing``, ``text_long``,
            ``text_unreadable``, ``letter_products``, ``day_malformed``, ``day_year``,
            ``letter_begins_before``, ``letter_ends_before``, ``letter_outlives``, ``letter_too_long``.
    """
    told = named(typed, answer)
    number, faults = _number(told, certificate)
    name_th, name_en, tender = (
        line_of(text) for text in (told.dealer_name_th, told.dealer_name_en, told.tender)
    )
    faults += line_faults(name_th, "dealer_name_th", longest=_LONGEST_NAME, missing="name_th_missing")
    faults += line_faults(name_en, "dealer_name_en", longest=_LONGEST_NAME)
    chosen = [int(one) for one in told.products if one.isascii() and one.isdecimal() and len(one) <= 3]
    if not chosen or len(chosen) != len(told.products) or not set(chosen) <= set(places):
        faults.append(Fault("letter_products", "products"))
    days, day_wrong = _days(told, certificate, today)
    faults += day_wrong
    faults += line_faults(tender, "tender", longest=LONGEST_TENDER)
    if faults:
        raise InputError(faults=faults)
    named_by = "company_register" if isinstance(answer, Company) else "maker"
    return WantedLetter(Party(name_th, name_en, number), named_by, tuple(sorted(set(chosen))), *days, tender)


def _number(told: TypedLetter, certificate: Certificate) -> tuple[str, list[Fault]]:
    try:
        number = read_dealer_number(told.dealer_number)
    except InputError as error:
        return "", list(error.faults)
    is_maker = number == certificate.holder_juristic_number
    return number, [Fault("dealer_is_maker", "dealer_number")] if is_maker else []


def _days(told: TypedLetter, certificate: Certificate, today: date) -> tuple[tuple[date, date], list[Fault]]:
    """Return both days and what is wrong with them; days that cannot be read are not compared."""
    days: list[date] = []
    faults: list[Fault] = []
    for name in ("from_on", "until_on"):
        try:
            days.append(parse_day(getattr(told, name), where=name))
        except InputError as error:
            faults += error.faults
    if faults:
        return (today, today), faults
    terms = dealer_letter_terms_on(today)
    wrong = day_faults(days[0], days[1], today=today, expires_on=certificate.expires_on, terms=terms)
    return (days[0], days[1]), list(wrong)
