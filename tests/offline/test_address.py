"""Whose address a text holds: a table of cases and thousands of distorted ones, in both languages."""

from __future__ import annotations

import json
import random
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.verify.address import Address, Whose, read_address, spelled_out
from tests.offline.modules import called_in_node

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "hosts.json").read_text(encoding="utf-8")
)
OURS = "https://verify.mit.or.th"
#: Pieces that false addresses are made of.
PIECES = (
    "https://", "http://", "HTTPS://", "https:", "//", "\\\\", "/", "\\", "@", ":", ":443", ":8443", "?",
    "#", ".", "..", "-", "%2e", "%00", "verify.mit.or.th", "verify", "mit", "or.th", "evil.com", "co.th",
    "xn--mt-7ka", "\u0456", "\u202e", "\u200b", "\u3002", "\uff0e", "\ufeff", "\xa0", "\u2028", "\x85",
    "\x1c", "\x00", "\t", "\n", " ", "\ud800", "\U0001f600", "[::1]", "127.0.0.1", "v/", "/v/12345",
    "/v#12345", "/c/MIT-2569-0012345-B", "/d/ML-1", "12345", "?lang=th", "ก", "K", "İ",
)  # fmt: skip


def answer_of(address: Address) -> dict[str, str]:
    """Return an address as the page's module has it."""
    return {name: str(value) for name, value in asdict(address).items()}


def expected(case: dict[str, Any]) -> dict[str, str]:
    """Return what a case promises."""
    return {name: case[name] for name in ("whose", "reason", "before", "owner", "path")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node")


def test_the_table_is_large_and_has_every_answer_and_every_reason() -> None:
    assert len(CASES) >= 80
    assert len({(case["text"], case["public_url"]) for case in CASES}) == len(CASES)
    assert {case["whose"] for case in CASES} == {"ours", "foreign", "none"}
    reasons = {"host", "letters", "user", "inside", "port", "scheme", "signs", "path"}
    assert {case["reason"] for case in CASES} - {""} == reasons


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_each_address_is_whose_the_table_says(case: dict[str, Any]) -> None:
    assert answer_of(read_address(case["text"], case["public_url"])) == expected(case)


def test_the_pages_own_module_answers_the_table_alike(place: Path) -> None:
    given_ = [[case["text"], case["public_url"]] for case in CASES]
    answers = called_in_node(place, "address.js", "readAddress", given_)
    for case, answer in zip(CASES, answers, strict=True):
        assert answer == expected(case), case["why"]


def distorted(seed: int) -> list[str]:
    """Return addresses put together and bent at random, the same ones for the same seed."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(2_000)]
    for case in CASES:
        for _ in range(15):
            text, at = case["text"][:200], chance.randrange(min(len(case["text"]), 200) + 1)
            made.append(text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 2) :])
    return made


def test_thousands_of_distorted_addresses_are_answered_alike(place: Path) -> None:
    texts = distorted(20261129)
    assert len(texts) > 3_000
    answers = called_in_node(place, "address.js", "readAddress", [[text, OURS] for text in texts])
    seen = set()
    for text, answer in zip(texts, answers, strict=True):
        mine = answer_of(read_address(text, OURS))
        assert answer == mine, ascii(text)
        seen.add((mine["whose"], mine["reason"]))
    assert len(seen) == 10, "every answer and every reason was met"


#: Texts near an address of ours.
near = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join)


@given(near)
def test_ours_begins_with_our_own_address_and_holds_nothing_odd(text: str) -> None:
    found = read_address(text, OURS)
    if found.whose is Whose.OURS:
        plain = text.strip(" \t\n\r\f\v")
        assert plain.lower().startswith((f"{OURS}/", f"{OURS}:443/"))
        assert plain.isascii()
        assert plain.isprintable()
        assert "\\" not in plain
        assert found.path.startswith(("/v/", "/v#", "/c/", "/d/"))
        assert plain.endswith(found.path)
        assert found.shown == found.reason == ""


@given(near)
def test_what_is_shown_of_a_foreign_address_can_be_obeyed_by_nothing(text: str) -> None:
    found = read_address(text, OURS)
    shown = found.shown.replace("…", "")
    assert shown.isascii()
    assert shown.isprintable()
    assert " " not in shown
    assert len(found.before) <= 61
    assert len(found.owner) <= 61
    assert bool(found.reason) == (found.whose is Whose.FOREIGN)


@given(st.text(max_size=40).filter(lambda text: "<" not in text))
def test_what_is_spelled_out_is_plain_and_tells_every_sign(text: str) -> None:
    spelled = spelled_out(text)
    assert re.fullmatch("[!-~]*", spelled)
    assert re.sub(r"<U\+([0-9A-F]+)>", lambda found: chr(int(found[1], 16)), spelled) == text


@pytest.mark.parametrize("public_url", ["", "no address", "mailto:a@b.c"])
def test_without_an_address_of_our_own_nothing_is_called_foreign(public_url: str) -> None:
    assert read_address("https://evil.example/v/1", public_url).whose is Whose.NONE


# --- keys of a hand-held scanner

LATIN = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOPASDFGHJKL:ZXCVBNM?"
KEDMANEE = 'ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฟหกดเ้่าสวงผปแอิืทมใฝ๐"ฎฑธํ๊ณฯญฤฆฏโฌ็๋ษศซ()ฉฮฺ์?ฦ'
ON_THAI_KEYS = dict(zip(LATIN, KEDMANEE, strict=True))


def on_thai_keys(text: str) -> str:
    """Return what a keyboard set to Thai makes of the keys of *text*."""
    return "".join(ON_THAI_KEYS[sign] for sign in text)


DIGITS = "9081726354" * 6


@pytest.mark.parametrize(
    "meant",
    [
        "https://verify.mit.or.th/v/" + DIGITS,
        "HTTPS://VERIFY.MIT.OR.TH/v/" + DIGITS,
        "http://verify.mit.or.th.evil.com/v/" + DIGITS,
        "http://localhost:8000/v/" + DIGITS,
        DIGITS,
        "MIT-2569-0012345-B",
        "mit-2569-0012345-b",
        "MIT25690012345B",
    ],
)
def test_keys_typed_on_the_thai_keyboard_are_put_back(meant: str, place: Path) -> None:
    typed = on_thai_keys(meant)
    assert any("\u0e00" < sign < "\u0e5c" for sign in typed)
    assert called_in_node(place, "thai_keys.js", "asTyped", [[typed], [meant]]) == [meant, meant]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "สวัสดี",
        "ใบรับรอง MIT-2569-0012345-B",
        "๒๕๖๙๐๐๑๒๓๔๕",
        "MIT-๒๕๖๙-๐๐๑๒๓๔๕-B",
        "บริษัท สยามเคเบิล จำกัด",
        "ก" * 60,
    ],
)
def test_words_and_thai_digits_stay_as_they_are(text: str, place: Path) -> None:
    assert called_in_node(place, "thai_keys.js", "asTyped", [[text]]) == [text]
    assert called_in_node(place, "thai_keys.js", "isTypedInThai", [[text]]) == [False]
