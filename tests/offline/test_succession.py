"""Which newer bundle may take the place of the one a device holds, and days as people type them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mit.credential.signatures import KeySigner
from mit.errors import InputError
from mit.lifecycle.signing_key_states import KeyDates
from mit.values.thai_date import month_names, parse_day
from mit.verify import trust_file
from mit.verify.trust import TrustedKey
from mit.verify.trust_file import read_trust_file
from mit.web.script_words import script_words
from tests.offline.asked import ask_node
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import NOW, TODAY, signer, trusted

DAY = timedelta(days=1)
FIRST, SECOND, STRANGER = signer(1), signer(2), signer(3)
IN_USE = KeyDates(active_from_on=date(2026, 1, 1))
PLANNED = KeyDates()
BEGUN = KeyDates(active_from_on=TODAY)
ENDED = KeyDates(active_from_on=date(2026, 1, 1), verify_only_from_on=TODAY)
STOLEN = KeyDates(active_from_on=date(2026, 1, 1), compromised_from_at=NOW - 30 * DAY)


def bundle(
    keys: list[TrustedKey], by: KeySigner, at: datetime = NOW, *, public_url: str = PUBLIC_URL
) -> bytes:
    """Return a bundle without lists, signed by one of its keys."""
    document = trust_file.trust_document(keys, [], lists=[], public_url=public_url, now=at, is_complete=False)
    signed = trust_file.signing_input(document, by.public_key)
    data = trust_file.assemble(document, signed, by.sign(signed))
    assert read_trust_file(data).signed_by.public == by.public_key, "the service itself reads it"
    return data


HELD = bundle([trusted(FIRST, IN_USE), trusted(SECOND, PLANNED)], FIRST, NOW - DAY)
BOTH = [trusted(FIRST, IN_USE), trusted(SECOND, BEGUN)]
UNKNOWN, MISSING = "trust_unknown_signer", "trust_key_missing"

#: What is held, what is offered, why it is not taken.
SUCCESSIONS = {
    "the same list": (HELD, HELD, ""),
    "a newer one by the same key": (HELD, bundle(BOTH, FIRST), ""),
    "a newer one by a key that was planned then": (HELD, bundle(BOTH, SECOND), ""),
    "one with a third key, by a known one": (HELD, bundle([*BOTH, trusted(STRANGER)], FIRST), ""),
    "the same key out of use, by the next": (
        HELD,
        bundle([trusted(FIRST, ENDED), trusted(SECOND, BEGUN)], SECOND),
        "",
    ),
    "a key stolen since, told by the next": (
        HELD,
        bundle([trusted(FIRST, STOLEN), trusted(SECOND, BEGUN)], SECOND),
        "",
    ),
    "an older one": (HELD, bundle(BOTH, FIRST, NOW - 2 * DAY), "trust_older"),
    "one by a stranger who lists himself": (HELD, bundle([*BOTH, trusted(STRANGER)], STRANGER), UNKNOWN),
    "one by a stranger alone": (HELD, bundle([trusted(STRANGER)], STRANGER), UNKNOWN),
    "one by a stranger under a known serial": (
        HELD,
        bundle([trusted(renamed := signer(4))], renamed),
        UNKNOWN,
    ),
    "one by a key that the held list calls stolen": (
        bundle([trusted(FIRST, STOLEN), trusted(SECOND, IN_USE)], SECOND, NOW - DAY),
        bundle([trusted(FIRST, IN_USE), trusted(SECOND, IN_USE)], FIRST),
        UNKNOWN,
    ),
    "one by a key that the held list calls ended": (
        bundle([trusted(FIRST, ENDED), trusted(SECOND, IN_USE)], SECOND),
        bundle([trusted(FIRST, IN_USE), trusted(SECOND, IN_USE)], FIRST, NOW + DAY),
        UNKNOWN,
    ),
    "one that takes a theft back": (
        bundle([trusted(FIRST, STOLEN), trusted(SECOND, IN_USE)], SECOND, NOW - DAY),
        bundle([trusted(FIRST, IN_USE), trusted(SECOND, IN_USE)], SECOND),
        MISSING,
    ),
    "one that leaves a known key out": (HELD, bundle([trusted(FIRST, IN_USE)], FIRST), MISSING),
    "one of another service": (
        HELD,
        bundle(BOTH, FIRST, public_url="https://false.example"),
        "trust_of_another_service",
    ),
}


def test_only_a_known_key_vouches_for_a_newer_list_and_time_never_runs_back(tmp_path: Path) -> None:
    pairs = [[base64.b64encode(data).decode() for data in pair[:2]] for pair in SUCCESSIONS.values()]
    answers = ask_node({"pairs": pairs}, tmp_path)
    assert dict(zip(SUCCESSIONS, answers, strict=True)) == {
        name: pair[2] for name, pair in SUCCESSIONS.items()
    }


def test_each_refusal_has_a_sentence_that_says_what_to_do() -> None:
    codes = {pair[2] for pair in SUCCESSIONS.values()} - {""} | {"malformed"}
    assert len(codes) == 5
    for words in script_words().values():
        for code in codes:
            assert len(words["sentences"][f"offline.refused_{code}"]) > 30


#: Days as people type them, and what is none.
TYPED = (
    "2026-11-25", "25/11/2569", "25/11/2026", "๒๕/๑๑/๒๕๖๙", " 1.2.2570 ", "1-2-2027", "29/2/2567",
    "29/2/2566", "25 พฤศจิกายน 2569", "25 พ.ย. 2569", "25พ.ย.2569", "25 พฤศจิกายน พ.ศ. 2569",
    "25 พฤศจิกายน ค.ศ. 2026", "25 November 2026", "25 nov 2026", "25 Nov. 2569", "1 มกราคม พศ 2484",
    "31/12/2483", "1/1/2484", "1/1/2399", "1/1/2400", "25/13/2569", "0/1/2569", "31/4/2569", "quatsch", "",
    "25/11/69", "2569-11-25", "25 ก.ข. 2569", "25 พ.ย. ค.ศ. 2569", "25 พ.ย. พ.ศ. 2026", "0001-01-01",
    "0000-01-01", "25/11/2569 x", "25–11–2569", "9999-12-31", "1/1/9999", "29/2/2000", "29/2/1900",
    "29/2/2443", "๑ ม.ค. ๒๕๗๐", "1 May 2027", "1 พ.ค. 2570",
)  # fmt: skip


def by_the_service(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except InputError as error:
        return error.code


def test_a_typed_day_is_read_like_the_service_reads_it(tmp_path: Path) -> None:
    answers = ask_node({"days": TYPED, "words": script_words()}, tmp_path)
    assert dict(zip(TYPED, answers, strict=True)) == {text: by_the_service(text) for text in TYPED}
    assert {"2026-11-25", "day_malformed", "day_year"} <= set(answers)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_script_has_every_sentence_it_may_say_and_no_secret_of_the_house(language: str) -> None:
    words = script_words()[language]  # type: ignore[index]
    assert words["months"] == month_names(language)
    assert len(words["long_months"]) == 12
    rooms = {key.partition(".")[0] for key in words["sentences"]}
    assert rooms == {"verify", "offline", "scan", "errors", "web"}
    assert len(json.dumps(words, ensure_ascii=False).encode()) < 100_000
    assert replace(FIRST.public_key, demo=True).thumbprint not in json.dumps(words)
