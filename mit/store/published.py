"""What was signed for everyone to fetch: status lists and their like, newest version only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

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
