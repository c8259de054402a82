"""The upper part of the pages: in whose name, what, which number, for whom, by which criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mit.credential.claims import Claims, Holder
from mit.credential.issuer import IssuerProfile
from mit.document import styles
from mit.document.blocks import (
    Block,
    Gap,
    Picture,
    Rule,
    SideBySide,
    Stack,
    Text,
    Within,
    centred,
    fitted,
    paragraph,
    spread,
)
from mit.document.fonts import BOLD
from mit.document.numerals import say_day, say_numbers
from mit.document.ornament import GOLD
from mit.document.product_table import Criterion, criterion_sign
from mit.document.sheet import MM, Sheet, Style
from mit.document.tags import Kind
from mit.i18n import Language, say, say_both
from mit.values.identifiers import is_natural_person, shown_tax_number

_FURTHER_AIR = 4 * MM
_COLUMN_GAP = 6 * MM
_MARK_RADIUS = 9.5 * MM
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
        """Draw from *top* down, gaps grown or all shrunk to fit *room*; return the height reached."""
        stack = Within(Stack(tuple(spread(self.blocks, room))), room, styles.CENTRE)
        stack.draw(sheet, top)
        return top - stack.height


def first_head(claims: Claims, criteria: Sequence[Criterion]) -> Head:
    """Return the head of the first page; *criteria* are those the products meet, in order of use."""
    blocks: list[Block] = [
        Gap(2, 1),
        Picture(
            "Mark", styles.CENTRE, _MARK_RADIUS, say("document.mark", "th", issuer=claims.issuer.name_th)
        ),
        Gap(4, 1),
        _centred(claims.issuer.name_th, styles.ISSUER),
        _centred(claims.issuer.name_en, styles.ISSUER_EN),
        Gap(6, 2),
        _centred(say("document.title", "th"), styles.TITLE, "H1"),
        _centred(say("document.title", "en"), styles.TITLE_EN),
        Gap(3, 1),
        _centred(_numbered(claims), styles.NUMBER),
        *_sample_line(claims),
        Rule(styles.CENTRE - 26 * MM, styles.CENTRE + 26 * MM, GOLD, 0.8, 7),
        Gap(2, 1.5),
        _centred(say("document.certifies", "th"), styles.LEAD),
        _centred(say("document.certifies", "en"), styles.LEAD_EN),
        Gap(4, 1.5),
        *_holder(claims.holder),
        Gap(3, 1.5),
        _places(claims.holder),
        Gap(3, 1.5),
        *_statement(claims, criteria),
        Gap(3, 2),
    ]
    return Head(tuple(blocks))


def lead_to_schedule(count: int, pages: int, issuer: IssuerProfile) -> Block:
    """Return the sentence that stands for the table where it is on the pages behind."""
    name = "schedule_follows" if pages > 2 else "schedule_follows_on_one_page"
    words = say_numbers(f"document.{name}", issuer, count=count, pages=pages)
    return Stack(
        (
            Rule(styles.LEFT, styles.RIGHT, GOLD, 0.6, 12),
            _centred(words["th"], styles.STATEMENT),
            _centred(words["en"], styles.STATEMENT_EN),
            Gap(10),
        )
    )


@dataclass(frozen=True, slots=True)
class FurtherHead:
    """What every page of the schedule begins with: mark, number, holder, QR code, host."""

    words: Block

    @property
    def height(self) -> float:
        """Return the height in points: that of the QR code, or of the words where they are more."""
        return max(styles.QR_SIDE, self.words.height) + _FURTHER_AIR

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw from *top* down; all of it was said on the first page, so it is no content here."""
        with sheet.artifact("Pagination"):
            sheet.picture("Mark", (styles.LEFT + 8 * MM, top - 9 * MM), 7.5 * MM)
            sheet.picture("Qr", (styles.RIGHT - styles.QR_SIDE, top - styles.QR_SIDE), styles.QR_SIDE)
            self.words.draw(sheet, top)


def further_head(claims: Claims, host: str) -> FurtherHead:
    """Return the head of the pages of the schedule."""
    width = styles.WIDTH - styles.QR_SIDE - 20 * MM
    x = styles.LEFT + 19 * MM
    small = fitted(claims.holder.name_th, styles.SMALL, most_lines=2, width=width)
    texts = [
        (say("document.title", "th"), styles.SCHEDULE),
        (_both("schedule"), styles.CRITERION_EN),
        (_numbered(claims), styles.NUMBER),
        (_both("sample_line", " · ") if claims.sample else "", styles.SAMPLE_LINE),
        (claims.holder.name_th, Style(small.size, small.leading, styles.INK, BOLD)),
        (claims.holder.name_en, styles.CRITERION_EN),
        (_days(claims, "th"), styles.CRITERION_EN),
        (_days(claims, "en"), styles.CRITERION_EN),
        (_both("verify_heading"), styles.CRITERION_EN),
        (host, fitted(host, styles.HOST, most_lines=1, width=width)),
    ]
    return FurtherHead(Stack(tuple(paragraph(text, style, x=x, width=width) for text, style in texts)))


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
    address = (holder.address_th, holder.address_en)
    site = (holder.site_th, holder.site_en)
    if not any((*site, holder.factory_number)):
        label = Text(styles.CENTRE, ((_both("address"), styles.LABEL),), "centre", "H2")
        return Stack((label, _centred(address[0], styles.SMALL[0]), _centred(address[1], styles.SMALL_EN[0])))
    width = (styles.WIDTH - _COLUMN_GAP) / 2
    right = styles.RIGHT - width
    place = _place("site", site, (address, site), x=right, width=width)
    if holder.factory_number:
        text = f"{_both('factory_number')} {holder.factory_number}"
        place = Stack((place, paragraph(text, styles.SMALL_EN[0], x=right, width=width)))
    return SideBySide((_place("address", address, (address, site), x=styles.LEFT, width=width), place))


def _place(
    label: str,
    texts: tuple[str, str],
    neighbours: Sequence[tuple[str, str]],
    *,
    x: float,
    width: float,
) -> Stack:
    """Return a place in both languages, set as small as the longest of its *neighbours* asks for."""
    thai = min(
        (fitted(each[0], styles.SMALL, most_lines=3, width=width) for each in neighbours),
        key=lambda style: style.size,
    )
    english = min(
        (fitted(each[1], styles.SMALL_EN, most_lines=3, width=width) for each in neighbours),
        key=lambda style: style.size,
    )
    return Stack(
        (
            Text(x, ((_both(label), styles.LABEL),), kind="H2"),
            paragraph(texts[0], thai, x=x, width=width, is_even=True),
            paragraph(texts[1], english, x=x, width=width, is_even=True),
        )
    )


def _statement(claims: Claims, criteria: Sequence[Criterion]) -> list[Block]:
    """Return what is certified: made in Thailand, by which criteria, by which formula each."""
    rule_sets = ", ".join(dict.fromkeys(product.rule_set_id for product in claims.products))
    words = say_both("document.statement", rule_set=rule_sets)
    blocks: list[Block] = [
        _centred(words["th"], styles.STATEMENT),
        _centred(words["en"], styles.STATEMENT_EN),
    ]
    for one in criteria:
        key, threshold = f"document.formula_{one.formula}", one.threshold
        said = say_numbers(key, claims.issuer, threshold=threshold)
        sign = f"{criterion_sign(criteria, one)} " if len(criteria) > 1 else ""
        blocks.append(_centred(sign + said["th"], styles.CRITERION))
        blocks.append(_centred(said["en"], styles.CRITERION_EN))
    return blocks


def _numbered(claims: Claims) -> str:
    return f"{_both('number')}  {claims.number}"


def _days(claims: Claims, language: Language) -> str:
    """Return issue day and last day in one line."""
    first, last = (say_day(day, claims.issuer)[language] for day in (claims.issued_on, claims.expires_on))
    return f"{say('document.issued_on', language)} {first} · {say('document.expires_on', language)} {last}"


def _sample_line(claims: Claims) -> list[Block]:
    return [_centred(_both("sample_line", " · "), styles.SAMPLE_LINE)] if claims.sample else []


def _centred(text: str, style: Style, kind: Kind = "P") -> Text:
    return centred(text, style, x=styles.CENTRE, width=styles.WIDTH, kind=kind)


def _both(name: str, between: str = " / ") -> str:
    return between.join(say_both(f"document.{name}").values())
