"""Tamper with the QR of sixty certificates in every small way and count what is accepted: nothing.

The control is a careless reader (libraries with their defaults) over three of them: it must accept
some, or the matrix would prove nothing.  ``python bench/campaign_tampering.py [rounds]``
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.credential.public_keys import PublicKey
from tests.support.qr_readers import lenient, strict
from tests.support.specimens import Cast, digits_of, twenty_certificates
from tests.support.tampering import qr_variants
from tests.vectors.make_vectors import SECOND, TRUSTED, UNKNOWN, published_test_key

Reader = Callable[[str, dict[int, PublicKey]], object]
#: The keys follow from these words, so every run tampers with the same bytes.
SEED = 1


def count(read: Reader, cast: list[Cast], keys: dict[int, PublicKey]) -> dict[str, object]:
    """Return how many variants of each kind were tried, accepted, or escaped as an exception."""
    tried: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    escaped: Counter[str] = Counter()
    begin = time.process_time()
    for one in cast:
        for kind, digits in qr_variants(digits_of(one.made), foreign=UNKNOWN):
            tried[kind] += 1
            try:
                taken[kind] += not isinstance(read(digits, keys), str)
            except Exception as error:  # noqa: BLE001 - what escapes is what is counted
                escaped[f"{kind}: {type(error).__name__}"] += 1
    spent = time.process_time() - begin
    return {
        "certificates": len(cast),
        "variants": tried.total(),
        "kinds": dict(tried),
        "accepted": taken.total(),
        "accepted_kinds": dict(+taken),
        "uncaught_exceptions": dict(escaped),
        "cpu_us_per_variant": round(spent / tried.total() * 1e6, 1),
    }


def main() -> None:
    """Run matrix and control and write the result."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    keys = {signer.public_key.kid: signer.public_key for signer in (TRUSTED, SECOND)}
    cast = [
        one
        for number in range(rounds)
        for one in twenty_certificates(TRUSTED if number % 2 == 0 else published_test_key(2, "second"))
    ]
    matrix = count(strict, cast, keys)
    control = count(lenient, cast[:3], keys)
    passed = not matrix["accepted"] and not matrix["uncaught_exceptions"] and bool(control["accepted"])
    document = {"passed": passed, "matrix": matrix, "control_lenient_reader": control}
    path = write_result("tampering", document, seed=SEED)
    print(f"{matrix['variants']} variants, {matrix['accepted']} accepted; control {control['accepted']}")
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
