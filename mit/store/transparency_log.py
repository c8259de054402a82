"""The salted leaf of each event in a certificate's life; tree and checkpoints come with the log."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import TamperedError
from mit.store.certificates import Certificate
from mit.store.counters import next_value
from mit.store.db import SERIAL, Base, UtcInstant, add


class LogLeaf(Base):
    """One leaf: SHA-256(0x00 ‖ salt ‖ entry); only ``log_index`` is filled in later, once.

    ``entry`` is canonical JSON and stays here; the log itself will only ever see the hash.
    """

    __tablename__ = "log_leaves"
    __table_args__ = (
        CheckConstraint("length(leaf_hash) = 64", name="leaf_hash"),
        CheckConstraint("length(salt) >= 16", name="salt"),
        CheckConstraint("log_index >= 0", name="log_index"),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    certificate_number: Mapped[str] = mapped_column(ForeignKey(Certificate.number), index=True)
    event: Mapped[str] = mapped_column(String(20))
    entry: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[str] = mapped_column(String(64), unique=True)
    profile_version: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime] = mapped_column(UtcInstant)
    log_index: Mapped[int | None] = mapped_column(BigInteger, unique=True)


def leaf_hash(salt: bytes, entry: str) -> str:
    """Return the leaf's hash (hex): SHA-256(0x00 ‖ salt ‖ entry), after RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + salt + entry.encode()).hexdigest()


def write_leaf(session: Session, leaf: LogLeaf) -> LogLeaf:
    """Write one leaf, its hash computed here; the order of writing is the order of appending."""
    leaf.leaf_hash = leaf_hash(leaf.salt, leaf.entry)
    add(session, leaf)
    return leaf


def append_new_leaf(session: Session, leaf: LogLeaf) -> int:
    """Write one leaf and append it to the log at once; return its index.

    It locks the log's counter until the transaction ends: lock certificates before.
    """
    leaf.log_index = next_value(session, "transparency_log") - 1
    write_leaf(session, leaf)
    return leaf.log_index


def append_leaf(session: Session, certificate_number: str, event: str) -> int:
    """Append the leaf of one event to the log and return its index, from 0 on without gaps.

    The order of appending is the order in which the counter's row was locked.  A leaf that was
    appended before keeps its index.

    Raises:
        TamperedError: ``log_leaf_missing``, or ``log_leaf_changed`` where its hash does not fit.
    """
    wanted = select(LogLeaf).where(LogLeaf.certificate_number == certificate_number, LogLeaf.event == event)
    leaf = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if leaf is None:
        raise TamperedError("log_leaf_missing", number=certificate_number)
    if leaf.leaf_hash != leaf_hash(leaf.salt, leaf.entry):
        raise TamperedError("log_leaf_changed", number=certificate_number)
    if leaf.log_index is None:
        leaf.log_index = next_value(session, "transparency_log") - 1
        session.flush()
    return leaf.log_index
