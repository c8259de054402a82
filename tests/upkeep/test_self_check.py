"""The whole-world check finds every way in which our records could stop adding up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.i18n import knows, say
from mit.store.documents import document_path
from mit.upkeep.self_check import Trouble, check_world, gaps
from tests.support.desk import Desk
from tests.support.forgery import forge, undone
from tests.support.world import rows


def var_dir(desk: Desk) -> Path:
    return desk.authority.settings.var_dir


def codes(desk: Desk) -> set[str]:
    return {trouble.code for trouble in check_world(var_dir(desk), now=desk.now).troubles}


def test_a_world_in_order_has_no_trouble(desk: Desk) -> None:
    desk.issued()
    desk.issued(True, False, at=5)
    desk.recommended(at=9)
    report = check_world(var_dir(desk), now=desk.now)
    assert report.troubles == ()
    assert report.certificates == {"active": 2}
    assert report.applications == {"approved": 2, "recommended": 1}
    assert report.leaves == 2
    assert report.audit_events == len(rows("SELECT seq FROM audit_events"))


def test_an_empty_world_has_no_trouble(desk: Desk) -> None:
    assert codes(desk) == set()


def test_a_prepared_certificate_is_not_issued_yet(desk: Desk) -> None:
    desk.approved()
    assert codes(desk) == {"not_issued"}


@dataclass(frozen=True)
class Break:
    """One thing done to the records, and what the check says of it."""

    name: str
    statement: str
    code: str


BREAKS = [
    Break("payload", "UPDATE audit_events SET payload = '{}' WHERE seq = 3", "audit_chain"),
    Break("event gone", "DELETE FROM audit_events WHERE seq = 4", "audit_chain"),
    Break(
        "counter ahead", "UPDATE counters SET value = 2 WHERE name LIKE 'certificate:%'", "certificate_number"
    ),
    Break(
        "application counter",
        "UPDATE counters SET value = 7 WHERE name LIKE 'application:%'",
        "application_number",
    ),
    Break(
        "application counter gone",
        "DELETE FROM counters WHERE name LIKE 'application:%'",
        "application_number",
    ),
    Break(
        "application renumbered",
        "UPDATE applications SET number = 'APP-2569-0000007-X'",
        "application_number",
    ),
    Break(
        "certificate counter gone",
        "DELETE FROM counters WHERE name LIKE 'certificate:%'",
        "certificate_number",
    ),
    Break(
        "counter of a year without certificates",
        "INSERT INTO counters (name, value) VALUES ('certificate:2570', 1)",
        "certificate_number",
    ),
    Break(
        "leaf of another event",
        "UPDATE log_leaves SET event = 'revoke'",
        "leaf_missing",
    ),
    Break(
        "approval voided",
        "UPDATE approvals SET voided_at = given_at, voided_reason = 'x' WHERE kind = 'approval'",
        "four_eyes",
    ),
    Break(
        "digest", f"UPDATE approvals SET content_digest = '{'0' * 64}' WHERE kind = 'approval'", "four_eyes"
    ),
    Break(
        "same person",
        "UPDATE approvals SET person_id = (SELECT id FROM users WHERE email LIKE 'malee%')",
        "four_eyes",
    ),
    Break("credential", "UPDATE certificates SET credential = credential || 'A'", "does_not_verify"),
    Break("qr", "UPDATE certificates SET qr_text = qr_text || '1'", "does_not_verify"),
    Break("thumbprint of a key", "UPDATE signing_keys SET thumbprint = 'x' WHERE kid = 1", "does_not_verify"),
    Break("file unnamed", "UPDATE certificates SET pdf_sha256 = NULL", "not_printed"),
    Break("leaf entry", "UPDATE log_leaves SET entry = '{}'", "leaf_hash"),
    Break("leaf index", "UPDATE log_leaves SET log_index = 5", "leaf_order"),
    Break("leaf out of the log", "UPDATE log_leaves SET log_index = NULL", "leaf_missing"),
    Break("leaf gone", "DELETE FROM log_leaves", "leaf_missing"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_changed_behind_our_back_is_found(desk: Desk) -> None:
    desk.issued()
    for broken in BREAKS:
        with undone():
            if broken.name == "same person":
                forge("DROP INDEX ix_approvals_live_person")
            forge(broken.statement)
            assert broken.code in codes(desk), broken.name
    assert codes(desk) == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_was_changed_or_lost_is_found(desk: Desk) -> None:
    desk.issued()
    sha256 = rows("SELECT pdf_sha256 FROM certificates")[0]["pdf_sha256"]
    path = document_path(var_dir(desk), sha256)
    path.write_bytes(path.read_bytes() + b"\n")
    changed = check_world(var_dir(desk), now=desk.now).troubles
    path.unlink()
    lost = check_world(var_dir(desk), now=desk.now).troubles
    assert [(t.code, t.detail) for t in (*changed, *lost)] == [
        ("file", "document_changed"),
        ("file", "document_lost"),
    ]


def test_a_job_that_was_given_up_is_found(desk: Desk) -> None:
    desk.issued()
    forge("UPDATE jobs SET state = 'dead', last_error = 'no paper' WHERE kind = 'print'")
    troubles = check_world(var_dir(desk), now=desk.now).troubles
    assert [(t.code, t.detail) for t in troubles] == [("job_given_up", "no paper")]


@pytest.mark.parametrize(
    "code", sorted({broken.code for broken in BREAKS} | {"file", "job_given_up", "not_issued"})
)
def test_every_trouble_has_a_sentence(code: str) -> None:
    key = f"self_check.{code}"
    assert knows(key)
    trouble = Trouble(code, "MIT-1", "why")
    assert "MIT-1" in say(key, "th", subject=trouble.subject, detail=trouble.detail)


@given(st.integers(0, 60))
def test_numbers_in_order_have_no_gap(last: int) -> None:
    assert gaps(range(1, last + 1), last) == []


@given(st.integers(1, 60).flatmap(lambda last: st.tuples(st.just(last), st.integers(1, last))))
def test_a_missing_and_a_doubled_number_are_named(case: tuple[int, int]) -> None:
    last, odd = case
    numbers = list(range(1, last + 1))
    assert gaps([n for n in numbers if n != odd], last) == [odd]
    assert gaps([*numbers, odd], last) == [odd]
    assert gaps([*numbers, last + odd], last) == [last + odd]
