"""The drawn parts that every page shares: frame, rosettes, and the neutral mark; all our own.

Each picture is a function that returns PDF path operators; ``archive`` stores it once in the file
and the pages refer to it by name.  The frame is a band of interlaced waves, as on bank notes; the
mark is a bullet-wood flower (ดอกพิกุล), a motif of Thai weaving, and nobody's logo.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from mit.document.qr_image import QUIET_ZONE_MODULES, dark_runs, qr_rows
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH, Colour

NAVY: Colour = (0.075, 0.161, 0.306)
GOLD: Colour = (0.651, 0.502, 0.2)
PALE: Colour = (0.953, 0.929, 0.878)
WHITE: Colour = (1, 1, 1)

_OUTER = 8 * MM
_BAND = 7 * MM
_WAVE = 8 * MM
_STRANDS = 5
_CORNER = 7.2 * MM
_ROSETTE_LOBES = 9
_ROSETTE_CURVES = 6
_PETALS = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """Path operators in their own measure, their box, and the pictures they refer to by name.

    ``is_constant`` says that every certificate has the same; the QR code alone differs.
    """

    operators: str
    box: tuple[float, float, float, float]
    parts: Mapping[str, Picture] = field(default_factory=dict, hash=False)
    is_constant: bool = True


@cache
def frame() -> Picture:
    """Return the frame of an A4 page, in points from the lower left corner."""
    width, height = PAGE_WIDTH - 2 * _OUTER, PAGE_HEIGHT - 2 * _OUTER
    middle = _OUTER + _BAND / 2
    bands = [
        _band((middle + _BAND / 2, middle), width - _BAND, turned=False),
        _band((middle + _BAND / 2, PAGE_HEIGHT - middle), width - _BAND, turned=False),
        _band((middle, middle + _BAND / 2), height - _BAND, turned=True),
        _band((PAGE_WIDTH - middle, middle + _BAND / 2), height - _BAND, turned=True),
    ]
    lines = [
        f"{_stroke(NAVY)} 1.1 w {_rectangle(_OUTER)}",
        f"{_stroke(GOLD)} 0.6 w {_rectangle(_OUTER + _BAND)}",
        f"{_stroke(NAVY)} 0.25 w {_rectangle(_OUTER + _BAND + 1.1 * MM)}",
    ]
    corners = [
        f"{_fill(WHITE)} {_circle((x, y), _CORNER * 0.62)} f "
        f"{_stroke(NAVY)} q {_CORNER:.3f} 0 0 {_CORNER:.3f} {x:.3f} {y:.3f} cm 0.016 w /Rosette Do Q"
        for x in (middle, PAGE_WIDTH - middle)
        for y in (middle, PAGE_HEIGHT - middle)
    ]
    return Picture(
        "\n".join(["0.35 w", *bands, *lines, *corners]),
        (0, 0, PAGE_WIDTH, PAGE_HEIGHT),
        {"Wave": _wave(), "Rosette": rosette()},
    )


@cache
def rosette() -> Picture:
    """Return a guilloche rosette of radius 1 around the origin, in the stroke colour of its user."""
    turns = [
        f"q {math.cos(a):.5f} {math.sin(a):.5f} {-math.sin(a):.5f} {math.cos(a):.5f} 0 0 cm /Curve Do Q"
        for a in (k * 2 * math.pi / _ROSETTE_LOBES / _ROSETTE_CURVES for k in range(_ROSETTE_CURVES))
    ]
    return Picture("\n".join(turns), (-1.05, -1.05, 1.05, 1.05), {"Curve": _curve()})


@cache
def watermark() -> Picture:
    """Return a pale rosette of radius 1 around the origin, to lie under the text."""
    return Picture(
        f"{_stroke(PALE)} 0.0035 w /Rosette Do", (-1.05, -1.05, 1.05, 1.05), {"Rosette": rosette()}
    )


@cache
def gold_rosette() -> Picture:
    """Return a gold rosette of radius 1 with the flower of the mark in its middle."""
    flower = [_petal(k * 360 / _PETALS, 0.08, 0.3, 0.06) for k in range(_PETALS)]
    return Picture(
        f"{_stroke(GOLD)} 0.012 w /Rosette Do {_fill(GOLD)} {' '.join(flower)} f",
        (-1.05, -1.05, 1.05, 1.05),
        {"Rosette": rosette()},
    )


@cache
def mark() -> Picture:
    """Return the neutral mark, radius 1 around the origin: a bullet-wood flower in a ring."""
    outer = [_petal(k * 360 / _PETALS, 0.27, 0.74, 0.15) for k in range(_PETALS)]
    inner = [_petal((k + 0.5) * 360 / _PETALS, 0.2, 0.52, 0.1) for k in range(_PETALS)]
    dots = [
        _circle((0.84 * math.cos(a), 0.84 * math.sin(a)), 0.026)
        for a in ((k + 0.5) * 2 * math.pi / (3 * _PETALS) for k in range(3 * _PETALS))
    ]
    return Picture(
        "\n".join(
            [
                f"{_stroke(NAVY)} 0.035 w {_circle((0, 0), 0.98)} S 0.014 w {_circle((0, 0), 0.92)} S",
                f"{_fill(GOLD)} {' '.join(dots)} f",
                f"{_fill(NAVY)} {' '.join(outer)} f",
                f"{_fill(GOLD)} {_stroke(WHITE)} 0.022 w {' '.join(inner)} B",
                f"{_fill(NAVY)} {_circle((0, 0), 0.17)} f {_fill(WHITE)} {_circle((0, 0), 0.11)} f",
                f"{_fill(GOLD)} {_circle((0, 0), 0.07)} f",
            ]
        ),
        (-1.05, -1.05, 1.05, 1.05),
    )


def qr(text: str) -> Picture:
    """Return the QR symbol with its quiet zone as one path in a square of side 1, on white."""
    matrix = qr_rows(text)
    side = len(matrix) + 2 * QUIET_ZONE_MODULES
    top = side - 1 - QUIET_ZONE_MODULES
    places = [
        number
        for row, column, length in dark_runs(matrix)
        for number in (column + QUIET_ZONE_MODULES, top - row, length)
    ]
    runs = "%d %d %d 1 re " * (len(places) // 3) % tuple(places)
    return Picture(
        f"1 g 0 0 1 1 re f {1 / side:.8f} 0 0 {1 / side:.8f} 0 0 cm 0 g {runs} f",
        (0, 0, 1, 1),
        is_constant=False,
    )


def _band(start: tuple[float, float], length: float, *, turned: bool) -> str:
    """Return the waves from *start* over *length*, to the right or, when *turned*, upwards."""
    count = round(length / _WAVE)
    step = length / count
    stretch = step / _WAVE
    waves = []
    for k in range(count):
        x, y = (start[0], start[1] + k * step) if turned else (start[0] + k * step, start[1])
        turn = f"0 {stretch:.5f} -1 0" if turned else f"{stretch:.5f} 0 0 1"
        waves.append(f"q {turn} {x:.3f} {y:.3f} cm /Wave Do Q")
    return "\n".join(waves)


@cache
def _wave() -> Picture:
    """Return one wavelength of the band: strands shifted against each other."""
    height = _BAND / 2 - 0.5 * MM
    strands = []
    for k in range(_STRANDS):
        phase = 2 * math.pi * k / _STRANDS
        colour = GOLD if k % 2 else NAVY
        strands.append(f"{_stroke(colour)} {_sine(height, phase)} S")
    return Picture("\n".join(strands), (-1, -_BAND / 2, _WAVE + 1, _BAND / 2))


def _sine(height: float, phase: float) -> str:
    """Return one period of a sine as eight Bézier curves."""
    pieces = 8
    step = _WAVE / pieces
    rate = 2 * math.pi / _WAVE

    def place(k: int) -> tuple[float, float, float]:
        angle = 2 * math.pi * k / pieces + phase
        return k * step, height * math.sin(angle), height * rate * math.cos(angle)

    x, y, slope = place(0)
    parts = [f"{x:.2f} {y:.2f} m"]
    for k in range(1, pieces + 1):
        next_x, next_y, next_slope = place(k)
        parts.append(
            f"{x + step / 3:.2f} {y + slope * step / 3:.2f} "
            f"{next_x - step / 3:.2f} {next_y - next_slope * step / 3:.2f} {next_x:.2f} {next_y:.2f} c"
        )
        x, y, slope = next_x, next_y, next_slope
    return " ".join(parts)


@cache
def _curve() -> Picture:
    """Return one closed curve of the rosette: a circle whose radius swings between 0.4 and 1."""
    pieces = _ROSETTE_LOBES * 6
    step = 2 * math.pi / pieces

    def place(k: int) -> tuple[float, float, float, float]:
        angle = k * step
        radius = 0.7 + 0.3 * math.cos(_ROSETTE_LOBES * angle)
        growth = -0.3 * _ROSETTE_LOBES * math.sin(_ROSETTE_LOBES * angle)
        cos, sin = math.cos(angle), math.sin(angle)
        return radius * cos, radius * sin, growth * cos - radius * sin, growth * sin + radius * cos

    x, y, dx, dy = place(0)
    parts = [f"{x:.4f} {y:.4f} m"]
    for k in range(1, pieces + 1):
        nx, ny, ndx, ndy = place(k)
        parts.append(
            f"{x + dx * step / 3:.4f} {y + dy * step / 3:.4f} "
            f"{nx - ndx * step / 3:.4f} {ny - ndy * step / 3:.4f} {nx:.4f} {ny:.4f} c"
        )
        x, y, dx, dy = nx, ny, ndx, ndy
    return Picture(" ".join(parts) + " s", (-1.05, -1.05, 1.05, 1.05))


def _petal(degrees: float, start: float, end: float, half_width: float) -> str:
    """Return a pointed petal that lies between two distances from the origin."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)

    def turned(along: float, across: float) -> str:
        return f"{along * cos - across * sin:.4f} {along * sin + across * cos:.4f}"

    one, two = start + (end - start) * 0.25, start + (end - start) * 0.75
    return (
        f"{turned(start, 0)} m "
        f"{turned(one, half_width)} {turned(two, half_width)} {turned(end, 0)} c "
        f"{turned(two, -half_width)} {turned(one, -half_width)} {turned(start, 0)} c h"
    )


def _circle(centre: tuple[float, float], radius: float) -> str:
    x, y, bend = centre[0], centre[1], radius * 0.5522847
    return (
        f"{x + radius:.4f} {y:.4f} m "
        f"{x + radius:.4f} {y + bend:.4f} {x + bend:.4f} {y + radius:.4f} {x:.4f} {y + radius:.4f} c "
        f"{x - bend:.4f} {y + radius:.4f} {x - radius:.4f} {y + bend:.4f} {x - radius:.4f} {y:.4f} c "
        f"{x - radius:.4f} {y - bend:.4f} {x - bend:.4f} {y - radius:.4f} {x:.4f} {y - radius:.4f} c "
        f"{x + bend:.4f} {y - radius:.4f} {x + radius:.4f} {y - bend:.4f} {x + radius:.4f} {y:.4f} c h"
    )


def _rectangle(inset: float) -> str:
    return f"{inset:.3f} {inset:.3f} {PAGE_WIDTH - 2 * inset:.3f} {PAGE_HEIGHT - 2 * inset:.3f} re S"


def _stroke(colour: Colour) -> str:
    return "{:.3g} {:.3g} {:.3g} RG".format(*colour)


def _fill(colour: Colour) -> str:
    return "{:.3g} {:.3g} {:.3g} rg".format(*colour)
