"""The quick look at an address of ours says what the rules for addresses say."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mit.verify.address import Whose, read_address
from mit.verify.foreign import address_notices, is_foreign
from mit.verify.presentation import ShownNumber, ShownQr, Unreadable, read_text
from tests.support.trusting import issue

ISSUED = issue()
DIGITS = ISSUED.made.qr_url.rpartition("/")[2]
#: Our own address as it may be set: plain, with a port, and in ways in which nothing can be ours.
OURS = [
    "https://mit.example",
    "http://localhost:8000",
    "https://mit.example/",
    "https://mit.example/deep",
    "HTTPS://MIT.example",
    "mit.example",
    "",
]
FRONTS = ["{}/v/", "{}/v#", "{}/w/", "{}.evil/v/", "{}@evil.example/v/", " {}/v/", "https://evil.example/v/"]
ENDS = ["", "/", "?x", "#y", "\u0e51", "\uff11", "\u00b2", "\n", " ", "9" * 21_000, "a", "/v/1"]


def shown(address: str) -> ShownQr:
    """Return the QR inside *address*, which nobody took apart before."""
    found = read_text(DIGITS)
    assert isinstance(found, ShownQr)
    return ShownQr(found.data, found.envelope, address)


@pytest.mark.parametrize("public_url", OURS)
@pytest.mark.parametrize("front", FRONTS)
def test_the_quick_look_agrees_with_the_rules(public_url: str, front: str) -> None:
    for end in ENDS:
        for digits in (DIGITS, "1", ""):
            address = front.format(public_url) + digits + end
            by_rule = bool(public_url) and read_address(address, public_url).whose is Whose.FOREIGN
            assert is_foreign(shown(address), public_url) is by_rule, address[:80]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=30), st.sampled_from(OURS[:3]))
@example("/v/1\u0660", "https://mit.example")
@example("/v/1\n", "https://mit.example")
def test_whatever_stands_behind_our_host(end: str, public_url: str) -> None:
    for address in (public_url + end, f"{public_url}/v/{end}", f"{public_url}/v/1{end}"):
        by_rule = read_address(address, public_url).whose is Whose.FOREIGN
        assert is_foreign(shown(address), public_url) is by_rule


def test_only_what_came_inside_an_address_can_be_foreign() -> None:
    evil = f"https://evil.example/v/{DIGITS}"
    assert not is_foreign(read_text(DIGITS), OURS[0])
    assert not is_foreign(read_text("nonsense"), OURS[0])
    assert isinstance(read_text("nonsense"), Unreadable)
    assert is_foreign(read_text(evil), OURS[0])
    assert isinstance(read_text(f"https://evil.example/c/{ISSUED.number}"), ShownNumber)
    assert is_foreign(read_text(f"https://evil.example/c/{ISSUED.number}"), OURS[0])
    notices = address_notices(read_text(evil), OURS[0])
    assert [notice.code for notice in notices] == ["foreign_host"]
    assert dict(notices[0].params) == {"address": "https://evil.example", "genuine": OURS[0]}
    assert address_notices(read_text(f"{OURS[0]}/v/{DIGITS}"), OURS[0]) == ()
