"""The receipt of a submission on paper: number, instant, who for whom, products, what happens next.

Thai comes first, English stands below.  It certifies nothing and says so.  The same receipt gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mit.credential.issuer import IssuerProfile
from mit.document import archive
from mit.document.blocks import Block, Gap, Rule, SideBySide, Stack, centred, paragraph
from mit.document.fonts import BOLD
from mit.document.ornament import GOLD, NAVY
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH, Colour, Sheet, Style
from mit.i18n import LANGUAGES, say, say_both
from mit.values.identifiers import shown_hs_code
from mit.values.thai_date import BANGKOK, bangkok_day, format_day

_INK: Colour = (0.11, 0.11, 0.13)
_GREY: Colour = (0.36, 0.37, 0.4)
_HAIRLINE: Colour = (0.78, 0.74, 0.66)
_STAMP = Style(62, 62, (0.976, 0.878, 0.863), BOLD)
_ISSUER = Style(11, 16, NAVY, BOLD)
_TITLE = Style(19, 28, NAVY, BOLD)
_TITLE_EN = Style(11.5, 16, GOLD, BOLD)
_HEADING = Style(11, 17, NAVY, BOLD)
_TEXT = Style(10, 15, _INK)
_STRONG = Style(10, 15, _INK, BOLD)
_SMALL = Style(8, 11.5, _GREY)
_FOOT = Style(7, 9.5, _GREY)

_LEFT, _RIGHT = 22 * MM, 188 * MM
_WIDTH = _RIGHT - _LEFT
_TOP, _BOTTOM = PAGE_HEIGHT - 20 * MM, 24 * MM
_VALUES_LEFT = _LEFT + 52 * MM
_NAMES_LEFT = _LEFT + 10 * MM
_CODES_LEFT = _RIGHT - 28 * MM
_FOOT_LINE = 19 * MM


@dataclass(frozen=True, slots=True)
class ReceivedProduct:
    """One product as it was submitted; the English name and the HS code may be empty."""

    name_th: str
    name_en: str
    hs_code: str


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """What is printed.

    Attributes:
        submitted_by: the name of the person who submitted.
        holder_th, holder_en: for whom; tax_number: as it is shown, a citizen's masked.
        round: how often the application was submitted, this time included.
        renews: the number of the certificate that it renews; empty where it renews none.
        content_digest: SHA-256 (hex) of what was submitted.
        issuer: whom to ask, as it stood on that day.
        is_sample: every page is stamped as a sample.
    """

    number: str
    submitted_at: datetime
    submitted_by: str
    holder_th: str
    holder_en: str
    tax_number: str
    round: int
    renews: str
    products: Sequence[ReceivedProduct]
    content_digest: str
    issuer: IssuerProfile
    is_sample: bool = False


def draw_receipt(paper: ReceiptPaper) -> bytes:
    """Return *paper* as a PDF of one page or more."""
    pages = _break_pages([*_head(paper), *_facts(paper), *_products(paper), *_next(paper)])
    sheet = Sheet()
    for number, blocks in enumerate(pages, start=1):
        if paper.is_sample:
            stamp = " / ".join(say("document.sample", language) for language in LANGUAGES)
            with sheet.artifact("Background"):
                sheet.slanted_text((PAGE_WIDTH / 2, PAGE_HEIGHT / 2), stamp, _STAMP, degrees=52)
        Stack(tuple(blocks)).draw(sheet, _TOP)
        _draw_foot(sheet, paper, number, len(pages))
        sheet.end_page()
    return archive.finish(sheet, {}, _description(paper))


def _break_pages(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return *blocks* in pages; none is cut, and a page begins without a gap."""
    pages: list[list[Block]] = [[]]
    left = _TOP - _BOTTOM
    for block in blocks:
        if block.height > left and pages[-1]:
            pages.append([])
            left = _TOP - _BOTTOM
        if pages[-1] or not isinstance(block, Gap):
            pages[-1].append(block)
            left -= block.height
    return pages


def _head(paper: ReceiptPaper) -> Iterator[Block]:
    middle = PAGE_WIDTH / 2
    for text, style in (
        (paper.issuer.name_th, _ISSUER),
        (paper.issuer.name_en, _SMALL),
        ("", _SMALL),
        (say("document.receipt_title", "th"), _TITLE),
        (say("document.receipt_title", "en"), _TITLE_EN),
    ):
        yield centred(text, style, x=middle, width=_WIDTH) if text else Gap(4)
    yield Rule(middle - 26 * MM, middle + 26 * MM, GOLD, 0.8, 12)
    yield Gap(4)


def _facts(paper: ReceiptPaper) -> Iterator[Block]:
    yield _fact("receipt_number", [(paper.number, _STRONG)])
    yield _fact("receipt_at", [(_instant(paper, "th"), _STRONG), (_instant(paper, "en"), _SMALL)])
    if paper.round > 1:
        yield _fact("receipt_round", [(str(paper.round), _TEXT)])
    yield _fact("receipt_by", [(paper.submitted_by, _TEXT)])
    holder = [(paper.holder_th, _TEXT), (paper.holder_en, _SMALL), (paper.tax_number, _TEXT)]
    yield _fact("receipt_for", holder)
    if paper.renews:
        yield _fact("receipt_renews", [(paper.renews, _TEXT)])
    yield _fact("receipt_digest", [(half, _SMALL) for half in _halves(paper.content_digest)])
    yield Gap(8)


def _products(paper: ReceiptPaper) -> Iterator[Block]:
    head: tuple[Block, ...] = (
        _heading("receipt_products", count=len(paper.products)),
        Rule(_LEFT, _RIGHT, NAVY, 0.8, 5),
    )
    for at, product in enumerate(paper.products, start=1):
        names = _lines([(product.name_th, _TEXT), (product.name_en, _SMALL)], _NAMES_LEFT, _CODES_LEFT - 4)
        code = paragraph(shown_hs_code(product.hs_code), _TEXT, x=_CODES_LEFT, width=_RIGHT - _CODES_LEFT)
        row = SideBySide((paragraph(str(at), _TEXT, x=_LEFT, width=9 * MM), names, code))
        yield Stack((*head, row, Rule(_LEFT, _RIGHT, _HAIRLINE, 0.4, 5)))
        head = ()  # it stands with the first row, never alone at a page's foot
    yield Gap(8)


def _next(paper: ReceiptPaper) -> Iterator[Block]:
    head: tuple[Block, ...] = (_heading("receipt_next"),)
    for step in (1, 2, 3):
        words = say_both(f"document.receipt_next_{step}")
        mark = paragraph(f"{step}.", _TEXT, x=_LEFT, width=9 * MM)
        both = _lines([(words["th"], _TEXT), (words["en"], _SMALL)], _NAMES_LEFT, _RIGHT)
        yield Stack((*head, SideBySide((mark, both)), Gap(3)))
        head = ()
    yield Gap(6)
    issuer = paper.issuer
    telephone = say_both("document.telephone", telephone=issuer.telephone)
    contact = [
        (f"{issuer.address_th} · {telephone['th']} · {issuer.website}", _TEXT),
        (f"{issuer.address_en} · {telephone['en']}", _SMALL),
    ]
    if issuer.mark != "verified":
        contact.append((" / ".join(say_both("document.receipt_unverified").values()), _SMALL))
    yield Stack((_heading("receipt_contact"), _lines(contact, _LEFT, _RIGHT)))
    yield Gap(8)
    words = say_both("document.receipt_no_certificate")
    yield _lines([(words["th"], _STRONG), (words["en"], _SMALL)], _LEFT, _RIGHT)


def _fact(name: str, values: Sequence[tuple[str, Style]]) -> Block:
    """Return a fact: its name in both languages on the left, what is said of it on the right."""
    words = say_both(f"document.{name}")
    names = _lines([(words["th"], _TEXT), (words["en"], _SMALL)], _LEFT, _VALUES_LEFT - 4)
    return Stack((SideBySide((names, _lines(values, _VALUES_LEFT, _RIGHT))), Gap(4)))


def _heading(name: str, **params: str | int) -> Block:
    words = say_both(f"document.{name}", **params)
    return paragraph(f"{words['th']} / {words['en']}", _HEADING, x=_LEFT, width=_WIDTH)


def _lines(texts: Sequence[tuple[str, Style]], left: float, right: float) -> Block:
    return Stack(tuple(paragraph(text, style, x=left, width=right - left) for text, style in texts if text))


def _halves(digest: str) -> tuple[str, str]:
    middle = (len(digest) + 1) // 2
    return digest[:middle], digest[middle:]


def _instant(paper: ReceiptPaper, language: str) -> str:
    local = paper.submitted_at.astimezone(BANGKOK)
    day = format_day(local.date(), language, width="wide")
    return f"{day} {local:%H:%M} น." if language == "th" else f"{day}, {local:%H:%M} (Bangkok)"


def _draw_foot(sheet: Sheet, paper: ReceiptPaper, page: int, pages: int) -> None:
    sheet.line((_LEFT, _FOOT_LINE), (_RIGHT, _FOOT_LINE), _HAIRLINE, 0.4)
    numbered = " / ".join(say_both("document.page", page=page, pages=pages).values())
    with sheet.artifact("Pagination"):
        sheet.text((_LEFT, _FOOT_LINE - 10), paper.number, _FOOT)
        sheet.text((_RIGHT, _FOOT_LINE - 10), numbered, _FOOT, align="right")


def _description(paper: ReceiptPaper) -> archive.Description:
    day = format_day(bangkok_day(paper.submitted_at), "th", width="wide")
    return archive.Description(
        title=" / ".join(say_both("document.receipt_file_title", number=paper.number).values()),
        author=paper.issuer.name_th,
        subject=day,
        at=paper.submitted_at.astimezone(BANGKOK).replace(microsecond=0),
    )
