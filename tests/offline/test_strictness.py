"""What a trusted key signed and what is refused all the same: by the page's verifier as by the service."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from mit.credential import canonical_json, cose, jose, status_cwt
from mit.credential.signatures import KeySigner
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import trust_file
from mit.verify.trust import TrustedKey
from mit.web.script_words import script_words
from tests.offline.asked import Asked, Questions, answers_of_node
from tests.offline.test_mutants import CLEAN, NOW, TRUST, forged_qr, good_qr
from tests.support.specimens import PUBLIC_URL
from tests.vectors.make_vectors import FOLDER, SECOND, TRUSTED, UNKNOWN

DAY = timedelta(days=1)
IN_USE = KeyDates(active_from_on=date(2026, 1, 1))
GOOD = (FOLDER / "qr" / "one-product-with-its-line.txt").read_text(encoding="utf-8")


def payload() -> bytes:
    """Return what a good QR signs."""
    return cose.open_envelope(good_qr()).payload


def with_longer_heads() -> bytes:
    """Spell the first year, 69 in two bytes, in three: the same number in another spelling."""
    year = b"\x18\x45"
    assert payload().count(year) == 1
    return payload().replace(year, b"\x19\x00\x45")


def out_of_order() -> bytes:
    members: Any = cose.decode(payload())
    return cbor2.dumps(dict(sorted(members.items(), reverse=True)))


def with_a_key_twice() -> bytes:
    return bytes([payload()[0] + 1]) + payload()[1:] + b"\x08\x58\x20" + bytes(32)


def of_no_fixed_length() -> bytes:
    return b"\xbf" + payload()[1:] + b"\xff"


#: Other spellings of the very same claims, or nearly: whoever takes them gives a certificate twins.
SPELLINGS: dict[str, Callable[[], bytes]] = {
    "a longer head": with_longer_heads,
    "keys out of order": out_of_order,
    "a key twice": with_a_key_twice,
    "a map of no fixed length": of_no_fixed_length,
    "a byte behind": lambda: payload() + b"\x00",
    "a tag around": lambda: b"\xc1" + payload(),
    "a list around": lambda: b"\x81" + payload(),
    "cut short": lambda: payload()[:-1],
    "nothing": lambda: b"",
    "a list of lists of lists": lambda: b"\x81" * 1000,
    "a length beyond the end": lambda: b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff",
    "a text that is no UTF-8": lambda: payload().replace(b"\x18\x45", b"\x61\xff"),
}


def test_signed_claims_in_another_spelling_are_unreadable(tmp_path: Path) -> None:
    files = {name: (FOLDER / name).read_bytes() for name in (TRUST, CLEAN)}
    texts = [forged_qr(make()) for make in SPELLINGS.values()]
    asked = [Asked(text, TRUST, NOW, lists=(CLEAN,)) for text in (forged_qr(payload()), *texts)]
    mine = Questions(asked, files, script_words())
    good, *answers = answers_of_node(mine, tmp_path)
    assert good["verdict"] == "VALID"
    for name, answer, service in zip(SPELLINGS, answers, mine.answers_of_the_service()[1:], strict=True):
        assert (answer["verdict"], answer["reasons"]) == ("CANNOT_TELL", ["unreadable"]), name
        assert (service["verdict"], service["reasons"]) == ("CANNOT_TELL", ["unreadable"]), name


# --- lists


def list_claims() -> dict[int, Any]:
    """Return the claims of a clean token list."""
    claims: Any = cose.decode(status_cwt.open_token((FOLDER / CLEAN).read_bytes()).payload)
    return dict(claims)


def of_bytes(packed: bytes, *, behind: bytes = b"", bits: Any = 2) -> dict[int, Any]:
    """Return claims with another list in them."""
    return list_claims() | {65_533: {"bits": bits, "lst": zlib.compress(packed) + behind}}


_WHOLE = bytes(131_072 // 4)
#: Claims of a list, and whether they may be used.
LISTS: dict[str, tuple[dict[int, Any], bool]] = {
    "as it was": (list_claims(), True),
    "made again": (of_bytes(_WHOLE), True),
    "larger": (of_bytes(_WHOLE + bytes(1000)), True),
    "the value 3": (of_bytes(b"\x03" + _WHOLE[1:]), False),
    "the value 3 at the end": (of_bytes(_WHOLE[:-1] + b"\xc0"), False),
    "the values 1 and 2 side by side": (of_bytes(b"\x06" + _WHOLE[1:]), True),
    "a byte short": (of_bytes(_WHOLE[:-1]), False),
    "empty": (of_bytes(b""), False),
    "an odd number of bytes": (of_bytes(_WHOLE + b"\x00"), False),
    "a bomb": (of_bytes(bytes(64 * 131_072 // 4 + 2)), False),
    "one bit for each": (of_bytes(_WHOLE, bits=1), False),
    "true for two": (of_bytes(_WHOLE, bits=True), False),
    "nothing of zlib": (list_claims() | {65_533: {"bits": 2, "lst": b"nothing"}}, False),
    "no list": ({name: value for name, value in list_claims().items() if name != 65_533}, False),
    "no instant": (list_claims() | {6: None}, False),
    "an instant below zero": (list_claims() | {6: -1}, False),
    "an instant beyond all": (list_claims() | {4: 253_402_300_800}, False),
    "another address": (list_claims() | {2: "https://verify.mit.example/status/tokens/2700"}, False),
    "a list number with a zero in front": (list_claims() | {2: f"{PUBLIC_URL}/status/token/02700"}, False),
    "no ttl": (list_claims() | {65_534: "300"}, False),
}


#: Browsers refuse what stands behind a zlib stream, as their standard says; Node 20 passes over it.
IN_BROWSERS_ALONE = {"something behind": (of_bytes(_WHOLE, behind=b"x"), False)}


def about_lists(lists: dict[str, tuple[dict[int, Any], bool]]) -> Questions:
    """Return a question for each of *lists*, signed by a trusted key, beside a good QR."""
    files, kid = {TRUST: (FOLDER / TRUST).read_bytes()}, TRUSTED.public_key.kid
    for name, (claims, _) in lists.items():
        spelled = cose.encode(claims)
        signature = TRUSTED.sign(status_cwt.to_be_signed(kid, spelled))
        files[name] = status_cwt.assemble(kid, spelled, signature)
    return Questions([Asked(GOOD, TRUST, NOW, lists=(name,)) for name in lists], files)


def test_a_signed_list_is_used_whole_or_not_at_all(tmp_path: Path) -> None:
    mine = about_lists(LISTS)
    answers = zip(answers_of_node(mine, tmp_path), mine.answers_of_the_service(), strict=True)
    for (name, (_, is_good)), (answer, service) in zip(LISTS.items(), answers, strict=True):
        assert (answer["verdict"] != "REFUSED") == is_good, name
        assert (answer["verdict"], answer["reasons"]) == (service["verdict"], service["reasons"]), name


# --- trust files


def trust(by: KeySigner, dates: KeyDates = IN_USE, *, more: tuple[TrustedKey, ...] = ()) -> dict[str, Any]:
    """Return a trust document that lists its signer with these dates."""
    keys = [TrustedKey(by.public_key, dates), *more]
    return trust_file.trust_document(keys, [], lists=[], public_url=PUBLIC_URL, now=NOW, is_complete=False)


def signed(document: dict[str, Any], by: KeySigner = TRUSTED, *, typ: str = trust_file.TYP) -> bytes:
    """Return the trust file of a document."""
    text = jose.signing_input(jose.header(by.public_key, typ=typ), canonical_json.write(document))
    return trust_file.assemble(document, text, by.sign(text))


def with_key(**members: Any) -> bytes:
    """Return a signed trust file whose key says something else."""
    document = trust(TRUSTED)
    document["keys"][0]["jwk"] |= members
    return signed(document)


_POINT_NOWHERE = TRUSTED.public_key.jwk()["x"]
_TRUST_FILES: dict[str, tuple[bytes, str]] = {
    "good": (signed(trust(TRUSTED)), ""),
    "signed by a key that it calls stolen": (
        signed(trust(TRUSTED, replace(IN_USE, compromised_from_at=NOW + DAY))),
        "trust_signature",
    ),
    "signed by a key not yet in use": (
        signed(trust(TRUSTED, KeyDates(active_from_on=(NOW + DAY).date()))),
        "trust_signature",
    ),
    "signed by a key that was only planned": (signed(trust(TRUSTED, KeyDates())), "trust_signature"),
    "signed by a key out of use": (
        signed(trust(TRUSTED, replace(IN_USE, verify_only_from_on=NOW.date()))),
        "trust_signature",
    ),
    "signed by a key that it does not list": (signed(trust(SECOND), UNKNOWN), "trust_signature"),
    "signed for another purpose": (signed(trust(TRUSTED), typ="vc+jwt"), "trust_malformed"),
    "a key twice": (
        signed(trust(TRUSTED, more=(TrustedKey(TRUSTED.public_key, IN_USE),))),
        "trust_malformed",
    ),
    "a private key": (with_key(d="AA"), "trust_malformed"),
    "another curve": (with_key(crv="P-384"), "trust_malformed"),
    "another algorithm": (with_key(alg="ES384"), "trust_malformed"),
    "a point that is nowhere": (with_key(y=_POINT_NOWHERE), "trust_malformed"),
    "another thumbprint": (with_key(kid="x" * 43), "trust_malformed"),
    "serial 0": (with_key(mit_kid=0), "trust_malformed"),
    "serial beyond two bytes": (with_key(mit_kid=65_536), "trust_malformed"),
    "another format": (signed(trust(TRUSTED) | {"format": "mit-trust/2"}), "trust_malformed"),
    "no list of lists": (signed(trust(TRUSTED) | {"status_lists": None}), "trust_malformed"),
    "a member of the outer object more": (
        canonical_json.write({"signature": "a..b", "trust": {}, "x": 1}),
        "trust_malformed",
    ),
    "no JSON": (b"no JSON", "trust_malformed"),
    "nothing": (b"", "trust_malformed"),
}


def test_a_trust_file_that_is_no_good_is_refused_with_the_same_code(tmp_path: Path) -> None:
    files = {name: data for name, (data, _) in _TRUST_FILES.items()}
    mine = Questions([Asked(GOOD, name, NOW) for name in files], files)
    answers = zip(answers_of_node(mine, tmp_path), mine.answers_of_the_service(), strict=True)
    for (name, (_, code)), (answer, service) in zip(_TRUST_FILES.items(), answers, strict=True):
        assert answer["reasons"] == service["reasons"] == ([code] if code else ["no_status"]), name
        assert (answer["verdict"] == "REFUSED") == (service["verdict"] == "REFUSED") == bool(code), name


# --- tokens


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ({"alg": "none", "kid": "x", "typ": "vc+jwt"}, "token_algorithm"),
        ({"alg": "HS256", "kid": "x", "typ": "vc+jwt"}, "token_algorithm"),
        ({"alg": "ES256", "kid": "x", "typ": "JWT"}, "token_type"),
        ({"alg": "ES256", "typ": "vc+jwt"}, "token_header"),
        ({"alg": "ES256", "kid": 1, "typ": "vc+jwt"}, "token_header"),
        ({"alg": "ES256", "kid": "x", "typ": "vc+jwt", "jwk": "y"}, "token_header"),
        ({"alg": "ES256", "crit": "b64", "kid": "x", "typ": "vc+jwt"}, "token_header"),
        ({"alg": "ES256", "iss": "i" * 1000, "kid": "x", "typ": "vc+jwt"}, "token_header"),
    ],
)
def test_a_header_of_another_form_is_refused_before_any_key_is_looked_for(
    header: dict[str, Any], hint: str, tmp_path: Path
) -> None:
    text = jose.assemble(jose.signing_input(header, b"{}"), bytes(64))
    mine = Questions([Asked(text, None, NOW)], words=script_words())
    (answer,) = answers_of_node(mine, tmp_path)
    assert [answer] == mine.answers_of_the_service()
    sentence = script_words()["en"]["sentences"][f"errors.{hint}"]
    assert sentence in answer["findings"][0]["detail"]["en"]
