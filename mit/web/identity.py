"""Signing in, hung on the application: sessions, guards, and Flask-Security as far as it is used.

Flask-Security gives tokens, codes and recovery codes (``accounts/datastore.py``).  Its pages, its
mails, its session and its way of finding who is there are switched off: they would read the session
in every request, and ours is read only where somebody asks.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from flask import Flask, current_app
from flask_security.core import Security
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from mit.accounts.change_password import RESET_WITHIN
from mit.accounts.datastore import Codes, People
from mit.accounts.letters import CONFIRM_WITHIN
from mit.accounts.passwords import Passwords
from mit.accounts.sessions import Live
from mit.i18n import say
from mit.roles.actor import Role
from mit.roles.permissions import holds_role
from mit.web import admission, context, forms, guards, sessions
from mit.web.hooks import without_hooks
from mit.web.pages import visit
from mit.web.pages.navigation import main_menu

#: The name of the service in somebody's telephone.
SERVICE = "MiT"
RECOVERY_CODES = 8


class _OurTime(TimestampSigner):
    """Dates tokens by the application's clock."""

    def get_timestamp(self) -> int:
        """Return the present second."""
        return int(current_app.extensions["mit.clock"].now().timestamp())


class _Tokens(URLSafeTimedSerializer):
    default_signer = _OurTime


def set_up(app: Flask, *, secret_key: str, passwords: Passwords | None = None) -> None:
    """Let people sign in to *app*; *secret_key* signs forms and links and locks the second factors."""
    app.secret_key = secret_key
    app.extensions["mit.passwords"] = passwords or Passwords()
    app.config.update(_settings(secret_key))
    security = _make_security(app)
    security.confirm_serializer = _Tokens(secret_key, salt="confirm")
    security.reset_serializer = _Tokens(secret_key, salt="reset")
    sessions.set_up(app)
    guards.admit_by(app, admission.admit)
    visit.read_by(app, read_visit)


def read_visit() -> visit.Visit:
    """Return what the layout of the signed-in pages shows of this request."""
    live = context.live()
    if live is None:
        return visit.Visit(csrf_token=forms.token())
    is_in = live.stage == "full"
    return visit.Visit(
        name=live.name,
        role=_role_words(live) if is_in else "",
        account="/account" if is_in else "",
        navigation=main_menu(live.actor) if is_in else (),
        csrf_token=forms.token(),
    )


def _settings(secret_key: str) -> dict[str, Any]:
    recovery_key = hashlib.sha256(f"recovery codes:{secret_key}".encode()).digest()
    return {
        "WTF_CSRF_TIME_LIMIT": None,  # a form lives as long as the session it is tied to
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_CONFIRM_EMAIL_WITHIN": CONFIRM_WITHIN,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TOTP_SECRETS": {"1": hashlib.sha256(f"codes:{secret_key}".encode()).hexdigest()},
        "SECURITY_TOTP_ISSUER": SERVICE,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(recovery_key)],
    }


def _make_security(app: Flask) -> Security:
    """Make it, without what Flask-Login and Flask-Principal would do in every request: read the session."""
    with without_hooks(app):
        return Security(app, People(), register_blueprint=False, totp_cls=Codes)


def _role_words(live: Live) -> str:
    language = context.language()
    held = [say(f"account.role_{role}", language) for role in Role if holds_role(live.actor, role)]
    return ", ".join(held)
