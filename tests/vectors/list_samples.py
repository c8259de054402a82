"""Samples of what is published of status: bitstring lists, token lists and histories, good and bad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mit.credential import jose
from mit.credential.signatures import KeySigner
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.status_list import build_status_list, status_list_signing_input
from mit.credential.token_list import build_token_list, sign_token_list
from mit.verify import published_lists
from tests.support.specimens import PUBLIC_URL
from tests.vectors.make_vectors import TRUSTED, UNKNOWN
from tests.vectors.sample import (
    BARE,
    CANNOT_TELL,
    DAY,
    GOOD_QR,
    NOT_VALID,
    NOW,
    REFUSED,
    SLOT,
    STOPPED_ON,
    TRUST,
    VALID,
    Sample,
    Samples,
    changes,
)


def bitstring(
    purpose: str, indexes: Iterable[int], *, at: datetime = NOW, by: KeySigner = TRUSTED, **changes: Any
) -> str:
    """Return a signed bitstring list; *changes* replace members of its payload before it is signed."""
    payload = build_status_list(purpose, SLOT.list_number, indexes, public_url=PUBLIC_URL, now=at) | changes
    signed = status_list_signing_input(payload, key=by.public_key, public_url=PUBLIC_URL)
    return jose.assemble(signed, by.sign(signed))


def token(
    revoked: Iterable[int] = (), suspended: Iterable[int] = (), *, at: datetime = NOW, by: KeySigner = TRUSTED
) -> bytes:
    """Return a signed token list."""
    values = slot_values({INVALID: revoked, SUSPENDED: suspended})
    return sign_token_list(build_token_list(values, SLOT.list_number, public_url=PUBLIC_URL, now=at), by)


def history(*steps: tuple[date, str], at: datetime = NOW, by: KeySigner = TRUSTED) -> str:
    """Return a signed history of the samples' slot."""
    document = published_lists.history_document(SLOT.list_number, {SLOT.index: changes(*steps)}, now=at)
    signed = published_lists.history_signing_input(document, by.public_key)
    return jose.assemble(signed, by.sign(signed))


def lists(to: Samples) -> None:
    """Keep every sample of a list."""
    own, near = [SLOT.index], [SLOT.index - 1, SLOT.index + 1]
    suspension = "bitstring/suspension-clean.jwt"
    revocation = "bitstring/revocation-clean.jwt"
    of = Sample("", "bitstring", VALID, "", trust=BARE, shown=GOOD_QR)
    to.add(
        bitstring("suspension", []),
        replace(of, file=suspension, status=(revocation,), why="neither bit is set"),
    )
    to.add(
        bitstring("revocation", []),
        replace(
            of,
            file=revocation,
            verdict=CANNOT_TELL,
            reasons=("no_status",),
            why="one purpose alone answers nothing",
        ),
    )
    old = NOW - 8 * DAY
    rows: list[tuple[str, str, tuple[str, ...], str, str, tuple[str, ...]]] = [
        ("revoked", bitstring("revocation", own), ("revoked",), NOT_VALID, "its bit is set", (suspension,)),
        (
            "neighbours",
            bitstring("revocation", near),
            (),
            VALID,
            "the neighbours' bits are not ours",
            (suspension,),
        ),
        (
            "suspended",
            bitstring("suspension", own),
            ("suspended",),
            NOT_VALID,
            "suspended today",
            (revocation,),
        ),
        ("old", bitstring("revocation", [], at=old), ("stale",), CANNOT_TELL, "8 days old", (suspension,)),
    ]
    for name, data, reasons, verdict, why, beside in rows:
        file = f"bitstring/{name}.jwt"
        to.add(data, replace(of, file=file, verdict=verdict, reasons=reasons, why=why, status=beside))
    refused = replace(of, verdict=REFUSED, notices=(), reasons=("status_file_malformed",))
    unsigned = replace(refused, reasons=("status_file_signature",))
    good = bitstring("revocation", own)
    head, payload, signature = good.split(".")
    at = len(payload) // 2
    changed = f"{payload[:at]}{'A' if payload[at] != 'A' else 'B'}{payload[at + 1 :]}"
    to.add(
        f"{head}.{changed}.{signature}",
        replace(unsigned, file="bitstring/bad-a-byte-changed.jwt", why="changed"),
    )
    to.add(
        bitstring("revocation", [], by=UNKNOWN),
        replace(
            unsigned, file="bitstring/bad-by-a-stranger.jwt", why="a key that the trust file does not list"
        ),
    )
    to.add(
        bitstring("revocation", [], credentialSubject={"statusPurpose": "suspension", "encodedList": "u"}),
        replace(refused, file="bitstring/bad-another-purpose.jwt", why="address and purpose differ"),
    )
    _token_lists(to, of, refused, unsigned)
    _histories(to, of, unsigned)


def _token_lists(to: Samples, of: Sample, refused: Sample, unsigned: Sample) -> None:
    own, near = [SLOT.index], [SLOT.index - 1, SLOT.index + 1]
    of = replace(of, kind="token")
    refused, unsigned = replace(refused, kind="token"), replace(unsigned, kind="token")
    good = token(own)
    to.add(token(), replace(of, file="token/clean.cwt", why="both answers in one: valid"))
    to.add(
        good, replace(of, file="token/revoked.cwt", verdict=NOT_VALID, reasons=("revoked",), why="value 1")
    )
    to.add(
        token((), own),
        replace(of, file="token/suspended.cwt", verdict=NOT_VALID, reasons=("suspended",), why="value 2"),
    )
    to.add(token(near, []), replace(of, file="token/neighbours.cwt", why="other values in the same byte"))
    to.add(
        token(at=NOW - 8 * DAY),
        replace(of, file="token/old.cwt", verdict=CANNOT_TELL, reasons=("stale",), why="8 days old"),
    )
    to.add(
        token(own, at=NOW - 2 * DAY),
        replace(of, file="token/older-than-the-trust-file.cwt", trust=TRUST, why="the newer list counts"),
    )
    cut = good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1 :]
    to.add(cut, replace(unsigned, file="token/bad-a-byte-changed.cwt", why="changed in the middle"))
    to.add(token(by=UNKNOWN), replace(unsigned, file="token/bad-by-a-stranger.cwt", why="unknown key"))
    to.add(good[:-1], replace(refused, file="token/bad-cut-short.cwt", why="a byte is missing"))
    to.add(
        good.replace(b"statuslist+cwt", b"statuslist+jwt"),
        replace(
            refused, file="token/bad-another-type.cwt", why="the type in the protected header is another"
        ),
    )


def _histories(to: Samples, of: Sample, unsigned: Sample) -> None:
    beside = ("token/revoked.cwt",)
    of = replace(of, kind="history", status=beside)
    text = history((STOPPED_ON, "revoked"))
    name = "history/revoked.jwt"
    to.add(
        text,
        replace(
            of,
            file=name,
            on=STOPPED_ON - DAY,
            notices=("later_revoked", "sample"),
            why="the eve of its revocation",
        ),
    )
    to.ask(replace(of, file=name, on=STOPPED_ON, verdict=NOT_VALID, reasons=("revoked",), why="the very day"))
    to.add(
        history((date(2027, 2, 1), "suspended"), (date(2027, 3, 1), "active")),
        replace(
            of, file="history/suspended-for-a-month.jwt", status=("token/clean.cwt",), on=date(2027, 2, 28),
            verdict=NOT_VALID, reasons=("suspended",), why="suspended on that day, active since",
        ),
    )  # fmt: skip
    to.ask(
        replace(
            of, file="history/suspended-for-a-month.jwt", status=("token/clean.cwt",), on=date(2027, 3, 1),
            why="the day it was reinstated",
        )
    )  # fmt: skip
    to.add(
        history((STOPPED_ON, "revoked"), at=NOW - DAY),
        replace(
            of, file="history/older-than-the-bits.jwt", on=STOPPED_ON - DAY, verdict=CANNOT_TELL,
            reasons=("no_status",), why="a history older than the bits may miss what they say",
        ),
    )  # fmt: skip
    to.add(
        history((STOPPED_ON, "active"), by=UNKNOWN),
        replace(unsigned, kind="history", file="history/bad-by-a-stranger.jwt", why="unknown key"),
    )
