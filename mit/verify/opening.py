"""Check 1, the signature, and what it opens: nothing of a presentation is read before it is good.  Pure.

What was once found good is remembered: a known key signed these very bytes, and they say this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mit.credential import base64url, cose, jose, qr_text, vc
from mit.credential.signatures import SIGNATURE_BYTES, is_signed_by
from mit.errors import Fault, InputError
from mit.verify.content import (
    Content,
    content_of_credential,
    content_of_own,
    content_of_qr,
    sha256_hex,
)
from mit.verify.memory import Memory
from mit.verify.presentation import ShownCredential, ShownQr
from mit.verify.trust import Trust, TrustedKey
from mit.verify.verdict import Check, Finding, Outcome

SIGNATURE_OK = Finding(Check.SIGNATURE, Outcome.PASS, "ok")
#: What a key of ours said in bytes that cannot change; nothing here depends on time.
_opened: Memory[tuple[bytes | str, str], Content] = Memory(96 * 1024 * 1024)


class Opened(NamedTuple):
    """A presentation after its signature was looked at; ``content`` only where that is good."""

    finding: Finding
    key: TrustedKey | None = None
    content: Content | None = None


def open_qr(shown: ShownQr, trust: Trust) -> Opened:
    """Check the signature of a QR and, only where it is good, read its claims."""
    checked = _checked_qr(shown, trust)
    opened = _with_claims(shown, checked)
    if opened is not checked and opened.key is not None and opened.content is not None:
        place = (shown.data, opened.key.public.thumbprint)
        _opened.keep(place, opened.content, weight_bytes=opened.content.weight_bytes)
    return opened


def open_qrs(many: Sequence[ShownQr], trust: Trust) -> list[Opened]:
    """Open each as ``open_qr`` does, all signatures before all claims.

    A processor that changes from one work to the other for each code is a tenth slower at both.  Nothing is
    remembered: a long list is shown once, and would push out what many ask.
    """
    checked = [_checked_qr(shown, trust) for shown in many]
    return [_with_claims(shown, one) for shown, one in zip(many, checked, strict=True)]


def _checked_qr(shown: ShownQr, trust: Trust) -> Opened:
    """Return a QR after its signature was looked at; what it says only where that was read before."""
    key = trust.keys.get(shown.envelope.kid)
    if key is None:
        return _UNKNOWN_KEY
    content = _opened.get((shown.data, key.public.thumbprint))
    if content is None and not cose.verify(shown.envelope, key.public):
        return _bad_signature(key)
    return Opened(SIGNATURE_OK, key, content)


def _with_claims(shown: ShownQr, checked: Opened) -> Opened:
    """Return *checked* with what the QR says, where its signature is good."""
    key = checked.key
    if key is None or checked.content is not None or checked.finding is not SIGNATURE_OK:
        return checked
    try:
        content = content_of_qr(qr_text.decode_claims(shown.envelope.payload))
    except InputError as error:
        return _unreadable(error.faults[0], key)
    return Opened(SIGNATURE_OK, key, content)


def open_credential(shown: ShownCredential, trust: Trust) -> Opened:
    """Check the signature of a credential and, only where it is good, read it."""
    key = trust.key_named(shown.token.header["kid"])
    if key is None:
        return _UNKNOWN_KEY
    place = (sha256_hex(shown.text.encode("ascii")), key.public.thumbprint)
    content = _opened.get(place)
    if content is None:
        if not jose.verify(shown.token, key.public):
            return _bad_signature(key)
        try:
            content = content_of_credential(vc.read_credential(shown.token.payload), shown.text)
        except InputError as error:
            return _unreadable(error.faults[0], key)
        _opened.keep(place, content, weight_bytes=content.weight_bytes)
    return Opened(SIGNATURE_OK, key, content)


def open_own(text: str, key: TrustedKey) -> Opened | None:
    """Open a credential out of the register itself, or return None where anything is not as it should be.

    The signature is checked over the very text, as strictly as ever.  What was signed is then read
    without asking again whether it is spelled in the one way, which is half of the work.
    """
    signed, _, signature = text.rpartition(".")
    try:
        fits = _header_kid(signed.partition(".")[0]) == key.public.thumbprint
        if not fits or not is_signed_by(key.public, signed.encode("ascii"), base64url.decode(signature)):
            return None
        content = content_of_own(text)
    except (InputError, ValueError, LookupError, TypeError):
        return None
    place = (content.credential_sha256, key.public.thumbprint)
    return Opened(SIGNATURE_OK, key, _opened.keep(place, content, weight_bytes=content.weight_bytes))


def read_bound(credential: str, content: Content) -> Content:
    """Return what the full credential says whose hash a good signature names; else *content* itself.

    The signature over the hash binds every letter of it, so it is not checked a second time.
    """
    place = (content.credential_sha256, "bound")
    known = _opened.get(place)
    if known is not None:
        return known
    try:
        full = content_of_own(credential)
    except (InputError, ValueError, LookupError, TypeError):
        return content
    if full.credential_sha256 != content.credential_sha256 or full.number != content.number:
        return content
    return _opened.keep(place, full, weight_bytes=full.weight_bytes)


@lru_cache(maxsize=256)
def _header_kid(head: str) -> str:
    """Return the key id in the header of a credential; the header of one key is always the same."""
    return jose.parse(f"{head}.AA.{base64url.encode(bytes(SIGNATURE_BYTES))}", typ=vc.TYP).header["kid"]


def remembered_credential(credential_sha256: str, thumbprint: str) -> Content | None:
    """Return what was read before from the credential of this hash, signed by this key, or None."""
    return _opened.get((credential_sha256, thumbprint))


def forget_opened() -> None:
    """Forget every remembered signature check; for tests and measurements."""
    _opened.clear()


def unreadable(fault: Fault) -> Finding:
    """Return the finding of a presentation that cannot be read, with the reason as a hint."""
    return Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable", hint=fault)


def _bad_signature(key: TrustedKey) -> Opened:
    return Opened(Finding(Check.SIGNATURE, Outcome.FAIL, "bad_signature"), key)


def _unreadable(fault: Fault, key: TrustedKey) -> Opened:
    return Opened(unreadable(fault), key)


_UNKNOWN_KEY = Opened(Finding(Check.SIGNATURE, Outcome.NOT_CHECKED, "unknown_key"))
