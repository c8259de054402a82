"""The audit log for administrators: found, paged, taken home without harm, and never by others."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.errors import InputError, NotAllowedError
from mit.roles.actor import Actor, Role
from mit.store.audit import record
from mit.store.audit_search import Asked
from mit.store.db import transaction
from mit.upkeep import audit_trail
from mit.upkeep.audit_trail import export_csv, export_json_lines, find_person, harmless, search
from tests.support.people import Cast, invite
from tests.support.world import rows


@pytest.fixture
def admin(cast: Cast, now: datetime) -> Actor:
    return invite("Wichai Dulae", Role.ADMINISTRATOR, now=now)


def write(
    now: datetime, subject: str, *, event: str = "test:thing:do", actor: Actor | None = None, **told: object
):
    with transaction() as session:
        who = actor.user_id if actor else None
        record(session, event, subject=subject, actor_id=who, now=now, payload=told)


def found(admin: Actor, **asked: object) -> list[str]:
    return [entry.subject for entry in search(admin, Asked(**asked)).entries]  # type: ignore[arg-type]


def test_events_are_found_by_subject_person_name_and_day(admin: Actor, cast: Cast, now: datetime) -> None:
    write(now, "application:A-1", actor=cast.malee)
    write(now + timedelta(days=1), "application:A-2", event="test:other:do")
    write(now + timedelta(days=2), "user:1", actor=cast.anan)
    assert found(admin) == ["user:1", "application:A-2", "application:A-1"]
    assert found(admin, subject="application:") == ["application:A-2", "application:A-1"]
    assert found(admin, event="test:other") == ["application:A-2"]
    assert found(admin, actor_id=cast.malee.user_id) == ["application:A-1"]
    assert found(admin, begins_at=now + timedelta(hours=1)) == ["user:1", "application:A-2"]
    assert found(admin, ends_at=now + timedelta(hours=1)) == ["application:A-1"]


@pytest.mark.parametrize("subject", ["%", "_", "application:%", "' OR 1=1 --", "\\"])
def test_signs_of_the_query_language_are_plain_signs(admin: Actor, now: datetime, subject: str) -> None:
    write(now, "application:A-1")
    assert found(admin, subject=subject) == []


def test_pages_follow_each_other_without_gap_or_double(admin: Actor, now: datetime, monkeypatch) -> None:
    monkeypatch.setattr(audit_trail, "PAGE_SIZE", 3)
    for n in range(7):
        write(now, f"thing:{n}")
    seen, before = [], None
    while True:
        page = search(admin, Asked(), before=before)
        assert page.total == 7
        seen += [entry.subject for entry in page.entries]
        before = page.older
        if before is None:
            break
    assert seen == [f"thing:{n}" for n in reversed(range(7))]


def test_a_person_is_found_by_their_address(admin: Actor, cast: Cast) -> None:
    asked = find_person(admin, " Malee@Example.com ")
    assert asked is not None
    assert asked.actor_id == cast.malee.user_id
    assert find_person(admin, "nobody@example.com") is None


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "\u00a0=cmd",
    '=HYPERLINK("x")',
    "\ufeff=1",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_cell_never_begins_as_a_formula_does(formula: str) -> None:
    assert harmless(formula).startswith("'")


def test_the_table_opens_in_a_spreadsheet_without_running_anything(admin: Actor, now: datetime) -> None:
    for formula in FORMULAS:
        write(now, formula, note=formula)
    data = export_csv(admin, Asked(), now=now)
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert table[0][:4] == ["seq", "at", "event", "subject"]
    assert len(table) == len(FORMULAS) + 1
    for row in table[1:]:
        assert not [cell for cell in row if cell.strip()[:1] in set("=+-@＝")], row
    assert [row[3].removeprefix("'") for row in table[1:]] == FORMULAS


def test_the_lines_hold_each_event_as_it_was_recorded(admin: Actor, cast: Cast, now: datetime) -> None:
    write(now, "=1+1", actor=cast.malee, ก=1)
    (line,) = export_json_lines(admin, Asked(), now=now).decode().splitlines()
    told = json.loads(line)
    assert (told["subject"], told["actor"], told["payload"]) == ("=1+1", "Malee Srisuk", '{"ก":1}')
    assert told["at"] == "2026-11-25T07:30:00Z"


def test_what_is_taken_home_is_recorded(admin: Actor, now: datetime) -> None:
    write(now, "thing:1")
    export_csv(admin, Asked(subject="thing"), now=now)
    last = rows("SELECT event, actor_id, payload FROM audit_events ORDER BY seq DESC LIMIT 1")[0]
    assert last["event"] == "administrator:audit:export"
    assert json.loads(last["payload"])["events"] == 1


def test_too_much_is_not_taken_home_at_once(admin: Actor, now: datetime, monkeypatch) -> None:
    monkeypatch.setattr(audit_trail, "LONGEST_EXPORT", 2)
    for n in range(3):
        write(now, f"thing:{n}")
    with pytest.raises(InputError) as refused:
        export_csv(admin, Asked(), now=now)
    assert refused.value.code == "audit_export_large"


@pytest.mark.parametrize("name", ["somchai", "malee", "anan", "napha"])
def test_nobody_but_administrators_reads_it(app: Flask, cast: Cast, now: datetime, name: str) -> None:
    actor = getattr(cast, name)
    for act in (
        lambda: search(actor, Asked()),
        lambda: find_person(actor, "a@example.com"),
        lambda: export_csv(actor, Asked(), now=now),
        lambda: export_json_lines(actor, Asked(), now=now),
    ):
        with pytest.raises(NotAllowedError):
            act()
