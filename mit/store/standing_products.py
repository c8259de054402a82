"""The products that stand: on live certificates, and of applications that are not decided yet."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from mit.lifecycle.application_states import ApplicationState
from mit.store.applications import Application, ApplicationProduct, AssessmentRecord
from mit.store.certificates import Certificate

#: Submitted and not decided; a draft was never assessed.
OPEN_STATES = (
    str(ApplicationState.SUBMITTED),
    str(ApplicationState.RETURNED),
    str(ApplicationState.RECOMMENDED),
)
#: What a live certificate is worth; what is suspended may come back.
_LIVE = ("active", "suspended")


#: An assessment is long, and few lean on anything: only those are read.
_leaning = case(
    (
        AssessmentRecord.document.contains('"supplier_certificates":[', autoescape=True),
        AssessmentRecord.document,
    ),
    else_="",
)


class StandingProduct(NamedTuple):
    """One product with its sheet (canonical JSON) and what was said of it last.

    ``certificate`` is the number of its live certificate; None while the application is open.
    ``leaning`` is the document of its assessment where that knew of suppliers' certificates; else empty.
    """

    application: str
    position: int
    certificate: str | None
    name_th: str
    name_en: str
    hs_code: str | None
    meets: bool
    deciding_formula: str | None
    cost_sheet: str
    leaning: str


def standing_products(
    session: Session, *, today: date, after: tuple[str, int], most: int
) -> list[StandingProduct]:
    """Return the next *most* products after an application's number and position, in that order."""
    place = (Application.number, ApplicationProduct.position)
    wanted = (
        _standing(
            today,
            Application.number,
            ApplicationProduct.position,
            Certificate.number,
            ApplicationProduct.name_th,
            ApplicationProduct.name_en,
            ApplicationProduct.hs_code,
            AssessmentRecord.meets,
            AssessmentRecord.deciding_formula,
            ApplicationProduct.cost_sheet,
            _leaning,
        )
        .where(tuple_(*place) > after)
        .order_by(*place)
        .limit(most)
    )
    return [StandingProduct(*row) for row in session.execute(wanted)]


def count_standing(session: Session, *, today: date) -> int:
    """Return how many products stand."""
    return session.scalar(_standing(today, func.count())) or 0


def _standing(today: date, *columns: Any) -> Select[Any]:
    later = aliased(AssessmentRecord)
    newest = (
        select(func.max(later.seq))
        .where(later.application_product_id == ApplicationProduct.id)
        .correlate(ApplicationProduct)
        .scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(ApplicationProduct)
        .join(Application, Application.id == ApplicationProduct.application_id)
        .join(AssessmentRecord, AssessmentRecord.seq == newest)
        .outerjoin(Certificate, Certificate.application_id == Application.id)
        .where(ApplicationProduct.removed_at.is_(None), _stands(today))
    )


def _stands(today: date) -> ColumnElement[bool]:
    is_certified = and_(
        ApplicationProduct.decision == "certified",
        Certificate.status.in_(_LIVE),
        Certificate.expires_on >= today,
    )
    return or_(Application.state.in_(OPEN_STATES), is_certified)
