"""Batches: many presentations judged at once, kept in portions for about a day and then forgotten.

A batch is reached by an address that nobody can guess; only its hash stands here.  What was shown and
what came of it are packed JSON, a portion at a time: ``asked`` is emptied in the moment ``told`` is there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base, UtcInstant, new_id

#: Most presentations of one batch.
MOST_LINES = 10_000
#: Level of packing: one portion is written once and read a few times.
_LEVEL = 1
#: Bits of the window, and level of memory, that ``zlib.compress`` takes.
_WINDOW_BITS, _MEMORY_LEVEL = 15, 8


class Batch(Base):
    """What was asked at once: as of which day, how many presentations, how many of them are judged."""

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint(f"total BETWEEN 1 AND {MOST_LINES}", name="total"),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    asked_on: Mapped[date]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)


class BatchPortion(Base):
    """Presentations of a batch that stand one after the other and are judged in one go."""

    __tablename__ = "batch_portions"
    __table_args__ = (
        CheckConstraint("first >= 1 AND lines >= 1", name="span"),
        CheckConstraint("(asked IS NULL) = (told IS NOT NULL)", name="told"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey(Batch.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int]
    lines: Mapped[int]
    asked: Mapped[bytes | None] = mapped_column(LargeBinary)
    told: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch as it stands: its inner identity, the day asked about, how much is done.

    ``is_given_up`` says that nobody works at the rest any more.
    """

    id: UUID
    asked_on: date
    total: int
    done: int
    sent_at: datetime
    is_given_up: bool = False

    @property
    def is_done(self) -> bool:
        """Say whether everything is judged."""
        return self.done == self.total


@dataclass(frozen=True, slots=True)
class Portion:
    """One portion, unpacked: the position of its first line, and what was asked or told."""

    number: int
    first: int
    lines: int
    asked: object = None
    told: object = None


def pack(document: object, *, is_mostly_digits: bool = False) -> bytes:
    """Return *document* as it is kept; a letter that has no UTF-8 form becomes a question mark.

    In the digits of QR codes nothing stands twice: to look for it costs more than all the rest of packing.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    strategy = zlib.Z_HUFFMAN_ONLY if is_mostly_digits else zlib.Z_DEFAULT_STRATEGY
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL, strategy)
    return packing.compress(text.encode("utf-8", "replace")) + packing.flush()


def unpack(packed: bytes) -> object:
    """Return what was packed."""
    return json.loads(zlib.decompress(packed))


def find_batch(session: Session, address_sha256: str) -> Standing | None:
    """Return the batch at an address, by the hash of it; None where there is none (any more)."""
    return _standing(session.scalar(select(Batch).where(Batch.address_sha256 == address_sha256)))


def get_batch(session: Session, batch_id: UUID) -> Standing | None:
    """Return a batch by its inner identity; None where it was forgotten."""
    return _standing(session.get(Batch, batch_id))


def read_portion(session: Session, batch_id: UUID, number: int) -> Portion | None:
    """Return one portion of a batch; None where there is none (any more)."""
    row = session.get(BatchPortion, (batch_id, number))
    return _unpacked(row) if row else None


def read_portions(session: Session, batch_id: UUID, *, first: int, last: int) -> list[Portion]:
    """Return every portion that holds a line from *first* to *last*, in order."""
    within = (BatchPortion.first <= last, BatchPortion.first + BatchPortion.lines > first)
    wanted = select(BatchPortion).where(BatchPortion.batch_id == batch_id, *within)
    return [_unpacked(row) for row in session.scalars(wanted.order_by(BatchPortion.number))]


def store_told(session: Session, batch_id: UUID, number: int, told: bytes) -> bool:
    """Keep what came of a portion, forget what was shown, count its lines; say whether it was not yet."""
    waiting = (BatchPortion.batch_id == batch_id, BatchPortion.number == number, BatchPortion.told.is_(None))
    kept = update(BatchPortion).where(*waiting).values(told=told, asked=None).returning(BatchPortion.lines)
    lines = session.scalar(kept)
    if lines is None:
        return False
    session.execute(update(Batch).where(Batch.id == batch_id).values(done=Batch.done + lines))
    return True


def old_batches(session: Session, before: datetime, *, most: int) -> list[Standing]:
    """Return batches that were sent before an instant, at most so many, the oldest first."""
    old = select(Batch).where(Batch.sent_at < before).order_by(Batch.sent_at).limit(most)
    return [_seen(row) for row in session.scalars(old)]


def forget_batches(session: Session, batch_ids: Sequence[UUID]) -> int:
    """Forget batches with everything that was shown and told; return how many."""
    session.execute(delete(BatchPortion).where(BatchPortion.batch_id.in_(batch_ids)))
    return len(session.execute(delete(Batch).where(Batch.id.in_(batch_ids)).returning(Batch.id)).all())


def forget_old(session: Session, before: datetime, *, most: int) -> int:
    """Forget batches that were sent before an instant, at most so many; return how many."""
    return forget_batches(session, [one.id for one in old_batches(session, before, most=most)])


def _standing(row: Batch | None) -> Standing | None:
    return _seen(row) if row else None


def _seen(row: Batch) -> Standing:
    return Standing(row.id, row.asked_on, row.total, row.done, row.sent_at)


def _unpacked(row: BatchPortion) -> Portion:
    asked, told = (unpack(packed) if packed is not None else None for packed in (row.asked, row.told))
    return Portion(row.number, row.first, row.lines, asked, told)
