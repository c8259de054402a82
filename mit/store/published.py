"""What was signed for everyone to fetch: status lists and their like, newest version only."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base, UtcInstant


class Published(Base):
    """A published piece by name, e.g. ``status/revocation/2600``, with the exact bytes to serve."""

    __tablename__ = "published"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime] = mapped_column(UtcInstant)
    valid_until: Mapped[datetime] = mapped_column(UtcInstant)


def publish(session: Session, piece: Published) -> None:
    """Put *piece* in the place of the version before; its entity tag is made here from the bytes."""
    piece.etag = f'"{hashlib.sha256(piece.body).hexdigest()}"'
    session.merge(piece)
    session.flush()


def lock_published(session: Session, name: str) -> None:
    """Let nobody else put a version of *name* in place until the transaction ends.

    Where there is no version yet, two first ones collide, and one of them is made again.
    """
    session.scalar(select(Published.name).where(Published.name == name).with_for_update())


def find_published(session: Session, name: str) -> Published | None:
    """Return the newest version of a piece; None where it was never published."""
    return session.get(Published, name)
