"""Makers' letters to dealers: written down once, signed once, ended once; never changed besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import MitError, NotFoundError
from mit.store.accounts import User, one_of
from mit.store.certificates import Certificate
from mit.store.db import Base, UtcInstant, reading
from mit.store.health import UNREACHABLE
from mit.store.signing_keys import SigningKey

NAME_SOURCES = ("company_register", "maker")


class DealerLetterRow(Base):
    """One letter.

    Written when it is issued and never changed: everything down to ``issued_by_id``.  Filled in once by
    the worker: ``token`` to ``signed_at``.  Filled in once by the maker: ``ended_at``, ``ended_by_id``.
    ``tbs`` is what is signed; what pages show is read from the signed token, not from these columns.
    """

    __tablename__ = "dealer_letters"
    __table_args__ = (
        Index("ix_dealer_letters_certificate_dealer", "certificate_number", "dealer_juristic_number"),
        CheckConstraint(
            "length(dealer_juristic_number) = 13"
            " AND dealer_juristic_number NOT BETWEEN '1' AND '8999999999999'",
            name="no_citizen_number",
        ),
        CheckConstraint(one_of("named_by", NAME_SOURCES), name="named_by"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("length(tbs_sha256) = 64", name="hash"),
        CheckConstraint("(token IS NULL) = (signed_at IS NULL)", name="signed"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
    )

    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    certificate_number: Mapped[str] = mapped_column(ForeignKey(Certificate.number))
    dealer_juristic_number: Mapped[str] = mapped_column(String(13))
    dealer_name_th: Mapped[str] = mapped_column(String(300))
    dealer_name_en: Mapped[str] = mapped_column(String(300))
    named_by: Mapped[str] = mapped_column(String(20))
    places: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date]
    tender: Mapped[str] = mapped_column(String(200))
    tbs: Mapped[bytes] = mapped_column(LargeBinary)
    tbs_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kid: Mapped[int] = mapped_column(ForeignKey(SigningKey.kid))
    issued_at: Mapped[datetime] = mapped_column(UtcInstant)
    issued_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    token: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))


class LetterFacts(NamedTuple):
    """What a verdict on a letter asks of the register."""

    number: str
    token: str
    kid: int
    signed_at: datetime
    ended_at: datetime | None


_rows = DealerLetterRow.__table__.c
_FACTS = select(*(_rows[name] for name in LetterFacts._fields)).where(_rows.token.is_not(None))


def find_letter(session: Session, number: str) -> DealerLetterRow | None:
    """Return one letter; None where there is none."""
    return session.get(DealerLetterRow, number)


def lock_letter(session: Session, number: str) -> DealerLetterRow:
    """Return one letter as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``dealer_letter_not_found``.
    """
    wanted = select(DealerLetterRow).where(DealerLetterRow.number == number)
    found = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError("dealer_letter_not_found", number=number[:40])
    return found


def letters_of(session: Session, certificate_number: str) -> Sequence[DealerLetterRow]:
    """Return every letter about a certificate, the newest first."""
    own = select(DealerLetterRow).where(DealerLetterRow.certificate_number == certificate_number)
    order = (DealerLetterRow.issued_at.desc(), DealerLetterRow.number)
    return session.scalars(own.order_by(*order)).all()


def every_letter(session: Session) -> Sequence[DealerLetterRow]:
    """Return every letter there is, by number."""
    return session.scalars(select(DealerLetterRow).order_by(DealerLetterRow.number)).all()


def standing_count(session: Session, certificate_number: str, *, today: date) -> int:
    """Return how many letters about a certificate are neither ended nor over."""
    standing = (
        DealerLetterRow.certificate_number == certificate_number,
        DealerLetterRow.ended_at.is_(None),
        DealerLetterRow.until_on >= today,
    )
    return session.scalar(select(func.count()).select_from(DealerLetterRow).where(*standing)) or 0


def store_token(session: Session, number: str, token: str, *, now: datetime) -> bool:
    """Keep the signed token unless one is kept already; say whether this is the one kept."""
    session.flush()
    empty = (DealerLetterRow.number == number, DealerLetterRow.token.is_(None))
    kept = update(DealerLetterRow).where(*empty).values(token=token, signed_at=now)
    is_kept = len(session.execute(kept.returning(DealerLetterRow.number)).all()) == 1
    session.expire_all()
    return is_kept


def letter_facts(number: str) -> LetterFacts | None:
    """Return what the register says now of a signed letter; None where there is none.

    Raises:
        MitError: ``register_unreachable``.
    """
    found = _read(_FACTS.where(_rows.number == number))
    return found[0] if found else None


def letters_to(certificate_number: str, juristic_number: str, *, most: int) -> list[LetterFacts]:
    """Return the signed letters about one certificate to one company, the newest first.

    Raises:
        MitError: ``register_unreachable``.
    """
    asked = (
        _rows.certificate_number == certificate_number,
        _rows.dealer_juristic_number == juristic_number,
    )
    return _read(_FACTS.where(*asked).order_by(_rows.issued_at.desc(), _rows.number).limit(most))


def _read(statement: object) -> list[LetterFacts]:
    try:
        with reading() as connection:
            return [LetterFacts._make(row) for row in connection.execute(statement)]  # type: ignore[call-overload]
    except UNREACHABLE as error:
        raise MitError("register_unreachable") from error
