"""The cast, always the same.

Somchai of Siam Cable applies, Malee reviews, Anan approves, Napha of a tambon office buys, and
Krit, whom nobody invited: he works for another maker and would like to see Siam Cable's figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.accounts.passwords import Passwords
from mit.accounts.people import NewOrganisation, NewUser, create_organisation, create_user
from mit.roles.actor import Actor, Role

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
    """Register the cast through the work functions and return it."""
    siam_cable = create_organisation(None, SIAM_CABLE, now=now)
    krungthep_wire = create_organisation(None, KRUNGTHEP_WIRE, now=now)
    tambon_office = create_organisation(None, TAMBON_OFFICE, now=now)
    return Cast(
        somchai=invite("Somchai Jaidee", Role.MANUFACTURER, siam_cable, now=now),
        malee=invite("Malee Srisuk", Role.REVIEWER, now=now),
        anan=invite("Anan Wongthai", Role.APPROVER, now=now),
        napha=invite("Napha Thongdee", Role.PROCUREMENT_OFFICER, tambon_office, now=now),
        krit=invite("Krit Maimee", Role.MANUFACTURER, krungthep_wire, now=now),
        siam_cable_id=siam_cable,
        krungthep_wire_id=krungthep_wire,
        tambon_office_id=tambon_office,
    )


def invite(name: str, role: Role, organisation_id: UUID | None = None, *, now: datetime) -> Actor:
    """Create a login called ``<first name>@example.com`` in lower case and return its actor."""
    new = NewUser(
        email=f"{name.split(maxsplit=1)[0].lower()}@example.com",
        name=name,
        password=PASSWORD,
        organisation_id=organisation_id,
        roles=frozenset({role}),
    )
    user_id = create_user(None, new, now=now, passwords=CHEAP)
    return Actor(user_id, frozenset({role}), organisation_id)
