"""The cells of a cost sheet's file, kept while something in it is left to say, for a few days at most.

The file itself is never kept: these are the cells as the sandbox read them, packed.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User
from mit.store.applications import Application
from mit.store.db import Base, UtcInstant, new_id
from mit.store.draft_sections import LAST_PRODUCT

#: Level of packing: the next ones take much longer for a little less.
_LEVEL = 3


class SheetFile(Base):
    """The cells of the file that was sent last for a product's cost sheet; ``cells`` is packed JSON."""

    __tablename__ = "sheet_files"
    __table_args__ = (
        UniqueConstraint("application_id", "product"),
        CheckConstraint(f"product BETWEEN 1 AND {LAST_PRODUCT}", name="product"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id))
    product: Mapped[int]
    cells: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime] = mapped_column(UtcInstant)
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))


def pack(document: object) -> bytes:
    """Return the sandbox's answer as it is kept."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "replace"), _LEVEL)


def unpack(cells: bytes) -> object:
    """Return what was packed."""
    return json.loads(zlib.decompress(cells))


def find_file(session: Session, application_id: UUID, product: int) -> SheetFile | None:
    """Return the cells that are kept for a product's cost sheet; None where none are."""
    same = (SheetFile.application_id == application_id, SheetFile.product == product)
    return session.scalar(select(SheetFile).where(*same))


def forget_file(session: Session, application_id: UUID, product: int) -> None:
    """Forget the cells that are kept for a product's cost sheet."""
    same = (SheetFile.application_id == application_id, SheetFile.product == product)
    session.execute(delete(SheetFile).where(*same))


def forget_old(session: Session, before: datetime, *, most: int) -> int:
    """Forget cells that were sent before an instant, at most so many; return how many."""
    old = select(SheetFile.id).where(SheetFile.sent_at < before).limit(most)
    gone = delete(SheetFile).where(SheetFile.id.in_(old)).returning(SheetFile.id)
    return len(session.execute(gone).all())
