"""Seal a drawn certificate as the installation wants it: plainly, or with a time stamp.

A file is sealed once and never changed, since the register knows it by its hash; so a certificate
that goes out without a time stamp keeps none for ever.  Where the service is away the certificate
therefore waits, and the worker asks again, unless ``MIT_TIME_STAMP_AWAY`` says otherwise; it is valid
meanwhile, only its paper is missing.  A service that answers what cannot be believed is never
passed over: somebody has to look.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from mit.config import SealLevel, Settings
from mit.document.pades import seal
from mit.document.seal_chain import SealMaterial, roots_from_pem
from mit.document.seal_in_time import TimeStampService, seal_in_time
from mit.errors import KeyUnavailableError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A sealed file, and the level that its seal has: ``b``, ``t`` or ``lt``."""

    pdf: bytes
    level: SealLevel


def seal_paper(
    drawn: bytes, *, material: SealMaterial, at: datetime, now: datetime, settings: Settings
) -> SealedPaper:
    """Return *drawn* sealed, the seal dated *at*.

    Raises:
        KeyUnavailableError: ``time_stamp_away``, ``time_stamp_refused``, ``time_stamp_roots_unusable``.
    """
    if settings.seal_level == "b":
        return SealedPaper(seal(drawn, material=material, at=at), "b")
    try:
        service = _service(settings)
        stamped = seal_in_time(drawn, material=material, at=at, now=now, service=service)
    except KeyUnavailableError as error:
        if error.code != "time_stamp_away" or settings.time_stamp_away == "wait":
            raise
        log.warning("the time-stamp service is away; this file is sealed without it for good: %s", error)
        return SealedPaper(seal(drawn, material=material, at=at), "b")
    return SealedPaper(stamped, settings.seal_level)


def _service(settings: Settings) -> TimeStampService:
    try:
        pem = settings.time_stamp_roots.read_bytes() if settings.time_stamp_roots else b""
    except OSError as error:
        raise KeyUnavailableError("time_stamp_roots_unusable") from error
    return TimeStampService(
        url=settings.time_stamp_url,
        roots=roots_from_pem(pem),
        timeout_seconds=settings.time_stamp_timeout_seconds,
        is_long_term=settings.seal_level == "lt",
    )
