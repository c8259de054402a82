"""The fresh proof that stands in the form of an act itself: a password or a code, in the field ``proof``."""

from __future__ import annotations

from datetime import datetime

from flask import request

from mit.accounts.sign_in import is_fresh, prove_again
from mit.errors import Fault, MitError
from mit.web import context, sessions
from mit.web.problems import WAYS_IN


def needs_proof() -> bool:
    """Say whether the person gave no password or code within the last minutes."""
    return not is_fresh(context.require_live(), now=context.now())


def proof_faults() -> list[Fault]:
    """Return a fault where a proof is needed and none was typed."""
    is_needed = not is_fresh(context.require_live(), now=context.now())
    return [Fault("text_missing", "proof")] if is_needed and not request.form.get("proof", "") else []


def prove(*, now: datetime) -> list[Fault]:
    """Take the proof where the last one is too old; the browser then holds a new token."""
    live = context.require_live()
    if is_fresh(live, now=now):
        return []
    try:
        proved = prove_again(
            live, request.form.get("proof", "")[:2000], now=now, passwords=context.passwords()
        )
    except MitError as error:
        if error.code in WAYS_IN:
            raise
        return list(error.faults)
    sessions.current().take(proved)
    return []
