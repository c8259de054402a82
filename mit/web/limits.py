"""How often an address may ask: the one place that says it, for Flask's views and the short way alike.

Flask-Limiter counts in the memory of each process, or in Redis where one is named, so that all
processes count together; while Redis is away each counts by itself, so that there is never no limit.
What concerns an account is in the database: look-ups in the register of companies
(``accounts/allowances.py``) and guesses (``accounts/delays.py``).  Source: stack section 1, security
section 7; why in this way: ADR 23.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from functools import lru_cache, partial

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError

from mit.config import Settings
from mit.errors import MitError
from mit.values.network import network_of
from mit.web.hooks import without_hooks

#: The views that give a verdict: of all of them together one address has so many in a minute.
VERDICTS = frozenset(
    {
        "public.scan",
        "public.verify",
        "public.verify_file",
        "public.record",
        "dealer_letters.show",
        "verification.verdict_by_number",
        "verification.verdict_on_presentation",
    }
)
_SCOPE, _FILES = "verdicts", "files"
_EXTENSION = "mit.limits"


class Limits:
    """What every address may ask of one application.

    A verdict that is left is counted here in the storage itself, as the strategy ``fixed-window`` counts.
    Whether none is left, or the store does not answer, is Flask-Limiter's to find out, whose way is
    much longer.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        with without_hooks(app):  # nothing is limited before a view, and no header is added behind it
            self._limiter = Limiter(
                _who_asks,
                app=app,
                storage_uri=settings.limits_store or "memory://",
                storage_options={"wrap_exceptions": True},
                strategy="fixed-window",
                in_memory_fallback_enabled=bool(settings.limits_store),
            )
        self._usual = self._limiter.limiter
        per_minute = self._per_minute = RateLimitItemPerMinute(settings.verdicts_per_minute)
        self._place_of = lru_cache(maxsize=4096)(
            lambda address: per_minute.key_for(_network(address), _SCOPE)
        )
        share = self._limiter.shared_limit
        self.ask_verdict = share(f"{settings.verdicts_per_minute} per minute", scope=_SCOPE)(_give_verdict)
        self.ask_file = share(f"{settings.checks_per_hour} per hour", scope=_FILES)(_open_file)
        self.ask_batch = share(f"{settings.batches_per_hour} per hour", scope="batches")(_take_batch)
        self.ask_report = share(f"{settings.reports_per_hour} per hour", scope="reports")(_take_report)
        self.ask_bidder = share(f"{settings.checks_per_hour} per hour", scope="bidders")(_ask_bidder)
        self._files_per_hour = RateLimitItemPerHour(settings.checks_per_hour)

    def has_verdict_left(self, address: str) -> bool:
        """Count one verdict for *address*; False: nothing was given, ask ``ask_verdict`` for the reason."""
        if self._limiter.limiter is not self._usual:
            return False  # the store is away; only the long way looks whether it is back
        try:
            given = self._usual.storage.incr(self._place_of(address), self._per_minute.get_expiry())
        except StorageError:
            return False
        return given <= self._per_minute.amount

    def count_more_files(self, address: str, more: int) -> None:
        """Count *more* files for *address*, whether so many are left or not: the next one waits."""
        with suppress(StorageError):
            self._limiter.limiter.hit(self._files_per_hour, _network(address), _FILES, cost=more)

    def wait_seconds(self) -> int:
        """Return how long the address of this request, which was refused, waits before it asks again."""
        refused = self._limiter.current_limit
        if refused is None:
            return 60
        left = math.ceil(refused.reset_at - time.time())  # rounded up to whole seconds and one more
        return max(1, min(left, refused.limit.get_expiry()))


def set_up(app: Flask, settings: Settings) -> None:
    """Let *app* count who asks; one that asks too often is refused in words."""
    app.extensions[_EXTENSION] = Limits(app, settings)
    app.register_error_handler(RateLimitExceeded, partial(_refuse, app))


def limits_of(app: Flask) -> Limits:
    """Return what counts who asks *app*."""
    found = app.extensions[_EXTENSION]
    assert isinstance(found, Limits)  # noqa: S101 - ``set_up`` put it there
    return found


def count_request(endpoint: str | None) -> None:
    """Count a request for a verdict, for its address; others cost nothing.

    Raises:
        RateLimitExceeded: the address had all of this minute; answered as ``asked_too_often`` (429).
    """
    if endpoint in VERDICTS:
        limits = limits_of(current_app)
        if not limits.has_verdict_left(request.remote_addr or ""):
            limits.ask_verdict()


def count_file() -> None:
    """Count a file that somebody has checked, for its address.

    Raises:
        RateLimitExceeded: the address had all of this hour; answered as ``asked_too_often`` (429).
    """
    limits_of(current_app).ask_file()


def count_batch(files: int) -> None:
    """Count a batch for its address, whatever is in it, and each of its files as one that is checked.

    Whoever has files left may send one batch more, however many are in it, and waits afterwards.

    Raises:
        RateLimitExceeded: the address had all of this hour; answered as ``asked_too_often`` (429).
    """
    limits = limits_of(current_app)
    if files:
        limits.ask_file()
    limits.ask_batch()
    if files > 1:
        limits.count_more_files(request.remote_addr or "", files - 1)


def count_report() -> None:
    """Count a suspicion that somebody reports, for the address.

    Raises:
        RateLimitExceeded: the address had all of this hour; answered as ``asked_too_often`` (429).
    """
    limits_of(current_app).ask_report()


def count_bidder() -> None:
    """Count a question whether a company is a maker's dealer, for its address: nobody tries all numbers.

    Raises:
        RateLimitExceeded: the address had all of this hour; answered as ``asked_too_often`` (429).
    """
    limits_of(current_app).ask_bidder()


def _refuse(app: Flask, _error: Exception) -> ResponseReturnValue:
    minutes = math.ceil(limits_of(app).wait_seconds() / 60)
    answer: ResponseReturnValue = app.handle_user_exception(MitError("asked_too_often", minutes=minutes))
    return answer


def _who_asks() -> str:
    return _network(request.remote_addr or "")


def _network(address: str) -> str:
    return network_of(address) or "unknown"


def _give_verdict() -> None:
    """Do nothing: to be counted is all."""


def _open_file() -> None:
    """Do nothing: to be counted is all; Flask-Limiter tells limits apart by the function's name."""


def _take_batch() -> None:
    """Do nothing: to be counted is all."""


def _take_report() -> None:
    """Do nothing: to be counted is all."""


def _ask_bidder() -> None:
    """Do nothing: to be counted is all."""
