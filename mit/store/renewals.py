"""Which application renews which certificate; the database refuses to change or delete it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.applications import Application, ApplicationProduct, AssessmentRecord
from mit.store.certificates import Certificate
from mit.store.db import Base

#: An application in one of these renews nothing any more.
_ENDED = ("refused", "withdrawn")


class Renewal(Base):
    """The certificate that an application renews, written when the application was begun."""

    __tablename__ = "renewals"

    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id), primary_key=True)
    certificate_number: Mapped[str] = mapped_column(String(20), ForeignKey(Certificate.number), index=True)


@dataclass(frozen=True, slots=True)
class ProductOutline:
    """What tells one product of an application from another, without its cost sheet."""

    product_id: UUID
    position: int
    name_th: str
    name_en: str
    cost_sheet_sha256: str
    decision: str | None
    hs_code: str | None = None


def renewed_certificate(session: Session, application_id: UUID) -> str:
    """Return the number of the certificate that an application renews; empty where it renews none."""
    wanted = select(Renewal.certificate_number).where(Renewal.application_id == application_id)
    return session.scalar(wanted) or ""


def live_renewal(session: Session, certificate_number: str) -> Application | None:
    """Return the application by which a certificate is being or was renewed; None where there is none."""
    wanted = (
        select(Application)
        .join(Renewal, Renewal.application_id == Application.id)
        .where(Renewal.certificate_number == certificate_number, Application.state.not_in(_ENDED))
    )
    return session.scalar(wanted.order_by(Application.number).limit(1))


def live_renewals(session: Session, organisation_id: UUID) -> dict[str, tuple[str, str]]:
    """Return number and state of each application of an organisation that renews, by the certificate."""
    wanted = (
        select(Renewal.certificate_number, Application.number, Application.state)
        .join(Application, Renewal.application_id == Application.id)
        .where(Application.organisation_id == organisation_id, Application.state.not_in(_ENDED))
    )
    return {renewed: (number, state) for renewed, number, state in session.execute(wanted)}


def issued_to(session: Session, organisation_id: UUID) -> list[tuple[Certificate, str]]:
    """Return the issued certificates of an organisation, each with its application's number."""
    wanted = (
        select(Certificate, Application.number)
        .join(Application, Certificate.application_id == Application.id)
        .where(Certificate.organisation_id == organisation_id, Certificate.state == "active")
    )
    return [(certificate, number) for certificate, number in session.execute(wanted)]


def first_submitted_at(session: Session, application_id: UUID) -> datetime | None:
    """Return when an application was submitted for the first time; None where it never was."""
    said = (
        select(func.min(AssessmentRecord.assessed_at))
        .join(ApplicationProduct, ApplicationProduct.id == AssessmentRecord.application_product_id)
        .where(ApplicationProduct.application_id == application_id)
    )
    return session.scalar(said)


def earlier_application(session: Session, application_id: UUID) -> str:
    """Return the number of the application whose certificate is renewed; empty where none is."""
    wanted = (
        select(Application.number)
        .join(Certificate, Certificate.application_id == Application.id)
        .join(Renewal, Renewal.certificate_number == Certificate.number)
        .where(Renewal.application_id == application_id)
    )
    return session.scalar(wanted) or ""


def outlines_of(session: Session, application_id: UUID) -> list[ProductOutline]:
    """Return the present products of an application in their order, without their cost sheets."""
    row = ApplicationProduct
    wanted = select(
        row.id, row.position, row.name_th, row.name_en, row.cost_sheet_sha256, row.decision, row.hs_code
    ).where(row.application_id == application_id, row.removed_at.is_(None))
    return [ProductOutline(*found) for found in session.execute(wanted.order_by(row.position))]


def cost_sheet_of(session: Session, product_id: UUID) -> str:
    """Return the cost sheet of a product: canonical JSON."""
    wanted = select(ApplicationProduct.cost_sheet).where(ApplicationProduct.id == product_id)
    return str(session.scalars(wanted).one())
