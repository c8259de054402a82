"""The people of the demo world: who applies, who reviews, who approves, and who may sign in.

Only a handful can sign in, with passwords made at random and written to ``logins.json``; all others
get a password that nobody is told, hashed cheaply because there is nothing to guess.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from mit.accounts import datastore, factories, second_factor, sessions
from mit.accounts.caller import Caller
from mit.accounts.factories import FactoryDetails
from mit.accounts.passwords import Passwords
from mit.accounts.people import NewOrganisation, NewUser, create_organisation, create_user, find_actor
from mit.accounts.sign_in import sign_in
from mit.errors import NotFoundError
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.upkeep.demo_companies import DemoCompany, DemoFactory, demo_companies, demo_document
from mit.values.identifiers import juristic_check_digit

#: The company whose applicant can sign in, and for whom the main job is done.
MAIN_COMPANY = "YC"
ADMINISTRATOR = "admin@demo.example"
REVIEWERS = ("reviewer@demo.example", "reviewer2@demo.example")
APPROVERS = ("approver@demo.example", "approver2@demo.example")
OFFICER = "officer@demo.example"
_STAFF = {
    REVIEWERS[0]: ("มาลี ตรวจละเอียด (ตัวอย่าง)", Role.REVIEWER),
    REVIEWERS[1]: ("วิชัย ดูถี่ถ้วน (ตัวอย่าง)", Role.REVIEWER),
    APPROVERS[0]: ("อนันต์ ตัดสินดี (ตัวอย่าง)", Role.APPROVER),
    APPROVERS[1]: ("สุดา ยุติธรรม (ตัวอย่าง)", Role.APPROVER),
}
#: From where the people of the demo world set up their second factors.
_DEMO_CALLER = Caller("127.0.0.1", "mit demo")
_AGENCY_FIRST_TWELVE = "099459000001"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One line of ``logins.json``; *code_key* is what staff type into an app that shows codes."""

    role: str
    email: str
    password: str = field(repr=False)
    code_key: str = field(default="", repr=False)

    def to_document(self) -> dict[str, str]:
        """Return ``role, email, password``, and ``code_key`` where a second factor is asked for."""
        document = {"role": self.role, "email": self.email, "password": self.password}
        return {**document, "code_key": self.code_key} if self.code_key else document


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the demo world; applicants by the code of their company."""

    applicants: Mapping[str, Actor]
    reviewers: tuple[Actor, ...]
    approvers: tuple[Actor, ...]

    def reviewer(self, turn: int) -> Actor:
        """Return the reviewer whose turn it is."""
        return self.reviewers[turn % len(self.reviewers)]

    def approver(self, turn: int) -> Actor:
        """Return the approver whose turn it is."""
        return self.approvers[turn % len(self.approvers)]


class _Registrar:
    """Creates organisations and people at one instant, and collects who may sign in."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._for_people, self._for_nobody = Passwords(), Passwords(memory_kib=8, passes=1, lanes=1)
        self.logins: list[DemoLogin] = []

    def organisation(self, by: Actor | None, new: NewOrganisation) -> UUID:
        return create_organisation(by, new, now=self._now)

    def factory(self, by: Actor, new: DemoFactory) -> None:
        details = FactoryDetails(new.number, new.name.th, new.name.en, new.address.th, new.address.en)
        factories.add(by, details, now=self._now)

    def user(
        self,
        by: Actor | None,
        *,
        email: str,
        name: str,
        role: Role,
        organisation_id: UUID | None = None,
        may_sign_in: bool = True,
    ) -> Actor:
        password = secrets.token_urlsafe(18)
        new = NewUser(email, name, password, organisation_id=organisation_id, roles=frozenset({role}))
        passwords = self._for_people if may_sign_in else self._for_nobody
        create_user(by, new, now=self._now, passwords=passwords)
        if may_sign_in:
            key = self._second_factor(email, password) if role in STAFF_ROLES else ""
            self.logins.append(DemoLogin(str(role), email, password, key))
        return _actor(email)

    def _second_factor(self, email: str, password: str) -> str:
        """Set a login's second factor up as its owner would; return the key for the telephone."""
        at = self._now
        signed_in = sign_in(email, password, caller=_DEMO_CALLER, now=at, passwords=self._for_people)
        live = sessions.find(signed_in.token, now=at)
        if live is None:
            raise NotFoundError
        key = second_factor.offer_secret(live, now=at).key
        second_factor.set_up(live, datastore.code_of_key(key, at), now=at)
        return key


def populate(*, now: datetime) -> list[DemoLogin]:
    """Create every organisation and person of the demo world; return who may sign in."""
    registrar = _Registrar(now)
    administrator = registrar.user(
        None, email=ADMINISTRATOR, name="สมศรี ดูแลระบบ (ตัวอย่าง)", role=Role.ADMINISTRATOR
    )
    for email, (name, role) in _STAFF.items():
        is_first = email in {REVIEWERS[0], APPROVERS[0]}
        registrar.user(administrator, email=email, name=name, role=role, may_sign_in=is_first)
    for company in demo_companies():
        _register(registrar, administrator, company)
    _register_agency(registrar, administrator)
    return registrar.logins


def read_cast() -> Cast:
    """Return the people of a demo world that was populated before.

    Raises:
        NotFoundError: ``not_found``: somebody is missing.
    """
    return Cast(
        applicants={company.code: _actor(company.applicant_email) for company in demo_companies()},
        reviewers=tuple(map(_actor, REVIEWERS)),
        approvers=tuple(map(_actor, APPROVERS)),
    )


def _register(registrar: _Registrar, administrator: Actor, company: DemoCompany) -> None:
    organisation_id = registrar.organisation(
        administrator,
        NewOrganisation(
            kind="manufacturer",
            tax_number=company.tax_number,
            name_th=company.name.th,
            name_en=company.name.en,
            address_th=company.address.th,
            address_en=company.address.en,
            form=company.form,
            registration_number=company.registration_number,
        ),
    )
    applicant = registrar.user(
        administrator,
        email=company.applicant_email,
        name=f"ผู้ยื่นคำขอ {company.brand} (ตัวอย่าง)",
        role=Role.MANUFACTURER,
        organisation_id=organisation_id,
        may_sign_in=company.code == MAIN_COMPANY,
    )
    for factory in company.factories:
        registrar.factory(applicant, factory)


def _register_agency(registrar: _Registrar, administrator: Actor) -> None:
    agency = demo_document("companies")["agency"]
    organisation_id = registrar.organisation(
        administrator,
        NewOrganisation(
            kind="agency",
            tax_number=_AGENCY_FIRST_TWELVE + juristic_check_digit(_AGENCY_FIRST_TWELVE),
            name_th=agency["name_th"],
            name_en=agency["name_en"],
        ),
    )
    registrar.user(
        administrator,
        email=OFFICER,
        name="นภา พัสดุดี (ตัวอย่าง)",
        role=Role.PROCUREMENT_OFFICER,
        organisation_id=organisation_id,
    )


def _actor(email: str) -> Actor:
    actor = find_actor(email)
    if actor is None:
        raise NotFoundError
    return actor
