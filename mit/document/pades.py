"""Seal a PDF with PAdES B-B (ETSI EN 319 142-1) by pyHanko.

The seal protects the drawing; the QR code and the credential inside carry their own signature.
The same PDF, key and instant give the same bytes (ECDSA after RFC 6979, document id from the
content), so that printing twice is harmless.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from datetime import datetime
from functools import lru_cache

from asn1crypto import x509  # type: ignore[import-untyped]  # has no stubs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mit.document.seal_chain import SealMaterial
from mit.errors import UnreadableFileError

#: Hex digits kept free for the CMS: P-256 with three certificates takes about 2 KB,
#: RSA-3072 about 4.3 KB (formats section 9.8); twice that in hex, and some air.
_RESERVED_HEX_DIGITS = 12_288
_FIELD = "MitSeal"
_DIGEST = "sha256"


def seal(pdf: bytes, *, material: SealMaterial, at: datetime) -> bytes:
    """Return *pdf* with a PAdES B-B seal over all of it, dated *at* (aware UTC).

    Raises:
        UnreadableFileError: ``pdf_unreadable`` when *pdf* cannot be sealed.
    """
    try:
        writer = _SteadyWriter(io.BytesIO(pdf))
        return _embed(writer, _signer(material), at)
    except PdfError as error:
        raise UnreadableFileError("pdf_unreadable", where="pdf") from error


def _embed(writer: IncrementalPdfFileWriter, signer: _KeptKeySigner, at: datetime) -> bytes:
    """Walk through pyHanko's steps: field, signature object, digest of the file, CMS."""
    steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(_FIELD)).write_cms(_FIELD, writer)
    next(steps)
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=_RESERVED_HEX_DIGITS
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    digest, output = steps.send(SigIOSetup(md_algorithm=_DIGEST))
    steps.send(asyncio.run(signer.async_sign(digest.document_digest, _DIGEST, use_pades=True)))
    return bytes(output.getvalue())


@lru_cache(maxsize=4)
def _signer(material: SealMaterial) -> _KeptKeySigner:
    """Return pyHanko's signer for *material*, made once: parsing certificates is not free."""
    certificates = [x509.Certificate.load(each) for each in material.certificates_der()]
    return _KeptKeySigner(material, certificates)


class _KeptKeySigner(Signer):
    """Signs with the key object it was given; pyHanko's own signer loads the key every time."""

    def __init__(self, material: SealMaterial, certificates: list[x509.Certificate]) -> None:
        store = SimpleCertificateStore.from_certs(certificates)  # type: ignore[no-untyped-call]  # pyHanko's
        super().__init__(signing_cert=certificates[0], cert_registry=store, embed_roots=False)
        self._key = material.private_key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        """Return the signature over *data*; the shape is pyHanko's."""
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _SteadyWriter(IncrementalPdfFileWriter):
    """Takes the second half of the document id from the content instead of from chance."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        stream = prev.stream
        stream.seek(0)
        digest = hashlib.sha256(stream.read()).digest()[:16]
        first = prev.trailer["/ID"][0] if "/ID" in prev.trailer else digest
        return generic.ArrayObject([generic.ByteStringObject(bytes(first)), generic.ByteStringObject(digest)])
