"""How the certificate's texts are set; one place for sizes and colours."""

from __future__ import annotations

from mit.document.fonts import BOLD
from mit.document.ornament import GOLD, NAVY
from mit.document.sheet import MM, Colour, Style

INK: Colour = (0.11, 0.11, 0.13)
GREY: Colour = (0.36, 0.37, 0.4)
HAIRLINE: Colour = (0.78, 0.74, 0.66)
RED: Colour = (0.72, 0.11, 0.11)
PALE_RED: Colour = (0.976, 0.878, 0.863)

LEFT, RIGHT, CENTRE = 22 * MM, 188 * MM, 105 * MM
WIDTH = RIGHT - LEFT
#: Side of the QR code with its quiet zone (formats section 1).
QR_SIDE = 40 * MM

ISSUER = Style(13, 19, NAVY, BOLD)
ISSUER_EN = Style(9, 12, GREY)
TITLE = Style(25, 36, NAVY, BOLD)
TITLE_EN = Style(13, 18, GOLD, BOLD)
NUMBER = Style(12.5, 18, INK, BOLD)
LEAD = Style(10.5, 16, INK)
LEAD_EN = Style(8.5, 11.5, GREY)
HOLDER = tuple(Style(size, size * 1.42, NAVY, BOLD) for size in (19, 17, 15, 13, 11))
HOLDER_EN = tuple(Style(size, size * 1.35, INK) for size in (11, 10, 9, 8))
FACT = Style(9, 13.5, INK)
LABEL = Style(7.5, 11.5, GOLD, BOLD)
SMALL = tuple(Style(size, size * 1.45, INK) for size in (8.5, 7.5, 6.5))
SMALL_EN = tuple(Style(size, size * 1.35, GREY) for size in (7.5, 6.8, 6))
STATEMENT = Style(10.5, 16, INK, BOLD)
STATEMENT_EN = Style(8.5, 12, GREY)
CRITERION = Style(9, 13, INK)
CRITERION_EN = Style(7.5, 10.5, GREY)
NOTE = Style(7.5, 11, GREY)

HEAD = Style(8, 11, NAVY, BOLD)
HEAD_EN = Style(6.5, 8.5, GREY)
CELL = Style(9, 14, INK)
CELL_BOLD = Style(9, 14, INK, BOLD)
CELL_SMALL = Style(7.5, 10.5, GREY)

VERIFY = Style(8.5, 12, NAVY, BOLD)
VERIFY_TEXT = Style(7.2, 10.2, INK)
VERIFY_EN = Style(6.5, 8.5, GREY)
HOST = tuple(Style(size, size * 1.4, NAVY, BOLD) for size in (10, 9, 8, 7, 6, 5))
DATE = Style(11, 15.5, INK, BOLD)
DATE_EN = Style(8, 11, INK)
SIGNATORY = Style(9, 13, INK, BOLD)
SEALED = Style(6.5, 9, GREY)
FOOT = Style(6.3, 8.5, GREY)
FOOT_NUMBER = Style(7, 9, INK, BOLD)
SAMPLE = Style(62, 62, PALE_RED, BOLD)
SAMPLE_LINE = Style(9.5, 14, RED, BOLD)
SCHEDULE = Style(13, 18.5, NAVY, BOLD)
