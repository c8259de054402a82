"""Judge a database after kills or races, from its raw tables, in a process of its own.

``python -m tests.support.raw_judge URL ACKNOWLEDGED VAR_DIR`` prints one JSON object; every list in
it must be empty.  Nothing of ``mit`` is imported: what is judged cannot excuse itself.

``ACKNOWLEDGED`` holds one line for each approval that was answered: application, certificate.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

Query = Callable[[str], list[tuple[Any, ...]]]


def main(url: str, acknowledged: str, var_dir: str) -> dict[str, list[Any]]:
    """Return everything that does not add up."""
    ask = open_database(url)
    answered = [line.split() for line in Path(acknowledged).read_text(encoding="utf-8").splitlines() if line]
    return {
        "lost": lost(ask, answered),
        "doubled": doubled(ask),
        "reused": reused(ask, answered),
        "gaps": gaps(ask),
        "audit": audit_breaks(ask),
        "unfinished": unfinished(ask),
        "files": damaged_files(ask, Path(var_dir)),
    }


def open_database(url: str) -> Query:
    """Return a function that answers a query over a connection of the judge's own."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
        return lambda query: connection.execute(query).fetchall()
    session = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    session.execute("SET timezone = 'UTC'")
    return lambda query: session.execute(query.encode()).fetchall()


def lost(ask: Query, answered: Sequence[list[str]]) -> list[Any]:
    """Return what was answered and is not there, and what is written down and never issued."""
    held = dict(
        ask("SELECT a.number, c.number FROM certificates c JOIN applications a ON a.id = c.application_id")
    )
    missing = [pair for pair in answered if held.get(pair[0]) != pair[1]]
    states = ask("SELECT number, state FROM certificates WHERE state <> 'active' OR pdf_sha256 IS NULL")
    approved = ask(
        "SELECT number FROM applications a WHERE state = 'approved'"
        " AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.application_id = a.id)"
    )
    return [*missing, *map(list, states), *map(list, approved)]


def doubled(ask: Query) -> list[Any]:
    """Return what happened twice and may happen once."""
    once = {
        "certificates of an application": "SELECT application_id FROM certificates",
        "bytes to be signed": "SELECT tbs_sha256 FROM certificates",
        "credentials": "SELECT credential_sha256 FROM certificates WHERE credential_sha256 IS NOT NULL",
        "files": "SELECT pdf_sha256 FROM certificates WHERE pdf_sha256 IS NOT NULL",
        "leaves": "SELECT certificate_number FROM log_leaves WHERE event = 'issue'",
        "issues": "SELECT certificate_number FROM certificate_events WHERE event = 'issued'",
        "prepared": "SELECT subject FROM audit_events WHERE event = 'issuer:certificate:prepare'",
        "issued": "SELECT subject FROM audit_events WHERE event = 'issuer:certificate:issue'",
        "printed": "SELECT subject FROM audit_events WHERE event = 'issuer:certificate:print'",
        "approved": "SELECT subject FROM audit_events WHERE event = 'approver:application:approve'",
        "live approvals": (
            "SELECT CAST(application_id AS VARCHAR) || kind FROM approvals WHERE voided_at IS NULL"
        ),
    }
    found = []
    for what, query in once.items():
        counted = Counter(row[0] for row in ask(query))
        found += [[what, str(key), count] for key, count in counted.items() if count > 1]
    return found


def reused(ask: Query, answered: Sequence[list[str]]) -> list[Any]:
    """Return numbers and slots that were given to two."""
    numbers = Counter(certificate for _, certificate in {tuple(pair) for pair in answered})
    slots = Counter(ask("SELECT list_number, slot_index FROM certificates"))
    runs = Counter(ask("SELECT year_be, running FROM certificates"))
    return [[str(key), n] for counted in (numbers, slots, runs) for key, n in counted.items() if n > 1]


def gaps(ask: Query) -> list[Any]:
    """Return every series that is not 1…n (the log: 0…n−1), or whose counter says otherwise."""
    found = []
    counters = dict(ask("SELECT name, value FROM counters"))
    years: dict[int, list[int]] = {}
    for year, running in ask("SELECT year_be, running FROM certificates"):
        years.setdefault(year, []).append(running)
    for year, numbers in years.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            found.append(["numbers", year])
        if counters.get(f"certificate:{year}") != len(numbers):
            found.append(["counter", year])
    indexes = sorted(row[0] for row in ask("SELECT log_index FROM log_leaves WHERE log_index IS NOT NULL"))
    if indexes != list(range(len(indexes))) or counters.get("transparency_log", 0) != len(indexes):
        found.append(["log", len(indexes)])
    slots = ask("SELECT count(*) FROM status_slots")[0][0]
    if slots != sum(len(numbers) for numbers in years.values()):
        found.append(["slots", slots])
    return found


def audit_breaks(ask: Query) -> list[Any]:
    """Return every place where the hash chain does not add up, computed anew."""
    found, previous, expected = [], "0" * 64, 1
    for row in ask(
        "SELECT seq, at, actor_id, event, subject, payload, payload_sha256, prev, hash"
        " FROM audit_events ORDER BY seq"
    ):
        seq, at, actor, event, subject, payload, payload_sha256, prev, digest = row
        instant = at if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)
        document = {
            "seq": seq,
            "at": instant.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": _uuid(actor),
            "event": event,
            "subject": subject,
            "payload_sha256": hashlib.sha256(payload.encode()).hexdigest(),
            "prev": previous,
        }
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        is_good = (seq, prev, payload_sha256) == (expected, previous, document["payload_sha256"])
        if not is_good or hashlib.sha256(text.encode()).hexdigest() != digest:
            found.append(seq)
        previous, expected = digest, seq + 1
    ((head_seq, head_hash),) = ask("SELECT seq, hash FROM audit_head")
    return found if (head_seq, head_hash) == (expected - 1, previous) else [*found, "head"]


def unfinished(ask: Query) -> list[Any]:
    """Return what is left in the outbox."""
    return [list(row) for row in ask("SELECT kind, key, state, attempts FROM jobs WHERE state <> 'done'")]


def damaged_files(ask: Query, var_dir: Path) -> list[Any]:
    """Return the stored files that are not what their name says."""
    found = []
    for (sha256,) in ask("SELECT sha256 FROM documents"):
        path = var_dir / "documents" / sha256[:2] / sha256[2:4] / sha256
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            found.append(sha256)
    return found


def _uuid(value: Any) -> str | None:
    if value is None:
        return None
    plain = str(value).replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))
