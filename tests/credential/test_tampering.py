"""The tamper matrix: twenty certificates, every bit, every digit, every truncation, the twin, keys."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from mit.credential import cose, jose, qr_text, vc
from mit.credential.public_keys import PublicKey
from mit.credential.signatures import KeySigner, throwaway_signer
from mit.errors import UnknownPresentationError
from tests.support.qr_readers import lenient, strict
from tests.support.specimens import Cast, digits_of, twenty_certificates
from tests.support.tampering import qr_variants, token_variants

KID = 7
NEIGHBOURS = (2, 3, 255)
#: The issue asks for as many variants in all.
LEAST_VARIANTS = 180_000


@pytest.fixture(scope="module")
def signer() -> KeySigner:
    return KeySigner(ec.generate_private_key(ec.SECP256R1()), KID, demo=False)


@pytest.fixture(scope="module")
def trusted(signer: KeySigner) -> dict[int, PublicKey]:
    """Return the published keys: the signer's, and some that signed nothing here."""
    others = {
        kid: KeySigner(ec.generate_private_key(ec.SECP256R1()), kid, demo=False).public_key
        for kid in NEIGHBOURS
    }
    return {KID: signer.public_key, **others}


@pytest.fixture(scope="module")
def cast(signer: KeySigner) -> list[Cast]:
    return twenty_certificates(signer)


def accepted_by(
    read: Callable[[str, dict[int, PublicKey]], object], cast: list[Cast], trusted: dict[int, PublicKey]
) -> tuple[Counter[str], Counter[str]]:
    """Return how many variants there were of each kind, and how many were accepted."""
    foreign = throwaway_signer()
    tried: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for one in cast:
        for kind, digits in qr_variants(digits_of(one.made), foreign=foreign):
            tried[kind] += 1
            if not isinstance(read(digits, trusted), str):
                taken[kind] += 1
    return tried, taken


def test_the_untouched_certificates_are_read(cast: list[Cast], trusted: dict[int, PublicKey]) -> None:
    for one in cast:
        assert strict(digits_of(one.made), trusted) == one.made.qr


def test_no_tampered_qr_is_accepted_and_nothing_escapes(
    cast: list[Cast], trusted: dict[int, PublicKey]
) -> None:
    tried, taken = accepted_by(strict, cast, trusted)
    assert not taken
    assert tried.total() >= LEAST_VARIANTS, tried


def test_a_lenient_reader_would_let_some_pass(cast: list[Cast], trusted: dict[int, PublicKey]) -> None:
    tried, taken = accepted_by(lenient, cast[:1], trusted)
    assert {"twin", "bit", "digit in front", "appended bytes", "other sign"} <= set(taken), taken
    assert taken.total() < tried.total()


@pytest.mark.parametrize("at", [0, 3, 13])
def test_no_tampered_credential_is_accepted_and_nothing_escapes(
    cast: list[Cast], trusted: dict[int, PublicKey], at: int
) -> None:
    for kind, token in token_variants(cast[at].made.token):
        assert not is_genuine(token, trusted[KID]), kind


def is_genuine(token: str, key: PublicKey) -> bool:
    """Say whether the token is read and its signature is good."""
    try:
        return jose.verify(jose.parse(token, typ=vc.TYP), key)
    except UnknownPresentationError:
        return False


def test_lenient_base64url_would_let_a_token_pass(cast: list[Cast], trusted: dict[int, PublicKey]) -> None:
    def lenient_signature(token: str) -> bytes:
        part = token.rsplit(".", 1)[1]
        return base64.urlsafe_b64decode(part + "==")

    token = cast[0].made.token
    genuine = lenient_signature(token)
    twins = [
        other
        for kind, other in token_variants(token)
        if kind == "signature" and lenient_signature(other) == genuine
    ]
    assert twins, "the control must find a second spelling of the same signature"
    assert not any(is_genuine(other, trusted[KID]) for other in twins)


def test_a_signature_for_another_purpose_is_not_taken_for_the_qr(signer: KeySigner) -> None:
    payload = qr_text.encode_claims(twenty_certificates(signer)[0].made.qr)
    for signed in (payload, cose.to_be_signed(KID, payload).replace(b"MIT-QR-v1", b"MIT-QR-v2")):
        envelope = cose.Envelope(KID, payload, signer.sign(signed))
        assert not cose.verify(envelope, signer.public_key)
