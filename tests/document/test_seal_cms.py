"""The kept parts of a seal: the same bytes as pyHanko's, for every kind of key and chain."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.document.seal_chain import SealMaterial, make_test_chain
from mit.document.seal_cms import plain_cms, seal_cms
from tests.document.test_seal_chain import self_signed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CHAIN = make_test_chain(NOW, common_name="MiT TEST Fixed Seal")
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
MATERIALS = {
    "chain of three": CHAIN,
    "without a chain": SealMaterial(EC_KEY, self_signed(EC_KEY)),
    "RSA": SealMaterial(RSA_KEY, self_signed(RSA_KEY)),
}


def opened(material: SealMaterial, digest: bytes) -> cms.SignedData:
    return cms.ContentInfo.load(seal_cms(material).sign(digest), strict=True)["content"]


@settings(deadline=None, max_examples=25)
@given(digest=st.binary(min_size=32, max_size=32))
def test_the_kept_parts_give_byte_for_byte_what_pyhanko_gives(digest: bytes) -> None:
    assert seal_cms(CHAIN).sign(digest) == plain_cms(CHAIN, digest)


@pytest.mark.parametrize("name", MATERIALS)
def test_so_they_do_for_other_keys_and_chains(name: str) -> None:
    material = MATERIALS[name]
    digest = hashlib.sha256(name.encode()).digest()
    assert seal_cms(material).sign(digest) == plain_cms(material, digest)


@pytest.mark.parametrize("name", MATERIALS)
def test_the_signature_is_over_the_attributes_with_the_digest(name: str) -> None:
    material = MATERIALS[name]
    digest = hashlib.sha256(b"page").digest()
    (signer,) = opened(material, digest)["signer_infos"]
    attributes = {each["type"].native: each["values"][0] for each in signer["signed_attrs"]}
    assert attributes["message_digest"].native == digest
    assert attributes["content_type"].native == "data"
    signed = b"\x31" + signer["signed_attrs"].dump()[1:]
    signature = signer["signature"].native
    public = material.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))


def test_the_signing_certificate_is_named_by_its_sha256() -> None:
    (signer,) = opened(CHAIN, bytes(32))["signer_infos"]
    attributes = {each["type"].native: each["values"][0] for each in signer["signed_attrs"]}
    (named,) = attributes["signing_certificate_v2"]["certs"]
    assert named["cert_hash"].native.hex() == CHAIN.sha256


def test_seal_and_issuing_certificate_travel_with_the_seal_but_the_root_does_not() -> None:
    held = {each.chosen.sha256.hex() for each in opened(CHAIN, bytes(32))["certificates"]}
    names = [each.fingerprint(hashes.SHA256()).hex() for each in CHAIN.certificates]
    assert held == set(names[:2])


def test_the_kept_parts_are_made_once_for_each_material() -> None:
    assert seal_cms(CHAIN) is seal_cms(CHAIN)
    assert seal_cms(CHAIN) is not seal_cms(MATERIALS["without a chain"])


@pytest.mark.parametrize("name", MATERIALS)
def test_every_seal_fits_the_room_that_is_kept_for_it(name: str) -> None:
    parts = seal_cms(MATERIALS[name])
    sizes = [len(parts.sign(bytes([number]) * 32)) for number in range(60)]
    assert max(sizes) <= parts.room_bytes <= max(sizes) + 64


def test_no_key_is_in_the_repr() -> None:
    assert "key" not in repr(seal_cms(CHAIN))
