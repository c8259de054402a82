"""What a certificate commits to, product by product: from the rows of the case, for whoever may open it.

The same function makes the commitment in prepare, checks it at the signer's, and fills the file with
which the holder opens it, so the three cannot differ.
"""

from __future__ import annotations

from mit.credential import canonical_json
from mit.credential.commitment import committed_content
from mit.issuance.case import LARGEST_DOCUMENT

#: Stands in an assessment only as a member of ours: inside a text its quotation marks would be escaped.
_CHAIN = '"supplier_certificates":['


def content_of(cost_sheet: str, assessment: str) -> bytes:
    """Return the bytes that are committed to: the sheet, and the certificates that decided with it.

    Args:
        cost_sheet: the product's cost sheet, as it is stored.
        assessment: the document of its assessment, as it is stored.
    """
    return committed_content(cost_sheet, chain_in(assessment))


def chain_in(assessment: str) -> str:
    """Return what an assessment froze of suppliers' certificates, as canonical JSON; empty without any."""
    if _CHAIN not in assessment:
        return ""
    document = canonical_json.read(assessment.encode("utf-8"), limit_bytes=LARGEST_DOCUMENT)
    return canonical_json.write(document["trace"]["supplier_certificates"]).decode("utf-8")
