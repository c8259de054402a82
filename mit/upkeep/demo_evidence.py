"""Documents that back the applications of the demo world: made-up purchase invoices, marked as samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mit.criteria.cost_line import CostLine
from mit.criteria.cost_sheet import CostSheet
from mit.document import archive
from mit.document.archive import Description
from mit.document.blocks import Block, Gap, Rule, SideBySide, Stack, centred, paragraph
from mit.document.fonts import BOLD
from mit.document.ornament import NAVY
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH, Sheet, Style
from mit.i18n import say_both
from mit.issuance.evidence import Upload
from mit.upkeep.demo_companies import DemoCompany, demo_document
from mit.upkeep.demo_products import supplier_of
from mit.values.money import Money
from mit.values.thai_date import bangkok_day, format_day

_TEXT = Style(11, 17, NAVY)
_STRONG = Style(11, 17, NAVY, BOLD)
_TITLE = Style(18, 27, NAVY, BOLD)
_STAMP = Style(62, 62, (0.976, 0.878, 0.863), BOLD)
_LEFT, _RIGHT, _AMOUNTS = 22 * MM, 188 * MM, 150 * MM


def purchase_invoice(company: DemoCompany, sheet: CostSheet, position: int, *, now: datetime) -> Upload:
    """Return an invoice over the domestic materials of a product, as a file to be sent in.

    The same arguments give the same bytes; another company, product or day gives others, for one file
    in two applications is something that a reviewer is asked about.
    """
    bought = [line for line in sheet.lines if line.origin == "domestic"]
    supplier = bought[0].supplier if bought else supplier_of(0)
    page, stamp = Sheet(), " / ".join(say_both("document.sample").values())
    with page.artifact("Background"):
        page.slanted_text((PAGE_WIDTH / 2, PAGE_HEIGHT / 2), stamp, _STAMP, degrees=52)
    Stack(tuple(_blocks(company, supplier, bought, now))).draw(page, PAGE_HEIGHT - 24 * MM)
    page.end_page()
    words = _words()
    description = Description(title=words[0], author=supplier, subject=sheet.product.name_th, at=now)
    return Upload("purchase", position, f"{words[0]} {position}.pdf", archive.finish(page, {}, description))


def _words() -> list[str]:
    words: list[str] = demo_document("sentences")["invoice"]
    return words


def _blocks(company: DemoCompany, supplier: str, lines: Sequence[CostLine], now: datetime) -> list[Block]:
    title, english, seller, buyer, item, amount, total, note = _words()
    middle, width = PAGE_WIDTH / 2, _RIGHT - _LEFT
    rows = [(line.name, line.amount.to_shown()) for line in lines]
    whole = Money(sum(line.amount.satang for line in lines)).to_shown()
    return [
        centred(title, _TITLE, x=middle, width=width),
        centred(english, _TEXT, x=middle, width=width),
        Gap(10),
        paragraph(f"{seller}: {supplier}", _TEXT, x=_LEFT, width=width),
        paragraph(f"{buyer}: {company.name.th}", _TEXT, x=_LEFT, width=width),
        paragraph(format_day(bangkok_day(now), "th", width="wide"), _TEXT, x=_LEFT, width=width),
        Gap(8),
        _row(item, amount, _STRONG),
        Rule(_LEFT, _RIGHT, NAVY, 0.8, 6),
        *[_row(name, shown, _TEXT) for name, shown in rows],
        Rule(_LEFT, _RIGHT, NAVY, 0.8, 6),
        _row(total, whole, _STRONG),
        Gap(16),
        paragraph(note, _TEXT, x=_LEFT, width=width),
    ]


def _row(name: str, amount: str, style: Style) -> Block:
    left = paragraph(name, style, x=_LEFT, width=_AMOUNTS - _LEFT - 4)
    return SideBySide((left, paragraph(amount, style, x=_AMOUNTS, width=_RIGHT - _AMOUNTS)))
