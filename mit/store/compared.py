"""What other applications and the register hold beside one application; one statement for each question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, String, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from mit.store.applications import Application, ApplicationProduct
from mit.store.certificates import Certificate
from mit.store.evidence import Evidence
from mit.store.renewals import Renewal

#: Files of these kinds prove one purchase; an applicant's own papers of other kinds serve every year.
INVOICES = ("origin", "purchase", "customs", "price")
#: The newest stored sheets that are looked at under one heading.
MOST_UNDER_HEADING = 60
_HEADING_DIGITS = 4
_AT_ONCE = 500


class SameFile(NamedTuple):
    """A file of an application that another one holds too, byte for byte."""

    file_name: str
    other: str
    is_own: bool


class CertifiedBefore(NamedTuple):
    """A product of the same organisation on an issued certificate; the newest come first.

    ``is_renewed``: it stands on the certificate that the application renews.
    """

    application_number: str
    certificate_number: str
    expires_on: date
    product_id: UUID
    cost_sheet_sha256: str
    name_th: str
    hs_code: str | None
    unit: str
    price_satang: int
    is_renewed: bool


class DeclaredPrice(NamedTuple):
    """What another organisation declares for something under a heading; for comparing, never for showing."""

    heading: str
    unit: str
    organisation_id: UUID
    price_satang: int


class InRegister(NamedTuple):
    """An issued certificate as the register has it now."""

    number: str
    status: str
    expires_on: date


def same_files_elsewhere(session: Session, application_id: UUID, organisation_id: UUID) -> list[SameFile]:
    """Return the files of an application that another submitted one holds too.

    Of the same organisation only invoices count, of another one every kind.
    """
    other = aliased(Evidence)
    is_own = Application.organisation_id == organisation_id
    wanted = (
        select(Evidence.file_name, func.min(Application.number), is_own)
        .join(other, other.sha256 == Evidence.sha256)
        .join(Application, Application.id == other.application_id)
        .where(
            Evidence.application_id == application_id,
            Evidence.removed_at.is_(None),
            other.removed_at.is_(None),
            Application.id != application_id,
            Application.submitted_at.is_not(None),
            or_(~is_own, Evidence.kind.in_(INVOICES)),
        )
        .group_by(Evidence.number, Evidence.file_name, is_own)
        .order_by(Evidence.number, is_own)
    )
    return [SameFile(name, number, bool(own)) for name, number, own in session.execute(wanted)]


def certified_before(
    session: Session, application: Application, names: Collection[str], *, until: datetime
) -> list[CertifiedBefore]:
    """Return what the organisation had certified by *until* and is named like that, or is renewed."""
    row = ApplicationProduct
    renewed = (
        select(Certificate.application_id)
        .join(Renewal, Renewal.certificate_number == Certificate.number)
        .where(Renewal.application_id == application.id)
        .scalar_subquery()
    )
    is_renewed = func.coalesce(Application.id == renewed, False)
    wanted = (
        select(
            Application.number, Certificate.number, Certificate.expires_on, row.id, row.cost_sheet_sha256,
            row.name_th, row.hs_code,
            _unit(session), row.price_ex_works_satang, is_renewed,
        )
        .join(Application, Application.id == row.application_id)
        .join(Certificate, Certificate.application_id == Application.id)
        .where(
            Certificate.state == "active",
            Application.organisation_id == application.organisation_id,
            Application.id != application.id,
            row.decision == "certified",
            row.removed_at.is_(None),
            Application.decided_at <= until,
            or_(row.name_th.in_(names), is_renewed),
        )
        .order_by(Application.decided_at.desc(), Application.number.desc(), row.position)
    )  # fmt: skip
    return [CertifiedBefore(*found) for found in session.execute(wanted)]


def prices_of_others(
    session: Session, organisation_id: UUID, headings: Collection[str]
) -> list[DeclaredPrice]:
    """Return what other organisations declared last under four-digit headings, VAT as it was declared."""
    row, heading = ApplicationProduct, func.substr(ApplicationProduct.hs_code, 1, _HEADING_DIGITS)
    age = func.row_number().over(partition_by=heading, order_by=Application.submitted_at.desc())
    under = [and_(row.hs_code >= first, row.hs_code < first + "z") for first in sorted(headings)]
    newest = (
        select(row.id, Application.organisation_id, age.label("age"))
        .join(Application, Application.id == row.application_id)
        .where(
            or_(false(), *under),
            row.removed_at.is_(None),
            Application.submitted_at.is_not(None),
            Application.organisation_id != organisation_id,
        )
        .subquery()
    )
    wanted = (
        select(heading, _unit(session), newest.c.organisation_id, row.price_ex_works_satang)
        .join(newest, newest.c.id == row.id)
        .where(newest.c.age <= MOST_UNDER_HEADING)
    )
    return [DeclaredPrice(*found) for found in session.execute(wanted)]


def in_register(session: Session, numbers: Sequence[str]) -> dict[str, InRegister]:
    """Return the issued certificates among *numbers* as they are now, by number."""
    found: dict[str, InRegister] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        wanted = select(Certificate.number, Certificate.status, Certificate.expires_on).where(
            Certificate.number.in_(numbers[start : start + _AT_ONCE]), Certificate.state == "active"
        )
        found |= {row.number: InRegister(*row) for row in session.execute(wanted)}
    return found


def _unit(session: Session) -> ColumnElement[str]:
    """Return the unit of a product, read out of its cost sheet by the database."""
    sheet = ApplicationProduct.cost_sheet
    if session.get_bind().dialect.name == "postgresql":
        unit: ColumnElement[str] = cast(sheet, JSON)[("product", "unit")].as_string()
        return unit
    return func.json_extract(sheet, "$.product.unit", type_=String)
