"""Every small change to a QR, and every large one that a forger would try first.

A variant is ``(kind, digits)``.  The generators change what is shown, never what is trusted; what
a verifier makes of keys outside their span is for the verifier's own tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mit.credential import cose, qr_text
from mit.credential.signatures import ORDER, Signer

Variant = tuple[str, str]
_SIGNATURE = 64


def qr_variants(digits: str, *, foreign: Signer | None = None) -> Iterator[Variant]:
    """Yield every tampered form of *digits*; none of them equals it."""
    yield from flipped_bits(digits)
    yield from swapped_digits(digits)
    yield from exchanged_neighbours(digits)
    yield from truncations(digits)
    yield from additions(digits)
    yield twin(digits)
    yield from other_key_ids(digits)
    if foreign is not None:
        yield signed_by_another(digits, foreign)


def flipped_bits(digits: str) -> Iterator[Variant]:
    """Yield the envelope with each of its bits turned."""
    data = qr_text.from_digits(digits)
    number = int.from_bytes(data, "big")
    for at in range(8 * len(data)):
        yield "bit", str(number ^ (1 << at))


def swapped_digits(digits: str) -> Iterator[Variant]:
    """Yield *digits* with each digit replaced by each of the nine others."""
    for at, digit in enumerate(digits):
        head, tail = digits[:at], digits[at + 1 :]
        for other in "0123456789":
            if other != digit:
                yield "digit", f"{head}{other}{tail}"


def exchanged_neighbours(digits: str) -> Iterator[Variant]:
    """Yield *digits* with each two unlike neighbours in each other's place, as typing errors do."""
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1]:
            yield "neighbours", f"{digits[:at]}{digits[at + 1]}{digits[at]}{digits[at + 2 :]}"


def truncations(digits: str) -> Iterator[Variant]:
    """Yield every prefix and suffix of the digits, and the envelope cut at every byte."""
    for length in range(len(digits)):
        yield "cut short", digits[:length]
        yield "cut in front", digits[len(digits) - length :] if length else ""
    data = qr_text.from_digits(digits)
    for length in range(1, len(data)):
        yield "cut bytes", str(int.from_bytes(data[:length], "big"))


def additions(digits: str) -> Iterator[Variant]:
    """Yield the digits with more of them, and other signs a lenient reader would skip."""
    for digit in "0123456789":
        yield "appended digit", digits + digit
        yield "digit in front", digit + digits
    for sign in ("+", "-", " ", "_", "\n", "٣", "３", "๓", ".0", "e0"):
        yield "other sign", digits + sign
        yield "other sign", sign + digits
        yield "other sign", f"{digits[:9]}{sign}{digits[9:]}"
    data = qr_text.from_digits(digits)
    for more in (b"\x00", b"\xa0", b"\xf6", data):
        yield "appended bytes", str(int.from_bytes(data + more, "big"))


def twin(digits: str) -> Variant:
    """Return the envelope with the signature (r, n − s), which satisfies the same equation."""
    data = qr_text.from_digits(digits)
    s = int.from_bytes(data[-32:], "big")
    return "twin", str(int.from_bytes(data[:-32] + (ORDER - s).to_bytes(32, "big"), "big"))


def other_key_ids(digits: str, kids: Iterable[int] = (0, 2, 3, 255, 256, 65_534)) -> Iterator[Variant]:
    """Yield the envelope under other key ids, its signature as it was."""
    data = bytearray(qr_text.from_digits(digits))
    was = bytes(data[8:10])
    for kid in kids:
        data[8:10] = kid.to_bytes(2, "big")
        if bytes(data[8:10]) != was:
            yield "key id", str(int.from_bytes(data, "big"))


def signed_by_another(digits: str, foreign: Signer) -> Variant:
    """Return the same claims under the same key id, signed by a key that nobody published."""
    envelope = cose.open_envelope(qr_text.from_digits(digits))
    signature = foreign.sign(cose.to_be_signed(envelope.kid, envelope.payload))
    return "foreign key", qr_text.to_digits(cose.assemble(envelope.kid, envelope.payload, signature))


def token_variants(token: str) -> Iterator[Variant]:
    """Yield a token with each character of header and signature changed, and its usual forgeries."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    head, payload, signature = token.split(".")
    for at, sign in enumerate(head):
        for step in (1, 2, 4, 8, 16, 32):
            other = alphabet[alphabet.index(sign) ^ step]
            yield "header", f"{head[:at]}{other}{head[at + 1 :]}.{payload}.{signature}"
    for at, sign in enumerate(signature):
        for step in (1, 2, 4, 8, 16, 32):
            other = alphabet[alphabet.index(sign) ^ step]
            yield "signature", f"{head}.{payload}.{signature[:at]}{other}{signature[at + 1 :]}"
    for at in range(0, len(payload), max(1, len(payload) // 997)):
        other = alphabet[alphabet.index(payload[at]) ^ 1]
        yield "payload", f"{head}.{payload[:at]}{other}{payload[at + 1 :]}.{signature}"
    for length in range(0, len(token), max(1, len(token) // 499)):
        yield "cut short", token[:length]
    for more in ("=", "==", "A", ".", "\n", " "):
        yield "appended", token + more
        yield "in front", more + token
        yield "padded", f"{head}{more}.{payload}.{signature}"
