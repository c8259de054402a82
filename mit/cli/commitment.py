"""``mit commitment``: open what a certificate commits to; no network, no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.cli.verify import read_trust
from mit.credential import jose, vc
from mit.credential.statement import read_statements
from mit.criteria.rulebook import load_rulebook
from mit.errors import InputError, UnreadableFileError
from mit.i18n import LANGUAGES, Language, say
from mit.verify.judge import Question, judge
from mit.verify.opened_sheet import (
    LIMIT_BYTES,
    Confirmed,
    Opening,
    ProductCheck,
    check_opening,
    conclude,
    read_opening,
)
from mit.verify.presentation import ShownCredential, read_text
from mit.verify.verdict import Check, Finding, Outcome
from mit.verify.words import SIGNS

EXIT_CODES = {Confirmed.CONFIRMED: 0, Confirmed.REFUTED: 1, Confirmed.CANNOT_TELL: 2}
#: What a trust file says of who signed; whether the certificate is in force today is another question.
_OF_THE_SIGNATURE = (Check.SIGNATURE, Check.KEY, Check.INTEGRITY)
_CREDENTIAL_LIMIT_BYTES = 4 * 1024 * 1024


@click.group()
def commitment() -> None:
    """Open what a certificate commits to, and run its decision again."""


@commitment.command()
@click.argument("credential", metavar="CREDENTIAL.jwt")
@click.argument("opening", metavar="OPENING.json")
@click.option("--trust", "trust_path", default="", help="Trust file: asks as well who signed.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_obj
def check(entrance: Entrance, credential: str, opening: str, trust_path: str, *, as_json: bool) -> None:
    """Say whether OPENING.json holds the cost sheets that CREDENTIAL.jwt commits to, and whether they meet.

    Exit code 0 every opened product does, 1 one does not, 2 it cannot be told (or could not be read).
    """
    shown, token = _credential(credential)
    opened = read_opening(_bytes_of(opening, LIMIT_BYTES))
    signature = _signature(entrance, shown, trust_path)
    number = str(vc.read_credential(token.payload).number)
    if opened.number != number:
        raise InputError("opening_of_another_certificate", where="number", number=number)
    checks = check_opening(read_statements(token.payload), opened, load_rulebook())
    answer = conclude([*(one.outcome for one in signature), *(one.outcome for one in checks)])
    if as_json:
        click.echo(json.dumps(_document(answer, opened, signature, checks), ensure_ascii=False))
    else:
        _print(answer, opened, signature, checks)
    click.get_current_context().exit(EXIT_CODES[answer])


def _credential(name: str) -> tuple[ShownCredential, jose.Jws]:
    shown = read_text(_bytes_of(name, _CREDENTIAL_LIMIT_BYTES).decode("ascii", "replace"))
    if not isinstance(shown, ShownCredential):
        raise UnreadableFileError("credential_expected", where="CREDENTIAL.jwt", name=Path(name).name)
    return shown, shown.token


def _bytes_of(name: str, limit_bytes: int) -> bytes:
    path = Path(name)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFileError("file_unopenable", name=path.name[:100]) from error
    if len(data) > limit_bytes:
        raise UnreadableFileError("file_too_large", limit=limit_bytes // (1024 * 1024))
    return data


def _signature(entrance: Entrance, shown: ShownCredential, trust_path: str) -> list[Finding]:
    """Return what the trust file says of who signed; nothing where none was given."""
    if not trust_path:
        return []
    verdict = judge(shown, read_trust(trust_path).trust, Question(entrance.clock.now(), None, None))
    return [finding for finding in verdict.findings if finding.check in _OF_THE_SIGNATURE]


def _document(
    answer: Confirmed, opened: Opening, signature: Sequence[Finding], checks: Sequence[ProductCheck]
) -> dict[str, object]:
    return {
        "answer": str(answer),
        "number": opened.number,
        "sentence": {language: _headline(answer, opened, language) for language in LANGUAGES},
        "signature": [finding.to_document() for finding in signature]
        or [{"check": "signature", "outcome": "not_checked", "reason": "no_trust_file"}],
        "products": [
            one.to_document() | {"detail": {language: _sentence(one, language) for language in LANGUAGES}}
            for one in checks
        ],
    }


def _print(
    answer: Confirmed, opened: Opening, signature: Sequence[Finding], checks: Sequence[ProductCheck]
) -> None:
    """Print the answer, who signed, and each product that was opened, first in Thai, then in English."""
    for at, language in enumerate(LANGUAGES):
        if at:
            click.echo()
        click.echo(_headline(answer, opened, language))
        for finding in signature:
            click.echo(f"  {SIGNS[finding.outcome]} {finding.detail(language)}")
        if not signature:
            unchecked = say("verify.opening_signature_unchecked", language)
            click.echo(f"  {SIGNS[Outcome.NOT_CHECKED]} {unchecked}")
        for one in checks:
            click.echo(f"  {SIGNS[one.outcome]} {_sentence(one, language)}")


def _headline(answer: Confirmed, opened: Opening, language: Language) -> str:
    return say(f"verify.opening_{answer}", language, number=opened.number)


def _sentence(one: ProductCheck, language: Language) -> str:
    stated = one.statement
    return say(
        f"verify.opening_product_{one.reason}",
        language,
        index=one.index,
        name=stated.coverage.product_th if language == "th" else stated.coverage.product_en,
        formula=say(f"verify.opening_formula_{stated.formula}", language),
        threshold=stated.threshold or "–",
        rule_set=stated.rule_set_id,
    )
