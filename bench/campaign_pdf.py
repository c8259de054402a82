"""Turn one bit in every byte of an issued PDF and ask the verifier: never VALID, always recognised.

Every variant is put to four kinds of knowledge: the register and a trust file that know the file's
hash must say ``not_the_issued_file``; a trust file without that hash, and one that knows another
certificate only, must never say VALID.  The control believes the credential inside and nothing
else: it must let forged files pass, or the campaign would prove nothing.

Files are opened in this process, not in a child for each, because there are tens of thousands;
whatever the libraries raise counts as a refusal, as it does in the child.

    python bench/campaign_pdf.py [--products 3] [--first 0] [--count 0]
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.document.received_pdf import read as read_pdf
from mit.errors import UnreadableFileError
from mit.verify.content import sha256_hex
from mit.verify.judge import Question, judge
from mit.verify.presentation import ShownFile
from mit.verify.trust import Trust
from mit.verify.verdict import Answer
from tests.support import specimens
from tests.support.files import pdf_of
from tests.support.trusting import NOW, issue, listed, offline, record, register

#: The keys of the specimens follow from fixed numbers; the seal's key is made anew in each run.
SEED = 1
#: What those who know the file's hash must answer.
RECOGNISED = "NOT_VALID not_the_issued_file"


@dataclass
class Campaign:
    """Who judges, and what they said.

    Attributes:
        data: the issued file.
        knowing: those who know its hash.
        withheld: those who do not.
        told: answers counted, by who gave them.
        wrong: every answer that must not be.
    """

    data: bytes
    knowing: dict[str, Trust]
    withheld: dict[str, Trust]
    told: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[dict[str, object]] = field(default_factory=list)

    def try_all(self, places: Iterable[int]) -> None:
        """Turn one bit in each of *places* and count what is answered."""
        for at in places:
            changed = bytearray(self.data)
            changed[at] ^= 1 << (at % 8)
            shown = shown_once(bytes(changed))
            for name, trust in {**self.knowing, **self.withheld}.items():
                self._count(name, answer(shown, trust), at)
            believed = control(shown, self.withheld["hash_withheld"])
            self.told.setdefault("control", Counter())[believed] += 1

    def _count(self, name: str, answered: str, at: int) -> None:
        self.told.setdefault(name, Counter())[answered] += 1
        if answered.startswith("VALID") or (name in self.knowing and answered != RECOGNISED):
            self.wrong.append({"byte": at, "knowledge": name, "answer": answered})


def opened(data: bytes) -> object:
    """Open a PDF as the child does: whatever its libraries raise is a refusal."""
    try:
        return read_pdf(data)
    except UnreadableFileError:
        raise
    except Exception as error:
        raise UnreadableFileError("file_not_readable") from error


def shown_once(data: bytes) -> ShownFile:
    """Return the file as shown, opened at most once however often it is judged."""
    kept: list[object] = []

    def once(given: bytes) -> object:
        if not kept:
            try:
                kept.append(opened(given))
            except UnreadableFileError as error:
                kept.append(error)
        if isinstance(kept[0], UnreadableFileError):
            raise kept[0]
        return kept[0]

    return ShownFile(sha256_hex(data), data, once)


def answer(shown: ShownFile, trust: Trust) -> str:
    """Return answer and reasons in one line."""
    verdict = judge(shown, trust, Question(NOW))
    return " ".join([verdict.answer.value, *verdict.reasons])


def control(shown: ShownFile, trust: Trust) -> str:
    """Return what a verifier would say that believes the credential inside a PDF."""
    inner = judge(shown, trust, Question(NOW)).inner
    return "accepted" if inner is not None and inner.answer is Answer.VALID else "refused"


def set_up(products: int) -> Campaign:
    """Return the campaign over a fresh file with so many products."""
    issued, other = issue(specimens.claims(products)), issue(specimens.claims(running=54_321))
    data, other_data = pdf_of(issued), pdf_of(other)
    number = issued.claims.slot.list_number
    return Campaign(
        data,
        knowing={
            "register": register(record(issued, pdf=data)),
            "trust_file": offline(record(issued, pdf=data)),
        },
        withheld={
            "hash_withheld": offline(record(issued)),
            "other_certificate_only": offline(record(other, pdf=other_data), lists={number: listed(number)}),
        },
    )


def main() -> None:
    """Run the campaign over every byte, or over those asked for, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=0, help="How many bytes; 0 for all.")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the libraries tell at length what is wrong with each variant
    campaign = set_up(options.products)
    end = options.first + options.count if options.count else len(campaign.data)
    places = range(options.first, min(len(campaign.data), end))
    begin = time.process_time()
    campaign.try_all(places)
    spent = time.process_time() - begin
    accepted = campaign.told["control"]["accepted"]
    document = {
        "passed": not campaign.wrong and accepted > 0,
        "file_bytes": len(campaign.data),
        "products": options.products,
        "variants": len(places),
        "answers": {name: dict(counter.most_common()) for name, counter in campaign.told.items()},
        "wrong": campaign.wrong,
        "control_accepted": accepted,
        "cpu_us_per_variant": round(spent / max(1, len(places)) * 1e6, 1),
    }
    path = write_result("campaign_pdf", document, seed=SEED)
    print(f"{len(places)} variants, {len(campaign.wrong)} wrong; control accepted {accepted}")
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(0 if document["passed"] else 1)


if __name__ == "__main__":
    main()
