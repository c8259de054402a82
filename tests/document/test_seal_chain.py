"""The chain of the seal: root, issuing CA, seal; in and out as PEM and DER."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from mit.document.seal_chain import SealMaterial, make_test_chain, material_from_der, material_from_pem
from mit.errors import KeyUnavailableError
from tests.support.require import program

NOW = datetime(2026, 11, 21, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture(scope="module")
def material() -> SealMaterial:
    return make_test_chain(NOW, common_name="MiT TEST Seal")


def names(material: SealMaterial) -> list[str]:
    return [
        str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        for each in material.certificates
    ]


def private_pem(key: object) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined,no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_chain_runs_from_seal_to_root(material: SealMaterial) -> None:
    assert names(material) == ["MiT TEST Seal", "MiT TEST Issuing CA", "MiT TEST Root CA"]
    seal, issuing, root = material.certificates
    seal.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)


def test_every_key_of_the_chain_is_p256_and_a_different_one(material: SealMaterial) -> None:
    keys = [each.public_key() for each in material.certificates]
    assert all(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1" for key in keys)
    assert len({key.public_numbers().x for key in keys}) == 3  # type: ignore[union-attr]


def test_the_authorities_may_sign_certificates_and_the_seal_may_not(material: SealMaterial) -> None:
    lengths = []
    for each in material.certificates:
        basic = each.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = each.extensions.get_extension_for_class(x509.KeyUsage)
        assert basic.critical
        assert usage.critical
        assert basic.value.ca == usage.value.key_cert_sign
        assert basic.value.ca != usage.value.content_commitment
        lengths.append(basic.value.path_length)
    assert lengths == [None, 0, 1]


def test_the_seal_is_for_signing_documents(material: SealMaterial) -> None:
    purposes = material.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [purpose.dotted_string for purpose in purposes] == ["1.3.6.1.5.5.7.3.36"]


def test_the_chain_is_good_at_the_instant_it_was_made_and_for_years(material: SealMaterial) -> None:
    for each in material.certificates:
        assert each.not_valid_before_utc <= NOW - timedelta(hours=23)
        assert each.not_valid_after_utc >= NOW + timedelta(days=4 * 365)
    ends = [each.not_valid_after_utc for each in material.certificates]
    assert ends == sorted(ends)


def test_two_chains_share_nothing() -> None:
    one, two = (make_test_chain(NOW, common_name="Seal") for _ in range(2))
    assert one.sha256 != two.sha256
    assert one.private_key_der() != two.private_key_der()


def test_a_long_name_is_cut_to_what_a_certificate_takes() -> None:
    assert names(make_test_chain(NOW, common_name="ก" * 90))[0] == "ก" * 21
    assert names(make_test_chain(NOW, common_name="a" * 90))[0] == "a" * 64


def test_the_key_is_not_in_the_repr(material: SealMaterial) -> None:
    assert "private" not in repr(material).lower()


def test_the_fingerprint_is_that_of_the_der(material: SealMaterial) -> None:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(material.certificates_der()[0])
    assert material.sha256 == digest.finalize().hex()


def test_der_goes_out_and_in_again(material: SealMaterial) -> None:
    again = material_from_der(material.private_key_der(), material.certificates_der())
    assert again.certificates == material.certificates
    assert again.private_key_der() == material.private_key_der()


def test_pem_goes_out_and_in_again(material: SealMaterial) -> None:
    again = material_from_pem(private_pem(material.private_key), material.certificates_pem())
    assert again.certificates == material.certificates


def test_an_rsa_key_of_another_authority_is_taken_too() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = self_signed(key)
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    again = material_from_der(der, [certificate.public_bytes(serialization.Encoding.DER)])
    assert isinstance(again.private_key, rsa.RSAPrivateKey)
    assert again.chain == ()


def self_signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


@pytest.mark.parametrize(
    "case", ["garbage", "empty", "no certificates", "another's key", "wrong kind of key"]
)
def test_what_does_not_belong_together_is_refused(material: SealMaterial, case: str) -> None:
    other = make_test_chain(NOW, common_name="other")
    edwards = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key, certificates = {
        "garbage": (b"\x30\x03abc", material.certificates_der()),
        "empty": (b"", ()),
        "no certificates": (material.private_key_der(), ()),
        "another's key": (other.private_key_der(), material.certificates_der()),
        "wrong kind of key": (edwards, material.certificates_der()),
    }[case]
    with pytest.raises(KeyUnavailableError) as caught:
        material_from_der(key, certificates)
    assert caught.value.code == "seal_unusable"


@pytest.mark.parametrize(("key", "certificates"), [(b"", b""), (b"-----BEGIN X-----", b"no"), (None, b"")])
def test_pem_that_is_none_is_refused(material: SealMaterial, key: bytes | None, certificates: bytes) -> None:
    given = private_pem(material.private_key) if key is None else key
    with pytest.raises(KeyUnavailableError):
        material_from_pem(given, certificates)


def test_a_key_or_a_certificate_on_a_curve_that_nobody_knows_is_refused(
    material: SealMaterial, tmp_path: Path
) -> None:
    openssl, odd = program("openssl", "openssl"), tmp_path / "odd.pem"
    make = ["ecparam", "-name", "secp112r1", "-genkey", "-noout", "-out", str(odd)]
    subprocess.run([openssl, *make], check=True, capture_output=True)
    sign = ["req", "-new", "-x509", "-key", str(odd), "-subj", "/CN=odd", "-sha256"]
    certificate = subprocess.run([openssl, *sign], check=True, capture_output=True).stdout
    key = subprocess.run(
        [openssl, "pkcs8", "-topk8", "-nocrypt", "-in", str(odd)], check=True, capture_output=True
    ).stdout
    for pair in ((key, material.certificates_pem()), (private_pem(material.private_key), certificate)):
        with pytest.raises(KeyUnavailableError) as caught:
            material_from_pem(*pair)
        assert caught.value.code == "seal_unusable"


def test_a_key_that_asks_for_a_passphrase_is_refused(material: SealMaterial) -> None:
    locked = material.private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a passphrase"),
    )
    with pytest.raises(KeyUnavailableError) as caught:
        material_from_pem(locked, material.certificates_pem())
    assert caught.value.code == "seal_unusable"


def test_the_seal_s_own_certificate_must_come_first(material: SealMaterial) -> None:
    turned = tuple(reversed(material.certificates_der()))
    with pytest.raises(KeyUnavailableError):
        material_from_der(material.private_key_der(), turned)
    alone = material_from_der(material.private_key_der(), material.certificates_der()[:1])
    assert (alone.chain, alone.sha256) == ((), material.sha256)


def test_openssl_verifies_the_chain(material: SealMaterial, tmp_path: Path) -> None:
    openssl = program("openssl", "openssl")
    for name, each in zip(("seal", "issuing", "root"), material.certificates, strict=True):
        (tmp_path / name).write_bytes(each.public_bytes(serialization.Encoding.PEM))
    done = subprocess.run(
        [
            openssl,
            "verify",
            "-attime",
            str(int(NOW.timestamp())),
            "-CAfile",
            "root",
            "-untrusted",
            "issuing",
            "seal",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "seal: OK", done.stderr
