"""The demo's main job, step by step on the terminal: every sentence in Thai and in English."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from mit.config import Settings
from mit.i18n import LANGUAGES, say, say_both
from mit.issuance.authority import Authority
from mit.issuance.move import Standing
from mit.issuance.read_sheet import read_cost_sheet
from mit.upkeep import demo_main_job
from mit.upkeep.demo_companies import demo_dealer
from mit.upkeep.demo_data import DemoPlace
from mit.upkeep.demo_main_job import IssuedForms
from mit.upkeep.demo_people import read_cast
from mit.upkeep.publish import export_trust, publish_status_lists
from mit.values.clock import Clock

COST_SHEET, PDF, CREDENTIAL = "cost-sheet.json", "certificate.pdf", "certificate.jwt"
QR_TEXT, TRUST = "certificate.qr.txt", "trust.json"
_PATIENCE_SECONDS = 60
#: Exit status of ``mit verify`` → verdict (contract section 4).
_VERDICTS = {0: "VALID", 1: "NOT_VALID", 2: "CANNOT_TELL"}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo is performed."""

    settings: Settings
    place: DemoPlace
    clock: Clock
    authority: Authority
    run_jobs: Callable[[datetime], object]

    def file(self, name: str) -> Path:
        """Return the path of one of the files that the demo leaves behind."""
        return self.place.folder / name


def tell(key: str, **params: str | int) -> None:
    """Print a sentence in both languages, Thai first."""
    for sentence in say_both(key, **params).values():
        click.echo(f"  {sentence}")


def heading(key: str) -> None:
    """Print a heading in both languages on one line."""
    click.echo()
    click.secho(" / ".join(say(key, language) for language in LANGUAGES), bold=True)


def shown(path: Path) -> str:
    """Return a path as the user would type it: below the present folder without what leads to it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def main_job(stage: Stage) -> tuple[bool, str]:
    """Show the way from a cost sheet file to verdicts.

    Return whether all came out as it should, and the number of the letter to a dealer.
    """
    number = _issue(stage)
    forms = demo_main_job.issued_forms(number, stage.settings.var_dir)
    letter = _name_dealer(stage, number)
    _leave_files(stage, forms)
    return _verify_all(stage, forms), letter


def _issue(stage: Stage) -> str:
    """Assess, hand in, recommend, approve and issue; return the certificate's number."""
    heading("demo.head_assess")
    path = stage.file(COST_SHEET)
    path.write_bytes(demo_main_job.main_cost_sheet())
    _assess(path)
    heading("demo.head_issue")
    cast, now, authority = read_cast(), stage.clock.now(), stage.authority
    sheet = read_cost_sheet(path.read_bytes(), name=path.name).sheet
    standing = demo_main_job.hand_in(cast, sheet, now=now, authority=authority)
    _told("demo.handed_in", standing, company=demo_main_job.main_company().name.th)
    standing = demo_main_job.recommend_it(cast, standing, now=now)
    _told("demo.recommended", standing)
    standing = demo_main_job.approve_it(cast, standing, now=now, authority=authority)
    _told("demo.approved", standing)
    stage.run_jobs(now)
    tell("demo.issued", number=standing.certificate_number)
    return standing.certificate_number


def _name_dealer(stage: Stage, number: str) -> str:
    """Let the holder name a dealer, and have the letter signed; return its number."""
    now = stage.clock.now()
    letter = demo_main_job.name_dealer(read_cast(), number, now=now, authority=stage.authority)
    stage.run_jobs(now)
    tell("demo.letter_issued", number=letter, dealer=demo_dealer().name.th)
    return letter


def _told(key: str, standing: Standing, **params: str) -> None:
    tell(key, number=standing.number, **params)


def _assess(path: Path) -> None:
    _show_command("assess", shown(path))
    click.echo(_mit("assess", str(path)).stdout.rstrip())


def _leave_files(stage: Stage, forms: IssuedForms) -> None:
    """Write the three forms, publish the status lists, and write the trust file."""
    heading("demo.head_files")
    now = stage.clock.now()
    publish_status_lists(stage.authority, now=now)
    for name, data in (
        (PDF, forms.pdf),
        (CREDENTIAL, forms.credential),
        (QR_TEXT, forms.qr_text.encode("ascii")),
        (TRUST, export_trust(stage.authority, now=now)),
    ):
        stage.file(name).write_bytes(data)
        click.echo(f"  {shown(stage.file(name)):36} {len(data):>9,} B")


def _verify_all(stage: Stage, forms: IssuedForms) -> bool:
    """Verify QR, credential and PDF without network or database; then a changed copy of the QR."""
    heading("demo.head_verify")
    tell("demo.offline")
    qr_text, credential, pdf = (stage.file(name) for name in (QR_TEXT, CREDENTIAL, PDF))
    answers = [
        _verdict(stage, f'"$(cat {shown(qr_text)})"', forms.qr_text),
        _verdict(stage, shown(credential), str(credential)),
        _verdict(stage, shown(pdf), str(pdf), is_whole=True),
    ]
    heading("demo.head_changed")
    changed, at = demo_main_job.with_one_digit_changed(forms.qr_text)
    tell("demo.changed", at=at, was=forms.qr_text[at - 1], is_now=changed[at - 1])
    forged = _verdict(stage, f'"{changed[:40]}…"', changed, is_whole=True)
    is_good = answers == ["VALID"] * len(answers) and forged == "NOT_VALID"
    tell("demo.as_it_should" if is_good else "demo.not_as_it_should")
    return is_good


def _verdict(stage: Stage, said: str, argument: str, *, is_whole: bool = False) -> str:
    """Ask the command ``mit verify`` in a process of its own; print what it says, return the verdict.

    Without *is_whole* only its first line in each language is printed.
    """
    trust = stage.file(TRUST)
    _show_command("verify", said, "--trust", shown(trust))
    done = _mit("verify", argument, "--trust", str(trust))
    for language in filter(None, done.stdout.split("\n\n")):
        lines = language.strip("\n").split("\n")
        click.echo("\n".join(f"    {line}" for line in (lines if is_whole else lines[:1])))
    return _VERDICTS.get(done.returncode, done.stderr)


def _show_command(*words: str) -> None:
    click.echo(f"  $ mit {' '.join(words)}")


def _mit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "mit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
