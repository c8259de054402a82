"""The made-up applicants of the demo world: names, places, and numbers that are valid in form only.

A juristic number names the year of registration 2590 B.E., which has not come; a citizen number
names the registration office 9999, which does not exist (groups of the numbers: domain 7.1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mit.values.bilingual import Bilingual
from mit.values.identifiers import juristic_check_digit

DATA = Path(__file__).parent / "demo"
#: Last three digits of the Buddhist year that no company was registered in yet.
_YEAR = "590"
#: A registration office that does not exist.
_OFFICE = "9999"
_BANGKOK = "10"
_DEALER_RUNNING = 99_999
#: Kind → digit of the entity in a juristic number, Thai and English form of the name (domain 7.1).
_JURISTIC = {
    "limited": ("5", "บริษัท {} จำกัด", "{} Co., Ltd."),
    "public": ("7", "บริษัท {} จำกัด (มหาชน)", "{} Public Company Limited"),
    "partnership": ("3", "ห้างหุ้นส่วนจำกัด {}", "{} Limited Partnership"),
}


#: Kind → what it is in law, where it is no juristic person, and the form of its registration's number;
#: an office 9999 and a place 9-99-99-99 do not exist.
_REGISTERED = {
    "person": ("natural_person", "9999-{:07d}"),
    "community": ("community_enterprise", "9-99-99-99/1-{:04d}"),
}


@dataclass(frozen=True, slots=True)
class DemoFactory:
    """A factory that does not exist: number in the new or the old form, name and address."""

    number: str
    name: Bilingual
    address: Bilingual


@dataclass(frozen=True, slots=True)
class DemoDealer:
    """A dealer that does not exist: its name in both languages and its juristic number."""

    name: Bilingual
    tax_number: str


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """An applicant that does not exist.

    Attributes:
        code: two letters, used in models and e-mail addresses.
        name: as registered, both languages.
        tax_number: 13 digits with a right check digit; a citizen number for natural persons and
            for the heads of community enterprises.
        address: with province and postcode, both languages.
        factory_number: 14 digits of the new form; empty where no factory is registered.
        brand: the mark on the products.
        products: keys into the product data.
        form: what it is in law, as ``store.accounts.FORMS`` has it.
        registration_number: of a trader's commercial registration or a community enterprise.
    """

    code: str
    name: Bilingual
    tax_number: str
    address: Bilingual
    factory_number: str
    brand: str
    products: tuple[str, ...]
    form: str = "juristic_person"
    registration_number: str = ""

    @property
    def factories(self) -> tuple[DemoFactory, ...]:
        """Return its factories: the one that applications name; for one in five another, of the old form."""
        if not self.factory_number:
            return ()
        first = DemoFactory(self.factory_number, self.name, self.address)
        running = int(self.tax_number[7:12])
        if running % 5 != 4:
            return (first,)
        name = Bilingual(f"{self.name.th} โรงงาน 2", f"{self.name.en} Plant 2")
        return (first, DemoFactory(f"3-99-{running}/90ตย", name, self.address))

    @property
    def applicant_email(self) -> str:
        """Return the address of the one who applies for the company; ``.example`` reaches nobody."""
        return f"applicant@{self.code.lower()}.example"


@cache
def demo_companies() -> tuple[DemoCompany, ...]:
    """Return all made-up applicants, in the order of the data."""
    document = demo_document("companies")
    provinces = {code: Bilingual(*names) for code, names in document["provinces"].items()}
    return tuple(
        _company(entry, running, provinces[entry["province"]])
        for running, entry in enumerate(document["companies"], 1)
    )


def demo_dealer() -> DemoDealer:
    """Return the company that sells what others make; its running number is none of the applicants'."""
    name = {"name_th": "ค้าส่งไฟฟ้าตัวอย่าง", "name_en": "Sample Electrical Wholesale", "kind": "limited"}
    return DemoDealer(_name(name), _tax_number({"kind": "limited", "province": _BANGKOK}, _DEALER_RUNNING))


@cache
def demo_document(name: str) -> dict[str, Any]:
    """Return one of the JSON documents beside this module."""
    document: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return document


def _company(entry: dict[str, Any], running: int, province: Bilingual) -> DemoCompany:
    is_juristic = entry["kind"] in _JURISTIC
    form, number = _REGISTERED.get(entry["kind"], ("juristic_person", ""))
    return DemoCompany(
        code=entry["code"],
        name=_name(entry),
        tax_number=_tax_number(entry, running),
        address=_address(entry, province),
        factory_number=f"20{entry['province']}{running:05d}2590{running % 10}" if is_juristic else "",
        brand=entry["brand"],
        products=tuple(entry["products"]),
        form=form,
        registration_number=number.format(running),
    )


def _name(entry: dict[str, Any]) -> Bilingual:
    _, thai, english = _JURISTIC.get(entry["kind"], ("", "{}", "{}"))
    return Bilingual(thai.format(entry["name_th"]), english.format(entry["name_en"]))


def _tax_number(entry: dict[str, Any], running: int) -> str:
    if entry["kind"] in _JURISTIC:
        first_twelve = f"0{entry['province']}{_JURISTIC[entry['kind']][0]}{_YEAR}{running:05d}"
    else:
        first_twelve = f"1{_OFFICE}{running:07d}"
    return first_twelve + juristic_check_digit(first_twelve)


def _address(entry: dict[str, Any], province: Bilingual) -> Bilingual:
    prefix = "" if entry["province"] == _BANGKOK else "จังหวัด"
    return Bilingual(
        f"{entry['place_th']} {prefix}{province.th} {entry['postcode']}",
        f"{entry['place_en']}, {province.en} {entry['postcode']}",
    )
