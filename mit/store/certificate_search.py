"""Find certificates: by number, holder or product for staff, and by what an incident has in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from mit.store.accounts import Organisation
from mit.store.certificates import Certificate, CertificateProduct

#: What no incident can change any more.
_ENDED = ("revoked", "superseded", "withdrawn")

_Shown = Select[tuple[str, str, str, str, str, date, date, UUID]]


@dataclass(frozen=True, slots=True)
class Common:
    """What the certificates of an incident have in common; None and empty say nothing.

    Attributes:
        tax_number: the holder's.
        kid: the key that signed them.
        rule_set_id: the rule set by which a product of theirs was judged.
        issued_from, issued_to: first and last issue day, Bangkok, both included.
    """

    tax_number: str = ""
    kid: int | None = None
    rule_set_id: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate that was found: what a list of them shows."""

    number: str
    holder_name_th: str
    holder_name_en: str
    state: str
    status: str
    issued_on: date
    expires_on: date
    organisation_id: UUID


class Offered(NamedTuple):
    """One certified product in force, as its public page names it."""

    number: str
    holder_th: str
    holder_en: str
    name_th: str
    name_en: str
    brand: str
    hs_code: str
    coverage: str


#: Products that are looked at under the headings of one sheet, the newest first.
MOST_OFFERED = 600


def in_force_under(
    session: Session, headings: Collection[str], *, today: date, besides: UUID | None
) -> list[Offered]:
    """Return the certified products in force on a day under four-digit headings, the newest first.

    *besides* is an organisation whose own products are left out.
    """
    row = CertificateProduct
    under = [and_(row.hs_code >= first, row.hs_code < first + "z") for first in sorted(headings)]
    wanted = (
        select(
            Certificate.number, Certificate.holder_name_th, Certificate.holder_name_en,
            row.name_th, row.name_en, row.brand, row.hs_code, row.coverage,
        )
        .join(Certificate, Certificate.number == row.certificate_number)
        .where(
            or_(false(), *under),
            Certificate.state == "active",
            Certificate.status == "active",
            Certificate.issued_on <= today,
            Certificate.expires_on >= today,
        )
        .order_by(Certificate.year_be.desc(), Certificate.running.desc(), row.position)
    )  # fmt: skip
    if besides is not None:
        wanted = wanted.where(Certificate.organisation_id != besides)
    return [Offered(*found) for found in session.execute(wanted.limit(MOST_OFFERED))]


_SHOWN = (
    Certificate.number,
    Certificate.holder_name_th,
    Certificate.holder_name_en,
    Certificate.state,
    Certificate.status,
    Certificate.issued_on,
    Certificate.expires_on,
    Certificate.organisation_id,
)


def search(session: Session, words: str, *, status: str, page: int, size: int) -> tuple[list[Found], int]:
    """Return one page (from 1) of the certificates that *words* name, the newest first, and how many.

    *words* may stand in the number, the holder's names or a product's names; *status* is a stored one.
    """
    wanted = _named(words)
    if status:
        wanted = wanted.where(Certificate.status == status)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    newest = wanted.order_by(Certificate.year_be.desc(), Certificate.running.desc())
    return _found(session, newest.limit(size).offset((page - 1) * size)), total


def in_common(session: Session, common: Common, *, limit: int | None = None) -> list[Found]:
    """Return what an incident may still change of all that has this in common, by number."""
    wanted = _in_common(common).order_by(Certificate.number)
    return _found(session, wanted.limit(limit) if limit is not None else wanted)


def count_in_common(session: Session, common: Common) -> int:
    """Return how many certificates an incident may still change of all that has this in common."""
    return session.scalar(select(func.count()).select_from(_in_common(common).subquery())) or 0


def holders_of(session: Session, numbers: Sequence[str]) -> dict[UUID, list[str]]:
    """Return whose these certificates are: their numbers by organisation."""
    mine: dict[UUID, list[str]] = {}
    for start in range(0, len(numbers), 500):
        some = Certificate.number.in_(numbers[start : start + 500])
        rows = select(Certificate.organisation_id, Certificate.number).where(some)
        for organisation_id, number in session.execute(rows.order_by(Certificate.number)):
            mine.setdefault(organisation_id, []).append(number)
    return mine


def _found(session: Session, wanted: _Shown) -> list[Found]:
    return [Found(*row) for row in session.execute(wanted)]


def _named(words: str) -> _Shown:
    wanted: _Shown = select(*_SHOWN)
    if not words:
        return wanted
    if "\0" in words:  # PostgreSQL does not take the question
        return wanted.where(false())
    products = select(CertificateProduct.certificate_number).where(
        or_(
            CertificateProduct.name_th.icontains(words, autoescape=True),
            CertificateProduct.name_en.icontains(words, autoescape=True),
            CertificateProduct.brand.icontains(words, autoescape=True),
        )
    )
    return wanted.where(
        or_(
            Certificate.number.icontains(words, autoescape=True),
            Certificate.holder_name_th.icontains(words, autoescape=True),
            Certificate.holder_name_en.icontains(words, autoescape=True),
            Certificate.number.in_(products),
        )
    )


def _in_common(common: Common) -> _Shown:
    wanted: _Shown = select(*_SHOWN).where(Certificate.status.not_in(_ENDED))
    if "\0" in common.rule_set_id:  # PostgreSQL does not take the question
        return wanted.where(false())
    if common.tax_number:
        holders = select(Organisation.id).where(Organisation.tax_number == common.tax_number)
        wanted = wanted.where(Certificate.organisation_id.in_(holders))
    if common.kid is not None:
        wanted = wanted.where(Certificate.kid == common.kid)
    if common.rule_set_id:
        judged = select(CertificateProduct.certificate_number).where(
            CertificateProduct.rule_set_id == common.rule_set_id
        )
        wanted = wanted.where(Certificate.number.in_(judged))
    if common.issued_from is not None:
        wanted = wanted.where(Certificate.issued_on >= common.issued_from)
    if common.issued_to is not None:
        wanted = wanted.where(Certificate.issued_on <= common.issued_to)
    return wanted
