"""The part of a file that is the same in every certificate, made once by each process.

Fonts, ornaments and the colour profile are most of a file's bytes and never change: they are laid
out once (pikepdf, HarfBuzz) and written down as the first bytes of every file that needs no more
than the usual letters.  A file that prints a rare letter gets a head of its own with that letter in
its fonts; which head a file gets depends on its content alone, so the same input gives the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pikepdf
import uharfbuzz  # type: ignore[import-untyped]  # has no stubs
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from mit.document import pdf_fonts
from mit.document.fonts import WEIGHTS, Weight, typeface
from mit.document.ornament import Picture

#: What nearly every certificate is written with: ASCII, Thai, and the signs of measures and quotes.
_USUAL = (*range(0x20, 0x7F), *range(0x0E01, 0x0E5C), *map(ord, "\u00a0°±²³·×–—‘’“”…≤≥■"))
#: What shaping applies to them by itself.
_FEATURES = ("ccmp", "locl", "rlig", "calt", "clig", "liga", "abvm", "blwm", "mark", "mkmk", "kern")
_PROFILE = Path(__file__).parent / "srgb.icc"
_HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """The first bytes of a file, and where to find things in them.

    Attributes:
        head: header and constant objects.
        places: offset of each constant object, by its number.
        first_free: the first number that no constant object has.
        fonts, pictures: entries of the resources, written out.
        profile: number of the colour profile.
    """

    head: bytes
    places: Mapping[int, int]
    first_free: int
    fonts: str
    pictures: str
    profile: int


def prepared_file(glyphs: Mapping[Weight, set[int]], pictures: Mapping[str, Picture]) -> PreparedFile:
    """Return the head for a file that prints *glyphs* and the constant ones of *pictures*."""
    rare = tuple(frozenset(glyphs[weight] - usual_glyphs(weight)) for weight in WEIGHTS)
    return _prepared(rare, tuple((name, each) for name, each in pictures.items() if each.is_constant))


@cache
def usual_glyphs(weight: Weight) -> frozenset[int]:
    """Return the glyphs of the usual letters, those that shaping replaces them by included."""
    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
    face = typeface(weight)
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(set(_USUAL) & face.letters)
    features = wanted.sets(uharfbuzz.SubsetInputSets.LAYOUT_FEATURE_TAG)
    features.clear()
    features.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _FEATURES)
    plan = uharfbuzz.SubsetPlan(face.face, wanted)
    return frozenset(plan.old_to_new_glyph_mapping.keys())


@lru_cache(maxsize=16)
def _prepared(rare: tuple[frozenset[int], ...], pictures: tuple[tuple[str, Picture], ...]) -> PreparedFile:
    with Pdf.new() as pdf:
        fonts = "".join(
            f"/{weight} {_reference(pdf_fonts.embed(pdf, typeface(weight), usual_glyphs(weight) | more))}"
            for weight, more in zip(WEIGHTS, rare, strict=True)
        )
        drawn = _pictures(pdf, dict(pictures), {})
        named = "".join(f"{name} {_reference(picture)}" for name, picture in drawn.items())
        profile = pdf.make_indirect(Stream(pdf, _PROFILE.read_bytes(), N=3, Alternate=Name.DeviceRGB))
        head, places = _written(pdf)
        return PreparedFile(head, places, len(pdf.objects) + 1, fonts, named, profile.objgen[0])


def _pictures(pdf: Pdf, pictures: Mapping[str, Picture], made: dict[str, pikepdf.Object]) -> Dictionary:
    """Return the resources for *pictures*; each is stored once, by name, with its own parts."""
    entries = Dictionary()
    for name, picture in pictures.items():
        if name not in made:
            form = Stream(pdf, picture.operators.encode("ascii"), Type=Name.XObject, Subtype=Name.Form)
            form.BBox = Array([round(edge, 3) for edge in picture.box])
            form.Resources = Dictionary(XObject=_pictures(pdf, picture.parts, made))
            made[name] = pdf.make_indirect(form)
        entries[f"/{name}"] = made[name]
    return entries


def _written(pdf: Pdf) -> tuple[bytes, dict[int, int]]:
    """Return the objects of *pdf* but its own root and page tree, and where each begins."""
    parts, places, length = [_HEADER], {}, len(_HEADER)
    left_out = {pdf.Root.objgen, pdf.Root.Pages.objgen}
    for item in _indirect(pdf):
        if item.objgen in left_out:
            continue
        number = item.objgen[0]
        whole = b"%d 0 obj\n%b\nendobj\n" % (number, _object(item))
        places[number] = length
        parts.append(whole)
        length += len(whole)
    return b"".join(parts), places


def _indirect(pdf: Pdf) -> Iterable[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            yield item


def _object(item: pikepdf.Object) -> bytes:
    if not isinstance(item, pikepdf.Stream):
        return item.unparse(resolved=True)
    data = zlib.compress(item.read_raw_bytes(), 9)
    dictionary = item.stream_dict
    dictionary.Filter, dictionary.Length = Name.FlateDecode, len(data)
    return dictionary.unparse(resolved=True) + b"\nstream\n" + data + b"\nendstream"


def _reference(item: pikepdf.Object) -> str:
    return f"{item.objgen[0]} 0 R"
