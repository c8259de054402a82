"""The cast, always the same.

Somchai of Siam Cable applies, Malee reviews, Anan approves, Napha of a tambon office buys, and
Krit, whom nobody invited: he works for another maker and would like to see Siam Cable's figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from mit.accounts.passwords import Passwords
from mit.accounts.people import NewOrganisation
from mit.roles.actor import Actor, Role
from mit.store.accounts import Organisation, RoleGrant, User, join_organisation
from mit.store.db import OpenSession, add, new_id, transaction

#: Cheap on purpose: the cost of real ones is tested once.
CHEAP = Passwords(memory_kib=8, passes=1, lanes=1)
PASSWORD = "correct horse battery staple"

SIAM_CABLE = NewOrganisation(
    kind="manufacturer",
    tax_number="0105536112014",
    name_th="บริษัท สยามเคเบิล จำกัด",
    name_en="Siam Cable Co., Ltd.",
    address_th="99 หมู่ 4 ถนนสุขุมวิท ตำบลบางปูใหม่ อำเภอเมือง จังหวัดสมุทรปราการ 10280",
    address_en="99 Moo 4, Sukhumvit Road, Bang Pu Mai, Mueang, Samut Prakan 10280",
)
KRUNGTHEP_WIRE = NewOrganisation(
    kind="manufacturer", tax_number="0105550000015", name_th="บริษัท กรุงเทพไวร์ จำกัด", name_en="Krungthep Wire"
)
TAMBON_OFFICE = NewOrganisation(
    kind="agency", tax_number="0994000000014", name_th="องค์การบริหารส่วนตำบลทุ่งทอง", name_en="Thung Thong TAO"
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone as an actor, and whom they act for."""

    somchai: Actor
    malee: Actor
    anan: Actor
    napha: Actor
    krit: Actor
    siam_cable_id: UUID
    krungthep_wire_id: UUID
    tambon_office_id: UUID


def gather(now: datetime) -> Cast:
    """Register the cast, straight through the store and in one transaction, and return it."""
    with transaction() as session:
        siam_cable = _register(session, SIAM_CABLE, now)
        krungthep_wire = _register(session, KRUNGTHEP_WIRE, now)
        tambon_office = _register(session, TAMBON_OFFICE, now)
        return Cast(
            somchai=_welcome(session, "Somchai Jaidee", Role.MANUFACTURER, siam_cable, now=now),
            malee=_welcome(session, "Malee Srisuk", Role.REVIEWER, None, now=now),
            anan=_welcome(session, "Anan Wongthai", Role.APPROVER, None, now=now),
            napha=_welcome(session, "Napha Thongdee", Role.PROCUREMENT_OFFICER, tambon_office, now=now),
            krit=_welcome(session, "Krit Maimee", Role.MANUFACTURER, krungthep_wire, now=now),
            siam_cable_id=siam_cable,
            krungthep_wire_id=krungthep_wire,
            tambon_office_id=tambon_office,
        )


def invite(name: str, role: Role, organisation_id: UUID | None = None, *, now: datetime) -> Actor:
    """Add one more person to the story, in a transaction of its own; see ``email_of``."""
    with transaction() as session:
        return _welcome(session, name, role, organisation_id, now=now)


def email_of(name: str) -> str:
    """Return what a person signs in with: ``<first name>@example.com``; the password is ``PASSWORD``."""
    return f"{name.split(maxsplit=1)[0].lower()}@example.com"


def _register(session: OpenSession, new: NewOrganisation, now: datetime) -> UUID:
    row = Organisation(
        id=new_id(),
        kind=new.kind,
        tax_number=new.tax_number,
        name_th=new.name_th,
        name_en=new.name_en,
        address_th=new.address_th,
        address_en=new.address_en,
        created_at=now,
    )
    add(session, row)
    return row.id


def _welcome(
    session: OpenSession, name: str, role: Role, organisation_id: UUID | None, *, now: datetime
) -> Actor:
    user = User(
        id=new_id(),
        email=email_of(name),
        name=name,
        password_hash=_password_hash(),
        organisation_id=organisation_id,
        is_active=True,
        created_at=now,
        confirmed_at=now,
        password_set_at=now,
    )
    add(session, user, RoleGrant(user_id=user.id, role=str(role), granted_at=now))
    if organisation_id is not None:
        join_organisation(session, user.id, organisation_id, now=now)
    return Actor(user.id, frozenset({role}), organisation_id)


@cache
def _password_hash() -> str:
    return CHEAP.hash(PASSWORD)
