"""Structured fuzzing of what strangers send to a verifier, and how much of its readers that reaches.

QR codes, credentials, files, status lists, trust files, lists and bodies of batches, questions about
coverage, opened sheets: mutants of single bytes, which no reader may accept, and mutants of single members
signed with a test key that the verifier trusts, so that they pass the signature and reach what reads claims.
Any exception but a refusal of ours is a crash; more than two seconds of CPU is a hang.  Lines of the
readers are counted in the same run.  Controls: a careless reader, one that crashes, one that never ends.

    python bench/campaign_fuzz.py [--minutes 4] [--seed 1]
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.app import create_app
from mit.config import Settings
from mit.credential import cose, qr_text
from mit.store.db import dispose_engines
from mit.upkeep import schema
from tests.support.fuzzing import held, presented
from tests.support.fuzzing.lines import LinesSeen
from tests.support.fuzzing.target import Count, Target, try_round
from tests.support.qr_readers import lenient
from tests.support.trusting import signer

#: The readers whose lines are counted, but for what ``WRITERS`` names.
PARSERS = [
    *(
        f"mit/credential/{name}.py"
        for name in (
            *("asked_text", "asked_values", "asked_words", "base64url", "canonical_json", "cose", "coverage"),
            *("coverage_answer", "coverage_file", "coverage_question", "coverage_reading", "coverage_values"),
            *(
                "jose",
                "qr_text",
                "signatures",
                "statement",
                "status_cwt",
                "status_list",
                "text",
                "token_list",
            ),
            *("units", "vc"),
        )
    ),
    *(
        f"mit/verify/{name}.py"
        for name in (
            *("batch_list", "content", "opening", "presentation", "published_lists", "received_file"),
            *("shapes", "trust_file"),
        )
    ),
    "mit/web/api/batches.py",
    "mit/web/json_body.py",
]
#: Functions of these files that make what others read, that a signer alone calls, or that answer a GET.
WRITERS = frozenset(
    {
        *("qr_claims", "encode_claims", "to_digits", "qr_url", "symbol_version", "_lines", "_with_lines"),
        *("_digits_for", "build_status_list", "status_list_of_bits", "status_list_signing_input", "header"),
        *("build_token_list", "sign_token_list", "token_list_url", "status_list_url", "certificate_url"),
        *("context_document", "credential_document", "credential_payload", "credential_signing_input"),
        *("_status_entry", "trust_document", "_status_urls", "_key_document", "_record_document", "_iso"),
        *("history_document", "history_slots", "history_signing_input", "change_document", "assemble"),
        *("signing_input", "to_be_signed", "sign", "throwaway_signer", "raw_low_s", "__repr__", "__reduce__"),
        *("public_key", "statement_of", "sign_fault", "to_document", "to_text", "forget_opened", "write"),
        *("batch_results", "_results", "_counted", "_number", "value"),
    }
)
AIM_PERCENT, AIM_MEGABYTES = 90.0, 512
_FORGET_AFTER_ROUNDS = 50


@contextmanager
def batch_service(folder: Path) -> Iterator[Callable[[bytes], int]]:
    """Serve the API on an empty register; give a function that posts a body and returns the status."""
    settings = Settings(
        env="test",
        database_url=f"sqlite:///{folder / 'fuzz.sqlite3'}",
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="fuzz" * 10,
        batches_per_hour=1_000_000,
    )
    app = create_app(settings)
    with app.app_context():
        schema.migrate()
    client = app.test_client()

    def post(data: bytes) -> int:
        return client.post("/api/v1/verdicts/batch", data=data, content_type="application/json").status_code

    yield post
    with app.app_context():
        dispose_engines()


def run(targets: list[Target], *, seed: int, seconds: float, lines: LinesSeen) -> dict[str, Count]:
    """Try the targets in turns for *seconds*, each at least one round, and return what came of them."""
    counts = {target.name: Count() for target in targets}
    chances = {target.name: random.Random(f"fuzz/{seed}/{target.name}") for target in targets}
    ends = time.monotonic() + seconds
    with lines.watching():
        for turn in itertools.count():
            for target in targets:
                try_round(target, chances[target.name], counts[target.name])
            if turn % _FORGET_AFTER_ROUNDS == 0:
                presented.forget()
            if time.monotonic() > ends:
                return counts
    raise AssertionError("the turns never end by themselves")


def controls(seed: int) -> dict[str, Any]:
    """Return what came of three readers with a seeded fault each; each has to be found out."""
    keys = {signer().public_key.kid: signer().public_key}
    careless = Target(
        "careless",
        presented.unsigned_qr,
        presented.accepting(lambda text: lenient(_digits(text), keys)),
        4_000,
    )
    crashing = Target("crashing", presented.signed_qr, _read_without_looking, 200)
    endless = Target("endless", presented.signed_qr, _burn, 1)
    found = {}
    for target, slow in ((careless, 2.0), (crashing, 2.0), (endless, 0.05)):
        count = Count()
        try_round(target, random.Random(seed), count, slow=slow)
        found[target.name] = {"mutants": count.tried, "found": count.failures}
    return found


def _digits(text: str) -> str:
    return text.rpartition("/v/")[2]


def _read_without_looking(digits: str) -> str:
    """Read signed claims as somebody does who trusts whoever signed: the seeded fault."""
    payload = cose.open_envelope(qr_text.from_digits(digits)).payload
    members: Any = cose.decode(payload)
    return str(members[3].decode("cp874"))


def _burn(_digits: str) -> str:
    ends = time.process_time() + 0.1
    while time.process_time() < ends:
        pass
    return "late"


def report(counts: dict[str, Count], lines: LinesSeen, found_out: dict[str, Any]) -> dict[str, Any]:
    """Return the result document."""
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    document: dict[str, Any] = {
        "mutants": sum(count.tried for count in counts.values()),
        "crashes": sum(count.crashes.total() for count in counts.values()),
        "accepted_or_wrong": sum(count.wrong.total() for count in counts.values()),
        "hangs_over_2_seconds": sum(count.slow for count in counts.values()),
        "peak_megabytes": round(peak / 1024),
        "line_coverage_percent": lines.percent(),
        "line_coverage_by_file": {name: lines.percent(name) for name in lines.lines},
        "lines_never_reached": lines.missing(),
        "targets": {name: count.to_document() for name, count in counts.items()},
        "controls": found_out,
        "limits": [
            "Lines inside functions of the listed files but for those that write; the list is in the script.",
            "What opens PDF and pictures runs in processes of its own and is not in the line count.",
            "Slow is counted in CPU seconds, children included.",
        ],
    }
    return {"passed": _is_passed(document, counts), **document}


def _is_passed(document: dict[str, Any], counts: dict[str, Count]) -> bool:
    return (
        not any(count.failures for count in counts.values())
        and all(control["found"] for control in document["controls"].values())
        and document["line_coverage_percent"] >= AIM_PERCENT
        and document["peak_megabytes"] <= AIM_MEGABYTES
    )


def main() -> None:
    """Run the campaign with its controls and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lines = LinesSeen(PARSERS, without=WRITERS)
    with tempfile.TemporaryDirectory(prefix="mit-fuzz-") as name, batch_service(Path(name)) as post:
        shown = [*presented.targets(), *presented.file_targets()]
        targets = [*shown, *held.targets(), held.batch_bodies(post)]
        with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
            counts = run(targets, seed=options.seed, seconds=options.minutes * 60, lines=lines)
    document = report(counts, lines, controls(options.seed))
    path = write_result("campaign_fuzz", document, seed=options.seed)
    for key in ("mutants", "crashes", "accepted_or_wrong", "hangs_over_2_seconds", "peak_megabytes"):
        print(f"{key:24} {document[key]}")
    print(f"line coverage            {document['line_coverage_percent']} %; controls {document['controls']}")
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if document["passed"] else 1)


if __name__ == "__main__":
    main()
