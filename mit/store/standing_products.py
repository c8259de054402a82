"""The products that stand: on live certificates, and of applications that are not decided yet."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
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


class StandingProduct(NamedTuple):
    """One product with its sheet (canonical JSON) and what was said of it last.

    ``certificate`` is the number of its live certificate; None while the application is open.
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
