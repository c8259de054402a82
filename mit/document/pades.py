"""Seal a PDF with PAdES B-B (ETSI EN 319 142-1): by pyHanko, and quickly where we made the file.

The seal protects the drawing; the QR code and the credential inside carry their own signature.
The same PDF, key and instant give the same bytes (ECDSA after RFC 6979, document id from the
content), so that printing twice is harmless.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from mit.document.quick_seal import seal_quickly
from mit.document.seal_chain import SealMaterial
from mit.document.seal_cms import DIGEST, SealCms, seal_cms
from mit.document.seal_field import FIELD_NAME
from mit.errors import UnreadableFileError


def seal(pdf: bytes, *, material: SealMaterial, at: datetime) -> bytes:
    """Return *pdf* with a PAdES B-B seal over all of it, dated *at* (aware UTC).

    Raises:
        UnreadableFileError: ``pdf_unreadable`` when *pdf* cannot be sealed.
    """
    signer = seal_cms(material)
    return seal_quickly(pdf, signer, at) or seal_plainly(pdf, signer, at)


def seal_plainly(pdf: bytes, signer: SealCms, at: datetime) -> bytes:
    """Return *pdf*, whoever made it, with a seal over all of it, by pyHanko.

    Raises:
        UnreadableFileError: ``pdf_unreadable``.
    """
    try:
        return _embed(SteadyWriter(io.BytesIO(pdf)), signer, at)
    except PdfError as error:
        raise UnreadableFileError("pdf_unreadable", where="pdf") from error


def _embed(writer: IncrementalPdfFileWriter, signer: SealCms, at: datetime) -> bytes:
    seal_steps, digest = write_seal(writer, at, signer.room_bytes)
    return seal_steps.finish(signer.sign(digest))


@dataclass(frozen=True, slots=True)
class SealSteps:
    """A file that lacks only its signature; pyHanko holds the rest."""

    steps: Any
    output: IO[bytes]

    def finish(self, signature: bytes) -> bytes:
        """Return the whole file with *signature*, a CMS in DER, in its place."""
        self.steps.send(signature)
        self.output.seek(0)
        return self.output.read()


def write_seal(writer: IncrementalPdfFileWriter, at: datetime, room_bytes: int) -> tuple[SealSteps, bytes]:
    """Write everything but the signature; return how to go on, and the digest that is to be signed."""
    steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(FIELD_NAME)).write_cms(FIELD_NAME, writer)
    next(steps)
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * room_bytes
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    digest, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    return SealSteps(steps, output), digest.document_digest


class SteadyWriter(IncrementalPdfFileWriter):
    """Adds the seal and nothing else: no new dates in the description, nothing left to chance.

    pyHanko would set the time of change to now and draw the second half of the document id.
    """

    def _update_meta(self) -> None:
        """Leave the description as the document brought it, information and XMP in step."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        stream = prev.stream
        stream.seek(0)
        digest = hashlib.sha256(stream.read()).digest()[:16]
        first = _raw(prev.trailer["/ID"][0]) if "/ID" in prev.trailer else digest
        return generic.ArrayObject([generic.ByteStringObject(first), generic.ByteStringObject(digest)])


def _raw(identity: generic.PdfObject) -> bytes:
    """Return the bytes of an identifier, which pyHanko takes for text where it could be some."""
    assert isinstance(identity, generic.TextStringObject | generic.ByteStringObject)  # noqa: S101 - by the format
    return bytes(identity.original_bytes)
