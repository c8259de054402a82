"""What was signed for everyone to fetch: status lists and their like, newest version only."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import LargeBinary, String
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


def find_published(session: Session, name: str, *, lock: bool = False) -> Published | None:
    """Return the newest version of a piece; None where it was never published.

    *lock* keeps others from publishing it until this transaction ends.
    """
    return session.get(Published, name, with_for_update=lock or None, populate_existing=lock)
