"""Seal a PDF with PAdES B-B (ETSI EN 319 142-1) by pyHanko.

The seal protects the drawing; the QR code and the credential inside carry their own signature.
The same PDF, key and instant give the same bytes (ECDSA after RFC 6979, document id from the
content), so that printing twice is harmless.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from mit.document.seal_chain import SealMaterial
from mit.document.seal_cms import DIGEST, SealCms, seal_cms
from mit.errors import UnreadableFileError

_FIELD = "MitSeal"


def seal(pdf: bytes, *, material: SealMaterial, at: datetime) -> bytes:
    """Return *pdf* with a PAdES B-B seal over all of it, dated *at* (aware UTC).

    Raises:
        UnreadableFileError: ``pdf_unreadable`` when *pdf* cannot be sealed.
    """
    try:
        return _embed(_SteadyWriter(io.BytesIO(pdf)), seal_cms(material), at)
    except PdfError as error:
        raise UnreadableFileError("pdf_unreadable", where="pdf") from error


def _embed(writer: IncrementalPdfFileWriter, signer: SealCms, at: datetime) -> bytes:
    """Walk through pyHanko's steps: field, signature object, digest of the file, CMS."""
    steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(_FIELD)).write_cms(_FIELD, writer)
    next(steps)
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * signer.room_bytes
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    digest, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    steps.send(signer.sign(digest.document_digest))
    return bytes(output.getvalue())


class _SteadyWriter(IncrementalPdfFileWriter):
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
        first = prev.trailer["/ID"][0] if "/ID" in prev.trailer else digest
        return generic.ArrayObject([generic.ByteStringObject(bytes(first)), generic.ByteStringObject(digest)])
