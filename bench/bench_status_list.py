"""The status of 1,000,000 certificates, built and signed, beside the plain way and bare zlib.

One source (a byte for each slot) and what is published of it: a bitstring of 1,000,000 slots in one
piece, the same as a token list of two bits a slot, and what one revocation costs in fact, which is
one list of 131,072 slots in all its four forms.  The plain way keeps a Python list of ints, sets one
bit after the other and calls ``gzip.compress`` as it comes.  Bare zlib squeezes the very bytes of the
bitstring and does nothing else: nobody can be quicker at that level.

    python bench/bench_status_list.py [--rounds 7] [--seconds 0.5]
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import Figures, Subject, measure, print_summary, ratio_of_rates, write_result

from mit.credential import jose
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.signatures import throwaway_signer
from mit.credential.slot_values import INVALID, SUSPENDED, VALUE_OF_PURPOSE, bitstring, pairs, slot_values
from mit.credential.status_list import COMPRESSION_LEVEL, status_list_of_bits, status_list_signing_input
from mit.credential.token_list import build_token_list, sign_token_list
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.upkeep.signed_lists import signed_lists

SEED = 2569
PUBLIC_URL = "https://verify.mit.example"
SLOTS = 1_000_000
_REVOKED, _SUSPENDED = 10_000, 2_000
_CHANGED_IN_A_LIST = 1_573  # the same share of 131,072
_NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
_LEVELS = (1, 6, 9)
_AIM_MS = 15
LIMITS = [
    "1 % revoked and 0.2 % suspended at random places, which squeezes worst; real lists cluster no better.",
    "The source is in memory: reading the changed slots from the database is not measured here.",
    "The plain way signs with the same key and the same code; only building and packing differ.",
    "One change includes the dated history of 1,573 slots that changed before, as the register would have.",
    "The processor was shared with other work; hold on to the ratios of one run.",
]

SIGNER = throwaway_signer()


def main() -> None:
    """Measure, print and write ``bench/results/status_list.json``."""
    given = _arguments()
    chance = random.Random(SEED)
    chosen = chance.sample(range(SLOTS), _REVOKED + _SUSPENDED)
    revoked, suspended = chosen[:_REVOKED], chosen[_REVOKED:]
    values = slot_values({INVALID: revoked, SUSPENDED: suspended}, slots=SLOTS)
    bits, two = bitstring(values, INVALID), pairs(values)
    changes = _changes(chance)
    shard = values[:SLOTS_IN_A_LIST]
    subjects = [
        Subject("bitstring list, built and signed", lambda: _bitstring_list(values)),
        Subject("token list, built and signed", lambda: _token_list(values)),
        Subject("one change: a list of 131,072, four forms", lambda: _one_change(changes)),
        Subject("one change without its history: three forms", lambda: _three_forms(shard)),
        Subject("plain way, built and signed", lambda: _plain(revoked)),
        Subject("bare zlib of the bitstring", lambda: zlib.compress(bits, COMPRESSION_LEVEL)),
        Subject("bare zlib of the pairs", lambda: zlib.compress(two, COMPRESSION_LEVEL)),
        Subject("packing alone", lambda: bitstring(values, INVALID)),
        *(Subject(f"zlib level {level}", _squeezer(bits, level)) for level in _LEVELS),
    ]
    figures = measure(subjects, rounds=given.rounds, seconds=given.seconds)
    document = _document(
        figures, bits, two, {"bitstring": _bitstring_list(values), "token": _token_list(values)}
    )
    print_summary(document, write_result("status_list", document, seed=SEED))


def _bitstring_list(values: bytes) -> bytes:
    payload = status_list_of_bits(
        "revocation", 2700, bitstring(values, INVALID), public_url=PUBLIC_URL, now=_NOW
    )
    return _signed(payload)


def _token_list(values: bytes) -> bytes:
    return sign_token_list(build_token_list(values, 2700, public_url=PUBLIC_URL, now=_NOW), SIGNER)


def _one_change(changes: dict[int, tuple[StateChange, ...]]) -> dict[str, bytes]:
    return signed_lists(2700, changes, SIGNER, public_url=PUBLIC_URL, now=_NOW)


def _three_forms(values: bytes) -> tuple[bytes, bytes, bytes]:
    payloads = [
        status_list_of_bits(purpose, 2700, bitstring(values, value), public_url=PUBLIC_URL, now=_NOW)
        for purpose, value in VALUE_OF_PURPOSE.items()
    ]
    return _signed(payloads[0]), _signed(payloads[1]), _token_list(values)


def _plain(revoked: list[int]) -> bytes:
    """Build the same list as one would without thinking of speed."""
    statuses = [0] * SLOTS
    for index in revoked:
        statuses[index] = 1
    packed = bytearray(SLOTS // 8)
    for index, status in enumerate(statuses):
        if status:
            packed[index // 8] |= 1 << (7 - index % 8)
    payload = status_list_of_bits("revocation", 2700, b"", public_url=PUBLIC_URL, now=_NOW)
    payload["credentialSubject"]["encodedList"] = gzip.compress(bytes(packed)).hex()
    return _signed(payload)


def _signed(payload: dict[str, object]) -> bytes:
    signed = status_list_signing_input(payload, key=SIGNER.public_key, public_url=PUBLIC_URL)
    return jose.assemble(signed, SIGNER.sign(signed)).encode("ascii")


def _changes(chance: random.Random) -> dict[int, tuple[StateChange, ...]]:
    """Return the history of one list: the same share of changed slots, each issued and then stopped."""
    slots = sorted(chance.sample(range(SLOTS_IN_A_LIST), _CHANGED_IN_A_LIST))
    stops = [
        CertificateState.SUSPENDED if chance.random() < 1 / 6 else CertificateState.REVOKED for _ in slots
    ]
    begun = StateChange(date(2026, 11, 1), CertificateState.ACTIVE)
    return {
        slot: (begun, StateChange(date(2026, 11, 20), stop, stop.value))
        for slot, stop in zip(slots, stops, strict=True)
    }


def _squeezer(data: bytes, level: int) -> Callable[[], bytes]:
    return lambda: zlib.compress(data, level)


def _document(
    figures: dict[str, Figures], bits: bytes, two: bytes, tokens: dict[str, bytes]
) -> dict[str, object]:
    ours, token, change = list(figures)[:3]
    return {
        "figures": {name: found.to_document() for name, found in figures.items()},
        "bytes": {
            "bitstring, raw": len(bits),
            "pairs, raw": len(two),
            **{f"bitstring at level {level}": len(zlib.compress(bits, level)) for level in _LEVELS},
            **{f"{name} list, signed": len(piece) for name, piece in tokens.items()},
            "level used": COMPRESSION_LEVEL,
        },
        "ratios": {
            "the plain way costs as many times ours": ratio_of_rates(
                figures, ours, "plain way, built and signed"
            ),
            "ours reaches of bare zlib": ratio_of_rates(figures, ours, "bare zlib of the bitstring"),
            "token list reaches of bare zlib": ratio_of_rates(figures, token, "bare zlib of the pairs"),
            "one change costs of the plain way": round(
                figures[change].median / figures["plain way, built and signed"].median, 4
            ),
        },
        "aims": {
            "bitstring list of 1,000,000, CPU ms": {
                "aim": _AIM_MS,
                "reached": round(figures[ours].median * 1e3, 2),
            },
        },
        "limits": LIMITS,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
