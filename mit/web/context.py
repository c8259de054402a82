"""What every view asks about its request: the instant, the language, the settings, a reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app, request
from flask.globals import request_ctx

from mit.accounts.caller import Caller
from mit.config import Settings
from mit.errors import NotAllowedError
from mit.i18n import LANGUAGES, Language
from mit.roles.actor import Actor
from mit.values.clock import Clock
from mit.values.thai_date import bangkok_day

if TYPE_CHECKING:  # the public part alone never loads it
    from mit.accounts.passwords import Passwords
    from mit.accounts.sessions import Live
    from mit.credential.issuer import IssuerProfile
    from mit.issuance.authority import Authority

T = TypeVar("T")

#: Name of the cookie that remembers the language a person chose.
LANGUAGE_COOKIE = "lang"


class _HasLive(Protocol):
    """The part of ``sessions.BrowserSession`` that is asked here."""

    def live(self) -> Live | None: ...


def now() -> datetime:
    """Return the instant of this request, in UTC; the clock is asked once."""
    clock: Clock = current_app.extensions["mit.clock"]
    return _once("mit.now", clock.now)


def today() -> date:
    """Return the calendar day of this request in Bangkok."""
    return bangkok_day(now())


def settings() -> Settings:
    """Return the settings of this application."""
    return cast(Settings, current_app.extensions["mit.settings"])


def reference() -> str:
    """Return the random name of this request (``front``): on error pages, in headers, in the log."""
    return str(request.environ.get("mit.reference", ""))


def language() -> Language:
    """Return the language of this request: ``?lang=``, then cookie, then Accept-Language, else Thai."""
    return _once("mit.language", _choose_language)


def other_language() -> Language:
    """Return the language that this request is not in."""
    return "en" if language() == "th" else "th"


def _once(name: str, work_out: Callable[[], T]) -> T:
    """Return what *work_out* said the first time in this request."""
    environ = request.environ
    if name not in environ:
        environ[name] = work_out()
    return cast(T, environ[name])


def _choose_language() -> Language:
    return _asked_language() or _preferred_language()


def _asked_language() -> Language | None:
    for text in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        for known in LANGUAGES:
            if text == known:
                return known
    return None


def _preferred_language() -> Language:
    header = request.headers.get("Accept-Language")
    if not header:
        return "th"
    for tag, quality in request.accept_languages:
        primary = tag.partition("-")[0].casefold()
        if primary == "*" or not quality:
            continue
        for known in LANGUAGES:
            if primary == known:
                return known
    return "th"


def public_host() -> str:
    """Return the host (and port) of the address that is printed in the QR."""
    return urlsplit(settings().public_url).netloc


def same_page(path: str = "", /, **changes: str) -> str:
    """Return this page's address, or *path*, with *changes* to its parameters; empty ones left out."""
    if not path:
        path = request.path if request.method in {"GET", "HEAD"} else "/verify"
    parameters = {**request.args.to_dict(), **changes}
    query = urlencode({name: text for name, text in parameters.items() if text}, errors="replace")
    return local_path(path) + (f"?{query}" if query else "")


def local_path(path: str) -> str:
    """Return *path* quoted for an address; always on this host, however many slashes it begins with."""
    return quote("/" + path.lstrip("/"), errors="replace")


def issuer_profiles() -> tuple[IssuerProfile, ...]:
    """Return the issuer as it is named on pages, by date."""
    return cast("tuple[IssuerProfile, ...]", current_app.extensions["mit.issuer_profiles"])


def authority() -> Authority:
    """Return in whose name this application speaks."""
    return cast("Authority", current_app.extensions["mit.authority"])


def live() -> Live | None:
    """Return the session of this request, even one that still owes the second factor; None for nobody's."""
    return cast(_HasLive, request_ctx.session).live()


def actor() -> Actor | None:
    """Return who acts in this request; None where nobody is signed in, or not in full."""
    found = live()
    return found.actor if found and found.stage == "full" else None


def require_live() -> Live:
    """Return the session of whoever is signed in in full.

    Raises:
        NotAllowedError: ``sign_in_needed``.
    """
    found = live()
    if found is None or found.stage != "full":
        raise NotAllowedError("sign_in_needed")
    return found


def require_actor() -> Actor:
    """Return who acts in this request.

    Raises:
        NotAllowedError: ``sign_in_needed``; a page leads to signing in and back.
    """
    return require_live().actor


def caller() -> Caller:
    """Return from where this request comes."""
    return Caller.of(request.remote_addr, request.headers.get("User-Agent"))


def passwords() -> Passwords:
    """Return how passwords are hashed in this application."""
    return cast("Passwords", extension("mit.passwords"))


def extension(name: str) -> Any:
    """Return what was hung on this application under *name* when it was made."""
    return current_app.extensions[name]
