"""What the page for other people's verifiers says is so: its bytes, its members, its codes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from mit.credential import qr_text, token_list
from mit.credential.status_cwt import open_token
from mit.i18n import knows
from mit.verify.verdict import Check
from tests.docs.pages import ROOT, fenced, read, spans, table_under

PAGE = "docs/credential.md"
VECTORS = ROOT / "tests" / "vectors"


def members_of(schema: Any) -> Iterator[str]:
    """Yield every member name that a JSON Schema speaks of."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from members_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from members_of(value)


def test_the_worked_example_is_the_frozen_sample_byte_for_byte() -> None:
    text = (VECTORS / "qr" / "one-product-with-its-line.txt").read_text(encoding="utf-8")
    digits = qr_text.digits_in(text)
    data = qr_text.from_digits(digits)
    shown = next(block for block in fenced(read(PAGE)) if block.startswith("d284"))
    assert bytes.fromhex("".join(shown.split())) == data
    assert f"an address with {len(digits)} digits. As bytes they are {len(data)}:" in read(PAGE)
    credential = (VECTORS / "credential" / "one-product.jwt").read_bytes()
    assert hashlib.sha256(credential).hexdigest() in data.hex()


def test_the_worked_status_list_is_the_frozen_sample() -> None:
    assert f"{len((VECTORS / 'token' / 'clean.cwt').read_bytes())} bytes" in read(PAGE)
    read_back = token_list.read_token_list(
        open_token((VECTORS / "token" / "revoked.cwt").read_bytes()).payload
    )
    assert read_back.packed[27_853] == 0b0100_0000
    assert read_back.value(111_415) == 1


def test_every_member_of_a_credential_is_explained() -> None:
    schema = json.loads((ROOT / "docs" / "credential.schema.json").read_text(encoding="utf-8"))
    named = {word for span in re.findall(r"`([^`]+)`", read(PAGE)) for word in re.findall(r"[@\w]+", span)}
    assert set(members_of(schema)) - named == set()


def test_every_code_of_a_refusal_is_one_that_we_give() -> None:
    rows = table_under(PAGE, "## A verifier from nothing")
    codes = {code for row in rows for code in spans(row[2])}
    assert len(codes) >= 18
    for code in codes:
        assert any(knows(f"verify.{check}_{code}") for check in Check), code


def test_the_verifier_that_was_written_from_the_page_is_as_long_as_it_says() -> None:
    lines = (ROOT / "tests" / "foreign" / "verifier.mjs").read_text(encoding="utf-8").count("\n")
    assert f"a verifier of {lines} lines" in read(PAGE)
