"""One sample: a file, what to ask of it, and the verdict, said by hand; and the cast they share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from tests.support.specimens import ISSUED_ON, claims, issued
from tests.vectors.make_vectors import TRUSTED

FOLDER = Path(__file__).parent
FORMAT = "mit-vectors/1"
#: The instant at which the knowledge of most samples was signed, noon in Bangkok, and asked about.
NOW = datetime(2027, 5, 20, 5, 0, tzinfo=UTC)
TODAY = date(2027, 5, 20)
DAY, SECOND_OF_TIME = timedelta(days=1), timedelta(seconds=1)
SIGNED_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
STOPPED_ON = date(2027, 4, 1)
ALWAYS = KeyDates(active_from_on=date(2026, 1, 1))
VALID, NOT_VALID, CANNOT_TELL, REFUSED = "VALID", "NOT_VALID", "CANNOT_TELL", "REFUSED"
KEYS = "keys.json"
GOOD_QR = "qr/one-product-with-its-line.txt"
TRUST = "trust/keys-and-lists.json"
WITH_RECORDS = "trust/records.json"
BARE = "trust/keys-alone.json"
#: The hash of the credential in each PDF, written down with it.
HELD = "pdf_credentials.json"
#: Running number of the certificates that stand in the PDFs.
PDF_NUMBERS = {"issued": 501, "revoked": 502, "not-in-the-trust-file": 503}


@dataclass(frozen=True)
class Sample:
    """One question and its answer.

    Attributes:
        file: what is shown or read, a path below this folder.
        kind: ``qr``, ``credential``, ``pdf``: shown to a verifier; ``bitstring``, ``token``, ``history``:
            lists read beside *trust*; ``trust``: a trust file read.
        verdict: ``VALID``, ``NOT_VALID``, ``CANNOT_TELL``; ``REFUSED`` where a list or trust file is no good.
        why: in a sentence.
        reasons: codes of the verdict.
        trust: trust file.
        status: lists read beside it.
        shown: what is shown, where *file* is a list or a trust file.
        on: the day asked about; today where it is None.
        now: the verifier's clock.
    """

    file: str
    kind: str
    verdict: str
    why: str
    reasons: tuple[str, ...] = ()
    trust: str = TRUST
    status: tuple[str, ...] = ()
    shown: str | None = None
    on: date | None = None
    now: datetime = NOW
    notices: tuple[str, ...] = ("sample",)

    def to_document(self) -> dict[str, Any]:
        """Return the sample's entry in the index."""
        return {
            "file": self.file,
            "kind": self.kind,
            "shown": self.shown,
            "trust": self.trust,
            "status": list(self.status),
            "on": self.on.isoformat() if self.on else None,
            "now": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "notices": list(self.notices),
            "why": self.why,
        }


@dataclass
class Samples:
    """Files by path, and what is asked of them."""

    files: dict[str, bytes] = field(default_factory=dict)
    index: list[Sample] = field(default_factory=list)

    def add(self, data: bytes | str, sample: Sample) -> None:
        """Keep a file and its question."""
        self.files[sample.file] = data.encode("utf-8") if isinstance(data, str) else data
        self.index.append(sample)

    def ask(self, *samples: Sample) -> None:
        """Keep more questions about files that are there."""
        self.index += samples


def slug(what: str) -> str:
    """Return a file name for a description."""
    return re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")


@cache
def certificate(running: int = 12_345, *, count: int = 1) -> Any:
    """Return claims and what was made of them by the trusted key."""
    of = claims(count, running=running)
    return of, issued(of, TRUSTED)


SLOT = claims(1).slot


def changes(*steps: tuple[date, str]) -> tuple[StateChange, ...]:
    """Return a history: active from the issue day, then *steps*."""
    begun = StateChange(ISSUED_ON, CertificateState.ACTIVE, "issued")
    return (begun, *(StateChange(on, CertificateState(state), state) for on, state in steps))
