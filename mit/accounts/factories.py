"""The factories of one's organisation: add, edit, close.

What is in an application is copied when it is made, so a factory that is edited or closed changes
nothing that was applied for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.accounts.membership import line_faults, line_of, lock_own, own_organisation_id, record
from mit.errors import ConflictError, Fault, InputError, MalformedNumberError, StaleVersionError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import factories
from mit.store.db import new_id, transaction, viewing
from mit.store.factories import Factory
from mit.values.identifiers import parse_factory_number, shown_factory_number

_LONGEST_NAME = 300
_LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class FactoryDetails:
    """What is told of a factory, as it was typed."""

    registration_number: str = ""
    name_th: str = ""
    name_en: str = ""
    address_th: str = ""
    address_en: str = ""


@dataclass(frozen=True, slots=True)
class FactoryView:
    """A factory of one's organisation, as it is shown; ``number`` is grouped for reading.

    ``version`` grows with every change; who saves names the one they saw.
    """

    factory_id: UUID
    number: str
    registration_number: str
    name_th: str
    name_en: str
    address_th: str
    address_en: str
    closed_at: datetime | None
    version: int


def list_own(by: Actor, *, with_closed: bool = False) -> list[FactoryView]:
    """Return the factories of one's organisation, the first registered first.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        rows = factories.factories_of(session, organisation_id)
    return [_view(row) for row in rows if with_closed or row.closed_at is None]


def read_own(by: Actor, factory_id: UUID) -> FactoryView:
    """Return one factory of one's organisation.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: there is none such, or it is another organisation's.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        return _view(factories.get_factory(session, organisation_id, factory_id))


def add(by: Actor, typed: FactoryDetails, *, now: datetime) -> UUID:
    """Add a factory and return its inner identity.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for no organisation.
        InputError: every wrong field: ``factory_number_missing``, ``factory_number_malformed``,
            ``name_th_missing``, ``address_th_missing``, ``text_long``, ``text_unreadable``.
        ConflictError: ``factory_exists``.
    """
    values = _checked(typed)
    with transaction() as session:
        organisation = lock_own(session, by)
        row = Factory(id=new_id(), organisation_id=organisation.id, created_at=now, **values)
        if not factories.add_factory(session, row):
            raise ConflictError("factory_exists", where="registration_number")
        record(session, AuditEvent.FACTORY_ADDED, organisation.id, by=by, now=now, factory=row.id)
    return row.id


def edit(by: Actor, factory_id: UUID, typed: FactoryDetails, *, version: int, now: datetime) -> None:
    """Change an open factory; *version* is the one that was looked at.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: there is none such, or it is another organisation's.
        InputError: every wrong field, as in ``add``.
        ConflictError: ``factory_exists``, ``factory_closed``.
        StaleVersionError: ``details_stale``: a colleague saved in between; nothing was changed.
    """
    with transaction() as session:
        organisation = lock_own(session, by)
        row = factories.get_factory(session, organisation.id, factory_id)
        values = _checked(typed)
        _require_open(row)
        number = values["registration_number"]
        if factories.is_number_taken(session, organisation.id, number, spared=row.id):
            raise ConflictError("factory_exists", where="registration_number")
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if changed and row.version != version:
            raise StaleVersionError("details_stale")
        for name in changed:
            setattr(row, name, values[name])
        row.version += bool(changed)
        session.flush()
        if changed:
            told = {"factory": row.id, "changed": ",".join(changed)}
            record(session, AuditEvent.FACTORY_EDITED, organisation.id, by=by, now=now, **told)


def close(by: Actor, factory_id: UUID, *, now: datetime) -> None:
    """Close a factory: nobody chooses it any more.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: there is none such, or it is another organisation's.
        ConflictError: ``factory_closed``.
    """
    with transaction() as session:
        organisation = lock_own(session, by)
        row = factories.get_factory(session, organisation.id, factory_id)
        _require_open(row)
        row.closed_at = now
        session.flush()
        record(session, AuditEvent.FACTORY_CLOSED, organisation.id, by=by, now=now, factory=row.id)


def _require_open(row: Factory) -> None:
    if row.closed_at is not None:
        raise ConflictError("factory_closed")


def _checked(typed: FactoryDetails) -> dict[str, str]:
    """Return the values to write.

    Raises:
        InputError: every wrong field.
    """
    faults: list[Fault] = []
    number = ""
    try:
        number = parse_factory_number(typed.registration_number, where="registration_number")
    except MalformedNumberError as error:
        missing = Fault("factory_number_missing", "registration_number")
        faults += error.faults if typed.registration_number.strip() else [missing]
    lines = {
        name: line_of(getattr(typed, name)) for name in ("name_th", "name_en", "address_th", "address_en")
    }
    faults += line_faults(lines["name_th"], "name_th", longest=_LONGEST_NAME, missing="name_th_missing")
    faults += line_faults(lines["name_en"], "name_en", longest=_LONGEST_NAME)
    faults += line_faults(
        lines["address_th"], "address_th", longest=_LONGEST_ADDRESS, missing="address_th_missing"
    )
    faults += line_faults(lines["address_en"], "address_en", longest=_LONGEST_ADDRESS)
    if faults:
        raise InputError(faults=faults)
    return {"registration_number": number, **lines}


def _view(row: Factory) -> FactoryView:
    return FactoryView(
        factory_id=row.id,
        number=shown_factory_number(row.registration_number),
        registration_number=row.registration_number,
        name_th=row.name_th,
        name_en=row.name_en,
        address_th=row.address_th,
        address_en=row.address_en,
        closed_at=row.closed_at,
        version=row.version,
    )
