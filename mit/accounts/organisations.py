"""Register one's organisation, look its name up, and keep what is known of it up to date.

Steps of registering: (1) look at every field; (2) ask the register of companies, outside of any
transaction, because it may take ten seconds; (3) write.  Where the register does not answer, the name
is taken as it was typed, and marked so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mit.accounts.membership import line_of, lock_own, own_organisation_id, record, require_outsider
from mit.accounts.organisation_details import OrganisationDetails, checked_number, detail_faults
from mit.company_register.port import Answer, Away, Company, CompanyRegister, Unknown
from mit.errors import ConflictError, InputError, StaleVersionError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.accounts import Organisation
from mit.store.db import new_id, transaction, viewing
from mit.values.identifiers import (
    is_natural_person,
    parse_registration_number,
    parse_tax_number,
    shown_registration_number,
    shown_tax_number,
)


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """One's own organisation, as it may be shown: of a citizen number the last four digits at most.

    Attributes:
        name_source: ``dbd``, looked up, or ``by_hand``, typed.
        name_checked_at: when the register said this name.
        version: grows with every change; who saves names the one they saw.
        is_kept_by_me: whether the one who looks is a keeper.
    """

    form: str
    tax_number: str
    registration_number: str
    name_th: str
    name_en: str
    address_th: str
    address_en: str
    telephone: str
    name_source: str
    name_checked_at: datetime | None
    version: int
    is_kept_by_me: bool


def look_up(
    typed: OrganisationDetails, *, register: CompanyRegister, now: datetime
) -> tuple[OrganisationDetails, str]:
    """Return what was typed with the name that the register has, and what became of asking it.

    The second is ``found``, ``unknown``, ``away``, or ``person`` where the number is no company's.

    Raises:
        InputError: ``tax_number_malformed`` or ``tax_number_check``.
    """
    tax_number = parse_tax_number(typed.tax_number, where="tax_number")
    if is_natural_person(tax_number):
        return typed, "person"
    answer = register.find(tax_number, now=now)
    if isinstance(answer, Company):
        return _filled(typed, answer), "found"
    return typed, "unknown" if isinstance(answer, Unknown) else "away"


def require_newcomer(by: Actor) -> None:
    """Let somebody register an organisation who acts for none.

    Raises:
        NotAllowedError: ``staff_joins_nobody``.
        ConflictError: ``organisation_already``.
    """
    require_outsider(by.roles)
    if by.organisation_id is not None:
        raise ConflictError("organisation_already")


def register_organisation(
    by: Actor, typed: OrganisationDetails, *, register: CompanyRegister, now: datetime
) -> None:
    """Register an organisation; who does it is its first keeper and acts for it from now on.

    Raises:
        NotAllowedError: ``staff_joins_nobody``.
        InputError: every wrong field: ``organisation_form``, ``tax_number_malformed``,
            ``tax_number_check``, ``tax_number_of_person``, ``tax_number_of_company``,
            ``registration_number_missing``, ``registration_number_malformed``, ``name_th_missing``,
            ``address_th_missing``, ``telephone_malformed``, ``text_long``, ``text_unreadable``.
        ConflictError: ``organisation_taken``: somebody registered it; ``organisation_already``: one
            acts for another.
    """
    require_newcomer(by)
    tax_number, faults = checked_number(typed)  # (1)
    answer: Answer = Away("not_asked")
    if tax_number and typed.form == "juristic_person":
        answer = register.find(tax_number, now=now)  # (2)
    told = _filled(typed, answer) if isinstance(answer, Company) else typed
    faults += detail_faults(told)
    if faults:
        raise InputError(faults=faults)
    row = Organisation(id=new_id(), kind="manufacturer", tax_number=tax_number, created_at=now)
    _write(row, told)
    _mark(row, answer, now=now)
    with transaction() as session:  # (3)
        user = accounts.lock_user(session, by.user_id)
        require_outsider(accounts.roles_of(session, user.id))
        if user.organisation_id is not None:
            raise ConflictError("organisation_already")
        if not accounts.add_organisation(session, row):
            raise ConflictError("organisation_taken", where="tax_number")
        accounts.join_organisation(session, user.id, row.id, now=now)
        accounts.grant(session, user.id, Role.MANUFACTURER, granted_by_id=user.id, now=now)
        record(
            session,
            AuditEvent.ORGANISATION_REGISTERED,
            row.id,
            by=by,
            now=now,
            form=row.form,
            tax_number=shown_tax_number(tax_number),
            name_source=row.name_source,
        )


def read_own(by: Actor) -> OrganisationView:
    """Return one's own organisation.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        row = accounts.get_organisation(session, organisation_id)
        spans = accounts.live_affiliations(session, organisation_id)
    return OrganisationView(
        form=row.form,
        tax_number=shown_tax_number(row.tax_number),
        registration_number=shown_registration_number(row.registration_number),
        name_th=row.name_th,
        name_en=row.name_en,
        address_th=row.address_th,
        address_en=row.address_en,
        telephone=row.telephone,
        name_source=row.name_source,
        name_checked_at=row.name_checked_at,
        version=row.version,
        is_kept_by_me=any(span.user_id == by.user_id and span.is_keeper for span in spans),
    )


def edit_own(by: Actor, typed: OrganisationDetails, *, version: int, now: datetime) -> None:
    """Change what is known of one's organisation; form and number stay, and so does a name looked up.

    A registration number that is left empty stays as it was, because it may be one that is not shown.
    *version* is the one that was looked at.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
        InputError: every wrong field, as at registration.
        StaleVersionError: ``details_stale``: a colleague saved in between; nothing was changed.
    """
    with transaction() as session:
        row = lock_own(session, by)
        told = replace(
            typed,
            form=row.form,
            registration_number=typed.registration_number.strip() or row.registration_number,
            name_th=row.name_th if row.name_source == "dbd" else typed.name_th,
        )
        faults = detail_faults(told)
        if faults:
            raise InputError(faults=faults)
        seen = row.version
        changed = _write(row, told)
        if changed and seen != version:
            raise StaleVersionError("details_stale")
        session.flush()
        if changed:
            record(session, AuditEvent.ORGANISATION_EDITED, row.id, by=by, now=now, changed=",".join(changed))


def check_name(by: Actor, *, register: CompanyRegister, now: datetime) -> str:
    """Ask the register for the present name of one's organisation and take it over.

    Return ``found``, ``unknown``, ``away``, or ``person`` where there is nobody to ask.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        tax_number = accounts.get_organisation(session, organisation_id).tax_number
    if is_natural_person(tax_number):
        return "person"
    answer = register.find(tax_number, now=now)
    if not isinstance(answer, Company):
        return "unknown" if isinstance(answer, Unknown) else "away"
    with transaction() as session:
        row = lock_own(session, by)
        row.name_th = answer.name_th
        row.name_en = answer.name_en or row.name_en
        row.version += 1
        _mark(row, answer, now=now)
        session.flush()
        record(session, AuditEvent.ORGANISATION_EDITED, row.id, by=by, now=now, changed="name_checked_at")
    return "found"


def _filled(typed: OrganisationDetails, company: Company) -> OrganisationDetails:
    """Return what was typed with what the register knows: its name counts, its address fills a gap."""
    return replace(
        typed,
        name_th=company.name_th,
        name_en=company.name_en or typed.name_en,
        address_th=typed.address_th if typed.address_th.strip() else company.address_th,
    )


def _write(row: Organisation, told: OrganisationDetails) -> list[str]:
    """Put what was told into the row, once it was looked at; return the names of what changed."""
    is_registered = told.form != "juristic_person"
    values = {
        "form": told.form,
        "registration_number": parse_registration_number(told.registration_number) if is_registered else "",
        "telephone": told.telephone.strip(),
    }
    for name in ("name_th", "name_en", "address_th", "address_en"):
        values[name] = line_of(getattr(told, name))
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    row.version = (row.version or 0) + bool(changed)
    return changed


def _mark(row: Organisation, answer: Answer, *, now: datetime) -> None:
    """Write down from where the name is."""
    is_found = isinstance(answer, Company)
    row.name_source = "dbd" if is_found else "by_hand"
    row.name_checked_at = now if is_found else None
