"""The lower part of the pages: QR code, how to verify, dates and signatory; number and page."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from mit.credential.claims import Claims
from mit.document import styles
from mit.document.blocks import Block, Rule, Stack, Text, Within, centred, fitted, paragraph
from mit.document.numerals import say_day, say_numbers
from mit.document.ornament import GOLD, NAVY
from mit.document.sheet import MM, Sheet, Style
from mit.i18n import say, say_both

_QR_BOTTOM = 27 * MM
_QR_TOP = _QR_BOTTOM + styles.QR_SIDE
_DATES_BOTTOM = _QR_TOP + 2 * MM
#: Upper edge of the foot block of the first page, in points from the page's foot.
TOP = _DATES_BOTTOM + 15.5 * MM
_VERIFY_LEFT = styles.LEFT + styles.QR_SIDE + 2 * MM
_VERIFY_WIDTH = 60 * MM
_SIGN_LEFT = _VERIFY_LEFT + _VERIFY_WIDTH + 5 * MM
_SIGN_WIDTH = styles.RIGHT - _SIGN_LEFT
_SIGN_MIDDLE = _SIGN_LEFT + _SIGN_WIDTH / 2
_ROSETTE_RADIUS = 8.5 * MM
_FOOT_LINE = 23.4 * MM
_CONTACT_ROOM = 17.5
#: Room of the lock before the host, and of the frame around both.
_LOCK_ROOM, _FRAME_ROOM = 11, 1.5


@dataclass(frozen=True, slots=True)
class AddressBar:
    """The host as a browser shows it, in a frame with a lock: what to compare the screen with."""

    words: Text
    width: float

    @property
    def height(self) -> float:
        """Return the height of the words and the frame."""
        return self.words.height + 2 * _FRAME_ROOM

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw frame, lock and words from *top* down."""
        left, foot = self.words.x - _LOCK_ROOM, top - self.height + 1
        sheet.box((left, foot), (self.width, self.height - 2), stroke=NAVY, width=0.7)
        middle = foot + (self.height - 2) / 2
        sheet.box((left + 4, middle - 0.5), (3.4, 3.2), stroke=NAVY, width=0.8)
        sheet.box((left + 3, middle - 3), (5.4, 4), fill=NAVY)
        self.words.draw(sheet, top - _FRAME_ROOM)


def draw_foot_block(sheet: Sheet, claims: Claims, host: str) -> None:
    """Draw the dates, the QR code, how to verify and the signatory on the first page."""
    _draw_dates(sheet, claims)
    _draw_qr(sheet, host)
    verify = Within(_how_to_verify(claims, host), styles.QR_SIDE, _VERIFY_LEFT)
    verify.draw(sheet, _QR_TOP - (styles.QR_SIDE - verify.height) / 2)
    sheet.picture("GoldRosette", (_SIGN_MIDDLE, _QR_TOP - _ROSETTE_RADIUS - 1.5 * MM), _ROSETTE_RADIUS)
    signatory = Within(_signatory(claims), styles.QR_SIDE - 2 * _ROSETTE_RADIUS - 2 * MM, _SIGN_MIDDLE)
    signatory.draw(sheet, _QR_BOTTOM + signatory.height)


def draw_foot(sheet: Sheet, claims: Claims, *, page: int, pages: int) -> None:
    """Draw the line at the very foot: issuer, number, page n of m; it is content once, on page 1."""
    issuer = claims.issuer
    contact = (
        issuer.name_th,
        issuer.address_th,
        say("document.telephone", "th", telephone=issuer.telephone),
        issuer.website,
    )
    numbered = say_numbers("document.page", issuer, page=page, pages=pages)
    sheet.line((styles.LEFT, _FOOT_LINE), (styles.RIGHT, _FOOT_LINE), styles.HAIRLINE, 0.4)
    y = _FOOT_LINE - 9
    with sheet.artifact("Pagination"):
        sheet.text((styles.LEFT, y), str(claims.number), styles.FOOT_NUMBER)
        sheet.text((styles.RIGHT, y), f"{numbered['th']} / {numbered['en']}", styles.FOOT, align="right")
    line = centred(" · ".join(part for part in contact if part), styles.FOOT, x=styles.CENTRE, width=100 * MM)
    with nullcontext() if page == 1 else sheet.artifact("Pagination"):
        Within(line, _CONTACT_ROOM, styles.CENTRE).draw(sheet, _FOOT_LINE - 2.5)


def _draw_qr(sheet: Sheet, host: str) -> None:
    right, top = styles.LEFT + styles.QR_SIDE, _QR_TOP
    sheet.figure(
        "Qr",
        (styles.LEFT, _QR_BOTTOM),
        styles.QR_SIDE,
        box=(styles.LEFT, _QR_BOTTOM, right, top),
        alternative=say("document.qr", "th", host=host),
    )


def _draw_dates(sheet: Sheet, claims: Claims) -> None:
    sheet.line((styles.LEFT, TOP), (styles.RIGHT, TOP), GOLD, 0.6)
    sheet.line((styles.LEFT, _DATES_BOTTOM), (styles.RIGHT, _DATES_BOTTOM), GOLD, 0.6)
    for name, day, share in (("issued_on", claims.issued_on, 0.25), ("expires_on", claims.expires_on, 0.75)):
        words = say_day(day, claims.issuer, width="wide")
        lines = (
            (_both(name), styles.LABEL),
            (words["th"], styles.DATE),
            (words["en"], styles.DATE_EN),
        )
        Text(styles.LEFT + share * styles.WIDTH, lines, "centre").draw(sheet, TOP - 2.5)


def _how_to_verify(claims: Claims, host: str) -> Block:
    steps, compare = say_both("document.verify_steps"), say_both("document.verify_compare", host=host)
    return Stack(
        (
            paragraph(_both("verify_heading"), styles.VERIFY, x=_VERIFY_LEFT, width=_VERIFY_WIDTH, kind="H2"),
            _said(str(claims.number), styles.VERIFY),
            _said(steps["th"], styles.VERIFY_TEXT),
            _said(steps["en"], styles.VERIFY_EN),
            _address_bar(host),
            _said(compare["th"], styles.VERIFY_TEXT),
            _said(compare["en"], styles.VERIFY_EN),
        )
    )


def _said(text: str, style: Style) -> Text:
    return paragraph(text, style, x=_VERIFY_LEFT, width=_VERIFY_WIDTH)


def _address_bar(host: str) -> AddressBar:
    room = _VERIFY_WIDTH - _LOCK_ROOM - _FRAME_ROOM
    style = fitted(host, styles.HOST, most_lines=1, width=room)
    return AddressBar(paragraph(host, style, x=_VERIFY_LEFT + _LOCK_ROOM, width=room), _VERIFY_WIDTH)


def _signatory(claims: Claims) -> Block:
    issuer = claims.issuer
    return Stack(
        (
            *(_in_the_middle(words, styles.SEALED) for words in say_both("document.sealed").values()),
            Rule(_SIGN_LEFT, styles.RIGHT, styles.INK, 0.5, 5),
            _in_the_middle(issuer.signatory_name_th, styles.SIGNATORY),
            _in_the_middle(issuer.signatory_position_th, styles.CRITERION_EN),
            _in_the_middle(f"{issuer.signatory_name_en}, {issuer.signatory_position_en}", styles.VERIFY_EN),
        )
    )


def _both(name: str) -> str:
    return " / ".join(say_both(f"document.{name}").values())


def _in_the_middle(text: str, style: Style) -> Text:
    return centred(text, style, x=_SIGN_MIDDLE, width=_SIGN_WIDTH)
