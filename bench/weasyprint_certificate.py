"""The certificate by WeasyPrint and pyHanko: a child with an environment of its own, asked line by line.

Started by ``bench_bulk_paper``.  Each line of standard input is a certificate as JSON; the answer is
the size of the sealed file.  Nothing of the product is imported here.
"""

from __future__ import annotations

import base64
import html
import io
import json
import sys

import qrcode
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

_STYLE = """
@font-face {{ font-family: Sarabun; src: url(file://{fonts}/Sarabun-Regular.ttf) }}
@font-face {{ font-family: Sarabun; font-weight: bold; src: url(file://{fonts}/Sarabun-Bold.ttf) }}
body {{ font-family: Sarabun; font-size: 11pt }} h1 {{ font-size: 18pt; text-align: center }}
table {{ border-collapse: collapse; width: 100%; font-size: 8.5pt }} td, th {{ border: 0.4pt solid #888 }}
"""


def main(fonts: str, *signer_files: str) -> None:
    """Answer every line until there are no more."""
    key, certificate, chain = signer_files
    signer = signers.SimpleSigner.load(key, certificate, ca_chain_files=(chain,))
    configuration = FontConfiguration()
    for line in sys.stdin:
        page = _page(json.loads(line), _STYLE.format(fonts=fonts))
        pdf = HTML(string=page).write_pdf(font_config=configuration, pdf_variant="pdf/a-3u")
        print(len(_sealed(pdf, signer)), flush=True)


def _page(told: dict[str, object], style: str) -> str:
    lines = "".join(f"<p>{html.escape(text)}</p>" for text in told["lines"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in told["rows"]
    )
    title = html.escape(str(told["title"]))
    picture = f'<img style="width:40mm" src="data:image/png;base64,{_qr(str(told["qr"]))}">'
    return (
        f"<html lang=th><head><title>{title}</title><style>{style}</style></head>"
        f"<body><h1>{title}</h1>{lines}<table>{rows}</table>{picture}</body></html>"
    )


def _qr(text: str) -> str:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode("ascii")


def _sealed(pdf: bytes, signer: signers.SimpleSigner) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer).getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
