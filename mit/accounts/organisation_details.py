"""What is told of an organisation, as it was typed, and everything that may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from mit.accounts.membership import line_faults, line_of, telephone_faults
from mit.errors import Fault, MalformedNumberError
from mit.store import accounts
from mit.values.identifiers import is_natural_person, parse_registration_number, parse_tax_number

#: What an organisation may be in law, in the order in which it is asked.
FORMS = accounts.FORMS
_LONGEST_NAME = 300
_LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What is told of an organisation, as it was typed.

    Attributes:
        form: ``juristic_person``, ``natural_person`` or ``community_enterprise``.
        tax_number: its 13 digits; of a natural person the citizen number.
        registration_number: of the commercial registration or the community enterprise.
    """

    form: str = ""
    tax_number: str = ""
    registration_number: str = ""
    name_th: str = ""
    name_en: str = ""
    address_th: str = ""
    address_en: str = ""
    telephone: str = ""


def field_names() -> tuple[str, ...]:
    """Return the names of the fields of an organisation's form."""
    return tuple(field.name for field in fields(OrganisationDetails))


def checked_number(typed: OrganisationDetails) -> tuple[str, list[Fault]]:
    """Return the 13 digits, empty where they are wrong, and what is wrong with form and number."""
    faults = [] if typed.form in FORMS else [Fault("organisation_form", "form")]
    try:
        tax_number = parse_tax_number(typed.tax_number, where="tax_number")
    except MalformedNumberError as error:
        return "", [*faults, *error.faults]
    if typed.form == "juristic_person" and is_natural_person(tax_number):
        return "", [*faults, Fault("tax_number_of_person", "tax_number")]
    if typed.form == "natural_person" and not is_natural_person(tax_number):
        return "", [*faults, Fault("tax_number_of_company", "tax_number")]
    return tax_number, faults


def detail_faults(told: OrganisationDetails) -> list[Fault]:
    """Return what is wrong with everything but form and number."""
    faults: list[Fault] = []
    if told.form != "juristic_person" and told.form in FORMS:
        if not told.registration_number.strip():
            faults.append(Fault("registration_number_missing", "registration_number"))
        else:
            faults += _registration_faults(told.registration_number)
    faults += line_faults(line_of(told.name_th), "name_th", longest=_LONGEST_NAME, missing="name_th_missing")
    faults += line_faults(line_of(told.name_en), "name_en", longest=_LONGEST_NAME)
    faults += line_faults(
        line_of(told.address_th), "address_th", longest=_LONGEST_ADDRESS, missing="address_th_missing"
    )
    faults += line_faults(line_of(told.address_en), "address_en", longest=_LONGEST_ADDRESS)
    return faults + telephone_faults(told.telephone.strip())


def _registration_faults(text: str) -> list[Fault]:
    try:
        parse_registration_number(text, where="registration_number")
    except MalformedNumberError as error:
        return list(error.faults)
    return []
