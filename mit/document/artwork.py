"""The mark for a product's label: emblem, words, certificate number and QR, as lines and surfaces only.

Measures are millimetres from the lower left corner.  There are two: the *full* one carries the whole
signed QR, which can be checked without a network, and the *small* one a short address, for things on
which 40 mm do not fit.  Text is drawn as outlines, so a printer needs no font.  Source of the sizes:
formats section 2.4 (module of at least 0.5 mm for the signed QR) and domain 4, "QR precedent".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mit.document.fonts import BOLD, REGULAR, Weight
from mit.document.ornament import NAVY, mark
from mit.document.outlines import outline_width, outlined
from mit.document.qr_image import QUIET_ZONE_MODULES, dark_runs, qr_matrix
from mit.document.sheet import Colour

_WHITE: Colour = (1, 1, 1)
_BLACK: Colour = (0, 0, 0)
_RED: Colour = (0.7, 0.07, 0.1)
_SAMPLE_WORDS = "ตัวอย่าง / SAMPLE"


class ArtworkKind(StrEnum):
    """Which of the two."""

    FULL = "full"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class MarkText:
    """What an artwork says.

    Attributes:
        number: the certificate number as printed.
        qr_text: what the QR holds: the signed text, or a short address.
        name_th, name_en: the words of the mark.
        host: where to check it, without ``https://``.
        sample: True for what demo keys signed.
    """

    number: str
    qr_text: str
    name_th: str
    name_en: str
    host: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Part:
    """PDF path operators with their colours, enlarged by *scale* and moved to *at*."""

    operators: str
    scale: float = 1.0
    at: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture in millimetres: its size, its parts from back to front, and what it says in words."""

    width_mm: float
    height_mm: float
    parts: tuple[Part, ...]
    title: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand in one kind, in mm.

    ``emblem`` is radius and height of its middle; ``lines`` are size and baseline of the four lines;
    ``stamp`` is lower edge and height of the box that takes the place of what it would cover.
    """

    width: float
    height: float
    qr_side: float
    margin: float
    emblem: tuple[float, float] | None
    lines: tuple[tuple[float, float], ...]
    stamp: tuple[float, float]


_PLANS = {
    ArtworkKind.FULL: _Plan(
        width=104,
        height=46,
        qr_side=40,
        margin=3,
        emblem=(8.6, 32.2),
        lines=((7.0, 16.6), (4.7, 10.9), (3.7, 6.6), (2.5, 3.2)),
        stamp=(28, 9),
    ),
    ArtworkKind.SMALL: _Plan(
        width=58,
        height=22,
        qr_side=18,
        margin=2,
        emblem=None,
        lines=((4.6, 14.2), (3.1, 10.3), (2.6, 6.4), (1.9, 3.2)),
        stamp=(1.6, 3.6),
    ),
}


def draw_artwork(kind: ArtworkKind, text: MarkText) -> Artwork:
    """Return the mark of one certificate.

    Raises:
        InputError: ``qr_too_long``.
    """
    plan = _PLANS[kind]
    left = plan.width - plan.qr_side - 2 * plan.margin
    middle = plan.margin + left / 2
    parts = [Part(_frame(plan))]
    if plan.emblem and not text.sample:
        radius, y = plan.emblem
        parts.append(Part(mark().operators, radius, (middle, y)))
    words = (
        (text.name_th, BOLD, NAVY),
        (text.name_en, BOLD, NAVY),
        (text.number, BOLD, _BLACK),
        (text.host, REGULAR, _BLACK),
    )
    for (said, weight, colour), (size, baseline) in zip(words, plan.lines, strict=True):
        if not (text.sample and plan.stamp[0] <= baseline < sum(plan.stamp)):
            parts.append(Part(_centred(said, weight, colour, (middle, baseline), size=size, room=left)))
    corner = (plan.width - plan.margin - plan.qr_side, (plan.height - plan.qr_side) / 2)
    parts.append(Part(_qr(text.qr_text, corner, plan.qr_side)))
    if text.sample:
        parts.append(Part(_sample(plan, middle, left)))
    title = f"{text.name_th} / {text.name_en} – {text.number}"
    return Artwork(plan.width, plan.height, tuple(parts), title)


def _frame(plan: _Plan) -> str:
    inset = 0.5
    box = f"{inset} {inset} {plan.width - 2 * inset} {plan.height - 2 * inset} re"
    ground = f"{_fill(_WHITE)} 0 0 {plan.width} {plan.height} re f"
    return f"{ground} {'{:.3g} {:.3g} {:.3g} RG'.format(*NAVY)} 0.6 w {box} S"


def _centred(
    said: str,
    weight: Weight,
    colour: Colour,
    at: tuple[float, float],
    *,
    size: float,
    room: float,
) -> str:
    """Return a line around *at*, made smaller where it is wider than its *room*."""
    width = outline_width(said, weight, size)
    fitting = size * min(1.0, room / width) if width else size
    begin = at[0] - outline_width(said, weight, fitting) / 2
    operators, _ = outlined(said, weight, fitting, (begin, at[1]))
    return f"{_fill(colour)} {operators} f"


def _qr(text: str, corner: tuple[float, float], side_mm: float) -> str:
    """Return the symbol with its quiet zone in a square, its dark runs as boxes."""
    matrix = qr_matrix(text)
    modules = len(matrix) + 2 * QUIET_ZONE_MODULES
    one = side_mm / modules
    boxes = " ".join(
        f"{corner[0] + (column + QUIET_ZONE_MODULES) * one:.4f} "
        f"{corner[1] + (modules - 1 - row - QUIET_ZONE_MODULES) * one:.4f} {length * one:.4f} {one:.4f} re"
        for row, column, length in dark_runs(matrix)
    )
    return f"{_fill(_BLACK)} {boxes} f"


def _sample(plan: _Plan, middle: float, room: float) -> str:
    """Return the stamp of everything that demo keys signed: white words on a red box."""
    low, height = plan.stamp
    box = f"{_fill(_RED)} {middle - room / 2:.3f} {low:.3f} {room:.3f} {height:.3f} re f"
    words = _centred(
        _SAMPLE_WORDS, BOLD, _WHITE, (middle, low + height * 0.3), size=height * 0.7, room=room * 0.9
    )
    return f"{box} {words}"


def _fill(colour: Colour) -> str:
    return "{:.3g} {:.3g} {:.3g} rg".format(*colour)
