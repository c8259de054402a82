"""What a verifier holds or is sent beside: lists, trust files, batches, coverage, opened sheets."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2

from mit.credential import base64url, canonical_json, jose, public_keys, status_cwt, vc
from mit.credential.coverage_answer import report_coverage
from mit.credential.coverage_file import read_coverage
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.token_list import build_token_list
from mit.verify import published_lists, trust_file
from mit.verify.batch_list import bidder_of, given_as, read_list
from mit.verify.coverage import coverage_lines
from mit.verify.opened_sheet import read_opening
from mit.verify.presentation import read_text
from mit.verify.published_lists import HISTORY_TYP, with_lists
from mit.verify.trust_file import read_trust_file
from tests.support.committed import committed_claims, opening_document
from tests.support.coverages import BOARD, BOLT, CABLE, CEMENT, FREEZER, VALVE, WIRE
from tests.support.fuzzing.mutating import changed_bytes, changed_text, changed_tree
from tests.support.fuzzing.presented import CAST, KNOWING, signed_token, spelled
from tests.support.fuzzing.target import WRONG, Target
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import NOW, changes, listed, record, signed_list, signer, trusted

SLOT = CAST[0].claims.slot
TRUST = replace(KNOWING[1], lists={SLOT.list_number: listed(SLOT.list_number, history={3: changes()})})


def _cwt(payload: bytes) -> bytes:
    kid = signer().public_key.kid
    return status_cwt.assemble(kid, payload, signer().sign(status_cwt.to_be_signed(kid, payload)))


CLAIMS = build_token_list(
    slot_values({INVALID: [SLOT.index], SUSPENDED: [7]}), SLOT.list_number, public_url=PUBLIC_URL, now=NOW
)
_HISTORY = published_lists.history_document(
    SLOT.list_number, {SLOT.index: changes((NOW.date(), "suspended")), 3: changes()}, now=NOW
)
_SIGNED = published_lists.history_signing_input(_HISTORY, signer().public_key)
HISTORY = jose.assemble(_SIGNED, signer().sign(_SIGNED))
BITS = signed_list("revocation", SLOT.list_number, [3, SLOT.index])
PIECES = [_cwt(CLAIMS), HISTORY.encode(), BITS.encode()]
#: What a list may hold that is larger than it looks, or no list at all.
_PACKED = (
    zlib.compress(bytes(40_000_000), 9),
    zlib.compress(bytes(16_384)),
    zlib.compress(bytes(32_768)) + b"more",
    zlib.compress(bytes(32_768))[:-3],
    b"",
)
_ENCODED = tuple(
    "u" + base64url.encode(gzip.compress(bytes(size))) for size in (0, 100, 16_383, 16_385, 40_000_000)
)


# --- status lists


def unsigned_list(chance: random.Random) -> bytes:
    """Return a published piece of which a byte is another."""
    return changed_bytes(chance.choice(PIECES), chance)


def read_unsigned_list(piece: bytes) -> str:
    """Put a piece beside a trust file; one that is taken has to be one that was published."""
    with_lists(TRUST, {"piece": piece})
    return f"{'' if piece in PIECES or piece.strip() in PIECES else WRONG}taken"


def signed_piece(chance: random.Random) -> bytes | None:
    """Return a list or a history of which a member is another, signed with a key that we trust."""
    way = chance.randrange(3)
    if way == 0:
        return _signed_cwt(chance)
    text, typ = (HISTORY, HISTORY_TYP) if way == 1 else (BITS, vc.TYP)
    payload = base64url.decode(text.split(".")[1])
    if way == 2 and chance.random() < 0.25:
        document = json.loads(payload)
        document["credentialSubject"]["encodedList"] = chance.choice(_ENCODED)
        payload = canonical_json.write(document)
    token = signed_token(payload, {"typ": typ}, chance)
    return token.encode() if token else None


def _signed_cwt(chance: random.Random) -> bytes | None:
    members: Any = cbor2.loads(CLAIMS)
    if chance.random() < 0.3:
        members[65533]["lst"] = chance.choice(_PACKED)
    try:
        payload = cbor2.dumps(changed_tree(members, chance), canonical=chance.random() < 0.95)
    except (ValueError, TypeError, OverflowError):
        return None
    return _cwt(changed_bytes(payload, chance) if chance.random() < 0.1 else payload)


def read_signed_piece(piece: bytes) -> str:
    """Put a signed piece beside a trust file and look up a slot in what it says."""
    trust = with_lists(TRUST, {"piece": piece, "other": PIECES[2]})
    for number, held in trust.lists.items():
        held.revocation.is_set(SLOT.index)
        assert number == held.revocation.list_number
        trust.status_of("", SLOT, CAST[0].claims.issued_on)
    return "taken"


# --- trust files

DOCUMENT = trust_file.trust_document(
    [trusted(signer()), trusted(signer(2))],
    [record(one) for one in CAST[:3]],
    lists=[BITS, signed_list("suspension", SLOT.list_number, [7]), HISTORY],
    public_url=PUBLIC_URL,
    now=NOW,
    is_complete=True,
)


def _sealed(document: Any, chance: random.Random | None = None) -> bytes:
    by = signer()
    payload = canonical_json.write(document) if chance is None else spelled(document, chance)
    signed = jose.signing_input(jose.header(by.public_key, typ=trust_file.TYP), payload)
    head, signature = signed.decode().partition(".")[0], base64url.encode(by.sign(signed))
    return b'{"signature":"%s..%s","trust":%s}\n' % (head.encode(), signature.encode(), payload)


FILE = _sealed(DOCUMENT)


def unsigned_trust(chance: random.Random) -> bytes:
    """Return a trust file of which a byte is another."""
    return changed_bytes(FILE, chance)


def read_unsigned_trust(data: bytes) -> str:
    """Read a trust file; one that is taken has to be the one that was exported."""
    read_trust_file(data)
    return "taken" if data.strip(b"\n") == FILE.strip(b"\n") else f"{WRONG}taken"


def signed_trust(chance: random.Random) -> bytes:
    """Return a trust file of which a member is another, signed with the key that it lists."""
    return _sealed(changed_tree(DOCUMENT, chance), chance)


def read_signed_trust(data: bytes) -> str:
    """Read a signed trust file; a pinned key that did not sign it is never the signer."""
    thumbprint = signer().public_key.thumbprint
    found = read_trust_file(data, pinned=thumbprint)
    return "taken" if found.signed_by.public.thumbprint == thumbprint else f"{WRONG}signer"


def changed_key(chance: random.Random) -> object:
    """Return a JSON Web Key of which a member is another."""
    return changed_tree(signer().public_key.jwk(), chance)


def read_key(document: object) -> str:
    """Read a key; one that is taken names itself."""
    key = public_keys.public_key_from_jwk(document)
    return "taken" if isinstance(document, dict) and key.thumbprint == document["kid"] else f"{WRONG}name"


# --- lists of a batch

_LINES = (
    "บริษัท ก จำกัด\tMIT-2569-0004001-X\tST-0001/22kV",
    "Bidder A; MIT-2569-0004001-X; ST-0001",
    f"{CAST[0].number},{CAST[0].made.qr_url}",
    f'"B, C";"{CAST[0].made.token}";x',
    "ผู้เสนอราคา ข, 2569 0004001, รุ่น 1",
    "A - MIT.pdf",
)


def pasted_list(chance: random.Random) -> str:
    """Return some lines as they may be pasted."""
    return changed_text("\n".join(chance.choices(_LINES, k=chance.randrange(1, 6))), chance)


def read_pasted(text: str) -> str:
    """Read a list and every line of it; no line is lost and none is made up."""
    entries = read_list(text)
    for entry in entries:
        read_text(entry.text)
        given_as(entry.text)
        bidder_of(entry.text)
    is_whole = len(entries) == sum(bool(line.strip()) for line in text.splitlines())
    return f"{'' if is_whole else WRONG}{len(entries)} lines"


# --- coverage

COVERAGE = [product.coverage.to_document() for one in CAST[:3] for product in one.claims.products]
RANGED = [entry.to_document() for entry in (WIRE, BOLT, BOARD, CABLE, FREEZER, CEMENT, VALVE)]


_NO_COVERAGE = (
    *(b"\xff\xfe", b"[" * 100_000, b"[NaN]", b"[1e999]", b'[{"hs_code":"1","hs_code":"2"}]', b"{}", b"[]"),
    *(b"[" + b"9" * 5_000 + b"]", b"\xef\xbb\xbf[]", b" " * (4 * 1024 * 1024 + 1)),
)
#: What people write before and behind: whose it is, how much of it, from where to where.
_BESIDE = (
    "ยี่ห้อ SOMCHAI",
    "brand: ACME",
    "รุ่น",
    "model X-99",
    "±5%",
    "ไม่น้อยกว่า",
    "10-20 mm",
    "1,5 มม.",
    "3 x 2.5 sq.mm",
)


def asked_coverage(chance: random.Random) -> tuple[bytes, str]:
    """Return a file of coverage and a question, one of them changed or both."""
    entries: list[Any] = chance.choice((COVERAGE, RANGED))
    entry = chance.choice(entries)
    named = [entry["brand"], *entry["models"], entry["hs_code"], entry["product_th"], entry["product_en"]]
    spans = [f"{span['property']} {span['from'] or 1} {span['unit']}" for span in entry["ranges"]]
    text = " ".join(chance.sample([*named, *spans], k=chance.choice((1, 1, 2, 3))))
    if chance.random() < 0.4:
        text = f"{text} {chance.choice(_BESIDE)}"
    if chance.random() < 0.7:
        text = changed_text(text, chance)
    document = changed_tree(entries, chance) if chance.random() < 0.4 else entries
    data = spelled(document, chance)
    way = chance.random()
    if way < 0.1:
        return changed_bytes(data, chance), text
    return chance.choice(_NO_COVERAGE) if way < 0.12 else data, text


def read_asked(asked: tuple[bytes, str]) -> str:
    """Answer a question about coverage, in both languages."""
    report = report_coverage(read_coverage(asked[0]), asked[1])
    json.dumps(report.to_document())
    for language in ("th", "en"):
        list(coverage_lines(report, language))
    return f"{report.outcome} {report.why}"


# --- opened sheets

OPENING = opening_document(committed_claims())


def changed_opening(chance: random.Random) -> bytes:
    """Return an opened sheet of which a member or a byte is another."""
    data = spelled(changed_tree(OPENING, chance), chance)
    return changed_bytes(data, chance) if chance.random() < 0.1 else data


def read_changed_opening(data: bytes) -> str:
    """Read an opened sheet."""
    return f"{len(read_opening(data).products)} products"


# --- bodies of the batch API


def batch_bodies(post: Callable[[bytes], int]) -> Target:
    """Return the target of JSON bodies, sent by *post*, which returns the status of the answer."""
    members = {
        "on": "2026-11-21",
        "presentations": [CAST[0].number, {"presentation": "x", "bidder": "ก", "model": "m"}],
    }

    def make(chance: random.Random) -> bytes:
        data = spelled(changed_tree(members, chance), chance)
        way = chance.random()
        if way < 0.3:
            return changed_bytes(data, chance)
        return chance.choice((b'{"on":NaN}', b'{"on":1,"on":2}', b"[" * 9_000)) if way < 0.35 else data

    def read(data: bytes) -> str:
        status = post(data)
        return f"{WRONG if status >= 500 else ''}{status}"

    return Target("batch_body", make, read, 5)


def targets() -> list[Target]:
    """Return everything that is held or sent beside, but for the bodies of the batch API."""
    return [
        Target("list_unsigned", unsigned_list, read_unsigned_list, 20),
        Target("list_signed", signed_piece, read_signed_piece, 20),
        Target("trust_unsigned", unsigned_trust, read_unsigned_trust, 10),
        Target("trust_signed", signed_trust, read_signed_trust, 10),
        Target("key", changed_key, read_key, 10),
        Target("batch_list", pasted_list, read_pasted, 20),
        Target("coverage", asked_coverage, read_asked),
        Target("opened_sheet", changed_opening, read_changed_opening, 10),
    ]
