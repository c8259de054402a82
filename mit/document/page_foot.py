"""The lower part of the pages: QR code, how to verify, dates and signatory; number and page."""

from __future__ import annotations

from mit.credential.claims import Claims
from mit.document import styles
from mit.document.blocks import Block, Gap, Rule, Stack, Text, centred, fitted, paragraph
from mit.document.sheet import MM, Sheet, Style
from mit.i18n import say, say_both
from mit.values.thai_date import format_day

_QR_BOTTOM = 28 * MM
#: Upper edge of the foot block of the first page, in points from the page's foot.
TOP = _QR_BOTTOM + styles.QR_SIDE + 2 * MM
_VERIFY_LEFT = styles.LEFT + styles.QR_SIDE + 3 * MM
_VERIFY_WIDTH = 52 * MM
_SIGN_LEFT = _VERIFY_LEFT + _VERIFY_WIDTH + 5 * MM
_SIGN_WIDTH = styles.RIGHT - _SIGN_LEFT
_SIGN_MIDDLE = _SIGN_LEFT + _SIGN_WIDTH / 2
_FOOT_LINE = 23.4 * MM


def draw_foot_block(sheet: Sheet, claims: Claims, host: str) -> None:
    """Draw the QR code, how to verify, the dates and the signatory on the first page."""
    sheet.picture("Qr", (styles.LEFT, _QR_BOTTOM), styles.QR_SIDE)
    _how_to_verify(claims, host).draw(sheet, TOP - 2 * MM)
    dates = _dates(claims)
    dates.draw(sheet, TOP - 2 * MM)
    signatory = _signatory(claims)
    signatory.draw(sheet, _QR_BOTTOM + signatory.height)


def draw_foot(sheet: Sheet, claims: Claims, *, page: int, pages: int) -> None:
    """Draw the line at the very foot: issuer, number, page n of m."""
    issuer = claims.issuer
    contact = (
        issuer.name_th,
        issuer.address_th,
        say("document.telephone", "th", telephone=issuer.telephone),
        issuer.website,
    )
    numbered = say_both("document.page", page=page, pages=pages)
    sheet.line((styles.LEFT, _FOOT_LINE), (styles.RIGHT, _FOOT_LINE), styles.HAIRLINE, 0.4)
    y = _FOOT_LINE - 9
    sheet.text((styles.LEFT, y), str(claims.number), styles.FOOT_NUMBER)
    sheet.text((styles.RIGHT, y), f"{numbered['th']} / {numbered['en']}", styles.FOOT, align="right")
    line = centred(" · ".join(part for part in contact if part), styles.FOOT, x=styles.CENTRE, width=100 * MM)
    line.draw(sheet, _FOOT_LINE - 2.5)


def _how_to_verify(claims: Claims, host: str) -> Block:
    def lines(text: str, style: Style) -> Text:
        return paragraph(text, style, x=_VERIFY_LEFT, width=_VERIFY_WIDTH)

    heading, steps = say_both("document.verify_heading"), say_both("document.verify_steps")
    compare = say_both("document.verify_compare", host=host)
    host_style = fitted(host, styles.HOST, most_lines=1, width=_VERIFY_WIDTH)
    return Stack(
        (
            lines(f"{heading['th']} / {heading['en']}", styles.VERIFY),
            lines(steps["th"], styles.VERIFY_TEXT),
            lines(steps["en"], styles.VERIFY_EN),
            lines(host, host_style),
            lines(compare["th"], styles.VERIFY_TEXT),
            lines(compare["en"], styles.VERIFY_EN),
            Gap(2),
            lines(str(claims.number), styles.VERIFY),
        )
    )


def _dates(claims: Claims) -> Block:
    blocks: list[Block] = []
    for name, day in (("issued_on", claims.issued_on), ("expires_on", claims.expires_on)):
        label = say_both(f"document.{name}")
        blocks += [
            _in_the_middle(f"{label['th']} / {label['en']}", styles.LABEL),
            _in_the_middle(format_day(day, "th", width="wide"), styles.DATE),
            _in_the_middle(format_day(day, "en", width="wide"), styles.DATE_EN),
            Gap(3),
        ]
    return Stack(tuple(blocks))


def _signatory(claims: Claims) -> Block:
    issuer = claims.issuer
    sealed = say_both("document.sealed")
    return Stack(
        (
            _in_the_middle(f"{sealed['th']} / {sealed['en']}", styles.VERIFY_EN),
            Rule(_SIGN_LEFT + 4 * MM, styles.RIGHT - 4 * MM, styles.INK, 0.5, 4),
            _in_the_middle(issuer.signatory_name_th, styles.SIGNATORY),
            _in_the_middle(f"{issuer.signatory_position_th}", styles.CRITERION_EN),
            _in_the_middle(f"{issuer.signatory_name_en}, {issuer.signatory_position_en}", styles.VERIFY_EN),
        )
    )


def _in_the_middle(text: str, style: Style) -> Text:
    return centred(text, style, x=_SIGN_MIDDLE, width=_SIGN_WIDTH)
