"""The public half of every signing key and seal, with the dates from which its state follows."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import InputError, NotFoundError, TamperedError
from mit.lifecycle.signing_key_states import KeyDates
from mit.store.accounts import one_of
from mit.store.counters import next_value
from mit.store.db import Base, UtcInstant

#: ``credential`` signs QR, credential and status; ``seal`` is the X.509 key of the PDF.
PURPOSES = ("credential", "seal")
ALGORITHMS = ("ES256", "RS256")


class SigningKey(Base):
    """One key pair's public half: its serial for life, and what happened to it when.

    Days are Bangkok days, each the first day of its state: in use (``active_from_on``), only
    verifying (``verify_only_from_on``), out of use (``retired_from_on``); ``compromised_from_at`` is
    the instant from which no signature counts.  ``certificate_chain`` is PEM, of a seal only.
    """

    __tablename__ = "signing_keys"
    __table_args__ = (
        CheckConstraint("kid BETWEEN 1 AND 65535", name="kid"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(one_of("algorithm", ALGORITHMS), name="algorithm"),
        CheckConstraint(
            "purpose = 'seal' OR (algorithm = 'ES256' AND certificate_chain IS NULL)", name="seal"
        ),
        CheckConstraint(
            "verify_only_from_on IS NULL OR"
            " (active_from_on IS NOT NULL AND verify_only_from_on >= active_from_on)",
            name="verify_only",
        ),
        CheckConstraint(
            "retired_from_on IS NULL OR verify_only_from_on IS NULL"
            " OR retired_from_on >= verify_only_from_on",
            name="retired",
        ),
    )

    kid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(String(20))
    algorithm: Mapped[str] = mapped_column(String(10))
    thumbprint: Mapped[str] = mapped_column(String(64), unique=True)
    public_jwk: Mapped[str] = mapped_column(Text)
    certificate_chain: Mapped[str | None] = mapped_column(Text)
    demo: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    active_from_on: Mapped[date | None]
    verify_only_from_on: Mapped[date | None]
    retired_from_on: Mapped[date | None]
    compromised_from_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    compromised_reason: Mapped[str | None] = mapped_column(Text)


def next_kid(session: Session) -> int:
    """Take the next key serial, 1 to 65535 (the table refuses more); never given twice."""
    return next_value(session, "signing_key")


def all_keys(session: Session, purpose: str = "credential") -> list[SigningKey]:
    """Return every key of one purpose by serial, whatever its state."""
    return list(
        session.scalars(select(SigningKey).where(SigningKey.purpose == purpose).order_by(SigningKey.kid))
    )


def lock_key(session: Session, kid: int) -> SigningKey:
    """Return one key, locked until the transaction ends.

    Raises:
        NotFoundError: ``not_found``.
    """
    key = session.scalar(select(SigningKey).where(SigningKey.kid == kid).with_for_update())
    if key is None:
        raise NotFoundError
    return key


def key_dates(row: SigningKey) -> KeyDates:
    """Return the dates from which the key's state follows."""
    return KeyDates(
        active_from_on=row.active_from_on,
        verify_only_from_on=row.verify_only_from_on,
        retired_from_on=row.retired_from_on,
        compromised_from_at=row.compromised_from_at,
    )


def public_half(row: SigningKey) -> PublicKey:
    """Return the public key of a row with the purpose ``credential``.

    Raises:
        TamperedError: ``signing_key_row``: the row does not hold the key that it names.
    """
    try:
        key = public_key_from_jwk(json.loads(row.public_jwk))
    except (InputError, ValueError, RecursionError) as error:
        raise TamperedError("signing_key_row", kid=row.kid) from error
    if (key.kid, key.thumbprint, key.demo) != (row.kid, row.thumbprint, row.demo):
        raise TamperedError("signing_key_row", kid=row.kid)
    return key
