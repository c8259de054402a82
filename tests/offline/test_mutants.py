"""Thousands of damaged and of forged presentations: the page's verifier and the service agree on each.

Two kinds: bytes changed in what was signed, and content changed *before* it was signed with the test
key, which is the only way past the signature to the readers of CBOR, Thai text and JSON behind it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mit.credential import base64url, cose, jose, qr_text, status_cwt, vc
from tests.offline.asked import Asked, Questions, answers_of_node
from tests.vectors.make_vectors import FOLDER, TRUSTED

NOW = datetime(2027, 5, 20, 5, 0, tzinfo=UTC)
TRUST, CLEAN = "trust/keys-and-lists.json", "token/clean.cwt"
OF_EACH = 300
#: Signs that JSON readers take differently, beside letters and digits.
SIGNS = '{}[]",:0123456789-+.eE \\u\n\x00\x7fé\u0e01\ud800nulltrfas'
#: Heads of CBOR of every kind: whole numbers, bytes, texts, lists, maps, tags, floats, simple values.
HEADS = bytes(
    [
        0x00,
        0x17,
        0x18,
        0x1B,
        0x1F,
        0x20,
        0x40,
        0x5F,
        0x60,
        0x7F,
        0x80,
        0xA0,
        0xBF,
        0xC1,
        0xC2,
        0xF4,
        0xF6,
        0xFB,
        0xFF,
    ]
)


def changed(data: bytes, rng: random.Random, alphabet: bytes = b"") -> bytes:
    """Return *data* with one to three bytes changed, put in, taken out, or a stretch doubled."""
    made = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(made))
        byte = rng.choice(alphabet) if alphabet and rng.random() < 0.5 else rng.randrange(256)
        act = rng.randrange(5)
        if act < 2:
            made[at] = byte
        elif act == 2:
            made.insert(at, byte)
        elif act == 3:
            del made[at]
        else:
            made[at:at] = made[at : at + rng.randint(1, 9)]
    return bytes(made) if made != data else changed(data, rng, alphabet)


def good_qr() -> bytes:
    """Return the envelope of a good QR."""
    text = (FOLDER / "qr" / "six-products-with-their-lines.txt").read_text(encoding="utf-8")
    return qr_text.from_digits(qr_text.digits_in(text))


def forged_qr(payload: bytes) -> str:
    """Return the text of a QR that a trusted key signed, whatever it says."""
    kid, payload = TRUSTED.public_key.kid, payload[: cose.LARGEST_PAYLOAD_BYTES]
    signature = TRUSTED.sign(cose.to_be_signed(kid, payload))
    return f"/v/{int.from_bytes(cose.assemble(kid, payload, signature), 'big')}"


def damaged_qrs(rng: random.Random) -> Iterator[str]:
    whole = good_qr()
    digits = str(int.from_bytes(whole, "big"))
    for _ in range(OF_EACH):
        yield str(int.from_bytes(changed(whole, rng), "big"))
        yield changed(digits.encode(), rng, b"0123456789").decode("latin-1")


def forged_qrs(rng: random.Random) -> Iterator[str]:
    payload = cose.open_envelope(good_qr()).payload
    for _ in range(2 * OF_EACH):
        yield forged_qr(changed(payload, rng, HEADS))


def forged_claims(rng: random.Random) -> Iterator[str]:
    """Claims of the right spelling with a member replaced: each reader behind the CBOR meets each kind."""
    members: Any = cose.decode(cose.open_envelope(good_qr()).payload)
    values = [
        0,
        1,
        -1,
        13,
        68,
        499,
        500,
        65_535,
        65_536,
        131_071,
        131_072,
        2**31,
        2**53,
        2**63,
        10**13,
        105_536_112_014,
    ]
    texts = [
        "",
        "x",
        "ก",
        "é",
        "ก\u200b",
        "\u2028",
        "\ue000",
        b"",
        b"x",
        b"\xa1\xfb",
        b"\x80",
        b"\xdb",
        b"\x7f",
        bytes(32),
        bytes(33),
    ]
    shapes: list[Any] = [
        [],
        [1],
        [0],
        [200],
        [201],
        [1, 2],
        [69, 0],
        [69, 1],
        [499, 9_999_999],
        [500, 1],
        [1, 2, 3],
        {},
        None,
        True,
        1.5,
    ]
    hs = [
        0,
        1,
        9_999,
        10_000,
        99_999,
        123_456,
        1_234_567,
        12_345_678,
        123_456_789,
        1_234_567_890,
        12_345_678_901,
        10**11,
    ]
    lines = [[["x", code]] for code in hs] + [[[text, 850_440]] for text in texts] + [[["x", 850_440]] * 201]
    for _ in range(OF_EACH):
        one = dict(members)
        name = rng.choice([*members, 9, "x"])
        one[name] = rng.choice([*values, *texts, *shapes, *lines])
        if rng.random() < 0.1:
            one.pop(rng.choice(list(one)))
        yield forged_qr(cose.encode(one))


def credentials(rng: random.Random) -> Iterator[str]:
    """Credentials with signs changed before and after they were signed."""
    text = (FOLDER / "credential" / "one-product.jwt").read_text(encoding="ascii").strip()
    token = jose.parse(text, typ=vc.TYP)
    signs = SIGNS.encode("utf-8", "surrogatepass")
    for _ in range(OF_EACH):
        yield changed(text.encode(), rng, b".-_AZaz09=").decode("latin-1")
        payload = base64url.encode(changed(token.payload, rng, signs))
        signed = f"{text.partition('.')[0]}.{payload}".encode("ascii")
        yield jose.assemble(signed, TRUSTED.sign(signed))


def questions(seed: int, make: Any) -> Questions:
    """Return the questions of one kind of mutants, all by the same keys and lists."""
    asked = [Asked(text, TRUST, NOW, lists=(CLEAN,)) for text in make(random.Random(seed))]
    return Questions(asked, {name: (FOLDER / name).read_bytes() for name in (TRUST, CLEAN)})


@pytest.mark.parametrize("make", [damaged_qrs, forged_qrs, forged_claims, credentials])
def test_both_verifiers_agree_on_every_mutant(make: Any, tmp_path: Path) -> None:
    mine = questions(25_690_101, make)
    seen = set()
    for asked, answer, service in zip(
        mine.asked, answers_of_node(mine, tmp_path), mine.answers_of_the_service(), strict=True
    ):
        for member in ("verdict", "reasons", "notices", "certificate", "known_at"):
            assert answer[member] == service[member], (member, asked.text)
        seen.add((answer["verdict"], *answer["reasons"]))
    assert ("CANNOT_TELL", "unreadable") in seen
    if make is damaged_qrs:
        assert ("NOT_VALID", "bad_signature") in seen
        assert all(verdict != "VALID" for verdict, *_ in seen)
    else:
        assert ("VALID",) in seen, "a harmless change, signed, is read"


def test_both_refuse_the_same_mutants_of_a_list(tmp_path: Path) -> None:
    """A list whose claims were changed before a trusted key signed them: read, or refused as a whole."""
    rng, kid = random.Random(25_690_102), TRUSTED.public_key.kid
    claims = status_cwt.open_token((FOLDER / CLEAN).read_bytes()).payload
    files = {TRUST: (FOLDER / TRUST).read_bytes()}
    good = (FOLDER / "qr" / "one-product-with-its-line.txt").read_text(encoding="utf-8")
    asked = []
    for at in range(OF_EACH):
        payload = changed(claims, rng, HEADS)
        name = f"mutant {at}"
        files[name] = status_cwt.assemble(kid, payload, TRUSTED.sign(status_cwt.to_be_signed(kid, payload)))
        asked.append(Asked(good, TRUST, NOW, lists=(name,)))
    mine = Questions(asked, files)
    refused = 0
    for one, answer, service in zip(
        asked, answers_of_node(mine, tmp_path), mine.answers_of_the_service(), strict=True
    ):
        assert (answer["verdict"], answer["reasons"]) == (service["verdict"], service["reasons"]), files[
            one.lists[0]
        ].hex()
        refused += answer["verdict"] == "REFUSED"
    assert OF_EACH // 2 < refused < OF_EACH
