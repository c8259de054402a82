"""Killed at every durable step, the service goes on and nothing is lost, doubled, reused or left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import kills
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.kills import Round, failpoints, judge, run_campaign
from tests.support.world import assert_whole_world, rows

QUESTIONS = ("lost", "doubled", "reused", "gaps", "audit", "unfinished", "files")


def test_there_is_a_failpoint_at_every_durable_step() -> None:
    names = failpoints()
    assert len(names) >= 12
    for place in ("approve.", "prepare.", "signer.", "issue.", "print.", "worker."):
        assert [name for name in names if name.startswith(place)], place


def test_killed_once_at_each_failpoint_nothing_is_lost(desk: Desk, workplace: Path) -> None:
    rounds = [*kills.every_failpoint_once(), Round(after_seconds=0.3), Round(after_seconds=0.5)]
    for at in range(len(rounds) // 2):
        desk.draft(at=at + 1)
    people = (desk.cast.somchai, desk.cast.malee, desk.cast.anan)
    outcome = run_campaign(desk.authority.settings, people, rounds, folder=workplace)
    assert outcome.hung == 0
    assert {name for name in outcome.kills if name != "random"} == set(failpoints())
    assert judge(desk.authority.settings, workplace) == {question: [] for question in QUESTIONS}
    assert {row["state"] for row in rows("SELECT state FROM applications")} == {"approved"}
    assert_whole_world(desk.now + kills.BETWEEN * outcome.rounds, desk.authority.settings.var_dir)


DAMAGE = {
    "lost": "UPDATE certificates SET state = 'prepared' , issued_at = NULL WHERE running = 1",
    "gaps": "UPDATE counters SET value = 7 WHERE name = 'certificate:2569'",
    "audit": "UPDATE audit_events SET payload = '{}' WHERE event = 'manufacturer:application:submit'",
    "unfinished": "UPDATE jobs SET state = 'waiting' , finished_at = NULL WHERE kind = 'print'",
}


@pytest.mark.parametrize("what", ["lost", "gaps", "audit", "unfinished", "files"])
def test_the_judge_finds_what_does_not_add_up(desk: Desk, workplace: Path, what) -> None:
    standing = desk.issued()
    (workplace / "acknowledged").write_text(f"{standing.number} {standing.certificate_number}\n")
    settings = desk.authority.settings
    assert not any(judge(settings, workplace).values())
    if what == "files":
        (document,) = [path for path in (settings.var_dir / "documents").rglob("*") if path.is_file()]
        document.write_bytes(b"other")
    else:
        assert forge(DAMAGE[what]) >= 1
    assert next(name for name, found in judge(settings, workplace).items() if found) == what


def test_the_judge_misses_no_answer_that_was_given(desk: Desk, workplace: Path) -> None:
    standing = desk.issued()
    (workplace / "acknowledged").write_text(
        f"{standing.number} {standing.certificate_number}\n"
        f"APP-2569-0000002-Y MIT-2569-0000002-E\n"
        f"APP-2569-0000003-W {standing.certificate_number}\n"
    )
    found = judge(desk.authority.settings, workplace)
    assert len(found["lost"]) == 2
    assert found["reused"] == [[standing.certificate_number, 2]]
