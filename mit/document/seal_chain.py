"""The X.509 side of the PDF seal: key and certificates, and a test chain of our own.

A production installation brings a seal certificate from a Thai certification authority.  Until
then, and for demo and tests, ``make_test_chain`` makes root -> issuing CA -> seal on P-256.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from mit.errors import KeyUnavailableError

SealKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

#: id-kp-documentSigning, RFC 9336.
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_NAME_BYTES = 64
#: What the library raises over keys and certificates that it cannot read, or of a kind it lacks.
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_ROOT_LIFE = timedelta(days=20 * 365)
_ISSUING_LIFE = timedelta(days=10 * 365)
_SEAL_LIFE = timedelta(days=5 * 365)
#: Certificates begin a little earlier than *now*, for clocks that lag.
_EARLIER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SealMaterial:
    """What seals a PDF: the key, its certificate, and the certificates above it, root last."""

    private_key: SealKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Return the seal's certificate and those above it."""
        return (self.certificate, *self.chain)

    def certificates_pem(self) -> bytes:
        """Return all certificates as PEM, the seal's first."""
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.certificates)

    def certificates_der(self) -> tuple[bytes, ...]:
        """Return all certificates as DER, the seal's first."""
        return tuple(each.public_bytes(serialization.Encoding.DER) for each in self.certificates)

    def private_key_der(self) -> bytes:
        """Return the private key as PKCS#8 DER, **not encrypted**: for the keyring alone."""
        return self.private_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the seal's certificate in DER, as hex; what verifiers pin."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the certificate of a seal says of itself: whose it is, by whom, and from when to when (UTC)."""

    subject: str
    issuer: str
    from_at: datetime
    until_at: datetime


def certificate_facts(certificates_pem: str) -> CertificateFacts:
    """Return what the first certificate of a chain in PEM says; it was checked when it was taken in."""
    own = x509.load_pem_x509_certificates(certificates_pem.encode("ascii"))[0]
    return CertificateFacts(
        own.subject.rfc4514_string(),
        own.issuer.rfc4514_string(),
        own.not_valid_before_utc,
        own.not_valid_after_utc,
    )


def material_from_der(private_key: bytes, certificates: Sequence[bytes]) -> SealMaterial:
    """Return the material read from a PKCS#8 key and DER certificates, the seal's first.

    Raises:
        KeyUnavailableError: ``seal_unusable`` when they cannot be read or do not belong together.
    """
    try:
        key = serialization.load_der_private_key(private_key, password=None)
        parsed = tuple(x509.load_der_x509_certificate(each) for each in certificates)
    except _UNREADABLE as error:
        raise KeyUnavailableError("seal_unusable") from error
    return _checked(key, parsed)


def material_from_pem(private_key: bytes, certificates: bytes) -> SealMaterial:
    """Return the material read from an unencrypted PEM key and PEM certificates, the seal's first.

    Raises:
        KeyUnavailableError: ``seal_unusable``.
    """
    try:
        key = serialization.load_pem_private_key(private_key, password=None)
        parsed = tuple(x509.load_pem_x509_certificates(certificates))
    except _UNREADABLE as error:
        raise KeyUnavailableError("seal_unusable") from error
    return _checked(key, parsed)


def roots_from_pem(certificates: bytes) -> tuple[bytes, ...]:
    """Return the certificates that time stamps are believed by, as DER.

    Raises:
        KeyUnavailableError: ``time_stamp_roots_unusable`` where there are none, or they cannot be read.
    """
    try:
        parsed = x509.load_pem_x509_certificates(certificates)
    except _UNREADABLE as error:
        raise KeyUnavailableError("time_stamp_roots_unusable") from error
    return tuple(each.public_bytes(serialization.Encoding.DER) for each in parsed)


def make_test_chain(now: datetime, *, common_name: str) -> SealMaterial:
    """Return a fresh P-256 chain root -> issuing CA -> seal, beginning a day before *now*.

    *common_name* is what a PDF reader shows as the signer; the CAs carry TEST in their names.
    """
    begin = (now - _EARLIER).replace(microsecond=0)
    root, issuing, seal = _party("MiT TEST Root CA"), _party("MiT TEST Issuing CA"), _party(common_name)
    certificates = (
        _seal(seal, issuing, (begin, begin + _SEAL_LIFE)),
        _authority(issuing, root, (begin, begin + _ISSUING_LIFE), path_length=0),
        _authority(root, root, (begin, begin + _ROOT_LIFE), path_length=1),
    )
    return SealMaterial(seal.key, certificates[0], certificates[1:])


def _checked(key: PrivateKeyTypes, certificates: tuple[x509.Certificate, ...]) -> SealMaterial:
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or not certificates:
        raise KeyUnavailableError("seal_unusable")
    try:
        is_pair = certificates[0].public_key() == key.public_key()
    except _UNREADABLE as error:
        raise KeyUnavailableError("seal_unusable") from error
    if not is_pair:
        raise KeyUnavailableError("seal_unusable")
    return SealMaterial(key, certificates[0], certificates[1:])


@dataclass(frozen=True, slots=True)
class _Party:
    """Somebody in the chain: a name and a key."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def _party(common_name: str) -> _Party:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TH"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Made in Thailand (TEST)"),
            x509.NameAttribute(NameOID.COMMON_NAME, _shortened(common_name)),
        ]
    )
    return _Party(name, ec.generate_private_key(ec.SECP256R1()))


def _shortened(name: str) -> str:
    """Return as much of *name* as the 64 bytes of a common name hold (RFC 5280)."""
    return name.encode()[:_NAME_BYTES].decode(errors="ignore")


def _authority(
    party: _Party, issuer: _Party, span: tuple[datetime, datetime], *, path_length: int
) -> x509.Certificate:
    return (
        _builder(party, issuer, span)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )


def _seal(party: _Party, issuer: _Party, span: tuple[datetime, datetime]) -> x509.Certificate:
    return (
        _builder(party, issuer, span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def _builder(party: _Party, issuer: _Party, span: tuple[datetime, datetime]) -> x509.CertificateBuilder:
    above = issuer.key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(party.name)
        .issuer_name(issuer.name)
        .public_key(party.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(party.key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
