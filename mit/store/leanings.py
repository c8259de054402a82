"""Which product leans on which supplier's certificate: a line of its sheet names it as proof of origin.

Written when the application is submitted, never changed or deleted.  What leans is a trade secret of its
applicant: officers see it, the holder of the certificate that is leaned on does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import one_of
from mit.store.applications import Application, ApplicationProduct
from mit.store.certificates import Certificate, CertificateProduct
from mit.store.db import Base, UtcInstant, add_all

_AT_ONCE = 500
#: An application in one of these may still become a certificate.
_UNDER_WAY = ("submitted", "recommended", "approved", "returned")


class Leaning(Base):
    """One line that leans on a certificate, as it was submitted at one instant.

    ``covers`` is ``yes`` where the machine could tell that the certificate covers what the line names,
    ``unclear`` where that is for the reviewer to see.
    """

    __tablename__ = "leanings"
    __table_args__ = (
        CheckConstraint("line >= 1", name="line"),
        CheckConstraint(one_of("covers", ("yes", "unclear")), name="covers"),
    )

    application_product_id: Mapped[UUID] = mapped_column(ForeignKey(ApplicationProduct.id), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaned_at: Mapped[datetime] = mapped_column(UtcInstant, primary_key=True)
    certificate_number: Mapped[str] = mapped_column(String(20), ForeignKey(Certificate.number), index=True)
    covers: Mapped[str] = mapped_column(String(10))


class NamedCertificate(NamedTuple):
    """An issued certificate that a line names, as the register has it now."""

    number: str
    organisation_id: UUID
    status: str
    expires_on: date


class NamedProduct(NamedTuple):
    """One product of such a certificate: what is public of it, and by which rule set it was certified."""

    number: str
    coverage: str
    rule_set_id: str
    rule_set_sha256: str


class Leaner(NamedTuple):
    """A product that leans on a certificate; ``certificate`` is its own, empty while it has none."""

    application_number: str
    organisation_id: UUID
    product_th: str
    product_en: str
    line: int
    covers: str
    certificate: str
    status: str
    expires_on: date | None

    def is_running(self, today: date) -> bool:
        """Say whether its ending would matter: an application under way, or a certificate in force."""
        if not self.certificate:
            return True
        is_over = self.expires_on is not None and self.expires_on < today
        return self.status in {"active", "suspended"} and not is_over


def write(session: Session, rows: Iterable[Leaning]) -> None:
    """Write what leans; flush, never commit."""
    add_all(session, list(rows))


def certificates_named(session: Session, numbers: Collection[str]) -> dict[str, NamedCertificate]:
    """Return the issued certificates among *numbers*, by number."""
    row = Certificate
    return {
        found.number: NamedCertificate(*found)
        for some in _portions(numbers)
        for found in session.execute(
            select(row.number, row.organisation_id, row.status, row.expires_on).where(
                row.number.in_(some), row.state == "active"
            )
        )
    }


def products_named(session: Session, numbers: Collection[str]) -> dict[str, list[NamedProduct]]:
    """Return what these certificates cover, by number, in the order of each."""
    row, found = CertificateProduct, dict[str, list[NamedProduct]]()
    for some in _portions(numbers):
        wanted = select(row.certificate_number, row.coverage, row.rule_set_id, row.rule_set_sha256).where(
            row.certificate_number.in_(some)
        )
        for one in session.execute(wanted.order_by(row.certificate_number, row.position)):
            found.setdefault(one[0], []).append(NamedProduct(*one))
    return found


def leaned_on_by(session: Session, numbers: Collection[str]) -> dict[str, set[str]]:
    """Return for each of these certificates those that its products lean on."""
    found: dict[str, set[str]] = {}
    for some in _portions(numbers):
        wanted = (
            select(CertificateProduct.certificate_number, Leaning.certificate_number)
            .join(Leaning, Leaning.application_product_id == CertificateProduct.application_product_id)
            .where(CertificateProduct.certificate_number.in_(some))
        )
        for leaner, target in session.execute(wanted.distinct()):
            found.setdefault(leaner, set()).add(target)
    return found


def leaners_of(session: Session, number: str) -> list[Leaner]:
    """Return the products that lean on a certificate, by application and line; each line once."""
    product, own = ApplicationProduct, Certificate
    wanted = (
        select(
            Application.number, Application.organisation_id, product.name_th, product.name_en, Leaning.line,
            Leaning.covers, own.number, own.status, own.expires_on,
        )
        .join(product, product.id == Leaning.application_product_id)
        .join(Application, Application.id == product.application_id)
        .outerjoin(CertificateProduct, CertificateProduct.application_product_id == product.id)
        .outerjoin(own, own.number == CertificateProduct.certificate_number)
        .where(Leaning.certificate_number == number, product.removed_at.is_(None))
        .where(or_(own.number.is_not(None), Application.state.in_(_UNDER_WAY) & product.decision.is_(None)))
        .order_by(Application.number, product.position, Leaning.line, Leaning.leaned_at)
    )  # fmt: skip
    found: dict[tuple[str, str, int], Leaner] = {}
    for row in session.execute(wanted):
        (*told, certificate, status, expires_on) = row
        leaner = Leaner._make([*told, certificate or "", status or "", expires_on])
        found[leaner.application_number, leaner.product_th, leaner.line] = leaner
    return list(found.values())


def is_leaned_on(session: Session, number: str) -> bool:
    """Say whether anything ever leaned on a certificate."""
    return bool(session.scalar(select(exists().where(Leaning.certificate_number == number))))


def expired_and_leaned_on(session: Session, *, first: date, last: date) -> list[tuple[str, date]]:
    """Return the certificates that are leaned on and ran out on one of the days *first* to *last*."""
    wanted = (
        select(Certificate.number, Certificate.expires_on)
        .where(Certificate.expires_on.between(first, last), Certificate.status.in_(("active", "suspended")))
        .where(exists().where(Leaning.certificate_number == Certificate.number))
    )
    return [(number, on) for number, on in session.execute(wanted.order_by(Certificate.number))]


def _portions(numbers: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(set(numbers))
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
