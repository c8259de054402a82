"""What is counted, and one line of log for each request.

Labels and lines hold the route's pattern, never its values: the digits of a QR code, a number or a
name are nobody's business but the asker's.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO, cast

import structlog
from prometheus_client import REGISTRY as THIS_PROCESS
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from structlog.typing import EventDict

from mit.verify.look_ups import COUNTED
from mit.verify.verdict import Answer, Verdict

REQUESTS = Counter("mit_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "mit_request_seconds",
    "Seconds from the first byte of a request to its answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
VERDICTS = Counter("mit_verdicts", "Verdicts given", ["door", "verdict", "reason"])

log = structlog.get_logger("mit.web")
#: Thirteen digits that begin with 1 to 8 (contract section 1, natural persons), as people group them.
_CITIZEN_NUMBER = re.compile(r"(?<![0-9])[1-8](?:[- ]?[0-9]){12}(?![0-9])")


def note(*, route: str, method: str, status: int, seconds: float, reference: str) -> None:
    """Count one request and write its line; *route* is empty where no route answered.

    The line is spelled here and not by structlog, whose way costs as much as the rest of the layer;
    every value in it is ours, so there is nothing to escape.
    """
    known_method = method if route else "any"
    counter, seconds_taken = _children(route or "none", known_method, status)
    counter.inc()
    seconds_taken.observe(seconds)
    sys.stderr.write(
        f'{{"event":"request","level":"info","timestamp":"{datetime.now(UTC).isoformat()}",'
        f'"id":"{reference}","method":"{known_method}","route":"{route or "none"}",'
        f'"status":{status},"ms":{seconds * 1000:.2f}}}\n'
    )


@lru_cache(maxsize=1024)
def _children(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(route, method, status), SECONDS.labels(route)


def count_verdict(verdict: Verdict, *, door: str) -> None:
    """Count one verdict by the door it was asked at: ``scan, number, file, record, api, batch``."""
    count_answer(verdict.answer, verdict.leading_reason, door=door, now=verdict.known_at)


def count_answer(answer: Answer, reason: str, *, door: str, now: datetime, times: int = 1) -> None:
    """Count an answer with its leading reason, as given at *now* so many *times*."""
    COUNTED.count(door, answer.value, now=now, times=times)
    _verdict_child(door, answer.value, reason).inc(times)


@lru_cache(maxsize=1024)
def _verdict_child(door: str, answer: str, reason: str) -> Counter:
    return VERDICTS.labels(door, answer, reason)


def exposition() -> tuple[bytes, str]:
    """Return the figures in Prometheus' text form with its content type; of all processes together.

    Several processes share their figures when ``mit serve`` has given them a folder for it.
    """
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        registry = THIS_PROCESS
    return generate_latest(registry), CONTENT_TYPE_LATEST


def configure_log() -> None:
    """Let structlog write JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_citizen_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )


def _without_citizen_numbers(_log: object, _method: str, event: EventDict) -> EventDict:
    """Cover what looks like a citizen number in the trace of an error; its message may hold anything."""
    if "exception" in event:
        event["exception"] = _CITIZEN_NUMBER.sub("•" * 13, event["exception"])
    return event


class _StandardError:
    """Standard error as it is at each line, so that a test may look at it."""

    def write(self, text: str) -> int:
        """Write *text* to standard error."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush standard error."""
        sys.stderr.flush()
