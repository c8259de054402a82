"""The certificate on paper: one page for a few products; for up to 200, a schedule on further pages.

Thai comes first, English stands below.  Never on it: a percentage of the product, a citizen
number (contract section 1).  The same paper gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from mit.credential.claims import Claims
from mit.document import archive, certificate_head, ornament, page_foot, product_table, styles
from mit.document.blocks import Block, Gap
from mit.document.product_table import Table
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH, Sheet
from mit.i18n import say
from mit.values.thai_date import BANGKOK, first_instant

#: Upper edge of what may be printed inside the frame, and lower edges above foot and foot block.
_TOP = PAGE_HEIGHT - 18 * MM
_FURTHER_BOTTOM = 27 * MM
_FIRST_BOTTOM = page_foot.TOP + 3 * MM
_TABLE_GAP = 6.0


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """What is printed.

    Attributes:
        claims: everything the certificate states; ``claims.sample`` stamps every page.
        qr_text: the address in the QR code.
        verify_host: the genuine host name, printed in clear beside the QR code.
        credential: the exact bytes of the signed credential, attached as ``certificate.jwt``; nothing
            is attached where there is none.
        is_preview: every page is stamped as not valid; for looking before anybody signs.
    """

    claims: Claims
    qr_text: str
    verify_host: str
    credential: bytes
    is_preview: bool = False


def draw_certificate(paper: CertificatePaper) -> bytes:
    """Return *paper* as a PDF of one page or more, not yet sealed.

    Raises:
        InputError: ``qr_too_long``.
    """
    table = product_table.lay_out(paper.claims.products)
    head = certificate_head.first_head(paper.claims, table.criteria)
    fits = head.height + table.height + _TABLE_GAP <= _TOP - _FIRST_BOTTOM
    further_head = certificate_head.further_head(paper.claims, paper.verify_host)
    further = [] if fits else table.pages(_TOP - further_head.height - _FURTHER_BOTTOM)
    sheet = Sheet()
    for page in range(1, len(further) + 2):
        _lay_ground(sheet, _stamp(paper))
        if page == 1:
            _draw_first(sheet, paper, head, table if fits else None, len(further) + 1)
        else:
            further_head.draw(sheet, _TOP)
            table.draw(sheet, _TOP - further_head.height, further[page - 2])
        page_foot.draw_foot(sheet, paper.claims, page=page, pages=len(further) + 1)
        sheet.end_page()
    return archive.finish(
        sheet,
        _pictures(paper),
        _description(paper.claims),
        credential=paper.credential,
        is_to_be_sealed=not paper.is_preview,
    )


def _draw_first(
    sheet: Sheet, paper: CertificatePaper, head: certificate_head.Head, table: Table | None, pages: int
) -> None:
    """Draw the first page; where the table did not fit, a sentence leads to the pages behind."""
    schedule = Gap(0) if table else _lead(paper.claims, pages)
    below = (table.height if table else schedule.height) + _TABLE_GAP
    top = head.draw(sheet, _TOP, _TOP - _FIRST_BOTTOM - below)
    if table:
        table.draw(sheet, top, table.rows)
    schedule.draw(sheet, (top + schedule.height + _FIRST_BOTTOM) / 2)
    page_foot.draw_foot_block(sheet, paper.claims, paper.verify_host)


def _lead(claims: Claims, pages: int) -> Block:
    return certificate_head.lead_to_schedule(len(claims.products), pages, claims.issuer)


def _stamp(paper: CertificatePaper) -> str:
    """Return what is stamped across every page; empty for a certificate that counts."""
    if paper.is_preview:
        return f"{say('document.sample', 'th')} / {say('document.not_valid', 'en')}"
    if paper.claims.sample:
        return f"{say('document.sample', 'th')} / {say('document.sample', 'en')}"
    return ""


def _lay_ground(sheet: Sheet, stamp: str) -> None:
    """Draw what lies under the text: watermark, frame, and the stamp, if there is one."""
    with sheet.artifact("Background"):
        sheet.picture("Watermark", (PAGE_WIDTH / 2, PAGE_HEIGHT / 2), 66 * MM)
        sheet.picture("Frame", (0, 0), 1)
        if stamp:
            sheet.slanted_text((PAGE_WIDTH / 2, PAGE_HEIGHT / 2), stamp, styles.SAMPLE, degrees=52)


def _pictures(paper: CertificatePaper) -> dict[str, ornament.Picture]:
    return {
        "Frame": ornament.frame(),
        "Watermark": ornament.watermark(),
        "Mark": ornament.mark(),
        "GoldRosette": ornament.gold_rosette(),
        "Qr": ornament.qr(paper.qr_text),
    }


def _description(claims: Claims) -> archive.Description:
    """Return the file's description, dated at the first instant of the issue day in Bangkok."""
    number, names = str(claims.number), claims.holder
    return archive.Description(
        title=f"{say('document.file_title', 'th', number=number)}"
        f" / {say('document.file_title', 'en', number=number)}",
        author=claims.issuer.name_th,
        subject=say("document.file_subject", "th", holder=names.name_th),
        at=first_instant(claims.issued_on).astimezone(BANGKOK),
    )
