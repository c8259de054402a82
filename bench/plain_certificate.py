"""The certificate as it is usually written: Platypus with ``shaping=1``, a PNG of qrcode, pyHanko.

This is the yardstick, not the product: one straightforward document with the same words, ten-row
table, QR code and seal.  Loaded once: fonts, styles, and pyHanko's signer from its files.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import qrcode
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

import mit
from mit.credential.claims import CertifiedProduct, Claims
from mit.values.thai_date import format_day

_FONTS = Path(mit.__file__).parent / "document" / "fonts"
_SUBJECT = "ใบรับรองสินค้าที่ผลิตในประเทศไทย (Made in Thailand)"
_SENTENCE = (
    "ขอรับรองว่าสินค้าตามรายการด้านล่างมีสัดส่วนมูลค่าในประเทศไม่น้อยกว่าเกณฑ์ที่กำหนด และผลิตโดยผู้ประกอบการที่ระบุชื่อไว้ในเอกสารนี้"
)


@dataclass(frozen=True)
class PlainStyles:
    """The paragraph styles of the plain document."""

    title: ParagraphStyle
    body: ParagraphStyle
    cell: ParagraphStyle


def load_styles() -> PlainStyles:
    """Register Sarabun and return the styles, all with shaping switched on."""
    for name in ("Sarabun-Regular", "Sarabun-Bold"):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf", shapable=True))
    regular = {"fontName": "Sarabun-Regular", "shaping": 1}
    return PlainStyles(
        title=ParagraphStyle(
            "title", fontName="Sarabun-Bold", fontSize=18, leading=26, shaping=1, alignment=1
        ),
        body=ParagraphStyle("body", fontSize=11, leading=17, **regular),
        cell=ParagraphStyle("cell", fontSize=8.5, leading=12, **regular),
    )


def draw_plain(claims: Claims, qr_text: str, styles: PlainStyles) -> bytes:
    """Return the plain certificate, unsealed."""
    holder = claims.holder
    story = [
        Paragraph(_SUBJECT, styles.title),
        Paragraph(f"เลขที่ {claims.number}", styles.body),
        Paragraph(holder.name_th, styles.title),
        Paragraph(holder.name_en, styles.body),
        Paragraph(f"เลขทะเบียนนิติบุคคล {holder.juristic_number}", styles.body),
        Paragraph(f"{holder.address_th} / {holder.address_en}", styles.body),
        Paragraph(f"สถานที่ผลิต {holder.site_th} / {holder.site_en}", styles.body),
        Paragraph(_SENTENCE, styles.body),
        Paragraph(
            f"ออกให้ ณ วันที่ {format_day(claims.issued_on, 'th', width='wide')} ใช้ได้ถึงวันที่ "
            f"{format_day(claims.expires_on, 'th', width='wide')}",
            styles.body,
        ),
        Spacer(1, 4 * mm),
        _table(claims, styles),
        Spacer(1, 4 * mm),
        Image(_qr_png(qr_text), 40 * mm, 40 * mm),
        Paragraph(claims.issuer.signatory_name_th, styles.body),
        Paragraph(claims.issuer.signatory_position_th, styles.body),
    ]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title=str(claims.number)).build(story)
    return out.getvalue()


def load_signer(key: Path, certificate: Path, chain: Path) -> signers.SimpleSigner:
    """Return pyHanko's stock signer from its files."""
    return signers.SimpleSigner.load(str(key), str(certificate), ca_chain_files=(str(chain),))


def seal_plain(pdf: bytes, signer: signers.SimpleSigner) -> bytes:
    """Return *pdf* with a PAdES B-B seal, as pyHanko's documentation shows it."""
    metadata = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)
    return bytes(out.getvalue())


def _qr_png(text: str) -> io.BytesIO:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out, format="PNG")
    out.seek(0)
    return out


def _table(claims: Claims, styles: PlainStyles) -> Table:
    head = [Paragraph(text, styles.cell) for text in ("ที่", "สินค้า", "ตรา", "รุ่น/ช่วง", "พิกัด")]
    rows = [head, *(_row(place, product, styles) for place, product in enumerate(claims.products, 1))]
    table = Table(rows, colWidths=[8 * mm, 70 * mm, 22 * mm, 40 * mm, 24 * mm], repeatRows=1)
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.4, "#888888"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )
    return table


def _row(place: int, product: CertifiedProduct, styles: PlainStyles) -> list[Paragraph]:
    entry = product.coverage
    spans = [f"{span.property} {span.from_value}–{span.to_value} {span.unit}" for span in entry.ranges]
    texts = (
        str(place),
        f"{entry.product_th}<br/>{entry.product_en}",
        entry.brand,
        ", ".join([*entry.models, *spans]),
        entry.hs_code,
    )
    return [Paragraph(text, styles.cell) for text in texts]
