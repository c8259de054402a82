"""Issued files: the certificate as a sealed PDF, with its credential inside."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.pades import seal
from mit.document.seal_chain import SealMaterial, make_test_chain
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import NOW, SIGNED_AT, Issued


@cache
def seal_material() -> SealMaterial:
    """Return a seal on a test chain, the same throughout a test run."""
    return make_test_chain(NOW, common_name="Seal of the tests")


def pdf_of(issued: Issued, *, credential: str | None = None, is_sealed: bool = True) -> bytes:
    """Return a certificate's PDF; *credential* puts another one inside than its own."""
    paper = CertificatePaper(
        claims=replace(issued.claims),
        qr_text=issued.made.qr_url,
        verify_host=urlsplit(PUBLIC_URL).netloc,
        credential=(credential if credential is not None else issued.made.token).encode("utf-8"),
    )
    drawn = draw_certificate(paper)
    return seal(drawn, material=seal_material(), at=SIGNED_AT) if is_sealed else drawn
