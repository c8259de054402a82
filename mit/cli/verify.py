"""``mit verify``: a verdict without network and without database, from a signed trust file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.errors import InputError, UnreadableFileError
from mit.i18n import LANGUAGES
from mit.values.thai_date import parse_day
from mit.verify.dealer_letter import MOST_CHARACTERS, LetterVerdict, is_letter
from mit.verify.foreign import address_notices
from mit.verify.judge import Question, judge
from mit.verify.letter_offline import judge_by_trust
from mit.verify.letter_words import letter_lines
from mit.verify.presentation import Presentation, read_file, read_text
from mit.verify.published_lists import with_lists
from mit.verify.trust_file import LIMIT_BYTES, TrustFile, read_trust_file
from mit.verify.verdict import Answer, Verdict
from mit.verify.words import verdict_lines

EXIT_CODES = {Answer.VALID: 0, Answer.NOT_VALID: 1, Answer.CANNOT_TELL: 2}
_FILE_LIMIT_BYTES = 64 * 1024 * 1024
#: No published list is as large; one that is cut here is refused by its signature.
_STATUS_LIMIT_BYTES = 4 * 1024 * 1024


@click.command()
@click.argument("shown", metavar="TEXT|FILE.pdf|FILE.jwt")
@click.option("--trust", "trust_path", required=True, help="Trust file made by: mit trust export.")
@click.option(
    "--on", "day", default="", help="Day asked about, e.g. 2026-11-25 or 25/11/2569; today by default."
)
@click.option("--model", default=None, help="Ask as well whether this model is covered.")
@click.option(
    "--key", "thumbprint", default=None, help="Thumbprint of the key that must have signed the trust file."
)
@click.option(
    "--status",
    "status_paths",
    multiple=True,
    help="Status list or history fetched from /status/…, newer than the trust file; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_obj
def verify(
    entrance: Entrance,
    shown: str,
    trust_path: str,
    day: str,
    model: str | None,
    thumbprint: str | None,
    status_paths: tuple[str, ...],
    as_json: bool,
) -> None:
    """Verify QR text, digits, a number, a PDF, a picture, a credential or a dealer's letter; no network.

    Exit code 0 VALID, 1 NOT VALID, 2 CANNOT TELL (or something could not be read).
    """
    question = Question(entrance.clock.now(), parse_day(day, where="--on") if day else None, model)
    known = read_trust(trust_path, thumbprint)
    trust = with_lists(known.trust, {Path(name).name: _read_status(name) for name in status_paths})
    text = _text_in(shown)
    if is_letter(text):
        found = judge_by_trust(text, trust, question)
        _print_letter(found, known, as_json=as_json)
        click.get_current_context().exit(EXIT_CODES[found.answer])
    presentation = _presentation(shown)
    verdict = judge(presentation, trust, question)
    verdict = verdict.with_notices(address_notices(presentation, known.public_url))
    _print(verdict, known, as_json=as_json)
    click.get_current_context().exit(EXIT_CODES[verdict.answer])


def _text_in(shown: str) -> str:
    """Return what may be a token: the text, or that of a small file; empty where it is something else."""
    if not os.path.exists(shown):  # noqa: PTH110 - Path.exists raises where a text is too long for a name
        return shown
    path = Path(shown)
    try:
        if path.stat().st_size > MOST_CHARACTERS:
            return ""
        return path.read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _presentation(shown: str) -> Presentation:
    if not os.path.exists(shown):  # noqa: PTH110 - Path.exists raises where a text is too long for a name
        return read_text(shown)
    path = Path(shown)
    try:
        if path.stat().st_size > _FILE_LIMIT_BYTES:
            raise UnreadableFileError("file_too_large", limit=_FILE_LIMIT_BYTES // (1024 * 1024))
        return read_file(path.read_bytes(), name=path.name)
    except OSError as error:
        raise UnreadableFileError("file_unopenable", name=path.name) from error


def _read_status(name: str) -> bytes:
    path = Path(name)
    try:
        with path.open("rb") as stream:
            return stream.read(_STATUS_LIMIT_BYTES)
    except OSError as error:
        raise InputError("status_file_unreadable", where="--status", name=path.name) from error


def read_trust(name: str, thumbprint: str | None = None) -> TrustFile:
    """Return the trust file at a path, signed by the key of the thumbprint where one is named.

    Raises:
        InputError: ``trust_unreadable``, or what ``read_trust_file`` refuses.
    """
    path = Path(name)
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise InputError("trust_unreadable", where="--trust", name=path.name) from error
    return read_trust_file(data, pinned=thumbprint)


def _print_letter(found: LetterVerdict, known: TrustFile, *, as_json: bool) -> None:
    if as_json:
        signer = known.signed_by.public.thumbprint
        document = {**found.to_document(), "trust": {"key": signer, "public_url": known.public_url}}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for at, language in enumerate(LANGUAGES):
        if at:
            click.echo()
        for line in letter_lines(found, language):
            click.echo(line)


def _print(verdict: Verdict, known: TrustFile, *, as_json: bool) -> None:
    if as_json:
        signer = known.signed_by.public.thumbprint
        document = {**verdict.to_document(), "trust": {"key": signer, "public_url": known.public_url}}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for at, language in enumerate(LANGUAGES):
        if at:
            click.echo()
        for line in verdict_lines(verdict, language):
            click.echo(line)
