"""The commitment to a cost sheet: it hides, it binds, and a stranger computes the same."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential import base64url, canonical_json
from mit.credential.commitment import (
    METHOD,
    PREFIX,
    SALT_BYTES,
    commit,
    committed_content,
    is_commitment,
)
from mit.errors import InputError
from tests.credential.test_foreign import asked
from tests.support.committed import AT_THE_THRESHOLD, committed_claims, normalised, opening_document
from tests.support.require import program
from tests.support.specimens import issued
from tests.vectors.commitments import CREDENTIAL, FILE, OPENING, commitments_document
from tests.vectors.make_vectors import FOLDER, TRUSTED, text_of

FROZEN = json.loads((FOLDER / FILE).read_text(encoding="utf-8"))
salts = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)
contents = st.binary(max_size=200)


@pytest.mark.parametrize("vector", FROZEN["vectors"], ids=lambda vector: vector["what"])
def test_every_frozen_commitment_is_the_plain_hash_that_the_page_describes(vector: dict[str, str]) -> None:
    salt, content = bytes.fromhex(vector["salt"]), vector["content"].encode("utf-8")
    by_hand = hashlib.sha256(bytes.fromhex(FROZEN["prefix_hex"]) + salt + content).hexdigest()
    assert commit(salt, content) == by_hand == vector["commitment"]
    assert canonical_json.write(json.loads(vector["content"])) == content, "the content has one spelling"


def test_the_code_still_makes_exactly_these_vectors() -> None:
    assert text_of(commitments_document()) == (FOLDER / FILE).read_text(encoding="utf-8")
    assert (FROZEN["method"], FROZEN["prefix_hex"]) == (METHOD, PREFIX.hex())


@given(salts, contents, salts, contents)
def test_another_salt_or_another_content_is_another_commitment(
    salt: bytes, content: bytes, other_salt: bytes, other: bytes
) -> None:
    is_same = (salt, content) == (other_salt, other)
    assert (commit(salt, content) == commit(other_salt, other)) is is_same
    assert is_commitment(commit(salt, content))


@given(salts, contents, st.integers(0, 31))
def test_what_moves_between_salt_and_content_is_noticed(salt: bytes, content: bytes, at: int) -> None:
    """The border between the two cannot be shifted: the salt has one length."""
    with pytest.raises(InputError, match="commitment_salt"):
        commit(salt[:at], salt[at:] + content)
    with pytest.raises(InputError, match="commitment_salt"):
        commit(salt + b"\0", content)


@given(st.integers(0, 10**11), st.integers(1, 10**6), salts)
def test_one_satang_is_enough(satang: int, more: int, salt: bytes) -> None:
    made = {"lines": [{"amount": f"{satang // 100}.{satang % 100:02d}", "kind": "labour", "name": "ค่าแรง"}]}
    other = satang + more
    changed = {"lines": [{"amount": f"{other // 100}.{other % 100:02d}", "kind": "labour", "name": "ค่าแรง"}]}
    hashes = {
        commit(salt, committed_content(canonical_json.write(document).decode("utf-8")))
        for document in (made, changed)
    }
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("sheet", "chain", "content"),
    [
        ("{}", "", b'{"sheet":{}}'),
        ("{}", "[]", b'{"sheet":{},"supplier_certificates":[]}'),
        (
            '{"name":"ก"}',
            '[{"position":1}]',
            '{"sheet":{"name":"ก"},"supplier_certificates":[{"position":1}]}',
        ),
    ],
)
def test_the_content_is_one_canonical_object(sheet: str, chain: str, content: bytes | str) -> None:
    expected = content if isinstance(content, bytes) else content.encode("utf-8")
    assert committed_content(sheet, chain) == expected
    assert canonical_json.write(canonical_json.read(expected)) == expected


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0" * 64, True),
        ("0123456789abcdef" * 4, True),
        ("", False),
        ("0" * 63, False),
        ("0" * 65, False),
        ("A" * 64, False),
        ("g" * 64, False),
        ("0" * 64 + "\n", False),
        ("๐" * 64, False),
    ],
)
def test_only_64_small_hex_digits_are_a_commitment(text: str, *, is_one: bool) -> None:
    assert is_commitment(text) is is_one


def test_a_program_in_another_language_opens_what_we_committed_to() -> None:
    """``tests/foreign/open_commitments.mjs`` was written from docs/credential.md and shares no code."""
    node = program("node", "node")
    opening = opening_document(committed_claims())
    token = issued(committed_claims(), TRUSTED).token
    same = asked(node, "open_commitments.mjs", {"token": token, "opening": opening})
    assert same == [{"index": 1, "same": True}, {"index": 2, "same": True}]
    opening["products"][1]["sheet"]["lines"][0]["amount"] = "700.01"
    changed = asked(node, "open_commitments.mjs", {"token": token, "opening": opening})
    assert changed == [{"index": 1, "same": True}, {"index": 2, "same": False}]


def test_the_frozen_opening_opens_the_frozen_certificate_in_both_programs() -> None:
    node = program("node", "node")
    token = (FOLDER / CREDENTIAL).read_text(encoding="ascii")
    opening = json.loads((FOLDER / OPENING).read_bytes())
    assert [
        one["same"] for one in asked(node, "open_commitments.mjs", {"token": token, "opening": opening})
    ] == [
        True,
        True,
    ]


def test_the_credential_shows_no_figure_and_no_salt() -> None:
    payload = issued(committed_claims(), TRUSTED).token.split(".")[1]
    text = json.dumps(normalised(AT_THE_THRESHOLD), ensure_ascii=False)
    secret = {"180.00", "ไม้อัด", "1000.00"}
    assert all(word in text for word in secret), "the control: it is there to be found"
    shown = canonical_json.read(base64url.decode(payload))
    spelled = canonical_json.write(shown).decode("utf-8")
    salts_of = [one["salt"] for one in opening_document(committed_claims())["products"]]
    assert not [word for word in (*secret, *salts_of) if word in spelled]
