"""The made-up applicants: right in form, and surely nobody's."""

from __future__ import annotations

import re

import pytest

from mit.store.accounts import FORMS
from mit.upkeep.demo_companies import DemoCompany, demo_companies, demo_dealer, demo_document
from mit.values.identifiers import (
    is_natural_person,
    parse_factory_number,
    parse_registration_number,
    parse_tax_number,
    shown_registration_number,
)

THAI = re.compile("[\u0e00-\u0e7f]")
COMPANIES = demo_companies()
JURISTIC = [company for company in COMPANIES if not is_natural_person(company.tax_number)]
NATURAL = [company for company in COMPANIES if is_natural_person(company.tax_number)]

each_company = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.code)


def test_there_are_about_forty_companies_and_a_few_natural_persons() -> None:
    assert len(COMPANIES) == 40
    assert 3 <= len(NATURAL) <= 8


@each_company
def test_every_tax_number_has_a_right_check_digit(company: DemoCompany) -> None:
    assert parse_tax_number(company.tax_number) == company.tax_number


@pytest.mark.parametrize("company", JURISTIC, ids=lambda company: company.code)
def test_a_juristic_number_names_a_year_that_has_not_come(company: DemoCompany) -> None:
    assert company.tax_number[4:7] == "590"


@pytest.mark.parametrize("company", JURISTIC, ids=lambda company: company.code)
def test_the_kind_of_a_juristic_number_is_that_of_the_name(company: DemoCompany) -> None:
    kinds = {"7": "(มหาชน)", "3": "ห้างหุ้นส่วนจำกัด", "5": "จำกัด"}
    assert kinds[company.tax_number[3]] in company.name.th


@pytest.mark.parametrize("company", NATURAL, ids=lambda company: company.code)
def test_a_citizen_number_names_an_office_that_does_not_exist(company: DemoCompany) -> None:
    assert company.tax_number[1:5] == "9999"
    assert company.factory_number == ""


def test_the_dealer_is_a_company_of_a_year_that_has_not_come_and_none_of_the_applicants() -> None:
    dealer = demo_dealer()
    assert parse_tax_number(dealer.tax_number) == dealer.tax_number
    assert not is_natural_person(dealer.tax_number)
    assert dealer.tax_number[4:7] == "590"
    assert dealer.tax_number not in {company.tax_number for company in COMPANIES}
    assert THAI.search(dealer.name.th) and not THAI.search(dealer.name.en)


def test_nothing_that_must_be_unique_stands_twice() -> None:
    for member in ("code", "tax_number", "brand", "applicant_email"):
        values = [getattr(company, member) for company in COMPANIES]
        assert len(set(values)) == len(values), member
    assert len({company.name.th for company in COMPANIES}) == len(COMPANIES)


@each_company
def test_names_and_addresses_are_thai_first_with_an_english_twin(company: DemoCompany) -> None:
    for text in (company.name, company.address):
        assert THAI.search(text.th)
        assert text.en
        assert not THAI.search(text.en)


@pytest.mark.parametrize("entry", demo_document("companies")["companies"], ids=lambda entry: entry["code"])
def test_a_postcode_begins_with_its_province(entry: dict[str, str]) -> None:
    province = int(entry["province"])
    assert int(entry["postcode"][:2]) == (province - 1 if 11 <= province <= 19 else province)


@each_company
def test_mail_to_an_applicant_reaches_nobody(company: DemoCompany) -> None:
    assert company.applicant_email.endswith(".example")


@pytest.mark.parametrize("company", JURISTIC, ids=lambda company: company.code)
def test_a_factory_number_has_fourteen_digits_and_the_province(company: DemoCompany) -> None:
    assert re.fullmatch(r"[0-9]{14}", company.factory_number)
    assert company.factory_number[2:4] == company.tax_number[1:3]


@each_company
def test_what_a_company_is_in_law_fits_its_number(company: DemoCompany) -> None:
    assert company.form in FORMS
    assert is_natural_person(company.tax_number) == (company.form != "juristic_person")
    assert bool(company.registration_number) == (company.form != "juristic_person")
    if company.registration_number:
        assert parse_registration_number(company.registration_number) == company.registration_number
        assert shown_registration_number(company.registration_number) == company.registration_number


@each_company
def test_every_factory_has_a_number_in_one_of_the_two_forms(company: DemoCompany) -> None:
    assert bool(company.factories) == bool(company.factory_number)
    for factory in company.factories:
        assert parse_factory_number(factory.number) == factory.number
    if company.factories:
        assert company.factories[0].number == company.factory_number


def test_both_forms_of_factory_numbers_are_in_use() -> None:
    numbers = [factory.number for company in COMPANIES for factory in company.factories]
    assert len(set(numbers)) == len(numbers)
    assert any("/" in number for number in numbers)
    assert any(number.isdigit() for number in numbers)
