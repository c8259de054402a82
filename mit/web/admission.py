"""Who is let in where somebody has to be asked: session, second factor, role, a fresh proof, the form.

The part of ``guards`` that knows people; a process that serves the public part alone never loads it.
"""

from __future__ import annotations

from mit.accounts import allowances
from mit.accounts.sessions import Live
from mit.accounts.sign_in import is_fresh
from mit.errors import NotAllowedError
from mit.roles.access import Access, Audience, may_enter
from mit.values.network import network_of
from mit.web import context, forms


def admit(row: Access, is_change: bool) -> None:  # noqa: FBT001 - a ``guards.Admit``
    """Let those pass whom *row* lets pass, and a change only from a form of ours.

    Raises:
        NotAllowedError: ``not_allowed``, ``sign_in_needed``, ``code_needed``, ``set_up_needed``,
            ``proof_needed`` or ``form_foreign``.
    """
    if not row.is_public:
        _require_entry(row)
    if is_change:
        forms.require_token()


def require_fresh() -> None:
    """Let those pass who gave a password or a code within the last five minutes, for an act that asks it.

    Raises:
        NotAllowedError: ``sign_in_needed`` or ``proof_needed``.
    """
    live = context.require_live()
    if not is_fresh(live, now=context.now()):
        raise NotAllowedError("proof_needed")


def count_look_up() -> None:
    """Count a question to the register of companies, for the account and for the address.

    Raises:
        MitError: ``asked_too_often`` (429) with ``minutes``.
    """
    address = f"address:{network_of(context.caller().address)}"
    who = (f"user:{context.require_actor().user_id}", address)
    most = context.settings().lookups_per_hour
    allowances.spend("look_up", who, most=most, now=context.now())


def _require_entry(row: Access) -> None:
    live = context.live()
    if live is None:
        raise NotAllowedError("sign_in_needed")
    if live.stage != "full":
        if Audience.HALF_SIGNED_IN in row.who:
            return
        raise NotAllowedError(_owed(live))
    if not may_enter(row, live.actor):
        raise NotAllowedError
    if row.fresh:
        require_fresh()


def _owed(live: Live) -> str:
    return "code_needed" if live.stage == "code" else "set_up_needed"
