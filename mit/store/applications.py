"""Applications, their products with the declared cost sheets, and the assessments of these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    exists,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.lifecycle.application_states import ApplicationState
from mit.store.accounts import Organisation, User, one_of
from mit.store.counters import next_value
from mit.store.db import SERIAL, Base, UtcInstant, add_all, new_id
from mit.values.identifiers import application_number

#: The states of an application; ``mit.lifecycle.application_states`` says which move leads where.
STATES = tuple(str(state) for state in ApplicationState)
#: What was decided about a product.
DECISIONS = ("certified", "refused")
MAX_PRODUCTS = 200


class Application(Base):
    """What a manufacturer submits for 1 to 200 products.

    The database says the workflow too: a reviewer is set exactly from the recommendation on, an
    approver exactly when approved, and they are two people.  ``version`` grows with every save;
    ``content_digest`` is the SHA-256 (hex) of what was submitted and is what both approvals name;
    ``profile_version`` is fixed at submission and used to the end.
    """

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (content_digest IS NOT NULL AND submitted_at IS NOT NULL"
            " AND profile_version IS NOT NULL)",
            name="submitted",
        ),
        CheckConstraint("(state = 'approved') = (approver_id IS NOT NULL)", name="approver"),
        CheckConstraint(
            "CASE WHEN state IN ('recommended', 'approved') THEN reviewer_id IS NOT NULL"
            " WHEN state = 'refused' THEN 1 = 1 ELSE reviewer_id IS NULL END",
            name="reviewer",
        ),
        CheckConstraint("(state = 'refused') = (refused_by_id IS NOT NULL)", name="refused_by"),
        CheckConstraint("approver_id <> reviewer_id", name="four_eyes"),
        CheckConstraint("author_id <> reviewer_id AND author_id <> approver_id", name="author"),
        CheckConstraint(
            "(state IN ('approved', 'refused', 'withdrawn')) = (decided_at IS NOT NULL)", name="decided"
        ),
        CheckConstraint("content_digest IS NULL OR length(content_digest) = 64", name="content_digest"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int] = mapped_column(default=1)
    content_digest: Mapped[str | None] = mapped_column(String(64))
    profile_version: Mapped[str | None] = mapped_column(String(60))
    rule_set_id: Mapped[str | None] = mapped_column(String(60))
    rule_set_sha256: Mapped[str | None] = mapped_column(String(64))
    site_th: Mapped[str] = mapped_column(String(1000), default="")
    site_en: Mapped[str] = mapped_column(String(1000), default="")
    factory_number: Mapped[str] = mapped_column(String(60), default="")
    supersedes: Mapped[str | None] = mapped_column(String(20))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    refused_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    reasons: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ApplicationProduct(Base):
    """One product of an application with its cost sheet, as canonical JSON, and its decision.

    ``position`` counts from 1; ``cost_sheet_sha256`` is over the bytes of ``cost_sheet``;
    ``coverage`` is the JSON coverage entry of the contract.  A product that was ever assessed is not
    deleted when an edit drops it: ``removed_at`` is set, so that the trace stays whole.
    """

    __tablename__ = "application_products"
    __table_args__ = (
        Index(
            "ix_application_products_live",
            "application_id",
            "position",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        UniqueConstraint("id", "application_id", "decision"),
        CheckConstraint(f"position BETWEEN 1 AND {MAX_PRODUCTS}", name="position"),
        CheckConstraint("price_ex_works_satang > 0", name="price"),
        CheckConstraint("length(cost_sheet_sha256) = 64", name="cost_sheet_sha256"),
        CheckConstraint(f"decision IS NULL OR {one_of('decision', DECISIONS)}", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    position: Mapped[int]
    name_th: Mapped[str] = mapped_column(String(500))
    name_en: Mapped[str] = mapped_column(String(500), default="")
    hs_code: Mapped[str | None] = mapped_column(String(11), index=True)
    price_ex_works_satang: Mapped[int] = mapped_column(BigInteger)
    cost_sheet: Mapped[str] = mapped_column(Text)
    cost_sheet_sha256: Mapped[str] = mapped_column(String(64), index=True)
    coverage: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(String(20))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class AssessmentRecord(Base):
    """What one rule set said of one product's cost sheet, with the whole trace; never changed.

    ``document`` is the canonical JSON of the assessment, ``document_sha256`` is over its bytes;
    ``meets`` is false also where nothing could be decided (the document says so).
    """

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("seq", "application_product_id", "meets"),
        CheckConstraint("length(input_sha256) = 64 AND length(rule_set_sha256) = 64", name="hashes"),
        CheckConstraint("meets = (deciding_formula IS NOT NULL)", name="deciding_formula"),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    application_product_id: Mapped[UUID] = mapped_column(ForeignKey(ApplicationProduct.id), index=True)
    rule_set_id: Mapped[str] = mapped_column(String(60))
    rule_set_sha256: Mapped[str] = mapped_column(String(64))
    input_sha256: Mapped[str] = mapped_column(String(64))
    engine_version: Mapped[str] = mapped_column(String(40))
    meets: Mapped[bool]
    deciding_formula: Mapped[str | None] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(Text)
    document_sha256: Mapped[str] = mapped_column(String(64))
    assessed_on: Mapped[date]
    assessed_at: Mapped[datetime] = mapped_column(UtcInstant)


def next_application_number(session: Session, year_be: int) -> str:
    """Take the next application number of a Buddhist-era year."""
    return application_number(year_be, next_value(session, f"application:{year_be}"))


def get_application(session: Session, application_id: UUID) -> Application:
    """Return one application.

    Raises:
        NotFoundError: ``not_found``.
    """
    found = session.get(Application, application_id)
    if found is None:
        raise NotFoundError
    return found


def lock_application(session: Session, application_id: UUID) -> Application:
    """Return one application as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    wanted = select(Application).where(Application.id == application_id)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def products_of(session: Session, application_id: UUID) -> list[ApplicationProduct]:
    """Return the present products of an application in their order."""
    present = select(ApplicationProduct).where(
        ApplicationProduct.application_id == application_id, ApplicationProduct.removed_at.is_(None)
    )
    return list(session.scalars(present.order_by(ApplicationProduct.position)))


def replace_products(
    session: Session, application_id: UUID, products: Sequence[ApplicationProduct], *, now: datetime
) -> None:
    """Put *products* in the place of all present ones, numbering them from 1.

    Present products that were assessed stay behind, marked as removed; others are deleted.
    """
    present = (ApplicationProduct.application_id == application_id, ApplicationProduct.removed_at.is_(None))
    assessed = exists().where(AssessmentRecord.application_product_id == ApplicationProduct.id)
    session.execute(update(ApplicationProduct).where(*present, assessed).values(removed_at=now))
    session.execute(delete(ApplicationProduct).where(*present))
    for position, product in enumerate(products, start=1):
        product.application_id, product.position = application_id, position
    add_all(session, products)


def latest_assessments(session: Session, application_id: UUID) -> dict[UUID, AssessmentRecord]:
    """Return for each present product, by its id, what was said of it last; none where nothing was."""
    said = (
        select(AssessmentRecord)
        .join(ApplicationProduct, ApplicationProduct.id == AssessmentRecord.application_product_id)
        .where(ApplicationProduct.application_id == application_id, ApplicationProduct.removed_at.is_(None))
        .order_by(AssessmentRecord.assessed_at, AssessmentRecord.seq)
    )
    return {record.application_product_id: record for record in session.scalars(said)}


def write_assessments(session: Session, records: Iterable[AssessmentRecord]) -> None:
    """Write what was said of several products, in their order and in one statement.

    The objects stay outside the session: their ``seq`` is not known before they are read again.
    """
    names = inspect(AssessmentRecord).columns.keys()
    written = [{name: getattr(record, name) for name in names if name != "seq"} for record in records]
    session.execute(insert(AssessmentRecord), written)


def authors_for(session: Session, organisation_id: UUID) -> frozenset[UUID]:
    """Return everyone who ever began an application of the organisation."""
    authors = select(Application.author_id).where(Application.organisation_id == organisation_id)
    return frozenset(session.scalars(authors.distinct()))


def find_application(session: Session, number: str) -> Application | None:
    """Return the application of a number, as it is printed; None where there is none."""
    return session.scalar(select(Application).where(Application.number == number))


class AssessedOnce(NamedTuple):
    """That a product, present or removed, was assessed in one round; which sheet it had then."""

    assessed_at: datetime
    product_id: UUID
    position: int
    cost_sheet_sha256: str


def every_assessed(session: Session, application_id: UUID) -> list[AssessedOnce]:
    """Return all that was ever assessed of an application, removed products too, the first first."""
    said = (
        select(
            AssessmentRecord.assessed_at,
            ApplicationProduct.id,
            ApplicationProduct.position,
            ApplicationProduct.cost_sheet_sha256,
        )
        .join(AssessmentRecord, ApplicationProduct.id == AssessmentRecord.application_product_id)
        .where(ApplicationProduct.application_id == application_id)
        .order_by(AssessmentRecord.assessed_at, ApplicationProduct.position, AssessmentRecord.seq)
    )
    return [AssessedOnce(*found) for found in session.execute(said)]


def cost_sheets_of(session: Session, product_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the cost sheets of products, by their identity; removed products too."""
    wanted = select(ApplicationProduct.id, ApplicationProduct.cost_sheet)
    wanted = wanted.where(ApplicationProduct.id.in_(product_ids))
    return {row.id: row.cost_sheet for row in session.execute(wanted)}


def submitted_products(
    session: Session, application_id: UUID, submitted_at: datetime
) -> list[tuple[str, str, str | None]]:
    """Return Thai name, English name and HS code of what was submitted at an instant, in its order."""
    row = ApplicationProduct
    said = (
        select(row.name_th, row.name_en, row.hs_code)
        .join(AssessmentRecord, row.id == AssessmentRecord.application_product_id)
        .where(row.application_id == application_id, AssessmentRecord.assessed_at == submitted_at)
    )
    return [(th, en, code) for th, en, code in session.execute(said.order_by(row.position))]


def same_sheets_elsewhere(
    session: Session, application_id: UUID, sha256s: Sequence[str], *, besides: str = ""
) -> dict[str, str]:
    """Return for each cost sheet (SHA-256, hex) that another application has too, the number of one.

    The application with the number *besides* does not count: it is the one that is renewed.
    """
    others = (
        select(ApplicationProduct.cost_sheet_sha256, Application.number)
        .join(Application, Application.id == ApplicationProduct.application_id)
        .where(
            ApplicationProduct.cost_sheet_sha256.in_(sha256s),
            ApplicationProduct.application_id != application_id,
            ApplicationProduct.removed_at.is_(None),
            Application.submitted_at.is_not(None),
            Application.number != besides,
        )
        .order_by(Application.number.desc())
    )
    return {row.cost_sheet_sha256: row.number for row in session.execute(others)}
