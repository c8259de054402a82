"""``mit revoke``: two persons revoke a certificate, each with a command of their own; never one alone."""

from __future__ import annotations

import json
import sys

import click

from mit.accounts.caller import Caller
from mit.accounts.passwords import Passwords
from mit.accounts.prove import prove_once
from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.errors import InputError
from mit.i18n import say_both
from mit.issuance.certificate_case import Why
from mit.issuance.certificate_desk import CertificateView, RequestView, show_certificate
from mit.issuance.revoke import ask_change, confirm_change, drop_request
from mit.lifecycle.certificate_states import CertificateAction
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import parse_day

_CALLER = Caller("127.0.0.1", "mit revoke")
_ANSWERS = {"request": "status.cli_asked", "confirm": "status.cli_confirmed", "drop": "status.cli_dropped"}


@click.command()
@click.argument("number")
@click.option("--request", "step", flag_value="request", help="Ask for it; somebody else confirms.")
@click.option("--confirm", "step", flag_value="confirm", help="Confirm what somebody else asked for.")
@click.option("--drop", "step", flag_value="drop", help="Drop what was asked for.")
@click.option("--as", "email", required=True, help="What you sign in with.")
@click.option("--reason", default="", help="Code of the public reason; see docs/workflow.md.")
@click.option("--note", default="", help="Explanation, for staff alone.")
@click.option("--on", "on_text", default="", help="Day from which it counts; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_obj
def revoke(
    entrance: Entrance,
    number: str,
    step: str | None,
    email: str,
    reason: str,
    note: str,
    on_text: str,
    as_json: bool,
) -> None:
    """Revoke a certificate: --request by one person, --confirm by another.

    Password and code are asked for, or read from standard input, a line each.
    """
    if step is None:
        raise InputError("revoke_step_missing", where="--request")
    printed = str(parse_certificate_number(number))
    why = Why(reason, note, parse_day(on_text, where="--on") if on_text else None)
    password, code = _secrets()
    with register(entrance) as app:
        now = entrance.clock.now()
        actor = prove_once(email, password, code, caller=_CALLER, now=now, passwords=Passwords())
        view = show_certificate(actor, printed, now=now)
        facts: dict[str, str | int] = {"certificate": printed}
        if step == "request":
            action = CertificateAction.REVOKE
            facts["number"] = ask_change(actor, printed, action, why=why, seen_seq=view.seen_seq, now=now)
        elif step == "confirm":
            facts["number"] = _waiting(view).seq
            authority = app.extensions["mit.authority"]
            confirm_change(actor, _waiting(view).seq, now=now, authority=authority)
            facts["day"] = show_certificate(actor, printed, now=now).entries[-1].on.isoformat()
        else:
            facts["number"] = _waiting(view).seq
            drop_request(actor, _waiting(view).seq, now=now)
    _answer(_ANSWERS[step], as_json, **facts)


def _waiting(view: CertificateView) -> RequestView:
    if view.request is None or view.request.action != CertificateAction.REVOKE:
        raise InputError("nothing_to_confirm", where="NUMBER", number=view.number)
    return view.request


def _secrets() -> tuple[str, str]:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n"), sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True)
    code: str = click.prompt("Code", default="", show_default=False)
    return password, code


def _answer(key: str, as_json: bool, **params: str | int) -> None:
    if as_json:
        click.echo(json.dumps(params, ensure_ascii=False))
        return
    for words in say_both(key, **params).values():
        click.echo(words)
