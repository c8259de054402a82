"""The signature inside a seal (CMS): made by pyHanko once for each key, re-used with a new digest.

In a B-B seal only the digest of the file and the signature over it differ from one document to
the next; all else, the certificates above all, is constant.  pyHanko makes the whole; what is
constant is kept as DER, and a document costs one signature and five lengths.  The tests hold the
result against pyHanko's own, byte for byte.

Source: RFC 5652 (CMS), ETSI EN 319 122-1 (B-B).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache

from asn1crypto import cms, x509  # type: ignore[import-untyped]  # has no stubs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mit.document.seal_chain import SealKey, SealMaterial

#: The only digest of our seals.
DIGEST = "sha256"
#: Stands for the digest of the file while the constant parts are made.
_MARKER = bytes(range(0xE0, 0x100))
#: An ECDSA signature is shorter at times, and a length may then take a byte less.
_SLACK_BYTES = 32
_SEQUENCE, _SET, _OCTET_STRING, _EXPLICIT_0 = 0x30, 0x31, 0x04, 0xA0


@dataclass(frozen=True, slots=True)
class SealCms:
    """The constant parts of a seal, as DER.

    Attributes:
        content_type: what opens the envelope: the object identifier of signed data.
        data_head: signed data up to the signer.
        signer_head: the signer up to the signed attributes.
        before_digest: signed attributes up to the digest, tagged as they are sent.
        after_digest: signed attributes from behind the digest.
        algorithm: the signature algorithm.
        room_bytes: what a whole CMS takes at most.
    """

    key: SealKey = field(repr=False)
    content_type: bytes
    data_head: bytes
    signer_head: bytes
    before_digest: bytes
    after_digest: bytes
    algorithm: bytes
    room_bytes: int

    def sign(self, digest: bytes) -> bytes:
        """Return the CMS over a file's SHA-256 *digest*."""
        attributes = self.before_digest + digest + self.after_digest
        signature = _signature(self.key, bytes([_SET]) + attributes[1:])
        signer = _wrap(
            _SEQUENCE, self.signer_head + attributes + self.algorithm + _wrap(_OCTET_STRING, signature)
        )
        data = _wrap(_SEQUENCE, self.data_head + _wrap(_SET, signer))
        return _wrap(_SEQUENCE, self.content_type + _wrap(_EXPLICIT_0, data))


@lru_cache(maxsize=4)
def seal_cms(material: SealMaterial) -> SealCms:
    """Return the constant parts of the seals of *material*, made by pyHanko at the first call."""
    sample = plain_cms(material, _MARKER)
    whole = cms.ContentInfo.load(sample)
    data = whole["content"]
    signer = data["signer_infos"][0]
    before, after = signer["signed_attrs"].dump().split(_MARKER)
    return SealCms(
        key=material.private_key,
        content_type=whole["content_type"].dump(),
        data_head=b"".join(
            data[name].dump()
            for name in ("version", "digest_algorithms", "encap_content_info", "certificates")
        ),
        signer_head=b"".join(signer[name].dump() for name in ("version", "sid", "digest_algorithm")),
        before_digest=before,
        after_digest=after,
        algorithm=signer["signature_algorithm"].dump(),
        room_bytes=len(sample) + _SLACK_BYTES,
    )


def plain_cms(material: SealMaterial, digest: bytes) -> bytes:
    """Return the CMS over *digest* as pyHanko alone makes it."""
    signer = PlainSigner(material)
    return bytes(asyncio.run(signer.async_sign(digest, DIGEST, use_pades=True)).dump())


class PlainSigner(Signer):
    """pyHanko's signer over a key object of ours, deterministic for elliptic curves."""

    def __init__(self, material: SealMaterial) -> None:
        certificates = [x509.Certificate.load(each) for each in material.certificates_der()]
        store = SimpleCertificateStore.from_certs(certificates)  # type: ignore[no-untyped-call]  # pyHanko's
        super().__init__(signing_cert=certificates[0], cert_registry=store, embed_roots=False)
        self._key = material.private_key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """Return the signature over *data*; the shape is pyHanko's."""
        return _signature(self._key, data)


def _signature(key: SealKey, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _wrap(tag: int, content: bytes) -> bytes:
    """Return *content* under *tag* with its length, in DER."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
