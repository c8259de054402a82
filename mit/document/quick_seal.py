"""Seal a file of our own making by adding bytes behind it, without reading it first.

``archive`` leaves an empty field for the seal in every file; here it is written again with its value,
and behind it the signature and a cross-reference of three entries.  pyHanko (``pades``) does the same
to any file in forty times the time; the tests hold the one against the other, and let pyHanko and
poppler judge every seal that is made here.

Source: ISO 32000-1 sections 7.5.6 (incremental updates) and 12.8.1, ETSI EN 319 142-1 (B-B).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from mit.document.pdf_objects import date_string, place, plain_stream
from mit.document.seal_cms import SealCms
from mit.document.seal_field import FIELD_START

_FIELD = re.compile(rb"(\d+) 0 obj\n<<(.+?)>>\nendobj\n", re.DOTALL)
_END = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_TRAILER = re.compile(
    rb"\d+ 0 obj\n<</Type/XRef/Size (\d+)/W\[1 4 2\](/Root \d+ 0 R/Info \d+ 0 R)/ID\[<([0-9a-f]{32})>"
)
_LONGEST_TAIL = 64
_LONGEST_NUMBER = 12


def seal_quickly(pdf: bytes, signer: SealCms, at: datetime) -> bytes | None:
    """Return *pdf* with a seal over all of it; None where it is not a fresh file of ``archive``'s form."""
    end = _END.search(pdf, max(len(pdf) - _LONGEST_TAIL, 0))
    start = pdf.rfind(FIELD_START)
    if end is None or start < 0:
        return None
    field = _FIELD.match(pdf, pdf.rfind(b"\n", 0, start) + 1)
    trailer = _TRAILER.match(pdf, int(end[1]))
    if field is None or trailer is None:
        return None
    number, fresh = int(field[1]), int(trailer[1])
    written = b"%d 0 obj\n<<%b/V %d 0 R>>\nendobj\n" % (number, field[2], fresh)
    opening = b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%b/Contents <" % (
        fresh,
        date_string(at.astimezone(UTC)).encode("ascii"),
    )
    places = (len(pdf), len(pdf) + len(written))
    gap = places[1] + len(opening) - 1, places[1] + len(opening) + 2 * signer.room_bytes + 1
    behind = _behind(pdf, (number, fresh), places, gap, (trailer[2], trailer[3], end[1]))
    before = pdf + written + opening[:-1]
    digest = hashlib.sha256(before)
    digest.update(behind)
    contents = signer.sign(digest.digest()).hex().encode("ascii")
    return before + b"<" + contents.ljust(2 * signer.room_bytes, b"0") + b">" + behind


def _behind(
    pdf: bytes,
    objects: tuple[int, int],
    places: tuple[int, int],
    gap: tuple[int, int],
    trailer: tuple[bytes, bytes, bytes],
) -> bytes:
    """Return what stands behind the signature's digits: the range it covers, and the cross-reference."""
    field, fresh = objects
    roots, identity, previous = trailer
    rows_at = gap[1] + len(_range(gap, 0)) + len(b">>\nendobj\n")
    rows = b"".join(b"\x01" + place(at) for at in (*places, rows_at))
    dictionary = (
        f"/Type/XRef/Size {fresh + 2}/W[1 4 2]/Index[{field} 1 {fresh} 2]{roots.decode('ascii')}"
        f"/Prev {previous.decode('ascii')}"
        f"/ID[<{identity.decode('ascii')}><{hashlib.sha256(pdf).hexdigest()[:32]}>]"
    )
    tail = b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        fresh + 1,
        plain_stream(dictionary, rows),
        rows_at,
    )
    rest = len(_range(gap, 0)) + len(b">>\nendobj\n") + len(tail)
    return _range(gap, rest) + b">>\nendobj\n" + tail


def _range(gap: tuple[int, int], rest: int) -> bytes:
    """Return the range that the seal covers, always as long: all but the *gap* with its own digits."""
    text = f"/ByteRange[0 {gap[0]} {gap[1]} {rest}]"
    return text.ljust(len("/ByteRange[0   ]") + 3 * _LONGEST_NUMBER).encode("ascii")
