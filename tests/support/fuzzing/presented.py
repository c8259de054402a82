"""What is shown to a verifier: QR codes, credentials, files; unsigned, or signed with a test key."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2
import qrcode

from mit.credential import base64url, canonical_json, cose, jose, qr_text, statement, vc
from mit.sandbox import child
from mit.verify import opening
from mit.verify.judge import Question, judge, judge_received
from mit.verify.presentation import ShownCredential, ShownFile, ShownNumber, ShownQr, read_file, read_text
from mit.verify.received_file import read_received
from mit.verify.verdict import Answer, Verdict
from mit.verify.verdict_json import verdict_json
from tests.support import specimens
from tests.support.committed import committed_claims
from tests.support.files import pdf_of
from tests.support.fuzzing.mutating import changed_bytes, changed_text, changed_tree
from tests.support.fuzzing.target import WRONG, Target
from tests.support.trusting import NOW, issue, offline, record, register, signer

PRODUCTS = (1, 3, 12, 40)
CAST = [issue(specimens.claims(count, running=4_000 + count)) for count in PRODUCTS]
CAST.append(issue(specimens.natural_person(specimens.claims(2, running=4_100))))
CAST.append(issue(committed_claims()))
CAST.append(issue(replace(specimens.claims(1, running=4_200), products=(specimens.product(1, ranges=True),))))
GENUINE = {text for one in CAST for text in (one.made.token, qr_text.digits_in(one.made.qr_url))}
KNOWING = [register(*(record(one) for one in CAST)), offline(*(record(one) for one in CAST))]
QUESTIONS = [Question(NOW), Question(NOW, None, "ST-0001/22kV"), Question(NOW, specimens.ISSUED_ON)]

Reader = Callable[[str], object]


def judged(text: str) -> Verdict:
    """Judge a text by a register and by a trust file, and spell both answers; return the first."""
    shown = read_text(text)
    verdicts = [judge(shown, trust, question) for trust in KNOWING for question in QUESTIONS[:2]]
    for verdict in verdicts:
        json.loads(verdict_json(verdict))
    return verdicts[0]


def told(verdict: Verdict) -> str:
    """Return the answer with its leading reason."""
    return f"{verdict.answer} {verdict.leading_reason}"


# --- QR codes


def unsigned_qr(chance: random.Random) -> str:
    """Return a QR's text of which a digit, a byte or a sign is another."""
    text = chance.choice(CAST).made.qr_url
    digits = qr_text.digits_in(text)
    if chance.random() < 0.5:
        data = changed_bytes(qr_text.from_digits(digits), chance) or b"\x01"
        digits = str(int.from_bytes(data, "big"))
        return chance.choice((digits, f"https://verify.mit.example/v/{digits}", f"/v#{digits}?x=1"))
    return changed_text(chance.choice((text, digits)), chance)


def read_unsigned_qr(text: str) -> str:
    """Judge a text; one that shows a certificate has to be, digit by digit, one that was issued."""
    verdict = judged(text)
    shown = read_text(text)
    if verdict.certificate is None or not isinstance(shown, ShownQr):
        return told(verdict)
    is_genuine = str(int.from_bytes(shown.data, "big")) in GENUINE
    return f"{'' if is_genuine else WRONG}{told(verdict)}"


def signed_qr(chance: random.Random) -> str | None:
    """Return the digits of claims of which something is another, signed with a key that we trust."""
    payload = cose.open_envelope(
        qr_text.from_digits(qr_text.digits_in(chance.choice(CAST).made.qr_url))
    ).payload
    if chance.random() < 0.15:
        payload = changed_bytes(payload, chance)
    else:
        members = changed_tree(cbor2.loads(payload), chance)
        try:
            payload = cbor2.dumps(members, canonical=chance.random() < 0.95)
        except (ValueError, TypeError, OverflowError):
            return None
    if len(payload) > cose.LARGEST_PAYLOAD_BYTES or len(payload) > 370:
        return None
    return specimens.signed_digits(payload, signer())


def read_signed_qr(digits: str) -> str:
    """Judge signed claims; what was read of them has to be spelled again as it was."""
    envelope = cose.open_envelope(qr_text.from_digits(digits))
    try:
        claims = qr_text.decode_claims(envelope.payload)
    finally:
        verdict = judged(digits)
    if qr_text.encode_claims(claims) != envelope.payload:
        return f"{WRONG}spelled in two ways"
    return told(verdict)


def typed(chance: random.Random) -> str:
    """Return a number or a page's address as somebody may type it."""
    number = chance.choice(CAST).number
    text = chance.choice(
        (number, number.lower(), f"https://verify.mit.example/c/{number}", f"/c/{number}.jwt")
    )
    return changed_text(text, chance) if chance.random() < 0.9 else text


def read_typed(text: str) -> str:
    """Judge what was typed; what is shown has to be the number that stands there, read by people."""
    verdict = judged(text)
    shown = read_text(text)
    if verdict.certificate is None:
        return told(verdict)
    is_same = isinstance(shown, ShownNumber) and shown.number == verdict.certificate.number
    return f"{'' if is_same else WRONG}{told(verdict)}"


def accepting(read: Reader) -> Callable[[str], str]:
    """Return how another reader of QR digits is tried: the control of this campaign."""

    def tried(text: str) -> str:
        found = read(text)
        return found if isinstance(found, str) else f"{'' if text in GENUINE else WRONG}accepted"

    return tried


# --- credentials


def unsigned_credential(chance: random.Random) -> str:
    """Return a credential of which a sign, a byte of its payload or its signature is another."""
    text = chance.choice(CAST).made.token
    head, payload, signature = text.split(".")
    way = chance.randrange(4)
    if way == 0:
        return changed_text(text, chance)
    if way == 1:
        payload = base64url.encode(changed_bytes(base64url.decode(payload), chance))
    elif way == 2:
        signature = base64url.encode(changed_bytes(base64url.decode(signature), chance))
    else:
        head = base64url.encode(changed_bytes(base64url.decode(head), chance))
    return f"{head}.{payload}.{signature}"


def read_unsigned_credential(text: str) -> str:
    """Judge a text; one that shows a certificate has to be, letter by letter, one that was issued."""
    verdict = judged(text)
    is_wrong = verdict.certificate is not None and text.strip() not in GENUINE
    return f"{WRONG if is_wrong and isinstance(read_text(text), ShownCredential) else ''}{told(verdict)}"


def signed_credential(chance: random.Random) -> str | None:
    """Return a credential of which a member is another, signed with a key that we trust."""
    payload = base64url.decode(chance.choice((*CAST[:2], *CAST[4:])).made.token.split(".")[1])
    return signed_token(payload, {"typ": vc.TYP, "cty": "vc"}, chance)


def signed_token(payload: bytes, header: dict[str, str], chance: random.Random) -> str | None:
    """Return a token of a payload of which something is another, signed with a key that we trust."""
    by = signer()
    protected: Any = jose.header(by.public_key, **header)
    if chance.random() < 0.05:
        protected = changed_tree(protected, chance)
    if chance.random() < 0.1:
        payload = changed_bytes(payload, chance)
    else:
        payload = spelled(changed_tree(json.loads(payload), chance), chance)
    head = base64url.encode(spelled(protected, chance))
    signed = f"{head}.{base64url.encode(payload)}".encode()
    return jose.assemble(signed, by.sign(signed))


def spelled(document: Any, chance: random.Random) -> bytes:
    """Return a document as JSON: in the one spelling mostly, where it has that."""
    document = _plain(document)
    try:
        return canonical_json.write(document)
    except Exception:  # noqa: BLE001 - it has none: whatever the strict writer says, send it nevertheless
        return json.dumps(document, default=str, sort_keys=chance.random() < 0.5).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """Return the same without what JSON has not: bytes, and names that are no text."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def read_signed_credential(text: str) -> str:
    """Judge a signed credential and read what it states; what it shows has to be what it says."""
    verdict = judged(text)
    shown = read_text(text)
    if isinstance(shown, ShownCredential):
        vc.read_credential(shown.token.payload)
        statement.read_statements(shown.token.payload)
    return told(verdict)


# --- files


def _pictures() -> list[bytes]:
    found = []
    for kind in ("PNG", "JPEG"):
        stream = io.BytesIO()
        qrcode.make(CAST[0].made.qr_url, box_size=3).convert("L").save(stream, kind)
        found.append(stream.getvalue())
    return found


class Files:
    """Files that were issued, drawn once, and their mutants."""

    def __init__(self) -> None:
        self._pdf = pdf_of(CAST[0])
        self._seeds = [self._pdf, *_pictures(), CAST[0].made.token.encode(), CAST[0].made.qr_url.encode()]
        self._found: Any = child.run("pdf", self._pdf)
        self._found["drawn"] = child.run("drawn_pdf", self._pdf)

    def make(self, chance: random.Random) -> bytes:
        """Return a file with some bytes changed; of a PDF often those of an object's own text."""
        data = chance.choice(self._seeds)
        for _ in range(chance.choice((1, 1, 4, 20))):
            data = changed_bytes(data, chance)
        return data

    def read(self, data: bytes) -> str:
        """Judge a file as the service does, its readers in their own processes."""
        shown = read_file(data, name="file.pdf" if data[:1] == b"%" else "")
        verdict = judge(shown, KNOWING[0], QUESTIONS[0])
        json.loads(verdict_json(verdict))
        is_wrong = isinstance(shown, ShownFile) and verdict.answer is Answer.VALID and data != self._pdf
        return f"{WRONG if is_wrong else ''}{told(verdict)}"

    def make_opened(self, chance: random.Random) -> object:
        """Return what a reader's process found in a PDF, something of it changed: it may be anything."""
        return changed_tree(self._found, chance)

    def read_opened(self, found: object) -> str:
        """Judge what was found; without the file itself nothing is ever valid."""
        verdicts = [judge_received(read_received(found), trust, QUESTIONS[0]) for trust in KNOWING]
        for verdict in verdicts:
            json.loads(verdict_json(verdict))
        return f"{WRONG if verdicts[0].answer is Answer.VALID else ''}{told(verdicts[1])}"


def forget() -> None:
    """Forget what was found good: a campaign of an hour would fill the memory with mutants."""
    opening.forget_opened()


def targets() -> list[Target]:
    """Return everything that is shown as a text."""
    return [
        Target("qr_unsigned", unsigned_qr, read_unsigned_qr),
        Target("qr_signed", signed_qr, read_signed_qr),
        Target("typed", typed, read_typed, 20),
        Target("credential_unsigned", unsigned_credential, read_unsigned_credential, 20),
        Target("credential_signed", signed_credential, read_signed_credential, 20),
    ]


def file_targets() -> list[Target]:
    """Return what is shown as a file; files are few, each costs processes of its own."""
    files = Files()
    return [
        Target("opened_file", files.make_opened, files.read_opened, 20),
        Target("file", files.make, files.read, 1),
    ]
