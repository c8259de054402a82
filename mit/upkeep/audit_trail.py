"""The audit log for administrators: search it, take it home, and walk its whole chain.

The chain shows every change of a row by whoever has not re-computed all that follow.  Who can write
into the database as its owner could do that; against them, write down the last number and hash from
time to time, outside this machine, and ask later whether they still stand (``expected``).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mit.errors import InputError
from mit.lifecycle.audit_events import AuditEvent as Event
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit, audit_search
from mit.store.audit import AuditEvent, ChainBreak
from mit.store.audit_search import Asked
from mit.store.db import OpenSession, transaction, viewing
from mit.values.thai_date import utc_text

__all__ = ["Asked", "ChainReport", "Entry", "Found", "check_chain", "export_csv", "export_json_lines"]
__all__ += ["find_person", "harmless", "search"]

PAGE_SIZE = 50
#: More than this is not taken home at once.
LONGEST_EXPORT = 50_000
_COLUMNS = ("seq", "at", "event", "subject", "actor_id", "actor", "payload", "prev", "hash")
#: What makes a spreadsheet take a cell for a formula, in the widths that it knows.
_FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is shown: ``actor`` is the name of who did it, empty for the service itself."""

    seq: int
    at: datetime
    event: str
    subject: str
    actor_id: str
    actor: str
    payload: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: ``older`` is the number to ask on from; None where nothing is older."""

    entries: tuple[Entry, ...]
    total: int
    older: int | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk through the whole chain found."""

    events: int
    last_hash: str
    breaks: tuple[ChainBreak, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether everything adds up."""
        return not self.breaks


def check_chain(*, expected: tuple[int, str] | None = None) -> ChainReport:
    """Walk the whole chain; *expected* is a number and its hash as they were written down before."""
    with viewing() as session:
        walk = audit.walk_chain(session)
        breaks = list(walk.breaks)
        if expected and audit.hash_at(session, expected[0]) != expected[1]:
            breaks.append(ChainBreak(expected[0], "expected"))
    return ChainReport(walk.seq, walk.last_hash, tuple(breaks))


def search(by: Actor, asked: Asked, *, before: int | None = None) -> Found:
    """Return one page of the events that are asked for, the newest first.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    with viewing() as session:
        rows = audit_search.newest(session, asked, before=before, size=PAGE_SIZE + 1)
        shown = rows[:PAGE_SIZE]
        older = shown[-1].seq if len(rows) > PAGE_SIZE else None
        return Found(tuple(_entries(session, shown)), audit_search.count(session, asked), older)


def find_person(by: Actor, email: str) -> Asked | None:
    """Return the question for what one person did; None where nobody has this address.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    with viewing() as session:
        user = accounts.find_user(session, email)
        return Asked(actor_id=user.id) if user else None


def export_csv(by: Actor, asked: Asked, *, now: datetime) -> bytes:
    """Return the events as a table for a spreadsheet: UTF-8 with a mark, no cell of it a formula.

    Raises:
        NotAllowedError: *by* is no administrator.
        InputError: ``audit_export_large`` with ``longest``.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for entry in _take(by, asked, form="csv", now=now):
        writer.writerow([harmless(str(value)) for value in _values(entry).values()])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def export_json_lines(by: Actor, asked: Asked, *, now: datetime) -> bytes:
    """Return the events as one JSON object a line, each exactly as it was recorded.

    Raises:
        NotAllowedError, InputError: as ``export_csv``.
    """
    entries = _take(by, asked, form="jsonl", now=now)
    return "".join(json.dumps(_values(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before one that might be."""
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff")[:1] in set(_FORMULA_SIGNS) else cell


def _take(by: Actor, asked: Asked, *, form: str, now: datetime) -> list[Entry]:
    """Return every event that is found, and record that it was taken home."""
    require_role(by, Role.ADMINISTRATOR)
    with transaction() as session:
        found = audit_search.count(session, asked)
        if found > LONGEST_EXPORT:
            raise InputError("audit_export_large", where="begins_on", longest=LONGEST_EXPORT, found=found)
        entries = _entries(session, list(audit_search.every(session, asked)))
        told = {"form": form, "events": found, "subject": asked.subject, "event": asked.event}
        audit.record(
            session, Event.AUDIT_EXPORTED, subject="audit", actor_id=by.user_id, now=now, payload=told
        )
    return entries


def _entries(session: OpenSession, rows: Iterable[AuditEvent]) -> list[Entry]:
    rows = list(rows)
    names = audit_search.names_of(session, {row.actor_id for row in rows if row.actor_id})
    return [
        Entry(
            seq=row.seq,
            at=row.at,
            event=row.event,
            subject=row.subject,
            actor_id=str(row.actor_id or ""),
            actor=names.get(row.actor_id, "") if row.actor_id else "",
            payload=row.payload,
            prev=row.prev,
            hash=row.hash,
        )
        for row in rows
    ]


def _values(entry: Entry) -> dict[str, object]:
    values = {name: getattr(entry, name) for name in _COLUMNS}
    return values | {"at": utc_text(entry.at)}
