"""The upper part of the pages: in whose name, what, which number, for whom, by which criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mit.credential.claims import Claims, Holder
from mit.document import styles
from mit.document.blocks import (
    Block,
    Gap,
    Picture,
    Rule,
    SideBySide,
    Stack,
    Text,
    centred,
    fitted,
    paragraph,
    spread,
)
from mit.document.ornament import GOLD
from mit.document.product_table import formula_sign
from mit.document.sheet import MM, Sheet, Style
from mit.i18n import say, say_both
from mit.values.identifiers import is_natural_person, shown_tax_number

#: Height of the head on every page but the first: the QR code and a little air.
FURTHER_HEIGHT = styles.QR_SIDE + 4 * MM
_COLUMN_GAP = 6 * MM
_MARK_RADIUS = 10.5 * MM
_NARROW = styles.WIDTH - 16 * MM


@dataclass(frozen=True, slots=True)
class Head:
    """The blocks above the table on the first page."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """Return the least height in points."""
        return sum(block.height for block in self.blocks)

    def draw(self, sheet: Sheet, top: float, room: float) -> float:
        """Draw from *top* down, gaps grown to fill *room*; return the height that is reached."""
        stack = Stack(tuple(spread(self.blocks, room)))
        stack.draw(sheet, top)
        return top - stack.height


def first_head(claims: Claims, formulas: Sequence[str]) -> Head:
    """Return the head of the first page; *formulas* are those the products meet, in order of use."""
    blocks: list[Block] = [
        Gap(2, 1),
        Picture("Mark", styles.CENTRE, _MARK_RADIUS),
        Gap(3, 0.5),
        _centred(claims.issuer.name_th, styles.ISSUER),
        _centred(claims.issuer.name_en, styles.ISSUER_EN),
        Gap(4, 2),
        _centred(say("document.title", "th"), styles.TITLE),
        _centred(say("document.title", "en"), styles.TITLE_EN),
        Gap(3, 1),
        _centred(
            f"{say('document.number', 'th')} / {say('document.number', 'en')}  {claims.number}", styles.NUMBER
        ),
        *_sample_line(claims),
        Rule(styles.CENTRE - 26 * MM, styles.CENTRE + 26 * MM, GOLD, 0.8, 7),
        Gap(2, 1.5),
        _centred(say("document.certifies", "th"), styles.LEAD),
        _centred(say("document.certifies", "en"), styles.LEAD_EN),
        Gap(3, 1.5),
        *_holder(claims.holder),
        Gap(3, 1.5),
        _places(claims.holder),
        Gap(3, 1.5),
        *_statement(claims, formulas),
        Gap(3, 2),
    ]
    return Head(tuple(blocks))


def draw_further_head(sheet: Sheet, claims: Claims, host: str, top: float) -> None:
    """Draw the head of a further page: mark, number, holder, QR code and where to verify."""
    width = styles.WIDTH - styles.QR_SIDE - 20 * MM
    x = styles.LEFT + 19 * MM
    sheet.picture("Mark", (styles.LEFT + 8 * MM, top - 9 * MM), 7.5 * MM)
    sheet.picture("Qr", (styles.RIGHT - styles.QR_SIDE, top - styles.QR_SIDE), styles.QR_SIDE)
    size = fitted(claims.holder.name_th, styles.SMALL, most_lines=2, width=width)
    name_style = Style(size.size, size.leading, styles.INK, styles.HEAD.weight)
    host_style = fitted(host, styles.HOST, most_lines=1, width=width)
    blocks: list[Block] = [
        paragraph(say("document.title", "th"), styles.SCHEDULE, x=x, width=width),
        paragraph(_both("schedule"), styles.CRITERION_EN, x=x, width=width),
        Gap(3),
        paragraph(
            f"{say('document.number', 'th')} / {say('document.number', 'en')}  {claims.number}",
            styles.NUMBER,
            x=x,
            width=width,
        ),
        *([Text(x, ((_both("sample_line", " · "), styles.SAMPLE_LINE),))] if claims.sample else []),
        paragraph(claims.holder.name_th, name_style, x=x, width=width),
        paragraph(claims.holder.name_en, styles.CRITERION_EN, x=x, width=width),
        Gap(2),
        paragraph(_both("verify_heading"), styles.CRITERION_EN, x=x, width=width),
        paragraph(host, host_style, x=x, width=width),
    ]
    Stack(tuple(blocks)).draw(sheet, top)


def _holder(holder: Holder) -> list[Block]:
    name = fitted(holder.name_th, styles.HOLDER, most_lines=2, width=styles.WIDTH)
    english = fitted(holder.name_en, styles.HOLDER_EN, most_lines=2, width=_NARROW)
    blocks: list[Block] = [_centred(holder.name_th, name), _centred(holder.name_en, english)]
    number = holder.juristic_number
    if number and not is_natural_person(number):
        blocks.append(_centred(f"{_both('juristic_number')}  {shown_tax_number(number)}", styles.FACT))
    return blocks


def _places(holder: Holder) -> Block:
    """Return address and place of production side by side; the address alone where that is all."""
    width = (styles.WIDTH - _COLUMN_GAP) / 2
    address = _place("address", holder.address_th, holder.address_en, x=styles.LEFT, width=width)
    if not (holder.site_th or holder.site_en or holder.factory_number):
        return _place("address", holder.address_th, holder.address_en, x=styles.LEFT, width=styles.WIDTH)
    site = _place("site", holder.site_th, holder.site_en, x=styles.RIGHT - width, width=width)
    if holder.factory_number:
        number = say_both("document.factory_number", number=holder.factory_number)
        lines = paragraph(
            f"{number['th']} / {number['en']}", styles.SMALL_EN[0], x=styles.RIGHT - width, width=width
        )
        site = Stack((site, lines))
    return SideBySide((address, site))


def _place(label: str, thai: str, english: str, *, x: float, width: float) -> Stack:
    style = fitted(thai, styles.SMALL, most_lines=3, width=width)
    style_en = fitted(english, styles.SMALL_EN, most_lines=3, width=width)
    return Stack(
        (
            Text(x, ((_both(label), styles.LABEL),)),
            paragraph(thai, style, x=x, width=width),
            paragraph(english, style_en, x=x, width=width),
        )
    )


def _statement(claims: Claims, formulas: Sequence[str]) -> list[Block]:
    """Return what is certified: made in Thailand, by which criteria, by which formula each."""
    rule_sets = ", ".join(dict.fromkeys(product.rule_set_id for product in claims.products))
    words = say_both("document.statement", rule_set=rule_sets)
    blocks: list[Block] = [
        _centred(words["th"], styles.STATEMENT),
        _centred(words["en"], styles.STATEMENT_EN),
    ]
    for formula in formulas:
        threshold = next(p.threshold for p in claims.products if p.formula == formula)
        criterion = say_both(f"document.formula_{formula}", threshold=threshold)
        sign = f"{formula_sign(formulas, formula)} " if len(formulas) > 1 else ""
        blocks.append(_centred(sign + criterion["th"], styles.CRITERION))
        blocks.append(_centred(criterion["en"], styles.CRITERION_EN))
    return blocks


def _sample_line(claims: Claims) -> list[Block]:
    return [_centred(_both("sample_line", " · "), styles.SAMPLE_LINE)] if claims.sample else []


def _centred(text: str, style: Style) -> Text:
    return centred(text, style, x=styles.CENTRE, width=styles.WIDTH)


def _both(name: str, between: str = " / ") -> str:
    return between.join(say_both(f"document.{name}").values())
